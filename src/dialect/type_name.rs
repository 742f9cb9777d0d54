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
    /// A wider type, whose values are held to what fits by a check.
    Checked(&'static str, Fit),
    /// `bigint[]`
    ArrayOf(Box<Self>),
    /// A type that somebody made.
    Named(crate::ast::Ident),
}

impl TypeName {
    /// What a check must hold the column to.
    pub(super) fn fit(&self) -> Option<Fit> {
        match self {
            Self::Checked(_, fit) => Some(*fit),
            Self::Plain(_) | Self::Sized(..) | Self::Precise(..) | Self::ArrayOf(_) | Self::Named(_) => None,
        }
    }
}

/// What the values of a column must fit, where the server's type is wider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// Integers from the first to the second.
    Between(i64, i64),
    /// Text of at most so many characters. It holds no NUL, since SQLite counts only up to it.
    Length(u32),
    /// Decimals, kept as text, of at most so many digits before the point and after it.
    Digits(u8, u8),
}

/// What the name of such a check begins with; the column's name follows.
///
/// By it a driver tells a value that does not fit from a row that breaks a rule.
pub const FIT: &str = "kysera_fit_";
