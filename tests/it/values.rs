//! Every Rust type that a column may hold: written, read back and compared with by the typed API, on every server.

use std::collections::BTreeMap;

use kysera::expr::value;
use kysera::prelude::*;
use kysera::schema::create_table_for;
use kysera::types::Json;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, TestRunner};
use rust_decimal::Decimal;
use serde_json::json;
use uuid::Uuid;

use crate::support::servers::Fresh;
use crate::support::{Server, on_all, on_each};

/// Kept as text.
#[derive(Clone, Copy, Debug, PartialEq, SqlType)]
enum Status {
    Open,
    InProgress,
    #[sql(rename = "shut")]
    Closed,
}

/// Kept as a number.
#[derive(Clone, Copy, Debug, PartialEq, SqlType)]
#[sql(repr = "i16")]
enum Level {
    Low = -3,
    High = 300,
}

#[derive(Clone, Copy, Debug, PartialEq, SqlType)]
struct UserId(i64);

#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
struct Settings {
    theme: String,
    sizes: Vec<i64>,
}

#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "alls")]
struct All {
    #[column(primary_key)]
    id: i64,
    truth: bool,
    small: i16,
    medium: i32,
    large: i64,
    single: f32,
    double: f64,
    exact: Decimal,
    words: String,
    raw: Vec<u8>,
    key: Uuid,
    document: serde_json::Value,
    settings: Json<Settings>,
    status: Status,
    level: Level,
    owner: UserId,
}

/// The same, where each may be missing.
#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "maybes")]
struct Maybe {
    #[column(primary_key)]
    id: i64,
    truth: Option<bool>,
    small: Option<i16>,
    medium: Option<i32>,
    large: Option<i64>,
    single: Option<f32>,
    double: Option<f64>,
    exact: Option<Decimal>,
    words: Option<String>,
    raw: Option<Vec<u8>>,
    key: Option<Uuid>,
    document: Option<serde_json::Value>,
    settings: Option<Json<Settings>>,
    status: Option<Status>,
    level: Option<Level>,
    owner: Option<UserId>,
}

impl All {
    fn insert(self) -> NewAll {
        let Self {
            id,
            truth,
            small,
            medium,
            large,
            single,
            double,
            exact,
            words,
            raw,
            key,
            document,
            settings,
            status,
            level,
            owner,
        } = self;
        NewAll {
            id,
            truth,
            small,
            medium,
            large,
            single,
            double,
            exact,
            words,
            raw,
            key,
            document,
            settings,
            status,
            level,
            owner,
        }
    }
}

fn settings() -> Json<Settings> {
    Json(Settings { theme: "d\"ark".into(), sizes: vec![i64::MIN, 0, i64::MAX] })
}

/// The ends of each range, and what is hard to write.
fn extremes() -> Vec<All> {
    let one = |id: i64, status, level| All {
        id,
        truth: true,
        small: i16::MAX,
        medium: i32::MAX,
        large: i64::MAX,
        single: f32::MAX,
        double: f64::MAX,
        exact: "79228162514264.337593543950335".parse().unwrap(),
        words: "'; drop table alls; -- \\ \" ` :x ? $1 😀 e\u{301}".into(),
        raw: (0..=255).collect(),
        key: Uuid::from_u128(u128::MAX),
        document: json!({"a": [1, null, "x", -1.5, true], "é": {}}),
        settings: settings(),
        status,
        level,
        owner: UserId(i64::MIN),
    };
    let low = All {
        truth: false,
        small: i16::MIN,
        medium: i32::MIN,
        large: i64::MIN,
        single: f32::MIN_POSITIVE,
        double: -f64::MIN_POSITIVE,
        exact: "-0.000000000001".parse().unwrap(),
        words: String::new(),
        raw: Vec::new(),
        key: Uuid::nil(),
        document: serde_json::Value::Null,
        ..one(2, Status::InProgress, Level::Low)
    };
    let plain = All {
        single: 0.1,
        double: 0.1,
        exact: "12.50".parse().unwrap(),
        document: json!("text"),
        ..one(3, Status::Closed, Level::High)
    };
    vec![one(1, Status::Open, Level::High), low, plain]
}

#[test]
fn what_is_written_is_read() {
    on_all(async |fresh| {
        create_table_for::<All>().execute(&fresh.db).await.unwrap();
        come_back(fresh, extremes()).await;
    });
}

#[test]
fn what_is_written_by_chance_is_read() {
    on_all(async |fresh| {
        create_table_for::<All>().execute(&fresh.db).await.unwrap();
        let mut runner = TestRunner::new(Config::default());
        let chance = proptest::collection::vec(any_row(), 300).new_tree(&mut runner).unwrap().current();
        let rows = chance.into_iter().zip(1..).map(|(row, id)| All { id, ..row }).collect();
        come_back(fresh, rows).await;
    });
}

async fn come_back(fresh: &Fresh, rows: Vec<All>) {
    let new: Vec<_> = rows.iter().cloned().map(All::insert).collect();
    insert_into(alls::table).values(new).execute(&fresh.db).await.unwrap();
    let found = select_from(alls::table).order_by(alls::id).fetch_all(&fresh.db).await.unwrap();
    assert_eq!(found.len(), rows.len());
    for (found, row) in found.iter().zip(&rows) {
        assert_eq!(found, row, "{}", fresh.server.name());
    }
}

fn any_row() -> impl Strategy<Value = All> {
    // A double has 15 digits that every server gives back in JSON too.
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(serde_json::Value::from),
        any::<i64>().prop_map(serde_json::Value::from),
        words().prop_map(serde_json::Value::from),
    ];
    let document = leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(serde_json::Value::from),
            proptest::collection::btree_map("[a-z]{0,4}", inner, 0..4)
                .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    });
    let decimal = (-999_999_999_999_i64..=999_999_999_999, 0_u32..12).prop_map(|(it, scale)| Decimal::new(it, scale));
    let numbers = (any::<bool>(), any::<i16>(), any::<i32>(), any::<i64>(), float32(), float64(), decimal);
    let bytes = proptest::collection::vec(any::<u8>(), 0..40);
    let texts = (words(), bytes, any::<u128>(), document, words(), proptest::collection::vec(any::<i64>(), 0..4));
    let status = prop_oneof![Just(Status::Open), Just(Status::InProgress), Just(Status::Closed)];
    let level = prop_oneof![Just(Level::Low), Just(Level::High)];
    (numbers, texts, status, level, any::<i64>()).prop_map(|(numbers, texts, status, level, owner)| {
        let (truth, small, medium, large, single, double, exact) = numbers;
        let (words, raw, key, document, theme, sizes) = texts;
        All {
            id: 0,
            truth,
            small,
            medium,
            large,
            single,
            double,
            exact,
            words,
            raw,
            key: Uuid::from_u128(key),
            document,
            settings: Json(Settings { theme, sizes }),
            status,
            level,
            owner: UserId(owner),
        }
    })
}

/// Text without NUL, which PostgreSQL cannot hold.
fn words() -> impl Strategy<Value = String> {
    "[^\\x00]{0,30}"
}

/// MySQL has no numbers that are not, none below the normal ones in `float`, and no zero below zero.
fn float32() -> impl Strategy<Value = f32> {
    use proptest::num::f32::{NEGATIVE, NORMAL, POSITIVE};
    NORMAL | POSITIVE | NEGATIVE
}

fn float64() -> impl Strategy<Value = f64> {
    use proptest::num::f64::{NEGATIVE, NORMAL, POSITIVE};
    NORMAL | POSITIVE | NEGATIVE
}

/// Each value as a parameter that is compared with its column.
#[test]
fn what_is_written_is_found() {
    on_all(async |fresh| {
        let db = &fresh.db;
        create_table_for::<All>().execute(db).await.unwrap();
        insert_into(alls::table)
            .values(extremes().into_iter().map(All::insert).collect::<Vec<_>>())
            .execute(db)
            .await
            .unwrap();
        for row in extremes() {
            let of_numbers = alls::truth.eq(row.truth).and(alls::small.eq(row.small)).and(alls::medium.eq(row.medium));
            let of_text = alls::words.eq(row.words).and(alls::raw.eq(row.raw)).and(alls::key.eq(row.key));
            let of_own = alls::status.eq(row.status).and(alls::level.eq(row.level)).and(alls::owner.eq(row.owner));
            let found = select_from(alls::table)
                .filter(of_numbers)
                .filter(of_text)
                .filter(of_own)
                .filter(alls::large.eq(row.large).and(alls::double.eq(row.double)).and(alls::exact.eq(row.exact)))
                .select(alls::id)
                .fetch_all(db)
                .await
                .unwrap();
            assert_eq!(found, [row.id], "{}", fresh.server.name());
        }
    });
}

#[test]
fn what_is_missing_is_none() {
    on_all(async |fresh| {
        let db = &fresh.db;
        create_table_for::<Maybe>().execute(db).await.unwrap();
        let full = extremes().remove(0);
        let some = NewMaybe {
            truth: Some(full.truth),
            small: Some(full.small),
            medium: Some(full.medium),
            large: Some(full.large),
            single: Some(full.single),
            double: Some(full.double),
            exact: Some(full.exact),
            words: Some(full.words.clone()),
            raw: Some(full.raw.clone()),
            key: Some(full.key),
            document: Some(full.document.clone()),
            settings: Some(full.settings.clone()),
            status: Some(full.status),
            level: Some(full.level),
            owner: Some(full.owner),
            ..NewMaybe::new(1_i64)
        };
        insert_into(maybes::table).values([some, NewMaybe::new(2_i64)]).execute(db).await.unwrap();
        let rows = select_from(maybes::table).order_by(maybes::id).fetch_all(db).await.unwrap();
        let some = &rows[0];
        assert_eq!((some.truth, some.small, some.large), (Some(true), Some(i16::MAX), Some(i64::MAX)));
        assert_eq!((&some.words, &some.raw, some.key), (&Some(full.words), &Some(full.raw), Some(full.key)));
        assert_eq!((&some.document, &some.settings), (&Some(full.document), &Some(full.settings)));
        assert_eq!((some.status, some.level, some.owner), (Some(full.status), Some(full.level), Some(full.owner)));
        assert_eq!((some.exact, some.single, some.double), (Some(full.exact), Some(f32::MAX), Some(f64::MAX)));
        let none = Maybe {
            id: 2,
            truth: None,
            small: None,
            medium: None,
            large: None,
            single: None,
            double: None,
            exact: None,
            words: None,
            raw: None,
            key: None,
            document: None,
            settings: None,
            status: None,
            level: None,
            owner: None,
        };
        assert_eq!(rows[1], none);
        let missing = select_from(maybes::table).filter(maybes::key.is_null().and(maybes::status.is_null()));
        assert_eq!(missing.select(maybes::id).fetch_all(db).await.unwrap(), [2]);
    });
}

/// Dates and times of each crate, to the microsecond.
macro_rules! moments {
    ($module:ident, $table:literal, $Date:ty, $Time:ty, $Local:ty, $Instant:ty, $moments:expr) => {
        mod $module {
            use super::*;

            #[derive(Clone, Debug, PartialEq, Table)]
            #[table(name = $table, module = "moments")]
            struct Moment {
                #[column(primary_key)]
                id: i64,
                date: $Date,
                time: $Time,
                local: $Local,
                instant: $Instant,
                maybe: Option<$Instant>,
            }

            #[test]
            fn come_back_to_the_microsecond() {
                on_all(async |fresh| {
                    let db = &fresh.db;
                    create_table_for::<Moment>().execute(db).await.unwrap();
                    let rows: Vec<($Date, $Time, $Local, $Instant)> = $moments;
                    for (id, (date, time, local, instant)) in (1_i64..).zip(rows) {
                        let new = NewMoment { maybe: Some(instant), ..NewMoment::new(id, date, time, local, instant) };
                        insert_into(moments::table).values(new).execute(db).await.unwrap();
                        let found = select_from(moments::table)
                            .filter(moments::date.eq(date).and(moments::time.eq(time)))
                            .filter(moments::local.eq(local).and(moments::instant.eq(instant)))
                            .fetch_one(db)
                            .await
                            .unwrap();
                        let expected = Moment { id, date, time, local, instant, maybe: Some(instant) };
                        assert_eq!(found, expected, "{}", fresh.server.name());
                    }
                });
            }
        }
    };
}

moments!(
    of_chrono,
    "moments_chrono",
    chrono::NaiveDate,
    chrono::NaiveTime,
    chrono::NaiveDateTime,
    chrono::DateTime<chrono::Utc>,
    ["1000-01-01T00:00:00", "1969-12-31T23:59:59.999999", "2026-11-22T09:08:07.123456", "9999-12-31T23:59:59.999999"]
        .map(|text| text.parse::<chrono::NaiveDateTime>().unwrap())
        .map(|it| (it.date(), it.time(), it, it.and_utc()))
        .to_vec()
);

moments!(
    of_jiff,
    "moments_jiff",
    jiff::civil::Date,
    jiff::civil::Time,
    jiff::civil::DateTime,
    jiff::Timestamp,
    ["1000-01-01T00:00:00", "1969-12-31T23:59:59.999999", "2026-11-22T09:08:07.123456", "9999-12-30T21:59:59.999999"]
        .map(|text| text.parse::<jiff::civil::DateTime>().unwrap())
        .map(|it| (it.date(), it.time(), it, it.to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp()))
        .to_vec()
);

moments!(
    of_time,
    "moments_time",
    time::Date,
    time::Time,
    time::PrimitiveDateTime,
    time::OffsetDateTime,
    [-30_610_224_000_000_000_i128, -1_000, 1_795_338_487_123_456_000, 253_402_300_799_999_999_000]
        .map(|nanos| if nanos == -30_610_224_000_000_000 { nanos * 1_000 } else { nanos })
        .map(|nanos| time::OffsetDateTime::from_unix_timestamp_nanos(nanos).unwrap())
        .map(|it| (it.date(), it.time(), time::PrimitiveDateTime::new(it.date(), it.time()), it))
        .to_vec()
);

#[derive(Clone, Copy, Debug, PartialEq, SqlType)]
#[sql(type_name = "mood")]
enum Mood {
    Happy,
    VerySad,
}

/// What only PostgreSQL has.
#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "lists")]
struct List {
    #[column(primary_key)]
    id: i64,
    mood: Mood,
    maybe_mood: Option<Mood>,
    numbers: Vec<i64>,
    holes: Vec<Option<i32>>,
    words: Vec<String>,
    keys: Vec<Uuid>,
    exact: Vec<Decimal>,
    days: Vec<chrono::NaiveDate>,
    maybe: Option<Vec<bool>>,
}

#[test]
fn postgresql_has_arrays_and_enums() {
    on_each(&[Server::Postgres15, Server::Postgres18], async |fresh| {
        let db = &fresh.db;
        db.batch("create type mood as enum ('happy', 'very_sad')").await.unwrap();
        create_table_for::<List>().execute(db).await.unwrap();
        let list = List {
            id: 1,
            mood: Mood::VerySad,
            maybe_mood: None,
            numbers: vec![i64::MIN, 0, i64::MAX],
            holes: vec![Some(1), None],
            words: vec!["a,b".into(), "{\"}".into(), "null".into(), String::new()],
            keys: vec![Uuid::from_u128(7)],
            exact: vec!["1.50".parse().unwrap()],
            days: vec!["2026-11-22".parse().unwrap()],
            maybe: Some(vec![]),
        };
        let List { id, mood, maybe_mood, numbers, holes, words, keys, exact, days, maybe } = list.clone();
        let new = NewList { id, mood, maybe_mood, numbers, holes, words, keys, exact, days, maybe };
        insert_into(lists::table).values(new).execute(db).await.unwrap();
        let found = select_from(lists::table)
            .filter(lists::mood.eq(Mood::VerySad).and(lists::numbers.eq(list.numbers.clone())))
            .fetch_one(db)
            .await
            .unwrap();
        assert_eq!(found, list);
    });
}

#[test]
fn others_refuse_arrays_before_anything_is_sent() {
    on_each(&[Server::Sqlite, Server::Mysql9, Server::Mariadb], async |fresh| {
        let error = create_table_for::<List>().execute(&fresh.db).await.unwrap_err();
        assert!(error.is_unsupported(), "{error}");
        fresh.db.batch("create table lists (id integer primary key, numbers text)").await.unwrap();
        let query = select_from(lists::table).filter(lists::numbers.eq(vec![1_i64])).select(lists::id);
        let error = query.fetch_all(&fresh.db).await.unwrap_err();
        assert!(error.is_encode(), "{error}");
        let error = update(lists::table).set(lists::numbers.to(vec![1_i64])).all_rows().execute(&fresh.db).await;
        assert!(error.unwrap_err().is_encode());
    });
}

/// A result whose columns have other types than the struct that reads it.
#[derive(Debug, FromRow)]
#[allow(dead_code, reason = "reading it is what fails")]
struct Small {
    large: i16,
}

#[derive(Debug, FromRow)]
#[allow(dead_code, reason = "reading it is what fails")]
struct Number {
    words: i64,
}

#[derive(Debug, FromRow)]
#[allow(dead_code, reason = "reading it is what fails")]
struct Open {
    words: Status,
}

#[test]
fn what_does_not_fit_names_column_expected_and_found() {
    on_all(async |fresh| {
        let db = &fresh.db;
        create_table_for::<All>().execute(db).await.unwrap();
        insert_into(alls::table).values(extremes().remove(0).insert()).execute(db).await.unwrap();
        let large = || select_from(alls::table).select((alls::large, alls::words));
        let error = large().fetch_all_as::<Small>(db).await.unwrap_err();
        assert!(error.is_decode());
        assert_eq!(
            error.to_string(),
            "column `large` holds an integer out of its range, which is not a 16-bit integer"
        );
        let error = large().fetch_all_as::<Number>(db).await.unwrap_err();
        assert_eq!(error.to_string(), "column `words` holds text, which is not a 64-bit integer");
        let error = large().fetch_all_as::<Open>(db).await.unwrap_err();
        assert!(error.to_string().starts_with("column `words` holds another text, which is not a `Status`"), "{error}");
        let maybes = sql!("select null as large").fetch_all_as::<Small>(db).await.unwrap_err();
        assert_eq!(maybes.to_string(), "column `large` holds null, which is not a 16-bit integer");
    });
}

/// A map whose keys are no text.
#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "odds")]
struct Odd {
    #[column(primary_key)]
    id: i64,
    map: Json<BTreeMap<Vec<i32>, i32>>,
}

#[test]
fn what_cannot_be_json_is_refused_before_it_is_sent() {
    on_all(async |fresh| {
        let db = &fresh.db;
        create_table_for::<Odd>().execute(db).await.unwrap();
        let odd = NewOdd::new(1_i64, Json(BTreeMap::from([(vec![1], 2)])));
        let error = insert_into(odds::table).values(odd).execute(db).await.unwrap_err();
        assert!(error.is_encode(), "{}: {error}", fresh.server.name());
        assert!(error.to_string().contains("parameter 2"), "{error}");
        assert!(select_from(odds::table).fetch_all(db).await.unwrap().is_empty());
    });
}

/// A table all of whose columns may be null.
#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "floats")]
struct Floats {
    single: Option<f32>,
    double: Option<f64>,
}

#[test]
fn what_the_guide_says_of_negative_zeros_and_of_rows_of_nothing_but_nulls() {
    on_all(async |fresh| {
        let db = &fresh.db;
        create_table_for::<Floats>().execute(db).await.unwrap();
        let zeros = NewFloats { single: Some(-0.0), double: Some(-0.0) };
        insert_into(floats::table).values(zeros).execute(db).await.unwrap();
        let zeros = select_from(floats::table).fetch_one(db).await.unwrap();
        let signs = (zeros.single.unwrap().is_sign_negative(), zeros.double.unwrap().is_sign_negative());
        let is_kept = !matches!(fresh.server, Server::Sqlite | Server::Mariadb);
        assert_eq!(signs, (is_kept, is_kept));

        let nulls = (floats::single.to(None), floats::double.to(None));
        update(floats::table).set(nulls).all_rows().execute(db).await.unwrap();
        alias!(other = floats);
        let joined =
            select_from(floats::table).left_join(other, value(1).eq(1)).select((Floats::columns(), other.columns()));
        let rows: Vec<(Floats, Option<Floats>)> = joined.fetch_all(db).await.unwrap();
        assert_eq!(rows, [(Floats { single: None, double: None }, None)]);
    });
}
