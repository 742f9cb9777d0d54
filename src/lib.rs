//! A typed SQL query builder whose immutable tree is rewritten by plugins and compiled for PostgreSQL, MySQL, MariaDB
//! and SQLite.
//!
//! ```text
//! builder ──▶ ast::Statement ──▶ plugins ──▶ dialect::compile ──▶ Compiled { sql, params } ──▶ driver ──▶ rows ──▶ T
//! (typed)      (untyped data)    (rewrite)    (Spec + writer)                                  (no tree)
//! ```
#![allow(missing_docs)]

extern crate self as kysera;

mod alias;
pub mod ast;
pub mod db;
pub mod dialect;
pub mod driver;
pub mod error;
pub mod executor;
pub mod expr;
pub mod plugin;
pub mod prelude;
pub mod query;
pub mod row;
pub mod schema;
pub mod table;
pub mod types;
pub mod value;

pub use db::{Connection, Db, Transaction};
pub use error::{Error, Result};
pub use executor::Executor;
pub use kysera_macros::{FromRow, SqlType, Table};
pub use value::Value;
