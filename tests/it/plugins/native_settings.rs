//! Who asks, as PostgreSQL is told it: by settings, which have no case and last as long as the transaction.

use kysera::plugin::{NameMapping, Policy, RowPolicies};
use kysera::prelude::*;
use kysera::schema::create_table_for;
use kysera::{Db, Executor, Value};

use super::native_policies::{POSTGRES, drop_role, held};
use super::policies::{open, reason};
use super::tenants::{Doc, Tenant, docs, policies};
use crate::support::on_each;

struct Nick(&'static str);

#[test]
fn names_of_settings_have_no_case() {
    on_each(&POSTGRES, async |fresh| {
        let by_nick = || policies().fact("TENANT_ID", |nick: &Nick| nick.0.to_owned());
        let db = open(fresh, by_nick().leave_to_server()).await.with(Tenant(1)).with(Nick("2"));
        let told = db.execute(RowPolicies::set_local().into()).await;
        assert!(reason(told).contains("`tenant_id` and `TENANT_ID` are one setting"));
        assert!(by_nick().native().table(docs::table).create().unwrap_err().is_invalid());
        let twice = RowPolicies::new().fact("team", |nick: &Nick| nick.0.to_owned());
        assert!(twice.fact("Team", |_: &Nick| 1_i64).validate().unwrap_err().is_invalid());
    });
}

#[test]
fn other_values_are_none_of_whoever_asks() {
    on_each(&POSTGRES, async |fresh| {
        let (role, db, _all) = held(fresh).await;
        let one = db.with(Tenant(1));
        let told = one.precompile(RowPolicies::set_local().into()).unwrap();
        let mut values = told.values().to_vec();
        let at = values.iter().position(|it| *it == Value::I64(1)).unwrap();
        values[at] = Value::I64(2);
        let trx = one.begin().await.unwrap();
        let error = trx.execute(told.with_values(&values)).await.unwrap_err();
        assert!(error.is_invalid() && error.to_string().contains("build it with the other values"), "{error}");
        trx.execute(told.request()).await.unwrap();
        assert_eq!(select_from(docs::table).select(docs::id).order_by(docs::id).fetch_all(&trx).await.unwrap(), [1, 2]);
        trx.rollback().await.unwrap();
        drop(one);
        drop_role(fresh, &role, db).await;
    });
}

#[test]
fn a_savepoint_tells_of_nobody_else() {
    on_each(&POSTGRES, async |fresh| {
        let (role, db, all) = held(fresh).await;
        let titles = || select_from(docs::table).select(docs::id).order_by(docs::id);
        let one = db.with(Tenant(1));
        let trx = one.begin().await.unwrap();
        trx.execute(RowPolicies::set_local().into()).await.unwrap();
        let other = trx.with(Tenant(2));
        let within = other.transaction(async |inner| inner.execute(RowPolicies::set_local().into()).await).await;
        for told in [within, other.execute(RowPolicies::set_local().into()).await] {
            assert!(reason(told).contains("told of somebody else before"));
        }
        assert_eq!(titles().fetch_all(&trx).await.unwrap(), [1, 2]);
        // The same may be said again, and in a savepoint that is rolled back nothing was.
        trx.transaction(async |inner| inner.execute(RowPolicies::set_local().into()).await).await.unwrap();
        assert_eq!(titles().fetch_all(&trx).await.unwrap(), [1, 2]);
        trx.rollback().await.unwrap();
        let trx = db.with(Tenant(2)).begin().await.unwrap();
        trx.execute(RowPolicies::set_local().into()).await.unwrap();
        assert_eq!(titles().fetch_all(&trx).await.unwrap(), [7001, 7002]);
        trx.rollback().await.unwrap();
        drop((one, all));
        drop_role(fresh, &role, db).await;
    });
}

#[test]
fn policies_call_a_table_by_its_name_in_the_database() {
    on_each(&POSTGRES, async |fresh| {
        let mapping = NameMapping::camel_case().tables(|table| format!("t_{table}"));
        let mapped = Db::builder(fresh.url.clone()).plugin(mapping).connect().await.unwrap();
        create_table_for::<Doc>().execute(&mapped).await.unwrap();
        let made = policies().policy(Policy::filter("docs", |docs, _| Ok(docs.column("title").is_not_null())));
        for statement in made.native().table(docs::table).create().unwrap() {
            mapped.execute(statement.into()).await.unwrap();
        }
        let schema = fresh.name();
        let found = sql!("select 1 from pg_policies where schemaname = {} and qual like '%tenantId%'", schema);
        assert_eq!(fresh.db.fetch(found.statement().into()).await.unwrap().len(), 1);
        for statement in made.native().table(docs::table).drop().unwrap() {
            mapped.execute(statement.into()).await.unwrap();
        }
    });
}
