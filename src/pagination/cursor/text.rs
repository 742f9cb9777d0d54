//! What a client has of a cursor.

use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use crate::error::{CursorFault, Error, Result};

/// The most characters a cursor may have: what every server and browser lets pass in a URL.
pub(super) const MOST_CHARACTERS: usize = 8 * 1024;

/// The most bytes, of which three are four characters.
pub(super) const MOST_BYTES: usize = MOST_CHARACTERS / 4 * 3;

/// A place in the order of a query, as text for a client that keeps it and brings it back.
///
/// It is of letters, digits, `-` and `_` alone, at most 8192 of them, so that it needs no escapes in a URL. Any text can
/// be taken for one, the empty one too, which stands for the first page; whether it *is* one is seen when it is used, or
/// by [`Cursors::verify`](super::Cursors::verify).
///
/// `Debug` does not show the text, because the values of a row may be in there; `Display` does. In JSON (feature `json`)
/// it is the text.
///
/// ```
/// use kysera::pagination::Cursor;
///
/// let cursor = Cursor::from("AQEBa...");
/// assert_eq!(cursor.to_string(), "AQEBa...");
/// assert_eq!(format!("{cursor:?}"), "Cursor(..)");
/// assert!(Cursor::from("").is_empty());
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Cursor(String);

impl Cursor {
    /// True for the empty text, which stands for the first page.
    ///
    /// ```
    /// use kysera::pagination::Cursor;
    ///
    /// assert!(Cursor::from(String::new()).is_empty());
    /// assert!(!Cursor::from("AQ").is_empty());
    /// ```
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// An error where a client would not be able to bring it back.
    pub(super) fn of_bytes(bytes: &[u8]) -> Result<Self> {
        if bytes.len() > MOST_BYTES {
            return Err(too_long());
        }
        Ok(Self(BASE64_URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// There is one text for any bytes: padding, other alphabets and bits that are left over are refused.
    pub(super) fn to_bytes(&self) -> Result<Vec<u8>, CursorFault> {
        if self.0.len() > MOST_CHARACTERS {
            return Err(CursorFault::TooLong);
        }
        BASE64_URL_SAFE_NO_PAD.decode(&self.0).map_err(|_| CursorFault::Malformed)
    }
}

/// The values of a row make a cursor of more characters than it may have.
pub(super) fn too_long() -> Error {
    Error::invalid(format!(
        "the values of the order take more than the {MOST_CHARACTERS} characters of a cursor; order by something shorter"
    ))
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Without the text, in which the values of a row may be.
impl fmt::Debug for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cursor(..)")
    }
}

impl AsRef<str> for Cursor {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl From<String> for Cursor {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Cursor {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<Cursor> for String {
    fn from(cursor: Cursor) -> Self {
        cursor.0
    }
}

#[cfg(feature = "json")]
impl serde::Serialize for Cursor {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

#[cfg(feature = "json")]
impl<'de> serde::Deserialize<'de> for Cursor {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self)
    }
}
