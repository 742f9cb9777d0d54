//! Dates and times of the crate `jiff`.

use jiff::civil::{Date, DateTime, Time};
use jiff::{SignedDuration, Timestamp};

use super::Mismatch;
use super::civil::{self, NANOS_PER_MICRO};
use crate::ast::DataType;
use crate::sql_type;
use crate::value::{Kind, Value, calendar};

sql_type!(Date, Kind::Date, DataType::Date, |it| Value::Date(days(it)), |value| {
    date(civil::date(&value)?, Kind::Date)
});

sql_type!(Time, Kind::Time, DataType::Time, |it| Value::Time(micros(it)), |value| time(civil::time(&value)?));

sql_type!(
    DateTime,
    Kind::Timestamp,
    DataType::Timestamp,
    // A jiff year has at most four digits, so the sum always fits.
    |it| Value::Timestamp(i64::from(days(it.date())) * calendar::MICROS_PER_DAY + micros(it.time())),
    |value| {
        let (days, micros) = calendar::split_timestamp(civil::timestamp(&value)?);
        Ok(Self::from_parts(date(days, Kind::Timestamp)?, time(micros)?))
    },
);

sql_type!(
    Timestamp,
    Kind::TimestampTz,
    DataType::TimestampTz,
    // Jiff's own `as_microsecond` would round towards 1970 and so make two instants around it one.
    |it| {
        let nanosecond = i64::from(it.subsec_nanosecond());
        Value::TimestampTz(it.as_second() * calendar::MICROS_PER_SECOND + nanosecond.div_euclid(NANOS_PER_MICRO))
    },
    // Jiff's own `from_microsecond` takes nothing of the last second that it knows but its start.
    |value| {
        let micros = civil::instant(&value)?;
        let (second, micro) =
            (micros.div_euclid(calendar::MICROS_PER_SECOND), micros.rem_euclid(calendar::MICROS_PER_SECOND));
        // Less than a second, so it fits.
        let nanosecond = (micro * NANOS_PER_MICRO) as i32;
        Self::new(second, nanosecond).map_err(|_| civil::out_of_range(Kind::TimestampTz))
    },
);

fn days(it: Date) -> i32 {
    calendar::days_from_civil(it.year().into(), it.month().unsigned_abs().into(), it.day().unsigned_abs().into())
}

fn micros(it: Time) -> i64 {
    let (hour, minute, second) = (it.hour(), it.minute(), it.second());
    civil::micros_since_midnight(hour.into(), minute.into(), second.into(), it.subsec_nanosecond().into())
}

fn date(days: i32, kind: Kind) -> Result<Date, Mismatch> {
    let (year, month, day) = calendar::civil_from_days(days);
    match (i16::try_from(year), i8::try_from(month), i8::try_from(day)) {
        (Ok(year), Ok(month), Ok(day)) => Date::new(year, month, day).map_err(|_| civil::out_of_range(kind)),
        _ => Err(civil::out_of_range(kind)),
    }
}

fn time(micros: i64) -> Result<Time, Mismatch> {
    Time::midnight().checked_add(SignedDuration::from_micros(micros)).map_err(|_| civil::out_of_range(Kind::Time))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::SqlType;

    fn round_trip<T: SqlType + Copy + PartialEq + std::fmt::Debug>(it: T, value: Value) {
        assert_eq!(it.into_value(), value);
        assert_eq!(T::from_value(value), Ok(it));
    }

    #[test]
    fn what_is_written_is_read_back() {
        round_trip(Date::constant(1969, 12, 31), Value::Date(-1));
        round_trip(Time::constant(12, 0, 0, 1_000), Value::Time(43_200_000_001));
        round_trip(Date::constant(1969, 12, 31).at(23, 59, 59, 999_999_000), Value::Timestamp(-1));
        round_trip(Timestamp::from_microsecond(-1).unwrap(), Value::TimestampTz(-1));
        for extreme in [Date::MIN, Date::MAX] {
            assert_eq!(Date::from_value(extreme.into_value()), Ok(extreme));
            let last = extreme.at(23, 59, 59, 999_999_000);
            assert_eq!(DateTime::from_value(last.into_value()), Ok(last));
        }
        assert_eq!(Timestamp::from_value(Timestamp::MIN.into_value()), Ok(Timestamp::MIN));
        let last = Timestamp::new(Timestamp::MAX.as_second(), 999_999_000).unwrap();
        assert_eq!(Timestamp::from_value(Timestamp::MAX.into_value()), Ok(last));
    }

    #[test]
    fn text_as_sqlite_keeps_it_is_read() {
        let text = |text: &str| Value::from(text);
        let noon = Date::constant(2026, 11, 22).at(12, 0, 0, 0);
        assert_eq!(Date::from_value(text("2026-11-22")), Ok(noon.date()));
        assert_eq!(Time::from_value(text("09:08:07.5")), Ok(Time::constant(9, 8, 7, 500_000_000)));
        assert_eq!(DateTime::from_value(text("2026-11-22 12:00:00")), Ok(noon));
        let instant = "2026-11-22T12:00:00Z".parse::<Timestamp>().unwrap();
        assert_eq!(Timestamp::from_value(text("2026-11-22T14:00:00+02:00")), Ok(instant));
        assert!(DateTime::from_value(text("2026-11-22")).is_err());
    }

    #[test]
    fn digits_below_a_microsecond_are_cut_off() {
        let before_1970 = Timestamp::from_nanosecond(-1).unwrap();
        assert_eq!(before_1970.into_value(), Value::TimestampTz(-1));
        assert_eq!(Timestamp::from_nanosecond(-1_001).unwrap().into_value(), Value::TimestampTz(-2));
        assert_eq!(Timestamp::from_nanosecond(1_999).unwrap().into_value(), Value::TimestampTz(1));
        let civil = Date::constant(1969, 12, 31).at(23, 59, 59, 999_999_999);
        assert_eq!(civil.into_value(), Value::Timestamp(-1));
        assert_eq!(civil.time().into_value(), Value::Time(calendar::MICROS_PER_DAY - 1));
    }

    #[test]
    fn what_is_out_of_range_is_told() {
        assert!(Date::from_value(Value::Date(i32::MAX)).is_err());
        assert!(Date::from_value(Value::Date(i32::MIN)).is_err());
        assert!(Time::from_value(Value::Time(calendar::MICROS_PER_DAY)).is_err());
        assert!(DateTime::from_value(Value::Timestamp(i64::MAX)).is_err());
        assert!(Timestamp::from_value(Value::TimestampTz(i64::MIN)).is_err());
        assert_eq!(Timestamp::from_value(Value::Null(Kind::Unknown)).unwrap_err().found, "null");
    }
}
