//! Statements: what they did, which are kept, and tables that change under them.

use kysera::Value;
use kysera::driver::{Driver, Outcome};

use super::{fetch, on_both, one, pid, query, run, scalar};

on_both!(
    effects_are_counted,
    tables_may_change_under_kept_statements,
    a_bounded_number_of_statements_is_kept,
    preparing_runs_nothing,
);

async fn effects_are_counted(url: String) {
    let driver = one(&url).await;
    let mut connection = driver.acquire().await.unwrap();
    run(&mut *connection, "drop table if exists pg_effects; create table pg_effects (id int4, n int4)").await;
    for (sql, count) in [
        ("insert into pg_effects select it, 0 from generate_series(1, 5) it", 5),
        ("update pg_effects set n = 0", 5),
        ("update pg_effects set n = 1 where id > 9", 0),
        ("delete from pg_effects where id < 3 returning id", 2),
        ("create index on pg_effects (id)", 0),
    ] {
        assert_eq!(connection.execute(query(sql, &[])).await.unwrap(), Outcome::new(count, None), "{sql}");
    }
    let rows = connection.fetch(query("select id, n as \"N n\" from pg_effects where false", &[])).await.unwrap();
    assert!(rows.is_empty());
    assert_eq!(rows.columns().iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["id", "N n"]);
}

async fn tables_may_change_under_kept_statements(url: String) {
    let driver = one(&url).await;
    let mut connection = driver.acquire().await.unwrap();
    let table = "drop table if exists pg_change; create table pg_change (id int4); insert into pg_change values (1)";
    run(&mut *connection, table).await;
    let all = "select * from pg_change";
    let by_id = "select 'x' from pg_change where id = $1";
    assert!(fetch(&mut *connection, all, &[]).await.unwrap() == [Value::I32(1)]);
    assert_eq!(fetch(&mut *connection, by_id, &[Value::I32(1)]).await.unwrap().len(), 1);
    run(&mut *connection, "alter table pg_change add name text default 'n'").await;
    assert!(fetch(&mut *connection, all, &[]).await.unwrap() == [Value::I32(1), Value::from("n")]);
    run(&mut *connection, "alter table pg_change alter id type text using id::text").await;
    assert!(fetch(&mut *connection, by_id, &[Value::from("1")]).await.unwrap_err().is_encode());
    assert!(fetch(&mut *connection, all, &[]).await.unwrap() == [Value::from("1"), Value::from("n")]);
    run(&mut *connection, table).await;
    assert!(fetch(&mut *connection, all, &[]).await.unwrap() == [Value::I32(1)]);
    // Somebody (a pooler between, or the user) forgot the statements of the server.
    run(&mut *connection, "deallocate all").await;
    assert!(fetch(&mut *connection, all, &[]).await.unwrap() == [Value::I32(1)]);

    // Within a transaction the failure is told, and the next transaction works.
    connection.begin(&Default::default()).await.unwrap();
    run(&mut *connection, "alter table pg_change add more int4").await;
    let error = fetch(&mut *connection, all, &[]).await.unwrap_err();
    assert_eq!(error.as_database().unwrap().code(), "0A000");
    connection.rollback().await.unwrap();
    assert!(fetch(&mut *connection, all, &[]).await.unwrap() == [Value::I32(1)]);
}

async fn a_bounded_number_of_statements_is_kept(url: String) {
    let driver = one(&url).await;
    let mut connection = driver.acquire().await.unwrap();
    for number in 0..600 {
        let sql = format!("select {number}");
        assert!(scalar(&mut *connection, &sql).await == Value::I32(number));
        // One that is used again and again is not the one to go.
        fetch(&mut *connection, "select 'kept'", &[]).await.unwrap();
    }
    let Value::I64(kept) = scalar(&mut *connection, "select count(*) from pg_prepared_statements").await else {
        panic!()
    };
    assert!((250..=258).contains(&kept), "{kept}");
    let sql = "select prepare_time from pg_prepared_statements where statement = 'select ''kept'''";
    assert_eq!(fetch(&mut *connection, sql, &[]).await.unwrap().len(), 1);
}

async fn preparing_runs_nothing(url: String) {
    let driver = one(&url).await;
    let mut connection = driver.acquire().await.unwrap();
    run(&mut *connection, "drop table if exists pg_prepared; create table pg_prepared (id int4)").await;
    connection.prepare("insert into pg_prepared values (1)").await.unwrap();
    assert!(scalar(&mut *connection, "select count(*) from pg_prepared").await == Value::I64(0));
    let error = connection.prepare("insert into pg_prepared values (nothing)").await.unwrap_err();
    assert_eq!(error.as_database().unwrap().code(), "42703");
    assert!(connection.prepare("select '\0'").await.unwrap_err().is_invalid());
    let before = pid(&mut *connection).await;
    drop(connection);
    let mut connection = driver.acquire().await.unwrap();
    assert!(pid(&mut *connection).await == before);
}
