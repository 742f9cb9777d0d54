//! Values of columns as JSON, and back.

use std::sync::Arc;

use super::json;
use crate::ast::DataType;
use crate::value::{Array, Named, Text, Value, calendar};

/// What was read from a column, as the value that its declaration says it is: servers without booleans, identifiers or
/// times of their own keep them as numbers, bytes or text.
fn as_declared(value: Value, data_type: &'static DataType) -> Value {
    match (data_type, value) {
        (DataType::Boolean, Value::I16(it @ 0..=1)) => Value::Bool(it == 1),
        (DataType::Boolean, Value::I32(it @ 0..=1)) => Value::Bool(it == 1),
        (DataType::Boolean, Value::I64(it @ 0..=1)) => Value::Bool(it == 1),
        (DataType::Real, Value::F64(it)) if f64::from(it as f32) == it => Value::F32(it as f32),
        (DataType::Decimal { .. }, Value::Text(text)) => Value::Decimal(text),
        (DataType::Uuid, Value::Bytes(bytes)) => match bytes.try_into() {
            Ok(bytes) => Value::Uuid(bytes),
            Err(bytes) => Value::Bytes(bytes),
        },
        (DataType::Date, Value::Text(text)) => calendar::parse_date(&text).map_or(Value::Text(text), Value::Date),
        (DataType::Time, Value::Text(text)) => calendar::parse_time(&text).map_or(Value::Text(text), Value::Time),
        (DataType::Timestamp, Value::Text(text)) => {
            calendar::parse_timestamp(&text).map_or(Value::Text(text), Value::Timestamp)
        }
        (DataType::TimestampTz, Value::Text(text)) => {
            calendar::parse_timestamp(&text).map_or(Value::Text(text), Value::TimestampTz)
        }
        (DataType::TimestampTz, Value::Timestamp(it)) => Value::TimestampTz(it),
        (DataType::Json, Value::Text(text)) => Value::Json(text),
        (_, value) => as_key(value, data_type),
    }
}

/// The instant that was read, in microseconds since 1970.
pub(crate) fn instant(value: &Value) -> Option<i64> {
    match as_declared(value.clone(), &DataType::TimestampTz) {
        Value::TimestampTz(micros) => Some(micros),
        _ => None,
    }
}

/// What was read from a column, to be compared with it.
pub(super) fn as_key(value: Value, data_type: &'static DataType) -> Value {
    match (data_type, value) {
        (DataType::Named(_), Value::Text(text)) => Value::Named(Arc::new(Named { data_type, text })),
        (_, value) => value,
    }
}

/// A value of a key of the type of its column, in the one form in which entries have it: servers take `1.5` for `1.50`, and
/// one zero for the other.
pub(crate) fn as_written_in_keys(value: Value) -> Value {
    match value {
        Value::Decimal(text) => Value::Decimal(shortest(&text).unwrap_or(text)),
        Value::F32(0.0) => Value::F32(0.0),
        Value::F64(0.0) => Value::F64(0.0),
        value => value,
    }
}

/// A decimal without zeros that say nothing; `None` where it is no such number, or has an exponent.
fn shortest(decimal: &str) -> Option<Text> {
    let (sign, digits) = match decimal.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", decimal),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if !format!("{whole}{fraction}").bytes().all(|it| it.is_ascii_digit()) || digits.is_empty() {
        return None;
    }
    let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
    Some(Text::from(match (whole, fraction) {
        ("", "") => "0".to_owned(),
        (whole, "") => format!("{sign}{whole}"),
        ("", fraction) => format!("{sign}0.{fraction}"),
        (whole, fraction) => format!("{sign}{whole}.{fraction}"),
    }))
}

/// A value of a key that was read from a column of a type, as JSON.
pub(super) fn write_in_key(value: &Value, data_type: &'static DataType, into: &mut String) {
    write_value(&as_written_in_keys(as_declared(value.clone(), data_type)), into);
}

/// What was read from a column of a type, as JSON.
pub(super) fn write(value: &Value, data_type: &'static DataType, into: &mut String) {
    write_value(&as_declared(value.clone(), data_type), into);
}

/// What stands before a document that would be taken for something else: `null` for a column that has no value, and one that
/// begins so itself. What ends it is `}`.
const DOCUMENT: &str = "{\"$json\":";

/// A value of its own, as JSON.
fn write_value(value: &Value, into: &mut String) {
    match value {
        Value::Null(_) => into.push_str("null"),
        Value::Bool(it) => into.push_str(if *it { "true" } else { "false" }),
        Value::I16(it) => into.push_str(&it.to_string()),
        Value::I32(it) => into.push_str(&it.to_string()),
        Value::I64(it) => into.push_str(&it.to_string()),
        // The fewest digits that give the same number again.
        Value::F32(it) if it.is_finite() => into.push_str(&format!("{it:?}")),
        Value::F64(it) if it.is_finite() => into.push_str(&format!("{it:?}")),
        Value::Json(text) if json::is_document(text) => {
            let is_taken = text.trim() == "null" || text.starts_with(DOCUMENT);
            let (before, after) = if is_taken { (DOCUMENT, "}") } else { ("", "") };
            into.extend([before, text, after]);
        }
        Value::Array(array) => {
            into.push('[');
            for (at, element) in array.values.iter().enumerate() {
                into.push_str(if at == 0 { "" } else { "," });
                write_value(element, into);
            }
            into.push(']');
        }
        Value::F32(it) => json::write_text(&it.to_string(), into),
        Value::F64(it) => json::write_text(&it.to_string(), into),
        Value::Decimal(text) | Value::Text(text) | Value::Json(text) => json::write_text(text, into),
        Value::Named(named) => json::write_text(&named.text, into),
        Value::Bytes(bytes) => json::write_text(&hex(bytes), into),
        Value::Uuid(bytes) => {
            let digits = hex(bytes);
            let parts = [0..8, 8..12, 12..16, 16..20, 20..32].map(|part| digits.get(part).unwrap_or_default());
            json::write_text(&parts.join("-"), into);
        }
        Value::Date(days) => json::write_text(&calendar::format_date(*days), into),
        Value::Time(micros) => json::write_text(&calendar::format_time(*micros), into),
        Value::Timestamp(micros) => json::write_text(&timestamp(*micros), into),
        Value::TimestampTz(micros) => json::write_text(&format!("{}Z", timestamp(*micros)), into),
    }
}

fn timestamp(micros: i64) -> String {
    calendar::format_timestamp(micros).replacen(' ', "T", 1)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A value as plain text: what its JSON says, without the quotes around text.
pub(crate) fn plain(value: &Value) -> String {
    let mut json = String::new();
    write_value(value, &mut json);
    json::text_of(&json).unwrap_or(json)
}

/// The value of a column of a type from its JSON; `None` where it is none of such a column.
pub(crate) fn read(json: &str, data_type: &'static DataType, nullable: bool) -> Option<Value> {
    if json == "null" && (nullable || *data_type != DataType::Json) {
        return Some(Value::Null(data_type.kind()));
    }
    let text = || json::text_of(json);
    Some(match data_type {
        DataType::Boolean => Value::Bool(json.parse().ok()?),
        DataType::SmallInt => Value::I16(json.parse().ok()?),
        DataType::Integer => Value::I32(json.parse().ok()?),
        DataType::BigInt => Value::I64(json.parse().ok()?),
        DataType::Real => Value::F32(text().as_deref().unwrap_or(json).parse().ok()?),
        DataType::Double => Value::F64(text().as_deref().unwrap_or(json).parse().ok()?),
        DataType::Decimal { precision: _, scale: _ } => Value::Decimal(text()?.into()),
        DataType::Text | DataType::Varchar(_) => Value::Text(text()?.into()),
        DataType::Bytes => Value::Bytes(from_hex(&text()?)?),
        DataType::Uuid => Value::Uuid(from_hex(&text()?.replace('-', ""))?.try_into().ok()?),
        DataType::Date => Value::Date(calendar::parse_date(&text()?)?),
        DataType::Time => Value::Time(calendar::parse_time(&text()?)?),
        DataType::Timestamp => Value::Timestamp(calendar::parse_timestamp(&text()?)?),
        DataType::TimestampTz => Value::TimestampTz(calendar::parse_timestamp(&text()?)?),
        DataType::Json => {
            let document = json.strip_prefix(DOCUMENT).and_then(|it| it.strip_suffix('}'));
            Value::Json(document.unwrap_or(json).into())
        }
        DataType::Array(element) => {
            let values = json::elements(json)?.into_iter().map(|it| read(it, element, true)).collect::<Option<_>>()?;
            Value::Array(Arc::new(Array { element: element.kind(), values }))
        }
        DataType::Named(_) => Value::Named(Arc::new(Named { data_type, text: text()?.into() })),
    })
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let bytes = text.as_bytes();
    let digit = |at: usize| char::from(*bytes.get(at)?).to_digit(16);
    let byte = |at: usize| u8::try_from(digit(at)? * 16 + digit(at + 1)?).ok();
    if bytes.len().is_multiple_of(2) { (0..bytes.len()).step_by(2).map(byte).collect() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Kind;

    #[test]
    fn values_come_back() {
        const DECIMAL: DataType = DataType::Decimal { precision: 30, scale: 2 };
        const ARRAY: DataType = DataType::Array(&DataType::BigInt);
        let array = Array { element: Kind::I64, values: vec![Value::I64(1), Value::Null(Kind::I64)] };
        let cases: [(&'static DataType, Value, &str); 22] = [
            (&DataType::Boolean, Value::Bool(true), "true"),
            (&DataType::SmallInt, Value::I16(-3), "-3"),
            (&DataType::Integer, Value::I32(7), "7"),
            (&DataType::BigInt, Value::I64(i64::MIN), "-9223372036854775808"),
            (&DataType::Real, Value::F32(0.1), "0.1"),
            (&DataType::Double, Value::F64(1e300), "1e300"),
            (&DataType::Double, Value::F64(f64::INFINITY), "\"inf\""),
            (&DECIMAL, Value::Decimal("12345678901234567890.10".into()), "\"12345678901234567890.10\""),
            (&DataType::Text, Value::from("a\"b"), "\"a\\\"b\""),
            (&DataType::Varchar(9), Value::from("null"), "\"null\""),
            (&DataType::Bytes, Value::Bytes(vec![0, 255]), "\"00ff\""),
            (&DataType::Uuid, Value::Uuid([17; 16]), "\"11111111-1111-1111-1111-111111111111\""),
            (&DataType::Date, Value::Date(-1), "\"1969-12-31\""),
            (&DataType::Time, Value::Time(1), "\"00:00:00.000001\""),
            (&DataType::Timestamp, Value::Timestamp(0), "\"1970-01-01T00:00:00.000000\""),
            (&DataType::TimestampTz, Value::TimestampTz(0), "\"1970-01-01T00:00:00.000000Z\""),
            (&DataType::Json, Value::Json("{\"a\": 1.0}".into()), "{\"a\": 1.0}"),
            (&DataType::Json, Value::Json("null".into()), "{\"$json\":null}"),
            (&DataType::Json, Value::Json("{\"$json\":null}".into()), "{\"$json\":{\"$json\":null}}"),
            (&DataType::Json, Value::Null(Kind::Json), "null"),
            (&ARRAY, Value::Array(Arc::new(array)), "[1,null]"),
            (&DataType::Text, Value::Null(Kind::Text), "null"),
        ];
        for (data_type, value, expected) in cases {
            let mut json = String::new();
            write(&value, data_type, &mut json);
            assert_eq!(json, expected);
            assert_eq!(read(&json, data_type, true), Some(value), "{expected}");
        }
        assert_eq!(read("null", &DataType::Json, false), Some(Value::Json("null".into())));
    }

    #[test]
    fn keys_have_one_form() {
        let cases = [
            ("1.50", "1.5"),
            ("-0.0", "0"),
            ("007", "7"),
            (".5", "0.5"),
            ("-100.", "-100"),
            ("100", "100"),
            ("-0.10", "-0.1"),
            ("NaN", "NaN"),
            ("1e5", "1e5"),
            ("", ""),
            ("1.2.3", "1.2.3"),
        ];
        for (decimal, expected) in cases {
            assert_eq!(plain(&as_written_in_keys(Value::Decimal(decimal.into()))), expected, "{decimal}");
        }
        assert_eq!(plain(&as_written_in_keys(Value::F64(-0.0))), "0.0");
        assert_eq!(plain(&as_written_in_keys(Value::F32(-0.0))), "0.0");
        assert_eq!(plain(&as_written_in_keys(Value::from("1.50"))), "1.50");
    }

    #[test]
    fn what_servers_keep_otherwise_is_written_as_it_was_declared() {
        let cases: [(&'static DataType, Value, &str); 7] = [
            (&DataType::Boolean, Value::I64(0), "false"),
            (&DataType::Real, Value::F64(f64::from(0.1_f32)), "0.1"),
            (&DataType::Uuid, Value::Bytes(vec![17; 16]), "\"11111111-1111-1111-1111-111111111111\""),
            (&DataType::TimestampTz, Value::from("1970-01-01 00:00:00.000001"), "\"1970-01-01T00:00:00.000001Z\""),
            (&DataType::TimestampTz, Value::Timestamp(1), "\"1970-01-01T00:00:00.000001Z\""),
            (&DataType::Json, Value::from("[1]"), "[1]"),
            (&DataType::Json, Value::from("no json"), "\"no json\""),
        ];
        for (data_type, value, expected) in cases {
            let mut json = String::new();
            write(&value, data_type, &mut json);
            assert_eq!(json, expected);
        }
        assert_eq!(plain(&Value::from("a\"b")), "a\"b");
        assert_eq!(plain(&Value::I64(7)), "7");
        for corrupted in ["7", "\"zz\"", "\"0\"", "[", ""] {
            assert_eq!(read(corrupted, &DataType::Bytes, true), None, "{corrupted}");
        }
    }
}
