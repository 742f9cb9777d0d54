//! Functions, aggregates, and values as expressions.

use std::fmt;
use std::marker::PhantomData;

use super::{Both, Condition, Expr, Expression, IntoExpr, IntoNullable, Nothing, Null};
use crate::ast::{self, DataType, Ident, Name, Quantifier, Shared};
use crate::tuples::{for_each_tuple, needs};
use crate::types::{NotNull, Nullness, SqlType};

/// A value as an expression, for where an expression is needed: `select((users::id, value(1_i64)))`.
pub fn value<V: SqlType>(value: V) -> Expr<V> {
    Expr::new(ast::Expr::Value(value.into_value()))
}

/// The instant at which the statement began (its transaction, on PostgreSQL), in UTC.
///
/// `V` is your type for it, such as `DateTime<Utc>`.
#[must_use]
pub fn now<V: SqlType<Base = V>>() -> Expr<V> {
    Expr::new(ast::Expr::Now)
}

/// `name(arguments)`: any function of the server, whose result you know to be a `V` where no argument is `null`.
///
/// Where one may be, by itself or by an outer join, so may the result, as with nearly all functions; if you know better,
/// there is [`coalesce`](super::ExprMethods::coalesce).
///
/// ```
/// # use kysera::prelude::*;
/// # #[derive(Table)]
/// # #[table(name = "users")]
/// # pub struct User { #[column(primary_key, generated)] id: i64, email: String }
/// use kysera::dialect;
/// use kysera::expr::call;
///
/// let q = select_from(users::table).select(call::<String, _>("lower", (users::email,)));
/// assert_eq!(q.compile(&dialect::SQLITE)?.sql, r#"select lower("users"."email") from "users""#);
/// # Ok::<(), kysera::Error>(())
/// ```
pub fn call<V: SqlType, O: Origin>(name: &'static str, arguments: impl Arguments<Origin = O>) -> Called<V, O> {
    let mut nodes = Vec::new();
    arguments.push(&mut nodes);
    Expr::new(ast::Expr::call(name, nodes))
}

/// A `V` that is made of such arguments.
type Called<V, O> = Expr<<<O as Origin>::Null as Nullness>::Of<V>, <O as Origin>::Needs>;

/// The arguments of a function: a tuple of up to 16 columns and expressions.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the arguments of a function",
    note = "they are a tuple of up to 16 columns and expressions, as in `(users::email,)`; `value(..)` makes one of a value"
)]
pub trait Arguments {
    /// Their tables, and whether one of them can be `null`.
    type Origin: Origin;

    /// Adds them to the call.
    fn push(self, arguments: &mut Vec<ast::Expr>);
}

#[diagnostic::do_not_recommend]
impl Arguments for () {
    type Origin = (Nothing, NotNull);

    fn push(self, _: &mut Vec<ast::Expr>) {}
}

/// What the arguments of a function bring to its result: a pair of their tables and of whether one of them can be
/// `null`.
pub trait Origin {
    /// The tables of all of them.
    type Needs;
    /// Whether one of them can be `null`.
    type Null: Nullness;
}

#[diagnostic::do_not_recommend]
impl<N, U: Nullness> Origin for (N, U) {
    type Needs = N;
    type Null = U;
}

/// Nullable where one of the parts is.
macro_rules! any_null {
    ($Last:ident) => { Null<$Last> };
    ($First:ident $($Rest:ident)+) => { <Null<$First> as Nullness>::Or<any_null!($($Rest)+)> };
}

macro_rules! arguments {
    ($($E:ident $I:ident),+) => {
        #[diagnostic::do_not_recommend]
        impl<$($E: Expression),+> Arguments for ($($E,)+) {
            type Origin = (needs!($($E)+), any_null!($($E)+));

            #[allow(non_snake_case, reason = "a tuple's parts are named after their types")]
            fn push(self, arguments: &mut Vec<ast::Expr>) {
                let ($($E,)+) = self;
                $(arguments.push($E.into_node());)+
            }
        }
    };
}

for_each_tuple!(arguments);

/// A number that can be summed up, and the type of the sum.
#[diagnostic::on_unimplemented(message = "`{Self}` is no number that can be summed up")]
pub trait Summable: SqlType {
    /// The type of the sum.
    type Sum: SqlType<Nullable = Option<Self::Sum>>;
    /// What the server is told to make of the sum, where it would answer with another type.
    const RESULT: Option<DataType>;
}

macro_rules! summable {
    ($($Rust:ty => $Sum:ty, $result:expr;)*) => {
        $(#[diagnostic::do_not_recommend]
        impl Summable for $Rust {
            type Sum = $Sum;
            const RESULT: Option<DataType> = $result;
        })*
    };
}

summable! {
    i16 => i64, Some(DataType::BigInt);
    i32 => i64, Some(DataType::BigInt);
    i64 => i64, Some(DataType::BigInt);
    f32 => f64, Some(DataType::Double);
    f64 => f64, None;
}
#[cfg(feature = "rust_decimal")]
summable!(
    rust_decimal::Decimal => rust_decimal::Decimal, Some(DataType::Decimal { precision: 0, scale: 0 });
);

/// A type of which there is a smallest and a largest value on every server.
#[diagnostic::on_unimplemented(
    message = "there is no `min` and `max` of `{Self}` on every server",
    note = "order by it, and take the first row by `limit(1)`"
)]
pub trait MinMax: SqlType {}

macro_rules! min_max {
    ($($Rust:ty),* $(,)?) => {
        $(#[diagnostic::do_not_recommend]
        impl MinMax for $Rust {})*
    };
}

min_max!(i16, i32, i64, f32, f64, String);
#[cfg(feature = "rust_decimal")]
min_max!(rust_decimal::Decimal);
#[cfg(feature = "chrono")]
min_max!(
    chrono::NaiveDate,
    chrono::NaiveTime,
    chrono::NaiveDateTime,
    chrono::DateTime<chrono::Utc>,
    chrono::DateTime<chrono::FixedOffset>,
);
#[cfg(feature = "time")]
min_max!(time::Date, time::Time, time::PrimitiveDateTime, time::OffsetDateTime);
#[cfg(feature = "jiff")]
min_max!(jiff::civil::Date, jiff::civil::Time, jiff::civil::DateTime, jiff::Timestamp);

/// `count(*)`: how many rows.
#[must_use]
pub fn count_all() -> Aggregate<i64, Nothing> {
    static COUNT: Name = Name::new("count", "\"count\"", "`count`");
    let mut count = Aggregate::new(&COUNT, ast::Expr::Now, None);
    count.node.arguments.clear();
    count
}

/// A function over several rows. It is an expression, and it can be narrowed.
pub struct Aggregate<V, N> {
    node: ast::Aggregate,
    marker: PhantomData<fn() -> (V, N)>,
}

impl<V, N> Aggregate<V, N> {
    pub(super) fn new(name: &'static Name, argument: ast::Expr, result: Option<DataType>) -> Self {
        Self {
            node: ast::Aggregate {
                name: Ident::Static(name),
                quantifier: Quantifier::All,
                arguments: vec![argument],
                filter: None,
                span: ast::Span::Group,
                result,
            },
            marker: PhantomData,
        }
    }

    /// `count(distinct ..)`: equal values count once. Of `count(*)`, it is an error: no two rows are equal.
    #[must_use]
    pub fn distinct(mut self) -> Self {
        self.node.quantifier = Quantifier::Distinct;
        self
    }

    /// `.. filter (where condition)`: only these rows count. `case` on MySQL and MariaDB.
    #[must_use]
    pub fn filter<E: Condition>(mut self, condition: E) -> Aggregate<V, Both<N, super::Solid<E::Needs>>> {
        ast::Expr::restrict(&mut self.node.filter, condition.into_node());
        Aggregate { node: self.node, marker: PhantomData }
    }
}

impl<V, N> Clone for Aggregate<V, N> {
    fn clone(&self) -> Self {
        Self { node: self.node.clone(), marker: PhantomData }
    }
}

impl<V, N> fmt::Debug for Aggregate<V, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.node.fmt(f)
    }
}

#[diagnostic::do_not_recommend]
impl<V: SqlType, N> Expression for Aggregate<V, N> {
    type Sql = V;
    type Needs = N;

    fn into_node(self) -> ast::Expr {
        ast::Expr::Aggregate(Shared::new(self.node))
    }
}

#[diagnostic::do_not_recommend]
impl<B: SqlType, V: SqlType<Base = B>, N> IntoExpr<B> for Aggregate<V, N> {
    type Needs = N;
    type Null = V::Null;

    fn into_expr(self) -> ast::Expr {
        self.into_node()
    }
}

#[diagnostic::do_not_recommend]
impl<B: SqlType, V: SqlType<Base = B>, N> IntoNullable<B> for Aggregate<V, N> {
    type Needs = N;
    type Null = V::Null;

    fn into_nullable(self) -> ast::Expr {
        self.into_node()
    }
}
