//! `impl Writer`: what is refused of a `select` before a server misunderstands it.

use super::lower;
use super::spec::DistinctOrder;
use super::writer::Writer;
use crate::ast::{Ident, Join, OrderItem, Select, SelectItem, TableRef};
use crate::error::{Error, Result};

impl Writer<'_> {
    /// Refuses a table of the name of another, or of the table that is written. So does every server, in words that do not say
    /// what to do, unless the one stands within a subquery of the other: then it would hide it.
    pub(super) fn each_named_once(&self, target: Option<&Ident>, from: &[TableRef], joins: &[Join]) -> Result<()> {
        let is_same = |one: &Ident, other: &Ident| {
            one == other || (!self.spec.case_of_table_names && one.as_str().eq_ignore_ascii_case(other.as_str()))
        };
        let is_taken = |name: &Ident, from: &[TableRef], joins: &[Join]| {
            target.is_some_and(|it| is_same(it, name))
                || from.iter().any(|it| is_same(it.name(), name))
                || joins.iter().any(|it| is_same(it.table.name(), name))
        };
        for (at, table) in from.iter().enumerate() {
            if is_taken(table.name(), &from[..at], &[]) {
                return Err(named_twice(table.name()));
            }
        }
        for (at, join) in joins.iter().enumerate() {
            if is_taken(join.table.name(), from, &joins[..at]) {
                return Err(named_twice(join.table.name()));
            }
        }
        Ok(())
    }

    /// Refuses joins without a table before them, and tables of one name.
    #[inline(never)]
    pub(super) fn tables_of(&self, from: &[TableRef], joins: &[Join]) -> Result<()> {
        if from.is_empty() && !joins.is_empty() {
            return Err(Error::invalid("a join without a table before it"));
        }
        self.each_named_once(None, from, joins)
    }

    /// Refuses what a group is made by where it holds values and is used as a part of something else: a placeholder
    /// without a number is not known to be the same as another.
    #[inline(never)]
    pub(super) fn grouped_by_values(&self, it: &Select) -> Result<()> {
        for group in it.group_by.iter().filter(|group| lower::holds_values(group)) {
            let is_whole = |item: &SelectItem| matches!(item, SelectItem::Expr(it) if it.expr == *group);
            let is_selected = it.columns.iter().any(is_whole);
            // It is named by its position, which is that of one.
            let several = it.columns.iter().filter(|item| is_whole(item)).count() > 1;
            let in_part = several
                || it.columns.iter().any(|item| !is_whole(item) && lower::holds(item, group))
                || lower::holds(&it.having, group)
                || it.order_by.iter().any(|it| lower::holds(it, group) && !(is_selected && it.expr == *group));
            if in_part {
                return self.unsupported(
                    "part of an expression, or condition, that is grouped by and holds values",
                    "select it in a derived table, and group that by its column",
                );
            }
        }
        Ok(())
    }

    /// Refuses to order rows that are given once by what there are several values of for one of them. Of a column of another
    /// query's table, the server knows.
    #[inline(never)]
    pub(super) fn distinct_order(&self, select: &Select) -> Result<()> {
        let columns = &select.columns;
        let is_selected = |it: &OrderItem| match self.spec.distinct_order {
            DistinctOrder::Anything => true,
            DistinctOrder::Columns => lower::is_of_selected(&it.expr, columns),
            DistinctOrder::Expressions => lower::is_selected(&it.expr, columns),
        };
        if select.order_by.iter().all(|it| is_selected(it) || lower::is_of_others(&it.expr, select)) {
            return Ok(());
        }
        self.unsupported(
            "order of `select distinct` by what is not selected",
            "select it too, or group by what is selected",
        )
    }

    /// Checks a `select` that has an aggregate or a condition on groups.
    #[inline(never)]
    pub(super) fn check_aggregates(&self, it: &Select, aggregates: bool) -> Result<()> {
        if it.group_by.is_empty() {
            one_group(it)?;
        }
        if aggregates && self.is_nested() { all_of_this_query(it) } else { Ok(()) }
    }
}

#[cold]
fn named_twice(name: &Ident) -> Error {
    let name = name.as_str();
    Error::invalid(format!("two tables of a query are named `{name}`; give one another name by `alias!`"))
}

/// Refuses a `select` without `group by` that makes one row of all and uses a column of them all the same (SQLite and
/// MariaDB would give the value of any), and one that has a condition on groups and no aggregate (to some servers all rows
/// are a group then, to others each is).
fn one_group(it: &Select) -> Result<()> {
    let sums = lower::holds_aggregate(&it.columns);
    if it.having.is_some() && !sums {
        return Err(Error::invalid(
            "`having` without `group by`, of a query that selects no aggregate; filter the rows by `filter`",
        ));
    }
    let one_row = sums || lower::holds_aggregate(&it.order_by);
    let uses_rows = || {
        lower::holds_column_of_rows(&it.columns, it)
            || lower::holds_column_of_rows(&it.having, it)
            || lower::holds_column_of_rows(&it.order_by, it)
    };
    if one_row && uses_rows() {
        return Err(Error::invalid(
            "a column beside an aggregate, without `group by`: all rows make one, and the column has no one value in it",
        ));
    }
    Ok(())
}

/// Refuses an aggregate that every server takes for one of a query around this one.
fn all_of_this_query(it: &Select) -> Result<()> {
    let of_outer = lower::holds_aggregate_of_outer(&it.columns, it)
        || lower::holds_aggregate_of_outer(&it.having, it)
        || lower::holds_aggregate_of_outer(&it.order_by, it);
    if of_outer {
        return Err(Error::invalid(
            "an aggregate of columns that are all of a query around it, which makes it one of that query; \
             aggregate there, or a column of this query",
        ));
    }
    Ok(())
}
