//! How a file's bytes lie in the store: sealed piece by piece with a key of the file's own.
//!
//! A piece is a MiB, sealed by XChaCha20-Poly1305 as `nonce (24) | ciphertext and tag (16)`. The file's name, the place of the piece and the
//! number of pieces are authenticated with it, so that no piece can be left out, moved, or come from another file. Whoever erases the key has
//! erased the file, wherever copies of the store may lie.

use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use crate::chance;

/// Length of a piece before it is sealed.
pub const PIECE: usize = 1024 * 1024;
const NONCE: usize = 24;
const OVERHEAD: usize = NONCE + 16;

/// The bytes are not what was sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the bytes of the file are damaged")]
pub struct Damaged;

/// The key of one file.
pub struct DataKey(Zeroizing<[u8; 32]>);

impl DataKey {
    /// A new key.
    pub fn random() -> Self {
        Self(Zeroizing::new(chance::random_bytes()))
    }

    /// The key from its bytes.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Some(Self(Zeroizing::new(bytes.try_into().ok()?)))
    }

    /// Its bytes, to be sealed by the vault.
    pub fn reveal(&self) -> &[u8] {
        &*self.0
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new((&*self.0).into())
    }

    /// Seals a whole file.
    #[must_use]
    #[expect(
        clippy::expect_used,
        reason = "the cipher refuses only what is longer than 256 GiB, which no piece is"
    )]
    pub fn seal(&self, name: &[u8], plain: &[u8]) -> Vec<u8> {
        let cipher = self.cipher();
        let pieces = pieces(plain.len());
        let mut sealed = Vec::with_capacity(plain.len() + pieces * OVERHEAD);
        for index in 0..pieces {
            let piece = plain.get(index * PIECE..plain.len().min((index + 1) * PIECE)).unwrap_or_default();
            let nonce: [u8; NONCE] = chance::random_bytes();
            let payload = Payload { msg: piece, aad: &place(name, index, pieces) };
            sealed.extend_from_slice(&nonce);
            sealed.extend(cipher.encrypt(&XNonce::from(nonce), payload).expect("a piece that can be sealed"));
        }
        sealed
    }

    /// Opens a whole file.
    ///
    /// # Errors
    /// It is not what was sealed under this name.
    pub fn open(&self, name: &[u8], sealed: &[u8]) -> Result<Vec<u8>, Damaged> {
        let cipher = self.cipher();
        let pieces = sealed.len().div_ceil(PIECE + OVERHEAD).max(1);
        let mut plain = Vec::with_capacity(sealed.len());
        for index in 0..pieces {
            let end = sealed.len().min((index + 1) * (PIECE + OVERHEAD));
            let piece = sealed.get(index * (PIECE + OVERHEAD)..end).ok_or(Damaged)?;
            let (nonce, content) = piece.split_first_chunk::<NONCE>().ok_or(Damaged)?;
            let payload = Payload { msg: content, aad: &place(name, index, pieces) };
            plain.extend(cipher.decrypt(&XNonce::from(*nonce), payload).map_err(|_| Damaged)?);
        }
        Ok(plain)
    }
}

/// How long a file of this length is when it is sealed.
#[must_use]
pub fn sealed_length(plain: u64) -> u64 {
    let piece = PIECE as u64;
    plain + plain.div_ceil(piece).max(1) * OVERHEAD as u64
}

/// Pieces of a file of this length; an empty one has one.
fn pieces(plain: usize) -> usize {
    plain.div_ceil(PIECE).max(1)
}

fn place(name: &[u8], index: usize, pieces: usize) -> Vec<u8> {
    [name, &(index as u64).to_be_bytes(), &(pieces as u64).to_be_bytes()].concat()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
    use super::*;

    #[test]
    fn a_file_opens_as_it_was_sealed() {
        let key = DataKey::random();
        for length in [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE + 5] {
            let plain: Vec<u8> = (0..length).map(|place| u8::try_from(place % 251).unwrap()).collect();
            let sealed = key.seal(b"name", &plain);
            assert_eq!(sealed.len() as u64, sealed_length(length as u64), "{length}");
            assert_eq!(key.open(b"name", &sealed).unwrap(), plain, "{length}");
            assert!(DataKey::random().open(b"name", &sealed).is_err());
            assert!(key.open(b"other", &sealed).is_err());
        }
    }

    #[test]
    fn no_piece_can_be_changed_left_out_or_moved() {
        let key = DataKey::random();
        let sealed = key.seal(b"name", &vec![7; 2 * PIECE + 5]);
        let piece = PIECE + OVERHEAD;
        let mut changed = sealed.clone();
        changed[piece + 100] ^= 1;
        let swapped = [&sealed[piece..2 * piece], &sealed[..piece], &sealed[2 * piece..]].concat();
        let twice = [&sealed[..piece], &sealed[..piece], &sealed[2 * piece..]].concat();
        for wrong in
            [&changed[..], &sealed[..2 * piece], &sealed[..piece], &sealed[piece..], &swapped, &twice, b""]
        {
            assert_eq!(key.open(b"name", wrong), Err(Damaged));
        }
    }
}
