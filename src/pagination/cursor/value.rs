//! The bytes of a value: what it was comes back, to the last bit.

use std::borrow::Cow;

use sha2::{Digest, Sha256};

use crate::value::{Array, Kind, Value};

/// What stands before a null; the code of its kind follows.
const NULL: u8 = 0;

/// What stands before an array, in a fingerprint.
const ARRAY: u8 = 0xff;

/// The kinds a cursor can hold.
const KINDS: [Kind; 16] = [
    Kind::Bool,
    Kind::I16,
    Kind::I32,
    Kind::I64,
    Kind::F32,
    Kind::F64,
    Kind::Decimal,
    Kind::Text,
    Kind::Bytes,
    Kind::Uuid,
    Kind::Date,
    Kind::Time,
    Kind::Timestamp,
    Kind::TimestampTz,
    Kind::Json,
    Kind::Unknown,
];

/// What stands for a kind in a cursor. Cursors of running programs hold these, so none may ever change.
///
/// Text of a named type is text: which type it is of, the query knows that reads it. No key of an order is an array.
fn code(kind: Kind) -> Option<u8> {
    Some(match kind {
        Kind::Bool => 1,
        Kind::I16 => 2,
        Kind::I32 => 3,
        Kind::I64 => 4,
        Kind::F32 => 5,
        Kind::F64 => 6,
        Kind::Decimal => 7,
        Kind::Text | Kind::Named(_) => 8,
        Kind::Bytes => 9,
        Kind::Uuid => 10,
        Kind::Date => 11,
        Kind::Time => 12,
        Kind::Timestamp => 13,
        Kind::TimestampTz => 14,
        Kind::Json => 15,
        Kind::Unknown => 16,
        Kind::Array(_) => return None,
    })
}

fn kind(of: u8) -> Option<Kind> {
    KINDS.into_iter().find(|it| code(*it) == Some(of))
}

/// The code of a value and its bytes; nothing for an array.
pub(super) fn encode(value: &Value) -> Option<(u8, Cow<'_, [u8]>)> {
    let code = code(value.kind())?;
    let bytes = match value {
        Value::Null(_) => return Some((NULL, vec![code].into())),
        Value::Bool(it) => vec![u8::from(*it)].into(),
        Value::I16(it) => it.to_be_bytes().to_vec().into(),
        Value::I32(it) | Value::Date(it) => it.to_be_bytes().to_vec().into(),
        Value::I64(it) | Value::Time(it) | Value::Timestamp(it) | Value::TimestampTz(it) => {
            it.to_be_bytes().to_vec().into()
        }
        Value::F32(it) => it.to_bits().to_be_bytes().to_vec().into(),
        Value::F64(it) => it.to_bits().to_be_bytes().to_vec().into(),
        Value::Decimal(it) | Value::Text(it) | Value::Json(it) => it.as_bytes().into(),
        Value::Named(it) => it.text.as_bytes().into(),
        Value::Bytes(it) => it.as_slice().into(),
        Value::Uuid(it) => it.as_slice().into(),
        Value::Array(_) => return None,
    };
    Some((code, bytes))
}

/// The value of that code and those bytes; nothing where [`encode`] does not make them.
pub(super) fn decode(code: u8, bytes: &[u8]) -> Option<Value> {
    if code == NULL {
        let &[of] = bytes else { return None };
        return kind(of).map(Value::Null);
    }
    Some(match kind(code)? {
        Kind::Bool => match bytes {
            [0] => Value::Bool(false),
            [1] => Value::Bool(true),
            _ => return None,
        },
        Kind::I16 => Value::I16(i16::from_be_bytes(exact(bytes)?)),
        Kind::I32 => Value::I32(i32::from_be_bytes(exact(bytes)?)),
        Kind::I64 => Value::I64(i64::from_be_bytes(exact(bytes)?)),
        Kind::F32 => Value::F32(f32::from_bits(u32::from_be_bytes(exact(bytes)?))),
        Kind::F64 => Value::F64(f64::from_bits(u64::from_be_bytes(exact(bytes)?))),
        Kind::Decimal => Value::Decimal(text(bytes)?.into()),
        Kind::Text => Value::Text(text(bytes)?.into()),
        Kind::Bytes => Value::Bytes(bytes.to_vec()),
        Kind::Uuid => Value::Uuid(exact(bytes)?),
        Kind::Date => Value::Date(i32::from_be_bytes(exact(bytes)?)),
        Kind::Time => Value::Time(i64::from_be_bytes(exact(bytes)?)),
        Kind::Timestamp => Value::Timestamp(i64::from_be_bytes(exact(bytes)?)),
        Kind::TimestampTz => Value::TimestampTz(i64::from_be_bytes(exact(bytes)?)),
        Kind::Json => Value::Json(text(bytes)?.into()),
        Kind::Unknown | Kind::Named(_) | Kind::Array(_) => return None,
    })
}

fn exact<const N: usize>(bytes: &[u8]) -> Option<[u8; N]> {
    bytes.try_into().ok()
}

fn text(bytes: &[u8]) -> Option<&str> {
    str::from_utf8(bytes).ok()
}

/// Writes a value of whatever kind to a digest, so that no two lists of values are written alike.
fn digest(value: &Value, into: &mut Sha256) {
    if let Value::Array(array) = value {
        let Array { element, values } = &**array;
        into.update([ARRAY, code(*element).unwrap_or(ARRAY)]);
        digest_all(values, into);
        return;
    }
    // What has no code and is no array is the null of one.
    let (code, bytes) = encode(value).unwrap_or((NULL, vec![ARRAY].into()));
    into.update([code]);
    digest_bytes(&bytes, into);
}

/// Writes values to a digest, after how many they are.
pub(super) fn digest_all(values: &[Value], into: &mut Sha256) {
    into.update(length(values.len()));
    values.iter().for_each(|it| digest(it, into));
}

/// Writes bytes to a digest, after how many they are.
pub(super) fn digest_bytes(bytes: &[u8], into: &mut Sha256) {
    into.update(length(bytes.len()));
    into.update(bytes);
}

fn length(count: usize) -> [u8; 8] {
    (count as u64).to_be_bytes()
}
