//! What reads only, and what gives but so many rows.

use kysera::expr::raw_unchecked;
use kysera::plugin::{ReadOnly, RequireLimit};
use kysera::prelude::*;
use kysera::schema::{create_table_for, drop_table};
use kysera::{Db, Executor, ast};

use super::tenants::{Country, NewCountry, countries, docs, shape, two};
use crate::support::on_all;

async fn refused(db: &Db, plugin: &str, statement: ast::Statement) {
    let error = db.execute(statement.into()).await.unwrap_err();
    assert!(error.is_invalid() && error.to_string().contains(plugin), "{error}");
}

#[test]
fn nothing_is_written() {
    on_all(async |fresh| {
        let (_, all) = two(fresh).await;
        let db = Db::builder(fresh.url.clone()).plugin(ReadOnly).connect().await.unwrap();
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
        let db = Db::builder(fresh.url.clone()).plugin(ReadOnly).connect().await.unwrap();
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
            select_from(docs::table).select(kysera::expr::call::<i64, _>("nextval", (docs::title,))).to_statement(),
        ] {
            refused(&db, "`read only`", statement).await;
        }
    });
}
