//! A schema before the names of tables.

use super::reach::{is_among, names};
use super::{Context, LeaveOut, Plugin};
use crate::ast::{Ident, Statement, TableName};
use crate::error::Result;

/// Puts a schema (a database, on MySQL and MariaDB) before the name of every table that has none: in queries, in what is
/// written, in definitions and the foreign keys in them. Common table expressions and aliases stay as they are, and so
/// does text: name the schema in it by [`ident`](crate::expr::ident).
///
/// A foreign key of SQLite refers to a table of the same schema, and names none; one to a table that was
/// [left as it is](Self::except), or has a schema of its own, may be to another there.
///
/// The name is quoted as every name is, so nothing in it becomes SQL. A query may leave this plugin out; where schemas keep
/// tenants apart, use [`TenantSchema`](super::TenantSchema).
///
/// ```
/// use kysera::plugin::WithSchema;
/// use kysera::prelude::*;
/// # use kysera::Db;
/// # #[derive(Table)]
/// # #[table(name = "users")]
/// # pub struct User { #[column(primary_key, generated)] id: i64, name: String }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> kysera::Result<()> {
/// let db = Db::builder("sqlite::memory:").plugin(WithSchema::new("main")).connect().await?;
/// let (compiled, _) = db.compile(select_from(users::table).select(users::name).to_statement())?;
/// assert_eq!(compiled.sql, r#"select "users"."name" from "main"."users""#);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct WithSchema {
    schema: Ident,
    except: Vec<String>,
}

impl WithSchema {
    /// `schema.table`
    pub fn new(schema: impl Into<Ident>) -> Self {
        Self { schema: schema.into(), except: Vec::new() }
    }

    /// Leaves these tables as they are, whatever the case of their names.
    #[must_use]
    pub fn except<N: Into<String>>(mut self, tables: impl IntoIterator<Item = N>) -> Self {
        self.except.extend(names(tables));
        self
    }

    fn schema_of(&self, table: &TableName) -> Option<Ident> {
        let stays = table.schema.is_some() || is_among(&self.except, table);
        (!stays).then(|| self.schema.clone())
    }
}

impl Plugin for WithSchema {
    fn name(&self) -> &str {
        "with schema"
    }

    fn transform(&self, mut statement: Statement, _: &Context<'_>) -> Result<Statement> {
        statement.rename_tables(|table| {
            let schema = self.schema_of(table.name());
            Ok(schema.map(|schema| TableName { schema: Some(schema), name: table.name().name.clone() }))
        })?;
        Ok(statement)
    }

    fn table_schema(&self, table: &TableName, _: &Context<'_>) -> Result<Option<Ident>> {
        Ok(self.schema_of(table))
    }
}

#[diagnostic::do_not_recommend]
impl LeaveOut for WithSchema {}
