//! What would mean something else on one of the servers, or would be found out by it only.

use kysera::dialect::{self, MARIADB, MYSQL, POSTGRES, SQLITE};
use kysera::expr::case;
use kysera::prelude::*;
use kysera::query::{output, with, with_recursive};
use kysera::schema::create_table_for;

use crate::support::schema::*;
use crate::support::{Server, on_all, reading, writing};

/// The shape of a derived table of addresses.
#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "mails")]
pub struct Mail {
    pub address: String,
}

/// A table whose rows need not say anything.
#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "tickets")]
pub struct Ticket {
    #[column(primary_key, generated)]
    pub id: i64,
    pub note: Option<String>,
}

#[test]
fn text_of_the_author_may_read_what_is_set_before() {
    writing(async |server, trx| {
        let row = || select_from(users::table).filter(users::id.eq(1)).select((users::visits, users::age));
        let first = || update(users::table).filter(users::id.eq(1));
        first().set((users::visits.to(7), users::age.to(1))).execute(trx).await.unwrap();
        let text = || sql!("visits + 1").typed::<i32>();
        first().set((users::visits.to(100), users::age.to(text()))).execute(trx).await.unwrap();
        assert_eq!(row().fetch_one(trx).await.unwrap(), (100, Some(8)));
        // A longer word that holds the name is another one.
        let text = || sql!("length('revisits')").typed::<i32>();
        first().set((users::age.to(text()), users::visits.to(users::age.coalesce(0)))).execute(trx).await.unwrap();
        assert_eq!(row().fetch_one(trx).await.unwrap(), (8, Some(8)));
        first().set((users::visits.to(1), users::age.to(9))).execute(trx).await.unwrap();
        let circle = first().set((users::visits.to(sql!("age").typed::<i32>()), users::age.to(users::visits)));
        match circle.execute(trx).await {
            Ok(_) => assert_eq!(row().fetch_one(trx).await.unwrap(), (9, Some(1))),
            Err(error) => {
                assert!(matches!(server, Server::Mysql9 | Server::Mariadb) && error.is_unsupported(), "{error}");
            }
        }
    });
}

#[test]
fn nul_ends_no_pattern_in_silence() {
    let like = |pattern: &str| select_from(users::table).filter(users::name.like(pattern)).select(users::id);
    let q = select_from(users::table).select(users::id);
    for q in [
        q.clone().filter(users::name.contains("\0zzz")),
        q.clone().filter(users::name.starts_with("\0")),
        q.filter(users::name.ends_with("a\0")),
        like("%\0%"),
    ] {
        assert!(q.compile(&SQLITE).unwrap_err().is_unsupported());
        assert!(q.compile(&MYSQL).is_ok());
    }
    assert!(like("%").compile(&SQLITE).is_ok());
}

#[test]
fn nul_is_a_character_of_text_that_is_compared() {
    writing(async |server, trx| {
        // PostgreSQL has no NUL in text, and says so.
        if server.is_postgres() {
            let error = update(users::table).set(users::name.to("a\0b")).all_rows().execute(trx).await.unwrap_err();
            assert!(error.is_encode() || error.as_database().is_some(), "{error}");
        } else {
            update(users::table).set(users::name.to("a\0b")).filter(users::id.eq(1)).execute(trx).await.unwrap();
            let ids = select_from(users::table).order_by(users::id).select(users::id);
            for (filter, expected) in
                [(users::name.eq("a\0b"), vec![1]), (users::name.eq("a"), vec![]), (users::name.eq("a\0c"), vec![])]
            {
                assert_eq!(ids.clone().filter(filter).fetch_all(trx).await.unwrap(), expected);
            }
            assert_eq!(ids.clone().filter(users::name.in_(["a", "a\0b"])).fetch_all(trx).await.unwrap(), [1]);
            let joined = ids.select(users::name.concat("\0c")).limit(1).fetch_one(trx).await.unwrap();
            assert_eq!(joined, "a\0b\0c");
        }
    });
}

#[test]
fn an_order_by_name_follows_the_names_of_a_derived_table() {
    reading(async |_, db| {
        let mails = || select_from(users::table).select(users::email);
        let last = mails().union(mails()).order_by(output("email").desc()).limit(2).derived(mails::table);
        let q = select_from(last).order_by(mails::address).select(mails::address);
        assert_eq!(q.fetch_all(db).await.unwrap(), ["bob@x.io", "cid@x.io"]);
        let named = || select_from(users::table).select(users::email.alias("mail"));
        let last =
            named().union(mails()).order_by(output("mail").desc()).limit(2).except(mails().filter(users::id.eq(2)));
        let q = select_from(last.derived(mails::table)).select(mails::address);
        assert_eq!(q.fetch_all(db).await.unwrap(), ["cid@x.io"]);
        let last = named().order_by(output("mail").desc()).limit(1).derived(mails::table);
        assert_eq!(select_from(last).select(mails::address).fetch_all(db).await.unwrap(), ["cid@x.io"]);
    });
}

#[test]
fn trap_19_a_column_beside_an_aggregate_needs_a_group() {
    let refused = [
        select_from(users::table).select((users::name, count_all())).to_statement(),
        select_from(users::table).select((users::age + 1, users::age.max())).to_statement(),
        select_from(users::table).select((User::columns(), count_all())).to_statement(),
        select_from(users::table).having(count_all().gt(1)).select(users::name).to_statement(),
        select_from(users::table).having(users::age.gt(1)).select(count_all()).to_statement(),
        select_from(users::table)
            .left_join(posts::table, posts::user_id.eq(users::id))
            .select((posts::title.coalesce("none"), users::id.max() + 1))
            .to_statement(),
    ];
    for statement in &refused {
        for spec in [&POSTGRES, &MYSQL, &MARIADB, &SQLITE] {
            assert!(dialect::compile(statement, spec).unwrap_err().is_invalid());
        }
    }
    reading(async |_, db| {
        // A column of the query around it has one value, and so has what is over a window.
        let count = select_from(posts::table)
            .correlate(users::table)
            .filter(posts::user_id.eq(users::id))
            .select(users::id + count_all());
        let q = select_from(users::table).order_by(users::id).select((users::name, count.scalar()));
        let rows = q.fetch_all(db).await.unwrap();
        assert_eq!(rows, [("Ann".into(), Some(3)), ("Bob".into(), Some(3)), ("Cid".into(), Some(3))]);
        let over = sql!("{} over ()", count_all()).typed::<i64>();
        let q = select_from(users::table).order_by(users::id).select((users::id, over));
        assert_eq!(q.fetch_all(db).await.unwrap(), [(1, 3), (2, 3), (3, 3)]);
        let all = select_from(users::table).select(count_all()).scalar();
        let q = select_from(users::table).filter(users::id.eq(1)).select((users::id, all));
        assert_eq!(q.fetch_all(db).await.unwrap(), [(1, Some(3))]);
    });
}

#[test]
fn floats_are_added_up_as_doubles() {
    writing(async |_, trx| {
        update(kinds::table).set(kinds::real.to(16_777_216.0)).filter(kinds::id.eq(1)).execute(trx).await.unwrap();
        update(kinds::table).set(kinds::real.to(1.0)).filter(kinds::id.ne(1)).execute(trx).await.unwrap();
        let q = select_from(kinds::table).select((kinds::real.sum(), kinds::real.avg()));
        assert_eq!(q.fetch_one(trx).await.unwrap(), (Some(16_777_218.0), Some(5_592_406.0)));
    });
}

#[test]
fn a_part_of_what_rows_are_grouped_by() {
    reading(async |server, db| {
        let next = || users::visits + 1;
        let grouped = || select_from(users::table).group_by(next());
        let outcomes = [
            grouped().having(next().gt(0)).select(count_all()).fetch_all(db).await,
            grouped().select(next().cast::<i64>() * 3).fetch_all(db).await,
            grouped().order_by(next()).select(count_all()).fetch_all(db).await,
        ];
        for outcome in outcomes {
            match outcome {
                Ok(rows) => assert_eq!(rows, [3]),
                Err(error) => {
                    assert!(matches!(server, Server::Mysql9 | Server::Mariadb) && error.is_unsupported(), "{error}");
                }
            }
        }
        assert_eq!(grouped().order_by(next()).select((next(), count_all())).fetch_all(db).await.unwrap(), [(1, 3)]);
        let total = grouped().select((count_all(), next().sum()));
        assert_eq!(total.fetch_all(db).await.unwrap(), [(3, Some(3))]);
        let choice = case::<i64>().when(users::age.is_null(), 1).otherwise(2);
        let q =
            select_from(users::table).group_by(choice.clone()).order_by(choice.clone()).select((choice, count_all()));
        assert_eq!(q.fetch_all(db).await.unwrap(), [(1, 1), (2, 2)]);
    });
}

#[test]
fn a_step_of_a_recursion_with_a_limit() {
    reading(async |server, db| {
        let step = select_from(tree::table)
            .inner_join(users::table, users::manager_id.eq(tree::id))
            .select((users::id, tree::depth + 1));
        let base = select_from(users::table).filter(users::manager_id.is_null()).select((users::id, value(0_i64)));
        let limited = base.clone().limit(1).union_all(step.clone());
        let q = with_recursive(tree::table, limited).select_from(tree::table).order_by(tree::id).select(tree::id);
        assert_eq!(q.fetch_all(db).await.unwrap(), [1, 2, 3]);
        let q = with_recursive(tree::table, base.union_all(step.limit(1))).select_from(tree::table);
        match q.order_by(tree::id).select(tree::id).fetch_all(db).await {
            Ok(rows) => assert_eq!(rows, [1, 2, 3]),
            Err(error) => {
                assert!(matches!(server, Server::Mysql9 | Server::Sqlite) && error.is_unsupported(), "{error}");
            }
        }
    });
}

#[test]
fn a_recursion_with_a_limit_or_an_order() {
    reading(async |server, db| {
        let numbers = || {
            let base = select_from(users::table).filter(users::id.eq(1)).select((users::id, value(0_i64)));
            base.union_all(select_from(tree::table).select((tree::id + 1, tree::depth + 1)))
        };
        let limited = [(numbers().limit(4), vec![1, 2, 3, 4]), (numbers().limit(2).offset(1), vec![2, 3])];
        for (walk, expected) in limited {
            let q = with_recursive(tree::table, walk).select_from(tree::table).order_by(tree::id).select(tree::id);
            match q.fetch_all(db).await {
                Ok(rows) => assert_eq!(rows, expected),
                Err(error) => {
                    assert!(server.is_postgres() || server == Server::Mariadb, "{error}");
                    assert!(
                        error.is_unsupported() && error.to_string().contains("limit of a recursive `with`"),
                        "{error}"
                    );
                }
            }
        }
        let ordered = with_recursive(tree::table, numbers().order_by(output("id").desc())).select_from(tree::table);
        let error = ordered.fetch_all(db).await.unwrap_err();
        assert!(error.is_unsupported() && error.to_string().contains("order of a recursive `with`"), "{error}");
    });
}

#[test]
fn a_recursion_of_thousands_of_steps() {
    reading(async |_, db| {
        let base = select_from(users::table).filter(users::id.eq(1)).select((users::id, value(0_i64)));
        let step = select_from(tree::table).filter(tree::depth.lt(5_000)).select((tree::id, tree::depth + 1));
        let q = with_recursive(tree::table, base.union_all(step)).select_from(tree::table);
        assert_eq!(q.select((count_all(), tree::depth.max())).fetch_one(db).await.unwrap(), (5_001, Some(5_000)));
    });
}

#[test]
fn operands_of_a_set_operation_with_common_table_expressions() {
    writing(async |_, trx| {
        let per_user = || {
            let counted = select_from(posts::table).group_by(posts::user_id).select((posts::user_id, count_all()));
            with(totals::table, counted).select_from(totals::table)
        };
        let from_with = || per_user().select((totals::n, totals::user_id));
        let plain = || select_from(users::table).filter(users::id.gt(1)).select((users::id, users::id.alias("same")));
        let first = from_with().union_all(plain()).order_by(output("n").asc()).order_by(output("user_id").asc());
        assert_eq!(first.fetch_all(trx).await.unwrap(), [(1, 2), (2, 1), (2, 2), (3, 3)]);
        let second = plain().except(from_with().order_by(totals::n.desc()).limit(1)).order_by(output("id").asc());
        assert_eq!(second.fetch_all(trx).await.unwrap(), [(2, 2), (3, 3)]);
        let both = from_with().union(from_with().union(plain())).order_by(output("n").asc());
        assert_eq!(both.limit(1).fetch_all(trx).await.unwrap(), [(1, 2)]);
        let twice = per_user().select((totals::n, totals::n)).union_all(plain());
        assert_eq!(twice.fetch_all(trx).await.unwrap().len(), 4, "a name twice");
        let ids = || per_user().select(totals::user_id);
        let within = ids().union(select_from(users::table).filter(users::id.eq(3)).select(users::id));
        let q = select_from(users::table).filter(users::id.in_(within)).select(count_all());
        assert_eq!(q.fetch_one(trx).await.unwrap(), 3);
        let scores = per_user().select((totals::user_id, value("counted".to_owned())));
        let bodies = select_from(posts::table).select((posts::id, posts::title));
        let insert =
            insert_into(comments::table).from_select((comments::post_id, comments::body), scores.union_all(bodies));
        assert_eq!(insert.execute(trx).await.unwrap().rows_affected, 5);
        let step = with(totals::table, select_from(users::table).select((users::manager_id.coalesce(0), users::id)))
            .select_from(tree::table)
            .inner_join(totals::table, totals::user_id.eq(tree::id))
            .select((totals::n, tree::depth + 1));
        let base = select_from(users::table).filter(users::manager_id.is_null()).select((users::id, value(0_i64)));
        let walk = with_recursive(tree::table, base.union_all(step)).select_from(tree::table).order_by(tree::id);
        match walk.select((tree::id, tree::depth)).fetch_all(trx).await {
            Ok(rows) => assert_eq!(rows, [(1, 0), (2, 1), (3, 2)]),
            Err(error) => assert!(error.is_unsupported(), "{error}"),
        }
    });
}

#[test]
fn rows_that_leave_out_their_number_are_numbered() {
    on_all(async |fresh| {
        let (server, db) = (fresh.server, &fresh.db);
        create_table_for::<User>().execute(db).await.unwrap();
        create_table_for::<Ticket>().execute(db).await.unwrap();
        let given = NewUser { id: Some(7), ..NewUser::new("given", "Given") };
        let insert = insert_into(users::table).values([NewUser::new("a", "A"), given, NewUser::new("b", "B")]);
        insert.execute(db).await.unwrap();
        let ids = select_from(users::table).order_by(users::id).select((users::email, users::id));
        let ids: Vec<(String, i64)> = ids.fetch_all(db).await.unwrap();
        // PostgreSQL counts on, whatever was given.
        let next = if server.is_postgres() { 2 } else { 8 };
        let mut expected = [("a".to_owned(), 1), ("given".to_owned(), 7), ("b".to_owned(), next)];
        expected.sort_by_key(|(_, id)| *id);
        assert_eq!(ids, expected);
        insert_into(tickets::table).values([NewTicket::new(), NewTicket::new()]).execute(db).await.unwrap();
        let zero = NewTicket { id: Some(0), note: Some("zero".into()) };
        insert_into(tickets::table).values([zero, NewTicket::new()]).execute(db).await.unwrap();
        let rows = select_from(tickets::table).order_by(tickets::id).select((tickets::id, tickets::note));
        let rows: Vec<(i64, Option<String>)> = rows.fetch_all(db).await.unwrap();
        assert_eq!(rows, [(0, Some("zero".into())), (1, None), (2, None), (3, None)]);
    });
}

#[test]
fn thousands_of_conditions_are_flat_or_balanced() {
    reading(async |_, db| {
        let some = |count: i64| (0..count).map(|id| users::id.eq(id).on(users::table));
        let q = select_from(users::table).filter(any(some(5_000))).select(count_all());
        assert_eq!(q.fetch_one(db).await.unwrap(), 3);
        let q = select_from(users::table).filter(all((10..5_000).map(|id| users::id.ne(id).on(users::table))));
        assert_eq!(q.select(count_all()).fetch_one(db).await.unwrap(), 3);
        let q = select_from(users::table).filter(not(any(some(101)))).filter(users::id.ge(0)).select(count_all());
        assert_eq!(q.fetch_one(db).await.unwrap(), 0);
    });
}

#[test]
fn trap_27_whether_case_counts_is_a_matter_of_the_collation() {
    reading(async |server, db| {
        let q = select_from(users::table).filter(users::name.eq("ANN")).select(users::id);
        let without_case = matches!(server, Server::Mysql9 | Server::Mariadb);
        assert_eq!(q.fetch_all(db).await.unwrap(), if without_case { vec![1] } else { vec![] });
        // What the guide says to do about it.
        let q = select_from(users::table).filter(users::name.cast::<Vec<u8>>().eq(b"ANN".to_vec())).select(users::id);
        assert_eq!(q.fetch_all(db).await.unwrap(), Vec::<i64>::new());
        let q = select_from(users::table).filter(users::name.cast::<Vec<u8>>().eq(b"Ann".to_vec())).select(users::id);
        assert_eq!(q.fetch_all(db).await.unwrap(), [1]);
    });
}

/// SQLite looks there too, for itself and for what comes behind.
#[test]
fn a_common_table_expression_of_a_tables_name_reads_the_table() {
    reading(async |server, db| {
        let ann = || with(users::table, select_from(users::table).filter(users::name.eq("Ann")));
        let itself = ann().select_from(users::table).select(users::id);
        let nested = select_from(posts::table)
            .filter(posts::user_id.in_(ann().select_from(users::table).select(users::id)))
            .select(posts::id);
        let ids = || select_from(posts::table).group_by(posts::user_id).select((posts::user_id, count_all()));
        let none = select_from(posts::table).filter(posts::id.lt(0));
        let behind = with(totals::table, ids()).with(posts::table, none).select_from(totals::table);
        if server == Server::Sqlite {
            for error in [
                itself.fetch_all(db).await.unwrap_err(),
                nested.fetch_all(db).await.unwrap_err(),
                behind.fetch_all(db).await.unwrap_err(),
            ] {
                assert!(error.is_unsupported(), "{error}");
                assert!(error.to_string().contains("give the common table expression another name"), "{error}");
            }
        } else {
            assert_eq!(itself.fetch_all(db).await.unwrap(), [1]);
            assert_eq!(nested.fetch_all(db).await.unwrap().len(), 2);
            assert_eq!(behind.fetch_all(db).await.unwrap().len(), 2);
        }
        // What stands before is read everywhere, and so is a recursive one by itself.
        let again = select_from(totals::table).select((totals::user_id, totals::n));
        let before = with(totals::table, ids()).with(tree::table, again).select_from(tree::table);
        assert_eq!(before.fetch_all(db).await.unwrap().len(), 2);
        let first = select_from(users::table).filter(users::id.eq(1)).select((users::id, users::id * 0));
        let next = select_from(totals::table).filter(totals::n.lt(3)).select((totals::user_id, totals::n + 1));
        let counted = with_recursive(totals::table, first.union_all(next)).select_from(totals::table);
        assert_eq!(counted.fetch_all(db).await.unwrap().len(), 4);
        // In a list that is recursive all see all.
        let names = select_from(totals::table).select((totals::user_id, totals::n));
        let list = with_recursive(tree::table, select_from(users::table).select((users::id, users::id)));
        assert!(list.with(totals::table, names).select_from(tree::table).compile(&dialect::SQLITE).is_ok());
    });
}
