//! Other names in the database than in the program.

use chrono::{DateTime, Utc};
use kysera::Value;
use kysera::ast::{self, Expr};
use kysera::expr::ident;
use kysera::plugin::{NameMapping, SoftDelete, Timestamps};
use kysera::prelude::*;
use kysera::query::output;
use kysera::schema::create_table_for;
use kysera::testing::{Sql, check_plugin};

use super::matrix::{Deletes, Tested, Upserts, create, run_all, schema_of};
use super::shapes::items;
use crate::running::mock::Mock;
use crate::running::raw;
use crate::support::servers::{Fresh, Server, on_all};

/// Names that have a way back only where nothing is guessed.
#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "user_accounts")]
pub struct Account {
    #[column(primary_key, generated, name = "_id")]
    pub id: i64,
    #[column(unique, type = "varchar(50)")]
    pub full_name: String,
    #[column(name = "address_1")]
    pub address_1: String,
    #[column(name = "foo__bar")]
    pub foo_bar: i64,
    pub manager_id: Option<i64>,
    pub created_at: Option<DateTime<Utc>>,
    pub deleted_at: Option<DateTime<Utc>>,
}

#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "login_events")]
pub struct Login {
    #[column(primary_key)]
    pub event_id: i64,
    #[column(references(user_accounts::id))]
    pub account_id: i64,
}

#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "account_counts")]
pub struct Logins {
    pub account_id: i64,
    pub login_count: i64,
}

fn camel() -> NameMapping {
    NameMapping::camel_case().tables(|table| match table {
        "user_accounts" => "userAccounts".into(),
        other => other.into(),
    })
}

/// Changes places of names that other columns of the same table have.
fn shuffled(column: &str) -> String {
    match column {
        "id" => "item_id".into(),
        "item_id" => "id".into(),
        "tenant_id" => "deleted_at".into(),
        "deleted_at" => "tenant_id".into(),
        "note" => "A \"note`".into(),
        other => format!("{other}_x"),
    }
}

fn names() -> NameMapping {
    NameMapping::new(shuffled).tables(|table| format!("t_{table}"))
}

/// A guard knows a function that is put in by its name, so another plugin gives it no other.
#[test]
fn no_function_is_renamed() {
    let db = Db::with_driver(Mock::new()).plugin(NameMapping::camel_case()).build().unwrap();
    let called = sql!("{} ({}, 'x') is null", ident("date_trunc"), ident("some_column"));
    let q = select_from(twins::table).filter(called).select(sql!("1").typed::<i64>());
    let ast::Statement::Select(mut select) = q.to_statement() else { unreachable!("it is a select") };
    let undeclared = ast::Table { name: ast::TableName::new("undeclared"), alias: None };
    select.from = std::iter::once(ast::TableRef::Table(undeclared)).collect();
    assert_eq!(
        db.compile(select.into()).unwrap().0.sql,
        r#"select 1 from "undeclared" where "date_trunc" ("someColumn", 'x') is null"#,
    );
}

/// All shapes, in a database whose columns have each other's names: a column that is missed, or renamed twice, shows.
#[test]
fn names_miss_no_column() {
    on_all(async |fresh| {
        let oracle = Fresh::new(fresh.server).await;
        create(&oracle.db).await;
        let plugged = Db::builder(fresh.url.clone()).plugin(names()).connect().await.unwrap();
        create(&plugged).await;
        let elsewhere = Some((schema_of(fresh).to_owned(), plugged.clone()));
        let tested = Tested {
            name: "name mapping",
            plugged: plugged.clone(),
            plain: plugged,
            elsewhere,
            upserts: Upserts::Update,
            deletes: Deletes::Gone,
        };
        run_all(fresh, &tested, &oracle, |_, _| false).await;
        oracle.drop().await;
    });
}

/// The same behind a plugin that makes conditions and derived tables of its own.
#[test]
fn names_miss_no_column_of_other_plugins() {
    on_all(async |fresh| {
        let oracle = Fresh::new(fresh.server).await;
        create(&oracle.db).await;
        let plugged = Db::builder(fresh.url.clone()).plugin(names()).plugin(SoftDelete::new()).connect().await.unwrap();
        let plain = plugged.without_plugin("soft delete").unwrap();
        create(&plain).await;
        let tested = Tested {
            name: "name mapping and soft delete",
            plugged,
            plain,
            elsewhere: None,
            upserts: Upserts::Update,
            deletes: Deletes::StillThere,
        };
        let refuses = |server, shape: &str| server == Server::Mariadb && shape.starts_with("delete returning");
        run_all(fresh, &tested, &oracle, refuses).await;
        oracle.drop().await;
    });
}

#[test]
fn rows_come_back_by_the_names_of_the_program() {
    on_all(async |fresh| {
        let db = Db::builder(fresh.url.clone())
            .plugin(camel())
            .plugin(SoftDelete::new())
            .plugin(Timestamps::new())
            .connect()
            .await
            .unwrap();
        create_table_for::<Account>().execute(&db).await.unwrap();
        create_table_for::<Login>().execute(&db).await.unwrap();
        let ann = NewAccount::new("Ann", "1 Main St", 7);
        let bob = NewAccount { manager_id: Some(1), ..NewAccount::new("Bob", "2 Main St", 8) };
        insert_into(user_accounts::table).values([ann, bob]).execute(&db).await.unwrap();
        insert_into(login_events::table).values([NewLogin::new(1, 1), NewLogin::new(2, 1)]).execute(&db).await.unwrap();

        let by_id = || select_from(user_accounts::table).order_by(user_accounts::id);
        let all = by_id().fetch_all(&db).await.unwrap();
        assert_eq!(
            (all[0].id, all[0].full_name.as_str(), all[0].address_1.as_str(), all[0].foo_bar),
            (1, "Ann", "1 Main St", 7)
        );
        assert_eq!((all[1].manager_id, all[1].created_at.is_some(), all[1].deleted_at), (Some(1), true, None));
        let by_name: Vec<Account> = by_id().fetch_all_as(&db).await.unwrap();
        assert_eq!(by_name, all);
        // The database has its own names.
        let columns = r#""_id", "fullName", "address_1", "foo__bar", "managerId", "createdAt", "deletedAt""#;
        let quote = if matches!(fresh.server, Server::Mysql9 | Server::Mariadb) { "`" } else { "\"" };
        let text = format!(r#"select {columns} from "userAccounts""#).replace('"', quote);
        let found = fresh.db.fetch(raw(text).into()).await.unwrap();
        assert_eq!(found.len(), 2);

        // A text is written by those, and read by the program's.
        #[derive(Debug, PartialEq, FromRow)]
        struct Name {
            full_name: String,
            #[row(rename = "foo__bar")]
            foo_bar: i64,
        }
        let text = if matches!(fresh.server, Server::Mysql9 | Server::Mariadb) {
            sql!("select fullName, foo__bar from userAccounts where fullName = {}", "Bob")
        } else {
            sql!(r#"select "fullName", "foo__bar" from "userAccounts" where "fullName" = {}"#, "Bob")
        };
        let named: Vec<Name> = text.fetch_all_as(&db).await.unwrap();
        assert_eq!(named, [Name { full_name: "Bob".into(), foo_bar: 8 }]);

        alias!(boss = user_accounts);
        let q = select_from(user_accounts::table)
            .inner_join(boss, user_accounts::manager_id.eq(boss.id))
            .select((user_accounts::full_name, boss.full_name.alias("boss_name")));
        #[derive(Debug, PartialEq, FromRow)]
        struct Managed {
            full_name: String,
            boss_name: String,
        }
        let managed: Vec<Managed> = q.fetch_all_as(&db).await.unwrap();
        assert_eq!(managed, [Managed { full_name: "Bob".into(), boss_name: "Ann".into() }]);

        let counts = select_from(login_events::table)
            .group_by(login_events::account_id)
            .select((login_events::account_id, count_all()));
        let q = with(account_counts::table, counts)
            .select_from(account_counts::table)
            .inner_join(user_accounts::table, user_accounts::id.eq(account_counts::account_id))
            .select((user_accounts::full_name, account_counts::login_count));
        assert_eq!(q.fetch_all(&db).await.unwrap(), [("Ann".to_owned(), 2)]);
        let both = by_id().limit(9).select(user_accounts::full_name);
        let both = both.union(select_from(user_accounts::table).select(user_accounts::address_1));
        let sorted = both.order_by(output("full_name")).limit(2).fetch_all(&db).await.unwrap();
        assert_eq!(sorted, ["1 Main St", "2 Main St"]);

        let again = insert_into(user_accounts::table).values(NewAccount::new("Ann", "x", 9));
        let again = if matches!(fresh.server, Server::Mysql9 | Server::Mariadb) {
            again.on_duplicate_key_update(user_accounts::foo_bar.to(user_accounts::foo_bar + 10))
        } else {
            again
                .on_conflict(user_accounts::full_name)
                .do_update(user_accounts::foo_bar.to(user_accounts::foo_bar + 10))
        };
        again.execute(&db).await.unwrap();
        update(user_accounts::table)
            .set(user_accounts::address_1.to("moved"))
            .filter(user_accounts::full_name.eq("Bob"))
            .execute(&db)
            .await
            .unwrap();
        delete_from(user_accounts::table).filter(user_accounts::foo_bar.eq(17)).execute(&db).await.unwrap();
        let left = by_id().fetch_all(&db).await.unwrap();
        assert_eq!((left.len(), left[0].address_1.as_str()), (1, "moved"));
    });
}

/// Whose columns are told apart by their case, and by an underscore.
#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "twins")]
pub struct Twin {
    pub a_b: i64,
    #[column(name = "aB")]
    pub other: i64,
}

#[test]
fn two_columns_are_never_one() {
    let db = Db::with_driver(Mock::new()).plugin(NameMapping::camel_case()).build().unwrap();
    let refused = |statement: ast::Statement| {
        let error = db.compile(statement).unwrap_err();
        assert!(error.is_invalid());
        super::why(&error)
    };
    let same = "the columns `a_b` and `aB` of `twins` would have the same name in the database";
    // Even where a statement has but one of them: the other one is in the table.
    assert_eq!(refused(select_from(twins::table).select(twins::a_b).to_statement()), same);
    assert_eq!(refused(insert_into(twins::table).values(NewTwin::new(1, 2)).to_statement()), same);
    let by_text = |columns: &[&str]| {
        let item = |name: &&str| {
            let expr = Expr::Column(ast::Column::new(Some("t".into()), *name));
            ast::SelectItem::Expr(ast::SelectExpr { expr, alias: None })
        };
        let table = ast::Table { name: "t".into(), alias: None };
        ast::Statement::from(ast::Select {
            columns: columns.iter().map(item).collect(),
            from: std::iter::once(ast::TableRef::Table(table)).collect(),
            ..ast::Select::default()
        })
    };
    assert!(db.compile(by_text(&["a_b", "a_b", "aC"])).is_ok());
    assert_eq!(
        refused(by_text(&["a_b", "aB"])),
        "the columns `a_b` and `aB` of `t` would have the same name in the database",
    );
    let declared = Db::with_driver(Mock::new()).plugin(NameMapping::new(|_| "x".into())).build().unwrap();
    assert!(declared.compile(select_from(items::table).select(items::id).to_statement()).is_err());
    let undeclared = ast::Expr::Column(ast::Column::new(Some("user_accounts".into()), "fullName"));
    let q = select_from(user_accounts::table).select(user_accounts::id).to_statement();
    let ast::Statement::Select(mut select) = q else { unreachable!() };
    select.filter = Some(undeclared.is_null());
    assert!(refused(select.into()).contains("`full_name` and `fullName` of `user_accounts`"));
}

#[test]
fn two_tables_are_never_one() {
    let db = |tables: fn(&str) -> String| {
        let plugin = NameMapping::new(str::to_owned).tables(tables);
        Db::with_driver(Mock::new()).plugin(plugin).build().unwrap()
    };
    let q = || {
        let other = select_from(twins::table).select(twins::a_b);
        select_from(items::table).filter(items::id.in_(other)).select(items::id).to_statement()
    };
    let error = db(|_| "one".into()).compile(q()).unwrap_err();
    let why = super::why(&error);
    assert_eq!(why, "the tables `twins` and `items` would have the same name in the database");
    assert_eq!(
        db(str::to_uppercase).compile(q()).unwrap().0.sql,
        r#"select "items"."id" from "ITEMS" as "items" where "items"."id" in (select "twins"."a_b" from "TWINS" as "twins")"#,
    );
    // One table, however often.
    alias!(other = items);
    let q = select_from(items::table).cross_join(other).select((items::id, other.id));
    assert!(db(|_| "one".into()).compile(q.to_statement()).is_ok());
}

#[test]
fn a_new_name_is_none_of_a_common_table_expression() {
    alias!(other = items);
    let db = |tables: fn(&str) -> String| {
        let plugin = NameMapping::new(str::to_owned).tables(tables);
        Db::with_driver(Mock::new()).plugin(plugin).build().unwrap()
    };
    let rename = |table: &str| if table == "items" { "twins".into() } else { table.to_owned() };
    let some = || select_from(other).filter(other.id.eq(1)).select((other.id, other.id));
    // What the expression reads is the table, and what is read beside it would be the expression.
    let q = with(twins::table, some()).select_from(items::table);
    let error = db(rename).compile(q.select(items::id).to_statement()).unwrap_err();
    assert_eq!(
        super::why(&error),
        "`items` is to be called `twins`, which is the name of a common table expression there; give that another name"
    );
    let q = with(twins::table, some()).select_from(twins::table).select(twins::a_b);
    assert!(db(rename).compile(q.to_statement()).is_ok());
    let q = with(twins::table, some()).delete_from(items::table).filter(items::id.eq(1));
    assert!(super::why(&db(rename).compile(q.to_statement()).unwrap_err()).contains("is to be called `twins`"));
}

#[tokio::test]
async fn columns_of_a_text_that_would_be_one_are_refused() {
    let db = Db::builder("sqlite::memory:").plugin(NameMapping::camel_case()).connect().await.unwrap();
    let error = db.fetch(raw("select 1 as aB, 2 as a_b".to_owned()).into()).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the plugin `name mapping` refused what came back: the columns `aB` and `a_b` would have the same name here"
    );
    let twice = db.fetch(raw("select 1 as aB, 2 as aB".to_owned()).into()).await.unwrap();
    assert_eq!(twice.columns()[0].name, "a_b");
    let q = select_from(items::table).select(items::id.alias("itemId")).without::<NameMapping>();
    assert_eq!(q.compile(&kysera::dialect::SQLITE).unwrap().sql, r#"select "items"."id" as "itemId" from "items""#);
}

#[test]
fn what_is_left_as_it_is() {
    let sql = r#"select "items"."id" from "items""#;
    let backquoted = sql.replace('"', "`");
    let expected = || Sql { postgres: sql, mysql: &backquoted, mariadb: &backquoted, sqlite: sql, params: &[] };
    check_plugin(names().except(["Items"]), select_from(items::table).select(items::id), expected());
    check_plugin(NameMapping::snake_case(), select_from(items::table).select(items::id), expected());
    let aliased = r#"select "items"."parentId" as "parent_id", max("items"."tenantId") as "tenant_id" from "items" group by "items"."parentId" order by "tenant_id""#;
    let mut statement = select_from(items::table)
        .group_by(items::parent_id)
        .select((items::parent_id, items::tenant_id.max().alias("tenant_id")))
        .to_statement();
    let ast::Statement::Select(select) = &mut statement else { unreachable!() };
    select.order_by.push(ast::OrderItem {
        expr: Expr::Column(ast::Column::new(None, "tenant_id")),
        direction: ast::Direction::Ascending,
        nulls: ast::Nulls::Default,
    });
    let db = Db::with_driver(Mock::new()).plugin(NameMapping::camel_case()).build().unwrap();
    assert_eq!(db.compile(statement).unwrap().0.sql, aliased);
}

#[test]
fn hostile_names_are_names() {
    for hostile in ["a\"; drop table items; --", "a`b", "a.b", "*/", "select"] {
        let plugin = NameMapping::new(move |column| if column == "kind" { hostile.into() } else { column.into() });
        let double = format!("\"{}\"", hostile.replace('"', "\"\""));
        let back = format!("`{}`", hostile.replace('`', "``"));
        check_plugin(
            plugin,
            update(items::table).set(items::kind.to("x")).filter(items::id.eq(1)),
            Sql {
                postgres: &format!(r#"update "items" set {double} = $1 where "items"."id" = $2"#),
                mysql: &format!("update `items` set `items`.{back} = ? where `items`.`id` = ?"),
                mariadb: &format!("update `items` set `items`.{back} = ? where `items`.`id` = ?"),
                sqlite: &format!(r#"update "items" set {double} = ?1 where "items"."id" = ?2"#),
                params: &[Value::from("x"), Value::I64(1)],
            },
        );
    }
}
