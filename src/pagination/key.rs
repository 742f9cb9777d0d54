//! What tells rows apart that are the same in the order that was asked for.

use super::term::Term;
use crate::ast::{
    BinaryOperator, Column, ColumnDescription, Direction, Expr, Ident, JoinKind, Nulls, Select, TableRef,
};
use crate::error::{Error, Result};
use crate::expr::scope::Scoped;

/// The terms without which the order of a query's rows is not the same each time: keys of its tables.
///
/// The key of a table is left out where the order has one already, and where the rows of the other tables tell which row of
/// this one is beside them: in `posts join users on users.id = posts.user_id`, the key of `posts` will do.
pub(super) fn missing(select: &Select, tables: &[Scoped], terms: &[Term]) -> Result<Vec<Term>> {
    let direction = terms.last().map_or(Direction::Ascending, |term| term.direction);
    let mut missing = Vec::new();
    for table in telling(select, tables) {
        let keys = keys(table);
        if keys.iter().any(|key| key.iter().all(|column| terms.iter().any(|term| is_column(&term.expr, table, column))))
        {
            continue;
        }
        let Some(key) = keys.into_iter().next() else {
            return Err(Error::invalid(format!(
                "rows of `{}` have no primary key or unique column to tell them apart, so that a page might lose some of \
                 them; order by what does, and say so by `.order_is_total()`",
                table.name.text(),
            )));
        };
        let columns = key.into_iter().filter(|column| !terms.iter().any(|term| is_column(&term.expr, table, column)));
        missing.extend(columns.map(|column| Term {
            expr: Expr::Column(Column::of(table.name, column.name)),
            direction,
            nulls: Nulls::Default,
            nullable: table.nullable || column.nullable,
            kind: column.data_type.kind(),
        }));
    }
    Ok(missing)
}

/// Whether an outer join may leave an expression empty: a column of a table that one may, or, since it is not looked into, any
/// other where there is such a table.
pub(super) fn is_left_empty(expr: &Expr, tables: &[Scoped]) -> bool {
    let Expr::Column(column) = expr else { return tables.iter().any(|table| table.nullable) };
    match tables.iter().find(|table| is_of(column, table)) {
        Some(table) => table.nullable,
        None => true,
    }
}

/// Columns no two rows of the table have the same values in: the primary key, and else each that is unique.
fn keys(table: &Scoped) -> Vec<Vec<&'static ColumnDescription>> {
    let columns = table.description.columns;
    let primary: Vec<_> = columns.iter().filter(|column| column.primary_key).collect();
    let unique = columns.iter().filter(|column| column.unique && !column.nullable).map(|column| vec![column]);
    Some(primary).filter(|key| !key.is_empty()).into_iter().chain(unique).collect()
}

/// The tables whose rows tell those of all others, the first one first.
fn telling<'t>(select: &Select, tables: &'t [Scoped]) -> Vec<&'t Scoped> {
    let mut telling: Vec<_> = tables.iter().rev().collect();
    // Of these, the condition is no condition on the rows before.
    if select.joins.iter().any(|join| matches!(join.kind, JoinKind::Right | JoinKind::Full)) {
        return telling;
    }
    for at in (0..telling.len()).rev() {
        let table = telling[at];
        let others: Vec<_> = telling.iter().copied().filter(|other| !std::ptr::eq(*other, table)).collect();
        let conditions: Vec<_> = conditions_on(select, table).collect();
        let is_told = |column: &ColumnDescription| {
            conditions.iter().any(|condition| {
                sides(condition).is_some_and(|sides| {
                    sides.iter().any(|(one, other)| is_column(one, table, column) && is_known(other, &others))
                })
            })
        };
        if keys(table).iter().any(|key| key.iter().all(|column| is_told(column))) {
            telling.remove(at);
        }
    }
    telling
}

/// What holds of each row of the table that is in the result.
fn conditions_on<'s>(select: &'s Select, table: &Scoped) -> impl Iterator<Item = &'s Expr> {
    let name = Ident::Static(table.name);
    let joined = select.joins.iter().filter(move |join| join.kind == JoinKind::Inner || is_named(&join.table, &name));
    let conditions = select.filter.iter().chain(joined.filter_map(|join| join.on.as_ref()));
    conditions.flat_map(|condition| match condition {
        Expr::And(all) => all.as_slice(),
        one => std::slice::from_ref(one),
    })
}

fn is_named(table: &TableRef, name: &Ident) -> bool {
    table.name() == name
}

/// What is equal by a condition, both ways around.
fn sides(condition: &Expr) -> Option<[(&Expr, &Expr); 2]> {
    match condition {
        Expr::Binary(it) if it.operator == BinaryOperator::Equal => {
            Some([(&it.left, &it.right), (&it.right, &it.left)])
        }
        _ => None,
    }
}

/// A value, or a column of one of the tables.
fn is_known(expr: &Expr, tables: &[&Scoped]) -> bool {
    match expr {
        Expr::Value(_) => true,
        Expr::Column(column) => tables.iter().any(|table| is_of(column, table)),
        _ => false,
    }
}

fn is_column(expr: &Expr, table: &Scoped, column: &ColumnDescription) -> bool {
    matches!(expr, Expr::Column(it) if is_of(it, table) && it.name() == Ident::Static(column.name))
}

fn is_of(column: &Column, table: &Scoped) -> bool {
    column.table() == Some(Ident::Static(table.name))
}
