//! Many who write the same rows at once: the log tells all of it, in its order.

use std::collections::BTreeMap;
use std::time::Duration;

use kysera::Executor;
use kysera::ast::{self, Operation};
use kysera::driver::Isolation;
use kysera::plugin::Audit;
use kysera::prelude::*;

use super::{NewPair, Pair, entries, names_key, pairs, prepared};
use crate::support::servers::Fresh;
use crate::support::{Random, Server, on_all, on_each};

const WRITERS: u64 = 6;
const STATEMENTS: usize = 40;

/// Whether somebody else was in the way, so that it is tried again.
fn is_beaten(error: &Error) -> bool {
    error.is_serialization_failure() || error.is_lock_timeout() || error.is_unique_violation()
}

async fn write(random: &mut Random, upserts_name_key: bool, executor: &dyn Executor) -> Result<()> {
    let key = |random: &mut Random| random.below(6) as i64;
    let value = random.below(1_000_000) as i64;
    let (one, other) = (key(random), key(random));
    let rows = if one == other { vec![one] } else { vec![one, other] };
    let rows = || rows.iter().map(|it| NewPair::new(*it, "x", value)).collect::<Vec<_>>();
    match random.below(5) {
        0 => insert_into(pairs::table).values(rows()).execute(executor).await,
        1 if upserts_name_key => {
            let q = insert_into(pairs::table).values(rows()).on_conflict((pairs::left, pairs::right));
            q.do_update(pairs::value.to(pairs::value.excluded_value())).execute(executor).await
        }
        1 => {
            let q = insert_into(pairs::table).values(rows());
            q.on_duplicate_key_update(pairs::value.to(pairs::value.excluded_value())).execute(executor).await
        }
        2 => insert_into(pairs::table).values(rows()).on_conflict_do_nothing().execute(executor).await,
        // A filter by what others change.
        3 => {
            let q = update(pairs::table).set(pairs::value.to(pairs::value + 1));
            q.filter(pairs::value.gt(value / 2)).execute(executor).await
        }
        _ => delete_from(pairs::table).filter(pairs::left.in_([one, other])).execute(executor).await,
    }?;
    Ok(())
}

/// Each change begins where the one before it of the same row ended, and the last of them is the row.
async fn is_whole(fresh: &Fresh, audit: &Audit) {
    let mut rows: BTreeMap<String, String> = BTreeMap::new();
    let mut changes = 0;
    for entry in entries(audit, &fresh.db).await {
        let before = rows.remove(entry.key());
        assert_eq!(entry.before(), before.as_deref(), "{} {} {}", entry.id(), entry.operation(), entry.key());
        assert_eq!(entry.operation() == Operation::Delete, entry.after().is_none());
        if let Some(after) = entry.after() {
            rows.insert(entry.key().to_owned(), after.to_owned());
        }
        changes += 1;
    }
    assert!(changes > 50, "{changes}");
    let found = select_from(pairs::table).order_by(pairs::left).fetch_all(&fresh.db).await.unwrap();
    let found = found.into_iter().map(|Pair { left, right, value }| {
        (format!("[{left},\"{right}\"]"), format!("{{\"left\":{left},\"right\":\"{right}\",\"value\":{value}}}"))
    });
    assert_eq!(found.collect::<BTreeMap<_, _>>(), rows);
}

#[test]
fn au13_the_log_of_concurrent_writers_gives_the_table() {
    on_all(async |fresh| {
        let audit = Audit::new();
        let db = prepared(fresh, &audit).await;
        let upserts_name_key = names_key(fresh.server);
        let writers = (0..WRITERS).map(|writer| {
            let db = db.clone();
            tokio::spawn(async move {
                let mut random = Random::new(writer + 1);
                for round in 0..STATEMENTS {
                    let outcome = match round % 3 {
                        0 => write(&mut random, upserts_name_key, &db).await,
                        1 => {
                            let transaction = db.build_transaction().isolation(Isolation::ReadCommitted);
                            transaction.run(async |trx| write(&mut random, upserts_name_key, trx).await).await
                        }
                        _ => {
                            let transaction = db.build_transaction().isolation(Isolation::RepeatableRead);
                            let run = transaction.run(async |trx| {
                                write(&mut random, upserts_name_key, trx).await?;
                                write(&mut random, upserts_name_key, trx).await
                            });
                            run.await
                        }
                    };
                    match outcome {
                        Err(error) if !is_beaten(&error) => panic!("{error}: {:?}", std::error::Error::source(&error)),
                        Ok(()) | Err(_) => {}
                    }
                }
            })
        });
        for writer in writers.collect::<Vec<_>>() {
            writer.await.unwrap();
        }
        is_whole(fresh, &audit).await;
    });
}

async fn number(executor: &dyn Executor, query: &ast::Statement) -> i64 {
    let mut rows = executor.fetch(query.clone().into()).await.unwrap();
    rows.iter_mut().next().unwrap().reader().read().unwrap()
}

/// An upsert neither reads nor inserts a row that another transaction has inserted in between, and must not update it unseen.
#[test]
fn a_row_that_another_transaction_inserts_in_between_is_noticed() {
    on_each(&[Server::Postgres15, Server::Postgres18], async |fresh| {
        let audit = Audit::new();
        let db = prepared(fresh, &audit).await;
        let other = fresh.db.begin().await.unwrap();
        insert_into(pairs::table).values(NewPair::new(1, "x", 1)).execute(&other).await.unwrap();
        let own = number(&other, &sql!("select cast(pg_backend_pid() as bigint)").to_statement()).await;
        let upsert = tokio::spawn(async move {
            let q = insert_into(pairs::table).values([NewPair::new(1, "x", 2), NewPair::new(2, "x", 2)]);
            let q = q.on_conflict((pairs::left, pairs::right));
            q.do_update(pairs::value.to(pairs::value.excluded_value())).execute(&db).await
        });
        let waiting =
            sql!("select count(*) from pg_stat_activity where {} = any(pg_blocking_pids(pid))", own).to_statement();
        // It has looked for the row, found none, and waits for what becomes of its key.
        while number(&fresh.db, &waiting).await == 0 {
            assert!(!upsert.is_finished(), "it waits");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        other.commit().await.unwrap();
        let error = upsert.await.unwrap().unwrap_err();
        assert!(error.is_serialization_failure(), "{error}");
        let found = select_from(pairs::table).fetch_all(&fresh.db).await.unwrap();
        assert_eq!(found, [Pair { left: 1, right: "x".into(), value: 1 }]);
        assert!(entries(&audit, &fresh.db).await.is_empty());
    });
}
