//! MySQL and MariaDB, by `mysql_async`.
//!
//! The pool is deadpool's and not that of `mysql_async`, which cannot keep the contract's promises at its price: it
//! has no time limits for connecting and for waiting, it knows nothing of a transaction that was begun by text, and
//! what makes it clean up nevertheless (a reset of every connection that comes back) costs a round trip and all
//! prepared statements each time.

mod command;
mod connector;
mod error;
mod session;
mod tls;
mod value;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use deadpool::Runtime;
use deadpool::managed::{self, Metrics, Object, PoolError, QueueMode, RecycleError, RecycleResult};
use futures_util::stream;
use tokio::sync::{OwnedRwLockReadGuard, RwLock, mpsc};

use self::command::{Command, Prepared};
use self::connector::{Connector, Server};
use self::session::Session;
use super::{
    BoxFuture, BoxStream, ConnectOptions, Connection, Driver, Outcome, PoolStatus, Query, Rows, TransactionOptions,
};
use crate::dialect::{MARIADB, MYSQL, Spec};
use crate::error::{Error, Result};

/// A pool of connections to MySQL or MariaDB.
///
/// Which of the two it is, the server says, not the URL.
///
/// A session speaks `utf8mb4` and UTC, in a strict `sql_mode`. Text that is run by [`Connection::batch`] may change that,
/// and so may a statement such as `set`; the connection is reset before somebody else gets it. Beyond notice is what
/// a function or a trigger of the user's sets.
///
/// Definitions end a transaction here, and so does text such as `commit`. A transaction that was ended so refuses all
/// that comes after. Beyond notice is text that ends it and begins another at once, such as `begin`.
///
/// A connection that was used within the last second is handed out without asking whether it is still there. Where the
/// server closed it in that time, the first statement is an error that [`is_closed`](Error::is_closed).
pub struct Mysql {
    pool: managed::Pool<Manager>,
    spec: Spec,
    max_connections: usize,
    acquire_timeout: Duration,
    /// Held for reading by each connection in use, and for writing by who waits for them to come back.
    in_use: Arc<RwLock<()>>,
}

impl Mysql {
    /// Opens a pool, and one connection at once.
    ///
    /// # Errors
    ///
    /// Where the URL is not understood, TLS is demanded without the feature `tls-rustls`, or the server cannot be
    /// reached.
    pub async fn connect(options: &ConnectOptions) -> Result<Self> {
        let room = options.room()?;
        let runtime = super::runtime()?;
        let manager = Manager { connector: Connector::new(options)?, idle_timeout: options.idle_timeout };
        let pool = managed::Pool::builder(manager)
            .max_size(room)
            .queue_mode(QueueMode::Lifo)
            .wait_timeout(Some(options.acquire_timeout))
            .runtime(Runtime::Tokio1)
            .build()
            .map_err(|error| Error::invalid(format!("a pool that cannot be: {error}")))?;
        let acquire_timeout = options.acquire_timeout;
        let first = pool.get().await.map_err(|error| acquire_error(&pool, acquire_timeout, error))?;
        let Server { is_mariadb, version, max_message: _ } = first.server();
        drop(first);
        runtime.spawn(close_idle(pool.weak(), options.idle_timeout));
        Ok(Self {
            pool,
            spec: if is_mariadb { Spec { version, ..MARIADB } } else { Spec { version, ..MYSQL } },
            max_connections: room,
            acquire_timeout,
            in_use: Arc::default(),
        })
    }
}

impl fmt::Debug for Mysql {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mysql")
            .field("server", &self.spec.name)
            .field("target", &self.pool.manager().connector.target())
            .field("status", &self.status())
            .finish_non_exhaustive()
    }
}

impl Driver for Mysql {
    fn spec(&self) -> &Spec {
        &self.spec
    }

    fn acquire(&self) -> BoxFuture<'_, Result<Box<dyn Connection>>> {
        Box::pin(async {
            super::runtime()?;
            let session =
                self.pool.get().await.map_err(|error| acquire_error(&self.pool, self.acquire_timeout, error))?;
            let in_use = Arc::clone(&self.in_use).try_read_owned().map_err(|_| closed())?;
            Ok(Box::new(Lease { session: Some(session), in_use: Some(in_use) }) as Box<dyn Connection>)
        })
    }

    fn close(&self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async {
            self.pool.close();
            let _nobody_uses_one = self.in_use.write().await;
            Ok(())
        })
    }

    fn status(&self) -> PoolStatus {
        let status = self.pool.status();
        PoolStatus::new(status.size, status.available, self.max_connections)
    }
}

fn closed() -> Error {
    Error::closed("the pool is closed")
}

fn acquire_error(pool: &managed::Pool<Manager>, waited: Duration, error: PoolError<Error>) -> Error {
    match error {
        PoolError::Backend(error) => error,
        PoolError::Closed => closed(),
        PoolError::Timeout(_) => Error::pool_timeout(waited, pool.manager().connector.last_failure().map(Into::into)),
        error @ (PoolError::NoRuntimeSpecified | PoolError::PostCreateHook(_)) => Error::closed(error.to_string()),
    }
}

/// Closes connections that nobody has used for long, for as long as there is a pool.
async fn close_idle(pool: managed::WeakPool<Manager>, idle_timeout: Duration) {
    loop {
        tokio::time::sleep((idle_timeout / 2).max(Duration::from_millis(100))).await;
        match pool.upgrade() {
            Some(pool) if !pool.is_closed() => drop(pool.retain(|session, _| session.idle_for() < idle_timeout)),
            _ => return,
        }
    }
}

/// Opens sessions for the pool, and looks at them before they are used again.
struct Manager {
    connector: Arc<Connector>,
    idle_timeout: Duration,
}

impl managed::Manager for Manager {
    type Type = Session;
    type Error = Error;

    async fn create(&self) -> Result<Session> {
        Session::open(&self.connector).await
    }

    async fn recycle(&self, session: &mut Session, _: &Metrics) -> RecycleResult<Error> {
        let is_usable = session.is_clean() && session.idle_for() < self.idle_timeout && session.is_alive().await;
        if is_usable { Ok(()) } else { Err(RecycleError::message("not to be used again")) }
    }
}

/// A session that is in use.
struct Lease {
    /// Taken out by `drop` only.
    session: Option<Object<Manager>>,
    in_use: Option<OwnedRwLockReadGuard<()>>,
}

impl Lease {
    fn session(&mut self) -> Result<&mut Session> {
        self.session.as_deref_mut().ok_or_else(closed)
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let (Some(mut session), in_use) = (self.session.take(), self.in_use.take()) else { return };
        session.touch();
        if session.is_clean() {
            return;
        }
        match tokio::runtime::Handle::try_current() {
            // Its place in the pool stays taken until it is clean.
            Ok(runtime) => drop(runtime.spawn(async move {
                session.clean().await;
                if !session.is_clean() {
                    drop(Object::take(session));
                }
                drop(in_use);
            })),
            Err(_) => drop(Object::take(session)),
        }
    }
}

/// How far a stream has come.
enum Reading<'q> {
    Before(Query<'q>),
    Rows(mpsc::Receiver<Result<Rows>>),
    /// The statement has ended; one batch may be left.
    Rest(mpsc::Receiver<Result<Rows>>),
}

impl Connection for Lease {
    fn fetch<'a>(&'a mut self, query: Query<'a>) -> BoxFuture<'a, Result<Rows>> {
        Box::pin(async move {
            let session = self.session()?;
            let prepared = Prepared::new(query, session.server().max_message)?;
            Ok(session.run(Command::Fetch(prepared)).await?.rows)
        })
    }

    fn stream<'a>(&'a mut self, query: Query<'a>) -> BoxStream<'a, Result<Rows>> {
        Box::pin(stream::try_unfold((self, Reading::Before(query)), |(lease, reading)| async move {
            let mut receiver = match reading {
                Reading::Before(query) => {
                    let session = lease.session()?;
                    let prepared = Prepared::new(query, session.server().max_message)?;
                    let (sender, receiver) = mpsc::channel(1);
                    session.start(Command::Stream(prepared, sender)).await?;
                    receiver
                }
                Reading::Rows(receiver) => receiver,
                Reading::Rest(mut receiver) => {
                    let rest = receiver.recv().await.transpose()?;
                    return Ok(rest.map(|rows| (rows, (lease, Reading::Rest(receiver)))));
                }
            };
            let session = lease.session()?;
            tokio::select! {
                biased;
                Some(rows) = receiver.recv() => Ok(Some((rows?, (lease, Reading::Rows(receiver))))),
                ended = session.finish() => {
                    ended?;
                    let rest = receiver.recv().await.transpose()?;
                    Ok(rest.map(|rows| (rows, (lease, Reading::Rest(receiver)))))
                }
            }
        }))
    }

    fn execute<'a>(&'a mut self, query: Query<'a>) -> BoxFuture<'a, Result<Outcome>> {
        Box::pin(async move {
            let session = self.session()?;
            let prepared = Prepared::new(query, session.server().max_message)?;
            Ok(session.run(Command::Execute(prepared)).await?.outcome)
        })
    }

    fn prepare<'a>(&'a mut self, sql: &'a str) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move { self.session()?.run(Command::Prepare(sql.to_owned())).await.map(drop) })
    }

    fn batch<'a>(&'a mut self, sql: &'a str) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move { self.session()?.run_text(sql.to_owned()).await })
    }

    fn begin<'a>(&'a mut self, options: &'a TransactionOptions) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let TransactionOptions { isolation, read_only } = *options;
            let level = isolation.map(|it| format!("set transaction isolation level {}; ", it.sql()));
            let start = if read_only { "start transaction read only" } else { "start transaction" };
            self.session()?.begin(level.unwrap_or_default() + start).await
        })
    }

    fn commit(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async { self.session()?.commit().await })
    }

    fn rollback(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async { self.session()?.rollback().await })
    }

    fn savepoint(&mut self, depth: usize) -> BoxFuture<'_, Result<()>> {
        self.text(format!("savepoint kysera_{depth}"))
    }

    fn release_savepoint(&mut self, depth: usize) -> BoxFuture<'_, Result<()>> {
        self.text(format!("release savepoint kysera_{depth}"))
    }

    fn rollback_to_savepoint(&mut self, depth: usize) -> BoxFuture<'_, Result<()>> {
        self.text(format!("rollback to savepoint kysera_{depth}; release savepoint kysera_{depth}"))
    }
}

impl Lease {
    fn text(&mut self, sql: String) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move { self.session()?.run(Command::Text(sql.into())).await.map(drop) })
    }
}
