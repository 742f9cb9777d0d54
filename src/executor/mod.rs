//! Where statements run: rewrite, compile, send. It happens here and nowhere else.

mod after;
mod around;
mod precompiled;
mod session;

use std::borrow::Cow;
use std::sync::Arc;

use futures_util::{FutureExt, StreamExt, stream};
use tokio::sync::mpsc;

use self::after::Kept;
pub use self::precompiled::Precompiled;
pub(crate) use self::sealed::{Lease, Pipeline, Source};
pub(crate) use self::session::Session;
use crate::ast::{Operation, Statement};
use crate::dialect::{Compiled, Spec};
use crate::driver::{self, BoxFuture, BoxStream, Outcome, Query, Rows};
use crate::error::{Error, Result};
use crate::plugin::{self, Context, Metadata, Plugin, check_order};
use crate::value::Value;

/// What queries run on: a [`Db`](crate::Db), a [`Transaction`](crate::Transaction) or
/// a [`Connection`](crate::Connection).
///
/// A function that takes `&dyn Executor` works in and outside of transactions:
///
/// ```
/// use kysera::{Executor, Result};
///
/// async fn create_tables(executor: &dyn Executor) -> Result<()> {
///     executor.batch("create table notes (id integer primary key, text text not null)").await
/// }
/// ```
///
/// Each query takes one connection for as long as it runs, and a stream for as long as it lives. An error of a plugin
/// or of the compiler comes before anything is sent, and before a connection is taken.
///
/// Everything here may be cancelled by dropping it. Whether the statement then took effect is unknown, as it is with
/// every cancelled message, but the connection is not used by anybody before it is clean.
///
/// The trait is sealed, so that it can grow: write a [`Driver`](crate::driver::Driver) to reach another database.
pub trait Executor: Source {
    /// The dialect of the server.
    fn spec(&self) -> &Spec {
        self.pipeline().driver.spec()
    }

    /// The SQL that a statement becomes here, its values, and what it does: to look at. To run it, and several times, is for
    /// [`precompile`](Self::precompile).
    ///
    /// # Errors
    ///
    /// Where a plugin refuses it, or the dialect cannot say it.
    fn compile(&self, statement: Statement) -> Result<(Compiled, Access)> {
        self.pipeline().compile(statement, &Metadata::default(), self.metadata())
    }

    /// Has the plugins rewrite a statement, and what travels with it, once for all the times that it will run here.
    ///
    /// # Errors
    ///
    /// Where a plugin refuses it, or the dialect cannot say it.
    fn precompile(&self, request: Request<'_>) -> Result<Precompiled> {
        self.pipeline().precompile(request, self.metadata())
    }

    /// Runs a query and reads all its rows.
    fn fetch<'a>(&'a self, request: Request<'a>) -> BoxFuture<'a, Result<Rows>> {
        Box::pin(async move {
            let mut ready = self.pipeline().ready(request, self.metadata())?;
            let rows = match ready.wrapped() {
                None => async { self.lease(ready.access).await?.connection().fetch(ready.query()).await }.await,
                Some(kept) => around::rows(self, kept, &mut ready).await,
            };
            self.pipeline().after_rows(&ready, self.metadata(), rows)
        })
    }

    /// Runs a query and gives its rows in batches, as they arrive.
    ///
    /// The stream holds its connection until it ends or is dropped. In a transaction, and on a pinned connection, any
    /// other query fails until then: the server sends one result after the other, and waiting for a stream that nobody
    /// reads would last forever. At most one batch is read ahead.
    ///
    /// Where a plugin [goes around](Plugin::around) the statement, its rows are given when all of it is stored.
    fn stream<'a>(&'a self, request: Request<'a>) -> BoxStream<'a, Result<Rows>> {
        // The driver's stream borrows from the connection, which must live beside it. The future below owns both and
        // hands out the batches; who reads them polls it.
        let (sender, mut receiver) = mpsc::channel(1);
        let mut reading = Box::pin(async move {
            let outcome = async {
                let mut ready = self.pipeline().ready(request, self.metadata())?;
                if let Some(kept) = ready.wrapped() {
                    let rows = around::rows(self, kept, &mut ready).await;
                    let _ = sender.send(self.pipeline().after_rows(&ready, self.metadata(), rows)).await;
                    return Ok(());
                }
                let mut lease = self.lease(ready.access).await?;
                let _streaming = lease.streaming();
                let mut batches = lease.connection().stream(ready.query());
                while let Some(batch) = batches.next().await {
                    let batch = self.pipeline().after_rows(&ready, self.metadata(), batch);
                    // The receiver is dropped together with this future, so nobody is told that it is gone.
                    let _ = sender.send(batch).await;
                }
                Ok(())
            };
            if let Err(error) = outcome.await {
                let _ = sender.send(Err(error)).await;
            }
        })
        .fuse();
        Box::pin(stream::poll_fn(move |context| {
            let _ = reading.poll_unpin(context);
            receiver.poll_recv(context)
        }))
    }

    /// Runs a query for its effect.
    fn execute<'a>(&'a self, request: Request<'a>) -> BoxFuture<'a, Result<Outcome>> {
        Box::pin(async move {
            let mut ready = self.pipeline().ready(request, self.metadata())?;
            let outcome = match ready.wrapped() {
                None => async { self.lease(ready.access).await?.connection().execute(ready.query()).await }.await,
                Some(kept) => around::outcome(self, kept, &mut ready).await,
            };
            self.pipeline().after(&ready, self.metadata(), outcome, |_, outcome, _| Ok(outcome))
        })
    }

    /// Has the server check and plan a query, without running it.
    fn prepare<'a>(&'a self, request: Request<'a>) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let ready = self.pipeline().ready(request, self.metadata())?;
            self.lease(ready.access).await?.connection().prepare(&ready.sql).await
        })
    }

    /// Runs SQL text, which may hold several statements: a script of a program's author.
    ///
    /// It goes to the server as it stands; plugins may refuse it, but not change it.
    fn batch(&self, sql: &'static str) -> BoxFuture<'_, Result<()>> {
        self.batch_unchecked(sql)
    }

    /// Runs SQL text, as [`batch`](Self::batch) does, that was not known when the program was compiled, such as
    /// a migration read from a file.
    ///
    /// Never build it from what a user of the program typed: everything in it is run.
    fn batch_unchecked<'a>(&'a self, sql: &'a str) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            self.pipeline().pass_text(sql, &Metadata::default(), self.metadata())?;
            self.lease(Access::Write).await?.connection().batch(sql).await
        })
    }
}

/// What an [`Executor`] is asked to run.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Request<'q> {
    /// A statement, which the plugins rewrite and which is compiled first.
    Statement(Statement),
    /// A statement, and what travels with it to the plugins.
    Annotated(Statement, Metadata),
    /// What [`Executor::precompile`] gave, by [`Precompiled::request`].
    Precompiled {
        /// The statement.
        compiled: &'q Precompiled,
        /// What is bound in place of its own values, by [`Precompiled::with_values`].
        values: Option<&'q [Value]>,
    },
    /// Text and values, which are sent as they stand. To the plugins it is text of which nobody knows what it does, and what
    /// comes of it they see as that of a [`Raw`](crate::ast::Raw) statement.
    Compiled {
        /// SQL in the dialect of the server.
        query: Query<'q>,
        /// What it does.
        access: Access,
    },
}

impl<S: Into<Statement>> From<S> for Request<'_> {
    fn from(statement: S) -> Self {
        Self::Statement(statement.into())
    }
}

/// Whether a query only reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// It changes nothing, so outside of a transaction it may run beside a writer on SQLite.
    Read,
    /// It changes something, or is text of which nobody knows.
    Write,
    /// It changes what tables there are, which is no part of a transaction on every server.
    Define,
}

impl Access {
    /// What a statement does: a query reads, unless a common table expression of it writes.
    ///
    /// Only those before the whole statement are looked at: no dialect lets a nested one write.
    #[must_use]
    pub fn of(statement: &Statement) -> Self {
        let with = match statement {
            Statement::Select(it) => &it.with,
            Statement::Compound(it) => &it.with,
            Statement::Insert(_) | Statement::Update(_) | Statement::Delete(_) | Statement::Raw(_) => {
                return Self::Write;
            }
            Statement::CreateTable(_) | Statement::DropTable(_) | Statement::RowSecurity(_) => return Self::Define,
        };
        if with.iter().all(|cte| Self::of(&cte.statement) == Self::Read) { Self::Read } else { Self::Write }
    }
}

impl Access {
    /// Refuses what would end a transaction.
    fn check_in_transaction(self, spec: &Spec) -> Result<()> {
        match self {
            Self::Define => spec.check_in_transaction(Operation::Define),
            Self::Read | Self::Write => Ok(()),
        }
    }
}

/// A request that can be sent.
struct Ready<'q> {
    sql: Cow<'q, str>,
    params: Cow<'q, [Value]>,
    access: Access,
    kept: Option<Arc<Kept>>,
}

impl Ready<'_> {
    fn query(&self) -> Query<'_> {
        Query { sql: &self.sql, params: &self.params }
    }

    /// What plugins go around, if any does.
    fn wrapped(&self) -> Option<Arc<Kept>> {
        self.kept.as_ref().filter(|kept| kept.wrapped).map(Arc::clone)
    }
}

impl Pipeline {
    fn ready<'q>(&self, request: Request<'q>, executor: &Metadata) -> Result<Ready<'q>> {
        self.ready_in(request, executor, |context| context)
    }

    /// Has plugins rewrite a request where they know what `told` tells them besides.
    fn ready_in<'q>(
        &self,
        request: Request<'q>,
        executor: &Metadata,
        told: fn(Context<'_>) -> Context<'_>,
    ) -> Result<Ready<'q>> {
        let (statement, query) = match request {
            Request::Statement(statement) => (statement, Metadata::default()),
            Request::Annotated(statement, metadata) => (statement, metadata),
            Request::Precompiled { compiled, values } => return compiled.ready(self, values, executor),
            Request::Compiled { query: Query { sql, params }, access } => {
                self.pass_text(sql, &Metadata::default(), executor)?;
                let kept = self.keep_text(sql);
                return Ok(Ready { sql: sql.into(), params: params.into(), access, kept });
            }
        };
        let context = told(self.context(&query, executor));
        let (statement, Compiled { sql, params }) = self.compiled(statement, &context)?;
        let kept = self.keep(&statement, &query, &context);
        Ok(Ready { sql: sql.into(), params: params.into(), access: Access::of(&statement), kept })
    }

    /// What plugins know of the place where a statement runs.
    fn context<'a>(&'a self, query: &'a Metadata, executor: &'a Metadata) -> Context<'a> {
        Context::new(self.driver.spec(), &self.tables, query, executor).among(&self.plugins)
    }

    pub(crate) async fn acquire(&self, access: Access) -> Result<Box<dyn driver::Connection>> {
        match access {
            Access::Read => self.driver.acquire_reader().await,
            Access::Write | Access::Define => self.driver.acquire().await,
        }
    }

    pub(crate) fn compile(
        &self,
        statement: Statement,
        query: &Metadata,
        executor: &Metadata,
    ) -> Result<(Compiled, Access)> {
        let context = self.context(query, executor);
        let (statement, compiled) = self.compiled(statement, &context)?;
        Ok((compiled, Access::of(&statement)))
    }

    /// The statement that runs in place of another, and its SQL.
    fn compiled(&self, statement: Statement, context: &Context<'_>) -> Result<(Statement, Compiled)> {
        let plugins = self.run_through(context);
        if let Cow::Owned(plugins) = &plugins {
            check_order(plugins)?;
        }
        let statement = rewrite(&plugins, statement, context)?;
        let compiled = plugin::compile(plugins.iter().map(|plugin| &**plugin), &statement, context)?;
        Ok((statement, compiled))
    }

    /// The plugins that a statement runs through: those that it brings along, and then all that it does not leave out.
    fn run_through(&self, context: &Context<'_>) -> Cow<'_, [Arc<dyn Plugin>]> {
        if !context.has_other_plugins() {
            return Cow::Borrowed(&self.plugins);
        }
        let all = self.plugins.iter().filter(|plugin| !context.leaves_out(&***plugin));
        Cow::Owned(context.plugins_of_query().into_iter().chain(all).cloned().collect())
    }

    fn pass_text(&self, sql: &str, query: &Metadata, executor: &Metadata) -> Result<()> {
        let context = self.context(query, executor);
        self.plugins.iter().try_for_each(|plugin| {
            plugin.pass_text(sql, &context).map_err(|error| error.in_plugin(plugin.name(), "this text".into()))
        })
    }
}

/// Has the plugins rewrite a statement. An error names it as the program wrote it.
fn rewrite(plugins: &[Arc<dyn Plugin>], statement: Statement, context: &Context<'_>) -> Result<Statement> {
    let (operation, table) = (statement.operation(), statement.table().map(|table| table.name.clone()));
    let gives_rows = statement.gives_rows();
    plugins.iter().try_fold(statement, |statement, plugin| {
        plugin
            .transform(statement, context)
            .and_then(|given| match (gives_rows, given.gives_rows()) {
                (Some(true), Some(false)) => {
                    Err(Error::invalid("what it makes of that gives no rows, which are waited for"))
                }
                _ => Ok(given),
            })
            .map_err(|error| error.in_plugin(plugin.name(), plugin::subject(operation, table.as_ref())))
    })
}

impl Lease<'_> {
    pub(crate) fn connection(&mut self) -> &mut dyn driver::Connection {
        match self {
            Self::Pooled(connection) => &mut **connection,
            Self::Pinned { line, session: _ } => line.connection(),
        }
    }
}

/// What no other crate can name, which is what seals [`Executor`].
#[allow(missing_debug_implementations, reason = "nobody outside can name these types")]
mod sealed {
    use std::sync::Arc;

    use tokio::sync::MutexGuard;

    use super::Access;
    use super::session::{Line, Session};
    use crate::driver::{BoxFuture, Connection, Driver};
    use crate::error::Result;
    use crate::plugin::{Life, Metadata, Plugin, Tables};

    /// What statements run through, on their way to the server.
    pub struct Pipeline {
        pub(crate) driver: Arc<dyn Driver>,
        /// In the order in which they run.
        pub(crate) plugins: Vec<Arc<dyn Plugin>>,
        pub(crate) tables: Arc<Tables>,
        /// All plugins of the database, also those that statements here do not run through.
        pub(crate) life: Arc<Life>,
    }

    /// Where an executor gets its connections.
    pub trait Source: Send + Sync {
        fn pipeline(&self) -> &Pipeline;

        /// What travels to the plugins with every statement that runs here.
        fn metadata(&self) -> &Metadata;

        fn lease(&self, access: Access) -> BoxFuture<'_, Result<Lease<'_>>>;
    }

    /// A connection, for one statement.
    pub enum Lease<'a> {
        /// One from the pool.
        Pooled(Box<dyn Connection>),
        /// The one that several handles share.
        Pinned { line: MutexGuard<'a, Line>, session: &'a Session },
    }
}
