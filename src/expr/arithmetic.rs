//! `+`, `-`, `*`, `/`, `%` and unary `-` of columns and expressions.
//!
//! Integers divide to integers, cut off towards zero, on every server (`div` on MySQL and MariaDB). Dividing by zero is
//! an error on PostgreSQL and `null` elsewhere; `nullif(divisor, 0)` makes it `null` everywhere.

use std::ops;

use super::{Both, EitherNull, Expr, Expression, IntoExpr};
use crate::ast::{self, BinaryOperator, Shared, UnaryOperator};
use crate::table::Column;
use crate::types::SqlType;

/// A type that can be calculated with.
#[diagnostic::on_unimplemented(message = "`{Self}` is no number that can be calculated with")]
pub trait Number: SqlType {
    /// What `/` does.
    const DIVIDE: BinaryOperator;
}

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
    ($($Trait:ident $method:ident $operator:expr;)*) => {
        $(
            impl<T, V, B, O, const I: usize> ops::$Trait<O> for Column<T, V, I>
            where
                V: SqlType<Base = B>,
                B: Number,
                O: IntoExpr<B>,
            {
                type Output = Expr<EitherNull<V::Null, O::Null, B>, Both<super::Of<T>, O::Needs>>;

                fn $method(self, other: O) -> Self::Output {
                    Expr::new(ast::Expr::binary(self.into_node(), $operator, other.into_expr()))
                }
            }

            impl<V, N, B, O> ops::$Trait<O> for Expr<V, N>
            where
                V: SqlType<Base = B>,
                B: Number,
                O: IntoExpr<B>,
            {
                type Output = Expr<EitherNull<V::Null, O::Null, B>, Both<N, O::Needs>>;

                fn $method(self, other: O) -> Self::Output {
                    Expr::new(ast::Expr::binary(self.into_node(), $operator, other.into_expr()))
                }
            }
        )*
    };
}

operators! {
    Add add BinaryOperator::Add;
    Sub sub BinaryOperator::Subtract;
    Mul mul BinaryOperator::Multiply;
    Div div B::DIVIDE;
    Rem rem BinaryOperator::Remainder;
}

fn negate(operand: ast::Expr) -> ast::Expr {
    ast::Expr::Unary(Shared::new(ast::Unary { operator: UnaryOperator::Negate, operand }))
}

impl<T, V: SqlType<Base: Number>, const I: usize> ops::Neg for Column<T, V, I> {
    type Output = Expr<V, super::Of<T>>;

    fn neg(self) -> Self::Output {
        Expr::new(negate(self.into_node()))
    }
}

impl<V: SqlType<Base: Number>, N> ops::Neg for Expr<V, N> {
    type Output = Self;

    fn neg(self) -> Self {
        Self::new(negate(self.into_node()))
    }
}
