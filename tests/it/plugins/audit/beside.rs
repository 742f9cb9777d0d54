//! Audit beside other plugins.

use kysera::ast::Operation;
use kysera::plugin::{Actor, Audit, RowPolicies, TenantSchema, Timestamps, WithSchema};
use kysera::prelude::*;
use kysera::schema::create_table_for;
use kysera::{Db, Executor};

use super::{Thing, entries, prepared, thing, things};
use crate::support::servers::Fresh;
use crate::support::{Server, on_all, on_each};

#[test]
fn a_schema_that_a_plugin_adds_is_in_the_log() {
    on_each(&[Server::Postgres15, Server::Postgres18, Server::Mysql9, Server::Mariadb], async |fresh| {
        let audit = Audit::new();
        prepared(fresh, &audit).await;
        let plugins =
            Db::builder(fresh.url.clone()).plugin(audit.clone()).plugin(WithSchema::new(fresh.name().to_owned()));
        let db = plugins.connect().await.unwrap();
        insert_into(things::table).values([thing("a"), thing("b")]).execute(&db).await.unwrap();
        update(things::table).set(things::count.to(1)).filter(things::id.eq(1)).execute(&db).await.unwrap();
        delete_from(things::table).all_rows().execute(&db).await.unwrap();
        let all = entries(&audit, &db).await;
        assert_eq!(all.len(), 5);
        let name = format!("{}.things", fresh.name());
        assert!(all.iter().all(|entry| entry.table() == name));
        assert_eq!(audit.history().of_named((fresh.name(), "things")).fetch_all(&db).await.unwrap().len(), 5);
        // The program need not know where the table lies, as with every other statement.
        assert_eq!(audit.history().of(things::table).fetch_all(&db).await.unwrap().len(), 5);
        assert_eq!(audit.history().of(things::table).key(1_i64).fetch_all(&db).await.unwrap().len(), 3);
        let elsewhere = db.without_plugin("with schema").unwrap();
        assert_eq!(audit.history().of(things::table).fetch_all(&elsewhere).await.unwrap(), []);
        let deleted = all.iter().find(|it| it.operation() == Operation::Delete).unwrap();
        audit.restore(things::table, deleted.id(), &db).await.unwrap();
        assert_eq!(select_from(things::table).fetch_all(&db).await.unwrap().len(), 1);
    });
}

#[test]
fn what_is_of_one_schema_is_not_restored_in_another() {
    struct Schema(String);
    on_each(&[Server::Postgres15, Server::Postgres18], async |fresh| {
        let audit = Audit::new();
        let plugins = Db::builder(fresh.url.clone()).plugin(audit.clone());
        let db = plugins.plugin(TenantSchema::of(|schema: &Schema| schema.0.clone())).connect().await.unwrap();
        let schemas = ["one", "other"].map(|it| format!("{}_{it}", fresh.name()));
        for schema in &schemas {
            fresh.db.batch_unchecked(&format!("create schema {schema}")).await.unwrap();
        }
        let [one, other] = schemas.clone().map(|it| db.with(Schema(it)));
        for own in [&one, &other] {
            create_table_for::<Thing>().execute(own).await.unwrap();
        }
        insert_into(things::table).values(thing("secret")).execute(&one).await.unwrap();
        insert_into(things::table).values(thing("own")).execute(&other).await.unwrap();
        update(things::table).set(things::count.to(1)).all_rows().execute(&one).await.unwrap();
        delete_from(things::table).all_rows().execute(&one).await.unwrap();
        // Whoever asks has the history of their own table, and nobody that of any.
        assert_eq!(audit.history().of(things::table).fetch_all(&one).await.unwrap().len(), 3);
        assert_eq!(audit.history().of(things::table).fetch_all(&other).await.unwrap().len(), 1);
        assert!(audit.history().of(things::table).fetch_all(&db).await.unwrap_err().is_invalid());
        let found = entries(&audit, &db).await;
        let of = |operation| found.iter().find(|it| it.operation() == operation).unwrap().id();
        let (updated, deleted) = (of(Operation::Update), of(Operation::Delete));
        for (id, by) in [(deleted, &other), (updated, &other), (deleted, &db.without_plugin("tenant schema").unwrap())]
        {
            let error = audit.restore(things::table, id, by).await.unwrap_err();
            assert!(error.is_invalid() && error.to_string().contains("of another schema"), "{error}");
        }
        let left = select_from(things::table).select(things::name).fetch_all(&other).await.unwrap();
        assert_eq!(left, ["own"]);
        audit.restore(things::table, deleted, &one).await.unwrap();
        assert_eq!(select_from(things::table).fetch_all(&one).await.unwrap().len(), 1);
        for schema in &schemas {
            fresh.db.batch_unchecked(&format!("drop schema {schema} cascade")).await.unwrap();
        }
    });
}

#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "owned")]
pub struct Owned {
    #[column(primary_key, generated)]
    pub id: i64,
    pub tenant_id: i64,
    pub value: i64,
    pub updated_at: Option<super::Instant>,
}

struct Tenant(i64);

async fn of_tenants(fresh: &Fresh, audit: &Audit) -> Db {
    create_table_for::<Owned>().execute(&fresh.db).await.unwrap();
    let plugins = Db::builder(fresh.url.clone())
        .plugin(audit.clone())
        .plugin(Timestamps::new())
        .plugin(RowPolicies::new().tenant("tenant_id", |tenant: &Tenant| tenant.0.into()));
    plugins.connect().await.unwrap().with(Actor::new("x"))
}

#[test]
fn policies_hold_for_what_is_written_and_restored() {
    on_all(async |fresh| {
        let audit = Audit::new();
        let db = of_tenants(fresh, &audit).await;
        let (one, two) = (db.with(Tenant(1)), db.with(Tenant(2)));
        insert_into(owned::table).set(owned::value.to(1)).execute(&one).await.unwrap();
        insert_into(owned::table).set(owned::value.to(2)).execute(&two).await.unwrap();
        let q = || update(owned::table).set(owned::value.to(9)).all_rows();
        assert_eq!(q().execute(&one).await.unwrap().rows_affected, 1);
        let all = entries(&audit, &one).await;
        assert_eq!(all.len(), 3);
        assert_eq!(all[2].key(), "1", "and no row of another tenant");
        assert!(all[2].after().unwrap().contains("\"updated_at\":\"20"), "with what other plugins write");
        // What is of one tenant is not restored for another.
        assert!(audit.restore(owned::table, 3, &two).await.unwrap_err().is_invalid());
        audit.restore(owned::table, 3, &one).await.unwrap();
        let rows = select_from(owned::table).order_by(owned::id).fetch_all(&fresh.db).await.unwrap();
        assert_eq!(rows.iter().map(|it| (it.tenant_id, it.value)).collect::<Vec<_>>(), [(1, 1), (2, 2)]);
        assert_eq!(rows[0].updated_at, None, "as it was before");
        let moved = update(owned::table).set(owned::tenant_id.to(2)).all_rows().execute(&one).await;
        assert!(moved.is_err());
        assert_eq!(entries(&audit, &one).await.len(), 4);
    });
}

#[test]
fn ex5_databases_of_other_plugins_and_transactions_do_not_mix() {
    on_all(async |fresh| {
        let audit = Audit::new();
        let db = prepared(fresh, &audit).await;
        let plain = db.without_plugin("audit").unwrap();
        let with = db.begin().await.unwrap();
        insert_into(things::table).values(thing("a")).execute(&with).await.unwrap();
        insert_into(things::table).values(thing("b")).execute(&with.with(Audit::unaudited())).await.unwrap();
        with.commit().await.unwrap();
        let without = plain.begin().await.unwrap();
        insert_into(things::table).values(thing("c")).execute(&without).await.unwrap();
        without.commit().await.unwrap();
        assert_eq!(select_from(things::table).fetch_all(&db).await.unwrap().len(), 3);
        assert_eq!(entries(&audit, &db).await.len(), 1);
        let made =
            select_from(things::table).order_by(things::id).select(things::created_by).fetch_all(&db).await.unwrap();
        assert_eq!(made, [Some(7), None, None]);
        let _: Vec<Thing> = select_from(things::table).fetch_all(&plain).await.unwrap();
    });
}
