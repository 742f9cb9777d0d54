//! Rules: which tables they are about, and what they say.

use std::any::{Any, type_name};

use crate::ast::{Expr, Ident, Role, TableName, TableUse};
use crate::error::{Error, Result};
use crate::plugin::Context;
use crate::value::Value;

/// `column = value`, for tables.
pub(super) struct ColumnRule {
    tables: Tables,
    column: String,
    value: Box<dyn Fn(&Context<'_>) -> Result<Value> + Send + Sync>,
}

/// Which tables a rule is about.
pub(super) enum Tables {
    /// All but those that are excepted.
    All,
    /// Those of these names, in lower case.
    Only(Vec<String>),
}

impl ColumnRule {
    pub(super) fn new<T: Any>(
        tables: Tables,
        column: String,
        value: impl Fn(&T) -> Value + Send + Sync + 'static,
    ) -> Self {
        let value = move |context: &Context<'_>| match context.get_from_handle::<T>().map(&value) {
            Some(value) if value.is_null() => Err(Error::invalid(format!("the `{}` is `null`", type_name::<T>()))),
            Some(value) => Ok(value),
            None => Err(Error::invalid(format!(
                "there is no `{}` to say whose rows are meant; give it by `Db::with`",
                type_name::<T>()
            ))),
        };
        Self { tables, column, value: Box::new(value) }
    }

    pub(super) fn tables(&self) -> &Tables {
        &self.tables
    }

    pub(super) fn column(&self) -> &str {
        &self.column
    }

    /// The value of whoever asks.
    pub(super) fn value(&self, context: &Context<'_>) -> Result<Value> {
        (self.value)(context)
    }

    /// Refuses a table that is not known to have the column: one that lacks it has the rows of all, and of one that is not
    /// declared nobody knows.
    pub(super) fn demand_column(&self, name: &TableName, context: &Context<'_>) -> Result<()> {
        match context.declared(name) {
            Some(description) if description.column(&self.column).is_some() => Ok(()),
            Some(_) => Err(Error::invalid(format!(
                "`{}` is declared without the column `{}`; name it by `except` if its rows belong to all",
                name.name.as_str(),
                self.column
            ))),
            None => Err(unknown(name)),
        }
    }

    /// Whether a column of a table that is written is the rule's. Servers that do not look at the case of a name, or at
    /// accents, would take others for it too, so what comes near is refused.
    pub(super) fn is_column(&self, table: &TableName, column: &Ident, context: &Context<'_>) -> Result<bool> {
        let column = column.as_str();
        if column == self.column {
            return Ok(true);
        }
        let is_declared = context.declared(table).is_some_and(|it| it.column(column).is_some());
        if column.to_lowercase() == self.column.to_lowercase() || !(is_declared || column.is_ascii()) {
            return Err(Error::invalid(format!("`{column}` may be the column `{}` by another name", self.column)));
        }
        Ok(false)
    }

    /// What is said of a value that is not exactly the one of whoever asks.
    pub(super) fn refused(&self, table: &TableName) -> Error {
        Error::invalid(format!(
            "the column `{}` of `{}` must be given the value of whoever asks, or be left out",
            self.column,
            table.name.as_str()
        ))
    }
}

/// A condition on the rows of a table.
pub(super) struct Policy {
    /// In lower case.
    pub(super) table: String,
    pub(super) roles: Vec<Role>,
    pub(super) condition: Box<Condition>,
}

type Condition = dyn Fn(&TableUse<'_>, &Context<'_>) -> Result<Option<Expr>> + Send + Sync;

impl Policy {
    pub(super) fn is_about(&self, name: &TableName) -> bool {
        self.table == name.name.as_str().to_lowercase()
    }

    pub(super) fn is_asked(&self, table: &TableUse<'_>) -> bool {
        let roles: &[Role] = match table.role() {
            Role::Read => &[Role::Read],
            Role::Insert => &[Role::Insert],
            Role::Conflict => &[Role::Read, Role::Update, Role::Conflict],
            Role::Update => &[Role::Read, Role::Update],
            Role::Delete => &[Role::Read, Role::Delete],
            Role::Define => &[Role::Define],
        };
        self.is_about(table.name()) && roles.iter().any(|role| self.roles.contains(role))
    }
}

/// Whether both name one table, whatever their case.
pub(super) fn is_same_table(one: &TableName, other: &TableName) -> bool {
    let lower = |TableName { schema, name }: &TableName| {
        (schema.as_ref().map(|it| it.as_str().to_lowercase()), name.as_str().to_lowercase())
    };
    lower(one) == lower(other)
}

/// What is said of a table of which nobody said anything.
pub(super) fn unknown(name: &TableName) -> Error {
    Error::invalid(format!(
        "nothing is known of the table `{}`; declare it by `Builder::table`, or name it by `except`",
        name.name.as_str()
    ))
}
