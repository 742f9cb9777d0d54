//! A plugin that changes nothing.

use crate::ast::{Node, Statement, VisitMut};
use crate::error::Result;
use crate::plugin::{Context, LeaveOut, Plugin};

/// A plugin that walks every statement whole, and changes nothing: the measure of what a plugin costs, and a neighbour for
/// another one in tests.
///
/// ```
/// use kysera::prelude::*;
/// use kysera::testing::{NoOp, Sql, check_plugin};
/// # #[derive(Table)]
/// # #[table(name = "users")]
/// # pub struct User { #[column(primary_key, generated)] id: i64 }
///
/// let same = r#"select "users"."id" from "users""#;
/// let in_backquotes = "select `users`.`id` from `users`";
/// check_plugin(
///     NoOp,
///     select_from(users::table).select(users::id),
///     Sql { postgres: same, mysql: in_backquotes, mariadb: in_backquotes, sqlite: same, params: &[] },
/// );
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct NoOp;

impl Plugin for NoOp {
    fn name(&self) -> &str {
        "no-op"
    }

    fn transform(&self, mut statement: Statement, _: &Context<'_>) -> Result<Statement> {
        statement.accept_mut(&mut Nothing)?;
        Ok(statement)
    }
}

#[diagnostic::do_not_recommend]
impl LeaveOut for NoOp {}

struct Nothing;

impl VisitMut for Nothing {}
