//! The server's types, as far as this driver has values for them.

use tokio_postgres::types::{Kind as TypeKind, Type};

use crate::value::Kind;

/// Days from 1970-01-01, where a [`Value`](crate::Value) counts from, to 2000-01-01, where the server does.
pub(super) const EPOCH_DAYS: i32 = 10_957;
/// The same in microseconds.
pub(super) const EPOCH_MICROS: i64 = EPOCH_DAYS as i64 * crate::value::calendar::MICROS_PER_DAY;

/// How values of one of the server's types are written and read; found once for each prepared statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Codec {
    Bool,
    /// `"char"`, one byte.
    Char,
    Int2,
    Int4,
    Int8,
    /// `oid`, 32 bits without a sign.
    Oid,
    Float4,
    Float8,
    Numeric,
    /// Everything that is its text on the wire.
    Text,
    Bytea,
    Uuid,
    Date,
    Time,
    Timestamp,
    TimestampTz,
    Json,
    Jsonb,
    /// What a function without a result gives.
    Void,
    /// One dimension of elements.
    Array {
        element: Box<Self>,
        element_oid: u32,
    },
    /// Written as text, which the server parses; not read.
    Other,
}

impl Codec {
    pub(super) fn of(ty: &Type) -> Self {
        match *ty {
            Type::BOOL => Self::Bool,
            Type::CHAR => Self::Char,
            Type::INT2 => Self::Int2,
            Type::INT4 => Self::Int4,
            Type::INT8 => Self::Int8,
            Type::OID => Self::Oid,
            Type::FLOAT4 => Self::Float4,
            Type::FLOAT8 => Self::Float8,
            Type::NUMERIC => Self::Numeric,
            Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::UNKNOWN | Type::XML => Self::Text,
            Type::BYTEA => Self::Bytea,
            Type::UUID => Self::Uuid,
            Type::DATE => Self::Date,
            Type::TIME => Self::Time,
            Type::TIMESTAMP => Self::Timestamp,
            Type::TIMESTAMPTZ => Self::TimestampTz,
            Type::JSON => Self::Json,
            Type::JSONB => Self::Jsonb,
            Type::VOID => Self::Void,
            _ => match ty.kind() {
                TypeKind::Enum(_) => Self::Text,
                TypeKind::Domain(base) => Self::of(base),
                // `int2vector` and `oidvector` count as arrays, and look like them on the wire.
                TypeKind::Array(element) => {
                    Self::Array { element: Box::new(Self::of(element)), element_oid: element.oid() }
                }
                // An extension's type has no number of its own.
                _ if ty.name() == "citext" => Self::Text,
                _ => Self::Other,
            },
        }
    }

    /// The kind of value that is read.
    pub(super) fn kind(&self) -> Kind {
        match self {
            Self::Bool => Kind::Bool,
            Self::Int2 => Kind::I16,
            Self::Int4 => Kind::I32,
            Self::Int8 | Self::Oid => Kind::I64,
            Self::Float4 => Kind::F32,
            Self::Float8 => Kind::F64,
            Self::Numeric => Kind::Decimal,
            Self::Text | Self::Char => Kind::Text,
            Self::Bytea => Kind::Bytes,
            Self::Uuid => Kind::Uuid,
            Self::Date => Kind::Date,
            Self::Time => Kind::Time,
            Self::Timestamp => Kind::Timestamp,
            Self::TimestampTz => Kind::TimestampTz,
            Self::Json | Self::Jsonb => Kind::Json,
            Self::Array { element, .. } => element.kind().array(),
            Self::Void | Self::Other => Kind::Unknown,
        }
    }
}
