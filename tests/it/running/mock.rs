//! A server in memory that keeps what `write <number>` says, knows transactions and savepoints as PostgreSQL does,
//! records every call, and fails, waits or hangs where a test wants it to.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard};

use futures_util::StreamExt;
use kysera::dialect::{self, Spec};
use kysera::driver::{
    BoxFuture, BoxStream, ColumnInfo, Connection, Driver, Outcome, PoolStatus, Query, Rows, TransactionOptions,
};
use kysera::error::{DatabaseError, DatabaseErrorKind};
use kysera::{Error, Result, Value};

use crate::support::Random;

/// The server; a clone is the same one.
#[derive(Clone, Debug, Default)]
pub struct Mock(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    log: Vec<String>,
    opened: usize,
    taken: usize,
    closed: bool,
    stored: BTreeSet<u64>,
    failing: Vec<&'static str>,
    hanging: Vec<&'static str>,
    random: Option<Random>,
}

impl Mock {
    pub fn new() -> Self {
        Self::default()
    }

    /// A server that takes its time, and now and then refuses what it is asked.
    pub fn random(seed: u64) -> Self {
        let mock = Self::new();
        mock.state().random = Some(Random::new(seed));
        mock
    }

    /// Every call that starts with `call` fails.
    pub fn fail(self, call: &'static str) -> Self {
        self.state().failing.push(call);
        self
    }

    /// Every call that starts with `call` has its effect, and never answers.
    pub fn hang(self, call: &'static str) -> Self {
        self.state().hanging.push(call);
        self
    }

    /// The calls since the last time, as in `1 begin`: the number of the connection, and what it was asked.
    pub fn log(&self) -> Vec<String> {
        std::mem::take(&mut self.state().log)
    }

    /// What was written and committed.
    pub fn stored(&self) -> BTreeSet<u64> {
        self.state().stored.clone()
    }

    /// How many connections are out of the pool.
    pub fn taken(&self) -> usize {
        self.state().taken
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    fn open(&self, call: &str) -> Result<Box<dyn Connection>> {
        let mut state = self.state();
        if state.closed {
            return Err(Error::closed("the pool is closed"));
        }
        state.opened += 1;
        state.taken += 1;
        let number = state.opened;
        state.log.push(format!("{number} {call}"));
        Ok(Box::new(MockConnection { server: self.clone(), number, transaction: None }))
    }
}

impl Driver for Mock {
    fn spec(&self) -> &Spec {
        &dialect::POSTGRES
    }

    fn acquire(&self) -> BoxFuture<'_, Result<Box<dyn Connection>>> {
        Box::pin(async { self.open("acquire") })
    }

    fn acquire_reader(&self) -> BoxFuture<'_, Result<Box<dyn Connection>>> {
        Box::pin(async { self.open("acquire_reader") })
    }

    fn close(&self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async {
            self.state().closed = true;
            Ok(())
        })
    }

    fn status(&self) -> PoolStatus {
        let state = self.state();
        PoolStatus::new(state.taken, 0, 10)
    }
}

struct MockConnection {
    server: Mock,
    number: usize,
    /// What was written since `begin`, with the savepoints among it.
    transaction: Option<Vec<Entry>>,
}

enum Entry {
    Write(u64),
    Savepoint(usize),
}

impl Drop for MockConnection {
    fn drop(&mut self) {
        let mut state = self.server.state();
        state.taken -= 1;
        let in_transaction = if self.transaction.is_some() { " in a transaction" } else { "" };
        state.log.push(format!("{} drop{in_transaction}", self.number));
    }
}

impl MockConnection {
    /// Answers a call: records it, waits, has its effect, waits again.
    async fn call<T>(&mut self, call: String, effect: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let (hangs, fails, before, after) = {
            let mut state = self.server.state();
            state.log.push(format!("{} {call}", self.number));
            let hangs = state.hanging.iter().any(|it| call.starts_with(it));
            let fails = state.failing.iter().any(|it| call.starts_with(it));
            match &mut state.random {
                Some(random) => (hangs, fails || random.below(12) == 0, random.below(3), random.below(3)),
                None => (hangs, fails, 0, 0),
            }
        };
        for _ in 0..before {
            tokio::task::yield_now().await;
        }
        if fails {
            return Err(refusal(&call));
        }
        let outcome = effect(self);
        for _ in 0..after {
            tokio::task::yield_now().await;
        }
        if hangs {
            std::future::pending::<()>().await;
        }
        outcome
    }

    fn run(&mut self, sql: &str) -> Result<()> {
        if let Some(number) = sql.strip_prefix("write ") {
            let number = number.parse().unwrap();
            match &mut self.transaction {
                Some(entries) => entries.push(Entry::Write(number)),
                None => {
                    self.server.state().stored.insert(number);
                }
            }
        }
        Ok(())
    }

    fn entries(&mut self) -> Result<&mut Vec<Entry>> {
        self.transaction.as_mut().ok_or_else(|| refusal("no transaction"))
    }

    /// The newest savepoint of that depth, as servers that let names hide each other find it.
    fn savepoint_at(&mut self, depth: usize) -> Result<usize> {
        let entries = self.entries()?;
        let at = entries.iter().rposition(|it| matches!(it, Entry::Savepoint(it) if *it == depth));
        at.ok_or_else(|| refusal("no such savepoint"))
    }
}

/// An error whose code is what was refused.
fn refusal(call: &str) -> Error {
    Error::database(DatabaseError::new(DatabaseErrorKind::Other, call, "refused"))
}

/// One row of one column.
fn one_row(number: i64) -> Rows {
    let mut rows = Rows::new(Arc::new([ColumnInfo::new("number")]));
    rows.push(Value::I64(number));
    rows
}

fn described(call: &str, Query { sql, params }: Query<'_>) -> String {
    if params.is_empty() { format!("{call} {sql}") } else { format!("{call} {sql} {params:?}") }
}

impl Connection for MockConnection {
    fn fetch<'a>(&'a mut self, query: Query<'a>) -> BoxFuture<'a, Result<Rows>> {
        Box::pin(self.call(described("fetch", query), |it| {
            it.run(query.sql)?;
            Ok(one_row(1))
        }))
    }

    fn stream<'a>(&'a mut self, query: Query<'a>) -> BoxStream<'a, Result<Rows>> {
        let batches = futures_util::stream::unfold((self, 0), move |(it, at)| async move {
            match at {
                3 => None,
                0 => Some((it.call(described("stream", query), |_| Ok(one_row(0))).await, (it, 1))),
                _ => Some((it.call(format!("batch {at}"), |_| Ok(one_row(at))).await, (it, at + 1))),
            }
        });
        batches.boxed()
    }

    fn execute<'a>(&'a mut self, query: Query<'a>) -> BoxFuture<'a, Result<Outcome>> {
        Box::pin(self.call(described("execute", query), |it| {
            it.run(query.sql)?;
            Ok(Outcome::new(1, None))
        }))
    }

    fn prepare<'a>(&'a mut self, sql: &'a str) -> BoxFuture<'a, Result<()>> {
        Box::pin(self.call(format!("prepare {sql}"), |_| Ok(())))
    }

    fn batch<'a>(&'a mut self, sql: &'a str) -> BoxFuture<'a, Result<()>> {
        Box::pin(self.call(format!("batch {sql}"), |it| it.run(sql)))
    }

    fn begin<'a>(&'a mut self, options: &'a TransactionOptions) -> BoxFuture<'a, Result<()>> {
        let isolation = options.isolation.map(|it| format!(" {}", it.sql())).unwrap_or_default();
        let read_only = if options.read_only { " read only" } else { "" };
        Box::pin(self.call(format!("begin{isolation}{read_only}"), |it| {
            if it.transaction.is_some() {
                return Err(refusal("begin within a transaction"));
            }
            it.transaction = Some(Vec::new());
            Ok(())
        }))
    }

    fn commit(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(self.call("commit".into(), |it| {
            it.entries()?;
            let writes = it.transaction.take().into_iter().flatten();
            it.server.state().stored.extend(writes.filter_map(|it| match it {
                Entry::Write(number) => Some(number),
                Entry::Savepoint(_) => None,
            }));
            Ok(())
        }))
    }

    fn rollback(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(self.call("rollback".into(), |it| {
            it.entries()?;
            it.transaction = None;
            Ok(())
        }))
    }

    fn savepoint(&mut self, depth: usize) -> BoxFuture<'_, Result<()>> {
        Box::pin(self.call(format!("savepoint {depth}"), move |it| {
            it.entries()?.push(Entry::Savepoint(depth));
            Ok(())
        }))
    }

    fn release_savepoint(&mut self, depth: usize) -> BoxFuture<'_, Result<()>> {
        Box::pin(self.call(format!("release {depth}"), move |it| {
            let at = it.savepoint_at(depth)?;
            let after = it.entries()?.split_off(at);
            it.entries()?.extend(after.into_iter().filter(|it| matches!(it, Entry::Write(_))));
            Ok(())
        }))
    }

    fn rollback_to_savepoint(&mut self, depth: usize) -> BoxFuture<'_, Result<()>> {
        Box::pin(self.call(format!("rollback to {depth}"), move |it| {
            let at = it.savepoint_at(depth)?;
            it.entries()?.truncate(at);
            Ok(())
        }))
    }
}
