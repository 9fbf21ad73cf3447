//! Structured Fields (RFC 9651), as far as the limit headers need them: lists of strings with whole-number parameters.

use std::collections::BTreeMap;

/// A member of the list: a string with parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The string.
    pub name: String,
    /// The parameters.
    pub parameters: BTreeMap<String, i64>,
}

impl Member {
    /// A parameter that must be there.
    #[track_caller]
    pub fn get(&self, key: &str) -> i64 {
        *self.parameters.get(key).unwrap_or_else(|| panic!("{self:?} has no {key}"))
    }
}

/// Reads a list strictly: whatever the grammar does not allow is a panic.
#[track_caller]
pub fn list(header: &str) -> Vec<Member> {
    let mut rest = header;
    let mut members: Vec<Member> = Vec::new();
    loop {
        let (member, after) = member(rest);
        assert!(
            members.iter().all(|known| known.name != member.name),
            "{} comes twice in {header:?}",
            member.name
        );
        members.push(member);
        if after.is_empty() {
            return members;
        }
        let after = after.trim_start_matches([' ', '\t']);
        rest =
            after.strip_prefix(',').unwrap_or_else(|| panic!("a comma is wanted at {after:?} of {header:?}"));
        rest = rest.trim_start_matches([' ', '\t']);
    }
}

#[track_caller]
fn member(text: &str) -> (Member, &str) {
    let inner = text.strip_prefix('"').unwrap_or_else(|| panic!("a string is wanted at {text:?}"));
    let (name, mut rest) =
        inner.split_once('"').unwrap_or_else(|| panic!("the string does not end at {text:?}"));
    assert!(name.bytes().all(|b| (0x20..0x7f).contains(&b) && b != b'\\'), "{name:?} is no plain string");
    let mut parameters = BTreeMap::new();
    while let Some(after) = rest.strip_prefix(';') {
        let after = after.trim_start_matches(' ');
        let end = after.find([';', ',', ' ']).unwrap_or(after.len());
        let (pair, next) = after.split_at(end);
        let (key, value) = pair.split_once('=').unwrap_or_else(|| panic!("{pair:?} is no key=value"));
        let plain = key.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_-.*".contains(&b));
        assert!(plain && key.starts_with(|c: char| c.is_ascii_lowercase()), "{key:?} is no key");
        assert!(value.len() <= 15, "{value} has more than 15 digits");
        let value = value.parse().unwrap_or_else(|_| panic!("{value:?} is no whole number"));
        parameters.insert(key.to_owned(), value);
        rest = next;
    }
    (Member { name: name.to_owned(), parameters }, rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_read() {
        let read = list("\"burst\";q=100;w=10, \"daily\";q=10000;w=86400");
        assert_eq!(read.len(), 2);
        assert_eq!((read[0].get("q"), read[1].get("w")), (100, 86_400));
    }

    #[test]
    fn what_is_no_list_is_refused() {
        for wrong in ["", "burst;q=1", "\"burst\";q", "\"a\";q=1,", "\"a\";Q=1", "\"a\" \"b\"", "\"a\";q=1x"]
        {
            assert!(std::panic::catch_unwind(|| list(wrong)).is_err(), "{wrong:?}");
        }
    }
}
