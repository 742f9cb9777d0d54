//! `update`

use std::fmt;
use std::marker::PhantomData;

use super::selection::{Chosen, NoRows, Own, Selection, Whole};
use super::{Assignments, Bare, Source, Statement};
use crate::ast::{self, Shared};
use crate::expr::Condition;
use crate::expr::scope::{Entry, Within};
use crate::table::{BaseTable, Table, all_columns, table_node};
use crate::types::NotNull;

/// `update table set .. from .. where .. returning ..`
///
/// ```
/// # use kysera::prelude::*;
/// # #[derive(Table)]
/// # #[table(name = "users")]
/// # pub struct User { #[column(primary_key, generated)] id: i64, name: String, visits: i32 }
/// use kysera::dialect;
///
/// let q = update(users::table)
///     .set((users::name.to("Anna"), users::visits.to(users::visits + 1)))
///     .filter(users::id.eq(7));
/// assert_eq!(
///     q.compile(&dialect::SQLITE)?.sql,
///     r#"update "users" set "name" = ?1, "visits" = "users"."visits" + ?2 where "users"."id" = ?3"#,
/// );
/// // Without a filter it says that all rows are meant, or it is an error.
/// assert!(update(users::table).set(users::visits.to(0)).compile(&dialect::SQLITE).unwrap_err().is_invalid());
/// # Ok::<(), kysera::Error>(())
/// ```
///
/// All values are those of the row before the update. MySQL and MariaDB would see what was set before; assignments are
/// put into an order in which that makes no difference, and where there is none, the statement is refused.
#[must_use = "a statement does nothing until it is run"]
pub struct Update<T, S = Own<T>, R = NoRows> {
    ast: Shared<ast::Update>,
    pub(super) output: R,
    marker: PhantomData<fn() -> (T, S)>,
}

/// Begins an update of a table.
pub fn update<T: BaseTable>(table: T) -> Update<T> {
    let ast = ast::Update {
        with: Vec::new(),
        table: table_node(table),
        assignments: Vec::new(),
        from: smallvec::SmallVec::new(),
        filter: None,
        all_rows: false,
        returning: ast::SelectList::new(),
    };
    Update { ast: Shared::new(ast), output: NoRows, marker: PhantomData }
}

impl<T, S, R> Update<T, S, R> {
    /// `set ..`: an assignment, a tuple of them, or the table's patch struct; several add up.
    pub fn set<A: Assignments<T, Needs: Within<S, I>>, I>(mut self, assignments: A) -> Self {
        assignments.push(&mut self.ast.assignments);
        self
    }

    /// `from table`: another table that values and conditions read. Say by `filter` how its rows belong to those that
    /// are updated; where several belong to one, the server takes any of them.
    pub fn from<F: Source<Table = U>, U: Table>(mut self, table: F) -> Update<T, (Entry<U, NotNull>, S), R> {
        self.ast.from.push(table.into_table_ref());
        Update { ast: self.ast, output: self.output, marker: PhantomData }
    }

    /// `where condition`; several are joined by `and`.
    pub fn filter<E: Condition, I>(mut self, condition: E) -> Self
    where
        E::Tables: Within<S, I>,
    {
        ast::Expr::restrict(&mut self.ast.filter, condition.into_node());
        self
    }

    /// Says that all rows are meant, where there is no filter.
    pub fn all_rows(mut self) -> Self {
        self.ast.all_rows = true;
        self
    }

    /// Changes the statement where `condition` holds. Neither way changes its type.
    pub fn when(self, condition: bool, change: impl FnOnce(Self) -> Self) -> Self {
        if condition { change(self) } else { self }
    }

    /// `returning ..`: what is read back of each row that was updated. PostgreSQL and SQLite have it.
    pub fn returning<X: Selection<S, I>, I>(mut self, columns: X) -> Update<T, S, Chosen<X::Row>> {
        self.ast.returning.clear();
        columns.push(&mut self.ast.returning);
        Update { ast: self.ast, output: Chosen { read: X::read }, marker: PhantomData }
    }

    /// `returning` all columns of the table.
    pub fn returning_all(mut self) -> Update<T, S, Whole<T>>
    where
        T: BaseTable,
    {
        self.ast.returning = smallvec::smallvec![all_columns(T::TABLE)];
        Update { ast: self.ast, output: Whole::new(), marker: PhantomData }
    }

    pub(super) fn with_ctes(mut self, ctes: Vec<ast::Cte>) -> Self {
        self.ast.with = ctes;
        self
    }
}

#[diagnostic::do_not_recommend]
impl<T, S, R> Bare for Update<T, S, R> {}

impl<T, S, R> Statement for Update<T, S, R> {
    fn tree(&self) -> ast::StatementRef<'_> {
        (&self.ast).into()
    }
}

impl<T, S, R: Clone> Clone for Update<T, S, R> {
    fn clone(&self) -> Self {
        Self { ast: self.ast.clone(), output: self.output.clone(), marker: PhantomData }
    }
}

impl<T, S, R> fmt::Debug for Update<T, S, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.ast.fmt(f)
    }
}
