//! One connection taken out of the pool.

use std::mem;
use std::sync::Arc;

use futures_util::stream;
use tokio::sync::OwnedSemaphorePermit;

use super::interrupt::UNSTOPPABLE;
use super::pool::{Pool, Role};
use super::session::{Session, Within};
use super::worker::{Worker, owned};
use crate::driver::{BoxFuture, BoxStream, Connection, Outcome, Query, Rows, TransactionOptions};
use crate::error::{Error, Result};

/// A connection: on a thread of its own, or here.
#[derive(Debug)]
pub(super) enum Link {
    Worker(Worker),
    Inline(Box<Session>),
}

impl Link {
    async fn run<T: Send + 'static>(
        &mut self,
        within: Within,
        work: impl FnOnce(&mut Session) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        match self {
            Self::Worker(worker) => worker.run(within, work).await,
            Self::Inline(session) => session.perform(UNSTOPPABLE, within, work),
        }
    }
}

/// A connection in use, which goes back to the pool when it is dropped.
#[derive(Debug)]
pub(super) struct Lent {
    /// `None` only within the drop.
    link: Option<Link>,
    within: Within,
    home: Option<Home>,
}

/// Where a connection goes back to.
#[derive(Debug)]
struct Home {
    pool: Arc<Pool>,
    role: Role,
    /// Lets the next one in when it is dropped: after the connection is back.
    permit: OwnedSemaphorePermit,
}

impl Home {
    fn welcome(self, link: Link) {
        let Self { pool, role, permit } = self;
        pool.put(role, link);
        drop(permit);
    }
}

impl Lent {
    pub(super) fn new(link: Link, pool: Arc<Pool>, role: Role, permit: OwnedSemaphorePermit) -> Self {
        Self { link: Some(link), within: Within::Nothing, home: Some(Home { pool, role, permit }) }
    }

    fn link(&mut self) -> Result<&mut Link> {
        self.link.as_mut().ok_or_else(|| Error::closed("the connection is closed"))
    }

    async fn run<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(&mut Session) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let within = self.within;
        self.link()?.run(within, work).await
    }

    /// Runs a query: as it is where that can be, or a copy of it on the connection's thread.
    async fn query<T: Send + 'static>(
        &mut self,
        query: Query<'_>,
        work: fn(&mut Session, Query<'_>) -> Result<T>,
    ) -> Result<T> {
        let within = self.within;
        match self.link()? {
            Link::Inline(session) => session.perform(UNSTOPPABLE, within, |session| work(session, query)),
            Link::Worker(worker) => {
                let (sql, params) = owned(query);
                worker.run(within, move |session| work(session, Query { sql: &sql, params: &params })).await
            }
        }
    }
}

/// A connection that cannot be cleaned is closed, and its place in the pool is free for another.
impl Drop for Lent {
    fn drop(&mut self) {
        match (self.link.take(), self.home.take()) {
            (Some(Link::Inline(mut session)), Some(home)) => {
                if session.clean().is_ok() {
                    home.welcome(Link::Inline(session));
                }
            }
            (Some(Link::Worker(worker)), Some(home)) => worker.send_off(move |session, worker| {
                if session.clean().is_ok() {
                    home.welcome(Link::Worker(worker));
                }
            }),
            (None, _) | (_, None) => {}
        }
    }
}

impl Connection for Lent {
    fn fetch<'a>(&'a mut self, query: Query<'a>) -> BoxFuture<'a, Result<Rows>> {
        Box::pin(self.query(query, Session::fetch))
    }

    fn stream<'a>(&'a mut self, query: Query<'a>) -> BoxStream<'a, Result<Rows>> {
        let within = self.within;
        match self.link() {
            Ok(Link::Worker(worker)) => Box::pin(worker.stream(within, query)),
            // A statement cannot be kept from one poll to the next, so all rows are read at once.
            Ok(Link::Inline(session)) => {
                Box::pin(stream::once(
                    async move { session.perform(UNSTOPPABLE, within, |session| session.fetch(query)) },
                ))
            }
            Err(error) => Box::pin(stream::iter([Err(error)])),
        }
    }

    fn execute<'a>(&'a mut self, query: Query<'a>) -> BoxFuture<'a, Result<Outcome>> {
        Box::pin(self.query(query, Session::execute))
    }

    fn prepare<'a>(&'a mut self, sql: &'a str) -> BoxFuture<'a, Result<()>> {
        Box::pin(self.query(Query { sql, params: &[] }, |session, query| session.prepare(query.sql)))
    }

    fn batch<'a>(&'a mut self, sql: &'a str) -> BoxFuture<'a, Result<()>> {
        Box::pin(self.query(Query { sql, params: &[] }, |session, query| session.batch(query.sql)))
    }

    fn begin<'a>(&'a mut self, options: &'a TransactionOptions) -> BoxFuture<'a, Result<()>> {
        let options = *options;
        Box::pin(async move {
            self.run(move |session| session.begin(options)).await?;
            self.within = Within::Transaction;
            Ok(())
        })
    }

    fn commit(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move {
            // Whatever comes of it, the transaction is over, also where nobody waits for the answer.
            let within = mem::replace(&mut self.within, Within::Nothing);
            self.link()?.run(within, Session::commit).await
        })
    }

    fn rollback(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move {
            // It does not matter whether there still is a transaction, so none is demanded.
            self.within = Within::Nothing;
            self.run(Session::rollback).await
        })
    }

    fn savepoint(&mut self, depth: usize) -> BoxFuture<'_, Result<()>> {
        Box::pin(self.run(move |session| session.savepoint(depth)))
    }

    fn release_savepoint(&mut self, depth: usize) -> BoxFuture<'_, Result<()>> {
        Box::pin(self.run(move |session| session.release_savepoint(depth)))
    }

    fn rollback_to_savepoint(&mut self, depth: usize) -> BoxFuture<'_, Result<()>> {
        Box::pin(self.run(move |session| session.rollback_to_savepoint(depth)))
    }
}
