//! One entry of the policy: a number or a date that binds, with its source and its span of days.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::PolicyError;
use super::read::{day, optional_day};

/// What an entry's value is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Working days of the calendar; the first day is not counted.
    WorkingDay,
    /// Calendar days; the first day is not counted.
    CalendarDay,
    /// Calendar months.
    Month,
    /// Calendar years.
    Year,
    /// Minutes.
    Minute,
    /// A day of each year, written `12-20`.
    MonthDay,
    /// Elevators.
    Elevator,
    /// Persons.
    Person,
    /// Complaints and reports.
    Complaint,
    /// A count of whatever the label names.
    Count,
    /// Hundredths.
    Percent,
    /// Thousandths.
    PerMille,
}

/// How sure the value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// The source's own text was read, or several independent ones agree.
    High,
    /// Good secondary sources.
    MediumHigh,
    /// One secondary source, or memory.
    Medium,
    /// Doubtful.
    LowMedium,
    /// Weak.
    Low,
    /// No law gives it: a setting of this service.
    Setting,
}

/// The value of an entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// A number.
    Number(i64),
    /// Several numbers, ascending.
    Numbers(Vec<i64>),
    /// A day of the year.
    Text(String),
}

/// One dated entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// What it is asked for by. Entries that follow each other in time share it.
    pub key: String,
    /// Absent where the law of these days sets no limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
    /// Given whenever `value` is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<Unit>,
    /// What is limited, in Chinese.
    pub label_zh: String,
    /// What is limited, in English.
    pub label_en: String,
    /// The kind of business it belongs to: complaint, report, pilot, maintenance, …
    pub track: String,
    /// What starts the clock, in Chinese.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub starts_zh: Option<String>,
    /// What starts the clock, in English.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub starts_en: Option<String>,
    /// The article or clause.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clause: Option<String>,
    /// The title of the instrument, in Chinese.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub basis_zh: Option<String>,
    /// The title of the instrument, in English.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub basis_en: Option<String>,
    /// Whether it belongs to the pilot and so holds at most inside the window of the pilot policy in use.
    #[serde(default)]
    pub pilot: bool,
    /// The first day.
    #[serde(deserialize_with = "day")]
    pub valid_from: NaiveDate,
    /// The last day. Absent: no end is known.
    #[serde(default, deserialize_with = "optional_day", skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<NaiveDate>,
    /// How sure it is.
    pub confidence: Confidence,
    /// A remark, in Chinese.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note_zh: Option<String>,
    /// A remark, in English.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note_en: Option<String>,
}

impl Entry {
    /// Whether it holds on `day`, the pilot's window apart.
    #[must_use]
    pub fn holds_on(&self, day: NaiveDate) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|last| day <= last)
    }

    /// The day of the year it names.
    #[must_use]
    pub fn month_day(&self) -> Option<(u32, u32)> {
        let (Some(Value::Text(text)), Some(Unit::MonthDay)) = (&self.value, self.unit) else { return None };
        let (month, day) = text.split_once('-')?;
        let (month, day) = (month.parse().ok()?, day.parse().ok()?);
        // 2023 is no leap year: a date that exists only in some years cannot bind every year.
        NaiveDate::from_ymd_opt(2023, month, day).filter(|_| text.len() == 5).map(|_| (month, day))
    }

    pub(super) fn check(&self, file: &str) -> Result<(), PolicyError> {
        let bad = |field: &'static str, problem: &str| {
            Err(PolicyError::BadEntry {
                file: file.to_owned(),
                entry: format!("{} from {}", self.key, self.valid_from),
                field,
                problem: problem.to_owned(),
            })
        };
        if !is_key(&self.key) {
            return bad(
                "key",
                "is not of small letters, digits and underscores; write it like `public_notice_days`",
            );
        }
        if self.valid_to.is_some_and(|last| last < self.valid_from) {
            return bad("valid_to", "lies before `valid_from`; exchange the two or mend one");
        }
        for (field, text) in
            [("label_zh", &self.label_zh), ("label_en", &self.label_en), ("track", &self.track)]
        {
            if text.trim().is_empty() {
                return bad(field, "is empty; say what is limited");
            }
        }
        if self.confidence != Confidence::Setting && self.basis_zh.is_none() && self.note_zh.is_none() {
            return bad("basis_zh", "is missing; name the source, or say in `note_zh` why there is none");
        }
        match (&self.value, self.unit) {
            (None, None) if self.note_zh.is_none() => bad("note_zh", "is missing; say why there is no limit"),
            (None, None) => Ok(()),
            (None, Some(_)) => {
                bad("value", "is missing; give it, or leave out `unit` too where no limit is set")
            }
            (Some(_), None) => bad("unit", "is missing; a value means nothing without it"),
            (Some(Value::Text(_)), Some(Unit::MonthDay)) if self.month_day().is_some() => Ok(()),
            (Some(_), Some(Unit::MonthDay)) => {
                bad("value", "is not a day of each year; write it as \"12-20\"")
            }
            (Some(Value::Text(_)), Some(_)) => {
                bad("value", "is text; write a whole number without quotation marks")
            }
            (Some(Value::Number(number)), Some(_)) if *number < 0 => {
                bad("value", "is negative; give zero or more")
            }
            (Some(Value::Numbers(numbers)), Some(_)) if !ascending(numbers) => {
                bad("value", "is not an ascending list of numbers; sort it and leave out doubles")
            }
            (Some(_), Some(_)) => Ok(()),
        }
    }
}

fn ascending(numbers: &[i64]) -> bool {
    !numbers.is_empty() && numbers.iter().zip(numbers.iter().skip(1)).all(|(one, next)| one < next)
}

pub(super) fn is_key(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}
