//! One connection that writes and several that read, and who has them.

use std::mem;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time;

use super::link::{Lent, Link};
use super::location::{Location, Mode};
use super::session::{Open, Session};
use super::worker::Worker;
use crate::driver::{ConnectOptions, Connection, PoolStatus, SqliteMode};
use crate::error::{Error, Result};

/// What a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Reads and writes; there is one.
    Writer,
    /// Reads only.
    Reader,
}

/// The connections of a database.
///
/// A permit stands for a connection that may be in use, and comes back after the connection did: who has a permit finds
/// an idle connection, or opens one that does not exist yet.
#[derive(Debug)]
pub(super) struct Pool {
    location: Location,
    mode: SqliteMode,
    idle_timeout: Duration,
    acquire_timeout: Duration,
    writers: Permits,
    readers: Permits,
    open: Arc<AtomicUsize>,
    closed: AtomicBool,
    idle: Mutex<Idle>,
}

/// As many permits as there may be connections.
#[derive(Debug)]
struct Permits {
    semaphore: Arc<Semaphore>,
    max: usize,
}

impl Permits {
    fn new(max: usize) -> Self {
        Self { semaphore: Arc::new(Semaphore::new(max)), max }
    }
}

/// The connections that nobody uses.
#[derive(Debug, Default)]
struct Idle {
    writer: Option<Link>,
    /// With the time of their last use, so the ones that are longest idle are first.
    readers: Vec<(Instant, Link)>,
}

impl Pool {
    /// Opens the first connection.
    pub(super) async fn connect(location: Location, options: &ConnectOptions) -> Result<Arc<Self>> {
        let max = options.room()?.min(Semaphore::MAX_PERMITS);
        let (writers, readers) = match (&location.file, location.mode) {
            (None, _) => (1, 0),
            (Some(_), Mode::Read) => (0, max),
            (Some(_), Mode::Write | Mode::Create) => (1, max - 1),
        };
        let pool = Arc::new(Self {
            location,
            mode: options.sqlite_mode,
            idle_timeout: options.idle_timeout,
            acquire_timeout: options.acquire_timeout,
            writers: Permits::new(writers),
            readers: Permits::new(readers),
            open: Arc::default(),
            closed: AtomicBool::new(false),
            idle: Mutex::default(),
        });
        let role = pool.role(Role::Writer);
        let first = pool.open(role).await?;
        pool.put(role, first);
        Ok(pool)
    }

    /// Waits its turn for a connection.
    pub(super) async fn acquire(self: &Arc<Self>, role: Role) -> Result<Box<dyn Connection>> {
        let role = self.role(role);
        self.not_closed()?;
        let permit = self.permit(role).await?;
        self.not_closed()?;
        let idle = self.take(role);
        let link = match idle {
            Some(link) => link,
            None if self.location.file.is_none() => {
                return Err(Error::closed("the database in memory is lost: its connection could not be cleaned"));
            }
            None => self.open(role).await?,
        };
        Ok(Box::new(Lent::new(link, Arc::clone(self), role, permit)))
    }

    async fn permit(&self, role: Role) -> Result<OwnedSemaphorePermit> {
        let semaphore = &self.permits(role).semaphore;
        // A free permit is taken without a timer; where others wait already there is none.
        if let Ok(permit) = Arc::clone(semaphore).try_acquire_owned() {
            return Ok(permit);
        }
        crate::driver::runtime()?;
        match time::timeout(self.acquire_timeout, Arc::clone(semaphore).acquire_owned()).await {
            Ok(permit) => permit.map_err(|_| closed()),
            Err(_) => Err(Error::pool_timeout(self.acquire_timeout, None)),
        }
    }

    async fn open(self: &Arc<Self>, role: Role) -> Result<Link> {
        let open = Open::new(&self.open);
        match self.mode {
            SqliteMode::Inline => Session::open(&self.location, role, open).map(Box::new).map(Link::Inline),
            SqliteMode::Worker => {
                let worker = Worker::open(self.location.clone(), role, open, Arc::downgrade(self)).await?;
                Ok(Link::Worker(worker))
            }
        }
    }

    fn not_closed(&self) -> Result<()> {
        if self.closed.load(Ordering::SeqCst) { Err(closed()) } else { Ok(()) }
    }

    fn take(&self, role: Role) -> Option<Link> {
        self.close_idle_readers();
        match role {
            Role::Writer => self.idle().writer.take(),
            Role::Reader => self.idle().readers.pop().map(|(_, link)| link),
        }
    }

    /// Takes a clean connection back.
    pub(super) fn put(&self, role: Role, link: Link) {
        match role {
            Role::Writer => self.idle().writer = Some(link),
            Role::Reader => self.idle().readers.push((Instant::now(), link)),
        }
    }

    /// Closes the connections that read and were not used for the idle timeout.
    pub(super) fn close_idle_readers(&self) {
        let mut idle = self.idle();
        let expired = idle.readers.iter().take_while(|(since, _)| since.elapsed() >= self.idle_timeout).count();
        let expired = idle.readers.drain(..expired).collect::<Vec<_>>();
        // Closing takes its time, so nobody should have to wait for the lock meanwhile.
        drop(idle);
        drop(expired);
    }

    /// Waits for all connections to come back, and closes them.
    pub(super) async fn close(&self) -> Result<()> {
        self.closed.store(true, Ordering::SeqCst);
        for Permits { semaphore, max } in [&self.readers, &self.writers] {
            // Where it is closed already, somebody else does the same.
            if let Ok(permits) = semaphore.acquire_many(u32::try_from(*max).unwrap_or(u32::MAX)).await {
                permits.forget();
                semaphore.close();
            }
        }
        let Idle { writer, readers } = mem::take(&mut *self.idle());
        // The one that writes is last, because the last one moves what is in the log to the file.
        for link in readers.into_iter().map(|(_, link)| link).chain(writer) {
            match link {
                Link::Worker(worker) => worker.end().await,
                Link::Inline(session) => drop(session),
            }
        }
        Ok(())
    }

    pub(super) fn status(&self) -> PoolStatus {
        let idle = self.idle();
        let count = idle.readers.len() + usize::from(idle.writer.is_some());
        PoolStatus::new(self.open.load(Ordering::SeqCst), count, self.writers.max + self.readers.max)
    }

    pub(super) fn idle_timeout(&self) -> Duration {
        self.idle_timeout
    }

    /// What a connection is that was asked for as `role`: there may be none that write, or none that only read.
    fn role(&self, role: Role) -> Role {
        match role {
            Role::Writer if self.writers.max == 0 => Role::Reader,
            Role::Reader if self.readers.max == 0 => Role::Writer,
            role => role,
        }
    }

    fn permits(&self, role: Role) -> &Permits {
        match role {
            Role::Writer => &self.writers,
            Role::Reader => &self.readers,
        }
    }

    fn idle(&self) -> MutexGuard<'_, Idle> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn closed() -> Error {
    Error::closed("the pool is closed")
}
