//! `#[derive(Table)]`: what its attributes say, and what it expands to.

mod column;
mod expand;

pub(crate) use self::expand::expand;
