//! What must be known about a part of the tree before it can be written in another shape.

use super::spec::Spec;
use crate::ast::{
    Assignment, Column, Cte, Derived, Expr, Ident, Node, Query, Select, SelectItem, Table, TableName, Visit,
};
use crate::error::{Error, Result, Unsupported};
use crate::value::Value;

/// Ends a walk that has found what it looked for.
fn found() -> Result<()> {
    Err(Error::not_found())
}

/// Runs a visitor that ends its walk where it finds something.
fn finds(node: &impl Node, mut visitor: impl Visit) -> bool {
    node.accept(&mut visitor).is_err()
}

/// Whether an expression holds values that would be bound.
pub(super) fn holds_values(expr: &Expr) -> bool {
    struct Finder;
    impl Visit for Finder {
        fn visit_value(&mut self, _: &Value) -> Result<()> {
            found()
        }
    }
    finds(expr, Finder)
}

/// Whether a query reads a table, anywhere in it.
pub(super) fn reads(query: &Query, table: &TableName) -> bool {
    struct Finder<'a>(&'a TableName);
    impl Visit for Finder<'_> {
        fn visit_table(&mut self, table: &Table) -> Result<()> {
            if table.name == *self.0 { found() } else { Ok(()) }
        }
    }
    finds(query, Finder(table))
}

/// Whether a query has a limit of its own.
pub(super) fn is_limited(query: &Query) -> bool {
    match query {
        Query::Select(it) => it.limit.is_some() || it.offset.is_some(),
        Query::Compound(it) => it.limit.is_some() || it.offset.is_some(),
    }
}

/// Whether a query uses a column of a table that is not its own.
pub(super) fn is_correlated(query: &Query) -> bool {
    /// The names of the tables that are in scope, innermost last.
    struct Finder(Vec<Ident>);
    impl Visit for Finder {
        fn visit_select(&mut self, select: &Select) -> Result<()> {
            let outside = self.0.len();
            for table in select.from.iter().chain(select.joins.iter().map(|join| &join.table)) {
                self.0.push(match table {
                    crate::ast::TableRef::Table(Table { name, alias }) => {
                        alias.clone().unwrap_or_else(|| name.name.clone())
                    }
                    crate::ast::TableRef::Derived(Derived { query: _, alias }) => alias.clone(),
                });
            }
            select.walk(self)?;
            self.0.truncate(outside);
            Ok(())
        }

        fn visit_cte(&mut self, cte: &Cte) -> Result<()> {
            cte.statement.accept(self)
        }

        fn visit_column(&mut self, column: &Column) -> Result<()> {
            match &column.table {
                Some(table) if !self.0.contains(table) => found(),
                Some(_) | None => Ok(()),
            }
        }
    }
    finds(query, Finder(Vec::new()))
}

/// Whether an entry of `returning` uses a column of another table than `target`.
pub(super) fn names_other_table(item: &SelectItem, target: &Ident) -> bool {
    struct Finder<'a>(&'a Ident);
    impl Visit for Finder<'_> {
        fn visit_column(&mut self, column: &Column) -> Result<()> {
            match &column.table {
                Some(table) if table != self.0 => found(),
                Some(_) | None => Ok(()),
            }
        }

        fn visit_all_columns(&mut self, all: &crate::ast::AllColumns) -> Result<()> {
            match &all.table {
                Some(table) if table != self.0 => found(),
                Some(_) | None => Ok(()),
            }
        }
    }
    finds(item, Finder(target))
}

/// Whether the value of an assignment reads a column of the table that is written.
fn reads_column(value: &Expr, column: &Ident, target: &Ident) -> bool {
    struct Finder<'a> {
        column: &'a Ident,
        target: &'a Ident,
    }
    impl Visit for Finder<'_> {
        fn visit_column(&mut self, it: &Column) -> Result<()> {
            let own = it.table.as_ref().is_none_or(|table| table == self.target);
            if own && it.name == *self.column { found() } else { Ok(()) }
        }
    }
    finds(value, Finder { column, target })
}

/// Whether the value of one assignment reads what another one sets.
pub(super) fn read_each_other(assignments: &[Assignment], target: &Ident) -> bool {
    assignments.iter().enumerate().any(|(at, reader)| {
        assignments
            .iter()
            .enumerate()
            .any(|(other, setter)| at != other && reads_column(&reader.value, &setter.column, target))
    })
}

/// The order in which assignments must stand where each sees what those before it have set: one that reads a column
/// comes before the one that sets it.
///
/// `set a = b, b = a` has no such order; MySQL and MariaDB would make both the same.
pub(super) fn order(assignments: &[Assignment], target: &Ident, spec: &Spec) -> Result<Vec<usize>> {
    let mut waiting: Vec<usize> = (0..assignments.len()).collect();
    let mut order = Vec::with_capacity(assignments.len());
    while !waiting.is_empty() {
        let free = waiting.iter().position(|&setter| {
            let column = &assignments[setter].column;
            waiting.iter().all(|&reader| reader == setter || !reads_column(&assignments[reader].value, column, target))
        });
        match free {
            Some(at) => order.push(waiting.remove(at)),
            None => {
                return Err(Unsupported::new(
                    spec.name,
                    "assignments that read each other's columns in a circle",
                    "read the row first, or take the old values by a subquery",
                )
                .into());
            }
        }
    }
    Ok(order)
}
