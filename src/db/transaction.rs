//! Transactions, and savepoints in them.

use std::any::Any;
use std::{fmt, ops};

use super::{Db, Scoped};
use crate::driver::{BoxFuture, Isolation, TransactionOptions};
use crate::error::{Error, Result};
use crate::executor::{Access, Executor, Lease, Pipeline, Session, Source};
use crate::plugin::Metadata;

/// A transaction, or a savepoint in one.
///
/// It ends by [`commit`](Self::commit) or [`rollback`](Self::rollback). Dropping it rolls back: of a transaction of
/// a [`Db`], before its connection is used by anybody else; of a savepoint, or of a transaction of
/// a [`Connection`](super::Connection), before the next statement of the one it was started on.
///
/// Only the innermost transaction runs statements. While one started by [`begin`](Self::begin) or
/// [`transaction`](Self::transaction) is open, a statement on the outer one is an error: running it within the
/// savepoint would let it vanish with a rollback that is not its own.
///
/// Statements that are run at the same time wait for each other; while a stream of rows is open, they fail.
///
/// A statement may be cancelled by dropping its future, and so may the whole transaction. Where it was cancelled
/// while a commit or a rollback was under way on a connection that is still held, everything that is tried on it
/// later is an error that [`is_closed`](Error::is_closed).
#[must_use = "a transaction that is dropped is rolled back"]
pub struct Transaction<'a> {
    session: Shared<'a>,
    /// 1 for a transaction, 2 for a savepoint in it, and so on.
    level: usize,
    /// What travels with its statements to the plugins.
    metadata: Metadata,
    ended: bool,
}

/// A transaction of a pool owns its connection; any other borrows it from what it was started on.
enum Shared<'a> {
    Owned(Session),
    Borrowed(&'a Session),
}

impl Transaction<'_> {
    /// Another handle to this transaction whose statements have a value travel with them, to the plugins that ask for its
    /// type: the user, once the transaction has found out who that is. Those of the transaction itself do not have it.
    ///
    /// ```
    /// # use kysera::{Db, Executor, Result};
    /// struct User(i64);
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<()> {
    /// # let db = Db::connect("sqlite::memory:").await?;
    /// db.transaction(async |trx| {
    ///     let trx = trx.with(User(7));
    ///     trx.batch("create table notes (id integer primary key)").await
    /// })
    /// .await
    /// # }
    /// ```
    #[must_use]
    pub fn with<T: Any + Send + Sync>(&self, value: T) -> Scoped<'_> {
        Scoped::new(&self.session, self.level, self.metadata.with(value))
    }

    /// Makes what was done last: of a savepoint, as a part of the transaction it was set in.
    ///
    /// # Errors
    ///
    /// Where the server does not store it; everything is rolled back then. Where the connection broke, nobody knows.
    pub async fn commit(mut self) -> Result<()> {
        self.session.commit(self.level).await?;
        self.ended = true;
        Ok(())
    }

    /// Takes back everything that was done.
    ///
    /// # Errors
    ///
    /// Where the server does not answer; nothing is stored then either.
    pub async fn rollback(mut self) -> Result<()> {
        self.session.roll_back(self.level).await?;
        self.ended = true;
        Ok(())
    }

    /// Sets a savepoint: a transaction within this one.
    ///
    /// # Errors
    ///
    /// Where the server refuses, or another one or a stream is open.
    pub async fn begin(&self) -> Result<Transaction<'_>> {
        Transaction::within(&self.session, self.level, self.metadata.clone()).await
    }

    /// Runs a closure in a transaction within this one: a savepoint, released where the closure gives `Ok`, and
    /// rolled back to where it gives `Err`, panics or is dropped. This one goes on in all cases.
    ///
    /// # Errors
    ///
    /// The closure's own error, whatever becomes of the rollback. Otherwise why the savepoint was not set or not
    /// released.
    pub async fn transaction<T>(&self, run: impl AsyncFnOnce(&Transaction<'_>) -> Result<T>) -> Result<T> {
        self.begin().await?.run(run).await
    }

    /// Runs a closure that has an error of its own in a transaction within this one, as
    /// [`transaction`](Self::transaction) does.
    ///
    /// # Errors
    ///
    /// As there, in the closure's type.
    pub async fn try_transaction<T, E: From<Error>>(
        &self,
        run: impl AsyncFnOnce(&Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.begin().await?.run(run).await
    }

    pub(super) async fn run<T, E: From<Error>>(
        self,
        run: impl AsyncFnOnce(&Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        match run(&self).await {
            Ok(value) => {
                self.commit().await?;
                Ok(value)
            }
            Err(error) => {
                // The closure's error says why; that the rollback failed too would only hide it. The connection is
                // closed then, which rolls back.
                let _ = self.rollback().await;
                Err(error)
            }
        }
    }
}

impl<'a> Transaction<'a> {
    async fn start(
        session: Shared<'a>,
        level: usize,
        metadata: Metadata,
        options: &TransactionOptions,
    ) -> Result<Self> {
        session.enter(level, options).await?;
        Ok(Self { session, level: level + 1, metadata, ended: false })
    }

    /// A savepoint at a level of a session, or a transaction at its lowest.
    pub(super) async fn within(session: &'a Session, level: usize, metadata: Metadata) -> Result<Self> {
        Self::start(Shared::Borrowed(session), level, metadata, &TransactionOptions::default()).await
    }
}

impl Drop for Transaction<'_> {
    fn drop(&mut self) {
        if !self.ended {
            self.session.abandon(self.level);
        }
    }
}

impl Source for Transaction<'_> {
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

impl Executor for Transaction<'_> {}

impl fmt::Debug for Transaction<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transaction").field("level", &self.level).finish_non_exhaustive()
    }
}

impl ops::Deref for Shared<'_> {
    type Target = Session;

    fn deref(&self) -> &Session {
        match self {
            Self::Owned(session) => session,
            Self::Borrowed(session) => session,
        }
    }
}

/// How a transaction will be started.
#[must_use = "nothing is started before `run` or `begin`"]
pub struct TransactionBuilder<'a> {
    on: On<'a>,
    options: TransactionOptions,
}

/// What a transaction is started on.
enum On<'a> {
    Pool(Db),
    Connection(&'a Session),
}

impl TransactionBuilder<'static> {
    pub(super) fn on_pool(db: Db) -> Self {
        Self { on: On::Pool(db), options: TransactionOptions::default() }
    }
}

impl<'a> TransactionBuilder<'a> {
    pub(super) fn on_connection(session: &'a Session) -> Self {
        Self { on: On::Connection(session), options: TransactionOptions::default() }
    }

    /// What it sees of others; the server's default if it is not set.
    pub fn isolation(mut self, isolation: Isolation) -> Self {
        self.options.isolation = Some(isolation);
        self
    }

    /// Refuses statements that write. On SQLite, such a transaction does not wait for writers.
    pub fn read_only(mut self) -> Self {
        self.options.read_only = true;
        self
    }

    /// Starts it.
    ///
    /// # Errors
    ///
    /// Where there is no connection, or the server refuses.
    pub async fn begin(self) -> Result<Transaction<'a>> {
        let Self { on, options } = self;
        let session = match on {
            On::Pool(db) => {
                Shared::Owned(db.session(if options.read_only { Access::Read } else { Access::Write }).await?)
            }
            On::Connection(session) => Shared::Borrowed(session),
        };
        let metadata = session.metadata().clone();
        Transaction::start(session, 0, metadata, &options).await
    }

    /// Runs a closure in it, as [`Db::transaction`] does.
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn run<T>(self, run: impl AsyncFnOnce(&Transaction<'_>) -> Result<T>) -> Result<T> {
        self.begin().await?.run(run).await
    }

    /// Runs a closure that has an error of its own in it, as [`Db::try_transaction`] does.
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn try_run<T, E: From<Error>>(
        self,
        run: impl AsyncFnOnce(&Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.begin().await?.run(run).await
    }
}

impl fmt::Debug for TransactionBuilder<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TransactionBuilder").field("options", &self.options).finish_non_exhaustive()
    }
}
