//! The style sheets: one file for each component under `style/`, bundled into four parts.
//!
//! A page carries the parts it needs inline, because the first page is opened in a steel box: one request shows it
//! whole. The security policy admits each part by its hash, so that the pages need no `style=` and allow none.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

/// A bundle of components' styles, one `<style>` element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// The frame of every page, and all that the elevator page needs.
    Core,
    /// The search box and buttons.
    Forms,
    /// Home, results, refusals.
    Lists,
    /// The desk: its bar and tables.
    Desk,
}

/// A part as it stands in the page.
pub(crate) struct Sheet {
    /// The minified style.
    pub(crate) text: String,
    /// The base64 of its SHA-256.
    pub(crate) hash: String,
}

impl Sheet {
    fn new(sources: &[&str]) -> Self {
        let text = minified(&sources.concat());
        let hash = STANDARD.encode(Sha256::digest(text.as_bytes()));
        Self { text, hash }
    }
}

/// The components of a part, in the order in which they override each other.
macro_rules! sheet {
    ($($file:literal),+ $(,)?) => {
        LazyLock::new(|| Sheet::new(&[$(include_str!(concat!("../style/", $file, ".css"))),+]))
    };
}

static CORE: LazyLock<Sheet> = sheet![
    "core/tokens",
    "core/base",
    "core/section",
    "core/rescue",
    "core/header",
    "core/state",
    "core/title",
    "core/answer",
    "core/facts",
    "core/ways",
    "core/particulars",
    "core/footer",
    "core/paper",
];
static FORMS: LazyLock<Sheet> = sheet!["forms/search-box", "forms/button", "forms/field"];
static DESK: LazyLock<Sheet> = sheet!["desk/bar", "desk/table"];
static LISTS: LazyLock<Sheet> = sheet!["lists/home", "lists/results", "lists/refusal"];

impl Part {
    /// The style of this part.
    pub(crate) fn sheet(self) -> &'static Sheet {
        match self {
            Self::Core => &CORE,
            Self::Forms => &FORMS,
            Self::Lists => &LISTS,
            Self::Desk => &DESK,
        }
    }
}

/// Takes out comments and the spaces that mean nothing. Strings stay as they are. A space before `(` or beside
/// `+` and `-` stays too: there it can matter.
pub(crate) fn minified(style: &str) -> String {
    let mut out = String::with_capacity(style.len());
    let mut characters = style.chars().peekable();
    let mut space = false;
    while let Some(character) = characters.next() {
        match character {
            '/' if characters.peek() == Some(&'*') => {
                characters.next();
                let mut before = ' ';
                for inside in characters.by_ref() {
                    if before == '*' && inside == '/' {
                        break;
                    }
                    before = inside;
                }
                space = true;
            }
            _ if character.is_ascii_whitespace() => space = true,
            _ => {
                let joins = |c: char| matches!(c, '{' | '}' | ';' | ',' | '>');
                let before = out.chars().last().unwrap_or('{');
                if character == '}' && before == ';' {
                    out.pop();
                } else if space
                    && !joins(before)
                    && !matches!(before, ':' | '(')
                    && !joins(character)
                    && !matches!(character, ')' | '!')
                {
                    out.push(' ');
                }
                space = false;
                out.push(character);
                if character == '"' {
                    let mut escaped = false;
                    for inside in characters.by_ref() {
                        out.push(inside);
                        if inside == '"' && !escaped {
                            break;
                        }
                        escaped = inside == '\\' && !escaped;
                    }
                }
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_means_nothing_is_taken_out() {
        for (written, kept) in [
            ("/* a */ a {\n  color : red;\n}\n", "a{color :red}"),
            ("a > b , c{x:1;}", "a>b,c{x:1}"),
            ("a :hover{x:calc(1px + 2px)}", "a :hover{x:calc(1px + 2px)}"),
            ("a::before { content: \"a  { b\\\" ; \"; }", "a::before{content:\"a  { b\\\" ; \"}"),
            ("@media (min-width: 60em) and (x) { a { b: c } }", "@media (min-width:60em) and (x){a{b:c}}"),
            ("a { b: c !important; }", "a{b:c!important}"),
            ("a/* x */b{}", "a b{}"),
            ("a{b:url( x )}", "a{b:url(x)}"),
        ] {
            assert_eq!(minified(written), kept);
        }
    }

    #[test]
    fn minifying_again_changes_nothing() {
        for part in [Part::Core, Part::Forms, Part::Lists, Part::Desk] {
            let text = &part.sheet().text;
            assert_eq!(&minified(text), text);
            assert!(!text.contains("/*") && !text.contains('\n'));
            assert_eq!(text.matches('{').count(), text.matches('}').count());
        }
    }

    #[test]
    fn the_hash_is_the_one_browsers_compute() {
        // The SHA-256 of "a{b:c}", computed with openssl.
        assert_eq!(Sheet::new(&["a { b: c; }"]).hash, "0cRUVYRKwNwnl1hkfkPGjkht16b039TjFdJzmXfFK2o=");
    }
}
