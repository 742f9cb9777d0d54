//! A value that its column's type does not hold is refused, also where the server's own type is wider.

use kysera::prelude::*;
use kysera::schema::create_table_for;
use kysera::{Db, Error};
use rust_decimal::Decimal;

use crate::support::servers::Fresh;
use crate::support::{Server, on_all, on_each};

#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "narrow")]
pub struct Narrow {
    #[column(primary_key)]
    id: i64,
    small: i16,
    whole: Option<i32>,
    flag: bool,
    #[column(type = "numeric(5, 2)")]
    price: Decimal,
    #[column(type = "numeric(2, 2)")]
    share: Option<Decimal>,
    #[column(type = "varchar(3)")]
    word: String,
}

#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "keyed")]
pub struct Keyed {
    #[column(primary_key, generated)]
    id: i32,
    n: i32,
}

fn decimal(text: &str) -> Decimal {
    Decimal::from_str_exact(text).unwrap()
}

async fn filled(db: &Db) {
    create_table_for::<Narrow>().execute(db).await.unwrap();
    insert_into(narrow::table).values(NewNarrow::new(1, 5, true, decimal("1.5"), "äöü")).execute(db).await.unwrap();
}

/// It says that the value does not fit, and on SQLite, which knows it, of which column.
fn does_not_fit(fresh: &Fresh, column: &str, error: &Error) {
    assert!(error.is_invalid_value(), "{column}: {error}");
    if fresh.server == Server::Sqlite {
        let database = error.as_database().unwrap();
        assert_eq!((database.columns(), database.constraint()), (&[column.to_owned()][..], None));
    }
}

#[test]
fn what_is_calculated_beyond_its_type_is_refused() {
    on_all(async |fresh: &Fresh| {
        let db = &fresh.db;
        filled(db).await;
        macro_rules! refuse {
            ($column:ident, $value:expr) => {
                let error = update(narrow::table).set(narrow::$column.to($value)).all_rows().execute(db).await;
                does_not_fit(fresh, stringify!($column), &error.unwrap_err());
            };
        }
        refuse!(small, narrow::small + i16::MAX);
        refuse!(small, narrow::small - i16::MAX - i16::MAX);
        update(narrow::table).set(narrow::whole.to(7)).all_rows().execute(db).await.unwrap();
        refuse!(whole, narrow::whole + i32::MAX);
        refuse!(price, decimal("1000"));
        refuse!(price, decimal("-12345.678"));
        refuse!(share, decimal("-1"));
        refuse!(word, "äöüß");
        refuse!(word, narrow::word.concat("x"));
        for (price, share) in [("999.99", "0.99"), ("-999.99", "-0.99"), ("0", "0"), ("1.2300", ".10"), ("100", "0.5")]
        {
            let set = (narrow::price.to(decimal(price)), narrow::share.to(decimal(share)));
            update(narrow::table).set(set).all_rows().execute(db).await.unwrap();
            let row = select_from(narrow::table).fetch_one(db).await.unwrap();
            assert_eq!((row.price, row.share, row.word.as_str()), (decimal(price), Some(decimal(share)), "äöü"));
        }
        // Rounded to the column's scale, but for SQLite, which would keep it as it is.
        let rounded = update(narrow::table).set(narrow::price.to(decimal("1.239"))).all_rows().execute(db).await;
        match fresh.server {
            Server::Sqlite => does_not_fit(fresh, "price", &rounded.unwrap_err()),
            _ => {
                let row = select_from(narrow::table).fetch_one(db).await.unwrap();
                assert_eq!(row.price, decimal("1.24"));
            }
        }
    });
}

#[test]
fn a_generated_key_ends_where_its_type_does() {
    on_all(async |fresh: &Fresh| {
        let db = &fresh.db;
        create_table_for::<Keyed>().execute(db).await.unwrap();
        let row = (keyed::id.to(i32::MAX), keyed::n.to(1));
        insert_into(keyed::table).set(row).execute(db).await.unwrap();
        let after = sql!("{}", i64::from(i32::MAX) + 1).typed::<i32>();
        let error = insert_into(keyed::table).set((keyed::id.to(after), keyed::n.to(1))).execute(db).await;
        assert!(error.unwrap_err().is_invalid_value());
        assert_eq!(select_from(keyed::table).select(keyed::id).fetch_all(db).await.unwrap(), [i32::MAX]);
    });
}

#[test]
fn sqlite_holds_booleans_and_text_to_what_it_can_count() {
    on_each(&[Server::Sqlite], async |fresh: &Fresh| {
        let db = &fresh.db;
        filled(db).await;
        let flag = narrow::flag.to(sql!("2").typed::<bool>());
        let error = update(narrow::table).set(flag).all_rows().execute(db).await.unwrap_err();
        does_not_fit(fresh, "flag", &error);
        // `length` counts up to NUL only.
        for word in ["a\0bcd", "\0"] {
            let error = update(narrow::table).set(narrow::word.to(word)).all_rows().execute(db).await.unwrap_err();
            does_not_fit(fresh, "word", &error);
        }
    });
}

#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "extremes")]
pub struct Extreme {
    #[column(primary_key)]
    id: i64,
    jiff_at: Option<jiff::Timestamp>,
    jiff_civil: Option<jiff::civil::DateTime>,
    jiff_date: Option<jiff::civil::Date>,
    chrono_at: Option<chrono::DateTime<chrono::Utc>>,
    chrono_civil: Option<chrono::NaiveDateTime>,
    chrono_date: Option<chrono::NaiveDate>,
    time_at: Option<time::OffsetDateTime>,
    time_civil: Option<time::PrimitiveDateTime>,
    time_date: Option<time::Date>,
}

#[test]
fn the_first_and_last_of_all_times_are_read_back_or_refused() {
    on_all(async |fresh: &Fresh| {
        let db = &fresh.db;
        create_table_for::<Extreme>().execute(db).await.unwrap();
        insert_into(extremes::table).values(NewExtreme::new(1)).execute(db).await.unwrap();
        macro_rules! keeps {
            ($($column:ident: $($value:expr),+;)+) => {$($({
                let value = $value;
                match update(extremes::table).set(extremes::$column.to(value)).all_rows().execute(db).await {
                    Ok(_) => {
                        let read = select_from(extremes::table).select(extremes::$column).fetch_one(db).await;
                        let read = read.unwrap_or_else(|error| panic!("{value} in {}: {error}", stringify!($column)));
                        // Cut off below a microsecond, and nothing else.
                        let (value, read) = (value.to_string(), read.unwrap().to_string());
                        let cut = |text: &str| text.replace("999999999", "999999").replace("999999000", "999999");
                        assert_eq!(cut(&read), cut(&value), "{}", stringify!($column));
                    }
                    Err(error) => assert!(error.is_encode() || error.is_invalid_value(), "{value}: {error}"),
                }
            })+)+};
        }
        keeps! {
            jiff_at: jiff::Timestamp::MIN, jiff::Timestamp::MAX;
            jiff_civil: jiff::civil::DateTime::MIN, jiff::civil::DateTime::MAX;
            jiff_date: jiff::civil::Date::MIN, jiff::civil::Date::MAX;
            chrono_at: chrono::DateTime::<chrono::Utc>::MIN_UTC, chrono::DateTime::<chrono::Utc>::MAX_UTC;
            chrono_civil: chrono::NaiveDateTime::MIN, chrono::NaiveDateTime::MAX;
            chrono_date: chrono::NaiveDate::MIN, chrono::NaiveDate::MAX;
            time_at: time::PrimitiveDateTime::MIN.assume_utc(), time::PrimitiveDateTime::MAX.assume_utc();
            time_civil: time::PrimitiveDateTime::MIN, time::PrimitiveDateTime::MAX;
            time_date: time::Date::MIN, time::Date::MAX;
        }
        let last = jiff::Timestamp::MAX;
        update(extremes::table).set(extremes::jiff_at.to(last)).all_rows().execute(db).await.unwrap();
        let read = select_from(extremes::table).select(extremes::jiff_at).fetch_one(db).await.unwrap();
        assert_eq!(read.map(|it| it.as_microsecond()), Some(last.as_microsecond()));
    });
}

#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "sums")]
pub struct Sum {
    #[column(primary_key)]
    id: i64,
    whole: i32,
    large: i64,
}

#[test]
fn what_is_calculated_beyond_its_type_in_a_query_is_as_the_guide_says() {
    on_all(async |fresh: &Fresh| {
        let db = &fresh.db;
        create_table_for::<Sum>().execute(db).await.unwrap();
        let rows = [NewSum::new(1, 1, i64::MAX), NewSum::new(2, 2, 1)];
        insert_into(sums::table).values(rows).execute(db).await.unwrap();
        let q = select_from(sums::table).order_by(sums::id).select(sums::id);
        let whole = q.clone().filter((sums::whole + i32::MAX).gt(0)).fetch_all(db).await;
        let large = q.filter((sums::large + i64::MAX).gt(0)).fetch_all(db).await;
        let sum = select_from(sums::table).select(sums::large.sum()).fetch_one(db).await;
        let read = select_from(sums::table).order_by(sums::id).select(sums::whole + i32::MAX).fetch_all(db).await;
        let refuses = |it: &Result<Vec<i64>>| it.as_ref().is_err_and(Error::is_invalid_value);
        assert_eq!(refuses(&whole), fresh.server.is_postgres(), "{whole:?}");
        assert_eq!(refuses(&large), fresh.server != Server::Sqlite, "{large:?}");
        for kept in [whole, large].into_iter().filter(|it| !refuses(it)) {
            assert_eq!(kept.unwrap(), [1, 2]);
        }
        let (sum, read) = (sum.unwrap_err(), read.unwrap_err());
        match fresh.server {
            Server::Mysql9 | Server::Mariadb => assert!(sum.is_decode() && read.is_decode(), "{sum} {read}"),
            Server::Sqlite => assert!(sum.is_invalid_value() && read.is_decode(), "{sum} {read}"),
            Server::Postgres15 | Server::Postgres18 => {
                assert!(sum.is_invalid_value() && read.is_invalid_value(), "{sum} {read}");
            }
        }
    });
}
