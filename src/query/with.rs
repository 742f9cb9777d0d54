//! `with`: common table expressions.

use super::selection::{Own, Whole};
use super::source::name_ordered;
use super::{
    Bare, Delete, Fetchable, InsertInto, Select, Source, Update, delete_from, insert_into, select_from, update,
};
use crate::ast::{self, Cte, Ident};
use crate::table::{BaseTable, Fits, Table, name_in_query};

/// Common table expressions, and what comes after them.
///
/// ```
/// # use kysera::prelude::*;
/// # #[derive(Table)]
/// # #[table(name = "posts")]
/// # pub struct Post { #[column(primary_key, generated)] id: i64, user_id: i64 }
/// use kysera::dialect;
///
/// #[derive(Table)]
/// #[table(name = "totals")]
/// pub struct Total {
///     user_id: i64,
///     posts: i64,
/// }
///
/// let per_user = select_from(posts::table)
///     .group_by(posts::user_id)
///     .select((posts::user_id, posts::id.count()));
/// let q = with(totals::table, per_user)
///     .select_from(totals::table)
///     .filter(totals::posts.gt(10));
/// assert_eq!(
///     q.compile(&dialect::SQLITE)?.sql,
///     r#"with "totals" ("user_id", "posts") as (select "posts"."user_id", count("posts"."id") from "posts" group by "posts"."user_id") select "totals"."user_id", "totals"."posts" from "totals" where "totals"."posts" > ?1"#,
/// );
/// # Ok::<(), kysera::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
#[must_use = "a common table expression does nothing without a statement after it"]
pub struct With {
    ctes: Vec<Cte>,
}

/// `with table as (query)`: the query must give the columns of `table`, in their order.
pub fn with<T: Table, Q: Fetchable<Row: Fits<T>> + Bare>(table: T, query: Q) -> With {
    With::default().with(table, query)
}

/// `with recursive table as (query)`: the query may select from `table` itself.
pub fn with_recursive<T: Table, Q: Fetchable<Row: Fits<T>> + Bare>(table: T, query: Q) -> With {
    With::default().with_recursive(table, query)
}

impl With {
    /// One more common table expression, which may use those before it.
    pub fn with<T: Table, Q: Fetchable<Row: Fits<T>> + Bare>(self, table: T, query: Q) -> Self {
        self.push(table, query.to_statement(), false)
    }

    /// One more common table expression, which may use those before it and itself.
    pub fn with_recursive<T: Table, Q: Fetchable<Row: Fits<T>> + Bare>(self, table: T, query: Q) -> Self {
        self.push(table, query.to_statement(), true)
    }

    fn push(mut self, table: impl Table, mut statement: ast::Statement, recursive: bool) -> Self {
        let columns: Vec<_> = table.description().columns.iter().map(|column| Ident::Static(column.name)).collect();
        name_ordered(&mut statement, &columns);
        self.ctes.push(Cte { name: Ident::Static(name_in_query(table)), columns, recursive, statement });
        self
    }

    /// Goes on to a query.
    pub fn select_from<F: Source<Table = T>, T: Table>(self, from: F) -> Select<Own<T>, Whole<T>> {
        select_from(from).with_ctes(self.ctes)
    }

    /// Goes on to an insert. On MySQL and MariaDB, it must be one from a query.
    pub fn insert_into<T: BaseTable>(self, table: T) -> InsertInto<T> {
        insert_into(table).with_ctes(self.ctes)
    }

    /// Goes on to an update. MariaDB has none with common table expressions.
    pub fn update<T: BaseTable>(self, table: T) -> Update<T> {
        update(table).with_ctes(self.ctes)
    }

    /// Goes on to a delete. MariaDB has none with common table expressions.
    pub fn delete_from<T: BaseTable>(self, table: T) -> Delete<T> {
        delete_from(table).with_ctes(self.ctes)
    }
}
