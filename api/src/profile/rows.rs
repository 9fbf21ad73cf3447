//! The rows of the reference files, and reading them.

use chrono::NaiveDate;
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize};

use super::ProfileError;

/// A division of the city, dated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct District {
    /// Its code.
    pub code: String,
    /// Its name in Chinese.
    pub name_zh: String,
    /// Its name in English.
    pub name_en: String,
    /// Its kind: `district`, `county`, `autonomous_county`, `borough`.
    pub kind: String,
    /// The first day it is known to have existed under this code; to the month only where the code history gives no more.
    /// `None`: older than the data.
    pub valid_from: Option<NaiveDate>,
    /// The last day. `None`: it exists.
    pub valid_to: Option<NaiveDate>,
    /// The code of the division that took its place.
    pub successor: Option<String>,
    /// A remark.
    pub note: Option<String>,
}

impl District {
    /// Whether it existed on `day`.
    #[must_use]
    pub fn existed_on(&self, day: NaiveDate) -> bool {
        self.valid_from.is_none_or(|first| first <= day) && self.valid_to.is_none_or(|last| day <= last)
    }
}

/// A row of the districts' file as it stands. The validity that it does not give is worked out from the code history.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DistrictRow {
    pub(super) code: String,
    pub(super) name_zh: String,
    pub(super) name_en: String,
    pub(super) kind: String,
    #[serde(rename = "in_pilot_period_2020_2022", default)]
    _in_pilot_period: Option<String>,
    #[serde(rename = "current_2026", default)]
    _current: Option<String>,
    #[serde(default, deserialize_with = "optional_day")]
    pub(super) valid_from: Option<NaiveDate>,
    #[serde(default, deserialize_with = "optional_day")]
    pub(super) valid_to: Option<NaiveDate>,
    #[serde(default)]
    pub(super) note: Option<String>,
}

/// A code that an earlier register may hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DistrictHistory {
    /// The code. It may have been used again for another division since.
    pub old_code: String,
    /// The division that bore it.
    pub old_name_zh: String,
    /// The first day of the month in which it is first seen.
    #[serde(rename(deserialize = "first_seen_yyyymm"), deserialize_with = "month")]
    pub first_seen: NaiveDate,
    /// The first day of the month by which it was gone.
    #[serde(rename(deserialize = "gone_by_yyyymm"), deserialize_with = "month")]
    pub gone_by: NaiveDate,
    /// The code of the division that took its place.
    pub successor_code: String,
    /// A remark.
    pub note: Option<String>,
}

/// A functional zone: an area without a code of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Zone {
    /// Its key.
    pub key: String,
    /// Its name in Chinese.
    pub name_zh: String,
    /// Its name in English.
    pub name_en: String,
    /// The code of a division that covers it, where there is one.
    pub gb2260_code: Option<String>,
    /// The codes of the districts it lies in.
    #[serde(deserialize_with = "semicolons")]
    pub lies_in: Vec<String>,
    /// A remark.
    pub note: Option<String>,
}

/// A bureau that supervises.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Authority {
    /// Its key.
    pub key: String,
    /// Its level: `city`, `district`, `zone`.
    pub level: String,
    /// Its name in Chinese.
    pub name_zh: String,
    /// Its name in English.
    pub name_en: String,
    /// The district it answers for.
    pub district_code: Option<String>,
    /// The functional zone it answers for.
    pub zone_key: Option<String>,
    /// The first day. `None`: older than the data.
    #[serde(deserialize_with = "optional_day")]
    pub valid_from: Option<NaiveDate>,
    /// The last day. `None`: it exists.
    #[serde(deserialize_with = "optional_day")]
    pub valid_to: Option<NaiveDate>,
    /// How sure the row is.
    pub confidence: String,
    /// A remark.
    pub note: Option<String>,
}

/// A category of elevators within a catalogue. Codes of different catalogues collide.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Category {
    /// The catalogue's key, which begins with its year: `2014-114`.
    pub catalogue: String,
    /// The code.
    pub code: String,
    /// `kind`, `category` or `variety`.
    pub level: String,
    /// Its name in Chinese.
    pub name_zh: String,
    /// Its name in English.
    pub name_en: String,
    /// The code above it in the same catalogue.
    #[serde(default)]
    pub parent: Option<String>,
    /// The digits that stand for it in a certificate number.
    #[serde(default)]
    pub cert_code: Option<String>,
    /// The annex of the default maintenance rule that applies to it; `manufacturer`: the maker's own items.
    // The column bears the name of the first rule it was written for.
    #[serde(default, rename(deserialize = "tsg_t5002_annex"))]
    pub maintenance_annex: Option<String>,
    /// How sure the row is.
    pub confidence: String,
}

/// What a code that monitoring sends stands for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultCode {
    /// The standard, platform or vendor whose code it is.
    pub source: String,
    /// The code.
    pub code: String,
    /// `fault`, `event` or `alarm`.
    pub kind: String,
    /// Its meaning in Chinese.
    pub name_zh: String,
    /// Its meaning in English.
    pub name_en: String,
    /// `lift`, `escalator` or `both`.
    pub applies_to: String,
    /// How sure the row is.
    pub confidence: String,
    /// A remark.
    pub note: Option<String>,
}

/// One item of the default maintenance rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MaintenanceItem {
    /// The type of elevator.
    #[serde(rename = "type")]
    pub lift_type: String,
    /// `half_month`, `quarter`, `half_year` or `year`.
    pub period: String,
    /// Its number within type and period.
    pub seq: u32,
    /// What is maintained.
    pub item_zh: String,
    /// What is required of it.
    pub requirement_zh: String,
    /// How sure the row is.
    pub confidence: String,
    /// The table it stands in.
    pub table_no: String,
    /// Its code.
    pub item_code: String,
}

/// A term of the field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GlossaryTerm {
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
    /// A remark.
    pub note: Option<String>,
}

/// Reads all rows of a CSV file; the first bad one is told with its line and column.
pub(super) fn read<T: DeserializeOwned>(file: &str, text: &str) -> Result<Vec<T>, ProfileError> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let headers = reader.headers().map_err(|error| bad(file, &error, None))?.clone();
    let mut record = csv::StringRecord::new();
    let mut rows = Vec::new();
    while reader.read_record(&mut record).map_err(|error| bad(file, &error, None))? {
        let row = record.deserialize(Some(&headers));
        rows.push(row.map_err(|error| bad(file, &error, Some((&headers, &record))))?);
    }
    Ok(rows)
}

fn bad(
    file: &str,
    error: &csv::Error,
    row: Option<(&csv::StringRecord, &csv::StringRecord)>,
) -> ProfileError {
    let line = error.position().map_or(1, csv::Position::line);
    let (column, problem) = match error.kind() {
        csv::ErrorKind::Deserialize { err, .. } => {
            let problem = err.kind().to_string();
            // The parser knows the place of its own findings only; ours begin with the value as the file writes it.
            let place = match err.field() {
                Some(place) => usize::try_from(place).ok(),
                None => row.and_then(|(_, row)| {
                    row.iter().position(|value| problem.starts_with(&format!("`{value}` ")))
                }),
            };
            let column = place.and_then(|place| row?.0.get(place)).unwrap_or("header");
            (column.to_owned(), problem)
        }
        _ => ("row".to_owned(), error.to_string()),
    };
    ProfileError::BadRow { file: file.to_owned(), line, column, problem }
}

fn optional_day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<NaiveDate>, D::Error> {
    let written = String::deserialize(deserializer)?;
    match written.parse() {
        _ if written.is_empty() => Ok(None),
        Ok(day) => Ok(Some(day)),
        Err(_) => Err(D::Error::custom(format!("`{written}` is not a day; write it as 2020-09-01"))),
    }
}

fn month<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NaiveDate, D::Error> {
    let written = String::deserialize(deserializer)?;
    let parts = written.get(..4).zip(written.get(4..)).filter(|_| written.len() == 6);
    parts
        .and_then(|(year, month)| NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, 1))
        .ok_or_else(|| D::Error::custom(format!("`{written}` is not a month; write it as 201110")))
}

fn semicolons<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let written = String::deserialize(deserializer)?;
    Ok(written.split(';').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect())
}
