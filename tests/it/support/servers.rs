//! The servers under test, and a fresh database on each.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use futures_util::FutureExt;
use kysera::dialect::{MARIADB, MYSQL, POSTGRES, SQLITE, Spec};
use kysera::{Db, Executor};
use tokio::runtime::Runtime;
use tokio::sync::OnceCell;

/// A server under test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Server {
    Sqlite,
    Postgres15,
    Postgres18,
    Mysql9,
    Mariadb,
}

impl Server {
    pub const ALL: [Self; 5] = [Self::Sqlite, Self::Postgres15, Self::Postgres18, Self::Mysql9, Self::Mariadb];

    pub fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres15 => "postgres15",
            Self::Postgres18 => "postgres18",
            Self::Mysql9 => "mysql9",
            Self::Mariadb => "mariadb",
        }
    }

    pub fn spec(self) -> &'static Spec {
        match self {
            Self::Sqlite => &SQLITE,
            Self::Postgres15 | Self::Postgres18 => &POSTGRES,
            Self::Mysql9 => &MYSQL,
            Self::Mariadb => &MARIADB,
        }
    }

    pub fn is_postgres(self) -> bool {
        matches!(self, Self::Postgres15 | Self::Postgres18)
    }

    /// Whether it was asked for. A test on a server that was not has nothing to do; the run's last lines say so.
    pub fn is_chosen(self) -> bool {
        Self::chosen().contains(&self)
    }

    /// The servers that were asked for: all, unless `KYSERA_TEST_SERVERS` names fewer.
    pub fn chosen() -> Vec<Self> {
        match std::env::var("KYSERA_TEST_SERVERS") {
            Err(_) => Self::ALL.to_vec(),
            Ok(names) => names
                .split(',')
                .map(|name| {
                    Self::ALL.into_iter().find(|server| server.name() == name.trim()).unwrap_or_else(|| {
                        panic!("KYSERA_TEST_SERVERS names `{name}`, which is no server of the tests")
                    })
                })
                .collect(),
        }
    }

    /// The address of the server's own database.
    ///
    /// A server that was asked for and is not there fails the test; it does not skip it.
    pub fn url(self) -> String {
        let variable = format!("KYSERA_{}_URL", self.name().to_uppercase());
        std::env::var(&variable).unwrap_or_else(|_| {
            panic!("{variable} is not set: run the tests by `make test`, or choose servers by KYSERA_TEST_SERVERS")
        })
    }

    /// The server's own database, opened once for all tests.
    async fn admin(self) -> &'static Db {
        static ADMINS: [OnceCell<Db>; 5] = [const { OnceCell::const_new() }; 5];
        ADMINS[self as usize].get_or_init(|| connect(self.url())).await
    }

    /// Runs SQL in the server's own database.
    async fn administer(self, sql: &str) {
        let done = self.admin().await.batch_unchecked(sql).await;
        done.unwrap_or_else(|error| panic!("{}: {sql}: {error}", self.name()));
    }
}

async fn connect(url: String) -> Db {
    Db::connect(url).await.unwrap_or_else(|error| panic!("{error}"))
}

/// The one runtime of all tests, since a pool belongs to the runtime it was opened in.
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime")
});

/// Runs a test to its end.
pub fn run<T>(future: impl Future<Output = T>) -> T {
    RUNTIME.block_on(future)
}

/// A database that nobody else uses, dropped at the end of the test.
///
/// On PostgreSQL it is a schema, since that is made a hundred times faster than a database.
pub struct Fresh {
    pub server: Server,
    pub db: Db,
    /// Its address, for tests that open it a second time.
    pub url: String,
    name: String,
}

impl Fresh {
    pub async fn new(server: Server) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("kysera_{}_{number}", std::process::id());
        let url = match server {
            // A file, since only a file has several connections.
            Server::Sqlite => format!("sqlite:{}", file(&name).display()),
            Server::Postgres15 | Server::Postgres18 => {
                server.administer(&format!("create schema {name}")).await;
                let url = server.url();
                format!("{url}?application_name={name}&options=-c%20search_path%3D{name}")
            }
            Server::Mysql9 | Server::Mariadb => {
                server.administer(&format!("create database {name} character set utf8mb4")).await;
                let url = server.url();
                let (server, _) = url.rsplit_once('/').expect("a database in the URL");
                format!("{server}/{name}")
            }
        };
        Self { server, db: connect(url.clone()).await, url, name }
    }

    /// The name of its schema on PostgreSQL, of its database on MySQL and MariaDB.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Drops it. Where a test fails before, it stays until the servers are brought anew.
    pub async fn drop(self) {
        let Self { server, db, url: _, name } = self;
        // A connection that a failed test still holds would be waited for.
        let _ = tokio::time::timeout(Duration::from_secs(1), db.close()).await;
        match server {
            Server::Sqlite => {
                for suffix in ["", "-wal", "-shm"] {
                    let _ = std::fs::remove_file(format!("{}{suffix}", file(&name).display()));
                }
            }
            Server::Postgres15 | Server::Postgres18 => {
                server.administer(&format!("drop schema {name} cascade")).await;
            }
            Server::Mysql9 | Server::Mariadb => server.administer(&format!("drop database {name}")).await,
        }
    }
}

/// Where a database of SQLite lies.
fn file(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("{name}.db"))
}

/// Runs a test on one server, in a database of its own.
pub async fn on<F: AsyncFnOnce(&Fresh)>(server: Server, test: F) {
    let fresh = Fresh::new(server).await;
    let outcome = AssertUnwindSafe(test(&fresh)).catch_unwind().await;
    fresh.drop().await;
    if let Err(panic) = outcome {
        eprintln!("this was on {}", server.name());
        std::panic::resume_unwind(panic);
    }
}

/// Runs a test on each of these servers that was asked for, one after the other.
pub fn on_each<F: AsyncFn(&Fresh)>(servers: &[Server], test: F) {
    run(async {
        for server in Server::chosen() {
            if servers.contains(&server) {
                on(server, &test).await;
            }
        }
    });
}

/// Runs a test on every server that was asked for, one after the other.
pub fn on_all<F: AsyncFn(&Fresh)>(test: F) {
    on_each(&Server::ALL, test);
}
