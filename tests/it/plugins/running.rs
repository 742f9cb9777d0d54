//! Plugins on the way of every statement: which reach them, what a refusal does, and what transactions change of that.

use std::error::Error as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use futures_util::TryStreamExt;
use kysera::Value;
use kysera::ast::{self, Operation};
use kysera::dialect;
use kysera::driver::BoxFuture;
use kysera::driver::Rows;
use kysera::executor::Request;
use kysera::plugin::{Answer, Context, LeaveOut, Next, Plugin, QueryTags, Ran, RowPolicies, SoftDelete, Timestamps};
use kysera::prelude::*;
use kysera::schema::{create_table_for, drop_table};
use kysera::testing::{NoOp, Spy};

use super::shapes::{Copy, Item, NewCopy, NewItem, copies, items, shapes};
use crate::running::mock::Mock;
use crate::running::raw;
use crate::support::servers::{Fresh, Server, on_all};

type Builder = kysera::db::Builder<kysera::driver::ConnectOptions>;

/// Three items, and a database with plugins and a spy behind them.
async fn prepared(fresh: &Fresh, plugins: impl FnOnce(Builder) -> Builder) -> (Db, Spy) {
    create_table_for::<Item>().execute(&fresh.db).await.unwrap();
    create_table_for::<Copy>().execute(&fresh.db).await.unwrap();
    let rows: Vec<_> = (1..=3).map(|id| NewItem::new(id, 1, "a")).collect();
    insert_into(items::table).values(rows).execute(&fresh.db).await.unwrap();
    let spy = Spy::new();
    (plugins(Db::builder(fresh.url.clone())).plugin(spy.clone()).connect().await.unwrap(), spy)
}

/// Refuses what is said to it to refuse.
#[derive(Clone, Default)]
struct Refuse(Arc<AtomicBool>);

impl Plugin for Refuse {
    fn name(&self) -> &str {
        "refuse"
    }

    fn transform(&self, statement: ast::Statement, _: &Context<'_>) -> Result<ast::Statement> {
        if self.0.load(Ordering::Relaxed) { Err(Error::invalid("not now")) } else { Ok(statement) }
    }
}

#[test]
fn ex1_what_a_program_holds_is_never_changed() {
    let db = Db::with_driver(Mock::new())
        .plugin(RowPolicies::new().tenant("tenant_id", |tenant: &Tenant| tenant.0.into()))
        .plugin(SoftDelete::new())
        .plugin(Timestamps::new().created("deleted_at").updated("deleted_at"))
        .plugin(kysera::plugin::NameMapping::new(|name| format!("{name}_x")))
        .build()
        .unwrap()
        .with(Tenant(1));
    for shape in shapes("main") {
        let shown = format!("{:?}", shape.statement);
        let before = shape.statement.clone();
        let _ = db.compile(shape.statement.clone());
        assert_eq!(format!("{:?}", shape.statement), shown, "{}", shape.name);
        assert_eq!(before, shape.statement, "{}", shape.name);
    }
}

struct Tenant(i64);

#[test]
fn ex1_a_plugin_is_passed_by_where_it_may_be() {
    let spy = Spy::new();
    let db = Db::with_driver(Mock::new()).plugin(spy.clone()).plugin(NoOp).build().unwrap();
    db.without_plugin("spy").unwrap().compile(select_from(items::table).to_statement()).unwrap();
    assert!(spy.take().is_empty());
    assert!(db.without_plugin("spy").unwrap().without_plugin("spy").unwrap_err().is_invalid());
    db.compile(select_from(items::table).to_statement()).unwrap();
    assert_eq!(spy.take().len(), 1, "the first handle has it still");
}

/// Rules come before what hides rows, and that before what stamps them; names are changed last of all.
#[test]
fn ex2_the_plugins_here_have_an_order() {
    let spy = Spy::new();
    let db = Db::with_driver(Mock::new())
        .plugin(kysera::plugin::NameMapping::camel_case())
        .plugin(Timestamps::new().updated("deleted_at").unless_only(["none"]))
        .plugin(SoftDelete::new())
        .plugin(RowPolicies::new().tenant("tenant_id", |tenant: &Tenant| tenant.0.into()))
        .plugin(spy.clone())
        .build()
        .unwrap()
        .with(Tenant(7));
    db.compile(delete_from(items::table).filter(items::id.eq(1)).to_statement()).unwrap();
    assert_eq!(
        spy.take()[0].sql,
        r#"update "items" set "deletedAt" = current_timestamp where "items"."id" = $1 and "items"."tenantId" = $2 and "items"."deletedAt" is null"#,
    );
}

#[test]
fn ex3_every_statement_reaches_a_plugin_once() {
    on_all(async |fresh| {
        let (db, spy) = prepared(fresh, |builder| builder).await;
        let operations = |spy: &Spy| spy.take().into_iter().map(|seen| seen.operation).collect::<Vec<_>>();
        let all = || select_from(items::table).select(items::id);
        all().fetch_all(&db).await.unwrap();
        all().fetch_one(&db).await.unwrap();
        all().fetch_optional(&db).await.unwrap();
        let streamed: Vec<i64> = all().fetch(&db).try_collect().await.unwrap();
        assert_eq!(streamed.len(), 3);
        db.prepare(all().to_statement().into()).await.unwrap();
        db.compile(all().to_statement()).unwrap();
        assert_eq!(operations(&spy), [Operation::Select; 6]);

        all().union(all()).fetch_all(&db).await.unwrap();
        let tree = with(ids::table, all()).select_from(ids::table).select(ids::id);
        tree.fetch_all(&db).await.unwrap();
        let within = all().filter(items::id.in_(all()));
        within.fetch_all(&db).await.unwrap();
        assert_eq!(operations(&spy), [Operation::Select; 3], "what is nested is no statement of its own");

        insert_into(copies::table).values(NewCopy::new(1, 2)).execute(&db).await.unwrap();
        insert_into(copies::table).values(NewCopy::new(1, 2)).on_conflict_do_nothing().execute(&db).await.unwrap();
        insert_into(copies::table)
            .from_select((copies::id, copies::note), select_from(items::table).select((items::id + 5, items::id)))
            .execute(&db)
            .await
            .unwrap();
        update(copies::table).set(copies::note.to(3)).all_rows().execute(&db).await.unwrap();
        delete_from(copies::table).filter(copies::id.eq(1)).execute(&db).await.unwrap();
        drop_table("copies").execute(&db).await.unwrap();
        create_table_for::<Copy>().execute(&db).await.unwrap();
        db.execute(raw("delete from copies".to_owned()).into()).await.unwrap();
        assert_eq!(
            operations(&spy),
            [
                Operation::Insert,
                Operation::Insert,
                Operation::Insert,
                Operation::Update,
                Operation::Delete,
                Operation::Define,
                Operation::Define,
                Operation::Text,
            ],
        );
        let (compiled, access) = db.compile(all().to_statement()).unwrap();
        spy.take().clear();
        let query = kysera::driver::Query { sql: &compiled.sql, params: &compiled.params };
        db.fetch(Request::Compiled { query, access }).await.unwrap();
        assert!(spy.seen().is_empty(), "what is compiled has been rewritten already");
    });
}

/// The shape of common table expressions.
#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "ids")]
pub struct Id {
    pub id: i64,
}

#[test]
fn ex4_a_refusal_names_who_what_and_which_table() {
    on_all(async |fresh| {
        let refuse = Refuse::default();
        let (db, spy) = prepared(fresh, |builder| builder.plugin(refuse.clone())).await;
        let rename = || update(items::table).set(items::kind.to("b")).filter(items::id.eq(1));
        rename().execute(&db).await.unwrap();
        assert_eq!(spy.take().len(), 1);

        refuse.0.store(true, Ordering::Relaxed);
        let error = rename().execute(&db).await.unwrap_err();
        assert_eq!(error.to_string(), "the plugin `refuse` refused this update of `items`: not now");
        assert!(error.source().is_none(), "all of it is told");
        assert!(error.is_invalid(), "it is asked as the plugin's own error is");
        assert!(spy.take().is_empty(), "those that run later are not asked");
        let error = select_from(items::table).fetch_all(&db).await.unwrap_err();
        assert_eq!(error.to_string(), "the plugin `refuse` refused this select of `items`: not now");
        let streamed: Result<Vec<Item>> = select_from(items::table).fetch(&db).try_collect().await;
        assert!(streamed.unwrap_err().is_invalid());
        // Others are not affected, and neither is this one when the reason is gone.
        assert_eq!(select_from(items::table).fetch_all(&fresh.db).await.unwrap().len(), 3);
        assert_eq!(db.without_plugin("refuse").unwrap().status().max, db.status().max);
        rename().execute(&db.without_plugin("refuse").unwrap()).await.unwrap();
        refuse.0.store(false, Ordering::Relaxed);
        rename().execute(&db).await.unwrap();
    });
}

/// Nothing is sent, so the transaction goes on.
#[test]
fn ex4_a_refusal_does_not_end_a_transaction() {
    on_all(async |fresh| {
        let refuse = Refuse::default();
        let (db, _) = prepared(fresh, |builder| builder.plugin(refuse.clone())).await;
        db.transaction(async |trx| {
            delete_from(items::table).filter(items::id.eq(1)).execute(trx).await?;
            refuse.0.store(true, Ordering::Relaxed);
            assert!(delete_from(items::table).all_rows().execute(trx).await.unwrap_err().is_invalid());
            refuse.0.store(false, Ordering::Relaxed);
            delete_from(items::table).filter(items::id.eq(2)).execute(trx).await
        })
        .await
        .unwrap();
        assert_eq!(select_from(items::table).select(items::id).fetch_all(&fresh.db).await.unwrap(), [3]);
    });
}

#[test]
fn ex5_transactions_and_connections_keep_the_plugins() {
    on_all(async |fresh| {
        let (db, spy) = prepared(fresh, |builder| builder).await;
        let count = || select_from(items::table).select(count_all());
        let failed: Result<()> = db
            .transaction(async |trx| {
                delete_from(items::table).filter(items::id.eq(1)).execute(trx).await?;
                trx.transaction(async |inner| {
                    assert_eq!(count().fetch_one(inner).await?, 2);
                    Ok(())
                })
                .await?;
                Err(Error::invalid("roll back"))
            })
            .await;
        assert!(failed.is_err());
        assert_eq!(spy.take().len(), 2);
        assert_eq!(count().fetch_one(&db).await.unwrap(), 3);
        let connection = db.acquire().await.unwrap();
        count().fetch_one(&connection).await.unwrap();
        let trx = connection.begin().await.unwrap();
        count().fetch_one(&trx).await.unwrap();
        trx.rollback().await.unwrap();
        drop(connection);
        assert_eq!(spy.take().len(), 3);
        // By name, for one transaction alone.
        db.without_plugin("spy").unwrap().transaction(async |trx| count().fetch_one(trx).await).await.unwrap();
        db.transaction(async |trx| count().without::<Spy>().fetch_one(trx).await).await.unwrap();
        assert!(spy.take().is_empty());
        db.transaction(async |trx| count().fetch_one(trx).await).await.unwrap();
        assert_eq!(spy.take().len(), 1);
    });
}

/// Transactions at the same time each have the values of their own handle.
#[test]
fn ex5_what_travels_with_a_transaction_stays_in_it() {
    on_all(async |fresh| {
        create_table_for::<Item>().execute(&fresh.db).await.unwrap();
        let rows: Vec<_> = (1..=6).map(|id| NewItem::new(id, 1 + id % 2, "a")).collect();
        insert_into(items::table).values(rows).execute(&fresh.db).await.unwrap();
        let plugin = RowPolicies::new().tenant("tenant_id", |tenant: &Tenant| tenant.0.into());
        let db = Db::builder(fresh.url.clone()).plugin(plugin).connect().await.unwrap();
        let ids = || select_from(items::table).order_by(items::id).select(items::id);
        let of = async |tenant: i64| {
            let read = async |trx: &kysera::Transaction<'_>| {
                let first = ids().fetch_all(trx).await?;
                tokio::task::yield_now().await;
                assert_eq!(ids().fetch_all(trx).await?, first);
                Ok(first)
            };
            db.with(Tenant(tenant)).transaction(read).await.unwrap()
        };
        let (one, two) = if fresh.server == Server::Sqlite {
            // It has one connection that writes.
            (of(1).await, of(2).await)
        } else {
            tokio::join!(of(1), of(2))
        };
        assert_eq!((one, two), (vec![2, 4, 6], vec![1, 3, 5]));
        assert!(ids().fetch_all(&db).await.is_err(), "the handle they were made of has none");
    });
}

/// Keeps what came of statements.
#[derive(Clone, Default)]
struct Watch(Arc<Mutex<Vec<(Operation, String, Vec<Value>)>>>);

impl Watch {
    fn note(&self, ran: &Ran<'_>) {
        let (operation, sql) = (ran.statement().operation(), ran.sql().to_owned());
        self.0.lock().unwrap().push((operation, sql, ran.params().to_vec()));
    }
}

impl Plugin for Watch {
    fn name(&self) -> &str {
        "watch"
    }

    fn watches(&self) -> bool {
        true
    }

    fn after_rows(&self, rows: Rows, ran: &Ran<'_>) -> Result<Rows> {
        self.note(ran);
        Ok(rows)
    }

    fn on_error(&self, _: &Error, ran: &Ran<'_>) {
        self.note(ran);
    }
}

impl LeaveOut for Watch {}

#[test]
fn ex7_what_comes_of_a_statement_is_told_with_its_sql_and_values() {
    on_all(async |fresh| {
        create_table_for::<Item>().execute(&fresh.db).await.unwrap();
        let watch = Watch::default();
        let db =
            Db::builder(fresh.url.clone()).plugin(SoftDelete::new()).plugin(watch.clone()).connect().await.unwrap();
        let take = || std::mem::take(&mut *watch.0.lock().unwrap());
        let query = |id: i64| select_from(items::table).filter(items::id.eq(id)).select(items::id);
        query(7).fetch_all(&db).await.unwrap();
        db.transaction(async |trx| query(8).fetch_all(trx).await).await.unwrap();
        query(9).fetch_all(&db.acquire().await.unwrap()).await.unwrap();
        let told = take();
        let values: Vec<_> = told.iter().map(|(_, _, values)| values.as_slice()).collect();
        assert_eq!(values, [[Value::I64(7)], [Value::I64(8)], [Value::I64(9)]]);
        for (operation, sql, _) in &told {
            assert_eq!(*operation, Operation::Select);
            assert!(sql.contains("deleted_at") && sql.ends_with("is null"), "as it was sent: {sql}");
        }
        query(7).without::<Watch>().fetch_all(&db).await.unwrap();
        assert!(take().is_empty());
        drop_table("items").execute(&fresh.db).await.unwrap();
        assert!(query(7).fetch_all(&db).await.is_err());
        let told = take();
        assert!(matches!(&told[..], [(Operation::Select, _, values)] if *values == [Value::I64(7)]), "{}", told.len());
    });
}

fn seventy() -> ast::Statement {
    select_from(items::table).filter(items::id.eq(70)).select(items::id).to_statement()
}

/// Sends another query behind each, and answers with what came of that.
struct Shift;

impl Plugin for Shift {
    fn name(&self) -> &str {
        "shift"
    }

    fn wraps(&self, statement: &ast::Statement, _: &Context<'_>) -> bool {
        statement.operation() == Operation::Select
    }

    fn around<'a>(&'a self, statement: ast::Statement, mut next: Next<'a>) -> BoxFuture<'a, Result<Answer>> {
        Box::pin(async move {
            next.run(statement).await?;
            next.run(seventy()).await
        })
    }
}

#[test]
fn of_a_statement_that_a_plugin_goes_around_what_was_sent_is_told() {
    on_all(async |fresh| {
        create_table_for::<Item>().execute(&fresh.db).await.unwrap();
        let watch = Watch::default();
        let tags = QueryTags::new().tag("by", "test");
        let builder = Db::builder(fresh.url.clone()).plugin(Shift).plugin(watch.clone()).plugin(tags);
        let db = builder.connect().await.unwrap();
        let query = || select_from(items::table).filter(items::id.eq(7).and(items::kind.eq("x"))).select(items::id);
        let mut sent = dialect::compile(&seventy(), db.spec()).unwrap();
        sent.sql += " /*by='test'*/";
        query().fetch_all(&db).await.unwrap();
        query().fetch(&db).try_collect::<Vec<_>>().await.unwrap();
        drop_table("items").execute(&fresh.db).await.unwrap();
        let mut told = std::mem::take(&mut *watch.0.lock().unwrap());
        assert_eq!(told.len(), 2);
        // The first of the two fails already.
        assert!(query().fetch_all(&db).await.is_err());
        let failed = std::mem::take(&mut *watch.0.lock().unwrap());
        assert!(matches!(&failed[..], [(Operation::Select, _, values)] if values.len() == 2));
        for (operation, sql, values) in told.drain(..) {
            assert_eq!((operation, sql, values), (Operation::Select, sent.sql.clone(), sent.params.clone()));
        }
    });
}
