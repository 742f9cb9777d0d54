//! Nothing is changed.

use super::{Context, HarmlessFunctions, Plugin, functions, text};
use crate::ast::{Aggregate, Call, Node, Operation, Raw, Statement, TableName, Visit};
use crate::error::{Error, Result};
use crate::value::Value;

/// Refuses every statement that writes or defines, and every query with a common table expression that does. Text is
/// refused as a whole, since nobody knows what it does; within a query it may be one expression that holds, outside of quotes,
/// no word of a statement that writes. `replace(..)` is a function, and passes.
///
/// A function is called, in text too, if it is one of the servers' own that do nothing but to give a value: aggregates, those of
/// text, numbers, dates, JSON and windows, not `nextval`. Any other is refused, unless it is [allowed](Self::allow_function):
/// what the database defines by itself may write. If it defines another by the name of one of the servers' own, nobody sees that
/// here; nor what an operator, a view or a type does that it defines, nor that PostgreSQL calls a function where text names one as
/// a column of a row: `it.nextval`. Rows may be locked, by `for update`. A server's own user without rights is the stronger guard,
/// and so is a connection that only reads: on PostgreSQL, `options=-c%20default_transaction_read_only%3Don` in the URL.
///
/// ```
/// use kysera::plugin::ReadOnly;
/// use kysera::prelude::*;
/// # use kysera::Db;
/// # #[derive(Table)]
/// # #[table(name = "users")]
/// # pub struct User { #[column(primary_key, generated)] id: i64 }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> kysera::Result<()> {
/// let db = Db::builder("sqlite::memory:").plugin(ReadOnly::new()).connect().await?;
/// assert!(db.compile(select_from(users::table).to_statement()).is_ok());
/// let error = delete_from(users::table).all_rows().execute(&db).await.unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "the plugin `read only` refused this delete of `users`: nothing is written here, and a delete may",
/// );
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "a plugin does nothing until it is given to a database"]
pub struct ReadOnly {
    functions: HarmlessFunctions,
}

impl ReadOnly {
    /// Lets pass what reads, by functions that are known.
    pub fn new() -> Self {
        Self { functions: functions::and_of_the_connection() }
    }

    /// Lets a function be called too, which the program knows not to write: by its name, or in text by its schema and its name
    /// if it is called so.
    ///
    /// ```
    /// use kysera::plugin::ReadOnly;
    /// use kysera::prelude::*;
    ///
    /// let plugin = ReadOnly::new().allow_function("distance").allow_function("geo.distance");
    /// ```
    pub fn allow_function(self, name: impl Into<String>) -> Self {
        Self { functions: self.functions.allow_function(name) }
    }
}

impl Default for ReadOnly {
    fn default() -> Self {
        Self::new()
    }
}

impl Plugin for ReadOnly {
    fn name(&self) -> &str {
        "read only"
    }

    /// Last of all: it must see what is sent.
    fn priority(&self) -> i32 {
        i32::MIN
    }

    fn transform(&self, statement: Statement, _: &Context<'_>) -> Result<Statement> {
        statement.accept(&mut Reads { functions: &self.functions })?;
        Ok(statement)
    }

    fn pass_text(&self, _: &str, _: &Context<'_>) -> Result<()> {
        Err(Error::invalid("nobody knows whether text writes, and nothing is written here"))
    }

    /// What a statement does, its values do not change.
    fn pass_values(&self, _: &str, _: &[Value], _: &Context<'_>) -> Result<()> {
        Ok(())
    }
}

/// Ends at what does not only read.
struct Reads<'a> {
    functions: &'a HarmlessFunctions,
}

impl Visit for Reads<'_> {
    fn visit_statement(&mut self, node: &Statement) -> Result<()> {
        match node {
            Statement::Select(_) | Statement::Compound(_) => node.walk(self),
            Statement::Insert(_)
            | Statement::Update(_)
            | Statement::Delete(_)
            | Statement::CreateTable(_)
            | Statement::DropTable(_)
            | Statement::RowSecurity(_)
            | Statement::Raw(_) => {
                Err(Error::invalid(format!("nothing is written here, and {} may", called(node.operation()))))
            }
        }
    }

    fn visit_table_name(&mut self, node: &TableName) -> Result<()> {
        let name = node.name.as_str();
        if functions::is_setting(name) {
            return Err(Error::invalid(format!("nobody knows whether `{name}` writes, and nothing is written here")));
        }
        node.walk(self)
    }

    fn visit_raw(&mut self, node: &Raw) -> Result<()> {
        text::is_one_expression(node)?;
        text::writes_nothing(node, self.functions)?;
        node.walk(self)
    }

    fn visit_call(&mut self, node: &Call) -> Result<()> {
        self.functions.only_call(node.schema.as_ref(), &node.name)?;
        node.walk(self)
    }

    fn visit_aggregate(&mut self, node: &Aggregate) -> Result<()> {
        self.functions.only_call(None, &node.name)?;
        node.walk(self)
    }
}

/// An operation, as a sentence has it.
const fn called(operation: Operation) -> &'static str {
    match operation {
        Operation::Select => "a select",
        Operation::Insert => "an insert",
        Operation::Update => "an update",
        Operation::Delete => "a delete",
        Operation::Define => "a definition",
        Operation::Text => "text",
    }
}
