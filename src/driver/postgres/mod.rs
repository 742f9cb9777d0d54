//! PostgreSQL, by `tokio-postgres`: the binary protocol both ways, prepared statements that are kept, rows as they
//! arrive.
//!
//! | module | what it knows |
//! |---|---|
//! | `config` | what a URL says |
//! | `address` | where a server is, and how a statement is cancelled there |
//! | `tls` | how a connection is encrypted |
//! | `manager` | how a connection is opened, and whether it may be handed out again |
//! | `session` | one connection: its state, its cleaning |
//! | `connection` | the contract of [`Connection`], in terms of a session |
//! | `statements` | prepared statements, and which are kept |
//! | `codec`, `encode`, `decode`, `numeric` | values on the wire |
//! | `error` | what an answer of the server means |

mod address;
mod codec;
mod config;
mod connection;
mod decode;
mod encode;
mod error;
mod manager;
mod numeric;
mod session;
mod statements;
mod tls;

use std::fmt;
use std::pin::pin;
use std::time::Duration;

use deadpool::Runtime;
use deadpool::managed::{Pool, PoolConfig, PoolError, QueueMode, WeakPool};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use self::connection::PostgresConnection;
use self::manager::Manager;
use super::{BoxFuture, ConnectOptions, Connection, Driver, PoolStatus};
use crate::dialect::{POSTGRES, Spec};
use crate::error::{Error, Result};

/// A pool of connections to a PostgreSQL server.
///
/// The URL is that of libpq: `postgres://user:password@host:5432/database`, with several hosts if need be, and with
/// these parameters among others: `sslmode` (`disable`, `prefer`, `require`, `verify-ca`, `verify-full`),
/// `sslrootcert` (a file, or `system`), `application_name` (`kysera` if left out), `options`, `connect_timeout`,
/// `target_session_attrs`.
///
/// What a session was told by `set`, `listen`, `create temp table` and the like is taken back before another user
/// gets it. Where text ends a transaction, all that comes after it in that transaction is an error; beyond notice is text
/// that ends it and begins another at once.
pub struct Postgres {
    pool: Pool<Manager>,
    spec: Spec,
    acquire_timeout: Duration,
    reaper: JoinHandle<()>,
}

impl Postgres {
    /// Opens a pool, and one connection at once, so that a wrong URL is told here.
    ///
    /// # Errors
    ///
    /// Where the URL is not understood, or the server cannot be reached or refuses; the message names host, port and
    /// cause.
    pub async fn connect(options: &ConnectOptions) -> Result<Self> {
        let room = options.room()?;
        let runtime = super::runtime()?;
        let manager = Manager::new(config::read(options)?);
        // The connection used last is taken first, so that those beyond the usual load become idle and are closed.
        let limits = PoolConfig { queue_mode: QueueMode::Lifo, ..PoolConfig::new(room) };
        let pool = Pool::builder(manager)
            .config(limits)
            // How long connecting may take has a limit of its own, whose error names the server.
            .wait_timeout(Some(options.acquire_timeout))
            .runtime(Runtime::Tokio1)
            .build()
            .map_err(|error| Error::invalid(format!("the pool cannot be made: {error}")))?;
        let version = take(&pool, options.acquire_timeout).await?.version();
        let reaper = runtime.spawn(close_idle(pool.weak(), options.idle_timeout));
        Ok(Self { pool, spec: Spec { version, ..POSTGRES }, acquire_timeout: options.acquire_timeout, reaper })
    }
}

impl Driver for Postgres {
    fn spec(&self) -> &Spec {
        &self.spec
    }

    fn acquire(&self) -> BoxFuture<'_, Result<Box<dyn Connection>>> {
        Box::pin(async move {
            let session = take(&self.pool, self.acquire_timeout).await?;
            Ok(Box::new(PostgresConnection::new(session)) as Box<dyn Connection>)
        })
    }

    fn close(&self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move {
            self.pool.close();
            let all_are_back = async {
                loop {
                    let mut one_left = pin!(self.pool.manager().left());
                    one_left.as_mut().enable();
                    if self.pool.status().size == 0 {
                        break;
                    }
                    one_left.await;
                }
            };
            // As long as one would have waited for a connection, one waits for it to come back.
            timeout(self.acquire_timeout, all_are_back).await.map_err(|_| {
                Error::closed(format!(
                    "the pool is closed, but {} of its connections were still in use after {} ms",
                    self.pool.status().size,
                    self.acquire_timeout.as_millis()
                ))
            })
        })
    }

    fn status(&self) -> PoolStatus {
        let status = self.pool.status();
        PoolStatus::new(status.size, status.available, status.max_size)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.reaper.abort();
    }
}

impl fmt::Debug for Postgres {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Postgres")
            .field("server", &self.pool.manager().target())
            .field("version", &self.spec.version)
            .field("status", &self.status())
            .finish()
    }
}

/// Takes a session out of the pool, or opens one.
async fn take(pool: &Pool<Manager>, limit: Duration) -> Result<manager::Pooled> {
    super::runtime()?;
    pool.get().await.map_err(|error| match error {
        PoolError::Backend(error) => error,
        PoolError::Closed => Error::closed("the pool is closed"),
        PoolError::Timeout(_) => Error::pool_timeout(limit, pool.manager().last_failure().map(Into::into)),
        error @ (PoolError::NoRuntimeSpecified | PoolError::PostCreateHook(_)) => Error::closed(error.to_string()),
    })
}

/// Closes connections that nobody has used for so long, until the pool is gone.
async fn close_idle(pool: WeakPool<Manager>, idle_timeout: Duration) {
    let pause = (idle_timeout / 4).max(Duration::from_millis(10));
    loop {
        sleep(pause).await;
        let Some(pool) = pool.upgrade() else { break };
        pool.retain(|session, _| session.idle_for() < idle_timeout);
    }
}
