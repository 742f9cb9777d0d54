//! `delete`

use std::fmt;
use std::marker::PhantomData;

use super::selection::{Chosen, NoRows, Own, Selection, Whole};
use super::{Bare, Source, Statement};
use crate::ast::{self, Shared};
use crate::expr::Condition;
use crate::expr::scope::{Entry, Within};
use crate::table::{BaseTable, Table, all_columns, table_node};
use crate::types::NotNull;

/// `delete from table using .. where .. returning ..`
///
/// ```
/// # use kysera::prelude::*;
/// # #[derive(Table)]
/// # #[table(name = "users")]
/// # pub struct User { #[column(primary_key, generated)] id: i64, email: String }
/// use kysera::dialect;
///
/// let q = delete_from(users::table).filter(users::id.eq(7));
/// assert_eq!(q.compile(&dialect::SQLITE)?.sql, r#"delete from "users" where "users"."id" = ?1"#);
/// // Without a filter it says that all rows are meant, or it is an error.
/// assert!(delete_from(users::table).compile(&dialect::SQLITE).unwrap_err().is_invalid());
/// # Ok::<(), kysera::Error>(())
/// ```
#[must_use = "a statement does nothing until it is run"]
pub struct Delete<T, S = Own<T>, R = NoRows> {
    ast: Shared<ast::Delete>,
    pub(super) output: R,
    marker: PhantomData<fn() -> (T, S)>,
}

/// Begins a delete of rows of a table.
pub fn delete_from<T: BaseTable>(table: T) -> Delete<T> {
    let ast = ast::Delete {
        with: Vec::new(),
        from: table_node(table),
        using: smallvec::SmallVec::new(),
        filter: None,
        all_rows: false,
        returning: ast::SelectList::new(),
    };
    Delete { ast: Shared::new(ast), output: NoRows, marker: PhantomData }
}

impl<T, S, R> Delete<T, S, R> {
    /// `using table`: another table that the condition reads. Say by `filter` how its rows belong to those that are
    /// deleted. `exists` on SQLite.
    pub fn using<F: Source<Table = U>, U: Table>(mut self, table: F) -> Delete<T, (Entry<U, NotNull>, S), R> {
        self.ast.using.push(table.into_table_ref());
        Delete { ast: self.ast, output: self.output, marker: PhantomData }
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

    /// `returning ..`: what is read back of each row that was deleted. MySQL has none.
    pub fn returning<X: Selection<S, I>, I>(mut self, columns: X) -> Delete<T, S, Chosen<X::Row>> {
        self.ast.returning.clear();
        columns.push(&mut self.ast.returning);
        Delete { ast: self.ast, output: Chosen { read: X::read }, marker: PhantomData }
    }

    /// `returning` all columns of the table.
    pub fn returning_all(mut self) -> Delete<T, S, Whole<T>>
    where
        T: BaseTable,
    {
        self.ast.returning = smallvec::smallvec![all_columns(T::TABLE)];
        Delete { ast: self.ast, output: Whole::new(), marker: PhantomData }
    }

    pub(super) fn with_ctes(mut self, ctes: Vec<ast::Cte>) -> Self {
        self.ast.with = ctes;
        self
    }
}

#[diagnostic::do_not_recommend]
impl<T, S, R> Bare for Delete<T, S, R> {}

impl<T, S, R> Statement for Delete<T, S, R> {
    fn tree(&self) -> ast::StatementRef<'_> {
        (&self.ast).into()
    }
}

impl<T, S, R: Clone> Clone for Delete<T, S, R> {
    fn clone(&self) -> Self {
        Self { ast: self.ast.clone(), output: self.output.clone(), marker: PhantomData }
    }
}

impl<T, S, R> fmt::Debug for Delete<T, S, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.ast.fmt(f)
    }
}
