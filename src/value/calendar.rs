//! Dates and times as numbers, and their text form.
//!
//! The conversions between a day number and a civil date are Howard Hinnant's `days_from_civil` and
//! `civil_from_days` (<https://howardhinnant.github.io/date_algorithms.html>), for the proleptic Gregorian calendar.

use std::fmt::Write as _;

/// Microseconds in a second.
pub const MICROS_PER_SECOND: i64 = 1_000_000;
/// Microseconds in a day.
pub const MICROS_PER_DAY: i64 = 86_400 * MICROS_PER_SECOND;

/// The day number (1970-01-01 is 0) of a year, month and day.
///
/// ```
/// assert_eq!(kysera::value::calendar::days_from_civil(2000, 1, 1), 10_957);
/// ```
#[must_use]
pub fn days_from_civil(year: i32, month: u32, day: u32) -> i32 {
    let year = i64::from(year) - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let shifted_month = i64::from((month + 9) % 12);
    let day_of_year = (153 * shifted_month + 2) / 5 + i64::from(day) - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    i32::try_from(era * 146_097 + day_of_era - 719_468).unwrap_or(if era < 0 { i32::MIN } else { i32::MAX })
}

/// The year, month and day of a day number (1970-01-01 is 0).
///
/// ```
/// assert_eq!(kysera::value::calendar::civil_from_days(10_957), (2000, 1, 1));
/// ```
#[must_use]
pub fn civil_from_days(days: i32) -> (i32, u32, u32) {
    let days = i64::from(days) + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    // All three fit: an `i32` of days is less than six million years.
    (year as i32, month as u32, day as u32)
}

/// Splits microseconds since 1970-01-01 into a day number and microseconds since its midnight.
#[must_use]
pub fn split_timestamp(micros: i64) -> (i32, i64) {
    // An `i64` of microseconds is less than 300,000 years, so the days fit.
    (micros.div_euclid(MICROS_PER_DAY) as i32, micros.rem_euclid(MICROS_PER_DAY))
}

/// Joins a day number and microseconds since midnight, if the sum can be told.
#[must_use]
pub fn join_timestamp(days: i32, micros: i64) -> Option<i64> {
    // In wider numbers, since the midnight of the first day is before the first instant of an `i64`.
    i64::try_from(i128::from(days) * i128::from(MICROS_PER_DAY) + i128::from(micros)).ok()
}

/// The date as `2026-11-22`, or `-0005-11-22` for a year before the year 0.
#[must_use]
pub fn format_date(days: i32) -> String {
    let (year, month, day) = civil_from_days(days);
    let sign = if year < 0 { "-" } else { "" };
    format!("{sign}{:04}-{month:02}-{day:02}", year.unsigned_abs())
}

/// The time of day as `09:08:07.123456`.
#[must_use]
pub fn format_time(micros: i64) -> String {
    let seconds = micros / MICROS_PER_SECOND;
    let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    format!("{hour:02}:{minute:02}:{second:02}.{:06}", micros % MICROS_PER_SECOND)
}

/// The date and time as `2026-11-22 09:08:07.123456`.
#[must_use]
pub fn format_timestamp(micros: i64) -> String {
    let (days, micros) = split_timestamp(micros);
    let mut text = format_date(days);
    let _ = write!(text, " {}", format_time(micros));
    text
}

/// Reads `2026-11-22` as a day number; anything else, such as a 30th of February, is `None`.
#[must_use]
pub fn parse_date(text: &str) -> Option<i32> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let mut parts = digits.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() < 4 || month.len() != 2 || day.len() != 2 {
        return None;
    }
    let year = i32::try_from(number(year)?).ok()?;
    let year = if negative { -year } else { year };
    let (month, day) = (u32::try_from(number(month)?).ok()?, u32::try_from(number(day)?).ok()?);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) || year.abs() > 5_000_000 {
        return None;
    }
    let days = days_from_civil(year, month, day);
    (civil_from_days(days) == (year, month, day)).then_some(days)
}

/// Reads `09:08`, `09:08:07` or `09:08:07.123456` as microseconds since midnight.
#[must_use]
pub fn parse_time(text: &str) -> Option<i64> {
    let (clock, fraction) = match text.split_once('.') {
        Some((clock, fraction)) => (clock, Some(fraction)),
        None => (text, None),
    };
    let mut parts = clock.split(':').map(|part| if part.len() == 2 { number(part) } else { None });
    let (hour, minute) = (parts.next()??, parts.next()??);
    let second = match parts.next() {
        Some(second) => second?,
        None if fraction.is_some() => return None,
        None => 0,
    };
    if parts.next().is_some() || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let micros = match fraction {
        None => 0,
        Some(digits) if digits.is_empty() || digits.len() > 9 => return None,
        Some(digits) => {
            let digits_in_micros = digits.get(..digits.len().min(6))?;
            number(digits)?;
            number(digits_in_micros)? * 10_i64.pow(6 - digits_in_micros.len() as u32)
        }
    };
    Some(((hour * 60 + minute) * 60 + second) * MICROS_PER_SECOND + micros)
}

/// Reads `2026-11-22 09:08:07.123456` (a `T` between and a zone such as `Z` or `+02:00` after it are taken too) as
/// microseconds since 1970-01-01 00:00:00, in UTC where there is a zone.
#[must_use]
pub fn parse_timestamp(text: &str) -> Option<i64> {
    let (date, rest) = text.split_once([' ', 'T'])?;
    let zone_at = rest.find(['Z', '+', '-']);
    let (time, zone) = match zone_at {
        Some(at) => rest.split_at(at),
        None => (rest, ""),
    };
    let offset = match zone.split_at_checked(1) {
        None | Some(("Z", "")) => 0,
        Some((sign, hours)) => {
            let minutes = parse_time(hours).or_else(|| parse_time(&format!("{hours}:00")))? / MICROS_PER_SECOND;
            if sign == "-" { -minutes } else { minutes }
        }
    };
    join_timestamp(parse_date(date)?, parse_time(time.trim_end())?)?.checked_sub(offset * MICROS_PER_SECOND)
}

fn number(digits: &str) -> Option<i64> {
    if digits.bytes().all(|b| b.is_ascii_digit()) { digits.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_of_two_millennia_comes_back() {
        for days in days_from_civil(-500, 1, 1)..days_from_civil(2500, 1, 1) {
            let (year, month, day) = civil_from_days(days);
            assert_eq!(days_from_civil(year, month, day), days);
            assert_eq!(parse_date(&format_date(days)), Some(days));
        }
    }

    #[test]
    fn the_first_and_the_last_instant_come_back() {
        for timestamp in [i64::MIN, -9_223_372_023_969_873_920, -1, 0, i64::MAX] {
            let (days, micros) = split_timestamp(timestamp);
            assert_eq!(join_timestamp(days, micros), Some(timestamp));
        }
        assert_eq!(join_timestamp(i32::MIN, 0), None);
        assert_eq!(join_timestamp(i32::MAX, 0), None);
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in ["2026-02-30", "2026-13-01", "26-01-01", "2026-1-1", "2026-01-01x", "", "x"] {
            assert_eq!(parse_date(text), None, "{text}");
        }
        for text in ["24:00:00", "1:00", "12:60", "12:00:00.", "12:00.5", "12:00:00.1234567890"] {
            assert_eq!(parse_time(text), None, "{text}");
        }
    }

    #[test]
    fn zones_are_taken_into_account() {
        let noon = parse_timestamp("2026-11-22 12:00:00").unwrap();
        for text in [
            "2026-11-22T12:00:00Z",
            "2026-11-22 14:00:00+02:00",
            "2026-11-22 06:30:00.000-05:30",
            "2026-11-22 14:00:00+02",
        ] {
            assert_eq!(parse_timestamp(text), Some(noon), "{text}");
        }
        assert_eq!(parse_timestamp(&format_timestamp(-1)), Some(-1));
    }
}
