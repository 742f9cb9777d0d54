//! The servers under test, and a fresh database on each.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

use futures_util::FutureExt;
use kysera::dialect::{MARIADB, MYSQL, POSTGRES, SQLITE, Spec};
use kysera::{Db, Executor};
use tokio::runtime::Runtime;

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
    fn url(self) -> String {
        let variable = format!("KYSERA_{}_URL", self.name().to_uppercase());
        std::env::var(&variable).unwrap_or_else(|_| {
            panic!("{variable} is not set: run the tests by `make test`, or choose servers by KYSERA_TEST_SERVERS")
        })
    }

    /// The address of another database of the server.
    pub fn url_of(self, database: &str) -> String {
        let url = self.url();
        let (server, _) = url.rsplit_once('/').expect("a database in the URL");
        format!("{server}/{database}")
    }

    /// Opens the server's own database.
    pub async fn connect_admin(self) -> Db {
        connect(&self.url()).await
    }
}

async fn connect(url: &str) -> Db {
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
        if server == Server::Sqlite {
            // A file, since only a file has several connections.
            let url = format!("sqlite:{}", std::env::temp_dir().join(format!("{name}.db")).display());
            return Self { server, db: connect(&url).await, url, name };
        }
        let admin = server.connect_admin().await;
        let create = if server.is_postgres() {
            // Copying files is faster than logging every page while the template is quiet.
            format!("create database {name} template template0 strategy file_copy")
        } else {
            format!("create database {name} character set utf8mb4")
        };
        let create = if server == Server::Postgres15 {
            create.replace("strategy file_copy", "strategy = file_copy")
        } else {
            create
        };
        admin.batch_unchecked(&create).await.unwrap_or_else(|error| panic!("{}: {error}", server.name()));
        admin.close().await.expect("a closed pool");
        let url = server.url_of(&name);
        Self { server, db: connect(&url).await, url, name }
    }

    async fn drop(self) {
        let _ = self.db.close().await;
        if self.server == Server::Sqlite {
            let file = std::env::temp_dir().join(format!("{}.db", self.name));
            for suffix in ["", "-wal", "-shm"] {
                let _ = std::fs::remove_file(format!("{}{suffix}", file.display()));
            }
            return;
        }
        let admin = self.server.connect_admin().await;
        let force = if self.server.is_postgres() { " with (force)" } else { "" };
        let _ = admin.batch_unchecked(&format!("drop database {}{force}", self.name)).await;
        let _ = admin.close().await;
    }
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
