//! What refusals mean, and what is refused before SQLite sees it.

use kysera::Error;
use kysera::driver::sqlite::Sqlite;
use kysera::driver::{ConnectOptions, Connection, Driver};
use kysera::error::{DatabaseErrorKind, Source};

use super::{Conversation, ENDLESS, File, MODES, connect, memory, millis, sql};

async fn schema() -> (Sqlite, Box<dyn Connection>) {
    let db = memory(MODES[0]).await;
    let mut connection = db.acquire().await.unwrap();
    connection
        .batch(
            "create table p (id integer primary key) strict;
             create table ch (
                 a integer not null, b integer, c integer references p (id) on delete restrict,
                 d integer references p (id) deferrable initially deferred,
                 constraint positive check (b > 0), unique (a, b)
             ) strict;
             create unique index ix on ch (b * 10 + c);
             insert into p values (1);
             insert into ch values (1, 1, 1, 1)",
        )
        .await
        .unwrap();
    (db, connection)
}

fn names(error: &Error) -> (&str, Option<&str>, Option<&str>, Vec<&str>) {
    let error = error.as_database().unwrap();
    (error.code(), error.constraint(), error.table(), error.columns().iter().map(|it| &**it).collect())
}

#[tokio::test]
async fn constraints_have_their_kind_and_names() {
    let (_db, mut connection) = schema().await;

    let error = connection.run("insert into ch values (1, 1, null, 1)").await.unwrap_err();
    assert!(error.is_unique_violation());
    assert_eq!(names(&error), ("2067", None, Some("ch"), vec!["a", "b"]));
    assert_eq!(error.to_string(), "a unique key is taken already (2067), table `ch`, column `a`, `b`");
    let source: &(dyn std::error::Error + 'static) = error.as_database().and_then(|it| it.driver_error()).unwrap();
    assert!(source.downcast_ref::<rusqlite::Error>().is_some(), "{source:?}");

    let error = connection.run("insert into ch values (2, 1, 1, 1)").await.unwrap_err();
    assert!(error.is_unique_violation());
    assert_eq!(names(&error), ("2067", Some("ix"), None, vec![]));

    let error = connection.run("insert into p values (1)").await.unwrap_err();
    assert!(error.is_unique_violation());
    assert_eq!(names(&error), ("1555", None, Some("p"), vec!["id"]));

    let error = connection.run("insert into ch (b) values (7)").await.unwrap_err();
    assert!(error.is_not_null_violation());
    assert_eq!(names(&error), ("1299", None, Some("ch"), vec!["a"]));

    let error = connection.run("insert into ch values (3, -1, 1, 1)").await.unwrap_err();
    assert!(error.is_check_violation());
    assert_eq!(names(&error), ("275", Some("positive"), None, vec![]));

    for refused in ["insert into ch values (4, 4, 99, 1)", "insert into ch values (4, 4, 1, 99)", "delete from p"] {
        let error = connection.run(refused).await.unwrap_err();
        assert!(error.is_foreign_key_violation(), "{refused}: {error}");
    }
}

#[tokio::test]
async fn a_commit_that_fails_ends_the_transaction() {
    let (_db, mut connection) = schema().await;
    connection.begin(&Default::default()).await.unwrap();
    connection.run("insert into ch values (5, 5, 1, 99)").await.unwrap();
    assert!(connection.commit().await.unwrap_err().is_foreign_key_violation());
    assert_eq!(connection.number("select count(*) from ch").await.unwrap(), 1);
    connection.begin(&Default::default()).await.unwrap();
    connection.commit().await.unwrap();
}

#[tokio::test]
async fn other_refusals_tell_code_and_words() {
    let (_db, mut connection) = schema().await;
    let (other, invalid) = (DatabaseErrorKind::Other, DatabaseErrorKind::InvalidValue);
    for (statement, kind, code, words) in [
        ("selec 1", other, "1", "near \"selec\": syntax error"),
        ("select * from nowhere", other, "1", "no such table: nowhere"),
        ("insert into ch values (1, 'x', 1, 1)", invalid, "3091", "cannot store TEXT value in INTEGER column ch.b"),
    ] {
        let error = connection.run(statement).await.unwrap_err();
        let database = error.as_database().unwrap();
        assert_eq!((database.kind(), database.code()), (kind, code), "{error}");
        assert_eq!(database.message(), words);
        assert!(error.as_database().and_then(|it| it.driver_error()).is_some());
    }
    assert!(connection.prepare("select nothing from p").await.unwrap_err().as_database().is_some());
    connection.prepare("select id from p where id = ?").await.unwrap();
}

#[tokio::test]
async fn a_misspelled_name_is_no_string() {
    let (_db, mut connection) = schema().await;
    assert!(connection.run("select \"nothing\" from p").await.is_err());
    assert!(connection.run("create index x on p (\"nothing\")").await.is_err());
}

#[tokio::test]
async fn one_statement_is_one_statement() {
    let (_db, mut connection) = schema().await;
    assert!(connection.run("delete from ch; delete from p").await.unwrap_err().is_invalid());
    assert!(connection.fetch(sql("select 1; select 2")).await.unwrap_err().is_invalid());
    // What comes after NUL would never be seen by SQLite.
    for text in ["delete from ch \0 where a = 7", "select 1\0"] {
        assert!(connection.run(text).await.unwrap_err().is_invalid());
        assert!(connection.fetch(sql(text)).await.unwrap_err().is_invalid());
        assert!(connection.batch(text).await.unwrap_err().is_invalid());
        assert!(connection.prepare(text).await.unwrap_err().is_invalid());
    }
    for empty in ["", "  ", "-- nothing"] {
        assert!(connection.run(empty).await.is_err());
        connection.batch(empty).await.unwrap();
    }
    connection.run("select 1; -- and no more").await.unwrap();
    assert_eq!(connection.number("select count(*) from ch").await.unwrap(), 1);
}

#[tokio::test]
async fn a_lock_that_another_program_holds_is_waited_for() {
    for mode in MODES {
        let file = File::new();
        let ours = connect(file.options()).await;
        let theirs = connect(ConnectOptions::new(format!("{}?busy_timeout=100", file.url())).sqlite_mode(mode)).await;
        let mut holder = ours.acquire().await.unwrap();
        holder.begin(&Default::default()).await.unwrap();
        let mut waiter = theirs.acquire().await.unwrap();
        let since = std::time::Instant::now();
        let error = waiter.begin(&Default::default()).await.unwrap_err();
        assert!(error.is_lock_timeout(), "{error}");
        assert!((millis(95)..millis(2_000)).contains(&since.elapsed()), "{:?}", since.elapsed());
        holder.rollback().await.unwrap();
        waiter.begin(&Default::default()).await.unwrap();
    }
}

#[tokio::test]
async fn a_stale_snapshot_is_a_serialization_failure() {
    let file = File::new();
    let (ours, theirs) = (connect(file.options()).await, connect(file.options()).await);
    let (mut a, mut b) = (ours.acquire().await.unwrap(), theirs.acquire().await.unwrap());
    a.run("create table t (n integer)").await.unwrap();
    a.run("begin deferred").await.unwrap();
    assert_eq!(a.number("select count(*) from t").await.unwrap(), 0);
    b.run("insert into t values (1)").await.unwrap();
    let error = a.run("insert into t values (2)").await.unwrap_err();
    assert!(error.is_serialization_failure(), "{error}");
    assert_eq!(error.as_database().unwrap().code(), "517");
}

#[tokio::test]
async fn what_cannot_be_opened_is_told() {
    let file = File::new();
    for url in [
        "sqlite:/nowhere/at/all.db".to_owned(),
        format!("{}?mode=rw", file.url()),
        format!("{}?mode=ro", file.url()),
        "sqlite:/".to_owned(),
    ] {
        let error = Sqlite::connect(&ConnectOptions::new(&url)).await.unwrap_err();
        assert!(error.is_connect(), "{url}: {error}");
        assert!(error.to_string().contains("unable to open database file"), "{error}");
    }
    std::fs::write(file.url().trim_start_matches("sqlite:"), "this is no database, but it is long enough".repeat(30))
        .unwrap();
    let error = Sqlite::connect(&file.options()).await.unwrap_err();
    assert!(error.to_string().ends_with("file is not a database"), "{error}");
}

#[tokio::test]
async fn errors_can_be_sent_and_kept() {
    fn is_source(error: impl Into<Source>) -> Source {
        error.into()
    }
    let (_db, mut connection) = schema().await;
    let error = tokio::time::timeout(millis(20), connection.run(ENDLESS)).await.unwrap_err();
    is_source(error);
    is_source(connection.run("selec").await.unwrap_err());
}
