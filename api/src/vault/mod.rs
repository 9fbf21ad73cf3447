//! Personal data and secrets at rest: sealed before they reach the database, opened only by who needs them.
//!
//! A sealed value is `1 | id of the key (4) | nonce (24) | ciphertext and tag`, by XChaCha20-Poly1305. Version, id and the caller's context are
//! authenticated with it, so that a value that was moved to another row or column does not open.

mod check;
mod keys;
mod ring;

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use chacha20poly1305::XNonce;
use chacha20poly1305::aead::{Aead as _, Payload};
use zeroize::Zeroizing;

pub use check::{LockedError, Memory, unlock};
pub use keys::{Home, HomeError};
pub use ring::{Key, KeyId, Ring, RingError};

use crate::chance;

/// How often a running copy reads its keys again.
pub const RELOAD: Duration = Duration::from_millis(if cfg!(feature = "driven-clock") { 200 } else { 5_000 });

/// The form of sealed values.
const FORM: u8 = 1;
const NONCE: usize = 24;
const HEAD: usize = 1 + 4 + NONCE;

/// Why a sealed value does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// It was sealed with a key that is not there.
    #[error("a value is sealed with the key {0}, which the vault does not have")]
    UnknownKey(KeyId),
    /// It is no sealed value, was changed, or was sealed for another place.
    #[error("a sealed value is damaged or stands in a place it was not sealed for")]
    Damaged,
}

/// The keys, and what is done with them.
pub struct Vault {
    ring: RwLock<Arc<Ring>>,
    home: Home,
    index: Zeroizing<[u8; 32]>,
}

impl Vault {
    fn new(ring: Ring, home: Home, index: Zeroizing<[u8; 32]>) -> Self {
        Self { ring: RwLock::new(Arc::new(ring)), home, index }
    }

    /// A vault with keys that nobody keeps, for tests.
    #[cfg(test)]
    #[must_use]
    pub fn for_test() -> Self {
        let ring = Ring::of(Key::random(chrono::NaiveDate::default()));
        Self::new(ring, Home::Environment, Zeroizing::new(chance::random_bytes()))
    }

    /// The keys as they are now.
    pub fn ring(&self) -> Arc<Ring> {
        Arc::clone(&self.ring.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Seals a value for one place, which `context` names: `"account.totp:17"`.
    #[must_use]
    pub fn seal(&self, context: &str, plain: &[u8]) -> Vec<u8> {
        seal(self.ring().sealing(), context, plain)
    }

    /// Opens a value that was sealed for this place.
    ///
    /// # Errors
    /// Its key is not there, or it is not what was sealed.
    pub fn open(&self, context: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        match open(&self.ring(), context, sealed) {
            // Another process may have added a key; this one then finds its values before it looks at the file again.
            Err(VaultError::UnknownKey(_)) => {
                self.reload();
                open(&self.ring(), context, sealed)
            }
            outcome => outcome,
        }
    }

    /// A keyed digest for look-ups by equality: the same text has the same digest in one context and no other. It does not change
    /// when keys are rotated. Whoever calls it brings the text into its normal form first.
    #[must_use]
    pub fn blind_index(&self, context: &str, plain: &str) -> [u8; 32] {
        ring::digest(&self.index, context, plain.as_bytes())
    }

    /// Reads the key file again, where there is one. What cannot be read is told, and the known keys stay.
    pub fn reload(&self) {
        match self.home.read_again() {
            Ok(None) => {}
            Ok(Some(ring)) => {
                let mut place = self.ring.write().unwrap_or_else(PoisonError::into_inner);
                if place.sealing().id() != ring.sealing().id() {
                    tracing::info!(key = %ring.sealing().id(), "the vault seals with another key from now on");
                }
                *place = Arc::new(ring);
            }
            Err(cause) => {
                tracing::warn!(%cause, "the vault's keys cannot be read again; the known ones stay in use");
            }
        }
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault").finish_non_exhaustive()
    }
}

/// The name of the key that a value is sealed with.
///
/// # Errors
/// It is no sealed value.
pub fn key_of(sealed: &[u8]) -> Result<KeyId, VaultError> {
    match sealed {
        [FORM, a, b, c, d, ..] if sealed.len() > HEAD => Ok(KeyId([*a, *b, *c, *d])),
        _ => Err(VaultError::Damaged),
    }
}

fn authenticated(id: KeyId, context: &str) -> Vec<u8> {
    [&[FORM][..], &id.0, context.as_bytes()].concat()
}

#[expect(
    clippy::expect_used,
    reason = "the cipher refuses only what is longer than 256 GiB, which no memory holds twice"
)]
fn seal(key: &Key, context: &str, plain: &[u8]) -> Vec<u8> {
    let nonce: [u8; NONCE] = chance::random_bytes();
    let payload = Payload { msg: plain, aad: &authenticated(key.id(), context) };
    let sealed =
        key.cipher().encrypt(&XNonce::from(nonce), payload).expect("a value of a length that can be sealed");
    [&[FORM][..], &key.id().0, &nonce, &sealed].concat()
}

fn open(ring: &Ring, context: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError> {
    let id = key_of(sealed)?;
    let key = ring.get(id).ok_or(VaultError::UnknownKey(id))?;
    let (head, content) = sealed.split_at_checked(HEAD).ok_or(VaultError::Damaged)?;
    let nonce: [u8; NONCE] =
        head.get(5..).and_then(|nonce| nonce.try_into().ok()).ok_or(VaultError::Damaged)?;
    let payload = Payload { msg: content, aad: &authenticated(id, context) };
    let plain = key.cipher().decrypt(&XNonce::from(nonce), payload).map_err(|_| VaultError::Damaged)?;
    Ok(Zeroizing::new(plain))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
    use super::*;

    #[test]
    fn what_was_sealed_opens_in_its_place_and_nowhere_else() {
        let vault = Vault::for_test();
        let sealed = vault.seal("account.contact:17", "13800138000".as_bytes());
        assert_eq!(*vault.open("account.contact:17", &sealed).unwrap(), b"13800138000");
        for other in ["account.contact:18", "account.contact:1", "account.totp:17", ""] {
            assert_eq!(vault.open(other, &sealed), Err(VaultError::Damaged), "{other}");
        }
        assert_eq!(*vault.open("empty", &vault.seal("empty", b"")).unwrap(), b"");
    }

    #[test]
    fn no_byte_can_be_changed_or_left_out() {
        let vault = Vault::for_test();
        let sealed = vault.seal("a", b"secret");
        for place in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[place] ^= 1;
            assert!(vault.open("a", &changed).is_err(), "byte {place}");
            assert!(vault.open("a", &sealed[..place]).is_err(), "cut to {place}");
        }
    }

    #[test]
    fn the_same_text_is_never_sealed_to_the_same_bytes() {
        let vault = Vault::for_test();
        assert_ne!(vault.seal("a", b"secret"), vault.seal("a", b"secret"));
        assert!(!vault.seal("a", b"secret").windows(6).any(|part| part == b"secret"));
    }

    #[test]
    fn a_new_key_seals_and_the_old_ones_open() {
        let vault = Vault::for_test();
        let old = vault.seal("a", b"old");
        let ring = Ring::clone(&vault.ring()).with(Key::random(chrono::NaiveDate::default()), true);
        let wider = Vault::new(ring, Home::Environment, vault.index.clone());
        let new = wider.seal("a", b"new");
        assert_ne!(key_of(&old).unwrap(), key_of(&new).unwrap());
        assert_eq!(*wider.open("a", &old).unwrap(), b"old");
        assert_eq!(vault.open("a", &new), Err(VaultError::UnknownKey(key_of(&new).unwrap())));
        assert_eq!(wider.blind_index("phone", "1"), vault.blind_index("phone", "1"));
    }

    #[test]
    fn a_blind_index_is_the_same_for_the_same_text_in_one_context_only() {
        let vault = Vault::for_test();
        assert_eq!(vault.blind_index("phone", "13800138000"), vault.blind_index("phone", "13800138000"));
        assert_ne!(vault.blind_index("phone", "13800138000"), vault.blind_index("mail", "13800138000"));
        assert_ne!(vault.blind_index("ab", "c"), vault.blind_index("a", "bc"));
        assert_ne!(vault.blind_index("a", "b"), Vault::for_test().blind_index("a", "b"));
    }

    /// Made with libsodium and Python's `hmac`: what this release seals is what others call by the same names, and opens for ever.
    #[test]
    fn a_value_that_another_program_sealed_opens() {
        let key = Key::new(Zeroizing::new([7; 32]), chrono::NaiveDate::default());
        let sealed = "0155c200fc000102030405060708090a0b0c0d0e0f10111213141516171b224bc9807d7d05b5ca625a274e51b51e7065c7f162";
        let digits = sealed.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).unwrap());
        let sealed: Vec<u8> = digits.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect();
        assert_eq!(*open(&Ring::of(key), "a:1", &sealed).unwrap(), b"secret");
    }

    #[test]
    fn nothing_of_a_vault_is_shown() {
        assert_eq!(format!("{:?}", Vault::for_test()), "Vault { .. }");
    }
}
