//! SQLite, by `rusqlite` with the library it brings.
//!
//! | module | idea |
//! |---|---|
//! | `location` | what a URL names: a file and how it is opened, or memory |
//! | `pool` | one connection that writes and several that read, and who has them |
//! | `link` | one connection taken out of the pool |
//! | `worker` | a thread that owns a connection and does jobs on it |
//! | `session` | what is done on a connection, without a future in sight |
//! | `interrupt` | how a job stops that nobody waits for any more |
//! | `value`, `decimal`, `error` | values and errors, there and back |
//!
//! A file has one connection that writes, since SQLite lets one transaction write at a time, and in WAL mode the others
//! read beside it without waiting. A database in memory is a single connection.

mod decimal;
mod error;
mod interrupt;
mod link;
mod location;
mod pool;
mod session;
mod value;
mod worker;

use std::sync::Arc;

use self::location::Location;
use self::pool::{Pool, Role};
use super::{BoxFuture, ConnectOptions, Connection, Driver, PoolStatus};
use crate::dialect::{self, Spec};
use crate::error::Result;

/// A pool of connections to a SQLite database.
///
/// | URL | database |
/// |---|---|
/// | `sqlite:data.db`, `sqlite://data.db` | a file, beside where the program runs; made where there is none |
/// | `sqlite:/var/lib/data.db`, `sqlite:///var/lib/data.db` | a file by its whole path |
/// | `sqlite::memory:` | memory; gone with the pool |
///
/// What a path holds of `?`, `#` and `%` is percent-encoded. After it may stand:
///
/// | parameter | meaning | default |
/// |---|---|---|
/// | `mode=ro`, `rw`, `rwc` | only read; read and write; make the file where there is none too | `rwc` |
/// | `busy_timeout=` | how many milliseconds to wait for a lock that another program holds | 5000 |
///
/// [`acquire`](Driver::acquire) gives the one connection that writes, and
/// [`acquire_reader`](Driver::acquire_reader) one of `max_connections - 1` that read only. Each connection has foreign
/// keys on, a journal in WAL mode (a file) with `synchronous = normal`, and everything off by which a hostile database
/// or a misspelled name could do harm: double-quoted strings, trusted schemas, writable schemas.
///
/// Decimals are text, since SQLite's own numbers would lose digits. Each connection has a collation `kysera_decimal`
/// that compares them by their value, and columns of decimals that [`schema`](crate::schema) creates are declared with
/// it. Another program that orders or compares such a column, or writes one that is in a key, must bring a collation
/// of that name, or it is told that there is none; and a column of text that was declared without it is compared by
/// value only with bound decimals, but ordered, grouped, joined and kept unique as text.
///
/// A type that is smaller than SQLite's own has a check in tables that [`schema`](crate::schema) creates, named
/// `kysera_fit_` and the column; what breaks it is [`is_invalid_value`](crate::Error::is_invalid_value).
#[derive(Debug)]
pub struct Sqlite {
    pool: Arc<Pool>,
    spec: Spec,
}

impl Sqlite {
    /// Opens the database, with one connection.
    ///
    /// # Errors
    ///
    /// Where the URL is not understood, there is room for no connection, or the file cannot be opened.
    pub async fn connect(options: &ConnectOptions) -> Result<Self> {
        super::runtime()?;
        let pool = Pool::connect(Location::parse(&options.url)?, options).await?;
        Ok(Self { pool, spec: Spec { version: library_version(), ..dialect::SQLITE } })
    }
}

impl Driver for Sqlite {
    fn spec(&self) -> &Spec {
        &self.spec
    }

    fn acquire(&self) -> BoxFuture<'_, Result<Box<dyn Connection>>> {
        Box::pin(self.pool.acquire(Role::Writer))
    }

    fn acquire_reader(&self) -> BoxFuture<'_, Result<Box<dyn Connection>>> {
        Box::pin(self.pool.acquire(Role::Reader))
    }

    fn close(&self) -> BoxFuture<'_, Result<()>> {
        Box::pin(self.pool.close())
    }

    fn status(&self) -> PoolStatus {
        self.pool.status()
    }
}

/// Major and minor, out of a number such as 3051001 for 3.51.1.
fn library_version() -> (u16, u16) {
    let number = rusqlite::version_number();
    let part = |it: i32| u16::try_from(it).unwrap_or(0);
    (part(number / 1_000_000), part(number / 1_000 % 1_000))
}
