//! What protects a [body](super::body):
//!
//! ```text
//! header: version (1) seal (1) id and a zero byte
//!
//! unsigned:  header body
//! signed:    header body HMAC-SHA256 of both (32)
//! encrypted: header nonce (12) AES-256-GCM of the body, with the header as associated data (body + 16)
//! ```
//!
//! Unsigned cursors have an empty id.

use hmac::Mac;

use super::key::{CursorKey, is_id};
use crate::error::{CursorFault, Result};

/// The version that is written, and the only one that is read.
const VERSION: u8 = 1;

/// What is or may become a version. No text begins with such a byte, so what begins with another is no cursor.
const VERSIONS: std::ops::RangeInclusive<u8> = VERSION..=0x0f;

/// The bytes of a signature.
const SIGNATURE: usize = 32;

/// The bytes of a nonce.
#[cfg(feature = "encrypted-cursors")]
const NONCE: usize = 12;

/// What is around a body.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Seal {
    None = 0,
    Signature = 1,
    Encryption = 2,
}

impl Seal {
    const ALL: [Self; 3] = [Self::None, Self::Signature, Self::Encryption];

    fn header(self, id: &str) -> Vec<u8> {
        let mut header = vec![VERSION, self as u8];
        header.extend(id.as_bytes());
        header.push(0);
        header
    }
}

/// The bytes of a cursor, before anything of it is believed.
pub(super) struct Envelope<'a> {
    pub(super) seal: Seal,
    pub(super) id: &'a str,
    /// All of them, which end with `content`.
    bytes: &'a [u8],
    content: &'a [u8],
}

impl<'a> Envelope<'a> {
    pub(super) fn read(bytes: &'a [u8]) -> Result<Self, CursorFault> {
        let (version, rest) = bytes.split_first().ok_or(CursorFault::Malformed)?;
        if *version != VERSION {
            let is_version = VERSIONS.contains(version);
            return Err(if is_version { CursorFault::Version } else { CursorFault::Malformed });
        }
        Self::read_rest(bytes, rest).ok_or(CursorFault::Malformed)
    }

    fn read_rest(bytes: &'a [u8], rest: &'a [u8]) -> Option<Self> {
        let (seal, rest) = rest.split_first()?;
        let seal = Seal::ALL.into_iter().find(|it| *it as u8 == *seal)?;
        let end = rest.iter().position(|it| *it == 0)?;
        let (id, content) = rest.split_at_checked(end)?;
        let (_, content) = content.split_first()?;
        let id = str::from_utf8(id).ok()?;
        let is_right = if seal == Seal::None { id.is_empty() } else { is_id(id) };
        is_right.then_some(Self { seal, id, bytes, content })
    }

    /// What an unsigned cursor says.
    pub(super) fn unprotected(&self) -> &'a [u8] {
        self.content
    }

    /// What a signed cursor says, where it was signed with this key.
    pub(super) fn verified(&self, key: &CursorKey) -> Option<&'a [u8]> {
        let (body, _) = self.content.split_last_chunk::<SIGNATURE>()?;
        let (signed, signature) = self.bytes.split_last_chunk::<SIGNATURE>()?;
        key.signature().chain_update(signed).verify_slice(signature).ok()?;
        Some(body)
    }

    /// What an encrypted cursor says, where it was encrypted with this key.
    #[cfg(feature = "encrypted-cursors")]
    pub(super) fn decrypted(&self, key: &CursorKey) -> Option<Vec<u8>> {
        use aes_gcm::aead::{Aead, Payload};

        let header = self.bytes.strip_suffix(self.content)?;
        let (nonce, encrypted) = self.content.split_first_chunk::<NONCE>()?;
        key.encryption().decrypt(&(*nonce).into(), Payload { msg: encrypted, aad: header }).ok()
    }
}

/// A cursor without a signature; `body` writes what it says.
pub(super) fn unprotected(body: impl FnOnce(&mut Vec<u8>) -> Result<()>) -> Result<Vec<u8>> {
    let mut bytes = Seal::None.header("");
    body(&mut bytes)?;
    Ok(bytes)
}

/// A cursor with a signature.
pub(super) fn signed(key: &CursorKey, body: impl FnOnce(&mut Vec<u8>) -> Result<()>) -> Result<Vec<u8>> {
    let mut bytes = Seal::Signature.header(key.id());
    body(&mut bytes)?;
    let signature = key.signature().chain_update(&bytes).finalize().into_bytes();
    bytes.extend(signature);
    Ok(bytes)
}

/// An encrypted cursor, with a nonce made by chance.
#[cfg(feature = "encrypted-cursors")]
pub(super) fn encrypted(key: &CursorKey, body: impl FnOnce(&mut Vec<u8>) -> Result<()>) -> Result<Vec<u8>> {
    use aes_gcm::Aes256Gcm;
    use aes_gcm::aead::{Aead, Generate, Nonce, Payload};

    let mut bytes = Seal::Encryption.header(key.id());
    let mut plain = Vec::new();
    body(&mut plain)?;
    let nonce = Nonce::<Aes256Gcm>::try_generate().map_err(crate::error::Error::no_randomness)?;
    let payload = Payload { msg: &plain, aad: &bytes };
    // Which fails where a message is of gigabytes.
    let encrypted = key.encryption().encrypt(&nonce, payload).map_err(|_| super::text::too_long())?;
    bytes.extend(nonce);
    bytes.extend(encrypted);
    Ok(bytes)
}
