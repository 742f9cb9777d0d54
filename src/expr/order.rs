//! What `order by` takes.

use std::fmt;
use std::marker::PhantomData;

use super::{Expression, scope::Within};
use crate::ast::{self, Direction, Nulls, OrderItem};

/// An expression with a direction.
pub struct Ordered<N> {
    item: OrderItem,
    marker: PhantomData<fn() -> N>,
}

impl<N> Ordered<N> {
    pub(super) fn new(expr: ast::Expr, direction: Direction) -> Self {
        Self { item: OrderItem { expr, direction, nulls: Nulls::Default }, marker: PhantomData }
    }

    /// `null` comes first, on every server.
    #[must_use]
    pub fn nulls_first(mut self) -> Self {
        self.item.nulls = Nulls::First;
        self
    }

    /// `null` comes last, on every server.
    #[must_use]
    pub fn nulls_last(mut self) -> Self {
        self.item.nulls = Nulls::Last;
        self
    }
}

impl<N> Clone for Ordered<N> {
    fn clone(&self) -> Self {
        Self { item: self.item.clone(), marker: PhantomData }
    }
}

impl<N> fmt::Debug for Ordered<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.item.fmt(f)
    }
}

/// One or several things to order by: columns and expressions (smallest first), those with `.asc()` or `.desc()`, and
/// tuples of up to eight of them.
#[diagnostic::on_unimplemented(
    message = "rows cannot be ordered by `{Self}`",
    label = "expected a column, an expression, one with `.asc()` or `.desc()`, or a tuple of those"
)]
pub trait OrderTerms<S, I> {
    /// Adds them to the order.
    fn push(self, order_by: &mut Vec<OrderItem>);
}

#[diagnostic::do_not_recommend]
impl<S, I, E: Expression<Needs: Within<S, I>>> OrderTerms<S, (I,)> for E {
    fn push(self, order_by: &mut Vec<OrderItem>) {
        order_by.push(OrderItem {
            expr: self.into_node(),
            direction: Direction::Ascending,
            nulls: Nulls::Default,
        });
    }
}

impl<S, I, N: Within<S, I>> OrderTerms<S, (I, ())> for Ordered<N> {
    fn push(self, order_by: &mut Vec<OrderItem>) {
        order_by.push(self.item);
    }
}

macro_rules! tuples {
    ($($E:ident $I:ident),+) => {
        #[diagnostic::do_not_recommend]
        impl<S, $($E: OrderTerms<S, $I>, $I),+> OrderTerms<S, ($($I,)+ ())> for ($($E,)+) {
            #[allow(non_snake_case, reason = "a tuple's parts are named after their types")]
            fn push(self, order_by: &mut Vec<OrderItem>) {
                let ($($E,)+) = self;
                $($E.push(order_by);)+
            }
        }
    };
}

tuples!(A I1);
tuples!(A I1, B I2);
tuples!(A I1, B I2, C I3);
tuples!(A I1, B I2, C I3, D I4);
tuples!(A I1, B I2, C I3, D I4, E I5);
tuples!(A I1, B I2, C I3, D I4, E I5, F I6);
tuples!(A I1, B I2, C I3, D I4, E I5, F I6, G I7);
tuples!(A I1, B I2, C I3, D I4, E I5, F I6, G I7, H I8);
