//! Transactions are stored or taken back, and nothing between.

use kysera::driver::{Driver, Isolation, TransactionOptions};
use kysera::error::DatabaseErrorKind;

use super::{execute, fresh, int, kind, rows, servers};

#[tokio::test(flavor = "multi_thread")]
async fn transactions_are_stored_or_taken_back() {
    for driver in servers(2).await {
        let mut connection = driver.acquire().await.unwrap();
        fresh(&mut connection, "trx").await;
        let count = "select count(*) from trx";
        let begin = TransactionOptions::default();
        connection.begin(&begin).await.unwrap();
        assert!(connection.begin(&begin).await.unwrap_err().is_invalid(), "the first one would be stored silently");
        execute(&mut connection, "insert into trx values (1, 1)", &[]).await.unwrap();
        connection.commit().await.unwrap();
        connection.begin(&begin).await.unwrap();
        execute(&mut connection, "insert into trx values (2, 1)", &[]).await.unwrap();
        connection.savepoint(1).await.unwrap();
        execute(&mut connection, "insert into trx values (3, 1)", &[]).await.unwrap();
        connection.savepoint(2).await.unwrap();
        execute(&mut connection, "insert into trx values (4, 1)", &[]).await.unwrap();
        connection.release_savepoint(2).await.unwrap();
        connection.rollback_to_savepoint(1).await.unwrap();
        assert!(connection.release_savepoint(1).await.is_err(), "it is forgotten");
        assert_eq!(int(&mut connection, count).await, 2);
        connection.rollback().await.unwrap();
        assert_eq!(int(&mut connection, count).await, 1);

        let mut read_only = TransactionOptions::default();
        read_only.read_only = true;
        connection.begin(&read_only).await.unwrap();
        let error = execute(&mut connection, "insert into trx values (9, 1)", &[]).await.unwrap_err();
        assert_eq!(error.as_database().unwrap().code(), "1792");
        connection.rollback().await.unwrap();

        // Each level is seen by what the transaction sees of a row that another one stores meanwhile.
        for (isolation, sees) in
            [(Isolation::ReadUncommitted, 2), (Isolation::ReadCommitted, 2), (Isolation::RepeatableRead, 1)]
        {
            let mut options = TransactionOptions::default();
            options.isolation = Some(isolation);
            connection.begin(&options).await.unwrap();
            assert_eq!(int(&mut connection, count).await, 1);
            let mut other = driver.acquire().await.unwrap();
            execute(&mut other, "insert into trx values (5, 1)", &[]).await.unwrap();
            assert_eq!(int(&mut connection, count).await, sees, "{isolation:?}");
            connection.commit().await.unwrap();
            execute(&mut other, "delete from trx where id = 5", &[]).await.unwrap();
        }
        // The level was for those transactions only.
        let mut other = driver.acquire().await.unwrap();
        connection.begin(&begin).await.unwrap();
        assert_eq!(int(&mut connection, count).await, 1);
        execute(&mut other, "insert into trx values (5, 1)", &[]).await.unwrap();
        assert_eq!(int(&mut connection, count).await, 1);
        connection.commit().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_that_lost_a_deadlock_stores_nothing_more() {
    for driver in servers(3).await {
        let mut one = driver.acquire().await.unwrap();
        let mut two = driver.acquire().await.unwrap();
        fresh(&mut one, "dead").await;
        execute(&mut one, "insert into dead values (1, 0), (2, 0)", &[]).await.unwrap();
        let begin = TransactionOptions::default();
        one.begin(&begin).await.unwrap();
        two.begin(&begin).await.unwrap();
        execute(&mut one, "update dead set n = 1 where id = 1", &[]).await.unwrap();
        execute(&mut two, "update dead set n = 2 where id = 2", &[]).await.unwrap();
        let (first, second) = tokio::join!(
            execute(&mut one, "update dead set n = 1 where id = 2", &[]),
            execute(&mut two, "update dead set n = 2 where id = 1", &[]),
        );
        let (mut victim, mut winner, error) = match (first, second) {
            (Err(error), Ok(_)) => (one, two, error),
            (Ok(_), Err(error)) => (two, one, error),
            other => panic!("{other:?}"),
        };
        assert_eq!(kind(&error), DatabaseErrorKind::Deadlock);
        assert!(error.is_serialization_failure());
        let error = execute(&mut victim, "insert into dead values (3, 0)", &[]).await.unwrap_err();
        assert!(error.is_serialization_failure(), "nothing is stored outside of the transaction: {error}");
        let error = victim.commit().await.unwrap_err();
        assert!(error.is_serialization_failure(), "a commit that stores nothing is an error: {error}");
        victim.rollback().await.unwrap();
        winner.commit().await.unwrap();
        assert_eq!(int(&mut victim, "select count(*) from dead").await, 2);
        // An error that leaves the transaction alone leaves it usable.
        victim.begin(&begin).await.unwrap();
        execute(&mut victim, "insert into dead values (4, 0)", &[]).await.unwrap();
        assert!(execute(&mut victim, "insert into dead values (4, 0)", &[]).await.unwrap_err().is_unique_violation());
        execute(&mut victim, "insert into dead values (5, 0)", &[]).await.unwrap();
        victim.commit().await.unwrap();
        assert_eq!(int(&mut victim, "select count(*) from dead").await, 4);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn waiting_for_a_lock_ends() {
    for driver in servers(2).await {
        let mut one = driver.acquire().await.unwrap();
        let mut two = driver.acquire().await.unwrap();
        fresh(&mut one, "locked").await;
        execute(&mut one, "insert into locked values (1, 0), (2, 0)", &[]).await.unwrap();
        let begin = TransactionOptions::default();
        one.begin(&begin).await.unwrap();
        two.begin(&begin).await.unwrap();
        execute(&mut one, "update locked set n = 1 where id = 1", &[]).await.unwrap();
        execute(&mut two, "update locked set n = 2 where id = 2", &[]).await.unwrap();
        execute(&mut two, "set innodb_lock_wait_timeout = 1", &[]).await.unwrap();
        let error = execute(&mut two, "update locked set n = 2 where id = 1", &[]).await.unwrap_err();
        assert!(error.is_lock_timeout(), "{error}");
        let nowait = "select * from locked where id = 1 for update nowait";
        assert!(rows(&mut two, nowait, &[]).await.unwrap_err().is_lock_timeout());
        // Only the statement was taken back.
        two.commit().await.unwrap();
        one.rollback().await.unwrap();
        assert_eq!(int(&mut one, "select n from locked where id = 2").await, 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stale_snapshot_on_mariadb_is_a_serialization_failure() {
    let Some(driver) = servers(2).await.into_iter().find(|it| it.spec().name == "MariaDB") else {
        return; // It was not asked for.
    };
    let mut one = driver.acquire().await.unwrap();
    let mut two = driver.acquire().await.unwrap();
    fresh(&mut one, "snapshots").await;
    execute(&mut one, "insert into snapshots values (1, 0)", &[]).await.unwrap();
    // The default from MariaDB 11.6 on.
    execute(&mut one, "set innodb_snapshot_isolation = on", &[]).await.unwrap();
    one.begin(&TransactionOptions::default()).await.unwrap();
    execute(&mut one, "insert into snapshots values (2, 0)", &[]).await.unwrap();
    assert_eq!(int(&mut one, "select n from snapshots where id = 1").await, 0);
    execute(&mut two, "update snapshots set n = 5 where id = 1", &[]).await.unwrap();
    let error = execute(&mut one, "update snapshots set n = n + 1 where id = 1", &[]).await.unwrap_err();
    assert_eq!((kind(&error), error.as_database().unwrap().code()), (DatabaseErrorKind::SerializationFailure, "1020"));
    assert!(one.commit().await.unwrap_err().is_serialization_failure(), "the server itself says that all is well");
    drop(one);
    assert_eq!(int(&mut two, "select count(*) from snapshots").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_dropped_in_a_transaction_is_rolled_back() {
    for driver in servers(1).await {
        let mut connection = driver.acquire().await.unwrap();
        fresh(&mut connection, "dropped").await;
        drop(connection);
        for begun_by_text in [false, true] {
            let mut connection = driver.acquire().await.unwrap();
            let id = int(&mut connection, "select connection_id()").await;
            if begun_by_text {
                connection.batch("start transaction").await.unwrap();
            } else {
                connection.begin(&TransactionOptions::default()).await.unwrap();
            }
            execute(&mut connection, "insert into dropped values (1, 1)", &[]).await.unwrap();
            drop(connection);
            let mut connection = driver.acquire().await.unwrap();
            assert_eq!(int(&mut connection, "select connection_id()").await, id, "the connection is used again");
            assert_eq!(int(&mut connection, "select count(*) from dropped").await, 0);
            let sql = "select count(*) from information_schema.innodb_trx where trx_mysql_thread_id = connection_id() \
                       and trx_rows_modified > 0";
            assert_eq!(int(&mut connection, sql).await, 0);
        }
    }
}
