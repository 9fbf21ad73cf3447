//! Secrets that are given away once: tokens of sessions, devices and links, and codes that stand in for the second factor. Here only
//! their digests are kept; a plain one is enough, because nobody can try 2^80 of them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::chance;

/// The length of a token as text.
const LENGTH: usize = 43;
/// How many recovery codes somebody gets.
pub const RECOVERY_CODES: usize = 10;
/// Figures and capitals without those that are taken for another one.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A token, which nothing shows by accident.
#[derive(Clone)]
pub struct Token(Zeroizing<String>);

impl Token {
    /// A new one of 256 random bits.
    #[must_use]
    pub fn random() -> Self {
        let bytes = Zeroizing::new(chance::random_bytes::<32>());
        Self(Zeroizing::new(URL_SAFE_NO_PAD.encode(bytes.as_slice())))
    }

    /// What somebody presents as a token; `None` if it cannot be one.
    #[must_use]
    pub fn presented(text: &str) -> Option<Self> {
        let fits =
            text.len() == LENGTH && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        fits.then(|| Self(Zeroizing::new(text.to_owned())))
    }

    /// The token itself, for its holder.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What is kept of it.
    #[must_use]
    pub fn digest(&self) -> Vec<u8> {
        Sha256::digest(self.0.as_bytes()).to_vec()
    }

    /// The token that a signed-in form carries: it follows from the session's and tells nothing about it.
    #[must_use]
    pub fn csrf(&self) -> String {
        let digest =
            Sha256::new().chain_update(b"yuti form token\0").chain_update(self.0.as_bytes()).finalize();
        URL_SAFE_NO_PAD.encode(digest)
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}

/// New recovery codes of 80 random bits, in the form in which they are shown: `K7QM-4T0Z-9XHB-2CVE`.
#[must_use]
pub fn recovery_codes() -> Vec<Zeroizing<String>> {
    (0..RECOVERY_CODES).map(|_| recovery_code()).collect()
}

fn recovery_code() -> Zeroizing<String> {
    let bytes = Zeroizing::new(chance::random_bytes::<16>());
    let mut code = Zeroizing::new(String::with_capacity(19));
    for (place, byte) in bytes.iter().enumerate() {
        if place > 0 && place % 4 == 0 {
            code.push('-');
        }
        let sign = ALPHABET.get(usize::from(byte % 32)).copied().unwrap_or_default();
        code.push(char::from(sign));
    }
    code
}

/// What is kept of a recovery code, however it is typed. `None` if it cannot be one.
#[must_use]
pub fn recovery_digest(typed: &str) -> Option<Vec<u8>> {
    let signs = super::password::plain(typed);
    let meant = |c: char| match c.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    let code: Zeroizing<String> =
        Zeroizing::new(signs.chars().filter(|c| !c.is_whitespace() && *c != '-').map(meant).collect());
    let fits = code.len() == 16 && code.bytes().all(|b| ALPHABET.contains(&b));
    fits.then(|| Sha256::digest(code.as_bytes()).to_vec())
}

/// A password that a program makes up and a person types: five groups of five small letters and figures, 125 random bits.
#[must_use]
pub fn password() -> Zeroizing<String> {
    let bytes = Zeroizing::new(chance::random_bytes::<25>());
    let mut password = Zeroizing::new(String::with_capacity(29));
    for (place, byte) in bytes.iter().enumerate() {
        if place > 0 && place % 5 == 0 {
            password.push('-');
        }
        let sign = ALPHABET.get(usize::from(byte % 32)).copied().unwrap_or_default();
        password.push(char::from(sign).to_ascii_lowercase());
    }
    password
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn tokens_differ_read_back_and_do_not_show_themselves() {
        let tokens: BTreeSet<String> = (0..1_000).map(|_| Token::random().reveal().to_owned()).collect();
        assert_eq!(tokens.len(), 1_000);
        let token = Token::random();
        let again = Token::presented(token.reveal()).unwrap();
        assert_eq!((token.digest(), token.csrf()), (again.digest(), again.csrf()));
        assert_eq!(token.digest().len(), 32);
        assert!(!format!("{token:?}").contains(token.reveal()));
        assert!(!token.csrf().contains(token.reveal()) && token.csrf() != Token::random().csrf());
        for bad in ["", "abc", &"x".repeat(44), &"/".repeat(43), &"é".repeat(43)] {
            assert!(Token::presented(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn recovery_codes_hold_however_they_are_typed() {
        let codes = recovery_codes();
        assert_eq!(codes.iter().map(|code| code.as_str()).collect::<BTreeSet<_>>().len(), RECOVERY_CODES);
        for code in &codes {
            let digest = recovery_digest(code).unwrap();
            assert_eq!(recovery_digest(&code.to_lowercase().replace('-', " ")).unwrap(), digest);
            assert_eq!(recovery_digest(&code.replace('0', "o").replace('1', "l")).unwrap(), digest);
        }
        for bad in ["", "123456", "K7QM-4T0Z-9XHB-2CV", "K7QM-4T0Z-9XHB-2CVU"] {
            assert_eq!(recovery_digest(bad), None, "{bad}");
        }
    }

    #[test]
    fn made_up_passwords_can_be_taken() {
        for _ in 0..200 {
            let password = password();
            assert_eq!(super::super::password::check(&password, "demo-officer", 12), Ok(()), "{}", *password);
        }
    }
}
