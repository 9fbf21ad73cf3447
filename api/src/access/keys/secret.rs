//! What is shown as a key: its form, how it is made, and what of it is kept.
//!
//! `yuti_ak_` or `yuti_sk_`, 30 random characters of base 62 (178 bits), 6 that check the rest. By the beginning and the check a scanner
//! finds keys in what was published by mistake, with next to no false hit, and a slip of the pen is told from a key that was revoked.

use sha2::{Digest as _, Sha256};
use yuti_openapi::vocabulary::KeyKind;
use zeroize::Zeroizing;

use crate::chance;

/// Figures, capitals, small letters.
const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// How many random characters.
const RANDOM: usize = 30;
/// How many that check them.
const CHECK: usize = 6;
/// How many random characters belong to the beginning that is shown again.
const SHOWN: usize = 4;
/// How every key of either kind begins.
const BEGINNINGS: [(KeyKind, &str); 2] = [(KeyKind::Reader, "yuti_ak_"), (KeyKind::System, "yuti_sk_")];

/// What is shown as a key. Nothing shows it by accident.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

/// Why a text cannot be a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoSecret {
    /// It has another form.
    Form,
    /// It has the form, and the check says that a character is wrong.
    Check,
}

impl Secret {
    /// A new one.
    #[must_use]
    pub fn random(kind: KeyKind) -> Self {
        let mut text = Zeroizing::new(String::with_capacity(48));
        text.push_str(beginning(kind));
        let mut missing = RANDOM;
        while missing > 0 {
            let drawn = Zeroizing::new(chance::random_bytes::<RANDOM>());
            // Four times 62 is 248: what lies above would make some characters likelier than others.
            let even = drawn.iter().filter(|byte| **byte < 248);
            for byte in even.take(missing) {
                text.push(letter(u32::from(*byte)));
                missing -= 1;
            }
        }
        let check = check(&text);
        text.push_str(&check);
        Self(text)
    }

    /// What somebody shows as a key.
    ///
    /// # Errors
    /// It cannot be one.
    pub fn shown(text: &str) -> Result<Self, NoSecret> {
        let form = BEGINNINGS.iter().any(|(_, beginning)| {
            let rest = text.strip_prefix(beginning);
            rest.is_some_and(|rest| {
                rest.len() == RANDOM + CHECK && rest.bytes().all(|byte| byte.is_ascii_alphanumeric())
            })
        });
        if !form {
            return Err(NoSecret::Form);
        }
        let (body, given) = text.split_at_checked(text.len() - CHECK).ok_or(NoSecret::Form)?;
        if check(body) == given { Ok(Self(Zeroizing::new(text.to_owned()))) } else { Err(NoSecret::Check) }
    }

    /// What is kept of it. A plain digest is enough: nobody can try 2^178 keys.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(self.0.as_bytes()).into()
    }

    /// How it begins, by which its holder knows it.
    #[must_use]
    pub fn prefix(&self) -> String {
        let length = beginning(KeyKind::Reader).len() + SHOWN;
        self.0.get(..length).unwrap_or_default().to_owned()
    }

    /// The text itself, to be shown once.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

/// Whether there is something in a text that may be a key.
#[must_use]
pub fn is_in(text: &str) -> bool {
    BEGINNINGS.iter().any(|(_, beginning)| text.contains(beginning))
}

fn beginning(kind: KeyKind) -> &'static str {
    BEGINNINGS.iter().find(|(known, _)| *known == kind).map_or("yuti_ak_", |(_, beginning)| beginning)
}

fn letter(number: u32) -> char {
    usize::try_from(number % 62)
        .ok()
        .and_then(|place| ALPHABET.get(place))
        .map_or('0', |byte| char::from(*byte))
}

/// The first 32 bits of the SHA-256 of what is before, in base 62, the highest place first.
fn check(body: &str) -> String {
    let digest: [u8; 32] = Sha256::digest(body.as_bytes()).into();
    let [a, b, c, d, ..] = digest;
    let mut number = u32::from_be_bytes([a, b, c, d]);
    let mut letters = [' '; CHECK];
    for place in letters.iter_mut().rev() {
        *place = letter(number);
        number /= 62;
    }
    letters.iter().collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_new_key_is_read_back_and_begins_as_scanners_know() {
        for (kind, beginning) in BEGINNINGS {
            let secret = Secret::random(kind);
            let text = secret.reveal();
            assert!(text.starts_with(beginning) && text.len() == 44, "{text}");
            assert_eq!(Secret::shown(text).unwrap().digest(), secret.digest());
            assert!(text.starts_with(&secret.prefix()) && secret.prefix().len() == 12);
            assert!(is_in(&format!("?key={text}")));
        }
    }

    #[test]
    fn a_slip_of_the_pen_is_told_from_a_key() {
        let secret = Secret::random(KeyKind::Reader);
        let text = secret.reveal();
        for place in 8..text.len() {
            let mut changed = text.as_bytes().to_vec();
            let byte = changed.get_mut(place).unwrap();
            *byte = if *byte == b'x' { b'y' } else { b'x' };
            assert_eq!(
                Secret::shown(std::str::from_utf8(&changed).unwrap()).err(),
                Some(NoSecret::Check),
                "{place}"
            );
        }
        for odd in [
            "",
            "yuti_ak_",
            "x",
            text.get(1..).unwrap(),
            text.get(..43).unwrap(),
            &format!("{text}x"),
            &format!("{text} "),
        ] {
            assert_eq!(Secret::shown(odd).err(), Some(NoSecret::Form), "{odd}");
        }
        let other = text.replacen("_ak_", "_sk_", 1);
        assert_eq!(Secret::shown(&other).err(), Some(NoSecret::Check), "the kind is checked, too");
    }

    /// Every character comes up, about as often as every other.
    #[test]
    fn keys_are_even_and_differ() {
        let keys: Vec<String> =
            (0..2_000).map(|_| Secret::random(KeyKind::Reader).reveal().to_owned()).collect();
        assert_eq!(keys.iter().collect::<BTreeSet<_>>().len(), keys.len());
        for letter in ALPHABET {
            let times: usize = keys
                .iter()
                .map(|key| key.bytes().skip(8).take(RANDOM).filter(|byte| byte == letter).count())
                .sum();
            // 60 000 characters, 968 of each expected; the deviation of one is 31.
            assert!((750..1_190).contains(&times), "{} came {times} times", char::from(*letter));
        }
    }

    /// Made with Python's hashlib: what docs/API.md says of the check is what is done.
    #[test]
    fn the_check_is_the_documented_one() {
        let body = "yuti_ak_000000000000000000000000000000";
        assert_eq!(check(body), CHECK_OF_ZEROS);
        assert!(Secret::shown(&format!("{body}{CHECK_OF_ZEROS}")).is_ok());
    }

    const CHECK_OF_ZEROS: &str = "0Z3tyG";
}
