//! JSON documents: as they are, or as a Rust type. What two of them are equal by is the server's business, see
//! [`Json`].

use std::ops::{Deref, DerefMut};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Mismatch, NotNull, SqlType};
use crate::ast::DataType;
use crate::sql_type;
use crate::value::{Kind, Value};

/// A Rust type kept as a JSON document, in one column.
///
/// ```
/// use kysera::types::{Json, SqlType};
/// use std::collections::BTreeMap;
///
/// let settings = Json(BTreeMap::from([("theme".to_owned(), 1_i64)]));
/// let value = settings.clone().into_value();
/// assert_eq!(Json::from_value(value), Ok(settings));
/// ```
///
/// A `T` that cannot be JSON (a map whose keys are no text, a `Serialize` that reports an error) becomes the empty
/// document, which is no JSON: the query then fails by [`Error::encode`](crate::Error::encode) when it is run, and
/// nothing is stored. Floats that JSON has no words for (`NaN`, infinities) become `null`, as everywhere in
/// `serde_json`.
///
/// PostgreSQL and MySQL compare documents by their value, SQLite and MariaDB by their text: there `1` is not `1.0`.
///
/// In JSON, it is the `T` inside.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Json<T>(pub T);

impl<T> Deref for Json<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for Json<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T> From<T> for Json<T> {
    fn from(it: T) -> Self {
        Self(it)
    }
}

impl<T: Serialize> Serialize for Json<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Json<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self)
    }
}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned + Send + 'static> SqlType for Json<T> {
    type Base = Self;
    type Nullable = Option<Self>;
    type Null = NotNull;
    const KIND: Kind = Kind::Json;
    const DATA_TYPE: DataType = DataType::Json;

    fn into_value(self) -> Value {
        Value::Json(serde_json::to_string(&self.0).unwrap_or_default().into())
    }

    fn from_value(value: Value) -> Result<Self, Mismatch> {
        read(value).map(Self)
    }
}

sql_type!(serde_json::Value, Kind::Json, DataType::Json, |it| Value::Json(it.to_string().into()), |value| read(value),);

/// MariaDB and SQLite keep JSON as text.
fn read<T: DeserializeOwned>(value: Value) -> Result<T, Mismatch> {
    match value {
        // Where it fails is told, and not why: serde's own words may hold parts of the document.
        Value::Json(text) | Value::Text(text) => serde_json::from_str(&text).map_err(|error| {
            let what = if error.is_data() { "json of another shape" } else { "text that is no json" };
            Mismatch::because(Kind::Json.name(), format!("{what} (line {}, column {})", error.line(), error.column()))
        }),
        value => Err(Mismatch::new(Kind::Json, &value)),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn documents_come_back() {
        let it = serde_json::json!({"a": [1, null, "x"]});
        assert_eq!(serde_json::Value::from_value(it.clone().into_value()), Ok(it.clone()));
        assert_eq!(serde_json::Value::from_value(Value::from(it.to_string())), Ok(it));
        assert_eq!(Json::from_value(Json(vec![1, 2]).into_value()), Ok(Json(vec![1, 2])));
        assert_eq!(Json(vec![1, 2]).len(), 2);
        assert_eq!(serde_json::to_string(&Json([1])).unwrap(), "[1]");
        assert_eq!(serde_json::from_str::<Json<Vec<i32>>>("[1]").unwrap(), Json(vec![1]));
    }

    #[test]
    fn json_null_is_not_the_null_of_sql() {
        assert_eq!(serde_json::Value::Null.into_value(), Value::Json("null".into()));
        assert_eq!(Option::<Json<i32>>::None.into_value(), Value::Null(Kind::Json));
        assert!(serde_json::Value::from_value(Value::Null(Kind::Json)).is_err());
    }

    #[test]
    fn what_is_no_json_is_empty_and_so_refused() {
        let it = Json(BTreeMap::from([(vec![1], 2)]));
        assert_eq!(it.into_value(), Value::Json("".into()));
        assert!(Json::<BTreeMap<String, i32>>::from_value(Value::Json("".into())).is_err());
    }

    #[test]
    fn a_mismatch_shows_no_document() {
        let mismatch = Json::<Vec<i32>>::from_value(Value::from("[\"secret\"]")).unwrap_err();
        assert_eq!(mismatch.found, "json of another shape (line 1, column 9)");
        let mismatch = serde_json::Value::from_value(Value::from("secret")).unwrap_err();
        assert_eq!(mismatch.found, "text that is no json (line 1, column 1)");
    }
}
