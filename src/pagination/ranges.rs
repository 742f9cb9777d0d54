//! Which rows come after a place of an order.
//!
//! In the order `a, b desc` the rows after `(1, 2)` are those of `a = 1 and b < 2`, and then those of `a > 1`: stretches of
//! an index of that order, each of which a server finds at once. `null` is no value that anything is larger or smaller
//! than, so it makes stretches of its own. Terms that go the same way are one stretch, compared as a row, where a server
//! reads that from the place on.

use super::term::Term;
use crate::ast::{BinaryOperator, Direction, Expr, RowComparison, RowOperator, RowPart, Shared};
use crate::dialect::NullIs;
use crate::value::Value;

/// A place of an order: the values of its terms.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Position {
    pub(super) values: Vec<Value>,
    /// Whether a row that is right there is after it.
    pub(super) inclusive: bool,
}

/// Which terms are compared as a row.
#[derive(Clone, Copy, Debug)]
pub(super) enum Runs {
    /// As many as go the same way.
    OfManyTerms,
    /// None: each term makes a stretch.
    OfOneTerm,
}

/// The rows after a place, as stretches of the order, the first one first. No row is in two of them.
pub(super) fn after(terms: &[Term], position: &Position, null_is: NullIs, runs: Runs) -> Vec<Expr> {
    let Position { values, inclusive } = position;
    let mut stretches = Vec::new();
    let mut end = terms.len().min(values.len());
    if *inclusive && values.last().is_some_and(Value::is_null) {
        // A row is not compared with `null`, so the rows right there are not found with those after them.
        stretches.push(all(equal(terms, values, end)));
    }
    while let Some(last) = end.checked_sub(1) {
        let start = match runs {
            Runs::OfManyTerms => start_of_run(terms, values, last, null_is),
            Runs::OfOneTerm => last,
        };
        let Term { expr, direction, .. } = &terms[start];
        let is_inclusive = *inclusive && end == terms.len();
        if values[start].is_null() {
            if terms[start].nullable && !terms[start].ends_in_null(null_is) {
                stretches.push(all(equal(terms, values, start).chain([expr.clone().is_not_null()])));
            }
        } else {
            let operator = match (direction, is_inclusive) {
                (Direction::Ascending, false) => RowOperator::Greater,
                (Direction::Ascending, true) => RowOperator::GreaterOrEqual,
                (Direction::Descending, false) => RowOperator::Less,
                (Direction::Descending, true) => RowOperator::LessOrEqual,
            };
            let parts = terms[start..end].iter().zip(&values[start..end]);
            let parts = parts.map(|(term, value)| RowPart { left: term.expr.clone(), right: value.clone().into() });
            let compared = Expr::Rows(Shared::new(RowComparison { operator, parts: parts.collect() }));
            stretches.push(all(equal(terms, values, start).chain([compared])));
            if terms[start].ends_in_null(null_is) {
                stretches.push(all(equal(terms, values, start).chain([expr.clone().is_null()])));
            }
        }
        end = start;
    }
    stretches
}

/// One condition for all of them.
pub(super) fn together(stretches: Vec<Expr>) -> Expr {
    let any = stretches.into_iter().reduce(Expr::or);
    any.unwrap_or_else(|| Expr::Or(Shared::new(smallvec::SmallVec::new())))
}

/// The same condition, but that it could be true, for all a server knows, of rows where the first term is not `null`.
///
/// `a is null and b > ?` has MariaDB read all rows where `a` is `null`, and sort them; with `or (a < 0 and a > 0)` beside it,
/// it reads an index from the place on.
pub(super) fn not_of_null_alone(stretch: Expr, terms: &[Term], position: &Position) -> Expr {
    let (Some(first), Some(Value::Null(_))) = (terms.first(), position.values.first()) else { return stretch };
    let compared = |operator| Expr::binary(first.expr.clone(), operator, Expr::Value(first.some_value()));
    stretch.or(compared(BinaryOperator::Less).and(compared(BinaryOperator::Greater)))
}

/// What all of the stretches have in common, if anything: from where on in an index of the first term alone.
pub(super) fn bound(terms: &[Term], position: &Position, null_is: NullIs) -> Option<Expr> {
    let (first, value) = (terms.first()?, position.values.first()?);
    if value.is_null() || first.ends_in_null(null_is) {
        return None;
    }
    let operator = match first.direction {
        Direction::Ascending => BinaryOperator::GreaterOrEqual,
        Direction::Descending => BinaryOperator::LessOrEqual,
    };
    Some(Expr::binary(first.expr.clone(), operator, value.clone().into()))
}

/// Where the terms begin that are compared as one row with the last of them: they go the same way, have values, and none but
/// the first has a `null` that comes after its value.
fn start_of_run(terms: &[Term], values: &[Value], last: usize, null_is: NullIs) -> usize {
    let mut start = last;
    while let Some(before) = start.checked_sub(1)
        && terms[before].direction == terms[last].direction
        && !values[before].is_null()
        && !values[start].is_null()
        && !terms[start].ends_in_null(null_is)
    {
        start = before;
    }
    start
}

/// The first terms are as they are at the place.
fn equal(terms: &[Term], values: &[Value], count: usize) -> impl Iterator<Item = Expr> {
    terms.iter().zip(values).take(count).map(|(term, value)| {
        let expr = term.expr.clone();
        if value.is_null() { expr.is_null() } else { expr.equals(value.clone()) }
    })
}

fn all(conditions: impl Iterator<Item = Expr>) -> Expr {
    conditions.reduce(Expr::and).unwrap_or_else(|| Expr::And(Shared::new(smallvec::SmallVec::new())))
}
