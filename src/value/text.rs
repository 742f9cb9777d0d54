//! Text as a value holds it.

use std::fmt;
use std::ops::Deref;

use compact_str::CompactString;

/// Text as a [`Value`](super::Value) holds it: up to 24 bytes without an allocation, so that most of what is bound is
/// copied as quickly as a number.
///
/// It is a `str` to read, and made of a `&str` or a `String` by `into()`.
///
/// ```
/// use kysera::value::Text;
///
/// let text = Text::from("ann@x.io");
/// assert!(text.ends_with(".io"));
/// assert_eq!(String::from(text), "ann@x.io");
/// ```
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text(CompactString);

impl Text {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Deref for Text {
    type Target = str;

    #[inline]
    fn deref(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Text {
    #[inline]
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

/// Long text is taken over as it is.
impl From<String> for Text {
    #[inline]
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

/// Long text is given away as it is.
impl From<Text> for String {
    #[inline]
    fn from(text: Text) -> Self {
        text.0.into()
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
