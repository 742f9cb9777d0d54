//! What is inserted and set: no row is put into the hands of another.

use super::RowPolicies;
use super::rule::ColumnRule;
use crate::ast::{
    Assignment, Conflict, ConflictAction, Excluded, Expr, Ident, Insert, InsertSource, InsertValue, Node, TableName,
    Update, Values, VisitMut,
};
use crate::error::Result;
use crate::plugin::Context;
use crate::value::Value;

/// Adds the columns of rules to what is inserted, and ends at any other value of them.
pub(super) struct Writes<'a> {
    pub(super) policies: &'a RowPolicies,
    pub(super) context: &'a Context<'a>,
}

impl VisitMut for Writes<'_> {
    fn visit_insert(&mut self, node: &mut Insert) -> Result<()> {
        node.walk_mut(self)?;
        for rule in self.policies.rules_of(&node.into, self.context)? {
            let value = rule.value(self.context)?;
            let given = self.position(rule, &node.into, &node.columns)?;
            give(rule, node, given, &value)?;
            let conflict = &node.conflict;
            if let Some(Conflict { target: _, action: ConflictAction::Update { assignments, filter: _ } }) = conflict {
                self.check(rule, &node.into, assignments, &value, Within::Upsert)?;
            }
        }
        Ok(())
    }

    fn visit_update(&mut self, node: &mut Update) -> Result<()> {
        node.walk_mut(self)?;
        for rule in self.policies.rules_of(&node.table.name, self.context)? {
            let value = rule.value(self.context)?;
            self.check(rule, &node.table.name, &node.assignments, &value, Within::Update)?;
        }
        Ok(())
    }
}

/// Where something is set.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    Update,
    Upsert,
}

impl Writes<'_> {
    /// Where among the columns that are given the rule's is.
    fn position(&self, rule: &ColumnRule, table: &TableName, columns: &[Ident]) -> Result<Option<usize>> {
        let mut position = None;
        for (at, column) in columns.iter().enumerate() {
            if rule.is_column(table, column, self.context)? {
                position = Some(at);
            }
        }
        Ok(position)
    }

    fn check(
        &self,
        rule: &ColumnRule,
        table: &TableName,
        assignments: &[Assignment],
        value: &Value,
        within: Within,
    ) -> Result<()> {
        for Assignment { column, value: given } in assignments {
            let fits = match given {
                _ if !rule.is_column(table, column, self.context)? => true,
                Expr::Value(given) => is_same(given, value),
                // The value that was to be inserted has been looked at.
                Expr::Excluded(Excluded { column }) => within == Within::Upsert && column.as_str() == rule.column(),
                _ => false,
            };
            if !fits {
                return Err(rule.refused(table));
            }
        }
        Ok(())
    }
}

/// Has every row that is inserted have the value.
fn give(rule: &ColumnRule, insert: &mut Insert, given: Option<usize>, value: &Value) -> Result<()> {
    let own = || Expr::Value(value.clone());
    let Some(at) = given else {
        let column = insert.into.declared().and_then(|it| it.column(rule.column()));
        let column = column.map_or_else(|| rule.column().into(), |it| Ident::Static(it.name));
        insert.give(column, &own(), None);
        return Ok(());
    };
    let InsertSource::Values(Values { values }) = &mut insert.source else { return Err(rule.refused(&insert.into)) };
    for it in values.iter_mut().skip(at).step_by(insert.columns.len()) {
        match it {
            InsertValue::Expr(Expr::Value(given)) if is_same(given, value) => {}
            InsertValue::Expr(_) => return Err(rule.refused(&insert.into)),
            InsertValue::NextNumber | InsertValue::Default => *it = InsertValue::Expr(own()),
        }
    }
    Ok(())
}

/// Whether both are the same value; of whole numbers, whatever their width.
fn is_same(one: &Value, other: &Value) -> bool {
    match (whole(one), whole(other)) {
        (Some(one), Some(other)) => one == other,
        _ => one == other,
    }
}

fn whole(value: &Value) -> Option<i64> {
    match value {
        Value::I16(it) => Some((*it).into()),
        Value::I32(it) => Some((*it).into()),
        Value::I64(it) => Some(*it),
        _ => None,
    }
}
