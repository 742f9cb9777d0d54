//! SQLite's names of types: the five of a `strict` table.

use super::param::Typed;
use super::spec::TypeName;
use crate::ast::DataType;
use crate::value::Value;

/// Decimals are text, because any other type of SQLite would lose digits. A collation that the driver brings compares
/// them by their value; it is the column's, so it reaches orders, groups, keys and joins.
pub(super) fn data_type(it: &DataType) -> Option<TypeName> {
    Some(TypeName::Plain(match it {
        DataType::Boolean | DataType::SmallInt | DataType::Integer | DataType::BigInt => "integer",
        DataType::Real | DataType::Double => "real",
        DataType::Varchar(length) => return Some(TypeName::Checked("text", *length)),
        DataType::Bytes | DataType::Uuid => "blob",
        DataType::Decimal { precision: _, scale: _ } => "text collate kysera_decimal",
        DataType::Text
        | DataType::Date
        | DataType::Time
        | DataType::Timestamp
        | DataType::TimestampTz
        | DataType::Json => "text",
        DataType::Array(_) | DataType::Named(_) => return None,
    }))
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
