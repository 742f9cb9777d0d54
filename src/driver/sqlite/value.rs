//! Values on their way into SQLite and out of it.
//!
//! SQLite has integers, floats, text and bytes. Dates and times are text of a fixed width, so that they order as they
//! should; decimals are text, so that no digit is lost.

use std::borrow::Cow;

use rusqlite::types::{ToSqlOutput, Value as Owned, ValueRef};
use rusqlite::{Column, Statement};

use super::decimal;
use crate::error::{Error, Result};
use crate::value::{Kind, Value, calendar};

/// The days of the years 0000 to 9999: dates as text order as dates only within them.
const DAYS: std::ops::RangeInclusive<i32> = -719_528..=2_932_896;

/// What is bound for a value, the parameter at `position` (counted from 1).
pub(super) fn bind(value: &Value, position: usize) -> Result<ToSqlOutput<'_>> {
    let refuse = |expected: &'static str| Err(Error::encode(position, expected, value.kind().name()));
    let beyond = |expected: &'static str, found: &'static str| Err(Error::encode(position, expected, found));
    let text = |text: String| Ok(ToSqlOutput::Owned(Owned::Text(text)));
    let integer = |it: i64| Ok(ToSqlOutput::Owned(Owned::Integer(it)));
    match value {
        Value::Null(_) => Ok(ToSqlOutput::Owned(Owned::Null)),
        Value::Bool(it) => integer((*it).into()),
        Value::I16(it) => integer((*it).into()),
        Value::I32(it) => integer((*it).into()),
        Value::I64(it) => integer(*it),
        Value::F32(it) if it.is_nan() => refuse("a number; SQLite keeps `NaN` as null"),
        Value::F64(it) if it.is_nan() => refuse("a number; SQLite keeps `NaN` as null"),
        Value::F32(it) => Ok(ToSqlOutput::Owned(Owned::Real((*it).into()))),
        Value::F64(it) => Ok(ToSqlOutput::Owned(Owned::Real(*it))),
        Value::Json(it) if it.is_empty() => refuse("json; it could not be serialised"),
        Value::Decimal(it) => match decimal::plain(it) {
            Some(Cow::Borrowed(it)) => Ok(ToSqlOutput::Borrowed(ValueRef::Text(it.as_bytes()))),
            Some(Cow::Owned(it)) => text(it),
            None => refuse("a number of digits; SQLite keeps decimals as text"),
        },
        Value::Text(it) | Value::Json(it) => Ok(ToSqlOutput::Borrowed(ValueRef::Text(it.as_bytes()))),
        Value::Named(it) => Ok(ToSqlOutput::Borrowed(ValueRef::Text(it.text.as_bytes()))),
        Value::Bytes(it) => Ok(ToSqlOutput::Borrowed(ValueRef::Blob(it))),
        Value::Uuid(it) => Ok(ToSqlOutput::Borrowed(ValueRef::Blob(it))),
        Value::Date(days) if DAYS.contains(days) => text(calendar::format_date(*days)),
        Value::Time(micros) if (0..calendar::MICROS_PER_DAY).contains(micros) => text(calendar::format_time(*micros)),
        Value::Timestamp(micros) | Value::TimestampTz(micros)
            if DAYS.contains(&calendar::split_timestamp(*micros).0) =>
        {
            text(calendar::format_timestamp(*micros))
        }
        Value::Date(_) => beyond("a date", "a date outside of the years 0 to 9999"),
        Value::Timestamp(_) | Value::TimestampTz(_) => {
            beyond("a timestamp", "a timestamp outside of the years 0 to 9999")
        }
        Value::Time(_) => beyond("a time of day", "a time that is not within a day"),
        Value::Array(_) => refuse("a column; SQLite has no arrays"),
    }
}

/// What a column was declared as, as far as its values do not tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Declared {
    /// `decimal`, `numeric` and the like: a table of somebody else's, where decimals are floats.
    Decimal,
    /// Anything else, or nothing: the result of an expression.
    Other,
}

/// What the columns of a result were declared as.
pub(super) fn declared(statement: &Statement<'_>) -> Vec<Declared> {
    let is_decimal = |it: &str| {
        let it = it.to_ascii_lowercase();
        it.contains("dec") || it.contains("num")
    };
    let declared =
        |it: &Column<'_>| if it.decl_type().is_some_and(is_decimal) { Declared::Decimal } else { Declared::Other };
    // A list in some versions of `rusqlite`, an iterator in others.
    statement.columns().into_iter().map(|it| declared(&it)).collect()
}

/// What was read from a column.
pub(super) fn read(value: ValueRef<'_>, column: &str, declared: Declared) -> Result<Value> {
    Ok(match value {
        ValueRef::Null => Value::Null(Kind::Unknown),
        ValueRef::Integer(it) => Value::I64(it),
        ValueRef::Real(it) => match declared {
            Declared::Decimal => decimal::of_float(it).map_or(Value::F64(it), |it| Value::Decimal(it.into())),
            Declared::Other => Value::F64(it),
        },
        ValueRef::Text(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => Value::from(text),
            Err(_) => return Err(Error::decode(column, Kind::Text.name(), "bytes that are no UTF-8")),
        },
        ValueRef::Blob(bytes) => Value::Bytes(bytes.to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_years_that_order_as_text() {
        assert_eq!(calendar::format_date(*DAYS.start()), "0000-01-01");
        assert_eq!(calendar::format_date(*DAYS.end()), "9999-12-31");
        assert_eq!(calendar::format_date(DAYS.end() + 1), "10000-01-01");
    }

    #[test]
    fn what_is_out_of_range_is_told_in_a_sentence() {
        let text = |value| bind(&value, 2).unwrap_err().to_string();
        let (date, timestamp) = ("a date outside of the years 0 to 9999", "a timestamp outside of the years 0 to 9999");
        let cannot = |found, expected| format!("parameter 2 is {found}, which the server cannot take as {expected}");
        assert_eq!(text(Value::Date(DAYS.end() + 1)), cannot(date, "a date"));
        assert_eq!(text(Value::Timestamp(i64::MAX)), cannot(timestamp, "a timestamp"));
        assert_eq!(text(Value::Time(-1)), cannot("a time that is not within a day", "a time of day"));
    }

    #[test]
    fn what_would_be_lost_is_refused() {
        for value in [
            Value::F32(f32::NAN),
            Value::F64(f64::NAN),
            Value::Json("".into()),
            Value::Decimal("NaN".into()),
            Value::Date(DAYS.end() + 1),
            Value::Time(calendar::MICROS_PER_DAY),
            Value::Timestamp(i64::MAX),
            Value::TimestampTz(i64::MIN),
            Value::Array(std::sync::Arc::new(crate::value::Array { element: Kind::I64, values: vec![] })),
        ] {
            assert!(bind(&value, 1).unwrap_err().is_encode(), "{value:?}");
        }
    }
}
