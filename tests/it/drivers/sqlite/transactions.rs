//! Transactions, savepoints, and what is left of them.

use kysera::driver::{Connection, Driver, SqliteMode};

use super::{Conversation, ENDLESS, File, MODES, connect, memory, millis, poll_once, read_only, sql};

async fn count(connection: &mut Box<dyn Connection>) -> i64 {
    connection.number("select count(*) from t").await.unwrap()
}

#[tokio::test]
async fn what_is_committed_stays_and_what_is_rolled_back_goes() {
    for mode in MODES {
        let db = memory(mode).await;
        let mut connection = db.acquire().await.unwrap();
        connection.run("create table t (n integer)").await.unwrap();
        connection.begin(&Default::default()).await.unwrap();
        connection.run("insert into t values (1)").await.unwrap();
        connection.savepoint(1).await.unwrap();
        connection.run("insert into t values (2)").await.unwrap();
        connection.savepoint(2).await.unwrap();
        connection.run("insert into t values (3)").await.unwrap();
        connection.release_savepoint(2).await.unwrap();
        connection.rollback_to_savepoint(1).await.unwrap();
        assert_eq!(count(&mut connection).await, 1);
        connection.commit().await.unwrap();
        connection.begin(&Default::default()).await.unwrap();
        connection.run("insert into t values (4)").await.unwrap();
        connection.rollback().await.unwrap();
        assert_eq!(count(&mut connection).await, 1);
        assert!(connection.commit().await.is_err());
        connection.rollback().await.unwrap();
    }
}

#[tokio::test]
async fn a_transaction_that_is_dropped_is_rolled_back_before_the_next() {
    for mode in MODES {
        for by_hand in [false, true] {
            let db = memory(mode).await;
            db.acquire().await.unwrap().run("create table t (n integer)").await.unwrap();
            for _ in 0..20 {
                let mut connection = db.acquire().await.unwrap();
                if by_hand {
                    connection.batch("begin; savepoint x").await.unwrap();
                } else {
                    connection.begin(&Default::default()).await.unwrap();
                }
                connection.run("insert into t values (1)").await.unwrap();
                drop(connection);
                assert_eq!(count(&mut db.acquire().await.unwrap()).await, 0);
            }
        }
    }
}

#[tokio::test]
async fn a_read_only_transaction_writes_nothing_and_leaves_nothing() {
    for mode in MODES {
        let db = memory(mode).await;
        let mut connection = db.acquire().await.unwrap();
        connection.run("create table t (n integer)").await.unwrap();
        for end in 0..3 {
            connection.begin(&read_only()).await.unwrap();
            let error = connection.run("insert into t values (1)").await.unwrap_err();
            assert_eq!(error.as_database().unwrap().code(), "8", "{error}");
            match end {
                0 => connection.commit().await.unwrap(),
                1 => connection.rollback().await.unwrap(),
                _ => {
                    drop(connection);
                    connection = db.acquire().await.unwrap();
                }
            }
            assert_eq!(connection.run("insert into t values (1)").await.unwrap().rows_affected, 1);
        }
    }
}

/// SQLite rolls a whole transaction back when a statement of it that writes is stopped.
#[tokio::test]
async fn nothing_is_done_outside_of_a_transaction_that_is_lost() {
    let db = memory(SqliteMode::Worker).await;
    let mut connection = db.acquire().await.unwrap();
    connection.run("create table t (n integer)").await.unwrap();
    connection.begin(&Default::default()).await.unwrap();
    connection.run("insert into t values (1)").await.unwrap();
    let endless = format!("insert into t {ENDLESS}");
    tokio::time::timeout(millis(20), connection.run(&endless)).await.unwrap_err();
    let error = connection.run("insert into t values (2)").await.unwrap_err();
    assert!(error.is_closed(), "{error}");
    assert!(connection.fetch(sql("select 1")).await.unwrap_err().is_closed());
    assert!(connection.commit().await.unwrap_err().is_closed());
    // Now it is known, and the connection is as good as new.
    assert_eq!(count(&mut connection).await, 0);
    connection.begin(&Default::default()).await.unwrap();
    connection.run("insert into t values (3)").await.unwrap();
    connection.commit().await.unwrap();
    assert_eq!(count(&mut connection).await, 1);
}

/// Nobody got the answer of the `begin`, so nobody would commit what comes after it.
#[tokio::test]
async fn a_begin_that_nobody_waited_for_did_not_happen() {
    let db = memory(SqliteMode::Worker).await;
    let mut connection = db.acquire().await.unwrap();
    connection.run("create table t (n integer)").await.unwrap();
    for round in 0..200_u64 {
        let options = Default::default();
        tokio::select! {
            biased;
            result = connection.begin(&options) => result.unwrap(),
            () = tokio::time::sleep(std::time::Duration::from_micros(round % 50)) => {}
        }
        if round % 2 == 0 {
            let _ = connection.rollback().await;
        } else {
            drop(connection);
            connection = db.acquire().await.unwrap();
        }
        connection.run("insert into t values (1)").await.unwrap();
    }
    drop(connection);
    assert_eq!(count(&mut db.acquire().await.unwrap()).await, 200);
}

/// The answer of the `begin` is on its way when its future is dropped.
#[tokio::test]
async fn a_begin_whose_answer_was_not_read_did_not_happen() {
    let db = memory(SqliteMode::Worker).await;
    db.acquire().await.unwrap().run("create table t (n integer)").await.unwrap();
    let mut unread = 0;
    for _ in 0..50 {
        let mut connection = db.acquire().await.unwrap();
        let options = Default::default();
        let mut begin = connection.begin(&options);
        if poll_once(&mut begin).is_ready() {
            continue;
        }
        std::thread::sleep(millis(5));
        drop(begin);
        connection.run("insert into t values (1)").await.unwrap();
        drop(connection);
        unread += 1;
        assert_eq!(count(&mut db.acquire().await.unwrap()).await, unread);
    }
    assert!(unread > 0);
}

#[tokio::test]
async fn a_connection_comes_back_with_its_settings() {
    let file = File::new();
    let db = connect(file.options()).await;
    let mut connection = db.acquire().await.unwrap();
    connection.batch("pragma foreign_keys = off").await.unwrap();
    assert_eq!(connection.number("pragma foreign_keys").await.unwrap(), 0);
    drop(connection);
    let mut connection = db.acquire().await.unwrap();
    assert_eq!(connection.number("pragma foreign_keys").await.unwrap(), 1);
    assert_eq!(connection.number("pragma trusted_schema").await.unwrap(), 0);
    assert_eq!(connection.number("pragma synchronous").await.unwrap(), 1);
    let mut rows = connection.fetch(sql("pragma journal_mode")).await.unwrap();
    assert_eq!(super::first(&mut rows).values(), [super::text("wal")]);
}
