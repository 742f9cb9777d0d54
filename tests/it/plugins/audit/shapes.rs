//! Every shape of a statement that writes: its entries, or why it is refused.

use kysera::ast;
use kysera::dialect::Identity;
use kysera::plugin::Audit;
use kysera::prelude::*;
use kysera::schema::create_table_for;

use super::{NewPair, NewThing, names_key, pairs, prepared, thing, things, told};
use crate::support::{Server, on_all, on_each};

async fn two(db: &Db) {
    insert_into(things::table).values([thing("a"), thing("b")]).execute(db).await.unwrap();
}

#[test]
fn inserts_from_queries_and_of_defaults() {
    on_all(async |fresh| {
        let audit = Audit::new().except(["pairs"]);
        let db = prepared(fresh, &audit).await;
        let mut seen = 0;
        insert_into(pairs::table)
            .values([NewPair::new(1, "x", 5), NewPair::new(2, "y", 6)])
            .execute(&db)
            .await
            .unwrap();
        assert_eq!(told(&audit, &db, &mut seen).await, [""; 0]);
        let source = select_from(pairs::table).order_by(pairs::left).select(pairs::right);
        let copied = insert_into(things::table).from_select((things::name,), source).execute(&db).await;
        if fresh.server.spec().insert_returning {
            assert_eq!(copied.unwrap().rows_affected, 2);
            assert_eq!(
                told(&audit, &db, &mut seen).await,
                ["insert things 1 created_by:>7 id:>1 name:>x", "insert things 2 created_by:>7 id:>2 name:>y",]
            );
        } else {
            assert!(copied.unwrap_err().is_unsupported());
            assert!(select_from(things::table).fetch_all(&db).await.unwrap().is_empty());
        }
    });
}

#[test]
fn a_key_that_the_program_gives() {
    on_all(async |fresh| {
        let audit = Audit::new();
        let db = prepared(fresh, &audit).await;
        let mut seen = 0;
        insert_into(pairs::table)
            .values([NewPair::new(1, "x\"", 5), NewPair::new(2, "y", 6)])
            .execute(&db)
            .await
            .unwrap();
        assert_eq!(
            told(&audit, &db, &mut seen).await,
            [
                "insert pairs [1,\"x\\\"\"] left:>1 right:>x\" value:>5",
                "insert pairs [2,\"y\"] left:>2 right:>y value:>6",
            ]
        );
        update(pairs::table).set(pairs::value.to(pairs::value + 1)).all_rows().execute(&db).await.unwrap();
        delete_from(pairs::table).filter(pairs::value.eq(7)).execute(&db).await.unwrap();
        assert_eq!(
            told(&audit, &db, &mut seen).await,
            [
                "update pairs [1,\"x\\\"\"] value:5>6",
                "update pairs [2,\"y\"] value:6>7",
                "delete pairs [2,\"y\"] left:2> right:y> value:7>",
            ]
        );
        // A numbered key may be given too.
        let q = insert_into(things::table).from_rows((things::id, things::name), [(40, "a"), (50, "b")]);
        q.execute(&db).await.unwrap();
        assert_eq!(told(&audit, &db, &mut seen).await.len(), 2);
        let mixed = insert_into(things::table).values([thing("c"), thing("d")]).execute(&db).await.unwrap();
        assert_eq!(mixed.rows_affected, 2);
        let after = told(&audit, &db, &mut seen).await;
        assert!(after[0].starts_with("insert things") && after[0].ends_with("name:>c"), "{after:?}");
    });
}

/// What a program is told is the same as without the plugin.
#[test]
fn outcomes_and_rows_are_those_without_the_plugin() {
    on_all(async |fresh| {
        let audit = Audit::new().log("log_of_plain");
        let db = prepared(fresh, &audit).await;
        let plain = &fresh.db;
        for (at, db) in [(0, plain), (1, &db)] {
            let name = |it: &str| format!("{it}{at}");
            let many = insert_into(things::table).values([thing(&name("a")), thing(&name("b"))]);
            let many = many.execute(db).await.unwrap();
            // PostgreSQL counts no numbers that are given.
            let postgres = fresh.server.is_postgres();
            let (first, given) = if postgres { (at * 4 + 1, 1_000 + at) } else { (at * 5 + 1, at * 5 + 3) };
            let next = if postgres { first + 2 } else { first + 3 };
            let last = match fresh.server.spec().identity {
                Identity::Generated => None,
                Identity::AutoIncrement => Some(first),
                Identity::PrimaryKey => Some(first + 1),
            };
            assert_eq!((many.rows_affected, many.last_insert_id), (2, last), "{at}");
            let one = insert_into(things::table).from_rows((things::id, things::name), [(given, name("c").as_str())]);
            let one = one.execute(db).await.unwrap();
            assert_eq!((one.rows_affected, one.last_insert_id), (1, (!postgres).then_some(given)), "{at}");
            for _ in 0..2 {
                let q = update(things::table).set(things::count.to(1)).filter(things::name.like(format!("%{at}")));
                let outcome = q.execute(db).await.unwrap();
                assert_eq!((outcome.rows_affected, outcome.last_insert_id), (3, None), "matched, changed or not");
            }
            let more = insert_into(things::table).values([thing(&name("d")), thing(&name("e"))]);
            if fresh.server.spec().insert_returning {
                let rows = more.returning((things::name, things::id)).fetch_all(db).await.unwrap();
                assert_eq!(rows, [(name("d"), next), (name("e"), next + 1)]);
            } else {
                more.execute(db).await.unwrap();
            }
            if fresh.server.spec().update_returning {
                let q = update(things::table).set(things::count.to(2)).filter(things::name.eq(name("a")));
                let row = q.returning((things::id, things::count)).fetch_one(db).await.unwrap();
                assert_eq!(row, (first, Some(2)));
            }
            if fresh.server.spec().delete_returning {
                let q = delete_from(things::table).filter(things::name.eq(name("a"))).returning(things::id);
                assert_eq!(q.fetch_one(db).await.unwrap(), first);
            }
        }
    });
}

#[test]
fn upserts_tell_what_they_inserted_from_what_they_updated() {
    on_all(async |fresh| {
        let audit = Audit::new();
        let db = prepared(fresh, &audit).await;
        let mut seen = 0;
        insert_into(pairs::table)
            .values([NewPair::new(1, "x", 1), NewPair::new(2, "x", 1)])
            .execute(&db)
            .await
            .unwrap();
        told(&audit, &db, &mut seen).await;
        let rows = [NewPair::new(2, "x", 5), NewPair::new(3, "x", 6), NewPair::new(1, "x", 1)];
        let q = insert_into(pairs::table).values(rows);
        let q = upsert!(fresh.server, q, (pairs::left, pairs::right), pairs::value);
        q.execute(&db).await.unwrap();
        assert_eq!(
            told(&audit, &db, &mut seen).await,
            ["update pairs [2,\"x\"] value:1>5", "insert pairs [3,\"x\"] left:>3 right:>x value:>6",]
        );
        let q = insert_into(pairs::table)
            .values([NewPair::new(3, "x", 9), NewPair::new(4, "x", 9)])
            .on_conflict_do_nothing();
        q.execute(&db).await.unwrap();
        assert_eq!(told(&audit, &db, &mut seen).await, ["insert pairs [4,\"x\"] left:>4 right:>x value:>9"]);
        // Within a transaction, and with all rows there.
        db.transaction(async |trx| {
            let q = insert_into(pairs::table).values(NewPair::new(4, "x", 10));
            upsert!(fresh.server, q, (pairs::left, pairs::right), pairs::value).execute(trx).await
        })
        .await
        .unwrap();
        assert_eq!(told(&audit, &db, &mut seen).await, ["update pairs [4,\"x\"] value:9>10"]);
    });
}

#[test]
fn upserts_give_back_what_they_inserted_and_what_they_updated() {
    on_all(async |fresh| {
        if !fresh.server.spec().insert_returning {
            return;
        }
        let db = prepared(fresh, &Audit::new()).await;
        let two = [NewPair::new(1, "x", 1), NewPair::new(2, "x", 1)];
        insert_into(pairs::table).values(two).execute(&fresh.db).await.unwrap();
        // Some are there and some not, all are there, and none is.
        for (keys, value) in [(&[2, 3, 1][..], 5), (&[1, 3], 6), (&[4, 5], 7)] {
            let rows: Vec<_> = keys.iter().map(|key| NewPair::new(*key, "x", value)).collect();
            let q = insert_into(pairs::table).values(rows);
            let q = upsert!(fresh.server, q, (pairs::left, pairs::right), pairs::value);
            let mut found = q.returning((pairs::left, pairs::value)).fetch_all(&db).await.unwrap();
            found.sort_unstable();
            let mut expected: Vec<_> = keys.iter().map(|key| (*key, value)).collect();
            expected.sort_unstable();
            assert_eq!(found, expected);
        }
    });
}

#[test]
fn upserts_by_another_key_than_the_primary() {
    on_all(async |fresh| {
        let audit = Audit::new();
        let db = prepared(fresh, &audit).await;
        let mut seen = 0;
        two(&db).await;
        told(&audit, &db, &mut seen).await;
        let rows = || insert_into(things::table).values([thing("b"), thing("c")]);
        if names_key(fresh.server) {
            let q = rows().on_conflict(things::name).do_update(things::count.to(9));
            assert_eq!(q.execute(&db).await.unwrap().rows_affected, 2);
            let entries = told(&audit, &db, &mut seen).await;
            assert_eq!(entries[0], "update things 2 count:null>9 updated_by:null>7");
            assert!(entries[1].starts_with("insert things") && entries.len() == 2, "{entries:?}");
            let filtered = insert_into(things::table).values(thing("b")).on_conflict(things::name);
            let filtered = filtered.do_update_where(things::count.to(10), things::count.eq(1));
            assert_eq!(filtered.execute(&db).await.unwrap().rows_affected, 0);
            assert_eq!(told(&audit, &db, &mut seen).await, [""; 0]);
            let moved = rows().on_conflict(things::name).do_update(things::id.to(100));
            assert!(moved.execute(&db).await.unwrap_err().is_unsupported());
        } else {
            let q = rows().on_duplicate_key_update(things::count.to(9));
            assert!(q.execute(&db).await.unwrap_err().is_unsupported());
            // With a primary key, and another key that is hit: nobody knows which row was changed.
            let q = insert_into(things::table).from_rows((things::id, things::name), [(77, "a")]);
            let q = q.on_duplicate_key_update(things::count.to(9));
            assert!(q.execute(&db).await.unwrap_err().is_unsupported());
            let q = insert_into(things::table).from_rows((things::id, things::name), [(2, "b")]);
            q.on_duplicate_key_update(things::count.to(9)).execute(&db).await.unwrap();
            assert_eq!(told(&audit, &db, &mut seen).await, ["update things 2 count:null>9 updated_by:null>7"]);
        }
        let names = select_from(things::table).order_by(things::id).select((things::name, things::count));
        assert_eq!(names.fetch_all(&db).await.unwrap()[..2], [("a".into(), None), ("b".into(), Some(9))]);
    });
}

#[test]
fn updates_and_deletes_with_other_tables_and_aliases() {
    on_all(async |fresh| {
        let audit = Audit::new().except(["pairs"]);
        let db = prepared(fresh, &audit).await;
        let mut seen = 0;
        two(&db).await;
        // Two partners of one row.
        let pairs = [NewPair::new(1, "a", 5), NewPair::new(2, "a", 5), NewPair::new(3, "c", 6)];
        insert_into(pairs::table).values(pairs).execute(&db).await.unwrap();
        told(&audit, &db, &mut seen).await;
        let q = update(things::table)
            .from(pairs::table)
            .set(things::count.to(pairs::value.cast::<i32>()))
            .filter(pairs::right.eq(things::name));
        q.execute(&db).await.unwrap();
        assert_eq!(told(&audit, &db, &mut seen).await, ["update things 1 count:null>5 updated_by:null>7"]);
        let sub = select_from(pairs::table).filter(pairs::left.eq(1)).select(pairs::right);
        let q = update(things::table).set(things::count.to(6)).filter(things::name.in_(sub));
        q.execute(&db).await.unwrap();
        assert_eq!(told(&audit, &db, &mut seen).await, ["update things 1 count:5>6"]);
        let q = delete_from(things::table).using(pairs::table).filter(pairs::right.eq(things::name));
        assert_eq!(q.execute(&db).await.unwrap().rows_affected, 1);
        assert_eq!(told(&audit, &db, &mut seen).await.len(), 1);
        assert_eq!(select_from(things::table).select(things::name).fetch_all(&db).await.unwrap(), ["b"]);
    });
}

#[test]
fn a_change_of_the_primary_key_is_refused() {
    on_all(async |fresh| {
        let audit = Audit::new();
        let db = prepared(fresh, &audit).await;
        let mut seen = 0;
        two(&db).await;
        told(&audit, &db, &mut seen).await;
        let moved = update(things::table).set(things::id.to(things::id + 100)).filter(things::id.eq(1));
        assert!(moved.execute(&db).await.unwrap_err().is_unsupported());
        // The same key again is none.
        let same = update(things::table).set((things::id.to(1), things::count.to(3))).filter(things::id.eq(1));
        same.execute(&db).await.unwrap();
        assert_eq!(told(&audit, &db, &mut seen).await, ["update things 1 count:null>3 updated_by:null>7"]);
        let unchanged = update(things::table).set(things::count.to(3)).filter(things::id.eq(1));
        assert_eq!(unchanged.execute(&db).await.unwrap().rows_affected, 1);
        assert_eq!(told(&audit, &db, &mut seen).await, [""; 0], "a row that stays as it was has no entry");
    });
}

#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "keyless")]
pub struct Keyless {
    pub value: i64,
}

#[test]
fn tables_without_a_key_or_declaration_are_refused_unless_left_out() {
    on_all(async |fresh| {
        create_table_for::<Keyless>().execute(&fresh.db).await.unwrap();
        let db = prepared(fresh, &Audit::new()).await;
        let error = insert_into(keyless::table).values(NewKeyless::new(1)).execute(&db).await.unwrap_err();
        assert!(error.is_invalid() && error.to_string().contains("`audit`"), "{error}");
        let named = delete_from(things::table).all_rows();
        let ast::Statement::Delete(mut delete) = named.to_statement() else { unreachable!() };
        delete.from.name = "Things".into();
        let error = db.execute(ast::Statement::from(delete.clone()).into()).await.unwrap_err();
        assert!(error.is_invalid(), "{error}");
        let db = super::opened(fresh, &Audit::new().except(["keyless"])).await;
        insert_into(keyless::table).values(NewKeyless::new(1)).execute(&db).await.unwrap();
        // A table that is named by text and registered is known, and so is an alias of it.
        let audit = Audit::new();
        let builder = Db::builder(fresh.url.clone()).plugin(audit.clone()).table(things::table);
        let db = builder.connect().await.unwrap();
        two(&db).await;
        delete.from.name = "things".into();
        db.execute(ast::Statement::from(delete).into()).await.unwrap();
        assert_eq!(super::entries(&audit, &db).await.len(), 4);
    });
}

#[test]
fn common_table_expressions_that_write_are_refused() {
    on_each(&[Server::Postgres15, Server::Postgres18], async |fresh| {
        let audit = Audit::new();
        let db = prepared(fresh, &audit).await;
        two(&db).await;
        let mut statement = select_from(things::table).to_statement();
        let ast::Statement::Select(select) = &mut statement else { unreachable!() };
        let delete = delete_from(things::table).all_rows().returning(things::id).to_statement();
        let cte = ast::Cte { name: "gone".into(), columns: Vec::new(), recursive: false, statement: delete };
        select.with.push(cte);
        let error = db.fetch(statement.clone().into()).await.unwrap_err();
        assert!(error.is_unsupported(), "{error}");
        assert_eq!(select_from(things::table).fetch_all(&db).await.unwrap().len(), 2);
        fresh.db.fetch(statement.into()).await.unwrap();
    });
}

/// Many rows: more than keys can be bound.
#[test]
fn a_statement_for_more_rows_than_can_be_bound() {
    on_each(&[Server::Sqlite, Server::Postgres18], async |fresh| {
        let audit = Audit::new();
        let db = prepared(fresh, &audit).await;
        let count = 34_000;
        for chunk in (0..count).collect::<Vec<_>>().chunks(4_000) {
            let rows: Vec<NewThing> = chunk.iter().map(|it| thing(&format!("{it}"))).collect();
            insert_into(things::table).values(rows).execute(&fresh.db).await.unwrap();
        }
        // Of what is asked twice, only the columns of rows that are locked stay the same.
        let q = update(things::table).set(things::count.to(1));
        let error = q.clone().filter(sql!("1 = 1")).execute(&db).await.unwrap_err();
        assert!(error.is_unsupported(), "{error}");
        let ids = select_from(things::table).select(things::id);
        let error = delete_from(things::table).filter(things::id.in_(ids)).execute(&db).await.unwrap_err();
        assert!(error.is_unsupported(), "{error}");
        assert_eq!(q.filter(things::id.gt(0)).execute(&db).await.unwrap().rows_affected, count);
        assert_eq!(super::entries(&audit, &db).await.len() as u64, count);
    });
}

#[test]
fn streams_prepared_and_compiled_statements() {
    on_all(async |fresh| {
        use futures_util::StreamExt;
        use kysera::executor::Request;
        let audit = Audit::new();
        let db = prepared(fresh, &audit).await;
        let mut seen = 0;
        two(&db).await;
        told(&audit, &db, &mut seen).await;
        if fresh.server.spec().delete_returning {
            let q = delete_from(things::table).filter(things::name.eq("a")).returning(things::name);
            let names: Vec<_> = q.fetch(&db).collect().await;
            assert_eq!(names.len(), 1);
            assert_eq!(told(&audit, &db, &mut seen).await.len(), 1);
        }
        let gone = delete_from(things::table).filter(things::name.eq("b")).to_statement();
        db.prepare(gone.clone().into()).await.unwrap();
        let (compiled, access) = db.compile(gone).unwrap();
        let query = kysera::driver::Query { sql: &compiled.sql, params: &compiled.params };
        let error = db.execute(Request::Compiled { query, access }).await.unwrap_err();
        assert!(error.to_string().starts_with("the plugin `audit` refused this text: "), "{error}");
        // What is compiled once is still gone around, with the values that it has and no others.
        let precompiled = db.precompile(delete_from(things::table).filter(things::id.eq(77)).to_request()).unwrap();
        db.execute(precompiled.request()).await.unwrap();
        assert!(db.execute(precompiled.with_values(precompiled.values())).await.unwrap_err().is_invalid());
        insert_into(things::table).values(thing("once")).execute(&db).await.unwrap();
        let once = delete_from(things::table).filter(things::name.eq("once")).compile_on(&db).unwrap();
        assert_eq!(db.execute(once.request()).await.unwrap().rows_affected, 1);
        assert_eq!(told(&audit, &db, &mut seen).await.len(), 2, "what is compiled here has its entry");
        let (compiled, access) = db.compile(select_from(things::table).to_statement()).unwrap();
        let query = kysera::driver::Query { sql: &compiled.sql, params: &compiled.params };
        assert!(!db.fetch(Request::Compiled { query, access }).await.unwrap().is_empty(), "what reads passes");
        assert!(sql!("delete from things").execute(&db).await.is_err());
        assert!(db.batch("update things set count = 1").await.is_err());
        let system = db.with(Audit::unaudited());
        system.batch("update things set count = 1").await.unwrap();
        sql!("delete from things").execute(&system).await.unwrap();
        assert_eq!(told(&audit, &db, &mut seen).await, [""; 0]);
        let pinned = db.acquire().await.unwrap();
        insert_into(things::table).values(thing("pinned")).execute(&pinned).await.unwrap();
        drop(pinned);
        assert_eq!(told(&audit, &db, &mut seen).await.len(), 1);
    });
}
