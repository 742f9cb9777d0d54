//! A database: a driver's pool of connections, and the plugins that every statement runs through.

mod builder;
mod connection;
mod scoped;
mod transaction;

use std::any::Any;
use std::fmt;
use std::sync::Arc;

pub use self::builder::Builder;
pub use self::connection::Connection;
pub use self::scoped::Scoped;
pub use self::transaction::{Transaction, TransactionBuilder};
use crate::driver::{BoxFuture, ConnectOptions, Driver, PoolStatus};
use crate::error::{Error, Result};
use crate::executor::{Access, Executor, Lease, Pipeline, Session, Source};
use crate::plugin::{Metadata, Plugin, order};

/// A database: a pool of connections, and the plugins that every statement runs through.
///
/// A clone is another handle to the same pool.
///
/// ```
/// use kysera::{Db, Executor, Result};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<()> {
/// let db = Db::connect("sqlite::memory:").await?;
/// db.batch("create table notes (id integer primary key, text text not null)").await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Db {
    pipeline: Arc<Pipeline>,
    /// What travels with every statement to the plugins.
    metadata: Metadata,
}

impl Db {
    /// Opens a pool with the defaults of [`ConnectOptions`].
    ///
    /// # Errors
    ///
    /// Where the URL is not understood, its driver's feature is off, or the server cannot be reached.
    pub async fn connect(url: impl Into<String>) -> Result<Self> {
        Self::builder(url).connect().await
    }

    /// Opens a pool with other limits, or with plugins.
    pub fn builder(url: impl Into<String>) -> Builder<ConnectOptions> {
        Builder::new(ConnectOptions::new(url))
    }

    /// Uses a driver of another crate.
    pub fn with_driver(driver: impl Driver) -> Builder<Box<dyn Driver>> {
        Builder::new(Box::new(driver))
    }

    /// A handle to the same pool whose statements have a value travel with them, to the plugins that ask for its type: the
    /// tenant, the user. So do those of its transactions and connections; [`Transaction::with`] is for those of one of them.
    ///
    /// ```
    /// # use kysera::{Db, Result};
    /// struct Tenant(i64);
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<()> {
    /// # let db = Db::connect("sqlite::memory:").await?;
    /// let of_seven = db.with(Tenant(7)); // for one request, say
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn with<T: Any + Send + Sync>(&self, value: T) -> Self {
        Self { metadata: self.metadata.with(value), ..self.clone() }
    }

    /// A handle to the same pool whose statements do not run through the plugin of this name, not even if queries cannot
    /// leave it out. Keep it where the few who need it can find it.
    ///
    /// # Errors
    ///
    /// Where there is no such plugin, or another one depends on it.
    pub fn without_plugin(&self, name: &str) -> Result<Self> {
        let Pipeline { driver, plugins, tables, life } = &*self.pipeline;
        let left: Vec<_> = plugins.iter().filter(|plugin| plugin.name() != name).cloned().collect();
        if left.len() == plugins.len() {
            return Err(Error::invalid(format!("there is no plugin `{name}` to leave out")));
        }
        let (driver, tables, life) = (Arc::clone(driver), Arc::clone(tables), Arc::clone(life));
        let pipeline = Pipeline { driver, plugins: order(left)?, tables, life };
        Ok(Self { pipeline: Arc::new(pipeline), metadata: self.metadata.clone() })
    }

    /// The plugins that statements run through, in their order.
    ///
    /// ```
    /// use kysera::plugin::{SoftDelete, Timestamps};
    /// use kysera::{Db, Result};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<()> {
    /// let db = Db::builder("sqlite::memory:").plugin(Timestamps::new()).plugin(SoftDelete::new()).connect().await?;
    /// assert_eq!(db.plugins().map(|it| it.name()).collect::<Vec<_>>(), ["soft delete", "timestamps"]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn plugins(&self) -> impl Iterator<Item = &dyn Plugin> {
        self.pipeline.plugins.iter().map(|plugin| &**plugin)
    }

    /// How many connections the pool has.
    #[must_use]
    pub fn status(&self) -> PoolStatus {
        self.pipeline.driver.status()
    }

    /// Closes the database, for all clones of this handle: has the plugins [end](Plugin::shutdown), the last first, and
    /// closes the pool, which waits until the connections in use have come back.
    ///
    /// # Errors
    ///
    /// Where a plugin fails at its end, or the driver cannot close the pool. All of it is done nevertheless, and all
    /// errors are told: see [`Error::all`].
    pub async fn close(&self) -> Result<()> {
        let Pipeline { driver, plugins: _, tables: _, life } = &*self.pipeline;
        let mut errors = life.end(&**driver).await;
        errors.extend(driver.close().await.err());
        if errors.is_empty() { Ok(()) } else { Err(Error::several(errors)) }
    }

    /// Takes one connection out of the pool, for statements that must share a session.
    ///
    /// # Errors
    ///
    /// Where no connection becomes free in time, or none can be opened.
    pub async fn acquire(&self) -> Result<Connection> {
        Ok(Connection::new(self.session(Access::Write).await?))
    }

    /// Starts a transaction, to be ended by [`commit`](Transaction::commit) or [`rollback`](Transaction::rollback).
    ///
    /// # Errors
    ///
    /// Where there is no connection, or the server refuses.
    pub async fn begin(&self) -> Result<Transaction<'static>> {
        self.build_transaction().begin().await
    }

    /// Runs a closure in a transaction: commits where it gives `Ok`, rolls back where it gives `Err`.
    ///
    /// MySQL and MariaDB commit where a table is created or dropped, so such a definition on `trx` is
    /// [`Unsupported`](crate::error::Unsupported) there. Text that ends the transaction (`commit`, a definition) makes
    /// what comes after it an error, and so the commit; what came before it is stored.
    ///
    /// The closure is written `async |trx| ..`. Of a closure `|trx| async move { .. }` the compiler says no more than that
    /// an "implementation of `AsyncFnOnce` is not general enough", or that the type of `trx` must be known.
    ///
    /// A panic in the closure, or dropping the future, rolls back too. What the closure runs on the database instead of
    /// on `trx` is not part of the transaction; it takes another connection, and waits for one where there is none.
    ///
    /// Here the closure fails with [`Error`], so that `?` needs no annotation; [`try_transaction`](Self::try_transaction) takes closures with an error of their own.
    ///
    /// ```
    /// # use kysera::{Db, Executor, Result};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<()> {
    /// # let db = Db::connect("sqlite::memory:").await?;
    /// # db.batch("create table notes (text text not null)").await?;
    /// let answer = db
    ///     .transaction(async |trx| {
    ///         trx.batch("insert into notes (text) values ('first')").await?;
    ///         trx.batch("insert into notes (text) values ('second')").await?;
    ///         Ok(42)
    ///     })
    ///     .await?;
    /// assert_eq!(answer, 42);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// The future is `Send` where the closure's is, so it may be spawned. Two limits of stable Rust remain, since it
    /// cannot name the future of an async closure: a function that is generic over such a closure is `Send` only where
    /// the compiler sees its body (an `async fn` is, a `Box<dyn Future + Send>` made in it is not); and a closure that
    /// runs several times is to be taken as `AsyncFnOnce + Clone`, not as `AsyncFn`. [`begin`](Self::begin) has no
    /// limits.
    ///
    /// # Errors
    ///
    /// The closure's own error, whatever becomes of the rollback. Otherwise why the transaction did not begin, or why
    /// it was not committed.
    pub async fn transaction<T>(&self, run: impl AsyncFnOnce(&Transaction<'_>) -> Result<T>) -> Result<T> {
        self.build_transaction().run(run).await
    }

    /// Runs a closure in a transaction, as [`transaction`](Self::transaction) does, that has an error of its own. It too is
    /// written `async |trx| ..`, and not `|trx| async move { .. }`.
    ///
    /// ```
    /// # use kysera::{Db, Error, Executor};
    /// #[derive(Debug)]
    /// enum Refused {
    ///     Broke,
    ///     Database(Error),
    /// }
    ///
    /// impl From<Error> for Refused {
    ///     fn from(error: Error) -> Self {
    ///         Self::Database(error)
    ///     }
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Refused> {
    /// # let (db, money) = (Db::connect("sqlite::memory:").await?, 0);
    /// # db.batch("create table accounts (money integer not null)").await?;
    /// let outcome = db
    ///     .try_transaction(async |trx| {
    ///         trx.batch("update accounts set money = money - 1").await?;
    ///         if money < 1 { Err(Refused::Broke) } else { Ok(()) }
    ///     })
    ///     .await;
    /// assert!(matches!(outcome, Err(Refused::Broke)));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`transaction`](Self::transaction), in the closure's type.
    pub async fn try_transaction<T, E: From<Error>>(
        &self,
        run: impl AsyncFnOnce(&Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.build_transaction().try_run(run).await
    }

    /// Starts a transaction that is not as the server's defaults have it.
    ///
    /// ```
    /// # use kysera::{Db, Executor, Result};
    /// # use kysera::driver::Isolation;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<()> {
    /// # let db = Db::connect("sqlite::memory:").await?;
    /// # db.batch("create table notes (text text not null)").await?;
    /// db.build_transaction()
    ///     .isolation(Isolation::Serializable)
    ///     .run(async |trx| trx.batch("delete from notes").await)
    ///     .await
    /// # }
    /// ```
    pub fn build_transaction(&self) -> TransactionBuilder<'static> {
        TransactionBuilder::on_pool(self.clone())
    }

    async fn session(&self, access: Access) -> Result<Session> {
        let connection = self.pipeline.acquire(access).await?;
        Ok(Session::new(Arc::clone(&self.pipeline), self.metadata.clone(), connection))
    }
}

impl Source for Db {
    fn pipeline(&self) -> &Pipeline {
        &self.pipeline
    }

    fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    fn lease(&self, access: Access) -> BoxFuture<'_, Result<Lease<'_>>> {
        Box::pin(async move { Ok(Lease::Pooled(self.pipeline.acquire(access).await?)) })
    }
}

impl Executor for Db {}

impl fmt::Debug for Db {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Pipeline { driver, plugins, tables: _, life: _ } = &*self.pipeline;
        f.debug_struct("Db").field("driver", driver).field("plugins", plugins).finish()
    }
}
