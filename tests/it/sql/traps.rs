//! Where servers silently do something else: one test for each trap that a query can step into.

use kysera::expr::{Of, Ordered, call};
use kysera::prelude::*;
use kysera::query::output;
use kysera::{ast, dialect};

use crate::support::schema::*;
use crate::support::{Server, reading, taking_turns, writing};

fn user(id: i64) -> kysera::query::Update<users::table> {
    update(users::table).filter(users::id.eq(id))
}

#[test]
fn trap_01_a_full_join_is_one_or_none() {
    reading(async |server, db| {
        let q = select_from(users::table)
            .full_join(posts::table, posts::user_id.eq(users::id).and(posts::id.ne(3)))
            .select((users::id, posts::id));
        match q.fetch_all(db).await {
            Ok(mut rows) => {
                rows.sort();
                assert_eq!(
                    rows,
                    [(None, Some(3)), (Some(1), Some(1)), (Some(1), Some(2)), (Some(2), None), (Some(3), None)]
                );
            }
            Err(error) => {
                assert!(matches!(server, Server::Mysql9 | Server::Mariadb), "{error}");
                assert!(error.is_unsupported(), "{error}");
            }
        }
    });
}

#[test]
fn trap_02_assignments_see_the_row_as_it_was() {
    writing(async |server, trx| {
        // Written in the wrong order for servers that go from left to right.
        user(1)
            .set((users::visits.to(users::age.coalesce(0)), users::age.to(users::id.cast::<i32>())))
            .execute(trx)
            .await
            .unwrap();
        let row = select_from(users::table).filter(users::id.eq(1)).select((users::visits, users::age));
        assert_eq!(row.fetch_one(trx).await.unwrap(), (40, Some(1)));
        user(1).set((users::age.to(5), users::visits.to(users::age.coalesce(0)))).execute(trx).await.unwrap();
        let row = select_from(users::table).filter(users::id.eq(1)).select((users::visits, users::age));
        assert_eq!(row.fetch_one(trx).await.unwrap(), (1, Some(5)));
        let swap = user(1).set((users::visits.to(users::age.coalesce(0)), users::age.to(users::visits)));
        match swap.execute(trx).await {
            Ok(_) => {
                let row = select_from(users::table).filter(users::id.eq(1)).select((users::visits, users::age));
                assert_eq!(row.fetch_one(trx).await.unwrap(), (5, Some(1)));
            }
            Err(error) => {
                assert!(matches!(server, Server::Mysql9 | Server::Mariadb), "{error}");
                assert!(error.is_unsupported(), "{error}");
            }
        }
    });
}

#[test]
fn trap_03_text_is_joined_and_null_stays_null() {
    reading(async |_, db| {
        let q = select_from(users::table)
            .order_by(users::id)
            .select((users::name.concat("|").concat(users::email), users::name.concat(value(None::<String>))));
        let rows = q.fetch_all(db).await.unwrap();
        assert_eq!(rows[0], ("Ann|ann@x.io".into(), None));
    });
}

#[test]
fn trap_04_integers_are_divided_towards_zero() {
    reading(async |_, db| {
        for (left, right) in [(7_i64, 2), (-7, 2), (7, -2), (-7, -2), (6, 3), (0, 5), (i64::MAX, 2), (i64::MIN + 1, 3)]
        {
            let q = select_from(users::table).limit(1).select((
                value(left) / right,
                value(left) % right,
                (users::id - users::id + left) / right,
            ));
            assert_eq!(q.fetch_one(db).await.unwrap(), (left / right, left % right, left / right), "{left}, {right}");
        }
        let q =
            select_from(users::table).filter(users::id.eq(1)).select((users::age / 7, users::age % 7, -users::age / 7));
        assert_eq!(q.fetch_one(db).await.unwrap(), (Some(5), Some(5), Some(-5)));
        let q = select_from(users::table).limit(1).select((value(7.0_f64) / 2.0, value(1.0_f32) / 4.0_f32));
        assert_eq!(q.fetch_one(db).await.unwrap(), (3.5, 0.25));
        let q = select_from(users::table).limit(1).select(value(1_i64) / value(0_i64).null_if(0).coalesce(1));
        assert_eq!(q.fetch_one(db).await.unwrap(), 1);
    });
}

#[test]
fn trap_06_set_operations_nest_as_they_are_written() {
    reading(async |_, db| {
        let id = |id: i64| select_from(users::table).filter(users::id.eq(id)).select(users::id);
        let all = || select_from(users::table).select(users::id);
        macro_rules! sorted {
            ($q:expr) => {
                $q.order_by(output("id").asc()).fetch_all(db).await.unwrap()
            };
        }
        assert_eq!(sorted!(id(1).union(id(2)).intersect(id(2).union(id(3)))), [2]);
        assert_eq!(sorted!(id(1).union(id(2).intersect(id(3)))), [1]);
        assert_eq!(sorted!(all().except(id(1)).except(id(2))), [3]);
        assert_eq!(sorted!(all().except(id(1).union(id(2)))), [3]);
        assert_eq!(sorted!(all().except(all().except(id(2)))), [2]);
        assert_eq!(sorted!(id(1).union_all(id(1)).union(id(1))), [1]);
        assert_eq!(sorted!(id(1).union_all(id(1).union(id(1)))), [1, 1]);
        let top = all().order_by(users::id.desc()).limit(1);
        assert_eq!(sorted!(id(1).union_all(top.clone())), [1, 3]);
        assert_eq!(sorted!(top.clone().union_all(id(1)).union_all(top.clone())), [1, 3, 3]);
        let q = all().union_all(all()).order_by(output("id").desc()).limit(2).offset(1);
        assert_eq!(q.clone().fetch_all(db).await.unwrap(), [3, 2]);
        assert_eq!(sorted!(q.union_all(id(1))), [1, 2, 3]);
        let q =
            select_from(users::table).filter(users::id.in_(id(1).union(id(2)))).order_by(users::id).select(users::id);
        assert_eq!(q.fetch_all(db).await.unwrap(), [1, 2]);
    });
}

#[test]
fn set_operations_on_duplicates() {
    reading(async |server, db| {
        let twice = || select_from(posts::table).filter(posts::user_id.eq(1)).select(posts::user_id);
        let once = || select_from(users::table).filter(users::id.eq(1)).select(users::id);
        assert_eq!(twice().union(once()).fetch_all(db).await.unwrap(), [1]);
        assert_eq!(twice().union_all(once()).fetch_all(db).await.unwrap(), [1, 1, 1]);
        assert_eq!(twice().intersect(once()).fetch_all(db).await.unwrap(), [1]);
        assert_eq!(twice().except(once()).fetch_all(db).await.unwrap(), Vec::<i64>::new());
        for (q, expected) in [(twice().intersect_all(twice()), vec![1, 1]), (twice().except_all(once()), vec![1])] {
            match q.fetch_all(db).await {
                Ok(rows) => assert_eq!(rows, expected),
                Err(error) => assert!(server == Server::Sqlite && error.is_unsupported(), "{error}"),
            }
        }
    });
}

#[test]
fn trap_10_an_unknown_column_is_an_error() {
    reading(async |_, db| {
        for text in [
            sql!("select {} from users", kysera::expr::ident("nocol")),
            sql!("select id from users order by {}", kysera::expr::ident("nocol")),
        ] {
            let error = text.execute(db).await.unwrap_err();
            assert!(error.as_database().is_some(), "{error}");
        }
    });
}

#[test]
fn trap_16_rows_are_not_ordered_by_a_value() {
    for spec in [&dialect::POSTGRES, &dialect::MYSQL, &dialect::MARIADB, &dialect::SQLITE] {
        let by_value = select_from(users::table).order_by(value("name".to_owned()));
        assert!(by_value.compile(spec).unwrap_err().is_invalid());
        let by_value = select_from(users::table).group_by(value(1_i64)).select(count_all());
        assert!(by_value.compile(spec).unwrap_err().is_invalid());
    }
}

#[test]
fn trap_17_the_same_value_twice_is_the_same_expression() {
    reading(async |server, db| {
        let decade = || users::age / 10;
        let known = || select_from(users::table).filter(users::age.is_not_null());
        let q = known().group_by(decade()).order_by(decade().desc()).select((decade(), count_all()));
        assert_eq!(q.fetch_all(db).await.unwrap(), [(Some(4), 1), (Some(1), 1)]);
        let q = known().group_by((users::visits, decade())).order_by((users::visits, decade())).select((
            count_all(),
            users::visits,
            decade(),
        ));
        assert_eq!(q.fetch_all(db).await.unwrap(), [(1, 0, Some(1)), (1, 0, Some(4))]);
        let q = select_from(users::table).group_by(decade()).order_by(decade().desc().nulls_last());
        match q.select(decade()).fetch_all(db).await {
            Ok(rows) => assert_eq!(rows, [Some(4), Some(1), None]),
            Err(error) => {
                assert!(matches!(server, Server::Mysql9 | Server::Mariadb) && error.is_unsupported(), "{error}");
            }
        }
        let initial = || call::<String, _>("substr", (users::name, value(1_i32), value(1_i32)));
        let q = select_from(users::table).distinct().order_by(initial().desc()).select(initial());
        assert_eq!(q.fetch_all(db).await.unwrap(), ["C", "B", "A"]);
        let having = select_from(users::table).group_by(initial()).having(initial().ne("B")).order_by(initial());
        let part = select_from(users::table).group_by(initial()).order_by(initial()).select(initial().concat("."));
        let order = select_from(users::table).group_by(initial()).order_by(initial()).select(users::name.min());
        let counts =
            select_from(users::table).group_by(decade()).order_by(decade().asc().nulls_last()).select(count_all());
        for (outcome, expected) in [
            (having.select(initial()).fetch_all(db).await, &["A", "C"][..]),
            (part.fetch_all(db).await, &["A.", "B.", "C."]),
            (order.fetch_all(db).await.map(|it| it.into_iter().flatten().collect()), &["Ann", "Bob", "Cid"]),
            (counts.fetch_all(db).await.map(|it| it.iter().map(i64::to_string).collect()), &["1", "1", "1"]),
        ] {
            match outcome {
                Ok(rows) => assert_eq!(rows, expected),
                // They have no numbered placeholders, so the whole expression has to be selected.
                Err(error) => {
                    assert!(matches!(server, Server::Mysql9 | Server::Mariadb) && error.is_unsupported(), "{error}");
                }
            }
        }
    });
}

#[test]
fn trap_18_a_long_name_is_refused_and_not_cut_off() {
    let long = "a".repeat(64);
    let q = select_from(users::table).select(users::id.alias(long.as_str()));
    assert!(q.compile(&dialect::POSTGRES).unwrap_err().is_invalid());
    assert!(q.compile(&dialect::MYSQL).is_ok());
    let q = select_from(users::table).select(users::id.alias(format!("{long}b")));
    for spec in [&dialect::POSTGRES, &dialect::MYSQL, &dialect::MARIADB] {
        assert!(q.compile(spec).unwrap_err().is_invalid());
    }
    assert!(q.compile(&dialect::SQLITE).is_ok());
}

#[test]
fn trap_21_an_update_that_changes_nothing_has_found_its_rows() {
    writing(async |_, trx| {
        let same = update(users::table).set(users::name.to(users::name)).filter(users::id.le(2));
        assert_eq!(same.execute(trx).await.unwrap().rows_affected, 2);
        let none = update(users::table).set(users::name.to("x")).filter(users::id.eq(99));
        assert_eq!(none.execute(trx).await.unwrap().rows_affected, 0);
        let some = update(users::table).set(users::visits.to(users::visits + 1)).all_rows();
        assert_eq!(some.execute(trx).await.unwrap().rows_affected, 3);
    });
}

#[test]
fn trap_22_upserts_insert_or_update() {
    writing(async |server, trx| {
        let new = |email: &str, visits: i32| NewUser { visits: Some(visits), ..NewUser::new(email, "New") };
        let insert = || insert_into(users::table).values([new("ann@x.io", 5), new("dan@x.io", 7)]);
        let change = || (users::visits.to(users::visits + users::visits.excluded_value() * 2), users::name.excluded());
        if matches!(server, Server::Mysql9 | Server::Mariadb) {
            let error = insert().on_conflict(users::email).do_update(change()).execute(trx).await.unwrap_err();
            assert!(error.is_unsupported(), "{error}");
            insert().on_duplicate_key_update(change()).execute(trx).await.unwrap();
        } else {
            insert().on_conflict(users::email).do_update(change()).execute(trx).await.unwrap();
        }
        let q = select_from(users::table).order_by(users::email).select((users::email, users::name, users::visits));
        let rows = q.fetch_all(trx).await.unwrap();
        let row = |email: &str, name: &str, visits: i32| (email.to_owned(), name.to_owned(), visits);
        assert_eq!(
            rows,
            [
                row("ann@x.io", "New", 10),
                row("bob@x.io", "Bob", 0),
                row("cid@x.io", "Cid", 0),
                row("dan@x.io", "New", 7)
            ]
        );
        let guarded = insert_into(users::table)
            .values([new("ann@x.io", 100), new("bob@x.io", 100)])
            .on_conflict(users::email)
            .do_update_where(users::visits.excluded(), users::visits.lt(5));
        if matches!(server, Server::Mysql9 | Server::Mariadb) {
            assert!(guarded.execute(trx).await.unwrap_err().is_unsupported());
        } else {
            assert_eq!(guarded.execute(trx).await.unwrap().rows_affected, 1);
            let q = select_from(users::table).filter(users::visits.eq(100)).select(users::email);
            assert_eq!(q.fetch_all(trx).await.unwrap(), ["bob@x.io"]);
        }
    });
}

#[test]
fn trap_23_rows_of_a_query_are_upserted() {
    writing(async |server, trx| {
        let columns = (users::email, users::name);
        let again = || select_from(users::table).select((users::email, users::name.concat("!")));
        let joined = || {
            select_from(users::table)
                .inner_join(posts::table, posts::user_id.eq(users::id))
                .select((posts::title.concat("@x.io"), posts::title))
        };
        let both = || again().union_all(joined());
        let grouped =
            || select_from(posts::table).group_by(posts::title).select((posts::title.concat("@y.io"), posts::title));
        let count = async || select_from(users::table).select(count_all()).fetch_one(trx).await.unwrap();
        insert_into(users::table).from_select(columns, joined()).on_conflict_do_nothing().execute(trx).await.unwrap();
        assert_eq!(count().await, 6);
        insert_into(users::table).from_select(columns, again()).on_conflict_do_nothing().execute(trx).await.unwrap();
        insert_into(users::table).from_select(columns, both()).on_conflict_do_nothing().execute(trx).await.unwrap();
        insert_into(users::table).from_select(columns, grouped()).on_conflict_do_nothing().execute(trx).await.unwrap();
        assert_eq!(count().await, 9);
        let names = select_from(users::table).filter(users::name.ends_with("!")).select(count_all());
        assert_eq!(names.clone().fetch_one(trx).await.unwrap(), 0);
        let upsert = insert_into(users::table).from_select(columns, again());
        if matches!(server, Server::Mysql9 | Server::Mariadb) {
            upsert.on_duplicate_key_update(users::name.excluded()).execute(trx).await.unwrap();
        } else {
            upsert.on_conflict(users::email).do_update(users::name.excluded()).execute(trx).await.unwrap();
        }
        assert_eq!(names.fetch_one(trx).await.unwrap(), 9);
    });
}

#[test]
fn trap_24_passing_over_duplicates_passes_over_nothing_else() {
    taking_turns(async |server, db| {
        let trx = db.begin().await.unwrap();
        let insert = |email: &str| insert_into(users::table).values(NewUser::new(email, "x")).on_conflict_do_nothing();
        insert("ann@x.io").execute(&trx).await.unwrap();
        insert("new@x.io").execute(&trx).await.unwrap();
        assert_eq!(select_from(users::table).select(count_all()).fetch_one(&trx).await.unwrap(), 4);
        let error = insert_into(posts::table)
            .values(NewPost::new(99_i64, "no such user", true))
            .on_conflict_do_nothing()
            .execute(&trx)
            .await
            .unwrap_err();
        assert!(error.is_foreign_key_violation(), "{error}");
        trx.rollback().await.unwrap();
        let trx = db.begin().await.unwrap();
        let too_long = insert(&"x".repeat(300)).execute(&trx).await.unwrap_err();
        assert!(too_long.as_database().is_some(), "{too_long}");
        trx.rollback().await.unwrap();
        let trx = db.begin().await.unwrap();
        let nothing = sql!("null").typed::<String>();
        let empty = insert_into(users::table).set((users::email.to("y@x.io"), users::name.to(nothing)));
        let error = empty.on_conflict_do_nothing().execute(&trx).await.unwrap_err();
        assert!(error.is_not_null_violation(), "{} {error}", server.name());
        trx.rollback().await.unwrap();
    });
}

#[test]
fn trap_25_microseconds_are_kept() {
    writing(async |_, trx| {
        let instant: chrono::DateTime<chrono::Utc> = "2026-11-22T23:59:59.999999Z".parse().unwrap();
        user(1).set(users::created_at.to(instant)).execute(trx).await.unwrap();
        let q = select_from(users::table).filter(users::created_at.eq(instant)).select(users::created_at);
        assert_eq!(q.fetch_all(trx).await.unwrap(), [instant]);
        let before =
            chrono::DateTime::<chrono::Utc>::from(std::time::SystemTime::now()) - chrono::TimeDelta::seconds(60);
        user(2).set(users::created_at.to(now::<chrono::DateTime<chrono::Utc>>())).execute(trx).await.unwrap();
        let q = select_from(users::table).filter(users::id.eq(2)).select(users::created_at);
        let written = q.fetch_one(trx).await.unwrap();
        assert!(written > before && written < before + chrono::TimeDelta::seconds(120), "{written}");
        let q = select_from(users::table)
            .filter(users::created_at.between(before, now::<chrono::DateTime<chrono::Utc>>()))
            .select(users::id);
        assert_eq!(q.fetch_all(trx).await.unwrap(), [2]);
        insert_into(users::table).values(NewUser::new("now@x.io", "Now")).execute(trx).await.unwrap();
        let q = select_from(users::table).filter(users::email.eq("now@x.io")).select(users::created_at);
        let by_default = q.fetch_one(trx).await.unwrap();
        assert!(by_default > before && by_default < before + chrono::TimeDelta::seconds(120), "{by_default}");
    });
}

#[test]
fn trap_26_a_key_of_zero_is_zero() {
    writing(async |_, trx| {
        let zero = NewUser { id: Some(0), ..NewUser::new("zero@x.io", "Zero") };
        insert_into(users::table).values(zero).execute(trx).await.unwrap();
        let q = select_from(users::table).filter(users::email.eq("zero@x.io")).select(users::id);
        assert_eq!(q.fetch_one(trx).await.unwrap(), 0);
    });
}

#[test]
fn trap_29_keys_and_lengths_are_checked() {
    taking_turns(async |_, db| {
        for (insert, what) in [
            (insert_into(users::table).values(NewUser::new("x".repeat(201), "x")), "too long"),
            (
                insert_into(users::table).set((users::email.to("y@x.io"), users::name.to("y"), users::id.to(1))),
                "a key twice",
            ),
        ] {
            let trx = db.begin().await.unwrap();
            let error = insert.execute(&trx).await.unwrap_err();
            assert!(error.as_database().is_some(), "{what}: {error}");
            trx.rollback().await.unwrap();
        }
    });
}

#[test]
fn a_statement_may_read_the_table_that_it_writes() {
    writing(async |_, trx| {
        let oldest = || select_from(users::table).select(users::age.max());
        let change = update(users::table).set(users::visits.to(9)).filter(users::age.eq(oldest().scalar()));
        assert_eq!(change.execute(trx).await.unwrap().rows_affected, 1);
        let change = update(users::table).set(users::age.to(oldest().scalar())).filter(users::id.eq(3));
        change.execute(trx).await.unwrap();
        let q = select_from(users::table).filter(users::id.eq(3)).select(users::age);
        assert_eq!(q.fetch_one(trx).await.unwrap(), Some(40));
        let ids = select_from(users::table).filter(users::visits.eq(9)).select(users::id);
        let change = update(users::table).set(users::visits.to(10)).filter(users::id.in_(ids));
        assert_eq!(change.execute(trx).await.unwrap().rows_affected, 1);
        let any = || select_from(users::table).filter(users::visits.eq(10));
        let change = update(users::table).set(users::visits.to(11)).filter(any().exists());
        assert_eq!(change.execute(trx).await.unwrap().rows_affected, 3);
        delete_from(comments::table).all_rows().execute(trx).await.unwrap();
        let last = select_from(posts::table).select(posts::id.max());
        assert_eq!(
            delete_from(posts::table).filter(posts::id.eq(last.scalar())).execute(trx).await.unwrap().rows_affected,
            1
        );
        let first = select_from(posts::table).order_by(posts::id).limit(1).select(posts::id);
        assert_eq!(delete_from(posts::table).filter(posts::id.in_(first)).execute(trx).await.unwrap().rows_affected, 1);
        let next = select_from(users::table).select((users::visits.max() + 1).coalesce(1));
        let insert = insert_into(users::table).set((
            users::email.to("next@x.io"),
            users::name.to("Next"),
            users::visits.to(next.scalar().coalesce(0)),
        ));
        insert.execute(trx).await.unwrap();
        let q = select_from(users::table).filter(users::email.eq("next@x.io")).select(users::visits);
        assert_eq!(q.fetch_one(trx).await.unwrap(), 12);
    });
}

#[test]
fn limits_stand_in_subqueries_and_offsets_alone() {
    reading(async |_, db| {
        let first_two = select_from(users::table).order_by(users::id).limit(2).select(users::id);
        let q = select_from(posts::table).filter(posts::user_id.in_(first_two.clone())).select(count_all());
        assert_eq!(q.fetch_one(db).await.unwrap(), 3);
        let q = select_from(posts::table).filter(posts::user_id.not_in(first_two.offset(1))).select(count_all());
        assert_eq!(q.fetch_one(db).await.unwrap(), 3 - 1);
        let q = select_from(users::table).order_by(users::id).offset(1).select(users::id);
        assert_eq!(q.fetch_all(db).await.unwrap(), [2, 3]);
        let q = select_from(users::table).order_by(users::id).limit(1).offset(2).select(users::id);
        assert_eq!(q.fetch_all(db).await.unwrap(), [3]);
        let q = select_from(users::table).limit(0).select(users::id);
        assert_eq!(q.fetch_all(db).await.unwrap(), Vec::<i64>::new());
        let q = select_from(users::table).limit(u64::MAX).offset(u64::MAX).select(users::id);
        assert_eq!(q.fetch_all(db).await.unwrap(), Vec::<i64>::new());
    });
}

#[test]
fn nulls_are_ordered_as_asked() {
    reading(async |_, db| {
        let ids =
            |term: Ordered<Of<users::table>>| select_from(users::table).order_by((term, users::id)).select(users::id);
        assert_eq!(ids(users::age.asc().nulls_first()).fetch_all(db).await.unwrap(), [3, 2, 1]);
        assert_eq!(ids(users::age.asc().nulls_last()).fetch_all(db).await.unwrap(), [2, 1, 3]);
        assert_eq!(ids(users::age.desc().nulls_first()).fetch_all(db).await.unwrap(), [3, 1, 2]);
        assert_eq!(ids(users::age.desc().nulls_last()).fetch_all(db).await.unwrap(), [1, 2, 3]);
        let ages = || select_from(users::table).select(users::age);
        let q = ages().union(ages()).order_by(output("age").desc().nulls_last());
        assert_eq!(q.fetch_all(db).await.unwrap(), [Some(40), Some(17), None]);
        let q = ages().union(ages()).order_by(output("age").asc().nulls_first());
        assert_eq!(q.fetch_all(db).await.unwrap(), [None, Some(17), Some(40)]);
    });
}

#[test]
fn three_valued_logic_is_the_same_everywhere() {
    reading(async |_, db| {
        let none = || value(None::<i64>);
        let one = || select_from(users::table).filter(users::id.eq(1));
        let q = one().select((
            none().eq(1),
            none().in_([1_i64, 2]),
            value(1_i64).not_in([none()]),
            value(1_i64).in_([none(), value(Some(1))]),
            none().in_(Vec::<i64>::new()),
            none().not_in(Vec::<i64>::new()),
            none().between(1, 2),
            not(none().eq(1)),
        ));
        let expected = (None, None, None, Some(true), Some(false), Some(true), None, None);
        assert_eq!(q.fetch_one(db).await.unwrap(), expected);
        let q = one().select((
            none().eq(1).or(value(true)),
            none().eq(1).and(value(false)),
            none().is_not_distinct_from(None::<i64>),
            none().is_distinct_from(1),
            not(none().is_distinct_from(1)),
            any(Vec::<kysera::expr::Expr<bool>>::new()),
            all(Vec::<kysera::expr::Expr<bool>>::new()),
        ));
        assert_eq!(q.fetch_one(db).await.unwrap(), (Some(true), Some(false), true, true, false, false, true));
    });
}

#[test]
fn sums_and_averages_have_their_types() {
    reading(async |_, db| {
        let q = select_from(kinds::table).filter(kinds::id.eq(2)).select((
            kinds::int.sum(),
            kinds::int.avg(),
            kinds::small.sum(),
            kinds::small.avg(),
            kinds::double.sum(),
            kinds::real.sum(),
            kinds::real.avg(),
            kinds::big.sum(),
            kinds::int.sum().filter(kinds::int.lt(0)),
            kinds::int.count().filter(kinds::int.gt(0)),
            kinds::int.sum().distinct(),
        ));
        let row = q.fetch_one(db).await.unwrap();
        let expected = (
            Some(2_000_000_000),
            Some(2e9),
            Some(300),
            Some(300.0),
            Some(1e100),
            Some(16.25),
            Some(16.25),
            Some(i64::MAX),
            None,
            1,
            Some(2_000_000_000),
        );
        assert_eq!(row, expected);
        let q =
            select_from(users::table).select((users::age.avg(), users::age.min(), users::age.max(), users::name.min()));
        assert_eq!(q.fetch_one(db).await.unwrap(), (Some(28.5), Some(17), Some(40), Some("Ann".into())));
        let q = select_from(users::table).filter(users::id.eq(99)).select((
            users::age.sum(),
            users::age.avg(),
            count_all(),
        ));
        assert_eq!(q.fetch_one(db).await.unwrap(), (None, None, 0));
    });
}

#[test]
fn a_sum_out_of_range_is_an_error_and_not_another_number() {
    writing(async |_, trx| {
        update(kinds::table).set(kinds::big.to(i64::MAX)).filter(kinds::id.le(2)).execute(trx).await.unwrap();
        let error = select_from(kinds::table).select(kinds::big.sum()).fetch_one(trx).await.unwrap_err();
        assert!(error.as_database().is_some() || error.is_decode(), "{error}");
    });
}

#[test]
fn decimals_are_exact_beside_bound_values() {
    reading(async |server, db| {
        let decimal = |it: &str| it.parse::<rust_decimal::Decimal>().unwrap();
        let exact = decimal("12345678901234567890.123456");
        let q = select_from(kinds::table).filter(kinds::decimal.eq(exact)).select(kinds::id);
        assert_eq!(q.fetch_all(db).await.unwrap(), [2]);
        let near = decimal("12345678901234567890.123457");
        let q = select_from(kinds::table).filter(kinds::decimal.eq(near)).select(kinds::id);
        assert_eq!(q.fetch_all(db).await.unwrap(), Vec::<i64>::new());
        // SQLite has no decimals to calculate with.
        if server != Server::Sqlite {
            let q = select_from(kinds::table).filter(kinds::id.eq(2)).select(kinds::decimal + decimal("0.000001"));
            assert_eq!(q.fetch_one(db).await.unwrap(), Some(near));
            let q = select_from(kinds::table).filter(kinds::decimal.between(exact, near)).select(kinds::decimal.sum());
            assert_eq!(q.fetch_one(db).await.unwrap(), Some(exact));
        }
    });
}

#[test]
fn a_flat_list_of_conditions_may_be_long() {
    reading(async |_, db| {
        let some = |count: i64| (0..count).map(|id| users::id.eq(id).on(users::table));
        let q = select_from(users::table).filter(any(some(900))).select(count_all());
        assert_eq!(q.fetch_one(db).await.unwrap(), 3);
        let mut deep = users::id.eq(1).on(users::table);
        for _ in 0..60 {
            deep = not(deep.or(users::id.eq(2))).on(users::table);
        }
        let q = select_from(users::table).filter(deep).select(count_all());
        assert!(q.fetch_one(db).await.unwrap() <= 3);
        let statement = |depth: usize| {
            let mut expr = ast::Expr::Value(kysera::Value::Bool(true));
            for _ in 0..depth {
                let operand = expr;
                expr = ast::Expr::Unary(ast::Shared::new(ast::Unary { operator: ast::UnaryOperator::Not, operand }));
            }
            let item = ast::SelectItem::Expr(ast::SelectExpr { expr, alias: None });
            ast::Statement::from(ast::Select { columns: vec![item].into(), ..ast::Select::default() })
        };
        assert!(dialect::compile(&statement(500), kysera::Executor::spec(db)).unwrap_err().is_invalid());
    });
}
