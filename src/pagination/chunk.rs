//! Reading a part of a query's rows, from a place of its order on.

use super::Parts;
use super::base::{Base, Given};
use super::plain::Aggregates;
use super::ranges::Position;
use super::statement::Reading;
use super::term::Term;
use crate::ast::{self, Query};
use crate::dialect::Spec;
use crate::error::{Error, Result};
use crate::executor::{Executor, Request};
use crate::plugin::{Metadata, OneMore};
use crate::query::Read;
use crate::row::Row;
use crate::value::Value;

/// A query that is read part by part.
pub(super) struct Ordered<R> {
    pub(super) base: Base,
    read: Read<R>,
    metadata: Metadata,
}

/// Which way the order is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Forwards,
    /// The rows come as they do forwards, but the part is the last one before the place.
    Backwards,
}

/// Which part of a query's rows is read: up to `limit` rows from a place on, or from one end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Which<'a> {
    pub(super) position: Option<&'a Position>,
    pub(super) way: Way,
    /// Whether it is to be told if there are rows on the other side of the place.
    pub(super) looks_back: bool,
    pub(super) limit: i64,
}

/// A part of a query's rows.
pub(super) struct Chunk<R> {
    pub(super) rows: Vec<R>,
    /// The place of the first and the last row.
    pub(super) ends: Option<(Vec<Value>, Vec<Value>)>,
    /// Whether there are more, further on this way.
    pub(super) has_more: bool,
    /// Whether there are some on the other side of the place. Without a place there are none.
    #[cfg_attr(not(feature = "cursors"), expect(dead_code, reason = "a walk goes one way"))]
    pub(super) has_others: bool,
}

impl<R> Ordered<R> {
    pub(super) fn new(parts: Parts<R>, order: Vec<Given>, is_total: bool) -> Result<Self> {
        let Parts { query, read, metadata, tables } = parts;
        let (has_order, has_limit) = match &query {
            Query::Select(it) => (!it.order_by.is_empty(), it.limit.is_some() || it.offset.is_some()),
            Query::Compound(it) => (!it.order_by.is_empty(), it.limit.is_some() || it.offset.is_some()),
        };
        if has_order && !has_limit {
            return Err(Error::invalid(
                "the query has an order, and one is said for its pages: say the one that is meant, there",
            ));
        }
        Ok(Self { base: Base::new(query, &tables, order, is_total, Aggregates::Known)?, read, metadata })
    }

    /// Reads a part.
    pub(super) async fn chunk(&self, executor: &dyn Executor, which: Which<'_>) -> Result<Chunk<R>> {
        let Which { position, way, looks_back, limit } = which;
        let looks_back = looks_back && position.is_some();
        let reading = self.reading(executor.spec(), which);
        let mut found = executor.fetch(self.request(reading.statement())).await?;
        let (mut rows, mut places, mut has_others) = (Vec::with_capacity(found.len()), Vec::new(), None);
        for row in found.iter_mut() {
            if rows.len() == usize::try_from(limit).unwrap_or(usize::MAX) {
                has_others = has_others.or(row.values().last().map(is_true));
                rows.push(None);
                break;
            }
            places.push(self.place(&row)?);
            has_others = has_others.or(row.values().last().map(is_true));
            rows.push(Some((self.read)(&mut row.reader())?));
        }
        let has_more = rows.last().is_some_and(Option::is_none);
        let has_others = match has_others {
            _ if !looks_back => false,
            Some(it) => it,
            None => {
                let mut found = executor.fetch(self.request(reading.rows_before_alone())).await?;
                found.iter_mut().next().is_some_and(|row| row.values().last().is_some_and(is_true))
            }
        };
        let mut rows: Vec<_> = rows.into_iter().flatten().collect();
        let mut ends = places.pop().map(|last| (places.into_iter().next().unwrap_or_else(|| last.clone()), last));
        if way == Way::Backwards {
            rows.reverse();
            ends = ends.map(|(first, last)| (last, first));
        }
        Ok(Chunk { rows, ends, has_more, has_others })
    }

    /// What is read of it.
    pub(super) fn reading<'a>(&'a self, spec: &'a Spec, which: Which<'a>) -> Reading<'a> {
        let Which { position, way, looks_back, limit } = which;
        let terms = self.base.terms.iter().cloned();
        let terms = match way {
            Way::Forwards => terms.collect(),
            Way::Backwards => terms.map(Term::reversed).collect(),
        };
        // One row more than is given tells whether there are more.
        Reading { base: &self.base, spec, terms, position, looks_back, limit: limit.saturating_add(1) }
    }

    fn request(&self, statement: ast::Statement) -> Request<'static> {
        Request::Annotated(statement, self.metadata.with(OneMore))
    }

    /// The place of a row in the order.
    fn place(&self, row: &Row<'_>) -> Result<Vec<Value>> {
        let (columns, values) = (row.columns(), row.values());
        let terms = self.base.terms.iter().zip(&self.base.places);
        if terms.clone().any(|(_, place)| columns.get(*place).is_some_and(|column| column.sorts_apart)) {
            return Err(Error::invalid(
                "a page is ordered by an `enum` or a `set`, which the server sorts by its list and compares by its text, or by \
                 `json`, of which it compares more than it sorts, so that rows would be left out; order by text: \
                 `call::<String, _>(\"concat\", (..,))`",
            ));
        }
        let value = |(term, place): (&Term, &usize)| match values.get(*place) {
            None => Err(Error::decode("(none)", "a value of the order", "no column")),
            // Rows would be left out: those that come after it are looked for among values.
            Some(value) if value.is_null() && !term.nullable => {
                Err(Error::decode(term.name(), "a value, as its type in Rust says", "null"))
            }
            Some(value) => Ok(term.bound(value.clone())),
        };
        terms.map(value).collect()
    }
}

/// Whether a server says yes; some have numbers for it.
fn is_true(value: &Value) -> bool {
    match value {
        Value::Bool(it) => *it,
        Value::I16(it) => *it != 0,
        Value::I32(it) => *it != 0,
        Value::I64(it) => *it != 0,
        _ => false,
    }
}
