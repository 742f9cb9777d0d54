//! Statements that are compiled once: what plugins rewrote, watch and guard stays so each time they run.

use std::sync::{Arc, Mutex};

use chrono::DateTime;
use futures_util::TryStreamExt;
use kysera::ast;
use kysera::driver::{BoxFuture, Query, Rows};
use kysera::executor::{Access, Precompiled, Request};
use kysera::plugin::{Answer, Context, Next, Plugin, Ran, ReadOnly, RowPolicies, SoftDelete, Timestamps};
use kysera::prelude::*;
use kysera::schema::create_table_for;
use kysera::{Executor, Value};

use super::declarations::people;
use super::shapes::{Item, NewItem, items};
use crate::running::mock::Mock;
use crate::support::on_all;
use crate::support::servers::Fresh;

type Builder = kysera::db::Builder<kysera::driver::ConnectOptions>;
type Plain = kysera::db::Builder<Box<dyn kysera::driver::Driver>>;

/// Four items of two tenants, and a database with plugins.
async fn prepared(fresh: &Fresh, plugins: impl FnOnce(Builder) -> Builder) -> Db {
    create_table_for::<Item>().execute(&fresh.db).await.unwrap();
    let rows: Vec<_> = (1..=4).map(|id| NewItem::new(id, 1 + id % 2, "a")).collect();
    insert_into(items::table).values(rows).execute(&fresh.db).await.unwrap();
    plugins(Db::builder(fresh.url.clone())).connect().await.unwrap()
}

fn ids(mut rows: Rows) -> Vec<i64> {
    rows.iter_mut().map(|row| row.reader().read().unwrap()).collect()
}

/// Takes the first row away, unless a statement says that it may be seen.
#[derive(Clone, Default)]
struct Masks(Arc<Mutex<Vec<String>>>);

struct Seen;

impl Plugin for Masks {
    fn name(&self) -> &str {
        "masks"
    }

    fn watches(&self) -> bool {
        true
    }

    fn after_rows(&self, mut rows: Rows, ran: &Ran<'_>) -> Result<Rows> {
        let operation = ran.statement().operation();
        self.0.lock().unwrap().push(format!("{operation} {:?}", ran.params().len()));
        if ran.context().get::<Seen>().is_some() {
            return Ok(rows);
        }
        let mut fewer = Rows::new(rows.columns().clone());
        for row in rows.iter_mut().skip(1) {
            row.values().iter().for_each(|value| fewer.push(value.clone()));
        }
        Ok(fewer)
    }
}

fn long_ago() -> DateTime<chrono::Utc> {
    DateTime::UNIX_EPOCH
}

#[test]
fn no_time_of_the_programs_clock_is_kept_for_later() {
    let rename = || update(people::table).set(people::name.to("b")).filter(people::id.eq(1));
    let delete = || delete_from(people::table).filter(people::id.eq(1));
    let with = |plugins: fn(Plain) -> Plain| plugins(Db::with_driver(Mock::new())).build().unwrap();
    let db = with(|it| it.plugin(Timestamps::new().clock(long_ago)).plugin(SoftDelete::new().clock(long_ago)));
    for refused in [rename().compile_on(&db), delete().compile_on(&db)] {
        let words = refused.unwrap_err().to_string();
        assert!(words.contains("would keep the time at which it was compiled"), "{words}");
    }
    // Built each time they are stamped; and what is not stamped is compiled.
    db.compile(rename().to_statement()).unwrap();
    db.compile(delete().to_statement()).unwrap();
    select_from(people::table).compile_on(&db).unwrap();
    // The database's clock says each time what it is.
    let db = with(|it| it.plugin(Timestamps::new()).plugin(SoftDelete::new()));
    rename().compile_on(&db).unwrap();
    delete().compile_on(&db).unwrap();
}

#[test]
fn what_is_compiled_is_watched_each_time_it_runs() {
    on_all(async |fresh| {
        let masks = Masks::default();
        let db = prepared(fresh, |builder| builder.plugin(masks.clone())).await;
        let above = || select_from(items::table).filter(items::id.gt(1)).order_by(items::id).select(items::id);
        let compiled = above().compile_on(&db).unwrap();
        assert_eq!(ids(db.fetch(compiled.request()).await.unwrap()), [3, 4]);
        assert_eq!(ids(db.fetch(compiled.with_values(&[Value::I64(2)])).await.unwrap()), [4]);
        let batches: Vec<Rows> = db.stream(compiled.request()).try_collect().await.unwrap();
        assert_eq!(batches.into_iter().flat_map(ids).collect::<Vec<_>>(), [3, 4]);
        db.prepare(compiled.request()).await.unwrap();
        let seen = above().with(Seen).compile_on(&db).unwrap();
        assert_eq!(ids(db.fetch(seen.request()).await.unwrap()), [2, 3, 4], "what travelled with it is kept");
        // Text is watched too, as the text that it is.
        let query = Query { sql: "select id from items order by id", params: &[] };
        assert_eq!(ids(db.fetch(Request::Compiled { query, access: Access::Read }).await.unwrap()), [2, 3, 4]);
        let told = std::mem::take(&mut *masks.0.lock().unwrap());
        assert_eq!(told, ["select 1", "select 1", "select 1", "select 1", "text 0"]);
    });
}

#[test]
fn what_is_compiled_has_as_many_values_as_before() {
    on_all(async |fresh| {
        let db = prepared(fresh, |builder| builder.plugin(SoftDelete::new())).await;
        let compiled = select_from(items::table).filter(items::id.eq(1)).select(items::id).compile_on(&db).unwrap();
        assert!(compiled.sql().contains("deleted_at") && compiled.access() == Access::Read);
        assert_eq!(compiled.values(), [Value::I64(1)]);
        for values in [&[][..], &[Value::I64(1), Value::I64(2)]] {
            assert!(db.fetch(compiled.with_values(values)).await.unwrap_err().is_invalid());
        }
        // What was compiled is compiled still.
        let again = db.precompile(compiled.with_values(&[Value::I64(4)])).unwrap();
        assert_eq!(ids(db.fetch(again.request()).await.unwrap()), [4]);
        assert_eq!(format!("{again:?}").matches("I64").count(), format!("{compiled:?}").matches("I64").count());
    });
}

#[test]
fn read_only_runs_what_it_compiled_with_any_values_and_no_text() {
    on_all(async |fresh| {
        let db = prepared(fresh, |builder| builder.plugin(ReadOnly::new())).await;
        let compiled = select_from(items::table).filter(items::id.eq(1)).select(items::id).compile_on(&db).unwrap();
        assert_eq!(ids(db.fetch(compiled.request()).await.unwrap()), [1]);
        assert_eq!(ids(db.fetch(compiled.with_values(&[Value::I64(3)])).await.unwrap()), [3]);
        let query = Query { sql: compiled.sql(), params: compiled.values() };
        let text = db.fetch(Request::Compiled { query, access: Access::Read }).await;
        assert!(text.unwrap_err().is_invalid(), "text is text, whoever made it");
        assert!(delete_from(items::table).all_rows().compile_on(&db).unwrap_err().is_invalid());
        let deletes = delete_from(items::table).all_rows().compile_on(&fresh.db).unwrap();
        assert!(db.execute(deletes.request()).await.unwrap_err().is_invalid(), "another handle let it pass");
        assert_eq!(select_from(items::table).fetch_all(&fresh.db).await.unwrap().len(), 4);
    });
}

struct Tenant(i64);

#[test]
fn what_is_compiled_for_a_tenant_is_of_no_other() {
    on_all(async |fresh| {
        let policies = || RowPolicies::new().tenant("tenant_id", |tenant: &Tenant| tenant.0.into());
        let db = prepared(fresh, |builder| builder.plugin(policies())).await;
        let (one, two) = (db.with(Tenant(1)), db.with(Tenant(2)));
        let compiled = select_from(items::table).order_by(items::id).select(items::id).compile_on(&one).unwrap();
        let run = async |on: &dyn Executor, compiled: &Precompiled| on.fetch(compiled.request()).await.map(ids);
        assert_eq!(run(&one, &compiled).await.unwrap(), [2, 4]);
        assert_eq!(run(&one.clone(), &compiled).await.unwrap(), [2, 4]);
        assert_eq!(run(&one.acquire().await.unwrap(), &compiled).await.unwrap(), [2, 4]);
        one.transaction(async |trx| {
            assert_eq!(run(trx, &compiled).await?, [2, 4]);
            assert!(run(&trx.with(Tenant(2)), &compiled).await.unwrap_err().is_invalid());
            Ok(())
        })
        .await
        .unwrap();
        for other in [&two, &db, &one.without_plugin("row policies").unwrap(), &fresh.db] {
            assert!(run(other, &compiled).await.unwrap_err().is_invalid());
        }
        // The tenant is among the values.
        assert_eq!(compiled.values().len(), 1);
        let values = [Value::I64(2)];
        let refused = one.fetch(compiled.with_values(&values)).await.unwrap_err();
        assert!(refused.is_invalid() && refused.to_string().contains("refused these values: "), "{refused}");
    });
}

/// Counts what it goes around.
#[derive(Clone, Default)]
struct Around(Arc<Mutex<usize>>);

impl Plugin for Around {
    fn name(&self) -> &str {
        "around"
    }

    fn wraps(&self, _: &ast::Statement, _: &Context<'_>) -> bool {
        true
    }

    fn around<'a>(&'a self, statement: ast::Statement, mut next: Next<'a>) -> BoxFuture<'a, Result<Answer>> {
        *self.0.lock().unwrap() += 1;
        Box::pin(async move { next.run(statement).await })
    }
}

#[test]
fn what_is_compiled_is_gone_around_with_its_own_values() {
    on_all(async |fresh| {
        let around = Around::default();
        let db = prepared(fresh, |builder| builder.plugin(around.clone())).await;
        let compiled = select_from(items::table).filter(items::id.eq(1)).select(items::id).compile_on(&db).unwrap();
        assert_eq!(ids(db.fetch(compiled.request()).await.unwrap()), [1]);
        assert_eq!(*around.0.lock().unwrap(), 1);
        // With others, it would be sent with the first ones.
        let error = db.fetch(compiled.with_values(&[Value::I64(2)])).await.unwrap_err();
        assert!(error.is_invalid() && error.to_string().contains("goes around the statement"), "{error}");
        assert_eq!(*around.0.lock().unwrap(), 1);
    });
}

/// Deletes in place of what it is asked to read.
struct Turns {
    returning: bool,
}

impl Plugin for Turns {
    fn name(&self) -> &str {
        "zz turns"
    }

    fn priority(&self) -> i32 {
        -1000
    }

    fn transform(&self, statement: ast::Statement, _: &Context<'_>) -> Result<ast::Statement> {
        let ast::Statement::Select(_) = statement else { return Ok(statement) };
        let delete = delete_from(items::table).all_rows();
        Ok(if self.returning { delete.returning(items::id).to_statement() } else { delete.to_statement() })
    }
}

#[test]
fn rows_that_are_waited_for_must_come() {
    let db = Db::with_driver(Mock::new()).plugin(Turns { returning: false }).build().unwrap();
    let error = db.compile(select_from(items::table).select(items::id).to_statement()).unwrap_err();
    let told = "the plugin `zz turns` refused this select of `items`: \
                what it makes of that gives no rows, which are waited for";
    assert_eq!(error.to_string(), told);
    let db = Db::with_driver(Mock::new()).plugin(Turns { returning: true }).build().unwrap();
    assert!(db.compile(select_from(items::table).select(items::id).to_statement()).is_ok());
}

#[test]
fn a_guard_looks_at_what_is_sent() {
    on_all(async |fresh| {
        let db = prepared(fresh, |builder| builder.plugin(Turns { returning: true }).plugin(ReadOnly::new())).await;
        let error = select_from(items::table).fetch_all(&db).await.unwrap_err();
        assert!(error.is_invalid() && error.to_string().contains("`read only`"), "{error}");
        assert_eq!(select_from(items::table).fetch_all(&fresh.db).await.unwrap().len(), 4);
        // So does the one of limits: the limit may be taken away, and it may be put in.
        struct Limit(Option<i64>);
        impl Plugin for Limit {
            fn name(&self) -> &str {
                "zz limit"
            }

            fn transform(&self, statement: ast::Statement, _: &Context<'_>) -> Result<ast::Statement> {
                let ast::Statement::Select(mut select) = statement else { return Ok(statement) };
                select.limit = self.0.map(Into::into);
                Ok(ast::Statement::Select(select))
            }
        }
        let with = async |limit| {
            let guard = kysera::plugin::RequireLimit::new(3);
            Db::builder(fresh.url.clone()).plugin(Limit(limit)).plugin(guard).connect().await.unwrap()
        };
        let all = || select_from(items::table).order_by(items::id);
        assert_eq!(all().fetch_all(&with(Some(2)).await).await.unwrap().len(), 2);
        let error = all().limit(1).fetch_all(&with(None).await).await.unwrap_err().to_string();
        let words = "the plugin `require limit` refused this select of `items`: a query needs a `limit` here, of at most 3, or says `.without::<RequireLimit>()`";
        assert_eq!(error, words);
    });
}
