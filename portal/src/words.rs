//! Every text a page shows, in the reader's language.
//!
//! The texts stand in `words/zh-CN.toml` and `words/en.toml`; the build turns each `[group] key` into a method
//! `group_key`. A text with placeholders takes them in alphabetical order of their names. In the catalogues `~`
//! is a space that does not break, and `{n:lift|lifts}` is the first form for one and the second otherwise.

use yuti_openapi::Language;

/// The texts of one language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Words(pub(crate) Language);

include!(concat!(env!("OUT_DIR"), "/words.rs"));

impl Words {
    /// A count with its thousands apart, as both languages write it here: `4,312`.
    pub(crate) fn count(self, number: u64) -> String {
        let digits = number.to_string();
        let mut text = String::new();
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                text.push(',');
            }
            text.push(digit);
        }
        text
    }

    /// The `lang` of a text that came with the data, where it is not the page's own: a screen reader needs it
    /// to pronounce a Chinese address on an English page, and the reverse.
    pub(crate) fn foreign(self, text: &str) -> Option<&'static str> {
        let chinese = text.chars().any(is_han);
        let latin = text.chars().filter(char::is_ascii_alphabetic).count() > 3;
        match self.0 {
            Language::En if chinese => Some("zh-CN"),
            Language::Zh if !chinese && latin => Some("en"),
            Language::En | Language::Zh => None,
        }
    }

    /// Binds a number to the Chinese word after it, so that a heading does not break between `3` and `栋`.
    pub(crate) fn bound(self, text: &str) -> String {
        let mut bound = String::with_capacity(text.len());
        let mut characters = text.trim().chars().peekable();
        let mut before = ' ';
        while let Some(character) = characters.next() {
            let binds =
                character == ' ' && before.is_ascii_digit() && characters.peek().copied().is_some_and(is_han);
            bound.push(if binds { '\u{a0}' } else { character });
            before = character;
        }
        bound
    }
}

/// Whether a character is written in Chinese script.
pub(crate) fn is_han(character: char) -> bool {
    matches!(character, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{2fa1f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_has_its_thousands_apart() {
        let words = Words(Language::En);
        let counts = [0, 12, 999, 1_000, 76_088, 1_234_567].map(|count| words.count(count));
        assert_eq!(counts, ["0", "12", "999", "1,000", "76,088", "1,234,567"]);
    }

    #[test]
    fn a_text_in_the_other_script_says_so() {
        assert_eq!(Words(Language::En).foreign("南岸区青石坎路 18 号"), Some("zh-CN"));
        assert_eq!(Words(Language::En).foreign("494 West Broadway"), None);
        assert_eq!(Words(Language::Zh).foreign("494 West Broadway"), Some("en"));
        assert_eq!(Words(Language::Zh).foreign("1D10028"), None);
        assert_eq!(Words(Language::Zh).foreign("南岸区 B 座"), None);
    }

    #[test]
    fn a_number_stays_with_its_word() {
        assert_eq!(
            Words(Language::Zh).bound("青石坎小区 3 栋 2 单元 左梯 "),
            "青石坎小区 3\u{a0}栋 2\u{a0}单元 左梯"
        );
        assert_eq!(Words(Language::Zh).bound("Block 3 Unit 2"), "Block 3 Unit 2");
    }

    #[test]
    fn a_plural_follows_its_count() {
        let words = Words(Language::En);
        assert!(words.search_found("1").starts_with("1\u{a0}lift"));
        assert!(!words.search_found("1").contains("lifts"));
        assert!(words.search_found("2").contains("lifts"));
    }
}
