//! What a cursor protects:
//!
//! ```text
//! flags (1) [expiry (8)] fingerprint (16) { code (1) length (2) bytes }*
//! ```
//!
//! Numbers are big-endian. Every body can be written in one way only, and nothing else is read.

use super::fingerprint::Stored;
use super::text::too_long;
use super::{Position, Reader, value};
use crate::error::{Error, Result};

const INCLUSIVE: u8 = 0b01;
const EXPIRES: u8 = 0b10;

/// What a cursor says.
pub(super) struct Body {
    /// The second since 1970 at which its time is over.
    pub(super) expiry: Option<u64>,
    pub(super) query: Stored,
    pub(super) position: Position,
}

/// An error where a value cannot be the key of an order, or needs more bytes than a cursor has.
pub(super) fn write(position: &Position, query: Stored, expiry: Option<u64>, into: &mut Vec<u8>) -> Result<()> {
    let Position { values, inclusive } = position;
    into.push(if *inclusive { INCLUSIVE } else { 0 } | if expiry.is_some() { EXPIRES } else { 0 });
    into.extend(expiry.map(u64::to_be_bytes).iter().flatten());
    into.extend(query);
    for (at, value) in values.iter().enumerate() {
        let Some((code, bytes)) = value::encode(value) else {
            let (term, kind) = (at + 1, value.kind());
            return Err(Error::invalid(format!("term {term} of the order is {kind}, which no cursor can hold")));
        };
        // Before it is copied, because it may be of any size.
        let length = u16::try_from(bytes.len()).map_err(|_| too_long())?;
        into.push(code);
        into.extend(length.to_be_bytes());
        into.extend(&*bytes);
    }
    Ok(())
}

impl Body {
    /// Nothing where they are not the bytes of a body, or bytes are left over.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let mut bytes = Reader(bytes);
        let flags = bytes.byte()?;
        if flags & !(INCLUSIVE | EXPIRES) != 0 {
            return None;
        }
        let expiry = if flags & EXPIRES == 0 { None } else { Some(u64::from_be_bytes(bytes.array()?)) };
        let query = bytes.array()?;
        let mut values = Vec::new();
        while let Some(code) = bytes.byte() {
            let length = u16::from_be_bytes(bytes.array()?);
            values.push(value::decode(code, bytes.slice(length.into())?)?);
        }
        Some(Self { expiry, query, position: Position { values, inclusive: flags & INCLUSIVE != 0 } })
    }
}
