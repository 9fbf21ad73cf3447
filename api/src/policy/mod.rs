//! The policy: every number and date that a law, the notice or this service's own settings lay down, dated and with its source.
//!
//! Code asks by key and day; a case asks with the day it was filed on, so that it keeps the limits of that day.

mod entry;
mod pilot;
pub(crate) mod read;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Deserialize;
use sha2::{Digest, Sha256};

pub use entry::{Confidence, Entry, Unit, Value};
pub use pilot::{Phase, PilotAct, PilotPolicy};

/// Why a policy file is refused, or a question to the policy has no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// The text is not the TOML it should be.
    #[error("policy file {file}, line {line}, `{key}`: {message}")]
    NotReadable {
        /// The file.
        file: String,
        /// The line, counted from 1.
        line: usize,
        /// The key on that line.
        key: String,
        /// What is wrong.
        message: String,
    },
    /// An entry cannot stand.
    #[error("policy file {file}, entry `{entry}`, field `{field}` {problem}")]
    BadEntry {
        /// The file.
        file: String,
        /// The entry.
        entry: String,
        /// The field.
        field: &'static str,
        /// What is wrong and how to mend it.
        problem: String,
    },
    /// Two entries would hold on the same day.
    #[error(
        "policy file {file}, entry `{key}`: the entry from {second} begins before the one from {first} has ended; set its `valid_to`"
    )]
    Overlap {
        /// The file of the later one.
        file: String,
        /// The key of both.
        key: String,
        /// Where the earlier one begins.
        first: NaiveDate,
        /// Where the later one begins.
        second: NaiveDate,
    },
    /// The pilot policy asked for is in no file.
    #[error("there is no pilot policy `{asked}`; known are: {known}")]
    NoSuchPilot {
        /// What was asked for.
        asked: String,
        /// What there is.
        known: String,
    },
    /// Nobody ever set the key.
    #[error("the policy has no entry `{key}`; add one with its value, source and first day")]
    Unknown {
        /// The key.
        key: String,
    },
    /// The key is known, but not on that day.
    #[error("the policy entry `{key}` holds on other days, not on {day}")]
    NotInForce {
        /// The key.
        key: String,
        /// The day.
        day: NaiveDate,
    },
    /// The law of that day sets no limit.
    #[error("no limit is set for `{key}` on {day}")]
    NoLimit {
        /// The key.
        key: String,
        /// The day.
        day: NaiveDate,
    },
    /// The value is of another kind than was asked for.
    #[error("the policy entry `{key}` from {from}, field `value`, is not {wanted}; mend the policy file")]
    OtherKind {
        /// The key.
        key: String,
        /// Where the entry begins.
        from: NaiveDate,
        /// What was asked for.
        wanted: &'static str,
    },
}

/// The policy in use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// By key, each list in order of time.
    entries: BTreeMap<String, Vec<Entry>>,
    pilot: Option<PilotPolicy>,
    version: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(deserialize_with = "read::day")]
    edition: NaiveDate,
    #[serde(default)]
    entries: Vec<Entry>,
    #[serde(default)]
    pilot_policies: Vec<PilotPolicy>,
}

impl Policy {
    /// Reads the policy from its files, given as (name, text), and picks one of their pilot policies, if the city has a pilot.
    ///
    /// # Errors
    /// The first entry that cannot stand, named with its field and the mend.
    pub fn load(files: &[(&str, &str)], pilot: Option<&str>) -> Result<Self, PolicyError> {
        let mut entries: BTreeMap<String, Vec<Entry>> = BTreeMap::new();
        let mut pilots: BTreeMap<String, PilotPolicy> = BTreeMap::new();
        let mut edition = NaiveDate::MIN;
        let mut hash = Sha256::new();
        for (name, text) in files {
            let file = parse(name, text)?;
            edition = edition.max(file.edition);
            hash.update(text.as_bytes());
            for entry in file.entries {
                entry.check(name)?;
                insert(name, entries.entry(entry.key.clone()).or_default(), entry)?;
            }
            for policy in file.pilot_policies {
                policy.check(name)?;
                let entry = format!("pilot policy {}", policy.key);
                if pilots.insert(policy.key.clone(), policy).is_some() {
                    let problem = "comes twice; give each pilot policy its own".to_owned();
                    return Err(PolicyError::BadEntry {
                        file: (*name).to_owned(),
                        entry,
                        field: "key",
                        problem,
                    });
                }
            }
        }
        // What decides differently must be told apart, so the choice of the pilot policy is part of the version.
        hash.update(pilot.unwrap_or_default().as_bytes());
        let digest: String = hash.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect();
        let version = if files.is_empty() { format!("none-{digest}") } else { format!("{edition}-{digest}") };
        let pilot = match pilot {
            None => None,
            Some(asked) => Some(pilots.remove(asked).ok_or_else(|| PolicyError::NoSuchPilot {
                asked: asked.to_owned(),
                known: pilots.keys().map(String::as_str).collect::<Vec<_>>().join(", "),
            })?),
        };
        Ok(Self { entries, pilot, version })
    }

    /// The newest edition day and the beginning of a SHA-256 over the files and the choice of the pilot policy.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The pilot's window and phases. `None` where the city has no pilot.
    #[must_use]
    pub fn pilot(&self) -> Option<&PilotPolicy> {
        self.pilot.as_ref()
    }

    /// Whether `act` of the pilot's procedure is open on `day`. Never, where the city has no pilot.
    #[must_use]
    pub fn is_open(&self, act: PilotAct, day: NaiveDate) -> bool {
        self.pilot.as_ref().is_some_and(|pilot| pilot.is_open(act, day))
    }

    /// All entries, by key and then in order of time.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.values().flatten()
    }

    /// The entries in force on `day`, by key.
    #[must_use]
    pub fn on(&self, day: NaiveDate) -> Vec<&Entry> {
        self.entries().filter(|entry| self.in_force(entry, day)).collect()
    }

    /// The entry `key` in force on `day`.
    ///
    /// # Errors
    /// There is none, or none on that day.
    pub fn entry(&self, key: &str, day: NaiveDate) -> Result<&Entry, PolicyError> {
        let list = self.entries.get(key).ok_or_else(|| PolicyError::Unknown { key: key.to_owned() })?;
        list.iter()
            .find(|entry| self.in_force(entry, day))
            .ok_or_else(|| PolicyError::NotInForce { key: key.to_owned(), day })
    }

    /// The number `key` on `day`.
    ///
    /// # Errors
    /// There is no such entry on that day, it sets no limit, or its value is no single number.
    pub fn number(&self, key: &str, day: NaiveDate) -> Result<i64, PolicyError> {
        let entry = self.entry(key, day)?;
        match &entry.value {
            None => Err(PolicyError::NoLimit { key: key.to_owned(), day }),
            Some(Value::Number(number)) => Ok(*number),
            Some(Value::Numbers(_) | Value::Text(_)) => Err(other_kind(entry, "one whole number")),
        }
    }

    /// The list of numbers `key` on `day`.
    ///
    /// # Errors
    /// There is no such entry on that day, it sets no limit, or its value is no list.
    pub fn numbers(&self, key: &str, day: NaiveDate) -> Result<&[i64], PolicyError> {
        let entry = self.entry(key, day)?;
        match &entry.value {
            None => Err(PolicyError::NoLimit { key: key.to_owned(), day }),
            Some(Value::Numbers(numbers)) => Ok(numbers),
            Some(Value::Number(_) | Value::Text(_)) => Err(other_kind(entry, "a list of numbers")),
        }
    }

    /// The day of each year (month, day) that `key` names on `day`.
    ///
    /// # Errors
    /// There is no such entry on that day, or its value is no day of the year.
    pub fn month_day(&self, key: &str, day: NaiveDate) -> Result<(u32, u32), PolicyError> {
        let entry = self.entry(key, day)?;
        entry.month_day().ok_or_else(|| other_kind(entry, "a day of each year such as \"12-20\""))
    }

    fn in_force(&self, entry: &Entry, day: NaiveDate) -> bool {
        entry.holds_on(day) && (!entry.pilot || self.pilot.as_ref().is_some_and(|pilot| pilot.runs_on(day)))
    }
}

fn parse(name: &str, text: &str) -> Result<File, PolicyError> {
    read::parse(text).map_err(|problem| PolicyError::NotReadable {
        file: name.to_owned(),
        line: problem.line,
        key: problem.key,
        message: problem.message,
    })
}

/// Puts `entry` in its place in time and refuses it where it would overlap a neighbour.
fn insert(file: &str, list: &mut Vec<Entry>, entry: Entry) -> Result<(), PolicyError> {
    let (key, from) = (entry.key.clone(), entry.valid_from);
    let at = list.partition_point(|other| other.valid_from < from);
    list.insert(at, entry);
    for (one, next) in list.iter().zip(list.iter().skip(1)) {
        if one.valid_to.is_none_or(|last| next.valid_from <= last) {
            let (first, second) = (one.valid_from, next.valid_from);
            return Err(PolicyError::Overlap { file: file.to_owned(), key, first, second });
        }
    }
    Ok(())
}

fn other_kind(entry: &Entry, wanted: &'static str) -> PolicyError {
    PolicyError::OtherKind { key: entry.key.clone(), from: entry.valid_from, wanted }
}

#[cfg(test)]
mod tests;
