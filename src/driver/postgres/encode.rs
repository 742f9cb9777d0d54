//! Values on their way to the server.
//!
//! The server says which type each placeholder has, and a value is written as that type where it keeps its meaning;
//! anything else is refused before it is sent.
//!
//! | value | types |
//! |---|---|
//! | integers | integers and `oid` where in range, `numeric`, floats where exact |
//! | floats | floats where exact, `numeric` |
//! | decimals | `numeric` |
//! | text | text types, enums, `"char"` of one byte, and every type this driver has no value for (`inet`, `interval`, ..), which the server then parses |
//! | JSON | `json`, `jsonb`; text is not taken for JSON, since `1` as text and as a document differ |
//! | anything else | its own type |

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;

use bytes::{BufMut, BytesMut};
use tokio_postgres::types::{Format, IsNull, ToSql, Type};

use super::codec::{Codec, EPOCH_DAYS, EPOCH_MICROS};
use super::numeric;
use crate::value::calendar::MICROS_PER_DAY;
use crate::value::{Array, Value};

/// A value for a placeholder. Its `Debug`, which `tokio-postgres` logs, shows the kind alone.
#[derive(Debug)]
pub(super) struct Param<'a> {
    /// Counted from 1.
    pub(super) position: usize,
    pub(super) value: &'a Value,
    pub(super) codec: &'a Codec,
}

/// A value that the type of its placeholder cannot hold.
#[derive(Debug)]
pub(super) struct Refused {
    pub(super) position: usize,
    pub(super) expected: Cow<'static, str>,
    pub(super) found: Cow<'static, str>,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} as {}", self.found, self.expected)
    }
}

impl StdError for Refused {}

impl ToSql for Param<'_> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
        if self.value.is_null() {
            return Ok(IsNull::Yes);
        }
        match encode(self.value, self.codec, out) {
            Ok(()) => Ok(IsNull::No),
            Err(found) => {
                Err(Box::new(Refused { position: self.position, expected: format!("`{}`", ty.name()).into(), found }))
            }
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn to_sql_checked(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
        self.to_sql(ty, out)
    }

    fn encode_format(&self, _: &Type) -> Format {
        if matches!(self.codec, Codec::Other) { Format::Text } else { Format::Binary }
    }
}

/// Says what the value is where it does not fit.
type Fits = Result<(), Cow<'static, str>>;

/// Appends a value that is not null.
fn encode(value: &Value, codec: &Codec, out: &mut BytesMut) -> Fits {
    match (codec, value) {
        (_, Value::I16(it)) => integer(i64::from(*it), value, codec, out)?,
        (_, Value::I32(it)) => integer(i64::from(*it), value, codec, out)?,
        (_, Value::I64(it)) => integer(*it, value, codec, out)?,
        (_, Value::F32(it)) => float32(*it, value, codec, out)?,
        (_, Value::F64(it)) => float64(*it, value, codec, out)?,
        (Codec::Bool, Value::Bool(it)) => out.put_u8(u8::from(*it)),
        (Codec::Numeric, Value::Decimal(it)) => numeric::encode(it, out).ok_or("a decimal that is no number")?,
        (Codec::Json | Codec::Jsonb, Value::Json(it)) if it.is_empty() => {
            return Err("json that could not be serialised".into());
        }
        (Codec::Text | Codec::Other, Value::Text(it)) | (Codec::Json, Value::Json(it)) => out.put_slice(it.as_bytes()),
        (Codec::Text | Codec::Other, Value::Named(it)) => out.put_slice(it.text.as_bytes()),
        (Codec::Char, Value::Text(it)) => match it.as_bytes() {
            [] => out.put_u8(0),
            [byte] => out.put_u8(*byte),
            _ => return Err("text of more than one byte".into()),
        },
        (Codec::Jsonb, Value::Json(it)) => {
            out.put_u8(JSONB_VERSION);
            out.put_slice(it.as_bytes());
        }
        (Codec::Bytea, Value::Bytes(it)) => out.put_slice(it),
        (Codec::Uuid, Value::Uuid(it)) => out.put_slice(it),
        (Codec::Date, Value::Date(it)) => out.put_i32(date(*it).ok_or_else(|| out_of_range(value))?),
        (Codec::Time, Value::Time(it)) if (0..=MICROS_PER_DAY).contains(it) => out.put_i64(*it),
        (Codec::Time, Value::Time(_)) => return Err(out_of_range(value)),
        (Codec::Timestamp, Value::Timestamp(it)) | (Codec::TimestampTz, Value::TimestampTz(it)) => {
            out.put_i64(timestamp(*it).ok_or_else(|| out_of_range(value))?);
        }
        (Codec::Array { element, element_oid }, Value::Array(it)) => array(it, element, *element_oid, out)?,
        _ => return Err(value.kind().name().into()),
    }
    Ok(())
}

/// The first byte of a `jsonb`.
pub(super) const JSONB_VERSION: u8 = 1;

#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "the cast back tells what is lost")]
fn integer(it: i64, value: &Value, codec: &Codec, out: &mut BytesMut) -> Fits {
    match codec {
        Codec::Int8 => out.put_i64(it),
        Codec::Int4 => out.put_i32(i32::try_from(it).map_err(|_| out_of_range(value))?),
        Codec::Int2 => out.put_i16(i16::try_from(it).map_err(|_| out_of_range(value))?),
        Codec::Oid => out.put_u32(u32::try_from(it).map_err(|_| out_of_range(value))?),
        Codec::Numeric => numeric::encode(&it.to_string(), out).ok_or_else(|| out_of_range(value))?,
        // `i64::MAX` becomes a float that is one more, and is `i64::MAX` again on its way back.
        Codec::Float8 if it as f64 as i64 == it && it != i64::MAX => out.put_f64(it as f64),
        Codec::Float4 if it as f32 as i64 == it && it != i64::MAX => out.put_f32(it as f32),
        Codec::Float8 | Codec::Float4 => return Err(inexact(value)),
        _ => return Err(value.kind().name().into()),
    }
    Ok(())
}

fn float32(it: f32, value: &Value, codec: &Codec, out: &mut BytesMut) -> Fits {
    match codec {
        Codec::Float4 => out.put_f32(it),
        Codec::Float8 => out.put_f64(f64::from(it)),
        Codec::Numeric => {
            numeric::encode(&numeric::float_text(it.is_infinite(), it), out).ok_or_else(|| inexact(value))?
        }
        _ => return Err(value.kind().name().into()),
    }
    Ok(())
}

#[expect(clippy::cast_possible_truncation, reason = "the cast back tells what is lost")]
fn float64(it: f64, value: &Value, codec: &Codec, out: &mut BytesMut) -> Fits {
    match codec {
        Codec::Float8 => out.put_f64(it),
        Codec::Float4 if it.is_nan() || f64::from(it as f32).total_cmp(&it).is_eq() => out.put_f32(it as f32),
        Codec::Float4 => return Err(inexact(value)),
        Codec::Numeric => {
            numeric::encode(&numeric::float_text(it.is_infinite(), it), out).ok_or_else(|| inexact(value))?
        }
        _ => return Err(value.kind().name().into()),
    }
    Ok(())
}

/// Days since 2000. The ends of the range mean infinity to the server.
fn date(days: i32) -> Option<i32> {
    days.checked_sub(EPOCH_DAYS).filter(|days| *days != i32::MIN && *days != i32::MAX)
}

/// Microseconds since 2000. The ends of the range mean infinity to the server.
fn timestamp(micros: i64) -> Option<i64> {
    micros.checked_sub(EPOCH_MICROS).filter(|micros| *micros != i64::MIN && *micros != i64::MAX)
}

fn array(array: &Array, codec: &Codec, oid: u32, out: &mut BytesMut) -> Fits {
    if matches!(codec, Codec::Other) {
        return Err("an array of a type that is written as text".into());
    }
    let too_long = |_| Cow::from("an array that is too long");
    let nulls = array.values.iter().any(Value::is_null);
    out.put_i32(i32::from(!array.values.is_empty()));
    out.put_i32(i32::from(nulls));
    out.put_u32(oid);
    if array.values.is_empty() {
        return Ok(());
    }
    out.put_i32(i32::try_from(array.values.len()).map_err(too_long)?);
    // The first element is number 1.
    out.put_i32(1);
    for value in &array.values {
        if value.is_null() {
            out.put_i32(-1);
            continue;
        }
        let at = out.len();
        out.put_i32(0);
        encode(value, codec, out).map_err(|found| format!("an array that holds {found}"))?;
        let length = i32::try_from(out.len() - at - 4).map_err(too_long)?;
        out[at..at + 4].copy_from_slice(&length.to_be_bytes());
    }
    Ok(())
}

fn out_of_range(value: &Value) -> Cow<'static, str> {
    format!("{} out of its range", value.kind()).into()
}

fn inexact(value: &Value) -> Cow<'static, str> {
    format!("{} that it cannot hold exactly", value.kind()).into()
}
