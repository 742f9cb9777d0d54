//! `union`, `intersect`, `except`.

use super::{Cte, Expr, OrderList, Query};

/// `first union second union third order by .. limit .. offset ..`, of one operator and at least two operands.
///
/// `a except b except c` is `(a except b) except c`; any other mixture is a compound within a compound.
#[derive(Clone, Debug, PartialEq)]
pub struct Compound {
    /// The common table expressions before it.
    pub with: Vec<Cte>,
    /// What joins the operands.
    pub operator: SetOperator,
    /// The queries. Each may have its own order and limit.
    pub operands: Vec<Query>,
    /// The order of the whole, by columns of the result.
    pub order_by: OrderList,
    /// The most rows to give.
    pub limit: Option<Expr>,
    /// The rows to pass over first.
    pub offset: Option<Expr>,
}

/// What a set operation does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetOperator {
    /// `union`: rows of either, once.
    Union,
    /// `union all`: rows of either, as often as they are there.
    UnionAll,
    /// `intersect`: rows of both, once.
    Intersect,
    /// `intersect all`: rows of both, as often as they are in both.
    IntersectAll,
    /// `except`: rows of the first that are not in the second, once.
    Except,
    /// `except all`: rows of the first, each taken away as often as it is in the second.
    ExceptAll,
}
