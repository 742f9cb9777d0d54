//! PG7: pages of tables as they are in the wild: keys of several columns, none, or one that may be `null`, views, numbers
//! without a sign, text that is padded or of another character set, JSON, columns that are computed, another time zone.

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use kysera::pagination::Place;
use kysera::prelude::*;
use kysera::schema::create_table_for;
use rust_decimal::Decimal;
use serde_json::json;

use super::walking::{cursors, there_and_back};
use crate::support::{Server, on_all, on_each};

/// The rows of an order that a server makes of all, and of pages of one and of three.
macro_rules! same {
    ($db:expr, $query:expr, by $order:expr, then $key:expr) => {{
        let expected = $query.order_by($order).order_by($key).fetch_all($db).await.unwrap();
        assert!(expected.len() > 4, "{}", expected.len());
        for limit in [1, 3] {
            let found = there_and_back($db, |place| $query.paginate_by($order, place, limit)).await;
            assert_eq!(found, expected, "{} {}", $db.spec().name, stringify!($query by $order));
        }
    }};
}

#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "visits")]
pub struct Visit {
    #[column(primary_key, type = "varchar(20)")]
    pub region: String,
    #[column(primary_key)]
    pub day: i32,
    #[column(unique, type = "varchar(20)")]
    pub code: Option<String>,
    pub note: i32,
}

async fn create_visits(db: &Db) {
    create_table_for::<Visit>().execute(db).await.unwrap();
    let row = |at: i32| {
        let region = ["b", "a", "c"][usize::try_from(at % 3).unwrap()];
        NewVisit { code: Some(format!("{at}")).filter(|_| at % 2 == 0), ..NewVisit::new(region, at / 3, at % 2) }
    };
    insert_into(visits::table).values((0..9).map(row).collect::<Vec<_>>()).execute(db).await.unwrap();
}

#[test]
fn pg7_a_key_of_several_columns() {
    on_all(async |fresh| {
        let db = &fresh.db;
        create_visits(db).await;
        let query = || select_from(visits::table);
        let all = query().order_by((visits::region, visits::day)).fetch_all(db).await.unwrap();
        assert_eq!(there_and_back(db, |place| query().paginate_by_key(place, 2)).await, all);
        same!(db, query(), by visits::note, then (visits::region, visits::day));
        same!(db, query(), by visits::day.desc(), then visits::region.desc());
        same!(db, query(), by (visits::region.desc(), visits::note), then visits::day);
        // A column that is unique, but may be `null`, tells no rows apart.
        same!(db, query(), by visits::code.desc().nulls_first(), then (visits::region.desc(), visits::day.desc()));
        let notes = || query().select(visits::note);
        same!(db, notes(), by visits::code, then (visits::region, visits::day));
    });
}

/// A table, or a view, of which the program knows no key.
#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "noted")]
pub struct Noted {
    #[column(unique, type = "varchar(20)")]
    pub code: Option<String>,
    pub note: i32,
}

#[test]
fn pg7_a_view_of_which_no_key_is_known() {
    on_all(async |fresh| {
        let db = &fresh.db;
        create_visits(db).await;
        db.batch("create view noted as select code, note from visits where code is not null").await.unwrap();
        let query = || select_from(noted::table);
        for error in [
            query().paginate_by(noted::note, Place::First, 2).fetch(db, &cursors()).await.unwrap_err(),
            query().paginate_by_key(Place::First, 2).fetch(db, &cursors()).await.unwrap_err(),
            query().order_by(noted::code).paginate(1, 2).fetch(db).await.unwrap_err(),
        ] {
            assert!(error.is_invalid() && error.to_string().contains("`noted`"), "{error}");
        }
        let order = || (noted::note.desc(), noted::code);
        let expected = query().order_by(order()).fetch_all(db).await.unwrap();
        assert_eq!(expected.len(), 5);
        let by = |place| query().paginate_by(order(), place, 2).order_is_total();
        assert_eq!(there_and_back(db, by).await, expected);
    });
}

#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "wild")]
pub struct Wild {
    #[column(primary_key)]
    pub id: Decimal,
    pub code: String,
    pub twice: i64,
}

/// Numbers above those that have a sign, and text in latin1 beside an `utf8mb4` one.
#[test]
fn pg7_numbers_without_a_sign_and_text_in_latin1() {
    on_each(&[Server::Mysql9, Server::Mariadb], async |fresh| {
        let db = &fresh.db;
        db.batch(
            "create table wild (id bigint unsigned primary key, code varchar(9) character set latin1 not null, \
             half int unsigned not null, twice bigint as (half * 2) stored)",
        )
        .await
        .unwrap();
        db.batch(
            "insert into wild (id, code, half) values (0, 'é', 4294967295), (1, 'e', 7), (9223372036854775807, 'É', 0), \
             (9223372036854775808, 'ß', 2147483648), (18446744073709551614, 'ss', 7), (18446744073709551615, 'z', 7)",
        )
        .await
        .unwrap();
        let query = || select_from(wild::table);
        same!(db, query(), by wild::id, then wild::code);
        same!(db, query(), by wild::code, then wild::id);
        same!(db, query(), by wild::code.desc(), then wild::id.desc());
        same!(db, query(), by (wild::twice.desc(), wild::id), then wild::id);
        let codes = || query().distinct().select(wild::code);
        assert_eq!(there_and_back(db, |place| codes().paginate_by_key(place, 1)).await.len() as u64, {
            codes().fetch_count(db).await.unwrap()
        });
    });
}

#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "padded")]
pub struct Padded {
    #[column(primary_key)]
    pub id: i64,
    pub code: String,
    pub name: Option<String>,
    pub twice: i64,
}

/// Text of a fixed length, which a server fills with spaces, a domain, and a column that is computed.
#[test]
fn pg7_text_of_a_fixed_length_and_columns_that_are_computed() {
    on_all(async |fresh| {
        let db = &fresh.db;
        let name = if fresh.server.is_postgres() {
            db.batch("create domain short as varchar(9) check (value <> 'x')").await.unwrap();
            "short"
        } else {
            "varchar(9)"
        };
        db.batch_unchecked(&format!(
            "create table padded (id bigint primary key, code char(4) not null, name {name}, \
             twice bigint generated always as (id % 3 * 2) stored)",
        ))
        .await
        .unwrap();
        db.batch(
            "insert into padded (id, code, name) values (1, 'a', 'b'), (2, 'ab', null), (3, 'a', 'a'), (4, 'a', 'b'), \
             (5, 'ab', 'b'), (6, '', ''), (7, '', null)",
        )
        .await
        .unwrap();
        let query = || select_from(padded::table);
        same!(db, query(), by padded::code, then padded::id);
        same!(db, query(), by (padded::code.desc(), padded::name), then padded::id);
        same!(db, query(), by padded::name.desc().nulls_last(), then padded::id.desc());
        same!(db, query(), by padded::twice.desc(), then padded::id.desc());
        let grouped = || query().group_by(padded::code).select((padded::code, count_all()));
        let expected = grouped().order_by(padded::code).fetch_all(db).await.unwrap();
        assert_eq!(there_and_back(db, |place| grouped().paginate_by(padded::code, place, 1)).await, expected);
    });
}

#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "documents")]
pub struct Document {
    #[column(primary_key)]
    pub id: i64,
    pub body: Option<serde_json::Value>,
}

async fn create_documents(db: &Db, bodies: impl IntoIterator<Item = Option<serde_json::Value>>) {
    create_table_for::<Document>().execute(db).await.unwrap();
    let rows = bodies.into_iter().zip(1..).map(|(body, id)| NewDocument { body, ..NewDocument::new(id) });
    insert_into(documents::table).values(rows.collect::<Vec<_>>()).execute(db).await.unwrap();
}

#[test]
fn pg7_keys_of_json() {
    on_all(async |fresh| {
        let db = &fresh.db;
        let bodies = [json!(7), json!("a"), json!({"b": [1, 2], "a": null}), json!([3, 1]), json!([]), json!("a")];
        let more = [json!(true), json!(7.5), json!(null), json!("ab"), json!({"a": 1}), json!([3])];
        create_documents(db, bodies.into_iter().chain(more).map(Some).chain([None, None])).await;
        let query = || select_from(documents::table);
        if fresh.server == Server::Mysql9 {
            // It does not sort objects and arrays, but compares them.
            for error in [
                query().paginate_by(documents::body, Place::First, 2).fetch(db, &cursors()).await.unwrap_err(),
                query()
                    .distinct()
                    .select(documents::body)
                    .paginate_by_key(Place::First, 2)
                    .fetch(db, &cursors())
                    .await
                    .unwrap_err(),
            ] {
                assert!(error.is_invalid(), "{error}");
            }
            assert_eq!(query().paginate(1, 20).fetch(db).await.unwrap().data.len(), 14);
            return;
        }
        same!(db, query(), by documents::body, then documents::id);
        same!(db, query(), by documents::body.desc().nulls_last(), then documents::id.desc());
    });
}

#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "moments")]
pub struct Moment {
    #[column(primary_key)]
    pub id: i64,
    pub at: DateTime<Utc>,
    pub time: NaiveTime,
}

/// Whatever the time zone of the session, and as columns that depend on it.
#[test]
fn pg7_another_time_zone() {
    on_each(&[Server::Postgres15, Server::Postgres18, Server::Mysql9, Server::Mariadb], async |fresh| {
        let db = &fresh.db;
        create_table_for::<Moment>().execute(db).await.unwrap();
        if !fresh.server.is_postgres() {
            db.batch("alter table moments modify at timestamp(6) not null").await.unwrap();
        }
        let start = "2026-03-29T00:59:59.999998Z".parse::<DateTime<Utc>>().unwrap();
        let row = |id: i64| {
            let at = start + TimeDelta::microseconds(id % 4);
            NewMoment::new(id, at, at.time())
        };
        insert_into(moments::table).values((0..9).map(row).collect::<Vec<_>>()).execute(db).await.unwrap();
        let query = || select_from(moments::table);
        same!(db, query(), by moments::at.desc(), then moments::id.desc());
        let connection = db.acquire().await.unwrap();
        let zone = if fresh.server.is_postgres() { "set time zone 'Asia/Kolkata'" } else { "set time_zone = '+05:30'" };
        connection.batch_unchecked(zone).await.unwrap();
        same!(&connection, query(), by moments::at.desc(), then moments::id.desc());
        same!(&connection, query(), by (moments::time, moments::at), then moments::id);
    });
}
