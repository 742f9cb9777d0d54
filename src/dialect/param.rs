//! The types of bound values, for the casts that tell servers what they are.

use crate::ast::DataType;
use crate::value::Kind;

/// Whether the server can tell the type of a bound value from what stands beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Typed {
    /// A column or an expression beside it tells its type.
    Yes,
    /// Nothing does.
    No,
}

/// The type of a value; none where it is a `null` of which nothing is known.
pub(super) fn data_type_of(kind: Kind) -> Option<&'static DataType> {
    Some(match kind {
        Kind::Bool => &DataType::Boolean,
        Kind::I16 => &DataType::SmallInt,
        Kind::I32 => &DataType::Integer,
        Kind::I64 => &DataType::BigInt,
        Kind::F32 => &DataType::Real,
        Kind::F64 => &DataType::Double,
        Kind::Decimal => &DataType::Decimal { precision: 0, scale: 0 },
        Kind::Text => &DataType::Text,
        Kind::Named(data_type) => data_type,
        Kind::Bytes => &DataType::Bytes,
        Kind::Uuid => &DataType::Uuid,
        Kind::Date => &DataType::Date,
        Kind::Time => &DataType::Time,
        Kind::Timestamp => &DataType::Timestamp,
        Kind::TimestampTz => &DataType::TimestampTz,
        Kind::Json => &DataType::Json,
        Kind::Array(element) => match element {
            Kind::Bool => &DataType::Array(&DataType::Boolean),
            Kind::I16 => &DataType::Array(&DataType::SmallInt),
            Kind::I32 => &DataType::Array(&DataType::Integer),
            Kind::I64 => &DataType::Array(&DataType::BigInt),
            Kind::F32 => &DataType::Array(&DataType::Real),
            Kind::F64 => &DataType::Array(&DataType::Double),
            Kind::Decimal => &DataType::Array(&DataType::Decimal { precision: 0, scale: 0 }),
            Kind::Text => &DataType::Array(&DataType::Text),
            Kind::Bytes => &DataType::Array(&DataType::Bytes),
            Kind::Uuid => &DataType::Array(&DataType::Uuid),
            Kind::Date => &DataType::Array(&DataType::Date),
            Kind::Time => &DataType::Array(&DataType::Time),
            Kind::Timestamp => &DataType::Array(&DataType::Timestamp),
            Kind::TimestampTz => &DataType::Array(&DataType::TimestampTz),
            Kind::Json => &DataType::Array(&DataType::Json),
            Kind::Named(_) | Kind::Array(_) | Kind::Unknown => return None,
        },
        Kind::Unknown => return None,
    })
}
