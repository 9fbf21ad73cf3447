//! Heads as signed notes (C2SP tlog-checkpoint and signed-note). Pure: texts, names of keys, signatures.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest as _, Sha256};

use super::canonical::{hex, unhex};
use super::tree::Hash;

/// The kind of signature: Ed25519 over the text of the note.
const ED25519: u8 = 1;

/// A head, not signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The name of the log.
    pub origin: String,
    /// How many entries it covers.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
}

/// A public key of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    /// The name of the log.
    pub origin: String,
    /// The key.
    pub bytes: [u8; 32],
}

/// Why a note does not hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadNote {
    /// It has not the form of a checkpoint.
    #[error("it is no checkpoint: {0}")]
    Form(&'static str),
    /// No line is signed by the key.
    #[error("it carries no signature of the key {0}")]
    Unsigned(String),
    /// The signature is of something else.
    #[error("the signature of the key {0} does not hold")]
    Signature(String),
}

impl Head {
    /// The text that is signed.
    pub fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, STANDARD.encode(self.root))
    }

    /// Signs it.
    pub fn sign(&self, key: &SigningKey) -> [u8; 64] {
        key.sign(self.text().as_bytes()).to_bytes()
    }

    /// The signed note, with the short name of the key that signed it.
    pub fn note(&self, key_hash: &[u8], signature: &[u8]) -> String {
        let line = [key_hash, signature].concat();
        format!("{}\n— {} {}\n", self.text(), self.origin, STANDARD.encode(line))
    }

    /// Reads a note that the key signed. Lines that others signed are passed over.
    ///
    /// # Errors
    /// It is no checkpoint, or the key did not sign it.
    pub fn open(note: &str, key: &PublicKey) -> Result<Self, BadNote> {
        let (text, signatures) = note.split_once("\n\n").ok_or(BadNote::Form("there is no empty line"))?;
        let mut lines = text.split('\n');
        let (Some(origin), Some(size), Some(root)) = (lines.next(), lines.next(), lines.next()) else {
            return Err(BadNote::Form("there are fewer than three lines"));
        };
        let plain = size == "0" || (!size.starts_with('0') && size.bytes().all(|b| b.is_ascii_digit()));
        let size = size.parse().ok().filter(|_| plain).ok_or(BadNote::Form("the size is no number"))?;
        let root = STANDARD.decode(root).ok().and_then(|root| root.try_into().ok());
        let root = root.ok_or(BadNote::Form("the root is no hash in base64"))?;
        if !signatures.ends_with('\n') {
            return Err(BadNote::Form("the last line has no end"));
        }
        let name = || hex(&key.hash());
        let signature = signatures.lines().find_map(|line| {
            let (origin, line) = line.strip_prefix("— ")?.rsplit_once(' ')?;
            let line = STANDARD.decode(line).ok()?;
            let (hash, signature) = line.split_first_chunk::<4>()?;
            (origin == key.origin && *hash == key.hash()).then(|| signature.to_vec())
        });
        let signature = signature.ok_or_else(|| BadNote::Unsigned(name()))?;
        if !key.signed(format!("{text}\n").as_bytes(), &signature) {
            return Err(BadNote::Signature(name()));
        }
        if origin != key.origin {
            return Err(BadNote::Form("its first line is not the name of the log"));
        }
        Ok(Self { origin: origin.to_owned(), size, root })
    }
}

impl PublicKey {
    /// The public half of a signing key.
    pub fn of(origin: &str, key: &SigningKey) -> Self {
        Self { origin: origin.to_owned(), bytes: key.verifying_key().to_bytes() }
    }

    /// The short name that tells keys apart in signature lines.
    pub fn hash(&self) -> [u8; 4] {
        let mut digest = Sha256::new();
        digest.update(self.origin.as_bytes());
        digest.update([b'\n', ED25519]);
        digest.update(self.bytes);
        let [a, b, c, d, ..]: [u8; 32] = digest.finalize().into();
        [a, b, c, d]
    }

    /// The short name as text.
    pub fn id(&self) -> String {
        hex(&self.hash())
    }

    /// The form that programs for signed notes take.
    pub fn verifier_key(&self) -> String {
        format!("{}+{}+{}", self.origin, self.id(), STANDARD.encode([&[ED25519][..], &self.bytes].concat()))
    }

    /// Reads that form. The short name must be that of the key.
    pub fn from_verifier_key(text: &str) -> Option<Self> {
        let mut parts = text.trim().splitn(3, '+');
        let (origin, id, key) = (parts.next()?, parts.next()?, parts.next()?);
        let key = STANDARD.decode(key).ok()?;
        let (kind, bytes) = key.split_first()?;
        let key = Self { origin: origin.to_owned(), bytes: bytes.try_into().ok()? };
        (*kind == ED25519 && unhex(id)? == key.hash()).then_some(key)
    }

    /// Whether the key signed the message.
    pub fn signed(&self, message: &[u8], signature: &[u8]) -> bool {
        let (Ok(key), Ok(signature)) =
            (VerifyingKey::from_bytes(&self.bytes), Signature::from_slice(signature))
        else {
            return false;
        };
        key.verify_strict(message, &signature).is_ok()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    const ORIGIN: &str = "yuti/example/0011223344556677";

    fn key() -> SigningKey {
        SigningKey::from_bytes(&[7; 32])
    }

    fn head() -> Head {
        Head { origin: ORIGIN.into(), size: 5, root: [9; 32] }
    }

    fn note() -> String {
        head().note(&PublicKey::of(ORIGIN, &key()).hash(), &head().sign(&key()))
    }

    /// The key of Go's documentation of signed notes, its name and its short name.
    #[test]
    fn the_short_name_is_that_of_the_field() {
        let known = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
        let key = PublicKey::from_verifier_key(known).unwrap();
        assert_eq!((key.id().as_str(), key.verifier_key().as_str()), ("c74f20a3", known));
        assert_eq!(PublicKey::from_verifier_key(&known.replace("c74f20a3", "c74f20a4")), None);
        assert_eq!(PublicKey::from_verifier_key("x"), None);
    }

    /// The note of Go's documentation: another program signed it.
    #[test]
    fn a_signature_that_another_program_made_holds() {
        let key = PublicKey::from_verifier_key(
            "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        );
        let text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
        let line =
            "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=";
        let line = STANDARD.decode(line).unwrap();
        let (hash, signature) = line.split_first_chunk::<4>().unwrap();
        let key = key.unwrap();
        assert_eq!(*hash, key.hash());
        assert!(key.signed(text.as_bytes(), signature));
        assert!(!key.signed(text.trim_end().as_bytes(), signature));
    }

    /// The example of the contract, which is that of docs/transparency.md too.
    #[test]
    fn the_documented_head_holds() {
        use yuti_openapi::samples;
        let key = samples::log_keys().items.remove(0);
        let public = PublicKey::of(&samples::log_keys().origin, &key_of_the_example());
        assert_eq!((public.verifier_key(), public.id()), (key.verifier_key.clone(), key.key_id));
        let head = samples::tree_head();
        let opened = Head::open(&head.checkpoint, &public).unwrap();
        assert_eq!((opened.size, hex(&opened.root)), (head.size, head.root));
        let page = include_str!("../../../docs/transparency.md");
        for line in head.checkpoint.lines().chain([key.verifier_key.as_str()]) {
            assert!(page.contains(line), "docs/transparency.md does not show {line}");
        }
        let entry = samples::log_entry();
        let bytes = crate::audit::entry::bytes(&entry.entry.unwrap()).unwrap();
        assert_eq!(hex(&crate::audit::tree::leaf(bytes.as_bytes())), entry.leaf_hash);
    }

    fn key_of_the_example() -> SigningKey {
        SigningKey::from_bytes(&[7; 32])
    }

    #[test]
    fn a_note_opens_with_the_key_that_signed_it() {
        let public = PublicKey::of(ORIGIN, &key());
        assert_eq!(Head::open(&note(), &public), Ok(head()));
        let witnessed = format!("{}— somebody+else AAAAAAAA\n", note());
        assert_eq!(Head::open(&witnessed, &public), Ok(head()));
        let other = PublicKey::of(ORIGIN, &SigningKey::from_bytes(&[8; 32]));
        assert_eq!(Head::open(&note(), &other), Err(BadNote::Unsigned(other.id())));
    }

    #[test]
    fn no_character_of_a_note_can_be_changed() {
        let public = PublicKey::of(ORIGIN, &key());
        let note = note();
        for (place, old) in note.char_indices() {
            let new = if old == 'A' { 'B' } else { 'A' };
            let changed = format!("{}{new}{}", &note[..place], &note[place + old.len_utf8()..]);
            assert!(Head::open(&changed, &public).is_err(), "{old:?} at {place} as {new:?}");
        }
        for (place, _) in note.char_indices() {
            assert!(Head::open(&note[..place], &public).is_err(), "cut at {place}");
        }
    }
}
