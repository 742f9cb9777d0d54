//! Typed expressions over the tree.

use crate::ast;
use crate::types::Nullness;

/// The tables of an expression that needs none, such as a value.
#[derive(Clone, Copy, Debug)]
pub struct Nothing;

/// What can stand where an expression of type `B` is expected: a value, a column, an expression.
#[diagnostic::on_unimplemented(
    message = "a `{B}` expression cannot be compared or combined with `{Self}`",
    label = "expected a value, column or expression of type `{B}`"
)]
pub trait IntoExpr<B> {
    /// The tables it uses.
    type Needs;
    /// Whether it can be `null`.
    type Null: Nullness;

    /// The expression in the tree.
    fn into_expr(self) -> ast::Expr;
}
