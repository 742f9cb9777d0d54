//! What is bound comes back.

use std::sync::Arc;

use futures_util::StreamExt as _;
use kysera::driver::{Driver, Outcome, Query};
use kysera::types::SqlType;
use kysera::value::{Array, Kind, Value, calendar};

use super::{execute, int, rows, servers, value};

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
        (Value::I64(-1), "bit(64)", Value::Decimal(u64::MAX.to_string().into())),
        same(Value::F32(f32::MIN), "float"),
        same(Value::F32(0.1), "float"),
        same(Value::F32(f32::MIN_POSITIVE), "float"),
        same(Value::F64(f64::MAX), "double"),
        same(Value::F64(f64::MIN_POSITIVE), "double"),
        same(Value::F64(0.1), "double"),
        same(Value::Decimal("-12.50".into()), "decimal(10, 2)"),
        same(Value::Decimal(format!("{}.{}", "9".repeat(35), "9".repeat(30)).into()), "decimal(65, 30)"),
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
        let array = Value::Array(Arc::new(Array { element: Kind::I32, values: Vec::new() }));
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
        for (value, found, expected) in [
            (year(10_000), "a date outside of the years 0 to 9999", "a date"),
            (Value::Timestamp(i64::MAX), "a timestamp outside of the years 0 to 9999", "a timestamp"),
        ] {
            let error = execute(&mut connection, "select ?, ?", &[Value::I16(1), value]).await.unwrap_err();
            let words = format!("parameter 2 is {found}, which the server cannot take as {expected}");
            assert_eq!(error.to_string(), words);
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
        let vector = match driver.spec().name {
            "MySQL" => "select string_to_vector('[1, 2]') as x",
            _ => "select point(1, 1) as x",
        };
        for sql in [
            vector,
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
async fn outcomes_count_matched_rows_and_tell_the_first_id() {
    for driver in servers(1).await {
        let mut connection = driver.acquire().await.unwrap();
        let table = "create temporary table counted (id int primary key auto_increment, n int)";
        connection.batch(table).await.unwrap();
        let outcome = execute(&mut connection, "insert into counted (n) values (1), (1), (1)", &[]).await.unwrap();
        assert_eq!((outcome.rows_affected, outcome.last_insert_id), (3, Some(1)));
        let outcome = execute(&mut connection, "update counted set n = 1 where id < 3", &[]).await.unwrap();
        assert_eq!((outcome.rows_affected, outcome.last_insert_id), (2, None), "a row that stays as it is counts");
        let joined = "update counted c join (select 1 as one) o on c.n = o.one set c.n = 1 where c.id < 3";
        assert_eq!(execute(&mut connection, joined, &[]).await.unwrap().rows_affected, 2, "so it is with two tables");
        let none = execute(&mut connection, "update counted set n = 1 where id > 100", &[]).await.unwrap();
        assert_eq!(none.rows_affected, 0);
        for (sql, counted) in [
            ("insert into counted values (1, 7) on duplicate key update id = counted.id", 0),
            ("insert into counted values (1, 7), (2, 7) on duplicate key update id = counted.id", 0),
            ("insert into counted values (1, 7), (70, 7), (71, 7) on duplicate key update id = counted.id", 2),
            ("insert into counted select 1, 7 from dual on duplicate key update id = counted.id", 0),
            ("insert into counted values (70, 8) on duplicate key update n = values(n)", 2),
            ("insert into counted values (70, 8) on duplicate key update n = values(n)", 0),
            ("insert into counted values (70, 9), (71, 7), (72, 7) on duplicate key update n = values(n)", 3),
            ("delete from counted where id >= 70", 3),
        ] {
            assert_eq!(execute(&mut connection, sql, &[]).await.unwrap().rows_affected, counted, "{sql}");
        }
        let zero = execute(&mut connection, "insert into counted values (0, 1)", &[]).await.unwrap();
        assert_eq!(zero.last_insert_id, None, "zero is a key like any other");
        let outcome = execute(&mut connection, "delete from counted where id < 9", &[]).await.unwrap();
        assert_eq!(outcome.rows_affected, 4);
        assert_eq!(execute(&mut connection, "select 1", &[]).await.unwrap(), Outcome::default());
        let none = connection.fetch(Query { sql: "update counted set n = 1", params: &[] }).await.unwrap();
        assert!(none.is_empty() && none.columns().is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bits_are_numbers_wherever_they_come_from() {
    for driver in servers(1).await {
        let mut connection = driver.acquire().await.unwrap();
        connection.batch("create temporary table bits (x bit(3), y bit(16))").await.unwrap();
        execute(&mut connection, "insert into bits values (b'101', 771)", &[]).await.unwrap();
        for (expression, number) in [
            ("x", 5),
            ("y", 771),
            ("(select x from dual)", 5),
            ("(select y from dual)", 771),
            ("max(y)", 771),
            ("(select max(y))", 771),
            ("case when true then y end", 771),
            ("nullif(y, 1)", 771),
        ] {
            let sql = format!("select {expression} from bits group by x, y");
            assert_eq!(int(&mut connection, &sql).await, number, "{}: {sql}", driver.spec().name);
        }
        assert_eq!(int(&mut connection, "select (select y from bits)").await, 771);
        let empty = value(&mut connection, "select (select y from bits where x = 1)", &[]).await.unwrap();
        assert!(empty.is_null());
    }
}
