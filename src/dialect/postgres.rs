//! PostgreSQL's names of types.

use super::param::{Typed, data_type_of};
use super::type_name::TypeName;
use crate::ast::DataType;
use crate::value::Value;

pub(super) fn data_type(it: &DataType) -> Option<TypeName> {
    Some(TypeName::Plain(match it {
        DataType::Boolean => "boolean",
        DataType::SmallInt => "smallint",
        DataType::Integer => "integer",
        DataType::BigInt => "bigint",
        DataType::Real => "real",
        DataType::Double => "double precision",
        DataType::Decimal { precision: 0, scale: _ } => "numeric",
        DataType::Decimal { precision, scale } => return Some(TypeName::Precise("numeric", *precision, *scale)),
        DataType::Text => "text",
        DataType::Varchar(length) => return Some(TypeName::Sized("varchar", *length)),
        DataType::Bytes => "bytea",
        DataType::Uuid => "uuid",
        DataType::Date => "date",
        DataType::Time => "time",
        DataType::Timestamp => "timestamp",
        DataType::TimestampTz => "timestamptz",
        DataType::Json => "jsonb",
        DataType::Array(element) => return Some(TypeName::ArrayOf(Box::new(data_type(element)?))),
        DataType::Named(name) => return Some(TypeName::Named(name.clone())),
    }))
}

/// The server infers a type from what stands beside the value; where nothing does, a cast tells it.
pub(super) fn param_cast(value: &Value, typed: Typed) -> Option<&'static DataType> {
    match typed {
        Typed::Yes => None,
        Typed::No => data_type_of(value.kind()),
    }
}
