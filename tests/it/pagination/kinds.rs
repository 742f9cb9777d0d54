//! PG7: keys of every type, whose neighbours differ by the least there is: microseconds, integers beyond 2^53, the last
//! digit of a decimal, the last bit of a float or a uuid, one byte more. As a column, an alias, of groups and each once.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use kysera::prelude::*;
use kysera::query::output;
use kysera::schema::create_table_for;
use rust_decimal::Decimal;

use super::walking::there_and_back;
use crate::support::on_all;
use crate::support::schema::{Kinds, NewKinds, kinds};

/// Six values of each type, of which each but the last is there twice, and two rows of nothing but `null`.
async fn create(db: &Db) {
    create_table_for::<Kinds>().execute(db).await.unwrap();
    let instant =
        |micros| "2026-11-22T09:08:07.123456Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::microseconds(micros);
    let decimal = |text: &str| text.parse::<Decimal>().unwrap();
    let big = 9_007_199_254_740_992_i64;
    let row = |at: usize| {
        let micros = [3, -500, 1, 0, 2, -1_000_000][at];
        NewKinds {
            bool: Some(at.is_multiple_of(2)),
            small: Some([i16::MIN, -1, 0, 1, i16::MAX - 1, i16::MAX][at]),
            int: Some([i32::MAX, i32::MAX - 1, 0, -1, i32::MIN + 1, i32::MIN][at]),
            big: Some([i64::MAX - 1, i64::MAX, big, big + 1, i64::MIN + 1, i64::MIN][at]),
            real: Some([0.5, -0.25, 1.0, 16_777_215.0, -3.0, 0.0][at]),
            double: Some([0.1 + 0.2, 0.3, 1.0 / 3.0, 1e100, -2.5e-7, 0.0][at]),
            decimal: Some(decimal(
                ["12345678901234567890.123456", "12345678901234567890.123457", "-0.000001", "0", "9.5", "10"][at],
            )),
            text: Some(["", "a", "b", "it's", "ß", "\u{1f642}"][at].into()),
            bytes: Some([&b""[..], b"\0", b"\0\0", b"a", b"\xfe\xff", b"\xff"][at].to_vec()),
            uuid: Some(uuid::Uuid::from_u128([0, 1, 1 << 127, (1 << 127) + 1, u128::MAX - 1, u128::MAX][at])),
            date: Some(NaiveDate::from_ymd_opt(2026, 2, [27, 28, 1, 2, 3, 4][at]).unwrap()),
            time: Some(NaiveTime::from_hms_micro_opt(23, 59, 59, [0, 1, 999_999, 500, 501, 2][at]).unwrap()),
            timestamp: Some(instant(micros).naive_utc()),
            instant: Some(instant(micros)),
            ..NewKinds::new()
        }
    };
    let rows: Vec<_> = (0..6).chain(0..5).map(row).chain([NewKinds::new(), NewKinds::new()]).collect();
    insert_into(kinds::table).values(rows).execute(db).await.unwrap();
}

macro_rules! tests {
    ($($test:ident: $column:ident, $Type:ty;)*) => {
        $(
            #[test]
            fn $test() {
                on_all(async |fresh| {
                    let db = &fresh.db;
                    create(db).await;
                    let query = || select_from(kinds::table);
                    type Row = (i64, Option<$Type>);
                    for (order, key, of_alias) in [
                        (kinds::$column.asc(), kinds::id.asc(), output("a").asc()),
                        (kinds::$column.desc(), kinds::id.desc(), output("a").desc()),
                        (kinds::$column.asc().nulls_last(), kinds::id.asc(), output("a").asc().nulls_last()),
                        (kinds::$column.desc().nulls_last(), kinds::id.desc(), output("a").desc().nulls_last()),
                    ] {
                        let rows = query().order_by((order.clone(), key.clone())).select((kinds::id, kinds::$column));
                        let expected: Vec<Row> = rows.fetch_all(db).await.unwrap();
                        assert_eq!(expected.len(), 13);
                        let by = |place| query().select((kinds::id, kinds::$column)).paginate_by(order.clone(), place, 4);
                        assert_eq!(there_and_back(db, by).await, expected, "a column");
                        let ids: Vec<_> = expected.iter().map(|(id, _)| *id).collect();
                        let by = |place| query().select(kinds::id).paginate_by(order.clone(), place, 5);
                        assert_eq!(there_and_back(db, by).await, ids, "a column that is not selected");
                        let by = |place| {
                            let aliased = query().select((kinds::id, kinds::$column.alias("a")));
                            aliased.paginate_by(of_alias.clone(), place, 5)
                        };
                        assert_eq!(there_and_back(db, by).await, expected, "an alias");
                        let by = |place| {
                            let some = query().order_by(kinds::id).limit(100).select((kinds::id, kinds::$column));
                            some.paginate_by(order.clone(), place, 5)
                        };
                        assert_eq!(there_and_back(db, by).await, expected, "of a limit");

                        let each = query().distinct().order_by(order.clone()).select(kinds::$column);
                        let expected = each.fetch_all(db).await.unwrap();
                        let by = |place| query().distinct().select(kinds::$column).paginate_by(order.clone(), place, 4);
                        assert_eq!(there_and_back(db, by).await, expected, "each once");
                        let by = |place| query().distinct().select(kinds::$column).paginate_by_key(place, 2);
                        assert_eq!(there_and_back(db, by).await.len(), expected.len(), "each once, by itself");
                        let grouped = || query().group_by(kinds::$column).select((kinds::$column, count_all()));
                        let expected = grouped().order_by(order.clone()).fetch_all(db).await.unwrap();
                        let by = |place| grouped().paginate_by(order.clone(), place, 4);
                        assert_eq!(there_and_back(db, by).await, expected, "by group");
                        let by = |place| grouped().paginate_by(count_all().desc(), place, 2);
                        assert_eq!(there_and_back(db, by).await.len(), expected.len(), "by the size of a group");
                    }
                });
            }
        )*
    };
}

tests! {
    pg7_keys_that_are_true_or_false: bool, bool;
    pg7_keys_of_small_integers: small, i16;
    pg7_keys_of_integers: int, i32;
    pg7_keys_of_integers_beyond_2_to_the_53: big, i64;
    pg7_keys_of_reals: real, f32;
    pg7_keys_of_floats: double, f64;
    pg7_keys_of_decimals: decimal, Decimal;
    pg7_keys_of_text: text, String;
    pg7_keys_of_bytes: bytes, Vec<u8>;
    pg7_keys_of_uuids: uuid, uuid::Uuid;
    pg7_keys_of_dates: date, NaiveDate;
    pg7_keys_of_times: time, NaiveTime;
    pg7_keys_of_timestamps_in_microseconds: timestamp, NaiveDateTime;
    pg7_keys_of_instants_in_microseconds: instant, DateTime<Utc>;
}
