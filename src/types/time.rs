//! Dates and times of the crate `time`.

use time::{Date, Duration, OffsetDateTime, PrimitiveDateTime, Time};

use super::Mismatch;
use super::civil::{self, NANOS_PER_MICRO};
use crate::ast::DataType;
use crate::sql_type;
use crate::value::{Kind, Value};

/// The Julian day of 1970-01-01.
const JULIAN_DAY_1970: i32 = 2_440_588;

sql_type!(Date, Kind::Date, DataType::Date, |it| Value::Date(it.to_julian_day() - JULIAN_DAY_1970), |value| {
    civil::date(&value)?
        .checked_add(JULIAN_DAY_1970)
        .and_then(|day| Self::from_julian_day(day).ok())
        .ok_or_else(|| civil::out_of_range(Kind::Date))
},);

sql_type!(
    Time,
    Kind::Time,
    DataType::Time,
    |it| {
        let (hour, minute, second, nanosecond) = it.as_hms_nano();
        Value::Time(civil::micros_since_midnight(hour.into(), minute.into(), second.into(), nanosecond.into()))
    },
    |value| Ok(Self::MIDNIGHT + Duration::microseconds(civil::time(&value)?)),
);

sql_type!(
    PrimitiveDateTime,
    Kind::Timestamp,
    DataType::Timestamp,
    |it| micros(it.assume_utc()).map_or_else(|| Value::from(it.to_string()), Value::Timestamp),
    |value| instant(civil::timestamp(&value)?, Kind::Timestamp).map(|it| Self::new(it.date(), it.time())),
);

// Servers keep the instant and not the offset, so it is read back as UTC.
sql_type!(
    OffsetDateTime,
    Kind::TimestampTz,
    DataType::TimestampTz,
    |it| micros(it).map_or_else(|| Value::from(it.to_string()), Value::TimestampTz),
    |value| instant(civil::instant(&value)?, Kind::TimestampTz),
);

/// `None` only for years beyond 292,000, which there are with the feature `large-dates` of `time`. They are bound as
/// text: no server takes that as a timestamp, so that nothing wrong is stored.
fn micros(it: OffsetDateTime) -> Option<i64> {
    i64::try_from(it.unix_timestamp_nanos().div_euclid(NANOS_PER_MICRO.into())).ok()
}

fn instant(micros: i64, kind: Kind) -> Result<OffsetDateTime, Mismatch> {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(micros) * i128::from(NANOS_PER_MICRO))
        .map_err(|_| civil::out_of_range(kind))
}

#[cfg(test)]
mod tests {
    use time::{Month, UtcOffset};

    use super::*;
    use crate::types::SqlType;
    use crate::value::calendar;

    fn date(year: i32, month: Month, day: u8) -> Date {
        Date::from_calendar_date(year, month, day).unwrap()
    }

    fn round_trip<T: SqlType + Copy + PartialEq + std::fmt::Debug>(it: T, value: Value) {
        assert_eq!(it.into_value(), value);
        assert_eq!(T::from_value(value), Ok(it));
    }

    #[test]
    fn what_is_written_is_read_back() {
        round_trip(date(1969, Month::December, 31), Value::Date(-1));
        round_trip(Time::from_hms_micro(12, 0, 0, 1).unwrap(), Value::Time(43_200_000_001));
        let before_1970 = date(1969, Month::December, 31).with_hms_micro(23, 59, 59, 999_999).unwrap();
        round_trip(before_1970, Value::Timestamp(-1));
        round_trip(before_1970.assume_utc(), Value::TimestampTz(-1));
        for extreme in [Date::MIN, Date::MAX] {
            assert_eq!(Date::from_value(extreme.into_value()), Ok(extreme));
            let midnight = extreme.midnight();
            assert_eq!(PrimitiveDateTime::from_value(midnight.into_value()), Ok(midnight));
        }
    }

    #[test]
    fn an_offset_becomes_utc() {
        let offset = UtcOffset::from_hms(2, 0, 0).unwrap();
        let it = date(2026, Month::November, 22).with_hms(14, 0, 0).unwrap().assume_offset(offset);
        let back = OffsetDateTime::from_value(it.into_value()).unwrap();
        assert_eq!((back, back.offset(), back.hour()), (it, UtcOffset::UTC, 12));
    }

    #[test]
    fn text_as_sqlite_keeps_it_is_read() {
        let text = |text: &str| Value::from(text);
        let day = date(2026, Month::November, 22);
        assert_eq!(Date::from_value(text("2026-11-22")), Ok(day));
        assert_eq!(Time::from_value(text("09:08:07.5")), Ok(Time::from_hms_milli(9, 8, 7, 500).unwrap()));
        let noon = day.with_hms(12, 0, 0).unwrap();
        assert_eq!(PrimitiveDateTime::from_value(text("2026-11-22 12:00:00")), Ok(noon));
        assert_eq!(OffsetDateTime::from_value(text("2026-11-22T14:00:00+02:00")), Ok(noon.assume_utc()));
        assert!(Time::from_value(text("24:00:00")).is_err());
    }

    #[test]
    fn digits_below_a_microsecond_are_cut_off() {
        let before_1970 = date(1969, Month::December, 31).with_hms_nano(23, 59, 59, 999_999_999).unwrap();
        assert_eq!(before_1970.into_value(), Value::Timestamp(-1));
        assert_eq!(before_1970.assume_utc().into_value(), Value::TimestampTz(-1));
        assert_eq!(before_1970.time().into_value(), Value::Time(calendar::MICROS_PER_DAY - 1));
    }

    #[test]
    fn what_is_out_of_range_is_told() {
        assert!(Date::from_value(Value::Date(i32::MAX)).is_err());
        assert!(Date::from_value(Value::Date(i32::MIN)).is_err());
        assert!(Time::from_value(Value::Time(calendar::MICROS_PER_DAY)).is_err());
        assert!(PrimitiveDateTime::from_value(Value::Timestamp(i64::MAX)).is_err());
        assert!(OffsetDateTime::from_value(Value::TimestampTz(i64::MIN)).is_err());
        assert_eq!(OffsetDateTime::from_value(Value::Bool(true)).unwrap_err().found, "a boolean");
    }
}
