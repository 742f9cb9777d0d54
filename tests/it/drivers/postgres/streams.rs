//! Results that are not held as a whole.

use std::time::{Duration, Instant};

use futures_util::{StreamExt, TryStreamExt};
use kysera::Value;
use kysera::driver::{Driver, TransactionOptions};

use super::{fetch, on_both, one, pid, query, run, scalar, values};

on_both!(
    a_million_rows_in_bounded_memory,
    rows_come_as_they_arrive,
    a_stream_may_be_dropped_early,
    a_transaction_goes_on_after_a_dropped_stream,
    an_error_in_the_middle_ends_the_stream,
    what_is_inserted_can_be_streamed,
);

const MILLION: &str = "select it, repeat('x', 100) from generate_series(1, 1000000) it";

/// The memory of this process, in megabytes.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|it| it.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<usize>().unwrap() / 1024
}

async fn a_million_rows_in_bounded_memory(url: String) {
    let driver = one(&url).await;
    let mut connection = driver.acquire().await.unwrap();
    let before = resident();
    let mut most = before;
    let (mut count, mut batches) = (0, 0);
    let mut stream = connection.stream(query(MILLION, &[]));
    while let Some(batch) = stream.try_next().await.unwrap() {
        if batches == 10 {
            // Who does not take rows does not get them: a reader that pauses is not flooded.
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        assert!((1..=256).contains(&batch.len()));
        count += batch.len();
        batches += 1;
        if batches % 100 == 11 {
            most = most.max(resident());
        }
    }
    drop(stream);
    assert_eq!(count, 1_000_000);
    eprintln!("{batches} batches, {} MB more than {before} MB", most - before);
    // The result is 110 MB on the wire. Other tests run in this process, so the bound is generous.
    assert!(most - before < 60, "{most} MB from {before} MB");
    assert!(scalar(&mut *connection, "select 1").await == Value::I32(1));
}

async fn rows_come_as_they_arrive(url: String) {
    let driver = one(&url).await;
    let mut connection = driver.acquire().await.unwrap();
    // The server sends what it has when its buffer of 8 kB is full.
    let sql = "select repeat('x', 10000), pg_sleep(0.5) from generate_series(1, 20)";
    let start = Instant::now();
    let mut stream = connection.stream(query(sql, &[]));
    assert!(stream.next().await.unwrap().unwrap().len() < 20);
    assert!(start.elapsed() < Duration::from_secs(8));
}

async fn a_stream_may_be_dropped_early(url: String) {
    let driver = one(&url).await;
    for sql in [MILLION, "select it from generate_series(1, 1000) it"] {
        let mut connection = driver.acquire().await.unwrap();
        let start = Instant::now();
        let mut stream = connection.stream(query(sql, &[]));
        assert!(!stream.next().await.unwrap().unwrap().is_empty());
        drop(stream);
        // Once used again by the same user, and once given back.
        assert!(scalar(&mut *connection, "select 1").await == Value::I32(1));
        let mut stream = connection.stream(query(sql, &[]));
        stream.next().await.unwrap().unwrap();
        drop(stream);
        drop(connection);
        let mut connection = driver.acquire().await.unwrap();
        assert!(scalar(&mut *connection, "select 2").await == Value::I32(2));
        assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    }
    // Never started, it is nothing.
    let mut connection = driver.acquire().await.unwrap();
    let before = pid(&mut *connection).await;
    drop(connection.stream(query("select 1", &[])));
    drop(connection);
    assert!(pid(&mut *driver.acquire().await.unwrap()).await == before);
}

async fn a_transaction_goes_on_after_a_dropped_stream(url: String) {
    let driver = one(&url).await;
    let mut connection = driver.acquire().await.unwrap();
    run(&mut *connection, "drop table if exists pg_streamed; create table pg_streamed (id int4)").await;
    connection.begin(&TransactionOptions::default()).await.unwrap();
    connection.execute(query("insert into pg_streamed values (1)", &[])).await.unwrap();
    let mut stream = connection.stream(query(MILLION, &[]));
    stream.next().await.unwrap().unwrap();
    drop(stream);
    connection.execute(query("insert into pg_streamed values (2)", &[])).await.unwrap();
    connection.commit().await.unwrap();
    assert!(scalar(&mut *connection, "select count(*) from pg_streamed").await == Value::I64(2));
    // With the connection dropped as well, it is rolled back.
    connection.begin(&TransactionOptions::default()).await.unwrap();
    connection.execute(query("insert into pg_streamed values (3)", &[])).await.unwrap();
    let mut stream = connection.stream(query(MILLION, &[]));
    stream.next().await.unwrap().unwrap();
    drop(stream);
    drop(connection);
    let mut connection = driver.acquire().await.unwrap();
    assert!(scalar(&mut *connection, "select count(*) from pg_streamed").await == Value::I64(2));
}

async fn an_error_in_the_middle_ends_the_stream(url: String) {
    let driver = one(&url).await;
    let mut connection = driver.acquire().await.unwrap();
    for (sql, code) in [
        ("select 1 / (5000 - it) from generate_series(1, 10000) it", Some("22012")),
        ("select * from pg_nowhere_at_all", Some("42P01")),
        (
            "select case it when 5000 then 'infinity' else '2000-01-01' end::date from generate_series(1, 10000) it",
            None,
        ),
    ] {
        let mut stream = connection.stream(query(sql, &[]));
        let error = loop {
            match stream.next().await.unwrap() {
                Ok(_) => {}
                Err(error) => break error,
            }
        };
        assert_eq!(error.as_database().map(|it| it.code().to_owned()).as_deref(), code, "{error}");
        assert!(stream.next().await.is_none());
        drop(stream);
        assert!(scalar(&mut *connection, "select 1").await == Value::I32(1));
    }
}

async fn what_is_inserted_can_be_streamed(url: String) {
    let driver = one(&url).await;
    let mut connection = driver.acquire().await.unwrap();
    run(&mut *connection, "drop table if exists pg_inserted; create table pg_inserted (id int4)").await;
    let params = [Value::I32(1000)];
    let sql = "insert into pg_inserted select generate_series(1, $1) returning id";
    let batches: Vec<_> = connection.stream(query(sql, &params)).try_collect().await.unwrap();
    let ids: Vec<Value> = batches.into_iter().flat_map(values).collect();
    assert!(ids == (1..=1000).map(Value::I32).collect::<Vec<_>>());
    assert_eq!(fetch(&mut *connection, "select id from pg_inserted", &[]).await.unwrap().len(), 1000);
}
