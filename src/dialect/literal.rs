//! Values as literals: in definitions, which take no parameters, and in SQL that is only read by people.

use std::fmt::Write as _;

use super::param::data_type_of;
use super::spec::{Backslash, BytesLiteral, Decimals, JsonLiteral, TimeLiteral};
use super::writer::Writer;
use crate::error::{Error, Result};
use crate::value::{Array, Value, calendar};

impl Writer<'_> {
    /// Writes a value as a literal. This is the only way for a value into SQL text.
    pub(super) fn literal(&mut self, value: &Value) -> Result<()> {
        match value {
            Value::Null(_) => self.text("null"),
            Value::Bool(it) => self.text(if *it { "true" } else { "false" }),
            Value::I16(it) => self.signed((*it).into()),
            Value::I32(it) => self.signed((*it).into()),
            Value::I64(it) => self.signed(*it),
            Value::F32(it) => return self.float((*it).into()),
            Value::F64(it) => return self.float(*it),
            Value::Decimal(it) => return self.decimal_literal(it),
            Value::Text(it) => return self.text_literal(it),
            Value::Named(it) => return self.text_literal(&it.text),
            Value::Json(it) => return self.json_literal(it),
            Value::Bytes(it) => self.bytes_literal(it),
            Value::Uuid(it) => self.uuid_literal(it),
            Value::Date(it) => self.time_literal("date", &calendar::format_date(*it), ""),
            Value::Time(it) => self.time_literal("time", &calendar::format_time(*it), ""),
            Value::Timestamp(it) => self.time_literal("timestamp", &calendar::format_timestamp(*it), ""),
            Value::TimestampTz(it) => self.time_literal("timestamp", &calendar::format_timestamp(*it), "+00:00"),
            Value::Array(array) => return self.array_literal(array),
        }
        Ok(())
    }

    /// A negative number is in parentheses, so that no sign before it makes a comment of it.
    fn signed(&mut self, it: i64) {
        _ = if it < 0 { write!(self.sql, "({it})") } else { write!(self.sql, "{it}") };
    }

    fn float(&mut self, it: f64) -> Result<()> {
        if !it.is_finite() {
            return Err(Error::invalid("a number that is not finite cannot be written as a literal"));
        }
        _ = if it.is_sign_negative() { write!(self.sql, "({it:e})") } else { write!(self.sql, "{it:e}") };
        Ok(())
    }

    fn decimal_literal(&mut self, it: &str) -> Result<()> {
        let digits = it.strip_prefix('-').unwrap_or(it);
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
            return Err(Error::invalid("a decimal that is not finite cannot be written as a literal"));
        }
        match self.spec.decimals {
            Decimals::Text => _ = write!(self.sql, "'{it}'"),
            Decimals::Numbers if it.starts_with('-') => _ = write!(self.sql, "({it})"),
            Decimals::Numbers => self.text(it),
        }
        Ok(())
    }

    fn text_literal(&mut self, text: &str) -> Result<()> {
        if text.contains('\0') {
            return Err(Error::invalid("text that holds NUL cannot be written as a literal"));
        }
        if self.spec.backslash == Backslash::MayEscape && text.contains('\\') {
            // MariaDB keeps a default as text, and would write `_utf8mb4 x'5c'` as a quote without end.
            self.text("convert(x'");
            self.hex(text.as_bytes());
            self.text("' using utf8mb4)");
        } else {
            self.text("'");
            for character in text.chars() {
                if character == '\'' {
                    self.sql.push('\'');
                }
                self.sql.push(character);
            }
            self.text("'");
        }
        Ok(())
    }

    fn json_literal(&mut self, it: &str) -> Result<()> {
        self.text(match self.spec.json_literal {
            JsonLiteral::Typed => "jsonb ",
            JsonLiteral::Text => "",
        });
        self.text_literal(it)
    }

    fn bytes_literal(&mut self, bytes: &[u8]) {
        self.text(match self.spec.bytes_literal {
            BytesLiteral::Typed => r"bytea '\x",
            BytesLiteral::Hex => "x'",
        });
        self.hex(bytes);
        self.text("'");
    }

    fn uuid_literal(&mut self, uuid: &[u8; 16]) {
        match self.spec.bytes_literal {
            BytesLiteral::Typed => {
                self.text("uuid '");
                self.hex(uuid);
                self.text("'");
            }
            BytesLiteral::Hex => self.bytes_literal(uuid),
        }
    }

    /// An array in a cast, since an empty one has no type of its own.
    fn array_literal(&mut self, it: &Array) -> Result<()> {
        let Array { element, values } = it;
        let cast = data_type_of(element.array());
        self.text(if cast.is_some() { "cast(array[" } else { "array[" });
        for (at, value) in values.iter().enumerate() {
            self.text(if at == 0 { "" } else { ", " });
            self.literal(value)?;
        }
        self.text("]");
        if let Some(data_type) = cast {
            self.text(" as ");
            self.cast_type(data_type)?;
            self.text(")");
        }
        Ok(())
    }

    fn hex(&mut self, bytes: &[u8]) {
        for byte in bytes {
            _ = write!(self.sql, "{byte:02x}");
        }
    }

    fn time_literal(&mut self, data_type: &str, text: &str, zone: &str) {
        let (data_type, zone) = match self.spec.time_literal {
            TimeLiteral::Text => ("", ""),
            TimeLiteral::Typed => (data_type, ""),
            TimeLiteral::TypedWithZone if zone.is_empty() => (data_type, ""),
            TimeLiteral::TypedWithZone => ("timestamptz", zone),
        };
        let space = if data_type.is_empty() { "" } else { " " };
        _ = write!(self.sql, "{data_type}{space}'{text}{zone}'");
    }
}
