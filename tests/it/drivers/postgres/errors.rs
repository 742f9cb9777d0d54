//! What the server refuses, by kind.

use kysera::driver::postgres::Postgres;
use kysera::driver::{ConnectOptions, Driver};
use kysera::error::DatabaseErrorKind;
use kysera::{Error, Value};

use super::{fetch, on_both, one, query, run};

on_both!(constraints_are_told_by_kind, other_refusals_have_a_kind, conflicts_can_be_tried_again);

async fn constraints_are_told_by_kind(url: String) {
    let driver = one(&url).await;
    let mut connection = driver.acquire().await.unwrap();
    run(
        &mut *connection,
        "drop table if exists pg_child, pg_parent;
         create table pg_parent (id int8 primary key);
         create table pg_child (
             id int8 primary key,
             parent_id int8 not null constraint pg_child_parent references pg_parent on delete restrict,
             email text constraint pg_child_email unique,
             age int4 constraint pg_child_age check (age >= 0)
         );
         insert into pg_parent values (1);
         insert into pg_child values (1, 1, 'secret@x', 1)",
    )
    .await;
    type Is = fn(&Error) -> bool;
    let cases: [(&str, Is, Option<&str>, &str, &[&str]); 6] = [
        (
            "insert into pg_child values (1, 1, 'b@x', 1)",
            Error::is_unique_violation,
            Some("pg_child_pkey"),
            "pg_child",
            &[],
        ),
        (
            "insert into pg_child values (2, 1, 'secret@x', 1)",
            Error::is_unique_violation,
            Some("pg_child_email"),
            "pg_child",
            &[],
        ),
        (
            "insert into pg_child values (2, 9, 'b@x', 1)",
            Error::is_foreign_key_violation,
            Some("pg_child_parent"),
            "pg_child",
            &[],
        ),
        // 23503 before PostgreSQL 18, 23001 from there on.
        ("delete from pg_parent", Error::is_foreign_key_violation, Some("pg_child_parent"), "pg_child", &[]),
        (
            "insert into pg_child values (2, null, 'secret@y', 1)",
            Error::is_not_null_violation,
            None,
            "pg_child",
            &["parent_id"],
        ),
        ("update pg_child set age = -1", Error::is_check_violation, Some("pg_child_age"), "pg_child", &[]),
    ];
    for (sql, is, constraint, table, columns) in cases {
        let error = connection.execute(query(sql, &[])).await.unwrap_err();
        assert!(is(&error), "{error}");
        let database = error.as_database().unwrap();
        assert_eq!(database.constraint(), constraint, "{sql}");
        assert_eq!(database.table(), Some(table), "{sql}");
        assert_eq!(database.columns(), columns, "{sql}");
        // Neither the words of this error nor the server's message hold the row.
        assert!(!error.to_string().contains("secret") && !database.message().contains("secret"), "{error}");
        let source = error.as_database().and_then(|it| it.driver_error()).unwrap();
        assert!(source.downcast_ref::<tokio_postgres::Error>().is_some() || source.source().is_some());
    }
}

async fn other_refusals_have_a_kind(url: String) {
    let driver = one(&url).await;
    let mut connection = driver.acquire().await.unwrap();
    for (sql, code, kind) in [
        ("select 1/0", "22012", DatabaseErrorKind::InvalidValue),
        ("selec 1", "42601", DatabaseErrorKind::Other),
        ("select * from pg_nowhere", "42P01", DatabaseErrorKind::Other),
    ] {
        let error = fetch(&mut *connection, sql, &[]).await.unwrap_err();
        let database = error.as_database().unwrap();
        assert_eq!((database.code(), database.kind()), (code, kind));
        let error = connection.batch(sql).await.unwrap_err();
        assert_eq!(error.as_database().unwrap().code(), code);
    }
    run(&mut *connection, "set statement_timeout = 20").await;
    let error = fetch(&mut *connection, "select pg_sleep(5)", &[]).await.unwrap_err();
    assert_eq!(error.as_database().unwrap().kind(), DatabaseErrorKind::Cancelled);
    run(&mut *connection, "set statement_timeout = 0").await;
    let error = connection.batch("select 1; select '\0'").await.unwrap_err();
    assert!(!error.to_string().is_empty());
}

async fn conflicts_can_be_tried_again(url: String) {
    let driver = Postgres::connect(&ConnectOptions::new(url)).await.unwrap();
    let mut a = driver.acquire().await.unwrap();
    let mut b = driver.acquire().await.unwrap();
    run(
        &mut *a,
        "drop table if exists pg_conflict; create table pg_conflict (id int4 primary key, n int4);
         insert into pg_conflict values (1, 0), (2, 0)",
    )
    .await;
    let update = |id| [Value::I32(id)];
    let sql = "update pg_conflict set n = n + 1 where id = $1";

    a.begin(&Default::default()).await.unwrap();
    b.begin(&Default::default()).await.unwrap();
    a.execute(query(sql, &update(1))).await.unwrap();
    run(&mut *b, "set local lock_timeout = 20").await;
    let error = b.execute(query(sql, &update(1))).await.unwrap_err();
    assert!(error.is_lock_timeout(), "{error}");
    b.rollback().await.unwrap();

    b.begin(&Default::default()).await.unwrap();
    b.execute(query(sql, &update(2))).await.unwrap();
    let (one, two) = (update(1), update(2));
    let (first, second) = tokio::join!(a.execute(query(sql, &two)), b.execute(query(sql, &one)));
    let error = first.err().or(second.err()).unwrap();
    assert!(error.is_serialization_failure(), "{error}");
    assert_eq!(error.as_database().unwrap().kind(), DatabaseErrorKind::Deadlock);
    a.rollback().await.unwrap();
    b.rollback().await.unwrap();

    let mut options = kysera::driver::TransactionOptions::default();
    options.isolation = Some(kysera::driver::Isolation::Serializable);
    for connection in [&mut a, &mut b] {
        connection.begin(&options).await.unwrap();
        fetch(&mut **connection, "select sum(n) from pg_conflict", &[]).await.unwrap();
    }
    a.execute(query(sql, &update(1))).await.unwrap();
    a.commit().await.unwrap();
    let error = b.execute(query(sql, &update(1))).await.unwrap_err();
    assert!(error.is_serialization_failure(), "{error}");
    assert!(b.commit().await.is_err());
    b.begin(&Default::default()).await.unwrap();
    b.rollback().await.unwrap();
}
