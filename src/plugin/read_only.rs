//! Nothing is changed.

use super::{Context, Plugin, text};
use crate::ast::{Aggregate, Call, Node, Raw, Statement, Visit};
use crate::error::{Error, Result};
use crate::value::Value;

/// Refuses every statement that writes or defines, and every query with a common table expression that does. Text is
/// refused as a whole, since nobody knows what it does; within a query it may be one expression that holds, outside of quotes,
/// no word of a statement that writes. `replace(..)` is a function, and passes.
///
/// Functions of the servers that are known to write, as `nextval` and `setval`, are refused; what a function does that the
/// database defines by itself, the plugin does not know. A server's own user without rights is the stronger guard, and so is a
/// connection that only reads: on PostgreSQL, `options=-c%20default_transaction_read_only%3Don` in the URL.
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
/// let db = Db::builder("sqlite::memory:").plugin(ReadOnly).connect().await?;
/// assert!(db.compile(select_from(users::table).to_statement()).is_ok());
/// let error = delete_from(users::table).all_rows().execute(&db).await.unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "the plugin `read only` refused this delete of `users`: nothing is written here, and a delete may",
/// );
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct ReadOnly;

impl Plugin for ReadOnly {
    fn name(&self) -> &str {
        "read only"
    }

    /// Last of all: it must see what is sent.
    fn priority(&self) -> i32 {
        i32::MIN
    }

    fn transform(&self, statement: Statement, _: &Context<'_>) -> Result<Statement> {
        statement.accept(&mut Reads)?;
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
struct Reads;

impl Visit for Reads {
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
                Err(Error::invalid(format!("nothing is written here, and a {} may", node.operation())))
            }
        }
    }

    fn visit_raw(&mut self, node: &Raw) -> Result<()> {
        text::is_one_expression(node)?;
        text::writes_nothing(node)?;
        node.walk(self)
    }

    fn visit_call(&mut self, node: &Call) -> Result<()> {
        text::writes_by_no_call(node.name.as_str())?;
        node.walk(self)
    }

    fn visit_aggregate(&mut self, node: &Aggregate) -> Result<()> {
        text::writes_by_no_call(node.name.as_str())?;
        node.walk(self)
    }
}
