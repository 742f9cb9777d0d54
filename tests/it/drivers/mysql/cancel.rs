//! What is dropped half-way leaves nothing behind.

use std::pin::pin;
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use kysera::driver::{Driver, Query, TransactionOptions};
use kysera::types::SqlType;
use kysera::value::Value;
use tokio::time::timeout;

use super::{Boxed, MEMORY, execute, fresh, int, servers, value};

/// Statements of other connections of this pool's user that still run.
async fn still_running(connection: &mut Boxed, marker: &str) -> i64 {
    let sql = "select count(*) from information_schema.processlist where info like ? and id <> connection_id()";
    i64::from_value(value(connection, sql, &[format!("%{marker}%").as_str().into()]).await.unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelled_statements_leave_nothing_behind() {
    for driver in servers(4).await {
        let driver = std::sync::Arc::new(driver);
        let mut connection = driver.acquire().await.unwrap();
        fresh(&mut connection, "cancelled").await;
        execute(&mut connection, "insert into cancelled values (1, 0)", &[]).await.unwrap();
        drop(connection);
        let started = Instant::now();
        let tasks: Vec<_> = (0..200_u64)
            .map(|n| {
                let driver = std::sync::Arc::clone(&driver);
                tokio::spawn(async move {
                    let mut connection = driver.acquire().await.unwrap();
                    if n % 4 == 0 {
                        connection.begin(&TransactionOptions::default()).await.unwrap();
                        execute(&mut connection, "update cancelled set n = n + 1 where id = 1", &[]).await.unwrap();
                    }
                    let sleep = Query { sql: "select sleep(?)", params: &[Value::I64(100)] };
                    let limit = Duration::from_micros(n * 97 % 20_000);
                    assert!(timeout(limit, connection.fetch(sleep)).await.is_err());
                    if n % 3 == 0 {
                        // The same connection goes on, within its transaction.
                        let found = int(&mut connection, &format!("select {n}")).await;
                        assert_eq!(found, n as i64);
                        assert_eq!(int(&mut connection, "select count(*) from cancelled").await, 1);
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        assert!(driver.status().size <= 4, "{:?}", driver.status());
        // Short statements, cut at any moment.
        for n in 0..200_u64 {
            let mut connection = driver.acquire().await.unwrap();
            let params = [Value::I64(n as i64)];
            let query = Query { sql: "select ?, repeat('x', 100000)", params: &params };
            let _ = timeout(Duration::from_micros(n * 7), connection.fetch(query)).await;
            drop(connection);
            let mut connection = driver.acquire().await.unwrap();
            assert_eq!(int(&mut connection, &format!("select {n}")).await, n as i64, "no answer of another question");
        }
        let mut connection = driver.acquire().await.unwrap();
        assert_eq!(still_running(&mut connection, "select sleep").await, 0);
        assert_eq!(int(&mut connection, "select n from cancelled").await, 0);
        assert!(started.elapsed() < Duration::from_secs(60), "{:?}", started.elapsed());
        assert!(driver.status().size <= 4, "{:?}", driver.status());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_statement_stops_on_the_server() {
    for driver in servers(2).await {
        let mut connection = driver.acquire().await.unwrap();
        let mut other = driver.acquire().await.unwrap();
        let query = Query { sql: "select sleep(60), 'marked_one'", params: &[] };
        assert!(timeout(Duration::from_millis(100), connection.fetch(query)).await.is_err());
        assert_eq!(still_running(&mut other, "marked_one").await, 1);
        drop(connection);
        let started = Instant::now();
        while still_running(&mut other, "marked_one").await > 0 {
            assert!(started.elapsed() < Duration::from_secs(3), "it runs on");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        drop(other);
        // An acquire that is given up takes nothing along.
        let one = driver.acquire().await.unwrap();
        let two = driver.acquire().await.unwrap();
        for _ in 0..20 {
            assert!(timeout(Duration::from_millis(1), driver.acquire()).await.is_err());
        }
        drop((one, two));
        let _both = (driver.acquire().await.unwrap(), driver.acquire().await.unwrap());
        assert_eq!(driver.status().size, 2);
    }
}

/// Memory of this process that is in use, in bytes.
fn memory() -> usize {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
    statm.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4096
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_holds_few_rows_and_may_end_early() {
    let _memory = MEMORY.lock().await;
    for driver in servers(2).await {
        let mut connection = driver.acquire().await.unwrap();
        let sql = "with recursive seq as (select 1 as n union all select n + 1 from seq where n < ?) \
                   select n, concat('row ', n, repeat('.', 50)) as padded from seq";
        let setting =
            if driver.spec().name == "MariaDB" { "max_recursive_iterations" } else { "cte_max_recursion_depth" };
        execute(&mut connection, &format!("set {setting} = 10000000"), &[]).await.unwrap();
        let params = [Value::I64(1_000_000)];
        let before = memory();
        let (mut count, mut sum, mut most) = (0_u64, 0_i64, 0);
        {
            let mut stream = connection.stream(Query { sql, params: &params });
            while let Some(batch) = stream.next().await {
                let mut batch = batch.unwrap();
                assert!(batch.len() <= 256);
                for row in batch.iter_mut() {
                    count += 1;
                    sum += i64::from_value(row.values()[0].clone()).unwrap();
                }
                most = most.max(memory());
            }
        }
        assert_eq!((count, sum), (1_000_000, 500_000_500_000));
        // All rows at once are more than 150 MB; other tests run beside this one.
        assert!(most.saturating_sub(before) < 48 << 20, "{} bytes", most - before);
        // Early drops, at once, after a batch, and within a transaction that goes on.
        connection.begin(&TransactionOptions::default()).await.unwrap();
        for batches in [0, 1, 3] {
            let started = Instant::now();
            {
                let mut stream = connection.stream(Query { sql, params: &params });
                for _ in 0..batches {
                    assert_eq!(stream.next().await.unwrap().unwrap().len(), 256);
                }
                if batches == 0 {
                    let first = pin!(stream.next());
                    let _ = timeout(Duration::from_micros(1), first).await;
                }
            }
            assert_eq!(int(&mut connection, "select 7").await, 7);
            assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
        }
        connection.commit().await.unwrap();
        // Few rows, none, no result, and an error.
        let few = [Value::I64(3)];
        let batches: Vec<_> = connection.stream(Query { sql, params: &few }).collect().await;
        assert_eq!(batches.len(), 1);
        assert_eq!(connection.stream(Query { sql: "select 1 from dual where false", params: &[] }).count().await, 0);
        assert_eq!(connection.stream(Query { sql: "do 1", params: &[] }).count().await, 0);
        let errors: Vec<_> = connection.stream(Query { sql: "select from", params: &[] }).collect().await;
        assert!(errors.len() == 1 && errors[0].is_err());
        let exact = [Value::I64(512)];
        let batches: Vec<_> = connection.stream(Query { sql, params: &exact }).collect().await;
        assert_eq!(batches.into_iter().map(|it| it.unwrap().len()).collect::<Vec<_>>(), [256, 256]);
    }
}
