//! What may be `null` where that is meant: in `set`, and in comparisons that know `null`.

use super::{Expr, Expression, Nothing, Of};
use crate::ast;
use crate::table::Column;
use crate::types::{NotNull, Nullable, Nullness, SqlType};

/// What can stand where an expression of type `B` or `null` is expected: what [`IntoExpr`](super::IntoExpr) takes,
/// and `Option`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot stand where `{B}` is expected",
    label = "expected a value, `Option`, column or expression of type `{B}`"
)]
pub trait IntoNullable<B> {
    /// The tables it uses.
    type Needs;
    /// Whether it can be `null`.
    type Null: Nullness;

    /// The expression in the tree.
    fn into_nullable(self) -> ast::Expr;
}

#[diagnostic::do_not_recommend]
impl<V: SqlType<Base = V>> IntoNullable<V> for V {
    type Needs = Nothing;
    type Null = NotNull;

    fn into_nullable(self) -> ast::Expr {
        ast::Expr::Value(self.into_value())
    }
}

#[diagnostic::do_not_recommend]
impl<B: SqlType<Base = B, Nullable = Self, Null = NotNull>> IntoNullable<B> for Option<B> {
    type Needs = Nothing;
    type Null = Nullable;

    fn into_nullable(self) -> ast::Expr {
        ast::Expr::Value(self.into_value())
    }
}

#[diagnostic::do_not_recommend]
impl IntoNullable<String> for Option<&str> {
    type Needs = Nothing;
    type Null = Nullable;

    fn into_nullable(self) -> ast::Expr {
        self.map_or_else(|| None::<String>.into_nullable(), IntoNullable::into_nullable)
    }
}

#[diagnostic::do_not_recommend]
impl<T, B: SqlType, V: SqlType<Base = B>> IntoNullable<B> for Column<T, V> {
    type Needs = Of<T>;
    type Null = V::Null;

    fn into_nullable(self) -> ast::Expr {
        self.into_node()
    }
}

#[diagnostic::do_not_recommend]
impl<N, B: SqlType, V: SqlType<Base = B>> IntoNullable<B> for Expr<V, N> {
    type Needs = N;
    type Null = V::Null;

    fn into_nullable(self) -> ast::Expr {
        self.into_node()
    }
}

/// Whether a value that is (or is not) nullable fits a column that is (or is not).
#[diagnostic::on_unimplemented(
    message = "this value can be `null`, but the column cannot",
    note = "choose another value for `null` by `.coalesce(..)`"
)]
pub trait Suits<Column> {}

#[diagnostic::do_not_recommend]
impl Suits<Self> for NotNull {}

#[diagnostic::do_not_recommend]
impl<N: Nullness> Suits<Nullable> for N {}
