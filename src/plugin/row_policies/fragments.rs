//! Text in a statement, and functions that read what a text names.

use super::super::text;
use super::Passes;
use crate::ast::{
    Aggregate, AllColumns, Call, Expr, Insert, Node, Raw, SelectExpr, Statement, Table, Update, Visit, is_of_leaves,
};
use crate::error::{Error, Result};

/// Ends at what may reach a table that no policy sees, and finds out whether rows are written.
pub(super) struct Fragments {
    pub(super) text: Passes,
    /// Whether rows are inserted or updated anywhere.
    pub(super) writes: bool,
}

pub(super) fn text() -> Error {
    Error::invalid("nobody knows which rows text reaches, so none is run, unless by `allow_text`")
}

/// Refuses a statement with text in it that may reach a table which nobody sees.
pub(in crate::plugin) fn refuse_text(statement: &Statement) -> Result<()> {
    statement.accept(&mut Fragments { text: Passes::No, writes: false })
}

impl Visit for Fragments {
    fn visit_statement(&mut self, node: &Statement) -> Result<()> {
        match node {
            Statement::Raw(_) if self.text == Passes::No => Err(text()),
            Statement::Select(_)
            | Statement::Compound(_)
            | Statement::Insert(_)
            | Statement::Update(_)
            | Statement::Delete(_)
            | Statement::CreateTable(_)
            | Statement::DropTable(_)
            | Statement::RowSecurity(_)
            | Statement::Raw(_) => node.walk(self),
        }
    }

    fn visit_insert(&mut self, node: &Insert) -> Result<()> {
        self.writes = true;
        node.walk(self)
    }

    fn visit_update(&mut self, node: &Update) -> Result<()> {
        self.writes = true;
        node.walk(self)
    }

    fn visit_select_expr(&mut self, node: &SelectExpr) -> Result<()> {
        let SelectExpr { expr, alias: _ } = node;
        self.visit_expr(expr)
    }

    fn visit_all_columns(&mut self, _: &AllColumns) -> Result<()> {
        Ok(())
    }

    fn visit_table(&mut self, _: &Table) -> Result<()> {
        Ok(())
    }

    fn visit_expr(&mut self, node: &Expr) -> Result<()> {
        if is_of_leaves(node) { Ok(()) } else { node.walk(self) }
    }

    fn visit_raw(&mut self, node: &Raw) -> Result<()> {
        if self.text == Passes::No {
            text::is_one_expression(node)?;
            text::reads_no_table(node)?;
        }
        node.walk(self)
    }

    fn visit_call(&mut self, node: &Call) -> Result<()> {
        if self.text == Passes::No {
            text::reads_no_text(node.name.as_str())?;
        }
        node.walk(self)
    }

    fn visit_aggregate(&mut self, node: &Aggregate) -> Result<()> {
        if self.text == Passes::No {
            text::reads_no_text(node.name.as_str())?;
        }
        node.walk(self)
    }
}
