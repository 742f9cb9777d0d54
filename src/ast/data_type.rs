//! Column types.

use super::Ident;
use crate::value::Kind;

/// A column type, in SQL's words; each dialect has its own name for it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DataType {
    /// A truth value.
    Boolean,
    /// A 16-bit integer.
    SmallInt,
    /// A 32-bit integer.
    Integer,
    /// A 64-bit integer.
    BigInt,
    /// A 32-bit float.
    Real,
    /// A 64-bit float.
    Double,
    /// An exact decimal of so many digits, so many of them after the point.
    ///
    /// SQLite has no such type: it is kept there as text, without loss, which does not order by its value.
    Decimal {
        /// All digits.
        precision: u8,
        /// Digits after the point.
        scale: u8,
    },
    /// Text of any length.
    Text,
    /// Text of at most so many characters.
    Varchar(u32),
    /// Bytes of any length.
    Bytes,
    /// A UUID.
    Uuid,
    /// A date.
    Date,
    /// A time of day, to the microsecond.
    Time,
    /// A date and time without a zone, to the microsecond.
    Timestamp,
    /// An instant, to the microsecond; kept in UTC where the server has no zones.
    TimestampTz,
    /// A JSON document.
    Json,
    /// An array (PostgreSQL only).
    Array(&'static Self),
    /// A type by its name in the database, such as an enum.
    Named(Ident),
}

impl DataType {
    /// What sort of value a column of this type holds.
    pub(crate) fn kind(&'static self) -> Kind {
        match self {
            Self::Boolean => Kind::Bool,
            Self::SmallInt => Kind::I16,
            Self::Integer => Kind::I32,
            Self::BigInt => Kind::I64,
            Self::Real => Kind::F32,
            Self::Double => Kind::F64,
            Self::Decimal { precision: _, scale: _ } => Kind::Decimal,
            Self::Text | Self::Varchar(_) => Kind::Text,
            Self::Bytes => Kind::Bytes,
            Self::Uuid => Kind::Uuid,
            Self::Date => Kind::Date,
            Self::Time => Kind::Time,
            Self::Timestamp => Kind::Timestamp,
            Self::TimestampTz => Kind::TimestampTz,
            Self::Json => Kind::Json,
            Self::Array(element) => element.kind().array(),
            Self::Named(_) => Kind::Named(self),
        }
    }
}
