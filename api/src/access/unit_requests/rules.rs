//! What a request must be. Pure.

use unicode_normalization::UnicodeNormalization as _;

use crate::chance;

/// The longest name of a unit.
pub const LONGEST_UNIT: usize = 100;
/// The longest note, and the longest answer.
pub const LONGEST_TEXT: usize = 500;
/// Files of proof, at most.
pub const MOST_FILES: usize = 4;
/// Requests for one unit that may wait at a time: more are no help to anybody.
pub const MOST_WAITING: u64 = 5;

/// Figures and capitals without those that are taken for another one.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Signs of a number behind its letter.
const SIGNS: usize = 9;

/// A new number, such as `U7K3-M9Q2-X0`: short enough to be read out on the telephone, and told by its letter from other numbers.
#[must_use]
pub fn new_number() -> String {
    let bytes: [u8; SIGNS] = chance::random_bytes();
    let sign = |byte: &u8| ALPHABET.get(usize::from(byte % 32)).copied().map_or('0', char::from);
    written(&bytes.iter().map(sign).collect::<String>())
}

/// A number in the form in which it is kept, from what somebody typed: small letters, blanks, full width, and signs that look alike.
#[must_use]
pub fn number(typed: &str) -> Option<String> {
    let plain =
        typed.nfkc().filter(|sign| !sign.is_whitespace() && *sign != '-').flat_map(char::to_uppercase);
    let plain: String = plain.collect();
    let signs = plain.strip_prefix('U')?.replace('O', "0").replace(['I', 'L'], "1");
    let fits = signs.len() == SIGNS && signs.bytes().all(|sign| ALPHABET.contains(&sign));
    fits.then(|| written(&signs))
}

fn written(signs: &str) -> String {
    let (first, rest) = signs.split_at_checked(3).unwrap_or((signs, ""));
    let (middle, last) = rest.split_at_checked(4).unwrap_or((rest, ""));
    format!("U{first}-{middle}-{last}")
}

/// A telephone number in one form, from what somebody typed.
#[must_use]
pub fn phone(typed: &str) -> Option<String> {
    let plain: String =
        typed.nfkc().filter(|sign| !sign.is_whitespace() && !"-–—()".contains(*sign)).collect();
    let figures = plain.strip_prefix('+').unwrap_or(&plain);
    let fits = (7..=15).contains(&figures.len()) && figures.bytes().all(|sign| sign.is_ascii_digit());
    fits.then_some(plain)
}

/// The log-in of a unit's first account: its code, which its people know. `place` tells accounts of one unit apart, from 1.
#[must_use]
pub fn login(uscc: &str, place: u32) -> String {
    let code = uscc.to_lowercase();
    if place <= 1 { code } else { format!("{code}-{place}") }
}

/// Whether two names of a unit are the same for people: width, case and blanks do not count, nor the brackets of a branch's town.
#[must_use]
pub fn same_name(one: &str, other: &str) -> bool {
    let plain = |name: &str| -> String {
        let name = name.nfkc().flat_map(char::to_lowercase);
        name.filter(|sign| !sign.is_whitespace() && !"()（）".contains(*sign)).collect()
    };
    plain(one) == plain(other)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_number_is_found_however_it_is_typed() {
        let made = new_number();
        assert_eq!(made.len(), 12);
        assert_eq!(number(&made), Some(made.clone()));
        assert_eq!(number(&made.to_lowercase().replace('-', " ")), Some(made));
        assert_eq!(number("Ｕ7ｋ3 m9q2 XO").as_deref(), Some("U7K3-M9Q2-X0"));
        for other in ["", "U", "7K3-M9Q2-X0", "U7K3-M9Q2-X", "U7K3-M9Q2-X00", "U7K3-M9Q2-X#", "梯"] {
            assert_eq!(number(other), None, "{other}");
        }
    }

    #[test]
    fn telephone_numbers_are_taken_in_the_forms_in_which_people_write_them() {
        for (typed, kept) in [
            ("138 0013 8000", "13800138000"),
            ("０２３-6789 0123", "02367890123"),
            ("+86 (23) 6789-0123", "+862367890123"),
            ("96333 转 2", ""),
            ("12345", ""),
            ("call me", ""),
        ] {
            assert_eq!(phone(typed).unwrap_or_default(), kept, "{typed}");
        }
    }

    #[test]
    fn names_are_compared_as_people_read_them() {
        assert!(same_name("坎上坎电梯维保有限公司", " 坎上坎电梯维保有限公司"));
        assert!(same_name("某某电梯（重庆）有限公司", "某某电梯(重庆)有限公司"));
        assert!(!same_name("坎上坎电梯维保有限公司", "坎上坎电梯有限公司"));
    }
}
