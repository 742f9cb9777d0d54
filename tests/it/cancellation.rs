//! Queries that are cancelled, transactions that are dropped half-way, closures that panic: a thousand of each, under
//! load, on every server. Afterwards the pool is as large as before, no connection carries a transaction, and nothing
//! partial is stored.

use std::future::Future;
use std::panic::resume_unwind;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::task::Poll;
use std::time::{Duration, Instant};

use kysera::ast;
use kysera::driver::PoolStatus;
use kysera::prelude::*;
use kysera::schema::create_table_for;
use tokio::time::{sleep, timeout};

use crate::support::servers::Fresh;
use crate::support::{Random, Server, on_each};

/// How many of each.
const ROUNDS: u64 = 1_000;

/// How many connections the pool has.
const CONNECTIONS: usize = 8;

/// Rows that come in twos: of each pair there are both or none.
#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "halves")]
struct Half {
    #[column(primary_key, generated)]
    id: i64,
    pair: i64,
}

/// Money that moves about and never becomes more or less.
#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "accounts")]
struct Account {
    #[column(primary_key)]
    id: i64,
    balance: i64,
}

const ACCOUNTS: i64 = 20;

#[test]
fn on_sqlite() {
    on_each(&[Server::Sqlite], everything);
}

#[test]
fn on_postgres15() {
    on_each(&[Server::Postgres15], everything);
}

#[test]
fn on_postgres18() {
    on_each(&[Server::Postgres18], everything);
}

#[test]
fn on_mysql9() {
    on_each(&[Server::Mysql9], everything);
}

#[test]
fn on_mariadb() {
    on_each(&[Server::Mariadb], everything);
}

async fn everything(fresh: &Fresh) {
    let db = Db::builder(&fresh.url).max_connections(CONNECTIONS).connect().await.unwrap();
    create_table_for::<Half>().execute(&db).await.unwrap();
    create_table_for::<Account>().execute(&db).await.unwrap();
    insert_into(accounts::table)
        .values((1..=ACCOUNTS).map(|id| NewAccount::new(id, 100_i64)).collect::<Vec<_>>())
        .execute(&db)
        .await
        .unwrap();
    let run = Arc::new(Run { db, server: fresh.server, pairs: AtomicI64::new(0), over: AtomicBool::new(false) });

    // A little more than there are connections, so that some wait for one.
    let load: Vec<_> = (0..3).map(|seed| tokio::spawn(Arc::clone(&run).work(seed))).collect();
    let mut harm = Vec::new();
    for seed in 0..2 {
        harm.push(tokio::spawn(Arc::clone(&run).cancelled_queries(seed)));
        harm.push(tokio::spawn(Arc::clone(&run).dropped_transactions(seed)));
        harm.push(tokio::spawn(Arc::clone(&run).panics(seed)));
    }
    for task in harm {
        finished(task.await);
    }
    run.over.store(true, Ordering::Relaxed);
    for task in load {
        finished(task.await);
    }
    run.nothing_is_left(fresh).await;
    run.db.close().await.unwrap();
}

/// Hands a panic on, as if the task had been awaited in place.
fn finished<T>(outcome: Result<T, tokio::task::JoinError>) -> T {
    outcome.unwrap_or_else(|error| resume_unwind(error.into_panic()))
}

/// Drops a future after it was polled so many times; `None` where it was not done by then.
async fn polled<T>(times: u64, future: impl Future<Output = T>) -> Option<T> {
    let mut future = pin!(future);
    let mut left = times;
    std::future::poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        future.as_mut().poll(context).map(Some)
    })
    .await
}

/// Drops a future at a random moment: at one of its first await points, and at the latest within three milliseconds.
async fn cut_off<T>(random: &mut Random, future: impl Future<Output = T>) -> Option<T> {
    let moment = Duration::from_micros(random.below(3_000));
    let times = if random.below(2) == 0 { 1 + random.below(20) } else { u64::MAX };
    tokio::select! {
        biased;
        () = sleep(moment) => None,
        value = polled(times, future) => value,
    }
}

struct Run {
    db: Db,
    server: Server,
    /// The number of the last pair of rows.
    pairs: AtomicI64,
    over: AtomicBool,
}

/// A part of the harm, for one of two tasks.
fn rounds(seed: u64) -> (Random, u64) {
    (Random::new(seed), ROUNDS / 2)
}

impl Run {
    fn pair(&self) -> i64 {
        self.pairs.fetch_add(1, Ordering::Relaxed)
    }

    /// What a program does meanwhile; none of it may fail or see anything partial.
    async fn work(self: Arc<Self>, seed: u64) {
        let mut random = Random::new(seed);
        let mut account = || 1 + random.below(ACCOUNTS.cast_unsigned()).cast_signed();
        while !self.over.load(Ordering::Relaxed) {
            let (from, to) = (account(), account());
            let transfer = self.db.transaction(async |trx| {
                // In the order of their keys, so that two never wait for each other.
                for (id, change) in if from < to { [(from, -1), (to, 1)] } else { [(to, 1), (from, -1)] } {
                    let one = update(accounts::table).set(accounts::balance.to(accounts::balance + change));
                    one.filter(accounts::id.eq(id)).execute(trx).await?;
                }
                Ok(())
            });
            transfer.await.unwrap();
            self.sum_is_whole().await;
        }
    }

    async fn sum_is_whole(&self) {
        let balances = select_from(accounts::table).select(accounts::balance).fetch_all(&self.db).await.unwrap();
        assert_eq!(balances.iter().sum::<i64>(), ACCOUNTS * 100);
    }

    /// A query that takes a minute.
    fn endless(&self) -> ast::Statement {
        let sql = match self.server {
            Server::Postgres15 | Server::Postgres18 => sql!("select pg_sleep(60)"),
            Server::Mysql9 | Server::Mariadb => sql!("select sleep(60)"),
            Server::Sqlite => {
                sql!("with recursive n(i) as (select 1 union all select i + 1 from n) select i from n where i < 0")
            }
        };
        sql.statement()
    }

    async fn cancelled_queries(self: Arc<Self>, seed: u64) {
        let (mut random, mut left) = rounds(seed);
        while left > 0 {
            let (pair, db) = (self.pair(), &self.db);
            let was_cut_off = match random.below(20) {
                0 => cut_off(&mut random, db.fetch(self.endless().into())).await.is_none(),
                1..10 => {
                    let both = insert_into(halves::table).values([NewHalf::new(pair), NewHalf::new(pair)]);
                    cut_off(&mut random, both.execute(db)).await.transpose().unwrap().is_none()
                }
                _ => {
                    let read = select_from(halves::table).filter(halves::pair.lt(50)).fetch_all(db);
                    cut_off(&mut random, read).await.transpose().unwrap().is_none()
                }
            };
            left -= u64::from(was_cut_off);
        }
    }

    async fn dropped_transactions(self: Arc<Self>, seed: u64) {
        let (mut random, mut left) = rounds(seed);
        while left > 0 {
            let pair = self.pair();
            let (is_nested, is_endless) = (random.below(3) == 0, random.below(40) == 0);
            let has_begun = AtomicBool::new(false);
            let transaction = self.db.transaction(async |trx| {
                has_begun.store(true, Ordering::Relaxed);
                insert_into(halves::table).values(NewHalf::new(pair)).execute(trx).await?;
                if is_endless {
                    trx.fetch(self.endless().into()).await?;
                }
                if is_nested {
                    let within = async |trx: &Transaction<'_>| {
                        insert_into(halves::table).values(NewHalf::new(pair)).execute(trx).await
                    };
                    trx.transaction(within).await?;
                } else {
                    insert_into(halves::table).values(NewHalf::new(pair)).execute(trx).await?;
                }
                Ok(())
            });
            match cut_off(&mut random, transaction).await {
                // What was dropped while it waited for a connection does not count.
                None => left -= u64::from(has_begun.load(Ordering::Relaxed)),
                Some(outcome) => outcome.unwrap(),
            }
        }
    }

    async fn panics(self: Arc<Self>, seed: u64) {
        let (mut random, left) = rounds(seed);
        for _ in 0..left {
            let (this, pair, is_nested) = (Arc::clone(&self), self.pair(), random.below(3) == 0);
            let task = tokio::spawn(async move {
                let transaction = this.db.transaction(async |trx| {
                    insert_into(halves::table).values(NewHalf::new(pair)).execute(trx).await?;
                    if is_nested { trx.transaction(async |_| on_purpose()).await } else { on_purpose() }
                });
                transaction.await
            });
            assert!(task.await.unwrap_err().is_panic());
        }
    }

    async fn nothing_is_left(&self, fresh: &Fresh) {
        let db = &self.db;
        // Connections that are cleaned are back within moments.
        let since = Instant::now();
        loop {
            let status = db.status();
            assert!(status.size <= CONNECTIONS && status.max == CONNECTIONS, "{status:?}");
            if status.idle == status.size {
                break;
            }
            assert!(since.elapsed() < Duration::from_secs(10), "not all connections have come back: {status:?}");
            sleep(Duration::from_millis(5)).await;
        }
        no_transaction_is_open(fresh).await;

        // All are to be had at once, and each of them answers and is in no transaction: others see at once what it
        // has written.
        let mut all = Vec::new();
        for number in 0..CONNECTIONS {
            // On SQLite one connection writes, and the others read.
            let reads = self.server == Server::Sqlite && number > 0;
            let taken = async {
                match reads {
                    true => db.build_transaction().read_only().begin().await.map(Held::Reads),
                    false => db.acquire().await.map(Held::Writes),
                }
            };
            let taken = timeout(Duration::from_secs(10), taken).await.expect("a connection");
            all.push(taken.unwrap());
        }
        assert_eq!(db.status(), PoolStatus::new(CONNECTIONS, 0, CONNECTIONS));
        for held in &all {
            match held {
                Held::Writes(connection) => {
                    let pair = self.pair();
                    let both = [NewHalf::new(pair), NewHalf::new(pair)];
                    insert_into(halves::table).values(both).execute(connection).await.unwrap();
                    let seen = select_from(halves::table).filter(halves::pair.eq(pair)).fetch_all(&fresh.db).await;
                    assert_eq!(seen.unwrap().len(), 2);
                }
                Held::Reads(trx) => assert_eq!(select_from(accounts::table).fetch_all(trx).await.unwrap().len(), 20),
            }
        }
        drop(all);
        self.sum_is_whole().await;

        let by_pair = select_from(halves::table).group_by(halves::pair).select((halves::pair, count_all()));
        let pairs = by_pair.fetch_all(db).await.unwrap();
        assert!(pairs.len() > CONNECTIONS, "no transaction was committed");
        for (pair, count) in pairs {
            assert_eq!(count, 2, "pair {pair} is partial");
        }
    }
}

/// A panic, without the words on the screen that a thousand of them would make.
fn on_purpose() -> Result<()> {
    resume_unwind(Box::new("on purpose"))
}

enum Held {
    Writes(Connection),
    Reads(Transaction<'static>),
}

/// What another connection sees of those of the pool.
async fn no_transaction_is_open(fresh: &Fresh) {
    let open = match fresh.server {
        // A write waits for any other that is open.
        Server::Sqlite => {
            let write = update(accounts::table).set(accounts::balance.to(accounts::balance)).all_rows();
            timeout(Duration::from_secs(1), write.execute(&fresh.db)).await.expect("a lock").unwrap();
            return;
        }
        Server::Postgres15 | Server::Postgres18 => sql!(
            "select count(*) as n from pg_stat_activity \
             where application_name = current_setting('application_name') and pid <> pg_backend_pid() \
             and (state <> 'idle' or xact_start is not null)"
        ),
        Server::Mysql9 | Server::Mariadb => sql!(
            "select count(*) as n from information_schema.innodb_trx \
             where trx_mysql_thread_id in (select id from information_schema.processlist where db = database())"
        ),
    };
    // The servers of the MySQL family refresh this table ten times a second only.
    sleep(Duration::from_millis(200)).await;
    let counts = open.fetch_all_as::<Count>(&fresh.db).await.unwrap();
    assert_eq!(counts, [Count { n: 0 }]);
}

#[derive(Debug, PartialEq, FromRow)]
struct Count {
    n: i64,
}
