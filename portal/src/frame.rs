//! What every page needs to know beside its own subject: reader, city, moment, and where links lead.

use std::sync::Arc;

use chrono::{NaiveDate, NaiveDateTime};
use yuti_openapi::{ElevatorId, Language};

use crate::words::Words;

/// The size of the text, by the reader's choice.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum TextSize {
    /// 16 px.
    #[default]
    Normal,
    /// 18 px.
    Large,
}

/// The colours, by the reader's choice.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the reader's system wishes.
    #[default]
    System,
    /// Dark text on light paper.
    Light,
    /// Light text on dark paper.
    Dark,
}

impl Theme {
    /// The value in `?theme=` and, but for `system`, in `data-theme`.
    pub fn key(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// Reads `?theme=`.
    pub fn from_key(key: &str) -> Option<Self> {
        [Self::System, Self::Light, Self::Dark].into_iter().find(|theme| theme.key() == key)
    }
}

impl TextSize {
    /// The value in `?text=` and, where it is `large`, in `data-text`.
    pub fn key(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Large => "large",
        }
    }

    /// Reads `?text=`.
    pub fn from_key(key: &str) -> Option<Self> {
        [Self::Normal, Self::Large].into_iter().find(|size| size.key() == key)
    }
}

/// A kind of identifier as the city profile names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentifierKind {
    /// Its key, as in the wire types.
    pub key: String,
    /// Its Chinese name.
    pub label_zh: String,
    /// Its English name.
    pub label_en: String,
    /// What it looks like and where it stands, in Chinese. A kind without it is not offered to look for.
    pub description_zh: Option<String>,
    /// The same in English.
    pub description_en: Option<String>,
    /// Whether its digits are shown in groups of three, because people read it out.
    pub read_out: bool,
}

/// The line that people in a stuck elevator call. Each pair of texts is Chinese and English.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RescueLine {
    /// The number as people say and dial it: `96333`, `911`.
    pub number: String,
    /// The kind of identifier that it asks for; `None` where it knows none.
    pub code_identifier_kind: Option<String>,
    /// What stands beside the code to read out.
    pub beside_code: (String, String),
    /// What to say where the elevator has no code of the kind that is asked for.
    pub without_code: (String, String),
}

/// What the pages take from the city profile. One for the life of the service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct City {
    /// The city's Chinese name.
    pub name_zh: String,
    /// The city's English name.
    pub name_en: String,
    /// The rescue line.
    pub rescue_line: RescueLine,
    /// The kinds of identifiers, in the order in which they are shown.
    pub identifier_kinds: Vec<IdentifierKind>,
    /// Whether the city has the pilot: its mark, its row of the facts, its sentences on the home page.
    pub pilot: bool,
    /// The longest days between two services outside the pilot, by the policy in force.
    pub maintenance_interval_days: Option<u32>,
    /// Whether the city's rules forbid the use of an elevator whose inspection has lapsed or failed.
    pub inspection_binds_use: bool,
    /// The address under which the service is published, without a slash at its end.
    pub public_url: String,
}

impl City {
    /// Whether values of a kind of identifier are read out.
    pub(crate) fn reads_out(&self, kind: &str) -> bool {
        self.identifier_kinds.iter().any(|known| known.key == kind && known.read_out)
    }
}

/// What every page is rendered with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// The language of the answer.
    pub language: Language,
    /// The reader's size of text.
    pub text: TextSize,
    /// The reader's colours.
    pub theme: Theme,
    /// The path and query of this page without the language: `/search?q=502`. It comes back in the links to the
    /// other language, to large text and to the other colours.
    pub path: String,
    /// Whether demonstration data is served.
    pub demo: bool,
    /// The moment for which the page speaks, in the city's time zone.
    pub as_of: NaiveDateTime,
    /// The city.
    pub city: Arc<City>,
}

impl Frame {
    pub(crate) fn words(&self) -> Words {
        Words(self.language)
    }

    pub(crate) fn today(&self) -> NaiveDate {
        self.as_of.date()
    }

    pub(crate) fn city_name(&self) -> &str {
        self.language.pick(&self.city.name_zh, &self.city.name_en)
    }

    /// The address of a page in the reader's language. The path is one without a language, encoded already.
    pub(crate) fn link(&self, path: &str) -> String {
        in_language(self.language, path)
    }

    /// The address of an elevator's page, by the handle that means it alone.
    pub(crate) fn elevator_link(&self, id: ElevatorId) -> String {
        self.link(&format!("/e/{id}"))
    }

    /// This page in the other language.
    pub(crate) fn other_language_link(&self) -> String {
        in_language(self.language.other(), &self.plain_path())
    }

    /// This page with the other size of text.
    pub(crate) fn text_size_link(&self, size: TextSize) -> String {
        self.link(&with_parameter(&self.plain_path(), "text", size.key()))
    }

    /// This page in other colours.
    pub(crate) fn theme_link(&self, theme: Theme) -> String {
        self.link(&with_parameter(&self.plain_path(), "theme", theme.key()))
    }

    /// The published address of a page in a language, for search engines.
    pub(crate) fn published(&self, language: Language, path: &str) -> String {
        format!("{}{}", self.city.public_url, in_language(language, path))
    }

    /// This page's path without the choices of size and colours.
    fn plain_path(&self) -> String {
        let Some((path, query)) = self.path.split_once('?') else { return self.path.clone() };
        let kept: Vec<&str> = query
            .split('&')
            .filter(|pair| !pair.is_empty())
            .filter(|pair| !matches!(pair.split('=').next(), Some("text" | "theme")))
            .collect();
        if kept.is_empty() { path.to_owned() } else { format!("{path}?{}", kept.join("&")) }
    }
}

fn in_language(language: Language, path: &str) -> String {
    format!("/{}{path}", language.segment())
}

fn with_parameter(path: &str, name: &str, value: &str) -> String {
    let joint = if path.contains('?') { '&' } else { '?' };
    format!("{path}{joint}{name}={value}")
}

/// Percent-encodes a value for one segment of a path or one parameter of a query.
pub fn encoded(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    #[test]
    fn links_keep_the_query_but_not_the_choices_of_before() {
        let mut frame = samples::frame(Language::Zh);
        frame.path = "/search?q=a%26b&text=large&from=singlemessage&theme=dark".to_owned();
        assert_eq!(frame.other_language_link(), "/en/search?q=a%26b&from=singlemessage");
        assert_eq!(frame.text_size_link(TextSize::Large), "/zh/search?q=a%26b&from=singlemessage&text=large");
        frame.path = "/?theme=dark".to_owned();
        assert_eq!(frame.theme_link(Theme::Light), "/zh/?theme=light");
        assert_eq!(frame.published(Language::En, "/"), "https://yuti.example/en/");
    }

    #[test]
    fn a_code_of_any_signs_makes_one_segment() {
        assert_eq!(encoded("502718"), "502718");
        assert_eq!(encoded("梯11渝A/1?#(19)"), "%E6%A2%AF11%E6%B8%9DA%2F1%3F%23%2819%29");
    }

    #[test]
    fn choices_read_back() {
        for theme in [Theme::System, Theme::Light, Theme::Dark] {
            assert_eq!(Theme::from_key(theme.key()), Some(theme));
        }
        for size in [TextSize::Normal, TextSize::Large] {
            assert_eq!(TextSize::from_key(size.key()), Some(size));
        }
        assert_eq!(Theme::from_key("purple"), None);
        assert_eq!(TextSize::from_key(""), None);
    }
}
