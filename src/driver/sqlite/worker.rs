//! A thread that owns a connection and does jobs on it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Weak, mpsc};
use std::thread;

use futures_util::{Stream, TryFutureExt as _, stream};
use tokio::sync::{mpsc as channel, oneshot};

use super::interrupt::{Interrupt, StopOnDrop};
use super::location::Location;
use super::pool::{Pool, Role};
use super::session::{Open, Session, Within};
use crate::driver::{Query, Rows};
use crate::error::{Error, Result};
use crate::value::Value;

/// How many batches of a stream wait for their reader before the statement waits too.
const BATCHES_AHEAD: usize = 2;

type Job = Box<dyn FnOnce(&mut Session) + Send>;

/// The handle of a thread; the thread ends when it is dropped.
#[derive(Debug)]
pub(super) struct Worker {
    jobs: mpsc::Sender<Job>,
    interrupt: Arc<Interrupt>,
    /// The number of the last job.
    last: u64,
    /// Is answered when the connection is closed.
    ended: oneshot::Receiver<()>,
}

impl Worker {
    /// Starts a thread that opens a connection.
    pub(super) async fn open(location: Location, role: Role, open: Open, pool: Weak<Pool>) -> Result<Self> {
        let target = location.describe();
        let (jobs, queue) = mpsc::channel();
        let (ready, opened) = oneshot::channel();
        let (end, ended) = oneshot::channel();
        let thread = move || {
            match Session::open(&location, role, open) {
                Ok(mut session) => {
                    let _ = ready.send(Ok(Arc::clone(session.interrupt())));
                    work(&mut session, &queue, role, &pool);
                }
                Err(error) => _ = ready.send(Err(error)),
            }
            let _ = end.send(());
        };
        thread::Builder::new()
            .name("kysera-sqlite".into())
            .spawn(thread)
            .map_err(|error| Error::connect(target, "no thread could be started", Some(error.into())))?;
        let interrupt = opened.await.unwrap_or_else(|_| Err(thread_is_gone()))?;
        Ok(Self { jobs, interrupt, last: 0, ended })
    }

    /// Does a job and waits for its answer; the job stops when the future is dropped.
    pub(super) async fn run<T: Send + 'static>(
        &mut self,
        within: Within,
        work: impl FnOnce(&mut Session) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (answer, waiting) = oneshot::channel();
        let _stop = self.start(within, work, |result| _ = answer.send(result))?;
        waiting.await.unwrap_or_else(|_| Err(thread_is_gone()))
    }

    /// Runs a query whose rows come in batches; it stops when the stream is dropped.
    pub(super) fn stream(&mut self, within: Within, query: Query<'_>) -> impl Stream<Item = Result<Rows>> {
        let (sql, params) = owned(query);
        let batches = async move {
            let (sender, receiver) = channel::channel(BATCHES_AHEAD);
            let rows = sender.clone();
            let work = move |session: &mut Session| {
                let query = Query { sql: &sql, params: &params };
                session.stream(query, |batch| rows.blocking_send(Ok(batch)).is_ok())
            };
            let end = move |result: Result<()>| {
                if let Err(error) = result {
                    let _ = sender.blocking_send(Err(error));
                }
            };
            let stop = self.start(within, work, end)?;
            Ok(stream::unfold((receiver, stop), async |(mut receiver, stop)| {
                receiver.recv().await.map(|batch| (batch, (receiver, stop)))
            }))
        };
        batches.try_flatten_stream()
    }

    /// Gives the thread a job; the guard stops it.
    fn start<T: 'static>(
        &mut self,
        within: Within,
        work: impl FnOnce(&mut Session) -> Result<T> + Send + 'static,
        answer: impl FnOnce(Result<T>) + Send + 'static,
    ) -> Result<StopOnDrop> {
        self.last += 1;
        let job = self.last;
        self.send(move |session| {
            // A statement that is left by a panic is reset like one that is left by an error.
            let result = catch_unwind(AssertUnwindSafe(|| session.perform(job, within, work)));
            answer(result.unwrap_or_else(|_| Err(Error::closed("the thread of the SQLite connection panicked"))));
        })?;
        Ok(StopOnDrop { interrupt: Arc::clone(&self.interrupt), job })
    }

    /// Gives the thread a job that nobody waits for and nobody can stop.
    pub(super) fn send(&self, job: impl FnOnce(&mut Session) + Send + 'static) -> Result<()> {
        self.jobs.send(Box::new(job)).map_err(|_| thread_is_gone())
    }

    /// Gives the thread a last job that takes the handle along; where the thread is gone, the handle is dropped.
    pub(super) fn send_off(self, job: impl FnOnce(&mut Session, Self) + Send + 'static) {
        let jobs = self.jobs.clone();
        let _ = jobs.send(Box::new(move |session: &mut Session| job(session, self)));
    }

    /// Ends the thread, and waits until the connection is closed.
    pub(super) async fn end(self) {
        drop(self.jobs);
        let _ = self.ended.await;
    }
}

/// Does jobs until the handle is dropped; a connection that reads also looks now and then whether it is still needed.
fn work(session: &mut Session, queue: &mpsc::Receiver<Job>, role: Role, pool: &Weak<Pool>) {
    loop {
        let idle_timeout = match role {
            Role::Writer => None,
            Role::Reader => pool.upgrade().map(|pool| pool.idle_timeout()),
        };
        let job = match idle_timeout {
            None => queue.recv().map_err(mpsc::RecvTimeoutError::from),
            Some(timeout) => queue.recv_timeout(timeout),
        };
        match job {
            Ok(job) => job(session),
            Err(mpsc::RecvTimeoutError::Disconnected) => return,
            Err(mpsc::RecvTimeoutError::Timeout) => {
                if let Some(pool) = pool.upgrade() {
                    pool.close_idle_readers();
                }
            }
        }
    }
}

/// A query that can be sent to another thread.
pub(super) fn owned(query: Query<'_>) -> (String, Vec<Value>) {
    (query.sql.to_owned(), query.params.to_vec())
}

fn thread_is_gone() -> Error {
    Error::closed("the thread of the SQLite connection is gone")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::driver::TransactionOptions;

    #[tokio::test]
    async fn a_panic_is_an_error_and_the_connection_lives_on() {
        let location = Location::parse("sqlite::memory:").unwrap();
        let mut worker = Worker::open(location, Role::Writer, Open::new(&Arc::default()), Weak::new()).await.unwrap();
        worker.run(Within::Nothing, |session| session.begin(TransactionOptions::default())).await.unwrap();
        let error = worker.run(Within::Transaction, |_| -> Result<()> { panic!("on purpose") }).await.unwrap_err();
        assert!(error.is_closed(), "{error}");
        worker.run(Within::Transaction, |session| session.batch("create table t (n integer)")).await.unwrap();
        worker.run(Within::Transaction, Session::commit).await.unwrap();
    }
}
