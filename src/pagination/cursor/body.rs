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

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::{Strategy, any, prop_assert_eq, prop_oneof, proptest};

    use super::*;

    /// Bytes of which some are bodies.
    fn bytes() -> impl Strategy<Value = Vec<u8>> {
        let byte = || prop_oneof![0_u8..18, any::<u8>()];
        let value = (0_u8..18, vec(byte(), 0..18)).prop_map(|(code, bytes)| {
            let length = u16::try_from(bytes.len()).unwrap();
            [&[code][..], &length.to_be_bytes(), &bytes].concat()
        });
        let before = prop_oneof![(0_u8..2, vec(any::<u8>(), 16)), (2_u8..5, vec(any::<u8>(), 24))];
        (before, vec(value, 0..3))
            .prop_map(|((flags, before), values)| [&[flags][..], &before, &values.concat()].concat())
    }

    proptest! {
        /// There is one way to write what is read, so no two cursors say the same.
        #[test]
        fn what_is_read_is_written_the_same(bytes in bytes()) {
            if let Some(Body { expiry, query, position }) = Body::read(&bytes) {
                let mut written = Vec::new();
                write(&position, query, expiry, &mut written).unwrap();
                prop_assert_eq!(written, bytes);
            }
        }
    }

    #[test]
    fn values_are_read_strictly() {
        let read = |value: &[u8]| Body::read(&[&[0; 17][..], value].concat()).map(|it| it.position.values.len());
        assert_eq!(read(&[]), Some(0));
        // A truth value, `true` twice, and one of another number.
        assert_eq!(read(&[1, 0, 1, 1]), Some(1));
        assert_eq!(read(&[1, 0, 1, 1, 1, 0, 1, 1]), Some(2));
        assert_eq!(read(&[1, 0, 1, 2]), None);
        // Too short, too long, without an end, of no kind.
        assert_eq!(read(&[2, 0, 1, 1]), None);
        assert_eq!(read(&[2, 0, 3, 1, 1, 1]), None);
        assert_eq!(read(&[8, 0xff, 0xff, b'a']), None);
        assert_eq!(read(&[8, 0]), None);
        assert_eq!(read(&[17, 0, 0]), None);
        // Text that is not UTF-8; a null of no kind, of two, and one that would be a value of an unknown one.
        assert_eq!(read(&[8, 0, 1, 0xff]), None);
        assert_eq!(read(&[0, 0, 1, 16]), Some(1));
        assert_eq!(read(&[0, 0, 1, 0]), None);
        assert_eq!(read(&[0, 0, 2, 1, 1]), None);
        assert_eq!(read(&[16, 0, 0]), None);
        // Flags that mean nothing.
        assert!(Body::read(&[4; 17]).is_none());
    }
}
