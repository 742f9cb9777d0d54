//! PG7: pages of joins, aliases, expressions, common table expressions and derived tables.

use kysera::expr::{call, case};
use kysera::pagination::Place;
use kysera::prelude::*;
use kysera::query::{output, with};

use super::schema::{create, items};
use super::walking::{cursors, there_and_back};
use crate::support::schema::{NewPost, NewUser, Post, Total, User, filled, posts, totals, users};
use crate::support::{Random, Server, on_all, on_each};

/// Users of whom some have no post, some several, and posts of which one has no user where no key forbids it.
async fn create_users(db: &Db) {
    filled(db).await.unwrap();
    let user = |at: i32| {
        let age = Some(at % 3).filter(|it| *it > 0);
        NewUser {
            age,
            manager_id: Some(i64::from(at % 4)).filter(|it| *it > 0),
            ..NewUser::new(format!("{at}@x.io"), "Dan")
        }
    };
    insert_into(users::table).values((0..6).map(user).collect::<Vec<_>>()).execute(db).await.unwrap();
    let post = |at: i64| NewPost { score: Some(3).filter(|_| at % 2 == 0), ..NewPost::new(4 + at % 3, "more", at > 3) };
    insert_into(posts::table).values((0..7).map(post).collect::<Vec<_>>()).execute(db).await.unwrap();
}

/// The rows of an order that a server makes of all, and of pages of three.
macro_rules! same {
    ($db:expr, $query:expr, by $order:expr, then $key:expr) => {{
        let expected = $query.order_by($order).order_by($key).fetch_all($db).await.unwrap();
        assert!(expected.len() > 6, "{}", expected.len());
        for limit in [1, 3] {
            let found = there_and_back($db, |place| $query.paginate_by($order, place, limit)).await;
            assert_eq!(found, expected, "{} {}", $db.spec().name, stringify!($query by $order));
        }
    }};
}

#[test]
fn pg7_columns_of_a_joined_table_that_may_be_empty() {
    on_all(async |fresh| {
        let db = &fresh.db;
        create_users(db).await;
        let on = || posts::user_id.eq(users::id);
        let left = || {
            let joined = select_from(users::table).left_join(posts::table, on());
            joined.select((users::id, posts::id, posts::title, posts::score, Post::columns()))
        };
        same!(db, left(), by posts::title, then (users::id, posts::id));
        same!(db, left(), by posts::title.desc(), then (users::id.desc(), posts::id.desc()));
        same!(
            db,
            left(),
            by(posts::score.asc().nulls_last(), posts::published.desc()),
            then(users::id.desc(), posts::id.desc())
        );
        same!(db, left(), by (posts::id.desc().nulls_first(), users::age), then users::id);
        same!(db, left(), by users::age.desc().nulls_last(), then (users::id.desc(), posts::id.desc()));
        let right = || {
            let joined = select_from(posts::table).right_join(users::table, on());
            joined.select((users::id, posts::id, Post::columns()))
        };
        same!(db, right(), by posts::score, then (posts::id, users::id));
        same!(db, right(), by(users::age, posts::title.desc().nulls_last()), then(posts::id.desc(), users::id.desc()));
        let inner =
            || select_from(posts::table).inner_join(users::table, on()).select((Post::columns(), User::columns()));
        same!(db, inner(), by (users::age, posts::score.desc()), then posts::id.desc());
        let cross = || select_from(posts::table).cross_join(users::table).select((posts::id, users::id));
        same!(db, cross(), by users::age, then (posts::id, users::id));
    });
}

/// MySQL and MariaDB have none, and it is refused before it is sent.
#[test]
fn pg7_a_full_join() {
    on_each(&[Server::Sqlite, Server::Postgres15, Server::Postgres18], async |fresh| {
        let db = &fresh.db;
        create_users(db).await;
        let full = || {
            let on = posts::user_id.eq(users::id).and(posts::published.eq(true));
            select_from(users::table).full_join(posts::table, on).select((users::id, posts::id))
        };
        same!(db, full(), by posts::score, then (users::id, posts::id));
        same!(db, full(), by(users::age.desc().nulls_last(), posts::title), then(users::id, posts::id));
    });
}

#[test]
fn pg7_a_table_beside_itself() {
    on_all(async |fresh| {
        let db = &fresh.db;
        create_users(db).await;
        alias!(manager = users);
        let query = || {
            let joined = select_from(users::table).left_join(manager, users::manager_id.eq(manager.id));
            joined.select((users::id, users::name, manager.id, manager.name))
        };
        same!(db, query(), by manager.name, then users::id);
        same!(db, query(), by (manager.age.desc(), users::name), then users::id);
        same!(db, query(), by (manager.id.asc().nulls_last(), users::age.desc()), then users::id.desc());
    });
}

#[test]
fn pg7_aliases_and_expressions() {
    on_all(async |fresh| {
        let db = &fresh.db;
        create(db, 30, &mut Random::new(50)).await;
        let query = || select_from(items::table).select((items::id, items::score));
        same!(db, query(), by (items::score + items::grade).desc(), then items::id.desc());
        same!(db, query(), by items::score.coalesce(7), then items::id);
        same!(db, query(), by -(items::grade * 2), then items::id);
        same!(db, query(), by (items::score.is_null(), items::name.null_if("a").desc()), then items::id.desc());
        same!(db, query(), by case().when(items::grade.gt(1), 5).when(items::done, 7).end(), then items::id);
        same!(db, query(), by call::<String, _>("lower", (items::name.coalesce("X"),)), then items::id);
        same!(db, query(), by sql!("{} % 2", items::grade).typed::<i32>(), then items::id);
        // The same expression once more, with another value in it, and an alias of the name of a column.
        let query = || select_from(items::table).select((items::id, (items::grade + 1).alias("score")));
        same!(db, query(), by ((items::grade + 2).desc(), (items::grade + 1).desc()), then items::id.desc());
        let by_alias = there_and_back(db, |place| query().paginate_by(output("score").desc(), place, 4)).await;
        let expected = query().order_by(((items::grade + 1).desc(), items::id.desc())).fetch_all(db).await.unwrap();
        assert_eq!(by_alias, expected);
        let unknown = query().paginate_by(output("none"), Place::First, 4).fetch(db, &cursors()).await.unwrap_err();
        assert!(unknown.is_invalid(), "{unknown}");
        // By groups of expressions, of which a value is a parameter each time.
        let grouped = || {
            let groups = select_from(items::table).group_by((items::grade + 1, items::score.coalesce(7)));
            groups.select((items::grade + 1, items::score.coalesce(7), items::big.sum(), items::grade.avg()))
        };
        same!(db, grouped(), by (items::grade + 1).desc(), then items::score.coalesce(7).desc());
        same!(db, grouped(), by items::big.sum().desc(), then ((items::grade + 1).desc(), items::score.coalesce(7).desc()));
        same!(db, grouped(), by items::price.max(), then (items::grade + 1, items::score.coalesce(7)));
        same!(db, grouped(), by(items::at.max(), items::score.avg()), then(items::grade + 1, items::score.coalesce(7)));
    });
}

#[test]
fn pg7_common_table_expressions_and_derived_tables() {
    on_all(async |fresh| {
        let db = &fresh.db;
        create_users(db).await;
        let per_user = || select_from(posts::table).group_by(posts::user_id).select((posts::user_id, count_all()));
        let query = || {
            let with = with(totals::table, per_user()).select_from(users::table);
            with.left_join(totals::table, totals::user_id.eq(users::id)).select((users::id, totals::n))
        };
        let expected = query().order_by((totals::n.desc(), users::id.desc())).fetch_all(db).await.unwrap();
        assert_eq!(query().fetch_count(db).await.unwrap(), 9);
        // Of a table without a key, nothing tells its rows apart, but that the program knows it.
        let refused = query().paginate_by(totals::n.desc(), Place::First, 2).fetch(db, &cursors()).await.unwrap_err();
        assert!(refused.is_invalid() && refused.to_string().contains("`totals`"), "{refused}");
        let by = |place| query().paginate_by((totals::n.desc(), users::id.desc()), place, 2).order_is_total();
        assert_eq!(there_and_back(db, by).await, expected);

        let derived = || select_from(per_user().derived(totals::table));
        let expected: Vec<Total> = derived().order_by((totals::n, totals::user_id)).fetch_all(db).await.unwrap();
        let by = |place| derived().paginate_by((totals::n, totals::user_id), place, 2).order_is_total();
        assert_eq!(there_and_back(db, by).await, expected);
        let page = derived().order_by((totals::n, totals::user_id)).paginate(2, 2).order_is_total();
        assert_eq!(page.fetch(db).await.unwrap().data, expected[2..4]);
        assert_eq!(derived().fetch_count(db).await.unwrap(), expected.len() as u64);
    });
}

/// MariaDB knows a column of a common table expression by its new name alone, also where the rows are ordered.
#[test]
fn a_common_table_expression_that_is_ordered_by_names() {
    on_all(async |fresh| {
        let db = &fresh.db;
        create_users(db).await;
        let some = || select_from(posts::table).select((posts::user_id.alias("who"), (posts::id + 1).alias("which")));
        let query = with(totals::table, some().order_by(output("which").desc()).limit(2)).select_from(totals::table);
        let expected = [(4, 11), (6, 10)].map(|(user_id, n)| Total { user_id, n });
        assert_eq!(query.order_by(totals::n.desc()).fetch_all(db).await.unwrap(), expected);
        let both = some().union(some()).order_by(output("which").desc()).limit(2);
        let query = with(totals::table, both).select_from(totals::table);
        assert_eq!(query.order_by(totals::n.desc()).fetch_all(db).await.unwrap(), expected);
        let query = some().order_by(output("which").desc()).limit(2);
        assert_eq!(query.clone().fetch_count(db).await.unwrap(), 2);
        let found = there_and_back(db, |place| query.clone().paginate_by(output("who"), place, 1)).await;
        assert_eq!(found, [(4, 11), (6, 10)]);
    });
}
