//! Kysera.
#![allow(missing_docs)]
extern crate self as kysera;
mod alias;
pub mod ast;
pub mod dialect;
pub mod driver;
pub mod error;
pub mod expr;
pub mod table;
pub mod types;
pub mod value;
pub mod query { pub struct Select; impl Select { pub fn fetch_one(){} pub fn fetch_all_as(){} pub fn debug_sql(){} } }
pub use kysera_macros::{FromRow, SqlType, Table};
pub use error::{Error, Result};
pub use value::Value;
