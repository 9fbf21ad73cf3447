//! The keys of the vault and their written form.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305};
use chrono::NaiveDate;
use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::chance;

/// The name of a key: the beginning of a digest made with it, so that a name can never stand beside another key's bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub(super) [u8; 4]);

impl KeyId {
    /// Reads the written form, eight hexadecimal digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let plain = text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let number = u32::from_str_radix(text, 16).ok().filter(|_| plain)?;
        Some(Self(number.to_be_bytes()))
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", u32::from_be_bytes(self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// A keyed digest (HMAC-SHA-256) for one purpose.
pub(super) fn digest(key: &[u8; 32], purpose: &str, content: &[u8]) -> [u8; 32] {
    let mut block = Zeroizing::new([0; 64]);
    for (place, byte) in block.iter_mut().zip(key) {
        *place = *byte;
    }
    let mut mac = Hmac::<Sha256>::new((&*block).into());
    // The length parts purpose and content: "ab" + "c" is not "a" + "bc".
    mac.update(&(purpose.len() as u64).to_be_bytes());
    mac.update(purpose.as_bytes());
    mac.update(content);
    mac.finalize().into_bytes().into()
}

/// One key.
#[derive(Clone)]
pub struct Key {
    id: KeyId,
    bytes: Zeroizing<[u8; 32]>,
    created: NaiveDate,
    cipher: XChaCha20Poly1305,
}

impl Key {
    /// A key of these bytes.
    #[must_use]
    pub fn new(bytes: Zeroizing<[u8; 32]>, created: NaiveDate) -> Self {
        let [a, b, c, d, ..] = digest(&bytes, "yuti vault key id", b"");
        // Not the bytes themselves: what names the key and what seals with it are different functions of it.
        let sealing = Zeroizing::new(digest(&bytes, "yuti vault sealing", b""));
        let cipher = XChaCha20Poly1305::new((&*sealing).into());
        Self { id: KeyId([a, b, c, d]), bytes, created, cipher }
    }

    /// A key that nobody had before.
    #[must_use]
    pub fn random(created: NaiveDate) -> Self {
        Self::new(Zeroizing::new(chance::random_bytes()), created)
    }

    /// Reads the bytes as they are written in a file or a variable.
    #[must_use]
    pub fn read(text: &str, created: NaiveDate) -> Option<Self> {
        let decoded = Zeroizing::new(STANDARD.decode(text.trim()).ok()?);
        let bytes: [u8; 32] = decoded.as_slice().try_into().ok()?;
        Some(Self::new(Zeroizing::new(bytes), created))
    }

    /// Its name.
    #[must_use]
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// The day on which it was made.
    #[must_use]
    pub fn created(&self) -> NaiveDate {
        self.created
    }

    pub(super) fn cipher(&self) -> &XChaCha20Poly1305 {
        &self.cipher
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key").field("id", &self.id).finish_non_exhaustive()
    }
}

/// What is wrong with the written form of a ring. It names lines, never what stands on them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RingError {
    /// There is no key.
    #[error("holds no key")]
    Empty,
    /// A line is not of the form.
    #[error("line {line} {problem}")]
    Line {
        /// The line, counted from 1.
        line: usize,
        /// What is wrong.
        problem: &'static str,
    },
}

/// All keys: one seals, all open.
#[derive(Clone, Debug)]
pub struct Ring {
    sealing: Key,
    others: Vec<Key>,
}

impl Ring {
    /// A ring of one key.
    #[must_use]
    pub fn of(key: Key) -> Self {
        Self { sealing: key, others: Vec::new() }
    }

    /// Reads the text of a key file: `id base64 day` on each line, the key that seals first.
    ///
    /// # Errors
    /// The first line that is not of the form, or no key at all.
    pub fn parse(text: &str) -> Result<Self, RingError> {
        let mut keys = Vec::new();
        for (number, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let wrong = |problem| RingError::Line { line: number + 1, problem };
            let key = read_line(line).map_err(wrong)?;
            if keys.iter().any(|other: &Key| other.id == key.id) {
                return Err(wrong("holds a key that stands on an earlier line"));
            }
            keys.push(key);
        }
        Self::from_keys(keys)
    }

    /// Reads keys given by a variable: base64, the key that seals first, with commas between.
    ///
    /// # Errors
    /// The first value that is no key, counted as a line.
    pub fn parse_plain(text: &str, created: NaiveDate) -> Result<Self, RingError> {
        let keys = text.split(',').enumerate().map(|(number, part)| {
            let wrong = RingError::Line { line: number + 1, problem: "is not 32 bytes in base64" };
            Key::read(part, created).ok_or(wrong)
        });
        Self::from_keys(keys.collect::<Result<_, _>>()?)
    }

    fn from_keys(keys: Vec<Key>) -> Result<Self, RingError> {
        let mut keys = keys.into_iter();
        let sealing = keys.next().ok_or(RingError::Empty)?;
        Ok(Self { sealing, others: keys.collect() })
    }

    /// The text of a key file. It is wiped from memory after use.
    #[must_use]
    pub fn text(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(512 + 96 * (self.others.len() + 1)));
        text.push_str(HEAD);
        for Key { id, bytes, created, .. } in self.keys() {
            let encoded = Zeroizing::new(STANDARD.encode(bytes.as_slice()));
            text.push_str(&id.to_string());
            text.push(' ');
            text.push_str(&encoded);
            text.push_str(&format!(" {created}\n"));
        }
        text
    }

    /// The key that seals.
    #[must_use]
    pub fn sealing(&self) -> &Key {
        &self.sealing
    }

    /// All keys, the one that seals first.
    pub fn keys(&self) -> impl Iterator<Item = &Key> {
        std::iter::once(&self.sealing).chain(&self.others)
    }

    /// The key of a name.
    #[must_use]
    pub fn get(&self, id: KeyId) -> Option<&Key> {
        self.keys().find(|key| key.id == id)
    }

    /// The ring with one more key, which seals from now on or only opens.
    #[must_use]
    pub fn with(mut self, key: Key, seals: bool) -> Self {
        if seals {
            self.others.insert(0, std::mem::replace(&mut self.sealing, key));
        } else {
            self.others.push(key);
        }
        self
    }

    /// The ring in which another of its keys seals.
    #[must_use]
    pub fn sealing_with(mut self, id: KeyId) -> Self {
        if let Some(place) = self.others.iter().position(|key| key.id == id) {
            let key = self.others.remove(place);
            return self.with(key, true);
        }
        self
    }

    /// The ring without a key that only opens.
    #[must_use]
    pub fn without(mut self, id: KeyId) -> Self {
        self.others.retain(|key| key.id != id);
        self
    }
}

/// What a person who opens the file must know.
const HEAD: &str = "# The keys that personal data of this service is sealed with. Whoever has them reads it, without them nobody does:\n\
                    # keep a copy apart from the copies of the database. The first one seals, all of them open. Change with `yuti vault`.\n";

fn read_line(line: &str) -> Result<Key, &'static str> {
    let mut words = line.split_whitespace();
    let (Some(id), Some(bytes), Some(created), None) =
        (words.next(), words.next(), words.next(), words.next())
    else {
        return Err("is not of the form `id key day`");
    };
    let id = KeyId::parse(id).ok_or("begins with no id of eight hexadecimal digits")?;
    let created = created.parse().map_err(|_| "ends with no day such as 2026-11-23")?;
    let key = Key::read(bytes, created).ok_or("holds a key that is not 32 bytes in base64")?;
    if key.id == id { Ok(key) } else { Err("holds another key than its id names") }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn day() -> NaiveDate {
        "2026-11-23".parse().unwrap()
    }

    #[test]
    fn what_is_written_is_read_again_in_its_order() {
        let ring =
            Ring::of(Key::random(day())).with(Key::random(day()), true).with(Key::random(day()), false);
        let again = Ring::parse(&ring.text()).unwrap();
        let names = |ring: &Ring| ring.keys().map(Key::id).collect::<Vec<_>>();
        assert_eq!(names(&again), names(&ring));
        assert_eq!(again.sealing().created(), day());
        let last = ring.keys().last().unwrap().id();
        assert_eq!(again.clone().sealing_with(last).sealing().id(), last);
        assert_eq!(again.clone().sealing_with(last).keys().count(), 3);
        assert_eq!(again.without(last).keys().count(), 2);
    }

    #[test]
    fn a_name_belongs_to_its_key() {
        let one = Key::new(Zeroizing::new([7; 32]), day());
        assert_eq!(one.id(), Key::new(Zeroizing::new([7; 32]), day()).id());
        assert_ne!(one.id(), Key::new(Zeroizing::new([8; 32]), day()).id());
        // Frozen: a later release that named keys otherwise would find no value's key.
        assert_eq!(one.id().to_string(), "55c200fc");
        assert_eq!(KeyId::parse(&one.id().to_string()), Some(one.id()));
        for wrong in ["", "12345", "+1234567", "1234567g", "123456789"] {
            assert_eq!(KeyId::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_told_by_line_and_without_the_key() {
        let whole = Ring::of(Key::new(Zeroizing::new([7; 32]), day())).text();
        let line = whole.lines().last().unwrap();
        let key = line.split(' ').nth(1).unwrap();
        let cases = [
            ("".to_owned(), "holds no key"),
            ("# a remark\n\n".to_owned(), "holds no key"),
            (format!("{line}\n{line}"), "line 2 holds a key that stands on an earlier line"),
            (format!("\n{key}"), "line 2 is not of the form `id key day`"),
            (format!("zz {key} 2026-11-23"), "line 1 begins with no id"),
            (format!("00000000 {key} 2026-11-23"), "line 1 holds another key than its id names"),
            (line.replace("2026-11-23", "yesterday"), "line 1 ends with no day"),
            (line.replace('=', ""), "line 1 holds a key that is not 32 bytes"),
        ];
        for (text, said) in cases {
            let error = Ring::parse(&text).unwrap_err().to_string();
            assert!(error.starts_with(said), "{text}: {error}");
            assert!(!error.contains(key));
        }
    }

    #[test]
    fn nothing_of_a_key_is_shown() {
        let ring = Ring::of(Key::new(Zeroizing::new([7; 32]), day()));
        let shown = format!("{ring:?} {:#?}", ring.sealing());
        let key = STANDARD.encode([7; 32]);
        assert!(!shown.contains(&key) && !shown.contains("7, 7") && !shown.contains("0707"), "{shown}");
    }
}
