//! A statement, and what travels with it to the plugins.

use super::selection::Read;
use super::{Fetchable, Statement, Writes};
use crate::ast;
use crate::plugin::Metadata;

/// A statement, and what travels with it to the plugins: what [`with`](Statement::with), [`plugin`](Statement::plugin) and
/// [`without`](Statement::without) make.
#[derive(Clone, Debug)]
#[must_use = "a statement does nothing until it is run"]
pub struct Annotated<Q> {
    pub(super) statement: Q,
    pub(super) metadata: Metadata,
}

impl<Q> Annotated<Q> {
    pub(crate) fn into_parts(self) -> (Q, Metadata) {
        (self.statement, self.metadata)
    }
}

impl<Q: Statement> Statement for Annotated<Q> {
    fn tree(&self) -> ast::StatementRef<'_> {
        self.statement.tree()
    }

    fn metadata(&self) -> Metadata {
        self.metadata.clone()
    }
}

/// A statement that is its tree and nothing else: nothing travels with it to the plugins, so nothing is lost where it becomes
/// a part of another one.
#[diagnostic::on_unimplemented(
    message = "what travels with this statement to the plugins would be lost here",
    label = "only the tree of the statement is taken",
    note = "say `.with(..)`, `.plugin(..)` and `.without(..)` of the whole statement, where it is run; `.to_request()` and `.compile_on(..)` take them along"
)]
pub trait Bare: Statement {}

/// A statement that clauses can be added to, which none is that something travels with.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "a statement is complete once `.with(..)`, `.plugin(..)` or `.without(..)` was said of it",
    label = "this clause comes before them",
    note = "say the clauses of the statement first, and then what travels with it: `q.filter(..).with(..)`"
)]
pub trait Open {}

/// The clauses that are most often added too late. Without them the compiler would tell of the methods of iterators.
impl<Q> Annotated<Q> {
    #[doc(hidden)]
    pub fn select<C>(self, columns: C) -> Self
    where
        Self: Open,
    {
        drop(columns);
        self
    }

    #[doc(hidden)]
    pub fn filter<C>(self, condition: C) -> Self
    where
        Self: Open,
    {
        drop(condition);
        self
    }

    #[doc(hidden)]
    pub fn order_by<C>(self, terms: C) -> Self
    where
        Self: Open,
    {
        drop(terms);
        self
    }

    #[doc(hidden)]
    pub fn limit<C>(self, count: C) -> Self
    where
        Self: Open,
    {
        drop(count);
        self
    }
}

#[diagnostic::do_not_recommend]
impl<Q: Fetchable> Fetchable for Annotated<Q> {
    type Row = Q::Row;

    fn reader(&self) -> Read<Q::Row> {
        self.statement.reader()
    }
}

#[diagnostic::do_not_recommend]
impl<Q: Writes> Writes for Annotated<Q> {}
