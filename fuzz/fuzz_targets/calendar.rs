//! Dates and times come back from their text, and no text makes the readers panic.

#![no_main]

use kysera::value::calendar;
use libfuzzer_sys::fuzz_target;

/// The years 0000 to 9999.
const DAYS: std::ops::RangeInclusive<i32> = -719_528..=2_932_896;

fuzz_target!(|input: (i32, i64, i64, &str)| {
    let (days, time, timestamp, text) = input;
    if DAYS.contains(&days) {
        assert_eq!(calendar::parse_date(&calendar::format_date(days)), Some(days));
        let (year, month, day) = calendar::civil_from_days(days);
        assert_eq!(calendar::days_from_civil(year, month, day), days);
    }
    let time = time.rem_euclid(calendar::MICROS_PER_DAY);
    assert_eq!(calendar::parse_time(&calendar::format_time(time)), Some(time));
    let (days, micros) = calendar::split_timestamp(timestamp);
    assert_eq!(calendar::join_timestamp(days, micros), Some(timestamp));
    if DAYS.contains(&days) {
        assert_eq!(calendar::parse_timestamp(&calendar::format_timestamp(timestamp)), Some(timestamp));
    }
    // Whatever is read is written as something that reads as the same.
    if let Some(days) = calendar::parse_date(text) {
        assert_eq!(calendar::parse_date(&calendar::format_date(days)), Some(days));
    }
    if let Some(micros) = calendar::parse_time(text) {
        assert_eq!(calendar::parse_time(&calendar::format_time(micros)), Some(micros));
    }
    if let Some(micros) = calendar::parse_timestamp(text) {
        assert_eq!(calendar::parse_timestamp(&calendar::format_timestamp(micros)), Some(micros));
    }
});
