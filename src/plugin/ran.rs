//! A statement that was run, for plugins that look at what came of it.

use std::fmt;

use super::Context;
use crate::ast::Statement;
use crate::value::Value;

/// A statement that was run, as it was sent. Where a plugin that goes [around](super::Plugin::around) it has sent another in its
/// place, it is that one, and of several the last; where it has sent none, it is the one that it kept back.
#[derive(Clone, Copy)]
pub struct Ran<'a> {
    statement: &'a Statement,
    sql: &'a str,
    params: &'a [Value],
    context: Context<'a>,
}

impl<'a> Ran<'a> {
    pub(crate) const fn new(statement: &'a Statement, sql: &'a str, params: &'a [Value], context: Context<'a>) -> Self {
        Self { statement, sql, params, context }
    }

    /// The statement that was sent, after all plugins have rewritten it.
    #[must_use]
    pub const fn statement(&self) -> &'a Statement {
        self.statement
    }

    /// The SQL that was sent, with the comment behind it.
    #[must_use]
    pub const fn sql(&self) -> &'a str {
        self.sql
    }

    /// What was bound. It may be what nobody else is to see: keep it out of logs.
    #[must_use]
    pub const fn params(&self) -> &'a [Value] {
        self.params
    }

    /// The place where it ran.
    #[must_use]
    pub const fn context(&self) -> &Context<'a> {
        &self.context
    }
}

/// Shows what `Compiled` shows: the text, and the kinds of the values.
impl fmt::Debug for Ran<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ran").field("sql", &self.sql).field("params", &self.params).finish_non_exhaustive()
    }
}
