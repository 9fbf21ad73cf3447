//! The calendar's file: reading it, refusing a bad one line by line, and laying a newer one over the known days.
//!
//! One JSON object: `source`, `timezone`, `papers` (year → addresses of the notices; the years named here are the known ones),
//! `days` (day → `{type, name}`, in order of time), and, for a file that is to replace years, `replaces` (their list).
//! `rule` and `not_covered` are remarks for readers.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use chrono::{Datelike, NaiveDate};
use serde::Deserialize;
use serde::de::{MapAccess, Visitor};

use super::{Calendar, SpecialDay};

/// Why a calendar file is refused.
#[derive(Debug, thiserror::Error)]
pub enum CalendarError {
    /// The file is not the JSON object it should be.
    #[error("the calendar is not a JSON object of the expected form: {0}")]
    NotReadable(#[from] serde_json::Error),
    /// Some of its lines are wrong. All of them are told at once.
    #[error("the calendar has {} bad line(s): {}", .0.len(), list(.0))]
    BadLines(Vec<BadLine>),
    /// A year is declared but holds no day.
    #[error(
        "the calendar declares {0} in `papers` but names no day in it; leave the year out until its notice has been published"
    )]
    EmptyYear(i32),
    /// The known years would have a hole.
    #[error("the known years would skip {0}; load a calendar of {0} first, or one that holds it too")]
    MissingYear(i32),
    /// The file would make known days unknown.
    #[error(
        "the calendar lacks {} day(s) that are known already: {}; add them, or name their years in `replaces` if the file holds \
         these years whole",
        .0.len(),
        list(.0)
    )]
    RemovesDays(Vec<NaiveDate>),
    /// The file belongs to another part of the world.
    #[error(
        "the calendar is for the time zone `{found}`, this service runs in `{expected}`; load a calendar for `{expected}`"
    )]
    OtherZone {
        /// The zone of the service.
        expected: String,
        /// The zone in the file.
        found: String,
    },
}

/// A line of a calendar file that cannot stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadLine {
    /// Its number, counted from 1.
    pub line: usize,
    /// The day as the file writes it.
    pub day: String,
    /// What is wrong and how to mend it.
    pub problem: String,
}

impl fmt::Display for BadLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, `{}`: {}", self.line, self.day, self.problem)
    }
}

fn list<T: fmt::Display>(items: &[T]) -> String {
    items.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// What changes from one calendar to another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// Days only the newer one names.
    pub added: Vec<NaiveDate>,
    /// Days both name, but not alike.
    pub changed: Vec<NaiveDate>,
    /// Days only the older one names.
    pub removed: Vec<NaiveDate>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    source: String,
    timezone: String,
    papers: BTreeMap<i32, Vec<String>>,
    days: InOrder,
    #[serde(default)]
    replaces: BTreeSet<i32>,
    #[serde(rename = "rule", default)]
    _rule: String,
    #[serde(rename = "not_covered", default)]
    _not_covered: String,
}

/// The members of `days` in the order of the file, doubles included: a map would swallow both faults.
struct InOrder(Vec<(String, serde_json::Value)>);

impl<'de> Deserialize<'de> for InOrder {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = InOrder;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of days")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<InOrder, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(InOrder(members))
            }
        }
        deserializer.deserialize_map(Members)
    }
}

impl Calendar {
    /// Reads a calendar file and checks all of it.
    ///
    /// # Errors
    /// See [`CalendarError`]; every bad line is named.
    pub fn parse(text: &str) -> Result<Self, CalendarError> {
        let file: File = serde_json::from_str(text)?;
        let years: BTreeSet<i32> = file.papers.keys().copied().collect();
        let mut bad: Vec<BadLine> = Vec::new();
        for year in file.replaces.difference(&years) {
            bad.push(BadLine {
                line: Lines::new(text, "replaces").find(&year.to_string()),
                day: year.to_string(),
                problem: "this year is in `replaces` but not in `papers`; name its notice there".to_owned(),
            });
        }
        let mut lines = Lines::new(text, "days");
        let mut days = BTreeMap::new();
        for (written, value) in file.days.0 {
            let line = lines.find(&written);
            match checked(&written, value, &years, days.last_key_value().map(|(day, _)| *day)) {
                Ok((day, special)) => {
                    days.insert(day, special);
                }
                Err(problem) => bad.push(BadLine { line, day: written, problem }),
            }
        }
        if !bad.is_empty() {
            return Err(CalendarError::BadLines(bad));
        }
        let calendar = Self {
            source: file.source,
            timezone: file.timezone,
            papers: file.papers,
            days,
            replaces: file.replaces,
        };
        calendar.whole()
    }

    /// A calendar of the given years and days, as kept in a database.
    ///
    /// # Errors
    /// A year without a day, or a hole between the years.
    pub fn from_days(
        timezone: &str,
        source: &str,
        papers: BTreeMap<i32, Vec<String>>,
        days: impl IntoIterator<Item = (NaiveDate, SpecialDay)>,
    ) -> Result<Self, CalendarError> {
        let calendar = Self {
            source: source.to_owned(),
            timezone: timezone.to_owned(),
            papers,
            days: days.into_iter().collect(),
            replaces: BTreeSet::new(),
        };
        calendar.whole()
    }

    /// The calendar as a file that [`Calendar::parse`] reads back.
    ///
    /// # Errors
    /// Never in practice: all keys are text and all values plain.
    pub fn to_json(&self) -> Result<String, CalendarError> {
        Ok(serde_json::to_string_pretty(self)?)
    }

    /// This calendar with `newer` laid over it. Years that `newer` does not declare stay; a year both hold must keep each known
    /// day, unless `newer` names the year in `replaces`.
    ///
    /// # Errors
    /// Another time zone, known days that would be lost, or a hole between the years.
    pub fn extended_by(&self, newer: &Self) -> Result<Self, CalendarError> {
        if self.timezone != newer.timezone {
            let (expected, found) = (self.timezone.clone(), newer.timezone.clone());
            return Err(CalendarError::OtherZone { expected, found });
        }
        let replaced = |day: &NaiveDate| newer.replaces.contains(&day.year());
        let declared = |day: &NaiveDate| newer.papers.contains_key(&day.year());
        let lost: Vec<NaiveDate> = self
            .days
            .keys()
            .filter(|day| declared(day) && !replaced(day) && !newer.days.contains_key(*day))
            .copied()
            .collect();
        if !lost.is_empty() {
            return Err(CalendarError::RemovesDays(lost));
        }
        let mut papers = self.papers.clone();
        papers.extend(newer.papers.iter().map(|(year, paper)| (*year, paper.clone())));
        let kept = self.days.iter().filter(|(day, _)| !replaced(day));
        let days = kept.chain(&newer.days).map(|(day, special)| (*day, special.clone()));
        let source = if newer.source.is_empty() { &self.source } else { &newer.source };
        Self::from_days(&self.timezone, source, papers, days)
    }

    /// What changes when `newer` takes the place of this calendar.
    #[must_use]
    pub fn difference(&self, newer: &Self) -> Difference {
        let mut difference = Difference::default();
        for (day, special) in &newer.days {
            match self.days.get(day) {
                None => difference.added.push(*day),
                Some(known) if known != special => difference.changed.push(*day),
                Some(_) => {}
            }
        }
        difference.removed = self.days.keys().filter(|day| !newer.days.contains_key(*day)).copied().collect();
        difference
    }

    fn whole(self) -> Result<Self, CalendarError> {
        for year in self.papers.keys() {
            if !self.days.keys().any(|day| day.year() == *year) {
                return Err(CalendarError::EmptyYear(*year));
            }
        }
        for (year, next) in self.papers.keys().zip(self.papers.keys().skip(1)) {
            if *next != year + 1 {
                return Err(CalendarError::MissingYear(year + 1));
            }
        }
        Ok(self)
    }
}

fn checked(
    written: &str,
    value: serde_json::Value,
    years: &BTreeSet<i32>,
    before: Option<NaiveDate>,
) -> Result<(NaiveDate, SpecialDay), String> {
    let day: NaiveDate = match written.parse() {
        Ok(day) if NaiveDate::to_string(&day) == written => day,
        _ => return Err("is not a day; write it as 2027-01-01".to_owned()),
    };
    if !declared(day, years) {
        return Err(format!("its year is not in `papers`; name the notice of {} there", day.year()));
    }
    match before {
        Some(earlier) if earlier == day => return Err("comes twice; keep one of the two".to_owned()),
        Some(earlier) if earlier > day => {
            return Err(format!("comes after {earlier}; put the days in order"));
        }
        _ => {}
    }
    let special: SpecialDay = serde_json::from_value(value).map_err(|error| {
        format!("{error}; write {{\"type\": \"holiday\" or \"workday\", \"name\": \"…\"}}")
    })?;
    if special.name.trim().is_empty() {
        return Err("its `name` is empty; name the holiday it belongs to".to_owned());
    }
    Ok((day, special))
}

/// A notice may also name days in December of the year before its own.
fn declared(day: NaiveDate, years: &BTreeSet<i32>) -> bool {
    years.contains(&day.year()) || (day.month() == 12 && years.contains(&(day.year() + 1)))
}

/// Finds the line of each member of an object, going forward through the text.
struct Lines<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Lines<'t> {
    fn new(text: &'t str, object: &str) -> Self {
        Self { text, at: text.find(&format!("\"{object}\"")).unwrap_or(0) }
    }

    fn find(&mut self, written: &str) -> usize {
        if let Some(step) = self.text.get(self.at..).and_then(|rest| rest.find(written)) {
            self.at += step + written.len();
        }
        self.text.get(..self.at).map_or(0, |passed| passed.matches('\n').count()) + 1
    }
}
