//! All rows of a query, page by page.

use futures_util::{TryStreamExt, stream};

use super::base::Given;
use super::chunk::{Chunk, Ordered, Way, Which};
use super::ranges::Position;
use super::{Parts, debug};
use crate::driver::BoxStream;
use crate::error::{Error, Result};
use crate::executor::Executor;

/// All pages of a query, one after the other. [`pages`](super::PaginateBy::pages) makes it.
#[must_use = "pages are not read until they are fetched"]
pub struct Pages<R> {
    parts: Parts<R>,
    order: Vec<Given>,
    limit: u32,
    is_total: bool,
}

/// All rows of a query, of which a page is held at a time. [`rows_by_key`](super::PaginateBy::rows_by_key) makes it.
#[must_use = "rows are not read until they are fetched"]
pub struct RowsByKey<R>(Pages<R>);

debug!(Pages, it => query: it.parts.query, order: it.order, limit: it.limit);
debug!(RowsByKey, it => pages: it.0);

impl<R: Send + 'static> Pages<R> {
    pub(super) fn new(parts: Parts<R>, order: Vec<Given>, limit: u32) -> Self {
        Self { parts, order, limit, is_total: false }
    }

    pub(super) fn rows(self) -> RowsByKey<R> {
        RowsByKey(self)
    }

    /// Says that the order tells all rows apart, so that no key is added to it.
    ///
    /// If it does not, rows may be left out.
    pub fn order_is_total(self) -> Self {
        Self { is_total: true, ..self }
    }

    /// Reads the pages as they are asked for, none of them empty. Between two of them no connection is held.
    ///
    /// Rows that come and go meanwhile may be there or not; those that stay where they are in the order are there once.
    ///
    /// # Errors
    ///
    /// Those of [`fetch_all`](crate::query::Statement::fetch_all), after which the stream ends;
    /// [`is_invalid`](Error::is_invalid) where a page has no rows, the query has an order of its own, nothing tells its rows
    /// apart, or a page does not lead on.
    pub fn fetch(self, executor: &dyn Executor) -> BoxStream<'_, Result<Vec<R>>> {
        let Self { parts, order, limit, is_total } = self;
        let ordered = if limit == 0 {
            Err(Error::invalid("a page without rows does not lead to the next"))
        } else {
            Ordered::new(parts, order, is_total)
        };
        let ordered = match ordered {
            Ok(ordered) => ordered,
            Err(error) => return Box::pin(stream::once(async { Err(error) })),
        };
        Box::pin(stream::try_unfold(Some((ordered, None)), move |state| async move {
            let Some((ordered, position)) = state else { return Ok(None) };
            let which =
                Which { position: position.as_ref(), way: Way::Forwards, looks_back: false, limit: i64::from(limit) };
            let Chunk { rows, ends, has_more, has_others: _ } = ordered.chunk(executor, which).await?;
            let next = ends.filter(|_| has_more).map(|(_, values)| Position { values, inclusive: false });
            if next.is_some() && next == position {
                return Err(Error::invalid(
                    "a page ends where it begins, so that there would be no end of pages: a plugin gives other rows than were \
                     asked for",
                ));
            }
            Ok(Some((rows, next.map(|next| (ordered, Some(next))))).filter(|(rows, _)| !rows.is_empty()))
        }))
    }
}

impl<R: Send + 'static> RowsByKey<R> {
    /// Says that the order tells all rows apart, so that no key is added to it. If it does not, rows may be left out.
    pub fn order_is_total(self) -> Self {
        Self(self.0.order_is_total())
    }

    /// Reads the rows as they are asked for, a page at a time.
    ///
    /// # Errors
    ///
    /// Those of [`Pages::fetch`].
    pub fn fetch(self, executor: &dyn Executor) -> BoxStream<'_, Result<R>> {
        Box::pin(self.0.fetch(executor).map_ok(|rows| stream::iter(rows.into_iter().map(Ok))).try_flatten())
    }
}
