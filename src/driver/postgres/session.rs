//! One connection: its statements, what it is in the middle of, and how it is cleaned.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, RowStream};

use super::address::Address;
use super::error::{self, Knew};
use super::statements::{Prepared, Statements};
use super::tls::{Opened, Tls};
use crate::driver::Query;
use crate::error::{DatabaseError, DatabaseErrorKind, Error, Result};

/// How long a statement that was given up may go on before it is cancelled. Most end by themselves.
const GRACE: Duration = Duration::from_millis(100);

/// How long the server may take to answer a cleaning.
pub(super) const CLEANING: Duration = Duration::from_secs(5);

/// Makes a transaction fail, so that it cannot be stored: there is no such savepoint.
const SPOIL: &str = "rollback to savepoint kysera_gave_up_a_statement";

/// Is refused outside of a transaction, and changes nothing within one.
const PROBE: &str = "savepoint kysera_probe; release savepoint kysera_probe";

/// `discard all` without `deallocate all`, since prepared statements are kept, here and in `tokio-postgres`.
const RESET: &str = "rollback; close all; set session authorization default; reset all; unlisten *; \
                     select pg_advisory_unlock_all(); discard temp; discard sequences";

/// What a session is in the middle of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Progress {
    /// Nothing: the server has answered everything.
    Idle,
    /// A statement whose effect is not known.
    Statement,
    /// A result; the statement has been accepted, and its rows are arriving.
    Rows,
}

/// A connection with its state.
///
/// `tokio-postgres` writes and reads whole messages on a task of its own, so nothing that is dropped here leaves
/// half a message behind. What it may leave behind is a statement that still runs, and an open transaction.
pub(super) struct Session {
    client: Client,
    task: JoinHandle<()>,
    tls: Tls,
    address: Address,
    version: (u16, u16),
    statements: Statements,
    progress: Progress,
    /// What the server was given of what it runs.
    knew: Knew,
    in_transaction: bool,
    /// A statement since the last look may have ended the transaction, such as `commit` in text of the user's.
    doubtful: bool,
    /// A setting, a lock, a temporary table may be left behind.
    altered: bool,
    /// Not to be used any more, since it failed by other means than a refusal.
    broken: bool,
    idle_since: Instant,
}

impl Session {
    pub(super) fn new(opened: Opened, tls: Tls, address: Address) -> Self {
        let Opened { client, task, version } = opened;
        Self {
            client,
            task,
            tls,
            address,
            version: parse_version(&version),
            statements: Statements::default(),
            progress: Progress::Idle,
            knew: Knew::TextOnly,
            in_transaction: false,
            doubtful: false,
            altered: false,
            broken: false,
            idle_since: Instant::now(),
        }
    }

    /// The server's version: major, minor.
    pub(super) fn version(&self) -> (u16, u16) {
        self.version
    }

    /// For how long it has been in the pool.
    pub(super) fn idle_for(&self) -> Duration {
        self.idle_since.elapsed()
    }

    /// Starts to count the time in the pool.
    pub(super) fn rest(&mut self) {
        self.idle_since = Instant::now();
    }

    /// True where nothing of its last user is left.
    pub(super) fn is_clean(&self) -> bool {
        self.progress == Progress::Idle && !self.in_transaction && !self.altered && !self.broken
    }

    /// True where it can be handed out.
    pub(super) fn is_usable(&self) -> bool {
        self.is_clean() && !self.client.is_closed()
    }

    /// Runs text without parameters, by the simple protocol.
    pub(super) async fn simple(&mut self, sql: &str) -> Result<()> {
        self.start().await?;
        let answer = self.client.batch_execute(sql).await;
        self.finish(answer)
    }

    /// The same for text of the user's, which may do anything.
    pub(super) async fn batch(&mut self, sql: &str) -> Result<()> {
        self.start().await?;
        self.altered = true;
        self.doubtful = true;
        let answer = self.client.batch_execute(sql).await;
        self.finish(answer)
    }

    /// Has a statement planned anew.
    pub(super) async fn prepare(&mut self, sql: &str) -> Result<()> {
        self.start().await?;
        let prepared = self.plan(sql).await;
        self.progress = Progress::Idle;
        prepared.map(|_| ())
    }

    /// Sends a statement; its rows are to be read to the end, and then [`ended`](Self::ended) is to be called.
    pub(super) async fn send(&mut self, query: Query<'_>) -> Result<(Arc<Prepared>, RowStream)> {
        self.start().await?;
        let sent = self.send_prepared(query).await;
        self.progress = if sent.is_ok() { Progress::Rows } else { Progress::Idle };
        sent
    }

    async fn send_prepared(&mut self, query: Query<'_>) -> Result<(Arc<Prepared>, RowStream)> {
        let kept = self.statements.get(query.sql);
        let is_kept = kept.is_some();
        let mut prepared = match kept {
            Some(prepared) => prepared,
            None => self.plan(query.sql).await?,
        };
        let mut sent = self.run(&prepared, query).await?;
        if is_kept && sent.as_ref().is_err_and(error::is_stale) {
            self.statements.remove(query.sql);
            // Within a transaction it is too late: the transaction has failed.
            if !self.in_transaction {
                prepared = self.plan(query.sql).await?;
                sent = self.run(&prepared, query).await?;
            }
        }
        let rows = sent.map_err(|error| self.failed(error))?;
        Ok((prepared, rows))
    }

    async fn run(&mut self, prepared: &Prepared, query: Query<'_>) -> Result<Result<RowStream, tokio_postgres::Error>> {
        let params = prepared.bind(query.params)?;
        self.knew = if params.is_empty() { Knew::TextOnly } else { Knew::Values };
        self.altered |= prepared.alters_session;
        self.doubtful |= prepared.alters_session;
        Ok(self.client.query_raw(&prepared.statement, params).await)
    }

    async fn plan(&mut self, sql: &str) -> Result<Arc<Prepared>> {
        if sql.contains('\0') {
            return Err(Error::invalid("the statement holds a NUL character, which PostgreSQL does not take"));
        }
        self.knew = Knew::TextOnly;
        let statement = self.client.prepare(sql).await.map_err(|error| self.failed(error))?;
        let prepared = Arc::new(Prepared::new(sql, statement));
        self.statements.insert(sql, Arc::clone(&prepared));
        Ok(prepared)
    }

    /// Notes that all rows were read, or that the server ended them by an error.
    pub(super) fn ended(&mut self) {
        self.progress = Progress::Idle;
    }

    /// The error for the user; an error that is not a refusal ends the session.
    pub(super) fn failed(&mut self, error: tokio_postgres::Error) -> Error {
        self.broken |= !error::is_harmless(&error);
        error::convert(error, self.knew)
    }

    fn finish<T>(&mut self, answer: Result<T, tokio_postgres::Error>) -> Result<T> {
        self.progress = Progress::Idle;
        answer.map_err(|error| self.failed(error))
    }

    /// Starts a transaction.
    pub(super) async fn begin(&mut self, sql: &str) -> Result<()> {
        self.start().await?;
        self.in_transaction = true;
        self.doubtful = false;
        let answer = self.client.batch_execute(sql).await;
        self.in_transaction = answer.is_ok();
        self.finish(answer)
    }

    /// Makes a transaction last.
    ///
    /// The server answers the `commit` of a failed transaction by `ROLLBACK`, which is no error, and
    /// `tokio-postgres` does not show the answer. But a failed transaction refuses the `select`, and then the
    /// `commit` after it is not run at all.
    pub(super) async fn commit(&mut self) -> Result<()> {
        self.start().await?;
        let answer = self.client.batch_execute("select 1; commit").await;
        let Err(failure) = answer else {
            self.in_transaction = false;
            return self.finish(answer);
        };
        // Where it was the commit that failed (a deferred constraint, a conflict), this only gives a warning.
        let rolled_back = self.client.batch_execute("rollback").await;
        self.in_transaction = rolled_back.is_err();
        self.progress = Progress::Idle;
        if error::is_aborted_transaction(&failure) {
            return Err(Error::closed(
                "the transaction was rolled back and nothing of it is stored, since a statement in it had failed",
            ));
        }
        Err(self.failed(failure))
    }

    /// Takes back a transaction.
    pub(super) async fn rollback(&mut self) -> Result<()> {
        self.end_running().await?;
        let open = self.probe().await;
        self.doubtful = false;
        self.simple("rollback").await?;
        self.in_transaction = false;
        open
    }

    /// Makes sure that a transaction is still there after statements that may have ended it. Without it, those that
    /// follow would be stored each on its own.
    async fn probe(&mut self) -> Result<()> {
        if !self.in_transaction || !self.doubtful {
            return Ok(());
        }
        match self.client.batch_execute(PROBE).await {
            Err(error) if error.code() == Some(&SqlState::NO_ACTIVE_SQL_TRANSACTION) => Err(Error::closed(
                "the transaction is over: a statement in it ended it, as `commit` does, and what came before may be \
                 stored; run such statements outside of transactions",
            )),
            // One that has failed is there too, and refuses everything but its end.
            Err(error) if !error::is_harmless(&error) => Err(self.failed(error)),
            Ok(()) | Err(_) => {
                self.doubtful = false;
                Ok(())
            }
        }
    }

    /// Takes back a part of a transaction, by a statement that works even after a failure.
    pub(super) async fn undo(&mut self, sql: &str) -> Result<()> {
        self.end_running().await?;
        self.simple(sql).await
    }

    /// Comes to terms with what was given up before, and notes that something is sent now.
    async fn start(&mut self) -> Result<()> {
        match (self.progress, self.in_transaction) {
            (Progress::Idle, _) => {}
            // Reading on to the end leaves the transaction whole; cancelling would make it fail.
            (Progress::Rows, true) => self.wait().await?,
            // Nobody knows whether the statement had its effect, so the transaction must not be stored.
            (Progress::Statement, true) => {
                self.end_running().await?;
                self.progress = Progress::Statement;
                match self.client.batch_execute(SPOIL).await {
                    Err(error) if error::is_harmless(&error) => {}
                    Err(error) => return Err(self.failed(error)),
                    Ok(()) => {}
                }
            }
            (Progress::Statement | Progress::Rows, false) => self.end_running().await?,
        }
        self.probe().await?;
        self.progress = Progress::Statement;
        self.knew = Knew::TextOnly;
        Ok(())
    }

    /// Waits until the server has answered everything, and cancels what takes too long.
    async fn end_running(&mut self) -> Result<()> {
        if self.progress == Progress::Idle {
            return Ok(());
        }
        match timeout(GRACE, self.client.check_connection()).await {
            Ok(answer) => self.finish(answer),
            Err(_) => {
                let asked = self.tls.cancel(&self.address, self.client.cancel_token());
                if let Err(error) = timeout(CLEANING, asked).await.unwrap_or_else(|late| Err(late.into())) {
                    self.broken = true;
                    let answer = DatabaseError::new(
                        DatabaseErrorKind::ConnectionLost,
                        SqlState::CONNECTION_FAILURE.code(),
                        "a statement that was given up could not be cancelled",
                    );
                    return Err(Error::database(answer.with_source(error)));
                }
                self.wait().await
            }
        }
    }

    async fn wait(&mut self) -> Result<()> {
        let answer = self.client.check_connection().await;
        self.finish(answer)
    }

    /// Takes back whatever the last user left; false where that cannot be done.
    pub(super) async fn clean(&mut self) -> bool {
        if self.end_running().await.is_err() || self.broken {
            return false;
        }
        self.doubtful = false;
        let sql = if self.altered { RESET } else { "rollback" };
        if (self.altered || self.in_transaction) && self.simple(sql).await.is_err() {
            return false;
        }
        self.in_transaction = false;
        self.altered = false;
        true
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // A session that is clean says goodbye to the server; from any other, an answer might never come.
        if !self.is_clean() {
            self.task.abort();
        }
    }
}

/// Major and minor of `15.18 (Debian 15.18-1)` or `18beta1`.
fn parse_version(text: &str) -> (u16, u16) {
    let mut numbers = text.split(|it: char| !it.is_ascii_digit()).map(|it| it.parse().unwrap_or(0));
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_has_two_numbers() {
        assert_eq!(parse_version("15.18 (Debian 15.18-0+deb12u1)"), (15, 18));
        assert_eq!(parse_version("18.6"), (18, 6));
        assert_eq!(parse_version("19beta2"), (19, 0));
        assert_eq!(parse_version(""), (0, 0));
    }
}
