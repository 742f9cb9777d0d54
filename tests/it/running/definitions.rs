//! Definitions within transactions: a part of them, or refused.

use kysera::prelude::*;
use kysera::schema::{create_table_for, drop_table};
use kysera::{Db, Error, Result, Transaction};

use crate::support::on_all;

#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "notes")]
pub struct Note {
    #[column(type = "varchar(20)")]
    text: String,
}

#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "others")]
pub struct Other {
    id: i64,
}

async fn note(executor: &dyn Executor, text: &str) -> Result<()> {
    insert_into(notes::table).set(notes::text.to(text)).execute(executor).await.map(drop)
}

async fn stored(db: &Db) -> Vec<String> {
    select_from(notes::table).select(notes::text).order_by(notes::text.asc()).fetch_all(db).await.unwrap()
}

async fn exists(db: &Db) -> bool {
    select_from(others::table).select(others::id).fetch_all(db).await.is_ok()
}

#[test]
fn a_definition_in_a_transaction_is_taken_back_with_it_or_refused() {
    on_all(async |fresh| {
        let (db, in_transaction) = (&fresh.db, fresh.server.spec().definitions_in_transaction);
        create_table_for::<Note>().execute(db).await.unwrap();
        let define = async |t: &Transaction<'_>| -> Result<()> {
            note(t, "before").await?;
            create_table_for::<Other>().execute(t).await?;
            note(t, "after").await?;
            Err(Error::not_found())
        };
        let error = db.transaction(define).await.unwrap_err();
        assert_eq!((error.is_not_found(), error.is_unsupported()), (in_transaction, !in_transaction), "{error}");
        assert!(stored(db).await.is_empty() && !exists(db).await);

        // So it is within a savepoint, and the transaction goes on.
        db.transaction(async |t| {
            note(t, "outer").await?;
            let error = t.transaction(define).await.unwrap_err();
            assert_eq!((error.is_not_found(), error.is_unsupported()), (in_transaction, !in_transaction), "{error}");
            note(t, "outer after").await
        })
        .await
        .unwrap();
        assert_eq!(stored(db).await, ["outer", "outer after"]);

        // Outside it is a definition like any other, also on a connection that is held.
        let connection = db.acquire().await.unwrap();
        create_table_for::<Other>().execute(&connection).await.unwrap();
        connection
            .transaction(async |t| {
                let dropped = drop_table("others").execute(t).await;
                assert_eq!(dropped.is_ok(), in_transaction);
                Err::<(), _>(Error::not_found())
            })
            .await
            .unwrap_err();
        drop_table("others").execute(&connection).await.unwrap();
    });
}

#[test]
fn text_that_ends_the_transaction_ends_all_that_comes_after_it() {
    // Nobody is told that all was taken back, since it may be stored.
    let is_over = |error: &kysera::Error| {
        let text = error.to_string();
        error.is_closed()
            && text.starts_with("the transaction is over: ")
            && text.contains("a statement in it ended it")
            && text.contains("what came before may be stored")
    };
    on_all(async |fresh| {
        let db = &fresh.db;
        create_table_for::<Note>().execute(db).await.unwrap();
        let sqls = if fresh.server.spec().definitions_in_transaction {
            ["commit", "commit", "rollback"]
        } else {
            ["commit", "create table others (id int)", "rollback"]
        };
        for sql in sqls {
            let outcome = db
                .transaction(async |t| {
                    note(t, "before").await?;
                    t.batch_unchecked(sql).await?;
                    let error = note(t, "after").await.unwrap_err();
                    assert!(is_over(&error), "{sql}: {error}");
                    Ok(())
                })
                .await;
            let error = outcome.unwrap_err();
            assert!(is_over(&error), "{sql}: the commit is no success: {error}");
            assert!(!stored(db).await.contains(&"after".to_owned()), "{sql}");

            // The commit is an error where nothing comes after it, and so is the end of a savepoint.
            let outcome = db.transaction(async |t| t.batch_unchecked(sql_again(sql)).await).await;
            let error = outcome.unwrap_err();
            assert!(is_over(&error), "{sql}: {error}");
            let outcome = db
                .transaction(async |t| {
                    let error = t.transaction(async |inner| inner.batch_unchecked(sql_again(sql)).await).await;
                    assert!(error.unwrap_err().is_closed(), "{sql}");
                    note(t, "after").await
                })
                .await;
            assert!(outcome.unwrap_err().is_closed(), "{sql}");
            assert!(!stored(db).await.contains(&"after".to_owned()), "{sql}");

            // The connection is as good as before.
            db.transaction(async |t| note(t, "good").await).await.unwrap();
            assert!(stored(db).await.contains(&"good".to_owned()), "{sql}");
            drop_table("others").if_exists().execute(db).await.unwrap();
            delete_from(notes::table).all_rows().execute(db).await.unwrap();
        }
    });
}

/// The same where it has taken effect already.
fn sql_again(sql: &'static str) -> &'static str {
    if sql.starts_with("create") { "create table if not exists others (id int)" } else { sql }
}

#[test]
fn a_definition_that_fails_has_ended_the_transaction_too() {
    on_all(async |fresh| {
        let db = &fresh.db;
        create_table_for::<Note>().execute(db).await.unwrap();
        let outcome = db
            .transaction(async |t| {
                note(t, "before").await?;
                t.batch("create table notes (id int)").await.unwrap_err();
                note(t, "after").await.or(Ok::<_, Error>(()))
            })
            .await;
        let left = stored(db).await;
        if fresh.server.spec().definitions_in_transaction {
            // PostgreSQL refuses to go on after an error, SQLite goes on.
            assert_eq!(outcome.is_ok(), left == ["after", "before"], "{left:?}");
        } else {
            assert!(outcome.unwrap_err().is_closed());
            assert_eq!(left, ["before"], "which the server has stored");
        }
    });
}
