//! The Rust types that a column may hold.
//!
//! Each is an [`SqlType`]: its kind on the wire, its way in and its way out. Types of other crates are behind the
//! feature of that crate's name; your own enums and newtypes become columns by `#[derive(SqlType)]`.

mod array;
#[cfg(any(feature = "chrono", feature = "jiff", feature = "time"))]
mod civil;
#[cfg(feature = "chrono")]
mod chrono;
#[cfg(feature = "jiff")]
mod jiff;
#[cfg(feature = "json")]
mod json;
mod number;
#[cfg(feature = "rust_decimal")]
mod rust_decimal;
mod text;
#[cfg(feature = "time")]
mod time;
#[cfg(feature = "uuid")]
mod uuid;

use std::borrow::Cow;
use std::sync::Arc;

#[cfg(feature = "json")]
pub use json::Json;

use crate::ast::DataType;
use crate::value::{Kind, Named, Value};

/// A Rust type that a column, a parameter or an expression can have.
///
/// | Rust | column | feature |
/// |---|---|---|
/// | `bool`, `i16`, `i32`, `i64`, `f32`, `f64`, `String`, `Vec<u8>` | `boolean` .. `bytea` | |
/// | `chrono::{NaiveDate, NaiveTime, NaiveDateTime, DateTime<Utc>}` | `date`, `time`, `timestamp`, `timestamptz` | `chrono` |
/// | `chrono::DateTime<FixedOffset>` (read back as UTC) | `timestamptz` | `chrono` |
/// | `time::{Date, Time, PrimitiveDateTime, OffsetDateTime}` | the same | `time` |
/// | `jiff::civil::{Date, Time, DateTime}`, `jiff::Timestamp` | the same | `jiff` |
/// | `uuid::Uuid` | `uuid` | `uuid` |
/// | `rust_decimal::Decimal` | `numeric` | `rust_decimal` |
/// | `serde_json::Value`, `Json<T>` | `jsonb` | `json` |
/// | `Vec<T>` of the above | an array (PostgreSQL) | |
/// | `Option<T>` of all the above | the same, nullable | |
///
/// Servers keep microseconds: what is below one is cut off when a date or time is written, towards the past.
///
/// Write it by `#[derive(SqlType)]`, not by hand: the derive also makes the type usable as a value in queries.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a type that a column can hold",
    note = "derive `SqlType` for your own enums and newtypes; types of other crates need the feature of that crate's name"
)]
pub trait SqlType: Sized + Send + 'static {
    /// The type without `Option`.
    type Base: SqlType<Base = Self::Base, Nullable = Self::Nullable, Null = NotNull>;
    /// The type inside one `Option`.
    type Nullable: SqlType<Base = Self::Base, Nullable = Self::Nullable, Null = Nullable>;
    /// Whether it can hold `null`: [`NotNull`] or [`Nullable`].
    type Null: Nullness;
    /// What it is on the wire.
    const KIND: Kind;
    /// The column type that holds it by default.
    const DATA_TYPE: DataType;

    /// The value to bind.
    fn into_value(self) -> Value;

    /// Reads the type back; a value that does not fit is a [`Mismatch`].
    ///
    /// # Errors
    ///
    /// Where the value is of another type or out of range.
    fn from_value(value: Value) -> Result<Self, Mismatch>;
}

/// A value that does not fit the type that reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// What the type can read, in words, as in `a 32-bit integer`.
    pub expected: Cow<'static, str>,
    /// What there was, in words, as in `text` or `null`.
    pub found: Cow<'static, str>,
}

impl Mismatch {
    /// The mismatch of a value with the kind of type that was to read it.
    #[must_use]
    pub fn new(expected: Kind, found: &Value) -> Self {
        Self {
            expected: expected.name().into(),
            found: if found.is_null() { "null".into() } else { found.kind().name().into() },
        }
    }

    /// A mismatch within the right kind, such as a number that is too large.
    pub fn because(expected: impl Into<Cow<'static, str>>, found: impl Into<Cow<'static, str>>) -> Self {
        Self { expected: expected.into(), found: found.into() }
    }
}

/// Marks what is never `null`.
#[derive(Clone, Copy, Debug)]
pub struct NotNull;

/// Marks what may be `null`.
#[derive(Clone, Copy, Debug)]
pub struct Nullable;

/// [`NotNull`] or [`Nullable`].
pub trait Nullness: Send + 'static {
    /// Nullable where either of the two is.
    type Or<O: Nullness>: Nullness;
    /// `T`, or its nullable form.
    type Of<T: SqlType>: SqlType<Base = T::Base, Nullable = T::Nullable>;
    /// A whole row: `R`, or `Option<R>`.
    type Row<R: Send + 'static>: Send + 'static;
    /// True for [`Nullable`].
    const IS_NULLABLE: bool;

    /// Wraps a row that was read; `read` is called where there is one.
    ///
    /// # Errors
    ///
    /// What `read` reports.
    fn row<R: Send + 'static, E>(is_there: bool, read: impl FnOnce() -> Result<R, E>) -> Result<Self::Row<R>, E>;
}

impl Nullness for NotNull {
    type Or<O: Nullness> = O;
    type Of<T: SqlType> = T;
    type Row<R: Send + 'static> = R;
    const IS_NULLABLE: bool = false;

    fn row<R: Send + 'static, E>(_is_there: bool, read: impl FnOnce() -> Result<R, E>) -> Result<R, E> {
        read()
    }
}

impl Nullness for Nullable {
    type Or<O: Nullness> = Self;
    type Of<T: SqlType> = T::Nullable;
    type Row<R: Send + 'static> = Option<R>;
    const IS_NULLABLE: bool = true;

    fn row<R: Send + 'static, E>(is_there: bool, read: impl FnOnce() -> Result<R, E>) -> Result<Option<R>, E> {
        if is_there { read().map(Some) } else { Ok(None) }
    }
}

#[diagnostic::do_not_recommend]
impl<T: SqlType<Base = T, Nullable = Self, Null = NotNull>> SqlType for Option<T> {
    type Base = T;
    type Nullable = Self;
    type Null = Nullable;
    const KIND: Kind = T::KIND;
    const DATA_TYPE: DataType = T::DATA_TYPE;

    fn into_value(self) -> Value {
        self.map_or(Value::Null(T::KIND), T::into_value)
    }

    fn from_value(value: Value) -> Result<Self, Mismatch> {
        if value.is_null() { Ok(None) } else { T::from_value(value).map(Some) }
    }
}

/// The kind of a value of the column type `data_type`, which has a name: text is text of that type, and anything else
/// what it is.
#[doc(hidden)]
#[must_use]
pub const fn named_kind(kind: Kind, data_type: &'static DataType) -> Kind {
    match kind {
        Kind::Text => Kind::Named(data_type),
        other => other,
    }
}

/// A value of the column type `data_type`, which has a name.
#[doc(hidden)]
#[must_use]
pub fn named_value(value: Value, data_type: &'static DataType) -> Value {
    match value {
        Value::Text(text) => Value::Named(Arc::new(Named { data_type, text })),
        other => other,
    }
}

/// A value of a column type that has a name, as results hold it.
#[doc(hidden)]
#[must_use]
pub fn unnamed_value(value: Value) -> Value {
    match value {
        Value::Named(named) => Value::Text(Arc::unwrap_or_clone(named).text),
        other => other,
    }
}

/// Implements [`SqlType`] for a type that is never `null`, from its way in and its way out.
#[doc(hidden)]
#[macro_export]
macro_rules! sql_type {
    ($Rust:ty, $kind:expr, $data_type:expr, |$into:ident| $value:expr, |$from:ident| $read:expr $(,)?) => {
        #[diagnostic::do_not_recommend]
        impl $crate::types::SqlType for $Rust {
            type Base = Self;
            type Nullable = ::core::option::Option<Self>;
            type Null = $crate::types::NotNull;
            const KIND: $crate::value::Kind = $kind;
            const DATA_TYPE: $crate::ast::DataType = $data_type;

            fn into_value(self) -> $crate::value::Value {
                let $into = self;
                $value
            }

            fn from_value($from: $crate::value::Value) -> ::core::result::Result<Self, $crate::types::Mismatch> {
                $read
            }
        }
    };
}
