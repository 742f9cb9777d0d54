//! What a plugin goes around.

use std::fmt;

use super::{Context, Plugin, Runner, compile, subject};
use crate::ast::{Ident, Statement, TableName};
use crate::dialect::Compiled;
use crate::driver::{BoxFuture, Connection, Outcome, Query};
use crate::error::{Error, Result};
use crate::row::Rows;

/// What comes of a statement is asked for in one of two forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Its rows. Those of a stream too, which are then all read before the first is given.
    Rows,
    /// How many rows it changed.
    Outcome,
}

/// What came of a statement.
#[derive(Clone, Debug)]
pub enum Answer {
    /// Its rows.
    Rows(Rows),
    /// How many rows it changed.
    Outcome(Outcome),
}

impl Answer {
    pub(crate) fn into_rows(self) -> Result<Rows> {
        match self {
            Self::Rows(rows) => Ok(rows),
            Self::Outcome(_) => Err(other_form()),
        }
    }

    pub(crate) fn into_outcome(self) -> Result<Outcome> {
        match self {
            Self::Outcome(outcome) => Ok(outcome),
            Self::Rows(_) => Err(other_form()),
        }
    }
}

fn other_form() -> Error {
    Error::invalid("a plugin that goes around the statement answered in another form than was wanted")
}

/// The rest of the way of a statement, for a plugin that goes [around](Plugin::around) it: the other plugins that do, and
/// then the server.
pub struct Next<'a> {
    /// The plugins that have rewritten the statement, and say in a comment of what is sent what they say of it.
    all: &'a [&'a dyn Plugin],
    rest: &'a [&'a dyn Plugin],
    /// How many of the rest the query brings along.
    brought: usize,
    /// The statement, for a plugin that the query brings along, which sends no other.
    only: Option<Statement>,
    context: Context<'a>,
    connection: &'a mut dyn Connection,
    wanted: Wanted,
    /// Set where what comes behind this has failed.
    failed: &'a mut bool,
    /// What was sent last.
    sent: &'a mut Option<Sent>,
}

/// A statement that was sent, as the server got it.
pub(crate) struct Sent {
    pub(crate) statement: Statement,
    pub(crate) compiled: Compiled,
}

impl<'a> Next<'a> {
    /// Has a statement, which `all` have rewritten, go through those that go around it, the first of them outermost, and then
    /// to the server.
    pub(crate) async fn start(
        all: &[&dyn Plugin],
        statement: Statement,
        context: Context<'_>,
        connection: &mut dyn Connection,
        wanted: Wanted,
        sent: &mut Option<Sent>,
    ) -> Result<Answer> {
        let wraps = |plugin: &&dyn Plugin| plugin.wraps(&statement, &context);
        // Those that the query brings along are the first of all.
        let (of_query, of_database) = all.split_at(context.plugins_of_query().len());
        let mut rest: Vec<_> = of_query.iter().copied().filter(wraps).collect();
        let brought = rest.len();
        rest.extend(of_database.iter().copied().filter(wraps));
        let (rest, only, failed) = (&*rest, None, &mut false);
        let answer = Next { all, rest, brought, only, context, connection, wanted, failed, sent }.run(statement).await;
        answer.map_err(|error| error.taken_back().unwrap_or_else(|error| error))
    }

    /// The place where the statement runs.
    #[must_use]
    pub const fn context(&self) -> &Context<'a> {
        &self.context
    }

    /// The form in which the program wants the answer, and in which the plugin must give it.
    #[must_use]
    pub const fn wanted(&self) -> Wanted {
        self.wanted
    }

    /// The name that a column has in the statement, of one that the program calls so, after the plugins of the database have
    /// rewritten it. What the program calls the table is told by the name that the statement has for it:
    /// [`TableName::in_program`].
    ///
    /// # Errors
    ///
    /// Those of the plugins, by [`Plugin::column_name`]; and where one that the query brings along has a name for it: nothing
    /// that is kept of a statement goes by what that says of itself.
    pub fn column_name(&self, table: &TableName, column: impl Into<Ident>) -> Result<Ident> {
        let column = column.into();
        let (of_query, of_database) = self.all.split_at(self.context.plugins_of_query().len());
        for plugin in of_query {
            if plugin.column_name(table, &column, &self.context)?.is_some() {
                return Err(Error::invalid(format!(
                    "a plugin of the query calls the column `{}` otherwise; give the plugin to the database",
                    column.as_str()
                )));
            }
        }
        of_database
            .iter()
            .try_fold(column, |name, plugin| Ok(plugin.column_name(table, &name, &self.context)?.unwrap_or(name)))
    }

    /// Runs statements of the plugin's own, on the same connection and in the same transaction. What would end that is
    /// refused: MySQL and MariaDB commit where a table is created or dropped. So is every statement of a plugin that a query
    /// brings along.
    pub fn runner(&mut self) -> Runner<'_> {
        Runner::on_connection(self.context.spec(), &mut *self.connection, self.only.is_none())
    }

    /// Runs the statement, and gives what came of it in the form in which it is wanted.
    ///
    /// # Errors
    ///
    /// Where it cannot be compiled, another plugin or the server refuses it. Then nothing is stored; what is left is to give
    /// the error back, and a plugin that answers all the same is refused. So is one that a query brings along and that sends
    /// another statement than it got: what the database's plugins made of that is not to be had in another way.
    pub fn run(&mut self, statement: Statement) -> BoxFuture<'_, Result<Answer>> {
        let wanted = self.wanted;
        Box::pin(self.send(statement, wanted))
    }

    /// Runs the statement for its rows, whatever is wanted.
    ///
    /// # Errors
    ///
    /// Those of [`run`](Self::run).
    pub fn fetch(&mut self, statement: Statement) -> BoxFuture<'_, Result<Rows>> {
        Box::pin(async move { self.send(statement, Wanted::Rows).await?.into_rows() })
    }

    /// Runs the statement for its effect, whatever is wanted.
    ///
    /// # Errors
    ///
    /// Those of [`run`](Self::run).
    pub fn execute(&mut self, statement: Statement) -> BoxFuture<'_, Result<Outcome>> {
        Box::pin(async move { self.send(statement, Wanted::Outcome).await?.into_outcome() })
    }

    async fn send(&mut self, statement: Statement, wanted: Wanted) -> Result<Answer> {
        if self.only.as_ref().is_some_and(|only| *only != statement) {
            return Err(Error::invalid(
                "a plugin that a query brings along goes around its statement and sends no other; give it to the database",
            ));
        }
        let answer = self.pass_on(statement, wanted).await;
        *self.failed |= answer.is_err();
        answer.map_err(Error::passed_on)
    }

    async fn pass_on(&mut self, statement: Statement, wanted: Wanted) -> Result<Answer> {
        let Some((plugin, rest)) = self.rest.split_first() else { return self.ask_server(statement, wanted).await };
        let mut failed = false;
        let subject = subject(statement.operation(), statement.table().map(|table| &table.name));
        let (all, context) = (self.all, self.context);
        let (connection, sent) = (&mut *self.connection, &mut *self.sent);
        let only = (self.brought > 0).then(|| statement.clone());
        let brought = self.brought.saturating_sub(1);
        let next = Next { all, rest, brought, only, context, connection, wanted, failed: &mut failed, sent };
        let answer = match plugin.around(statement, next).await {
            Err(error) => Err(match error.taken_back() {
                Ok(given) => return Err(given),
                Err(own) => own,
            }),
            Ok(_) if failed => Err(Error::invalid("it answers though what it goes around has failed")),
            Ok(answer) => match wanted {
                Wanted::Rows => answer.into_rows().map(Answer::Rows),
                Wanted::Outcome => answer.into_outcome().map(Answer::Outcome),
            },
        };
        answer.map_err(|error| error.in_plugin(plugin.name(), subject))
    }

    async fn ask_server(&mut self, statement: Statement, wanted: Wanted) -> Result<Answer> {
        self.context.spec().check_in_transaction(statement.operation())?;
        let compiled = compile(self.all.iter().copied(), &statement, &self.context)?;
        let Sent { statement: _, compiled: Compiled { sql, params } } = self.sent.insert(Sent { statement, compiled });
        let query = Query { sql, params };
        match wanted {
            Wanted::Rows => self.connection.fetch(query).await.map(Answer::Rows),
            Wanted::Outcome => self.connection.execute(query).await.map(Answer::Outcome),
        }
    }
}

impl fmt::Debug for Next<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Next").field("rest", &self.rest).field("wanted", &self.wanted).finish_non_exhaustive()
    }
}
