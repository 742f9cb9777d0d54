//! Pages by number.

use super::base::Base;
use super::count;
use super::plain::Aggregates;
#[cfg(feature = "json")]
use super::serialize;
use super::statement::number;
use super::term::Term;
use super::{DEFAULT_LIMIT, MAX_LIMIT, Parts, debug, limited};
use crate::ast::{self, Query, Span};
use crate::dialect::{self, Compiled, Spec};
use crate::error::Result;
use crate::executor::{Executor, Request};
use crate::expr::OrderedValues;
use crate::plugin::OneMore;

/// A page of a query, by its number. [`paginate`](super::Paginate::paginate) makes it.
#[must_use = "a page is not read until it is fetched"]
pub struct Offset<R> {
    parts: Parts<R>,
    page: i64,
    limit: i64,
    max_limit: u32,
    total: Total,
    is_total: bool,
}

debug!(Offset, it => query: it.parts.query, page: it.page, limit: it.limit, total: it.total);

/// How the number of all rows is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Total {
    /// By a statement of its own.
    Counted,
    /// By the statement that reads the page.
    Beside,
    /// Not at all.
    Unknown,
}

/// A page, by its number.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Page<T> {
    /// The rows.
    pub data: Vec<T>,
    /// Its number. The first one is 1.
    pub page: u64,
    /// How many rows a page has at most.
    pub limit: u64,
    /// How many rows there are on all pages, if they were counted.
    pub total: Option<u64>,
    /// How many pages there are, if the rows were counted. Without rows there are none.
    pub total_pages: Option<u64>,
    /// Whether there are rows after it.
    pub has_next: bool,
    /// Whether there are rows before it.
    pub has_prev: bool,
}

#[cfg(feature = "json")]
serialize!(Page: data, page, limit, total, total_pages, has_next, has_prev);

impl<R> Offset<R> {
    pub(super) fn new(parts: Parts<R>, page: Option<i64>, limit: Option<i64>) -> Self {
        let (page, limit) = (page.unwrap_or(1).max(1), limit.unwrap_or(DEFAULT_LIMIT));
        Self { parts, page, limit, max_limit: MAX_LIMIT, total: Total::Counted, is_total: false }
    }

    /// The most rows that a page may have: 10,000 if nothing is said. A page of more is one of so many.
    pub fn max_limit(self, max_limit: u32) -> Self {
        Self { max_limit, ..self }
    }

    /// Does not count the rows. Whether there are more is seen by reading one more than a page has.
    pub fn without_total(self) -> Self {
        Self { total: Total::Unknown, ..self }
    }

    /// Counts the rows by the statement that reads them, `count(*) over ()`: one statement in place of two, of one state of the
    /// database. The server then reads all rows for each page.
    pub fn total_beside_rows(self) -> Self {
        Self { total: Total::Beside, ..self }
    }

    /// Says that the query's order tells all its rows apart, so that no key is added to it.
    ///
    /// If it does not, rows may be missing from the pages, or be on two of them.
    pub fn order_is_total(self) -> Self {
        Self { is_total: true, ..self }
    }

    /// The SQL that reads the page, and its values, for a dialect. Nothing is sent, and plugins are not asked.
    ///
    /// # Errors
    ///
    /// Those of [`fetch`](Self::fetch) that come before anything is sent.
    pub fn compile(&self, spec: &Spec) -> Result<Compiled> {
        let limit = self.limit()?;
        dialect::compile(&self.statement(limit, self.offset(limit))?, spec)
    }

    fn limit(&self) -> Result<i64> {
        limited(self.limit, self.max_limit)
    }

    fn offset(&self, limit: i64) -> i64 {
        (self.page - 1).saturating_mul(limit)
    }

    /// The statement that reads the page. Without a total it reads one row more; or it has the total beside each row.
    fn statement(&self, limit: i64, offset: i64) -> Result<ast::Statement> {
        let Parts { query, read: _, metadata: _, tables } = &self.parts;
        let order = match query {
            Query::Select(it) => &it.order_by,
            Query::Compound(it) => &it.order_by,
        };
        let order = order.iter().map(|item| (item.clone(), OrderedValues::UNKNOWN)).collect();
        let Base { with, mut select, terms, places: _, is_plain: _ } =
            Base::new(query.clone(), tables, order, self.is_total, Aggregates::Possible)?;
        let limit = match self.total {
            Total::Counted => limit,
            Total::Unknown => limit.saturating_add(1),
            Total::Beside => {
                select.columns.push(count::count(Span::Result));
                limit
            }
        };
        select.with = with;
        select.order_by = terms.iter().map(Term::order_item).collect();
        select.limit = Some(number(limit));
        select.offset = Some(number(offset)).filter(|_| offset > 0);
        Ok(select.into())
    }

    /// Reads the page.
    ///
    /// The rows are counted first, unless that was said otherwise, and a page after the last row is not read. These are two
    /// statements: in between, rows may come and go, but in a [transaction](crate::Db::transaction) that sees one state.
    ///
    /// # Errors
    ///
    /// [`is_bad_request`](crate::Error::is_bad_request) where the limit is below zero;
    /// [`is_invalid`](crate::Error::is_invalid) where the tables have no key and the order does not tell rows apart; and those
    /// of [`fetch_all`](crate::query::Statement::fetch_all).
    pub async fn fetch(self, executor: &dyn Executor) -> Result<Page<R>> {
        let limit = self.limit()?;
        let offset = self.offset(limit);
        let Self { ref parts, page, total, .. } = self;
        let counted = match total {
            Total::Counted => Some(count::fetch(parts, executor).await?),
            Total::Beside if limit == 0 => Some(count::fetch(parts, executor).await?),
            Total::Beside | Total::Unknown => None,
        };
        let (mut data, mut beside, mut has_more) = (Vec::new(), None, false);
        if limit > 0 && counted.is_none_or(|counted| i64::try_from(counted).is_ok_and(|counted| offset < counted)) {
            let metadata = match total {
                Total::Counted | Total::Beside => parts.metadata.clone(),
                Total::Unknown => parts.metadata.with(OneMore),
            };
            let request = Request::Annotated(self.statement(limit, offset)?, metadata);
            let mut rows = executor.fetch(request).await?;
            for row in rows.iter_mut() {
                has_more = usize::try_from(limit).is_ok_and(|limit| data.len() == limit);
                if has_more {
                    break;
                }
                if total == Total::Beside {
                    beside = Some(count::number(row.values().last())?);
                }
                data.push((parts.read)(&mut row.reader())?);
            }
        }
        let total = match (total, counted.or(beside)) {
            (Total::Unknown, _) => None,
            (Total::Counted | Total::Beside, Some(total)) => Some(total),
            // After the last row there is none to have the number beside it.
            (Total::Counted | Total::Beside, None) if offset == 0 => Some(0),
            (Total::Counted | Total::Beside, None) => Some(count::fetch(parts, executor).await?),
        };
        let (page, limit) = (page.unsigned_abs(), limit.unsigned_abs());
        let total_pages = total.map(|total| if limit == 0 { 0 } else { total.div_ceil(limit) });
        Ok(Page {
            data,
            page,
            limit,
            total,
            total_pages,
            has_next: total_pages.map_or(has_more, |pages| page < pages),
            has_prev: page > 1 && limit > 0 && total != Some(0),
        })
    }
}
