//! A plugin's own statements.

use std::fmt;

use crate::ast::Statement;
use crate::dialect::{self, Compiled, Spec};
use crate::driver::{BoxFuture, Connection, Driver, Outcome, Query};
use crate::error::{Error, Result};
use crate::row::Rows;

/// Runs a plugin's own statements: on the connection of the statement that it goes [around](super::Plugin::around), or,
/// when a database [begins](super::Plugin::init) or [ends](super::Plugin::shutdown), on one that is taken at the first
/// of them.
///
/// They are compiled for the server and sent as they are: no plugin rewrites them, watches them or goes around them, not
/// even the one whose they are. So what a plugin keeps for itself is neither filtered nor kept a log of; where its
/// tables lie, it says itself.
///
/// ```
/// use kysera::driver::BoxFuture;
/// use kysera::plugin::{Plugin, Runner};
/// use kysera::prelude::*;
/// use kysera::schema::create_table_for;
///
/// #[derive(Table)]
/// #[table(name = "visits")]
/// pub struct Visit { #[column(primary_key, generated)] id: i64 }
///
/// /// Counts how often the program was started.
/// struct Visits;
///
/// impl Plugin for Visits {
///     fn name(&self) -> &str {
///         "visits"
///     }
///
///     fn init<'a>(&'a self, mut runner: Runner<'a>) -> BoxFuture<'a, Result<()>> {
///         Box::pin(async move {
///             runner.execute(create_table_for::<Visit>().if_not_exists().to_statement()).await?;
///             runner.execute(insert_into(visits::table).default_values().to_statement()).await?;
///             Ok(())
///         })
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<()> {
/// let db = Db::builder("sqlite::memory:").plugin(Visits).connect().await?;
/// assert_eq!(select_from(visits::table).fetch_all(&db).await?.len(), 1);
/// # Ok(())
/// # }
/// ```
pub struct Runner<'a> {
    spec: &'a Spec,
    on: On<'a>,
}

enum On<'a> {
    /// That of a statement, whose transaction must not end.
    Connection {
        connection: &'a mut dyn Connection,
        may_send: bool,
    },
    Driver {
        driver: &'a dyn Driver,
        connection: Option<Box<dyn Connection>>,
    },
}

impl<'a> Runner<'a> {
    pub(crate) fn on_connection(spec: &'a Spec, connection: &'a mut dyn Connection, may_send: bool) -> Self {
        Self { spec, on: On::Connection { connection, may_send } }
    }

    pub(crate) fn on_driver(driver: &'a dyn Driver) -> Self {
        Self { spec: driver.spec(), on: On::Driver { driver, connection: None } }
    }

    /// The dialect of the server.
    #[must_use]
    pub const fn spec(&self) -> &'a Spec {
        self.spec
    }

    /// Runs a statement and reads all its rows.
    ///
    /// # Errors
    ///
    /// Where the dialect cannot say it, there is no connection, or the server refuses.
    pub fn fetch(&mut self, statement: impl Into<Statement>) -> BoxFuture<'_, Result<Rows>> {
        let compiled = self.compile(&statement.into());
        Box::pin(async move {
            let Compiled { sql, params } = compiled?;
            self.connection().await?.fetch(Query { sql: &sql, params: &params }).await
        })
    }

    /// Runs a statement for its effect.
    ///
    /// # Errors
    ///
    /// Those of [`fetch`](Self::fetch).
    pub fn execute(&mut self, statement: impl Into<Statement>) -> BoxFuture<'_, Result<Outcome>> {
        let compiled = self.compile(&statement.into());
        Box::pin(async move {
            let Compiled { sql, params } = compiled?;
            self.connection().await?.execute(Query { sql: &sql, params: &params }).await
        })
    }

    fn compile(&self, statement: &Statement) -> Result<Compiled> {
        match &self.on {
            On::Connection { connection: _, may_send: false } => {
                return Err(Error::invalid(
                    "a plugin that a query brings along sends no statements of its own; give it to the database",
                ));
            }
            On::Connection { connection: _, may_send: true } => {
                self.spec.check_in_transaction(statement.operation())?;
            }
            On::Driver { .. } => {}
        }
        dialect::compile(statement, self.spec)
    }

    async fn connection(&mut self) -> Result<&mut dyn Connection> {
        match &mut self.on {
            On::Connection { connection, may_send: _ } => Ok(&mut **connection),
            On::Driver { driver, connection } => {
                let taken = match connection.take() {
                    Some(taken) => taken,
                    None => driver.acquire().await?,
                };
                Ok(&mut **connection.insert(taken))
            }
        }
    }
}

impl fmt::Debug for Runner<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Runner").field("dialect", &self.spec.name).finish_non_exhaustive()
    }
}
