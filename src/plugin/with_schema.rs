//! A schema before the names of tables.

use std::any::{Any, type_name};
use std::fmt;

use super::{Context, LeaveOut, Plugin};
use crate::ast::{Ident, Statement, TableName};
use crate::error::{Error, Result};

/// Puts a schema (a database, on MySQL and MariaDB) before the name of every table that has none: in queries, in what is
/// written, in definitions and the foreign keys in them. Common table expressions and aliases stay as they are, and so
/// does text: name the schema in it by [`ident`](crate::expr::ident).
///
/// The name is quoted as every name is, so nothing in it becomes SQL. Where a schema keeps tenants apart, choose it
/// [by a value](Self::of) that travels with the statement, and mind that a query may leave this plugin out.
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
pub struct WithSchema {
    schema: Box<dyn Fn(&Context<'_>) -> Result<Ident> + Send + Sync>,
    except: Vec<String>,
}

impl WithSchema {
    /// `schema.table`
    pub fn new(schema: impl Into<Ident>) -> Self {
        let schema = schema.into();
        Self { schema: Box::new(move |_| Ok(schema.clone())), except: Vec::new() }
    }

    /// The schema that a value names which travels with the query, the transaction or the database. Without such a value
    /// the statement is refused: it would reach the tables of nobody knows whom.
    ///
    /// ```
    /// use kysera::plugin::WithSchema;
    /// use kysera::prelude::*;
    /// # use kysera::Db;
    /// # #[derive(Table)]
    /// # #[table(name = "users")]
    /// # pub struct User { #[column(primary_key, generated)] id: i64 }
    ///
    /// struct Tenant(&'static str);
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> kysera::Result<()> {
    /// let plugin = WithSchema::of(|tenant: &Tenant| tenant.0.to_owned());
    /// let db = Db::builder("sqlite::memory:").plugin(plugin).connect().await?;
    /// let (compiled, _) = db.with(Tenant("acme")).compile(delete_from(users::table).all_rows().to_statement())?;
    /// assert_eq!(compiled.sql, r#"delete from "acme"."users""#);
    /// assert!(db.compile(delete_from(users::table).all_rows().to_statement()).is_err());
    /// # Ok(())
    /// # }
    /// ```
    pub fn of<T: Any>(schema: impl Fn(&T) -> String + Send + Sync + 'static) -> Self {
        let schema = move |context: &Context<'_>| match context.get::<T>() {
            Some(value) => Ok(Ident::from(schema(value))),
            None => Err(Error::invalid(format!("there is no `{}` to name the schema", type_name::<T>()))),
        };
        Self { schema: Box::new(schema), except: Vec::new() }
    }

    /// Leaves these tables as they are, whatever the case of their names.
    #[must_use]
    pub fn except<N: Into<String>>(mut self, tables: impl IntoIterator<Item = N>) -> Self {
        self.except.extend(tables.into_iter().map(|name| name.into().to_lowercase()));
        self
    }
}

impl Plugin for WithSchema {
    fn name(&self) -> &str {
        "with schema"
    }

    fn transform(&self, mut statement: Statement, context: &Context<'_>) -> Result<Statement> {
        statement.rename_tables(|table| {
            let TableName { schema, name } = table.name();
            if schema.is_some() || self.except.contains(&name.as_str().to_lowercase()) {
                return Ok(None);
            }
            Ok(Some(TableName { schema: Some((self.schema)(context)?), name: name.clone() }))
        })?;
        Ok(statement)
    }
}

#[diagnostic::do_not_recommend]
impl LeaveOut for WithSchema {}

impl fmt::Debug for WithSchema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { schema: _, except } = self;
        f.debug_struct("WithSchema").field("except", except).finish_non_exhaustive()
    }
}
