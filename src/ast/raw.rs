//! SQL text with slots.

use smallvec::SmallVec;

use super::{Expr, Ident};

/// Text of a program's author, with expressions and names in its slots.
///
/// It is the only way for text into SQL. [`sql!`](crate::sql) makes it from literals; the one door for other text is
/// [`RawPart::Text`] built by hand.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Raw {
    /// The parts, in order.
    pub parts: SmallVec<[RawPart; 4]>,
}

/// A part of a [`Raw`].
#[derive(Clone, Debug, PartialEq)]
pub enum RawPart {
    /// Text, written as it stands.
    Text(std::borrow::Cow<'static, str>),
    /// A name, written in quotes.
    Ident(Ident),
    /// An expression; a value among them is bound.
    Expr(Expr),
}
