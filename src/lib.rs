//! Typed SQL for PostgreSQL, MySQL, MariaDB and SQLite: queries are immutable trees, which plugins may rewrite before
//! they are compiled for a dialect and run by a driver.
//!
//! ```text
//! builder ──▶ ast::Statement ──▶ plugins ──▶ dialect::compile ──▶ Compiled { sql, params } ──▶ driver ──▶ rows ──▶ T
//! (typed)      (untyped data)    (rewrite)    (Spec + writer)                                  (no tree)
//! ```
//!
//! Every stage can be looked at:
//!
//! ```
//! use kysera::ast;
//! use kysera::dialect;
//! use kysera::prelude::*;
//! use kysera::schema::create_table_for;
//!
//! #[derive(Debug, PartialEq, Table)]
//! #[table(name = "users")]
//! pub struct User {
//!     #[column(primary_key, generated)]
//!     pub id: i64,
//!     pub name: String,
//!     pub age: Option<i32>,
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<()> {
//! // A builder is typed: its rows are `(String, Option<i32>)`, and a column of another table does not compile.
//! let adults = select_from(users::table).filter(users::age.ge(18)).select((users::name, users::age));
//!
//! // Around a tree that is plain data. Plugins see and rewrite this, and nothing else.
//! let ast::Statement::Select(tree) = adults.to_statement() else { unreachable!() };
//! assert_eq!(tree.columns.len(), 2);
//!
//! // Compiling is a pure function of the tree and the dialect.
//! let compiled = adults.compile(&dialect::POSTGRES)?;
//! assert_eq!(compiled.sql, r#"select "users"."name", "users"."age" from "users" where "users"."age" >= $1"#);
//! assert_eq!(compiled.params.len(), 1);
//!
//! // A database is a driver, its dialect and the plugins. It does all of that, and reads the rows.
//! let db = Db::connect("sqlite::memory:").await?;
//! create_table_for::<User>().execute(&db).await?;
//! insert_into(users::table)
//!     .values([NewUser { age: Some(40), ..NewUser::new("Ann") }, NewUser::new("Bob")])
//!     .execute(&db)
//!     .await?;
//! assert_eq!(adults.fetch_all(&db).await?, [("Ann".to_owned(), Some(40))]);
//! # Ok(())
//! # }
//! ```
//!
//! # Where to read on
//!
//! | to | read |
//! |---|---|
//! | declare tables, columns and types of your own | [`Table`](derive@Table), [`SqlType`](derive@SqlType), [`types`] |
//! | write queries | [`query`]: [`select_from`](query::select_from), [`insert_into`](query::insert_into), [`update`](query::update()), [`delete_from`](query::delete_from), [`with`](query::with()) |
//! | write conditions and other expressions | [`ExprMethods`](expr::ExprMethods), [`expr`], [`sql!`] |
//! | run them | [`Db`], [`Transaction`], [`Executor`] |
//! | read them page by page | [`pagination`] |
//! | make tables | [`schema`] |
//! | know what went wrong | [`Error`] |
//! | see the SQL, and how dialects differ | [`dialect`] |
//! | hand out rows in pages | [`pagination`] |
//! | rewrite statements | [`plugin`], [`ast`], and [`testing`] for what does |
//! | reach another database | [`driver`] |
//!
//! The modules in the order in which a statement meets them: [`table`] and [`expr`] (typed columns and expressions),
//! [`query`] and [`schema`] (typed statements), [`ast`] (the tree), [`plugin`], [`dialect`] (tree to SQL), [`driver`]
//! (SQL to rows), [`executor`] and [`db`] (all of it together); and beside them [`value`], [`types`] and [`error`].
//!
//! # Features
//!
//! | feature | what it brings |
//! |---|---|
//! | `sqlite` (default) | SQLite, with the library built in |
//! | `postgres` | PostgreSQL |
//! | `mysql` | MySQL and MariaDB |
//! | `tls-rustls` | encrypted connections to all three servers |
//! | `chrono`, `time`, `jiff` | their dates and times as columns |
//! | `uuid`, `rust_decimal` | their types as columns |
//! | `json` | `serde_json::Value` and `types::Json<T>` as columns, cursors in JSON |
//! | `cursors` (default) | cursors of [`pagination`], signed |
//! | `encrypted-cursors` | .. and encrypted |
#![cfg_attr(docsrs, feature(doc_cfg))]

extern crate self as kysera;

mod alias;
pub mod ast;
pub mod audit;
pub mod db;
mod derive;
pub mod dialect;
pub mod driver;
pub mod error;
pub mod executor;
pub mod expr;
pub mod pagination;
pub mod plugin;
pub mod prelude;
pub mod query;
pub mod row;
pub mod schema;
pub mod table;
pub mod testing;
mod tuples;
pub mod types;
pub mod value;

pub use db::{Connection, Db, Transaction};
pub use derive::{FromRow, SqlType, Table};
pub use error::{Error, Result};
pub use executor::Executor;
pub use value::Value;

/// The code of the front page and the guide, run as tests.
#[cfg(doctest)]
mod documents {
    #[doc = include_str!("../README.md")]
    struct Readme;

    #[doc = include_str!("../docs/guide/queries.md")]
    struct Queries;

    #[cfg(feature = "cursors")]
    #[doc = include_str!("../docs/guide/pages.md")]
    struct Pages;

    #[doc = include_str!("../docs/guide/plugins.md")]
    struct Plugins;
}
