//! What stands after `in`: a list, or a query with one column.

use super::{IntoExpr, Nothing};
use crate::ast::{self, Shared};
use crate::query::ScalarQuery;
use crate::types::{NotNull, Nullness, SqlType};

/// A list of what is comparable with `B`, or a query that gives one column of it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list of, or a query for, `{B}`",
    label = "expected a `Vec`, array or slice of `{B}`, or a query with one such column"
)]
pub trait InOperand<B> {
    /// The tables it uses.
    type Needs;
    /// Whether it holds what can be `null`.
    type Null: Nullness;

    /// `value in (..)`
    fn membership(self, value: ast::Expr, negated: bool) -> ast::Expr;
}

fn in_list<B, O: IntoExpr<B>>(value: ast::Expr, negated: bool, list: impl IntoIterator<Item = O>) -> ast::Expr {
    let list = list.into_iter().map(O::into_expr).collect();
    ast::Expr::In(Shared::new(ast::In { negated, value, list }))
}

#[diagnostic::do_not_recommend]
impl<B, O: IntoExpr<B>> InOperand<B> for Vec<O> {
    type Needs = O::Needs;
    type Null = O::Null;

    fn membership(self, value: ast::Expr, negated: bool) -> ast::Expr {
        in_list(value, negated, self)
    }
}

#[diagnostic::do_not_recommend]
impl<B, O: IntoExpr<B>, const N: usize> InOperand<B> for [O; N] {
    type Needs = O::Needs;
    type Null = O::Null;

    fn membership(self, value: ast::Expr, negated: bool) -> ast::Expr {
        in_list(value, negated, self)
    }
}

#[diagnostic::do_not_recommend]
impl<B: SqlType + IntoExpr<B> + Clone> InOperand<B> for &[B] {
    type Needs = Nothing;
    type Null = NotNull;

    fn membership(self, value: ast::Expr, negated: bool) -> ast::Expr {
        in_list::<B, B>(value, negated, self.iter().cloned())
    }
}

#[diagnostic::do_not_recommend]
impl<B: SqlType + IntoExpr<B> + Clone> InOperand<B> for &Vec<B> {
    type Needs = Nothing;
    type Null = NotNull;

    fn membership(self, value: ast::Expr, negated: bool) -> ast::Expr {
        self.as_slice().membership(value, negated)
    }
}

#[diagnostic::do_not_recommend]
impl<B, Q: ScalarQuery<Value: SqlType<Base = B>>> InOperand<B> for Q {
    type Needs = Q::Outer;
    type Null = <Q::Value as SqlType>::Null;

    fn membership(self, value: ast::Expr, negated: bool) -> ast::Expr {
        ast::Expr::InQuery(Shared::new(ast::InQuery { negated, value, query: self.into_query() }))
    }
}
