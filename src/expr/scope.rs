//! Which tables a query has, which an expression uses, and whether the one has all the others.
//!
//! The scope of a query is a list of types, `(Entry<posts, Nullable>, (Entry<users, NotNull>, ()))`: each table with
//! whether an outer join may leave its columns empty. An expression carries the tables it uses, as a tree of [`Of`]
//! and [`Both`]. [`Within`] finds each of them in the list; the position is inferred, so nothing is implemented for
//! pairs of tables, and the cost of a schema is that of its columns.

use std::marker::PhantomData;

use crate::ast::Name;
use crate::table::{Table, TableDescription};
use crate::types::{NotNull, Nullable, Nullness};

/// A table in a scope, and whether an outer join may leave its columns empty.
#[derive(Debug)]
pub struct Entry<T, N>(PhantomData<fn() -> (T, N)>);

/// The first place of a list.
#[derive(Debug)]
pub struct Here;

/// A later place of a list.
#[derive(Debug)]
pub struct There<I>(PhantomData<fn() -> I>);

/// A scope that has table `T`, at place `I`.
#[diagnostic::on_unimplemented(
    message = "table `{T}` is not part of this query",
    label = "this uses a column of `{T}`",
    note = "add it before, by a join, `.from(..)` of an update, `.using(..)` of a delete, or, from a query around this one, `.correlate(..)`"
)]
pub trait Has<T, I> {
    /// Whether an outer join may leave the table's columns empty.
    type Null: Nullness;
}

#[diagnostic::do_not_recommend]
impl<T, N: Nullness, Rest> Has<T, Here> for (Entry<T, N>, Rest) {
    type Null = N;
}

#[diagnostic::do_not_recommend]
impl<T, First, Rest: Has<T, I>, I> Has<T, There<I>> for (First, Rest) {
    type Null = Rest::Null;
}

/// A scope that has table `T` once, at place `I`.
///
/// Where it is there twice, the compiler cannot tell `I`; that is an error of few words, so the lines that ask for this
/// have a comment, which the compiler quotes.
pub trait Once<T, I> {}

impl<S: Has<T, I>, T, I> Once<T, I> for S {}

/// A scope whose tables are all on the outer side of a join.
pub trait AllNullable {
    /// The same tables, all nullable.
    type Out;
}

impl AllNullable for () {
    type Out = ();
}

impl<T, N, Rest: AllNullable> AllNullable for (Entry<T, N>, Rest) {
    type Out = (Entry<T, Nullable>, Rest::Out);
}

/// The tables of a query, as a list of types that can be looked at when the program runs.
pub trait Scope {
    /// The tables, the last one first.
    #[doc(hidden)]
    fn push(tables: &mut Vec<Scoped>);
}

/// A table of a query.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Scoped {
    /// The name it has in the query.
    pub name: &'static Name,
    /// Its columns.
    pub description: &'static TableDescription,
    /// Whether an outer join may leave its columns empty.
    pub nullable: bool,
}

impl Scope for () {
    fn push(_: &mut Vec<Scoped>) {}
}

impl<T: Table, N: Nullness, Rest: Scope> Scope for (Entry<T, N>, Rest) {
    fn push(tables: &mut Vec<Scoped>) {
        let description = T::DESCRIPTION;
        let name = T::ALIAS.unwrap_or(description.name);
        tables.push(Scoped { name, description, nullable: N::IS_NULLABLE });
        Rest::push(tables);
    }
}

/// The tables of an expression that uses none, such as a value.
#[derive(Clone, Copy, Debug)]
pub struct Nothing;

/// The table of a column.
#[derive(Debug)]
pub struct Of<T>(PhantomData<fn() -> T>);

/// The tables of two expressions.
#[derive(Debug)]
pub struct Both<A, B>(PhantomData<fn() -> (A, B)>);

/// The tables of an expression that is not `null` even where they are missing, such as `count(..)`.
#[derive(Debug)]
pub struct Solid<N>(PhantomData<fn() -> N>);

/// The tables of `coalesce(a, b)`: it is `null` only where those of `b` are missing.
#[derive(Debug)]
pub struct Otherwise<A, B>(PhantomData<fn() -> (A, B)>);

/// Tables that are all in the scope `S`, at the places `I`.
///
/// It only stands before [`Found`], so that an error does not list what implements that.
pub trait Within<S, I> {
    /// Whether an outer join may leave one of them empty.
    type Null: Nullness;
}

impl<S, N: Found<S, I>, I> Within<S, I> for N {
    type Null = N::Null;
}

/// What implements [`Within`]: each kind of tables by itself.
#[diagnostic::on_unimplemented(message = "this expression uses a table that is not part of the query")]
pub trait Found<S, I> {
    /// Whether an outer join may leave one of them empty.
    type Null: Nullness;
}

impl<S> Found<S, Here> for Nothing {
    type Null = NotNull;
}

impl<S: Has<T, I>, T, I> Found<S, I> for Of<T> {
    type Null = S::Null;
}

impl<S, A: Found<S, I>, B: Found<S, J>, I, J> Found<S, (I, J)> for Both<A, B> {
    type Null = <A::Null as Nullness>::Or<B::Null>;
}

impl<S, A: Found<S, I>, B: Found<S, J>, I, J> Found<S, (I, J)> for Otherwise<A, B> {
    type Null = B::Null;
}

impl<S, N: Found<S, I>, I> Found<S, I> for Solid<N> {
    type Null = NotNull;
}

/// The outer tables of a query that can be run on its own: none.
#[diagnostic::on_unimplemented(
    message = "a correlated query cannot be run on its own",
    note = "use it within another query, by `.exists()`, `.scalar()` or `.in_(..)`"
)]
pub trait Closed {}

#[diagnostic::do_not_recommend]
impl Closed for Nothing {}

#[diagnostic::do_not_recommend]
impl<A: Closed, B: Closed> Closed for Both<A, B> {}

/// The tables of an expression that uses none.
#[diagnostic::on_unimplemented(
    message = "this uses a column where there is no row to take it from",
    note = "a set operation is ordered by `output(..)`, a column of its result; an insert sets values"
)]
pub trait NoTables {}

#[diagnostic::do_not_recommend]
impl NoTables for Nothing {}

#[diagnostic::do_not_recommend]
impl<A: NoTables, B: NoTables> NoTables for Both<A, B> {}

#[diagnostic::do_not_recommend]
impl<A: NoTables, B: NoTables> NoTables for Otherwise<A, B> {}

#[diagnostic::do_not_recommend]
impl<N: NoTables> NoTables for Solid<N> {}
