//! One filled database on each server, for the tests that leave it as it was: those that prepare, those that read, and
//! those that write within a transaction that is rolled back.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use kysera::{Db, Transaction};
use tokio::sync::OnceCell;

use super::schema;
use super::servers::{Fresh, Server, run};

static DATABASES: [OnceCell<Fresh>; 5] = [const { OnceCell::const_new() }; 5];

/// The filled database of a server.
pub async fn database(server: Server) -> &'static Db {
    let cell = &DATABASES[Server::ALL.iter().position(|it| *it == server).expect("a server")];
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

/// Runs a test on every server that was asked for, in a transaction that is rolled back.
pub fn writing<F: AsyncFn(Server, &Transaction<'_>)>(test: F) {
    run(async {
        for server in Server::chosen() {
            let transaction = database(server).await.begin().await.expect("a transaction");
            told_where(server, test(server, &transaction)).await;
            transaction.rollback().await.expect("a rollback");
        }
    });
}

async fn told_where(server: Server, test: impl Future<Output = ()>) {
    if let Err(panic) = AssertUnwindSafe(test).catch_unwind().await {
        eprintln!("this was on {}", server.name());
        std::panic::resume_unwind(panic);
    }
}
