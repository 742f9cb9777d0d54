//! The driver of SQLite, on files and in memory.

mod errors;
mod interruption;
mod pool;
mod transactions;
mod values;

use std::path::PathBuf;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use std::{env, fs, process};

use kysera::driver::sqlite::Sqlite;
use kysera::driver::{ConnectOptions, Connection, Outcome, Query, Row, SqliteMode, TransactionOptions};
use kysera::{Error, Value};

pub(crate) const MODES: [SqliteMode; 2] = [SqliteMode::Worker, SqliteMode::Inline];

/// A statement that runs until it is stopped.
pub(crate) const ENDLESS: &str =
    "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n where i < 0";

/// A file that is gone when the test is over.
pub(crate) struct File(PathBuf);

impl File {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::SeqCst);
        Self(env::temp_dir().join(format!("kysera-{}-{count}.db", process::id())))
    }

    pub(crate) fn url(&self) -> String {
        format!("sqlite:{}", self.0.display())
    }

    pub(crate) fn options(&self) -> ConnectOptions {
        ConnectOptions::new(self.url())
    }
}

impl Drop for File {
    fn drop(&mut self) {
        for suffix in ["", "-wal", "-shm"] {
            let mut path = self.0.clone().into_os_string();
            path.push(suffix);
            let _ = fs::remove_file(path);
        }
    }
}

pub(crate) async fn connect(options: ConnectOptions) -> Sqlite {
    Sqlite::connect(&options).await.unwrap()
}

pub(crate) async fn memory(mode: SqliteMode) -> Sqlite {
    connect(ConnectOptions::new("sqlite::memory:").sqlite_mode(mode)).await
}

pub(crate) fn sql(sql: &str) -> Query<'_> {
    Query { sql, params: &[] }
}

/// Shorter words for what tests do on a connection.
pub(crate) trait Conversation {
    async fn run(&mut self, sql: &str) -> Result<Outcome, Error>;
    async fn number(&mut self, sql: &str) -> Result<i64, Error>;
}

impl Conversation for Box<dyn Connection> {
    async fn run(&mut self, text: &str) -> Result<Outcome, Error> {
        self.execute(sql(text)).await
    }

    /// The number in the only column of the only row.
    async fn number(&mut self, text: &str) -> Result<i64, Error> {
        let mut rows = self.fetch(sql(text)).await?;
        assert_eq!(rows.len(), 1);
        rows.iter_mut().next().unwrap().reader().read()
    }
}

pub(crate) fn first(rows: &mut kysera::driver::Rows) -> Row<'_> {
    rows.iter_mut().next().unwrap()
}

pub(crate) fn read_only() -> TransactionOptions {
    let mut options = TransactionOptions::default();
    options.read_only = true;
    options
}

pub(crate) fn poll_once<F: Future + Unpin>(future: &mut F) -> Poll<F::Output> {
    Pin::new(future).poll(&mut Context::from_waker(Waker::noop()))
}

pub(crate) const fn millis(count: u64) -> Duration {
    Duration::from_millis(count)
}

pub(crate) fn text(text: &str) -> Value {
    Value::from(text)
}
