//! What the crates for dates and times have in common.
//!
//! All of them count nanoseconds and servers keep microseconds, so what is below a microsecond is cut off (towards the
//! past, as cutting off digits does). A value that was read therefore comes back unchanged, however often it is
//! written.

use super::Mismatch;
use crate::value::{Kind, Value, calendar};

/// Nanoseconds in a microsecond.
#[cfg(any(feature = "time", feature = "jiff"))]
pub(super) const NANOS_PER_MICRO: i64 = 1_000;

/// The days since 1970-01-01 in a value; SQLite keeps dates as text.
pub(super) fn date(value: &Value) -> Result<i32, Mismatch> {
    match value {
        Value::Date(days) => Ok(*days),
        Value::Text(text) => calendar::parse_date(text).ok_or_else(|| no_such(Kind::Date)),
        value => Err(Mismatch::new(Kind::Date, value)),
    }
}

/// The microseconds since midnight in a value, less than a day of them: PostgreSQL's `24:00:00` is no time of day
/// elsewhere.
pub(super) fn time(value: &Value) -> Result<i64, Mismatch> {
    match value {
        Value::Time(micros) if (0..calendar::MICROS_PER_DAY).contains(micros) => Ok(*micros),
        Value::Time(_) => Err(out_of_range(Kind::Time)),
        Value::Text(text) => calendar::parse_time(text).ok_or_else(|| no_such(Kind::Time)),
        value => Err(Mismatch::new(Kind::Time, value)),
    }
}

/// The microseconds since 1970-01-01 00:00:00 in a value; an instant, such as that of now, is read in UTC.
pub(super) fn timestamp(value: &Value) -> Result<i64, Mismatch> {
    match value {
        Value::Timestamp(micros) | Value::TimestampTz(micros) => Ok(*micros),
        Value::Text(text) => calendar::parse_timestamp(text).ok_or_else(|| no_such(Kind::Timestamp)),
        value => Err(Mismatch::new(Kind::Timestamp, value)),
    }
}

/// The microseconds since 1970-01-01 00:00:00 UTC in a value; servers without zones keep instants in UTC.
pub(super) fn instant(value: &Value) -> Result<i64, Mismatch> {
    match value {
        Value::TimestampTz(micros) | Value::Timestamp(micros) => Ok(*micros),
        Value::Text(text) => calendar::parse_timestamp(text).ok_or_else(|| no_such(Kind::TimestampTz)),
        value => Err(Mismatch::new(Kind::TimestampTz, value)),
    }
}

/// The mismatch of a value of the right kind that the Rust type cannot hold.
pub(super) fn out_of_range(kind: Kind) -> Mismatch {
    Mismatch::because(kind.name(), "one out of the range of the Rust type")
}

fn no_such(kind: Kind) -> Mismatch {
    Mismatch::because(kind.name(), "text of another form")
}

/// The microseconds since midnight of a time of day.
#[cfg(any(feature = "time", feature = "jiff"))]
pub(super) fn micros_since_midnight(hour: i64, minute: i64, second: i64, nanosecond: i64) -> i64 {
    ((hour * 60 + minute) * 60 + second) * calendar::MICROS_PER_SECOND + nanosecond / NANOS_PER_MICRO
}
