//! Plugins that go around statements: where they stand, what they run, and that all of it is stored or nothing.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::StreamExt;
use kysera::ast;
use kysera::driver::{BoxFuture, Outcome};
use kysera::executor::{Executor, Request};
use kysera::plugin::{Answer, Context, LeaveOut, Next, Plugin, Wanted};
use kysera::prelude::*;
use kysera::schema::{column, create_table, create_table_for, drop_table};
use tokio::time::timeout;

use crate::running::mock::Mock;
use crate::running::raw;
use crate::support::on_all;

/// Runs a statement before and one after each text that it goes around.
struct Around(&'static str);

impl Plugin for Around {
    fn name(&self) -> &str {
        self.0
    }

    fn wraps(&self, statement: &ast::Statement, _: &Context<'_>) -> bool {
        !format!("{statement:?}").contains("plain")
    }

    fn around<'a>(&'a self, statement: ast::Statement, mut next: Next<'a>) -> BoxFuture<'a, Result<Answer>> {
        Box::pin(async move {
            next.runner().execute(raw(format!("{} before", self.0))).await?;
            let answer = next.run(statement).await?;
            next.runner().fetch(raw(format!("{} after", self.0))).await?;
            Ok(answer)
        })
    }
}

impl LeaveOut for Around {}

fn open(mock: &Mock, names: &[&'static str]) -> Db {
    let builder = Db::with_driver(mock.clone());
    names.iter().fold(builder, |builder, name| builder.plugin(Around(name))).build().unwrap()
}

const WRAPPED: [&str; 5] =
    ["execute a before", "execute b before", "execute write 1", "fetch b after", "fetch a after"];

/// What connections were asked, without their numbers.
fn asked(mock: &Mock) -> Vec<String> {
    mock.log().into_iter().filter_map(|call| Some(call.split_once(' ')?.1.to_owned())).collect()
}

fn between(first: &[&str], last: &[&str]) -> Vec<String> {
    first.iter().chain(&WRAPPED).chain(last).map(|it| (*it).to_owned()).collect()
}

#[tokio::test]
async fn plugins_go_around_in_their_order_and_in_one_transaction() {
    let mock = Mock::new();
    let db = open(&mock, &["b", "a"]);
    db.execute(raw("write 1").into()).await.unwrap();
    assert_eq!(asked(&mock), between(&["acquire", "begin"], &["commit", "drop"]));
    assert!(mock.stored().contains(&1));

    let pinned = db.acquire().await.unwrap();
    pinned.execute(raw("write 1").into()).await.unwrap();
    assert_eq!(asked(&mock), between(&["acquire", "begin"], &["commit"]));
    pinned.execute(raw("plain").into()).await.unwrap();
    assert_eq!(asked(&mock), ["execute plain"]);

    pinned
        .transaction(async |trx| {
            trx.execute(raw("write 1").into()).await?;
            let inner = trx.begin().await?;
            inner.execute(raw("write 1").into()).await?;
            inner.commit().await
        })
        .await
        .unwrap();
    let inner = between(&["savepoint 2"], &["release 2", "release 1", "commit"]);
    let expected = [between(&["begin", "savepoint 1"], &["release 1", "savepoint 1"]), inner].concat();
    assert_eq!(asked(&mock), expected);
}

#[tokio::test]
async fn nothing_is_added_where_no_plugin_goes_around() {
    let mock = Mock::new();
    let db = open(&mock, &["a"]);
    db.execute(raw("plain").into()).await.unwrap();
    sql!("other").without::<Around>().execute(&db).await.unwrap();
    db.prepare(raw("write 1").into()).await.unwrap();
    let expected = ["acquire", "execute plain", "drop", "acquire", "execute other", "drop", "acquire"];
    assert_eq!(asked(&mock)[..7], expected);
    assert!(mock.stored().is_empty());
    // A query may bring one along.
    let mock = Mock::new();
    let none = Db::with_driver(mock.clone()).build().unwrap();
    let told = Arc::new(Mutex::new(Vec::new()));
    let told_of = |name| Tells(name, told.clone());
    sql!("write 1").plugin(told_of("b")).plugin(told_of("a")).execute(&none).await.unwrap();
    assert_eq!(asked(&mock)[1..4], ["begin", "execute write 1", "commit"]);
    assert_eq!(*told.lock().unwrap(), ["b", "a"], "in the order in which they were added");
}

/// Tells that it goes around a statement.
struct Tells(&'static str, Arc<Mutex<Vec<&'static str>>>);

impl Plugin for Tells {
    fn name(&self) -> &str {
        self.0
    }

    fn wraps(&self, _: &ast::Statement, _: &Context<'_>) -> bool {
        true
    }

    fn around<'a>(&'a self, statement: ast::Statement, mut next: Next<'a>) -> BoxFuture<'a, Result<Answer>> {
        self.1.lock().unwrap().push(self.0);
        Box::pin(async move { next.run(statement).await })
    }
}

#[tokio::test]
async fn rows_and_streams_are_gone_around_too() {
    let mock = Mock::new();
    let db = open(&mock, &["a"]);
    assert_eq!(db.fetch(raw("read").into()).await.unwrap().len(), 1);
    let expected = ["acquire", "begin", "execute a before", "fetch read", "fetch a after", "commit", "drop"];
    assert_eq!(asked(&mock), expected);
    let mut stream = db.stream(raw("read").into());
    assert_eq!(stream.next().await.unwrap().unwrap().len(), 1);
    assert_eq!(asked(&mock), expected, "all is stored before the first row is given");
    assert!(stream.next().await.is_none());
    let mock = Mock::new().fail("fetch a after");
    let db = open(&mock, &["a"]);
    assert!(db.stream(raw("write 1").into()).next().await.unwrap().is_err());
    assert!(mock.stored().is_empty());
}

#[tokio::test]
async fn an_error_on_any_step_takes_everything_back() {
    for failing in ["execute a before", "execute b before", "execute write 1", "fetch b after", "fetch a after"] {
        let mock = Mock::new().fail(failing);
        let db = open(&mock, &["a", "b"]);
        let error = db.execute(raw("write 1").into()).await.unwrap_err();
        assert_eq!(error.as_database().unwrap().code(), failing);
        // An error of the server is as it is; one of the plugin's own statements is the plugin's.
        let expected = failing.split(' ').find(|it| ["a", "b"].contains(it));
        let expected = expected.map(|name| format!("the plugin `{name}` refused this text: "));
        let why = error.as_database().unwrap().to_string();
        assert_eq!(error.to_string(), expected.unwrap_or_default() + &why);
        let log = asked(&mock);
        assert_eq!(log[log.len() - 2..], ["rollback", "drop"], "{failing}");
        // Within a transaction the program may go on, as if the statement had not been.
        db.transaction(async |trx| {
            trx.execute(raw("plain").into()).await?;
            assert!(trx.execute(raw("write 1").into()).await.is_err());
            trx.execute(raw("plain write").into()).await
        })
        .await
        .unwrap();
        let log = asked(&mock);
        assert_eq!(log[log.len() - 4..], ["rollback to 1", "execute plain write", "commit", "drop"], "{failing}");
        assert!(mock.stored().is_empty(), "{failing}");
    }
    for failing in ["begin", "commit"] {
        let mock = Mock::new().fail(failing);
        let error = open(&mock, &["a"]).execute(raw("write 1").into()).await.unwrap_err();
        assert_eq!(error.as_database().unwrap().code(), failing);
        assert!(mock.stored().is_empty());
    }
    // That the rollback fails too does not hide why.
    let mock = Mock::new().fail("execute write 1").fail("rollback");
    let error = open(&mock, &["a"]).execute(raw("write 1").into()).await.unwrap_err();
    assert_eq!(error.as_database().unwrap().code(), "execute write 1");
}

/// Says something else of what failed.
struct Translates;

impl Plugin for Translates {
    fn name(&self) -> &str {
        "translates"
    }

    fn wraps(&self, _: &ast::Statement, _: &Context<'_>) -> bool {
        true
    }

    fn around<'a>(&'a self, statement: ast::Statement, mut next: Next<'a>) -> BoxFuture<'a, Result<Answer>> {
        Box::pin(async move {
            next.run(statement).await.map_err(|error| {
                // What it is given is the error of the server, and may be asked as such.
                assert_eq!(error.as_database().unwrap().code(), "execute write 1");
                assert_eq!(error.all().len(), 1);
                Error::invalid("the quota is used up")
            })
        })
    }
}

#[tokio::test]
async fn an_error_of_a_plugins_own_names_it_also_where_something_else_failed_before() {
    let mock = Mock::new().fail("execute write 1");
    let db = Db::with_driver(mock).plugin(Around("a")).plugin(Translates).plugin(Around("z")).build().unwrap();
    let error = db.execute(raw("write 1").into()).await.unwrap_err();
    assert_eq!(error.to_string(), "the plugin `translates` refused this text: the quota is used up");
    assert!(error.is_invalid());
}

#[tokio::test]
async fn what_is_cancelled_is_taken_back() {
    let hanging = ["begin", "execute a before", "execute write 1", "fetch a after", "commit"];
    for hanging in hanging {
        let mock = Mock::new().hang(hanging);
        let db = open(&mock, &["a"]);
        let cancelled = timeout(Duration::from_millis(20), db.execute(raw("write 1").into())).await;
        assert!(cancelled.is_err(), "{hanging}");
        let in_transaction = asked(&mock).last().unwrap().clone();
        assert_eq!(in_transaction, if hanging == "commit" { "drop" } else { "drop in a transaction" });
        assert_eq!(mock.stored().is_empty(), hanging != "commit", "{hanging}");
    }
    for hanging in ["execute a before", "execute write 1", "fetch a after"] {
        let mock = Mock::new().hang(hanging);
        let db = open(&mock, &["a"]);
        let pinned = db.acquire().await.unwrap();
        assert!(timeout(Duration::from_millis(20), pinned.execute(raw("write 1").into())).await.is_err());
        pinned.execute(raw("plain").into()).await.unwrap();
        let log = asked(&mock);
        assert_eq!(log[log.len() - 2..], ["rollback", "execute plain"], "{hanging}");
        let trx = pinned.begin().await.unwrap();
        assert!(timeout(Duration::from_millis(20), trx.execute(raw("write 1").into())).await.is_err());
        trx.execute(raw("plain").into()).await.unwrap();
        trx.commit().await.unwrap();
        let log = asked(&mock);
        assert_eq!(log[log.len() - 3..], ["rollback to 1", "execute plain", "commit"], "{hanging}");
        assert!(mock.stored().is_empty(), "{hanging}");
    }
}

/// Answers by itself, in the form it was made with.
struct Answers(Wanted);

impl Plugin for Answers {
    fn name(&self) -> &str {
        "answers"
    }

    fn wraps(&self, _: &ast::Statement, _: &Context<'_>) -> bool {
        true
    }

    fn around<'a>(&'a self, statement: ast::Statement, mut next: Next<'a>) -> BoxFuture<'a, Result<Answer>> {
        Box::pin(async move {
            Ok(match self.0 {
                Wanted::Outcome => Answer::Outcome(Outcome::new(7, None)),
                Wanted::Rows => Answer::Rows(next.fetch(statement).await?),
            })
        })
    }
}

#[tokio::test]
async fn a_plugin_may_answer_by_itself_in_the_form_that_is_wanted() {
    let mock = Mock::new();
    let db = Db::with_driver(mock.clone()).plugin(Answers(Wanted::Outcome)).build().unwrap();
    assert_eq!(db.execute(raw("write 1").into()).await.unwrap().rows_affected, 7);
    let error = db.fetch(raw("write 1").into()).await.unwrap_err();
    assert!(error.is_invalid(), "{error}");
    let why = "a plugin that goes around the statement answered in another form than was wanted";
    assert_eq!(error.to_string(), format!("the plugin `answers` refused this text: {why}"));
    assert!(!asked(&mock).contains(&"execute write 1".to_owned()));
    let db = Db::with_driver(mock.clone()).plugin(Answers(Wanted::Rows)).build().unwrap();
    assert!(db.execute(raw("write 1").into()).await.unwrap_err().is_invalid());
    assert!(mock.stored().is_empty(), "what was not answered as wanted is not stored");
}

#[tokio::test]
async fn compiled_requests_are_text() {
    let mock = Mock::new();
    let db = open(&mock, &["a"]);
    let query = kysera::driver::Query { sql: "write 1", params: &[] };
    db.execute(Request::Compiled { query, access: kysera::executor::Access::Write }).await.unwrap();
    assert_eq!(asked(&mock), ["acquire", "execute write 1", "drop"]);
}

#[derive(Clone, Debug, PartialEq, Table)]
#[table(name = "notes")]
pub struct Note {
    #[column(primary_key)]
    pub id: i64,
}

/// Inserts a second note after the first, which may be there already.
struct Twice;

impl Plugin for Twice {
    fn name(&self) -> &str {
        "twice"
    }

    fn wraps(&self, statement: &ast::Statement, _: &Context<'_>) -> bool {
        matches!(statement, ast::Statement::Insert(_))
    }

    fn around<'a>(&'a self, statement: ast::Statement, mut next: Next<'a>) -> BoxFuture<'a, Result<Answer>> {
        Box::pin(async move {
            let answer = next.run(statement).await?;
            next.runner().execute(insert_into(notes::table).values(NewNote::new(100)).to_statement()).await?;
            Ok(answer)
        })
    }
}

#[test]
fn ex5_all_or_nothing_on_every_server() {
    on_all(async |fresh| {
        create_table_for::<Note>().execute(&fresh.db).await.unwrap();
        let db = Db::builder(fresh.url.clone()).plugin(Twice).connect().await.unwrap();
        let note = |id| insert_into(notes::table).values(NewNote::new(id));
        let all = async || select_from(notes::table).order_by(notes::id).select(notes::id).fetch_all(&fresh.db).await;
        note(1).execute(&db).await.unwrap();
        assert_eq!(all().await.unwrap(), [1, 100]);
        assert!(note(2).execute(&db).await.unwrap_err().is_unique_violation());
        assert_eq!(all().await.unwrap(), [1, 100]);
        db.transaction(async |trx| {
            update(notes::table).set(notes::id.to(3)).filter(notes::id.eq(1)).execute(trx).await?;
            let error = note(2).execute(trx).await.unwrap_err();
            assert!(error.is_unique_violation(), "{error}");
            // PostgreSQL too goes on, since the error stayed within a savepoint.
            delete_from(notes::table).filter(notes::id.eq(100)).execute(trx).await?;
            note(4).execute(trx).await
        })
        .await
        .unwrap();
        assert_eq!(all().await.unwrap(), [3, 4, 100]);
        let rolled_back = db.transaction(async |trx| {
            delete_from(notes::table).all_rows().execute(trx).await?;
            note(5).execute(trx).await?;
            Err::<(), _>(Error::invalid("no"))
        });
        assert!(rolled_back.await.is_err());
        assert_eq!(all().await.unwrap(), [3, 4, 100]);
        let pinned = db.acquire().await.unwrap();
        assert!(note(6).execute(&pinned).await.is_err());
        assert_eq!(select_from(notes::table).fetch_all(&pinned).await.unwrap().len(), 3);
        drop(pinned);
        db.close().await.unwrap();
    });
}

/// Does what it should not.
#[derive(Clone, Copy)]
enum Unruly {
    SendsAnother,
    SendsItsOwn,
    DefinesByRunner,
    DefinesInstead,
    Swallows,
}

impl Plugin for Unruly {
    fn name(&self) -> &str {
        "unruly"
    }

    fn wraps(&self, statement: &ast::Statement, _: &Context<'_>) -> bool {
        matches!(statement, ast::Statement::Insert(_))
    }

    fn around<'a>(&'a self, statement: ast::Statement, mut next: Next<'a>) -> BoxFuture<'a, Result<Answer>> {
        let other = || insert_into(notes::table).values(NewNote::new(200)).to_statement();
        let definition = || create_table("others").column(column("id", ast::DataType::Integer)).to_statement();
        Box::pin(async move {
            match self {
                Self::SendsAnother => next.run(other()).await,
                Self::SendsItsOwn => {
                    next.runner().execute(other()).await?;
                    next.run(statement).await
                }
                Self::DefinesByRunner => {
                    let answer = next.run(statement).await?;
                    next.runner().execute(definition()).await?;
                    Ok(answer)
                }
                Self::DefinesInstead => {
                    next.runner().execute(other()).await?;
                    next.run(definition()).await
                }
                Self::Swallows => {
                    next.runner().execute(other()).await?;
                    let answer = next.execute(statement).await;
                    Ok(Answer::Outcome(answer.unwrap_or(Outcome::new(0, None))))
                }
            }
        })
    }
}

#[test]
fn what_a_plugin_may_not_send_is_not_stored() {
    on_all(async |fresh| {
        create_table_for::<Note>().execute(&fresh.db).await.unwrap();
        let note = |id| insert_into(notes::table).values(NewNote::new(id));
        note(1).execute(&fresh.db).await.unwrap();
        let all = async || select_from(notes::table).order_by(notes::id).select(notes::id).fetch_all(&fresh.db).await;
        // What a query brings along sends no other statement than that of the query.
        for (unruly, words) in [
            (Unruly::SendsAnother, "goes around its statement and sends no other"),
            (Unruly::SendsItsOwn, "sends no statements of its own"),
        ] {
            let error = note(2).plugin(unruly).execute(&fresh.db).await.unwrap_err();
            assert!(error.is_invalid() && error.to_string().contains(words), "{error}");
            assert!(error.to_string().contains("the plugin `unruly` refused this insert"), "{error}");
            assert_eq!(all().await.unwrap(), [1]);
        }
        // Nothing ends the transaction that the statement and what is done around it are in.
        for unruly in [Unruly::DefinesByRunner, Unruly::DefinesInstead] {
            let db = Db::builder(fresh.url.clone()).plugin(unruly).connect().await.unwrap();
            let done = note(2).execute(&db).await;
            if db.spec().definitions_in_transaction {
                done.unwrap();
                drop_table("others").execute(&fresh.db).await.unwrap();
                delete_from(notes::table).filter(notes::id.ne(1)).execute(&fresh.db).await.unwrap();
            } else {
                assert!(done.unwrap_err().is_unsupported());
            }
            assert_eq!(all().await.unwrap(), [1]);
            db.close().await.unwrap();
        }
        // Who answers in place of an error stores nothing.
        let db = Db::builder(fresh.url.clone()).plugin(Unruly::Swallows).connect().await.unwrap();
        let error = note(1).execute(&db).await.unwrap_err();
        assert!(error.to_string().contains("it answers though what it goes around has failed"), "{error}");
        assert_eq!(all().await.unwrap(), [1]);
        db.close().await.unwrap();
    });
}
