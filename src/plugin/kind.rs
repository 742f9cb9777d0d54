//! What sort of value a column holds.

use crate::ast::DataType;
use crate::value::Kind;

/// What sort of value a column of a type holds.
pub(super) fn kind(data_type: &'static DataType) -> Kind {
    match data_type {
        DataType::Boolean => Kind::Bool,
        DataType::SmallInt => Kind::I16,
        DataType::Integer => Kind::I32,
        DataType::BigInt => Kind::I64,
        DataType::Real => Kind::F32,
        DataType::Double => Kind::F64,
        DataType::Decimal { precision: _, scale: _ } => Kind::Decimal,
        DataType::Text | DataType::Varchar(_) => Kind::Text,
        DataType::Bytes => Kind::Bytes,
        DataType::Uuid => Kind::Uuid,
        DataType::Date => Kind::Date,
        DataType::Time => Kind::Time,
        DataType::Timestamp => Kind::Timestamp,
        DataType::TimestampTz => Kind::TimestampTz,
        DataType::Json => Kind::Json,
        DataType::Array(element) => kind(element).array(),
        DataType::Named(_) => Kind::Named(data_type),
    }
}
