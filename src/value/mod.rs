//! What is bound to a query and what is read from a result.
//!
//! A [`Value`] is the meeting point of Rust types and drivers. Its shape does not depend on features: a date is
//! a number of days here, whatever crate the program uses for dates; [`crate::types`] converts.

pub mod calendar;
mod text;

use std::fmt;
use std::sync::Arc;

pub use self::text::Text;
use crate::ast::DataType;

/// A value on its way to a server, or back.
///
/// ```
/// use kysera::Value;
///
/// assert_eq!(Value::from(7_i64), Value::I64(7));
/// assert_eq!(Value::from("x").kind().to_string(), "text");
/// ```
#[derive(PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// `null`, and what it would be if it were not.
    Null(Kind),
    /// A truth value.
    Bool(bool),
    /// A 16-bit integer.
    I16(i16),
    /// A 32-bit integer.
    I32(i32),
    /// A 64-bit integer.
    I64(i64),
    /// A 32-bit floating-point number.
    F32(f32),
    /// A 64-bit floating-point number.
    F64(f64),
    /// A UUID, big-endian.
    Uuid([u8; 16]),
    /// A date: days since 1970-01-01.
    Date(i32),
    /// A time of day: microseconds since midnight.
    Time(i64),
    /// A date and time without a zone: microseconds since 1970-01-01 00:00:00.
    Timestamp(i64),
    /// An instant: microseconds since 1970-01-01 00:00:00 UTC.
    TimestampTz(i64),
    // What owns memory comes last, so that one comparison tells that there is nothing to give back.
    /// An exact decimal number in its text form, as in `-12.50`.
    Decimal(Text),
    /// Text.
    Text(Text),
    /// A JSON document in its text form.
    ///
    /// The empty text is no document: it is what a [`Json<T>`](crate::types) becomes whose `T` cannot be serialised,
    /// and drivers refuse it by [`Error::encode`](crate::Error::encode).
    Json(Text),
    /// Text that is of a column type with a name of its own, such as an enum. Results hold it as [`Value::Text`].
    Named(Arc<Named>),
    /// Bytes.
    Bytes(Vec<u8>),
    /// An array (PostgreSQL only).
    Array(Arc<Array>),
}

/// What `#[derive(Clone)]` would make, but that numbers do not pass through what bytes need.
impl Clone for Value {
    fn clone(&self) -> Self {
        match self {
            Self::Null(kind) => Self::Null(*kind),
            Self::Bool(it) => Self::Bool(*it),
            Self::I16(it) => Self::I16(*it),
            Self::I32(it) => Self::I32(*it),
            Self::I64(it) => Self::I64(*it),
            Self::F32(it) => Self::F32(*it),
            Self::F64(it) => Self::F64(*it),
            Self::Decimal(it) => Self::Decimal(it.clone()),
            Self::Text(it) => Self::Text(it.clone()),
            Self::Named(it) => Self::Named(Arc::clone(it)),
            Self::Bytes(it) => clone_of_bytes(it),
            Self::Uuid(it) => Self::Uuid(*it),
            Self::Date(it) => Self::Date(*it),
            Self::Time(it) => Self::Time(*it),
            Self::Timestamp(it) => Self::Timestamp(*it),
            Self::TimestampTz(it) => Self::TimestampTz(*it),
            Self::Json(it) => Self::Json(it.clone()),
            Self::Array(it) => Self::Array(Arc::clone(it)),
        }
    }
}

#[inline(never)]
fn clone_of_bytes(bytes: &[u8]) -> Value {
    Value::Bytes(bytes.to_vec())
}

/// Text of a column type with a name of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct Named {
    /// The type, as [`Kind::Named`] has it.
    pub data_type: &'static DataType,
    /// The text.
    pub text: Text,
}

/// An array of values of one kind.
#[derive(Clone, Debug, PartialEq)]
pub struct Array {
    /// What each element is.
    pub element: Kind,
    /// The elements; `null` is a [`Value::Null`].
    pub values: Vec<Value>,
}

/// What sort of value a [`Value`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// [`Value::Bool`]
    Bool,
    /// [`Value::I16`]
    I16,
    /// [`Value::I32`]
    I32,
    /// [`Value::I64`]
    I64,
    /// [`Value::F32`]
    F32,
    /// [`Value::F64`]
    F64,
    /// [`Value::Decimal`]
    Decimal,
    /// [`Value::Text`]
    Text,
    /// [`Value::Named`] of this column type, which is a [`DataType::Named`].
    Named(&'static DataType),
    /// [`Value::Bytes`]
    Bytes,
    /// [`Value::Uuid`]
    Uuid,
    /// [`Value::Date`]
    Date,
    /// [`Value::Time`]
    Time,
    /// [`Value::Timestamp`]
    Timestamp,
    /// [`Value::TimestampTz`]
    TimestampTz,
    /// [`Value::Json`]
    Json,
    /// [`Value::Array`] of this kind of elements.
    Array(&'static Self),
    /// A `null` of which nothing more is known, as results hold it.
    Unknown,
}

impl Value {
    /// What sort of value this is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::Null(kind) => *kind,
            Self::Bool(_) => Kind::Bool,
            Self::I16(_) => Kind::I16,
            Self::I32(_) => Kind::I32,
            Self::I64(_) => Kind::I64,
            Self::F32(_) => Kind::F32,
            Self::F64(_) => Kind::F64,
            Self::Decimal(_) => Kind::Decimal,
            Self::Text(_) => Kind::Text,
            Self::Named(named) => Kind::Named(named.data_type),
            Self::Bytes(_) => Kind::Bytes,
            Self::Uuid(_) => Kind::Uuid,
            Self::Date(_) => Kind::Date,
            Self::Time(_) => Kind::Time,
            Self::Timestamp(_) => Kind::Timestamp,
            Self::TimestampTz(_) => Kind::TimestampTz,
            Self::Json(_) => Kind::Json,
            Self::Array(array) => array.element.array(),
        }
    }

    /// True for `null`.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null(_))
    }
}

impl Kind {
    /// The kind of an array of this.
    ///
    /// Arrays of arrays are all [`Kind::Unknown`] inside: no server tells their depth. So are those of named types.
    #[must_use]
    pub const fn array(self) -> Self {
        Self::Array(match self {
            Self::Bool => &Self::Bool,
            Self::I16 => &Self::I16,
            Self::I32 => &Self::I32,
            Self::I64 => &Self::I64,
            Self::F32 => &Self::F32,
            Self::F64 => &Self::F64,
            Self::Decimal => &Self::Decimal,
            Self::Text => &Self::Text,
            Self::Bytes => &Self::Bytes,
            Self::Uuid => &Self::Uuid,
            Self::Date => &Self::Date,
            Self::Time => &Self::Time,
            Self::Timestamp => &Self::Timestamp,
            Self::TimestampTz => &Self::TimestampTz,
            Self::Json => &Self::Json,
            Self::Named(_) | Self::Array(_) | Self::Unknown => &Self::Unknown,
        })
    }

    /// The kind in words, as errors say it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bool => "a boolean",
            Self::I16 => "a 16-bit integer",
            Self::I32 => "a 32-bit integer",
            Self::I64 => "a 64-bit integer",
            Self::F32 => "a 32-bit float",
            Self::F64 => "a 64-bit float",
            Self::Decimal => "a decimal",
            Self::Text | Self::Named(_) => "text",
            Self::Bytes => "bytes",
            Self::Uuid => "a uuid",
            Self::Date => "a date",
            Self::Time => "a time of day",
            Self::Timestamp => "a timestamp without time zone",
            Self::TimestampTz => "a timestamp with time zone",
            Self::Json => "json",
            Self::Array(_) => "an array",
            Self::Unknown => "null",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Shows the kind and never the value: parameters do not belong in logs.
/// To read them, match on the value or call [`debug_sql`](crate::query::Statement::debug_sql).
impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null(_) => f.write_str("null"),
            value => write!(f, "<{}>", value.kind()),
        }
    }
}

macro_rules! from {
    ($($Rust:ty => $Variant:ident),* $(,)?) => {
        $(impl From<$Rust> for Value {
            fn from(value: $Rust) -> Self {
                Self::$Variant(value.into())
            }
        })*
    };
}

from! {
    bool => Bool, i16 => I16, i32 => I32, i64 => I64, f32 => F32, f64 => F64,
    &str => Text, String => Text, &[u8] => Bytes, Vec<u8> => Bytes,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_four_words() {
        assert_eq!(size_of::<Value>(), 32);
    }

    #[test]
    fn debug_shows_no_values() {
        assert_eq!(format!("{:?}", Value::from("secret")), "<text>");
    }
}
