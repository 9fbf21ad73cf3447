//! Text of a source before anything is read out of it.

use std::borrow::Cow;

/// Trims, makes one space of any run of spaces, and drops what cannot be seen: control characters, zero-width marks.
pub(super) fn clean(text: &str) -> String {
    let seen = text.chars().filter(|c| {
        !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
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

/// The first `most` characters.
pub(super) fn cut(text: &str, most: usize) -> &str {
    text.char_indices().nth(most).map_or(text, |(end, _)| text.get(..end).unwrap_or(text))
}

/// Whether a text can be an identifier that is shown, looked up and put into addresses: letters, digits and the few signs that numbers of
/// equipment are written with. A formula, markup or a control character is none, whatever a mapping's patterns say.
pub(super) fn is_plain(text: &str) -> bool {
    let sign = |c: char| {
        matches!(
            c,
            '-' | '_'
                | '.'
                | '/'
                | '('
                | ')'
                | '（'
                | '）'
                | '#'
                | '·'
                | ':'
                | '：'
                | '+'
                | '&'
                | ' '
                | '*'
                | '№'
        )
    };
    let inside = text.chars().all(|c| c.is_alphanumeric() || sign(c));
    inside && text.chars().any(char::is_alphanumeric) && matches!(defuse(text), Cow::Borrowed(_))
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
    fn formulas_are_defused() {
        assert_eq!(defuse("=HYPERLINK(\"x\")"), "'=HYPERLINK(\"x\")");
        assert_eq!(defuse("-5"), "'-5");
        assert_eq!(defuse("5-"), "5-");
    }

    #[test]
    fn identifiers_are_told_from_what_would_do_harm() {
        for plain in
            ["502718", "梯11渝A00001(20)", "1D10028", "B7-NL/2041", "3110XXXX 2011", "梯11渝A00127（19）"]
        {
            assert!(is_plain(plain), "{plain}");
        }
        for harmful in [
            "=HYPERLINK(\"x\")",
            "=1+1",
            "+1",
            "-5",
            "@a",
            "＝1",
            "a\u{7}b",
            "<b>",
            "a\"b",
            "a'b",
            "a;b",
            "a\\b",
            "()",
            "",
            "5\u{202e}1",
        ] {
            assert!(!is_plain(harmful), "{harmful}");
        }
    }

    #[test]
    fn cutting_counts_characters() {
        assert_eq!(cut("渝中区", 2), "渝中");
        assert_eq!(cut("渝中区", 3), "渝中区");
    }
}
