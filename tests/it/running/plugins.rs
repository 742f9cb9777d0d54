//! What plugins do to statements, and what becomes of their errors.

use std::error::Error as _;

use kysera::ast::{Raw, RawPart, Shared, Statement};
use kysera::plugin::{Context, Plugin};
use kysera::{Db, Error, Executor, Result};

use super::mock::Mock;
use super::{delete, raw, select};

/// Writes its name behind each statement.
struct Sign(&'static str);

impl Plugin for Sign {
    fn name(&self) -> &str {
        self.0
    }

    fn transform(&self, statement: Statement, context: &Context<'_>) -> Result<Statement> {
        let Statement::Raw(mut raw) = statement else { return Ok(statement) };
        raw.parts.push(RawPart::Text(format!(" {}@{}", self.0, context.spec().name).into()));
        Ok(Statement::Raw(raw))
    }
}

/// Keeps rows from being deleted.
struct Keep;

impl Plugin for Keep {
    fn name(&self) -> &str {
        "keep"
    }

    fn transform(&self, statement: Statement, _: &Context<'_>) -> Result<Statement> {
        match statement {
            Statement::Delete(_) => Err(Error::invalid("nothing is deleted here")),
            statement => Ok(statement),
        }
    }
}

/// Puts another statement in place of each select.
struct Replace;

impl Plugin for Replace {
    fn name(&self) -> &str {
        "replace"
    }

    fn transform(&self, statement: Statement, _: &Context<'_>) -> Result<Statement> {
        Ok(match statement {
            Statement::Select(_) => raw("other"),
            statement => statement,
        })
    }
}

#[tokio::test]
async fn plugins_run_in_the_order_of_their_registration() {
    let mock = Mock::new();
    let db = Db::with_driver(mock.clone()).plugin(Sign("a")).plugin(Sign("b")).build().unwrap();
    let signed = "x a@PostgreSQL b@PostgreSQL";
    db.execute(raw("x").into()).await.unwrap();
    db.transaction(async |trx| {
        trx.transaction(async |inner| inner.execute(raw("x").into()).await).await?;
        trx.fetch(raw("x").into()).await
    })
    .await
    .unwrap();
    db.acquire().await.unwrap().prepare(raw("x").into()).await.unwrap();
    let log = mock.log();
    for call in ["1 execute", "2 execute", "2 fetch", "3 prepare"] {
        assert!(log.contains(&format!("{call} {signed}")), "{call} is not in {log:?}");
    }
    assert_eq!(db.compile(raw("x")).unwrap().0.sql, signed);
}

#[tokio::test]
async fn the_tree_of_others_stays_as_it_is() {
    let db = Db::with_driver(Mock::new()).plugin(Sign("a")).build().unwrap();
    let tree = Shared::new(Raw { parts: [RawPart::Text("x".into())].into_iter().collect() });
    let before = Raw::clone(&tree);
    db.execute(tree.clone().into()).await.unwrap();
    assert_eq!(*tree, before);
}

#[tokio::test]
async fn an_error_of_a_plugin_names_it_and_nothing_is_sent() {
    let mock = Mock::new();
    let db = Db::with_driver(mock.clone()).plugin(Keep).build().unwrap();
    let error = db.execute(delete().into()).await.unwrap_err();
    assert_eq!(error.to_string(), "the plugin `keep` refused this delete of `t`: nothing is deleted here");
    assert!(error.source().is_none(), "all of it is told");
    assert!(error.is_invalid());
    assert!(db.fetch(delete().into()).await.is_err());
    assert!(futures_util::StreamExt::next(&mut db.stream(delete().into())).await.unwrap().is_err());
    assert_eq!(mock.log(), [""; 0]);
}

#[tokio::test]
async fn what_a_plugin_made_is_what_takes_the_connection() {
    let mock = Mock::new();
    let db = Db::with_driver(mock.clone()).plugin(Replace).build().unwrap();
    db.fetch(select("1").into()).await.unwrap();
    assert_eq!(mock.log(), ["1 acquire", "1 fetch other", "1 drop"]);
}

#[tokio::test]
async fn text_passes_plugins_by() {
    let mock = Mock::new();
    let db = Db::with_driver(mock.clone()).plugin(Sign("a")).build().unwrap();
    db.batch("x").await.unwrap();
    assert_eq!(mock.log()[1], "1 batch x");
}

#[test]
fn debug_names_plugins() {
    let db = Db::with_driver(Mock::new()).plugin(Keep).plugin(Replace).build().unwrap();
    assert!(format!("{db:?}").ends_with("plugins: [keep, replace] }"));
}
