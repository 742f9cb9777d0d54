//! When plugins begin and end.

use std::sync::{Arc, Mutex};

use kysera::db::Builder;
use kysera::driver::{BoxFuture, Driver};
use kysera::executor::Executor;
use kysera::plugin::{Plugin, Runner};
use kysera::prelude::*;

use crate::running::mock::Mock;
use crate::running::raw;

/// Writes down when it begins and ends, and fails where it is to.
struct Lives {
    name: &'static str,
    log: Arc<Mutex<Vec<String>>>,
    fails: &'static [&'static str],
}

impl Lives {
    fn note(&self, what: &str) -> Result<()> {
        self.log.lock().unwrap().push(format!("{} {what}", self.name));
        if self.fails.contains(&what) { Err(Error::invalid(format!("no {what}"))) } else { Ok(()) }
    }
}

impl Plugin for Lives {
    fn name(&self) -> &str {
        self.name
    }

    fn version(&self) -> Option<&str> {
        Some("1.2")
    }

    fn init<'a>(&'a self, mut runner: Runner<'a>) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            self.note("begins")?;
            runner.execute(raw(format!("first of {}", self.name))).await?;
            runner.execute(raw(format!("second of {}", self.name))).await?;
            Ok(())
        })
    }

    fn shutdown<'a>(&'a self, mut runner: Runner<'a>) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            tokio::task::yield_now().await;
            runner.execute(raw(format!("last of {}", self.name))).await?;
            self.note("ends")
        })
    }
}

type Log = Arc<Mutex<Vec<String>>>;

fn builder(mock: &Mock, fails: [&'static [&'static str]; 3]) -> (Builder<Box<dyn Driver>>, Log) {
    let log = Log::default();
    let builder = Db::with_driver(mock.clone());
    // Added in another order than that in which they run.
    let builder = ["c", "a", "b"]
        .into_iter()
        .zip(fails)
        .fold(builder, |builder, (name, fails)| builder.plugin(Lives { name, log: Arc::clone(&log), fails }));
    (builder, log)
}

fn taken(log: &Log) -> Vec<String> {
    std::mem::take(&mut *log.lock().unwrap())
}

const NONE: &[&str] = &[];

#[tokio::test]
async fn plugins_begin_in_their_order_and_end_in_reverse_once() {
    let mock = Mock::new();
    let (builder, log) = builder(&mock, [NONE; 3]);
    let db = builder.connect().await.unwrap();
    assert_eq!(taken(&log), ["a begins", "b begins", "c begins"]);
    let of_a = ["1 acquire", "1 execute first of a", "1 execute second of a", "1 drop"];
    assert_eq!(mock.log()[..4], of_a, "its statements share a connection");
    db.execute(raw("x").into()).await.unwrap();
    let (other, without) = (db.clone(), db.without_plugin("b").unwrap());
    assert_eq!(
        db.plugins().map(|it| (it.name(), it.version())).collect::<Vec<_>>(),
        [("a", Some("1.2")), ("b", Some("1.2")), ("c", Some("1.2"))]
    );
    assert_eq!(without.plugins().count(), 2);
    assert_eq!(taken(&log), [""; 0]);
    // A handle without a plugin closes the database of all.
    without.close().await.unwrap();
    assert_eq!(taken(&log), ["c ends", "b ends", "a ends"]);
    other.close().await.unwrap();
    assert_eq!(taken(&log), [""; 0]);
    assert!(db.execute(raw("x").into()).await.unwrap_err().is_closed());
}

#[tokio::test]
async fn one_that_cannot_begin_is_named_and_the_others_end() {
    let mock = Mock::new();
    let (builder, log) = builder(&mock, [&["begins"], &["ends"], NONE]);
    let error = builder.connect().await.unwrap_err();
    assert_eq!(taken(&log), ["a begins", "b begins", "c begins", "b ends", "a ends"]);
    let all: Vec<String> = error.all().iter().map(Error::to_string).collect();
    assert_eq!(
        all,
        ["the plugin `c` refused this database: no begins", "the plugin `a` refused the end of this database: no ends"]
    );
    assert!(Executor::execute(&Db::with_driver(mock.clone()).build().unwrap(), raw("x").into()).await.is_err());
    assert_eq!(mock.taken(), 0, "and no connection is left");
}

#[tokio::test]
async fn ex1_all_errors_of_the_end_are_told() {
    let mock = Mock::new();
    let (builder, log) = builder(&mock, [&["ends"], NONE, &["ends"]]);
    let db = builder.connect().await.unwrap();
    taken(&log);
    let error = db.close().await.unwrap_err();
    assert_eq!(taken(&log), ["c ends", "b ends", "a ends"], "one that fails keeps no other from it");
    assert_eq!(
        error.to_string(),
        "2 things went wrong: the plugin `c` refused the end of this database: no ends; \
         the plugin `b` refused the end of this database: no ends"
    );
    assert!(error.all().iter().all(Error::is_invalid));
    assert!(db.execute(raw("x").into()).await.unwrap_err().is_closed(), "the pool is closed all the same");
    let mock = Mock::new().fail("execute last of b");
    let (builder, _) = self::builder(&mock, [NONE; 3]);
    let error = builder.connect().await.unwrap().close().await.unwrap_err();
    let words = error.to_string();
    assert!(words.starts_with("the plugin `b` refused the end of this database: "), "one error is itself: {words}");
    assert_eq!(error.as_database().unwrap().code(), "execute last of b");
}

#[tokio::test]
async fn a_database_that_is_built_at_once_has_no_plugin_that_waits() {
    let mock = Mock::new();
    let (builder, log) = builder(&mock, [NONE; 3]);
    builder.build().unwrap();
    assert_eq!(taken(&log), ["a begins", "b begins", "c begins"]);
    let hangs = Db::with_driver(Mock::new().hang("execute first")).plugin(Lives {
        name: "a",
        log: Log::default(),
        fails: NONE,
    });
    assert!(hangs.build().unwrap_err().to_string().contains("make the database by `connect`"));
}
