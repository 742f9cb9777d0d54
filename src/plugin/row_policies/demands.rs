//! What rules and policies demand of the rows of a table.

use super::asker::Asker;
use super::policy::{Demand, Effect, nothing};
use super::rule::{self, ColumnRule};
use super::verdict::{Texts, Verdict, verdict};
use super::{Known, Nobody, RowPolicies};
use crate::ast::{ColumnDescription, Expr, PolicyCommand, Role, TableName, TableUse};
use crate::error::Result;
use crate::plugin::Context;

impl RowPolicies {
    #[inline]
    pub(super) fn is_excepted(&self, name: &TableName) -> bool {
        !self.except.is_empty() && self.except.iter().any(|it| rule::is_same_table(it, name))
    }

    #[inline]
    pub(super) fn has_policies(&self, name: &TableName) -> bool {
        !self.policies.is_empty() && self.policies.iter().any(|it| it.is_about(name))
    }

    /// Gives the rules for the columns of a table. What nobody knows is an error.
    pub(super) fn each_rule(
        &self,
        table: &Known<'_>,
        mut each: impl FnMut(&ColumnRule, Option<&'static ColumnDescription>) -> Result<()>,
    ) -> Result<()> {
        let &Known { name, declared } = table;
        let is_excepted = self.is_excepted(name);
        let mut known = declared.any().is_some() || is_excepted;
        for rule in &self.columns {
            let column = if rule.is_about_all() {
                if is_excepted {
                    continue;
                }
                rule.demand_column(table)?
            } else if rule.passes_over(name) {
                continue;
            } else {
                declared.column(rule.column.as_str())
            };
            known = true;
            each(rule, column)?;
        }
        if known || self.has_policies(name) { Ok(()) } else { Err(rule::unknown(name)) }
    }

    /// What policies demand of the rows of a table that are there.
    pub(super) fn demands(
        &self,
        table: &TableUse<'_>,
        command: PolicyCommand,
        asker: &Asker<'_>,
    ) -> Result<Vec<Demand<'_>>> {
        let mut demands = Vec::new();
        let (mut is_closed, mut allowed) = (false, None);
        for policy in self.policies.iter().filter(|it| it.is_about(table.name())) {
            is_closed |= policy.effect() == Effect::Allow;
            if policy.effect() == Effect::Check || !policy.is_for(command) {
                continue;
            }
            let condition = policy.condition(table, asker)?;
            match policy.effect() {
                Effect::Filter => demands.push(Demand { by: Some(policy), condition }),
                Effect::Deny => demands.push(Demand { by: Some(policy), condition: !condition }),
                Effect::Allow => {
                    allowed = Some(match allowed {
                        Some(any) => Expr::or(any, condition),
                        None => condition,
                    });
                }
                Effect::Check => {}
            }
        }
        if is_closed {
            demands.push(Demand { by: None, condition: allowed.unwrap_or_else(nothing) });
        }
        Ok(demands)
    }

    /// What policies demand of the rows that are checked when they are written.
    pub(super) fn checks(
        &self,
        table: &TableUse<'_>,
        command: PolicyCommand,
        asker: &Asker<'_>,
    ) -> Result<Vec<Demand<'_>>> {
        let checks = self
            .policies
            .iter()
            .filter(|it| it.effect() == Effect::Check && it.is_about(table.name()) && it.is_for(command));
        checks.map(|it| Ok(Demand { by: Some(it), condition: it.condition(table, asker)? })).collect()
    }

    /// What policies demand of a row that is written, when it is.
    pub(super) fn demands_of_new(
        &self,
        table: &TableUse<'_>,
        command: PolicyCommand,
        asker: &Asker<'_>,
    ) -> Result<Vec<Demand<'_>>> {
        let mut demands = self.demands(table, command, asker)?;
        if command == PolicyCommand::Update {
            // A policy that denies is about the row as it was.
            demands.retain(|it| it.by.is_none());
            demands.extend(self.demands(table, PolicyCommand::Select, asker)?);
        }
        demands.extend(self.checks(table, command, asker)?);
        Ok(demands)
    }

    /// Restricts the rows of a table.
    pub(super) fn restrict(
        &self,
        table: &TableUse<'_>,
        context: &Context<'_>,
        clause: &mut Option<Expr>,
    ) -> Result<()> {
        if table.role() == Role::Define {
            return Ok(());
        }
        let asker = Asker::of_statement(&self.facts, context);
        match self.restrict_rows(table, context, &asker, clause) {
            Err(_) if asker.is_absent() && table.role() == Role::Read && self.nobody == Nobody::Nothing => {
                Expr::restrict(clause, nothing());
                Ok(())
            }
            done => done,
        }
    }

    fn restrict_rows(
        &self,
        table: &TableUse<'_>,
        context: &Context<'_>,
        asker: &Asker<'_>,
        clause: &mut Option<Expr>,
    ) -> Result<()> {
        let equality = context.spec().text_equality;
        self.each_rule(&Known { name: table.name(), declared: context.known(table.name()) }, |rule, column| {
            if table.role() == Role::Insert {
                // There is no condition, but nobody inserts without a value of their own.
                return asker.put_own(rule, column, &mut Expr::Now);
            }
            let condition = rule.condition(table, column, asker)?;
            let exact = rule.exact_condition(table, column, &condition.right, equality);
            Expr::restrict(clause, Expr::Binary(condition));
            if let Some(exact) = exact {
                Expr::restrict(clause, exact);
            }
            Ok(())
        })?;
        if self.has_policies(table.name()) { self.restrict_by_policies(table, asker, clause) } else { Ok(()) }
    }

    /// Out of the way of the rules alone, which most have.
    #[inline(never)]
    fn restrict_by_policies(&self, table: &TableUse<'_>, asker: &Asker<'_>, clause: &mut Option<Expr>) -> Result<()> {
        let command = match table.role() {
            Role::Insert | Role::Define => return Ok(()),
            Role::Read => asker.may(),
            Role::Conflict | Role::Update => Some(PolicyCommand::Update),
            Role::Delete => Some(PolicyCommand::Delete),
        };
        for demand in self.demands(table, PolicyCommand::Select, asker)? {
            match verdict(&demand.condition, Texts::Themselves) {
                Verdict::Holds => {}
                Verdict::Fails => {
                    Expr::restrict(clause, nothing());
                    return Ok(());
                }
                Verdict::Open => Expr::restrict(clause, demand.condition),
            }
        }
        let Some(command) = command else { return Ok(()) };
        for demand in self.demands(table, command, asker)? {
            match verdict(&demand.condition, Texts::Themselves) {
                Verdict::Holds => {}
                Verdict::Fails if table.role() == Role::Read => {
                    Expr::restrict(clause, nothing());
                    return Ok(());
                }
                Verdict::Fails => return Err(demand.violated()),
                Verdict::Open => Expr::restrict(clause, demand.condition),
            }
        }
        Ok(())
    }
}
