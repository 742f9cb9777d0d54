//! Pages by a place in an order.

use super::base::Given;
use super::chunk::{Chunk, Ordered, Way, Which};
use super::cursor::{Cursor, Cursors, Fingerprint};
use super::ranges::Position;
#[cfg(feature = "json")]
use super::serialize;
use super::statement;
use super::term::Term;
use super::{DEFAULT_LIMIT, MAX_LIMIT, Parts, debug, limited};
use crate::ast;
use crate::dialect::{self, Compiled, Spec};
use crate::error::{CursorFault, Error, Result};
use crate::executor::Executor;

/// Where a page is.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum Place {
    /// The first page.
    #[default]
    First,
    /// The last page.
    Last,
    /// The page after the place of a cursor.
    After(Cursor),
    /// The page before the place of a cursor.
    Before(Cursor),
}

impl Place {
    /// What a client asked for: after a cursor, before one, or, with neither, the first page. An empty cursor is none.
    ///
    /// ```
    /// use kysera::pagination::Place;
    ///
    /// assert_eq!(Place::of(None, None)?, Place::First);
    /// assert_eq!(Place::of(Some("".into()), None)?, Place::First);
    /// assert!(Place::of(Some("one".into()), Some("other".into())).unwrap_err().is_bad_request());
    /// # Ok::<(), kysera::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_bad_request`](Error::is_bad_request) where there are both.
    pub fn of(after: Option<Cursor>, before: Option<Cursor>) -> Result<Self> {
        let given = |cursor: Option<Cursor>| cursor.filter(|it| !it.is_empty());
        match (given(after), given(before)) {
            (None, None) => Ok(Self::First),
            (Some(cursor), None) => Ok(Self::After(cursor)),
            (None, Some(cursor)) => Ok(Self::Before(cursor)),
            (Some(_), Some(_)) => Err(Error::bad_request("a page is after a cursor or before one, not both")),
        }
    }
}

/// After the cursor; the first page where there is none.
impl From<Option<Cursor>> for Place {
    fn from(cursor: Option<Cursor>) -> Self {
        cursor.filter(|it| !it.is_empty()).map_or(Self::First, Self::After)
    }
}

/// A page of a query, by its place in an order. [`paginate_by`](super::PaginateBy::paginate_by) makes it.
#[must_use = "a page is not read until it is fetched"]
pub struct Keyset<R> {
    parts: Parts<R>,
    order: Vec<Given>,
    place: Place,
    limit: i64,
    max_limit: u32,
    is_total: bool,
    bound_to: String,
}

debug!(Keyset, it => query: it.parts.query, order: it.order, place: it.place, limit: it.limit);

/// A page, by its place in an order.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeysetPage<T> {
    /// The rows, in the order of the query, whichever way the page was come to.
    pub data: Vec<T>,
    /// How many rows a page has at most.
    pub limit: u64,
    /// The page after it is [`After`](Place::After) this; there is one where [`has_next`](Self::has_next) is, unless the
    /// page has no place, since it is an end of the order and its limit is 0.
    pub next_cursor: Option<Cursor>,
    /// The page before it is [`Before`](Place::Before) this; there is one where [`has_prev`](Self::has_prev) is, unless
    /// the page has no place.
    pub prev_cursor: Option<Cursor>,
    /// Whether there are rows after it.
    pub has_next: bool,
    /// Whether there are rows before it.
    pub has_prev: bool,
}

#[cfg(feature = "json")]
serialize!(KeysetPage: data, limit, next_cursor, prev_cursor, has_next, has_prev);

impl<R> Keyset<R> {
    pub(super) fn new(parts: Parts<R>, order: Vec<Given>, place: Place, limit: Option<i64>) -> Self {
        let limit = limit.unwrap_or(DEFAULT_LIMIT);
        Self { parts, order, place, limit, max_limit: MAX_LIMIT, is_total: false, bound_to: String::new() }
    }

    /// The most rows that a page may have: 10,000 if nothing is said. A page of more is one of so many.
    pub fn max_limit(self, max_limit: u32) -> Self {
        Self { max_limit, ..self }
    }

    /// Says that the order tells all rows apart, so that no key is added to it.
    ///
    /// If it does not, rows may be missing from the pages.
    pub fn order_is_total(self) -> Self {
        Self { is_total: true, ..self }
    }

    /// Binds the cursors to something beside the query, such as a user or a tenant: those of another are refused.
    ///
    /// A cursor never shows more than the query does, whoever sends it. This is for who wants to know that it was sent on.
    pub fn bound_to(self, whom: impl Into<String>) -> Self {
        Self { bound_to: whom.into(), ..self }
    }

    /// The SQL that reads the page, and its values, for a dialect. Nothing is sent, and plugins are not asked.
    ///
    /// # Errors
    ///
    /// Those of [`fetch`](Self::fetch) that come before anything is sent.
    pub fn compile(self, spec: &Spec, cursors: &Cursors) -> Result<Compiled> {
        let Ready { ordered, query: _, way, position, limit } = self.ready(spec, cursors)?;
        let which = Which { position: position.as_ref(), way, looks_back: true, limit };
        dialect::compile(&ordered.reading(spec, which).statement(), spec)
    }

    fn ready(self, spec: &Spec, cursors: &Cursors) -> Result<Ready<R>> {
        let Self { parts, order, place, limit, max_limit, is_total, bound_to } = self;
        let limit = limited(limit, max_limit)?;
        let ordered = Ordered::new(parts, order, is_total)?;
        let query = fingerprint(&ordered, spec, &bound_to)?;
        let (way, position) = match place {
            Place::First => (Way::Forwards, None),
            Place::Last => (Way::Backwards, None),
            Place::After(cursor) => (Way::Forwards, Some(read(&ordered, cursors, &query, &cursor)?)),
            Place::Before(cursor) => (Way::Backwards, Some(read(&ordered, cursors, &query, &cursor)?)),
        };
        Ok(Ready { ordered, query, way, position, limit })
    }

    /// Reads the page.
    ///
    /// One statement, which reads one row more than the page has, and one of the other side to tell if there is any; a second
    /// statement only where the page is empty.
    ///
    /// # Errors
    ///
    /// - [`is_bad_request`](Error::is_bad_request) where the limit is below zero, or the cursor is not one of `cursors` and
    ///   this query: [`as_cursor_fault`](Error::as_cursor_fault) says why;
    /// - [`is_invalid`](Error::is_invalid) where the query has an order of its own, where nothing tells its rows apart, or where
    ///   a value of the order cannot be in a cursor;
    /// - those of [`fetch_all`](crate::query::Statement::fetch_all).
    pub async fn fetch(self, executor: &dyn Executor, cursors: &Cursors) -> Result<KeysetPage<R>> {
        let Ready { ordered, query, way, position, limit } = self.ready(executor.spec(), cursors)?;
        let which = Which { position: position.as_ref(), way, looks_back: true, limit };
        let chunk = ordered.chunk(executor, which).await.map_err(|error| {
            // A cursor is of a page of the same query, so what cannot be bound is its own.
            if error.is_encode() && position.is_some() { CursorFault::Malformed.into() } else { error }
        });
        let Chunk { rows, ends, has_more, has_others } = chunk?;
        let (has_prev, has_next) = match way {
            Way::Forwards => (has_others, has_more),
            Way::Backwards => (has_more, has_others),
        };
        let (first, last) = match (ends, position) {
            (Some((first, last)), _) => {
                (Some(Position { values: first, inclusive: false }), Some(Position { values: last, inclusive: false }))
            }
            // Of no rows: on the one side are those at the place and beyond, on the other those that would have been here.
            (None, Some(here)) => {
                let beyond = Position { values: here.values.clone(), inclusive: !here.inclusive };
                match way {
                    Way::Forwards => (Some(beyond), Some(here)),
                    Way::Backwards => (Some(here), Some(beyond)),
                }
            }
            (None, None) => (None, None),
        };
        let cursor = |is_there: bool, position: Option<Position>| {
            position.filter(|_| is_there).map(|it| cursors.write(&query, &it)).transpose()
        };
        Ok(KeysetPage {
            data: rows,
            limit: limit.unsigned_abs(),
            next_cursor: cursor(has_next, last)?,
            prev_cursor: cursor(has_prev, first)?,
            has_next,
            has_prev,
        })
    }
}

/// A page that can be read.
struct Ready<R> {
    ordered: Ordered<R>,
    query: Fingerprint,
    way: Way,
    position: Option<Position>,
    limit: i64,
}

/// What a cursor is bound to: the dialect, the tables, the conditions with their values, and the order.
fn fingerprint<R>(ordered: &Ordered<R>, spec: &Spec, bound_to: &str) -> Result<Fingerprint> {
    let base = &ordered.base;
    let mut select = base.select.clone();
    select.with.clone_from(&base.with);
    select.order_by = base.terms.iter().map(Term::order_item).collect();
    if base.is_plain {
        // What is read of the rows may change from one page to the next.
        select.columns = base.terms.iter().map(|term| statement::item(term.expr.clone())).collect();
    }
    let Compiled { sql, params } = dialect::compile(&ast::Statement::from(select), spec)?;
    // The same text is another order where `null` is at the other end.
    let sql = format!("{}: {sql}", spec.name);
    Ok(Fingerprint::of(&sql, &params, bound_to))
}

/// The place of a cursor, whose values are such as the order has.
fn read<R>(ordered: &Ordered<R>, cursors: &Cursors, query: &Fingerprint, cursor: &Cursor) -> Result<Position> {
    let Position { values, inclusive } = cursors.read(query, cursor)?;
    let terms = &ordered.base.terms;
    if values.len() != terms.len() {
        return Err(Error::bad_cursor(CursorFault::Malformed));
    }
    if let Some((term, _)) = terms.iter().zip(&values).find(|(term, value)| !term.takes(value)) {
        return Err(Error::bad_cursor(CursorFault::Column(term.name())));
    }
    let values = terms.iter().zip(values).map(|(term, value)| term.bound(value)).collect();
    Ok(Position { values, inclusive })
}
