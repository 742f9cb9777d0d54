//! Which query a cursor is of.

use hmac::Mac;
use sha2::{Digest, Sha256};

use super::key::CursorKey;
use super::value::{digest_all, digest_bytes};
use crate::value::Value;

/// What a cursor holds of a [`Fingerprint`]: half of it, so that two queries meet once in 2^64.
pub(super) type Stored = [u8; 16];

/// What tells one query from every other: its text, its values, and whose it is.
#[derive(Clone, Copy)]
pub(crate) struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// The fingerprint of a query whose order, filters and tables are in `sql` and `params`, asked in `scope` (a tenant,
    /// say). The parts are written with their lengths, so that nothing can move from one to the next.
    pub(crate) fn of(sql: &str, params: &[Value], scope: &str) -> Self {
        let mut digest = Sha256::new();
        digest_bytes(sql.as_bytes(), &mut digest);
        digest_all(params, &mut digest);
        digest_bytes(scope.as_bytes(), &mut digest);
        Self(digest.finalize().into())
    }

    /// What a cursor holds of it: under a key nothing that could be compared with guesses of the values.
    pub(super) fn stored(&self, key: Option<&CursorKey>) -> Stored {
        let whole = match key {
            Some(key) => key.fingerprint().chain_update(self.0).finalize().into_bytes().into(),
            None => self.0,
        };
        first_half(whole)
    }

    /// Whether a cursor that was made with the key is of this query, found out in constant time.
    pub(super) fn is(&self, stored: &Stored, key: Option<&CursorKey>) -> bool {
        match key {
            Some(key) => key.fingerprint().chain_update(self.0).verify_truncated_left(stored).is_ok(),
            // Without a secret there is nothing to be found out.
            None => first_half(self.0) == *stored,
        }
    }
}

fn first_half(whole: [u8; 32]) -> Stored {
    let mut half = Stored::default();
    half.iter_mut().zip(whole).for_each(|(to, from)| *to = from);
    half
}
