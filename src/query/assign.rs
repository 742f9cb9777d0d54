//! `column = value`, in `set` of an update, an upsert or an insert.

use std::fmt;
use std::marker::PhantomData;

use crate::ast;
use crate::expr::scope::Within;
use crate::expr::{Accepts, Expr, IntoNullable, Nothing};
use crate::table::{BaseTable, Column, Patch};
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

impl<T, V: SqlType, const I: usize> Column<T, V, I> {
    /// `column = value`: a value, an `Option` where the column is nullable, another column, an expression.
    pub fn to<O: IntoNullable<V::Base>>(self, value: O) -> Assignment<T, O::Needs>
    where
        V::Null: Accepts<O::Null>,
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

/// What `set` takes for table `T` in the scope `S`: an assignment, a tuple of up to 16, or the table's patch struct.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be set in this statement",
    label = "expected assignments to columns of its table, such as `.to(..)`, or its patch struct"
)]
pub trait Assignments<T, S, I> {
    /// Adds the assignments to the statement.
    fn push(self, assignments: &mut Vec<ast::Assignment>);
}

#[diagnostic::do_not_recommend]
impl<T, S, N: Within<S, I>, I> Assignments<T, S, (I,)> for Assignment<T, N> {
    fn push(self, assignments: &mut Vec<ast::Assignment>) {
        assignments.push(self.node);
    }
}

#[diagnostic::do_not_recommend]
impl<T: BaseTable, S, P: Patch<T>> Assignments<T, S, ()> for P {
    fn push(self, assignments: &mut Vec<ast::Assignment>) {
        let columns = T::TABLE.description().columns;
        self.into_values(&mut |at, value| {
            let column = ast::Ident::Static(columns[at].name);
            assignments.push(ast::Assignment { column, value: ast::Expr::Value(value) });
        });
    }
}

macro_rules! tuples {
    ($($E:ident $I:ident),+) => {
        #[diagnostic::do_not_recommend]
        impl<T, S, $($E: Assignments<T, S, $I>, $I),+> Assignments<T, S, ($($I,)+ ())> for ($($E,)+) {
            #[allow(non_snake_case, reason = "a tuple's parts are named after their types")]
            fn push(self, assignments: &mut Vec<ast::Assignment>) {
                let ($($E,)+) = self;
                $($E.push(assignments);)+
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
tuples!(A I1, B I2, C I3, D I4, E I5, F I6, G I7, H I8, J I9);
tuples!(A I1, B I2, C I3, D I4, E I5, F I6, G I7, H I8, J I9, K I10);
tuples!(A I1, B I2, C I3, D I4, E I5, F I6, G I7, H I8, J I9, K I10, L I11);
tuples!(A I1, B I2, C I3, D I4, E I5, F I6, G I7, H I8, J I9, K I10, L I11, M I12);
tuples!(A I1, B I2, C I3, D I4, E I5, F I6, G I7, H I8, J I9, K I10, L I11, M I12, N I13);
tuples!(A I1, B I2, C I3, D I4, E I5, F I6, G I7, H I8, J I9, K I10, L I11, M I12, N I13, O I14);
tuples!(A I1, B I2, C I3, D I4, E I5, F I6, G I7, H I8, J I9, K I10, L I11, M I12, N I13, O I14, P I15);
tuples!(A I1, B I2, C I3, D I4, E I5, F I6, G I7, H I8, J I9, K I10, L I11, M I12, N I13, O I14, P I15, Q I16);
