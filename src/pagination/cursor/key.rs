//! Keys, of which a cursor names the one it was made with.

use std::fmt;
use std::sync::Arc;

#[cfg(feature = "encrypted-cursors")]
use aes_gcm::Aes256Gcm;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::error::{Error, Result};

/// HMAC-SHA256 under some key.
pub(super) type HmacSha256 = Hmac<Sha256>;

/// The most characters of an id.
const LONGEST_ID: usize = 32;

/// The least bytes of a secret: as many as a signature has.
const SHORTEST_SECRET: usize = 32;

/// A secret that cursors are made with, and the id by which they name it.
///
/// The id is of 1 to 32 ASCII letters, digits, `_`, `-` and `.`, and every client can read it. The secret is at least 32
/// bytes, made by chance (as by `openssl rand -hex 32`) and not by somebody; the same one on all servers of a service.
/// Keys for signing, for encrypting and for fingerprints are derived of it, so one secret may serve both for
/// [`signed`](super::Cursors::signed) and `encrypted` cursors. Its bytes are not kept, and
/// no `Debug` and no error shows them.
///
/// ```
/// use kysera::pagination::CursorKey;
///
/// # fn main() -> kysera::Result<()> {
/// # let secret_of_the_environment = "0123456789abcdef0123456789abcdef";
/// let key = CursorKey::new("2026-11", secret_of_the_environment)?;
/// assert_eq!(format!("{key:?}"), r#"CursorKey("2026-11")"#);
///
/// assert!(CursorKey::new("2026-12", "too short").unwrap_err().is_invalid());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct CursorKey {
    id: Arc<str>,
    derived: Arc<Derived>,
}

/// A key for each use, so that nothing made in one can be taken for something made in another.
struct Derived {
    signature: HmacSha256,
    fingerprint: HmacSha256,
    #[cfg(feature = "encrypted-cursors")]
    encryption: Aes256Gcm,
}

impl CursorKey {
    /// The key of this id with this secret.
    ///
    /// An [invalid](Error::is_invalid) error where the secret is shorter than 32 bytes, or the id is not 1 to 32 of ASCII
    /// letters, digits, `_`, `-` and `.`; it repeats neither.
    ///
    /// ```
    /// use kysera::pagination::CursorKey;
    ///
    /// assert!(CursorKey::new("main", [7; 32]).is_ok());
    /// assert!(CursorKey::new("", [7; 32]).is_err());
    /// ```
    pub fn new(id: impl Into<String>, secret: impl AsRef<[u8]>) -> Result<Self> {
        Self::of(id.into(), secret.as_ref())
    }

    fn of(id: String, secret: &[u8]) -> Result<Self> {
        if !is_id(&id) {
            return Err(Error::invalid(format!(
                "the id of a cursor key is 1 to {LONGEST_ID} letters, digits, `_`, `-` and `.` of ASCII"
            )));
        }
        if secret.len() < SHORTEST_SECRET {
            return Err(Error::invalid(format!(
                "the secret of a cursor key has at least {SHORTEST_SECRET} bytes; make one by `openssl rand -hex 32`"
            )));
        }
        Ok(Self { id: id.into(), derived: Arc::new(Derived::of(secret)?) })
    }

    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// What signs, with nothing written to it yet.
    pub(super) fn signature(&self) -> HmacSha256 {
        self.derived.signature.clone()
    }

    /// What makes the fingerprint of a query one that tells nothing to who has not the secret.
    pub(super) fn fingerprint(&self) -> HmacSha256 {
        self.derived.fingerprint.clone()
    }

    #[cfg(feature = "encrypted-cursors")]
    pub(super) fn encryption(&self) -> &Aes256Gcm {
        &self.derived.encryption
    }
}

/// Whether the text may be an id.
pub(super) fn is_id(id: &str) -> bool {
    let is_of_id = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
    (1..=LONGEST_ID).contains(&id.len()) && id.bytes().all(is_of_id)
}

impl Derived {
    fn of(secret: &[u8]) -> Result<Self> {
        let secret = keyed(secret)?;
        let derive = |label: &str| secret.clone().chain_update(label).finalize().into_bytes();
        Ok(Self {
            signature: keyed(&derive("kysera cursor 1: signature"))?,
            fingerprint: keyed(&derive("kysera cursor 1: fingerprint"))?,
            #[cfg(feature = "encrypted-cursors")]
            encryption: Aes256Gcm::new(&derive("kysera cursor 1: encryption")),
        })
    }
}

/// HMAC takes a key of any length; its type does not say so.
fn keyed(key: &[u8]) -> Result<HmacSha256> {
    HmacSha256::new_from_slice(key).map_err(|_| Error::invalid("the secret of a cursor key is of no use to HMAC"))
}

/// The id alone.
impl fmt::Debug for CursorKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CursorKey").field(&self.id).finish()
    }
}
