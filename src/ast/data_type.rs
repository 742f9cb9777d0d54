//! Column types.

use super::Ident;

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
