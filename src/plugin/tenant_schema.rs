//! A schema for each tenant.

use std::any::{Any, type_name};
use std::fmt;

use super::reach::{is_among, names};
use super::{Context, HarmlessFunctions, Plugin};
use crate::ast::{Ident, Statement, TableName};
use crate::error::{Error, Result};
use crate::value::Value;

/// Keeps tenants apart by schemas (databases, on MySQL and MariaDB): puts the one of whoever asks before the name of every
/// table, in queries, in what is written, in definitions and the foreign keys in them.
///
/// The schema is named by a value that travels with the handle to the database; what a query says by `.with(..)` counts only
/// where the handle says nothing. No query leaves the plugin out, and without the value, nothing is run. A table that names
/// a schema of its own is refused where that is another one, unless it is [excepted](Self::except); and text, since it may name
/// any, unless it is [allowed](Self::allow_text): whole statements, and within one what could read a table or be more than one
/// expression. A function is called, in text too and where another plugin adds it, if it is one of the servers' own that do
/// nothing but to give a value of what they are given; any other is [allowed](Self::allow_function) by name.
///
/// The name of the schema is quoted as every name is. A server may take names for one that differ in case alone, as SQLite always
/// does, and MySQL and MariaDB where `lower_case_table_names` is set: tenants whose schemas are named so share one there. No row
/// of another schema is read, so that no error of a query tells of any.
///
/// It runs behind the other plugins, but for [`NameMapping`](super::NameMapping) and guards.
///
/// ```
/// use kysera::plugin::TenantSchema;
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
/// let plugin = TenantSchema::of(|tenant: &Tenant| tenant.0.to_owned());
/// let db = Db::builder("sqlite::memory:").plugin(plugin).connect().await?;
/// let acme = db.with(Tenant("acme"));
/// let all = delete_from(users::table).all_rows();
/// assert_eq!(all.compile_on(&acme)?.sql(), r#"delete from "acme"."users""#);
/// assert_eq!(all.clone().with(Tenant("other")).compile_on(&acme)?.sql(), r#"delete from "acme"."users""#);
/// assert!(all.compile_on(&db).is_err());
/// # Ok(())
/// # }
/// ```
pub struct TenantSchema {
    schema: Box<dyn Fn(&Context<'_>) -> Result<Ident> + Send + Sync>,
    /// The schemas that there are, if it is said.
    among: Option<Vec<Ident>>,
    except: Vec<String>,
    functions: HarmlessFunctions,
    text: Text,
}

/// Whether text may run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Text {
    Refused,
    Allowed,
}

impl TenantSchema {
    /// The schema that a value names.
    #[must_use]
    pub fn of<T: Any>(schema: impl Fn(&T) -> String + Send + Sync + 'static) -> Self {
        let schema = move |context: &Context<'_>| match context.get_from_handle::<T>() {
            Some(value) => Ok(Ident::from(schema(value))),
            None => Err(Error::invalid(format!("there is no `{}` to name the schema", type_name::<T>()))),
        };
        Self {
            schema: Box::new(schema),
            among: None,
            except: Vec::new(),
            functions: HarmlessFunctions::new(),
            text: Text::Refused,
        }
    }

    /// Refuses any schema but these, letter by letter: where the value that names it comes from outside.
    ///
    /// ```
    /// # use kysera::plugin::TenantSchema;
    /// struct Tenant(String);
    ///
    /// let plugin = TenantSchema::of(|tenant: &Tenant| tenant.0.clone()).among(["acme", "globex"]);
    /// ```
    #[must_use]
    pub fn among(self, schemas: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self { among: Some(schemas.into_iter().map(|schema| Ident::from(schema.into())).collect()), ..self }
    }

    /// The schema of whoever asks.
    fn own(&self, context: &Context<'_>) -> Result<Ident> {
        let own = (self.schema)(context)?;
        match &self.among {
            Some(among) if !among.contains(&own) => {
                Err(Error::invalid(format!("`{}` is none of the schemas of tenants", own.as_str())))
            }
            Some(_) | None => Ok(own),
        }
    }

    /// Leaves these tables, which belong to all, as they are, whatever the case of their names.
    #[must_use]
    pub fn except(mut self, tables: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.except.extend(names(tables));
        self
    }

    /// Lets a function be called too, which the program knows to read no table and to do nothing but to give a value: by its
    /// name, or by its schema and its name if it is called so.
    #[must_use]
    pub fn allow_function(self, name: impl Into<String>) -> Self {
        Self { functions: self.functions.allow_function(name), ..self }
    }

    /// Lets text pass, which then reaches every schema, and every function be called.
    #[must_use]
    pub fn allow_text(self) -> Self {
        Self { text: Text::Allowed, ..self }
    }
}

impl Plugin for TenantSchema {
    fn name(&self) -> &str {
        "tenant schema"
    }

    fn priority(&self) -> i32 {
        -90
    }

    fn transform(&self, mut statement: Statement, context: &Context<'_>) -> Result<Statement> {
        let own = self.own(context)?;
        if self.text == Text::Refused {
            if let Statement::Raw(_) = statement {
                return Err(is_not_run());
            }
            self.functions.check(&statement)?;
        }
        statement.rename_tables(|table| match table.name() {
            name if is_among(&self.except, name) => Ok(None),
            TableName { schema: None, name } => Ok(Some(TableName { schema: Some(own.clone()), name: name.clone() })),
            TableName { schema: Some(schema), name: _ } if *schema == own => Ok(None),
            TableName { schema: Some(_), name } => Err(Error::invalid(format!(
                "`{}` names a schema of its own; name it by `except` if it belongs to all",
                name.as_str()
            ))),
        })?;
        Ok(statement)
    }

    fn table_schema(&self, table: &TableName, context: &Context<'_>) -> Result<Option<Ident>> {
        let stays = table.schema.is_some() || is_among(&self.except, table);
        if stays { Ok(None) } else { self.own(context).map(Some) }
    }

    fn pass_text(&self, _: &str, _: &Context<'_>) -> Result<()> {
        match self.text {
            Text::Allowed => Ok(()),
            Text::Refused => Err(is_not_run()),
        }
    }

    /// Values name no schema.
    fn pass_values(&self, _: &str, _: &[Value], _: &Context<'_>) -> Result<()> {
        Ok(())
    }
}

fn is_not_run() -> Error {
    Error::invalid("nobody knows which schema text reaches, so none is run, unless by `allow_text`")
}

impl fmt::Debug for TenantSchema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { schema: _, among, except, functions, text } = self;
        f.debug_struct("TenantSchema")
            .field("among", among)
            .field("except", except)
            .field("functions", functions)
            .field("text", text)
            .finish_non_exhaustive()
    }
}
