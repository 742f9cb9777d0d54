//! Tree in, SQL out: one writer, and a [`Spec`] for each dialect.
//!
//! A dialect difference is a field of [`Spec`], asked at one place. It may be same shape in other words, or another
//! shape that means exactly the same; anything else is refused as [`Unsupported`](crate::error::Unsupported).
//! Nothing of the tree is left out, and a value is always bound.

mod mariadb;
mod mysql;
mod postgres;
mod spec;
mod sqlite;

pub use self::spec::*;
use crate::value::Value;

/// SQL for a server, and what is bound to its placeholders.
///
/// `Debug` shows the text and the kinds of the values, never the values.
#[derive(Clone, Debug, PartialEq)]
pub struct Compiled {
    /// The statement.
    pub sql: String,
    /// The values, in the order of their placeholders.
    pub params: Vec<Value>,
}
