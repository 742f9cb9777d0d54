//! `+`, `-`, `*`, `/`, `%` and unary `-` of columns and expressions.
//!
//! Integers divide to integers, cut off towards zero, on every server (`div` on MySQL and MariaDB). Dividing by zero is
//! an error on PostgreSQL and `null` elsewhere; `nullif(divisor, 0)` makes it `null` everywhere.
//!
//! `%` is of integers only: PostgreSQL has none of floats, and SQLite cuts its operands off to integers first.

use std::ops;

use super::{Aggregate, Both, EitherNull, Expr, Expression, IntoExpr, Of};
use crate::ast::{self, BinaryOperator, Shared, UnaryOperator};
use crate::table::Column;
use crate::types::SqlType;

/// A type that can be calculated with.
#[diagnostic::on_unimplemented(message = "`{Self}` is no number that can be calculated with")]
pub trait Number: SqlType {
    /// What `/` does.
    const DIVIDE: BinaryOperator;
}

/// A type of which there is a remainder.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no integer, and there is a remainder of integers only",
    note = "of other numbers, some servers have none, and some cut its operands off to integers first"
)]
pub trait Integer: Number {}

#[diagnostic::do_not_recommend]
impl Integer for i16 {}
#[diagnostic::do_not_recommend]
impl Integer for i32 {}
#[diagnostic::do_not_recommend]
impl Integer for i64 {}

macro_rules! numbers {
    ($($Rust:ty => $divide:ident),* $(,)?) => {
        $(#[diagnostic::do_not_recommend]
        impl Number for $Rust {
            const DIVIDE: BinaryOperator = BinaryOperator::$divide;
        })*
    };
}

numbers!(i16 => DivideInteger, i32 => DivideInteger, i64 => DivideInteger, f32 => Divide, f64 => Divide);
#[cfg(feature = "rust_decimal")]
numbers!(rust_decimal::Decimal => Divide);

macro_rules! operators {
    ($([$($generics:tt)*] $Left:ty, $Needs:ty;)*) => {
        $(
            operators!(@one [$($generics)*] $Left, $Needs, Number, Add add BinaryOperator::Add);
            operators!(@one [$($generics)*] $Left, $Needs, Number, Sub sub BinaryOperator::Subtract);
            operators!(@one [$($generics)*] $Left, $Needs, Number, Mul mul BinaryOperator::Multiply);
            operators!(@one [$($generics)*] $Left, $Needs, Number, Div div B::DIVIDE);
            operators!(@one [$($generics)*] $Left, $Needs, Integer, Rem rem BinaryOperator::Remainder);

            impl<$($generics)*> ops::Neg for $Left
            where
                V: SqlType<Base: Number>,
            {
                type Output = Expr<V, $Needs>;

                fn neg(self) -> Self::Output {
                    let operator = UnaryOperator::Negate;
                    Expr::new(ast::Expr::Unary(Shared::new(ast::Unary { operator, operand: self.into_node() })))
                }
            }
        )*
    };
    (@one [$($generics:tt)*] $Left:ty, $Needs:ty, $Kind:ident, $Trait:ident $method:ident $operator:expr) => {
        impl<B, O, $($generics)*> ops::$Trait<O> for $Left
        where
            V: SqlType<Base = B>,
            B: $Kind,
            O: IntoExpr<B>,
        {
            type Output = Expr<EitherNull<V::Null, O::Null, B>, Both<$Needs, O::Needs>>;

            fn $method(self, other: O) -> Self::Output {
                Expr::new(ast::Expr::binary(self.into_node(), $operator, other.into_expr()))
            }
        }
    };
}

operators! {
    [T, V] Column<T, V>, Of<T>;
    [V, N] Expr<V, N>, N;
    [V, N] Aggregate<V, N>, N;
}
