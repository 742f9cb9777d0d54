//! When an expression needs parentheses.
//!
//! They are left out only where all dialects agree: `or < and < not < comparison < + - < * < atom`. Where they do not
//! (`||` binds tighter than `-` on SQLite, looser on PostgreSQL), an operand is an atom or in parentheses.

use super::spec::{Concat, NullSafeEqual, RowComparisons, Spec};
use crate::ast::{BinaryOperator, Expr, UnaryOperator};

/// How tightly an expression binds, and how tightly a place needs it to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Precedence {
    /// The place takes anything; text of a program's author is nothing tighter.
    Any,
    Or,
    And,
    Not,
    /// `=`, `<`, `in`, `like`, `between`, `is null`: never beside one another.
    Compare,
    /// `||`, `/`, `%`: the dialects differ, so operands are atoms.
    Loose,
    /// `+`, `-`
    Sum,
    /// `*`
    Product,
    /// Columns, values, calls, subqueries.
    Atom,
}

impl Precedence {
    pub(super) fn of(mut expr: &Expr, spec: &Spec) -> Self {
        // One alone binds as it does by itself. This asks before the depth of the tree is known, so it does not recurse.
        while let Expr::And(all) | Expr::Or(all) = expr
            && let [only] = &all[..]
        {
            expr = only;
        }
        match expr {
            Expr::And(all) | Expr::Or(all) if all.is_empty() => Self::Atom,
            Expr::And(_) => Self::And,
            Expr::Or(_) => Self::Or,
            Expr::Unary(it) => match it.operator {
                UnaryOperator::Not => Self::Not,
                UnaryOperator::Negate => Self::Sum,
            },
            Expr::Binary(it) => Self::of_operator(it.operator, spec),
            Expr::Exists(it) if it.negated => Self::Not,
            Expr::In(it) if it.list.is_empty() => Self::Atom,
            Expr::Rows(it) if it.parts.len() > 1 && spec.row_comparison == RowComparisons::PartByPart => Self::Or,
            Expr::Rows(_) | Expr::Like(_) | Expr::Between(_) | Expr::In(_) | Expr::InQuery(_) | Expr::IsNull(_) => {
                Self::Compare
            }
            Expr::Raw(_) => Self::Any,
            Expr::Column(_)
            | Expr::Value(_)
            | Expr::Exists(_)
            | Expr::Case(_)
            | Expr::Cast(_)
            | Expr::Call(_)
            | Expr::Aggregate(_)
            | Expr::Subquery(_)
            | Expr::Excluded(_)
            | Expr::Now => Self::Atom,
        }
    }

    pub(super) fn of_operator(operator: BinaryOperator, spec: &Spec) -> Self {
        match operator {
            BinaryOperator::IsDistinctFrom if spec.null_safe_equal == NullSafeEqual::Spaceship => Self::Not,
            BinaryOperator::Equal
            | BinaryOperator::NotEqual
            | BinaryOperator::Less
            | BinaryOperator::LessOrEqual
            | BinaryOperator::Greater
            | BinaryOperator::GreaterOrEqual
            | BinaryOperator::IsNotDistinctFrom
            | BinaryOperator::IsDistinctFrom => Self::Compare,
            BinaryOperator::Add | BinaryOperator::Subtract => Self::Sum,
            BinaryOperator::Multiply => Self::Product,
            BinaryOperator::Concat if spec.concat == Concat::Function => Self::Atom,
            BinaryOperator::Concat
            | BinaryOperator::Divide
            | BinaryOperator::DivideInteger
            | BinaryOperator::Remainder => Self::Loose,
        }
    }

    /// What the operands of a binary operator of this level need to be: left, right.
    pub(super) fn operands(self) -> (Self, Self) {
        match self {
            Self::Compare | Self::Not => (Self::Loose, Self::Loose),
            Self::Sum => (Self::Sum, Self::Product),
            Self::Product => (Self::Product, Self::Atom),
            Self::Any | Self::Or | Self::And | Self::Loose | Self::Atom => (Self::Atom, Self::Atom),
        }
    }
}
