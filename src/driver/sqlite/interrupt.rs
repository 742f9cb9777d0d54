//! How a job stops that nobody waits for any more.
//!
//! SQLite's own `interrupt` does nothing where it comes just before a statement starts, and does not end the wait for
//! a lock. So each job has a number, the numbers up to the last unwanted job are remembered, and SQLite asks on its
//! way ("progress handler", "busy handler") whether to go on.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::error;
use crate::error::Result;

/// The number of a job that nobody can stop.
pub(super) const UNSTOPPABLE: u64 = u64::MAX;

/// How many instructions of SQLite's machine are run between two questions: some ten microseconds.
const INSTRUCTIONS: i32 = 1_000;

/// The longest sleep between two tries to get a lock.
const LONGEST_SLEEP: Duration = Duration::from_millis(25);

/// Which job a connection runs, and which are to be stopped.
#[derive(Debug)]
pub(super) struct Interrupt {
    running: AtomicU64,
    unwanted: AtomicU64,
    busy_timeout: Duration,
}

thread_local! {
    /// The connection that runs on this thread, and when it began to wait for a lock: a busy handler is a plain
    /// function.
    static CURRENT: RefCell<Option<(Arc<Interrupt>, Instant)>> = const { RefCell::new(None) };
}

impl Interrupt {
    pub(super) fn new(busy_timeout: Duration) -> Arc<Self> {
        Arc::new(Self { running: AtomicU64::new(UNSTOPPABLE), unwanted: AtomicU64::new(0), busy_timeout })
    }

    /// Has SQLite ask.
    pub(super) fn install(self: &Arc<Self>, connection: &mut rusqlite::Connection) -> Result<()> {
        let interrupt = Arc::clone(self);
        // Some versions of rusqlite give a result here, which tells that the connection is not theirs; it is.
        _ = connection.progress_handler(INSTRUCTIONS, Some(move || interrupt.is_unwanted()));
        connection.busy_handler(Some(wait_for_lock as fn(i32) -> bool)).map_err(error::text)
    }

    /// Starts the job of that number on this thread.
    pub(super) fn start(self: &Arc<Self>, job: u64) {
        self.running.store(job, Ordering::SeqCst);
        CURRENT.with_borrow_mut(|current| *current = Some((Arc::clone(self), Instant::now())));
    }

    /// Stops the job of that number, and those before it; one that is done already is none the worse for it.
    pub(super) fn stop(&self, job: u64) {
        self.unwanted.fetch_max(job, Ordering::SeqCst);
    }

    /// True where nobody waits for the job that runs.
    pub(super) fn is_unwanted(&self) -> bool {
        self.unwanted.load(Ordering::SeqCst) >= self.running.load(Ordering::SeqCst)
    }
}

/// Sleeps until it is time to try again to get a lock; `false` gives up.
fn wait_for_lock(tries: i32) -> bool {
    CURRENT.with_borrow_mut(|current| {
        let Some((interrupt, since)) = current else { return false };
        if tries == 0 {
            *since = Instant::now();
        }
        let left = interrupt.busy_timeout.saturating_sub(since.elapsed());
        if left.is_zero() || interrupt.is_unwanted() {
            return false;
        }
        let sleep = Duration::from_millis(1 << tries.clamp(0, 8));
        thread::sleep(sleep.min(LONGEST_SLEEP).min(left));
        true
    })
}

/// Stops a job when it is dropped.
#[derive(Debug)]
pub(super) struct StopOnDrop {
    pub(super) interrupt: Arc<Interrupt>,
    pub(super) job: u64,
}

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.interrupt.stop(self.job);
    }
}
