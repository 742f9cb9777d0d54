//! Arrays, which PostgreSQL has.

use std::sync::Arc;

use super::{Mismatch, SqlType};
use crate::ast::DataType;
use crate::sql_type;
use crate::value::{Array, Kind, Value};

/// `Vec<T>` and `Vec<Option<T>>`, for each `T` but `u8`: `Vec<u8>` is bytes.
macro_rules! arrays {
    ($($(#[$feature:meta])? $Element:ty),* $(,)?) => {
        $($(#[$feature])? arrays!(@of $Element, $Element); $(#[$feature])? arrays!(@of $Element, Option<$Element>);)*
    };
    (@of $Element:ty, $Item:ty) => {
        const _: () = {
            static ELEMENT: DataType = <$Element as SqlType>::DATA_TYPE;
            const KIND: Kind = <$Element as SqlType>::KIND;

            sql_type!(Vec<$Item>, KIND.array(), DataType::Array(&ELEMENT), |it| write(it), |value| read(value));
        };
    };
}

arrays! {
    bool, i16, i32, i64, f32, f64, String, Vec<u8>,
    #[cfg(feature = "chrono")] chrono::NaiveDate,
    #[cfg(feature = "chrono")] chrono::NaiveTime,
    #[cfg(feature = "chrono")] chrono::NaiveDateTime,
    #[cfg(feature = "chrono")] chrono::DateTime<chrono::Utc>,
    #[cfg(feature = "chrono")] chrono::DateTime<chrono::FixedOffset>,
    #[cfg(feature = "time")] time::Date,
    #[cfg(feature = "time")] time::Time,
    #[cfg(feature = "time")] time::PrimitiveDateTime,
    #[cfg(feature = "time")] time::OffsetDateTime,
    #[cfg(feature = "jiff")] jiff::civil::Date,
    #[cfg(feature = "jiff")] jiff::civil::Time,
    #[cfg(feature = "jiff")] jiff::civil::DateTime,
    #[cfg(feature = "jiff")] jiff::Timestamp,
    #[cfg(feature = "uuid")] uuid::Uuid,
    #[cfg(feature = "rust_decimal")] rust_decimal::Decimal,
    #[cfg(feature = "json")] serde_json::Value,
}

fn write<T: SqlType>(items: Vec<T>) -> Value {
    let values = items.into_iter().map(T::into_value).collect();
    Value::Array(Arc::new(Array { element: T::KIND, values }))
}

fn read<T: SqlType>(value: Value) -> Result<Vec<T>, Mismatch> {
    match value {
        Value::Array(array) => {
            Arc::unwrap_or_clone(array).values.into_iter().map(T::from_value).collect::<Result<_, _>>().map_err(|it| {
                Mismatch::because(
                    format!("an array of which each element is {}", it.expected),
                    format!("one with {}", it.found),
                )
            })
        }
        value => Err(Mismatch::new(T::KIND.array(), &value)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_come_back_in_order() {
        let numbers = vec![3_i64, 1, 2];
        let value = numbers.clone().into_value();
        assert_eq!(value.kind(), Kind::I64.array());
        assert_eq!(Vec::<i64>::KIND, Kind::I64.array());
        assert_eq!(Vec::<i64>::DATA_TYPE, DataType::Array(&DataType::BigInt));
        assert_eq!(Vec::<i64>::from_value(value), Ok(numbers));
        assert_eq!(Vec::<String>::from_value(Vec::<String>::new().into_value()), Ok(vec![]));
        assert_eq!(Option::<Vec<String>>::from_value(Value::Null(Kind::Unknown)), Ok(None));
    }

    #[test]
    fn a_null_element_needs_an_option() {
        let value = vec![Some(1), None].into_value();
        assert_eq!(Vec::<Option<i32>>::from_value(value.clone()), Ok(vec![Some(1), None]));
        let mismatch = Vec::<i32>::from_value(value).unwrap_err();
        assert_eq!(mismatch.expected, "an array of which each element is a 32-bit integer");
        assert_eq!(mismatch.found, "one with null");
    }

    #[test]
    fn an_array_is_not_its_element() {
        assert_eq!(Vec::<i32>::from_value(Value::I32(1)).unwrap_err().expected, "an array");
        assert_eq!(Vec::<u8>::KIND, Kind::Bytes);
        assert_eq!(Vec::<Vec<u8>>::KIND, Kind::Bytes.array());
    }
}
