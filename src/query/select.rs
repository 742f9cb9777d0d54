//! `select`

use std::fmt;
use std::marker::PhantomData;

use smallvec::{SmallVec, smallvec};

use super::selection::{BeforeSelect, Chosen, Grouping, Own, Selection, Whole};
use super::source::{Derived, Source, derived};
use super::{Bare, Fetchable, Statement, Subquery, fetch};
use crate::ast::{self, Distinct, Join, JoinKind, Shared};
use crate::expr::scope::{AllNullable, Both, Entry, Nothing, Of, Once, Within};
use crate::expr::{Condition, OrderTerms};
use crate::table::{Fits, Table, all_columns};
use crate::types::{NotNull, Nullable};

/// `select .. from ..`: a query over the tables `S` that gives rows `R` and uses the tables `O` of a query around it.
///
/// ```
/// # use kysera::prelude::*;
/// # #[derive(Table)]
/// # #[table(name = "users")]
/// # pub struct User { #[column(primary_key, generated)] id: i64, email: String }
/// # #[derive(Table)]
/// # #[table(name = "posts")]
/// # pub struct Post { #[column(primary_key, generated)] id: i64, user_id: i64, title: String }
/// use kysera::dialect;
///
/// let q = select_from(users::table)
///     .left_join(posts::table, posts::user_id.eq(users::id))
///     .filter(users::email.like("%@example.com"))
///     .order_by(users::id.desc())
///     .limit(20)
///     .select((users::email, posts::title)); // rows are `(String, Option<String>)`
/// assert_eq!(
///     q.compile(&dialect::POSTGRES)?.sql,
///     r#"select "users"."email", "posts"."title" from "users" left join "posts" on "posts"."user_id" = "users"."id" where "users"."email" like $1 order by "users"."id" desc limit $2"#,
/// );
/// # Ok::<(), kysera::Error>(())
/// ```
#[must_use = "a query does nothing until it is run"]
pub struct Select<S, R, O = Nothing> {
    ast: Shared<ast::Select>,
    pub(super) output: R,
    marker: PhantomData<fn() -> (S, O)>,
}

/// Begins a query. Without a `select` it gives all columns of this table.
pub fn select_from<F: Source<Table = T>, T: Table>(from: F) -> Select<Own<T>, Whole<T>> {
    let table = from.table();
    let ast = Shared::new(ast::Select {
        with: Vec::new(),
        distinct: Distinct::All,
        columns: smallvec![all_columns(table)],
        from: smallvec![from.into_table_ref()],
        joins: SmallVec::new(),
        filter: None,
        group_by: Vec::new(),
        having: None,
        order_by: ast::OrderList::new(),
        limit: None,
        offset: None,
        lock: None,
    });
    Select { ast, output: Whole::new(), marker: PhantomData }
}

impl<S, R, O> Select<S, R, O> {
    /// The same tree under other types.
    fn retype<S2, O2>(self) -> Select<S2, R, O2> {
        Select { ast: self.ast, output: self.output, marker: PhantomData }
    }

    /// The same where a join may leave all columns of the tables so far empty.
    fn nullable<S2>(self) -> Select<S2, R::Nullable, O>
    where
        R: BeforeSelect,
    {
        Select { ast: self.ast, output: self.output.nullable(), marker: PhantomData }
    }

    fn join<F: Source, E: Condition>(mut self, kind: JoinKind, table: F, on: E) -> Self {
        let join = Join { kind, table: table.into_table_ref(), on: Some(on.into_node()) };
        ast::push(&mut self.ast.joins, join);
        self
    }

    /// `inner join table on condition`
    ///
    /// A table that the query has already is joined under another name, which [`alias!`](crate::alias) makes; otherwise
    /// the compiler asks for type annotations, since it cannot know which of the two a column is of:
    ///
    /// ```
    /// # use kysera::prelude::*;
    /// # use kysera::dialect;
    /// # #[derive(Table)]
    /// # #[table(name = "users")]
    /// # pub struct User { #[column(primary_key, generated)] id: i64, name: String, manager_id: Option<i64> }
    /// alias!(manager = users);
    /// let q = select_from(users::table)
    ///     .inner_join(manager, users::manager_id.eq(manager.id))
    ///     .select((users::name, manager.name));
    /// assert_eq!(
    ///     q.compile(&dialect::SQLITE)?.sql,
    ///     r#"select "users"."name", "manager"."name" from "users" inner join "users" as "manager" on "users"."manager_id" = "manager"."id""#,
    /// );
    /// # Ok::<(), kysera::Error>(())
    /// ```
    pub fn inner_join<F: Source<Table = T>, T: Table, E: Condition, I, J>(
        self,
        table: F,
        on: E,
    ) -> Select<(Entry<T, NotNull>, S), R, O>
    where
        (Entry<T, NotNull>, S): Once<T, J>, // of a table that is there already, take an `alias!`
        E::Tables: Within<(Entry<T, NotNull>, S), I>,
    {
        self.join(JoinKind::Inner, table, on).retype()
    }

    /// `left join table on condition`: rows without a partner are kept, so the columns of `table` become nullable.
    pub fn left_join<F: Source<Table = T>, T: Table, E: Condition, I, J>(
        self,
        table: F,
        on: E,
    ) -> Select<(Entry<T, Nullable>, S), R, O>
    where
        (Entry<T, NotNull>, S): Once<T, J>, // of a table that is there already, take an `alias!`
        E::Tables: Within<(Entry<T, Nullable>, S), I>,
    {
        self.join(JoinKind::Left, table, on).retype()
    }

    /// `right join table on condition`: all rows of `table` are kept, so the columns of the tables before it become
    /// nullable.
    pub fn right_join<F: Source<Table = T>, T: Table, E: Condition, I, J, N>(
        self,
        table: F,
        on: E,
    ) -> Select<(Entry<T, NotNull>, S::Out), N, O>
    where
        (Entry<T, NotNull>, S): Once<T, J>, // of a table that is there already, take an `alias!`
        S: AllNullable,
        R: BeforeSelect<Nullable = N>,
        E::Tables: Within<(Entry<T, NotNull>, S), I>,
    {
        self.join(JoinKind::Right, table, on).nullable()
    }

    /// `full join table on condition`: all rows of both sides are kept, so all columns become nullable.
    ///
    /// MySQL and MariaDB have none, and say so before anything is sent.
    pub fn full_join<F: Source<Table = T>, T: Table, E: Condition, I, J, N>(
        self,
        table: F,
        on: E,
    ) -> Select<(Entry<T, Nullable>, S::Out), N, O>
    where
        (Entry<T, NotNull>, S): Once<T, J>, // of a table that is there already, take an `alias!`
        S: AllNullable,
        R: BeforeSelect<Nullable = N>,
        E::Tables: Within<(Entry<T, NotNull>, S), I>,
    {
        self.join(JoinKind::Full, table, on).nullable()
    }

    /// `cross join table`: every pair of rows.
    pub fn cross_join<F: Source<Table = T>, T: Table, J>(mut self, table: F) -> Select<(Entry<T, NotNull>, S), R, O>
    where
        (Entry<T, NotNull>, S): Once<T, J>, // of a table that is there already, take an `alias!`
    {
        self.ast.joins.push(Join { kind: JoinKind::Cross, table: table.into_table_ref(), on: None });
        self.retype()
    }

    /// Lets this query use the columns of a table of the query around it. It can then only stand within that one.
    pub fn correlate<T: Table>(self, _outer: T) -> Select<(Entry<T, NotNull>, S), R, Both<Of<T>, O>> {
        self.retype()
    }

    /// `where condition`; several are joined by `and`.
    pub fn filter<E: Condition, I>(mut self, condition: E) -> Self
    where
        E::Tables: Within<S, I>,
    {
        add_filter(&mut self.ast, condition.into_node());
        self
    }

    /// `group by ..`, a column, an expression or a tuple of them; several add up.
    pub fn group_by<X: Grouping<S, I>, I>(mut self, columns: X) -> Self {
        let mut items = ast::SelectList::new();
        columns.push(&mut items);
        self.ast.group_by.extend(super::source::expressions(items));
        self
    }

    /// `having condition`, on groups; several are joined by `and`.
    pub fn having<E: Condition, I>(mut self, condition: E) -> Self
    where
        E::Tables: Within<S, I>,
    {
        ast::Expr::restrict(&mut self.ast.having, condition.into_node());
        self
    }

    /// `order by ..`; several add up.
    pub fn order_by<X: OrderTerms<Needs: Within<S, I>>, I>(mut self, terms: X) -> Self {
        terms.push(&mut self.ast.order_by);
        self
    }

    /// `select distinct`: equal rows are given once.
    pub fn distinct(mut self) -> Self {
        self.ast.distinct = Distinct::Distinct;
        self
    }

    /// `limit count`: at most so many rows.
    pub fn limit(mut self, count: u64) -> Self {
        set_limit(&mut self.ast, count);
        self
    }

    /// `offset count`: without the first so many rows.
    pub fn offset(mut self, count: u64) -> Self {
        set_offset(&mut self.ast, count);
        self
    }

    /// What is selected, in place of what was.
    ///
    /// The type of a row follows from it: `(i64, Option<String>)` for a column that is never `null` and one that may
    /// be, by itself or by an outer join.
    pub fn select<X: Selection<S, I>, I>(mut self, columns: X) -> Select<S, Chosen<X::Row>, O> {
        let list = &mut self.ast.columns;
        list.clear();
        columns.push(list);
        Select { ast: self.ast, output: Chosen { read: X::read }, marker: PhantomData }
    }

    /// Changes the query where `condition` holds. Neither way changes its type.
    pub fn when(self, condition: bool, change: impl FnOnce(Self) -> Self) -> Self {
        if condition { change(self) } else { self }
    }

    /// Changes the query where there is a value, with that value.
    pub fn when_some<V>(self, value: Option<V>, change: impl FnOnce(Self, V) -> Self) -> Self {
        match value {
            Some(value) => change(self, value),
            None => self,
        }
    }

    /// The query as a derived table of the shape of `table`: `(select ..) as table`.
    ///
    /// Its row must have the columns of `table`, in their order.
    pub fn derived<T: Table>(self, table: T) -> Derived<T>
    where
        Self: Fetchable<Row: Fits<T>>,
    {
        derived(self.into_query(), table)
    }

    pub(super) fn with_ctes(mut self, ctes: Vec<ast::Cte>) -> Self {
        self.ast.with = ctes;
        self
    }

    pub(super) fn into_ast(self) -> Shared<ast::Select> {
        self.ast
    }
}

impl<S, T: Table, N, O> Select<S, Whole<T, N>, O> {
    /// All columns of the first table: what a query gives that has no `select`. It says so, and changes nothing.
    pub fn select_all(self) -> Self {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<S, R, O> Bare for Select<S, R, O> {}

impl<S, R, O> Statement for Select<S, R, O> {
    fn tree(&self) -> ast::StatementRef<'_> {
        (&self.ast).into()
    }
}

impl<S, R: Clone, O> Clone for Select<S, R, O> {
    fn clone(&self) -> Self {
        Self { ast: self.ast.clone(), output: self.output.clone(), marker: PhantomData }
    }
}

impl<S, R, O> fmt::Debug for Select<S, R, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.ast.fmt(f)
    }
}

// Not in the methods of `Select`, so that they are not compiled again for each type of a query.

fn set_limit(select: &mut Shared<ast::Select>, count: u64) {
    fetch::put_count(&mut select.limit, count);
}

fn set_offset(select: &mut Shared<ast::Select>, count: u64) {
    fetch::put_count(&mut select.offset, count);
}

fn add_filter(select: &mut Shared<ast::Select>, condition: ast::Expr) {
    ast::Expr::restrict(&mut select.filter, condition);
}
