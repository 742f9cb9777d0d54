//! Transactions that are stored, and those that are not.

use kysera::Value;
use kysera::driver::{Connection, Driver, Isolation, TransactionOptions};

use super::{fetch, on_both, one, outside, pid, query, run, scalar};

on_both!(
    a_transaction_is_stored_or_not,
    a_failed_transaction_is_not_committed,
    a_commit_that_fails_is_an_error,
    savepoints_nest,
    options_reach_the_server,
    a_dropped_transaction_is_rolled_back,
);

/// A table of its own for a test, empty.
async fn table(connection: &mut dyn Connection, name: &str) {
    run(
        connection,
        &format!(
            "drop table if exists {name};
             create table {name} (id int4 primary key, other int4 references {name} deferrable initially deferred)"
        ),
    )
    .await;
}

async fn insert(connection: &mut dyn Connection, table: &str, id: i32) {
    let sql = format!("insert into {table} values ($1)");
    connection.execute(query(&sql, &[Value::I32(id)])).await.unwrap();
}

async fn ids(connection: &mut dyn Connection, table: &str) -> Vec<Value> {
    fetch(connection, &format!("select id from {table} order by id"), &[]).await.unwrap()
}

async fn a_transaction_is_stored_or_not(url: String) {
    let driver = one(&url).await;
    let mut connection = driver.acquire().await.unwrap();
    let (_other, mut outside) = outside(&url).await;
    table(&mut *connection, "pg_stored").await;
    connection.begin(&TransactionOptions::default()).await.unwrap();
    insert(&mut *connection, "pg_stored", 1).await;
    assert!(ids(&mut *outside, "pg_stored").await.is_empty());
    connection.commit().await.unwrap();
    assert!(ids(&mut *outside, "pg_stored").await == [Value::I32(1)]);
    connection.begin(&TransactionOptions::default()).await.unwrap();
    insert(&mut *connection, "pg_stored", 2).await;
    connection.rollback().await.unwrap();
    assert!(ids(&mut *connection, "pg_stored").await == [Value::I32(1)]);
}

async fn a_failed_transaction_is_not_committed(url: String) {
    let driver = one(&url).await;
    let mut connection = driver.acquire().await.unwrap();
    table(&mut *connection, "pg_failed").await;
    connection.begin(&TransactionOptions::default()).await.unwrap();
    insert(&mut *connection, "pg_failed", 1).await;
    fetch(&mut *connection, "select 1/0", &[]).await.unwrap_err();
    let error = connection.commit().await.unwrap_err();
    assert!(error.is_closed(), "{error}");
    assert_eq!(
        error.to_string(),
        "the transaction was rolled back and nothing of it is stored, since a statement in it had failed"
    );
    assert!(ids(&mut *connection, "pg_failed").await.is_empty());
    // The connection is out of the transaction, and so is the next user.
    insert(&mut *connection, "pg_failed", 2).await;
    drop(connection);
    let mut connection = driver.acquire().await.unwrap();
    assert!(ids(&mut *connection, "pg_failed").await == [Value::I32(2)]);
}

async fn a_commit_that_fails_is_an_error(url: String) {
    let driver = one(&url).await;
    let mut connection = driver.acquire().await.unwrap();
    table(&mut *connection, "pg_deferred").await;
    connection.begin(&TransactionOptions::default()).await.unwrap();
    connection.execute(query("insert into pg_deferred values (1, 9)", &[])).await.unwrap();
    let error = connection.commit().await.unwrap_err();
    assert!(error.is_foreign_key_violation(), "{error}");
    assert!(ids(&mut *connection, "pg_deferred").await.is_empty());
    insert(&mut *connection, "pg_deferred", 1).await;
    assert!(ids(&mut *connection, "pg_deferred").await == [Value::I32(1)]);
}

async fn savepoints_nest(url: String) {
    let driver = one(&url).await;
    let mut connection = driver.acquire().await.unwrap();
    table(&mut *connection, "pg_nested").await;
    connection.begin(&TransactionOptions::default()).await.unwrap();
    insert(&mut *connection, "pg_nested", 1).await;
    connection.savepoint(1).await.unwrap();
    insert(&mut *connection, "pg_nested", 2).await;
    connection.savepoint(2).await.unwrap();
    insert(&mut *connection, "pg_nested", 3).await;
    fetch(&mut *connection, "select 1/0", &[]).await.unwrap_err();
    connection.rollback_to_savepoint(2).await.unwrap();
    connection.release_savepoint(1).await.unwrap();
    connection.savepoint(1).await.unwrap();
    insert(&mut *connection, "pg_nested", 4).await;
    connection.rollback_to_savepoint(1).await.unwrap();
    // It is forgotten.
    let error = connection.release_savepoint(1).await.unwrap_err();
    assert_eq!(error.as_database().unwrap().code(), "3B001");
    assert!(connection.commit().await.is_err());

    connection.begin(&TransactionOptions::default()).await.unwrap();
    insert(&mut *connection, "pg_nested", 1).await;
    connection.savepoint(1).await.unwrap();
    insert(&mut *connection, "pg_nested", 2).await;
    connection.rollback_to_savepoint(1).await.unwrap();
    connection.commit().await.unwrap();
    assert!(ids(&mut *connection, "pg_nested").await == [Value::I32(1)]);
}

async fn options_reach_the_server(url: String) {
    let driver = one(&url).await;
    let mut connection = driver.acquire().await.unwrap();
    for (isolation, said) in [
        (None, "read committed"),
        (Some(Isolation::ReadUncommitted), "read uncommitted"),
        (Some(Isolation::ReadCommitted), "read committed"),
        (Some(Isolation::RepeatableRead), "repeatable read"),
        (Some(Isolation::Serializable), "serializable"),
    ] {
        for read_only in [false, true] {
            let mut options = TransactionOptions::default();
            options.isolation = isolation;
            options.read_only = read_only;
            connection.begin(&options).await.unwrap();
            let sql = "select current_setting('transaction_isolation'), current_setting('transaction_read_only')";
            let got = fetch(&mut *connection, sql, &[]).await.unwrap();
            assert!(got == [Value::from(said), Value::from(if read_only { "on" } else { "off" })], "{said}");
            connection.commit().await.unwrap();
        }
    }
}

async fn a_dropped_transaction_is_rolled_back(url: String) {
    let driver = one(&url).await;
    let mut connection = driver.acquire().await.unwrap();
    table(&mut *connection, "pg_dropped").await;
    drop(connection);
    let mut connection = driver.acquire().await.unwrap();
    let before = pid(&mut *connection).await;
    for failed in [false, true] {
        connection.begin(&TransactionOptions::default()).await.unwrap();
        insert(&mut *connection, "pg_dropped", 1).await;
        connection.savepoint(1).await.unwrap();
        if failed {
            fetch(&mut *connection, "select 1/0", &[]).await.unwrap_err();
        }
        drop(connection);
        connection = driver.acquire().await.unwrap();
        assert!(pid(&mut *connection).await == before);
        assert!(ids(&mut *connection, "pg_dropped").await.is_empty());
        insert(&mut *connection, "pg_dropped", 2).await;
        assert!(scalar(&mut *connection, "delete from pg_dropped returning id").await == Value::I32(2));
    }
    // Dropped where there is no runtime, it is closed.
    connection.begin(&TransactionOptions::default()).await.unwrap();
    insert(&mut *connection, "pg_dropped", 3).await;
    std::thread::spawn(move || drop(connection)).join().unwrap();
    assert_eq!(driver.status().size, 0);
    let mut connection = driver.acquire().await.unwrap();
    assert!(pid(&mut *connection).await != before);
    super::connecting::wait_until_gone(&mut *connection, before).await;
    assert!(ids(&mut *connection, "pg_dropped").await.is_empty());
}
