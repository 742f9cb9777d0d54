//! Every expression of a statement.

use super::{Expr, Node, Statement, VisitMut};
use crate::error::Result;

impl Statement {
    /// Rewrites every expression of the statement in place, wherever it stands; what an expression is made of before the
    /// expression itself, so that what is put in its place is not looked at again.
    ///
    /// Conditions, values, what is selected and set: all of them are expressions. The entry of a select list that is
    /// [all columns](super::AllColumns) of a table is none, and neither is the text of a [`Raw`](super::Raw).
    ///
    /// ```
    /// use kysera::ast::{self, Expr};
    /// use kysera::dialect::{self, SQLITE};
    /// use kysera::prelude::*;
    ///
    /// # #[derive(Table)]
    /// # #[table(name = "users")]
    /// # pub struct User { #[column(primary_key, generated)] id: i64, name: String }
    /// let q = select_from(users::table).filter(users::name.eq("Ann").or(users::id.eq(1))).select(users::id);
    /// let mut statement: ast::Statement = q.to_statement();
    /// statement.rewrite_exprs(|expr| {
    ///     if matches!(expr, Expr::Column(column) if column.name().as_str() == "name") {
    ///         *expr = Expr::call("lower", vec![expr.clone()]);
    ///     }
    ///     Ok(())
    /// })?;
    /// assert_eq!(
    ///     dialect::compile(&statement, &SQLITE)?.sql,
    ///     r#"select "users"."id" from "users" where lower("users"."name") = ?1 or "users"."id" = ?2"#,
    /// );
    /// # Ok::<(), kysera::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of `rewrite`; the statement is then rewritten in part.
    pub fn rewrite_exprs(&mut self, rewrite: impl FnMut(&mut Expr) -> Result<()>) -> Result<()> {
        self.accept_mut(&mut Rewriter(rewrite))
    }
}

struct Rewriter<F>(F);

impl<F: FnMut(&mut Expr) -> Result<()>> VisitMut for Rewriter<F> {
    fn visit_expr(&mut self, node: &mut Expr) -> Result<()> {
        node.walk_mut(self)?;
        (self.0)(node)
    }
}
