//! `case when .. then .. else .. end`

use std::fmt;
use std::marker::PhantomData;

use super::scope::Otherwise;
use super::{Both, Condition, Expr, IntoExpr, Nothing};
use crate::ast::{self, Shared, When};
use crate::types::{NotNull, Nullable, Nullness, SqlType};

/// Begins a `case` whose values are `B`s.
///
/// ```
/// # use kysera::prelude::*;
/// # #[derive(Table)]
/// # #[table(name = "users")]
/// # pub struct User { #[column(primary_key, generated)] id: i64, age: i32 }
/// use kysera::dialect;
/// use kysera::expr::case;
///
/// let q = select_from(users::table)
///     .select(case::<String>().when(users::age.lt(18), "minor").otherwise("adult"));
/// assert_eq!(
///     q.compile(&dialect::SQLITE)?.sql,
///     r#"select case when "users"."age" < ?1 then ?2 else ?3 end from "users""#,
/// );
/// # Ok::<(), kysera::Error>(())
/// ```
pub fn case<B: SqlType<Base = B>>() -> Case<B, NotNull, Nothing> {
    Case { whens: Vec::new(), marker: PhantomData }
}

/// A `case` that is being written.
#[must_use = "a `case` ends by `otherwise` or `end`"]
pub struct Case<B, U, N> {
    whens: Vec<When>,
    marker: PhantomData<fn() -> (B, U, N)>,
}

impl<B, U, N> fmt::Debug for Case<B, U, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.whens).finish()
    }
}

impl<B: SqlType<Base = B>, U: Nullness, N> Case<B, U, N> {
    /// `when condition then value`
    pub fn when<E: Condition, O: IntoExpr<B>>(
        mut self,
        condition: E,
        value: O,
    ) -> Case<B, U::Or<O::Null>, Both<N, Otherwise<E::Needs, O::Needs>>> {
        self.whens.push(When { condition: condition.into_node(), value: value.into_expr() });
        Case { whens: self.whens, marker: PhantomData }
    }

    /// `else value end`
    pub fn otherwise<O: IntoExpr<B>>(self, value: O) -> Expr<<U::Or<O::Null> as Nullness>::Of<B>, Both<N, O::Needs>> {
        Expr::new(ast::Expr::Case(Shared::new(ast::Case { whens: self.whens, otherwise: Some(value.into_expr()) })))
    }

    /// `end`: `null` where no condition holds.
    pub fn end(self) -> Expr<<Nullable as Nullness>::Of<B>, N> {
        Expr::new(ast::Expr::Case(Shared::new(ast::Case { whens: self.whens, otherwise: None })))
    }
}
