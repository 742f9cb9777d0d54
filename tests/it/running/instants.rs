//! The instant of now, in all types that can hold it.

use chrono::{DateTime, NaiveDateTime, Utc};
use kysera::prelude::*;

use crate::support::on_all;
use crate::support::schema::{filled, users};

#[test]
fn now_is_read_in_utc_with_and_without_a_zone() {
    on_all(async |fresh| {
        let db = &fresh.db;
        filled(db).await.unwrap();
        let one = select_from(users::table).limit(1);
        let clock: DateTime<Utc> = std::time::SystemTime::now().into();
        let near = |it: NaiveDateTime| (it - clock.naive_utc()).num_seconds().abs() < 60;
        // Without a zone it would be another hour wherever that of the session is not UTC.
        assert!(near(one.clone().select(now::<DateTime<Utc>>()).fetch_one(db).await.unwrap().naive_utc()));
        assert!(near(one.clone().select(now::<NaiveDateTime>()).fetch_one(db).await.unwrap()));
        let read = one.clone().select(now::<time::PrimitiveDateTime>()).fetch_one(db).await.unwrap();
        assert!(near(DateTime::from_timestamp(read.assume_utc().unix_timestamp(), 0).unwrap().naive_utc()));
        let read = one.select(now::<jiff::civil::DateTime>()).fetch_one(db).await.unwrap();
        let second = read.to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp().as_second();
        assert!(near(DateTime::from_timestamp(second, 0).unwrap().naive_utc()));
    });
}
