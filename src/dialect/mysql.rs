//! MySQL's names of types.

use super::param::{Typed, data_type_of};
use super::type_name::TypeName;
use crate::ast::DataType;
use crate::value::{Kind, Value};

/// `timestamp` ends in 2038 and depends on the session's time zone, so instants are `datetime` in UTC.
pub(super) fn data_type(it: &DataType) -> Option<TypeName> {
    Some(TypeName::Plain(match it {
        DataType::Boolean => "boolean",
        DataType::SmallInt => "smallint",
        DataType::Integer => "int",
        DataType::BigInt => "bigint",
        DataType::Real => "float",
        DataType::Double => "double",
        DataType::Decimal { precision: 0, scale: _ } => return Some(TypeName::Precise("decimal", 65, 30)),
        DataType::Decimal { precision, scale } => return Some(TypeName::Precise("decimal", *precision, *scale)),
        DataType::Text => "longtext",
        DataType::Varchar(length) => return Some(TypeName::Sized("varchar", *length)),
        DataType::Bytes => "longblob",
        DataType::Uuid => "binary(16)",
        DataType::Date => "date",
        DataType::Time => "time(6)",
        DataType::Timestamp | DataType::TimestampTz => "datetime(6)",
        DataType::Json => "json",
        DataType::Array(_) | DataType::Named(_) => return None,
    }))
}

pub(super) fn cast_type(it: &DataType) -> Option<TypeName> {
    Some(TypeName::Plain(match it {
        DataType::SmallInt | DataType::Integer | DataType::BigInt => "signed",
        DataType::Real => "float",
        DataType::Double => "double",
        DataType::Text => "char",
        DataType::Varchar(length) => return Some(TypeName::Sized("char", *length)),
        DataType::Bytes => "binary",
        DataType::Uuid => "binary(16)",
        DataType::Decimal { precision: _, scale: _ }
        | DataType::Date
        | DataType::Time
        | DataType::Timestamp
        | DataType::TimestampTz
        | DataType::Json => return data_type(it),
        // A number other than 0 and 1 would stay what it is.
        DataType::Boolean | DataType::Array(_) | DataType::Named(_) => return None,
    }))
}

/// Every value but text is cast where nothing tells its type: the server gives a placeholder the type it had first, and
/// keeps it as long as the statement stays prepared.
///
/// Decimals and JSON travel as text, and dates as a date and time; they are cast everywhere, or they would be compared as
/// floats, as a document that is one string, and make a date and time of what they stand beside.
pub(super) fn param_cast(value: &Value, typed: Typed) -> Option<&'static DataType> {
    let kind = value.kind();
    match (kind, typed) {
        (Kind::Decimal | Kind::Json | Kind::Date, _) => data_type_of(kind),
        (_, Typed::Yes) | (Kind::Text | Kind::Named(_), Typed::No) => None,
        (Kind::Bool, Typed::No) => Some(&DataType::BigInt),
        (_, Typed::No) => data_type_of(kind),
    }
}
