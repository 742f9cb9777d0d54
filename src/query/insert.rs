//! `insert`

use std::fmt;
use std::marker::PhantomData;

use super::selection::{Chosen, NoRows, Own, Selection, Whole};
use super::{Assignments, Bare, SetOperand, Statement};
use crate::ast::{self, Conflict, ConflictAction, ConflictTarget, InsertSource, InsertValue, Shared, Values};
use crate::expr::scope::{Closed, NoTables, Within};
use crate::expr::{Condition, IntoNullable, Suits};
use crate::table::{BaseTable, Column, Fills, Insertable, all_columns};
use crate::tuples::{for_each_tuple, list};
use crate::types::SqlType;

/// For how many rows room is made at once, whatever an iterator promises. No server binds more values.
const MOST_ROWS: usize = 65_535;

/// An insert that does not say yet what is inserted.
#[derive(Clone, Debug)]
#[must_use = "a statement does nothing until it is run"]
pub struct InsertInto<T> {
    table: T,
    with: Vec<ast::Cte>,
}

/// Begins an insert into a table.
///
/// ```
/// # use kysera::prelude::*;
/// # #[derive(Table)]
/// # #[table(name = "users")]
/// # pub struct User { #[column(primary_key, generated)] id: i64, email: String, name: String }
/// use kysera::dialect;
///
/// let q = insert_into(users::table).values(NewUser::new("ann@x.io", "Ann")).returning(users::id);
/// assert_eq!(
///     q.compile(&dialect::POSTGRES)?.sql,
///     r#"insert into "users" ("email", "name") values ($1, $2) returning "users"."id""#,
/// );
/// // MySQL has no `returning`, and says so before anything is sent.
/// assert!(q.compile(&dialect::MYSQL).unwrap_err().is_unsupported());
/// # Ok::<(), kysera::Error>(())
/// ```
pub fn insert_into<T: BaseTable>(table: T) -> InsertInto<T> {
    InsertInto { table, with: Vec::new() }
}

impl<T: BaseTable> InsertInto<T> {
    pub(super) fn with_ctes(self, with: Vec<ast::Cte>) -> Self {
        Self { with, ..self }
    }

    fn build(self, columns: Vec<ast::Ident>, source: InsertSource) -> Insert<T> {
        let into = self.table.description().table_name();
        let ast =
            ast::Insert { with: self.with, into, columns, source, conflict: None, returning: ast::SelectList::new() };
        Insert { ast: Shared::new(ast), output: NoRows, marker: PhantomData }
    }

    /// `values (..), (..)`: one row, or a `Vec` or array of rows.
    ///
    /// A column that every row leaves out is left out. One that only some leave out is `default` in those, which SQLite
    /// does not have; a `generated` integer without a declared default is numbered there too, as on every server, and is
    /// `null` on all but PostgreSQL. No rows at all are an error, not an insert of nothing.
    pub fn values<V: InsertRows<T>>(self, rows: V) -> Insert<T> {
        let (columns, source) = rows.into_source(self.table);
        self.build(columns, source)
    }

    /// `(columns) values (..), (..)`: rows of the columns that are named, as tuples of up to 16.
    ///
    /// Values may be borrowed, and may be expressions:
    ///
    /// ```
    /// # use kysera::prelude::*;
    /// # use kysera::dialect;
    /// # #[derive(Table)]
    /// # #[table(name = "users")]
    /// # pub struct User { #[column(primary_key, generated)] id: i64, email: String, name: Option<String> }
    /// let lines = ["ann@x.io,Ann", "bob@x.io,"];
    /// let rows = lines.iter().filter_map(|line| line.split_once(','));
    /// let q = insert_into(users::table).from_rows((users::email, users::name), rows);
    /// assert_eq!(
    ///     q.compile(&dialect::POSTGRES)?.sql,
    ///     r#"insert into "users" ("email", "name") values ($1, $2), ($3, $4)"#,
    /// );
    /// # Ok::<(), kysera::Error>(())
    /// ```
    ///
    /// No rows at all are an error, not an insert of nothing.
    pub fn from_rows<C: ColumnList<T>, R: RowOf<C::Types>>(
        self,
        columns: C,
        rows: impl IntoIterator<Item = R>,
    ) -> Insert<T> {
        let mut names = Vec::new();
        columns.push(&mut names);
        let rows = rows.into_iter();
        let mut values = Vec::with_capacity(rows.size_hint().0.min(MOST_ROWS) * names.len());
        rows.for_each(|row| row.push(&mut values));
        self.build(names, InsertSource::Values(Values { values }))
    }

    /// One row by its columns, whose values may be expressions: `.set((users::email.to("ann@x.io"), ..))`.
    pub fn set<A: Assignments<T, Needs: NoTables>>(self, assignments: A) -> Insert<T> {
        let mut list = Vec::new();
        assignments.push(&mut list);
        let (columns, values) =
            list.into_iter().map(|ast::Assignment { column, value }| (column, InsertValue::Expr(value))).unzip();
        self.build(columns, InsertSource::Values(Values { values }))
    }

    /// `default values`: one row that the database fills in.
    pub fn default_values(self) -> Insert<T> {
        self.build(Vec::new(), InsertSource::Default)
    }

    /// `(columns) select ..`: the rows of a query, whose columns must be of the types of those named.
    pub fn from_select<C, Q>(self, columns: C, query: Q) -> Insert<T>
    where
        C: ColumnList<T>,
        Q: SetOperand<Outer: Closed> + Supplies<C::Types>,
    {
        let mut names = Vec::new();
        columns.push(&mut names);
        self.build(names, InsertSource::Query(query.into_query()))
    }
}

/// One or several rows for table `T`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a row (or a `Vec` or array of rows) for `{T}`",
    note = "`#[derive(Table)]` makes the struct to insert: `NewUser` for `User`"
)]
pub trait InsertRows<T> {
    /// The columns that are given, and their values.
    #[doc(hidden)]
    fn into_source(self, table: T) -> (Vec<ast::Ident>, InsertSource);
}

#[diagnostic::do_not_recommend]
impl<T: BaseTable, R: Insertable<Table = T>> InsertRows<T> for R {
    fn into_source(self, table: T) -> (Vec<ast::Ident>, InsertSource) {
        rows(table, [self])
    }
}

#[diagnostic::do_not_recommend]
impl<T: BaseTable, R: Insertable<Table = T>> InsertRows<T> for Vec<R> {
    fn into_source(self, table: T) -> (Vec<ast::Ident>, InsertSource) {
        rows(table, self)
    }
}

#[diagnostic::do_not_recommend]
impl<T: BaseTable, R: Insertable<Table = T>, const N: usize> InsertRows<T> for [R; N] {
    fn into_source(self, table: T) -> (Vec<ast::Ident>, InsertSource) {
        rows(table, self)
    }
}

/// Puts rows into one list of values, without the columns that no row gives.
fn rows<T: BaseTable, R: Insertable<Table = T>>(
    table: T,
    rows: impl IntoIterator<Item = R, IntoIter: ExactSizeIterator>,
) -> (Vec<ast::Ident>, InsertSource) {
    let columns = table.description().columns;
    let width = columns.len();
    let rows = rows.into_iter();
    let count = rows.len();
    let mut values = Vec::with_capacity(count * width);
    let mut given: smallvec::SmallVec<[bool; 32]> = smallvec::smallvec![false; width];
    for row in rows {
        values.extend(row.into_values().into_iter().zip(&mut given).map(|(value, given)| match value {
            Some(value) => {
                *given = true;
                InsertValue::Expr(ast::Expr::Value(value))
            }
            None => InsertValue::Default,
        }));
    }
    if !given.contains(&true) {
        if count == 1 {
            return (Vec::new(), InsertSource::Default);
        }
        // Several rows of defaults need a column to say `default` for.
        if let Some(first) = given.first_mut() {
            *first = true;
        }
    }
    if given.contains(&false) {
        let mut at = 0;
        values.retain(|_| {
            let keep = given[at];
            at = (at + 1) % width;
            keep
        });
    }
    let columns: Vec<_> = columns.iter().zip(&given).filter(|(_, given)| **given).map(|(column, _)| column).collect();
    for (at, _) in columns.iter().enumerate().filter(|(_, column)| column.is_numbered()) {
        let left_out = values.iter_mut().skip(at).step_by(columns.len()).filter(|it| **it == InsertValue::Default);
        left_out.for_each(|it| *it = InsertValue::NextNumber);
    }
    let columns = columns.into_iter().map(|column| ast::Ident::Static(column.name)).collect();
    (columns, InsertSource::Values(Values { values }))
}

/// A row of values for columns of the types `C`, a list such as `(i64, (String, ()))`: a tuple of values, of `Option`s
/// where a column is nullable, or of expressions that use no table. For one column it is `(value,)`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a row of the columns that are inserted",
    label = "expected a tuple with a value for each of them, in this order: `{C}`"
)]
pub trait RowOf<C> {
    /// Adds its values.
    #[doc(hidden)]
    fn push(self, values: &mut Vec<InsertValue>);
}

/// A query that gives the columns `C`, a list such as `(i64, (String, ()))`, in this order.
#[diagnostic::on_unimplemented(
    message = "this query does not give the columns that are inserted",
    label = "expected a query that gives, in this order, `{C}`"
)]
pub trait Supplies<C> {}

#[diagnostic::do_not_recommend]
impl<C, Q: SetOperand<Row: Fills<C>>> Supplies<C> for Q {}

/// A column of table `T`, or a tuple of up to 16.
#[diagnostic::on_unimplemented(message = "`{Self}` is not a column (or a tuple of up to 16 columns) of `{T}`")]
pub trait ColumnList<T> {
    /// Their types, as a list: `(i64, (String, ()))`.
    type Types;

    /// Adds their names.
    #[doc(hidden)]
    fn push(self, names: &mut Vec<ast::Ident>);
}

#[diagnostic::do_not_recommend]
impl<T, V> ColumnList<T> for Column<T, V> {
    type Types = (V, ());

    fn push(self, names: &mut Vec<ast::Ident>) {
        names.push(self.ident());
    }
}

macro_rules! tuples {
    ($($V:ident $I:ident),+) => {
        #[diagnostic::do_not_recommend]
        impl<$($I: SqlType, $V: IntoNullable<$I::Base, Null: Suits<$I::Null>, Needs: NoTables>),+>
            RowOf<list!($($I)+)> for ($($V,)+)
        {
            #[allow(non_snake_case, reason = "a tuple's parts are named after their types")]
            fn push(self, values: &mut Vec<InsertValue>) {
                let ($($V,)+) = self;
                // Made where it is going to stand: `push` would make it elsewhere and copy it.
                $(values.extend(std::iter::once_with(|| InsertValue::Expr($V.into_nullable())));)+
            }
        }

        #[diagnostic::do_not_recommend]
        impl<T, $($V),+> ColumnList<T> for ($(Column<T, $V>,)+) {
            type Types = list!($($V)+);

            #[allow(non_snake_case, reason = "a tuple's parts are named after their types")]
            fn push(self, names: &mut Vec<ast::Ident>) {
                let ($($V,)+) = self;
                $(names.push($V.ident());)+
            }
        }
    };
}

for_each_tuple!(tuples);

/// `insert into table .. on conflict .. returning ..`
#[must_use = "a statement does nothing until it is run"]
pub struct Insert<T, R = NoRows> {
    ast: Shared<ast::Insert>,
    pub(super) output: R,
    marker: PhantomData<fn() -> T>,
}

impl<T: BaseTable, R> Insert<T, R> {
    /// `on conflict (columns)`: where a row of this key is there. PostgreSQL and SQLite have it.
    pub fn on_conflict<C: ColumnList<T>>(self, key: C) -> OnConflict<T, R> {
        let mut columns = Vec::new();
        key.push(&mut columns);
        OnConflict { insert: self, target: ConflictTarget::Columns(columns) }
    }

    /// `on conflict do nothing`, of any unique key: rows whose key is taken are passed over. On every server, but on
    /// MariaDB not with `returning`, which would give back the row that was there.
    pub fn on_conflict_do_nothing(self) -> Self {
        OnConflict { insert: self, target: ConflictTarget::Any }.do_nothing()
    }

    /// `on duplicate key update ..`, of any unique key. MySQL, MariaDB and SQLite have it; PostgreSQL demands the key
    /// by [`on_conflict`](Self::on_conflict).
    pub fn on_duplicate_key_update<A: Assignments<T, Needs: Within<Own<T>, I>>, I>(self, assignments: A) -> Self {
        OnConflict { insert: self, target: ConflictTarget::Any }.do_update(assignments)
    }

    /// Changes the statement where `condition` holds. Neither way changes its type.
    pub fn when(self, condition: bool, change: impl FnOnce(Self) -> Self) -> Self {
        if condition { change(self) } else { self }
    }

    /// `returning ..`: what is read back of each row, with what the database made. MySQL has none.
    pub fn returning<X: Selection<Own<T>, I>, I>(mut self, columns: X) -> Insert<T, Chosen<X::Row>> {
        self.ast.returning.clear();
        columns.push(&mut self.ast.returning);
        Insert { ast: self.ast, output: Chosen { read: X::read }, marker: PhantomData }
    }

    /// `returning` all columns of the table.
    pub fn returning_all(mut self) -> Insert<T, Whole<T>> {
        self.ast.returning = smallvec::smallvec![all_columns(T::TABLE)];
        Insert { ast: self.ast, output: Whole::new(), marker: PhantomData }
    }

    fn conflict(mut self, target: ConflictTarget, action: ConflictAction) -> Self {
        self.ast.conflict = Some(Conflict { target, action });
        self
    }
}

/// An upsert that does not say yet what happens.
#[must_use = "an upsert says what happens by `do_nothing` or `do_update`"]
#[derive(Debug)]
pub struct OnConflict<T, R> {
    insert: Insert<T, R>,
    target: ConflictTarget,
}

impl<T, R: Clone> Clone for OnConflict<T, R> {
    fn clone(&self) -> Self {
        Self { insert: self.insert.clone(), target: self.target.clone() }
    }
}

impl<T: BaseTable, R> OnConflict<T, R> {
    /// `do nothing`: the row that is there stays, and the new one is passed over.
    pub fn do_nothing(self) -> Insert<T, R> {
        self.insert.conflict(self.target, ConflictAction::Nothing)
    }

    /// `do update set ..`: `users::name.excluded()` takes the new value, `.to(..)` any other, in which
    /// `users::name.excluded_value()` stands for the new one.
    pub fn do_update<A: Assignments<T, Needs: Within<Own<T>, I>>, I>(self, assignments: A) -> Insert<T, R> {
        let mut list = Vec::new();
        assignments.push(&mut list);
        self.insert.conflict(self.target, ConflictAction::Update { assignments: list, filter: None })
    }

    /// `do update set .. where condition`: other rows stay as they are.
    pub fn do_update_where<A, E, I, J>(self, assignments: A, condition: E) -> Insert<T, R>
    where
        A: Assignments<T, Needs: Within<Own<T>, I>>,
        E: Condition<Needs: Within<Own<T>, J>>,
    {
        let mut list = Vec::new();
        assignments.push(&mut list);
        let filter = Some(condition.into_node());
        self.insert.conflict(self.target, ConflictAction::Update { assignments: list, filter })
    }
}

#[diagnostic::do_not_recommend]
impl<T, R> Bare for Insert<T, R> {}

impl<T, R> Statement for Insert<T, R> {
    fn tree(&self) -> ast::StatementRef<'_> {
        (&self.ast).into()
    }
}

impl<T, R: Clone> Clone for Insert<T, R> {
    fn clone(&self) -> Self {
        Self { ast: self.ast.clone(), output: self.output.clone(), marker: PhantomData }
    }
}

impl<T, R> fmt::Debug for Insert<T, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.ast.fmt(f)
    }
}
