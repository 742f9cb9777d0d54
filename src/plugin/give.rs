//! A column that is added to an insert.

use crate::ast::{Expr, Ident, Insert, InsertSource, InsertValue, Values};
use crate::value::Value;

/// Has an insert give a column, in the rows that do not.
pub(super) fn give(column: &Ident, now: &Expr, insert: &mut Insert) {
    let Some(at) = insert.columns.iter().position(|it| it == column) else {
        // A name that no other column of a query has, since it may be written as a derived table.
        insert.give(column.clone(), now, Some(format!("stamp of {}", column.as_str()).into()));
        return;
    };
    if let InsertSource::Values(Values { values }) = &mut insert.source {
        let given = values.iter_mut().skip(at).step_by(insert.columns.len());
        given.filter(|it| is_left_out(it)).for_each(|it| *it = InsertValue::Expr(now.clone()));
    }
}

/// Whether a row does not say what a column is to hold.
fn is_left_out(value: &InsertValue) -> bool {
    match value {
        InsertValue::Expr(Expr::Value(Value::Null(_))) | InsertValue::Default | InsertValue::NextNumber => true,
        InsertValue::Expr(_) => false,
    }
}
