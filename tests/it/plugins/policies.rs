//! Row policies: their rules, what they refuse, and the one way round them.

use futures_util::TryStreamExt;
use kysera::ast;
use kysera::driver::Query;
use kysera::executor::{Access, Request};
use kysera::plugin::{Command, Context, Plugin, Policy, RowPolicies};
use kysera::prelude::*;
use kysera::{Db, Error, Executor, Value};

use super::tenants::{NewCountry, Tenant, countries, docs, of_the_other, policies, tags, two};
use super::why;
use crate::support::on_all;
use crate::support::servers::Fresh;

struct User(Option<i64>);

/// Why a plugin refused.
pub fn reason<T: std::fmt::Debug>(result: kysera::Result<T>) -> String {
    let error = result.unwrap_err();
    assert!(error.is_invalid() && error.to_string().starts_with("the plugin `row policies` refused "), "{error}");
    why(&error)
}

pub async fn open(fresh: &Fresh, policies: RowPolicies) -> Db {
    Db::builder(fresh.url.clone()).plugin(policies).connect().await.unwrap()
}

#[test]
fn without_a_tenant_nothing_runs() {
    on_all(async |fresh| {
        let (db, all) = two(fresh).await;
        let before = of_the_other(&all).await;
        let why = reason(select_from(docs::table).fetch_all(&db).await);
        assert!(why.starts_with("there is no `") && why.contains("Tenant` to say whose rows are meant"), "{why}");
        reason(update(docs::table).set(docs::title.to("x")).all_rows().execute(&db).await);
        reason(delete_from(docs::table).all_rows().execute(&db).await);
        reason(
            insert_into(tags::table).set((tags::id.to(9), tags::doc_id.to(1), tags::label.to("x"))).execute(&db).await,
        );
        assert_eq!(of_the_other(&all).await, before);
        // What belongs to all needs none.
        assert_eq!(select_from(countries::table).select(countries::name).fetch_all(&db).await.unwrap(), ["fr"]);
        insert_into(countries::table).values(NewCountry::new(2, "de")).execute(&db).await.unwrap();
    });
}

#[test]
fn each_tenant_has_its_own() {
    on_all(async |fresh| {
        let (db, all) = two(fresh).await;
        let (one, other) = (db.with(Tenant(1)), db.with(Tenant(2)));
        let ids = select_from(docs::table).order_by(docs::id).select(docs::id);
        assert_eq!(ids.clone().fetch_all(&one).await.unwrap(), [1, 2]);
        assert_eq!(ids.clone().fetch_all(&other).await.unwrap(), [7001, 7002]);
        assert!(ids.clone().fetch_all(&db.with(Tenant(3))).await.unwrap().is_empty());
        // A query does not talk a handle out of its tenant; where the handle has none, it says its own.
        assert_eq!(ids.clone().with(Tenant(2)).fetch_all(&one).await.unwrap(), [1, 2]);
        assert_eq!(ids.clone().with(Tenant(2)).fetch_all(&db).await.unwrap(), [7001, 7002]);
        assert_eq!(ids.clone().fetch(&one).try_collect::<Vec<_>>().await.unwrap(), [1, 2]);
        assert_eq!(ids.clone().fetch_all(&all).await.unwrap(), [1, 2, 7001, 7002]);
        // Who began a transaction stays who it is in it.
        let (first, ids) = (one.begin().await.unwrap(), &ids);
        first
            .transaction(async |inner| {
                assert_eq!(ids.clone().fetch_all(inner).await?, [1, 2]);
                let changed = update(docs::table).set(docs::title.to("x")).all_rows().execute(inner).await?;
                assert_eq!(changed.rows_affected, 2);
                Ok(())
            })
            .await
            .unwrap();
        first.rollback().await.unwrap();
        let connection = other.acquire().await.unwrap();
        assert_eq!(ids.clone().fetch_all(&connection).await.unwrap(), [7001, 7002]);
        let trx = connection.begin().await.unwrap();
        assert_eq!(ids.clone().fetch_all(&trx).await.unwrap(), [7001, 7002]);
        trx.rollback().await.unwrap();
    });
}

#[test]
fn what_is_left_out_is_added() {
    on_all(async |fresh| {
        let (db, all) = two(fresh).await;
        let db = db.with(Tenant(1));
        let rows = [(20_i64, "m", "twenty"), (21, "n", "more")];
        insert_into(docs::table).from_rows((docs::id, docs::code, docs::title), rows).execute(&db).await.unwrap();
        alias!(source = docs);
        let copied =
            || select_from(source).select((source.id + 100, source.title, source.title)).filter(source.id.lt(100));
        let columns = (docs::id, docs::code, docs::title);
        insert_into(docs::table).from_select(columns, copied()).execute(&db).await.unwrap();
        delete_from(docs::table).filter(docs::id.gt(100).and(docs::id.lt(7000))).execute(&db).await.unwrap();
        let united = copied().union_all(copied().filter(source.id.lt(0)));
        insert_into(docs::table).from_select(columns, united).execute(&db).await.unwrap();
        let ids = select_from(docs::table).filter(docs::tenant_id.eq(1)).order_by(docs::id).select(docs::id);
        assert_eq!(ids.fetch_all(&all).await.unwrap(), [1, 2, 20, 21, 101, 102, 120, 121]);
    });
}

#[test]
fn a_default_is_no_other_tenant() {
    on_all(async |fresh| {
        let create = "create table docs (id bigint primary key, tenant_id bigint not null default 2, \
                      code varchar(40), title varchar(40), parent_id bigint)";
        fresh.db.batch_unchecked(create).await.unwrap();
        let db = open(fresh, policies()).await.with(Tenant(1));
        for (id, left_out) in [(1_i64, ast::InsertValue::Default), (2, ast::InsertValue::NextNumber)] {
            let columns = (docs::id, docs::tenant_id, docs::code, docs::title);
            let mut statement = insert_into(docs::table).from_rows(columns, [(id, 1_i64, "a", "a")]).to_statement();
            let ast::Statement::Insert(insert) = &mut statement else { unreachable!() };
            let ast::InsertSource::Values(values) = &mut insert.source else { unreachable!() };
            values.values[1] = left_out;
            assert_eq!(db.execute(statement.into()).await.unwrap().rows_affected, 1);
        }
        let tenants = select_from(docs::table).order_by(docs::id).select((docs::id, docs::tenant_id));
        assert_eq!(tenants.fetch_all(&fresh.db).await.unwrap(), [(1, 1), (2, 1)]);
    });
}

#[test]
fn text_is_refused() {
    on_all(async |fresh| {
        let (db, all) = two(fresh).await;
        let before = of_the_other(&all).await;
        let db = db.with(Tenant(1));
        assert!(reason(db.batch("delete from docs").await).contains("`allow_text`"));
        reason(db.begin().await.unwrap().batch("delete from docs").await);
        reason(db.acquire().await.unwrap().batch_unchecked("delete from docs").await);
        reason(sql!("delete from docs").execute(&db).await);
        let query = Query { sql: "select id from docs", params: &[] };
        let request = || Request::Compiled { query, access: Access::Read };
        reason(db.fetch(request()).await.map(drop));
        reason(db.execute(request()).await);
        reason(db.stream(request()).try_collect::<Vec<_>>().await.map(drop));
        reason(db.prepare(sql!("select id from docs").statement().into()).await);
        assert_eq!(of_the_other(&all).await, before);
        // Unless it is asked for, and then it reaches all.
        let open = open(fresh, policies().allow_text()).await.with(Tenant(1));
        assert_eq!(open.fetch(sql!("select id from docs").statement().into()).await.unwrap().len(), 4);
        open.batch("delete from tags").await.unwrap();
    });
}

/// Reads another table beside each.
struct Beside;

impl Plugin for Beside {
    fn name(&self) -> &str {
        "beside"
    }

    fn transform(&self, mut statement: ast::Statement, _: &Context<'_>) -> kysera::Result<ast::Statement> {
        if let ast::Statement::Select(select) = &mut statement {
            select.from.push(ast::TableRef::Table(ast::Table { name: "docs".into(), alias: Some("beside".into()) }));
            select.filter = None;
        }
        Ok(statement)
    }
}

#[test]
fn what_a_query_brings_along_is_restricted_too() {
    on_all(async |fresh| {
        let (db, _) = two(fresh).await;
        let db = db.with(Tenant(1));
        let pairs = select_from(tags::table).filter(tags::id.eq(1)).select(tags::id).plugin(Beside);
        assert_eq!(pairs.fetch_all(&db).await.unwrap().len(), 4);
    });
}

#[test]
fn the_way_round_has_a_name() {
    on_all(async |fresh| {
        let (db, _) = two(fresh).await;
        let all = db.without_plugin("row policies").unwrap();
        assert_eq!(select_from(docs::table).fetch_all(&all).await.unwrap().len(), 4);
        assert!(all.without_plugin("row policies").is_err());
        assert_eq!(format!("{db:?}").matches("row policies").count(), 1);
    });
}

#[test]
fn owners_have_tables_of_their_own() {
    on_all(async |fresh| {
        two(fresh).await;
        let own = RowPolicies::new().owner(["DOCS"], "id", |user: &User| match user.0 {
            Some(id) => id.into(),
            None => Value::Null(kysera::value::Kind::I64),
        });
        let db = open(fresh, own.except(["countries"])).await;
        let owner = db.with(User(Some(7001)));
        assert_eq!(select_from(docs::table).select(docs::id).fetch_all(&owner).await.unwrap(), [7001]);
        // A declared table that no rule is about has the rows of all.
        assert_eq!(select_from(tags::table).fetch_all(&db).await.unwrap().len(), 4);
        assert!(reason(select_from(docs::table).fetch_all(&db.with(User(None))).await).contains("is `null`"));
    });
}

#[test]
fn policies_add_up() {
    on_all(async |fresh| {
        two(fresh).await;
        let policies = policies()
            .policy(Policy::filter("Docs", |docs, _| Ok(docs.column("id").equals(1_i64))))
            .policy(Policy::deny("docs", [Command::Delete], |_, _| Err(Error::invalid("docs stay"))))
            .policy(Policy::check("docs", [Command::Insert], |_, asker| match asker.context()?.get::<User>() {
                Some(_) => Ok(true.into()),
                None => Err(Error::invalid("users alone write docs")),
            }));
        let db = open(fresh, policies).await.with(Tenant(1));
        assert_eq!(select_from(docs::table).select(docs::id).fetch_all(&db).await.unwrap(), [1]);
        // What cannot be read cannot be changed.
        let changed = update(docs::table).set(docs::title.to("x")).all_rows().execute(&db).await.unwrap();
        assert_eq!(changed.rows_affected, 1);
        assert_eq!(reason(delete_from(docs::table).all_rows().execute(&db).await), "docs stay");
        let insert = insert_into(docs::table).from_rows((docs::id, docs::code, docs::title), [(30_i64, "q", "q")]);
        assert_eq!(reason(insert.clone().execute(&db).await), "users alone write docs");
        insert.execute(&db.with(User(None))).await.unwrap();
    });
}

#[test]
fn definitions_are_refused_unless_allowed() {
    on_all(async |fresh| {
        let (db, _) = two(fresh).await;
        let drop = || kysera::schema::drop_table("tags");
        assert!(reason(drop().execute(&db.with(Tenant(1))).await).contains("`allow_definitions`"));
        drop().execute(&open(fresh, policies().allow_definitions()).await).await.unwrap();
    });
}
