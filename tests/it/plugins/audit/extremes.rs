//! Statements of odd shapes: each is in the log as it happened, or refused.

use futures_util::StreamExt;
use kysera::ast;
use kysera::executor::Request;
use kysera::plugin::{Actor, Audit};
use kysera::prelude::*;
use kysera::schema::create_table_for;

use rust_decimal::Decimal;

use super::{Instant, NewPair, NewThing, Pair, entries, opened, opened_with, pairs, prepared, thing, things, told};
use crate::support::{Server, on_all, on_each};

/// Columns named by words of SQL and with quotes, one of them computed and one numbered always.
#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "select from \"x`", module = "oddities")]
pub struct Oddity {
    #[column(primary_key, name = "order by", generated)]
    pub id: i64,
    #[column(name = "a\"b`c'd")]
    pub quoted: i64,
    #[column(name = "group")]
    pub group: Option<i64>,
    #[column(name = "sum", generated_sql = "1 + 1")]
    pub sum: i64,
}

#[test]
fn odd_names_and_columns_of_the_database() {
    on_all(async |fresh| {
        let audit = Audit::new();
        let db = opened_with::<Oddity>(fresh, &audit).await;
        insert_into(oddities::table).values([NewOddity::new(1), NewOddity::new(2)]).execute(&db).await.unwrap();
        update(oddities::table).set(oddities::group.to(5)).filter(oddities::quoted.eq(2)).execute(&db).await.unwrap();
        let all = entries(&audit, &db).await;
        assert_eq!(all.len(), 3);
        let row = r#"{"order by":2,"a\"b`c'd":2,"group":5,"sum":2}"#;
        assert_eq!(all[2].after(), Some(row));
        audit.restore(oddities::table, all[2].id(), &db).await.unwrap();
        delete_from(oddities::table).filter(oddities::id.eq(2)).execute(&db).await.unwrap();
        let all = entries(&audit, &db).await;
        assert_eq!(all.len(), 5);
        audit.restore(oddities::table, all[4].id(), &db).await.unwrap();
        let rows = select_from(oddities::table).order_by(oddities::id).fetch_all(&fresh.db).await.unwrap();
        let expected = [1, 2].map(|id| Oddity { id, quoted: id, group: None, sum: 2 });
        assert_eq!(rows, expected);
    });
}

#[test]
fn nested_transactions_keep_what_they_keep() {
    on_all(async |fresh| {
        let audit = Audit::new();
        let db = prepared(fresh, &audit).await;
        let mut seen = 0;
        db.transaction(async |trx| {
            insert_into(things::table).values(thing("a")).execute(trx).await?;
            let inner = trx.transaction(async |inner| {
                insert_into(things::table).values(thing("b")).execute(inner).await?;
                update(things::table).set(things::count.to(1)).all_rows().execute(inner).await?;
                inner
                    .transaction(async |third| {
                        delete_from(things::table).all_rows().execute(third).await?;
                        Ok(())
                    })
                    .await?;
                Err::<(), _>(Error::invalid("no"))
            });
            assert!(inner.await.is_err());
            insert_into(things::table).values(thing("c")).execute(trx).await
        })
        .await
        .unwrap();
        let words = told(&audit, &db, &mut seen).await;
        assert_eq!(words.len(), 2, "{words:?}");
        assert!(words[0].ends_with("name:>a") && words[1].ends_with("name:>c"), "{words:?}");
    });
}

#[test]
fn streams_of_what_is_written() {
    on_all(async |fresh| {
        let audit = Audit::new();
        let db = prepared(fresh, &audit).await;
        let spec = fresh.server.spec();
        let mut seen = 0;
        if spec.insert_returning {
            let q = insert_into(things::table).values([thing("a"), thing("b")]).returning((things::name, things::id));
            let rows: Vec<_> = q.fetch(&db).map(Result::unwrap).collect().await;
            assert_eq!(rows, [("a".to_owned(), 1), ("b".to_owned(), 2)]);
            // A stream of which only one row is read has written all of its rows, or none.
            let q = insert_into(things::table).values([thing("c"), thing("d")]).returning(things::name);
            let mut stream = q.fetch(&db);
            assert_eq!(stream.next().await.unwrap().unwrap(), "c");
            drop(stream);
            let rows = select_from(things::table).fetch_all(&db).await.unwrap().len();
            assert_eq!(told(&audit, &db, &mut seen).await.len(), rows);
        }
        if spec.update_returning {
            let q = update(things::table).set(things::count.to(3)).filter(things::id.gt(1)).returning(things::count);
            let rows: Vec<_> = q.fetch(&db).map(Result::unwrap).collect().await;
            assert_eq!(told(&audit, &db, &mut seen).await.len(), rows.len());
        }
        let rows = (0..1_000).map(|it| thing(&format!("n{it}"))).collect::<Vec<_>>();
        assert_eq!(insert_into(things::table).values(rows).execute(&db).await.unwrap().rows_affected, 1_000);
        assert_eq!(told(&audit, &db, &mut seen).await.len(), 1_000);
    });
}

#[test]
fn joins_that_meet_a_row_many_times() {
    on_all(async |fresh| {
        let audit = Audit::new();
        let db = prepared(fresh, &audit).await;
        let mut seen = 0;
        insert_into(things::table).values([thing("a"), thing("b"), thing("c")]).execute(&db).await.unwrap();
        let rows = [NewPair::new(1, "x", 1), NewPair::new(1, "y", 1), NewPair::new(2, "x", 1), NewPair::new(9, "x", 1)];
        insert_into(pairs::table).values(rows).execute(&db).await.unwrap();
        told(&audit, &db, &mut seen).await;
        let q = update(things::table).from(pairs::table).set(things::count.to(4)).filter(pairs::left.eq(things::id));
        q.execute(&db).await.unwrap();
        let expected = [1, 2].map(|id| format!("update things {id} count:null>4 updated_by:null>7"));
        assert_eq!(told(&audit, &db, &mut seen).await, expected);
        let q = delete_from(things::table).using(pairs::table).filter(pairs::left.eq(things::id).and(things::id.eq(1)));
        q.execute(&db).await.unwrap();
        assert_eq!(told(&audit, &db, &mut seen).await.len(), 1);
        let others = select_from(pairs::table).select(pairs::left);
        let q = delete_from(things::table).filter(things::id.in_(others));
        q.execute(&db).await.unwrap();
        assert_eq!(told(&audit, &db, &mut seen).await.len(), 1);
    });
}

#[test]
fn what_is_written_in_words_of_no_table() {
    on_each(&[Server::Sqlite], async |fresh| {
        let audit = Audit::new();
        fresh.db.batch("create table things (id text primary key, name text, count int, ok int, deleted_at text, created_by int, updated_by int)").await.unwrap();
        let db = opened(fresh, &audit).await;
        fresh.db.batch("insert into things (id, name) values (null, 'a'), (null, 'b')").await.unwrap();
        let error = delete_from(things::table).all_rows().execute(&db).await.unwrap_err();
        assert!(error.is_invalid() && error.to_string().contains("a primary key that is null"), "{error}");
        let mut statement = insert_into(things::table).values(thing("c")).to_statement();
        if let ast::Statement::Insert(insert) = &mut statement {
            let mut changed = insert.clone().into_inner();
            changed.into.name = "AUDIT_LOG".into();
            statement = changed.into();
        }
        let error = db.execute(Request::Statement(statement)).await.unwrap_err();
        assert!(error.is_invalid(), "{error}");
        assert!(entries(&audit, &db).await.is_empty());
    });
}

#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "always")]
pub struct Always {
    #[column(primary_key, generated = always)]
    pub id: i64,
    pub value: i64,
}

#[test]
fn rows_that_the_database_numbers_always() {
    on_each(&[Server::Postgres15, Server::Postgres18], async |fresh| {
        let audit = Audit::new();
        let db = opened_with::<Always>(fresh, &audit).await;
        insert_into(always::table).values([NewAlways::new(1), NewAlways::new(2)]).execute(&db).await.unwrap();
        update(always::table).set(always::value.to(3)).filter(always::id.eq(1)).execute(&db).await.unwrap();
        audit.restore(always::table, 3, &db).await.unwrap();
        delete_from(always::table).filter(always::id.eq(1)).execute(&db).await.unwrap();
        let error = audit.restore(always::table, 5, &db).await.unwrap_err();
        assert!(error.is_invalid() && error.to_string().contains("alone numbers the column `id`"), "{error}");
        assert_eq!(entries(&audit, &db).await.len(), 5);
    });
}

#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "blobs")]
pub struct Blob {
    #[column(primary_key)]
    pub key: Vec<u8>,
    #[column(primary_key)]
    pub at: Instant,
    #[column(primary_key, type = "decimal(10, 2)")]
    pub amount: Decimal,
    pub value: i64,
}

#[test]
fn keys_of_several_columns_of_many_types() {
    on_all(async |fresh| {
        let audit = Audit::new();
        let definition = match fresh.server {
            Server::Mysql9 | Server::Mariadb => {
                "create table blobs (`key` varbinary(20), at datetime(6), amount decimal(10, 2), value bigint not null, \
                 primary key (`key`, at, amount)) default character set utf8mb4"
            }
            _ => "",
        };
        if definition.is_empty() {
            create_table_for::<Blob>().execute(&fresh.db).await.unwrap();
        } else {
            fresh.db.batch(definition).await.unwrap();
        }
        let db = opened(fresh, &audit).await;
        let at: Instant = "2026-02-28T01:02:03.000004Z".parse().unwrap();
        let mut seen = 0;
        let rows = |value| {
            [vec![0, 255], Vec::new(), b"'a\"".to_vec()].map(|key| NewBlob::new(key, at, Decimal::new(15, 1), value))
        };
        insert_into(blobs::table).values(rows(1)).execute(&db).await.unwrap();
        let q = insert_into(blobs::table).values(rows(2));
        let q = upsert!(fresh.server, q, (blobs::key, blobs::at, blobs::amount), blobs::value);
        q.execute(&db).await.unwrap();
        update(blobs::table).set(blobs::value.to(3)).filter(blobs::key.eq(vec![0, 255])).execute(&db).await.unwrap();
        delete_from(blobs::table).all_rows().execute(&db).await.unwrap();
        let all = told(&audit, &db, &mut seen).await;
        assert_eq!(all.len(), 10, "{all:?}");
        let key = r#"["00ff","2026-02-28T01:02:03.000004Z","1.5"]"#;
        let of_one = audit.history().of(blobs::table).key_text(key).fetch_all(&db).await.unwrap();
        assert_eq!(of_one.len(), 4, "{all:?}");
        audit.restore(blobs::table, of_one[0].id(), &db).await.unwrap();
        let rows = select_from(blobs::table).fetch_all(&db).await.unwrap();
        assert_eq!(rows, [Blob { key: vec![0, 255], at, amount: Decimal::new(15, 1), value: 3 }]);
    });
}

#[test]
fn what_servers_may_take_for_nothing() {
    on_all(async |fresh| {
        let audit = Audit::new();
        let db = prepared(fresh, &audit).await;
        // MySQL would give a row of the number 0 another one, if its session did not say otherwise.
        let row = NewThing { id: Some(0), ..thing("zero") };
        insert_into(things::table).values(row).execute(&db).await.unwrap();
        assert_eq!(audit.history().of(things::table).key(0_i64).fetch_all(&db).await.unwrap().len(), 1);
        for (at, actor) in ["a\0b", "a\u{feff}b", "", "null"].into_iter().enumerate() {
            let row = NewPair::new(at as i64, "x", 1);
            match insert_into(pairs::table).values(row).execute(&db.with(Actor::new(actor))).await {
                Ok(_) => assert_eq!(audit.history().by(actor).fetch_all(&db).await.unwrap().len(), 1, "{actor:?}"),
                Err(error) => assert!(actor.contains('\0'), "{error}"),
            }
        }
        let rows = select_from(pairs::table).fetch_all(&db).await.unwrap().len();
        assert_eq!(entries(&audit, &db).await.len(), 1 + rows);
    });
}

mod part {
    use kysera::prelude::*;

    /// Some of the columns, and nothing said of a key.
    #[derive(Clone, Debug, PartialEq, Table)]
    #[table(name = "pairs")]
    pub struct Part {
        pub value: i64,
        pub left: i64,
    }
}

#[test]
fn who_writes_by_a_part_of_the_columns_is_written_down_with_all() {
    on_all(async |fresh| {
        use part::pairs as parts;
        let audit = Audit::new();
        prepared(fresh, &audit).await;
        let builder = || Db::builder(fresh.url.clone()).plugin(audit.clone());
        let part = builder().connect().await.unwrap();
        let db = builder().table(pairs::table).connect().await.unwrap();
        insert_into(pairs::table)
            .values([NewPair::new(1, "x", 1), NewPair::new(2, "y", 2)])
            .execute(&db)
            .await
            .unwrap();
        let q = || update(parts::table).set(parts::value.to(9)).filter(parts::left.eq(1));
        let error = q().execute(&part).await.unwrap_err();
        assert!(error.is_invalid() && error.to_string().contains("has no primary key"), "{error}");
        q().execute(&db).await.unwrap();
        delete_from(parts::table).filter(parts::left.eq(2)).execute(&db).await.unwrap();
        let all = entries(&audit, &db).await;
        assert_eq!((all[2].key(), all[3].key()), (r#"[1,"x"]"#, r#"[2,"y"]"#));
        assert_eq!(all[3].before(), Some(r#"{"value":2,"left":2,"right":"y"}"#));
        audit.restore(parts::table, all[2].id(), &db).await.unwrap();
        audit.restore(parts::table, all[3].id(), &db).await.unwrap();
        let rows = select_from(pairs::table).order_by(pairs::left).fetch_all(&db).await.unwrap();
        let expected = [(1, "x", 1), (2, "y", 2)].map(|(left, right, value)| Pair { left, right: right.into(), value });
        assert_eq!(rows, expected);
    });
}

#[test]
fn rows_from_queries_and_of_conditions_that_change_their_mind() {
    on_all(async |fresh| {
        let audit = Audit::new();
        let db = prepared(fresh, &audit).await;
        let mut seen = 0;
        let rows: Vec<_> = (0..1_500).map(|it| NewPair::new(it, "x", it)).collect();
        insert_into(pairs::table).values(rows).execute(&db).await.unwrap();
        assert_eq!(told(&audit, &db, &mut seen).await.len(), 1_500);
        // Each row is asked anew each time: only those that are changed have an entry, and all of them.
        let coin = || match fresh.server {
            Server::Sqlite => sql!("random() % 2 = 0").typed::<bool>(),
            Server::Postgres15 | Server::Postgres18 => sql!("random() < 0.5").typed::<bool>(),
            _ => sql!("rand() < 0.5").typed::<bool>(),
        };
        let q = update(pairs::table).set(pairs::value.to(-1)).filter(coin());
        let count = q.execute(&db).await.unwrap().rows_affected;
        let changed = select_from(pairs::table).filter(pairs::value.eq(-1)).fetch_all(&fresh.db).await.unwrap().len();
        assert_eq!((count, told(&audit, &db, &mut seen).await.len()), (changed as u64, changed));
        let q = update(pairs::table)
            .from(things::table)
            .set(pairs::value.to(-2))
            .filter(pairs::left.ge(things::id).and(coin()));
        insert_into(things::table).values(thing("a")).execute(&db).await.unwrap();
        told(&audit, &db, &mut seen).await;
        q.execute(&db).await.unwrap();
        let changed = select_from(pairs::table).filter(pairs::value.eq(-2)).fetch_all(&fresh.db).await.unwrap().len();
        assert_eq!(told(&audit, &db, &mut seen).await.len(), changed);
        let copy = select_from(pairs::table).filter(pairs::left.lt(1_200)).select((
            pairs::left + 10_000,
            pairs::right,
            pairs::value,
        ));
        let q = insert_into(pairs::table).from_select((pairs::left, pairs::right, pairs::value), copy);
        match q.execute(&db).await {
            Ok(outcome) => {
                assert_eq!(outcome.rows_affected, 1_200);
                assert_eq!(told(&audit, &db, &mut seen).await.len(), 1_200);
            }
            Err(error) => assert!(error.is_unsupported() && !fresh.server.spec().insert_returning, "{error}"),
        }
    });
}
