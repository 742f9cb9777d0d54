//! `insert`, `update`, `delete`, clause by clause.

use kysera::dialect;
use kysera::prelude::*;

use crate::support::schema::*;
use crate::support::{check_all, writing};

#[test]
fn inserts() {
    let new = |email: &str| NewUser::new(email, "x");
    let one = || insert_into(users::table).values(new("a"));
    let from_posts = || {
        insert_into(users::table).from_select(
            (users::email, users::name),
            select_from(posts::table).filter(posts::id.gt(1)).select((posts::title, posts::title)),
        )
    };
    let into_nullable = || {
        let query = select_from(users::table).select((users::email, users::name, users::visits));
        insert_into(users::table).from_select((users::email, users::name, users::age), query)
    };
    let from_all = || {
        let query = select_from(posts::table).select((posts::title, posts::title));
        insert_into(users::table).from_select((users::email, users::name), query)
    };
    let both = || {
        let query = || select_from(posts::table).select((posts::title, posts::title));
        insert_into(users::table).from_select((users::email, users::name), query().union(query()))
    };
    let sum = || users::visits.to(users::visits + users::visits.excluded_value());
    check_all(
        "insert",
        &[
            ("one row", &one()),
            ("several rows", &insert_into(users::table).values([new("a"), new("b"), new("c")])),
            ("a vector of rows", &insert_into(users::table).values(vec![new("a")])),
            ("no rows", &insert_into(users::table).values(Vec::<NewUser>::new())),
            (
                "tuples of borrowed values",
                &insert_into(users::table)
                    .from_rows((users::email, users::name, users::age), [("a", "b", Some(1)), ("c", "d", None)]),
            ),
            (
                "tuples with expressions",
                &insert_into(users::table)
                    .from_rows((users::email, users::name), [("a", value("b".to_owned()).concat("c"))]),
            ),
            (
                "no tuples",
                &insert_into(users::table).from_rows((users::email, users::name), std::iter::empty::<(&str, &str)>()),
            ),
            (
                "rows that leave out different columns",
                &insert_into(users::table).values([new("a"), NewUser { visits: Some(1), ..new("b") }]),
            ),
            (
                "rows that leave out the same columns",
                &insert_into(users::table).values([
                    NewUser { visits: Some(1), age: Some(2), ..new("a") },
                    NewUser { visits: Some(3), ..new("b") },
                ]),
            ),
            (
                "expressions",
                &insert_into(users::table)
                    .set((users::email.to("a"), users::name.to(value("b".to_owned()).concat("c")))),
            ),
            (
                "a subquery",
                &insert_into(posts::table).set((
                    posts::user_id.to(select_from(users::table).select(users::id.max()).scalar().coalesce(1)),
                    posts::title.to("x"),
                    posts::published.to(true),
                )),
            ),
            ("a column twice", &insert_into(users::table).set((users::email.to("a"), users::email.to("b")))),
            ("defaults", &insert_into(users::table).default_values()),
            ("from a query", &from_posts()),
            ("from a query whose column is never null, into one that can be", &into_nullable()),
            ("from a query without conditions", &from_all()),
            ("from a set operation", &both()),
            ("do nothing", &one().on_conflict_do_nothing()),
            ("do nothing, returning", &one().on_conflict_do_nothing().returning(users::id)),
            ("do nothing of one key", &one().on_conflict(users::email).do_nothing()),
            ("do update", &one().on_conflict(users::email).do_update((users::name.excluded(), sum()))),
            (
                "do update where",
                &one()
                    .on_conflict(users::email)
                    .do_update_where(users::name.excluded(), users::visits.lt(users::visits.excluded_value())),
            ),
            ("on duplicate key update", &one().on_duplicate_key_update((users::name.excluded(), sum()))),
            ("from a query, do nothing", &from_posts().on_conflict_do_nothing()),
            ("from a query without conditions, do nothing", &from_all().on_conflict_do_nothing()),
            ("from a set operation, do nothing", &both().on_conflict_do_nothing()),
            ("from a query, do update", &from_all().on_conflict(users::email).do_update(users::name.excluded())),
            ("from a query, on duplicate key update", &from_all().on_duplicate_key_update(sum())),
            ("defaults, do nothing", &insert_into(users::table).default_values().on_conflict_do_nothing()),
            ("returning", &one().returning((users::id, users::created_at))),
            ("returning all", &one().returning_all()),
            ("returning an expression", &one().returning((users::id + 1, users::name.concat("!").alias("n")))),
            ("do update, returning", &one().on_conflict(users::email).do_update(sum()).returning(users::visits)),
        ],
    );
}

#[test]
fn updates() {
    let one = || update(users::table).filter(users::id.eq(1));
    let with_posts = || update(users::table).from(posts::table).filter(posts::user_id.eq(users::id));
    let oldest = || select_from(users::table).select(users::age.max()).scalar();
    check_all(
        "update",
        &[
            ("one column", &one().set(users::name.to("x"))),
            (
                "several columns",
                &one().set((users::name.to("x"), users::age.to(None::<i32>), users::visits.to(users::visits + 1))),
            ),
            ("several sets", &one().set(users::name.to("x")).set(users::visits.to(1))),
            ("a patch", &one().set(UserPatch { name: Some("x".into()), age: Some(None), ..UserPatch::default() })),
            ("an empty patch", &one().set(UserPatch::default())),
            ("all rows", &update(users::table).set(users::visits.to(0)).all_rows()),
            ("no filter", &update(users::table).set(users::visits.to(0))),
            ("a column twice", &one().set((users::visits.to(0), users::visits.to(1)))),
            ("in the right order", &one().set((users::age.to(users::visits), users::visits.to(0)))),
            ("in the wrong order", &one().set((users::visits.to(0), users::age.to(users::visits)))),
            ("in a circle", &one().set((users::visits.to(users::age.coalesce(0)), users::age.to(users::visits)))),
            ("a case", &one().set(users::visits.to(case::<i32>().when(users::age.gt(1), 1).otherwise(2)))),
            ("now", &one().set(users::created_at.to(now::<chrono::DateTime<chrono::Utc>>()))),
            ("a subquery on the same table", &one().set(users::age.to(oldest()))),
            (
                "a condition on the same table",
                &update(users::table).set(users::visits.to(1)).filter(users::age.eq(oldest())),
            ),
            (
                "a condition on another table",
                &update(users::table)
                    .set(users::visits.to(1))
                    .filter(users::id.in_(select_from(posts::table).select(posts::user_id))),
            ),
            ("from", &with_posts().set((users::name.to(posts::title), users::visits.to(users::visits + 1)))),
            ("from, in an order", &with_posts().set((users::visits.to(0), users::age.to(users::visits)))),
            (
                "from a derived table",
                &update(users::table)
                    .from(
                        select_from(posts::table)
                            .group_by(posts::user_id)
                            .select((posts::user_id, count_all()))
                            .derived(totals::table),
                    )
                    .set(users::visits.to(totals::n.cast::<i32>()))
                    .filter(totals::user_id.eq(users::id)),
            ),
            ("returning", &one().set(users::visits.to(1)).returning((users::id, users::visits))),
            ("returning all", &one().set(users::visits.to(1)).returning_all()),
            ("from, returning", &with_posts().set(users::visits.to(1)).returning((users::id, posts::title))),
            ("from, returning its own", &with_posts().set(users::visits.to(1)).returning(users::id)),
        ],
    );
}

#[test]
fn deletes() {
    let one = || delete_from(users::table).filter(users::id.eq(1));
    let with_users = || delete_from(posts::table).using(users::table).filter(posts::user_id.eq(users::id));
    let first = || select_from(posts::table).order_by(posts::id).limit(1).select(posts::id);
    check_all(
        "delete",
        &[
            ("one row", &one()),
            ("all rows", &delete_from(users::table).all_rows()),
            ("no filter", &delete_from(users::table)),
            (
                "a condition on another table",
                &delete_from(users::table).filter(users::id.in_(select_from(posts::table).select(posts::user_id))),
            ),
            ("a condition on the same table", &delete_from(posts::table).filter(posts::id.in_(first()))),
            ("using", &with_users().filter(users::name.eq("x"))),
            ("using two", &with_users().using(comments::table).filter(comments::post_id.eq(posts::id))),
            ("returning", &one().returning((users::id, users::name))),
            ("returning all", &one().returning_all()),
            ("using, returning", &with_users().returning((posts::id, users::name))),
            ("using, returning its own", &with_users().returning(posts::id)),
        ],
    );
}

#[test]
fn the_value_that_was_to_be_inserted_is_there_in_an_upsert_only() {
    let statement = update(users::table).set(users::name.excluded()).filter(users::id.eq(1));
    for spec in [&dialect::POSTGRES, &dialect::MYSQL, &dialect::MARIADB, &dialect::SQLITE] {
        assert!(statement.compile(spec).unwrap_err().is_invalid(), "{}", spec.name);
    }
}

#[test]
fn a_row_that_is_refused_is_shown_nowhere() {
    writing(async |server, trx| {
        let error =
            insert_into(users::table).values(NewUser::new("ann@x.io", "secret")).execute(trx).await.unwrap_err();
        assert!(error.is_unique_violation(), "{}: {error}", server.name());
        let database = error.as_database().unwrap();
        let mut shown = format!("{error} {error:?} {error:#?} {database} {database:?}");
        let mut source = std::error::Error::source(&error);
        while let Some(error) = source {
            shown += &format!(" {error} {error:?}");
            source = error.source();
        }
        assert!(!shown.contains("ann@x.io") && !shown.contains("secret"), "{}: {shown}", server.name());
    });
}
