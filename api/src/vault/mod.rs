//! Personal data at rest: sealed with a key that is not in the database.

use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::chance;

const NONCE: usize = 24;

/// Seals and opens what is personal.
pub struct Vault {
    key: Zeroizing<[u8; 32]>,
}

/// A sealed value that does not open: made for another context, with another key, or changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a sealed value does not open: another key, another context, or it was changed")]
pub struct VaultError;

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Vault")
    }
}

impl Vault {
    /// A vault with one key.
    pub fn new(key: [u8; 32]) -> Self {
        Self { key: Zeroizing::new(key) }
    }

    /// Seals a value for a context, which is authenticated with it.
    pub fn seal(&self, context: &str, plain: &[u8]) -> Vec<u8> {
        let nonce: [u8; NONCE] = chance::random_bytes();
        let payload = Payload { msg: plain, aad: context.as_bytes() };
        let mut sealed = nonce.to_vec();
        // Fails only for texts of hundreds of gigabytes; an empty value then does not open.
        sealed.extend(self.cipher().encrypt(&XNonce::from(nonce), payload).unwrap_or_default());
        sealed
    }

    /// Opens a value that was sealed for the context.
    ///
    /// # Errors
    /// It does not open.
    pub fn open(&self, context: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE>().ok_or(VaultError)?;
        let payload = Payload { msg: sealed, aad: context.as_bytes() };
        let plain = self.cipher().decrypt(&XNonce::from(*nonce), payload).map_err(|_| VaultError)?;
        Ok(Zeroizing::new(plain))
    }

    /// A keyed digest for look-ups by equality.
    pub fn blind_index(&self, context: &str, plain: &str) -> [u8; 32] {
        let mut digest = Sha256::new();
        digest.update(self.key.as_slice());
        digest.update((context.len() as u64).to_be_bytes());
        digest.update(context.as_bytes());
        digest.update(plain.as_bytes());
        digest.finalize().into()
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&Key::from(*self.key))
    }
}
