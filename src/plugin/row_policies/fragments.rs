//! Text in a statement, and functions that read what a text names.

use super::super::text;
use crate::ast::{Aggregate, Call, Node, Raw, Statement, Visit};
use crate::error::{Error, Result};

/// Ends at what may reach a table that no policy sees.
pub(super) struct Fragments;

pub(super) fn text() -> Error {
    Error::invalid("nobody knows which rows text reaches, so none is run, unless by `allow_text`")
}

impl Visit for Fragments {
    fn visit_statement(&mut self, node: &Statement) -> Result<()> {
        match node {
            Statement::Raw(_) => Err(text()),
            Statement::Select(_)
            | Statement::Compound(_)
            | Statement::Insert(_)
            | Statement::Update(_)
            | Statement::Delete(_)
            | Statement::CreateTable(_)
            | Statement::DropTable(_) => node.walk(self),
        }
    }

    fn visit_raw(&mut self, node: &Raw) -> Result<()> {
        text::is_one_expression(node)?;
        text::reads_no_table(node)?;
        node.walk(self)
    }

    fn visit_call(&mut self, node: &Call) -> Result<()> {
        text::reads_no_text(node.name.as_str())?;
        node.walk(self)
    }

    fn visit_aggregate(&mut self, node: &Aggregate) -> Result<()> {
        text::reads_no_text(node.name.as_str())?;
        node.walk(self)
    }
}
