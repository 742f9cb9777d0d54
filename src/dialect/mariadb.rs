//! MariaDB's names of types, where they are not MySQL's.

use super::mysql;
use super::param::Typed;
use super::type_name::TypeName;
use crate::ast::DataType;
use crate::value::{Kind, Value};

pub(super) fn data_type(it: &DataType) -> Option<TypeName> {
    mysql::data_type(it)
}

/// `json` is a name for text here, and no type to cast to.
pub(super) fn cast_type(it: &DataType) -> Option<TypeName> {
    if *it == DataType::Json { None } else { mysql::cast_type(it) }
}

/// As on MySQL, but JSON is text indeed.
pub(super) fn param_cast(value: &Value, typed: Typed) -> Option<&'static DataType> {
    if value.kind() == Kind::Json { None } else { mysql::param_cast(value, typed) }
}
