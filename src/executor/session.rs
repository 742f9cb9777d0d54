//! One connection that several handles share: a pinned connection, a transaction on it, and savepoints in that.
//!
//! Each handle has a level: 0 is the connection, 1 the transaction, 2 its first savepoint, and so on. Only the
//! innermost open level may use the connection. A handle that is dropped while its level is open cannot wait for the
//! server, so it says which level is to be rolled back, and whoever uses the connection next does that first.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use tokio::sync::{Mutex, MutexGuard};

use super::{Access, Lease, Pipeline};
use crate::dialect::Spec;
use crate::driver::{Connection, TransactionOptions};
use crate::error::{Error, Result};
use crate::plugin::Metadata;

/// A connection that several handles share, one statement at a time.
#[allow(missing_debug_implementations, reason = "it is sealed: nobody outside can name it")]
pub struct Session {
    pipeline: Arc<Pipeline>,
    metadata: Metadata,
    line: Mutex<Line>,
    /// The outermost level that was dropped while it was open.
    abandoned: AtomicUsize,
    /// True while a stream of rows lives.
    streaming: AtomicBool,
}

/// No level was dropped while it was open.
const NONE: usize = usize::MAX;

/// The connection, and how deep in transactions the server is.
#[allow(missing_debug_implementations, reason = "it is sealed: nobody outside can name it")]
pub struct Line {
    connection: Box<dyn Connection>,
    /// The innermost level that is open.
    level: usize,
    /// True while the server may have left the level or not; it stays true where nobody waited for the answer.
    uncertain: bool,
}

impl Session {
    pub(crate) fn new(pipeline: Arc<Pipeline>, metadata: Metadata, connection: Box<dyn Connection>) -> Self {
        Self {
            pipeline,
            metadata,
            line: Mutex::new(Line { connection, level: 0, uncertain: false }),
            abandoned: AtomicUsize::new(NONE),
            streaming: AtomicBool::new(false),
        }
    }

    pub(crate) fn pipeline(&self) -> &Pipeline {
        &self.pipeline
    }

    pub(crate) fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// The connection, for a statement of a handle of this level.
    ///
    /// A definition that would commit the transaction is refused: what came before it could not be taken back any
    /// more, and what comes after it would be stored at once.
    pub(crate) async fn lease(&self, level: usize, access: Access) -> Result<Lease<'_>> {
        if level > 0 {
            access.check_in_transaction(self.pipeline.driver.spec())?;
        }
        Ok(Lease::Pinned { line: self.line(level).await?, session: self })
    }

    /// Starts a transaction or sets a savepoint: the level after this one.
    ///
    pub(crate) async fn enter(&self, level: usize, options: &TransactionOptions) -> Result<()> {
        self.line(level).await?.enter(options).await
    }

    /// Commits the transaction or releases the savepoint. After an error the level is still open.
    pub(crate) async fn commit(&self, level: usize) -> Result<()> {
        self.line(level).await?.commit().await
    }

    /// Takes back what was done in this level, and leaves it.
    pub(crate) async fn roll_back(&self, level: usize) -> Result<()> {
        self.line(level).await?.roll_back(level).await
    }

    /// Has the next user of the connection roll back this level.
    pub(crate) fn abandon(&self, level: usize) {
        self.abandoned.fetch_min(level, Ordering::AcqRel);
    }

    async fn line(&self, level: usize) -> Result<MutexGuard<'_, Line>> {
        if self.streaming.load(Ordering::Acquire) {
            return Err(Error::invalid(
                "the connection is sending the rows of a stream; read it to its end or drop it before the next query",
            ));
        }
        let mut line = self.line.lock().await;
        if line.uncertain {
            return Err(Error::closed(
                "a transaction was cut off while it began or ended, and nobody knows its state; take another connection",
            ));
        }
        let abandoned = self.abandoned.swap(NONE, Ordering::AcqRel);
        if abandoned != NONE {
            line.roll_back(abandoned).await?;
        }
        if line.level == level {
            Ok(line)
        } else {
            Err(Error::invalid("a transaction within this one is open; use that one, or end it first"))
        }
    }
}

impl Line {
    pub(super) fn connection(&mut self) -> &mut dyn Connection {
        &mut *self.connection
    }

    /// Starts a transaction or sets a savepoint: the level after this one.
    ///
    /// A savepoint whose answer nobody waited for may be there or not. It does no harm: nothing was done within it,
    /// and the next one of the same name hides it.
    async fn enter(&mut self, options: &TransactionOptions) -> Result<()> {
        if self.level == 0 {
            self.uncertain = true;
            let outcome = self.connection.begin(options).await;
            self.uncertain = false;
            outcome?;
        } else {
            self.connection.savepoint(self.level).await?;
        }
        self.level += 1;
        Ok(())
    }

    /// Commits the transaction or releases the savepoint. After an error the level is still open.
    async fn commit(&mut self) -> Result<()> {
        self.uncertain = true;
        let outcome = match self.level {
            1 => self.connection.commit().await,
            level => self.connection.release_savepoint(level - 1).await,
        };
        self.uncertain = false;
        outcome?;
        self.level -= 1;
        Ok(())
    }

    /// After an error nobody knows what the server kept, so the connection is not used any more.
    async fn roll_back(&mut self, level: usize) -> Result<()> {
        self.uncertain = true;
        match level {
            1 => self.connection.rollback().await?,
            _ => self.connection.rollback_to_savepoint(level - 1).await?,
        }
        self.uncertain = false;
        self.level = level - 1;
        Ok(())
    }
}

impl<'a> Lease<'a> {
    /// Turns other users of the connection away, instead of having them wait, until the guard is dropped.
    pub(super) fn streaming(&self) -> Option<Streaming<'a>> {
        match self {
            Self::Pooled(_) => None,
            Self::Pinned { line: _, session } => {
                session.streaming.store(true, Ordering::Release);
                Some(Streaming(&session.streaming))
            }
        }
    }
}

/// A transaction for one statement, or a savepoint where the connection is in one. Where it is dropped before its end,
/// it is rolled back before anybody else uses the connection.
pub(super) struct Within<'l, 'a> {
    lease: &'l mut Lease<'a>,
    ended: bool,
}

impl<'l, 'a> Within<'l, 'a> {
    pub(super) async fn enter(lease: &'l mut Lease<'a>, access: Access, spec: &Spec) -> Result<Self> {
        access.check_in_transaction(spec)?;
        let options = TransactionOptions::default();
        match lease {
            Lease::Pooled(connection) => connection.begin(&options).await?,
            Lease::Pinned { line, session: _ } => line.enter(&options).await?,
        }
        Ok(Self { lease, ended: false })
    }

    pub(super) fn connection(&mut self) -> &mut dyn Connection {
        self.lease.connection()
    }

    pub(super) async fn commit(mut self) -> Result<()> {
        match &mut *self.lease {
            Lease::Pooled(connection) => connection.commit().await?,
            Lease::Pinned { line, session: _ } => line.commit().await?,
        }
        self.ended = true;
        Ok(())
    }

    pub(super) async fn roll_back(mut self) -> Result<()> {
        match &mut *self.lease {
            Lease::Pooled(connection) => connection.rollback().await?,
            Lease::Pinned { line, session: _ } => {
                let level = line.level;
                line.roll_back(level).await?;
            }
        }
        self.ended = true;
        Ok(())
    }
}

impl Drop for Within<'_, '_> {
    fn drop(&mut self) {
        match &*self.lease {
            // Whoever takes it out of the pool next finds it clean.
            Lease::Pooled(_) => {}
            Lease::Pinned { line, session } if !self.ended => session.abandon(line.level),
            Lease::Pinned { line: _, session: _ } => {}
        }
    }
}

/// A stream of rows lives.
pub(super) struct Streaming<'a>(&'a AtomicBool);

impl Drop for Streaming<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}
