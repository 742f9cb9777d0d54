//! Futures that are dropped in the middle.

use std::time::{Duration, Instant};

use kysera::Value;
use kysera::driver::postgres::Postgres;
use kysera::driver::{ConnectOptions, Driver, TransactionOptions};
use tokio::time::timeout;

use super::{fetch, on_both, one, outside, pid, query, run, scalar};

on_both!(
    a_statement_that_was_given_up_is_cancelled,
    a_short_statement_that_was_given_up_costs_no_connection,
    a_transaction_with_a_statement_given_up_is_not_stored,
    a_savepoint_undoes_a_statement_given_up,
    a_cancellation_hits_nothing_else,
    two_hundred_cancellations_under_load,
);

async fn a_statement_that_was_given_up_is_cancelled(url: String) {
    let driver = one(&url).await;
    let mut connection = driver.acquire().await.unwrap();
    let before = pid(&mut *connection).await;
    let start = Instant::now();
    let sleep = fetch(&mut *connection, "select pg_sleep(60)", &[]);
    assert!(timeout(Duration::from_millis(50), sleep).await.is_err());
    drop(connection);
    let mut connection = driver.acquire().await.unwrap();
    assert!(start.elapsed() < Duration::from_secs(3), "it took {:?}", start.elapsed());
    assert!(pid(&mut *connection).await == before);
    // Used again by the same user.
    let sleep = fetch(&mut *connection, "select pg_sleep(60)", &[]);
    assert!(timeout(Duration::from_millis(50), sleep).await.is_err());
    let start = Instant::now();
    assert!(scalar(&mut *connection, "select 2").await == Value::I32(2));
    assert!(start.elapsed() < Duration::from_secs(3), "it took {:?}", start.elapsed());
}

async fn a_short_statement_that_was_given_up_costs_no_connection(url: String) {
    let driver = one(&url).await;
    let mut connection = driver.acquire().await.unwrap();
    let before = pid(&mut *connection).await;
    let sleep = fetch(&mut *connection, "select pg_sleep(0.04)", &[]);
    assert!(timeout(Duration::from_millis(20), sleep).await.is_err());
    drop(connection);
    let mut connection = driver.acquire().await.unwrap();
    assert!(pid(&mut *connection).await == before);
}

async fn a_transaction_with_a_statement_given_up_is_not_stored(url: String) {
    let driver = one(&url).await;
    let mut connection = driver.acquire().await.unwrap();
    run(&mut *connection, "drop table if exists pg_given_up; create table pg_given_up (id int4)").await;
    // Once it ends by itself before anybody looks, and once it has to be cancelled.
    for sleep in ["0.2", "30"] {
        connection.begin(&TransactionOptions::default()).await.unwrap();
        connection.execute(query("insert into pg_given_up values (1)", &[])).await.unwrap();
        let sql = format!("insert into pg_given_up select 2 from pg_sleep({sleep})");
        assert!(timeout(Duration::from_millis(10), connection.execute(query(&sql, &[]))).await.is_err());
        tokio::time::sleep(Duration::from_millis(400)).await;
        let error = fetch(&mut *connection, "select 1", &[]).await.unwrap_err();
        assert_eq!(error.as_database().unwrap().code(), "25P02");
        assert!(connection.commit().await.unwrap_err().is_closed());
        assert!(scalar(&mut *connection, "select count(*) from pg_given_up").await == Value::I64(0));
    }
    // Also where the commit comes right after.
    connection.begin(&TransactionOptions::default()).await.unwrap();
    let sql = "insert into pg_given_up select 2 from pg_sleep(0.09)";
    let start = Instant::now();
    let given_up = timeout(Duration::from_millis(10), connection.execute(query(sql, &[]))).await;
    assert!(given_up.is_err(), "{given_up:?} {:?}", start.elapsed());
    assert!(connection.commit().await.unwrap_err().is_closed());
    assert!(scalar(&mut *connection, "select count(*) from pg_given_up").await == Value::I64(0));
    // And a rollback works at once.
    connection.begin(&TransactionOptions::default()).await.unwrap();
    assert!(timeout(Duration::from_millis(10), fetch(&mut *connection, "select pg_sleep(30)", &[])).await.is_err());
    let start = Instant::now();
    connection.rollback().await.unwrap();
    assert!(start.elapsed() < Duration::from_secs(3));
    assert!(scalar(&mut *connection, "select 3").await == Value::I32(3));
}

async fn a_savepoint_undoes_a_statement_given_up(url: String) {
    let driver = one(&url).await;
    let mut connection = driver.acquire().await.unwrap();
    run(&mut *connection, "drop table if exists pg_undone; create table pg_undone (id int4)").await;
    connection.begin(&TransactionOptions::default()).await.unwrap();
    connection.execute(query("insert into pg_undone values (1)", &[])).await.unwrap();
    connection.savepoint(1).await.unwrap();
    let sql = "insert into pg_undone select 2 from pg_sleep(0.09)";
    assert!(timeout(Duration::from_millis(10), connection.execute(query(sql, &[]))).await.is_err());
    connection.rollback_to_savepoint(1).await.unwrap();
    connection.execute(query("insert into pg_undone values (3)", &[])).await.unwrap();
    connection.commit().await.unwrap();
    let ids = fetch(&mut *connection, "select id from pg_undone order by id", &[]).await.unwrap();
    assert!(ids == [Value::I32(1), Value::I32(3)]);
}

/// Two accounts whose sum never changes, moved by transactions of which 200 are dropped at a random moment, while
/// others look; nobody else's statement may fail.
async fn two_hundred_cancellations_under_load(url: String) {
    let driver = Postgres::connect(&ConnectOptions::new(&url).max_connections(4)).await.unwrap();
    let (_driver, mut look) = outside(&url).await;
    run(
        &mut *look,
        "drop table if exists pg_accounts; create table pg_accounts (id int4 primary key, sum int8);
         insert into pg_accounts values (1, 1000), (2, 1000)",
    )
    .await;
    let driver = std::sync::Arc::new(driver);
    let sql = "update pg_accounts set sum = sum + $1 where id = $2";
    let worker = |driver: std::sync::Arc<Postgres>, seed: u64| async move {
        for round in 0..50_u64 {
            let moment = Duration::from_micros((seed * 7919 + round * 104_729) % 6_000);
            let work = async {
                let mut connection = driver.acquire().await.unwrap();
                connection.begin(&TransactionOptions::default()).await.unwrap();
                connection.execute(query(sql, &[Value::I64(-1), Value::I32(1)])).await.unwrap();
                if round % 10 == 0 {
                    fetch(&mut *connection, "select pg_sleep(20)", &[]).await.unwrap();
                }
                connection.execute(query(sql, &[Value::I64(1), Value::I32(2)])).await.unwrap();
                connection.commit().await.unwrap();
            };
            let _ = timeout(moment, work).await;
        }
    };
    let workers: Vec<_> = (1..=4).map(|seed| tokio::spawn(worker(driver.clone(), seed))).collect();
    let reader = tokio::spawn({
        let driver = driver.clone();
        async move {
            for _ in 0..200 {
                let mut connection = driver.acquire().await.unwrap();
                let sum = scalar(&mut *connection, "select sum(sum)::int8 from pg_accounts").await;
                assert!(sum == Value::I64(2000));
            }
        }
    });
    for worker in workers {
        worker.await.unwrap();
    }
    reader.await.unwrap();
    // All connections come back, clean.
    let mut all = Vec::new();
    for _ in 0..4 {
        let mut connection = timeout(Duration::from_secs(10), driver.acquire()).await.unwrap().unwrap();
        assert!(
            scalar(
                &mut *connection,
                "select count(*) from pg_locks where pid = pg_backend_pid() and mode = 'RowExclusiveLock'"
            )
            .await
                == Value::I64(0)
        );
        all.push(connection);
    }
    assert_eq!(driver.status().size, 4);
    assert!(scalar(&mut *look, "select sum(sum)::int8 from pg_accounts").await == Value::I64(2000));
}

/// A request to cancel that comes late would end the next statement.
async fn a_cancellation_hits_nothing_else(url: String) {
    let driver = one(&url).await;
    let mut connection = driver.acquire().await.unwrap();
    let before = pid(&mut *connection).await;
    for _ in 0..10 {
        let sleep = fetch(&mut *connection, "select pg_sleep(60)", &[]);
        assert!(timeout(Duration::from_millis(2), sleep).await.is_err());
        drop(connection);
        connection = driver.acquire().await.unwrap();
        for _ in 0..5 {
            fetch(&mut *connection, "select pg_sleep(0.002)", &[]).await.unwrap();
        }
    }
    assert!(pid(&mut *connection).await == before);
}
