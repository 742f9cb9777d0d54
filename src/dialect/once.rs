//! Values that are bound once, wherever they stand.
//!
//! A server takes `f(x, $2)` in a select list for the `f(x, $1)` of `group by` only if both are `$1`. So the values of
//! those clauses share a placeholder where they are equal; those of `where` and `on` do not, since a value there may be of
//! another type to the server.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use smallvec::SmallVec;

use crate::value::Value;

/// The numbers of the placeholders that may be used again, by what they are bound to.
#[derive(Default)]
pub(super) struct Once(HashMap<u64, SmallVec<[usize; 1]>>);

impl Once {
    /// The number of the placeholder of a value that is bound already.
    pub(super) fn number(&self, value: &Value, params: &[Value]) -> Option<usize> {
        let numbers = self.0.get(&fingerprint(value))?;
        numbers.iter().copied().find(|number| params.get(number - 1).is_some_and(|bound| is_same(bound, value)))
    }

    pub(super) fn add(&mut self, value: &Value, number: usize) {
        self.0.entry(fingerprint(value)).or_default().push(number);
    }
}

/// Whether a server could not tell them apart: the zeros are two, and what is not a number is the same as itself.
fn is_same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::F32(left), Value::F32(right)) => left.to_bits() == right.to_bits(),
        (Value::F64(left), Value::F64(right)) => left.to_bits() == right.to_bits(),
        (left, right) => left == right,
    }
}

fn fingerprint(value: &Value) -> u64 {
    let mut hasher = DefaultHasher::new();
    std::mem::discriminant(value).hash(&mut hasher);
    match value {
        Value::Null(kind) => kind.hash(&mut hasher),
        Value::Bool(it) => it.hash(&mut hasher),
        Value::I16(it) => it.hash(&mut hasher),
        Value::I32(it) | Value::Date(it) => it.hash(&mut hasher),
        Value::I64(it) | Value::Time(it) | Value::Timestamp(it) | Value::TimestampTz(it) => it.hash(&mut hasher),
        Value::F32(it) => it.to_bits().hash(&mut hasher),
        Value::F64(it) => it.to_bits().hash(&mut hasher),
        Value::Decimal(it) | Value::Text(it) | Value::Json(it) => it.hash(&mut hasher),
        Value::Named(it) => it.text.hash(&mut hasher),
        Value::Bytes(it) => it.hash(&mut hasher),
        Value::Uuid(it) => it.hash(&mut hasher),
        Value::Array(it) => it.values.len().hash(&mut hasher),
    }
    hasher.finish()
}
