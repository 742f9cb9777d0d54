//! One connection for several statements.

use std::any::Any;
use std::fmt;

use super::{Scoped, Transaction, TransactionBuilder};
use crate::driver::BoxFuture;
use crate::error::{Error, Result};
use crate::executor::{Access, Executor, Lease, Pipeline, Session, Source};
use crate::plugin::Metadata;

/// One connection, held for statements that must share a session, such as those that use a temporary table.
///
/// Dropping it gives it back to the pool. Statements that are run at the same time wait for each other.
pub struct Connection {
    session: Session,
}

impl Connection {
    pub(super) fn new(session: Session) -> Self {
        Self { session }
    }

    /// Another handle to this connection whose statements have a value travel with them, as [`Transaction::with`] gives of a
    /// transaction.
    #[must_use]
    pub fn with<T: Any + Send + Sync>(&self, value: T) -> Scoped<'_> {
        Scoped::new(&self.session, 0, self.session.metadata().with(value))
    }

    /// Starts a transaction on this connection. Until it has ended, the connection itself runs no statements.
    ///
    /// # Errors
    ///
    /// Where the server refuses, or a transaction or a stream of the connection is open.
    pub async fn begin(&self) -> Result<Transaction<'_>> {
        self.build_transaction().begin().await
    }

    /// Runs a closure in a transaction on this connection, as [`Db::transaction`](super::Db::transaction) does.
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn transaction<T>(&self, run: impl AsyncFnOnce(&Transaction<'_>) -> Result<T>) -> Result<T> {
        self.build_transaction().run(run).await
    }

    /// Runs a closure with an error of its own in a transaction on this connection, as
    /// [`Db::try_transaction`](super::Db::try_transaction) does.
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn try_transaction<T, E: From<Error>>(
        &self,
        run: impl AsyncFnOnce(&Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.build_transaction().try_run(run).await
    }

    /// Starts a transaction on this connection that is not as the server's defaults have it.
    pub fn build_transaction(&self) -> TransactionBuilder<'_> {
        TransactionBuilder::on_connection(&self.session)
    }
}

impl Source for Connection {
    fn pipeline(&self) -> &Pipeline {
        self.session.pipeline()
    }

    fn metadata(&self) -> &Metadata {
        self.session.metadata()
    }

    fn lease(&self, access: Access) -> BoxFuture<'_, Result<Lease<'_>>> {
        Box::pin(self.session.lease(0, access))
    }
}

impl Executor for Connection {}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").finish_non_exhaustive()
    }
}
