//! One session on a server, and the one thing that runs on it.
//!
//! `mysql_async` cannot go on after a future of its was dropped in the middle of a message. So no such future is ever
//! dropped: a command owns its connection and is kept in the session, and whoever awaits its end may go away. What is
//! left running that way is stopped (`kill query`, from another connection) and read to its end before the session is
//! used again, which keeps the connection, its prepared statements and the place in the pool.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use mysql_async::Conn;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::command::{Command, Reply, perform};
use super::connector::{Connector, Server};
use super::error::Failure;
use crate::error::{DatabaseError, DatabaseErrorKind, Error, Result};

/// What nobody waits for any more may take so long to end by itself.
const GRACE: Duration = Duration::from_millis(20);

/// Kills are sent again, ever more slowly, but not more slowly than this.
const MOST_WAIT: Duration = Duration::from_secs(1);

/// A statement that was killed may take so long to end, and a transaction to be rolled back; then the connection is
/// given up.
const PATIENCE: Duration = Duration::from_secs(30);

/// A connection that was not used for so long is asked for a sign of life before it is used again.
///
/// Asking always would double the round trips of every single statement. What would be free, a look whether its socket
/// has come to its end, `mysql_async` does not offer; and a statement whose answer did not come cannot be sent again,
/// since nobody knows whether it was run.
const STALE: Duration = Duration::from_secs(1);

/// A command that runs; it gives the connection back at its end.
type Running = Pin<Box<dyn Future<Output = (Conn, Result<Reply, Failure>)> + Send>>;

enum State {
    Idle(Conn),
    Running(Running),
    Lost,
}

/// A transaction, as far as the server told about it.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Transaction {
    /// None was begun here.
    None,
    Open,
    /// After an error, which may have ended it; the server tells when it is asked.
    Doubtful(Cause),
    /// The server has rolled it back. Statements would now be stored each on its own, so none is sent until
    /// [`Session::rollback`].
    Aborted(Cause),
    /// A statement in it ended it, such as a definition, or `commit` in text of the user's. Here too none is sent.
    Ended,
}

/// The error after which a transaction was not there any more.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Cause {
    kind: DatabaseErrorKind,
    code: String,
}

impl Cause {
    /// What became of the transaction. Only some errors roll one back; any other statement may have failed after it
    /// had committed, as definitions do first of all.
    fn outcome(self) -> Transaction {
        match self.kind {
            DatabaseErrorKind::Deadlock | DatabaseErrorKind::LockTimeout | DatabaseErrorKind::SerializationFailure => {
                Transaction::Aborted(self)
            }
            _ => Transaction::Ended,
        }
    }
}

/// One session on a server.
pub(super) struct Session {
    connector: Arc<Connector>,
    server: Server,
    /// The server's number for it.
    id: u32,
    state: State,
    transaction: Transaction,
    /// What the server said last: true within a transaction, whoever began it.
    in_transaction: bool,
    /// True where text ran that may have changed settings, locks or temporary tables.
    changed: bool,
    /// The kill that was sent for what is left running.
    kill: Option<JoinHandle<()>>,
    last_used: Instant,
}

impl Session {
    /// Opens a session.
    pub(super) async fn open(connector: &Arc<Connector>) -> Result<Self> {
        let (conn, server) = connector.open().await?;
        Ok(Self {
            connector: Arc::clone(connector),
            server,
            id: conn.id(),
            state: State::Idle(conn),
            transaction: Transaction::None,
            in_transaction: false,
            changed: false,
            kill: None,
            last_used: Instant::now(),
        })
    }

    /// Which server it is.
    pub(super) fn server(&self) -> Server {
        self.server
    }

    /// How long nobody has used it.
    pub(super) fn idle_for(&self) -> Duration {
        self.last_used.elapsed()
    }

    /// Runs a command, after whatever is left running was stopped.
    pub(super) async fn run(&mut self, command: Command) -> Result<Reply> {
        self.ready().await?;
        self.perform(command).await
    }

    /// Starts a command; [`finish`](Self::finish) waits for its end.
    pub(super) async fn start(&mut self, command: Command) -> Result<()> {
        self.ready().await?;
        self.launch(command)
    }

    /// Waits for the end of what runs. Dropping this future leaves it running.
    pub(super) async fn finish(&mut self) -> Result<Reply> {
        let State::Running(running) = &mut self.state else { return Err(gone()) };
        let (conn, result) = running.as_mut().await;
        let result = result.map_err(|failure| failure.into_error(self.server.is_mariadb));
        match &result {
            Ok(reply) => {
                self.in_transaction = reply.in_transaction.unwrap_or(self.in_transaction);
                if self.transaction == Transaction::Open && !self.in_transaction {
                    self.transaction = Transaction::Ended;
                }
            }
            Err(error) if self.in_transaction && self.transaction == Transaction::Open => {
                if let Some(error) = error.as_database() {
                    self.transaction = Transaction::Doubtful(Cause { kind: error.kind(), code: error.code().into() });
                }
            }
            Err(_) => {}
        }
        let is_lost = conn.is_disconnected() || result.as_ref().is_err_and(Error::is_closed);
        self.state = if is_lost { State::Lost } else { State::Idle(conn) };
        result
    }

    /// Starts a transaction by these statements.
    pub(super) async fn begin(&mut self, sql: String) -> Result<()> {
        self.ready().await?;
        if self.transaction != Transaction::None {
            return Err(Error::invalid("a transaction within a transaction; use a savepoint"));
        }
        self.transaction = Transaction::Open;
        let begun = self.perform(Command::Text(sql.into())).await;
        if begun.is_err() {
            // The isolation level may have been set for the next transaction.
            self.transaction = Transaction::None;
            self.changed = true;
        }
        begun.map(drop)
    }

    /// Makes the transaction last.
    pub(super) async fn commit(&mut self) -> Result<()> {
        self.ready().await?;
        self.perform(Command::Text("commit".into())).await?;
        self.transaction = Transaction::None;
        Ok(())
    }

    /// Takes the transaction back, also one that the server has taken back already.
    pub(super) async fn rollback(&mut self) -> Result<()> {
        self.settle().await;
        let was_ended = self.transaction == Transaction::Ended;
        self.undo().await?;
        if was_ended { Err(ended()) } else { Ok(()) }
    }

    async fn undo(&mut self) -> Result<()> {
        self.perform(Command::Text("rollback".into())).await?;
        self.transaction = Transaction::None;
        Ok(())
    }

    /// Runs text of which nobody knows what it leaves behind.
    pub(super) async fn run_text(&mut self, sql: String) -> Result<()> {
        self.ready().await?;
        self.changed = true;
        self.perform(Command::Text(sql.into())).await.map(drop)
    }

    /// True where the next user finds it as the first one did.
    pub(super) fn is_clean(&self) -> bool {
        matches!(self.state, State::Idle(_))
            && self.kill.is_none()
            && self.transaction == Transaction::None
            && !self.in_transaction
            && !self.changed
    }

    /// Notes that its user has gone.
    pub(super) fn touch(&mut self) {
        self.last_used = Instant::now();
    }

    /// Makes it clean, as far as possible.
    pub(super) async fn clean(&mut self) {
        self.settle().await;
        let cleaned = async {
            if self.changed {
                self.perform(Command::Reset).await?;
                self.transaction = Transaction::None;
                self.changed = false;
            } else if !self.is_clean() {
                self.undo().await?;
            }
            Ok::<_, Error>(())
        };
        if !matches!(timeout(PATIENCE, cleaned).await, Ok(Ok(()))) {
            self.state = State::Lost;
        }
    }

    /// Whether it is still there; asks the server only where nobody has used it for a while.
    pub(super) async fn is_alive(&mut self) -> bool {
        let limit = self.connector.timeout();
        self.idle_for() < STALE || matches!(timeout(limit, self.perform(Command::Ping)).await, Ok(Ok(_)))
    }

    /// Makes sure that a statement can be sent, and within the transaction that it belongs to.
    async fn ready(&mut self) -> Result<()> {
        self.settle().await;
        if let Transaction::Doubtful(cause) = &self.transaction {
            let cause = cause.clone();
            self.perform(Command::Text("do 0".into())).await?;
            self.transaction = if self.in_transaction { Transaction::Open } else { cause.outcome() };
        }
        match &self.transaction {
            Transaction::Aborted(cause) => Err(aborted(cause)),
            Transaction::Ended => Err(ended()),
            Transaction::None | Transaction::Open | Transaction::Doubtful(_) => Ok(()),
        }
    }

    /// Ends what is left running.
    async fn settle(&mut self) {
        let since = Instant::now();
        let mut wait = GRACE;
        while matches!(self.state, State::Running(_)) && timeout(wait, self.finish()).await.is_err() {
            if since.elapsed() > PATIENCE {
                self.state = State::Lost;
            } else if self.kill.as_ref().is_none_or(JoinHandle::is_finished) {
                // One that came between two messages (a statement is prepared, and then run) has hit nothing.
                let (connector, id) = (Arc::clone(&self.connector), self.id);
                self.kill = Some(tokio::spawn(async move { connector.kill_query(id).await }));
                wait = (wait * 2).min(MOST_WAIT);
            }
        }
        if let Some(kill) = &mut self.kill {
            let _ = kill.await;
            self.kill = None;
            // A kill that came late hits the next statement; this one is there to take it.
            let _ = self.perform(Command::Text("do 0".into())).await;
        }
    }

    async fn perform(&mut self, command: Command) -> Result<Reply> {
        self.launch(command)?;
        self.finish().await
    }

    fn launch(&mut self, command: Command) -> Result<()> {
        match std::mem::replace(&mut self.state, State::Lost) {
            State::Idle(mut conn) => {
                self.changed |= command.alters_session();
                self.state = State::Running(Box::pin(async move {
                    let result = perform(&mut conn, command).await;
                    (conn, result)
                }));
                Ok(())
            }
            State::Running(_) | State::Lost => Err(gone()),
        }
    }
}

fn gone() -> Error {
    Error::closed("the connection is gone; take another one")
}

fn ended() -> Error {
    Error::closed(
        "the transaction is over: a statement in it ended it, as definitions and `commit` do, and what came before may \
         be stored; run such statements outside of transactions",
    )
}

fn aborted(cause: &Cause) -> Error {
    let message = "the server has rolled the transaction back because of an earlier error; roll it back and try again";
    Error::database(DatabaseError::new(cause.kind, cause.code.as_str(), message))
}
