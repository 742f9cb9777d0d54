//! What all statements can do.

use std::any::{Any, TypeId};
use std::sync::Arc;

use super::{Annotated, Bare, Fetchable, GivesRows, Writes, fetch};
use crate::ast;
use crate::dialect::{self, Compiled, Spec};
use crate::driver::{BoxFuture, BoxStream, Outcome};
use crate::error::Result;
use crate::executor::{Executor, Precompiled, Request};
use crate::plugin::{Added, LeaveOut, LeftOut, Metadata, Plugin};
use crate::table::FromRow;

/// A statement, whatever it is: it can be compiled, and run.
pub trait Statement {
    /// The statement's tree, where it is.
    fn tree(&self) -> ast::StatementRef<'_>;

    /// What travels with the statement to the plugins.
    #[doc(hidden)]
    fn metadata(&self) -> Metadata {
        Metadata::default()
    }

    /// Has a value travel with the statement, to the plugins that ask for its type. Say it last: what is left is to run the
    /// statement.
    ///
    /// ```
    /// # use kysera::prelude::*;
    /// # #[derive(Table)]
    /// # #[table(name = "users")]
    /// # pub struct User { #[column(primary_key, generated)] id: i64 }
    /// struct Reason(&'static str);
    ///
    /// let q = select_from(users::table).filter(users::id.eq(7)).with(Reason("support case"));
    /// ```
    fn with<T: Any + Send + Sync>(self, value: T) -> Annotated<Self>
    where
        Self: Sized,
    {
        Annotated { metadata: self.metadata().with(value), statement: self }
    }

    /// Has one more plugin rewrite this statement, before those of the database.
    ///
    /// Running it is an error where the plugins then do not go together: one depends on another that is not there or runs
    /// later, cannot be used with another, or has the name of another. So a plugin of the database is replaced by
    /// `.without::<P>().plugin(..)`.
    fn plugin(self, plugin: impl Plugin) -> Annotated<Self>
    where
        Self: Sized,
    {
        self.with(Added(Arc::new(plugin)))
    }

    /// Leaves out the plugins of this type, which must allow it: those of the database, and those that the query brought along
    /// before.
    ///
    /// Running it is an error where another plugin depends on one that is left out; leave out both.
    fn without<P: LeaveOut>(self) -> Annotated<Self>
    where
        Self: Sized,
    {
        self.with(LeftOut(TypeId::of::<P>()))
    }

    /// The statement's tree, to be kept. Of a statement with something that travels with it, that would be lost, so it has
    /// [`to_request`](Self::to_request) instead.
    fn to_statement(&self) -> ast::Statement
    where
        Self: Sized + Bare,
    {
        self.tree().into()
    }

    /// The statement's tree and what travels with it, for an [`Executor`].
    fn to_request(&self) -> Request<'static> {
        Request::Annotated(self.tree().into(), self.metadata())
    }

    /// Has the plugins of a database rewrite it, with what travels with it, and compiles it once for all the times that it will
    /// run there.
    ///
    /// # Errors
    ///
    /// Where a plugin refuses it, or the dialect cannot say it.
    fn compile_on(&self, executor: &dyn Executor) -> Result<Precompiled> {
        executor.precompile(self.to_request())
    }

    /// The SQL of the statement and its values, for a dialect. Nothing is sent, and plugins are not asked.
    ///
    /// # Errors
    ///
    /// Where the dialect cannot say it, or the statement means nothing: see [`dialect::compile`].
    fn compile(&self, spec: &Spec) -> Result<Compiled> {
        dialect::compile_ref(self.tree(), spec)
    }

    /// The SQL with its values in place, for people to read. Never run it.
    ///
    /// What the dialect cannot say is said in a comment.
    fn debug_sql(&self, spec: &Spec) -> String {
        dialect::debug_sql(&self.tree().into(), spec).unwrap_or_else(|error| format!("-- {error}"))
    }

    /// Runs it and reads all rows.
    ///
    /// # Errors
    ///
    /// Where it cannot be compiled, the server refuses it, or a column does not fit its type.
    fn fetch_all(self, executor: &dyn Executor) -> BoxFuture<'_, Result<Vec<Self::Row>>>
    where
        Self: Fetchable + Sized,
    {
        Box::pin(fetch::all(executor, self.to_request(), self.reader()))
    }

    /// Runs it and reads the first row, which must be there.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) where there is no row, and those of [`fetch_all`](Self::fetch_all).
    fn fetch_one(self, executor: &dyn Executor) -> BoxFuture<'_, Result<Self::Row>>
    where
        Self: Fetchable + Sized,
    {
        Box::pin(fetch::one(executor, self.to_request(), self.reader()))
    }

    /// Runs it and reads the first row, if there is one.
    ///
    /// # Errors
    ///
    /// Those of [`fetch_all`](Self::fetch_all).
    fn fetch_optional(self, executor: &dyn Executor) -> BoxFuture<'_, Result<Option<Self::Row>>>
    where
        Self: Fetchable + Sized,
    {
        Box::pin(fetch::optional(executor, self.to_request(), self.reader()))
    }

    /// Runs it and gives the rows as they arrive, without holding them all. The stream holds its connection.
    fn fetch(self, executor: &dyn Executor) -> BoxStream<'_, Result<Self::Row>>
    where
        Self: Fetchable + Sized,
    {
        fetch::streamed(executor, self.to_request(), self.reader())
    }

    /// Runs it and reads all rows by the names of their columns, into any struct with `#[derive(FromRow)]`.
    ///
    /// So are the rows of [`sql!`](crate::sql) read.
    ///
    /// # Errors
    ///
    /// Those of [`fetch_all`](Self::fetch_all), and where a column of the struct is missing, or there are several of its name.
    fn fetch_all_as<C: FromRow + 'static>(self, executor: &dyn Executor) -> BoxFuture<'_, Result<Vec<C>>>
    where
        Self: GivesRows + Sized,
    {
        Box::pin(fetch::all_as(executor, self.to_request()))
    }

    /// Runs it and tells how many rows it changed.
    ///
    /// # Errors
    ///
    /// Where it cannot be compiled, or the server refuses it.
    fn execute(self, executor: &dyn Executor) -> BoxFuture<'_, Result<Outcome>>
    where
        Self: Writes + Sized,
    {
        Box::pin(fetch::run(executor, self.to_request()))
    }
}
