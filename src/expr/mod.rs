//! Typed expressions over the tree.
//!
//! An expression knows two things that the tree does not: the Rust type of its value, and the tables whose columns it
//! uses. Both are types, so both are checked by the compiler: see [`scope`].

pub mod scope;
mod nullable;
mod ops;
mod arithmetic;
mod condition;
mod membership;
mod func;
mod case;
mod order;
mod raw;

use std::fmt;
use std::marker::PhantomData;

pub use self::case::{Case, case};
pub use self::condition::{Condition, ConditionOn, Tables, all, any, exists, not, not_exists};
pub use self::func::{Aggregate, Arguments, MinMax, Origin, Summable, call, count_all, now, value};
pub use self::membership::InOperand;
pub use self::nullable::{IntoNullable, Suits};
pub use self::ops::{ExprMethods, Text};
#[doc(hidden)]
pub use self::order::OrderedValues;
pub use self::order::{OrderTerms, Ordered};
pub use self::raw::{Identifier, Raw, ident, raw_unchecked};
#[doc(hidden)]
pub use self::raw::{IntoSlot, Slots, count_slots, quotes_a_slot, raw};
pub use self::scope::{Both, Nothing, Of, Solid};
use crate::ast;
use crate::table::Column;
use crate::types::{NotNull, Nullness, SqlType};

/// A typed expression: its value is a `V`, and it uses the tables `N`.
///
/// `V` is an `Option` where the value may be `null`. Cloning is cheap.
pub struct Expr<V, N = Nothing> {
    node: ast::Expr,
    marker: PhantomData<fn() -> (V, N)>,
}

impl<V, N> Expr<V, N> {
    pub(crate) fn new(node: ast::Expr) -> Self {
        Self { node, marker: PhantomData }
    }
}

impl<V, N> Clone for Expr<V, N> {
    fn clone(&self) -> Self {
        Self::new(self.node.clone())
    }
}

impl<V, N> fmt::Debug for Expr<V, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.node.fmt(f)
    }
}

/// A column or an [`Expr`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a column or an expression",
    note = "`value(..)` makes an expression of a value"
)]
pub trait Expression {
    /// The Rust type of its value, where its tables are not on the outer side of a join.
    type Sql: SqlType;
    /// The tables whose columns it uses.
    type Needs;

    /// The expression in the tree.
    fn into_node(self) -> ast::Expr;
}

#[diagnostic::do_not_recommend]
impl<T, V: SqlType> Expression for Column<T, V> {
    type Sql = V;
    type Needs = Of<T>;

    fn into_node(self) -> ast::Expr {
        ast::Expr::Column(self.node())
    }
}

#[diagnostic::do_not_recommend]
impl<V: SqlType, N> Expression for Expr<V, N> {
    type Sql = V;
    type Needs = N;

    fn into_node(self) -> ast::Expr {
        self.node
    }
}

/// What can stand where an expression of type `B` is expected: a value, a column, an expression.
///
/// An `Option` is none of them: `column = null` is never true, in any row. Ask by
/// [`is_null`](ExprMethods::is_null), or compare by [`is_not_distinct_from`](ExprMethods::is_not_distinct_from).
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot stand where `{B}` is expected",
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

#[diagnostic::do_not_recommend]
impl<V: SqlType<Base = V>> IntoExpr<V> for V {
    type Needs = Nothing;
    type Null = NotNull;

    fn into_expr(self) -> ast::Expr {
        ast::Expr::Value(self.into_value())
    }
}

#[diagnostic::do_not_recommend]
impl<T, B: SqlType, V: SqlType<Base = B>> IntoExpr<B> for Column<T, V> {
    type Needs = Of<T>;
    type Null = V::Null;

    fn into_expr(self) -> ast::Expr {
        self.into_node()
    }
}

#[diagnostic::do_not_recommend]
impl<N, B: SqlType, V: SqlType<Base = B>> IntoExpr<B> for Expr<V, N> {
    type Needs = N;
    type Null = V::Null;

    fn into_expr(self) -> ast::Expr {
        self.node
    }
}

/// The type of an expression's value without `Option`.
pub type Base<E> = <<E as Expression>::Sql as SqlType>::Base;

/// Whether an expression's value can be `null`.
pub type Null<E> = <<E as Expression>::Sql as SqlType>::Null;

/// `V`, nullable where `A` or `B` is.
pub(crate) type EitherNull<A, B, V> = <<A as Nullness>::Or<B> as Nullness>::Of<V>;
