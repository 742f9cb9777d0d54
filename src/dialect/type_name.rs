//! Names of types.

/// The name of a type: as it stands, or with numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TypeName {
    /// `bigint`
    Plain(&'static str),
    /// `varchar(40)`
    Sized(&'static str, u32),
    /// `numeric(10, 2)`
    Precise(&'static str, u8, u8),
    /// `text` whose length is held by a check.
    Checked(&'static str, u32),
    /// `bigint[]`
    ArrayOf(Box<Self>),
    /// A type that somebody made.
    Named(crate::ast::Ident),
}
