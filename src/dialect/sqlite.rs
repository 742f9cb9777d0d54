//! SQLite's names of types: the five of a `strict` table.

use super::param::Typed;
use super::type_name::{Fit, TypeName};
use crate::ast::DataType;
use crate::value::Value;

/// A type that is wider than what it stands for has a check.
///
/// Decimals are text, because any other type of SQLite would lose digits. A collation that the driver brings compares
/// them by their value; it is the column's, so it reaches orders, groups, keys and joins.
pub(super) fn data_type(it: &DataType) -> Option<TypeName> {
    Some(match it {
        DataType::Boolean => TypeName::Checked("integer", Fit::Between(0, 1)),
        DataType::SmallInt => TypeName::Checked("integer", Fit::Between(i16::MIN.into(), i16::MAX.into())),
        DataType::Integer => TypeName::Checked("integer", Fit::Between(i32::MIN.into(), i32::MAX.into())),
        DataType::BigInt => TypeName::Plain("integer"),
        DataType::Real | DataType::Double => TypeName::Plain("real"),
        DataType::Varchar(length) => TypeName::Checked("text", Fit::Length(*length)),
        DataType::Bytes | DataType::Uuid => TypeName::Plain("blob"),
        DataType::Decimal { precision: 0, scale: _ } => TypeName::Plain("text collate kysera_decimal"),
        DataType::Decimal { precision, scale } => {
            TypeName::Checked("text collate kysera_decimal", Fit::Digits(precision.saturating_sub(*scale), *scale))
        }
        DataType::Text
        | DataType::Date
        | DataType::Time
        | DataType::Timestamp
        | DataType::TimestampTz
        | DataType::Json => TypeName::Plain("text"),
        DataType::Array(_) | DataType::Named(_) => return None,
    })
}

/// A cast to a date or a decimal would only make it text, so there is none.
pub(super) fn cast_type(it: &DataType) -> Option<TypeName> {
    match it {
        DataType::SmallInt | DataType::Integer | DataType::BigInt => Some(TypeName::Plain("integer")),
        DataType::Real | DataType::Double => Some(TypeName::Plain("real")),
        DataType::Text => Some(TypeName::Plain("text")),
        DataType::Bytes => Some(TypeName::Plain("blob")),
        // A number other than 0 and 1 would stay what it is.
        DataType::Boolean
        | DataType::Decimal { precision: _, scale: _ }
        | DataType::Varchar(_)
        | DataType::Uuid
        | DataType::Date
        | DataType::Time
        | DataType::Timestamp
        | DataType::TimestampTz
        | DataType::Json
        | DataType::Array(_)
        | DataType::Named(_) => None,
    }
}

/// A value brings its type.
pub(super) fn param_cast(_: &Value, _: Typed) -> Option<&'static DataType> {
    None
}
