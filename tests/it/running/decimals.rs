//! Decimals are compared by their value on every server; where they are text, they are not calculated with.

use kysera::dialect::Decimals;
use kysera::prelude::*;
use kysera::schema::create_table_for;
use kysera::{Db, Value};
use rust_decimal::Decimal;

use crate::support::{Server, on_all, on_each};

#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "prices")]
pub struct Price {
    #[column(primary_key)]
    id: i64,
    #[column(type = "numeric(30, 6)", unique)]
    price: Decimal,
    #[column(type = "numeric(30, 6)", default = 9.5)]
    other: Option<Decimal>,
}

/// A table that another program has made.
#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "foreigners")]
pub struct Foreigner {
    id: i64,
    price: Decimal,
    label: Decimal,
}

fn decimal(text: &str) -> Decimal {
    Decimal::from_str_exact(text).unwrap()
}

/// Prices of several scales: -1.50, 0.5, 9.00, 10.00, 100, and a long one.
async fn filled(db: &Db) {
    create_table_for::<Price>().execute(db).await.unwrap();
    for (id, price, other) in [
        (1, "-1.50", "-1.5"),
        (2, "0.5", "7"),
        (3, "9.00", "10.0"),
        (4, "10.00", "9"),
        (5, "100", "100.00"),
        (6, "12345678901234567890.123456", "9.000"),
    ] {
        let row = (prices::id.to(id), prices::price.to(decimal(price)), prices::other.to(decimal(other)));
        insert_into(prices::table).set(row).execute(db).await.unwrap();
    }
}

#[test]
fn decimals_are_compared_by_their_value() {
    on_all(async |fresh| {
        let db = &fresh.db;
        filled(db).await;
        macro_rules! ids {
            ($condition:expr) => {
                select_from(prices::table)
                    .filter($condition)
                    .order_by(prices::id.asc())
                    .select(prices::id)
                    .fetch_all(db)
                    .await
                    .unwrap()
            };
        }
        for nine in ["9", "9.0", "9.000000"] {
            let nine = decimal(nine);
            assert_eq!(ids!(prices::price.eq(nine)), [3]);
            assert_eq!(ids!(prices::price.ne(nine)), [1, 2, 4, 5, 6]);
            assert_eq!(ids!(prices::price.lt(nine)), [1, 2]);
            assert_eq!(ids!(prices::price.gt(nine)), [4, 5, 6]);
            assert_eq!(ids!(value(nine).le(prices::price)), [3, 4, 5, 6]);
            assert_eq!(ids!(prices::price.in_([nine, decimal("100.0")])), [3, 5]);
            assert_eq!(ids!(prices::price.not_in([nine, decimal("100.0")])), [1, 2, 4, 6]);
            assert_eq!(ids!(value(nine).in_([nine, decimal("100.0")])), [1, 2, 3, 4, 5, 6]);
            assert_eq!(ids!(prices::price.between(nine, decimal("10"))), [3, 4]);
            assert_eq!(ids!(value(decimal("10")).between(prices::other, prices::price)), [4, 6]);
            assert_eq!(ids!(value(nine).lt(decimal("10.00"))).len(), 6, "two values");
            assert_eq!(ids!(prices::other.coalesce(nine).eq(nine)), [4, 6]);
            assert_eq!(ids!(prices::other.coalesce(nine).in_([nine])), [4, 6]);
            assert_eq!(ids!(sql!("{} > {}", prices::price, nine)), [4, 5, 6]);
        }
        assert_eq!(ids!(prices::price.eq(decimal("12345678901234567890.123456"))), [6]);
        assert_eq!(ids!(prices::price.gt(decimal("12345678901234567890.123455"))), [6], "and exactly");
        assert_eq!(ids!(prices::price.eq(prices::other)), [1, 5]);

        let ordered = select_from(prices::table).order_by(prices::price.desc()).select(prices::id);
        assert_eq!(ordered.fetch_all(db).await.unwrap(), [6, 5, 4, 3, 2, 1]);
        let (least, most) = (prices::price.min(), prices::price.max());
        let (least, most) = select_from(prices::table).select((least, most)).fetch_one(db).await.unwrap();
        assert_eq!((least, most), (Some(decimal("-1.5")), Some(decimal("12345678901234567890.123456"))));
        let groups = select_from(prices::table)
            .group_by(prices::other)
            .order_by(prices::other.asc())
            .select((prices::other, count_all()));
        let expected = [("-1.5", 1), ("7", 1), ("9", 2), ("10", 1), ("100", 1)].map(|(it, n)| (Some(decimal(it)), n));
        assert_eq!(groups.fetch_all(db).await.unwrap(), expected);
        let distinct = select_from(prices::table).select(prices::other).distinct();
        assert_eq!(distinct.fetch_all(db).await.unwrap().len(), 5);
        let distinct = select_from(prices::table).select(prices::other.count().distinct());
        assert_eq!(distinct.fetch_one(db).await.unwrap(), 5);
        alias!(second = prices);
        let joined = select_from(prices::table)
            .inner_join(second, prices::price.eq(second.other))
            .order_by((prices::id.asc(), second.id.asc()))
            .select((prices::id, second.id));
        assert_eq!(joined.fetch_all(db).await.unwrap(), [(1, 1), (3, 4), (3, 6), (4, 3), (5, 5)]);
    });
}

#[test]
fn a_key_of_decimals_is_unique_by_value() {
    on_all(async |fresh| {
        let db = &fresh.db;
        filled(db).await;
        let again = insert_into(prices::table).set((prices::id.to(7), prices::price.to(decimal("9"))));
        let error = again.clone().execute(db).await.unwrap_err();
        assert!(error.is_unique_violation(), "{error}");
        let passed = again.on_conflict_do_nothing().execute(db).await.unwrap();
        assert_eq!(passed.rows_affected, 0);
        let new = insert_into(prices::table).set((prices::id.to(8), prices::price.to(decimal("9.01"))));
        new.on_conflict_do_nothing().execute(db).await.unwrap();
        let q = select_from(prices::table).filter(prices::id.eq(8)).select(prices::other);
        assert_eq!(q.fetch_one(db).await.unwrap(), Some(decimal("9.5")), "the default");
    });
}

#[test]
fn decimals_that_are_text_are_not_calculated_with() {
    on_all(async |fresh| {
        let (db, two) = (&fresh.db, decimal("2.5"));
        filled(db).await;
        let is_number = fresh.server.spec().decimals == Decimals::Numbers;
        macro_rules! check {
            ($query:expr, $expected:expr) => {
                match $query.fetch_one(db).await {
                    Ok(it) => assert!(is_number && it == $expected, "{it:?}"),
                    Err(error) => assert!(!is_number && error.is_unsupported(), "{error}"),
                }
            };
        }
        let one = select_from(prices::table).filter(prices::id.eq(3));
        check!(one.clone().select(prices::price + decimal("1")), decimal("10"));
        check!(one.clone().select(prices::price % two), decimal("1.5"));
        check!(one.clone().select(value(two) * prices::price), decimal("22.5"));
        check!(one.clone().select(prices::price.sum()), Some(decimal("9")));
        check!(one.clone().filter((prices::price + prices::price).gt(two)).select(prices::id), 3);
        check!(one.clone().filter((prices::price - prices::price).in_([two, decimal("0")])).select(prices::id), 3);
        check!(one.clone().filter((prices::price * prices::price).between(two, decimal("82"))).select(prices::id), 3);
        check!(one.clone().filter((-prices::price).lt(two)).select(prices::id), 3);
        // An average is a float everywhere.
        let average = select_from(prices::table).filter(prices::id.le(4)).select(prices::price.avg());
        assert_eq!(average.fetch_one(db).await.unwrap(), Some(4.5));
        // What the tree does not show is a float where it is read.
        let sum = one.select(prices::price + prices::price).fetch_one(db).await;
        match sum {
            Ok(sum) => assert!(is_number && sum == decimal("18")),
            Err(error) => assert!(!is_number && error.is_decode(), "{error}"),
        }
    });
}

#[test]
fn decimals_are_written_plainly_and_read_from_other_tables() {
    on_each(&[Server::Sqlite], async |fresh| {
        let db = &fresh.db;
        db.batch(
            "create table foreigners (id integer primary key, price decimal(10, 2), label text);
             insert into foreigners values (1, 9.5, '9.5'), (2, 10, '10.00'), (3, 0.1 + 0.2, '9')",
        )
        .await
        .unwrap();
        let row = |id: i64| select_from(foreigners::table).filter(foreigners::id.eq(id));
        assert_eq!(row(1).select(foreigners::price).fetch_one(db).await.unwrap(), decimal("9.5"));
        assert_eq!(row(2).select(foreigners::price).fetch_one(db).await.unwrap(), decimal("10"));
        assert!(row(3).select(foreigners::price).fetch_one(db).await.unwrap_err().is_decode());
        let float = row(1).select(sql!("{}", foreigners::price).typed::<f64>());
        assert_eq!(float.fetch_one(db).await.unwrap(), 9.5);
        // A bound decimal brings the collation along.
        let ids = select_from(foreigners::table).filter(foreigners::label.ge(decimal("10.0"))).select(foreigners::id);
        assert_eq!(ids.fetch_all(db).await.unwrap(), [2]);
        for (value, written) in
            [("1e2", Some("100")), ("-12.5E-1", Some("-1.25")), ("9.00", Some("9.00")), ("NaN", None)]
        {
            let query = "update foreigners set label = ?1 where id = 1";
            let query = kysera::driver::Query { sql: query, params: &[Value::Decimal(value.into())] };
            let request = kysera::executor::Request::Compiled { query, access: kysera::executor::Access::Write };
            let done = db.execute(request).await;
            assert_eq!(done.is_ok(), written.is_some(), "{value}");
            if let Some(written) = written {
                let label = row(1).select(sql!("{}", foreigners::label).typed::<String>()).fetch_one(db).await.unwrap();
                assert_eq!(label, written);
            }
        }
    });
}
