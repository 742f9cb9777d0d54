//! Typed statements: what a program writes, as a handle around a tree.
//!
//! A builder takes itself by value and gives itself back; cloning one is copying a pointer. It runs on an
//! [`Executor`](crate::Executor), and every one can be [compiled](Statement::compile) without running it.

mod statement;
mod selection;
mod source;
mod select;
mod subquery;
mod compound;
mod insert;
mod assign;
mod update;
mod delete;
mod with;
mod raw;
mod fetch;
mod annotated;

pub use self::annotated::{Annotated, Bare};
pub use self::assign::{Assignment, Assignments};
pub use self::compound::{Compound, Gives, OutputColumn, SetOperand, output};
pub use self::delete::{Delete, delete_from};
pub use self::fetch::{Fetchable, GivesRows, Writes};
pub use self::insert::{ColumnList, Insert, InsertInto, InsertRows, OnConflict, RowOf, Supplies, insert_into};
pub use self::select::{Select, select_from};
pub(crate) use self::selection::Read;
pub use self::selection::{Aliased, BeforeSelect, Chosen, Grouping, NoRows, Output, Selection, Whole};
pub use self::source::{Derived, Source};
pub(crate) use self::source::{columns_of, name_of, name_ordered};
pub use self::statement::Statement;
pub use self::subquery::{ScalarQuery, Subquery};
pub use self::update::{Update, update};
pub use self::with::{With, with, with_recursive};
