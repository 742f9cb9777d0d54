//! Truth values, integers and floats.

use super::Mismatch;
use crate::ast::DataType;
use crate::sql_type;
use crate::value::{Kind, Value};

/// The integer in a value: MySQL widens every integer, SQLite has one width, sums come as decimals.
fn integer(value: &Value) -> Option<i64> {
    match value {
        Value::I16(it) => Some((*it).into()),
        Value::I32(it) => Some((*it).into()),
        Value::I64(it) => Some(*it),
        Value::Decimal(text) => {
            let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
            if fraction.bytes().all(|digit| digit == b'0') { whole.parse().ok() } else { None }
        }
        _ => None,
    }
}

fn is_integer(value: &Value) -> bool {
    matches!(value, Value::I16(_) | Value::I32(_) | Value::I64(_) | Value::Decimal(_))
}

macro_rules! integers {
    ($($Rust:ident $Variant:ident $DataType:ident),*) => {
        $(sql_type!($Rust, Kind::$Variant, DataType::$DataType, |it| Value::$Variant(it), |value| {
            match integer(&value).map($Rust::try_from) {
                Some(Ok(it)) => Ok(it),
                Some(Err(_)) => Err(Mismatch::because(Kind::$Variant.name(), "an integer out of its range")),
                None if is_integer(&value) => {
                    Err(Mismatch::because(Kind::$Variant.name(), "a number that is no integer of its range"))
                }
                None => Err(Mismatch::new(Kind::$Variant, &value)),
            }
        });)*
    };
}

integers!(i16 I16 SmallInt, i32 I32 Integer, i64 I64 BigInt);

sql_type!(bool, Kind::Bool, DataType::Boolean, |it| Value::Bool(it), |value| match value {
    Value::Bool(it) => Ok(it),
    // MySQL, MariaDB and SQLite have no type of its own for it.
    Value::I16(0) | Value::I32(0) | Value::I64(0) => Ok(false),
    Value::I16(1) | Value::I32(1) | Value::I64(1) => Ok(true),
    value => Err(Mismatch::new(Kind::Bool, &value)),
});

sql_type!(f64, Kind::F64, DataType::Double, |it| Value::F64(it), |value| match value {
    Value::F64(it) => Ok(it),
    Value::F32(it) => Ok(it.into()),
    Value::Decimal(text) => {
        text.parse().map_err(|_| Mismatch::because(Kind::F64.name(), "a decimal that is no number"))
    }
    value => exact(&value).ok_or_else(|| Mismatch::new(Kind::F64, &value)),
});

sql_type!(f32, Kind::F32, DataType::Real, |it| Value::F32(it), |value| match value {
    Value::F32(it) => Ok(it),
    Value::F64(it) => {
        let narrow = it as f32;
        if narrow.is_finite() || !it.is_finite() {
            Ok(narrow)
        } else {
            Err(Mismatch::because(Kind::F32.name(), "a number out of its range"))
        }
    }
    value =>
        f64::from_value(value).map(|it| it as f32).map_err(|it| Mismatch { expected: Kind::F32.name().into(), ..it }),
});

/// The integer as a float, where a float can hold it exactly.
fn exact(value: &Value) -> Option<f64> {
    let it = integer(value)?;
    (it.unsigned_abs() <= 1 << f64::MANTISSA_DIGITS).then_some(it as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::SqlType;

    #[test]
    fn what_does_not_fit_is_told() {
        assert_eq!(i16::from_value(Value::I64(7)), Ok(7));
        assert_eq!(i64::from_value(Value::Decimal("12.00".into())), Ok(12));
        assert!(i16::from_value(Value::I64(70_000)).unwrap_err().found.contains("range"));
        assert!(i64::from_value(Value::Decimal("12.5".into())).is_err());
        assert_eq!(i64::from_value(Value::from("7")).unwrap_err().found, "text");
        assert_eq!(f64::from_value(Value::I64(3)), Ok(3.0));
        assert!(f64::from_value(Value::I64(i64::MAX)).is_err());
        assert!(f32::from_value(Value::F64(1e300)).is_err());
        assert_eq!(Option::<i32>::from_value(Value::Null(Kind::Unknown)), Ok(None));
        assert_eq!(i32::from_value(Value::Null(Kind::Unknown)).unwrap_err().found, "null");
    }
}
