//! What rewrites statements before they are compiled.
//!
//! A [`Plugin`] sees every statement of a [`Db`](crate::Db) as a tree, whole and once, and gives back the one that runs in
//! its place. [`Statement::restrict_tables`] and [`Statement::rename_tables`] reach every table in it, wherever it stands;
//! [`VisitMut`](crate::ast::VisitMut) reaches every node. What a statement cannot say by itself, a plugin does before and
//! after it, in the same transaction: [`Plugin::around`]. What it makes of statements is tested by
//! [`testing`](crate::testing).

mod context;
mod order;
mod ran;
mod runner;
mod next;
mod life;
mod reach;
mod clock;
mod soft_delete;
mod timestamps;
mod functions;
mod text;
mod row_policies;
mod with_schema;
mod tenant_schema;
mod read_only;
mod require_limit;
mod deduplicate_joins;
mod name_mapping;
mod query_tags;
pub(crate) mod audit;

use std::any::Any;
use std::fmt;

pub use self::audit::{Actor, Audit, Change, Unaudited};
pub(crate) use self::context::{Added, Declared, LeftOut, Tables};
pub use self::context::{Context, Metadata};
pub use self::deduplicate_joins::DeduplicateJoins;
pub use self::functions::HarmlessFunctions;
pub(crate) use self::life::Life;
pub use self::name_mapping::NameMapping;
pub(crate) use self::next::Sent;
pub use self::next::{Answer, Next, Wanted};
pub(crate) use self::order::{check_order, order};
pub use self::query_tags::QueryTags;
pub use self::ran::Ran;
pub use self::read_only::ReadOnly;
pub(crate) use self::require_limit::OneMore;
pub use self::require_limit::RequireLimit;
pub use self::row_policies::{Asker, May, NativePolicies, Policy, Refusal, RowPolicies};
pub use self::runner::Runner;
pub use self::soft_delete::{DeletedRows, HardDelete, NoCascade, SoftDelete};
pub use self::tenant_schema::TenantSchema;
pub use self::timestamps::{Timestamps, Touch};
pub use self::with_schema::WithSchema;
pub use crate::ast::PolicyCommand as Command;
use crate::ast::{Ident, Operation, Statement, TableName};
use crate::dialect::{self, Compiled, Tags};
use crate::driver::BoxFuture;
use crate::error::{Error, Result};
use crate::row::Rows;
use crate::value::Value;

/// Rewrites every statement that runs through a [`Db`](crate::Db), its transactions and its connections.
///
/// A plugin sees a statement once, whole, with everything that is nested in it, and before it is compiled. It may
/// give back another kind of statement than it got, of which the same columns come, if any. Plugins run one after the other, each on what the one before it gave
/// back: those that a query brings along first, then those of the database, each behind those it
/// [depends on](Self::dependencies), then by [priority](Self::priority), then by name.
///
/// ```
/// use kysera::ast::{DropTable, Statement};
/// use kysera::plugin::{Context, Plugin};
/// use kysera::{Error, Result};
///
/// /// Keeps tables from being dropped.
/// struct KeepTables;
///
/// impl Plugin for KeepTables {
///     fn name(&self) -> &str {
///         "keep tables"
///     }
///
///     fn transform(&self, statement: Statement, _: &Context<'_>) -> Result<Statement> {
///         match statement {
///             Statement::DropTable(_) => Err(Error::invalid("tables are not dropped here")),
///             statement => Ok(statement),
///         }
///     }
/// }
/// ```
pub trait Plugin: Any + Send + Sync {
    /// The name that errors say, and that others depend on. No two plugins of a database have the same.
    fn name(&self) -> &str;

    /// The version of the plugin, for people who look at what a database runs through; see
    /// [`Db::plugins`](crate::Db::plugins).
    fn version(&self) -> Option<&str> {
        None
    }

    /// Those with a higher one run earlier; 0 if it is not said. The plugins here have 150 ([`DeduplicateJoins`]), 100
    /// ([`RowPolicies`]), 50 ([`SoftDelete`]), 30 ([`Timestamps`]), 10 ([`Audit`]), -90 ([`TenantSchema`]), -100
    /// ([`NameMapping`]) and `i32::MIN` ([`ReadOnly`] and [`RequireLimit`]).
    ///
    /// A guard, which refuses statements and changes none, says `i32::MIN`: it must see the statement that is sent, and what
    /// runs after it could make another one of it.
    fn priority(&self) -> i32 {
        0
    }

    /// The names of the plugins that must be there and run before this one.
    fn dependencies(&self) -> &[&str] {
        &[]
    }

    /// The names of the plugins that this one cannot be used with.
    fn conflicts(&self) -> &[&str] {
        &[]
    }

    /// Whether the plugin fits the database: its [tables](Context::tables), its dialect, and its other
    /// [plugins](Context::plugins). All are asked when it is made, before the first of them [begins](Self::init).
    ///
    /// # Errors
    ///
    /// Where the plugin can do nothing here, or not what it was made for. `connect` gives the error, which names the plugin.
    fn fits(&self, context: &Context<'_>) -> Result<()> {
        let _ = context;
        Ok(())
    }

    /// Does what must be done before the first statement: it is awaited when the database is connected, once, and after
    /// the plugins before this one. A database does not begin whose plugins could not.
    ///
    /// # Errors
    ///
    /// Where the plugin cannot work here. `connect` gives the error, which names the plugin; the plugins that have begun
    /// are [shut down](Self::shutdown).
    fn init<'a>(&'a self, runner: Runner<'a>) -> BoxFuture<'a, Result<()>> {
        drop(runner);
        Box::pin(std::future::ready(Ok(())))
    }

    /// The name that [`transform`](Self::transform) gives a column of a table, if it is another one. A plugin that renames columns
    /// says it for those that go around statements and name columns in some of their own; they ask
    /// [`Next::column_name`]. The table is the one that the program names.
    ///
    /// # Errors
    ///
    /// Where the column cannot have a name.
    fn column_name(&self, table: &TableName, column: &Ident, context: &Context<'_>) -> Result<Option<Ident>> {
        let _ = (table, column, context);
        Ok(None)
    }

    /// The schema that [`transform`](Self::transform) puts a table into, if the program names none for it. A plugin that does so
    /// says it for those that look for tables by what was kept of statements, such as [`Audit::history`](Audit::history).
    ///
    /// # Errors
    ///
    /// Where nobody can say it, such as without a tenant.
    fn table_schema(&self, table: &TableName, context: &Context<'_>) -> Result<Option<Ident>> {
        let _ = (table, context);
        Ok(None)
    }

    /// Gives back the statement that runs in place of `statement`.
    ///
    /// # Errors
    ///
    /// Where the statement must not run; nothing is sent then, and the error names the plugin, and what the statement
    /// does to which table. So is what gives no rows in place of a statement that does.
    fn transform(&self, statement: Statement, context: &Context<'_>) -> Result<Statement> {
        let _ = context;
        Ok(statement)
    }

    /// Adds what is said of a statement in a comment behind its SQL, when all plugins have rewritten it: where it comes from, for
    /// those who read the logs of the server.
    fn add_tags(&self, statement: &Statement, context: &Context<'_>, tags: &mut Tags) {
        let _ = (statement, context, tags);
    }

    /// Whether the plugin goes [around](Self::around) such a statement, which is as it will be sent. It goes around none if
    /// it is not said, and then a statement runs as if there were no such thing.
    fn wraps(&self, statement: &Statement, context: &Context<'_>) -> bool {
        let _ = (statement, context);
        false
    }

    /// Runs a statement that the plugin [`wraps`](Self::wraps), by `next`, and may run statements of its own before and
    /// after it, on the same connection and in the same transaction: one that is begun for it, or a savepoint in the one
    /// that is open. All of it is stored, or nothing, also where the program goes on after an error, or stops waiting.
    ///
    /// The plugin may send another statement than it got, or none; one that a query brings along may not, since it would pass
    /// by what the database's plugins made of that. The last plugin to rewrite a statement is the nearest to
    /// the server. What it answers must be in the form that is [wanted](Next::wanted).
    ///
    /// ```
    /// use std::time::{Duration, Instant};
    ///
    /// use kysera::ast;
    /// use kysera::driver::BoxFuture;
    /// use kysera::plugin::{Answer, Context, Next, Plugin};
    /// use kysera::Result;
    ///
    /// /// Tells which statements take long.
    /// struct Slow(fn(Duration));
    ///
    /// impl Plugin for Slow {
    ///     fn name(&self) -> &str {
    ///         "slow"
    ///     }
    ///
    ///     fn wraps(&self, _: &ast::Statement, _: &Context<'_>) -> bool {
    ///         true
    ///     }
    ///
    ///     fn around<'a>(&'a self, statement: ast::Statement, mut next: Next<'a>) -> BoxFuture<'a, Result<Answer>> {
    ///         Box::pin(async move {
    ///             let start = Instant::now();
    ///             let answer = next.run(statement).await;
    ///             (self.0)(start.elapsed());
    ///             answer
    ///         })
    ///     }
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// What is given back by `next` as it is; any other error names the plugin, and what the statement does to which table.
    /// Nothing is stored then.
    fn around<'a>(&'a self, statement: Statement, mut next: Next<'a>) -> BoxFuture<'a, Result<Answer>> {
        Box::pin(async move { next.run(statement).await })
    }

    /// Whether the plugin looks at what comes of statements, by [`after_rows`](Self::after_rows) and
    /// [`on_error`](Self::on_error). It does not if it is not said, and then nothing is kept of a statement for it.
    fn watches(&self) -> bool {
        false
    }

    /// Gives back the rows that the program gets in place of `rows`: those of a query, or of one batch of a stream. It is
    /// asked where the plugin [`watches`](Self::watches), the last plugin to rewrite the statement first.
    ///
    /// # Errors
    ///
    /// Where the rows must not be seen. The statement was run, and what it wrote is written.
    fn after_rows(&self, rows: Rows, ran: &Ran<'_>) -> Result<Rows> {
        let _ = ran;
        Ok(rows)
    }

    /// Is told that a statement failed at the server, or that no connection was to be had for it. It is told where the
    /// plugin [`watches`](Self::watches).
    fn on_error(&self, error: &Error, ran: &Ran<'_>) {
        let _ = (error, ran);
    }

    /// Lets pass, or not, SQL that goes to the server as text, which no plugin can rewrite:
    /// [`Executor::batch`](crate::Executor::batch) and [`Request::Compiled`](crate::executor::Request::Compiled). It passes
    /// where a plugin does not say otherwise.
    ///
    /// # Errors
    ///
    /// Where the text must not run; nothing is sent then.
    fn pass_text(&self, sql: &str, context: &Context<'_>) -> Result<()> {
        let _ = (sql, context);
        Ok(())
    }

    /// Lets pass, or not, other values for a statement that the plugin rewrote before it was
    /// [compiled](crate::executor::Precompiled): `values` are to be bound in place of all it had, also of those that the plugin
    /// put in. They pass where text does, if a plugin does not say otherwise.
    ///
    /// # Errors
    ///
    /// Where the statement must not run with them; nothing is sent then.
    fn pass_values(&self, sql: &str, values: &[Value], context: &Context<'_>) -> Result<()> {
        let _ = values;
        self.pass_text(sql, context)
    }

    /// Does what must be done at the end: it is awaited when the database is [closed](crate::Db::close), once, before the
    /// plugins before this one, and while there still are connections.
    ///
    /// # Errors
    ///
    /// What could not be done. `close` gives the errors of all plugins, and each names its own.
    fn shutdown<'a>(&'a self, runner: Runner<'a>) -> BoxFuture<'a, Result<()>> {
        drop(runner);
        Box::pin(std::future::ready(Ok(())))
    }
}

/// A statement, as errors of plugins call it: ``this update of `users` ``.
pub(crate) fn subject(operation: Operation, table: Option<&Ident>) -> String {
    let table = table.map(|name| format!(" of `{}`", name.as_str())).unwrap_or_default();
    format!("this {operation}{table}")
}

/// Writes a statement in the dialect, with what these plugins say of it in a comment behind it.
pub(crate) fn compile<'p>(
    plugins: impl IntoIterator<Item = &'p dyn Plugin>,
    statement: &Statement,
    context: &Context<'_>,
) -> Result<Compiled> {
    let mut tags = Tags::default();
    plugins.into_iter().for_each(|plugin| plugin.add_tags(statement, context, &mut tags));
    dialect::compile_tagged(statement, context.spec(), &tags)
}

/// A plugin that a query may leave out, by [`without`](crate::query::Statement::without).
///
/// What keeps people from what is not theirs does not implement it.
#[diagnostic::on_unimplemented(
    message = "the plugin `{Self}` cannot be left out by a query",
    note = "a database without it is made by `Db::without_plugin`"
)]
pub trait LeaveOut: Plugin {}

impl fmt::Debug for dyn Plugin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
