//! Whether the rows of a query are those of its tables, and what in an expression looks beyond one row.

use super::base::Given;
use crate::ast::{self, Distinct, Expr, Ident, Node as _, Query, RawPart, Select, SelectExpr, SelectItem, Span, Visit};
use crate::error::Result;

/// What of an expression may make one row of many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Aggregates {
    /// What is known to.
    Known,
    /// What is not known not to: text and functions by name too.
    Possible,
}

/// Whether the rows of a query are those of its tables.
pub(super) fn is_plain(select: &Select, order: &[Given], aggregates: Aggregates) -> bool {
    let expressions = select.columns.iter().filter_map(|item| match item {
        SelectItem::Expr(it) => Some(&it.expr),
        SelectItem::AllColumns(_) => None,
    });
    select.distinct == Distinct::All
        && select.group_by.is_empty()
        && select.having.is_none()
        && select.limit.is_none()
        && select.offset.is_none()
        && !expressions
            .chain(order.iter().map(|(item, _)| &item.expr))
            .any(|expr| looks_beyond_its_row(expr, aggregates))
}

/// Whether an expression holds what makes one row of many, or, by `over`, what counts on the rows around its own, or what makes
/// many rows of one.
fn looks_beyond_its_row(expr: &Expr, which: Aggregates) -> bool {
    let Found { which: _, is_aggregate, is_window, makes_rows } = found(expr, which);
    is_aggregate || is_window || makes_rows.is_some()
}

/// What in an expression makes several rows of one, if anything is known to.
pub(super) fn makes_rows(expr: &Expr) -> Option<&'static str> {
    found(expr, Aggregates::Known).makes_rows
}

/// Whether an expression makes one row of many.
pub(super) fn is_of_many(expr: &Expr) -> bool {
    let Found { is_aggregate, is_window, .. } = found(expr, Aggregates::Known);
    is_aggregate && !is_window
}

/// What there is in an expression that makes its value depend on more than one row.
struct Found {
    which: Aggregates,
    is_aggregate: bool,
    is_window: bool,
    makes_rows: Option<&'static str>,
}

/// Functions of PostgreSQL that make several rows of one, where they are selected.
const ROW_MAKERS: &str = "
    unnest generate_series generate_subscripts string_to_table regexp_matches regexp_split_to_table json_array_elements
    json_array_elements_text json_each json_each_text json_object_keys json_populate_recordset json_to_recordset
    jsonb_array_elements jsonb_array_elements_text jsonb_each jsonb_each_text jsonb_object_keys jsonb_path_query
    jsonb_path_query_tz jsonb_populate_recordset jsonb_to_recordset";

fn row_maker(is_there: impl Fn(&str) -> bool) -> Option<&'static str> {
    ROW_MAKERS.split_ascii_whitespace().find(|name| is_there(name))
}

fn found(expr: &Expr, which: Aggregates) -> Found {
    let mut found = Found { which, is_aggregate: false, is_window: false, makes_rows: None };
    // It has no reason to fail.
    let _ = expr.accept(&mut found);
    found
}

impl Visit for Found {
    fn visit_aggregate(&mut self, it: &ast::Aggregate) -> Result<()> {
        match it.span {
            Span::Group => self.is_aggregate = true,
            Span::Result => self.is_window = true,
        }
        Ok(())
    }

    fn visit_call(&mut self, it: &ast::Call) -> Result<()> {
        self.is_aggregate |= self.which == Aggregates::Possible;
        self.makes_rows = self.makes_rows.or_else(|| row_maker(|name| it.name.as_str().eq_ignore_ascii_case(name)));
        it.walk(self)
    }

    fn visit_raw(&mut self, it: &ast::Raw) -> Result<()> {
        self.is_aggregate |= self.which == Aggregates::Possible;
        let has = |word: &str| it.parts.iter().any(|part| matches!(part, RawPart::Text(text) if has_word(text, word)));
        self.is_window |= has("over");
        // In a query within, the rows are its own.
        if !has("select") {
            self.makes_rows = self.makes_rows.or_else(|| row_maker(has));
        }
        it.walk(self)
    }

    /// Another query, whose aggregates are its own.
    fn visit_query(&mut self, _: &Query) -> Result<()> {
        Ok(())
    }
}

fn has_word(text: &str, word: &str) -> bool {
    text.split(|char: char| !char.is_alphanumeric() && char != '_').any(|it| it.eq_ignore_ascii_case(word))
}

/// Whether there is such an expression in another, or is it.
pub(super) fn holds(expr: &Expr, is_such: impl Fn(&Expr) -> bool) -> bool {
    struct Finder<F> {
        is_such: F,
        is_found: bool,
    }

    impl<F: Fn(&Expr) -> bool> Visit for Finder<F> {
        fn visit_expr(&mut self, it: &Expr) -> Result<()> {
            self.is_found = self.is_found || (self.is_such)(it);
            if self.is_found { Ok(()) } else { it.walk(self) }
        }
    }

    let mut finder = Finder { is_such, is_found: false };
    // It has no reason to fail.
    let _ = expr.accept(&mut finder);
    finder.is_found
}

/// Whether text of the program stands in an expression, which may name a column of the result.
pub(super) fn holds_text(expr: &Expr) -> bool {
    holds(expr, |it| matches!(it, Expr::Raw(_)))
}

/// What rows are grouped by, where it is text that is the name of a column of the result: that column.
pub(super) fn grouped_by(expr: &Expr, columns: &[SelectExpr]) -> Expr {
    let Expr::Raw(raw) = expr else { return expr.clone() };
    let mut parts = raw.parts.iter().filter(|part| !matches!(part, RawPart::Text(text) if text.trim().is_empty()));
    let name = match (parts.next(), parts.next()) {
        (Some(RawPart::Ident(name)), None) => Some(name.clone()),
        (Some(RawPart::Expr(Expr::Column(column))), None) if column.table().is_none() => Some(column.name()),
        (Some(RawPart::Text(text)), None) => Some(Ident::from(text.trim().to_owned())),
        _ => None,
    };
    let column = name.and_then(|name| columns.iter().find(|column| column.alias.as_ref() == Some(&name)));
    column.map_or_else(|| expr.clone(), |column| column.expr.clone())
}
