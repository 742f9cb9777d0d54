//! The column of a rule is written by none of its other names, and not by way of another column.

use kysera::plugin::{Command, NameMapping, Policy, RowPolicies};
use kysera::prelude::*;
use kysera::schema::create_table_for;
use kysera::{Db, Executor, ast};

use super::policies::{open, reason};
use super::tenants::{Doc, NewDoc, Tenant, docs, policies};
use crate::support::servers::{Fresh, Server};
use crate::support::{on_all, on_each};

#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "computed")]
struct Computed {
    #[column(primary_key)]
    id: i64,
    org: i64,
    title: String,
    #[column(generated_sql = "org + 0")]
    between: i64,
    #[column(generated_sql = "org * 1")]
    tenant_id: i64,
}

/// The same table, without what is computed in it.
mod slim {
    use kysera::prelude::*;

    #[derive(Clone, Debug, PartialEq, Table)]
    #[table(name = "computed")]
    pub struct Slim {
        #[column(primary_key)]
        pub id: i64,
        pub org: i64,
        pub tenant_id: i64,
    }
}

#[test]
fn a_row_is_not_handed_over_by_what_its_tenant_is_computed_from() {
    on_all(async |fresh| {
        create_table_for::<Computed>().execute(&fresh.db).await.unwrap();
        insert_into(computed::table).values(NewComputed::new(1, 1, "mine")).execute(&fresh.db).await.unwrap();
        let db = Db::builder(fresh.url.clone()).plugin(policies()).table(computed::table).connect().await.unwrap();
        let db = db.with(Tenant(1));
        let moved = update(computed::table).set(computed::org.to(2)).all_rows().execute(&db).await;
        assert!(reason(moved).contains("the column `tenant_id` cannot be checked"));
        // A struct that says nothing of it hides nothing.
        reason(update(slim::computed::table).set(slim::computed::org.to(2)).all_rows().execute(&db).await);
        let left = select_from(computed::table).select(computed::tenant_id).fetch_all(&fresh.db).await.unwrap();
        assert_eq!(left, [1]);
        update(computed::table).set(computed::title.to("still mine")).all_rows().execute(&db).await.unwrap();
    });
}

#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "chain")]
struct Chain {
    #[column(primary_key)]
    id: i64,
    first: i64,
    #[column(generated_sql = "first + 0")]
    second: i64,
    #[column(generated_sql = "second + 0")]
    third: i64,
}

mod slim_chain {
    use kysera::prelude::*;

    #[derive(Clone, Debug, PartialEq, Table)]
    #[table(name = "chain")]
    pub struct Slim {
        #[column(primary_key)]
        pub id: i64,
        pub first: i64,
    }
}

#[test]
fn a_check_sees_columns_that_are_computed_of_computed_ones() {
    // PostgreSQL computes no column from one that is computed.
    on_each(&[Server::Sqlite, Server::Mysql9, Server::Mariadb], async |fresh| {
        create_table_for::<Chain>().execute(&fresh.db).await.unwrap();
        insert_into(chain::table).values(NewChain::new(1, 1)).execute(&fresh.db).await.unwrap();
        let check = Policy::check("chain", [Command::Update], |chain, _| Ok(!chain.column("third").equals(5_i64)));
        let db = Db::builder(fresh.url.clone()).plugin(RowPolicies::new().policy(check)).table(chain::table);
        let db = db.connect().await.unwrap();
        reason(update(chain::table).set(chain::first.to(5)).all_rows().execute(&db).await);
        let slim = update(slim_chain::chain::table).set(slim_chain::chain::first.to(5)).all_rows();
        reason(slim.execute(&db).await);
        assert_eq!(select_from(chain::table).select(chain::third).fetch_all(&fresh.db).await.unwrap(), [1]);
    });
}

mod legacy {
    use kysera::prelude::*;

    /// `docs`, with the column of tenants by what it is called in the database, but for the case of a letter.
    #[derive(Clone, Debug, PartialEq, Table)]
    #[table(name = "docs")]
    pub struct Legacy {
        #[column(primary_key)]
        pub id: i64,
        pub tenantid: i64,
        pub code: String,
        pub title: String,
    }
}

#[test]
fn the_names_of_the_database_are_looked_at_too() {
    on_all(async |fresh| {
        let builder = || Db::builder(fresh.url.clone()).plugin(NameMapping::camel_case()).table(docs::table);
        let all = builder().connect().await.unwrap();
        create_table_for::<Doc>().execute(&all).await.unwrap();
        insert_into(docs::table).values(NewDoc::new(1, 1, "a", "mine")).execute(&all).await.unwrap();
        let db = builder().plugin(policies()).connect().await.unwrap().with(Tenant(1));
        let moved = update(legacy::docs::table).set(legacy::docs::tenantid.to(2)).all_rows().execute(&db).await;
        assert!(reason(moved).contains("`tenantid` may be the column `tenant_id` by another name"));
        let row = legacy::NewLegacy::new(55, 2, "p", "planted");
        reason(insert_into(legacy::docs::table).values(row).execute(&db).await);
        assert_eq!(select_from(docs::table).select(docs::tenant_id).fetch_all(&all).await.unwrap(), [1]);
        update(docs::table).set(docs::title.to("x")).all_rows().execute(&db).await.unwrap();
    });
}

#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "cfg")]
struct Config {
    #[column(primary_key)]
    tenant_id: i64,
    title: String,
}

fn set(table: &'static str, column: &str) -> ast::Statement {
    let mut statement = update(cfg::table).set(cfg::title.to("x")).all_rows().to_statement();
    let ast::Statement::Update(update) = &mut statement else { unreachable!() };
    update.table.name = table.into();
    update.assignments = vec![ast::Assignment { column: column.to_owned().into(), value: 2_i64.into() }];
    statement
}

async fn of_tenants(fresh: &Fresh) -> Vec<i64> {
    select_from(cfg::table).select(cfg::tenant_id).fetch_all(&fresh.db).await.unwrap()
}

#[test]
fn a_key_has_other_names() {
    on_each(&[Server::Sqlite, Server::Mysql9, Server::Mariadb], async |fresh| {
        let (names, mapped): (&[_], _) = match fresh.server {
            Server::Sqlite => (&["rowid", "_rowid_", "oid", "ROWID"], "row_id"),
            _ => (&["_rowid", "_ROWID"], "_row_id"),
        };
        create_table_for::<Config>().execute(&fresh.db).await.unwrap();
        create_table_for::<Doc>().execute(&fresh.db).await.unwrap();
        insert_into(cfg::table).values(NewConfig::new(1, "mine")).execute(&fresh.db).await.unwrap();
        let builder = || Db::builder(fresh.url.clone()).plugin(policies()).table(cfg::table).table(docs::table);
        let db = builder().connect().await.unwrap().with(Tenant(1));
        for name in names.iter().copied() {
            assert!(reason(db.execute(set("cfg", name).into()).await).contains("by another name"), "{name}");
            let insert = insert_into(cfg::table).values(NewConfig::new(1, "planted")).to_statement();
            let ast::Statement::Insert(mut insert) = insert else { unreachable!() };
            insert.give(name.into(), &9_i64.into(), None);
            reason(db.execute(ast::Statement::from(insert).into()).await);
            // Where the key is another column, no tenant is moved by it.
            db.execute(set("docs", name).into()).await.unwrap();
        }
        // `_rowId` for MySQL and MariaDB, `rowId` for SQLite.
        let camel = builder().plugin(NameMapping::camel_case()).connect().await.unwrap().with(Tenant(1));
        reason(camel.execute(set("cfg", mapped).into()).await);
        assert_eq!(of_tenants(fresh).await, [1]);
    });
}

mod dotted {
    use kysera::prelude::*;

    #[derive(Clone, Debug, PartialEq, Table)]
    #[table(name = "docs")]
    pub struct Dotted {
        #[column(primary_key)]
        pub id: i64,
        #[column(name = "tenant_\u{130}d")]
        pub dotted: i64,
    }
}

#[test]
fn a_declared_name_that_a_server_takes_for_the_rule_s_is_refused() {
    on_all(async |fresh| {
        create_table_for::<Doc>().execute(&fresh.db).await.unwrap();
        insert_into(docs::table).values(NewDoc::new(1, 1, "a", "mine")).execute(&fresh.db).await.unwrap();
        let db = Db::builder(fresh.url.clone()).plugin(policies()).table(docs::table).connect().await.unwrap();
        let moved = update(dotted::docs::table).set(dotted::docs::dotted.to(2)).all_rows();
        assert!(reason(moved.execute(&db.with(Tenant(1))).await).contains("by another name"));
        assert_eq!(select_from(docs::table).select(docs::tenant_id).fetch_all(&fresh.db).await.unwrap(), [1]);
    });
}

struct Admin(bool);

#[test]
fn no_query_says_of_itself_that_it_may_do_everything() {
    on_all(async |fresh| {
        let (_, all) = super::tenants::two(fresh).await;
        let db = open(fresh, policies().unrestricted(|admin: &Admin| admin.0)).await;
        let ids = || select_from(docs::table).order_by(docs::id).select(docs::id);
        assert_eq!(ids().with(Admin(true)).fetch_all(&db.with(Tenant(1))).await.unwrap(), [1, 2]);
        reason(ids().with(Admin(true)).fetch_all(&db).await);
        assert_eq!(ids().fetch_all(&db.with(Admin(true))).await.unwrap(), ids().fetch_all(&all).await.unwrap());
    });
}

#[test]
fn nothing_is_left_to_a_server_that_holds_no_policies() {
    on_all(async |fresh| {
        let connected = Db::builder(fresh.url.clone()).plugin(policies().leave_to_server()).connect().await;
        assert_eq!(connected.is_ok(), fresh.server.is_postgres());
        if let Err(error) = connected {
            assert!(error.is_unsupported(), "{error}");
        }
    });
}
