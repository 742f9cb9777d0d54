//! The driver of MySQL and MariaDB, on both servers.

use std::pin::pin;
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use kysera::driver::mysql::Mysql;
use kysera::driver::{ConnectOptions, Connection, Driver, Isolation, Outcome, Query, TlsMode, TransactionOptions};
use kysera::error::DatabaseErrorKind;
use kysera::types::SqlType;
use kysera::value::{Array, Kind, Value, calendar};
use kysera::{Error, Result};
use tokio::time::timeout;

/// The URLs of the servers, within a database of these tests' own.
async fn urls() -> Vec<String> {
    let mut urls = Vec::new();
    for name in ["KYSERA_MYSQL9_URL", "KYSERA_MARIADB_URL"] {
        let url = std::env::var(name).unwrap_or_else(|_| panic!("{name} must hold the URL of a server"));
        let driver = Mysql::connect(&ConnectOptions::new(&url)).await.unwrap();
        let mut connection = driver.acquire().await.unwrap();
        connection.batch("create database if not exists kysera_driver").await.unwrap();
        urls.push(format!("{}/kysera_driver", url.rsplit_once('/').unwrap().0));
    }
    urls
}

/// A pool on each server.
async fn servers(connections: usize) -> Vec<Mysql> {
    let mut servers = Vec::new();
    for url in urls().await {
        servers.push(Mysql::connect(&ConnectOptions::new(url).max_connections(connections)).await.unwrap());
    }
    servers
}

type Boxed = Box<dyn Connection>;

async fn rows(connection: &mut Boxed, sql: &str, params: &[Value]) -> Result<Vec<Vec<Value>>> {
    let mut rows = connection.fetch(Query { sql, params }).await?;
    Ok(rows.iter_mut().map(|row| row.values().to_vec()).collect())
}

async fn value(connection: &mut Boxed, sql: &str, params: &[Value]) -> Result<Value> {
    Ok(rows(connection, sql, params).await?.remove(0).remove(0))
}

async fn execute(connection: &mut Boxed, sql: &str, params: &[Value]) -> Result<Outcome> {
    connection.execute(Query { sql, params }).await
}

async fn int(connection: &mut Boxed, sql: &str) -> i64 {
    i64::from_value(value(connection, sql, &[]).await.unwrap()).unwrap()
}

async fn text(connection: &mut Boxed, sql: &str) -> String {
    String::from_value(value(connection, sql, &[]).await.unwrap()).unwrap()
}

fn kind(error: &Error) -> DatabaseErrorKind {
    error.as_database().unwrap_or_else(|| panic!("{error:?} is no error of the server")).kind()
}

/// Statements of other connections of this pool's user that still run.
async fn still_running(connection: &mut Boxed, marker: &str) -> i64 {
    let sql = "select count(*) from information_schema.processlist where info like ? and id <> connection_id()";
    i64::from_value(value(connection, sql, &[format!("%{marker}%").as_str().into()]).await.unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_says_which_one_it_is() {
    for (url, name) in urls().await.into_iter().zip(["MySQL", "MariaDB"]) {
        let rest = url.split_once(':').unwrap().1;
        for scheme in ["mysql", "mariadb"] {
            let driver = Mysql::connect(&ConnectOptions::new(format!("{scheme}:{rest}"))).await.unwrap();
            assert_eq!(driver.spec().name, name);
            assert!(driver.spec().version >= (9, 0), "{:?}", driver.spec().version);
            assert_eq!(driver.status().size, 1, "one connection is opened at once");
            assert!(!format!("{driver:?}").contains(url.split(['@', ':']).nth(2).unwrap()));
        }
    }
}

/// What is bound, the column's type, and what is read back.
fn round_trips() -> Vec<(Value, &'static str, Value)> {
    let same = |value: Value, column| (value.clone(), column, value);
    let day = |year, month, date| calendar::days_from_civil(year, month, date);
    let micros = |days: i32, micros| calendar::join_timestamp(days, micros).unwrap();
    let last = calendar::MICROS_PER_DAY - 1;
    let long = "é".repeat(40_000);
    vec![
        (Value::Bool(true), "boolean", Value::I16(1)),
        (Value::Bool(false), "boolean", Value::I16(0)),
        same(Value::I16(i16::MIN), "smallint"),
        same(Value::I16(i16::MAX), "smallint"),
        same(Value::I32(i32::MIN), "int"),
        same(Value::I32(i32::MAX), "int"),
        same(Value::I64(i64::MIN), "bigint"),
        same(Value::I64(i64::MAX), "bigint"),
        (Value::I64(255), "tinyint unsigned", Value::I16(255)),
        (Value::I64(65_535), "smallint unsigned", Value::I32(65_535)),
        (Value::I64(-8_388_608), "mediumint", Value::I32(-8_388_608)),
        (Value::I64(16_777_215), "mediumint unsigned", Value::I32(16_777_215)),
        (Value::I64(4_294_967_295), "int unsigned", Value::I64(4_294_967_295)),
        (Value::I64(i64::MAX), "bigint unsigned", Value::I64(i64::MAX)),
        (
            Value::Decimal("18446744073709551615".into()),
            "bigint unsigned",
            Value::Decimal("18446744073709551615".into()),
        ),
        (Value::I64(2026), "year", Value::I16(2026)),
        (Value::I64(5), "bit(3)", Value::I64(5)),
        (Value::I64(-1), "bit(64)", Value::Decimal(u64::MAX.to_string())),
        same(Value::F32(f32::MIN), "float"),
        same(Value::F32(0.1), "float"),
        same(Value::F32(f32::MIN_POSITIVE), "float"),
        same(Value::F64(f64::MAX), "double"),
        same(Value::F64(f64::MIN_POSITIVE), "double"),
        same(Value::F64(0.1), "double"),
        same(Value::Decimal("-12.50".into()), "decimal(10, 2)"),
        same(Value::Decimal(format!("{}.{}", "9".repeat(35), "9".repeat(30))), "decimal(65, 30)"),
        same(Value::from(""), "longtext"),
        same(Value::from("'; drop table x; -- \\ \" ` :name ? 😀 e\u{301} \0 end"), "longtext"),
        same(Value::from(long.as_str()), "longtext"),
        same(Value::from("é  "), "varchar(10)"),
        (Value::from("b"), "enum('a', 'b')", Value::from("b")),
        (Value::from("a,b"), "set('a', 'b')", Value::from("a,b")),
        same(Value::Bytes(Vec::new()), "longblob"),
        same(Value::Bytes((0..=255).collect()), "longblob"),
        same(Value::Bytes(vec![0, 255, 0]), "varbinary(3)"),
        (Value::Uuid([7; 16]), "binary(16)", Value::Bytes(vec![7; 16])),
        (Value::Uuid([0xff; 16]), "binary(16)", Value::Bytes(vec![0xff; 16])),
        same(Value::Date(0), "date"),
        same(Value::Date(day(0, 1, 1)), "date"),
        same(Value::Date(day(9999, 12, 31)), "date"),
        same(Value::Date(day(2024, 2, 29)), "date"),
        same(Value::Time(0), "time(6)"),
        same(Value::Time(last), "time(6)"),
        same(Value::Time(1), "time(6)"),
        same(Value::Timestamp(-1), "datetime(6)"),
        same(Value::Timestamp(0), "datetime(6)"),
        same(Value::Timestamp(micros(day(1000, 1, 1), 0)), "datetime(6)"),
        same(Value::Timestamp(micros(day(9999, 12, 31), last)), "datetime(6)"),
        (Value::TimestampTz(1_234_567_890_123_456), "datetime(6)", Value::Timestamp(1_234_567_890_123_456)),
        same(Value::TimestampTz(1_234_567_890_123_456), "timestamp(6)"),
        // A timestamp column begins a second after 1970.
        same(Value::TimestampTz(1_000_001), "timestamp(6)"),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn every_value_comes_back() {
    for driver in servers(2).await {
        let mut connection = driver.acquire().await.unwrap();
        for (number, (bound, column, expected)) in round_trips().into_iter().enumerate() {
            let table = format!("round_trip_{number}");
            connection.batch(&format!("create temporary table {table} (v {column} null)")).await.unwrap();
            let null = Value::Null(bound.kind());
            let sql = format!("insert into {table} values (?), (?)");
            let inserted = execute(&mut connection, &sql, &[bound.clone(), null]).await;
            assert_eq!(inserted.unwrap_or_else(|error| panic!("{column}: {error}")).rows_affected, 2);
            let sql = format!("select v from {table} order by v is null");
            let found = rows(&mut connection, &sql, &[]).await.unwrap();
            assert!(found[0][0] == expected, "{}, {column}: not what was bound", driver.spec().name);
            assert!(found[1][0].is_null(), "{column}");
            // What is bound finds what is stored. A float is compared as a double there.
            if !column.starts_with("float") && !column.starts_with("bit") {
                let sql = format!("select count(*) from {table} where v = ?");
                assert_eq!(value(&mut connection, &sql, &[bound]).await.unwrap(), Value::I64(1), "{column}");
            }
        }
        let json = Value::Json(r#"{"a": [1, "😀", null]}"#.into());
        connection.batch("create temporary table documents (v json)").await.unwrap();
        execute(&mut connection, "insert into documents values (?)", std::slice::from_ref(&json)).await.unwrap();
        let (Value::Json(text) | Value::Text(text)) = json else { unreachable!() };
        let expected = if driver.spec().name == "MariaDB" { Value::Text(text) } else { Value::Json(text) };
        assert_eq!(value(&mut connection, "select v from documents", &[]).await.unwrap(), expected);
        assert_eq!(value(&mut connection, "select null", &[]).await.unwrap(), Value::Null(Kind::Unknown));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn datetimes_are_read_as_instants_and_booleans_as_numbers() {
    for driver in servers(1).await {
        let mut connection = driver.acquire().await.unwrap();
        let noon = value(&mut connection, "select cast('2026-11-22 12:00:00.000001' as datetime(6))", &[]).await;
        assert_eq!(noon.unwrap(), Value::Timestamp(1_795_348_800_000_001));
        let is_true = value(&mut connection, "select 1 = 1", &[]).await.unwrap();
        assert!(bool::from_value(is_true).unwrap());
        let now = value(&mut connection, "select timestampdiff(second, now(), utc_timestamp())", &[]).await;
        assert_eq!(now.unwrap(), Value::I64(0), "the session's time zone is UTC");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_server_cannot_hold_is_refused() {
    for driver in servers(1).await {
        let mut connection = driver.acquire().await.unwrap();
        let year = |year| Value::Date(calendar::days_from_civil(year, 1, 1));
        let array = Value::Array(Box::new(Array { element: Kind::I32, values: Vec::new() }));
        let refused = [
            Value::F32(f32::NAN),
            Value::F64(f64::INFINITY),
            year(-1),
            year(10_000),
            Value::Time(calendar::MICROS_PER_DAY),
            Value::Time(-1),
            Value::Timestamp(i64::MAX),
            Value::TimestampTz(i64::MIN),
            array,
        ];
        for value in refused {
            let error = execute(&mut connection, "select ?, ?", &[Value::I16(1), value]).await.unwrap_err();
            assert!(error.is_encode(), "{error}");
            assert!(error.to_string().starts_with("parameter 2 is "), "{error}");
        }
        let error = execute(&mut connection, "select ?", &[]).await.unwrap_err();
        assert!(error.is_invalid(), "{error}");
        assert_eq!(error.to_string(), "a statement with 1 placeholders and 0 values");
        let many = vec![Value::I16(1); 65_536];
        let error = execute(&mut connection, "select 1", &many).await.unwrap_err();
        assert!(error.is_invalid() && error.to_string().contains("65536"), "{error}");
        let sql = format!("select 1 in (?{})", ", ?".repeat(65_534));
        assert!(bool::from_value(value(&mut connection, &sql, &many[1..]).await.unwrap()).unwrap());
        assert_eq!(int(&mut connection, "select 1").await, 1, "the connection is as good as before");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_is_a_typed_error() {
    for driver in servers(1).await {
        let mut connection = driver.acquire().await.unwrap();
        let setup = "set sql_mode = ''; create temporary table odd (d date, t datetime(6), c date); \
                     insert into odd values ('0000-00-00', '0000-00-00', '2026-00-01')";
        connection.batch(setup).await.unwrap();
        for sql in [
            "select d as x from odd",
            "select t as x from odd",
            "select c as x from odd",
            "select cast('-00:00:01' as time) as x",
            "select cast('24:00:00' as time) as x",
            "select cast('838:59:59' as time) as x",
            "select st_geomfromtext('point(1 1)') as x",
        ] {
            let error = rows(&mut connection, sql, &[]).await.unwrap_err();
            assert!(error.is_decode(), "{sql}: {error}");
            assert!(error.to_string().starts_with("column `x` holds "), "{error}");
            let mut stream = connection.stream(Query { sql, params: &[] });
            assert!(stream.next().await.unwrap().unwrap_err().is_decode());
            assert!(stream.next().await.is_none());
        }
        assert_eq!(int(&mut connection, "select 1").await, 1, "the connection is as good as before");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_are_classified() {
    let _memory = MEMORY.lock().await;
    for driver in servers(1).await {
        let is_mariadb = driver.spec().name == "MariaDB";
        let mut connection = driver.acquire().await.unwrap();
        connection
            .batch(
                "drop table if exists child, parent; \
                 create table parent (id int primary key, name varchar(60), must int not null, \
                 constraint name_is_unique unique (name), constraint must_be_positive check (must > 0)); \
                 create table child (parent_id int, \
                 constraint child_of_parent foreign key (parent_id) references parent (id)); \
                 insert into parent values (1, 'a', 1), (2, 'x'' for key ''zz.other', 1); insert into child values (1)",
            )
            .await
            .unwrap();
        let cases = [
            ("insert into parent values (1, 'b', 1)", "1062", Some("PRIMARY"), DatabaseErrorKind::UniqueViolation),
            (
                "insert into parent values (3, 'a', 1)",
                "1062",
                Some("name_is_unique"),
                DatabaseErrorKind::UniqueViolation,
            ),
            (
                "insert into parent values (3, 'x'' for key ''zz.other', 1)",
                "1062",
                Some("name_is_unique"),
                DatabaseErrorKind::UniqueViolation,
            ),
            ("insert into child values (9)", "1452", Some("child_of_parent"), DatabaseErrorKind::ForeignKeyViolation),
            (
                "delete from parent where id = 1",
                "1451",
                Some("child_of_parent"),
                DatabaseErrorKind::ForeignKeyViolation,
            ),
            ("insert into parent values (3, 'c', null)", "1048", None, DatabaseErrorKind::NotNullViolation),
            ("insert into parent (id) values (3)", "1364", None, DatabaseErrorKind::NotNullViolation),
            (
                "insert into parent values (3, 'c', 0)",
                if is_mariadb { "4025" } else { "3819" },
                Some("must_be_positive"),
                DatabaseErrorKind::CheckViolation,
            ),
            ("select from", "1064", None, DatabaseErrorKind::Other),
            ("select 1; select 2", "1064", None, DatabaseErrorKind::Other),
        ];
        for (sql, code, constraint, expected) in cases {
            let error = execute(&mut connection, sql, &[]).await.unwrap_err();
            let database = error.as_database().unwrap();
            assert_eq!((kind(&error), database.code()), (expected, code), "{sql}: {error}");
            assert_eq!(database.constraint(), constraint, "{sql}: {}", database.message());
            if kind(&error) == DatabaseErrorKind::NotNullViolation {
                assert_eq!(database.columns(), ["must"]);
            }
            if kind(&error) == DatabaseErrorKind::UniqueViolation {
                assert_eq!(database.table(), if is_mariadb { None } else { Some("parent") });
                assert!(!error.to_string().contains("zz.other"));
            }
            assert!(std::error::Error::source(&error).is_some());
        }
        // German messages, as a server may be set to give: the session asked for English.
        assert_eq!(text(&mut connection, "select @@lc_messages").await, "en_US");
        let error = execute(&mut connection, "kill query connection_id()", &[]).await.unwrap_err();
        assert_eq!(kind(&error), DatabaseErrorKind::Cancelled);
        let packet = int(&mut connection, "select @@max_allowed_packet").await;
        let large = Value::Bytes(vec![0; usize::try_from(packet).unwrap() + 1]);
        let error = execute(&mut connection, "do length(?)", &[large]).await.unwrap_err();
        assert!(error.is_invalid() && error.to_string().contains("max_allowed_packet"), "{error:?}");
        let fits = Value::Bytes(vec![b'x'; usize::try_from(packet).unwrap() - 100]);
        assert_eq!(value(&mut connection, "select length(?) + 0", &[fits]).await.unwrap(), Value::I64(packet - 100));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn outcomes_count_matched_rows_and_tell_the_first_id() {
    for driver in servers(1).await {
        let mut connection = driver.acquire().await.unwrap();
        let table = "create temporary table counted (id int primary key auto_increment, n int)";
        connection.batch(table).await.unwrap();
        let outcome = execute(&mut connection, "insert into counted (n) values (1), (1), (1)", &[]).await.unwrap();
        assert_eq!((outcome.rows_affected, outcome.last_insert_id), (3, Some(1)));
        let outcome = execute(&mut connection, "update counted set n = 1 where id < 3", &[]).await.unwrap();
        assert_eq!((outcome.rows_affected, outcome.last_insert_id), (2, None), "a row that stays as it is counts");
        let zero = execute(&mut connection, "insert into counted values (0, 1)", &[]).await.unwrap();
        assert_eq!(zero.last_insert_id, None, "zero is a key like any other");
        let outcome = execute(&mut connection, "delete from counted where id < 9", &[]).await.unwrap();
        assert_eq!(outcome.rows_affected, 4);
        assert_eq!(execute(&mut connection, "select 1", &[]).await.unwrap(), Outcome::default());
        let none = connection.fetch(Query { sql: "update counted set n = 1", params: &[] }).await.unwrap();
        assert!(none.is_empty() && none.columns().is_empty());
    }
}

async fn check_session(connection: &mut Boxed, is_mariadb: bool) {
    for (variable, expected) in [
        ("time_zone", "+00:00"),
        ("character_set_client", "utf8mb4"),
        ("character_set_results", "utf8mb4"),
        ("character_set_connection", "utf8mb4"),
        ("lc_messages", "en_US"),
    ] {
        assert_eq!(text(connection, &format!("select @@session.{variable}")).await, expected, "{variable}");
    }
    assert_eq!(int(connection, "select @@group_concat_max_len").await, 1 << 30);
    assert_eq!(int(connection, "select @@autocommit").await, 1);
    let modes = text(connection, "select @@sql_mode").await;
    for mode in ["STRICT_TRANS_TABLES", "NO_AUTO_VALUE_ON_ZERO", "NO_ZERO_DATE"] {
        assert!(modes.contains(mode), "{modes}");
    }
    assert_eq!(modes.contains("SIMULTANEOUS_ASSIGNMENT"), is_mariadb, "{modes}");
    assert_eq!(modes.contains("ONLY_FULL_GROUP_BY"), !is_mariadb, "{modes}");
    assert!(!modes.contains("ANSI_QUOTES") && !modes.contains("NO_BACKSLASH_ESCAPES"), "{modes}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_set_up_again_after_it_was_changed() {
    for driver in servers(1).await {
        let is_mariadb = driver.spec().name == "MariaDB";
        let mut connection = driver.acquire().await.unwrap();
        check_session(&mut connection, is_mariadb).await;
        let id = int(&mut connection, "select connection_id()").await;
        connection
            .batch(
                "set names latin1, time_zone = '+05:00', sql_mode = 'ANSI', autocommit = 0, group_concat_max_len = 5; \
                 set @leaked = 1; create temporary table leaked (id int); create table if not exists t (id int); \
                 insert into t values (1)",
            )
            .await
            .unwrap();
        drop(connection);
        let mut connection = driver.acquire().await.unwrap();
        assert_eq!(int(&mut connection, "select connection_id()").await, id, "the connection is used again");
        check_session(&mut connection, is_mariadb).await;
        assert!(value(&mut connection, "select @leaked", &[]).await.unwrap().is_null());
        assert!(rows(&mut connection, "select * from leaked", &[]).await.is_err());
        assert_eq!(int(&mut connection, "select count(*) from t").await, 0, "what was not stored is taken back");
    }
}

async fn status(connection: &mut Boxed, name: &str) -> i64 {
    let row = rows(connection, &format!("show session status like '{name}'"), &[]).await.unwrap().remove(0);
    String::from_value(row[1].clone()).unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn statements_stay_prepared() {
    for driver in servers(1).await {
        let mut connection = driver.acquire().await.unwrap();
        connection.prepare("select 40 + ?").await.unwrap();
        let error = connection.prepare("select from").await.unwrap_err();
        assert_eq!(error.as_database().unwrap().code(), "1064");
        status(&mut connection, "Com_stmt_prepare").await;
        let before = status(&mut connection, "Com_stmt_prepare").await;
        for _ in 0..3 {
            assert_eq!(value(&mut connection, "select 40 + ?", &[Value::I64(2)]).await.unwrap(), Value::I64(42));
            drop(connection);
            connection = driver.acquire().await.unwrap();
        }
        assert_eq!(status(&mut connection, "Com_stmt_prepare").await, before);
        for n in 0..600 {
            assert_eq!(int(&mut connection, &format!("select {n}")).await, n);
        }
        let closed = status(&mut connection, "Com_stmt_close").await;
        assert!(closed > 300, "statements beyond the cache are closed");
    }
}

async fn fresh(connection: &mut Boxed, table: &str) {
    let sql = format!("drop table if exists {table}; create table {table} (id int primary key, n int)");
    connection.batch(&sql).await.unwrap();
}

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
    let driver = servers(2).await.remove(1);
    let mut one = driver.acquire().await.unwrap();
    let mut two = driver.acquire().await.unwrap();
    fresh(&mut one, "snapshots").await;
    execute(&mut one, "insert into snapshots values (1, 0)", &[]).await.unwrap();
    let set = execute(&mut one, "set innodb_snapshot_isolation = on", &[]).await;
    if let Err(error) = set {
        assert_eq!(error.as_database().unwrap().code(), "1193", "a server without the variable");
        return;
    }
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

/// Held by what takes much memory, and by who measures it.
static MEMORY: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

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

#[tokio::test(flavor = "multi_thread")]
async fn the_pool_has_limits() {
    for url in urls().await {
        let options = ConnectOptions::new(&url)
            .max_connections(2)
            .acquire_timeout(Duration::from_millis(200))
            .idle_timeout(Duration::from_millis(400));
        let driver = Mysql::connect(&options).await.unwrap();
        let one = driver.acquire().await.unwrap();
        let two = driver.acquire().await.unwrap();
        let error = driver.acquire().await.err().unwrap();
        assert!(error.is_pool_timeout(), "{error}");
        assert_eq!((driver.status().size, driver.status().idle, driver.status().max), (2, 0, 2));
        drop((one, two));
        assert_eq!(driver.status().idle, 2);
        tokio::time::sleep(Duration::from_millis(1_200)).await;
        assert_eq!(driver.status().size, 0, "idle connections are closed");

        // A connection that the server closed is replaced without anybody noticing.
        let driver = Mysql::connect(&ConnectOptions::new(&url).max_connections(1)).await.unwrap();
        let mut admin = Mysql::connect(&ConnectOptions::new(&url)).await.unwrap().acquire().await.unwrap();
        let mut connection = driver.acquire().await.unwrap();
        let id = int(&mut connection, "select connection_id()").await;
        drop(connection);
        execute(&mut admin, &format!("kill {id}"), &[]).await.unwrap();
        tokio::time::sleep(Duration::from_millis(1_100)).await;
        let mut connection = driver.acquire().await.unwrap();
        let id = int(&mut connection, "select connection_id()").await;

        // One that is lost in use says so, and is not used again.
        connection.begin(&TransactionOptions::default()).await.unwrap();
        execute(&mut admin, &format!("kill {id}"), &[]).await.unwrap();
        let error = execute(&mut connection, "do 1", &[]).await.unwrap_err();
        assert!(error.is_closed(), "{error:?}");
        assert!(connection.commit().await.unwrap_err().is_closed());
        drop(connection);
        let mut connection = driver.acquire().await.unwrap();
        assert_ne!(int(&mut connection, "select connection_id()").await, id);

        // Closing waits for those in use.
        let mut closing = pin!(driver.close());
        assert!(timeout(Duration::from_millis(50), &mut closing).await.is_err());
        assert!(driver.acquire().await.err().unwrap().is_closed());
        assert_eq!(int(&mut connection, "select 1").await, 1);
        drop(connection);
        closing.await.unwrap();
        assert_eq!(driver.status().size, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_connected_to_is_named_without_the_password() {
    for url in urls().await {
        let (scheme, rest) = url.split_once("://").unwrap();
        let host = rest.split_once('@').unwrap().1;
        let target = host.split_once('/').unwrap().0;
        let (user, password) = rest.split_once('@').unwrap().0.split_once(':').unwrap();
        let cases = [
            (format!("{scheme}://{user}:s3cret-pass@{host}"), target, "Access denied"),
            (format!("{scheme}://{user}:{password}@{target}/no_such_database"), target, "no_such_database"),
            (format!("{scheme}://{user}:{password}@127.0.0.1:1/x"), "127.0.0.1:1", "refused"),
            (format!("{scheme}://{user}:{password}@no-such-host.invalid/x"), "no-such-host.invalid:3306", "lookup"),
        ];
        for (url, target, cause) in cases {
            let error = Mysql::connect(&ConnectOptions::new(url)).await.unwrap_err();
            assert!(error.is_connect(), "{error:?}");
            let text = format!("{error} {error:?}");
            assert!(text.contains(target) && text.contains(cause), "{text}");
            assert!(!text.contains("s3cret-pass") && !text.contains(password), "{text}");
        }
    }
    // A server that never speaks.
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("mysql://u:s3cret@{}/x", silent.local_addr().unwrap());
    let options = ConnectOptions::new(url).connect_timeout(Duration::from_millis(100));
    let error = Mysql::connect(&options).await.unwrap_err();
    assert!(error.is_connect() && error.to_string().ends_with("no answer in 100 ms"), "{error}");
}

#[cfg(feature = "tls-rustls")]
#[tokio::test(flavor = "multi_thread")]
async fn connections_are_encrypted_as_asked() {
    let ca = std::env::var("KYSERA_TEST_CA").expect("KYSERA_TEST_CA must name the file of the test authority");
    let cipher = "select variable_value from performance_schema.session_status where variable_name = 'Ssl_cipher'";
    for url in urls().await {
        let expected = [
            (ConnectOptions::new(&url), true),
            (ConnectOptions::new(&url).tls(TlsMode::Disable), false),
            (ConnectOptions::new(&url).tls(TlsMode::Require), true),
            (ConnectOptions::new(&url).tls(TlsMode::VerifyFull).tls_ca(&ca), true),
            (ConnectOptions::new(format!("{url}?ssl-mode=disabled")), false),
            (ConnectOptions::new(format!("{url}?ssl-mode=REQUIRED")), true),
            (ConnectOptions::new(format!("{url}?ssl-mode=verify_identity&ssl-ca={ca}")), true),
        ];
        for (options, is_encrypted) in expected {
            let driver = Mysql::connect(&options).await.unwrap();
            let sql = if driver.spec().name == "MariaDB" {
                cipher.replace("performance_schema", "information_schema")
            } else {
                cipher.to_owned()
            };
            let mut connection = driver.acquire().await.unwrap();
            assert_eq!(!text(&mut connection, &sql).await.is_empty(), is_encrypted, "{options:?}");
        }
        // An authority that is not the server's, and a certificate for another name.
        let error = Mysql::connect(&ConnectOptions::new(&url).tls(TlsMode::VerifyFull)).await.unwrap_err();
        assert!(error.is_connect() && error.to_string().contains("certificate"), "{error}");
        let target = url.split(['@', '/']).nth(3).unwrap().to_owned();
        let proxy = tokio::net::TcpListener::bind("127.0.0.2:0").await.unwrap();
        let other = url.replace(&target, &proxy.local_addr().unwrap().to_string());
        tokio::spawn(async move {
            while let Ok((mut client, _)) = proxy.accept().await {
                let mut server = tokio::net::TcpStream::connect(&target).await.unwrap();
                tokio::spawn(async move { tokio::io::copy_bidirectional(&mut client, &mut server).await });
            }
        });
        Mysql::connect(&ConnectOptions::new(&other).tls(TlsMode::Require)).await.unwrap();
        let error = Mysql::connect(&ConnectOptions::new(other).tls(TlsMode::VerifyFull).tls_ca(&ca)).await;
        let error = error.unwrap_err().to_string();
        assert!(error.contains("not valid for name"), "{error}");
        let error = Mysql::connect(&ConnectOptions::new(&url).tls(TlsMode::VerifyFull).tls_ca("/nowhere")).await;
        assert!(error.unwrap_err().is_invalid());
    }
}

#[cfg(not(feature = "tls-rustls"))]
#[tokio::test(flavor = "multi_thread")]
async fn encryption_needs_its_feature() {
    for url in urls().await {
        Mysql::connect(&ConnectOptions::new(&url).tls(TlsMode::Prefer)).await.unwrap();
        for mode in [TlsMode::Require, TlsMode::VerifyFull] {
            let error = Mysql::connect(&ConnectOptions::new(&url).tls(mode)).await.unwrap_err();
            assert!(error.is_invalid() && error.to_string().contains("tls-rustls"), "{error}");
        }
    }
}
