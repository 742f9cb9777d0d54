//! What can be done with any column or expression.

use super::func::Aggregate;
use super::order::{Ordered, OrderedValues};
use super::{
    Base, Both, Condition, EitherNull, Expr, Expression, InOperand, IntoExpr, IntoNullable, MinMax, Null, Solid,
    Summable,
};
use crate::ast::{self, BinaryOperator, Direction, Shared};
use crate::query::Aliased;
use crate::types::{Nullable, Nullness, SqlType};

/// The result of combining `E` with `O`: a `V`, nullable where either is, of the tables of both.
type Combined<E, O, V> = Expr<
    EitherNull<Null<E>, <O as IntoExpr<Base<E>>>::Null, V>,
    Both<<E as Expression>::Needs, <O as IntoExpr<Base<E>>>::Needs>,
>;

/// The same of a text `E`.
type CombinedText<E, O, V> = Expr<
    EitherNull<Null<E>, <O as IntoExpr<String>>::Null, V>,
    Both<<E as Expression>::Needs, <O as IntoExpr<String>>::Needs>,
>;

/// The type of an expression that is text.
#[diagnostic::on_unimplemented(message = "this is done with text, and `{Self}` is none")]
pub trait Text: SqlType<Base = String> {}

#[diagnostic::do_not_recommend]
impl<V: SqlType<Base = String>> Text for V {}

fn binary<E: Expression, O: IntoExpr<Base<E>>, V: SqlType>(
    left: E,
    operator: BinaryOperator,
    right: O,
) -> Combined<E, O, V> {
    Expr::new(ast::Expr::binary_of(|| left.into_node(), operator, || right.into_expr()))
}

#[inline]
fn like(left: impl Expression, pattern: impl FnOnce() -> ast::Expr, negated: bool, escape: Option<char>) -> ast::Expr {
    let empty = ast::Like { negated, left: ast::Expr::Now, pattern: ast::Expr::Now, escape };
    ast::Expr::Like(Shared::filled(empty, |it| {
        it.left.fill(left.into_node());
        it.pattern.fill(pattern());
    }))
}

/// The character that takes the meaning from `%` and `_` in patterns made here: one that means nothing in any
/// dialect's text, as a backslash does.
const ESCAPE: char = '!';

/// A pattern for the text itself, whatever it holds.
fn escaped(text: &str, before: &str, after: &str) -> ast::Expr {
    let mut pattern = String::with_capacity(text.len() + 2);
    pattern.push_str(before);
    for character in text.chars() {
        if matches!(character, '%' | '_' | ESCAPE) {
            pattern.push(ESCAPE);
        }
        pattern.push(character);
    }
    pattern.push_str(after);
    ast::Expr::Value(pattern.into())
}

/// A condition on `E` alone, nullable where `E` is.
type Test<E> = Expr<<Null<E> as Nullness>::Of<bool>, <E as Expression>::Needs>;

/// What can be done with any column or expression.
///
/// Whatever is `null` on one side makes the result `null`, as in SQL; the type says so by `Option`.
#[allow(clippy::wrong_self_convention, reason = "an expression is used up by what is made of it")]
pub trait ExprMethods: Expression + Sized {
    /// `self = other`
    fn eq<O: IntoExpr<Base<Self>>>(self, other: O) -> Combined<Self, O, bool> {
        binary(self, BinaryOperator::Equal, other)
    }

    /// `self <> other`
    fn ne<O: IntoExpr<Base<Self>>>(self, other: O) -> Combined<Self, O, bool> {
        binary(self, BinaryOperator::NotEqual, other)
    }

    /// `self < other`
    fn lt<O: IntoExpr<Base<Self>>>(self, other: O) -> Combined<Self, O, bool> {
        binary(self, BinaryOperator::Less, other)
    }

    /// `self <= other`
    fn le<O: IntoExpr<Base<Self>>>(self, other: O) -> Combined<Self, O, bool> {
        binary(self, BinaryOperator::LessOrEqual, other)
    }

    /// `self > other`
    fn gt<O: IntoExpr<Base<Self>>>(self, other: O) -> Combined<Self, O, bool> {
        binary(self, BinaryOperator::Greater, other)
    }

    /// `self >= other`
    fn ge<O: IntoExpr<Base<Self>>>(self, other: O) -> Combined<Self, O, bool> {
        binary(self, BinaryOperator::GreaterOrEqual, other)
    }

    /// `self and other`
    fn and<E: Condition>(self, other: E) -> Expr<EitherNull<Null<Self>, Null<E>, bool>, Both<Self::Needs, E::Needs>>
    where
        Self: Condition,
    {
        Expr::new(self.into_node().and(other.into_node()))
    }

    /// `self or other`
    fn or<E: Condition>(self, other: E) -> Expr<EitherNull<Null<Self>, Null<E>, bool>, Both<Self::Needs, E::Needs>>
    where
        Self: Condition,
    {
        Expr::new(self.into_node().or(other.into_node()))
    }

    /// `self is not distinct from other`: equal, or both `null`. Never `null` itself.
    ///
    /// `<=>` on MySQL and MariaDB, `is` on SQLite.
    fn is_not_distinct_from<O: IntoNullable<Base<Self>>>(
        self,
        other: O,
    ) -> Expr<bool, Solid<Both<Self::Needs, O::Needs>>> {
        Expr::new(ast::Expr::binary(self.into_node(), BinaryOperator::IsNotDistinctFrom, other.into_nullable()))
    }

    /// `self is distinct from other`: neither equal nor both `null`. Never `null` itself.
    fn is_distinct_from<O: IntoNullable<Base<Self>>>(self, other: O) -> Expr<bool, Solid<Both<Self::Needs, O::Needs>>> {
        Expr::new(ast::Expr::binary(self.into_node(), BinaryOperator::IsDistinctFrom, other.into_nullable()))
    }

    /// `self between low and high`, both included.
    fn between<L: IntoExpr<Base<Self>>, H: IntoExpr<Base<Self>>>(
        self,
        low: L,
        high: H,
    ) -> Expr<
        EitherNull<Null<Self>, <L::Null as Nullness>::Or<H::Null>, bool>,
        Both<Self::Needs, Both<L::Needs, H::Needs>>,
    > {
        Expr::new(ast::Expr::Between(Shared::new(ast::Between {
            negated: false,
            value: self.into_node(),
            low: low.into_expr(),
            high: high.into_expr(),
        })))
    }

    /// `self in (..)`, of a list (`Vec`, array, slice) or of a query with one column.
    ///
    /// In an empty list there is nothing: it is `false`, and not broken SQL.
    fn in_<O: InOperand<Base<Self>>>(
        self,
        operand: O,
    ) -> Expr<EitherNull<Null<Self>, O::Null, bool>, Both<Self::Needs, O::Needs>> {
        Expr::new(operand.membership(self.into_node(), false))
    }

    /// `self not in (..)`; an empty list makes it `true`.
    ///
    /// A `null` in the list makes it `null` or `false` for every row, as in SQL.
    fn not_in<O: InOperand<Base<Self>>>(
        self,
        operand: O,
    ) -> Expr<EitherNull<Null<Self>, O::Null, bool>, Both<Self::Needs, O::Needs>> {
        Expr::new(operand.membership(self.into_node(), true))
    }

    /// `self is null`
    fn is_null(self) -> Expr<bool, Solid<Self::Needs>> {
        Expr::new(ast::Expr::IsNull(Shared::new(ast::IsNull { negated: false, value: self.into_node() })))
    }

    /// `self is not null`
    fn is_not_null(self) -> Expr<bool, Solid<Self::Needs>> {
        Expr::new(ast::Expr::IsNull(Shared::new(ast::IsNull { negated: true, value: self.into_node() })))
    }

    /// `self like pattern`: `%` is any text, `_` one character, and `\` takes both by their letter.
    ///
    /// Whether case counts is the server's business: it does on PostgreSQL, it depends on the collation on MySQL and
    /// MariaDB, and it does not for ASCII letters on SQLite.
    fn like<O: IntoExpr<String>>(self, pattern: O) -> CombinedText<Self, O, bool>
    where
        Self::Sql: Text,
    {
        Expr::new(like(self, || pattern.into_expr(), false, None))
    }

    /// `self not like pattern`
    fn not_like<O: IntoExpr<String>>(self, pattern: O) -> CombinedText<Self, O, bool>
    where
        Self::Sql: Text,
    {
        Expr::new(like(self, || pattern.into_expr(), true, None))
    }

    /// True where the text holds `text`, taken letter by letter: `%` and `_` in it are themselves.
    fn contains(self, text: &str) -> Test<Self>
    where
        Self::Sql: Text,
    {
        Expr::new(like(self, || escaped(text, "%", "%"), false, Some(ESCAPE)))
    }

    /// True where the text begins with `text`, taken letter by letter.
    fn starts_with(self, text: &str) -> Test<Self>
    where
        Self::Sql: Text,
    {
        Expr::new(like(self, || escaped(text, "", "%"), false, Some(ESCAPE)))
    }

    /// True where the text ends with `text`, taken letter by letter.
    fn ends_with(self, text: &str) -> Test<Self>
    where
        Self::Sql: Text,
    {
        Expr::new(like(self, || escaped(text, "%", ""), false, Some(ESCAPE)))
    }

    /// `self || other`; `null` where either is. `concat(self, other)` on MySQL and MariaDB.
    fn concat<O: IntoExpr<String>>(self, other: O) -> CombinedText<Self, O, String>
    where
        Self::Sql: Text,
    {
        Expr::new(ast::Expr::binary(self.into_node(), BinaryOperator::Concat, other.into_expr()))
    }

    /// `coalesce(self, other)`: `other` where this is `null`.
    fn coalesce<O: IntoExpr<Base<Self>>>(
        self,
        other: O,
    ) -> Expr<<O::Null as Nullness>::Of<Base<Self>>, super::scope::Otherwise<Self::Needs, O::Needs>> {
        Expr::new(ast::Expr::call(ast::Ident::Static(&names::COALESCE), vec![self.into_node(), other.into_expr()]))
    }

    /// `nullif(self, other)`: `null` where both are equal.
    fn null_if<O: IntoExpr<Base<Self>>>(
        self,
        other: O,
    ) -> Expr<<Base<Self> as SqlType>::Nullable, Both<Self::Needs, O::Needs>> {
        Expr::new(ast::Expr::call(ast::Ident::Static(&names::NULLIF), vec![self.into_node(), other.into_expr()]))
    }

    /// `cast(self as ..)`, to the column type of `V`.
    ///
    /// What a server cannot convert is its error (or `0`, on SQLite).
    fn cast<V: SqlType<Base = V>>(self) -> Expr<<Null<Self> as Nullness>::Of<V>, Self::Needs> {
        Expr::new(ast::Expr::Cast(Shared::new(ast::Cast { value: self.into_node(), data_type: V::DATA_TYPE })))
    }

    /// `count(self)`: how many rows in which it is not `null`.
    fn count(self) -> Aggregate<i64, Solid<Self::Needs>> {
        Aggregate::new(&names::COUNT, self.into_node(), None)
    }

    /// `sum(self)`; `null` of no rows. A sum of integers is an `i64`, and one too large for it is an error.
    fn sum(self) -> Aggregate<Option<<Base<Self> as Summable>::Sum>, Self::Needs>
    where
        Base<Self>: Summable,
    {
        Aggregate::new(&names::SUM, self.into_node(), <Base<Self> as Summable>::RESULT)
    }

    /// `avg(self)` as a float; `null` of no rows.
    fn avg(self) -> Aggregate<Option<f64>, Self::Needs>
    where
        Base<Self>: Summable,
    {
        Aggregate::new(&names::AVG, self.into_node(), Some(ast::DataType::Double))
    }

    /// `min(self)`; `null` of no rows. Of numbers, text, dates and times; PostgreSQL has none of truth values, UUIDs and JSON.
    fn min(self) -> Aggregate<<Nullable as Nullness>::Of<Base<Self>>, Self::Needs>
    where
        Base<Self>: MinMax,
    {
        Aggregate::new(&names::MIN, self.into_node(), None)
    }

    /// `max(self)`; `null` of no rows. Of numbers, text, dates and times; PostgreSQL has none of truth values, UUIDs and JSON.
    fn max(self) -> Aggregate<<Nullable as Nullness>::Of<Base<Self>>, Self::Needs>
    where
        Base<Self>: MinMax,
    {
        Aggregate::new(&names::MAX, self.into_node(), None)
    }

    /// Orders by this, smallest first.
    fn asc(self) -> Ordered<Self::Needs> {
        Ordered::new(self.into_node(), Direction::Ascending, OrderedValues::of::<Self::Sql>())
    }

    /// Orders by this, largest first.
    fn desc(self) -> Ordered<Self::Needs> {
        Ordered::new(self.into_node(), Direction::Descending, OrderedValues::of::<Self::Sql>())
    }

    /// `self as name`: the name that [`fetch_all_as`](crate::query::Statement::fetch_all_as) finds it by.
    fn alias(self, name: impl Into<ast::Ident>) -> Aliased<Self> {
        Aliased::new(self, name.into())
    }
}

impl<E: Expression> ExprMethods for E {}

/// The names of the functions used here, written as they stand.
mod names {
    use crate::ast::Name;

    pub(super) static COALESCE: Name = Name::new("coalesce", "\"coalesce\"", "`coalesce`");
    pub(super) static NULLIF: Name = Name::new("nullif", "\"nullif\"", "`nullif`");
    pub(super) static COUNT: Name = Name::new("count", "\"count\"", "`count`");
    pub(super) static SUM: Name = Name::new("sum", "\"sum\"", "`sum`");
    pub(super) static AVG: Name = Name::new("avg", "\"avg\"", "`avg`");
    pub(super) static MIN: Name = Name::new("min", "\"min\"", "`min`");
    pub(super) static MAX: Name = Name::new("max", "\"max\"", "`max`");
}
