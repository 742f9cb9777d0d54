//! The running layer, on a driver that stands in for a server.

#[cfg(all(feature = "sqlite", feature = "postgres", feature = "mysql"))]
mod definitions;
#[cfg(all(feature = "sqlite", feature = "postgres", feature = "mysql", feature = "rust_decimal"))]
mod decimals;
#[cfg(all(feature = "chrono", feature = "time", feature = "jiff"))]
mod instants;
mod fitting;
mod leaks;
mod limits;
pub mod mock;
mod plugins;
mod random;
#[cfg(feature = "sqlite")]
mod sqlite;
mod texts;
mod transactions;

use std::time::Duration;

use futures_util::StreamExt;
use kysera::ast::{
    Cte, Delete, DropTable, Expr, Ident, Raw, RawPart, Select, SelectExpr, SelectItem, Statement, Table, TableName,
};
use kysera::driver::Query;
use kysera::executor::{Access, Request};
use kysera::{Connection, Db, Executor, Transaction, Value};

use self::mock::Mock;

/// A statement of which nobody knows what it does.
fn raw(text: impl Into<String>) -> Statement {
    Raw { parts: [RawPart::Text(text.into().into())].into_iter().collect() }.into()
}

/// `select <text>`
fn select(text: &'static str) -> Select {
    let Statement::Raw(expr) = raw(text) else { unreachable!() };
    Select {
        columns: vec![SelectItem::Expr(SelectExpr { expr: Expr::Raw(expr), alias: None })].into(),
        ..Select::default()
    }
}

/// `delete from t`
fn delete() -> Delete {
    Delete {
        with: Vec::new(),
        from: Table { name: TableName::new("t"), alias: None },
        using: [].into_iter().collect(),
        filter: None,
        all_rows: true,
        returning: Default::default(),
    }
}

fn db(mock: &Mock) -> Db {
    Db::with_driver(mock.clone()).build().unwrap()
}

const LONG: Duration = Duration::from_millis(20);

#[tokio::test]
async fn a_query_takes_a_connection_and_gives_it_back() {
    let mock = Mock::new();
    let db = db(&mock);
    db.execute(raw("insert").into()).await.unwrap();
    assert_eq!(mock.log(), ["1 acquire", "1 execute insert", "1 drop"]);
    let rows = db.fetch(raw("select").into()).await.unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!(mock.log(), ["2 acquire", "2 fetch select", "2 drop"]);
    db.batch("a; b").await.unwrap();
    db.batch_unchecked(&String::from("c; d")).await.unwrap();
    db.prepare(raw("e").into()).await.unwrap();
    assert_eq!(
        mock.log(),
        [
            "3 acquire",
            "3 batch a; b",
            "3 drop",
            "4 acquire",
            "4 batch c; d",
            "4 drop",
            "5 acquire",
            "5 prepare e",
            "5 drop"
        ]
    );
}

#[tokio::test]
async fn what_only_reads_takes_a_reader() {
    let mock = Mock::new();
    let db = db(&mock);
    db.fetch(select("1").into()).await.unwrap();
    assert_eq!(mock.log(), ["1 acquire_reader", "1 fetch select 1", "1 drop"]);
    // Within a transaction there is one connection for all.
    db.transaction(async |trx| trx.fetch(select("1").into()).await).await.unwrap();
    assert_eq!(mock.log(), ["2 acquire", "2 begin", "2 fetch select 1", "2 commit", "2 drop"]);
    // A transaction that only reads is one reader.
    db.build_transaction().read_only().run(async |trx| trx.fetch(raw("a").into()).await).await.unwrap();
    assert_eq!(mock.log(), ["3 acquire_reader", "3 begin read only", "3 fetch a", "3 commit", "3 drop"]);
}

#[test]
fn a_query_reads_unless_something_before_it_writes() {
    let with =
        |statement: Statement| vec![Cte { name: Ident::from("w"), columns: Vec::new(), recursive: false, statement }];
    assert_eq!(Access::of(&select("1").into()), Access::Read);
    assert_eq!(Access::of(&Select { with: with(select("1").into()), ..select("1") }.into()), Access::Read);
    let deleting = Select { with: with(delete().into()), ..select("1") };
    assert_eq!(Access::of(&deleting.clone().into()), Access::Write);
    assert_eq!(Access::of(&Select { with: with(deleting.into()), ..select("1") }.into()), Access::Write);
    assert_eq!(Access::of(&raw("select 1")), Access::Write);
    assert_eq!(Access::of(&delete().into()), Access::Write);
    let drop = DropTable { if_exists: false, name: TableName::new("t"), cascade: false };
    assert_eq!(Access::of(&drop.into()), Access::Define);
}

#[tokio::test]
async fn a_compiled_query_is_sent_as_it_is() {
    let mock = Mock::new();
    let db = db(&mock);
    let (compiled, access) = db.compile(select("1").into()).unwrap();
    assert_eq!(mock.log(), [""; 0]);
    assert_eq!((compiled.sql.as_str(), access), ("select 1", Access::Read));
    for value in [1_i64, 2] {
        let params = [Value::I64(value)];
        db.fetch(Request::Compiled { query: Query { sql: &compiled.sql, params: &params }, access }).await.unwrap();
    }
    let call = "fetch select 1 [<a 64-bit integer>]";
    assert_eq!(
        mock.log(),
        ["1 acquire_reader", &format!("1 {call}"), "1 drop", "2 acquire_reader", &format!("2 {call}"), "2 drop"]
    );
}

#[tokio::test]
async fn a_stream_holds_its_connection_while_it_lives() {
    let mock = Mock::new();
    let db = db(&mock);
    let mut stream = db.stream(raw("rows").into());
    assert_eq!(mock.log(), [""; 0]);
    assert_eq!(stream.next().await.unwrap().unwrap().len(), 1);
    // One batch is read ahead.
    assert_eq!(mock.log(), ["1 acquire", "1 stream rows", "1 batch 1"]);
    drop(stream);
    assert_eq!(mock.log(), ["1 drop"]);
    let batches: Vec<_> = db.stream(raw("rows").into()).collect().await;
    assert_eq!(batches.len(), 3);
    assert_eq!(mock.log(), ["2 acquire", "2 stream rows", "2 batch 1", "2 batch 2", "2 drop"]);
}

#[tokio::test]
async fn a_stream_that_has_ended_stays_ended() {
    let mock = Mock::new().fail("batch 1");
    let db = db(&mock);
    let mut stream = db.stream(raw("rows").into());
    assert!(stream.next().await.unwrap().is_ok());
    assert!(stream.next().await.unwrap().is_err());
    assert!(stream.next().await.unwrap().is_ok());
    assert!(stream.next().await.is_none());
    assert!(stream.next().await.is_none());
}

#[tokio::test]
async fn a_stream_tells_that_there_is_no_connection() {
    let mock = Mock::new();
    let db = db(&mock);
    db.close().await.unwrap();
    let mut stream = db.stream(raw("rows").into());
    assert!(stream.next().await.unwrap().unwrap_err().is_closed());
    assert!(stream.next().await.is_none());
    assert!(db.fetch(raw("rows").into()).await.unwrap_err().is_closed());
    assert!(db.begin().await.unwrap_err().is_closed());
}

#[tokio::test]
async fn an_open_stream_turns_other_statements_away_instead_of_blocking_them() {
    let mock = Mock::new();
    let connection = db(&mock).acquire().await.unwrap();
    let mut stream = connection.stream(raw("rows").into());
    // A stream that was never polled holds nothing.
    connection.execute(raw("a").into()).await.unwrap();
    stream.next().await.unwrap().unwrap();
    let error = connection.execute(raw("b").into()).await.unwrap_err();
    assert!(error.is_invalid(), "{error}");
    assert!(connection.begin().await.unwrap_err().is_invalid());
    drop(stream);
    connection.execute(raw("c").into()).await.unwrap();
    drop(connection);
    assert_eq!(mock.log(), ["1 acquire", "1 execute a", "1 stream rows", "1 batch 1", "1 execute c", "1 drop"]);
}

#[tokio::test]
async fn a_pinned_connection_is_one_connection() {
    let mock = Mock::new();
    let db = db(&mock);
    let connection = db.acquire().await.unwrap();
    assert_eq!(db.status().size, 1);
    connection.execute(raw("a").into()).await.unwrap();
    connection.fetch(select("1").into()).await.unwrap();
    connection.transaction(async |trx| trx.execute(raw("b").into()).await).await.unwrap();
    tokio::try_join!(connection.execute(raw("c").into()), connection.execute(raw("d").into())).unwrap();
    drop(connection);
    assert_eq!(
        mock.log(),
        [
            "1 acquire",
            "1 execute a",
            "1 fetch select 1",
            "1 begin",
            "1 execute b",
            "1 commit",
            "1 execute c",
            "1 execute d",
            "1 drop"
        ]
    );
    assert_eq!(db.status().size, 0);
}

#[tokio::test]
async fn a_statement_that_is_cut_off_gives_its_connection_back() {
    let mock = Mock::new().hang("execute");
    let db = db(&mock);
    assert!(tokio::time::timeout(LONG, db.execute(raw("a").into())).await.is_err());
    assert_eq!(mock.log(), ["1 acquire", "1 execute a", "1 drop"]);
}

/// A function that takes any executor, as a repository does.
async fn anywhere(executor: &dyn Executor, text: &str) -> kysera::Result<u64> {
    Ok(executor.execute(raw(text).into()).await?.rows_affected)
}

#[tokio::test]
async fn one_function_serves_all_executors() {
    let mock = Mock::new();
    let db = db(&mock);
    let connection = db.acquire().await.unwrap();
    let trx = db.begin().await.unwrap();
    let inner = trx.begin().await.unwrap();
    for executor in [&db as &dyn Executor, &connection, &inner] {
        assert_eq!(anywhere(executor, "a").await.unwrap(), 1);
        assert_eq!(executor.spec().name, "PostgreSQL");
    }
}

/// Nothing here runs: that it compiles is the test.
#[test]
fn everything_moves_between_threads() {
    fn send<T: Send>(_: &T) {}
    fn shared<T: Send + Sync + 'static>() {}
    shared::<Db>();
    shared::<Connection>();
    shared::<Transaction<'static>>();
    shared::<Request<'static>>();
    let db = db(&Mock::new());
    send(&db.fetch(raw("a").into()));
    send(&db.stream(raw("a").into()));
    send(&anywhere(&db, "a"));
    send(&db.transaction(async |trx| anywhere(trx, "a").await));
}

#[test]
fn debug_names_driver_and_plugins() {
    let text = format!("{:?}", db(&Mock::new()));
    assert!(text.starts_with("Db { driver: Mock("), "{text}");
}
