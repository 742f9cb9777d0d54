//! What tests of plugins are written with.

use std::panic::catch_unwind;

use kysera::Value;
use kysera::ast::{self, Operation};
use kysera::plugin::{Context, Plugin};
use kysera::prelude::*;
use kysera::testing::{NoOp, Spy, Sql, check_plugin};

use super::contract::same_box;
use super::shapes::{copies, items, shapes};
use crate::running::mock::Mock;

/// Has every query give one row.
struct First;

impl Plugin for First {
    fn name(&self) -> &str {
        "first"
    }

    fn transform(&self, mut statement: ast::Statement, _: &Context<'_>) -> Result<ast::Statement> {
        match &mut statement {
            ast::Statement::Select(select) => select.limit = Some(1_i64.into()),
            ast::Statement::Delete(_) => return Err(Error::invalid("nothing is first")),
            _ => {}
        }
        Ok(statement)
    }
}

const EXPECTED: Sql<'static> = Sql {
    postgres: r#"select "items"."id" from "items" limit $1"#,
    mysql: "select `items`.`id` from `items` limit ?",
    mariadb: "select `items`.`id` from `items` limit ?",
    sqlite: r#"select "items"."id" from "items" limit ?1"#,
    params: &[Value::I64(1)],
};

fn query() -> impl Statement + std::panic::UnwindSafe {
    select_from(items::table).select(items::id)
}

/// What a failing check says.
fn report(expected: Sql<'static>) -> String {
    let panic =
        catch_unwind(|| check_plugin(First, select_from(items::table).select(items::id), expected)).unwrap_err();
    panic.downcast_ref::<String>().unwrap().clone()
}

#[test]
fn a_difference_is_shown_where_it_begins() {
    check_plugin(First, query(), EXPECTED);
    let report = report(Sql { mysql: "select `items`.`id` from `items`", params: &[Value::I32(2)], ..EXPECTED });
    let expected = "the plugin `first` makes something else of the query
PostgreSQL: bound is [1 (a 64-bit integer)]
PostgreSQL, and expected is [2 (a 32-bit integer)]
MySQL:
  expected: select `items`.`id` from `items`
  found:    select `items`.`id` from `items` limit ?
                                            ^
";
    assert!(report.starts_with(expected), "{report}");
    assert!(report.contains("SQLite: bound is") && !report.contains("SQLite:\n"), "{report}");
}

#[test]
fn a_refusal_is_an_answer_too() {
    let words = "error: the plugin `first` refused this delete of `items`: nothing is first";
    check_plugin(
        First,
        delete_from(items::table).all_rows(),
        Sql { postgres: words, mysql: words, mariadb: words, sqlite: words, params: &[] },
    );
    let limit = "error: MySQL has no `returning` on `insert`; read the row back by its key or `last_insert_id`";
    let sql = r#"insert into "copies" ("id") values ($1) returning "copies"."id""#;
    check_plugin(
        NoOp,
        insert_into(copies::table).set(copies::id.to(1)).returning(copies::id),
        Sql {
            postgres: sql,
            mysql: limit,
            mariadb: &sql.replace('"', "`").replace("$1", "?"),
            sqlite: &sql.replace('$', "?"),
            params: &[Value::I64(1)],
        },
    );
}

#[test]
fn ex1_no_plugin_and_a_no_op_leave_the_tree_as_it_is() {
    let spy = Spy::new();
    let db = Db::with_driver(Mock::new()).plugin(NoOp).plugin(spy.clone()).build().unwrap();
    let plain = Db::with_driver(Mock::new()).build().unwrap();
    for shape in shapes("main") {
        let before = plain.compile(shape.statement.clone()).map(|(compiled, _)| compiled);
        let after = db.compile(shape.statement.clone()).map(|(compiled, _)| compiled);
        assert_eq!(before.ok(), after.ok(), "{}", shape.name);
        let seen = spy.take();
        assert!(same_box(&seen[0].statement, &shape.statement), "{}", shape.name);
    }
}

#[tokio::test]
async fn a_spy_sees_what_runs() {
    let spy = Spy::new();
    let db = Db::with_driver(Mock::new()).plugin(spy.clone()).plugin(First).build().unwrap();
    let _ = query().tree();
    let _ = db.fetch(query().to_request()).await;
    update(items::table).set(items::kind.to("secret")).all_rows().execute(&db).await.unwrap();
    insert_into(copies::table).default_values().without::<Spy>().execute(&db).await.unwrap();
    assert!(delete_from(items::table).all_rows().execute(&db).await.is_err());
    // It runs last, and one that is refused before does not reach it.
    assert_eq!((spy.seen().len(), spy.of(Operation::Select).len(), spy.of_table("items").len()), (2, 1, 2));
    let select = &spy.of(Operation::Select)[0];
    assert_eq!((select.table.as_deref(), select.sql.as_str()), (Some("items"), EXPECTED.postgres));
    assert_eq!(spy.take().len(), 2);
    assert!(spy.seen().is_empty());
    let unsaid = ast::Statement::from(ast::Select::default());
    assert!(db.compile(unsaid).is_err());
    assert!(spy.take()[0].sql.starts_with("error: a `select` without columns"));
}
