//! One filled database on each server, for the tests that leave it as it was: those that prepare, those that read, and
//! those that write within a transaction that is rolled back.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use kysera::{Db, Transaction};
use tokio::sync::{Mutex, OnceCell};

use super::schema;
use super::servers::{Fresh, Server, run};

static DATABASES: [OnceCell<Fresh>; 5] = [const { OnceCell::const_new() }; 5];

/// The filled database of a server.
pub async fn database(server: Server) -> &'static Db {
    let cell = &DATABASES[number(server)];
    let fresh = cell
        .get_or_init(|| async {
            let fresh = Fresh::new(server).await;
            schema::filled(&fresh.db).await.unwrap_or_else(|error| panic!("{}: {error}", server.name()));
            fresh
        })
        .await;
    &fresh.db
}

/// Runs a test that only reads on every server that was asked for.
pub fn reading<F: AsyncFn(Server, &Db)>(test: F) {
    run(async {
        for server in Server::chosen() {
            let db = database(server).await;
            told_where(server, test(server, db)).await;
        }
    });
}

/// Those who write take turns: two transactions that touch the same rows may be a deadlock to a server.
static TURNS: [Mutex<()>; 5] = [const { Mutex::const_new(()) }; 5];

/// Runs a test on every server that was asked for, in a transaction that is rolled back.
pub fn writing<F: AsyncFn(Server, &Transaction<'_>)>(test: F) {
    taking_turns(async |server, db| {
        let transaction = db.begin().await.expect("a transaction");
        test(server, &transaction).await;
        transaction.rollback().await.expect("a rollback");
    });
}

/// Runs a test on every server that was asked for that rolls back all that it writes.
pub fn taking_turns<F: AsyncFn(Server, &Db)>(test: F) {
    reading(async |server, db| {
        let _turn = TURNS[number(server)].lock().await;
        test(server, db).await;
    });
}

fn number(server: Server) -> usize {
    Server::ALL.iter().position(|it| *it == server).expect("a server")
}

async fn told_where(server: Server, test: impl Future<Output = ()>) {
    if let Err(panic) = AssertUnwindSafe(test).catch_unwind().await {
        eprintln!("this was on {}", server.name());
        std::panic::resume_unwind(panic);
    }
}
