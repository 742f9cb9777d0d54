//! The contract of a connection, in terms of a session.

use std::pin::{Pin, pin};
use std::sync::Arc;

use deadpool::managed::Object;
use futures_util::stream::{ReadyChunks, StreamExt, TryStreamExt, try_unfold};
use tokio::runtime::Handle;
use tokio::time::timeout;
use tokio_postgres::RowStream;

use super::decode::push_row;
use super::manager::Pooled;
use super::session::{CLEANING, Session};
use super::statements::Prepared;
use crate::driver::{BoxFuture, BoxStream, Connection, Outcome, Query, Rows, TransactionOptions};
use crate::error::{Error, Result};

/// How many rows a batch of a stream has at most; it has fewer where no more have arrived.
const BATCH: usize = 256;

/// A session in use.
pub(super) struct PostgresConnection {
    /// Only dropping takes it out.
    session: Option<Pooled>,
}

impl PostgresConnection {
    pub(super) fn new(session: Pooled) -> Self {
        Self { session: Some(session) }
    }

    fn session(&mut self) -> Result<&mut Session> {
        match &mut self.session {
            Some(session) => Ok(session),
            None => Err(Error::closed("the connection is closed")),
        }
    }
}

impl Connection for PostgresConnection {
    fn fetch<'a>(&'a mut self, query: Query<'a>) -> BoxFuture<'a, Result<Rows>> {
        Box::pin(async move {
            let session = self.session()?;
            let (prepared, rows) = session.send(query).await?;
            let mut rows = pin!(rows);
            let mut read = Ok(Rows::new(Arc::clone(&prepared.columns)));
            loop {
                match rows.try_next().await {
                    // After a row that cannot be read, the others are still taken off the connection.
                    Ok(Some(row)) => {
                        read = read.and_then(|mut rows| push_row(&mut rows, &prepared, &row).map(|()| rows));
                    }
                    Ok(None) => {
                        session.ended();
                        return read;
                    }
                    Err(error) => {
                        session.ended();
                        return Err(session.failed(error));
                    }
                }
            }
        })
    }

    fn stream<'a>(&'a mut self, query: Query<'a>) -> BoxStream<'a, Result<Rows>> {
        // The task that reads the socket stops where nobody takes the rows, and then the server does.
        let start = Reading::Start { connection: self, query };
        Box::pin(try_unfold(start, Reading::next))
    }

    fn execute<'a>(&'a mut self, query: Query<'a>) -> BoxFuture<'a, Result<Outcome>> {
        Box::pin(async move {
            let session = self.session()?;
            let (_, rows) = session.send(query).await?;
            let mut rows = pin!(rows);
            while let Some(row) = rows.next().await {
                if let Err(error) = row {
                    session.ended();
                    return Err(session.failed(error));
                }
            }
            session.ended();
            Ok(Outcome::new(rows.rows_affected().unwrap_or(0), None))
        })
    }

    fn prepare<'a>(&'a mut self, sql: &'a str) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move { self.session()?.prepare(sql).await })
    }

    fn batch<'a>(&'a mut self, sql: &'a str) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move { self.session()?.batch(sql).await })
    }

    fn begin<'a>(&'a mut self, options: &'a TransactionOptions) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let TransactionOptions { isolation, read_only } = options;
            let mut sql = "begin".to_owned();
            if let Some(isolation) = isolation {
                sql.push_str(" isolation level ");
                sql.push_str(isolation.sql());
            }
            if *read_only {
                sql.push_str(" read only");
            }
            self.session()?.begin(&sql).await
        })
    }

    fn commit(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move { self.session()?.commit().await })
    }

    fn rollback(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move { self.session()?.rollback().await })
    }

    fn savepoint(&mut self, depth: usize) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move { self.session()?.simple(&format!("savepoint kysera_{depth}")).await })
    }

    fn release_savepoint(&mut self, depth: usize) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move { self.session()?.simple(&format!("release savepoint kysera_{depth}")).await })
    }

    fn rollback_to_savepoint(&mut self, depth: usize) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move {
            let sql = format!("rollback to savepoint kysera_{depth}; release savepoint kysera_{depth}");
            self.session()?.undo(&sql).await
        })
    }
}

/// A stream of rows, before and after its statement was sent.
enum Reading<'a> {
    Start { connection: &'a mut PostgresConnection, query: Query<'a> },
    Rows { session: &'a mut Session, prepared: Arc<Prepared>, rows: Pin<Box<ReadyChunks<RowStream>>> },
}

impl<'a> Reading<'a> {
    /// The next batch, and what is to be read after it.
    async fn next(self) -> Result<Option<(Rows, Self)>> {
        let (session, prepared, mut rows) = match self {
            Self::Start { connection, query } => {
                let session: &'a mut Session = connection.session()?;
                let (prepared, rows) = session.send(query).await?;
                (session, prepared, Box::pin(rows.ready_chunks(BATCH)))
            }
            Self::Rows { session, prepared, rows } => (session, prepared, rows),
        };
        let Some(chunk) = rows.next().await else {
            session.ended();
            return Ok(None);
        };
        let mut batch = Rows::new(Arc::clone(&prepared.columns));
        for row in chunk {
            let row = row.map_err(|error| {
                session.ended();
                session.failed(error)
            })?;
            if let Err(error) = push_row(&mut batch, &prepared, &row) {
                // Taken off the connection, so that a transaction can go on.
                while rows.next().await.is_some() {}
                session.ended();
                return Err(error);
            }
        }
        Ok(Some((batch, Self::Rows { session, prepared, rows })))
    }
}

impl Drop for PostgresConnection {
    fn drop(&mut self) {
        let Some(mut session) = self.session.take() else { return };
        session.rest();
        if session.is_clean() {
            return;
        }
        match Handle::try_current() {
            // The session keeps its place in the pool until it is clean.
            Ok(runtime) => drop(runtime.spawn(clean(session))),
            Err(_) => discard(session),
        }
    }
}

async fn clean(mut session: Pooled) {
    if timeout(CLEANING, session.clean()).await != Ok(true) {
        discard(session);
    }
}

/// Closes a session, which makes room for another one.
fn discard(session: Pooled) {
    drop(Object::take(session));
}
