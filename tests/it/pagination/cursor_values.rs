//! What goes into a cursor comes out of it.

use std::sync::{Arc, LazyLock};

use kysera::Value;
use kysera::ast::DataType;
use kysera::pagination::{CursorKey, Cursors};
use kysera::value::{Array, Kind, Named, Text};
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::test_runner::{Config, TestRunner};

const SQL: &str = "select 1";

const KINDS: [Kind; 16] = [
    Kind::Bool,
    Kind::I16,
    Kind::I32,
    Kind::I64,
    Kind::F32,
    Kind::F64,
    Kind::Decimal,
    Kind::Text,
    Kind::Bytes,
    Kind::Uuid,
    Kind::Date,
    Kind::Time,
    Kind::Timestamp,
    Kind::TimestampTz,
    Kind::Json,
    Kind::Unknown,
];

static MOOD: LazyLock<DataType> = LazyLock::new(|| DataType::Named("mood".into()));

fn all() -> [Cursors; 3] {
    let key = CursorKey::new("main", [1; 32]).unwrap();
    [Cursors::unsigned(), Cursors::signed(key.clone()), Cursors::encrypted(key)]
}

fn come_back(values: &[Value]) {
    for cursors in all() {
        let cursor = cursors.write_values(SQL, values).unwrap();
        let found = cursors.read_values(SQL, &cursor).unwrap();
        assert_eq!(found.len(), values.len());
        for (found, value) in found.iter().zip(values) {
            assert!(is_same(found, value), "{found:?} {value:?}");
        }
    }
}

/// Floats by their bits, where no number is equal to itself.
fn is_same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::F32(one), Value::F32(other)) => one.to_bits() == other.to_bits(),
        (Value::F64(one), Value::F64(other)) => one.to_bits() == other.to_bits(),
        _ => one == other,
    }
}

#[test]
fn pg7_extremes() {
    let text = |it: &str| Text::from(it);
    come_back(&[]);
    come_back(&KINDS.map(Value::Null));
    come_back(&[Value::Bool(true), Value::Bool(false), Value::I16(i16::MIN), Value::I32(i32::MAX)]);
    come_back(&[i64::MIN, i64::MAX, -1, 0, 9_007_199_254_740_993].map(Value::I64));
    come_back(&[f32::NAN, -0.0, f32::MIN_POSITIVE / 2.0, f32::INFINITY].map(Value::F32));
    come_back(&[f64::NAN, -f64::NAN, -0.0, 0.1 + 0.2, f64::from_bits(1), f64::MAX].map(Value::F64));
    come_back(&["1.10", "-0.000000000000000000001", "NaN", "99999999999999999999"].map(|it| Value::Decimal(text(it))));
    come_back(&["", ".", "..", "a.b", "Zoë", "e\u{301}", "🦀", "\0", "' or 1=1 --"].map(Value::from));
    come_back(&[Value::Bytes(vec![]), Value::Bytes((0..=255).collect()), Value::Uuid([0xff; 16])]);
    come_back(&[Value::Date(i32::MIN), Value::Time(86_399_999_999), Value::Json(text("{\"a\": 1}"))]);
    come_back(&[Value::Timestamp(-1), Value::Timestamp(i64::MIN), Value::TimestampTz(1_764_383_977_123_457)]);
}

#[test]
fn pg7_by_chance() {
    let values = proptest::collection::vec(any_value(), 0..8);
    TestRunner::new(Config::with_cases(500))
        .run(&values, |values| {
            come_back(&values);
            Ok(())
        })
        .unwrap();
}

fn any_value() -> impl Strategy<Value = Value> {
    let text = || ".{0,40}".prop_map(Text::from);
    prop_oneof![
        proptest::sample::select(&KINDS[..]).prop_map(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i16>().prop_map(Value::I16),
        any::<i32>().prop_map(Value::I32),
        any::<i64>().prop_map(Value::I64),
        any::<u32>().prop_map(|it| Value::F32(f32::from_bits(it))),
        any::<u64>().prop_map(|it| Value::F64(f64::from_bits(it))),
        text().prop_map(Value::Decimal),
        text().prop_map(Value::Text),
        proptest::collection::vec(any::<u8>(), 0..40).prop_map(Value::Bytes),
        any::<[u8; 16]>().prop_map(Value::Uuid),
        any::<i32>().prop_map(Value::Date),
        any::<i64>().prop_map(Value::Time),
        any::<i64>().prop_map(Value::Timestamp),
        any::<i64>().prop_map(Value::TimestampTz),
        text().prop_map(Value::Json),
        Just(Value::Text("".into())),
    ]
}

/// A type that only the program knows is known to the query that reads the cursor.
#[test]
fn named_types_come_back_as_text() {
    let named = Value::Named(Arc::new(Named { data_type: &MOOD, text: "happy".into() }));
    for cursors in all() {
        let cursor = cursors.write_values(SQL, &[named.clone(), Value::Null(Kind::Named(&MOOD))]).unwrap();
        let found = cursors.read_values(SQL, &cursor).unwrap();
        assert_eq!(found, [Value::from("happy"), Value::Null(Kind::Text)]);
    }
}

#[test]
fn arrays_are_no_keys() {
    let array = Value::Array(Arc::new(Array { element: Kind::I64, values: vec![Value::I64(12_345)] }));
    for array in [array, Value::Null(Kind::I64.array())] {
        for cursors in all() {
            let error = cursors.write_values(SQL, &[Value::I64(1), array.clone()]).unwrap_err();
            assert!(error.is_invalid());
            assert_eq!(error.to_string(), "term 2 of the order is an array, which no cursor can hold");
        }
    }
}

/// The longest cursor that is made is one that is read, and one byte more is refused.
#[test]
fn long_ones() {
    for cursors in all() {
        let made = |length| cursors.write_values(SQL, &[Value::from("x".repeat(length))]);
        let longest = (6000..6200).take_while(|it| made(*it).is_ok()).last().unwrap();
        let cursor = made(longest).unwrap();
        assert!((8189..=8192).contains(&cursor.as_ref().len()), "{}", cursor.as_ref().len());
        assert_eq!(cursors.read_values(SQL, &cursor).unwrap(), [Value::from("x".repeat(longest))]);
        for length in [longest + 1, 10_000, 65_535, 65_536, 1_000_000] {
            let error = made(length).unwrap_err();
            assert!(error.is_invalid() && !error.to_string().contains("xx"), "{error}");
        }
    }
}
