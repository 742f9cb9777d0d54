//! `union`, `intersect`, `except`

use std::fmt;
use std::marker::PhantomData;

use super::selection::{Chosen, Output, Read};
use super::source::{Derived, derived};
use super::{Bare, Fetchable, Select, Statement, Subquery, fetch};
use crate::ast::{self, Direction, Ident, SetOperator, Shared};
use crate::expr::scope::{Both, NoTables};
use crate::expr::{Nothing, OrderTerms, Ordered, OrderedValues};
use crate::table::{Fits, Table};

/// Several queries whose rows `R` are united, intersected or taken from one another.
///
/// Each query keeps its own order and limit; those given here are the whole's.
#[must_use = "a query does nothing until it is run"]
pub struct Compound<R, O> {
    ast: Shared<ast::Compound>,
    output: Chosen<R>,
    marker: PhantomData<fn() -> O>,
}

/// A query that can be part of a set operation.
#[diagnostic::on_unimplemented(message = "`{Self}` is not a query that gives rows")]
pub trait SetOperand: Subquery {
    /// What a row of it is in Rust.
    type Row: Send + 'static;

    /// What reads a row.
    #[doc(hidden)]
    fn row_reader(&self) -> Read<Self::Row>;

    /// `union`: the rows of either, each once.
    fn union<Q: Gives<Self::Row, Outer = O>, O>(self, other: Q) -> Compound<Self::Row, Both<Self::Outer, O>> {
        compound(self, SetOperator::Union, other)
    }

    /// `union all`: the rows of either, as often as they are there.
    fn union_all<Q: Gives<Self::Row, Outer = O>, O>(self, other: Q) -> Compound<Self::Row, Both<Self::Outer, O>> {
        compound(self, SetOperator::UnionAll, other)
    }

    /// `intersect`: the rows of both, each once.
    fn intersect<Q: Gives<Self::Row, Outer = O>, O>(self, other: Q) -> Compound<Self::Row, Both<Self::Outer, O>> {
        compound(self, SetOperator::Intersect, other)
    }

    /// `intersect all`: the rows of both, as often as they are in both. SQLite has none.
    fn intersect_all<Q: Gives<Self::Row, Outer = O>, O>(self, other: Q) -> Compound<Self::Row, Both<Self::Outer, O>> {
        compound(self, SetOperator::IntersectAll, other)
    }

    /// `except`: the rows of this that are not in the other, each once.
    fn except<Q: Gives<Self::Row, Outer = O>, O>(self, other: Q) -> Compound<Self::Row, Both<Self::Outer, O>> {
        compound(self, SetOperator::Except, other)
    }

    /// `except all`: the rows of this, each taken away as often as it is in the other. SQLite has none.
    fn except_all<Q: Gives<Self::Row, Outer = O>, O>(self, other: Q) -> Compound<Self::Row, Both<Self::Outer, O>> {
        compound(self, SetOperator::ExceptAll, other)
    }
}

#[diagnostic::do_not_recommend]
impl<S, R: Output, O> SetOperand for Select<S, R, O> {
    type Row = R::Row;

    fn row_reader(&self) -> Read<R::Row> {
        self.output.reader()
    }
}

#[diagnostic::do_not_recommend]
impl<R: Send + 'static, O> SetOperand for Compound<R, O> {
    type Row = R;

    fn row_reader(&self) -> Read<R> {
        self.output.read
    }
}

/// A query that gives rows `R`, as the one does that it is united with.
#[diagnostic::on_unimplemented(
    message = "this query does not give rows of type `{R}`",
    label = "the query before it does, and both must give the same"
)]
pub trait Gives<R>: SetOperand<Row = R> {}

#[diagnostic::do_not_recommend]
impl<R, Q: SetOperand<Row = R>> Gives<R> for Q {}

/// Joins two queries. A chain of the same operator is one node.
fn compound<L: SetOperand, R: Gives<L::Row>>(
    left: L,
    operator: SetOperator,
    right: R,
) -> Compound<L::Row, Both<L::Outer, R::Outer>> {
    let output = Chosen { read: left.row_reader() };
    let ast = match left.into_query() {
        ast::Query::Compound(mut compound)
            if compound.operator == operator
                && compound.order_by.is_empty()
                && compound.limit.is_none()
                && compound.offset.is_none() =>
        {
            compound.operands.push(right.into_query());
            compound
        }
        left => Shared::new(ast::Compound {
            with: Vec::new(),
            operator,
            operands: vec![left, right.into_query()],
            order_by: ast::OrderList::new(),
            limit: None,
            offset: None,
        }),
    };
    Compound { ast, output, marker: PhantomData }
}

impl<R: Send + 'static, O> Compound<R, O> {
    /// `order by ..`, by columns of the result: `.order_by(output("email").desc())`.
    pub fn order_by<X: OrderTerms<Needs: NoTables>>(mut self, terms: X) -> Self {
        terms.push(&mut self.ast.order_by);
        self
    }

    /// `limit count`: at most so many rows of the whole.
    pub fn limit(mut self, count: u64) -> Self {
        self.ast.limit = Some(fetch::count(count));
        self
    }

    /// `offset count`: without the first so many rows of the whole.
    pub fn offset(mut self, count: u64) -> Self {
        self.ast.offset = Some(fetch::count(count));
        self
    }

    /// The query as a derived table of the shape of `table`: `(select .. union select ..) as table`.
    pub fn derived<T: Table>(self, table: T) -> Derived<T>
    where
        Self: Fetchable<Row: Fits<T>>,
    {
        derived(self.into_query(), table)
    }
}

impl<R, O> Compound<R, O> {
    pub(super) fn into_ast(self) -> Shared<ast::Compound> {
        self.ast
    }
}

/// A column of a result, by its name or alias, for the order of a set operation.
///
/// ```
/// # use kysera::prelude::*;
/// # #[derive(Table)]
/// # #[table(name = "users")]
/// # pub struct User { #[column(primary_key, generated)] id: i64, email: String }
/// use kysera::dialect;
/// use kysera::query::output;
///
/// let q = select_from(users::table)
///     .select(users::email)
///     .union(select_from(users::table).select(users::email.concat("x")))
///     .order_by(output("email").desc());
/// assert_eq!(
///     q.compile(&dialect::SQLITE)?.sql,
///     r#"select "users"."email" from "users" union select "users"."email" || ?1 from "users" order by "email" desc"#,
/// );
/// # Ok::<(), kysera::Error>(())
/// ```
pub fn output(name: impl Into<Ident>) -> OutputColumn {
    OutputColumn(name.into())
}

/// A column of a result. [`output`] makes it.
#[derive(Clone, Debug)]
pub struct OutputColumn(Ident);

/// Smallest first.
#[diagnostic::do_not_recommend]
impl OrderTerms for OutputColumn {
    type Needs = Nothing;

    fn push(self, order_by: &mut ast::OrderList) {
        self.asc().push(order_by);
    }

    fn push_with_values(self, order_by: &mut Vec<(ast::OrderItem, OrderedValues)>) {
        self.asc().push_with_values(order_by);
    }
}

impl OutputColumn {
    /// Smallest first.
    #[must_use]
    pub fn asc(self) -> Ordered<Nothing> {
        self.ordered(Direction::Ascending)
    }

    /// Largest first.
    #[must_use]
    pub fn desc(self) -> Ordered<Nothing> {
        self.ordered(Direction::Descending)
    }

    fn ordered(self, direction: Direction) -> Ordered<Nothing> {
        let column = ast::Expr::Column(ast::Column::new(None, self.0));
        Ordered::new(column, direction, OrderedValues::UNKNOWN)
    }
}

#[diagnostic::do_not_recommend]
impl<R, O> Bare for Compound<R, O> {}

impl<R, O> Statement for Compound<R, O> {
    fn tree(&self) -> ast::StatementRef<'_> {
        (&self.ast).into()
    }
}

impl<R, O> Clone for Compound<R, O> {
    fn clone(&self) -> Self {
        Self { ast: self.ast.clone(), output: self.output, marker: PhantomData }
    }
}

impl<R, O> fmt::Debug for Compound<R, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.ast.fmt(f)
    }
}
