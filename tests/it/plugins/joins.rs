//! The same join twice.

use kysera::ast::{self, Expr, Join, JoinKind, Table as TableNode, TableRef};
use kysera::plugin::{Context, DeduplicateJoins, Plugin, SoftDelete};
use kysera::prelude::*;
use kysera::schema::create_table_for;
use kysera::testing::{Sql, check_plugin};
use kysera::{Db, Executor, Value};

use super::shapes::{Item, Mark, NewItem, NewMark, items, marks};
use crate::support::on_all;

/// Adds joins to a query, as parts of a program might.
struct Joins(Vec<Join>);

impl Plugin for Joins {
    fn name(&self) -> &str {
        "joins"
    }

    fn transform(&self, mut statement: ast::Statement, _: &Context<'_>) -> Result<ast::Statement> {
        if let ast::Statement::Select(select) = &mut statement {
            select.joins.extend(self.0.iter().cloned());
        }
        Ok(statement)
    }
}

fn column(table: &str, name: &str) -> Expr {
    Expr::Column(ast::Column::new(Some(table.into()), name))
}

fn own_item() -> Expr {
    column("items", "id").equals(column("marks", "item_id"))
}

fn join(kind: JoinKind, alias: Option<&str>, on: Expr) -> Join {
    let table = TableRef::Table(TableNode { name: "items".into(), alias: alias.map(Into::into) });
    Join { kind, table, on: Some(on) }
}

fn query() -> impl Statement {
    select_from(marks::table).select(marks::id)
}

fn expect(plugin: Joins, sql: &str, params: &[Value]) {
    let backquoted = sql.replace('"', "`").replace("$1", "?").replace("$2", "?");
    check_plugin(
        DeduplicateJoins,
        query().plugin(plugin),
        Sql { postgres: sql, mysql: &backquoted, mariadb: &backquoted, sqlite: &sql.replace('$', "?"), params },
    );
}

#[test]
fn the_same_join_is_joined_once() {
    let one = || join(JoinKind::Inner, None, own_item());
    let other = || join(JoinKind::Left, Some("other"), column("other", "id").equals(1_i64));
    expect(
        Joins(vec![one(), other(), one(), other(), one()]),
        r#"select "marks"."id" from "marks" inner join "items" on "items"."id" = "marks"."item_id" left join "items" as "other" on "other"."id" = $1"#,
        &[Value::I64(1)],
    );
    // Of one table, under two names.
    expect(
        Joins(vec![one(), join(JoinKind::Inner, Some("i"), column("i", "id").equals(column("marks", "item_id")))]),
        r#"select "marks"."id" from "marks" inner join "items" on "items"."id" = "marks"."item_id" inner join "items" as "i" on "i"."id" = "marks"."item_id""#,
        &[],
    );
}

#[test]
fn joins_of_one_name_that_differ_are_refused() {
    let one = || join(JoinKind::Inner, None, own_item());
    let refused = |other: Join, what: &str| {
        let words = format!(
            "error: the plugin `deduplicate joins` refused this select of `marks`: two joins are named `items` and differ in {what}; give one another name by `alias!`"
        );
        check_plugin(
            DeduplicateJoins,
            query().plugin(Joins(vec![one(), other])),
            Sql { postgres: &words, mysql: &words, mariadb: &words, sqlite: &words, params: &[] },
        );
    };
    refused(join(JoinKind::Inner, None, column("items", "id").equals(7_i64)), "their condition");
    refused(join(JoinKind::Left, None, own_item()), "their kind");
    let table = TableRef::Table(TableNode { name: "marks".into(), alias: Some("items".into()) });
    refused(Join { table, ..one() }, "what they join");
    // A value is a part of the condition.
    let seven = || join(JoinKind::Inner, Some("i"), column("i", "id").equals(7_i64));
    let eight = join(JoinKind::Inner, Some("i"), column("i", "id").equals(8_i64));
    let db = kysera::Db::with_driver(crate::running::mock::Mock::new()).plugin(DeduplicateJoins).build().unwrap();
    let compile = |joins: Vec<Join>| {
        let mut statement: ast::Statement = query().tree().into();
        if let ast::Statement::Select(select) = &mut statement {
            select.joins.extend(joins);
        }
        db.compile(statement)
    };
    assert!(compile(vec![seven(), seven()]).is_ok());
    assert!(compile(vec![seven(), eight]).unwrap_err().is_invalid());
    // A joined table that has the name of the first one is not the plugin's business.
    let error =
        compile(vec![Join { table: TableRef::Table(TableNode { name: "marks".into(), alias: None }), ..seven() }]);
    assert!(error.unwrap_err().to_string().contains("two tables of a query are named `marks`"));
}

#[test]
fn joins_within_queries_are_looked_at_and_filtered_once() {
    on_all(async |fresh| {
        create_table_for::<Item>().execute(&fresh.db).await.unwrap();
        create_table_for::<Mark>().execute(&fresh.db).await.unwrap();
        let deleted = NewItem { deleted_at: Some("2026-01-01T00:00:00Z".parse().unwrap()), ..NewItem::new(2, 1, "b") };
        insert_into(items::table).values([NewItem::new(1, 1, "a"), deleted]).execute(&fresh.db).await.unwrap();
        insert_into(marks::table)
            .values([NewMark::new(1, 1, 1), NewMark::new(2, 1, 2)])
            .execute(&fresh.db)
            .await
            .unwrap();
        let db = Db::builder(fresh.url.clone())
            .plugin(SoftDelete::new().only(["items", "marks"]))
            .plugin(DeduplicateJoins)
            .connect()
            .await
            .unwrap();
        let twice = || Joins(vec![join(JoinKind::Inner, None, own_item()), join(JoinKind::Inner, None, own_item())]);
        let found = select_from(marks::table).select(marks::id).plugin(twice()).fetch_all(&db).await.unwrap();
        assert_eq!(found, [1]);
        let mut inner = select_from(marks::table).select(marks::id).to_statement();
        if let ast::Statement::Select(select) = &mut inner {
            select.joins.extend(twice().0);
        }
        let ast::Statement::Select(inner) = inner else { unreachable!() };
        let nested = ast::Select {
            columns: std::iter::once(ast::SelectItem::Expr(ast::SelectExpr { expr: column("d", "id"), alias: None }))
                .collect(),
            from: std::iter::once(TableRef::Derived(ast::Derived {
                query: ast::Query::Select(inner),
                alias: "d".into(),
            }))
            .collect(),
            ..ast::Select::default()
        };
        let (compiled, _) = db.compile(nested.clone().into()).unwrap();
        assert_eq!(compiled.sql.matches("deleted_at").count(), 2, "{}", compiled.sql);
        assert_eq!(db.fetch(ast::Statement::from(nested).into()).await.unwrap().len(), 1);
    });
}

/// Adds them before the database's plugins look at joins.
struct Early(Joins);

impl Plugin for Early {
    fn name(&self) -> &str {
        "early"
    }

    fn priority(&self) -> i32 {
        151
    }

    fn transform(&self, statement: ast::Statement, context: &Context<'_>) -> Result<ast::Statement> {
        self.0.transform(statement, context)
    }
}

#[test]
fn joins_that_a_plugin_of_the_database_adds_are_looked_at_and_filtered() {
    on_all(async |fresh| {
        create_table_for::<Item>().execute(&fresh.db).await.unwrap();
        create_table_for::<Mark>().execute(&fresh.db).await.unwrap();
        let early = Early(Joins(vec![join(JoinKind::Inner, None, own_item())]));
        let plugins = Db::builder(fresh.url.clone()).plugin(early).plugin(DeduplicateJoins).plugin(SoftDelete::new());
        let db = plugins.table(items::table).connect().await.unwrap();
        let joined = select_from(marks::table).inner_join(items::table, items::id.eq(marks::item_id)).select(marks::id);
        let (once, added) = (joined.compile_on(&db).unwrap(), query().compile_on(&db).unwrap());
        assert_eq!(once.sql(), added.sql());
        assert_eq!(once.sql().matches("join").count(), 1);
        assert!(once.sql().contains("deleted_at"), "{}", once.sql());
        assert!(db.fetch(once.request()).await.unwrap().is_empty());
    });
}
