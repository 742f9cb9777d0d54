//! Running a statement and reading its rows.

use futures_util::{StreamExt, stream};

use super::selection::{Output, Read};
use super::{Compound, Delete, Insert, Select, SetOperand, Statement, Update};
use crate::ast;
use crate::driver::{BoxStream, Outcome};
use crate::error::{Error, Result};
use crate::executor::{Executor, Request};
use crate::expr::scope::Closed;
use crate::row::Row;
use crate::table::FromRow;
use crate::value::Value;

/// The number of a `limit` or `offset`. No server counts further than an `i64`.
/// Puts a count into a clause. That is emptied first, so that the count is written where it will be, and not copied there.
pub(super) fn put_count(clause: &mut Option<ast::Expr>, number: u64) {
    *clause = None;
    *clause = Some(count(number));
}

pub(super) fn count(count: u64) -> ast::Expr {
    ast::Expr::Value(Value::I64(i64::try_from(count).unwrap_or(i64::MAX)))
}

pub(super) async fn all<R>(executor: &dyn Executor, request: Request<'static>, read: Read<R>) -> Result<Vec<R>> {
    let mut rows = executor.fetch(request).await?;
    let mut result = Vec::with_capacity(rows.len());
    for row in rows.iter_mut() {
        result.push(read(&mut row.reader())?);
    }
    Ok(result)
}

pub(super) async fn optional<R>(
    executor: &dyn Executor,
    request: Request<'static>,
    read: Read<R>,
) -> Result<Option<R>> {
    let mut rows = executor.fetch(request).await?;
    let first = rows.iter_mut().next();
    first.map(|row| read(&mut row.reader())).transpose()
}

pub(super) async fn one<R>(executor: &dyn Executor, request: Request<'static>, read: Read<R>) -> Result<R> {
    optional(executor, request, read).await?.ok_or_else(Error::not_found)
}

pub(super) fn streamed<'e, R: Send + 'static>(
    executor: &'e dyn Executor,
    request: Request<'static>,
    read: Read<R>,
) -> BoxStream<'e, Result<R>> {
    Box::pin(executor.stream(request).flat_map(move |batch| {
        let rows: Vec<Result<R>> = match batch {
            Ok(mut rows) => rows.iter_mut().map(|row| read(&mut row.reader())).collect(),
            Err(error) => vec![Err(error)],
        };
        stream::iter(rows)
    }))
}

pub(super) async fn all_as<C: FromRow>(executor: &dyn Executor, request: Request<'static>) -> Result<Vec<C>> {
    let mut rows = executor.fetch(request).await?;
    rows.iter_mut().map(|mut row: Row<'_>| C::from_row(&mut row)).collect()
}

pub(super) async fn run(executor: &dyn Executor, request: Request<'static>) -> Result<Outcome> {
    executor.execute(request).await
}

/// A statement that gives rows and can be run on its own: a query, or one that writes and has `returning`.
#[diagnostic::on_unimplemented(message = "`{Self}` is not a statement that gives rows")]
pub trait Fetchable: Statement {
    /// What a row of it is in Rust.
    type Row: Send + 'static;

    /// What reads a row.
    #[doc(hidden)]
    fn reader(&self) -> Read<Self::Row>;
}

impl<S, R: Output, O: Closed> Fetchable for Select<S, R, O> {
    type Row = R::Row;

    fn reader(&self) -> Read<R::Row> {
        self.output.reader()
    }
}

impl<R: Send + 'static, O: Closed> Fetchable for Compound<R, O> {
    type Row = R;

    fn reader(&self) -> Read<R> {
        self.row_reader()
    }
}

impl<T, R: Output> Fetchable for Insert<T, R> {
    type Row = R::Row;

    fn reader(&self) -> Read<R::Row> {
        self.output.reader()
    }
}

impl<T, S, R: Output> Fetchable for Update<T, S, R> {
    type Row = R::Row;

    fn reader(&self) -> Read<R::Row> {
        self.output.reader()
    }
}

impl<T, S, R: Output> Fetchable for Delete<T, S, R> {
    type Row = R::Row;

    fn reader(&self) -> Read<R::Row> {
        self.output.reader()
    }
}

/// A statement that gives rows, whether or not their type is known: whatever is [`Fetchable`], and
/// [`sql!`](crate::sql).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a statement that gives rows",
    note = "an insert, update or delete gives those of its `.returning(..)`"
)]
pub trait GivesRows: Statement {}

impl<S: Fetchable> GivesRows for S {}

/// A statement that is run for its effect, such as an insert, an update or a delete.
#[diagnostic::on_unimplemented(
    message = "this is not a statement that `execute` runs",
    note = "it runs those that write, and `sql!` without columns; the rows of a query are read by `.fetch_all(..)` and the like"
)]
pub trait Writes: Statement {}

#[diagnostic::do_not_recommend]
impl<T, R> Writes for Insert<T, R> {}

#[diagnostic::do_not_recommend]
impl<T, S, R> Writes for Update<T, S, R> {}

#[diagnostic::do_not_recommend]
impl<T, S, R> Writes for Delete<T, S, R> {}
