//! What a statement gives back, and how it is read.

use std::fmt;
use std::marker::PhantomData;

use crate::ast::{self, Ident, SelectExpr, SelectItem, SelectList};
use crate::error::Result;
use crate::expr::scope::{Entry, Has, Within};
use crate::expr::{Aggregate, Base, Expr, Expression, Null, Of, Raw};
use crate::row::RowReader;
use crate::table::{Column, Fills, FillsColumn, Table, WholeRow, all_columns};
use crate::tuples::{for_each_tuple, list};
use crate::types::{NotNull, Nullable, Nullness, SqlType};

/// The scope of one table, such as that of a statement that writes it.
pub(crate) type Own<T> = (Entry<T, NotNull>, ());

/// Reads one row.
pub(crate) type Read<R> = fn(&mut RowReader<'_>) -> Result<R>;

/// What can be selected from a query whose tables are `S`: columns, expressions, whole rows, and tuples of up to 16 of
/// those, which may hold tuples again.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be selected",
    label = "expected a column, an expression, `.columns()` of a table, or a tuple of up to 16 of those"
)]
pub trait Selection<S, I> {
    /// What a row of it is in Rust.
    type Row: Send + 'static;

    /// Adds it to a select list.
    fn push(self, columns: &mut SelectList);

    /// Reads it from the next columns of a row.
    ///
    /// # Errors
    ///
    /// Where a column does not fit its type.
    fn read(row: &mut RowReader<'_>) -> Result<Self::Row>;
}

/// What a query can be grouped by: what can be selected from it.
///
/// It only stands before [`Selection`], so that an error does not list what implements that.
#[diagnostic::on_unimplemented(
    message = "rows cannot be grouped by `{Self}`",
    label = "expected a column, an expression, or a tuple of up to 16 of those"
)]
pub trait Grouping<S, I>: Selection<S, I> {}

impl<S, I, X: Selection<S, I>> Grouping<S, I> for X {}

/// The type of what is read where `E` is selected: nullable where `E` or one of its tables is.
type Selected<E, S, I> =
    <<<<E as Expression>::Needs as Within<S, I>>::Null as Nullness>::Or<Null<E>> as Nullness>::Of<Base<E>>;

// Each kind of expression by itself. One impl for all of them would stand beside those for tuples, and where two might
// do, the compiler says that neither does, and not what either lacks.

impl<S, I, T, V: SqlType> Selection<S, I> for Column<T, V>
where
    Of<T>: Within<S, I>,
{
    type Row = Selected<Self, S, I>;

    fn push(self, columns: &mut SelectList) {
        push(self, columns);
    }

    fn read(row: &mut RowReader<'_>) -> Result<Self::Row> {
        row.read()
    }
}

impl<S, I, V: SqlType, N: Within<S, I>> Selection<S, I> for Expr<V, N> {
    type Row = Selected<Self, S, I>;

    fn push(self, columns: &mut SelectList) {
        push(self, columns);
    }

    fn read(row: &mut RowReader<'_>) -> Result<Self::Row> {
        row.read()
    }
}

impl<S, I, V: SqlType, N: Within<S, I>> Selection<S, I> for Aggregate<V, N> {
    type Row = Selected<Self, S, I>;

    fn push(self, columns: &mut SelectList) {
        push(self, columns);
    }

    fn read(row: &mut RowReader<'_>) -> Result<Self::Row> {
        row.read()
    }
}

impl<S, I, N: Within<S, I>> Selection<S, I> for Raw<N> {
    type Row = Selected<Self, S, I>;

    fn push(self, columns: &mut SelectList) {
        push(self, columns);
    }

    fn read(row: &mut RowReader<'_>) -> Result<Self::Row> {
        row.read()
    }
}

#[inline]
fn push(expr: impl Expression, columns: &mut SelectList) {
    ast::push(columns, SelectItem::Expr(SelectExpr { expr: expr.into_node(), alias: None }));
}

/// `expr as name`
#[derive(Clone, Debug)]
pub struct Aliased<E> {
    expr: E,
    name: Ident,
}

impl<E> Aliased<E> {
    pub(crate) fn new(expr: E, name: Ident) -> Self {
        Self { expr, name }
    }
}

impl<S, I, E: Expression<Needs: Within<S, I>>> Selection<S, I> for Aliased<E> {
    type Row = Selected<E, S, I>;

    fn push(self, columns: &mut SelectList) {
        ast::push(columns, SelectItem::Expr(SelectExpr { expr: self.expr.into_node(), alias: Some(self.name) }));
    }

    fn read(row: &mut RowReader<'_>) -> Result<Self::Row> {
        row.read::<Self::Row>()
    }
}

impl<S: Has<T, I>, I, T: Table> Selection<S, I> for WholeRow<T> {
    type Row = <S::Null as Nullness>::Row<T::Row>;

    fn push(self, columns: &mut SelectList) {
        ast::push(columns, all_columns(self.0));
    }

    fn read(row: &mut RowReader<'_>) -> Result<Self::Row> {
        read_whole::<T, S::Null>(row)
    }
}

/// Reads a whole row, which an outer join may have left empty.
///
/// It is there where a column that is never `null` is not, or, in a table without such a column, where any is not.
fn read_whole<T: Table, N: Nullness>(row: &mut RowReader<'_>) -> Result<N::Row<T::Row>> {
    let columns = &row.rest()[..T::SHAPE.width.min(row.rest().len())];
    let is_there = match T::SHAPE.never_null {
        Some(at) => columns.get(at).is_none_or(|value| !value.is_null()),
        None => columns.iter().any(|value| !value.is_null()),
    };
    let whole = N::row(is_there, || T::read(row))?;
    if !is_there {
        row.skip(if N::IS_NULLABLE { T::SHAPE.width } else { 0 });
    }
    Ok(whole)
}

macro_rules! tuples {
    ($($E:ident $I:ident),+) => {
        impl<S, $($E: Selection<S, $I>, $I),+> Selection<S, ($($I,)+)> for ($($E,)+) {
            type Row = ($($E::Row,)+);

            #[allow(non_snake_case, reason = "a tuple's parts are named after their types")]
            fn push(self, columns: &mut SelectList) {
                let ($($E,)+) = self;
                $($E.push(columns);)+
            }

            fn read(row: &mut RowReader<'_>) -> Result<Self::Row> {
                Ok(($($E::read(row)?,)+))
            }
        }

        #[diagnostic::do_not_recommend]
        impl<$($E: FillsColumn<$I>, $I),+> Fills<list!($($I)+)> for ($($E,)+) {}
    };
}

#[diagnostic::do_not_recommend]
impl<C, V: SqlType + FillsColumn<C>> Fills<(C, ())> for V {}

for_each_tuple!(tuples);

/// What a statement gives back.
#[diagnostic::on_unimplemented(message = "this statement gives no rows", note = "add `.returning(..)` to read some")]
pub trait Output {
    /// What a row of it is in Rust.
    type Row: Send + 'static;

    /// What reads a row.
    #[doc(hidden)]
    fn reader(&self) -> Read<Self::Row>;
}

/// Columns that were chosen by `select` or `returning`.
pub struct Chosen<R> {
    pub(crate) read: Read<R>,
}

impl<R> Clone for Chosen<R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R> Copy for Chosen<R> {}

impl<R> fmt::Debug for Chosen<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Chosen")
    }
}

#[diagnostic::do_not_recommend]
impl<R: Send + 'static> Output for Chosen<R> {
    type Row = R;

    fn reader(&self) -> Read<R> {
        self.read
    }
}

/// All columns of table `T`: what a query gives that has no `select`. `N` is whether an outer join may leave them empty.
pub struct Whole<T, N = NotNull>(PhantomData<fn() -> (T, N)>);

impl<T, N> Whole<T, N> {
    pub(crate) const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<T, N> Clone for Whole<T, N> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T, N> Copy for Whole<T, N> {}

impl<T, N> fmt::Debug for Whole<T, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Whole")
    }
}

#[diagnostic::do_not_recommend]
impl<T: Table, N: Nullness> Output for Whole<T, N> {
    type Row = N::Row<T::Row>;

    fn reader(&self) -> Read<Self::Row> {
        read_whole::<T, N>
    }
}

/// Nothing: what a statement that writes gives without `returning`.
#[derive(Clone, Copy, Debug)]
pub struct NoRows;

/// A query that has no `select` yet.
#[diagnostic::on_unimplemented(
    message = "a `right_join` or `full_join` must come before `select`",
    note = "it may leave columns empty that are selected already as never `null`"
)]
pub trait BeforeSelect {
    /// The same where an outer join may leave it empty.
    type Nullable;

    /// The same where an outer join may leave it empty.
    #[doc(hidden)]
    fn nullable(self) -> Self::Nullable;
}

#[diagnostic::do_not_recommend]
impl<T, N> BeforeSelect for Whole<T, N> {
    type Nullable = Whole<T, Nullable>;

    fn nullable(self) -> Whole<T, Nullable> {
        Whole::new()
    }
}
