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
    // On SQLite, what was calculated of decimals is one.
    Value::F64(_) => Err(Mismatch::because(Kind::Decimal.name(), "a float, which may have been rounded")),
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
    fn a_float_is_none() {
        assert!(Decimal::from_value(Value::F64(12.5)).unwrap_err().found.contains("rounded"));
    }
}
