//! A plugin that writes down what it saw.

use std::sync::{Arc, Mutex, PoisonError};

use crate::ast::{Operation, Statement};
use crate::dialect;
use crate::error::Result;
use crate::plugin::{Context, LeaveOut, Plugin};

/// A plugin that writes down every statement that it sees, and changes none. A clone writes into the same list, so keep one
/// and give the other away.
///
/// It runs behind all plugins of a database that do not have the lowest priority too, and so sees what they have made.
///
/// ```
/// use kysera::ast::Operation;
/// use kysera::plugin::SoftDelete;
/// use kysera::prelude::*;
/// use kysera::testing::Spy;
///
/// # #[derive(Table)]
/// # #[table(name = "users")]
/// # pub struct User {
/// #     #[column(primary_key, generated)] id: i64,
/// #     deleted_at: Option<chrono::DateTime<chrono::Utc>>,
/// # }
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<()> {
/// let spy = Spy::new();
/// let db = Db::builder("sqlite::memory:").plugin(SoftDelete::new()).plugin(spy.clone()).connect().await?;
/// # kysera::schema::create_table_for::<User>().execute(&db.without_plugin("spy")?).await?;
/// delete_from(users::table).filter(users::id.eq(7)).execute(&db).await?;
///
/// let seen = spy.take();
/// assert_eq!((seen.len(), seen[0].operation, seen[0].table.as_deref()), (1, Operation::Update, Some("users")));
/// assert!(seen[0].sql.starts_with(r#"update "users" set "deleted_at" ="#));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct Spy(Arc<Mutex<Vec<Seen>>>);

/// A statement that a [`Spy`] saw.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Seen {
    /// The statement.
    pub statement: Statement,
    /// What it does.
    pub operation: Operation,
    /// The name of the table that it writes or defines, or of the first one that it reads.
    pub table: Option<String>,
    /// Its SQL, or in its place why there is none: `error: ..`.
    pub sql: String,
}

impl Spy {
    /// One that has seen nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What it has seen so far, in this order.
    #[must_use]
    pub fn seen(&self) -> Vec<Seen> {
        self.list().clone()
    }

    /// The same, and forgets it.
    #[must_use]
    pub fn take(&self) -> Vec<Seen> {
        std::mem::take(&mut *self.list())
    }

    /// What it has seen of an operation.
    #[must_use]
    pub fn of(&self, operation: Operation) -> Vec<Seen> {
        self.list().iter().filter(|seen| seen.operation == operation).cloned().collect()
    }

    /// What it has seen of a table, by its name without a schema.
    #[must_use]
    pub fn of_table(&self, table: &str) -> Vec<Seen> {
        self.list().iter().filter(|seen| seen.table.as_deref() == Some(table)).cloned().collect()
    }

    fn list(&self) -> std::sync::MutexGuard<'_, Vec<Seen>> {
        // A test that panicked elsewhere has left the list as whole as it was.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Plugin for Spy {
    fn name(&self) -> &str {
        "spy"
    }

    fn priority(&self) -> i32 {
        i32::MIN
    }

    fn transform(&self, statement: Statement, context: &Context<'_>) -> Result<Statement> {
        let sql = match dialect::compile(&statement, context.spec()) {
            Ok(compiled) => compiled.sql,
            Err(error) => format!("error: {error}"),
        };
        let table = statement.table().map(|table| table.name.as_str().to_owned());
        let seen = Seen { operation: statement.operation(), table, sql, statement: statement.clone() };
        self.list().push(seen);
        Ok(statement)
    }
}

#[diagnostic::do_not_recommend]
impl LeaveOut for Spy {}
