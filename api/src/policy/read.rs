//! Reading the TOML files that people write: days, and errors that name the line and the key.

use chrono::NaiveDate;
use serde::{Deserialize, Deserializer};

/// What is wrong with a TOML text, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TomlProblem {
    /// The key on the line at fault, or the name of the table.
    pub(crate) key: String,
    /// The line, counted from 1.
    pub(crate) line: usize,
    /// The parser's words.
    pub(crate) message: String,
}

/// Parses `text`; on failure finds the line and the key, which the parser's own message leaves out for values of a wrong type.
pub(crate) fn parse<T: for<'de> Deserialize<'de>>(text: &str) -> Result<T, TomlProblem> {
    toml::from_str(text).map_err(|error| {
        let start = error.span().map_or(0, |span| span.start);
        let passed = text.get(..start).unwrap_or_default();
        let line = passed.matches('\n').count() + 1;
        let written = text.lines().nth(line - 1).unwrap_or_default().trim();
        let key = written.split('=').next().unwrap_or_default().trim_matches(['[', ']', ' ']);
        TomlProblem { key: key.to_owned(), line, message: error.message().to_owned() }
    })
}

/// A day, written in TOML as a date without quotation marks.
pub(crate) fn day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NaiveDate, D::Error> {
    let written = toml::value::Datetime::deserialize(deserializer)?;
    whole_day(written).ok_or_else(|| not_a_day(written))
}

/// A day that may be absent.
pub(crate) fn optional_day<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<NaiveDate>, D::Error> {
    day(deserializer).map(Some)
}

fn whole_day(written: toml::value::Datetime) -> Option<NaiveDate> {
    let date = written.date.filter(|_| written.time.is_none())?;
    NaiveDate::from_ymd_opt(i32::from(date.year), u32::from(date.month), u32::from(date.day))
}

fn not_a_day<E: serde::de::Error>(written: toml::value::Datetime) -> E {
    E::custom(format!("`{written}` is not a day; write it as 2020-09-01, without a time"))
}
