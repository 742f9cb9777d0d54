//! How cursors are made, and which are accepted.

use std::borrow::Cow;
use std::iter;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::body::{self, Body};
use super::envelope::{self, Envelope, Seal};
use super::key::CursorKey;
use super::text::Cursor;
use super::{Fingerprint, Position};
use crate::error::{CursorFault, Error, Result};
use crate::value::Value;

/// How the cursors of a program are made, and which of those that clients bring back are accepted.
///
/// | made by | a client can read the values | a client can forge a place |
/// |---|---|---|
/// | [`Cursors::signed`] | yes | no |
/// | `Cursors::encrypted` (feature `encrypted-cursors`) | no | no |
/// | [`Cursors::unsigned`] | yes | yes |
///
/// In each of them is the place in the order (the values of its terms, without a loss), a fingerprint of the query and,
/// where that is asked for, when its time is over. A cursor that was cut, changed or made with another secret is refused,
/// so is one of another query; the error [is a bad request](Error::is_bad_request), and
/// [`as_cursor_fault`](Error::as_cursor_fault) says which. Whatever a cursor says, its values are bound and are never text
/// of a statement.
///
/// ```
/// use std::time::Duration;
///
/// use kysera::error::CursorFault;
/// use kysera::pagination::{Cursor, CursorKey, Cursors};
///
/// # fn main() -> kysera::Result<()> {
/// # let (secret, secret_of_last_year) = ([1; 32], [2; 32]);
/// let cursors = Cursors::signed(CursorKey::new("2026", secret)?)
///     .also_accept(CursorKey::new("2025", secret_of_last_year)?)
///     .expires_after(Duration::from_secs(24 * 60 * 60));
///
/// let error = cursors.verify(&Cursor::from("eyJpZCI6MTB9")).unwrap_err();
/// assert!(error.is_bad_request());
/// assert_eq!(error.as_cursor_fault(), Some(&CursorFault::Malformed));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Cursors {
    protection: Protection,
    lifetime: Option<Duration>,
}

#[derive(Clone, Debug)]
enum Protection {
    Unsigned,
    Signed(Keys),
    #[cfg(feature = "encrypted-cursors")]
    Encrypted(Keys),
    /// [`Cursors::also_accept`] without a key that comes first.
    Contradiction,
}

#[derive(Clone, Debug)]
struct Keys {
    /// What new cursors are made with.
    first: CursorKey,
    others: Vec<CursorKey>,
}

/// What a cursor says once it is believed, and the key by which it is.
struct Opened<'a> {
    body: Body,
    key: Option<&'a CursorKey>,
}

impl Cursors {
    /// Cursors with a signature (HMAC-SHA256): who has one can read the values in it, and cannot change them.
    ///
    /// ```
    /// use kysera::error::CursorFault;
    /// use kysera::pagination::{Cursor, CursorKey, Cursors};
    ///
    /// # fn main() -> kysera::Result<()> {
    /// # let secret = [7; 32];
    /// let cursors = Cursors::signed(CursorKey::new("main", secret)?);
    ///
    /// let forged = Cursor::from("AQAAAFNAFGgl9pAaN83sZEl6duYIAARab8OrBAAIACAAAAAAAAE");
    /// let error = cursors.verify(&forged).unwrap_err();
    /// assert_eq!(error.as_cursor_fault(), Some(&CursorFault::Unsigned));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn signed(key: CursorKey) -> Self {
        Self::of(Protection::Signed(Keys::of(key)))
    }

    /// Cursors that are encrypted (AES-256-GCM): who has one can neither read nor change the values in it, and only their
    /// length shows. Two cursors of one place are different texts.
    ///
    /// Each has a nonce of 96 bits made by chance, so a key should be replaced before it has made 2^32 of them.
    ///
    /// ```
    /// use kysera::error::CursorFault;
    /// use kysera::pagination::{Cursor, CursorKey, Cursors};
    ///
    /// # fn main() -> kysera::Result<()> {
    /// # let secret = [7; 32];
    /// let cursors = Cursors::encrypted(CursorKey::new("main", secret)?);
    ///
    /// let forged = Cursor::from("AQAAAFNAFGgl9pAaN83sZEl6duYIAARab8OrBAAIACAAAAAAAAE");
    /// let error = cursors.verify(&forged).unwrap_err();
    /// assert_eq!(error.as_cursor_fault(), Some(&CursorFault::Unsigned));
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "encrypted-cursors")]
    #[cfg_attr(docsrs, doc(cfg(feature = "encrypted-cursors")))]
    #[must_use]
    pub fn encrypted(key: CursorKey) -> Self {
        Self::of(Protection::Encrypted(Keys::of(key)))
    }

    /// Cursors without a signature: anyone can read the values in one, and make one of any place in the order, of any
    /// query and of any time.
    ///
    /// That is never more than a place: its values are bound, and the filters of a query are its own. Still, a page that
    /// begins at a place of somebody's choice tells on which side of it rows are, even by columns that are not shown; and
    /// values of filters can be guessed and compared with the fingerprint. So these are for data that everyone may see, and
    /// for tests.
    ///
    /// ```
    /// use kysera::pagination::{Cursor, Cursors};
    ///
    /// let made_by_anyone = Cursor::from("AQAAAFNAFGgl9pAaN83sZEl6duYIAARab8OrBAAIACAAAAAAAAE");
    /// assert!(Cursors::unsigned().verify(&made_by_anyone).is_ok());
    /// ```
    #[must_use]
    pub fn unsigned() -> Self {
        Self::of(Protection::Unsigned)
    }

    fn of(protection: Protection) -> Self {
        Self { protection, lifetime: None }
    }

    /// Accepts what was made with another key too, so that one can be replaced without refusing the cursors that clients
    /// have. New ones are made with the first key.
    ///
    /// Keys may have the same id: then each of them is tried. Unsigned cursors have no key that could be replaced, and
    /// using them with one is an [invalid](Error::is_invalid) error.
    ///
    /// ```
    /// use kysera::pagination::{Cursor, CursorKey, Cursors};
    ///
    /// # fn main() -> kysera::Result<()> {
    /// # let (secret, old_secret) = ([2; 32], [1; 32]);
    /// # let old = "AQFtYWluAAC0LmM8dd0dGKpHM6hLIdm-CAAEWm_DqwQACAAgAAAAAAABblVAjqwWinpCRRUXqlQDyOx5jwyxDDgr309Je9HTZcA";
    /// let cursors = Cursors::signed(CursorKey::new("new", secret)?);
    /// assert!(cursors.verify(&Cursor::from(old)).is_err());
    ///
    /// let cursors = cursors.also_accept(CursorKey::new("main", old_secret)?);
    /// assert!(cursors.verify(&Cursor::from(old)).is_ok());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn also_accept(mut self, key: CursorKey) -> Self {
        match &mut self.protection {
            Protection::Signed(keys) => keys.others.push(key),
            #[cfg(feature = "encrypted-cursors")]
            Protection::Encrypted(keys) => keys.others.push(key),
            Protection::Unsigned | Protection::Contradiction => self.protection = Protection::Contradiction,
        }
        self
    }

    /// Refuses cursors that are older, to the second, rounded up. The time is written into each when it is made, so one
    /// that was made without is refused too.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use kysera::error::CursorFault;
    /// use kysera::pagination::{Cursor, CursorKey, Cursors};
    ///
    /// # fn main() -> kysera::Result<()> {
    /// # let secret = [1; 32];
    /// # let without_a_time = "AQFtYWluAAC0LmM8dd0dGKpHM6hLIdm-CAAEWm_DqwQACAAgAAAAAAABblVAjqwWinpCRRUXqlQDyOx5jwyxDDgr309Je9HTZcA";
    /// let cursors = Cursors::signed(CursorKey::new("main", secret)?).expires_after(Duration::from_secs(3600));
    ///
    /// let error = cursors.verify(&Cursor::from(without_a_time)).unwrap_err();
    /// assert_eq!(error.as_cursor_fault(), Some(&CursorFault::Expired));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn expires_after(self, lifetime: Duration) -> Self {
        Self { lifetime: Some(lifetime), ..self }
    }

    /// Checks all of a cursor that can be checked without its query: the form, the version, the protection, the key and
    /// the time. So a request can be refused before anything is made of it.
    ///
    /// The empty cursor is refused, because it is none.
    ///
    /// ```
    /// use kysera::error::CursorFault;
    /// use kysera::pagination::{Cursor, Cursors};
    ///
    /// let error = Cursors::unsigned().verify(&Cursor::from("")).unwrap_err();
    /// assert_eq!(error.as_cursor_fault(), Some(&CursorFault::Malformed));
    /// ```
    pub fn verify(&self, cursor: &Cursor) -> Result<()> {
        self.open(cursor, now()).map(drop)
    }

    /// The cursor of a place in the order of a query.
    pub(in crate::pagination) fn write(&self, query: &Fingerprint, position: &Position) -> Result<Cursor> {
        self.write_at(query, position, now())
    }

    /// The place that a cursor of this query says.
    pub(in crate::pagination) fn read(&self, query: &Fingerprint, cursor: &Cursor) -> Result<Position> {
        self.read_at(query, cursor, now())
    }

    /// A cursor as pages have it, for the fuzz target and the tests.
    #[doc(hidden)]
    pub fn write_values(&self, sql: &str, values: &[Value]) -> Result<Cursor> {
        let position = Position { values: values.to_vec(), inclusive: false };
        self.write(&Fingerprint::of(sql, &[], ""), &position)
    }

    /// What is in a cursor of [`write_values`](Self::write_values).
    #[doc(hidden)]
    pub fn read_values(&self, sql: &str, cursor: &Cursor) -> Result<Vec<Value>> {
        Ok(self.read(&Fingerprint::of(sql, &[], ""), cursor)?.values)
    }

    fn write_at(&self, query: &Fingerprint, position: &Position, now: Option<Duration>) -> Result<Cursor> {
        let expiry = self.lifetime.map(|lifetime| expiry(now, lifetime));
        let body = |key| move |into: &mut Vec<u8>| body::write(position, query.stored(key), expiry, into);
        let bytes = match &self.protection {
            Protection::Unsigned => envelope::unprotected(body(None))?,
            Protection::Signed(Keys { first, others: _ }) => envelope::signed(first, body(Some(first)))?,
            #[cfg(feature = "encrypted-cursors")]
            Protection::Encrypted(Keys { first, others: _ }) => envelope::encrypted(first, body(Some(first)))?,
            Protection::Contradiction => return Err(contradiction()),
        };
        Cursor::of_bytes(&bytes)
    }

    fn read_at(&self, query: &Fingerprint, cursor: &Cursor, now: Option<Duration>) -> Result<Position> {
        let Opened { body, key } = self.open(cursor, now)?;
        if !query.is(&body.query, key) {
            return Err(CursorFault::OtherQuery.into());
        }
        Ok(body.position)
    }

    fn open(&self, cursor: &Cursor, now: Option<Duration>) -> Result<Opened<'_>> {
        let bytes = cursor.to_bytes()?;
        let envelope = Envelope::read(&bytes)?;
        let (key, content) = match (&self.protection, envelope.seal) {
            (Protection::Unsigned, Seal::None) => (None, Cow::Borrowed(envelope.unprotected())),
            (Protection::Signed(keys), Seal::Signature) => {
                let (key, content) = keys.open(envelope.id, |key| envelope.verified(key))?;
                (Some(key), Cow::Borrowed(content))
            }
            #[cfg(feature = "encrypted-cursors")]
            (Protection::Encrypted(keys), Seal::Encryption) => {
                let (key, content) = keys.open(envelope.id, |key| envelope.decrypted(key))?;
                (Some(key), Cow::Owned(content))
            }
            (Protection::Contradiction, _) => return Err(contradiction()),
            (_, Seal::None) => return Err(CursorFault::Unsigned.into()),
            (_, Seal::Signature | Seal::Encryption) => return Err(CursorFault::Protected.into()),
        };
        let body = Body::read(&content).ok_or(CursorFault::Malformed)?;
        // Where the clock is wrong, or a time is demanded and there is none, it is over.
        let is_valid = match body.expiry {
            Some(expiry) => now.is_some_and(|now| now.as_secs() < expiry),
            None => self.lifetime.is_none(),
        };
        if !is_valid {
            return Err(CursorFault::Expired.into());
        }
        Ok(Opened { body, key })
    }
}

impl Keys {
    fn of(first: CursorKey) -> Self {
        Self { first, others: Vec::new() }
    }

    /// What `open` gives with the key of that id with which it gives anything.
    fn open<T>(&self, id: &str, open: impl Fn(&CursorKey) -> Option<T>) -> Result<(&CursorKey, T), CursorFault> {
        let mut fault = CursorFault::UnknownKey;
        for key in iter::once(&self.first).chain(&self.others).filter(|it| it.id() == id) {
            match open(key) {
                Some(opened) => return Ok((key, opened)),
                None => fault = CursorFault::Tampered,
            }
        }
        Err(fault)
    }
}

fn contradiction() -> Error {
    Error::invalid("unsigned cursors have no keys to accept; begin with `Cursors::signed`")
}

/// The time since 1970, where it is after that.
fn now() -> Option<Duration> {
    SystemTime::now().duration_since(UNIX_EPOCH).ok()
}

/// The second at which what is made now is no longer accepted; over already, where nobody knows when now is.
fn expiry(now: Option<Duration>, lifetime: Duration) -> u64 {
    let end = now.map_or(Duration::ZERO, |it| it.saturating_add(lifetime));
    end.as_secs().saturating_add(u64::from(end.subsec_nanos() > 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(scope: &str) -> Fingerprint {
        Fingerprint::of("select 1", &[], scope)
    }

    fn position(inclusive: bool) -> Position {
        Position { values: vec![Value::I64(1)], inclusive }
    }

    fn all() -> Vec<Cursors> {
        let key = CursorKey::new("main", [1; 32]).unwrap();
        vec![
            Cursors::unsigned(),
            Cursors::signed(key.clone()),
            #[cfg(feature = "encrypted-cursors")]
            Cursors::encrypted(key),
        ]
    }

    fn fault<T>(result: Result<T>) -> Option<CursorFault> {
        result.err().map(|it| it.as_cursor_fault().expect("a fault of the cursor").clone())
    }

    #[test]
    fn a_place_comes_back() {
        for cursors in all() {
            for position in [position(true), position(false)] {
                let cursor = cursors.write(&query(""), &position).unwrap();
                assert_eq!(cursors.read(&query(""), &cursor).unwrap(), position);
            }
        }
    }

    #[test]
    fn pg5_a_cursor_of_another_scope() {
        for cursors in all() {
            let cursor = cursors.write(&query("tenant 1"), &position(false)).unwrap();
            assert_eq!(fault(cursors.read(&query("tenant 2"), &cursor)), Some(CursorFault::OtherQuery));
            assert_eq!(fault(cursors.read(&query("tenant 1"), &cursor)), None);
        }
    }

    #[test]
    fn pg5_expiry_is_to_the_second_rounded_up() {
        for cursors in all() {
            let cursors = cursors.expires_after(Duration::from_millis(1500));
            let made_at = Duration::from_millis(1_000_100);
            let cursor = cursors.write_at(&query(""), &position(false), Some(made_at)).unwrap();
            let at = |now| fault(cursors.read_at(&query(""), &cursor, now));
            let expired = Some(CursorFault::Expired);
            assert_eq!(at(Some(made_at)), None);
            assert_eq!(at(Some(Duration::from_millis(1_001_999))), None);
            assert_eq!(at(Some(Duration::from_millis(1_002_000))), expired);
            assert_eq!(at(Some(Duration::MAX)), expired);
            // A clock that was set back does no harm; one that says nothing is not believed.
            assert_eq!(at(Some(Duration::ZERO)), None);
            assert_eq!(at(None), expired);
            let cursor = cursors.write_at(&query(""), &position(false), None).unwrap();
            assert_eq!(fault(cursors.read_at(&query(""), &cursor, Some(Duration::ZERO))), expired);
        }
    }

    /// An expiry that nobody demands any more is still one.
    #[test]
    fn pg5_expiry_is_what_the_cursor_says() {
        for cursors in all() {
            let expiring = cursors.clone().expires_after(Duration::from_secs(10));
            let cursor = expiring.write_at(&query(""), &position(false), Some(Duration::ZERO)).unwrap();
            assert_eq!(fault(cursors.read_at(&query(""), &cursor, Some(Duration::from_secs(9)))), None);
            let late = cursors.read_at(&query(""), &cursor, Some(Duration::from_secs(10)));
            assert_eq!(fault(late), Some(CursorFault::Expired));
        }
    }
}
