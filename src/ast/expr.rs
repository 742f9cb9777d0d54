//! Expressions.

use smallvec::SmallVec;

use super::{Column, DataType, Ident, Query, Raw, Shared, push};
use crate::value::Value;

/// An expression. Large nodes are behind a [`Shared`], so that an expression is small wherever it stands.
///
/// The leaves that nearly all expressions are made of come first: to tell them from the others is one comparison then.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    /// A bound value.
    Value(Value),
    /// `table.column`
    Column(Column),
    /// `a and b and c`; true without operands.
    And(Shared<Operands>),
    /// `a or b or c`; false without operands.
    Or(Shared<Operands>),
    /// `not a`, `-a`
    Unary(Shared<Unary>),
    /// `a = b`, `a + b`, ..
    Binary(Shared<Binary>),
    /// `(a, b) > (c, d)`
    Rows(Shared<RowComparison>),
    /// `a like b`
    Like(Shared<Like>),
    /// `a between b and c`
    Between(Shared<Between>),
    /// `a in (b, c)`; false without a list.
    In(Shared<In>),
    /// `a in (select ..)`
    InQuery(Shared<InQuery>),
    /// `exists (select ..)`
    Exists(Shared<Exists>),
    /// `a is null`
    IsNull(Shared<IsNull>),
    /// `case when a then b else c end`
    Case(Shared<Case>),
    /// `cast(a as type)`
    Cast(Shared<Cast>),
    /// `name(a, b)`
    Call(Shared<Call>),
    /// `count(distinct a) filter (where b)`
    Aggregate(Shared<Aggregate>),
    /// `(select ..)` as a value.
    Subquery(Query),
    /// The value that an upsert could not insert.
    Excluded(Excluded),
    /// The instant at which the statement (on PostgreSQL, its transaction) began.
    Now,
    /// Text with slots.
    Raw(Shared<Raw>),
}

/// The operands of a chain of `and` or `or`. Up to twelve need no allocation of their own.
pub type Operands = SmallVec<[Expr; 12]>;

impl Expr {
    /// `self and other`, flat: a chain of any length is one node.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.add_and(other);
        self
    }

    /// `self or other`, flat: a chain of any length is one node.
    #[must_use]
    pub fn or(mut self, other: Self) -> Self {
        match (&mut self, other) {
            (Self::Or(any), Self::Or(more)) => any.extend(more.into_inner()),
            (Self::Or(any), other) => push(any, other),
            (first, other) => *first = Self::Or(Self::chain(first, other)),
        }
        self
    }

    #[inline(never)]
    fn add_and(&mut self, other: Self) {
        let Self::And(all) = self else {
            *self = Self::And(Self::chain(self, other));
            return;
        };
        let all: &mut Operands = all;
        match other {
            Self::And(more) => all.extend(more.into_inner()),
            // By its parts where it is of the kinds that nearly all are: one that was just made is not there yet as a whole,
            // and to copy it as such is to wait until it is.
            Self::Binary(it) => push(all, Self::Binary(it)),
            Self::Like(it) => push(all, Self::Like(it)),
            Self::In(it) => push(all, Self::In(it)),
            Self::IsNull(it) => push(all, Self::IsNull(it)),
            other => push(all, other),
        }
    }

    fn chain(first: &mut Self, second: Self) -> Shared<Operands> {
        // Filled where it is, since a list with its items in line is long to copy.
        let mut chain = Shared::new(Operands::new());
        let operands = &mut *chain;
        push(operands, std::mem::replace(first, Self::Now));
        push(operands, second);
        chain
    }

    /// `left operator right`
    #[must_use]
    #[inline]
    pub fn binary(left: Self, operator: BinaryOperator, right: Self) -> Self {
        Self::Binary(Shared::new(Binary { left, operator, right }))
    }

    /// The same of operands that are made where they will be.
    #[inline]
    pub(crate) fn binary_of(
        left: impl FnOnce() -> Self,
        operator: BinaryOperator,
        right: impl FnOnce() -> Self,
    ) -> Self {
        Self::Binary(Shared::filled(Binary { left: Self::Now, operator, right: Self::Now }, |it| {
            it.left.fill(left());
            it.right.fill(right());
        }))
    }

    /// Takes the place of a [`Self::Now`], of which there is nothing to drop. To look would cost every statement three per cent
    /// of its instructions, so that is left to tests.
    #[inline]
    pub(crate) fn fill(&mut self, it: Self) {
        debug_assert!(matches!(self, Self::Now), "only what holds nothing is filled");
        std::mem::forget(std::mem::replace(self, it));
    }

    /// `self = other`
    #[must_use]
    pub fn equals(self, other: impl Into<Self>) -> Self {
        Self::binary(self, BinaryOperator::Equal, other.into())
    }

    /// Whether it is this text, letter by letter: by its bytes in UTF-8, whatever the character set and the collation of a column.
    #[must_use]
    pub(crate) fn equals_text(self, text: &str) -> Self {
        let cast = |value, data_type| Self::Cast(Shared::new(Cast { value, data_type }));
        cast(cast(self, DataType::Text), DataType::Bytes).equals(Value::Bytes(text.as_bytes().to_vec()))
    }

    /// `self is null`
    #[must_use]
    #[inline]
    pub fn is_null(self) -> Self {
        Self::IsNull(Shared::new(IsNull { negated: false, value: self }))
    }

    /// `self is not null`
    #[must_use]
    #[inline]
    pub fn is_not_null(self) -> Self {
        Self::IsNull(Shared::new(IsNull { negated: true, value: self }))
    }

    /// `name(arguments)`
    pub fn call(name: impl Into<Ident>, arguments: Vec<Self>) -> Self {
        Self::Call(Shared::new(Call { schema: None, name: name.into(), arguments }))
    }

    /// Adds `condition` to a clause that holds one or none.
    pub fn restrict(clause: &mut Option<Self>, condition: Self) {
        match (&mut *clause, condition) {
            (Some(so_far), condition) => so_far.add_and(condition),
            // By its parts, as in a chain.
            (None, Self::Binary(it)) => *clause = Some(Self::Binary(it)),
            (None, condition) => *clause = Some(condition),
        }
    }
}

/// `not self`
impl std::ops::Not for Expr {
    type Output = Self;

    fn not(self) -> Self {
        Self::Unary(Shared::new(Unary { operator: UnaryOperator::Not, operand: self }))
    }
}

/// A value is bound.
impl<V: Into<Value>> From<V> for Expr {
    fn from(value: V) -> Self {
        Self::Value(value.into())
    }
}

/// `not a`, `-a`
#[derive(Clone, Debug, PartialEq)]
pub struct Unary {
    /// What is done.
    pub operator: UnaryOperator,
    /// What it is done to.
    pub operand: Expr,
}

/// An operator before its operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnaryOperator {
    /// `not a`
    Not,
    /// `-a`
    Negate,
}

/// `left operator right`
#[derive(Clone, Debug, PartialEq)]
pub struct Binary {
    /// The operand before the operator.
    pub left: Expr,
    /// What is done.
    pub operator: BinaryOperator,
    /// The operand after the operator.
    pub right: Expr,
}

/// An operator between two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BinaryOperator {
    /// `a = b`
    Equal,
    /// `a <> b`
    NotEqual,
    /// `a < b`
    Less,
    /// `a <= b`
    LessOrEqual,
    /// `a > b`
    Greater,
    /// `a >= b`
    GreaterOrEqual,
    /// `a is not distinct from b`: equal, or both `null`.
    IsNotDistinctFrom,
    /// `a is distinct from b`
    IsDistinctFrom,
    /// `a + b`
    Add,
    /// `a - b`
    Subtract,
    /// `a * b`
    Multiply,
    /// `a / b` with a fraction.
    Divide,
    /// `a / b` of integers, cut off towards zero.
    DivideInteger,
    /// `a % b`, with the sign of `a`.
    Remainder,
    /// `a || b`; `null` where either is.
    Concat,
}

impl BinaryOperator {
    /// True for those that make a number of numbers.
    #[must_use]
    pub fn is_arithmetic(self) -> bool {
        match self {
            Self::Add | Self::Subtract | Self::Multiply | Self::Divide | Self::DivideInteger | Self::Remainder => true,
            Self::Equal
            | Self::NotEqual
            | Self::Less
            | Self::LessOrEqual
            | Self::Greater
            | Self::GreaterOrEqual
            | Self::IsNotDistinctFrom
            | Self::IsDistinctFrom
            | Self::Concat => false,
        }
    }
}

/// `(a, b) > (c, d)`: rows are compared by the first of their parts that differ, and it is `null` where one of the parts up
/// to there is.
///
/// MySQL and MariaDB have all but the last part written twice, so that an index is used: it should be the same each time.
#[derive(Clone, Debug, PartialEq)]
pub struct RowComparison {
    /// What is asked of the rows.
    pub operator: RowOperator,
    /// Their parts, side by side; at least one in a statement that is compiled.
    pub parts: Vec<RowPart>,
}

/// A part of two rows that are compared.
#[derive(Clone, Debug, PartialEq)]
pub struct RowPart {
    /// That of the row before the operator.
    pub left: Expr,
    /// That of the row after it.
    pub right: Expr,
}

/// What is asked of two rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowOperator {
    /// `(a, b) < (c, d)`
    Less,
    /// `(a, b) <= (c, d)`
    LessOrEqual,
    /// `(a, b) > (c, d)`
    Greater,
    /// `(a, b) >= (c, d)`
    GreaterOrEqual,
}

/// `left like pattern`
#[derive(Clone, Debug, PartialEq)]
pub struct Like {
    /// `not like`
    pub negated: bool,
    /// The text.
    pub left: Expr,
    /// The pattern: `%` is any text, `_` any character, and the escape character takes both by their letter.
    pub pattern: Expr,
    /// The character before a `%` or `_` that means itself; `\` where none is named.
    pub escape: Option<char>,
}

/// `value between low and high`, both included.
#[derive(Clone, Debug, PartialEq)]
pub struct Between {
    /// `not between`
    pub negated: bool,
    /// What is compared.
    pub value: Expr,
    /// The lower bound.
    pub low: Expr,
    /// The upper bound.
    pub high: Expr,
}

/// `value in (list)`; without a list, false, and true where negated.
#[derive(Clone, Debug, PartialEq)]
pub struct In {
    /// `not in`
    pub negated: bool,
    /// What is looked for.
    pub value: Expr,
    /// Where it is looked for.
    pub list: Vec<Expr>,
}

/// `value in (select ..)`
#[derive(Clone, Debug, PartialEq)]
pub struct InQuery {
    /// `not in`
    pub negated: bool,
    /// What is looked for.
    pub value: Expr,
    /// Where it is looked for.
    pub query: Query,
}

/// `exists (select ..)`
#[derive(Clone, Debug, PartialEq)]
pub struct Exists {
    /// `not exists`
    pub negated: bool,
    /// The query that gives a row or none.
    pub query: Query,
}

/// `value is null`
#[derive(Clone, Debug, PartialEq)]
pub struct IsNull {
    /// `is not null`
    pub negated: bool,
    /// What is asked about.
    pub value: Expr,
}

/// `case when .. then .. else .. end`
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// The branches; at least one in a statement that is compiled.
    pub whens: Vec<When>,
    /// The value where no condition holds; `null` without it.
    pub otherwise: Option<Expr>,
}

/// `when condition then value`
#[derive(Clone, Debug, PartialEq)]
pub struct When {
    /// The condition.
    pub condition: Expr,
    /// The value where it holds.
    pub value: Expr,
}

/// `cast(value as type)`
#[derive(Clone, Debug, PartialEq)]
pub struct Cast {
    /// What is converted.
    pub value: Expr,
    /// What it is converted to.
    pub data_type: DataType,
}

/// `schema.name(arguments)`
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// The function's schema.
    pub schema: Option<Ident>,
    /// The function: letters, digits and underscores, and not quoted, since servers fold the names of their own.
    pub name: Ident,
    /// What it is called with.
    pub arguments: Vec<Expr>,
}

/// `name(distinct arguments) filter (where condition)`
#[derive(Clone, Debug, PartialEq)]
pub struct Aggregate {
    /// The function.
    pub name: Ident,
    /// Whether equal values count once.
    pub quantifier: Quantifier,
    /// What it is called with; nothing is `*`.
    pub arguments: Vec<Expr>,
    /// The rows it looks at.
    pub filter: Option<Expr>,
    /// What it is of.
    pub span: Span,
    /// What Rust reads the result as, where servers answer with another type.
    pub result: Option<DataType>,
}

/// What an aggregate is of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Span {
    /// A group of rows, of which it makes one.
    #[default]
    Group,
    /// `over ()`: all rows of the result, before its limit; each of them is kept, and has it beside it.
    Result,
}

/// Whether equal values count once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Quantifier {
    /// Every value.
    #[default]
    All,
    /// `distinct`
    Distinct,
}

/// `excluded.column` on PostgreSQL and SQLite, `values(column)` on MySQL and MariaDB.
#[derive(Clone, Debug, PartialEq)]
pub struct Excluded {
    /// The column.
    pub column: Ident,
}
