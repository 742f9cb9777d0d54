//! History: the entries of the log, the newest first.

use super::Entry;
use crate::ast::{BinaryOperator, Direction, Expr, Nulls, Operation, OrderItem, Select, TableName};
use crate::dialect::{self, Compiled, TextEquality};
use crate::driver::{BoxFuture, Query};
use crate::error::{Error, Result};
use crate::executor::{Access, Executor};
use crate::plugin::audit::{record, value};
use crate::plugin::{Audit, Context, Metadata};
use crate::row::Rows;
use crate::table::Table;
use crate::types::SqlType;
use crate::value::Value;

/// A query of the log. [`Audit::history`] makes it.
///
/// It gives the newest entries first: those that were written last, so that the changes of a row come in the order in which
/// they were made. It is read as it is: no plugin filters it. Entries of rows that are deleted stay.
///
/// ```
/// use kysera::ast::Operation;
/// use kysera::plugin::Audit;
/// # use kysera::prelude::*;
/// # #[derive(Table)]
/// # #[table(name = "users")]
/// # pub struct User { #[column(primary_key, generated)] id: i64 }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<()> {
/// let audit = Audit::new();
/// let db = Db::builder("sqlite::memory:").plugin(audit.clone()).connect().await?;
/// let yesterday = chrono::DateTime::<chrono::Utc>::from(std::time::SystemTime::now()) - chrono::Duration::days(1);
/// let deleted = audit.history().of(users::table).operation(Operation::Delete).by("ann").since(yesterday).limit(20);
/// assert!(deleted.fetch_all(&db).await?.is_empty());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "a query does nothing until it is run"]
pub struct History {
    log: TableName,
    query: Select,
    tables: Vec<TableName>,
    /// Columns and the text that they have, letter by letter.
    texts: Vec<(&'static str, String)>,
}

impl Audit {
    /// The entries of the log, to be narrowed down.
    pub fn history(&self) -> History {
        let log = self.log_name().clone();
        let mut query = record::query(&log);
        // Not by time: one of two that wait for the same row may have begun first and written last.
        let expr = record::column(&log, "id");
        query.order_by.push(OrderItem { expr, direction: Direction::Descending, nulls: Nulls::Default });
        History { log, query, tables: Vec::new(), texts: Vec::new() }
    }

    /// One entry, by its number.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) where there is none, and where the log cannot be read.
    pub fn entry<'e>(&self, id: i64, executor: &'e dyn Executor) -> BoxFuture<'e, Result<Entry>> {
        let entries = self.history().where_is("id", BinaryOperator::Equal, id).fetch_all(executor);
        Box::pin(async move { entries.await?.pop().ok_or_else(Error::not_found) })
    }
}

impl History {
    /// Of one table: where a plugin of the database that it is run on puts that into a schema, of the one there.
    pub fn of<T: Table>(self, _table: T) -> Self {
        self.of_named(T::DESCRIPTION.table_name())
    }

    /// Of one table by its name, as statements name it: a tuple says a schema too.
    pub fn of_named(mut self, table: impl Into<TableName>) -> Self {
        self.tables.push(table.into());
        self
    }

    /// Of the row of this primary key, of one column: the value that the row has. A decimal is found with any number of zeros
    /// behind it, and text by the letters that are stored, also where the column takes others for the same.
    pub fn key<V: SqlType>(self, key: V) -> Self {
        let key = value::plain(&value::as_written_in_keys(key.into_value()));
        self.key_text(key)
    }

    /// Of the row of this primary key, as text: of several columns, the JSON array of them, as in `[1,"a"]`. Decimals have no
    /// zeros at their end in it.
    pub fn key_text(self, key: impl Into<String>) -> Self {
        self.where_text("row_key", key.into())
    }

    /// Of one operation: `Insert`, `Update` or `Delete`.
    pub fn operation(self, operation: Operation) -> Self {
        self.where_text("operation", record::word_of(operation).to_owned())
    }

    /// By somebody, as the statement's [`Actor`](crate::plugin::Actor) was said, letter by letter.
    pub fn by(self, user: impl Into<Value>) -> Self {
        let user = value::plain(&user.into());
        self.where_text("changed_by", user)
    }

    /// From this instant on.
    pub fn since<V: SqlType>(self, instant: V) -> Self {
        self.where_is("changed_at", BinaryOperator::GreaterOrEqual, instant.into_value())
    }

    /// Before this instant.
    pub fn until<V: SqlType>(self, instant: V) -> Self {
        self.where_is("changed_at", BinaryOperator::Less, instant.into_value())
    }

    /// The most entries to give.
    pub fn limit(mut self, count: u64) -> Self {
        self.query.limit = Some(number(count));
        self
    }

    /// How many entries to pass over first.
    pub fn offset(mut self, count: u64) -> Self {
        self.query.offset = Some(number(count));
        self
    }

    /// Runs it, on a database, a transaction or a connection.
    ///
    /// # Errors
    ///
    /// Where the log cannot be read; and those of a plugin that cannot say in which schema a table lies.
    pub fn fetch_all(self, executor: &dyn Executor) -> BoxFuture<'_, Result<Vec<Entry>>> {
        let query = self.for_server(executor);
        Box::pin(async move {
            let mut rows = fetch(query?, executor).await?;
            rows.iter_mut().map(Entry::read).collect()
        })
    }

    fn where_text(mut self, column: &'static str, text: String) -> Self {
        self.texts.push((column, text));
        self
    }

    fn for_server(self, executor: &dyn Executor) -> Result<Select> {
        let Self { log, mut query, tables, mut texts } = self;
        let (pipeline, nothing) = (executor.pipeline(), Metadata::default());
        let context = Context::new(executor.spec(), &pipeline.tables, &nothing, executor.metadata());
        let context = context.among(&pipeline.plugins);
        for table in tables {
            texts.push(("table_name", record::name_of(&context.with_schema(table)?)));
        }
        let equality = executor.spec().text_equality;
        for (name, text) in texts {
            let column = || record::column(&log, name);
            Expr::restrict(&mut query.filter, column().equals(text.as_str()));
            match equality {
                TextEquality::Letters => {}
                // The first condition finds them by an index, the second one tells their letters apart.
                TextEquality::Collation => Expr::restrict(&mut query.filter, column().equals_text(&text)),
            }
        }
        Ok(query)
    }

    fn where_is(mut self, column: &str, operator: BinaryOperator, value: impl Into<Expr>) -> Self {
        let column = record::column(&self.log, column);
        Expr::restrict(&mut self.query.filter, Expr::binary(column, operator, value.into()));
        self
    }
}

/// No server counts further than an `i64`.
fn number(count: u64) -> Expr {
    Expr::from(i64::try_from(count).unwrap_or(i64::MAX))
}

/// Runs a query that no plugin rewrites.
async fn fetch(query: Select, executor: &dyn Executor) -> Result<Rows> {
    let Compiled { sql, params } = dialect::compile(&query.into(), executor.spec())?;
    let mut lease = executor.lease(Access::Read).await?;
    lease.connection().fetch(Query { sql: &sql, params: &params }).await
}
