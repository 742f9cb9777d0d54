//! Keys of every type that can be one.

use kysera::ast::Operation;
use kysera::plugin::Audit;
use kysera::prelude::*;
use kysera::schema::create_table_for;
use rust_decimal::Decimal;

use super::{Instant, entries, opened};
use crate::support::on_all;

/// Writes rows of a table with keys of a type in all ways, and finds what was written by their keys.
macro_rules! keys {
    ($test:ident, $table:ident, $Row:ident, $NewRow:ident, $name:literal, $Key:ty $(as $type:tt)?, $values:expr) => {
        #[derive(Clone, Debug, PartialEq, Table)]
        #[table(name = $name)]
        pub struct $Row {
            #[column(primary_key $(, type = $type)?)]
            pub key: $Key,
            pub value: i64,
        }

        #[test]
        fn $test() {
            on_all(async |fresh| {
                let audit = Audit::new();
                create_table_for::<$Row>().execute(&fresh.db).await.unwrap();
                let db = opened(fresh, &audit).await;
                let keys: Vec<$Key> = $values;
                let count = keys.len();
                let rows = || keys.iter().map(|key| $NewRow::new(key.clone(), 1)).collect::<Vec<_>>();
                insert_into($table::table).values(rows()).execute(&db).await.unwrap();
                let changed = update($table::table).set($table::value.to(2)).all_rows().execute(&db).await.unwrap();
                assert_eq!(changed.rows_affected, count as u64);
                for key in &keys {
                    let q = update($table::table).set($table::value.to(3)).filter($table::key.eq(key.clone()));
                    assert_eq!(q.execute(&db).await.unwrap().rows_affected, 1, "{key:?}");
                }
                let q = insert_into($table::table).values(rows());
                upsert!(fresh.server, q, $table::key, $table::value).execute(&db).await.unwrap();
                let all = async || select_from($table::table).order_by($table::key).fetch_all(&fresh.db).await.unwrap();
                let before = all().await;
                assert!(before.iter().all(|row| row.value == 1), "{before:?}");
                let gone = delete_from($table::table).all_rows().execute(&db).await.unwrap();
                assert_eq!(gone.rows_affected, count as u64);
                assert_eq!(entries(&audit, &db).await.len(), 5 * count);
                for key in &keys {
                    let found = audit.history().of($table::table).key(key.clone()).fetch_all(&db).await.unwrap();
                    let operations: Vec<_> = found.iter().map(|it| it.operation()).collect();
                    let (update, insert) = (Operation::Update, Operation::Insert);
                    assert_eq!(operations, [Operation::Delete, update, update, update, insert], "{key:?}");
                    audit.restore($table::table, found[0].id(), &db).await.unwrap();
                }
                assert_eq!(all().await, before);
            });
        }
    };
}

const BIG: i64 = (1 << 53) + 1;

keys!(big_integers, bigs, Big, NewBig, "bigs", i64, vec![0, -1, BIG, BIG + 1, -BIG, i64::MAX, i64::MIN]);
keys!(small_integers, smalls, Small, NewSmall, "smalls", i16, vec![0, i16::MAX, i16::MIN]);
keys!(doubles, doubles, Double, NewDouble, "doubles", f64, vec![0.1 + 0.2, 1e300, -0.0, 1.0, -5e-324, f64::MAX]);
keys!(reals, reals, Real, NewReal, "reals", f32, vec![0.1, -0.0, 16_777_216.0, 3.4e38]);
keys!(booleans, booleans, Boolean, NewBoolean, "booleans", bool, vec![true, false]);
keys!(
    uuids,
    uuids,
    Uuid,
    NewUuid,
    "uuids",
    uuid::Uuid,
    vec![uuid::Uuid::nil(), uuid::Uuid::max(), uuid::Uuid::from_u128(7)]
);
keys!(
    decimals, decimals, Dec, NewDec, "decimals", Decimal as "decimal(20, 4)",
    vec![Decimal::ZERO, Decimal::new(-15, 1), Decimal::new(1, 4), "1234567890123456.7890".parse().unwrap()]
);
keys!(
    dates,
    dates,
    Date,
    NewDate,
    "dates",
    chrono::NaiveDate,
    vec!["2026-02-28".parse().unwrap(), "1969-12-31".parse().unwrap()]
);
keys!(
    times,
    times,
    Time,
    NewTime,
    "times",
    chrono::NaiveTime,
    vec!["00:00:00".parse().unwrap(), "23:59:59.999999".parse().unwrap()]
);
keys!(
    timestamps,
    stamps,
    Stamp,
    NewStamp,
    "stamps",
    chrono::NaiveDateTime,
    vec!["2026-02-28T01:02:03.000004".parse().unwrap(), "1969-12-31T23:59:59".parse().unwrap()]
);
keys!(
    instants,
    instants,
    At,
    NewAt,
    "instants",
    Instant,
    vec!["2026-02-28T01:02:03.000004Z".parse().unwrap(), "1969-12-31T23:59:59Z".parse().unwrap()]
);
keys!(
    texts, texts, Text, NewText, "texts", String as "varchar(100)",
    vec![String::new(), "a\"b\\c".into(), "😀ä\n".into(), "null".into(), "[1]".into(), "'; drop table texts; --".into()]
);
