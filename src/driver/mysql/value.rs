//! Values on their way to MySQL and MariaDB, and back.

use std::sync::Arc;

use mysql_async::consts::{ColumnFlags, ColumnType};
use mysql_async::{Column, Row, Value as Wire};

use crate::driver::{ColumnInfo, Rows};
use crate::error::{Error, Result};
use crate::value::{Kind, Value, calendar};

/// The number of the collation that is no collation: text of it is bytes.
const BINARY_COLLATION: u16 = 63;

/// The values to bind, in the server's types.
pub(super) fn encode(params: &[Value]) -> Result<Vec<Wire>> {
    params.iter().enumerate().map(|(index, value)| encode_one(index + 1, value)).collect()
}

fn encode_one(position: usize, value: &Value) -> Result<Wire> {
    let refuse = |expected: &'static str, found: &'static str| Err(Error::encode(position, expected, found));
    Ok(match value {
        Value::Null(_) => Wire::NULL,
        Value::Bool(it) => Wire::Int((*it).into()),
        Value::I16(it) => Wire::Int((*it).into()),
        Value::I32(it) => Wire::Int((*it).into()),
        Value::I64(it) => Wire::Int(*it),
        Value::F32(it) if it.is_finite() => Wire::Float(*it),
        Value::F64(it) if it.is_finite() => Wire::Double(*it),
        Value::F32(_) | Value::F64(_) => return refuse("a finite number", "infinite or not a number"),
        Value::Json(it) if it.is_empty() => return refuse("json", "json that could not be serialised"),
        Value::Decimal(it) | Value::Text(it) | Value::Json(it) => Wire::Bytes(it.as_bytes().to_vec()),
        Value::Named(it) => Wire::Bytes(it.text.as_bytes().to_vec()),
        Value::Bytes(it) => Wire::Bytes(it.clone()),
        Value::Uuid(it) => Wire::Bytes(it.to_vec()),
        Value::Date(days) => match date(*days, 0) {
            Some(it) => it,
            None => return refuse("a date", "a date outside of the years 0 to 9999"),
        },
        Value::Time(micros) => match clock(*micros) {
            Some((hour, minute, second, micros)) => Wire::Time(false, 0, hour, minute, second, micros),
            None => return refuse("a time of day", "a time that is not within a day"),
        },
        Value::Timestamp(micros) | Value::TimestampTz(micros) => match timestamp(*micros) {
            Some(it) => it,
            None => return refuse("a timestamp", "a timestamp outside of the years 0 to 9999"),
        },
        Value::Array(_) => return refuse("a single value", "an array"),
    })
}

fn timestamp(micros: i64) -> Option<Wire> {
    let (days, micros) = calendar::split_timestamp(micros);
    date(days, micros)
}

fn date(days: i32, micros: i64) -> Option<Wire> {
    let (year, month, day) = calendar::civil_from_days(days);
    let year = u16::try_from(year).ok().filter(|year| *year <= 9999)?;
    let (hour, minute, second, micros) = clock(micros)?;
    Some(Wire::Date(year, u8::try_from(month).ok()?, u8::try_from(day).ok()?, hour, minute, second, micros))
}

/// Hour, minute, second and microsecond of a time of day.
fn clock(micros: i64) -> Option<(u8, u8, u8, u32)> {
    if !(0..calendar::MICROS_PER_DAY).contains(&micros) {
        return None;
    }
    let seconds = micros / calendar::MICROS_PER_SECOND;
    let part = |it: i64| u8::try_from(it).ok();
    let fraction = u32::try_from(micros % calendar::MICROS_PER_SECOND).ok()?;
    Some((part(seconds / 3_600)?, part(seconds / 60 % 60)?, part(seconds % 60)?, fraction))
}

/// How the rows of one result are read.
pub(super) struct RowDecoder {
    columns: Arc<[ColumnInfo]>,
    kinds: Vec<ColumnKind>,
}

impl RowDecoder {
    /// Looks at the columns once, for all rows.
    pub(super) fn new(columns: &[Column]) -> Self {
        Self { columns: columns.iter().map(column_info).collect(), kinds: columns.iter().map(ColumnKind::of).collect() }
    }

    /// No rows yet, of these columns.
    pub(super) fn rows(&self) -> Rows {
        Rows::new(Arc::clone(&self.columns))
    }

    /// Adds a row.
    pub(super) fn read(&self, row: Row, rows: &mut Rows) -> Result<()> {
        for ((value, kind), column) in row.unwrap_raw().into_iter().zip(&self.kinds).zip(&*self.columns) {
            let value = kind
                .read(value.unwrap_or(Wire::NULL))
                .map_err(|(expected, found)| Error::decode(column.name.as_str(), expected, found))?;
            rows.push(value);
        }
        Ok(())
    }
}

fn column_info(column: &Column) -> ColumnInfo {
    let is_of_list = column.flags().intersects(ColumnFlags::ENUM_FLAG | ColumnFlags::SET_FLAG);
    let sorts_apart = is_of_list || column.column_type() == ColumnType::MYSQL_TYPE_JSON;
    ColumnInfo { sorts_apart, ..ColumnInfo::new(column.name_str()) }
}

/// What a column holds, as its type, flags and collation tell together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ColumnKind {
    I16,
    I32,
    I64,
    F32,
    F64,
    Decimal,
    Text,
    Bytes,
    Bits,
    BitsAsDigits,
    Date,
    Time,
    Timestamp,
    TimestampTz,
    Json,
    Other(&'static str),
}

/// What was expected and what was found instead.
type Misfit = (&'static str, &'static str);

impl ColumnKind {
    fn of(column: &Column) -> Self {
        let is_unsigned = column.flags().contains(ColumnFlags::UNSIGNED_FLAG);
        match column.column_type() {
            ColumnType::MYSQL_TYPE_TINY | ColumnType::MYSQL_TYPE_YEAR => Self::I16,
            ColumnType::MYSQL_TYPE_SHORT if is_unsigned => Self::I32,
            ColumnType::MYSQL_TYPE_SHORT => Self::I16,
            ColumnType::MYSQL_TYPE_LONG if is_unsigned => Self::I64,
            ColumnType::MYSQL_TYPE_LONG | ColumnType::MYSQL_TYPE_INT24 => Self::I32,
            ColumnType::MYSQL_TYPE_LONGLONG => Self::I64,
            ColumnType::MYSQL_TYPE_FLOAT => Self::F32,
            ColumnType::MYSQL_TYPE_DOUBLE => Self::F64,
            ColumnType::MYSQL_TYPE_DECIMAL | ColumnType::MYSQL_TYPE_NEWDECIMAL => Self::Decimal,
            ColumnType::MYSQL_TYPE_STRING
            | ColumnType::MYSQL_TYPE_VAR_STRING
            | ColumnType::MYSQL_TYPE_VARCHAR
            | ColumnType::MYSQL_TYPE_TINY_BLOB
            | ColumnType::MYSQL_TYPE_BLOB
            | ColumnType::MYSQL_TYPE_MEDIUM_BLOB
            | ColumnType::MYSQL_TYPE_LONG_BLOB => {
                if column.character_set() == BINARY_COLLATION {
                    Self::Bytes
                } else {
                    Self::Text
                }
            }
            ColumnType::MYSQL_TYPE_ENUM | ColumnType::MYSQL_TYPE_SET => Self::Text,
            // MariaDB gives those of a scalar subquery as text, and this flag is all that tells.
            ColumnType::MYSQL_TYPE_BIT if column.flags().contains(ColumnFlags::BINARY_FLAG) => Self::BitsAsDigits,
            ColumnType::MYSQL_TYPE_BIT => Self::Bits,
            ColumnType::MYSQL_TYPE_DATE | ColumnType::MYSQL_TYPE_NEWDATE => Self::Date,
            ColumnType::MYSQL_TYPE_TIME | ColumnType::MYSQL_TYPE_TIME2 => Self::Time,
            ColumnType::MYSQL_TYPE_DATETIME | ColumnType::MYSQL_TYPE_DATETIME2 => Self::Timestamp,
            ColumnType::MYSQL_TYPE_TIMESTAMP | ColumnType::MYSQL_TYPE_TIMESTAMP2 => Self::TimestampTz,
            ColumnType::MYSQL_TYPE_JSON => Self::Json,
            ColumnType::MYSQL_TYPE_GEOMETRY => Self::Other("a geometry"),
            ColumnType::MYSQL_TYPE_VECTOR => Self::Other("a vector"),
            _ => Self::Other("a value of a type that is not known"),
        }
    }

    fn read(self, value: Wire) -> Result<Value, Misfit> {
        Ok(match (self, value) {
            (_, Wire::NULL) => Value::Null(Kind::Unknown),
            (Self::I16, Wire::Int(it)) => i16::try_from(it).map_or(Value::I64(it), Value::I16),
            (Self::I32, Wire::Int(it)) => i32::try_from(it).map_or(Value::I64(it), Value::I32),
            (Self::I64, Wire::Int(it)) => Value::I64(it),
            (Self::I64, Wire::UInt(it)) => unsigned(it),
            (Self::F32, Wire::Float(it)) => Value::F32(it),
            (Self::F64, Wire::Double(it)) => Value::F64(it),
            (Self::Decimal, Wire::Bytes(it)) => Value::Decimal(text(it, Kind::Decimal)?.into()),
            (Self::Text, Wire::Bytes(it)) => Value::Text(text(it, Kind::Text)?.into()),
            (Self::Json, Wire::Bytes(it)) => Value::Json(text(it, Kind::Json)?.into()),
            (Self::Bytes, Wire::Bytes(it)) => Value::Bytes(it),
            (Self::Bits, Wire::Bytes(it)) => unsigned(it.iter().fold(0, |bits, byte| bits << 8 | u64::from(*byte))),
            (Self::BitsAsDigits, Wire::Bytes(it)) => match text(it, Kind::I64)?.parse() {
                Ok(it) => unsigned(it),
                Err(_) => return Err((Kind::I64.name(), "bits that are no number")),
            },
            (Self::Date, Wire::Date(year, month, day, ..)) => Value::Date(days(year, month, day, Kind::Date)?),
            (Self::Time, Wire::Time(is_negative, days, hour, minute, second, micros)) => {
                if is_negative || days > 0 || hour > 23 {
                    return Err((Kind::Time.name(), "a time outside of 00:00:00 to 23:59:59.999999"));
                }
                Value::Time(micros_of_day(hour, minute, second, micros))
            }
            (Self::Timestamp, Wire::Date(year, month, day, hour, minute, second, micros)) => {
                let days = days(year, month, day, Kind::Timestamp)?;
                Value::Timestamp(instant(days, micros_of_day(hour, minute, second, micros)))
            }
            (Self::TimestampTz, Wire::Date(year, month, day, hour, minute, second, micros)) => {
                let days = days(year, month, day, Kind::TimestampTz)?;
                Value::TimestampTz(instant(days, micros_of_day(hour, minute, second, micros)))
            }
            (Self::Other(found), _) => return Err(("of a type that can be read", found)),
            (kind, _) => return Err((kind.name(), "something else than its type says")),
        })
    }

    const fn name(self) -> &'static str {
        match self {
            Self::I16 => Kind::I16.name(),
            Self::I32 => Kind::I32.name(),
            Self::I64 | Self::Bits | Self::BitsAsDigits => Kind::I64.name(),
            Self::F32 => Kind::F32.name(),
            Self::F64 => Kind::F64.name(),
            Self::Decimal => Kind::Decimal.name(),
            Self::Text => Kind::Text.name(),
            Self::Bytes => Kind::Bytes.name(),
            Self::Date => Kind::Date.name(),
            Self::Time => Kind::Time.name(),
            Self::Timestamp => Kind::Timestamp.name(),
            Self::TimestampTz => Kind::TimestampTz.name(),
            Self::Json => Kind::Json.name(),
            Self::Other(name) => name,
        }
    }
}

/// An integer as one that has a sign, or as a decimal where it is too large for that.
fn unsigned(it: u64) -> Value {
    i64::try_from(it).map_or_else(|_| Value::Decimal(it.to_string().into()), Value::I64)
}

fn text(bytes: Vec<u8>, kind: Kind) -> Result<String, Misfit> {
    String::from_utf8(bytes).map_err(|_| (kind.name(), "bytes that are no UTF-8"))
}

/// A day number; a server may hold days that no calendar has, such as `0000-00-00` and `2026-02-31`.
fn days(year: u16, month: u8, day: u8, kind: Kind) -> Result<i32, Misfit> {
    let civil = (i32::from(year), u32::from(month), u32::from(day));
    let days = calendar::days_from_civil(civil.0, civil.1, civil.2);
    if month > 0 && day > 0 && calendar::civil_from_days(days) == civil {
        Ok(days)
    } else {
        Err((kind.name(), "a date that no calendar has, such as `0000-00-00`"))
    }
}

fn micros_of_day(hour: u8, minute: u8, second: u8, micros: u32) -> i64 {
    let seconds = (i64::from(hour) * 60 + i64::from(minute)) * 60 + i64::from(second);
    seconds * calendar::MICROS_PER_SECOND + i64::from(micros)
}

/// Four digits of years are far within 64 bits of microseconds.
fn instant(days: i32, micros: i64) -> i64 {
    i64::from(days) * calendar::MICROS_PER_DAY + micros
}
