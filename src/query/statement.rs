//! What all statements can do without running.

use crate::ast;
use crate::dialect::{self, Compiled, Spec};
use crate::error::Result;

/// A statement that can be compiled, whatever it is.
pub trait Statement {
    /// The statement's tree.
    fn to_statement(&self) -> ast::Statement;

    /// The SQL of the statement and its values, for a dialect. Nothing is sent, and plugins are not asked.
    ///
    /// # Errors
    ///
    /// Where the dialect cannot say it, or the statement means nothing: see [`dialect::compile`].
    fn compile(&self, spec: &Spec) -> Result<Compiled> {
        dialect::compile(&self.to_statement(), spec)
    }

    /// The SQL with its values in place, for people to read. Never run it.
    ///
    /// What the dialect cannot say is said in a comment.
    fn debug_sql(&self, spec: &Spec) -> String {
        dialect::debug_sql(&self.to_statement(), spec).unwrap_or_else(|error| format!("-- {error}"))
    }
}
