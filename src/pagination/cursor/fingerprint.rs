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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::Arc;

    use super::*;
    use crate::value::{Array, Kind};

    fn stored(sql: &str, params: &[Value], scope: &str) -> Stored {
        Fingerprint::of(sql, params, scope).stored(None)
    }

    /// Nothing moves from one part to the next, and no value is taken for one of another kind.
    #[test]
    fn no_two_queries_are_one() {
        let array = |element, values| Value::Array(Arc::new(Array { element, values }));
        let one = || Value::I64(1);
        let params = [
            vec![],
            vec![one()],
            vec![one(), one()],
            vec![Value::I32(1)],
            vec![Value::Timestamp(1)],
            vec![Value::from("")],
            vec![Value::from("ab")],
            vec![Value::from("a"), Value::from("b")],
            vec![Value::Bytes(b"ab".to_vec())],
            vec![Value::F64(0.0)],
            vec![Value::F64(-0.0)],
            vec![Value::Null(Kind::I64)],
            vec![Value::Null(Kind::Text)],
            vec![Value::Null(Kind::Unknown)],
            vec![Value::Null(Kind::I64.array())],
            vec![array(Kind::I64, vec![])],
            vec![array(Kind::Text, vec![])],
            vec![array(Kind::I64, vec![one()])],
            vec![array(Kind::I64, vec![one(), one()])],
            vec![array(Kind::I64, vec![one()]), one()],
            vec![array(Kind::Unknown, vec![array(Kind::I64, vec![one()])])],
        ];
        let texts = [("", ""), ("a", ""), ("", "a"), ("ab", ""), ("a", "b")];
        let mut all = BTreeSet::new();
        for params in &params {
            for (sql, scope) in texts {
                assert!(all.insert(stored(sql, params, scope)), "{sql:?} {params:?} {scope:?}");
            }
        }
    }

    /// Who guesses the values of a filter cannot see by a cursor whether it is right.
    #[test]
    fn under_a_key_it_tells_nothing() {
        let key = |secret: u8| CursorKey::new("main", [secret; 32]).unwrap();
        let query = Fingerprint::of("select 1", &[Value::from("a guess")], "");
        let under = query.stored(Some(&key(1)));
        assert_ne!(under, query.stored(None));
        assert_ne!(under, query.stored(Some(&key(2))));
        assert!(query.is(&under, Some(&key(1))));
        assert!(!query.is(&under, Some(&key(2))) && !query.is(&under, None));
    }
}
