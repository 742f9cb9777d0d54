//! Kysera.
#![allow(missing_docs)]
extern crate self as kysera;
pub mod ast;
pub mod dialect;
pub mod db;
pub mod driver;
pub mod error;
pub mod executor;
pub mod expr;
pub mod plugin;
pub mod table;
pub mod types;
pub mod value;
pub mod query { pub struct Select; impl Select { pub fn fetch_one(){} pub fn fetch_all_as(){} pub fn debug_sql(){} } }
pub use db::{Connection, Db, Transaction};
pub use error::{Error, Result};
pub use executor::Executor;
pub use value::Value;
