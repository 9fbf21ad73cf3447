//! What a password must be, after NIST SP 800-63B: long enough, not one that everybody thinks of first, not the log-in. Nothing is
//! asked about which characters, and nobody must change a password because time has passed. Pure.

use std::collections::{BTreeSet, HashSet};
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

use crate::http::failure::Words;

/// The longest password, in characters.
pub const LONGEST: usize = 128;
/// Passwords and parts of passwords that are guessed first.
const COMMON: &str = include_str!("../../../data/access/common-passwords.txt");

static COMMON_WORDS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    COMMON.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).collect()
});

/// Why a password is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// Too short.
    Short {
        /// The fewest characters.
        least: usize,
    },
    /// Too long.
    Long,
    /// Among those that are guessed first, or of one.
    Common,
    /// It holds the log-in.
    LikeLogin,
    /// It is the one that was there before.
    Same,
}

impl Unfit {
    /// The reason as a code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Short { .. } => "too_short",
            Self::Long => "too_long",
            Self::Common => "too_common",
            Self::LikeLogin => "like_login",
            Self::Same => "unchanged",
        }
    }

    /// The reason in words.
    #[must_use]
    pub fn words(self) -> Words {
        match self {
            Self::Short { least } => Words::new(
                format!("密码至少要 {least} 个字符。几个不相干的词连起来，又长又好记。"),
                format!(
                    "A password has at least {least} characters. Some unconnected words make a long one that is easy to keep."
                ),
            ),
            Self::Long => Words::new(
                format!("密码最多 {LONGEST} 个字符。"),
                format!("A password has at most {LONGEST} characters."),
            ),
            Self::Common => Words::new(
                "这个密码太容易猜到。请换一个别人想不到的。",
                "This password is among those that are guessed first. Choose one that nobody thinks of.",
            ),
            Self::LikeLogin => Words::new("密码里不能有登录名。", "The password must not hold the log-in."),
            Self::Same => {
                Words::new("新密码要和原来的不一样。", "The new password must differ from the old one.")
            }
        }
    }
}

/// The form in which a password is digested. Input methods give full-width letters and composed characters in more than one way;
/// what looks the same must be the same (NFKC, as SP 800-63B recommends).
#[must_use]
pub fn plain(typed: &str) -> Zeroizing<String> {
    Zeroizing::new(typed.nfkc().collect())
}

/// Whether a password can be taken.
///
/// # Errors
/// The first reason against it.
pub fn check(typed: &str, login: &str, least: usize) -> Result<(), Unfit> {
    let plain = plain(typed);
    let length = plain.chars().count();
    if length < least {
        return Err(Unfit::Short { least });
    }
    if length > LONGEST {
        return Err(Unfit::Long);
    }
    let small = Zeroizing::new(plain.to_lowercase());
    let name = login.split('@').next().unwrap_or(login);
    if small.contains(login) || (name.chars().count() >= 3 && small.contains(name)) {
        return Err(Unfit::LikeLogin);
    }
    if is_common(&small) { Err(Unfit::Common) } else { Ok(()) }
}

/// Whether a password in small letters is a known one, a known word with figures or signs around it, or a pattern.
fn is_common(small: &str) -> bool {
    let only =
        |keep: fn(char) -> bool| Zeroizing::new(small.chars().filter(|c| keep(*c)).collect::<String>());
    let (letters, signless) = (only(char::is_alphabetic), only(char::is_alphanumeric));
    let known = |text: &str| COMMON_WORDS.contains(text) || COMMON_WORDS.contains(repeated(text));
    known(small)
        || known(&letters)
        || known(&signless)
        || small.chars().collect::<BTreeSet<_>>().len() < 5
        || repeated(small).chars().count() <= 4
        || is_sequence(small)
}

/// The shortest text that gives the whole when it is repeated.
fn repeated(text: &str) -> &str {
    let whole = text.chars().count();
    let fits = |length: &usize| whole.is_multiple_of(*length);
    let unit = |length: usize| {
        let end = text.char_indices().nth(length).map_or(text.len(), |(place, _)| place);
        text.get(..end).unwrap_or(text)
    };
    (1..whole)
        .filter(fits)
        .map(unit)
        .find(|unit| unit.repeat(whole / unit.chars().count()) == text)
        .unwrap_or(text)
}

/// Whether each character follows the one before, up or down, in the alphabet or along a keyboard's row.
fn is_sequence(text: &str) -> bool {
    const ROWS: [&str; 5] = [
        "01234567890123456789",
        "abcdefghijklmnopqrstuvwxyzabc",
        "qwertyuiopqwertyuiop",
        "asdfghjklasdfghjkl",
        "zxcvbnmzxcvbnm",
    ];
    let follows = |one: char, next: char| {
        ROWS.iter().any(|row| {
            let pair = |a: char, b: char| row.contains(&String::from_iter([a, b]));
            pair(one, next) || pair(next, one)
        })
    };
    let steps = text.chars().zip(text.chars().skip(1));
    let (all, broken) = steps.fold((0_usize, 0_usize), |(all, broken), (one, next)| {
        (all + 1, broken + usize::from(!follows(one, next)))
    });
    // Two or three rows after each other are as easily guessed as one.
    broken * 4 <= all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(password: &str) -> Option<Unfit> {
        check(password, "wang.fang@yuti.example", 12).err()
    }

    #[test]
    fn length_counts_and_nothing_is_asked_about_the_kind_of_characters() {
        assert_eq!(refused("elfzeichen!"), Some(Unfit::Short { least: 12 }));
        assert_eq!(refused("清晨的江雾漫过石板坡小路"), None);
        assert_eq!(refused("no capitals nor figures here"), None);
        assert_eq!(refused("83520917446192"), None);
        assert_eq!(refused(&"a river, ".repeat(15)), Some(Unfit::Long));
    }

    #[test]
    fn full_width_letters_are_the_plain_ones() {
        assert_eq!(*plain("Ｔｅｓｔ－１２３"), "Test-123");
        assert_eq!(*plain("e\u{301}"), "é");
        assert_eq!(refused("１２３４５６７８９０１２"), Some(Unfit::Common));
    }

    #[test]
    fn what_is_guessed_first_is_refused() {
        for password in [
            "Password1234",
            "password!!!!2026",
            "123456789012",
            "1qaz2wsx3edc",
            "qwertyuiop[]12",
            "aaaaaaaaaaaaaa",
            "abcabcabcabc",
            "woaini1314520",
            "chongqing2026",
            "Chongqing@123456",
            "admin123456789",
            "5201314520131 4",
            "dianti dianti",
            "abcdefghijklmn",
            "qwertyasdfgh",
            "zxcvbnm123456",
            "yutiyutiyuti",
            "11112222333344",
        ] {
            assert_eq!(refused(password), Some(Unfit::Common), "{password}");
        }
        for password in [
            "grau-lift-nebel-7",
            "password of my boat",
            "qwe rain 4417 tunnel",
            "chongqing hat neun Bruecken",
        ] {
            assert_eq!(refused(password), None, "{password}");
        }
    }

    #[test]
    fn the_log_in_is_no_password() {
        assert_eq!(refused("Wang.Fang@yuti.example"), Some(Unfit::LikeLogin));
        assert_eq!(refused("my name is wang.fang"), Some(Unfit::LikeLogin));
        assert_eq!(check("officer-of-the-day", "officer", 12), Err(Unfit::LikeLogin));
        assert_eq!(check("a quiet afternoon", "li", 12), Ok(()));
    }

    #[test]
    fn the_list_is_in_the_form_in_which_it_is_compared() {
        assert!(COMMON_WORDS.len() > 150);
        for word in COMMON_WORDS.iter() {
            assert_eq!(plain(word).to_lowercase(), **word);
        }
    }
}
