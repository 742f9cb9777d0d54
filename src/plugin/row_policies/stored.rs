//! What a column makes of a value that is written to it.

use crate::ast::{
    Binary, BinaryOperator, Call, Case, Cast, DataType, Excluded, Expr, Ident, Unary, UnaryOperator, When,
};
use crate::value::Value;

/// Whether a column of a type holds exactly this value, or the server refuses it. Where the type is of another family, shorter,
/// or less exact, it may hold another one; and where it only has a name, what that makes of fractions and of spaces at the end
/// nobody knows.
#[inline]
pub(super) fn is_kept(value: &Value, data_type: &DataType) -> bool {
    match (value, data_type) {
        // What nearly all keys are.
        (Value::I64(_), DataType::BigInt) | (Value::Text(_), DataType::Text) | (Value::Uuid(_), DataType::Uuid) => true,
        (value, data_type) => is_rarer_and_kept(value, data_type),
    }
}

#[inline(never)]
fn is_rarer_and_kept(value: &Value, data_type: &DataType) -> bool {
    match (value, data_type) {
        (Value::Null(_), _)
        | (Value::Bool(_), DataType::Boolean)
        | (Value::F32(_), DataType::Real | DataType::Double)
        | (Value::F64(_), DataType::Double)
        | (Value::Named(_), DataType::Text)
        | (Value::Bytes(_), DataType::Bytes)
        | (Value::Date(_), DataType::Date)
        | (Value::Time(_), DataType::Time)
        | (Value::Timestamp(_), DataType::Timestamp)
        | (Value::TimestampTz(_), DataType::TimestampTz)
        | (Value::Json(_), DataType::Json) => true,
        (Value::I16(_) | Value::I32(_) | Value::I64(_), other) => {
            is_whole(other) || matches!(other, DataType::Decimal { precision: _, scale: _ } | DataType::Named(_))
        }
        (Value::Decimal(text), DataType::Decimal { precision, scale }) => {
            *precision == 0 || digits_after_point(text).is_some_and(|digits| digits <= usize::from(*scale))
        }
        (Value::Text(text), DataType::Varchar(length)) => fits(text, *length),
        (Value::Named(it), DataType::Varchar(length)) => fits(&it.text, *length),
        (Value::Text(text), DataType::Named(_)) => !text.ends_with(' '),
        (Value::Array(array), DataType::Array(element)) => array.values.iter().all(|it| is_kept(it, element)),
        (
            Value::Bool(_)
            | Value::Named(_)
            | Value::Bytes(_)
            | Value::Uuid(_)
            | Value::Date(_)
            | Value::Json(_)
            | Value::Array(_),
            DataType::Named(_),
        ) => true,
        _ => false,
    }
}

/// The types that a column is declared with, by the name of its table, if the statement says that, and its own. `None` where
/// nobody knows what it holds.
pub(super) type Types<'a> = dyn Fn(Option<Ident>, &str) -> Option<Vec<&'static DataType>> + 'a;

/// Whether a column of a type holds exactly what an expression gives, as far as that can be told.
pub(super) fn is_kept_of(value: &Expr, data_type: &DataType, types: &Types<'_>) -> bool {
    let is_kept_of = |value: &Expr| is_kept_of(value, data_type, types);
    let is_narrow = |table, name: &str| match types(table, name) {
        Some(types) => types.into_iter().all(|from| is_no_wider(from, data_type)),
        None => *data_type == DataType::Text,
    };
    match value {
        Expr::Value(it) => is_kept(it, data_type),
        Expr::Column(it) => is_narrow(it.table(), it.name().as_str()),
        Expr::Excluded(Excluded { column }) => is_narrow(None, column.as_str()),
        Expr::Cast(it) => {
            let Cast { value: _, data_type: from } = &**it;
            is_no_wider(from, data_type)
        }
        Expr::Case(it) => {
            let Case { whens, otherwise } = &**it;
            whens.iter().all(|When { condition: _, value }| is_kept_of(value))
                && otherwise.as_ref().is_none_or(is_kept_of)
        }
        Expr::Now => matches!(data_type, DataType::Timestamp | DataType::TimestampTz),
        Expr::Unary(it) => {
            let Unary { operator, operand } = &**it;
            match operator {
                UnaryOperator::Not => *data_type == DataType::Boolean,
                UnaryOperator::Negate => is_kept_of(operand),
            }
        }
        Expr::Binary(it) => {
            let Binary { left, operator, right } = &**it;
            let are_kept = || is_kept_of(left) && is_kept_of(right);
            match operator {
                BinaryOperator::Add | BinaryOperator::Subtract => *data_type != DataType::Real && are_kept(),
                BinaryOperator::Multiply | BinaryOperator::DivideInteger | BinaryOperator::Remainder => {
                    (is_whole(data_type) || *data_type == DataType::Double) && are_kept()
                }
                BinaryOperator::Divide => *data_type == DataType::Double && are_kept(),
                BinaryOperator::Concat => *data_type == DataType::Text,
                BinaryOperator::Equal
                | BinaryOperator::NotEqual
                | BinaryOperator::Less
                | BinaryOperator::LessOrEqual
                | BinaryOperator::Greater
                | BinaryOperator::GreaterOrEqual
                | BinaryOperator::IsDistinctFrom
                | BinaryOperator::IsNotDistinctFrom => *data_type == DataType::Boolean,
            }
        }
        Expr::Call(it) => {
            let Call { schema: _, name, arguments } = &**it;
            let chooses = ["coalesce", "greatest", "least"].iter().any(|it| name.as_str().eq_ignore_ascii_case(it));
            *data_type == DataType::Text || (chooses && arguments.iter().all(is_kept_of))
        }
        Expr::And(_)
        | Expr::Or(_)
        | Expr::Rows(_)
        | Expr::Like(_)
        | Expr::Between(_)
        | Expr::In(_)
        | Expr::InQuery(_)
        | Expr::Exists(_)
        | Expr::IsNull(_) => *data_type == DataType::Boolean,
        Expr::Aggregate(_) | Expr::Subquery(_) | Expr::Raw(_) => *data_type == DataType::Text,
    }
}

/// Whether all that a column of one type holds, one of the other type holds too.
fn is_no_wider(from: &DataType, to: &DataType) -> bool {
    match (from, to) {
        (DataType::Varchar(_), DataType::Text) | (DataType::Real, DataType::Double) => true,
        (DataType::Varchar(from), DataType::Varchar(to)) => from <= to,
        (DataType::Decimal { precision: _, scale: from }, DataType::Decimal { precision: _, scale: to }) => from <= to,
        (from, to) => from == to || (is_whole(from) && is_whole(to)),
    }
}

fn is_whole(data_type: &DataType) -> bool {
    matches!(data_type, DataType::SmallInt | DataType::Integer | DataType::BigInt)
}

/// Whether text is not cut. Servers cut off the spaces at its end without a word.
fn fits(text: &str, length: u32) -> bool {
    usize::try_from(length).is_ok_and(|length| text.chars().count() <= length)
}

/// How many digits are after the point, of a number that is written without an exponent.
fn digits_after_point(text: &str) -> Option<usize> {
    let digits = text.trim_start_matches(['-', '+']);
    let is_plain = digits.chars().all(|it| it.is_ascii_digit() || it == '.');
    is_plain.then(|| digits.split_once('.').map_or(0, |(_, after)| after.trim_end_matches('0').len()))
}
