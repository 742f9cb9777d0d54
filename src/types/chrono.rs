//! Dates and times of the crate `chrono`.
//!
//! A leap second (`23:59:60`) is the second after it, as in Unix time; as a time of day, where there is none after
//! it, the last microsecond of the day.

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike, Utc};

use super::{Mismatch, civil};
use crate::ast::DataType;
use crate::sql_type;
use crate::value::{Kind, Value, calendar};

/// Days from chrono's day 0, which is before 0001-01-01, to 1970-01-01.
const DAYS_TO_1970: i32 = 719_163;

sql_type!(NaiveDate, Kind::Date, DataType::Date, |it| Value::Date(it.num_days_from_ce() - DAYS_TO_1970), |value| {
    civil::date(&value)?
        .checked_add(DAYS_TO_1970)
        .and_then(Self::from_num_days_from_ce_opt)
        .ok_or_else(|| civil::out_of_range(Kind::Date))
},);

sql_type!(
    NaiveTime,
    Kind::Time,
    DataType::Time,
    |it| {
        let micros = i64::from(it.num_seconds_from_midnight()) * calendar::MICROS_PER_SECOND
            + i64::from(it.nanosecond() / 1_000);
        Value::Time(micros.min(calendar::MICROS_PER_DAY - 1))
    },
    |value| Ok(Self::MIN + TimeDelta::microseconds(civil::time(&value)?)),
);

sql_type!(
    NaiveDateTime,
    Kind::Timestamp,
    DataType::Timestamp,
    |it| Value::Timestamp(it.and_utc().timestamp_micros()),
    |value| instant(civil::timestamp(&value)?, Kind::Timestamp).map(|it| it.naive_utc()),
);

sql_type!(
    DateTime<Utc>,
    Kind::TimestampTz,
    DataType::TimestampTz,
    |it| Value::TimestampTz(it.timestamp_micros()),
    |value| instant(civil::instant(&value)?, Kind::TimestampTz),
);

// Servers keep the instant and not the offset, so it is read back as UTC.
sql_type!(
    DateTime<FixedOffset>,
    Kind::TimestampTz,
    DataType::TimestampTz,
    |it| Value::TimestampTz(it.timestamp_micros()),
    |value| instant(civil::instant(&value)?, Kind::TimestampTz).map(|it| it.fixed_offset()),
);

fn instant(micros: i64, kind: Kind) -> Result<DateTime<Utc>, Mismatch> {
    DateTime::from_timestamp_micros(micros).ok_or_else(|| civil::out_of_range(kind))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::SqlType;

    fn date(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }

    fn round_trip<T: SqlType + Clone + PartialEq + std::fmt::Debug>(it: T, value: Value) {
        assert_eq!(it.clone().into_value(), value);
        assert_eq!(T::from_value(value), Ok(it));
    }

    #[test]
    fn what_is_written_is_read_back() {
        let noon = date(2026, 11, 22).and_hms_micro_opt(12, 0, 0, 1).unwrap();
        round_trip(date(1969, 12, 31), Value::Date(-1));
        round_trip(noon.time(), Value::Time(43_200_000_001));
        round_trip(date(1969, 12, 31).and_hms_micro_opt(23, 59, 59, 999_999).unwrap(), Value::Timestamp(-1));
        round_trip(noon.and_utc(), Value::TimestampTz(noon.and_utc().timestamp_micros()));
        for extreme in [NaiveDate::MIN, NaiveDate::MAX] {
            assert_eq!(NaiveDate::from_value(extreme.into_value()), Ok(extreme));
            let midnight = extreme.and_time(NaiveTime::MIN);
            assert_eq!(NaiveDateTime::from_value(midnight.into_value()), Ok(midnight));
        }
    }

    #[test]
    fn an_offset_becomes_utc() {
        let it = DateTime::parse_from_rfc3339("2026-11-22T14:00:00+02:00").unwrap();
        let back = DateTime::<FixedOffset>::from_value(it.into_value()).unwrap();
        assert_eq!(back, it);
        assert_eq!(back.to_rfc3339(), "2026-11-22T12:00:00+00:00");
    }

    #[test]
    fn text_as_sqlite_keeps_it_is_read() {
        let text = |text: &str| Value::from(text);
        assert_eq!(NaiveDate::from_value(text("2026-11-22")), Ok(date(2026, 11, 22)));
        assert_eq!(NaiveTime::from_value(text("09:08:07.5")), Ok(NaiveTime::from_hms_milli_opt(9, 8, 7, 500).unwrap()));
        let noon = date(2026, 11, 22).and_hms_opt(12, 0, 0).unwrap();
        assert_eq!(NaiveDateTime::from_value(text("2026-11-22 12:00:00")), Ok(noon));
        assert_eq!(DateTime::<Utc>::from_value(text("2026-11-22T14:00:00+02:00")), Ok(noon.and_utc()));
        assert_eq!(NaiveDate::from_value(text("2026-02-30")).unwrap_err().found, "text of another form");
    }

    #[test]
    fn digits_below_a_microsecond_are_cut_off() {
        let before_1970 = date(1969, 12, 31).and_hms_nano_opt(23, 59, 59, 999_999_999).unwrap();
        assert_eq!(before_1970.into_value(), Value::Timestamp(-1));
        assert_eq!(before_1970.and_utc().into_value(), Value::TimestampTz(-1));
        assert_eq!(before_1970.time().into_value(), Value::Time(calendar::MICROS_PER_DAY - 1));
    }

    #[test]
    fn a_leap_second_is_the_second_after_it() {
        let leap = date(2016, 12, 31).and_hms_milli_opt(23, 59, 59, 1_500).unwrap();
        let after = date(2017, 1, 1).and_hms_milli_opt(0, 0, 0, 500).unwrap();
        assert_eq!(leap.into_value(), after.into_value());
        assert_eq!(leap.time().into_value(), Value::Time(calendar::MICROS_PER_DAY - 1));
    }

    #[test]
    fn what_is_out_of_range_is_told() {
        assert!(NaiveDate::from_value(Value::Date(i32::MAX)).is_err());
        assert!(NaiveDate::from_value(Value::Date(i32::MIN)).is_err());
        assert!(NaiveTime::from_value(Value::Time(calendar::MICROS_PER_DAY)).is_err());
        assert!(NaiveTime::from_value(Value::Time(-1)).is_err());
        assert!(NaiveDateTime::from_value(Value::Timestamp(i64::MAX)).is_err());
        assert!(DateTime::<Utc>::from_value(Value::TimestampTz(i64::MIN)).is_err());
        assert_eq!(NaiveDate::from_value(Value::I64(1)).unwrap_err().found, "a 64-bit integer");
    }
}
