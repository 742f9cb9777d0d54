//! `column = value`, in `set` of an update, an upsert or an insert.

use std::fmt;
use std::marker::PhantomData;

use crate::ast;
use crate::expr::{Expr, IntoNullable, Nothing, Suits};
use crate::table::{BaseTable, Column, Patch};
use crate::tuples::{for_each_tuple, needs};
use crate::types::SqlType;

/// `column = value`, of a column of table `T` and a value that uses the tables `N`.
pub struct Assignment<T, N> {
    node: ast::Assignment,
    marker: PhantomData<fn() -> (T, N)>,
}

impl<T, N> Clone for Assignment<T, N> {
    fn clone(&self) -> Self {
        Self { node: self.node.clone(), marker: PhantomData }
    }
}

impl<T, N> fmt::Debug for Assignment<T, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.node.fmt(f)
    }
}

impl<T, V: SqlType> Column<T, V> {
    /// `column = value`: a value, an `Option` where the column is nullable, another column, an expression.
    pub fn to<O: IntoNullable<V::Base>>(self, value: O) -> Assignment<T, O::Needs>
    where
        O::Null: Suits<V::Null>,
    {
        let node = ast::Assignment { column: self.ident(), value: value.into_nullable() };
        Assignment { node, marker: PhantomData }
    }

    /// `column = excluded.column`: in an upsert, the value that was to be inserted.
    #[must_use]
    pub fn excluded(self) -> Assignment<T, Nothing> {
        let value = ast::Expr::Excluded(ast::Excluded { column: self.ident() });
        Assignment { node: ast::Assignment { column: self.ident(), value }, marker: PhantomData }
    }

    /// `excluded.column`: in an upsert, the value that was to be inserted, as part of an expression.
    ///
    /// `values(column)` on MySQL and MariaDB.
    #[must_use]
    pub fn excluded_value(self) -> Expr<V> {
        Expr::new(ast::Expr::Excluded(ast::Excluded { column: self.ident() }))
    }
}

/// What `set` takes for table `T`: an assignment, a tuple of up to 16, or the table's patch struct.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not set columns of `{T}`",
    label = "expected assignments to columns of `{T}`, such as `.to(..)`, or its patch struct"
)]
pub trait Assignments<T> {
    /// The tables that the values use.
    type Needs;

    /// Adds the assignments to the statement.
    fn push(self, assignments: &mut Vec<ast::Assignment>);
}

#[diagnostic::do_not_recommend]
impl<T, N> Assignments<T> for Assignment<T, N> {
    type Needs = N;

    fn push(self, assignments: &mut Vec<ast::Assignment>) {
        assignments.push(self.node);
    }
}

#[diagnostic::do_not_recommend]
impl<T: BaseTable, P: Patch<Table = T>> Assignments<T> for P {
    type Needs = Nothing;

    fn push(self, assignments: &mut Vec<ast::Assignment>) {
        for (column, value) in T::TABLE.description().columns.iter().zip(self.into_values()) {
            if let Some(value) = value {
                let column = ast::Ident::Static(column.name);
                assignments.push(ast::Assignment { column, value: ast::Expr::Value(value) });
            }
        }
    }
}

macro_rules! tuples {
    ($First:ident $_first:ident $(, $Rest:ident $_rest:ident)*) => {
        #[diagnostic::do_not_recommend]
        impl<T, $First: Assignments<T>, $($Rest: Assignments<T>),*> Assignments<T> for ($First, $($Rest),*) {
            type Needs = needs!($First $($Rest)*);

            #[allow(non_snake_case, reason = "a tuple's parts are named after their types")]
            fn push(self, assignments: &mut Vec<ast::Assignment>) {
                let ($First, $($Rest),*) = self;
                $First.push(assignments);
                $($Rest.push(assignments);)*
            }
        }
    };
}

for_each_tuple!(tuples);
