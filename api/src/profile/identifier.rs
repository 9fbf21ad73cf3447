//! The kinds of identifier that a city's elevators bear, and the shapes their values take.

use serde::{Deserialize, Serialize};

/// A kind of identifier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdentifierKind {
    /// Its key.
    pub key: String,
    /// Its name in Chinese.
    pub label_zh: String,
    /// Its name in English.
    pub label_en: String,
    /// The shapes its values take, in their normal form; see [`Pattern`]. Empty: any text.
    #[serde(default)]
    pub patterns: Vec<Pattern>,
    /// What a value looks like, in Chinese, for the page that has not found one.
    pub description_zh: String,
    /// What a value looks like, in English.
    pub description_en: String,
    /// A value, made up.
    pub example: String,
    /// Whether people may find an elevator by it.
    pub searchable: bool,
    /// Whether pages show its digits in groups of three, because people read it out. Any other is shown as it is written.
    #[serde(default)]
    pub read_out: bool,
}

impl IdentifierKind {
    /// Whether a value in its normal form (upper case, without spaces and hyphens) can be of this kind. An elevator is never
    /// refused for a value of another shape; this tells likely kinds apart and helps people who mistype.
    #[must_use]
    pub fn accepts(&self, value: &str) -> bool {
        !value.is_empty()
            && (self.patterns.is_empty() || self.patterns.iter().any(|pattern| pattern.matches(value)))
    }
}

/// The shape of a value, place by place: `9` is a digit, `A` a Latin capital, `X` either, `汉` a Chinese character, anything
/// else itself. `{3}` or `{1,3}` after a place repeats it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Pattern {
    written: String,
    places: Vec<Place>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    class: char,
    least: usize,
    most: usize,
}

impl Place {
    fn holds(self, c: char) -> bool {
        match self.class {
            '9' => c.is_ascii_digit(),
            'A' => c.is_ascii_uppercase(),
            'X' => c.is_ascii_digit() || c.is_ascii_uppercase(),
            '汉' => ('\u{4e00}'..='\u{9fff}').contains(&c),
            itself => c == itself,
        }
    }
}

impl Pattern {
    /// Whether the whole of `value` has this shape.
    #[must_use]
    pub fn matches(&self, value: &str) -> bool {
        let value: Vec<char> = value.chars().collect();
        matches(&self.places, &value)
    }
}

/// Takes as much as the first place may and gives back until the rest fits.
fn matches(places: &[Place], value: &[char]) -> bool {
    let Some((place, others)) = places.split_first() else { return value.is_empty() };
    let fitting = value.iter().take(place.most).take_while(|c| place.holds(**c)).count();
    (place.least..=fitting).rev().any(|taken| matches(others, value.get(taken..).unwrap_or_default()))
}

impl TryFrom<String> for Pattern {
    type Error = String;

    fn try_from(written: String) -> Result<Self, String> {
        let mut places = Vec::new();
        let mut rest = written.chars();
        while let Some(class) = rest.next() {
            if matches!(class, '{' | '}') {
                return Err(format!("the pattern `{written}` has a brace without a place before it"));
            }
            let mut place = Place { class, least: 1, most: 1 };
            if let Some(after) = rest.as_str().strip_prefix('{') {
                let (times, others) = after
                    .split_once('}')
                    .ok_or_else(|| format!("the pattern `{written}` has an open brace; close it"))?;
                (place.least, place.most) = repetition(times).ok_or_else(|| {
                    format!("the pattern `{written}` has `{{{times}}}`; write {{3}} or {{1,3}}, at most 64")
                })?;
                rest = others.chars();
            }
            places.push(place);
        }
        if places.is_empty() {
            return Err("a pattern is empty; leave it out to allow any text".to_owned());
        }
        Ok(Self { written, places })
    }
}

fn repetition(times: &str) -> Option<(usize, usize)> {
    let (least, most) = times.split_once(',').unwrap_or((times, times));
    let (least, most) = (least.parse().ok()?, most.parse().ok()?);
    (least <= most && (1..=64).contains(&most)).then_some((least, most))
}

impl From<Pattern> for String {
    fn from(pattern: Pattern) -> Self {
        pattern.written
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn pattern(written: &str) -> Pattern {
        Pattern::try_from(written.to_owned()).unwrap()
    }

    #[test]
    fn each_class_takes_its_own_and_nothing_else() {
        for (written, fits, others) in [
            ("9", "5", "A汉-"),
            ("A", "Q", "5a汉"),
            ("X", "5Q", "q汉-"),
            ("汉", "渝中", "5Q(梯️"),
            ("梯", "梯", "渝5"),
        ] {
            for c in fits.chars() {
                assert!(pattern(written).matches(&c.to_string()), "{written} should take {c}");
            }
            for c in others.chars().filter(|c| !fits.contains(*c) && *c != '梯') {
                assert!(!pattern(written).matches(&c.to_string()), "{written} should not take {c}");
            }
        }
    }

    #[test]
    fn the_whole_value_must_have_the_shape() {
        let two = pattern("X{2,3}");
        let told: Vec<bool> = ["A", "A1", "A1B", "A1B2", "", "A-"].map(|value| two.matches(value)).to_vec();
        assert_eq!(told, [false, true, true, false, false, false]);
    }

    #[test]
    fn a_greedy_place_gives_back_what_the_next_one_needs() {
        assert!(pattern("X{1,4}99").matches("1234"));
        assert!(pattern("A{0,1}A9").matches("Q7"));
        assert!(!pattern("X{1,4}99").matches("12A4"));
        assert!(!pattern("X{2}99").matches("123"));
    }

    #[test]
    fn bad_patterns_are_refused_with_the_reason() {
        for (written, part) in [
            ("", "is empty"),
            ("{3}", "without a place"),
            ("9}", "without a place"),
            ("9{3", "close it"),
            ("9{3,1}", "{3,1}"),
            ("9{0}", "{0}"),
            ("9{65}", "at most 64"),
            ("9{a}", "{a}"),
        ] {
            let error = Pattern::try_from(written.to_owned()).unwrap_err();
            assert!(error.contains(part), "{error}");
        }
    }
}
