//! Futures and streams that are dropped before they are done, and what runs beside a slow statement.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use kysera::driver::{Driver, SqliteMode};
use tokio::time::{sleep, timeout};

use super::{Conversation, ENDLESS, File, MODES, connect, memory, millis, poll_once, sql};

const NUMBERS: &str = "with recursive n(i) as (select 1 union all select i + 1 from n limit 10000) select i from n";

#[tokio::test]
async fn a_statement_stops_with_its_future_200_times() {
    let db = memory(SqliteMode::Worker).await;
    let mut connection = db.acquire().await.unwrap();
    connection.run("create table t (n integer)").await.unwrap();
    drop(connection);
    let since = Instant::now();
    for round in 0..200 {
        let mut connection = db.acquire().await.unwrap();
        if round % 3 == 0 {
            connection.begin(&Default::default()).await.unwrap();
            connection.run("insert into t values (1)").await.unwrap();
        }
        // From "before it started" to "in the middle".
        let patience = Duration::from_micros(round % 20 * 100);
        match round % 2 {
            0 => drop(timeout(patience, connection.fetch(sql(ENDLESS))).await.unwrap_err()),
            _ => drop(timeout(patience, connection.run(ENDLESS)).await.unwrap_err()),
        }
        if round % 5 == 0 {
            // The connection itself is still good, in its transaction or not.
            assert_eq!(connection.number("select 1").await.unwrap(), 1);
        }
        drop(connection);
        assert_eq!(db.acquire().await.unwrap().number("select count(*) from t").await.unwrap(), 0);
        assert_eq!(db.status().size, 1);
    }
    assert!(since.elapsed() < Duration::from_secs(20), "{:?}", since.elapsed());
}

#[tokio::test]
async fn a_wait_for_a_lock_stops_with_its_future() {
    let file = File::new();
    let (ours, theirs) = (connect(file.options()).await, connect(file.options()).await);
    let mut holder = ours.acquire().await.unwrap();
    holder.begin(&Default::default()).await.unwrap();
    let mut waiter = theirs.acquire().await.unwrap();
    timeout(millis(50), waiter.begin(&Default::default())).await.unwrap_err();
    drop(waiter);
    let since = Instant::now();
    theirs.acquire().await.unwrap().run("select 1").await.unwrap();
    assert!(since.elapsed() < millis(1_000), "{:?}", since.elapsed());
}

#[tokio::test]
async fn a_stream_gives_all_rows_in_order() {
    for mode in MODES {
        let db = memory(mode).await;
        let mut connection = db.acquire().await.unwrap();
        let mut numbers = Vec::new();
        let mut batches = connection.stream(sql(NUMBERS));
        while let Some(batch) = batches.next().await {
            for row in batch.unwrap().iter_mut() {
                numbers.push(row.reader().read::<i64>().unwrap());
            }
        }
        assert_eq!(numbers, (1..=10_000).collect::<Vec<_>>());
        drop(batches);
        let mut batches = connection.stream(sql("select abs(-9223372036854775808)"));
        assert!(batches.next().await.unwrap().unwrap_err().as_database().is_some());
        assert!(batches.next().await.is_none());
    }
}

/// The result has no end, so it can only be read by a statement that waits for its reader.
#[tokio::test]
async fn a_stream_waits_for_its_reader_and_stops_with_it() {
    let db = memory(SqliteMode::Worker).await;
    for _ in 0..50 {
        let mut connection = db.acquire().await.unwrap();
        connection.begin(&Default::default()).await.unwrap();
        let endless =
            "with recursive n(i) as (select 1 union all select i + 1 from n) select i, zeroblob(10000) from n";
        let mut batches = connection.stream(sql(endless));
        for _ in 0..3 {
            assert_eq!(batches.next().await.unwrap().unwrap().len(), 256);
        }
        sleep(millis(1)).await;
        drop(batches);
        assert_eq!(connection.number("select 1").await.unwrap(), 1);
    }
    assert_eq!(db.status().size, 1);
}

/// With one thread for all tasks, a statement that blocked it would let nothing else run.
#[tokio::test(flavor = "current_thread")]
async fn a_slow_statement_does_not_block_the_runtime() {
    let db = Arc::new(memory(SqliteMode::Worker).await);
    let slow = tokio::spawn({
        let db = Arc::clone(&db);
        async move { db.acquire().await.unwrap().run(ENDLESS).await }
    });
    let (mut ticks, mut longest, mut last) = (0, Duration::ZERO, Instant::now());
    while ticks < 50 {
        sleep(millis(2)).await;
        longest = longest.max(last.elapsed());
        last = Instant::now();
        ticks += 1;
    }
    assert!(!slow.is_finished());
    assert!(longest < millis(500), "{longest:?}");
    slow.abort();
    assert!(slow.await.unwrap_err().is_cancelled());
    assert_eq!(db.acquire().await.unwrap().number("select 1").await.unwrap(), 1);
}

#[tokio::test]
async fn readers_do_not_wait_for_the_writer() {
    for mode in MODES {
        let file = File::new();
        let db = connect(file.options().max_connections(3).sqlite_mode(mode)).await;
        let mut writer = db.acquire().await.unwrap();
        writer.run("create table t (n integer)").await.unwrap();
        writer.begin(&Default::default()).await.unwrap();
        writer.run("insert into t values (1)").await.unwrap();
        let (mut a, mut b) = (db.acquire_reader().await.unwrap(), db.acquire_reader().await.unwrap());
        assert_eq!(a.number("select count(*) from t").await.unwrap(), 0);
        assert_eq!(b.number("select count(*) from t").await.unwrap(), 0);
        assert_eq!(a.run("insert into t values (1)").await.unwrap_err().as_database().unwrap().code(), "8");
        writer.commit().await.unwrap();
        assert_eq!(a.number("select count(*) from t").await.unwrap(), 1);
        b.begin(&Default::default()).await.unwrap();
        assert_eq!(b.number("select count(*) from t").await.unwrap(), 1);
        writer.run("insert into t values (2)").await.unwrap();
        assert_eq!(b.number("select count(*) from t").await.unwrap(), 1);
        b.commit().await.unwrap();
        assert_eq!(b.number("select count(*) from t").await.unwrap(), 2);
    }
}

#[tokio::test]
async fn inline_answers_at_the_first_poll() {
    let db = memory(SqliteMode::Inline).await;
    let mut connection = db.acquire().await.unwrap();
    assert!(poll_once(&mut connection.fetch(sql("select 1"))).is_ready());
    assert!(poll_once(&mut connection.begin(&Default::default())).is_ready());
    assert!(poll_once(&mut connection.stream(sql(NUMBERS)).next()).is_ready());
    drop(connection);
    assert!(poll_once(&mut db.acquire()).is_ready());
}
