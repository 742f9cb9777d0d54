//! What is inserted and set: no row is put into the hands of another.

use super::RowPolicies;
use super::rule::ColumnRule;
use crate::ast::{
    Assignment, Conflict, ConflictAction, Excluded, Expr, Ident, Insert, InsertSource, InsertValue, Node, Query,
    SelectExpr, SelectItem, TableName, Update, Values, VisitMut,
};
use crate::error::{Error, Result};
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
        let Insert { with: _, into, columns, source, conflict, returning: _ } = node;
        for rule in self.policies.rules_of(into, self.context)? {
            let value = rule.value(self.context)?;
            let given = self.position(rule, into, columns)?;
            give(rule, into, columns, source, given, &value)?;
            if let Some(Conflict { target: _, action: ConflictAction::Update { assignments, filter: _ } }) = conflict {
                self.check(rule, into, assignments, &value, Within::Upsert)?;
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
fn give(
    rule: &ColumnRule,
    table: &TableName,
    columns: &mut Vec<Ident>,
    source: &mut InsertSource,
    given: Option<usize>,
    value: &Value,
) -> Result<()> {
    let width = columns.len();
    let own = || InsertValue::Expr(Expr::Value(value.clone()));
    match (source, given) {
        (InsertSource::Values(Values { values }), Some(at)) => {
            for it in values.iter_mut().skip(at).step_by(width) {
                match it {
                    InsertValue::Expr(Expr::Value(given)) if is_same(given, value) => {}
                    InsertValue::Expr(_) => return Err(rule.refused(table)),
                    InsertValue::NextNumber | InsertValue::Default => *it = own(),
                }
            }
            return Ok(());
        }
        (InsertSource::Values(Values { values }), None) => {
            if width == 0 || !values.len().is_multiple_of(width) {
                return Err(Error::invalid("an `insert` needs in each row a value for every column"));
            }
            let mut wider = Vec::with_capacity(values.len() / width * (width + 1));
            for (at, it) in std::mem::take(values).into_iter().enumerate() {
                wider.push(it);
                if (at + 1).is_multiple_of(width) {
                    wider.push(own());
                }
            }
            *values = wider;
        }
        (InsertSource::Query(_), Some(_)) => return Err(rule.refused(table)),
        (InsertSource::Query(query), None) => select(query, value),
        (source @ InsertSource::Default, _) => *source = InsertSource::Values(Values { values: vec![own()] }),
    }
    let column = table.declared().and_then(|it| it.column(rule.column()));
    columns.push(column.map_or_else(|| rule.column().into(), |it| Ident::Static(it.name)));
    Ok(())
}

/// Has every row of a query have one more column, of the value. A list of what is left, because queries may nest deeper
/// than the stack.
fn select(query: &mut Query, value: &Value) {
    let mut left = vec![query];
    while let Some(query) = left.pop() {
        match query {
            Query::Select(it) => {
                let expr = Expr::Value(value.clone());
                it.columns.push(SelectItem::Expr(SelectExpr { expr, alias: None }));
            }
            Query::Compound(it) => left.extend(&mut it.operands),
        }
    }
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
