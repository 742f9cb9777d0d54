//! Cursors: a place in the order of a query, as text that a client keeps and brings back.
//!
//! | file | what is there |
//! |---|---|
//! | `text` | [`Cursor`], what a client has |
//! | `cursors` | [`Cursors`], how cursors are made and what is accepted |
//! | `key` | [`CursorKey`], and the keys that are derived of its secret |
//! | `fingerprint` | which query a cursor is of |
//! | `envelope`, `body` | the bytes of a cursor: what protects it, and what is protected |
//! | `value` | the bytes of a value |

mod body;
mod cursors;
mod envelope;
mod fingerprint;
mod key;
mod text;
mod value;

pub use self::cursors::Cursors;
pub use self::key::CursorKey;
pub use self::text::Cursor;

pub(crate) use self::fingerprint::Fingerprint;

use super::ranges::Position;

/// Bytes that are taken from the front, each only where it is there.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn byte(&mut self) -> Option<u8> {
        let [byte] = self.array()?;
        Some(byte)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (first, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*first)
    }

    fn slice(&mut self, length: usize) -> Option<&'a [u8]> {
        let (first, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(first)
    }
}
