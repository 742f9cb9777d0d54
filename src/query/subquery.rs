//! Queries within queries.

use super::compound::Compound;
use super::select::Select;
use super::selection::Chosen;
use crate::ast;
use crate::expr::{Expr, Solid, exists, not_exists};
use crate::types::SqlType;

/// A query that can stand within another one.
#[diagnostic::on_unimplemented(message = "`{Self}` is not a query")]
pub trait Subquery: Sized {
    /// The tables of the query around it that it uses.
    type Outer;

    /// Itself in the tree.
    fn into_query(self) -> ast::Query;

    /// `exists (query)`
    fn exists(self) -> Expr<bool, Solid<Self::Outer>> {
        exists(self)
    }

    /// `not exists (query)`
    fn not_exists(self) -> Expr<bool, Solid<Self::Outer>> {
        not_exists(self)
    }

    /// The query as a value: `(select ..)`. It is `null` where the query gives no row, and an error of the server
    /// where it gives several (SQLite takes the first).
    fn scalar(self) -> Expr<<Self::Value as SqlType>::Nullable, Solid<Self::Outer>>
    where
        Self: ScalarQuery,
    {
        Expr::new(ast::Expr::Subquery(self.into_query()))
    }
}

/// A query that gives one column.
#[diagnostic::on_unimplemented(
    message = "this query does not give exactly one column",
    note = "choose one by `.select(..)`"
)]
pub trait ScalarQuery: Subquery {
    /// The type of the column.
    type Value: SqlType;
}

#[diagnostic::do_not_recommend]
impl<S, R, O> Subquery for Select<S, R, O> {
    type Outer = O;

    fn into_query(self) -> ast::Query {
        ast::Query::Select(self.into_ast())
    }
}

#[diagnostic::do_not_recommend]
impl<S, V: SqlType, O> ScalarQuery for Select<S, Chosen<V>, O> {
    type Value = V;
}

#[diagnostic::do_not_recommend]
impl<R, O> Subquery for Compound<R, O> {
    type Outer = O;

    fn into_query(self) -> ast::Query {
        ast::Query::Compound(self.into_ast())
    }
}

#[diagnostic::do_not_recommend]
impl<V: SqlType, O> ScalarQuery for Compound<V, O> {
    type Value = V;
}
