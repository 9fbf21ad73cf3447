//! Text of a source before anything is read out of it.

use std::borrow::Cow;

/// Trims, makes one space of any run of spaces, and drops what cannot be seen: control characters, zero-width marks.
pub(super) fn clean(text: &str) -> String {
    let seen = text.chars().filter(|c| {
        !matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
            && (!c.is_control() || c.is_whitespace())
    });
    let mut cleaned = String::with_capacity(text.len());
    let mut gap = false;
    for c in seen {
        if c.is_whitespace() {
            gap = !cleaned.is_empty();
            continue;
        }
        if std::mem::take(&mut gap) {
            cleaned.push(' ');
        }
        cleaned.push(c);
    }
    cleaned
}

/// Full-width digits, points and signs as plain ones: registers typed with a Chinese keyboard mix both.
pub(super) fn plain_digits(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\u{ff10}'..='\u{ff19}' | '\u{ff0b}'..='\u{ff0f}' => {
                char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c)
            }
            other => other,
        })
        .collect()
}

/// Whether a text is a mobile number of a person: eleven digits that begin with 13 to 19, with or without +86.
pub(super) fn is_mobile(text: &str) -> bool {
    let digits: String = plain_digits(text).chars().filter(char::is_ascii_digit).collect();
    let bare = digits.strip_prefix("0086").or_else(|| digits.strip_prefix("86")).unwrap_or(&digits);
    [digits.as_str(), bare].iter().any(|digits| {
        digits.len() == 11 && digits.starts_with('1') && matches!(digits.as_bytes().get(1), Some(b'3'..=b'9'))
    })
}

/// Puts stars in the place of every mobile number in a text. Digits after a point are a fraction, not a number to call.
pub(super) fn mask_mobiles(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let mut masked = String::new();
    let mut kept = 0;
    let mut start = 0;
    while start < bytes.len() {
        if !bytes.get(start).is_some_and(u8::is_ascii_digit) {
            start += 1;
            continue;
        }
        let length = bytes.iter().skip(start).take_while(|byte| byte.is_ascii_digit()).count();
        let end = start + length;
        let fraction = start.checked_sub(1).and_then(|before| bytes.get(before)) == Some(&b'.');
        if !fraction && text.get(start..end).is_some_and(is_mobile) {
            masked.push_str(text.get(kept..start).unwrap_or_default());
            masked.push_str("***********");
            kept = end;
        }
        start = end;
    }
    if masked.is_empty() {
        return Cow::Borrowed(text);
    }
    masked.push_str(text.get(kept..).unwrap_or_default());
    Cow::Owned(masked)
}

/// The first `most` characters.
pub(super) fn cut(text: &str, most: usize) -> &str {
    text.char_indices().nth(most).map_or(text, |(end, _)| text.get(..end).unwrap_or(text))
}

/// A text in the form in which a spreadsheet takes it for text: a cell that begins like a formula gets an apostrophe.
pub(super) fn defuse(text: &str) -> Cow<'_, str> {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spaces_collapse_and_unseen_marks_go() {
        assert_eq!(clean("  EAST   68\tSTREET \u{3000}"), "EAST 68 STREET");
        assert_eq!(clean("\u{feff}渝\u{200b}中\u{0007}区"), "渝中区");
        assert_eq!(clean(" \n "), "");
    }

    #[test]
    fn a_person_s_mobile_number_is_told_from_a_duty_line() {
        for mobile in
            ["13812345678", "138 1234 5678", "+86-19912345678", "008613812345678", "１３８１２３４５６７８"]
        {
            assert!(is_mobile(mobile), "{mobile}");
        }
        for line in ["023-63636363", "96333", "4008123456", "12812345678", "1381234567", "02363636363"] {
            assert!(!is_mobile(line), "{line}");
        }
    }

    #[test]
    fn mobile_numbers_inside_a_text_are_starred_and_other_numbers_stay() {
        assert_eq!(mask_mobiles("张 13812345678 联系"), "张 *********** 联系");
        for kept in ["40.13812345678", "31105001062011050006", "023-63636363", "解放碑 138 号"] {
            assert_eq!(mask_mobiles(kept), kept);
        }
    }

    #[test]
    fn formulas_are_defused() {
        assert_eq!(defuse("=HYPERLINK(\"x\")"), "'=HYPERLINK(\"x\")");
        assert_eq!(defuse("-5"), "'-5");
        assert_eq!(defuse("5-"), "5-");
    }

    #[test]
    fn cutting_counts_characters() {
        assert_eq!(cut("渝中区", 2), "渝中");
        assert_eq!(cut("渝中区", 3), "渝中区");
    }
}
