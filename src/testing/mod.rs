//! For tests of those who write plugins: no database is needed, and nothing but this crate.
//!
//! [`check_plugin`] compares what a plugin makes of a statement with the SQL of each dialect. [`Spy`] is a plugin that
//! writes down which statements it saw, to find out what reaches a plugin; [`NoOp`] is one that walks them and changes
//! nothing.

mod check;
mod no_op;
mod nowhere;
mod spy;

pub use self::check::{Sql, check_plugin};
pub use self::no_op::NoOp;
pub use self::spy::{Seen, Spy};
