//! Conditions: what `filter`, `on`, `having` and `when` take, and what can be made of several.

use super::{Both, Expr, Expression, Of, Solid, scope::Within};
use crate::ast::{self, Shared, UnaryOperator};
use crate::query::Subquery;
use crate::table::Column;
use crate::types::{NotNull, Nullness, SqlType};

/// An expression that is true, false or `null`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a condition",
    label = "expected something that is true or false",
    note = "compare it with something, as in `.eq(..)` or `.is_not_null()`"
)]
pub trait Condition: Expression<Needs = Self::Tables> {
    /// The tables it uses. They are named here too, so that what is no condition is one error and not two.
    type Tables;
}

#[diagnostic::do_not_recommend]
impl<T> Condition for Column<T, bool> {
    type Tables = Of<T>;
}

#[diagnostic::do_not_recommend]
impl<T> Condition for Column<T, Option<bool>> {
    type Tables = Of<T>;
}

#[diagnostic::do_not_recommend]
impl<N> Condition for Expr<bool, N> {
    type Tables = N;
}

#[diagnostic::do_not_recommend]
impl<N> Condition for Expr<Option<bool>, N> {
    type Tables = N;
}

impl<V: SqlType, N> Expr<V, N> {
    /// The same condition as one on the tables named here, so that several different ones have one type and fit into
    /// one `Vec`:
    ///
    /// ```
    /// # use kysera::prelude::*;
    /// # #[derive(Table)]
    /// # #[table(name = "users")]
    /// # pub struct User { #[column(primary_key, generated)] id: i64, email: String, age: Option<i32> }
    /// use kysera::expr::ConditionOn;
    ///
    /// let mut conditions: Vec<ConditionOn<users::table>> = Vec::new();
    /// conditions.push(users::age.gt(18).on(users::table));
    /// conditions.push(users::email.starts_with("ann").on(users::table));
    /// let adults = select_from(users::table).filter(all(conditions));
    /// ```
    pub fn on<T: Tables, I>(self, _tables: T) -> ConditionOn<T>
    where
        Self: Condition,
        N: Within<T::Scope, I>,
    {
        Expr::new(self.into_node())
    }
}

/// A condition on the tables `T` (a table, or a tuple of up to four) and no others.
pub type ConditionOn<T> = Expr<Option<bool>, <T as Tables>::Needs>;

/// A table, or a tuple of up to four.
#[diagnostic::on_unimplemented(message = "`{Self}` is not a table or a tuple of up to four tables")]
pub trait Tables {
    /// Them as the scope of a query.
    type Scope;
    /// Them as the tables of an expression.
    type Needs;
}

#[diagnostic::do_not_recommend]
impl<T: crate::table::Table> Tables for T {
    type Scope = (super::scope::Entry<T, NotNull>, ());
    type Needs = Of<T>;
}

macro_rules! tables {
    ($($T:ident)+, $scope:ty, $needs:ty) => {
        #[diagnostic::do_not_recommend]
        impl<$($T: crate::table::Table),+> Tables for ($($T,)+) {
            type Scope = $scope;
            type Needs = $needs;
        }
    };
}

use super::scope::Entry;
tables!(A B, (Entry<A, NotNull>, (Entry<B, NotNull>, ())), Both<Of<A>, Of<B>>);
tables!(A B C, (Entry<A, NotNull>, (Entry<B, NotNull>, (Entry<C, NotNull>, ()))), Both<Of<A>, Both<Of<B>, Of<C>>>);
tables!(
    A B C D,
    (Entry<A, NotNull>, (Entry<B, NotNull>, (Entry<C, NotNull>, (Entry<D, NotNull>, ())))),
    Both<Of<A>, Both<Of<B>, Both<Of<C>, Of<D>>>>
);

fn each<E: Condition>(conditions: impl IntoIterator<Item = E>) -> Shared<ast::Operands> {
    Shared::new(conditions.into_iter().map(E::into_node).collect())
}

/// True where every condition is; with none of them, always.
pub fn all<E: Condition>(conditions: impl IntoIterator<Item = E>) -> Expr<E::Sql, E::Needs> {
    Expr::new(ast::Expr::And(each(conditions)))
}

/// True where one condition is; with none of them, never.
pub fn any<E: Condition>(conditions: impl IntoIterator<Item = E>) -> Expr<E::Sql, E::Needs> {
    Expr::new(ast::Expr::Or(each(conditions)))
}

/// `not condition`; `null` stays `null`.
pub fn not<E: Condition>(condition: E) -> Expr<<<E::Sql as SqlType>::Null as Nullness>::Of<bool>, E::Needs> {
    Expr::new(ast::Expr::Unary(Shared::new(ast::Unary {
        operator: UnaryOperator::Not,
        operand: condition.into_node(),
    })))
}

/// `exists (query)`: true where the query gives a row.
pub fn exists<Q: Subquery>(query: Q) -> Expr<bool, Solid<Q::Outer>> {
    Expr::new(ast::Expr::Exists(Shared::new(ast::Exists { negated: false, query: query.into_query() })))
}

/// `not exists (query)`: true where the query gives no row.
pub fn not_exists<Q: Subquery>(query: Q) -> Expr<bool, Solid<Q::Outer>> {
    Expr::new(ast::Expr::Exists(Shared::new(ast::Exists { negated: true, query: query.into_query() })))
}
