//! Where pages are read, and of what: in a transaction and on one connection, under plugins that only look, of set operations
//! within others, of walks through trees, and of functions that make several rows of one.

use kysera::dialect::{POSTGRES, SQLITE};
use kysera::error::CursorFault;
use kysera::expr::{call, value};
use kysera::pagination::{CursorKey, Cursors, Place};
use kysera::plugin::{QueryTags, ReadOnly, RequireLimit, TenantSchema, WithSchema};
use kysera::prelude::*;
use kysera::query::{with, with_recursive};
use kysera::schema::create_table_for;
use kysera::testing::Spy;

use super::schema::{create, insertable, item, items};
use super::walking::{cursors, there_and_back};
use crate::support::schema::{Total, filled, posts, totals, tree, users};
use crate::support::servers::Fresh;
use crate::support::{Random, Server, on_all, on_each};

#[test]
fn pg7_in_a_transaction_and_on_one_connection() {
    on_all(async |fresh| {
        let mut random = Random::new(70);
        let rows = create(&fresh.db, 9, &mut random).await;
        let by = |place| select_from(items::table).select(items::id).paginate_by_key(place, 2);
        let mut expected: Vec<_> = rows.iter().map(|it| it.id).collect();
        let connection = fresh.db.acquire().await.unwrap();
        assert_eq!(there_and_back(&connection, by).await, expected);
        drop(connection);
        let transaction = fresh.db.begin().await.unwrap();
        insert_into(items::table).values(insertable(item(101, &mut random))).execute(&transaction).await.unwrap();
        expected.push(101);
        assert_eq!(there_and_back(&transaction, by).await, expected);
        // A cursor of it outlives it.
        let last = by(Place::Last).fetch(&transaction, &cursors()).await.unwrap();
        assert_eq!(last.data, [18, 101]);
        transaction.rollback().await.unwrap();
        let before = by(Place::Before(last.prev_cursor.unwrap())).fetch(&fresh.db, &cursors()).await.unwrap();
        assert_eq!((before.data, before.has_next), (vec![14, 16], true));
    });
}

/// A page of as many rows as a query may give, though one row more is read to know that there is another.
#[test]
fn pg7_as_many_rows_as_a_limit_allows() {
    on_all(async |fresh| {
        let rows = create(&fresh.db, 9, &mut Random::new(71)).await;
        let tags = QueryTags::new().tag("page", "of items; -- */");
        let builder = Db::builder(fresh.url.clone()).plugin(ReadOnly::new()).plugin(tags);
        let db = &builder.plugin(RequireLimit::new(3)).connect().await.unwrap();
        let query = || select_from(items::table);
        for orders in [vec![items::id.asc()], vec![items::grade.asc(), items::score.desc().nulls_last()]] {
            let found = there_and_back(db, |place| query().paginate_by(orders.clone(), place, 3)).await;
            assert_eq!(found.len(), 9);
            let error = query().paginate_by(orders, Place::First, 4).fetch(db, &cursors()).await.unwrap_err();
            assert!(error.is_invalid() && error.to_string().contains("at most 3 rows"), "{error}");
        }
        assert_eq!(query().paginate(2, 3).without_total().fetch(db).await.unwrap().data, rows[3..6]);
        assert!(query().paginate(2, 4).without_total().fetch(db).await.unwrap_err().is_invalid());
        // Only the row that is not given is one more.
        assert!(query().limit(4).fetch_all(db).await.unwrap_err().is_invalid());
        assert!(query().paginate(2, 4).fetch(db).await.unwrap_err().is_invalid());
        db.close().await.unwrap();
    });
}

struct Tenant(String);

/// A schema for each tenant is the plugin's: the cursor of one is a place in the order of the other's rows, but where it is
/// bound.
#[test]
fn pg7_a_schema_for_each_tenant() {
    on_each(&[Server::Postgres15, Server::Postgres18, Server::Mysql9, Server::Mariadb], async |fresh| {
        let rows = create(&fresh.db, 9, &mut Random::new(72)).await;
        let other = Fresh::new(fresh.server).await;
        create(&other.db, 4, &mut Random::new(73)).await;
        let builder = Db::builder(fresh.url.clone()).plugin(TenantSchema::of(|tenant: &Tenant| tenant.0.clone()));
        let db = builder.connect().await.unwrap();
        let (one, two) = (db.with(Tenant(fresh.name().into())), db.with(Tenant(other.name().into())));
        let by = |place| select_from(items::table).select(items::id).paginate_by(items::score.desc(), place, 2);
        let found = there_and_back(&one, by).await;
        assert_eq!((found.len(), there_and_back(&two, by).await.len()), (rows.len(), 4));
        let grouped = |place| {
            select_from(items::table).group_by(items::grade).select((items::grade, count_all())).paginate_by(
                items::grade,
                place,
                1,
            )
        };
        assert!(there_and_back(&one, grouped).await.len() > 1);
        let next = by(Place::First).fetch(&one, &cursors()).await.unwrap().next_cursor.unwrap();
        let page = by(Place::After(next.clone())).fetch(&two, &cursors()).await.unwrap();
        assert!(page.data.iter().all(|id| *id <= 8), "{page:?}");
        let error = by(Place::After(next)).bound_to(other.name()).fetch(&two, &cursors()).await.unwrap_err();
        assert_eq!(error.as_cursor_fault(), Some(&CursorFault::OtherQuery));
        assert!(by(Place::First).fetch(&db, &cursors()).await.unwrap_err().is_invalid());
        db.close().await.unwrap();

        let db =
            Db::builder(fresh.url.clone()).plugin(WithSchema::new(other.name().to_owned())).connect().await.unwrap();
        assert_eq!(there_and_back(&db, by).await.len(), 4);
        db.close().await.unwrap();
        other.drop().await;
    });
}

/// The same text is another query where `null` is elsewhere.
#[test]
fn pg5_a_cursor_of_another_server() {
    let page = |place| select_from(items::table).paginate_by(items::score, place, 2);
    on_each(&[Server::Postgres15], async |fresh| {
        create(&fresh.db, 9, &mut Random::new(74)).await;
        let next = page(Place::First).fetch(&fresh.db, &cursors()).await.unwrap().next_cursor.unwrap();
        page(Place::After(next.clone())).compile(&POSTGRES, &cursors()).unwrap();
        let error = page(Place::After(next)).compile(&SQLITE, &cursors()).unwrap_err();
        assert_eq!(error.as_cursor_fault(), Some(&CursorFault::OtherQuery));
    });
}

/// A key is replaced while cursors are about, and no longer accepted after that.
#[test]
fn pg5_a_key_is_replaced() {
    on_all(async |fresh| {
        let db = &fresh.db;
        create(db, 9, &mut Random::new(75)).await;
        let key = |id, secret: u8| CursorKey::new(id, [secret; 32]).unwrap();
        let page = |place| select_from(items::table).select(items::id).paginate_by_key(place, 2);
        let old = Cursors::signed(key("old", 1));
        let both = Cursors::signed(key("new", 2)).also_accept(key("old", 1));
        let new = Cursors::signed(key("new", 2));
        let made = page(Place::First).fetch(db, &old).await.unwrap().next_cursor.unwrap();
        let second = page(Place::After(made.clone())).fetch(db, &both).await.unwrap();
        assert_eq!(second.data, [6, 8]);
        let third = page(second.next_cursor.into()).fetch(db, &new).await.unwrap();
        assert_eq!(third.data, [10, 12]);
        let error = page(Place::After(made)).fetch(db, &new).await.unwrap_err();
        assert_eq!(error.as_cursor_fault(), Some(&CursorFault::UnknownKey));
        let error = page(third.prev_cursor.map(Place::Before).unwrap()).fetch(db, &old).await.unwrap_err();
        assert_eq!(error.as_cursor_fault(), Some(&CursorFault::UnknownKey));
    });
}

#[test]
fn pg7_set_operations_within_others() {
    on_all(async |fresh| {
        let db = &fresh.db;
        create(db, 30, &mut Random::new(76)).await;
        let part = |from: i64, to: i64| {
            let query = select_from(items::table).filter(items::id.between(from, to));
            query.select((items::id, items::big))
        };
        let nested = || {
            let first = part(2, 30).order_by(items::id.desc()).limit(12);
            let least = part(2, 60).order_by(items::id).limit(25);
            first.union_all(part(40, 50)).intersect(least).except(part(20, 24)).union(part(58, 60))
        };
        let ids = (8..=18).chain(26..=30).chain(40..=50).chain(58..=60).filter(|id| id % 2 == 0).collect::<Vec<i64>>();
        let named = || select_from(nested().derived(totals::table));
        let expected: Vec<Total> = named().order_by((totals::n, totals::user_id)).fetch_all(db).await.unwrap();
        let mut found: Vec<_> = expected.iter().map(|it| it.user_id).collect();
        found.sort_unstable();
        assert_eq!(found, ids, "{:?}", fresh.server);
        let by = |place| named().paginate_by((totals::n, totals::user_id), place, 4).order_is_total();
        assert_eq!(there_and_back(db, by).await, expected);
        let (mut number, mut pages) = (1, Vec::new());
        loop {
            let page = nested().paginate(number, 5).fetch(db).await.unwrap();
            assert_eq!(page.total, Some(ids.len() as u64));
            pages.extend(page.data.into_iter().map(|(id, _)| id));
            if !page.has_next {
                break;
            }
            number += 1;
        }
        pages.sort_unstable();
        assert_eq!(pages, ids);
    });
}

#[test]
fn pg7_a_walk_through_a_tree() {
    on_all(async |fresh| {
        let db = &fresh.db;
        filled(db).await.unwrap();
        let steps = || {
            let top = select_from(users::table).filter(users::manager_id.is_null()).select((users::id, value(0_i64)));
            let on = users::manager_id.eq(tree::id);
            top.union_all(select_from(tree::table).inner_join(users::table, on).select((users::id, tree::depth + 1)))
        };
        let query = || with_recursive(tree::table, steps()).select_from(tree::table).select((tree::id, tree::depth));
        let expected = query().order_by((tree::depth.desc(), tree::id.desc())).fetch_all(db).await.unwrap();
        assert_eq!(expected.len(), 3);
        let by = |place| query().paginate_by((tree::depth.desc(), tree::id.desc()), place, 1).order_is_total();
        assert_eq!(there_and_back(db, by).await, expected);
        // Beside a table, of which each row is there once.
        let beside = || {
            let walk = with_recursive(tree::table, steps()).select_from(users::table);
            walk.inner_join(tree::table, tree::id.eq(users::id)).select((users::name, tree::depth))
        };
        let expected = beside().order_by((tree::depth, users::id)).fetch_all(db).await.unwrap();
        let by = |place| beside().paginate_by((tree::depth, users::id), place, 2).order_is_total();
        assert_eq!(there_and_back(db, by).await, expected);
        assert_eq!(beside().fetch_count(db).await.unwrap(), 3);
    });
}

/// What travels with a query, and one that brings a plugin along.
#[test]
fn pg7_what_travels_with_a_query() {
    on_all(async |fresh| {
        let db = &fresh.db;
        let rows = create(db, 9, &mut Random::new(77)).await;
        let spy = Spy::new();
        let query = || select_from(items::table).with(7_u8).plugin(spy.clone());
        let found = there_and_back(db, |place| query().paginate_by(items::id, place, 4)).await;
        assert_eq!(found, rows);
        assert!(spy.take().len() > 5);
        assert_eq!(query().paginate(1, 4).fetch(db).await.unwrap().total, Some(9));
        assert_eq!(spy.take().len(), 2);
    });
}

#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "baskets")]
pub struct Basket {
    #[column(primary_key)]
    pub id: i64,
    pub size: i64,
}

/// A function that makes several rows of one makes them all of one key, so that a page that ends among them would lose the rest.
#[test]
fn pg7_functions_that_make_several_rows_of_one() {
    on_each(&[Server::Postgres15, Server::Postgres18], async |fresh| {
        let db = &fresh.db;
        create_table_for::<Basket>().execute(db).await.unwrap();
        let rows: Vec<_> = (1..=4).map(|id| NewBasket::new(id, id % 3)).collect();
        insert_into(baskets::table).values(rows).execute(db).await.unwrap();
        let number = || call::<i64, _>("Generate_Series", (value(1_i64), baskets::size));
        let text = || sql!("generate_series(1, {})", baskets::size).typed::<i64>();
        let ids = || select_from(baskets::table);
        for error in [
            ids()
                .select((baskets::id, number()))
                .paginate_by_key(Place::First, 2)
                .fetch(db, &cursors())
                .await
                .unwrap_err(),
            ids()
                .select((baskets::id, number() + 1))
                .paginate_by(baskets::size, Place::First, 2)
                .fetch(db, &cursors())
                .await
                .unwrap_err(),
            ids()
                .select((baskets::id, text()))
                .paginate_by_key(Place::First, 2)
                .fetch(db, &cursors())
                .await
                .unwrap_err(),
            ids()
                .select((baskets::id, number()))
                .limit(9)
                .paginate_by_key(Place::First, 2)
                .fetch(db, &cursors())
                .await
                .unwrap_err(),
            ids().select((baskets::id, number())).order_by(baskets::id).paginate(1, 2).fetch(db).await.unwrap_err(),
        ] {
            assert!(error.is_invalid() && error.to_string().contains("generate_series"), "{error}");
        }
        let error = ids().paginate_by(number(), Place::First, 2).fetch(db, &cursors()).await.unwrap_err();
        assert!(error.is_invalid(), "{error}");
        // With its word for it, and where each row is given once, it is told.
        let expected = [(1, 1), (2, 1), (2, 2), (4, 1)];
        let by = |place| {
            ids().select((baskets::id, number())).paginate_by((baskets::id, number()), place, 1).order_is_total()
        };
        assert_eq!(there_and_back(db, by).await, expected);
        let by = |place| ids().distinct().select((baskets::id, number())).paginate_by(baskets::id, place, 1);
        assert_eq!(there_and_back(db, by).await, expected);
        assert_eq!(ids().select((baskets::id, number())).fetch_count(db).await.unwrap(), 4);
        // Within a query of its own it makes no row.
        let most = || sql!("(select max(it) from generate_series(1, {}) it)", baskets::size).typed::<Option<i64>>();
        let by = |place| ids().select((baskets::id, most())).paginate_by_key(place, 3);
        assert_eq!(there_and_back(db, by).await.len(), 4);
    });
}

/// Of a common table expression, and of posts beside it, whose key tells all.
#[test]
fn pg7_pages_beside_a_common_table_expression_with_a_plugin_that_only_reads() {
    on_all(async |fresh| {
        filled(&fresh.db).await.unwrap();
        let db = &Db::builder(fresh.url.clone()).plugin(ReadOnly::new()).connect().await.unwrap();
        let per_user = || select_from(posts::table).group_by(posts::user_id).select((posts::user_id, count_all()));
        let query = || {
            let beside = with(totals::table, per_user()).select_from(users::table);
            beside.inner_join(totals::table, totals::user_id.eq(users::id)).select((users::id, totals::n))
        };
        let expected = query().order_by((totals::n.desc(), users::id)).fetch_all(db).await.unwrap();
        let by = |place| query().paginate_by((totals::n.desc(), users::id), place, 1).order_is_total();
        assert_eq!(there_and_back(db, by).await, expected);
        db.close().await.unwrap();
    });
}
