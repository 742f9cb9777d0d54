//! What is bound and what is read.

use std::sync::Arc;

use kysera::Value;
use kysera::driver::{Driver, Query};
use kysera::value::{Array, Kind, calendar};

use super::{Conversation, MODES, connect, first, memory, sql, text};

#[tokio::test]
async fn each_kind_of_value_comes_back() {
    let now = calendar::parse_timestamp("2026-11-22 09:08:07.123456").unwrap();
    let (days, micros) = calendar::split_timestamp(now);
    for mode in MODES {
        let db = memory(mode).await;
        let mut connection = db.acquire().await.unwrap();
        for (value, expected, storage) in [
            (Value::Null(Kind::I64), Value::Null(Kind::Unknown), "null"),
            (Value::Bool(true), Value::I64(1), "integer"),
            (Value::Bool(false), Value::I64(0), "integer"),
            (Value::I16(i16::MIN), Value::I64(i16::MIN.into()), "integer"),
            (Value::I32(i32::MAX), Value::I64(i32::MAX.into()), "integer"),
            (Value::I64(i64::MIN), Value::I64(i64::MIN), "integer"),
            (Value::F32(0.1), Value::F64(f64::from(0.1_f32)), "real"),
            (Value::F64(f64::NEG_INFINITY), Value::F64(f64::NEG_INFINITY), "real"),
            (Value::F64(-0.1), Value::F64(-0.1), "real"),
            (Value::Decimal("12.50".into()), text("12.50"), "text"),
            (text("a\0b ü"), text("a\0b ü"), "text"),
            (text(""), text(""), "text"),
            (Value::Bytes(vec![0, 255]), Value::Bytes(vec![0, 255]), "blob"),
            (Value::Bytes(vec![]), Value::Bytes(vec![]), "blob"),
            (Value::Uuid([7; 16]), Value::Bytes(vec![7; 16]), "blob"),
            (Value::Date(days), text("2026-11-22"), "text"),
            (Value::Time(micros), text("09:08:07.123456"), "text"),
            (Value::Timestamp(now), text("2026-11-22 09:08:07.123456"), "text"),
            (Value::TimestampTz(-1), text("1969-12-31 23:59:59.999999"), "text"),
            (Value::Json("{\"a\":1}".into()), text("{\"a\":1}"), "text"),
        ] {
            let query = Query { sql: "select ?1, typeof(?1)", params: std::slice::from_ref(&value) };
            let mut rows = connection.fetch(query).await.unwrap();
            assert_eq!(first(&mut rows).values(), [expected, text(storage)], "{value:?}");
        }
    }
}

#[tokio::test]
async fn what_would_be_lost_is_refused() {
    let db = memory(MODES[0]).await;
    let mut connection = db.acquire().await.unwrap();
    let array = Value::Array(Arc::new(Array { element: Kind::I64, values: vec![] }));
    for value in [Value::F64(f64::NAN), Value::Json("".into()), array, Value::Date(i32::MAX)] {
        let params = [Value::I64(1), value];
        let error = connection.fetch(Query { sql: "select ?, ?", params: &params }).await.unwrap_err();
        assert!(error.is_encode(), "{error}");
        assert!(error.to_string().starts_with("parameter 2 is "), "{error}");
    }
}

#[tokio::test]
async fn text_that_is_no_utf8_is_told() {
    let db = memory(MODES[0]).await;
    let mut connection = db.acquire().await.unwrap();
    let error = connection.fetch(sql("select cast(x'ff' as text) as name")).await.unwrap_err();
    assert!(error.is_decode(), "{error}");
    assert_eq!(error.to_string(), "column `name` holds bytes that are no UTF-8, which is not text");
}

#[tokio::test]
async fn the_number_of_values_is_checked() {
    let db = memory(MODES[0]).await;
    let mut connection = db.acquire().await.unwrap();
    for params in [&[][..], &[Value::I64(1)], &[Value::I64(1), Value::I64(2), Value::I64(3)]] {
        let query = Query { sql: "select ?1, ?2", params };
        assert!(connection.fetch(query).await.unwrap_err().is_invalid());
        assert!(connection.execute(query).await.unwrap_err().is_invalid());
    }
}

#[tokio::test]
async fn columns_are_named_also_where_there_are_no_rows() {
    for mode in MODES {
        let db = memory(mode).await;
        let mut connection = db.acquire().await.unwrap();
        let rows = connection.fetch(sql("select 1 as a, 2 as b where false")).await.unwrap();
        assert_eq!(rows.columns().iter().map(|it| &*it.name).collect::<Vec<_>>(), ["a", "b"]);
        assert!(rows.is_empty());
        connection.run("create table t (a integer)").await.unwrap();
        connection.run("insert into t values (1)").await.unwrap();
        assert_eq!(connection.fetch(sql("select * from t")).await.unwrap().columns().len(), 1);
        connection.run("alter table t add column b integer default 7").await.unwrap();
        // The statement is prepared already, with one column.
        let mut rows = connection.fetch(sql("select * from t")).await.unwrap();
        assert_eq!(rows.columns().len(), 2);
        assert_eq!(first(&mut rows).values(), [Value::I64(1), Value::I64(7)]);
    }
}

#[tokio::test]
async fn an_outcome_tells_only_what_its_statement_did() {
    for mode in MODES {
        let db = memory(mode).await;
        let mut connection = db.acquire().await.unwrap();
        let mut outcome = async |sql: &str| {
            let outcome = connection.run(sql).await.unwrap();
            (outcome.rows_affected, outcome.last_insert_id)
        };
        assert_eq!(outcome("create table a (id integer primary key, k text unique, n integer)").await, (0, None));
        assert_eq!(outcome("create table b (id integer primary key, n integer)").await, (0, None));
        assert_eq!(outcome("create table c (k text primary key) without rowid").await, (0, None));
        assert_eq!(
            outcome("create trigger t after update on a begin insert into b (n) values (1); end").await,
            (0, None)
        );
        assert_eq!(outcome("insert into a (k) values ('x'), ('y'), ('z')").await, (3, Some(3)));
        assert_eq!(outcome("create table d (id integer)").await, (0, None));
        assert_eq!(outcome("select * from a").await, (0, None));
        // The same id as before, in another table.
        assert_eq!(outcome("insert into d values (1), (2), (3)").await, (3, Some(3)));
        assert_eq!(outcome("insert into c values ('x')").await, (1, None));
        assert_eq!(outcome("insert or ignore into a (k) values ('x')").await, (0, None));
        assert_eq!(outcome("update a set n = 1").await, (3, None));
        assert_eq!(outcome("insert into a (k) values ('x') on conflict (k) do update set n = 2").await, (1, None));
        assert_eq!(outcome("with n(k) as (values ('w')) insert into a (k) select k from n").await, (1, Some(4)));
        assert_eq!(outcome("/* why */ replace into a (id, k) values (9, 'v') returning k").await, (1, Some(9)));
        assert_eq!(outcome("delete from a where k = 'none'").await, (0, None));
        assert_eq!(outcome("delete from a").await, (5, None));
        assert_eq!(outcome("pragma user_version = 3").await, (0, None));
    }
}

#[tokio::test]
async fn the_version_is_the_library_s() {
    let db = connect(kysera::driver::ConnectOptions::new("sqlite::memory:")).await;
    let mut connection = db.acquire().await.unwrap();
    let mut rows = connection.fetch(sql("select sqlite_version() as version")).await.unwrap();
    let version = first(&mut rows).take::<String>("version").unwrap();
    let (major, minor) = db.spec().version;
    assert!(version.starts_with(&format!("{major}.{minor}.")), "{version}");
}
