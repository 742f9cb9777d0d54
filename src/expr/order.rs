//! What `order by` takes.

use std::fmt;
use std::marker::PhantomData;

use super::Expression;
use crate::ast::{self, Direction, Nulls, OrderItem, OrderList};
use crate::tuples::{for_each_tuple, needs};
use crate::types::{Nullness, SqlType};
use crate::value::Kind;

/// An expression with a direction.
pub struct Ordered<N> {
    item: OrderItem,
    values: OrderedValues,
    marker: PhantomData<fn() -> N>,
}

impl<N> Ordered<N> {
    pub(crate) fn new(expr: ast::Expr, direction: Direction, values: OrderedValues) -> Self {
        Self { item: OrderItem { expr, direction, nulls: Nulls::Default }, values, marker: PhantomData }
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
        Self { item: self.item.clone(), values: self.values, marker: PhantomData }
    }
}

impl<N> fmt::Debug for Ordered<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.item.fmt(f)
    }
}

/// What is known of the values that rows are ordered by.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct OrderedValues {
    /// What they are on the wire.
    pub kind: Kind,
    /// Whether one can be `null` where no outer join left it empty.
    pub nullable: bool,
}

impl OrderedValues {
    /// Those of a column of a result, of which only the name is known.
    pub(crate) const UNKNOWN: Self = Self { kind: Kind::Unknown, nullable: true };

    pub(crate) const fn of<V: SqlType>() -> Self {
        Self { kind: V::KIND, nullable: <V::Null as Nullness>::IS_NULLABLE }
    }
}

/// One or several things to order by: columns and expressions (smallest first), those with `.asc()` or `.desc()`, tuples
/// of up to 16 of them, and a `Vec` of those that use the same tables.
#[diagnostic::on_unimplemented(
    message = "rows cannot be ordered by `{Self}`",
    label = "expected a column, an expression, one with `.asc()` or `.desc()`, or a tuple of those"
)]
pub trait OrderTerms {
    /// The tables of all of them.
    type Needs;

    /// Adds them to the order.
    fn push(self, order_by: &mut OrderList);

    /// Adds them to the order of a page, with what is known of their values.
    #[doc(hidden)]
    fn push_with_values(self, order_by: &mut Vec<(OrderItem, OrderedValues)>);
}

#[diagnostic::do_not_recommend]
impl<E: Expression> OrderTerms for E {
    type Needs = E::Needs;

    fn push(self, order_by: &mut OrderList) {
        let expr = self.into_node();
        ast::push(order_by, OrderItem { expr, direction: Direction::Ascending, nulls: Nulls::Default });
    }

    fn push_with_values(self, order_by: &mut Vec<(OrderItem, OrderedValues)>) {
        Ordered::<E::Needs>::new(self.into_node(), Direction::Ascending, OrderedValues::of::<E::Sql>())
            .push_with_values(order_by);
    }
}

#[diagnostic::do_not_recommend]
impl<N> OrderTerms for Ordered<N> {
    type Needs = N;

    fn push(self, order_by: &mut OrderList) {
        ast::push(order_by, self.item);
    }

    fn push_with_values(self, order_by: &mut Vec<(OrderItem, OrderedValues)>) {
        order_by.push((self.item, self.values));
    }
}

/// An order that is made while the program runs, such as one that a client chose from a list; nothing is no order.
#[diagnostic::do_not_recommend]
impl<X: OrderTerms> OrderTerms for Vec<X> {
    type Needs = X::Needs;

    fn push(self, order_by: &mut OrderList) {
        self.into_iter().for_each(|term| term.push(order_by));
    }

    fn push_with_values(self, order_by: &mut Vec<(OrderItem, OrderedValues)>) {
        self.into_iter().for_each(|term| term.push_with_values(order_by));
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

            #[allow(non_snake_case, reason = "a tuple's parts are named after their types")]
            fn push_with_values(self, order_by: &mut Vec<(OrderItem, OrderedValues)>) {
                let ($First, $($Rest),*) = self;
                $First.push_with_values(order_by);
                $($Rest.push_with_values(order_by);)*
            }
        }
    };
}

for_each_tuple!(tuples);
