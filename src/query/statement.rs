//! What all statements can do.

use super::{Fetchable, GivesRows, Writes, fetch};
use crate::ast;
use crate::dialect::{self, Compiled, Spec};
use crate::driver::{BoxFuture, BoxStream, Outcome};
use crate::error::Result;
use crate::executor::Executor;
use crate::table::FromRow;

/// A statement, whatever it is: it can be compiled, and run.
pub trait Statement {
    /// The statement's tree, where it is.
    fn tree(&self) -> ast::StatementRef<'_>;

    /// The statement's tree, to be kept.
    fn to_statement(&self) -> ast::Statement {
        self.tree().into()
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
        dialect::debug_sql(&self.to_statement(), spec).unwrap_or_else(|error| format!("-- {error}"))
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
        Box::pin(fetch::all(executor, self.to_statement(), self.reader()))
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
        Box::pin(fetch::one(executor, self.to_statement(), self.reader()))
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
        Box::pin(fetch::optional(executor, self.to_statement(), self.reader()))
    }

    /// Runs it and gives the rows as they arrive, without holding them all. The stream holds its connection.
    fn fetch(self, executor: &dyn Executor) -> BoxStream<'_, Result<Self::Row>>
    where
        Self: Fetchable + Sized,
    {
        fetch::streamed(executor, self.to_statement(), self.reader())
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
        Box::pin(fetch::all_as(executor, self.to_statement()))
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
        Box::pin(fetch::run(executor, self.to_statement()))
    }
}
