//! A term of an order, and what is known of its values.

use super::plain::holds;
use crate::ast::{BinaryOperator, Direction, Expr, Nulls, OrderItem};
use crate::dialect::NullIs;
use crate::expr::OrderedValues;
use crate::types::named_value;
use crate::value::{Kind, Value};

/// A term of the order of a page.
#[derive(Clone, Debug)]
pub(super) struct Term {
    pub(super) expr: Expr,
    pub(super) direction: Direction,
    pub(super) nulls: Nulls,
    /// Whether it can be `null`.
    pub(super) nullable: bool,
    /// What its values are, if that is known.
    pub(super) kind: Kind,
}

impl Term {
    /// A term as it is given, of which `is_left_empty` tells whether an outer join may leave it empty.
    pub(super) fn new((item, values): (OrderItem, OrderedValues), is_left_empty: impl Fn(&Expr) -> bool) -> Self {
        let OrderItem { expr, direction, nulls } = item;
        let OrderedValues { kind, nullable } = values;
        let nullable = nullable || is_left_empty(&expr) || may_divide_by_zero(&expr);
        Self { expr, direction, nulls, nullable, kind }
    }

    /// The same, from the last to the first.
    pub(super) fn reversed(mut self) -> Self {
        self.direction = match self.direction {
            Direction::Ascending => Direction::Descending,
            Direction::Descending => Direction::Ascending,
        };
        self.nulls = match self.nulls {
            Nulls::Default => Nulls::Default,
            Nulls::First => Nulls::Last,
            Nulls::Last => Nulls::First,
        };
        self
    }

    /// Whether it can be `null`, and that comes after all values.
    pub(super) fn ends_in_null(&self, null_is: NullIs) -> bool {
        self.nullable
            && match self.nulls {
                Nulls::Default => null_is.last(self.direction),
                Nulls::First => false,
                Nulls::Last => true,
            }
    }

    /// As it stands in `order by`. Where it is never `null`, nothing is said of that.
    pub(super) fn order_item(&self) -> OrderItem {
        let nulls = if self.nullable { self.nulls } else { Nulls::Default };
        OrderItem { expr: self.expr.clone(), direction: self.direction, nulls }
    }

    /// A value of it that was read, as it is bound: a server gives less of some types than it takes.
    pub(super) fn bound(&self, value: Value) -> Value {
        match (self.kind, value) {
            (Kind::Decimal, Value::Text(text)) => Value::Decimal(text),
            (Kind::Named(data_type), value) => named_value(value, data_type),
            (_, value) => value,
        }
    }

    /// A value of it, whichever.
    pub(super) fn some_value(&self) -> Value {
        match self.kind {
            Kind::Bool | Kind::I16 | Kind::I32 | Kind::I64 | Kind::F32 | Kind::F64 | Kind::Decimal => Value::I64(0),
            Kind::Bytes => Value::Bytes(Vec::new()),
            Kind::Uuid => Value::Uuid([0; 16]),
            Kind::Date => Value::Date(0),
            Kind::Time => Value::Time(0),
            Kind::Timestamp | Kind::TimestampTz => Value::Timestamp(0),
            Kind::Text | Kind::Named(_) | Kind::Json | Kind::Array(_) | Kind::Unknown => Value::from(""),
        }
    }

    /// What it is called where it is wrong.
    pub(super) fn name(&self) -> String {
        match &self.expr {
            Expr::Column(column) => column.name().as_str().to_owned(),
            _ => "an expression of the order".to_owned(),
        }
    }

    /// Whether a value that a client sent back can be one of this term.
    #[cfg(feature = "cursors")]
    pub(super) fn takes(&self, value: &Value) -> bool {
        let found = value.kind();
        if value.is_null() {
            return self.nullable;
        }
        let is_whole = |kind| matches!(kind, Kind::Bool | Kind::I16 | Kind::I32 | Kind::I64);
        let is_number = |kind| is_whole(kind) || matches!(kind, Kind::F32 | Kind::F64 | Kind::Decimal);
        match self.kind {
            Kind::Unknown | Kind::Array(_) => true,
            Kind::Bool | Kind::I16 | Kind::I32 | Kind::I64 => is_whole(found) || found == Kind::Decimal,
            Kind::F32 | Kind::F64 => is_number(found),
            Kind::Decimal => is_number(found) || found == Kind::Text,
            Kind::Text | Kind::Named(_) => matches!(found, Kind::Text | Kind::Named(_)),
            Kind::Bytes => found == Kind::Bytes,
            Kind::Uuid => matches!(found, Kind::Uuid | Kind::Bytes | Kind::Text),
            // Where a server has no such type, it is text.
            Kind::Date => matches!(found, Kind::Date | Kind::Text),
            Kind::Time => matches!(found, Kind::Time | Kind::Text),
            Kind::Timestamp | Kind::TimestampTz => {
                matches!(found, Kind::Timestamp | Kind::TimestampTz | Kind::Text)
            }
            Kind::Json => matches!(found, Kind::Json | Kind::Text),
        }
    }
}

/// Whether an expression may be `null` though its operands are not: what is divided by zero is, on all servers but one.
fn may_divide_by_zero(expr: &Expr) -> bool {
    holds(expr, |it| match it {
        Expr::Binary(it) => {
            matches!(it.operator, BinaryOperator::Divide | BinaryOperator::DivideInteger | BinaryOperator::Remainder)
                && !is_a_number_but_zero(&it.right)
        }
        _ => false,
    })
}

fn is_a_number_but_zero(expr: &Expr) -> bool {
    match expr {
        Expr::Value(Value::I16(it)) => *it != 0,
        Expr::Value(Value::I32(it)) => *it != 0,
        Expr::Value(Value::I64(it)) => *it != 0,
        _ => false,
    }
}
