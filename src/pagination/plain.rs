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
        && !expressions.chain(order.iter().map(|(item, _)| &item.expr)).any(|expr| holds_aggregate(expr, aggregates))
}

/// Whether an expression holds what makes one row of many, or, by `over`, what counts on the rows around its own.
fn holds_aggregate(expr: &Expr, which: Aggregates) -> bool {
    let Found { is_aggregate, is_window, .. } = found(expr, which);
    is_aggregate || is_window
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
}

fn found(expr: &Expr, which: Aggregates) -> Found {
    let mut found = Found { which, is_aggregate: false, is_window: false };
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
        it.walk(self)
    }

    fn visit_raw(&mut self, it: &ast::Raw) -> Result<()> {
        self.is_aggregate |= self.which == Aggregates::Possible;
        self.is_window |= it.parts.iter().any(|part| matches!(part, RawPart::Text(text) if has_word(text, "over")));
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

/// Whether text of the program stands in an expression, which may name a column of the result.
pub(super) fn holds_text(expr: &Expr) -> bool {
    struct Text(bool);

    impl Visit for Text {
        fn visit_raw(&mut self, _: &ast::Raw) -> Result<()> {
            self.0 = true;
            Ok(())
        }
    }

    let mut text = Text(false);
    // It has no reason to fail.
    let _ = expr.accept(&mut text);
    text.0
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
