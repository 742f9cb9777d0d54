//! What a connection can be told to do.

use std::borrow::Cow;
use std::sync::Arc;

use futures_util::StreamExt;
use mysql_async::consts::StatusFlags;
use mysql_async::prelude::Queryable;
use mysql_async::{BinaryProtocol, Conn, OkPacket, Params, QueryResult, Row, Statement, Value as Wire};
use tokio::sync::mpsc;

use super::error::Failure;
use super::value::{RowDecoder, encode};
use crate::driver::words::Words;
use crate::driver::{Outcome, Query, Rows};
use crate::error::{Error, Result};

/// How many values a statement can bind in the servers' protocol.
const MAX_PARAMS: usize = 65_535;

/// More bytes than a message with values has before its values, where each value takes three.
const MESSAGE_HEAD: usize = 64;

/// What tells whether a statement leaves something behind, see [`Words`]: locks by name, variables of the user's.
const WORDS: Words = Words {
    rows_only: &[
        "select", "insert", "update", "delete", "replace", "with", "values", "table", "explain", "describe", "desc",
        "show", "do", "kill",
    ],
    leaving: &["get_lock", "@"],
};

/// How many rows of a stream come at once.
const BATCH_ROWS: usize = 256;

/// One thing to do. It owns all it needs, since it may outlive whoever asked for it.
#[derive(Debug)]
pub(super) enum Command {
    /// Runs a statement and reads all its rows.
    Fetch(Prepared),
    /// Runs a statement and sends its rows in batches.
    Stream(Prepared, mpsc::Sender<Result<Rows>>),
    /// Runs a statement and leaves its rows, if any.
    Execute(Prepared),
    /// Prepares a statement.
    Prepare(String),
    /// Runs one or several statements in the text protocol.
    Text(Cow<'static, str>),
    /// Asks for a sign of life.
    Ping,
    /// Makes the session as it was when it was opened, a transaction rolled back.
    Reset,
}

impl Command {
    /// Whether it may leave the session other than it was. Who sends text of the user's knows that by himself.
    pub(super) fn alters_session(&self) -> bool {
        match self {
            Self::Fetch(prepared) | Self::Stream(prepared, _) | Self::Execute(prepared) => prepared.alters_session,
            Self::Prepare(_) | Self::Text(_) | Self::Ping | Self::Reset => false,
        }
    }

    /// Whether the server is given values.
    fn has_values(&self) -> bool {
        match self {
            Self::Fetch(prepared) | Self::Stream(prepared, _) | Self::Execute(prepared) => !prepared.params.is_empty(),
            Self::Prepare(_) | Self::Text(_) | Self::Ping | Self::Reset => false,
        }
    }
}

/// A statement and what is bound to it.
///
/// A prepared statement is one statement: the servers refuse to prepare several.
#[derive(Debug)]
pub(super) struct Prepared {
    pub(super) sql: String,
    pub(super) params: Vec<Wire>,
    /// Whether it may change the session beyond itself, such as `set`.
    pub(super) alters_session: bool,
}

impl Prepared {
    /// Encodes the values, and refuses what is too much for the protocol or the server.
    pub(super) fn new(query: Query<'_>, max_message: usize) -> Result<Self> {
        let Query { sql, params } = query;
        let count = params.len();
        if count > MAX_PARAMS {
            return Err(Error::invalid(format!("a statement with {count} values; at most {MAX_PARAMS} can be bound")));
        }
        let params = encode(params)?;
        let size = params.iter().map(|value| value.bin_len()).sum::<u64>() + (count * 3 + MESSAGE_HEAD) as u64;
        if size.max(sql.len() as u64) > max_message as u64 {
            return Err(Error::invalid(format!(
                "a statement of {size} bytes; the server's `max_allowed_packet` is {max_message}"
            )));
        }
        Ok(Self { sql: sql.to_owned(), params, alters_session: WORDS.alter_session(sql) })
    }
}

/// What came of a command.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) rows: Rows,
    pub(super) outcome: Outcome,
    /// Whether the session is in a transaction now, where the server told.
    pub(super) in_transaction: Option<bool>,
}

impl Reply {
    /// Reads what the server said at the end of a statement.
    fn new(conn: &Conn, rows: Rows) -> Self {
        let last_insert_id = conn.last_insert_id().filter(|id| *id != 0).and_then(|id| i64::try_from(id).ok());
        let status = conn.last_ok_packet().map(OkPacket::status_flags);
        Self {
            rows,
            outcome: Outcome::new(matched(conn).unwrap_or_else(|| conn.affected_rows()), last_insert_id),
            in_transaction: status.map(|flags| flags.contains(StatusFlags::SERVER_STATUS_IN_TRANS)),
        }
    }

    fn without_rows(conn: &Conn) -> Self {
        Self::new(conn, no_rows())
    }
}

/// How many rows an update matched, of which the server counts only those that it changed as affected.
///
/// Asked to count all (`CLIENT_FOUND_ROWS`), it would also count those that an upsert passed over. So this is read out
/// of what it says in words, `Rows matched: 3  Changed: 1  Warnings: 0`, in the language that the session is set to.
fn matched(conn: &Conn) -> Option<u64> {
    let info = conn.info();
    info.strip_prefix("Rows matched: ")?.split(' ').next()?.parse().ok()
}

fn no_rows() -> Rows {
    Rows::new(Arc::default())
}

/// Does it; to be awaited to its end, or the connection is lost.
pub(super) async fn perform(conn: &mut Conn, command: Command) -> Result<Reply, Failure> {
    let has_values = command.has_values();
    let result = attempt(conn, command).await;
    if has_values { result } else { result.map_err(Failure::about_text) }
}

async fn attempt(conn: &mut Conn, command: Command) -> Result<Reply, Failure> {
    match command {
        Command::Fetch(prepared) => fetch(conn, prepared).await,
        Command::Stream(prepared, sender) => stream(conn, prepared, &sender).await,
        Command::Execute(prepared) => {
            run(conn, prepared).await?.drop_result().await?;
            Ok(Reply::without_rows(conn))
        }
        Command::Prepare(sql) => {
            conn.prep(sql).await?;
            // `mysql_async` takes the answer to this for the end of a statement, so what it tells about one is wrong.
            Ok(Reply { rows: no_rows(), outcome: Outcome::default(), in_transaction: None })
        }
        Command::Text(sql) => {
            conn.query_drop(sql).await?;
            Ok(Reply::without_rows(conn))
        }
        Command::Ping => {
            conn.ping().await?;
            Ok(Reply::without_rows(conn))
        }
        Command::Reset => {
            conn.reset().await?;
            Ok(Reply::without_rows(conn))
        }
    }
}

/// Prepares a statement, unless it is already, and starts it.
async fn run(conn: &mut Conn, prepared: Prepared) -> Result<QueryResult<'_, 'static, BinaryProtocol>, Failure> {
    let Prepared { sql, params, alters_session: _ } = prepared;
    // It has no values yet.
    let statement: Statement = conn.prep(sql).await.map_err(Failure::Text)?;
    // `mysql_async` checks this too, and closes the connection.
    if usize::from(statement.num_params()) != params.len() {
        let (wanted, bound) = (statement.num_params(), params.len());
        return Err(Error::invalid(format!("a statement with {wanted} placeholders and {bound} values")).into());
    }
    Ok(conn.exec_iter(statement, Params::Positional(params)).await?)
}

async fn fetch(conn: &mut Conn, prepared: Prepared) -> Result<Reply, Failure> {
    let mut result = run(conn, prepared).await?;
    let decoder = RowDecoder::new(result.columns_ref());
    let mut rows = decoder.rows();
    let mut decoded = Ok(());
    // All rows must leave the wire, also those after one that cannot be read.
    let read = |row| {
        if decoded.is_ok() {
            decoded = decoder.read(row, &mut rows);
        }
    };
    result.for_each(read).await?;
    result.drop_result().await?;
    decoded?;
    Ok(Reply::new(conn, rows))
}

/// Sends batches for as long as somebody takes them, and then passes over what is left.
async fn stream(conn: &mut Conn, prepared: Prepared, sender: &mpsc::Sender<Result<Rows>>) -> Result<Reply, Failure> {
    let mut result = run(conn, prepared).await?;
    let decoder = RowDecoder::new(result.columns_ref());
    send_rows(&mut result, &decoder, sender).await?;
    result.drop_result().await?;
    Ok(Reply::without_rows(conn))
}

async fn send_rows(
    result: &mut QueryResult<'_, 'static, BinaryProtocol>,
    decoder: &RowDecoder,
    sender: &mpsc::Sender<Result<Rows>>,
) -> mysql_async::Result<()> {
    let Some(mut stream) = result.stream::<Row>().await? else { return Ok(()) };
    let mut batch = decoder.rows();
    while let Some(row) = stream.next().await {
        if let Err(error) = decoder.read(row?, &mut batch) {
            // Nobody listening means that nobody wants to know.
            let _ = sender.send(Err(error)).await;
            return Ok(());
        }
        if batch.len() == BATCH_ROWS {
            let full = std::mem::replace(&mut batch, decoder.rows());
            if sender.send(Ok(full)).await.is_err() {
                return Ok(());
            }
        }
    }
    if !batch.is_empty() {
        let _ = sender.send(Ok(batch)).await;
    }
    Ok(())
}
