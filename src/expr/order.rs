//! What `order by` takes.

use std::fmt;
use std::marker::PhantomData;

use super::Expression;
use crate::ast::{self, Direction, Nulls, OrderItem, OrderList};
use crate::tuples::{for_each_tuple, needs};

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
/// tuples of up to 16 of them.
#[diagnostic::on_unimplemented(
    message = "rows cannot be ordered by `{Self}`",
    label = "expected a column, an expression, one with `.asc()` or `.desc()`, or a tuple of those"
)]
pub trait OrderTerms {
    /// The tables of all of them.
    type Needs;

    /// Adds them to the order.
    fn push(self, order_by: &mut OrderList);
}

#[diagnostic::do_not_recommend]
impl<E: Expression> OrderTerms for E {
    type Needs = E::Needs;

    fn push(self, order_by: &mut OrderList) {
        let expr = self.into_node();
        ast::push(order_by, OrderItem { expr, direction: Direction::Ascending, nulls: Nulls::Default });
    }
}

#[diagnostic::do_not_recommend]
impl<N> OrderTerms for Ordered<N> {
    type Needs = N;

    fn push(self, order_by: &mut OrderList) {
        ast::push(order_by, self.item);
    }
}

macro_rules! tuples {
    ($First:ident $_first:ident $(, $Rest:ident $_rest:ident)*) => {
        #[diagnostic::do_not_recommend]
        impl<$First: OrderTerms, $($Rest: OrderTerms),*> OrderTerms for ($First, $($Rest),*) {
            type Needs = needs!($First $($Rest)*);

            #[allow(non_snake_case, reason = "a tuple's parts are named after their types")]
            fn push(self, order_by: &mut OrderList) {
                let ($First, $($Rest),*) = self;
                $First.push(order_by);
                $($Rest.push(order_by);)*
            }
        }
    };
}

for_each_tuple!(tuples);
