//! Who asks, as PostgreSQL is told it: by settings, which have no case and last as long as the transaction.

use kysera::plugin::RowPolicies;
use kysera::prelude::*;
use kysera::{Executor, Value};

use super::native_policies::{POSTGRES, drop_role, held};
use super::policies::{open, reason};
use super::tenants::{Tenant, docs, policies};
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
        assert!(reason(trx.execute(told.with_values(&values)).await).contains("said by the handle"));
        trx.execute(told.request()).await.unwrap();
        assert_eq!(select_from(docs::table).select(docs::id).order_by(docs::id).fetch_all(&trx).await.unwrap(), [1, 2]);
        trx.rollback().await.unwrap();
        drop(one);
        drop_role(fresh, &role, db).await;
    });
}
