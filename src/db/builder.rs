//! What a [`Db`] is made with.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;

use super::Db;
use crate::driver::{self, ConnectOptions, Driver, SqliteMode, TlsMode};
use crate::error::{Error, Result};
use crate::executor::Pipeline;
use crate::plugin::{Life, Metadata, Plugin, Tables, order};
use crate::table::{Table, TableDescription};

/// What a [`Db`] is made with: a URL and limits ([`Db::builder`]), or a driver ([`Db::with_driver`]); and plugins.
///
/// ```
/// use std::time::Duration;
///
/// use kysera::{Db, Result};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<()> {
/// let db = Db::builder("sqlite::memory:") // or "postgres://localhost/shop"
///     .max_connections(20)
///     .acquire_timeout(Duration::from_secs(5))
///     .connect()
///     .await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "nothing is opened before `connect` or `build`"]
pub struct Builder<S> {
    source: S,
    plugins: Vec<Arc<dyn Plugin>>,
    tables: Vec<&'static TableDescription>,
}

impl<S> Builder<S> {
    pub(super) fn new(source: S) -> Self {
        Self { source, plugins: Vec::new(), tables: Vec::new() }
    }

    /// Adds a plugin. In which order plugins run, they say themselves: see [`Plugin`].
    pub fn plugin(mut self, plugin: impl Plugin) -> Self {
        self.plugins.push(Arc::new(plugin));
        self
    }

    /// Makes the columns of a table known to plugins, where statements name it by text, and where they name it by a struct
    /// that has but some of them. Give every table whose column a plugin looks for: of one that it does not know, a plugin
    /// such as [`SoftDelete`](crate::plugin::SoftDelete) cannot know that a smaller struct leaves its column out. Of several
    /// structs of one name, the table has the columns of all.
    pub fn table<T: Table>(mut self, _table: T) -> Self {
        self.tables.push(T::DESCRIPTION);
        self
    }
}

impl Builder<ConnectOptions> {
    /// The most connections that are open at once; 10 if it is not set. On SQLite one of them writes and the others
    /// read, so only one can be acquired, or be in a transaction, at a time.
    pub fn max_connections(self, count: usize) -> Self {
        Self { source: self.source.max_connections(count), ..self }
    }

    /// How long a connection may be unused before it is closed; 30 s if it is not set.
    pub fn idle_timeout(self, timeout: Duration) -> Self {
        Self { source: self.source.idle_timeout(timeout), ..self }
    }

    /// How long opening a connection may take; 2 s if it is not set.
    pub fn connect_timeout(self, timeout: Duration) -> Self {
        Self { source: self.source.connect_timeout(timeout), ..self }
    }

    /// How long to wait for a free connection; 30 s if it is not set.
    pub fn acquire_timeout(self, timeout: Duration) -> Self {
        Self { source: self.source.acquire_timeout(timeout), ..self }
    }

    /// Whether connections are encrypted; it comes before what the URL says.
    pub fn tls(self, mode: TlsMode) -> Self {
        Self { source: self.source.tls(mode), ..self }
    }

    /// A file of certificates (PEM) of the authorities that may vouch for the server.
    pub fn tls_ca(self, path: impl Into<PathBuf>) -> Self {
        Self { source: self.source.tls_ca(path), ..self }
    }

    /// Where the work on a SQLite connection is done; on a thread of its own if it is not set.
    pub fn sqlite_mode(self, mode: SqliteMode) -> Self {
        Self { source: self.source.sqlite_mode(mode), ..self }
    }

    /// Opens the pool, and has the plugins [begin](Plugin::init), one after the other.
    ///
    /// # Errors
    ///
    /// Where the URL is not understood, its driver's feature is off, or the server cannot be reached; and where the plugins
    /// do not go together, or one of them does not [fit](Plugin::fits) the database or cannot begin.
    pub async fn connect(self) -> Result<Db> {
        let Self { source, plugins, tables } = self;
        let plugins = order(plugins)?;
        Builder { source: driver::connect(&source).await?, plugins, tables }.connect().await
    }
}

impl Builder<Box<dyn Driver>> {
    /// Makes the database, and has the plugins [begin](Plugin::init), one after the other.
    ///
    /// # Errors
    ///
    /// Those of [`build`](Self::build), and where a plugin cannot begin; the pool is closed then.
    pub async fn connect(self) -> Result<Db> {
        let db = self.make()?;
        let Pipeline { driver, plugins: _, tables, life } = &*db.pipeline;
        if let Err(error) = life.begin(&**driver, tables).await {
            let errors = error.into_all().into_iter().chain(driver.close().await.err());
            return Err(Error::several(errors.collect()));
        }
        Ok(db)
    }

    /// Makes the database where no plugin has to wait for something when it [begins](Plugin::init).
    ///
    /// # Errors
    ///
    /// Where a plugin lacks one that it depends on, two have one name or cannot be used together, or they depend on each
    /// other in a circle; and where one does not [fit](Plugin::fits) the database, fails at its begin, or has to wait.
    pub fn build(self) -> Result<Db> {
        let db = self.make()?;
        let Pipeline { driver, plugins: _, tables, life } = &*db.pipeline;
        let begun = life.begin(&**driver, tables).now_or_never();
        begun.unwrap_or_else(|| {
            Err(Error::invalid("a plugin has to wait for something at its begin; make the database by `connect`"))
        })?;
        Ok(db)
    }

    fn make(self) -> Result<Db> {
        let Self { source: driver, plugins, tables } = self;
        let mut known = Tables::default();
        tables.into_iter().for_each(|table| known.add(table));
        let plugins = order(plugins)?;
        let life = Arc::new(Life::new(plugins.clone()));
        let pipeline = Pipeline { driver: driver.into(), plugins, tables: Arc::new(known), life };
        Ok(Db { pipeline: Arc::new(pipeline), metadata: Metadata::default() })
    }
}
