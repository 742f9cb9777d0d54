//! Who has written a row, in its columns.

use super::{Audit, Restoring};
use crate::ast::{Expr, Ident, Statement, TableUse};
use crate::error::Result;
use crate::plugin::Context;
use crate::value::Value;

impl Audit {
    /// Has what is inserted and updated say who acts, where a table is known to have the columns.
    pub(super) fn stamp(&self, statement: &mut Statement, context: &Context<'_>) -> Result<()> {
        if context.get::<Restoring>().is_some() {
            return Ok(());
        }
        // That somebody must act is said where a row is written.
        let Ok(Some(actor)) = self.actor_of(context) else { return Ok(()) };
        if matches!(actor, Value::Null(_)) {
            return Ok(());
        }
        let stamp = |table: &TableUse<'_>, column: &Ident| {
            let is_stamped = self.includes(table.name()) && context.has_column(table, column.as_str());
            is_stamped.then(|| Expr::Value(actor.clone()))
        };
        let Self { created_by, updated_by, .. } = self;
        statement.set_on_insert(created_by, |table| Ok(stamp(table, created_by)))?;
        statement.set_on_update(updated_by, |table, _| Ok(stamp(table, updated_by)))
    }
}
