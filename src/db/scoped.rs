//! What travels with some of the statements of a transaction or a connection.

use std::any::Any;
use std::fmt;

use super::Transaction;
use crate::driver::BoxFuture;
use crate::error::{Error, Result};
use crate::executor::{Access, Executor, Lease, Pipeline, Session, Source};
use crate::plugin::Metadata;

/// Another handle to a transaction or a connection, whose statements have values travel with them: what
/// [`Transaction::with`] and [`Connection::with`](super::Connection::with) give.
///
/// It neither commits nor rolls back what it was made of; transactions that are started on it are savepoints there, or
/// transactions of the connection, and keep the values.
#[derive(Clone)]
pub struct Scoped<'a> {
    session: &'a Session,
    level: usize,
    metadata: Metadata,
}

impl<'a> Scoped<'a> {
    pub(super) const fn new(session: &'a Session, level: usize, metadata: Metadata) -> Self {
        Self { session, level, metadata }
    }

    /// The same with one more value.
    #[must_use]
    pub fn with<T: Any + Send + Sync>(&self, value: T) -> Self {
        Self::new(self.session, self.level, self.metadata.with(value))
    }

    /// Sets a savepoint, or starts a transaction on a connection.
    ///
    /// # Errors
    ///
    /// Where the server refuses, or another one or a stream is open.
    pub async fn begin(&self) -> Result<Transaction<'a>> {
        Transaction::within(self.session, self.level, self.metadata.clone()).await
    }

    /// Runs a closure in a savepoint, or in a transaction on a connection, as [`Transaction::transaction`] does.
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn transaction<T>(&self, run: impl AsyncFnOnce(&Transaction<'_>) -> Result<T>) -> Result<T> {
        self.begin().await?.run(run).await
    }

    /// Runs a closure that has an error of its own in one, as [`Transaction::try_transaction`] does.
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn try_transaction<T, E: From<Error>>(
        &self,
        run: impl AsyncFnOnce(&Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.begin().await?.run(run).await
    }
}

impl Source for Scoped<'_> {
    fn pipeline(&self) -> &Pipeline {
        self.session.pipeline()
    }

    fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    fn lease(&self, access: Access) -> BoxFuture<'_, Result<Lease<'_>>> {
        Box::pin(self.session.lease(self.level, access))
    }
}

impl Executor for Scoped<'_> {}

impl fmt::Debug for Scoped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { session: _, level, metadata } = self;
        f.debug_struct("Scoped").field("level", level).field("metadata", metadata).finish_non_exhaustive()
    }
}
