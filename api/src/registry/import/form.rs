//! Reading a TOML file that people write so that everything wrong with it is told at once, each with its key, its line
//! and the mend. A derived reader stops at the first mistake, which makes a long mapping a guessing game.

use std::collections::BTreeMap;
use std::fmt;

use chrono::NaiveDate;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::nearest::nearest;

/// One thing that is wrong with a mapping.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The key at fault, with the tables it stands in.
    pub key: String,
    /// Its line, counted from 1.
    pub line: usize,
    /// What is wrong, and the mend.
    pub problem: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, `{}`: {}", self.line, self.key, self.problem)
    }
}

/// Everything wrong that was found so far.
#[derive(Debug)]
pub(super) struct Problems<'t> {
    text: &'t str,
    pub(super) found: Vec<Problem>,
}

impl<'t> Problems<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, found: Vec::new() }
    }

    pub(super) fn add(&mut self, at: &Place, problem: impl Into<String>) {
        self.found.push(Problem { key: at.key.clone(), line: at.line, problem: problem.into() });
    }

    fn line(&self, offset: usize) -> usize {
        self.text.get(..offset).map_or(1, |passed| passed.matches('\n').count() + 1)
    }
}

/// Where something stands in the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) key: String,
    pub(super) line: usize,
}

/// A value with its place.
#[derive(Clone, Debug)]
pub(super) struct At<T> {
    pub(super) value: T,
    pub(super) place: Place,
}

/// A table that is being read. Keys that nobody asked for are unknown ones.
#[derive(Debug)]
pub(super) struct Table<'a> {
    pub(super) place: Place,
    entries: BTreeMap<&'a str, (usize, &'a Spanned<DeValue<'a>>)>,
    asked: Vec<&'static str>,
}

/// Parses the text and hands its outermost table to `read`.
pub(super) fn read<T>(
    text: &str,
    read: impl FnOnce(&mut Table<'_>, &mut Problems<'_>) -> T,
) -> Result<T, Vec<Problem>> {
    let (root, errors) = DeTable::parse_recoverable(text);
    let mut problems = Problems::new(text);
    for error in errors {
        let line = problems.line(error.span().map_or(0, |span| span.start));
        let written = text.lines().nth(line - 1).unwrap_or_default().trim();
        let key = written.split('=').next().unwrap_or_default().trim_matches(['[', ']', ' ']).to_owned();
        problems.found.push(Problem { key, line, problem: format!("is not TOML: {}", error.message()) });
    }
    if !problems.found.is_empty() {
        return Err(problems.found);
    }
    let place = Place { key: String::new(), line: 1 };
    let mut table = Table::new(place, root.get_ref(), &problems);
    let value = read(&mut table, &mut problems);
    table.finish(&mut problems);
    if problems.found.is_empty() {
        return Ok(value);
    }
    problems.found.sort_by_key(|problem| problem.line);
    Err(problems.found)
}

impl<'a> Table<'a> {
    fn new(place: Place, table: &'a DeTable<'a>, problems: &Problems<'_>) -> Self {
        let entries = table
            .iter()
            .map(|(key, value)| (key.get_ref().as_ref(), (problems.line(key.span().start), value)))
            .collect();
        Self { place, entries, asked: Vec::new() }
    }

    /// Where a key of this table stands, or would stand.
    pub(super) fn place_of(&self, key: &str) -> Place {
        let line = self.entries.get(key).map_or(self.place.line, |(line, _)| *line);
        let outer = &self.place.key;
        Place { key: if outer.is_empty() { key.to_owned() } else { format!("{outer}.{key}") }, line }
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.entries.contains_key(key)
    }

    fn take(&mut self, key: &'static str) -> Option<(&'a DeValue<'a>, Place)> {
        self.asked.push(key);
        let place = self.place_of(key);
        self.entries.get(key).map(|(_, value)| (value.get_ref(), place))
    }

    pub(super) fn text(&mut self, key: &'static str, problems: &mut Problems<'_>) -> Option<At<String>> {
        let (value, place) = self.take(key)?;
        match value.as_str() {
            Some(text) => Some(At { value: text.to_owned(), place }),
            None => {
                problems.add(
                    &place,
                    format!("is {}; write a text in quotation marks", article(value.type_str())),
                );
                None
            }
        }
    }

    /// A text that must be there and hold something.
    pub(super) fn required(&mut self, key: &'static str, problems: &mut Problems<'_>) -> String {
        if !self.has(key) {
            self.asked.push(key);
            problems.add(&self.place_of(key), "is missing; add it");
            return String::new();
        }
        let Some(text) = self.text(key, problems) else { return String::new() };
        if text.value.trim().is_empty() {
            problems.add(&text.place, "is empty; fill it in");
        }
        text.value
    }

    /// A text or a list of texts.
    pub(super) fn texts(
        &mut self,
        key: &'static str,
        problems: &mut Problems<'_>,
    ) -> Option<At<Vec<String>>> {
        let (value, place) = self.take(key)?;
        let texts = match value {
            DeValue::String(one) => Some(vec![one.to_string()]),
            DeValue::Array(many) => {
                many.iter().map(|item| item.get_ref().as_str().map(str::to_owned)).collect()
            }
            _ => None,
        };
        if texts.is_none() {
            problems.add(&place, "is no list of texts; write it as [\"one\", \"another\"]");
        }
        texts.map(|value| At { value, place })
    }

    pub(super) fn flag(&mut self, key: &'static str, problems: &mut Problems<'_>) -> Option<At<bool>> {
        let (value, place) = self.take(key)?;
        let flag = value.as_bool();
        if flag.is_none() {
            problems.add(&place, "is neither true nor false; write one of them without quotation marks");
        }
        flag.map(|value| At { value, place })
    }

    pub(super) fn number(&mut self, key: &'static str, problems: &mut Problems<'_>) -> Option<At<f64>> {
        let (value, place) = self.take(key)?;
        let number = match value {
            DeValue::Integer(integer) if integer.radix() == 10 => integer.as_str().parse().ok(),
            DeValue::Float(float) => float.as_str().parse().ok(),
            _ => None,
        };
        let number = number.filter(|number: &f64| number.is_finite());
        if number.is_none() {
            problems.add(&place, "is no number; write it in digits, without quotation marks");
        }
        number.map(|value| At { value, place })
    }

    /// A whole number within bounds.
    pub(super) fn whole(
        &mut self,
        key: &'static str,
        bounds: std::ops::RangeInclusive<u64>,
        problems: &mut Problems<'_>,
    ) -> Option<u64> {
        let (value, place) = self.take(key)?;
        let number = value
            .as_integer()
            .filter(|integer| integer.radix() == 10)
            .and_then(|integer| integer.as_str().parse::<u64>().ok())
            .filter(|number| bounds.contains(number));
        if number.is_none() {
            let (least, most) = (bounds.start(), bounds.end());
            problems.add(&place, format!("is not a whole number from {least} to {most}; write one"));
        }
        number
    }

    pub(super) fn day(&mut self, key: &'static str, problems: &mut Problems<'_>) -> Option<NaiveDate> {
        let (value, place) = self.take(key)?;
        let written = value.as_datetime().filter(|written| written.time.is_none());
        let day = written.and_then(|written| written.date).and_then(|date| {
            NaiveDate::from_ymd_opt(i32::from(date.year), u32::from(date.month), u32::from(date.day))
        });
        if day.is_none() {
            problems.add(&place, "is not a day; write it as 2015-10-17, without quotation marks");
        }
        day
    }

    pub(super) fn table(&mut self, key: &'static str, problems: &mut Problems<'_>) -> Option<Table<'a>> {
        let (value, place) = self.take(key)?;
        match value {
            DeValue::Table(table) => Some(Table::new(place, table, problems)),
            _ => {
                problems.add(&place, "is no table; write its keys below a line in square brackets");
                None
            }
        }
    }

    /// A table, or several of the same name.
    pub(super) fn tables(&mut self, key: &'static str, problems: &mut Problems<'_>) -> Vec<Table<'a>> {
        let Some((value, place)) = self.take(key) else { return Vec::new() };
        match value {
            DeValue::Table(table) => vec![Table::new(place, table, problems)],
            DeValue::Array(items) => {
                let mut tables = Vec::new();
                for (number, item) in (1..).zip(items) {
                    let place = Place {
                        key: format!("{}[{number}]", place.key),
                        line: problems.line(item.span().start),
                    };
                    match item.get_ref() {
                        DeValue::Table(table) => tables.push(Table::new(place, table, problems)),
                        _ => problems.add(&place, "is no table; write its keys below a line in [[…]]"),
                    }
                }
                tables
            }
            _ => {
                problems.add(&place, "is no table; write its keys below a line in square brackets");
                Vec::new()
            }
        }
    }

    /// A table whose keys are the source's own words: each with its value as text, and its place.
    pub(super) fn words(
        &mut self,
        key: &'static str,
        problems: &mut Problems<'_>,
    ) -> Option<Vec<(String, At<String>)>> {
        let table = self.table(key, problems)?;
        let mut words = Vec::new();
        for (word, (_, value)) in &table.entries {
            let place = table.place_of(word);
            let text = match value.get_ref() {
                DeValue::String(text) => text.to_string(),
                DeValue::Boolean(flag) => flag.to_string(),
                other => {
                    let kind = article(other.type_str());
                    problems.add(&place, format!("is {kind}; write a text in quotation marks"));
                    continue;
                }
            };
            words.push(((*word).to_owned(), At { value: text, place }));
        }
        Some(words)
    }

    /// Tells every key that nobody asked for, with the nearest known one.
    pub(super) fn finish(&self, problems: &mut Problems<'_>) {
        for key in self.entries.keys().filter(|key| !self.asked.contains(*key)) {
            let place = self.place_of(key);
            let mend = match nearest(key, self.asked.iter().copied()) {
                Some(name) => format!("is not known here; did you mean `{name}`?"),
                None => {
                    let mut known = self.asked.clone();
                    known.sort_unstable();
                    known.dedup();
                    format!("is not known here; known are {}", known.join(", "))
                }
            };
            problems.add(&place, mend);
        }
    }
}

fn article(kind: &str) -> String {
    let vowel = kind.starts_with(['a', 'e', 'i', 'o', 'u']);
    format!("{} {kind}", if vowel { "an" } else { "a" })
}

/// Up to three of the names that are most like the given one, the nearest first. Only letters and digits count: headers
/// differ in case, hyphens and spaces more often than in words.
pub(super) fn nearest_names<'n>(given: &str, names: impl Iterator<Item = &'n str>) -> Vec<&'n str> {
    let mut known: Vec<(String, &str)> = names.map(|name| (plain(name), name)).collect();
    let mut near = Vec::new();
    while near.len() < 3 {
        let found = nearest(&plain(given), known.iter().map(|(plain, _)| plain.as_str())).map(str::to_owned);
        let Some(place) = found.and_then(|found| known.iter().position(|(plain, _)| *plain == found)) else {
            break;
        };
        near.push(known.remove(place).1);
    }
    near
}

fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_found_by_letters_not_by_case_or_signs() {
        let names = ["DV_DEVICE_NUMBER", "DV_FLOOR_FROM", "ZIP_CODE"];
        assert_eq!(nearest_names("dv device numbr", names.into_iter()), ["DV_DEVICE_NUMBER"]);
        assert_eq!(nearest_names("DEVICE_NUMBER", names.into_iter()), ["DV_DEVICE_NUMBER"]);
        assert!(nearest_names("colour", names.into_iter()).is_empty());
        assert_eq!(nearest_names("设备代号", ["设备代码", "地址栏目"].into_iter()), ["设备代码"]);
    }

    #[test]
    fn every_mistake_is_told_with_its_key_and_line() {
        let text = "name = 3\nnmber = 1\n[inner]\nflag = \"yes\"\ncount = 0\nday = \"2015-01-01\"\n";
        let found = read(text, |table, problems| {
            table.text("name", problems);
            table.number("number", problems);
            if let Some(mut inner) = table.table("inner", problems) {
                inner.flag("flag", problems);
                inner.whole("count", 1..=9, problems);
                inner.day("day", problems);
                inner.required("missing", problems);
                inner.finish(problems);
            }
        });
        let told: Vec<(String, usize)> =
            found.err().unwrap_or_default().into_iter().map(|problem| (problem.key, problem.line)).collect();
        let expected = [
            ("name", 1),
            ("nmber", 2),
            ("inner.missing", 3),
            ("inner.flag", 4),
            ("inner.count", 5),
            ("inner.day", 6),
        ];
        assert_eq!(told, expected.map(|(key, line)| (key.to_owned(), line)));
    }

    #[test]
    fn text_that_is_not_toml_is_told_with_its_line() {
        let found = read("a = 1\nb = = 2\n", |_, _| ()).err().unwrap_or_default();
        assert!(found.first().is_some_and(|problem| problem.line == 2), "{found:?}");
    }
}
