//! Each value there and back, and each that does not fit.

use std::sync::Arc;

use kysera::Value;
use kysera::driver::Driver;
use kysera::value::{Array, Kind};

use super::{fetch, on_both, one, scalar};

on_both!(
    values_come_back,
    values_mean_what_the_server_says,
    integers_and_floats_are_converted_where_exact,
    what_does_not_fit_is_refused,
    arrays_come_back,
    text_is_written_as_any_type_without_a_value,
    types_of_the_users,
    what_cannot_be_read_is_named,
    nulls_are_taken_by_every_type,
    a_refused_value_leaves_the_connection_usable,
);

const DAY: i64 = 86_400_000_000;

fn text(it: &str) -> Value {
    Value::from(it)
}

fn decimal(it: &str) -> Value {
    Value::Decimal(it.into())
}

fn array(element: Kind, values: Vec<Value>) -> Value {
    Value::Array(Arc::new(Array { element, values }))
}

async fn values_come_back(url: String) {
    let driver = one(&url).await;
    let mut connection = driver.acquire().await.unwrap();
    let mut cases = vec![
        ("bool", Value::Bool(true)),
        ("bool", Value::Bool(false)),
        ("bytea", Value::Bytes(vec![])),
        ("bytea", Value::Bytes((0..=255).collect())),
        ("uuid", Value::Uuid([0xAB; 16])),
        ("json", Value::Json(r#"{"a": [1, null, "é"]}"#.into())),
        ("jsonb", Value::Json(r#"{"a": [1, null, "é"]}"#.into())),
        ("float4", Value::F32(f32::MIN_POSITIVE)),
        ("float8", Value::F64(0.1)),
        ("float8", Value::F64(f64::NEG_INFINITY)),
        ("float8", Value::F64(f64::MAX)),
        // Dates from 4713 BC to AD 5874897, times to the microsecond.
        ("date", Value::Date(0)),
        ("date", Value::Date(-2_440_588)),
        ("date", Value::Date(2_145_031_948)),
        ("time", Value::Time(0)),
        ("time", Value::Time(DAY - 1)),
        ("time", Value::Time(DAY)),
        ("timestamp", Value::Timestamp(-1)),
        ("timestamp", Value::Timestamp(1_795_305_600_123_456)),
        ("timestamp", Value::Timestamp(-210_866_803_200_000_000)),
        ("timestamp", Value::Timestamp(i64::MAX / 1000 * 1000 - 946_684_800_000_000 * 2)),
        ("timestamptz", Value::TimestampTz(1_795_305_600_123_456)),
        ("timestamptz", Value::TimestampTz(-1)),
        ("oid", Value::I64(i64::from(u32::MAX))),
    ];
    cases.extend([i16::MIN, -1, 0, i16::MAX].map(|it| ("int2", Value::I16(it))));
    cases.extend([i32::MIN, -1, 0, i32::MAX].map(|it| ("int4", Value::I32(it))));
    cases.extend([i64::MIN, -1, 0, i64::MAX].map(|it| ("int8", Value::I64(it))));
    for it in ["0", "1.10", "-12.50", "0.000", "NaN", "99999999999999999999999999.0001", "Infinity", "-Infinity"] {
        cases.push(("numeric", decimal(it)));
    }
    let long = "x".repeat(100_000);
    for it in ["", "a'b\"c\\d", "žluťoučký 🐎", &long] {
        cases.push(("text", text(it)));
        cases.push(("varchar", text(it)));
    }
    cases.extend([("bpchar", text("ab")), ("name", text("ab")), ("\"char\"", text("x")), ("xml", text("<a>é</a>"))]);
    for (ty, value) in cases {
        if matches!(&value, Value::Timestamp(it) if *it > 9_000_000_000_000_000_000) {
            continue;
        }
        let got = fetch(&mut *connection, &format!("select $1::{ty}"), std::slice::from_ref(&value)).await;
        let got = got.unwrap_or_else(|error| panic!("{ty}: {error}"));
        assert!(got == [value], "a value of type {ty} came back as another");
    }
    let nan = fetch(&mut *connection, "select $1::float8, $2::float4", &[Value::F64(f64::NAN), Value::F32(f32::NAN)]);
    let nan = nan.await.unwrap();
    assert!(matches!(nan[..], [Value::F64(a), Value::F32(b)] if a.is_nan() && b.is_nan()));
}

/// Both ways could be wrong in the same manner, so the server's words are compared as well.
async fn values_mean_what_the_server_says(url: String) {
    let driver = one(&url).await;
    let mut connection = driver.acquire().await.unwrap();
    for (ty, value, said) in [
        ("date", Value::Date(10_957), "2000-01-01"),
        ("date", Value::Date(-1), "1969-12-31"),
        ("time", Value::Time(DAY), "24:00:00"),
        ("time", Value::Time(1), "00:00:00.000001"),
        ("timestamp", Value::Timestamp(0), "1970-01-01 00:00:00"),
        ("timestamp", Value::Timestamp(-1), "1969-12-31 23:59:59.999999"),
        ("timestamptz", Value::TimestampTz(946_684_800_000_001), "2000-01-01 00:00:00.000001+00"),
        ("numeric", decimal("-0012.50"), "-12.50"),
        ("numeric", decimal("12345678.000100"), "12345678.000100"),
        ("numeric", decimal("0.00000001"), "0.00000001"),
        ("numeric", Value::F64(0.1), "0.1"),
        ("numeric", Value::F64(1e300), &format!("1{}", "0".repeat(300))),
        ("numeric", Value::F32(-2.5), "-2.5"),
        ("numeric", Value::F64(f64::INFINITY), "Infinity"),
        ("numeric", Value::I64(i64::MIN), "-9223372036854775808"),
        (
            "uuid",
            Value::Uuid(*b"\x01\x23\x45\x67\x89\xab\xcd\xef\x01\x23\x45\x67\x89\xab\xcd\xef"),
            "01234567-89ab-cdef-0123-456789abcdef",
        ),
        ("bytea", Value::Bytes(vec![0, 255]), "\\x00ff"),
        ("bool", Value::Bool(true), "true"),
        ("int4[]", array(Kind::I32, vec![Value::I32(1), Value::Null(Kind::I32)]), "{1,NULL}"),
        ("text[]", array(Kind::Text, vec![text("a,b"), text("")]), "{\"a,b\",\"\"}"),
        ("int4[]", array(Kind::I32, vec![]), "{}"),
    ] {
        let got = fetch(&mut *connection, &format!("select ($1::{ty})::text"), &[value]).await.unwrap();
        assert!(got == [text(said)], "{said}");
    }
    for (sql, value) in [
        ("select numeric '1e10'", decimal("10000000000")),
        ("select numeric '1e-30'", decimal("0.000000000000000000000000000001")),
        ("select 1.0::numeric(30, 20) / 3", decimal("0.33333333333333333333")),
        ("select time '24:00:00'", Value::Time(DAY)),
        ("select '[5:6]={1,2}'::int8[]", array(Kind::I64, vec![Value::I64(1), Value::I64(2)])),
        ("select null::text", Value::Null(Kind::Unknown)),
        ("select pg_advisory_xact_lock(7)", Value::Null(Kind::Unknown)),
        ("select current_setting('TimeZone')", text("UTC")),
        ("select current_setting('client_encoding')", text("UTF8")),
        ("select current_setting('application_name')", text("kysera")),
        ("select 'a'", text("a")),
        ("select ''::\"char\"", text("")),
    ] {
        assert!(scalar(&mut *connection, sql).await == value, "{sql}");
    }
    assert!(scalar(&mut *connection, "select current_setting('DateStyle')").await == text("ISO, MDY"));
}

async fn integers_and_floats_are_converted_where_exact(url: String) {
    let driver = one(&url).await;
    let mut connection = driver.acquire().await.unwrap();
    for (ty, value, got) in [
        ("int8", Value::I16(-5), Value::I64(-5)),
        ("int2", Value::I64(-5), Value::I16(-5)),
        ("int4", Value::I64(i64::from(i32::MAX)), Value::I32(i32::MAX)),
        ("float8", Value::I64(1 << 53), Value::F64(9_007_199_254_740_992.0)),
        ("float4", Value::I32(1 << 24), Value::F32(16_777_216.0)),
        ("float8", Value::F32(0.5), Value::F64(0.5)),
        ("float4", Value::F64(0.5), Value::F32(0.5)),
        ("numeric", Value::I16(7), decimal("7")),
    ] {
        let read = fetch(&mut *connection, &format!("select $1::{ty}"), &[value]).await.unwrap();
        assert!(read == [got], "{ty}");
    }
}

async fn what_does_not_fit_is_refused(url: String) {
    let driver = one(&url).await;
    let mut connection = driver.acquire().await.unwrap();
    for (ty, value, found) in [
        ("int2", Value::I32(32_768), "a 32-bit integer out of its range"),
        ("int4", Value::I64(i64::from(i32::MIN) - 1), "a 64-bit integer out of its range"),
        ("oid", Value::I64(-1), "a 64-bit integer out of its range"),
        ("float8", Value::I64((1 << 53) + 1), "a 64-bit integer that it cannot hold exactly"),
        ("float8", Value::I64(i64::MAX), "a 64-bit integer that it cannot hold exactly"),
        ("float4", Value::F64(0.1), "a 64-bit float that it cannot hold exactly"),
        ("numeric", decimal("twelve"), "a decimal that is no number"),
        ("int4", decimal("1"), "a decimal"),
        ("int4", text("1"), "text"),
        ("text", Value::I32(1), "a 32-bit integer"),
        ("jsonb", text("1"), "text"),
        ("text", Value::Json("1".into()), "json"),
        ("uuid", text("01234567-89ab-cdef-0123-456789abcdef"), "text"),
        ("timestamp", Value::TimestampTz(0), "a timestamp with time zone"),
        ("timestamptz", Value::Timestamp(0), "a timestamp without time zone"),
        ("timestamp", Value::Timestamp(i64::MIN), "a timestamp without time zone out of its range"),
        ("date", Value::Date(i32::MIN), "a date out of its range"),
        ("time", Value::Time(-1), "a time of day out of its range"),
        ("bool", Value::I16(1), "a 16-bit integer"),
        ("bytea", text("a"), "text"),
        ("\"char\"", text("ab"), "text of more than one byte"),
        ("inet", Value::I32(1), "a 32-bit integer"),
        ("int4", array(Kind::I32, vec![]), "an array"),
        ("int4[]", array(Kind::Text, vec![text("a")]), "an array that holds text"),
        ("int2[]", array(Kind::I64, vec![Value::I64(70_000)]), "an array that holds a 64-bit integer out of its range"),
        ("inet[]", array(Kind::Text, vec![text("::1")]), "an array of a type that is written as text"),
    ] {
        let sql = format!("select $1::int8, $2::{ty}");
        let error = fetch(&mut *connection, &sql, &[Value::I64(1), value]).await.unwrap_err();
        assert!(error.is_encode(), "{ty}: {error}");
        let start = format!("parameter 2 is {found}, which the server cannot take as `");
        assert!(error.to_string().starts_with(&start), "{ty}: {error}");
    }
    let error = fetch(&mut *connection, "select $1::int4", &[]).await.unwrap_err();
    assert_eq!(error.to_string(), "the statement has 1 placeholders, and 0 values are bound");
    let error = fetch(&mut *connection, "select $1::text", &[text("a\0b")]).await.unwrap_err();
    assert_eq!(error.as_database().unwrap().code(), "22021");
}

async fn arrays_come_back(url: String) {
    let driver = one(&url).await;
    let mut connection = driver.acquire().await.unwrap();
    for (ty, element, values) in [
        ("bool[]", Kind::Bool, vec![Value::Bool(true)]),
        ("int2[]", Kind::I16, vec![Value::I16(1), Value::I16(-1)]),
        ("int4[]", Kind::I32, vec![Value::I32(1)]),
        ("int8[]", Kind::I64, (0..10_000).map(Value::I64).collect()),
        ("float4[]", Kind::F32, vec![Value::F32(0.5)]),
        ("float8[]", Kind::F64, vec![Value::F64(0.1)]),
        ("numeric[]", Kind::Decimal, vec![decimal("1.10"), decimal("NaN")]),
        ("text[]", Kind::Text, vec![text(""), text("NULL"), text("{a,\"b\"}")]),
        ("varchar[]", Kind::Text, vec![text("é")]),
        ("bytea[]", Kind::Bytes, vec![Value::Bytes(vec![0, 1])]),
        ("uuid[]", Kind::Uuid, vec![Value::Uuid([7; 16])]),
        ("date[]", Kind::Date, vec![Value::Date(-5)]),
        ("time[]", Kind::Time, vec![Value::Time(5)]),
        ("timestamp[]", Kind::Timestamp, vec![Value::Timestamp(5)]),
        ("timestamptz[]", Kind::TimestampTz, vec![Value::TimestampTz(5)]),
        ("json[]", Kind::Json, vec![Value::Json("{}".into())]),
        ("jsonb[]", Kind::Json, vec![Value::Json("[1]".into())]),
    ] {
        for values in [vec![], vec![Value::Null(element)], values.clone(), {
            let mut values = values;
            values.insert(0, Value::Null(element));
            values
        }] {
            let value = array(element, values);
            let got = fetch(&mut *connection, &format!("select $1::{ty}"), std::slice::from_ref(&value)).await.unwrap();
            assert!(got == [value], "{ty}");
        }
    }
}

async fn text_is_written_as_any_type_without_a_value(url: String) {
    let driver = one(&url).await;
    let mut connection = driver.acquire().await.unwrap();
    for (ty, it) in
        [("inet", "10.0.0.1/32"), ("interval", "1 day 02:00:00"), ("point", "(1,2)"), ("int4range", "[1,5)")]
    {
        let got = fetch(&mut *connection, &format!("select ($1::{ty})::text"), &[text(it)]).await.unwrap();
        assert!(got == [text(it)] || ty == "inet", "{ty}");
    }
    let error = fetch(&mut *connection, "select ($1::inet)::text", &[text("nowhere")]).await.unwrap_err();
    assert_eq!(error.as_database().unwrap().code(), "22P02");
}

async fn types_of_the_users(url: String) {
    let driver = one(&url).await;
    let mut connection = driver.acquire().await.unwrap();
    connection
        .batch(
            "drop table if exists pg_types; drop domain if exists pg_email; drop domain if exists pg_count;
             drop type if exists pg_mood;
             create type pg_mood as enum ('sad', 'happy');
             create domain pg_email as text check (value like '%@%');
             create domain pg_count as int4 check (value >= 0);
             create table pg_types (mood pg_mood, moods pg_mood[], email pg_email, count pg_count, emails pg_email[])",
        )
        .await
        .unwrap();
    let row = [
        text("happy"),
        array(Kind::Text, vec![text("sad"), Value::Null(Kind::Text)]),
        text("a@b"),
        Value::I32(3),
        array(Kind::Text, vec![text("c@d")]),
    ];
    let sql = "insert into pg_types values ($1, $2, $3, $4, $5) returning *";
    assert!(fetch(&mut *connection, sql, &row).await.unwrap() == row);
    let error = fetch(&mut *connection, "select $1::pg_mood", &[text("angry")]).await.unwrap_err();
    assert_eq!(error.as_database().unwrap().code(), "22P02");
    let error = fetch(&mut *connection, "select $1::pg_count", &[Value::I16(-1)]).await.unwrap_err();
    assert!(error.is_check_violation(), "{error}");
    // A new label needs no new statement.
    connection.batch("alter type pg_mood add value 'angry'").await.unwrap();
    assert!(fetch(&mut *connection, "select $1::pg_mood", &[text("angry")]).await.unwrap() == [text("angry")]);
    // `citext` has to be installed, which the server may not be able to.
    if connection.batch("create extension if not exists citext").await.is_ok() {
        let got = fetch(&mut *connection, "select $1::citext, $1::citext = 'ab'", &[text("AB")]).await.unwrap();
        assert!(got == [text("AB"), Value::Bool(true)]);
    } else {
        eprintln!("citext is not installed on this server");
    }
}

async fn what_cannot_be_read_is_named(url: String) {
    let driver = one(&url).await;
    let mut connection = driver.acquire().await.unwrap();
    for (sql, words) in [
        ("inet '::1'", "a value of type `inet`, which is not of a type that can be read; cast it to `text`"),
        ("interval '1 day'", "a value of type `interval`, which is not of a type that can be read; cast it to `text`"),
        ("timestamp 'infinity'", "`infinity`, which is not a timestamp without time zone"),
        ("timestamptz '-infinity'", "`-infinity`, which is not a timestamp with time zone"),
        ("date 'infinity'", "`infinity`, which is not a date"),
        ("'{{1},{2}}'::int4[]", "an array of several dimensions, which is not an array"),
        ("array['infinity'::date]", "`infinity`, which is not a date"),
        ("row(1, 2)", "a value of type `record`, which is not of a type that can be read; cast it to `text`"),
    ] {
        let sql = format!("select {sql} as it from generate_series(1, 1000)");
        let error = fetch(&mut *connection, &sql, &[]).await.unwrap_err();
        assert!(error.is_decode(), "{error}");
        assert_eq!(error.to_string(), format!("column `it` holds {words}"));
    }
    assert!(scalar(&mut *connection, "select null::inet").await.is_null());
}

async fn nulls_are_taken_by_every_type(url: String) {
    let driver = one(&url).await;
    let mut connection = driver.acquire().await.unwrap();
    for ty in ["bool", "int2", "int8", "numeric", "text", "jsonb", "uuid", "timestamptz", "inet", "int4[]", "interval"]
    {
        for kind in [Kind::Unknown, Kind::I64, Kind::Text] {
            let got = fetch(&mut *connection, &format!("select $1::{ty}"), &[Value::Null(kind)]).await.unwrap();
            assert!(got == [Value::Null(Kind::Unknown)], "{ty}");
        }
    }
}

async fn a_refused_value_leaves_the_connection_usable(url: String) {
    let driver = one(&url).await;
    let mut connection = driver.acquire().await.unwrap();
    let before = super::pid(&mut *connection).await;
    connection.begin(&Default::default()).await.unwrap();
    assert!(fetch(&mut *connection, "select $1::int4", &[text("x")]).await.unwrap_err().is_encode());
    assert!(fetch(&mut *connection, "select inet '::1'", &[]).await.unwrap_err().is_decode());
    // Neither was the server's doing, so the transaction goes on.
    assert!(scalar(&mut *connection, "select 1").await == Value::I32(1));
    connection.commit().await.unwrap();
    drop(connection);
    let mut connection = driver.acquire().await.unwrap();
    assert!(super::pid(&mut *connection).await == before);
}
