//! The running layer on a real database.

use std::path::PathBuf;
use std::time::Duration;

use futures_util::StreamExt;
use kysera::driver::{Rows, SqliteMode};
use kysera::{Db, Error, Executor, Result, Value};
use tokio::time::timeout;

use super::{anywhere, raw, select};

const MODES: [SqliteMode; 2] = [SqliteMode::Worker, SqliteMode::Inline];

/// A database in a file of its own, with a table of numbers.
struct Notes {
    db: Db,
    path: PathBuf,
}

impl Notes {
    async fn new(name: &str, mode: SqliteMode) -> Self {
        let path = std::env::temp_dir().join(format!("kysera-{name}-{mode:?}-{}.db", std::process::id()));
        let url = format!("sqlite:{}", path.display());
        let db = Db::builder(url).sqlite_mode(mode).acquire_timeout(Duration::from_secs(5)).connect().await.unwrap();
        db.batch("create table notes (number integer primary key) strict").await.unwrap();
        Self { db, path }
    }

    async fn numbers(&self) -> Vec<i64> {
        numbers(self.db.fetch(raw("select number from notes order by number").into()).await.unwrap())
    }
}

impl Drop for Notes {
    fn drop(&mut self) {
        for suffix in ["", "-wal", "-shm"] {
            let mut path = self.path.clone().into_os_string();
            path.push(suffix);
            let _ = std::fs::remove_file(path);
        }
    }
}

/// The first column.
fn numbers(mut rows: Rows) -> Vec<i64> {
    rows.iter_mut()
        .map(|row| match row.values() {
            [Value::I64(number)] => *number,
            other => panic!("{other:?} is no number"),
        })
        .collect()
}

async fn insert(executor: &dyn Executor, number: i64) -> Result<u64> {
    anywhere(executor, &format!("insert into notes values ({number})")).await
}

#[tokio::test]
async fn transactions_and_savepoints_keep_what_was_committed() {
    for mode in MODES {
        let notes = Notes::new("keep", mode).await;
        let error = notes
            .db
            .transaction(async |trx| {
                insert(trx, 1).await?;
                Err::<(), _>(Error::not_found())
            })
            .await
            .unwrap_err();
        assert!(error.is_not_found());
        notes
            .db
            .transaction(async |trx| {
                insert(trx, 2).await?;
                let twice = trx.transaction(async |inner| {
                    insert(inner, 3).await?;
                    insert(inner, 2).await
                });
                assert!(twice.await.unwrap_err().is_unique_violation());
                trx.transaction(async |inner| insert(inner, 4).await).await?;
                let cut_off = trx.transaction(async |inner| {
                    insert(inner, 5).await?;
                    std::future::pending::<Result<()>>().await
                });
                assert!(timeout(Duration::from_millis(100), cut_off).await.is_err());
                insert(trx, 6).await
            })
            .await
            .unwrap();
        assert_eq!(notes.numbers().await, [2, 4, 6]);
        drop(notes.db.begin().await.unwrap());
        assert_eq!(insert(&notes.db, 7).await.unwrap(), 1);
    }
}

#[tokio::test]
async fn a_statement_that_is_cut_off_leaves_the_transaction_usable() {
    let endless = "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n where i < 0";
    let notes = Notes::new("cut", SqliteMode::Worker).await;
    notes
        .db
        .transaction(async |trx| {
            insert(trx, 1).await?;
            assert!(timeout(Duration::from_millis(50), trx.fetch(raw(endless).into())).await.is_err());
            insert(trx, 2).await
        })
        .await
        .unwrap();
    assert_eq!(notes.numbers().await, [1, 2]);
}

#[tokio::test]
async fn readers_do_not_wait_for_a_writer() {
    for mode in MODES {
        let notes = Notes::new("readers", mode).await;
        insert(&notes.db, 1).await.unwrap();
        let writer = notes.db.begin().await.unwrap();
        insert(&writer, 2).await.unwrap();
        let count = select("(select count(*) from notes)");
        assert_eq!(numbers(notes.db.fetch(count.clone().into()).await.unwrap()), [1]);
        let reader = notes.db.build_transaction().read_only().begin().await.unwrap();
        assert_eq!(numbers(reader.fetch(count.clone().into()).await.unwrap()), [1]);
        writer.commit().await.unwrap();
        // It sees what was there when it first looked.
        assert_eq!(numbers(reader.fetch(count.clone().into()).await.unwrap()), [1]);
        assert!(insert(&reader, 3).await.is_err());
        reader.commit().await.unwrap();
        assert_eq!(numbers(notes.db.fetch(count.into()).await.unwrap()), [2]);
    }
}

#[tokio::test]
async fn a_stream_gives_all_rows_and_may_be_dropped_half_way() {
    for mode in MODES {
        let notes = Notes::new("stream", mode).await;
        let many = "with recursive n(i) as (select 1 union all select i + 1 from n where i < 5000) select i from n";
        let mut all = Vec::new();
        let mut stream = notes.db.stream(raw(many).into());
        while let Some(batch) = stream.next().await {
            all.extend(numbers(batch.unwrap()));
        }
        assert_eq!(all, (1..=5000).collect::<Vec<_>>());
        notes
            .db
            .transaction(async |trx| {
                let mut stream = trx.stream(raw(many).into());
                assert!(!stream.next().await.unwrap()?.is_empty());
                drop(stream);
                insert(trx, 1).await
            })
            .await
            .unwrap();
        assert_eq!(notes.numbers().await, [1]);
    }
}

#[tokio::test]
async fn a_pinned_connection_that_failed_to_commit_goes_on() {
    let notes = Notes::new("commit", SqliteMode::Worker).await;
    notes
        .db
        .batch("create table later (number integer references notes (number) deferrable initially deferred) strict")
        .await
        .unwrap();
    let connection = notes.db.acquire().await.unwrap();
    let outcome = connection.transaction(async |trx| anywhere(trx, "insert into later values (1)").await).await;
    assert!(outcome.unwrap_err().is_foreign_key_violation());
    // SQLite keeps the transaction open where a commit fails, so it has to be rolled back.
    insert(&connection, 2).await.unwrap();
    drop(connection);
    assert_eq!(notes.numbers().await, [2]);
    notes.db.close().await.unwrap();
    assert!(insert(&notes.db, 3).await.unwrap_err().is_closed());
}
