//! Masking at ingest: what is personal is hidden before anything is stored, because what was never stored can be neither published nor lost.
//!
//! Every hidden character becomes a star. Mobile numbers, numbers of identity cards, e-mail addresses and accounts of messengers are hidden whole;
//! of a plate province and letter stay, of a name the family name. Duty and rescue lines are public and stay. It is found by shape: what is no
//! shape of these is not found, which is why free text is public only after a person has looked at it.

mod names;
mod numbers;

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization as _;
use yuti_openapi::normalise_identifier;

pub use names::{name, person};

use super::Vault;

/// A text without what is personal in it, borrowed where nothing was.
#[must_use]
pub fn text(given: &str) -> Cow<'_, str> {
    if !suspicious(given) {
        return Cow::Borrowed(given);
    }
    let original: Vec<char> = given.chars().collect();
    let plain: Vec<char> = original.iter().map(|c| fold(*c)).collect();
    let mut hidden = vec![false; plain.len()];
    let mut place = 0;
    while place < plain.len() {
        let length = find(&plain, place, &mut hidden);
        place += length.max(1);
    }
    if !hidden.contains(&true) {
        return Cow::Borrowed(given);
    }
    Cow::Owned(original.iter().zip(&hidden).map(|(c, hide)| if *hide { '*' } else { *c }).collect())
}

/// Whether a text is a person's mobile number and nothing else.
#[must_use]
pub fn is_mobile(given: &str) -> bool {
    let digits: Vec<char> = given.chars().map(fold).filter(char::is_ascii_digit).collect();
    numbers::mobile(&digits, 0) == Some(digits.len())
}

/// The lasting key of somebody whose name is not kept: the same person has the same one, and nobody without the vault's keys can find out whose it is.
#[must_use]
pub fn pseudonym(vault: &Vault, kind: &str, identity: &str) -> String {
    let digest = vault.blind_index(kind, &normalise_identifier(identity));
    digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// Whether an identifier would tell of a person: it holds a mobile number, the number of an identity card, a plate or an address, also where
/// signs that do not count in an identifier stand between.
#[must_use]
pub fn is_personal(identifier: &str) -> bool {
    let personal = |form: &str| matches!(text(form), Cow::Owned(_));
    personal(identifier) || personal(&normalise_identifier(identifier)) || is_mobile_alone(identifier)
}

/// Whether nothing but digits and signs stands there, and the digits are a mobile number: 138/1234/5678.
fn is_mobile_alone(given: &str) -> bool {
    !given.chars().any(char::is_alphabetic) && is_mobile(given)
}

/// Digits, letters and signs of other forms as plain ones: full width, circled, raised; phones and hostile hands mix them.
fn fold(c: char) -> char {
    if c.is_ascii() || names::is_han(c) {
        return c;
    }
    for zero in ['\u{660}', '\u{6f0}', '\u{966}'] {
        let place = u32::from(c).wrapping_sub(u32::from(zero));
        if let Some(digit) = char::from_digit(place, 10).filter(|_| place < 10) {
            return digit;
        }
    }
    let mut plain = std::iter::once(c).nfkc();
    match (plain.next(), plain.next()) {
        (Some(one), None) => one,
        _ => c,
    }
}

/// A quick look: most texts of a register hold nothing that could be personal, and are not taken apart.
fn suspicious(given: &str) -> bool {
    let (mut digits, mut last, mut before) = (0, ' ', ' ');
    for c in given.chars().map(fold) {
        match c {
            '0'..='9' => digits += 1,
            gap if numbers::is_gap(gap) => {}
            numeral if numbers::numeral(numeral).is_some() => digits += 1,
            // An at sign, the beginning of a label or title.
            '@' | '人' | '名' | '主' | '员' | '客' | '生' | '士' | '姐' | '傅' | '师' | '信' | 'Q' | 'q' =>
            {
                return true;
            }
            'a'..='z' | 'A'..='Z' => {
                // 渝A…, 微信abc; vx, wx, wechat, weixin.
                let label = match c.to_ascii_lowercase() {
                    'x' => matches!(last, 'v' | 'V' | 'w' | 'W'),
                    'c' | 'i' => matches!((before, last), ('w' | 'W', 'e' | 'E')),
                    _ => false,
                };
                if label || names::is_han(last) {
                    return true;
                }
                digits = 0;
            }
            _ => digits = 0,
        }
        if digits >= 7 {
            return true;
        }
        (before, last) = (last, c);
    }
    false
}

/// Looks at one place; marks what is to be hidden and says how much of the text is done with.
fn find(text: &[char], at: usize, hidden: &mut [bool]) -> usize {
    let mut hide = |from: usize, length: usize| {
        hidden.iter_mut().skip(from).take(length).for_each(|place| *place = true);
    };
    let Some(first) = text.get(at).copied() else { return 1 };
    if first.is_ascii_digit() || first == '+' {
        if let Some(length) = numbers::identity_card(text, at) {
            hide(at, length);
            return length;
        }
        let Some(length) = numbers::mobile(text, at) else { return 1 };
        hide(at, length);
        if let Some((from, length)) = name_before(text, at) {
            hide(from, length);
        }
        return length;
    }
    if let Some(length) = numbers::spelt_mobile(text, at) {
        hide(at, length);
        return length;
    }
    if let Some(length) = numbers::plate(text, at) {
        hide(at + 2, length - 2);
        return length;
    }
    if first == '@' {
        if let Some((from, end)) = mail(text, at) {
            hide(from, at - from);
            hide(at + 1, end - at - 1);
            return end - at;
        }
        return 1;
    }
    // A label is looked for only where one can begin: most places of a text begin none.
    if matches!(first, '微' | 'w' | 'W' | 'v' | 'V' | 'q' | 'Q')
        && let Some((from, length)) = messenger(text, at)
    {
        hide(from, length);
        return from + length - at;
    }
    if names::is_han(first)
        && let Some((from, length)) = labelled_name(text, at).or_else(|| titled_name(text, at))
    {
        hide(from, length);
        return (from + length).saturating_sub(at);
    }
    1
}

/// An e-mail address around its at sign: where it begins and ends.
fn mail(text: &[char], at: usize) -> Option<(usize, usize)> {
    let word = |c: &&char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '+' | '%');
    let before = text.get(..at)?.iter().rev().take_while(word).count();
    let domain: Vec<char> = text.get(at + 1..)?.iter().take_while(word).copied().collect();
    let mut length = domain.len();
    // A full stop behind the address is the sentence's.
    while length > 0 && matches!(domain.get(length - 1), Some('.' | '-' | '_')) {
        length -= 1;
    }
    let dotted = domain.iter().take(length).any(|c| *c == '.');
    (before > 0 && dotted).then_some((at - before, at + 1 + length))
}

fn starts(text: &[char], at: usize, word: &str) -> bool {
    let mut place = at;
    word.chars().all(|c| {
        let same = text.get(place).is_some_and(|other| other.eq_ignore_ascii_case(&c));
        place += 1;
        same
    })
}

fn skip(text: &[char], mut at: usize, signs: &str) -> usize {
    while text.get(at).is_some_and(|c| signs.contains(*c)) {
        at += 1;
    }
    at
}

const MESSENGERS: [&str; 8] = ["微信号", "微信", "wechat", "weixin", "v信", "vx", "wx", "qq"];

/// An account of a messenger behind its label.
fn messenger(text: &[char], at: usize) -> Option<(usize, usize)> {
    let latin = text.get(at)?.is_ascii_alphabetic();
    if latin && at > 0 && text.get(at - 1).is_some_and(char::is_ascii_alphanumeric) {
        return None;
    }
    let label = MESSENGERS.iter().find(|label| starts(text, at, label))?;
    let behind = at + label.chars().count();
    let from = skip(text, behind, ":号是为=# \u{3000}");
    // "vxabc" is a word; behind a label in letters something must part the two.
    if latin && from == behind && text.get(from).is_some_and(char::is_ascii_alphabetic) {
        return None;
    }
    let sign = |c: &&char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let length = text.get(from..)?.iter().take_while(sign).count();
    (5..=20).contains(&length).then_some((from, length))
}

/// Labels behind which a name stands; the second word says whether a sign must part them.
const LABELS: [(&str, bool); 14] = [
    ("联系人", false),
    ("姓名", false),
    ("经办人", false),
    ("投诉人", false),
    ("举报人", false),
    ("报警人", false),
    ("被困人", false),
    ("当事人", false),
    ("负责人", true),
    ("安全员", true),
    ("维保人员", true),
    ("业主", true),
    ("户主", true),
    ("乘客", true),
];

/// What follows a name and is not of it.
const NOT_OF_A_NAME: &str =
    "电手先女师小老经住在说称被是的和与及打报反来到于已未号等也就请让把从向对为联微身";

/// The given name behind a family name: one character, or two where the second can be of a name.
fn given(text: &[char], at: usize) -> Option<(usize, usize)> {
    let family = names::family(text.get(at..(at + 4).min(text.len()))?);
    let from = at + family;
    if family == 0 || !text.get(from).copied().is_some_and(names::is_han) {
        return None;
    }
    let second = text.get(from + 1).copied().filter(|c| names::is_han(*c) && !NOT_OF_A_NAME.contains(*c));
    Some((from, 1 + usize::from(second.is_some())))
}

fn labelled_name(text: &[char], at: usize) -> Option<(usize, usize)> {
    let (label, parted) = LABELS.iter().find(|(label, _)| starts(text, at, label))?;
    let behind = at + label.chars().count();
    let from = skip(text, behind, ": \u{3000}");
    if *parted && from == behind {
        return None;
    }
    given(text, from)
}

/// Ways to speak to somebody, behind the name.
const TITLES: [&str; 5] = ["先生", "女士", "小姐", "师傅", "老师"];

/// A whole name before a title; a family name alone (张先生) tells no more than a masked name does.
fn titled_name(text: &[char], at: usize) -> Option<(usize, usize)> {
    if !TITLES.iter().any(|title| starts(text, at, title)) {
        return None;
    }
    [4, 3, 2].iter().find_map(|length| {
        let from = at.checked_sub(*length)?;
        let name = text.get(from..at)?;
        let family = names::family(name);
        let fits =
            family > 0 && (1..=2).contains(&(length - family)) && name.iter().all(|c| names::is_han(*c));
        fits.then_some((from + family, length - family))
    })
}

/// A name that stands alone right before a number: 张三13812345678.
fn name_before(text: &[char], at: usize) -> Option<(usize, usize)> {
    let end = text.get(..at)?.iter().rposition(|c| !matches!(c, ' ' | ':' | '+'))? + 1;
    let length = text.get(..end)?.iter().rev().take_while(|c| names::is_han(**c)).count();
    let from = end - length;
    let family = names::family(text.get(from..end)?);
    let fits = family > 0 && length > family && length - family <= 2;
    fits.then_some((from + family, length - family))
}

#[cfg(test)]
mod tests;
