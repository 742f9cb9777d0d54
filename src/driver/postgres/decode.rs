//! Values on their way from the server.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::sync::Arc;

use tokio_postgres::Row;
use tokio_postgres::types::{FromSql, Type};

use super::codec::{Codec, EPOCH_DAYS, EPOCH_MICROS};
use super::encode::JSONB_VERSION;
use super::error::{self, Knew};
use super::numeric;
use super::statements::Prepared;
use crate::driver::Rows;
use crate::error::{Error, Result};
use crate::value::{Array, Kind, Text, Value};

/// Adds a row to those that were read.
pub(super) fn push_row(rows: &mut Rows, prepared: &Prepared, row: &Row) -> Result<()> {
    for (at, codec) in prepared.results().iter().enumerate() {
        let Raw(raw) = row.try_get(at).map_err(|error| error::convert(error, Knew::Values))?;
        let value = match raw {
            None => Value::Null(Kind::Unknown),
            Some(raw) => decode(codec, raw).map_err(|Unread { expected, found }| {
                let column = &row.columns()[at];
                let found = match found {
                    Found::Type => format!("a value of type `{}`", column.type_().name()).into(),
                    Found::Value(found) => found,
                };
                Error::decode(column.name(), expected, found)
            })?,
        };
        rows.push(value);
    }
    Ok(())
}

/// The bytes of a column, where they are.
struct Raw<'a>(Option<&'a [u8]>);

impl<'a> FromSql<'a> for Raw<'a> {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn StdError + Sync + Send>> {
        Ok(Self(Some(raw)))
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn StdError + Sync + Send>> {
        Ok(Self(None))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

/// A value that there is no [`Value`] for.
struct Unread {
    expected: Cow<'static, str>,
    found: Found,
}

enum Found {
    /// A type that is not read at all.
    Type,
    Value(Cow<'static, str>),
}

impl Unread {
    fn new(expected: Kind, found: &'static str) -> Self {
        Self { expected: expected.name().into(), found: Found::Value(found.into()) }
    }
}

fn decode(codec: &Codec, raw: &[u8]) -> Result<Value, Unread> {
    let malformed = || Unread::new(codec.kind(), "bytes that are none");
    let value = match codec {
        Codec::Bool => Value::Bool(raw != [0]),
        Codec::Int2 => Value::I16(i16::from_be_bytes(exactly(raw).ok_or_else(malformed)?)),
        Codec::Int4 => Value::I32(i32::from_be_bytes(exactly(raw).ok_or_else(malformed)?)),
        Codec::Int8 => Value::I64(i64::from_be_bytes(exactly(raw).ok_or_else(malformed)?)),
        Codec::Oid => Value::I64(u32::from_be_bytes(exactly(raw).ok_or_else(malformed)?).into()),
        Codec::Float4 => Value::F32(f32::from_be_bytes(exactly(raw).ok_or_else(malformed)?)),
        Codec::Float8 => Value::F64(f64::from_be_bytes(exactly(raw).ok_or_else(malformed)?)),
        Codec::Numeric => Value::Decimal(numeric::decode(raw).ok_or_else(malformed)?.into()),
        Codec::Text => Value::Text(text(raw).ok_or_else(malformed)?),
        Codec::Char => match raw {
            [0] => Value::from(""),
            [byte] if byte.is_ascii() => Value::from(char::from(*byte).to_string()),
            _ => return Err(Unread::new(Kind::Text, "a byte that is not ASCII")),
        },
        Codec::Bytea => Value::Bytes(raw.to_vec()),
        Codec::Uuid => Value::Uuid(exactly(raw).ok_or_else(malformed)?),
        Codec::Date => Value::Date(
            finite(i32::from_be_bytes(exactly(raw).ok_or_else(malformed)?), i32::MIN, i32::MAX, Kind::Date)?
                .checked_add(EPOCH_DAYS)
                .ok_or_else(|| Unread::new(Kind::Date, "a date too far off"))?,
        ),
        Codec::Time => Value::Time(i64::from_be_bytes(exactly(raw).ok_or_else(malformed)?)),
        Codec::Timestamp => Value::Timestamp(timestamp(raw, Kind::Timestamp)?),
        Codec::TimestampTz => Value::TimestampTz(timestamp(raw, Kind::TimestampTz)?),
        Codec::Json => Value::Json(text(raw).ok_or_else(malformed)?),
        Codec::Jsonb => match raw.split_first() {
            Some((&JSONB_VERSION, raw)) => Value::Json(text(raw).ok_or_else(malformed)?),
            _ => return Err(malformed()),
        },
        Codec::Void => Value::Null(Kind::Unknown),
        Codec::Array { element, .. } => Value::Array(Arc::new(array(element, raw)?)),
        Codec::Other => {
            return Err(Unread {
                expected: "of a type that can be read; cast it to `text`".into(),
                found: Found::Type,
            });
        }
    };
    Ok(value)
}

/// Microseconds since 1970.
fn timestamp(raw: &[u8], kind: Kind) -> Result<i64, Unread> {
    let micros = i64::from_be_bytes(exactly(raw).ok_or_else(|| Unread::new(kind, "bytes that are none"))?);
    finite(micros, i64::MIN, i64::MAX, kind)?
        .checked_add(EPOCH_MICROS)
        .ok_or_else(|| Unread::new(kind, "a timestamp too far off"))
}

/// The server's `-infinity` and `infinity` are the ends of the range, and no date.
fn finite<T: PartialEq>(it: T, min: T, max: T, kind: Kind) -> Result<T, Unread> {
    if it == min {
        Err(Unread::new(kind, "`-infinity`"))
    } else if it == max {
        Err(Unread::new(kind, "`infinity`"))
    } else {
        Ok(it)
    }
}

/// An array: the number of dimensions, whether there are nulls, the type of the elements, the length and first index
/// of each dimension, and each element after its length.
fn array(codec: &Codec, mut raw: &[u8]) -> Result<Array, Unread> {
    let malformed = || Unread::new(codec.kind().array(), "bytes that are none");
    let dimensions = take_i32(&mut raw).ok_or_else(malformed)?;
    let (_nulls, _type) = (take_i32(&mut raw), take_i32(&mut raw));
    let length = match dimensions {
        0 => 0,
        1 => {
            let length = take_i32(&mut raw).ok_or_else(malformed)?;
            let _first = take_i32(&mut raw);
            usize::try_from(length).map_err(|_| malformed())?
        }
        _ => return Err(Unread::new(codec.kind().array(), "an array of several dimensions")),
    };
    // Each element takes four bytes at least, so a length that lies cannot ask for much.
    let mut values = Vec::with_capacity(length.min(raw.len() / 4));
    for _ in 0..length {
        let bytes = take_i32(&mut raw).ok_or_else(malformed)?;
        values.push(match usize::try_from(bytes) {
            Err(_) => Value::Null(codec.kind()),
            Ok(bytes) => {
                let (element, rest) = raw.split_at_checked(bytes).ok_or_else(malformed)?;
                raw = rest;
                decode(codec, element)?
            }
        });
    }
    Ok(Array { element: codec.kind(), values })
}

fn take_i32(raw: &mut &[u8]) -> Option<i32> {
    let (head, rest) = raw.split_first_chunk()?;
    *raw = rest;
    Some(i32::from_be_bytes(*head))
}

fn exactly<const N: usize>(raw: &[u8]) -> Option<[u8; N]> {
    raw.try_into().ok()
}

fn text(raw: &[u8]) -> Option<Text> {
    std::str::from_utf8(raw).ok().map(Text::from)
}
