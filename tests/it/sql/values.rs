//! A bound value of every type in every place where one can stand, on every server.
//!
//! PostgreSQL infers the type of a parameter from what stands beside it, MySQL guesses, MariaDB takes what it is given:
//! whatever they do, the value must mean the same everywhere.

use ::uuid::Uuid;
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use kysera::expr::call;
use kysera::prelude::*;
use rust_decimal::Decimal;

use crate::support::schema::*;
use crate::support::{reading, writing};

/// The tests of one type: `kind!(column of kinds: its type, its values in rows 1 and 2; what else it can do)`.
macro_rules! kind {
    ($name:ident: $Type:ty, $samples:expr $(; $ordered:ident)?) => {
        mod $name {
            use super::*;

            #[derive(Clone, Debug, PartialEq, Table)]
            #[table(name = "shape")]
            pub struct Shape {
                pub v: $Type,
            }

            #[derive(Clone, Debug, PartialEq, Table)]
            #[table(name = "maybe")]
            pub struct Maybe {
                pub v: Option<$Type>,
            }

            fn low() -> $Type {
                let [low, _]: [$Type; 2] = $samples;
                low
            }

            fn high() -> $Type {
                let [_, high]: [$Type; 2] = $samples;
                high
            }

            const NONE: Option<$Type> = None;

            #[test]
            fn is_selected() {
                reading(async |_, db| {
                    let first = || kinds::id.eq(1);
                    let from = || select_from(kinds::table).filter(kinds::id.le(2)).order_by(kinds::id);
                    let rows = from().select(kinds::$name).fetch_all(db).await.unwrap();
                    assert_eq!(rows, [Some(low()), Some(high())], "a column");
                    let row = from().select((value(low()), value(Some(high())), value(NONE)));
                    assert_eq!(row.fetch_one(db).await.unwrap(), (low(), Some(high()), None), "a value");
                    let rows = from().select(case::<$Type>().when(first(), low()).otherwise(high()));
                    assert_eq!(rows.fetch_all(db).await.unwrap(), [low(), high()], "case of values");
                    let rows = from().select(case::<$Type>().when(first(), low()).otherwise(kinds::$name));
                    assert_eq!(rows.fetch_all(db).await.unwrap(), [Some(low()), Some(high())], "case with a column");
                    let rows = from().select(case::<$Type>().when(first(), low()).end());
                    assert_eq!(rows.fetch_all(db).await.unwrap(), [Some(low()), None], "case without else");
                    let row = from().select((
                        value(NONE).coalesce(low()),
                        value(low()).coalesce(high()),
                        kinds::$name.coalesce(high()),
                        value(NONE).coalesce(kinds::$name),
                    ));
                    let expected = (low(), low(), low(), Some(low()));
                    assert_eq!(row.fetch_one(db).await.unwrap(), expected, "coalesce");
                    let empty = select_from(kinds::table).filter(kinds::id.eq(3));
                    let row = empty.select((kinds::$name, kinds::$name.coalesce(high())));
                    assert_eq!(row.fetch_one(db).await.unwrap(), (None, high()), "coalesce of null");
                    let row = from().select((
                        call::<$Type, _>("coalesce", (value(low()), value(high()))),
                        sql!("coalesce({}, {})", low(), high()).typed::<$Type>(),
                    ));
                    assert_eq!(row.fetch_one(db).await.unwrap(), (low(), low()), "arguments");
                    let row = select_from(kinds::table).select((value(low()).count(), kinds::$name.count()));
                    assert_eq!(row.fetch_one(db).await.unwrap(), (3, 2), "counted");
                    let scalar = select_from(kinds::table).filter(first()).select(value(high())).scalar();
                    assert_eq!(from().select(scalar).fetch_one(db).await.unwrap(), Some(high()), "a subquery");
                });
            }

            #[test]
            fn is_compared() {
                reading(async |_, db| {
                    macro_rules! holds {
                        ($condition:expr => $id:expr) => {
                            let rows = select_from(kinds::table).filter($condition).order_by(kinds::id);
                            let rows = rows.select(kinds::id).fetch_all(db).await;
                            let expected: &[i64] = &$id;
                            assert_eq!(rows.as_deref().map_err(ToString::to_string), Ok(expected), "{}", stringify!($condition));
                        };
                    }
                    holds!(kinds::$name.eq(low()) => [1]);
                    holds!(kinds::$name.ne(low()) => [2]);
                    holds!(value(high()).eq(kinds::$name) => [2]);
                    holds!(value(low()).eq(low()) => [1, 2, 3]);
                    holds!(value(low()).ne(high()) => [1, 2, 3]);
                    holds!(value(low()).eq(high()) => []);
                    holds!(kinds::$name.in_([low(), high()]) => [1, 2]);
                    holds!(kinds::$name.not_in([low()]) => [2]);
                    holds!(value(low()).in_([low(), high()]) => [1, 2, 3]);
                    holds!(value(low()).in_(vec![value(high())]) => []);
                    holds!(kinds::$name.is_not_distinct_from(low()) => [1]);
                    holds!(kinds::$name.is_not_distinct_from(NONE) => [3]);
                    holds!(kinds::$name.is_distinct_from(low()) => [2, 3]);
                    holds!(kinds::$name.is_distinct_from(NONE) => [1, 2]);
                    holds!(value(low()).is_not_distinct_from(Some(low())) => [1, 2, 3]);
                    holds!(value(NONE).is_not_distinct_from(NONE) => [1, 2, 3]);
                    holds!(value(NONE).is_null() => [1, 2, 3]);
                    holds!(value(low()).is_null() => []);
                    holds!(value(low()).is_not_null() => [1, 2, 3]);
                    holds!(kinds::$name.coalesce(low()).eq(low()) => [1, 3]);
                    holds!(kinds::$name.null_if(low()).is_null() => [1, 3]);
                    holds!(value(low()).null_if(high()).is_null() => []);
                    holds!(value(low()).null_if(low()).is_null() => [1, 2, 3]);
                    holds!(case::<$Type>().when(kinds::id.eq(1), low()).otherwise(high()).eq(kinds::$name) => [1, 2]);
                    holds!(sql!("{} = {}", kinds::$name, high()) => [2]);
                    holds!(kinds::$name.in_(select_from(kinds::table).select(value(low()))) => [1]);
                    holds!(value(high()).in_(select_from(kinds::table).select(kinds::$name)) => [1, 2, 3]);
                    holds!(kinds::$name.eq(select_from(kinds::table).limit(1).select(value(low())).scalar()) => [1]);
                    $(ordered!($ordered, $name, holds);)?
                });
            }

            #[test]
            fn moves_through_queries() {
                reading(async |_, db| {
                    let one = || select_from(kinds::table).filter(kinds::id.eq(1));
                    let rows = with(shape::table, one().select(value(high())))
                        .select_from(kinds::table)
                        .inner_join(shape::table, shape::v.eq(kinds::$name))
                        .select((kinds::id, shape::v));
                    assert_eq!(rows.fetch_all(db).await.unwrap(), [(2, high())], "through `with`");
                    let rows = select_from(one().select(value(low())).derived(shape::table))
                        .inner_join(kinds::table, shape::v.eq(kinds::$name))
                        .filter(shape::v.eq(low()))
                        .select((kinds::id, shape::v));
                    assert_eq!(rows.fetch_all(db).await.unwrap(), [(1, low())], "through a derived table");
                    let rows = one().select(value(low())).union_all(one().select(value(high())));
                    assert_eq!(rows.fetch_all(db).await.unwrap(), [low(), high()], "two values");
                    let rows = one().select(value(low())).union(one().select(value(low())));
                    assert_eq!(rows.fetch_all(db).await.unwrap(), [low()], "the same value twice");
                    let rows = one().select(kinds::$name).union_all(one().select(value(Some(high()))));
                    assert_eq!(rows.fetch_all(db).await.unwrap(), [Some(low()), Some(high())], "column and value");
                    let rows = one().select(value(NONE)).union_all(one().select(kinds::$name));
                    assert_eq!(rows.fetch_all(db).await.unwrap(), [None, Some(low())], "null and column");
                    let rows = one().select(kinds::$name).intersect(one().select(value(Some(low()))));
                    assert_eq!(rows.fetch_all(db).await.unwrap(), [Some(low())], "intersect");
                    // PostgreSQL tells `numeric(30, 6)` from the `numeric` of the next step.
                    let start = kinds::$name.coalesce(value(Some(low())));
                    let step = select_from(maybe::table).filter(maybe::v.eq(low())).select(value(Some(high())));
                    let rows = with_recursive(maybe::table, one().select(start).union_all(step))
                        .select_from(maybe::table);
                    let rows = rows.fetch_all(db).await.unwrap();
                    assert_eq!(rows, [Maybe { v: Some(low()) }, Maybe { v: Some(high()) }], "recursive");
                });
            }

            #[test]
            fn is_written() {
                writing(async |_, trx| {
                    let in_row = async |id: i64| {
                        let row = select_from(kinds::table).filter(kinds::id.eq(id)).select(kinds::$name);
                        row.fetch_one(trx).await.unwrap()
                    };
                    let new = |id: i64, it: Option<$Type>| NewKinds { id: Some(id), $name: it, ..NewKinds::new() };
                    let insert = insert_into(kinds::table).values([new(10, Some(low())), new(11, None), new(12, Some(high()))]);
                    insert.execute(trx).await.unwrap();
                    assert_eq!([in_row(10).await, in_row(11).await, in_row(12).await], [Some(low()), None, Some(high())]);
                    let one = select_from(kinds::table).filter(kinds::id.eq(1));
                    let query = one.select((value(13_i64), value(Some(high()))));
                    let insert = insert_into(kinds::table).from_select((kinds::id, kinds::$name), query);
                    insert.execute(trx).await.unwrap();
                    assert_eq!(in_row(13).await, Some(high()), "insert .. select");
                    let set = insert_into(kinds::table).set((kinds::id.to(14), kinds::$name.to(value(low()).coalesce(high()))));
                    set.execute(trx).await.unwrap();
                    assert_eq!(in_row(14).await, Some(low()), "insert of an expression");
                    let choice = case::<$Type>().when(kinds::id.eq(10), high()).otherwise(low());
                    let change = update(kinds::table).set(kinds::$name.to(choice)).filter(kinds::id.in_([10, 12]));
                    change.execute(trx).await.unwrap();
                    assert_eq!([in_row(10).await, in_row(12).await], [Some(high()), Some(low())], "case");
                    let change = update(kinds::table).set(kinds::$name.to(NONE)).filter(kinds::$name.eq(high()));
                    change.execute(trx).await.unwrap();
                    assert_eq!([in_row(2).await, in_row(10).await, in_row(12).await], [None, None, Some(low())], "null");
                    let patch = KindsPatch { $name: Some(Some(high())), ..KindsPatch::default() };
                    update(kinds::table).set(patch).filter(kinds::id.eq(2)).execute(trx).await.unwrap();
                    assert_eq!(in_row(2).await, Some(high()), "patch");
                });
            }
        }
    };
}

/// What holds of types with an order.
macro_rules! ordered {
    (ordered, $name:ident, $holds:ident) => {
        $holds!(kinds::$name.lt(high()) => [1]);
        $holds!(kinds::$name.ge(low()) => [1, 2]);
        $holds!(value(low()).lt(high()) => [1, 2, 3]);
        $holds!(value(high()).le(low()) => []);
        $holds!(value(low()).lt(kinds::$name) => [2]);
        $holds!(kinds::$name.between(low(), high()) => [1, 2]);
        $holds!(value(low()).between(low(), high()) => [1, 2, 3]);
        $holds!(value(high()).between(kinds::$name, high()) => [1, 2]);
    };
    // Text orders by the collation.
    (unordered, $name:ident, $holds:ident) => {};
}

/// A newtype and an enum have the smallest and largest value of what they wrap.
#[derive(Clone, Copy, Debug, PartialEq, kysera::SqlType)]
pub struct Level(i64);

#[derive(Clone, Copy, Debug, PartialEq, kysera::SqlType)]
pub enum Size {
    Large,
    Small,
}

#[test]
fn the_smallest_and_the_largest_value() {
    reading(async |_, db| {
        macro_rules! ends {
            ($($name:ident: $samples:expr;)*) => {
                $(let ends = select_from(kinds::table).select((kinds::$name.min(), kinds::$name.max()));
                let [low, high] = $samples;
                assert_eq!(ends.fetch_one(db).await.unwrap(), (Some(low), Some(high)), "{}", stringify!($name));)*
            };
        }
        ends! {
            small: samples::SMALL;
            int: samples::INT;
            big: samples::BIG;
            real: samples::REAL;
            double: samples::DOUBLE;
            decimal: samples::decimal();
            text: samples::text();
            date: samples::date();
            time: samples::time();
            timestamp: samples::timestamp();
            instant: samples::instant();
        }
        let level = kinds::id.cast::<Level>();
        let ends = select_from(kinds::table).select((level.clone().min(), level.max()));
        assert_eq!(ends.fetch_one(db).await.unwrap(), (Some(Level(1)), Some(Level(3))));
        let size = kinds::text.cast::<Size>();
        let ends = select_from(kinds::table).filter(kinds::id.lt(0)).select((size.clone().min(), size.max()));
        assert_eq!(ends.fetch_one(db).await.unwrap(), (None, None));
    });
}

kind!(bool: bool, samples::BOOL; ordered);
kind!(small: i16, samples::SMALL; ordered);
kind!(int: i32, samples::INT; ordered);
kind!(big: i64, samples::BIG; ordered);
kind!(real: f32, samples::REAL; ordered);
kind!(double: f64, samples::DOUBLE; ordered);
kind!(decimal: Decimal, samples::decimal(); ordered);
kind!(text: String, samples::text(); ordered);
kind!(bytes: Vec<u8>, samples::bytes(); ordered);
kind!(uuid: Uuid, samples::uuid(); ordered);
kind!(date: NaiveDate, samples::date(); ordered);
kind!(time: NaiveTime, samples::time(); ordered);
kind!(timestamp: NaiveDateTime, samples::timestamp(); ordered);
kind!(instant: DateTime<Utc>, samples::instant(); ordered);
kind!(json: serde_json::Value, samples::json());
