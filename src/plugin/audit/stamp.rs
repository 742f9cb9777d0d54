//! Who has written a row, in its columns.

use super::{Audit, Restoring};
use crate::ast::{
    Assignment, Conflict, ConflictAction, Expr, Ident, Insert, Node, Statement, TableName, Update, VisitMut,
};
use crate::error::Result;
use crate::plugin::Context;
use crate::plugin::give::give;
use crate::value::Value;

impl Audit {
    /// Has what is inserted and updated say who acts, where a table is known to have the columns.
    pub(super) fn stamp(&self, statement: &mut Statement, context: &Context<'_>) -> Result<()> {
        let writes = match statement {
            Statement::Insert(_) | Statement::Update(_) | Statement::Delete(_) => true,
            Statement::Select(it) => !it.with.is_empty(),
            Statement::Compound(it) => !it.with.is_empty(),
            Statement::CreateTable(_) | Statement::DropTable(_) | Statement::Raw(_) => false,
        };
        if !writes || context.get::<Restoring>().is_some() {
            return Ok(());
        }
        match self.actor_of(context) {
            Ok(None | Some(Value::Null(_))) => Ok(()),
            Ok(Some(actor)) => statement.accept_mut(&mut Stamp { audit: self, context, actor: Expr::Value(actor) }),
            // That somebody must act is said where a row is written.
            Err(_) => Ok(()),
        }
    }
}

/// Stamps what is written.
struct Stamp<'a> {
    audit: &'a Audit,
    context: &'a Context<'a>,
    actor: Expr,
}

impl VisitMut for Stamp<'_> {
    /// What writes stands before a statement, and in no expression of it: no server lets a subquery write.
    fn visit_expr(&mut self, _: &mut Expr) -> Result<()> {
        Ok(())
    }

    fn visit_insert(&mut self, node: &mut Insert) -> Result<()> {
        node.walk_mut(self)?;
        if self.is_stamped(&node.into, &self.audit.created_by) {
            give(&self.audit.created_by, &self.actor, node);
        }
        let Insert { with: _, into, columns: _, source: _, conflict, returning: _ } = node;
        if let Some(Conflict { target: _, action: ConflictAction::Update { assignments, filter: _ } }) = conflict {
            self.set(into, assignments);
        }
        Ok(())
    }

    fn visit_update(&mut self, node: &mut Update) -> Result<()> {
        node.walk_mut(self)?;
        self.set(&node.table.name, &mut node.assignments);
        Ok(())
    }
}

impl Stamp<'_> {
    fn is_stamped(&self, table: &TableName, column: &Ident) -> bool {
        let declared = self.context.declared(table);
        self.audit.includes(table) && declared.is_some_and(|declared| declared.column(column.as_str()).is_some())
    }

    /// Sets who has changed a row, where an update does not say who. One without assignments is an error, and stays one.
    fn set(&self, table: &TableName, assignments: &mut Vec<Assignment>) {
        let column = &self.audit.updated_by;
        let is_said = assignments.iter().any(|it| it.column == *column);
        if !assignments.is_empty() && !is_said && self.is_stamped(table, column) {
            assignments.push(Assignment { column: column.clone(), value: self.actor.clone() });
        }
    }
}
