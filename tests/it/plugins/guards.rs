//! What reads only, and what gives but so many rows.

use kysera::expr::{call, ident, raw_unchecked};
use kysera::plugin::{ReadOnly, RequireLimit};
use kysera::prelude::*;
use kysera::schema::{create_table_for, drop_table};
use kysera::{Db, Executor, ast};

use super::tenants::{Country, NewCountry, Tenant, countries, docs, shape, two};
use crate::support::servers::Server;
use crate::support::{on_all, on_each};

async fn refused(db: &Db, plugin: &str, statement: ast::Statement) {
    let error = db.execute(statement.into()).await.unwrap_err();
    assert!(error.is_invalid() && error.to_string().contains(plugin), "{error}");
}

#[test]
fn nothing_is_written() {
    on_all(async |fresh| {
        let (_, all) = two(fresh).await;
        let db = Db::builder(fresh.url.clone()).plugin(ReadOnly::new()).connect().await.unwrap();
        let reads = select_from(docs::table).select((docs::id, docs::title));
        assert_eq!(reads.clone().fetch_all(&db).await.unwrap().len(), 4);
        assert_eq!(reads.clone().union_all(reads.clone()).fetch_all(&db).await.unwrap().len(), 8);
        assert_eq!(with(shape::table, reads.clone()).select_from(shape::table).fetch_all(&db).await.unwrap().len(), 4);
        let texts = reads.clone().filter(sql!("lower({}) = {}", docs::title, "mine"));
        assert_eq!(texts.fetch_all(&db).await.unwrap().len(), 1);
        let before = select_from(docs::table).order_by(docs::id).fetch_all(&all).await.unwrap();
        let deleted = delete_from(docs::table).all_rows().returning((docs::id, docs::title));
        let nested = select_from(with(shape::table, deleted.clone()).select_from(shape::table).derived(shape::table));
        for statement in [
            insert_into(countries::table).values(NewCountry::new(2, "de")).to_statement(),
            insert_into(countries::table).values(NewCountry::new(1, "de")).on_conflict_do_nothing().to_statement(),
            update(docs::table).set(docs::title.to("x")).all_rows().to_statement(),
            delete_from(docs::table).all_rows().to_statement(),
            with(shape::table, deleted).select_from(shape::table).to_statement(),
            nested.to_statement(),
            create_table_for::<Country>().to_statement(),
            drop_table("docs").to_statement(),
            sql!("select 1").statement(),
            reads.clone().filter(sql!("1 = 1) or (1 = 1")).to_statement(),
            select_from(docs::table).select(raw_unchecked("1 into copied".into()).typed::<i64>()).to_statement(),
        ] {
            refused(&db, "`read only`", statement).await;
        }
        assert!(db.batch("delete from docs").await.unwrap_err().is_invalid());
        let trx = db.begin().await.unwrap();
        assert!(delete_from(docs::table).all_rows().execute(&trx).await.unwrap_err().is_invalid());
        trx.rollback().await.unwrap();
        assert_eq!(select_from(docs::table).order_by(docs::id).fetch_all(&all).await.unwrap(), before);
    });
}

#[test]
fn a_query_needs_a_limit() {
    on_all(async |fresh| {
        two(fresh).await;
        let db = Db::builder(fresh.url.clone()).plugin(RequireLimit::new(3)).connect().await.unwrap();
        let q = select_from(docs::table).select((docs::id, docs::title));
        assert_eq!(q.clone().limit(3).fetch_all(&db).await.unwrap().len(), 3);
        assert_eq!(q.clone().union_all(q.clone()).limit(2).fetch_all(&db).await.unwrap().len(), 2);
        // A function beside an aggregate may give rows of its own.
        let numbers = call::<i64, _>("generate_series", (value(1_i64), value(1000_i64)));
        let by_numbers = call::<i64, _>("generate_series", (value(1_i64), value(1000_i64)));
        let text = sql!("generate_series(1, 1000)").typed::<i64>();
        let words = "a query needs a `limit` here";
        for many in [
            select_from(docs::table).select((count_all(), numbers)).to_statement(),
            select_from(docs::table).select((count_all(), text)).to_statement(),
            select_from(docs::table).order_by(by_numbers).select(count_all()).to_statement(),
        ] {
            let error = db.compile(many).unwrap_err();
            assert!(error.is_invalid() && error.to_string().contains(words), "{error}");
        }
        let most =
            select_from(docs::table).select((count_all(), call::<i64, _>("coalesce", (docs::id.max(), value(0_i64)))));
        assert_eq!(most.fetch_all(&db).await.unwrap().len(), 1);
        assert_eq!(q.clone().without::<RequireLimit>().fetch_all(&db).await.unwrap().len(), 4);
        // Inside another one it is not asked for, nor of what writes.
        let within = select_from(docs::table).filter(docs::id.in_(select_from(docs::table).select(docs::id)));
        assert_eq!(within.limit(1).fetch_all(&db).await.unwrap().len(), 1);
        update(docs::table).set(docs::title.to("x")).all_rows().execute(&db).await.unwrap();
        let limited = |limit| {
            let ast::Statement::Select(mut select) = q.to_statement() else { unreachable!() };
            select.limit = Some(limit);
            ast::Statement::Select(select)
        };
        for statement in [
            q.to_statement(),
            q.clone().limit(4).to_statement(),
            q.clone().limit(1).union(q.clone().limit(1)).to_statement(),
            with(shape::table, q.clone().limit(1)).select_from(shape::table).to_statement(),
            limited((-1_i64).into()),
            limited(ast::Expr::from(1_i64).and(1_i64.into())),
        ] {
            refused(&db, "`require limit`", statement).await;
        }
    });
}

#[test]
fn text_that_only_looks_as_if_it_wrote_is_read() {
    on_all(async |fresh| {
        two(fresh).await;
        let db = Db::builder(fresh.url.clone()).plugin(ReadOnly::new()).connect().await.unwrap();
        let q = select_from(docs::table).order_by(docs::id).select(docs::id);
        let replaced = q.clone().filter(sql!("replace({}, 'e', 'x') = {}", docs::title, "minx"));
        assert_eq!(replaced.fetch_all(&db).await.unwrap(), [1]);
        let named = q.clone().filter(sql!("{} <> 'update me'", docs::title));
        assert_eq!(named.fetch_all(&db).await.unwrap().len(), 4);
        for statement in [
            q.clone().filter(sql!("nextval('numbers') > 0")).to_statement(),
            q.clone().filter(sql!("\"setval\"('numbers', 1) > 0")).to_statement(),
            q.clone().filter(sql!("{} = '' and exists (delete from docs)", docs::title)).to_statement(),
            q.clone().filter(sql!("'it''s' = '' or update = 1")).to_statement(),
            select_from(docs::table).select(call::<i64, _>("nextval", (docs::title,))).to_statement(),
        ] {
            refused(&db, "`read only`", statement).await;
        }
    });
}

#[test]
fn functions_that_nobody_knows_are_refused() {
    on_all(async |fresh| {
        let (_, all) = two(fresh).await;
        let open = async |plugin: ReadOnly| Db::builder(fresh.url.clone()).plugin(plugin).connect().await.unwrap();
        let db = open(ReadOnly::new()).await;
        let q = || select_from(docs::table).order_by(docs::id);
        // Those that give a value, by name and in text, whatever stands before a parenthesis beside them.
        let known = (
            count_all(),
            docs::id.max(),
            sql!("coalesce(sum(length({})), 0)", docs::title).typed::<i64>(),
            call::<String, _>("UPPER", (value("x".to_owned()),)),
            sql!("case when (1 = 1) and not (1 in (2, 3)) then cast(1.5 as decimal(4, 1)) else (2.5) end")
                .typed::<f64>(),
        );
        let known = select_from(docs::table).select((known.0, known.1, known.2, known.3));
        assert_eq!(known.fetch_all(&db).await.unwrap().len(), 1);
        let ranked = sql!("row_number() over (partition by {} order by {} desc)", docs::tenant_id, docs::id);
        assert_eq!(q().select(ranked.typed::<i64>()).fetch_all(&db).await.unwrap(), [2, 1, 2, 1]);
        let exists = q().filter(sql!("exists (select 1 from (select 1 as one) as t where (t.one) = (1))"));
        assert_eq!(exists.fetch_all(&db).await.unwrap().len(), 4);
        let none = docs::id.lt(0).or(docs::id.gt(9_999));
        let operators = sql!("not {} and {} between {} and {}", none, docs::id + 0, docs::id * 1, docs::id + 9);
        assert_eq!(q().filter(operators).fetch_all(&db).await.unwrap().len(), 4);
        let column = ident("title");
        let quoted = q().filter(sql!("{} <> 'setval(1)' and trim({}) <> 'it''s nextval()'", column, docs::title));
        assert_eq!(quoted.fetch_all(&db).await.unwrap().len(), 4);
        // Any other is not, however its name is written.
        for statement in [
            q().select(call::<i64, _>("my_fn", (docs::id,))).to_statement(),
            q().filter(sql!("my_fn({}) = 1", docs::id)).to_statement(),
            q().filter(sql!("MY_FN ({}) = 1", docs::id)).to_statement(),
            q().filter(sql!("\"my_fn\"({}) = 1", docs::id)).to_statement(),
            q().filter(sql!("\"my\"\"fn\" ({}) = 1", docs::id)).to_statement(),
            q().filter(sql!("own.lower({}) = 'x'", docs::title)).to_statement(),
            q().filter(sql!("\"own\" . in ({}) = 'x'", docs::title)).to_statement(),
            q().filter(sql!("{}({}) = 1", ident("my_fn"), docs::id)).to_statement(),
            q().filter(sql!("{} ('numbers') = 1", docs::id)).to_statement(),
            q().filter(sql!("lower({}(1)) = '1'", ident("setval"))).to_statement(),
            // The parentheses are those of what is put in.
            q().filter(sql!("my_fn {} = 1", docs::id + 1)).to_statement(),
            q().filter(sql!("my_fn\n{}", docs::id.eq(1).or(docs::id.eq(2)))).to_statement(),
            q().filter(sql!("\"my_fn\" {} = 1", docs::id + 1)).to_statement(),
            q().filter(sql!("own.lower {} = 'x'", sql!("('x')").typed::<String>())).to_statement(),
            q().filter(sql!("{} {} = 1", ident("my_fn"), docs::id + 1)).to_statement(),
            q().filter(sql!("{} {} = 1", sql!("my_fn").typed::<i64>(), docs::id + 1)).to_statement(),
            q().select(sql!("coalesce(1, my_fn {})", docs::id + 1).typed::<i64>()).to_statement(),
            q().filter(sql!("next value for numbers = 1")).to_statement(),
            q().filter(sql!("pg_sleep(1) = 1 or sleep(1) = 1")).to_statement(),
        ] {
            refused(&db, "`read only`", statement).await;
        }
        let error = q().select(call::<i64, _>("my_fn", (docs::id,))).fetch_all(&db).await.unwrap_err();
        let why = "nobody knows what the function `my_fn` does; say so by `allow_function` if it only gives a value";
        assert!(error.to_string().ends_with(why), "{error}");
        // What the program knows it says, and then the server is asked.
        let db = open(ReadOnly::new().allow_function("MY_fn").allow_function("own.lower")).await;
        for statement in [
            q().select(call::<i64, _>("my_fn", (docs::id,))).to_statement(),
            q().filter(sql!("\"my_fn\"({}) = 1", docs::id)).to_statement(),
            q().filter(sql!("{}({}) = 1", ident("my_fn"), docs::id)).to_statement(),
            q().filter(sql!("own.lower({}) = 'x'", docs::title)).to_statement(),
        ] {
            let error = db.execute(statement.into()).await.unwrap_err();
            assert!(error.as_database().is_some(), "there is none: {error:?}");
        }
        assert_eq!(select_from(docs::table).fetch_all(&all).await.unwrap().len(), 4);
    });
}

#[test]
fn a_function_of_the_database_that_writes_is_not_called() {
    on_each(&[Server::Postgres15, Server::Postgres18], async |fresh| {
        let (_, all) = two(fresh).await;
        let made = "create function tidy() returns bigint language sql \
                    as 'with gone as (delete from docs returning 1) select count(*) from gone'";
        all.batch(made).await.unwrap();
        let db = Db::builder(fresh.url.clone()).plugin(ReadOnly::new()).connect().await.unwrap();
        let q = || select_from(docs::table);
        for statement in [
            q().select(call::<i64, _>("tidy", ())).to_statement(),
            q().filter(sql!("tidy() > 0")).to_statement(),
            q().filter(sql!("{}() > 0", ident("tidy"))).to_statement(),
        ] {
            refused(&db, "`read only`", statement).await;
        }
        assert_eq!(q().fetch_all(&all).await.unwrap().len(), 4);
    });
}

/// A name that is put into text may be that of a function which reads what a text names.
#[test]
fn names_that_are_put_in_read_no_text_under_policies() {
    on_all(async |fresh| {
        let (db, _) = two(fresh).await;
        let db = db.with(Tenant(1));
        let hidden = sql!("{}('docs', true, false, '') is not null", ident("table_to_xml"));
        let error = select_from(docs::table).filter(hidden).fetch_all(&db).await.unwrap_err();
        assert!(error.is_invalid() && error.to_string().contains("what the function `table_to_xml` does"), "{error}");
        // It calls the function where what is put in has parentheses of its own.
        let query = value("select to_tsvector(title) ".to_owned()).concat("from docs");
        let hidden = sql!("exists (ts_stat {})", query);
        let error = select_from(docs::table).filter(hidden).fetch_all(&db).await.unwrap_err();
        assert!(error.is_invalid() && error.to_string().contains("what the function `ts_stat` does"), "{error}");
        let plain = select_from(docs::table).filter(sql!("lower({}) = 'mine'", ident("title"))).fetch_all(&db);
        assert_eq!(plain.await.unwrap().len(), 1);
    });
}
