//! Whole queries with their rows, on every server.

use kysera::prelude::*;
use kysera::query::output;

use crate::support::on_all;
use crate::support::schema::*;

#[test]
fn joins_give_rows_of_the_inferred_types() {
    on_all(async |fresh| {
        let db = &fresh.db;
        filled(db).await.unwrap();
        let rows: Vec<(i64, Option<String>, String, Option<i32>)> = select_from(users::table)
            .left_join(posts::table, posts::user_id.eq(users::id))
            .order_by((users::id, posts::id))
            .select((users::id, posts::title, posts::title.coalesce("none"), posts::score + 1))
            .fetch_all(db)
            .await
            .unwrap();
        assert_eq!(
            rows,
            [
                (1, Some("first".into()), "first".into(), Some(6)),
                (1, Some("second".into()), "second".into(), None),
                (2, Some("100% of_all".into()), "100% of_all".into(), Some(4)),
                (3, None, "none".into(), None),
            ]
        );
        let rows: Vec<(Option<String>, Option<bool>, bool)> = select_from(users::table)
            .right_join(posts::table, posts::user_id.eq(users::id))
            .inner_join(comments::table, comments::post_id.eq(posts::id))
            .order_by(posts::id)
            .select((users::email, posts::score.gt(3), posts::published))
            .fetch_all(db)
            .await
            .unwrap();
        assert_eq!(rows, [(Some("ann@x.io".into()), Some(true), true), (Some("bob@x.io".into()), Some(false), true)]);
        let rows: Vec<(String, Option<Post>)> = select_from(users::table)
            .left_join(posts::table, posts::user_id.eq(users::id).and(posts::published.eq(true)))
            .order_by(users::id)
            .select((users::name, Post::columns()))
            .fetch_all(db)
            .await
            .unwrap();
        assert_eq!(rows.iter().map(|(_, post)| post.is_some()).collect::<Vec<_>>(), [true, true, false]);
    });
}

#[test]
fn aliases_subqueries_and_common_table_expressions() {
    on_all(async |fresh| {
        let db = &fresh.db;
        filled(db).await.unwrap();
        alias!(manager = users);
        let rows: Vec<(String, Option<String>)> = select_from(users::table)
            .left_join(manager, manager.id.eq(users::manager_id))
            .order_by(users::id)
            .select((users::name, manager.name))
            .fetch_all(db)
            .await
            .unwrap();
        assert_eq!(
            rows,
            [("Ann".into(), None), ("Bob".into(), Some("Ann".into())), ("Cid".into(), Some("Bob".into()))]
        );
        let own_posts = || select_from(posts::table).correlate(users::table).filter(posts::user_id.eq(users::id));
        let rows: Vec<(i64, Option<i64>)> = select_from(users::table)
            .filter(own_posts().exists())
            .order_by(users::id)
            .select((users::id, own_posts().select(posts::id.max()).scalar()))
            .fetch_all(db)
            .await
            .unwrap();
        assert_eq!(rows, [(1, Some(2)), (2, Some(3))]);
        let per_user = select_from(posts::table).group_by(posts::user_id).select((posts::user_id, posts::id.count()));
        let rows: Vec<Total> =
            select_from(per_user.clone().derived(totals::table)).order_by(totals::user_id).fetch_all(db).await.unwrap();
        assert_eq!(rows, [Total { user_id: 1, n: 2 }, Total { user_id: 2, n: 1 }]);
        let rows: Vec<(String, i64)> = with(totals::table, per_user)
            .select_from(users::table)
            .inner_join(totals::table, totals::user_id.eq(users::id))
            .order_by(users::id)
            .select((users::name, totals::n))
            .fetch_all(db)
            .await
            .unwrap();
        assert_eq!(rows, [("Ann".into(), 2), ("Bob".into(), 1)]);
        let step = select_from(tree::table)
            .inner_join(users::table, users::manager_id.eq(tree::id))
            .select((users::id, tree::depth + 1));
        let rows: Vec<Tree> = with_recursive(
            tree::table,
            select_from(users::table)
                .filter(users::manager_id.is_null())
                .select((users::id, value(0_i64)))
                .union_all(step),
        )
        .select_from(tree::table)
        .order_by(tree::depth)
        .fetch_all(db)
        .await
        .unwrap();
        assert_eq!(rows.iter().map(|row| (row.id, row.depth)).collect::<Vec<_>>(), [(1, 0), (2, 1), (3, 2)]);
    });
}

#[test]
fn set_operations_keep_their_meaning_and_the_order_of_their_parts() {
    on_all(async |fresh| {
        let db = &fresh.db;
        filled(db).await.unwrap();
        let names = |name: &'static str| select_from(users::table).filter(users::name.eq(name)).select(users::name);
        // `a union b intersect c` binds differently on SQLite, so it is always written out.
        let rows: Vec<String> = names("Ann")
            .union(names("Bob"))
            .intersect(names("Bob").union(names("Cid")))
            .order_by(output("name").asc())
            .fetch_all(db)
            .await
            .unwrap();
        assert_eq!(rows, ["Bob"]);
        let rows: Vec<String> = names("Ann").union(names("Bob").intersect(names("Cid"))).fetch_all(db).await.unwrap();
        assert_eq!(rows, ["Ann"]);
        let oldest = select_from(users::table).order_by(users::age.desc().nulls_last()).limit(1).select(users::name);
        let youngest = select_from(users::table).order_by(users::age.asc().nulls_last()).limit(1).select(users::name);
        let rows: Vec<String> = oldest.union_all(youngest).order_by(output("name").desc()).fetch_all(db).await.unwrap();
        assert_eq!(rows, ["Bob", "Ann"]);
    });
}

#[test]
fn aggregates_are_read_as_what_they_are() {
    on_all(async |fresh| {
        let db = &fresh.db;
        filled(db).await.unwrap();
        let row: (i64, i64, Option<i64>, Option<f64>, Option<i32>, i64, Option<i64>) = select_from(users::table)
            .select((
                count_all(),
                users::age.count(),
                users::age.sum(),
                users::age.avg(),
                users::age.min(),
                users::id.count().filter(users::age.gt(18)),
                users::age.sum().filter(users::age.gt(100)),
            ))
            .fetch_one(db)
            .await
            .unwrap();
        assert_eq!(row, (3, 2, Some(57), Some(28.5), Some(17), 1, None));
        let sums: Vec<(i64, Option<i64>)> = select_from(posts::table)
            .group_by(posts::user_id)
            .having(count_all().gt(1))
            .select((posts::user_id, posts::score.sum() / 2))
            .fetch_all(db)
            .await
            .unwrap();
        assert_eq!(sums, [(1, Some(2))]);
    });
}
