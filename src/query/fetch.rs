//! Running a statement and reading its rows.

use futures_util::{StreamExt, stream};

use super::selection::Read;
use crate::ast;
use crate::driver::{BoxStream, Outcome, Row};
use crate::error::{Error, Result};
use crate::executor::{Executor, Request};
use crate::table::FromRow;
use crate::value::Value;

/// The number of a `limit` or `offset`. No server counts further than an `i64`.
pub(super) fn count(count: u64) -> ast::Expr {
    ast::Expr::Value(Value::I64(i64::try_from(count).unwrap_or(i64::MAX)))
}

pub(super) async fn all<R>(executor: &dyn Executor, statement: ast::Statement, read: Read<R>) -> Result<Vec<R>> {
    let mut rows = executor.fetch(Request::Statement(statement)).await?;
    let mut result = Vec::with_capacity(rows.len());
    for row in rows.iter_mut() {
        result.push(read(&mut row.reader())?);
    }
    Ok(result)
}

pub(super) async fn optional<R>(
    executor: &dyn Executor,
    statement: ast::Statement,
    read: Read<R>,
) -> Result<Option<R>> {
    let mut rows = executor.fetch(Request::Statement(statement)).await?;
    let first = rows.iter_mut().next();
    first.map(|row| read(&mut row.reader())).transpose()
}

pub(super) async fn one<R>(executor: &dyn Executor, statement: ast::Statement, read: Read<R>) -> Result<R> {
    optional(executor, statement, read).await?.ok_or_else(Error::not_found)
}

pub(super) fn streamed<R: Send + 'static>(
    executor: &dyn Executor,
    statement: ast::Statement,
    read: Read<R>,
) -> BoxStream<'_, Result<R>> {
    Box::pin(executor.stream(Request::Statement(statement)).flat_map(move |batch| {
        let rows: Vec<Result<R>> = match batch {
            Ok(mut rows) => rows.iter_mut().map(|row| read(&mut row.reader())).collect(),
            Err(error) => vec![Err(error)],
        };
        stream::iter(rows)
    }))
}

pub(super) async fn all_as<C: FromRow>(executor: &dyn Executor, statement: ast::Statement) -> Result<Vec<C>> {
    let mut rows = executor.fetch(Request::Statement(statement)).await?;
    rows.iter_mut().map(|mut row: Row<'_>| C::from_row(&mut row)).collect()
}

pub(crate) async fn run(executor: &dyn Executor, statement: ast::Statement) -> Result<Outcome> {
    executor.execute(Request::Statement(statement)).await
}

/// The methods of everything that gives rows: the same for each, and inherent, so that what is missing is said in
/// words and not as a method that does not exist.
macro_rules! methods {
    (impl [$($generics:tt)*] $Type:ty, scope $Scope:ty $(, closed $Outer:ident)?, output $it:ident $reader:expr $(,)?) => {
        impl<$($generics)*> $Type {
            $crate::query::fetch::methods!(
                @each [, I] [where R: $crate::query::Output<$Scope, I> $(, $Outer: $crate::expr::scope::Closed)?] [R::Row]
                $it $reader
            );
        }
    };
    (impl [$($generics:tt)*] $Type:ty, row $Row:ty, closed $Outer:ident, output $it:ident $reader:expr $(,)?) => {
        impl<$($generics)*> $Type {
            $crate::query::fetch::methods!(
                @each [] [where $Outer: $crate::expr::scope::Closed] [$Row] $it $reader
            );
        }
    };
    (@each [$(, $I:ident)?] [$($bounds:tt)*] [$Row:ty] $it:ident $reader:expr) => {
        /// Runs it and reads all rows.
        ///
        /// # Errors
        ///
        /// Where it cannot be compiled, the server refuses it, or a column does not fit its type.
        pub async fn fetch_all<$($I)?>(self, executor: &dyn $crate::executor::Executor) -> $crate::Result<Vec<$Row>>
        $($bounds)*
        {
            let $it = &self;
            let read = $reader;
            $crate::query::fetch::all(executor, $crate::query::Statement::to_statement(&self), read).await
        }

        /// Runs it and reads the first row, which must be there.
        ///
        /// # Errors
        ///
        /// [`is_not_found`](crate::Error::is_not_found) where there is no row, and those of
        /// [`fetch_all`](Self::fetch_all).
        pub async fn fetch_one<$($I)?>(self, executor: &dyn $crate::executor::Executor) -> $crate::Result<$Row>
        $($bounds)*
        {
            let $it = &self;
            let read = $reader;
            $crate::query::fetch::one(executor, $crate::query::Statement::to_statement(&self), read).await
        }

        /// Runs it and reads the first row, if there is one.
        ///
        /// # Errors
        ///
        /// Those of [`fetch_all`](Self::fetch_all).
        pub async fn fetch_optional<$($I)?>(
            self,
            executor: &dyn $crate::executor::Executor,
        ) -> $crate::Result<Option<$Row>>
        $($bounds)*
        {
            let $it = &self;
            let read = $reader;
            $crate::query::fetch::optional(executor, $crate::query::Statement::to_statement(&self), read).await
        }

        /// Runs it and gives the rows as they arrive, without holding them all. The stream holds its connection.
        pub fn fetch<$($I)?>(
            self,
            executor: &dyn $crate::executor::Executor,
        ) -> $crate::driver::BoxStream<'_, $crate::Result<$Row>>
        $($bounds)*
        {
            let $it = &self;
            let read = $reader;
            $crate::query::fetch::streamed(executor, $crate::query::Statement::to_statement(&self), read)
        }

        /// Runs it and reads all rows by the names of their columns, into any struct with `#[derive(FromRow)]`.
        ///
        /// # Errors
        ///
        /// Those of [`fetch_all`](Self::fetch_all), and where a column of the struct is missing.
        pub async fn fetch_all_as<C: $crate::table::FromRow>(
            self,
            executor: &dyn $crate::executor::Executor,
        ) -> $crate::Result<Vec<C>> {
            $crate::query::fetch::all_as(executor, $crate::query::Statement::to_statement(&self)).await
        }
    };
}

pub(super) use methods;

/// The method of everything that is run for its effect.
macro_rules! execute {
    (impl [$($generics:tt)*] $Type:ty) => {
        impl<$($generics)*> $Type {
            /// Runs it and tells how many rows it changed.
            ///
            /// # Errors
            ///
            /// Where it cannot be compiled, or the server refuses it.
            pub async fn execute(
                self,
                executor: &dyn $crate::executor::Executor,
            ) -> $crate::Result<$crate::driver::Outcome> {
                $crate::query::run(executor, $crate::query::Statement::to_statement(&self)).await
            }
        }
    };
}

pub(crate) use execute;
