//! A column that is added to an insert.

use crate::ast::{Expr, Ident, InsertSource, InsertValue, Query, SelectExpr, SelectItem, Values};
use crate::value::Value;

/// Has an insert give a column, in the rows that do not.
pub(super) fn give(column: &Ident, now: &Expr, columns: &mut Vec<Ident>, source: &mut InsertSource) {
    let stamp = || InsertValue::Expr(now.clone());
    match (source, columns.iter().position(|it| it == column)) {
        (InsertSource::Values(Values { values }), Some(at)) => {
            let given = values.iter_mut().skip(at).step_by(columns.len());
            given.filter(|it| is_left_out(it)).for_each(|it| *it = stamp());
        }
        (InsertSource::Query(_), Some(_)) => {}
        (InsertSource::Values(Values { values }), None) => {
            let mut wider = Vec::with_capacity(values.len() + values.len() / columns.len().max(1));
            for (at, value) in std::mem::take(values).into_iter().enumerate() {
                wider.push(value);
                if (at + 1).is_multiple_of(columns.len()) {
                    wider.push(stamp());
                }
            }
            *values = wider;
            columns.push(column.clone());
        }
        (InsertSource::Query(query), None) => {
            // A name that no other column of the query has, since it may be written as a derived table.
            let alias = Some(Ident::from(format!("stamp of {}", column.as_str())));
            select(query, &SelectItem::Expr(SelectExpr { expr: now.clone(), alias }));
            columns.push(column.clone());
        }
        // A row of defaults, but for this one.
        (source @ InsertSource::Default, _) => {
            *source = InsertSource::Values(Values { values: vec![stamp()] });
            columns.push(column.clone());
        }
    }
}

/// Whether a row does not say what a column is to hold.
fn is_left_out(value: &InsertValue) -> bool {
    match value {
        InsertValue::Expr(Expr::Value(Value::Null(_))) | InsertValue::Default | InsertValue::NextNumber => true,
        InsertValue::Expr(_) => false,
    }
}

/// Has a query, and each operand of a set operation, select one thing more. It is the same in all rows, so that equal rows
/// stay equal.
fn select(query: &mut Query, item: &SelectItem) {
    let mut queries = vec![query];
    while let Some(query) = queries.pop() {
        match query {
            Query::Select(it) => it.columns.push(item.clone()),
            Query::Compound(it) => queries.extend(&mut it.operands),
        }
    }
}
