//! UUIDs of the crate `uuid`.

use uuid::Uuid;

use super::Mismatch;
use crate::ast::DataType;
use crate::sql_type;
use crate::value::{Kind, Value};

sql_type!(Uuid, Kind::Uuid, DataType::Uuid, |it| Value::Uuid(it.into_bytes()), |value| match value {
    Value::Uuid(bytes) => Ok(Self::from_bytes(bytes)),
    // MySQL and SQLite have no type of their own for it.
    Value::Bytes(bytes) => {
        Self::from_slice(&bytes).map_err(|_| Mismatch::because(Kind::Uuid.name(), "bytes of another length than 16"))
    }
    Value::Text(text) => {
        Self::try_parse(&text).map_err(|_| Mismatch::because(Kind::Uuid.name(), "text of another form"))
    }
    value => Err(Mismatch::new(Kind::Uuid, &value)),
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::SqlType;

    #[test]
    fn each_form_is_read() {
        let it = Uuid::from_u128(0x0193_5c3e_0000_7000_8000_0000_0000_0001);
        assert_eq!(Uuid::from_value(it.into_value()), Ok(it));
        assert_eq!(Uuid::from_value(Value::Bytes(it.as_bytes().to_vec())), Ok(it));
        assert_eq!(Uuid::from_value(Value::from(it.to_string())), Ok(it));
        assert!(Uuid::from_value(Value::Bytes(vec![0; 15])).is_err());
        assert!(Uuid::from_value(Value::from("x")).is_err());
        assert_eq!(Uuid::from_value(Value::I64(1)).unwrap_err().found, "a 64-bit integer");
    }
}
