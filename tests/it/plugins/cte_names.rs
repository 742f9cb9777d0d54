//! Names of common table expressions that some servers take for those of tables, and others not. What a plugin filters must
//! be filtered on all of them, or refused.

use kysera::Executor;
use kysera::ast;
use kysera::plugin::{RowPolicies, SoftDelete, WithSchema};
use kysera::prelude::*;

use super::tenants::{Tenant, docs, shape, tags, two};
use crate::running::mock::Mock;
use crate::support::on_all;

/// `with (name) as (select .. from tags) select .. from docs`
fn beside(name: &str) -> ast::Statement {
    let q = with(shape::table, select_from(tags::table).select((tags::id, tags::label))).select_from(shape::table);
    let ast::Statement::Select(mut it) = q.to_statement() else { unreachable!() };
    it.with[0].name = name.into();
    it.from[0] = ast::TableRef::Table(ast::Table { name: "docs".into(), alias: Some("shape".into()) });
    ast::Statement::Select(it)
}

/// `with shape as (select .. from docs), (name) as (select .. from tags) select .. from shape`
fn before(name: &str) -> ast::Statement {
    let first = select_from(docs::table).select((docs::id, docs::title));
    let q = with(shape::table, first).select_from(shape::table);
    let ast::Statement::Select(mut it) = q.to_statement() else { unreachable!() };
    let tags_too = select_from(tags::table).select((tags::id, tags::label)).to_statement();
    it.with.push(ast::Cte {
        name: name.into(),
        columns: vec!["id".into(), "title".into()],
        recursive: false,
        statement: tags_too,
    });
    ast::Statement::Select(it)
}

#[test]
fn a_name_that_servers_read_differently_is_refused() {
    let databases = [
        Db::with_driver(Mock::new()).plugin(SoftDelete::new().column("parent_id").only(["docs"])).build().unwrap(),
        Db::with_driver(Mock::new()).plugin(WithSchema::new("s")).build().unwrap(),
        Db::with_driver(Mock::new())
            .plugin(RowPolicies::new().tenant("tenant_id", |tenant: &Tenant| tenant.0.into()))
            .table(docs::table)
            .build()
            .unwrap()
            .with(Tenant(1)),
    ];
    for db in databases {
        for name in ["DOCS", "Docs", "dóćs"] {
            let error = db.compile(beside(name)).unwrap_err();
            let why = super::why(&error);
            assert!(error.is_invalid() && why.contains("give that another name"), "{name}: {why}");
        }
        for name in ["docs", "DOCS"] {
            let error = db.compile(before(name)).unwrap_err();
            let why = super::why(&error);
            assert!(error.is_invalid() && why.contains("further down; give that another name"), "{name}: {why}");
        }
        for statement in [beside("docs"), beside("dócs_"), before("other")] {
            db.compile(statement).unwrap();
        }
    }
}

/// What runs gives no more than the tenant's, whichever of the two a server takes a name for.
#[test]
fn no_name_reaches_rows_of_another_tenant() {
    on_all(async |fresh| {
        let db = two(fresh).await.0.with(Tenant(1));
        for name in ["docs", "DOCS", "Docs", "other"] {
            for statement in [beside(name), before(name)] {
                match db.fetch(statement.clone().into()).await {
                    Err(error) => assert!(error.is_invalid() && name != "other", "{name}: {error}"),
                    Ok(mut rows) => {
                        let shown: Vec<_> = rows.iter_mut().map(|row| format!("{:?}", row.values())).collect();
                        assert!(!shown.iter().any(|row| row.contains("secret")), "{name}: {shown:?}");
                    }
                }
            }
        }
    });
}
