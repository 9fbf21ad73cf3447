//! A text made of the page's own words and of words that came with the data, in whatever language.

use leptos::prelude::*;

use crate::words::Words;

/// Pieces of text, each with its language where that is not the page's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Text(Vec<(String, Option<&'static str>)>);

impl Text {
    /// Words of the data.
    pub(crate) fn given(words: Words, text: &str) -> Self {
        Self::default().and_given(words, text)
    }

    /// Appends the page's own words.
    pub(crate) fn and(mut self, text: impl Into<String>) -> Self {
        self.0.push((text.into(), None));
        self
    }

    /// Appends words of the data.
    pub(crate) fn and_given(mut self, words: Words, text: &str) -> Self {
        self.0.push((words.bound(text), words.foreign(text)));
        self
    }

    /// Appends another text, with a dot between the two where both say something.
    pub(crate) fn and_text(self, other: Self) -> Self {
        if self.is_empty() || other.is_empty() {
            return Self(self.0.into_iter().chain(other.0).collect());
        }
        let joined = self.and(" · ");
        Self(joined.0.into_iter().chain(other.0).collect())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.iter().all(|(text, _)| text.is_empty())
    }

    /// The text without its languages.
    #[cfg(test)]
    pub(crate) fn plain(&self) -> String {
        self.0.iter().map(|(text, _)| text.as_str()).collect()
    }

    /// The pieces as they stand in the page.
    pub(crate) fn view(self) -> AnyView {
        let pieces: Vec<AnyView> = self
            .0
            .into_iter()
            .map(|(text, language)| match language {
                Some(language) => view! { <span lang=language>{dated(&text)}</span> }.into_any(),
                None => dated(&text).into_any(),
            })
            .collect();
        pieces.into_any()
    }
}

/// A text with each `2026-11-05` marked as a date. Browsers would break it after a hyphen; the style of `time` forbids it.
fn dated(text: &str) -> Vec<AnyView> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, date, after)) = first_date(rest) {
        pieces.extend(plain(before));
        pieces.push(view! { <time>{date.to_owned()}</time> }.into_any());
        rest = after;
    }
    pieces.extend(plain(rest));
    pieces
}

/// A piece of text, if it says anything: Leptos writes a space for an empty one.
fn plain(text: &str) -> Option<AnyView> {
    (!text.is_empty()).then(|| text.to_owned().into_any())
}

/// The first day of the form `2026-11-05` with what stands before and after it.
fn first_date(text: &str) -> Option<(&str, &str, &str)> {
    const LENGTH: usize = "2026-11-05".len();
    text.char_indices().find_map(|(start, _)| {
        let date = text.get(start..start + LENGTH)?;
        chrono::NaiveDate::parse_from_str(date, "%Y-%m-%d").ok().filter(|day| day.to_string() == date)?;
        Some((text.get(..start)?, date, text.get(start + LENGTH..)?))
    })
}

/// A text of the table of problems, in which what programs send stands between backticks.
pub(crate) fn with_codes(text: &str) -> Vec<AnyView> {
    let pieces = text.split('`').enumerate();
    pieces
        .filter_map(|(index, piece)| {
            let code = index % 2 == 1;
            if code { Some(view! { <code>{piece.to_owned()}</code> }.into_any()) } else { plain(piece) }
        })
        .collect()
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self::default().and(text)
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::default().and(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use yuti_openapi::Language;

    #[test]
    fn only_what_is_foreign_is_marked() {
        let words = Words(Language::En);
        let text = Text::given(words, "青石坎路 18 号").and(", ").and_given(words, "Nan'an District");
        let html = text.view().to_html().replace("<!>", "");
        assert_eq!(
            html.replace('\u{a0}', " "),
            "<span lang=\"zh-CN\">青石坎路 18 号</span>, Nan'an District"
        );
    }

    #[test]
    fn a_dot_stands_only_between_two() {
        assert_eq!(Text::from("a").and_text(Text::from("b")).plain(), "a · b");
        assert_eq!(Text::default().and_text(Text::from("b")).plain(), "b");
        assert_eq!(Text::from("a").and_text(Text::default()).plain(), "a");
    }

    #[test]
    fn days_are_marked_and_nothing_else_is() {
        let html = |text: &str| Text::from(text).view().to_html().replace("<!>", "");
        assert_eq!(html("上次 2025-10-09，合格"), "上次 <time>2025-10-09</time>，合格");
        assert_eq!(html("2025-13-09 KX-19-00842 + 2025"), "2025-13-09 KX-19-00842 + 2025");
        assert_eq!(html("2025-01-02"), "<time>2025-01-02</time>");
    }

    #[test]
    fn what_programs_send_is_set_as_code() {
        let html = with_codes("see `errors` and `x<y`.").into_any().to_html().replace("<!>", "");
        assert_eq!(html, "see <code>errors</code> and <code>x&lt;y</code>.");
    }
}
