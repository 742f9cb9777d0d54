//! Whose clock says when something happened.

use std::fmt;
use std::sync::Arc;

use super::Context;
use crate::ast::{DataType, Expr, Ident, TableName};
use crate::error::{Error, Result};
use crate::types::SqlType;
use crate::value::Value;

/// Whose clock says when something happened.
#[derive(Clone, Default)]
pub(super) enum Clock {
    /// The database's, which all programs share.
    #[default]
    Database,
    /// The program's, in whichever type the column has.
    Program(Arc<dyn Fn() -> Value + Send + Sync>),
}

impl Clock {
    pub(super) fn of<V: SqlType<Base = V>>(clock: impl Fn() -> V + Send + Sync + 'static) -> Self {
        Self::Program(Arc::new(move || clock().into_value()))
    }

    pub(super) fn now(&self) -> Expr {
        match self {
            Self::Database => Expr::Now,
            Self::Program(clock) => Expr::Value(clock()),
        }
    }

    /// The same, for a statement that is rewritten.
    pub(super) fn now_in(&self, context: &Context<'_>) -> Result<Expr> {
        match self {
            Self::Program(_) if context.is_precompiled() => Err(Error::invalid(
                "a statement that is compiled once for many times would keep the time at which it was compiled; leave the \
                 time to the database's clock, or build the statement each time",
            )),
            Self::Database | Self::Program(_) => Ok(self.now()),
        }
    }

    /// Whether a column can hold what this clock says. Servers would turn an instant into text or into a number of
    /// their own making, without a word.
    pub(super) fn check(&self, table: &TableName, column: &Ident, context: &Context<'_>) -> Result<()> {
        let declared = context.column(table, column.as_str());
        match (self, declared.map(|column| column.data_type)) {
            (Self::Program(_), _) | (Self::Database, None | Some(DataType::Timestamp | DataType::TimestampTz)) => {
                Ok(())
            }
            (Self::Database, Some(_)) => Err(Error::invalid(format!(
                "the column `{}` of `{}` holds no instants; give the plugin a `clock` that says what it holds",
                column.as_str(),
                table.name.as_str()
            ))),
        }
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Database => "Database",
            Self::Program(_) => "Program",
        })
    }
}
