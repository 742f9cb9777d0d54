//! Transactions and savepoints: in which order things happen, which error is told, and what is left behind.

use std::time::Duration;

use futures_util::StreamExt;
use kysera::driver::{BoxFuture, Isolation};
use kysera::{Db, Error, Executor, Result, Transaction};
use tokio::time::timeout;

use super::mock::Mock;
use super::{LONG, anywhere, db, raw};

/// What a test expects of the first and only connection.
fn assert_log(mock: &Mock, calls: &[&str]) {
    let log = mock.log();
    let log: Vec<&str> = log.iter().map(|it| it.strip_prefix("1 ").unwrap_or(it)).collect();
    assert_eq!(log, calls);
}

/// The call that a mock refused.
fn refused(error: &Error) -> &str {
    error.as_database().unwrap_or_else(|| panic!("{error:?}")).code()
}

async fn run(executor: &dyn Executor, text: &str) -> Result<u64> {
    anywhere(executor, text).await
}

/// A program's own error.
#[derive(Debug)]
enum Failure {
    Mine,
    Database(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Database(error)
    }
}

#[tokio::test]
async fn ok_commits_and_err_rolls_back() {
    let mock = Mock::new();
    let db = db(&mock);
    let answer = db.transaction(async |trx| run(trx, "a").await).await.unwrap();
    assert_eq!(answer, 1);
    assert_log(&mock, &["acquire", "begin", "execute a", "commit", "drop"]);

    let mock = Mock::new();
    let error = super::db(&mock)
        .transaction(async |trx| {
            run(trx, "a").await?;
            Err::<(), _>(Error::not_found())
        })
        .await
        .unwrap_err();
    assert!(error.is_not_found());
    assert_log(&mock, &["acquire", "begin", "execute a", "rollback", "drop"]);
}

#[tokio::test]
async fn a_connection_runs_closures_in_transactions_too() {
    let mock = Mock::new();
    let connection = db(&mock).acquire().await.unwrap();
    assert_eq!(connection.transaction(async |trx| run(trx, "a").await).await.unwrap(), 1);
    let outcome: Result<(), Failure> = connection
        .try_transaction(async |trx| {
            run(trx, "b").await?;
            Err(Failure::Mine)
        })
        .await;
    assert!(matches!(outcome, Err(Failure::Mine)));
    drop(connection);
    let calls = ["acquire", "begin", "execute a", "commit", "begin", "execute b", "rollback", "drop"];
    assert_log(&mock, &calls);
}

#[tokio::test]
async fn a_closure_may_have_its_own_error() {
    let mock = Mock::new();
    let outcome: Result<(), Failure> = db(&mock)
        .try_transaction(async |trx| {
            run(trx, "a").await?;
            trx.try_transaction(async |inner| {
                run(inner, "b").await?;
                Err(Failure::Mine)
            })
            .await
        })
        .await;
    assert!(matches!(outcome, Err(Failure::Mine)));
    assert_log(
        &mock,
        &["acquire", "begin", "execute a", "savepoint 1", "execute b", "rollback to 1", "rollback", "drop"],
    );
    let outcome: Result<(), Failure> = db(&Mock::new().fail("commit")).try_transaction(async |_| Ok(())).await;
    assert!(matches!(outcome, Err(Failure::Database(error)) if refused(&error) == "commit"));
}

#[tokio::test]
async fn the_error_of_the_closure_comes_before_that_of_the_rollback() {
    let mock = Mock::new().fail("rollback");
    let outcome = db(&mock).transaction(async |_| Err::<(), _>(Error::not_found())).await;
    assert!(outcome.unwrap_err().is_not_found());
    // The driver rolls back what is given back like this.
    assert_log(&mock, &["acquire", "begin", "rollback", "drop in a transaction"]);
}

#[tokio::test]
async fn a_failing_commit_is_the_error() {
    let mock = Mock::new().fail("commit");
    let error = db(&mock).transaction(async |trx| run(trx, "a").await).await.unwrap_err();
    assert_eq!(refused(&error), "commit");
    assert_log(&mock, &["acquire", "begin", "execute a", "commit", "drop in a transaction"]);
}

#[tokio::test]
async fn a_failing_begin_runs_nothing() {
    let mock = Mock::new().fail("begin");
    let outcome = db(&mock).transaction(async |_| -> Result<()> { panic!("there is no transaction") }).await;
    assert_eq!(refused(&outcome.unwrap_err()), "begin");
    assert_log(&mock, &["acquire", "begin", "drop"]);
}

#[tokio::test]
async fn options_reach_the_driver() {
    let mock = Mock::new();
    let db = db(&mock);
    db.build_transaction().isolation(Isolation::Serializable).run(async |_| Ok(())).await.unwrap();
    assert_log(&mock, &["acquire", "begin serializable", "commit", "drop"]);
    let connection = db.acquire().await.unwrap();
    let trx = connection.build_transaction().isolation(Isolation::RepeatableRead).read_only().begin().await.unwrap();
    trx.rollback().await.unwrap();
    assert!(mock.log().contains(&"2 begin repeatable read read only".to_owned()));
}

#[tokio::test]
async fn savepoints_are_numbered_by_depth() {
    let mock = Mock::new();
    db(&mock)
        .transaction(async |trx| {
            trx.transaction(async |one| {
                one.transaction(async |two| run(two, "a").await).await?;
                one.transaction(async |two| run(two, "b").await).await
            })
            .await?;
            trx.transaction(async |one| run(one, "c").await).await
        })
        .await
        .unwrap();
    assert_log(
        &mock,
        &[
            "acquire",
            "begin",
            "savepoint 1",
            "savepoint 2",
            "execute a",
            "release 2",
            "savepoint 2",
            "execute b",
            "release 2",
            "release 1",
            "savepoint 1",
            "execute c",
            "release 1",
            "commit",
            "drop",
        ],
    );
}

#[tokio::test]
async fn an_inner_error_leaves_the_outer_transaction_alone() {
    let mock = Mock::new();
    let db = db(&mock);
    db.transaction(async |trx| {
        run(trx, "write 1").await?;
        let inner = trx.transaction(async |inner| {
            run(inner, "write 2").await?;
            Err::<(), _>(Error::not_found())
        });
        assert!(inner.await.unwrap_err().is_not_found());
        run(trx, "write 3").await
    })
    .await
    .unwrap();
    assert_eq!(mock.stored().into_iter().collect::<Vec<_>>(), [1, 3]);
}

#[tokio::test]
async fn an_inner_commit_that_fails_is_rolled_back_and_the_outer_goes_on() {
    let mock = Mock::new().fail("release");
    db(&mock)
        .transaction(async |trx| {
            let error = trx.transaction(async |inner| run(inner, "write 1").await).await.unwrap_err();
            assert_eq!(refused(&error), "release 1");
            run(trx, "write 2").await
        })
        .await
        .unwrap();
    assert_log(
        &mock,
        &[
            "acquire",
            "begin",
            "savepoint 1",
            "execute write 1",
            "release 1",
            "rollback to 1",
            "execute write 2",
            "commit",
            "drop",
        ],
    );
}

#[tokio::test]
async fn an_inner_transaction_that_is_cut_off_is_rolled_back_before_the_next_statement() {
    let mock = Mock::new().hang("execute slow");
    db(&mock)
        .transaction(async |trx| {
            let inner = trx.transaction(async |one| {
                run(one, "write 1").await?;
                one.transaction(async |two| run(two, "slow").await).await
            });
            assert!(timeout(LONG, inner).await.is_err());
            run(trx, "write 2").await
        })
        .await
        .unwrap();
    assert_log(
        &mock,
        &[
            "acquire",
            "begin",
            "savepoint 1",
            "execute write 1",
            "savepoint 2",
            "execute slow",
            "rollback to 1",
            "execute write 2",
            "commit",
            "drop",
        ],
    );
    assert_eq!(mock.stored().into_iter().collect::<Vec<_>>(), [2]);
}

#[tokio::test]
async fn an_inner_transaction_that_is_cut_off_is_rolled_back_before_the_commit() {
    let mock = Mock::new().hang("execute slow");
    db(&mock)
        .transaction(async |trx| {
            let inner = trx.transaction(async |inner| {
                run(inner, "write 1").await?;
                run(inner, "slow").await
            });
            tokio::select! {
                _ = inner => panic!("it hangs"),
                () = tokio::time::sleep(LONG) => Ok(()),
            }
        })
        .await
        .unwrap();
    assert_log(
        &mock,
        &["acquire", "begin", "savepoint 1", "execute write 1", "execute slow", "rollback to 1", "commit", "drop"],
    );
    assert!(mock.stored().is_empty());
}

#[tokio::test]
async fn a_savepoint_that_was_cut_off_does_no_harm() {
    let mock = Mock::new().hang("savepoint 2");
    db(&mock)
        .transaction(async |trx| {
            trx.transaction(async |one| {
                run(one, "write 1").await?;
                assert!(timeout(LONG, one.begin()).await.is_err());
                run(one, "write 2").await
            })
            .await
        })
        .await
        .unwrap();
    assert_eq!(mock.stored().into_iter().collect::<Vec<_>>(), [1, 2]);
}

#[tokio::test]
async fn where_the_end_of_an_inner_one_was_cut_off_the_outer_one_is_closed() {
    for (hangs, commits) in [("release", true), ("rollback to", false)] {
        let mock = Mock::new().hang(hangs);
        let outcome = db(&mock)
            .transaction(async |trx| {
                let inner = trx.begin().await?;
                run(&inner, "write 1").await?;
                let end = async { if commits { inner.commit().await } else { inner.rollback().await } };
                assert!(timeout(LONG, end).await.is_err());
                assert!(run(trx, "write 2").await.unwrap_err().is_closed());
                assert!(trx.begin().await.unwrap_err().is_closed());
                Ok(())
            })
            .await;
        assert!(outcome.unwrap_err().is_closed());
        assert!(mock.stored().is_empty());
        assert_eq!(mock.log().last().unwrap(), "1 drop in a transaction");
    }
}

#[tokio::test]
async fn while_an_inner_one_is_open_the_outer_one_refuses() {
    let mock = Mock::new();
    db(&mock)
        .transaction(async |trx| {
            trx.transaction(async |inner| {
                let error = run(trx, "lost").await.unwrap_err();
                assert!(error.is_invalid(), "{error}");
                assert!(trx.begin().await.unwrap_err().is_invalid());
                run(inner, "a").await
            })
            .await?;
            run(trx, "b").await
        })
        .await
        .unwrap();
    assert_log(&mock, &["acquire", "begin", "savepoint 1", "execute a", "release 1", "execute b", "commit", "drop"]);
}

#[tokio::test]
async fn two_inner_ones_at_once_are_refused_and_not_mixed() {
    let mock = Mock::new();
    db(&mock)
        .transaction(async |trx| {
            let inner = |text: &'static str| {
                trx.transaction(async move |inner| {
                    tokio::task::yield_now().await;
                    run(inner, text).await
                })
            };
            let (first, second) = tokio::join!(inner("write 1"), inner("write 2"));
            assert!(first.is_ok() && second.unwrap_err().is_invalid());
            Ok(())
        })
        .await
        .unwrap();
    assert_eq!(mock.stored().into_iter().collect::<Vec<_>>(), [1]);
}

#[tokio::test]
async fn an_inner_one_that_never_ends_keeps_the_outer_one_from_committing() {
    let mock = Mock::new();
    let trx = db(&mock).begin().await.unwrap();
    run(&trx, "write 1").await.unwrap();
    std::mem::forget(trx.begin().await.unwrap());
    assert!(run(&trx, "write 2").await.unwrap_err().is_invalid());
    assert!(trx.commit().await.unwrap_err().is_invalid());
    assert_log(&mock, &["acquire", "begin", "execute write 1", "savepoint 1", "drop in a transaction"]);
    assert!(mock.stored().is_empty());
}

#[tokio::test]
async fn handles_commit_roll_back_and_drop() {
    let mock = Mock::new();
    let db = db(&mock);
    let trx: Transaction<'static> = db.begin().await.unwrap();
    run(&trx, "write 1").await.unwrap();
    let inner = trx.begin().await.unwrap();
    run(&inner, "write 2").await.unwrap();
    inner.rollback().await.unwrap();
    let inner = trx.begin().await.unwrap();
    run(&inner, "write 3").await.unwrap();
    inner.commit().await.unwrap();
    drop(trx.begin().await.unwrap());
    trx.commit().await.unwrap();
    assert_log(
        &mock,
        &[
            "acquire",
            "begin",
            "execute write 1",
            "savepoint 1",
            "execute write 2",
            "rollback to 1",
            "savepoint 1",
            "execute write 3",
            "release 1",
            "savepoint 1",
            "rollback to 1",
            "commit",
            "drop",
        ],
    );
    drop(db.begin().await.unwrap());
    assert_eq!(mock.log(), ["2 acquire", "2 begin", "2 drop in a transaction"]);
    db.begin().await.unwrap().rollback().await.unwrap();
    assert_eq!(mock.log(), ["3 acquire", "3 begin", "3 rollback", "3 drop"]);
}

#[tokio::test]
async fn a_transaction_dropped_on_a_pinned_connection_is_rolled_back_before_the_next_statement() {
    let mock = Mock::new();
    let connection = db(&mock).acquire().await.unwrap();
    let trx = connection.begin().await.unwrap();
    run(&trx, "write 1").await.unwrap();
    assert!(run(&connection, "write 2").await.unwrap_err().is_invalid());
    drop(trx);
    run(&connection, "write 3").await.unwrap();
    assert_log(&mock, &["acquire", "begin", "execute write 1", "rollback", "execute write 3"]);
    assert_eq!(mock.stored().into_iter().collect::<Vec<_>>(), [3]);
}

#[tokio::test]
async fn a_pinned_connection_whose_rollback_fails_is_closed() {
    let mock = Mock::new().fail("rollback");
    let connection = db(&mock).acquire().await.unwrap();
    drop(connection.begin().await.unwrap());
    assert_eq!(refused(&run(&connection, "a").await.unwrap_err()), "rollback");
    assert!(run(&connection, "a").await.unwrap_err().is_closed());
}

#[tokio::test]
async fn a_pinned_connection_whose_commit_fails_goes_on() {
    let mock = Mock::new().fail("commit");
    let connection = db(&mock).acquire().await.unwrap();
    assert!(connection.transaction(async |trx| run(trx, "write 1").await).await.is_err());
    run(&connection, "write 2").await.unwrap();
    assert_eq!(mock.stored().into_iter().collect::<Vec<_>>(), [2]);
}

#[tokio::test]
async fn a_panic_gives_the_connection_back() {
    let mock = Mock::new();
    let db = db(&mock);
    let clone = db.clone();
    let task = tokio::spawn(async move {
        clone
            .transaction(async |trx| {
                trx.transaction(async |inner| {
                    run(inner, "write 1").await?;
                    if true { panic!("in the closure") } else { Ok(()) }
                })
                .await
            })
            .await
    });
    assert!(task.await.unwrap_err().is_panic());
    assert_log(&mock, &["acquire", "begin", "savepoint 1", "execute write 1", "drop in a transaction"]);
    assert_eq!((mock.taken(), mock.stored().len()), (0, 0));
}

#[tokio::test]
async fn a_dropped_future_gives_the_connection_back() {
    for hangs in ["begin", "execute", "commit"] {
        let mock = Mock::new().hang(hangs);
        assert!(timeout(LONG, db(&mock).transaction(async |trx| run(trx, "a").await)).await.is_err());
        assert!(mock.log().last().unwrap().starts_with("1 drop"));
        assert_eq!(mock.taken(), 0);
    }
}

#[tokio::test]
async fn an_aborted_task_gives_the_connection_back() {
    let mock = Mock::new().hang("execute");
    let db = db(&mock);
    let task = tokio::spawn(async move { db.transaction(async |trx| run(trx, "a").await).await });
    tokio::time::sleep(LONG).await;
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
    assert_log(&mock, &["acquire", "begin", "execute a", "drop in a transaction"]);
}

#[tokio::test]
async fn a_stream_in_a_transaction_turns_statements_away() {
    let mock = Mock::new();
    db(&mock)
        .transaction(async |trx| {
            let mut stream = trx.stream(raw("rows").into());
            stream.next().await.unwrap()?;
            // Waiting would last forever: nobody reads the stream meanwhile.
            let second = timeout(Duration::from_secs(5), run(trx, "a")).await.expect("an answer");
            assert!(second.unwrap_err().is_invalid());
            assert!(trx.begin().await.unwrap_err().is_invalid());
            while let Some(batch) = stream.next().await {
                batch?;
            }
            run(trx, "b").await
        })
        .await
        .unwrap();
    assert_log(&mock, &["acquire", "begin", "stream rows", "batch 1", "batch 2", "execute b", "commit", "drop"]);
}

/// What a repository is: a few statements, and whatever runs them.
struct Notes<'a> {
    executor: &'a dyn Executor,
    name: &'a str,
}

impl Notes<'_> {
    async fn save(&self) -> Result<u64> {
        run(self.executor, self.name).await
    }
}

/// Borrowed captures, values moved in and out, other futures within: all of it on a runtime of several threads.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn transactions_are_spawned_with_borrowed_captures() {
    async fn service(db: &Db, names: &[String]) -> Result<u64, Failure> {
        let mut count = 0;
        let all = db
            .transaction(async |trx| {
                for name in names {
                    count += run(trx, name).await?;
                    count += trx.transaction(async |inner| run(inner, name).await).await?;
                }
                Ok(count)
            })
            .await?;
        db.try_transaction(async |trx| if run(trx, &names[0]).await? == 0 { Err(Failure::Mine) } else { Ok(all) }).await
    }

    /// What a program writes for itself around transactions. With `AsyncFn` and `&body` it would not be `Send`.
    async fn twice<T>(db: &Db, body: impl AsyncFnOnce(&Transaction<'_>) -> Result<T> + Clone) -> Result<T> {
        db.transaction(body.clone()).await?;
        db.transaction(body).await
    }

    fn boxed<'a>(db: &'a Db, names: &'a [String]) -> BoxFuture<'a, Result<u64, Failure>> {
        Box::pin(async move {
            twice(db, async |trx| {
                let mut batches = trx.stream(raw("rows").into());
                while let Some(batch) = batches.next().await {
                    batch?;
                }
                let notes = Notes { executor: trx, name: &names[0] };
                trx.transaction(async |inner| Notes { executor: inner, ..notes }.save().await).await?;
                notes.save().await
            })
            .await?;
            service(db, names).await
        })
    }

    let db = db(&Mock::new());
    let names = vec!["a".to_owned(), "b".to_owned()];
    let tasks = (0..8).map(|_| {
        let (db, names) = (db.clone(), names.clone());
        tokio::spawn(async move { boxed(&db, &names).await })
    });
    for task in tasks.collect::<Vec<_>>() {
        assert_eq!(task.await.unwrap().unwrap(), 4);
    }
}
