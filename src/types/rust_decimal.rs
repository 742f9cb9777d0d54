//! Decimals of the crate `rust_decimal`.

use rust_decimal::Decimal;

use super::Mismatch;
use crate::ast::DataType;
use crate::sql_type;
use crate::value::{Kind, Value};

/// A `numeric` without limits where the server has that, so that no digit is cut off on the way.
const NUMERIC: DataType = DataType::Decimal { precision: 0, scale: 0 };

sql_type!(Decimal, Kind::Decimal, NUMERIC, |it| Value::Decimal(it.to_string().into()), |value| match value {
    Value::Decimal(text) => parse(&text, "one of more digits than the Rust type has, or no number"),
    // SQLite keeps decimals as text.
    Value::Text(text) => parse(&text, "text that is no decimal of at most 28 digits"),
    Value::I16(it) => Ok(it.into()),
    Value::I32(it) => Ok(it.into()),
    Value::I64(it) => Ok(it.into()),
    Value::F64(it) => exact(it).ok_or_else(|| Mismatch::because(Kind::Decimal.name(), "a float that is not exact")),
    value => Err(Mismatch::new(Kind::Decimal, &value)),
});

/// Reads all digits, or none: a decimal is never rounded.
fn parse(text: &str, found: &'static str) -> Result<Decimal, Mismatch> {
    // Zeros at the end say nothing, and there may be more of them than digits fit.
    let short = || if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text };
    Decimal::from_str_exact(text)
        .or_else(|_| Decimal::from_str_exact(short()))
        .map_err(|_| Mismatch::because(Kind::Decimal.name(), found))
}

/// The decimal that a float stands for, as in a `decimal` column of SQLite that is not `strict`.
///
/// Up to 15 digits survive the way into a float and back; a float that needs more is the result of a calculation that
/// has lost some already.
fn exact(it: f64) -> Option<Decimal> {
    let text = it.to_string();
    let digits = text.trim_start_matches(['-', '0', '.']).bytes().filter(u8::is_ascii_digit).count();
    if digits <= f64::DIGITS as usize { Decimal::from_str_exact(&text).ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::SqlType;

    #[test]
    fn digits_and_scale_are_kept() {
        for text in ["12.50", "-0.0000000000000000000000000001", "79228162514264337593543950335", "0.00"] {
            let it = Decimal::from_str_exact(text).unwrap();
            assert_eq!(it.into_value(), Value::Decimal(text.into()));
            assert_eq!(Decimal::from_value(Value::Decimal(text.into())).unwrap().to_string(), text);
            assert_eq!(Decimal::from_value(Value::from(text)), Ok(it));
        }
        assert_eq!(Decimal::from_value(Value::I64(i64::MIN)), Ok(i64::MIN.into()));
    }

    #[test]
    fn zeros_that_fill_a_column_can_go() {
        let read = |text: &str| Decimal::from_value(Value::Decimal(text.into())).unwrap().to_string();
        assert_eq!(read("79228162514264.337593543950335000000000000000"), "79228162514264.337593543950335");
        assert_eq!(read("100.000000000000000000000000000000"), "100");
    }

    #[test]
    fn what_would_be_rounded_is_refused() {
        for text in ["79228162514264337593543950336", "0.00000000000000000000000000001", "NaN", "1e400", ""] {
            assert!(Decimal::from_value(Value::Decimal(text.into())).is_err(), "{text}");
        }
    }

    #[test]
    fn a_float_is_read_where_it_stands_for_a_decimal() {
        assert_eq!(Decimal::from_value(Value::F64(12.5)).unwrap().to_string(), "12.5");
        assert_eq!(Decimal::from_value(Value::F64(-0.1)).unwrap().to_string(), "-0.1");
        assert_eq!(Decimal::from_value(Value::F64(0.0)), Ok(Decimal::ZERO));
        for it in [0.1 + 0.2, f64::NAN, f64::INFINITY, 1e300, 1.0 / 3.0] {
            assert!(Decimal::from_value(Value::F64(it)).is_err(), "{it}");
        }
    }
}
