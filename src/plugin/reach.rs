//! Which tables a plugin is for.

use super::Context;
use crate::ast::TableName;
use crate::error::Result;

/// Which tables a plugin is for: those that are named, or else all that are known to have its column, but for some.
///
/// Names are compared without their case, as those of [`Builder::table`](crate::db::Builder::table) are, and a table is
/// meant in whichever schema it stands.
#[derive(Clone, Debug, Default)]
pub(super) struct Reach {
    only: Option<Vec<String>>,
    except: Vec<String>,
}

impl Reach {
    pub(super) fn only(self, tables: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self { only: Some(names(tables)), ..self }
    }

    pub(super) fn except(self, tables: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self { except: names(tables), ..self }
    }

    /// Refuses a table that is named and that the database does not have.
    pub(super) fn check_names(&self, context: &Context<'_>) -> Result<()> {
        context.check_names(self.only.iter().flatten())
    }

    /// Whether the tables are named one by one.
    pub(super) fn is_of_named(&self) -> bool {
        self.only.is_some()
    }

    /// Whether the plugin is not for this table, by its name.
    pub(super) fn is_excepted(&self, table: &TableName) -> bool {
        match &self.only {
            Some(only) => !is_among(only, table),
            None => is_among(&self.except, table),
        }
    }

    pub(super) fn includes(&self, table: &TableName, column: &str, context: &Context<'_>) -> bool {
        self.covers(table, context.column(table, column).is_some())
    }

    /// The same, for who knows whether the table has the column.
    #[inline]
    pub(super) fn covers(&self, table: &TableName, has_column: bool) -> bool {
        match &self.only {
            None if self.except.is_empty() => has_column,
            _ => self.covers_by_name(table, has_column),
        }
    }

    #[inline(never)]
    fn covers_by_name(&self, table: &TableName, has_column: bool) -> bool {
        match &self.only {
            Some(only) => is_among(only, table),
            None => has_column && !is_among(&self.except, table),
        }
    }
}

/// Names as [`is_among`] compares them.
pub(super) fn names(tables: impl IntoIterator<Item = impl Into<String>>) -> Vec<String> {
    tables.into_iter().map(|table| table.into().to_lowercase()).collect()
}

pub(super) fn is_among(names: &[String], table: &TableName) -> bool {
    !names.is_empty() && names.contains(&table.name.as_str().to_lowercase())
}
