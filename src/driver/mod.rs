//! SQL and values in, rows and classified errors out.
//!
//! A driver never sees the tree. It takes text and values ([`Query`]), and it keeps four promises:
//!
//! 1. A [`Connection`] that is dropped, in whatever state (in a transaction, half-way through a result, cancelled in
//!    the middle of a message), is clean before anybody else gets it, or is never handed out again.
//! 2. [`Connection::commit`] succeeds only where the transaction is stored; a commit that the server answers by a
//!    rollback is an error.
//! 3. A server's refusal is an [`Error`] made by [`Error::database`], with its kind, the server's code and the
//!    driver's own error as source. A connection that cannot be made is an [`Error::connect`] that names host, port
//!    and cause, never a password.
//! 4. The session speaks UTF-8 and UTC.

#[cfg(feature = "mysql")]
pub mod mysql;
#[cfg(feature = "postgres")]
pub mod postgres;
#[cfg(feature = "sqlite")]
pub mod sqlite;

#[cfg(all(feature = "tls-rustls", any(feature = "postgres", feature = "mysql")))]
mod authorities;
mod options;
mod transaction;
#[cfg(any(feature = "postgres", feature = "mysql"))]
mod words;

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use futures_util::Stream;

pub use self::options::{ConnectOptions, SqliteMode, TlsMode};
pub use self::transaction::{Isolation, TransactionOptions};
use crate::dialect::Spec;
use crate::error::{Error, Result};
pub use crate::row::{ColumnInfo, Row, RowReader, Rows};
use crate::value::Value;

/// A future on the heap that may move between threads.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A stream on the heap that may move between threads.
pub type BoxStream<'a, T> = Pin<Box<dyn Stream<Item = T> + Send + 'a>>;

/// SQL and what is bound to it.
#[derive(Clone, Copy, Debug)]
pub struct Query<'a> {
    /// One statement, with the placeholders of the driver's dialect.
    pub sql: &'a str,
    /// One value for each placeholder.
    pub params: &'a [Value],
}

/// What a statement did that returned no rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Outcome {
    /// The rows that were inserted, matched by an update (changed or not), or deleted.
    ///
    /// On every server, an upsert that does nothing counts the rows that it inserted. One that updates counts each row
    /// once on PostgreSQL and SQLite; on MySQL and MariaDB it counts 1 for a row that it inserted, 2 for one that it
    /// changed, and 0 for one that had all the values already.
    pub rows_affected: u64,
    /// The key that the server generated, on MySQL, MariaDB and SQLite; of a statement with several rows, the first
    /// one on MySQL and MariaDB and the last one on SQLite. PostgreSQL tells it by `returning` only.
    pub last_insert_id: Option<i64>,
}

impl Outcome {
    /// What a statement did.
    #[must_use]
    pub const fn new(rows_affected: u64, last_insert_id: Option<i64>) -> Self {
        Self { rows_affected, last_insert_id }
    }
}

/// How many connections a pool has, and what they do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PoolStatus {
    /// Open connections.
    pub size: usize,
    /// Open connections that nobody uses.
    pub idle: usize,
    /// The most connections there may be.
    pub max: usize,
}

impl PoolStatus {
    /// The state of a pool.
    #[must_use]
    pub const fn new(size: usize, idle: usize, max: usize) -> Self {
        Self { size, idle, max }
    }
}

/// A pool of connections to one database.
pub trait Driver: Send + Sync + fmt::Debug + 'static {
    /// The dialect the server speaks.
    fn spec(&self) -> &Spec;

    /// Takes a connection out of the pool, or opens one.
    fn acquire(&self) -> BoxFuture<'_, Result<Box<dyn Connection>>>;

    /// Takes a connection for statements that only read; on SQLite, one that does not wait for the writer.
    fn acquire_reader(&self) -> BoxFuture<'_, Result<Box<dyn Connection>>> {
        self.acquire()
    }

    /// Closes the pool: waits for connections in use to come back, and opens no new ones.
    fn close(&self) -> BoxFuture<'_, Result<()>>;

    /// How many connections there are.
    fn status(&self) -> PoolStatus;
}

/// One connection, taken out of a pool and given back by dropping it.
///
/// A future or stream made here may be dropped before it is done; the connection is then used again only after it is
/// clean.
pub trait Connection: Send {
    /// Runs a statement and reads all its rows.
    fn fetch<'a>(&'a mut self, query: Query<'a>) -> BoxFuture<'a, Result<Rows>>;

    /// Runs a statement and gives its rows in batches, as they arrive, without holding them all.
    fn stream<'a>(&'a mut self, query: Query<'a>) -> BoxStream<'a, Result<Rows>>;

    /// Runs a statement for its effect.
    fn execute<'a>(&'a mut self, query: Query<'a>) -> BoxFuture<'a, Result<Outcome>>;

    /// Has the server check a statement and plan it, without running it.
    fn prepare<'a>(&'a mut self, sql: &'a str) -> BoxFuture<'a, Result<()>>;

    /// Runs text without parameters that may hold several statements, such as a migration.
    fn batch<'a>(&'a mut self, sql: &'a str) -> BoxFuture<'a, Result<()>>;

    /// Starts a transaction.
    fn begin<'a>(&'a mut self, options: &'a TransactionOptions) -> BoxFuture<'a, Result<()>>;

    /// Makes the transaction last. An error means that it does not (or, where the connection broke, that nobody knows).
    fn commit(&mut self) -> BoxFuture<'_, Result<()>>;

    /// Takes back everything since [`begin`](Self::begin).
    fn rollback(&mut self) -> BoxFuture<'_, Result<()>>;

    /// Marks a place within the transaction, numbered from 1 by its depth.
    fn savepoint(&mut self, depth: usize) -> BoxFuture<'_, Result<()>>;

    /// Forgets the mark; what was done since stays.
    fn release_savepoint(&mut self, depth: usize) -> BoxFuture<'_, Result<()>>;

    /// Takes back everything since the mark, and forgets it.
    fn rollback_to_savepoint(&mut self, depth: usize) -> BoxFuture<'_, Result<()>>;
}

/// Opens a pool for a URL; its scheme chooses the driver.
///
/// # Errors
///
/// Where the URL is not understood, its driver's feature is off, or the server cannot be reached.
pub fn connect(options: &ConnectOptions) -> BoxFuture<'_, Result<Box<dyn Driver>>> {
    // On the heap, so that the futures of programs do not carry the size and depth of every driver's.
    Box::pin(open(options))
}

/// The runtime that drivers run on. Whatever waits for a limited time would panic without it.
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
fn runtime() -> Result<tokio::runtime::Handle> {
    tokio::runtime::Handle::try_current()
        .map_err(|_| Error::invalid("the drivers run on tokio; use the database within a tokio runtime"))
}

async fn open(options: &ConnectOptions) -> Result<Box<dyn Driver>> {
    match options.scheme() {
        #[cfg(feature = "sqlite")]
        "sqlite" => Ok(Box::new(sqlite::Sqlite::connect(options).await?)),
        #[cfg(feature = "postgres")]
        "postgres" | "postgresql" => Ok(Box::new(postgres::Postgres::connect(options).await?)),
        #[cfg(feature = "mysql")]
        "mysql" | "mariadb" => Ok(Box::new(mysql::Mysql::connect(options).await?)),
        other => Err(Error::invalid(no_driver(other))),
    }
}

/// Why there is no driver for a scheme.
fn no_driver(scheme: &str) -> String {
    let feature = match scheme {
        "sqlite" => "sqlite",
        "postgres" | "postgresql" => "postgres",
        "mysql" | "mariadb" => "mysql",
        "" => {
            return "the database URL has no scheme; it begins with `sqlite:`, `postgres:`, `mysql:` or `mariadb:`, \
                    as in `sqlite:data.db`"
                .into();
        }
        other => {
            return format!(
                "no driver for database URLs that begin with `{other}:`; known are `sqlite:`, `postgres:`, `mysql:` \
                 and `mariadb:`"
            );
        }
    };
    format!("database URLs that begin with `{scheme}:` need the feature `{feature}` of kysera")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_without_a_driver_is_told_what_it_lacks() {
        let refuse = |url: &str| no_driver(ConnectOptions::new(url).scheme());
        let unknown = "no driver for database URLs that begin with `oracle:`; known are `sqlite:`, `postgres:`, `mysql:` \
                       and `mariadb:`";
        assert_eq!(refuse("oracle://u:secret@h/d"), unknown);
        assert!(refuse("secret").starts_with("the database URL has no scheme; it begins with `sqlite:`"));
        for (scheme, feature) in [
            ("sqlite", "sqlite"),
            ("postgres", "postgres"),
            ("postgresql", "postgres"),
            ("mysql", "mysql"),
            ("mariadb", "mysql"),
        ] {
            let expected = format!("database URLs that begin with `{scheme}:` need the feature `{feature}` of kysera");
            assert_eq!(refuse(&format!("{scheme}://u:secret@h/d")), expected);
        }
    }
}
