//! What must be known about a part of the tree before it can be written in another shape.

use super::spec::Spec;
use crate::ast::{
    Aggregate, AllColumns, Assignment, Column, Cte, Expr, Ident, Node, Query, Raw, RawPart, Select, SelectExpr,
    SelectItem, TableRef, Visit,
};
use crate::error::{Error, Result, Unsupported};
use crate::value::Value;

/// Ends a walk that has found what it looked for.
pub(super) fn found() -> Result<()> {
    Err(Error::not_found())
}

/// Runs a visitor that ends its walk where it finds something.
pub(super) fn finds(node: &impl Node, mut visitor: impl Visit) -> bool {
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

/// Whether a part of a `select` holds an expression outside of aggregates.
pub(super) fn holds(node: &impl Node, expr: &Expr) -> bool {
    struct Finder<'a>(&'a Expr);
    impl Visit for Finder<'_> {
        fn visit_expr(&mut self, expr: &Expr) -> Result<()> {
            if expr == self.0 { found() } else { expr.walk(self) }
        }

        fn visit_aggregate(&mut self, _: &Aggregate) -> Result<()> {
            Ok(())
        }
    }
    finds(node, Finder(expr))
}

/// Whether an expression is selected, by itself or by its name; where either is text, a server knows.
pub(super) fn is_selected(expr: &Expr, columns: &[SelectItem]) -> bool {
    struct Text;
    impl Visit for Text {
        fn visit_raw(&mut self, _: &Raw) -> Result<()> {
            found()
        }
    }
    let is_one = |item: &SelectItem| match (item, expr) {
        (SelectItem::Expr(SelectExpr { expr: Expr::Raw(_), alias: _ }), _) => true,
        (SelectItem::Expr(SelectExpr { expr: selected, alias }), Expr::Column(it)) => {
            // Of which table an unqualified one is, the server knows.
            let may_be_it = |other: &Column| {
                let is_qualified = other.table().is_some() && it.table().is_some();
                other.name() == it.name() && (!is_qualified || other.table() == it.table())
            };
            let is_its_name = it.table().is_none() && alias.as_ref() == Some(&it.name());
            is_its_name || matches!(selected, Expr::Column(other) if may_be_it(other))
        }
        (SelectItem::Expr(SelectExpr { expr: selected, alias: _ }), _) => selected == expr,
        (SelectItem::AllColumns(AllColumns { table, columns }), Expr::Column(it)) => {
            let is_of_table = it.table().is_none_or(|it| table.as_ref().is_none_or(|table| *table == it));
            is_of_table && columns.iter().any(|column| column.name.text() == it.name().as_str())
        }
        (SelectItem::AllColumns(_), _) => false,
    };
    columns.iter().any(is_one) || finds(expr, Text)
}

/// Whether an expression is selected, or all columns in it are.
pub(super) fn is_of_selected(expr: &Expr, columns: &[SelectItem]) -> bool {
    struct Finder<'a>(&'a [SelectItem]);
    impl Visit for Finder<'_> {
        fn visit_expr(&mut self, expr: &Expr) -> Result<()> {
            match expr {
                Expr::Column(_) if is_selected(expr, self.0) => Ok(()),
                Expr::Column(_) => found(),
                expr => expr.walk(self),
            }
        }

        // There is one of a group.
        fn visit_aggregate(&mut self, _: &Aggregate) -> Result<()> {
            Ok(())
        }

        // Its own columns are none of these.
        fn visit_query(&mut self, _: &Query) -> Result<()> {
            Ok(())
        }
    }
    is_selected(expr, columns) || !finds(expr, Finder(columns))
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
    finds(query, OfOthers(Vec::new()))
}

/// Whether an expression of a query uses a column of a table that is not the query's own.
pub(super) fn is_of_others(expr: &Expr, select: &Select) -> bool {
    finds(expr, OfOthers(tables(select).cloned().collect()))
}

/// Finds columns of other tables than those in scope, by their names, innermost last.
struct OfOthers(Vec<Ident>);

impl Visit for OfOthers {
    fn visit_select(&mut self, select: &Select) -> Result<()> {
        let outside = self.0.len();
        self.0.extend(tables(select).cloned());
        select.walk(self)?;
        self.0.truncate(outside);
        Ok(())
    }

    fn visit_cte(&mut self, cte: &Cte) -> Result<()> {
        cte.statement.accept(self)
    }

    fn visit_column(&mut self, column: &Column) -> Result<()> {
        match column.table() {
            Some(table) if !self.0.contains(&table) => found(),
            Some(_) | None => Ok(()),
        }
    }

    fn visit_all_columns(&mut self, all: &AllColumns) -> Result<()> {
        match &all.table {
            Some(table) if !self.0.contains(table) => found(),
            Some(_) | None => Ok(()),
        }
    }
}

/// Whether a part of a `select` without `group by` makes one row of all.
pub(super) fn holds_aggregate(node: &impl Node) -> bool {
    struct Finder;
    impl Visit for Finder {
        fn visit_aggregate(&mut self, _: &Aggregate) -> Result<()> {
            found()
        }

        fn visit_query(&mut self, _: &Query) -> Result<()> {
            Ok(())
        }

        // It may be `{} over (..)`.
        fn visit_raw(&mut self, _: &Raw) -> Result<()> {
            Ok(())
        }
    }
    finds(node, Finder)
}

/// Whether it uses a column of the `select`'s own tables outside of aggregates, of which there is no one value.
pub(super) fn holds_column_of_rows(node: &impl Node, select: &Select) -> bool {
    struct Finder<'a>(&'a Select);
    impl Finder<'_> {
        fn of_rows(&self, table: Option<&Ident>) -> Result<()> {
            let own = tables(self.0).any(|name| table.is_none_or(|table| table == name));
            if own { found() } else { Ok(()) }
        }
    }
    impl Visit for Finder<'_> {
        fn visit_column(&mut self, column: &Column) -> Result<()> {
            self.of_rows(column.table().as_ref())
        }

        fn visit_all_columns(&mut self, all: &AllColumns) -> Result<()> {
            self.of_rows(all.table.as_ref())
        }

        fn visit_aggregate(&mut self, _: &Aggregate) -> Result<()> {
            Ok(())
        }

        fn visit_query(&mut self, _: &Query) -> Result<()> {
            Ok(())
        }

        fn visit_raw(&mut self, _: &Raw) -> Result<()> {
            Ok(())
        }
    }
    finds(node, Finder(select))
}

/// Whether an aggregate of a `select` is about columns of queries around it alone, which makes it one of theirs.
pub(super) fn holds_aggregate_of_outer(node: &impl Node, select: &Select) -> bool {
    struct Finder<'a>(&'a Select);
    impl Visit for Finder<'_> {
        fn visit_aggregate(&mut self, aggregate: &Aggregate) -> Result<()> {
            let mut about = About { select: self.0, own: false, outer: false };
            aggregate.walk(&mut about)?;
            if about.outer && !about.own { found() } else { Ok(()) }
        }

        fn visit_query(&mut self, _: &Query) -> Result<()> {
            Ok(())
        }
    }
    struct About<'a> {
        select: &'a Select,
        own: bool,
        outer: bool,
    }
    impl Visit for About<'_> {
        fn visit_column(&mut self, column: &Column) -> Result<()> {
            let own = column.table().is_none_or(|table| tables(self.select).any(|name| *name == table));
            *(if own { &mut self.own } else { &mut self.outer }) = true;
            Ok(())
        }

        // Nobody knows which columns it names.
        fn visit_raw(&mut self, _: &Raw) -> Result<()> {
            self.own = true;
            Ok(())
        }
    }
    finds(node, Finder(select))
}

/// The names of a query's tables.
fn tables(select: &Select) -> impl Iterator<Item = &Ident> {
    select.from.iter().chain(select.joins.iter().map(|join| &join.table)).map(TableRef::name)
}

/// Whether an entry of `returning` uses a column of another table than `target`.
pub(super) fn names_other_table(item: &SelectItem, target: &Ident) -> bool {
    struct Finder<'a>(&'a Ident);
    impl Visit for Finder<'_> {
        fn visit_column(&mut self, column: &Column) -> Result<()> {
            match column.table() {
                Some(table) if table != *self.0 => found(),
                Some(_) | None => Ok(()),
            }
        }

        fn visit_all_columns(&mut self, all: &AllColumns) -> Result<()> {
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
            let own = it.table().is_none_or(|table| table == *self.target);
            if own && it.name() == *self.column { found() } else { Ok(()) }
        }

        fn visit_raw(&mut self, raw: &Raw) -> Result<()> {
            if mentions(raw, self.column) { found() } else { raw.walk(self) }
        }
    }
    finds(value, Finder { column, target })
}

/// Whether text of the program's author may name a table or column: the name stands in it as a word of its own. It may
/// stand in a string or a comment, but nothing can be named without its name.
pub(super) fn mentions(raw: &Raw, name: &Ident) -> bool {
    let mut text = String::new();
    for part in &raw.parts {
        match part {
            RawPart::Text(part) => text.push_str(part),
            RawPart::Ident(ident) if ident == name => return true,
            // No word goes on beyond a slot.
            RawPart::Ident(_) | RawPart::Expr(_) => text.push(' '),
        }
    }
    // A name in quotes has its own ones twice.
    if name.as_str().contains(['"', '`']) {
        return true;
    }
    let is_part_of_word = |it: char| it.is_alphanumeric() || it == '_' || it == '$';
    let name = name.as_str().to_lowercase();
    let text = text.to_lowercase();
    text.match_indices(&name).any(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + name.len()..]);
        !before.ends_with(is_part_of_word) && !after.starts_with(is_part_of_word)
    })
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
