//! The two languages of the service.

use serde::{Deserialize, Serialize};

/// A language in which pages, labels and problems are written. Chinese where in doubt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Language {
    /// Simplified Chinese.
    #[default]
    #[serde(rename = "zh-CN")]
    Zh,
    /// English.
    #[serde(rename = "en")]
    En,
}

impl Language {
    /// Both languages, the default first.
    pub const ALL: [Self; 2] = [Self::Zh, Self::En];

    /// The BCP 47 tag, for `lang` and `Content-Language`.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Zh => "zh-CN",
            Self::En => "en",
        }
    }

    /// The first segment of a page's path in this language.
    pub fn segment(self) -> &'static str {
        match self {
            Self::Zh => "zh",
            Self::En => "en",
        }
    }

    /// The other language, for the switch on each page.
    pub fn other(self) -> Self {
        match self {
            Self::Zh => Self::En,
            Self::En => Self::Zh,
        }
    }

    /// Picks one of two texts.
    pub fn pick<'a>(self, zh: &'a str, en: &'a str) -> &'a str {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }

    /// Reads an `Accept-Language` header (RFC 9110, 12.5.4). `None` where it names neither language.
    pub fn from_accept_language(header: &str) -> Option<Self> {
        let mut best: Option<(f32, Self)> = None;
        for part in header.split(',') {
            let mut pieces = part.split(';');
            let tag = pieces.next().unwrap_or_default().trim().to_ascii_lowercase();
            let quality = pieces
                .filter_map(|piece| piece.trim().strip_prefix("q=").and_then(|q| q.parse::<f32>().ok()))
                .next()
                .unwrap_or(1.0);
            let language = match tag.split('-').next() {
                Some("zh") => Self::Zh,
                Some("en") => Self::En,
                _ => continue,
            };
            if quality > 0.0 && best.is_none_or(|(known, _)| quality > known) {
                best = Some((quality, language));
            }
        }
        best.map(|(_, language)| language)
    }
}

#[cfg(test)]
mod tests {
    use super::Language;

    #[test]
    fn the_best_known_language_wins() {
        for (header, expected) in [
            ("", None),
            ("en", Some(Language::En)),
            ("en-GB,en;q=0.9,zh;q=0.8", Some(Language::En)),
            ("fr,en;q=0.3,zh-Hans;q=0.7", Some(Language::Zh)),
            ("de-DE", None),
            ("en;q=0", None),
            ("en;q=oops", Some(Language::En)),
        ] {
            assert_eq!(Language::from_accept_language(header), expected, "{header:?}");
        }
    }
}
