//! The city's profile: everything that differs from city to city, as data. The code knows no city.

mod check;
mod file;
mod identifier;
mod reference;
mod rows;
mod source;

use std::path::PathBuf;
use std::sync::Arc;

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::calendar::{Calendar, CalendarError};
use crate::policy::{Policy, PolicyError, read};
use file::File;
pub use identifier::{IdentifierKind, Pattern};
pub use reference::Reference;
use reference::{Files, Named};
pub use rows::{
    Authority, Category, District, DistrictHistory, FaultCode, GlossaryTerm, MaintenanceItem, Zone,
};
use source::Source;

/// Why a profile cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// Neither a shipped name nor a path.
    #[error("there is no shipped profile `{asked}`; shipped are: {known}; or give the path of a TOML file")]
    Unknown {
        /// What was asked for.
        asked: String,
        /// What there is.
        known: String,
    },
    /// A file cannot be read.
    #[error("`{key}` names the file {path}, which cannot be read ({cause}); mend the path or the file", path = .path.display())]
    Unreadable {
        /// The key that names it.
        key: String,
        /// The file.
        path: PathBuf,
        /// The reason.
        cause: String,
    },
    /// The profile is not the TOML it should be.
    #[error("profile {profile}, line {line}, `{key}`: {message}")]
    NotReadable {
        /// The profile.
        profile: String,
        /// The line, counted from 1.
        line: usize,
        /// The key on that line.
        key: String,
        /// What is wrong.
        message: String,
    },
    /// A key of the profile cannot stand.
    #[error("profile {profile}, `{key}` {problem}")]
    BadKey {
        /// The profile.
        profile: String,
        /// The key.
        key: String,
        /// What is wrong and how to mend it.
        problem: String,
    },
    /// A row of a reference file cannot stand.
    #[error("file {file}, line {line}, column `{column}`: {problem}")]
    BadRow {
        /// The file.
        file: String,
        /// The line, counted from 1.
        line: u64,
        /// The column.
        column: String,
        /// What is wrong and how to mend it.
        problem: String,
    },
    /// The policy is refused.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// The calendar is refused.
    #[error("calendar file {file}: {problem}")]
    Calendar {
        /// The file.
        file: String,
        /// What is wrong.
        problem: CalendarError,
    },
}

/// The line that people in a stuck elevator call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RescueLine {
    /// The number as people say and dial it.
    pub number: String,
    /// Its name in Chinese.
    pub label_zh: String,
    /// Its name in English.
    pub label_en: String,
    /// The kind of identifier that it asks for; `None` where it knows none.
    pub code_identifier_kind: Option<String>,
    /// What stands beside the code, in Chinese.
    pub beside_code_zh: String,
    /// What stands beside the code, in English.
    pub beside_code_en: String,
    /// What to say where the elevator has no such code, in Chinese.
    pub without_code_zh: String,
    /// What to say where the elevator has no such code, in English.
    pub without_code_en: String,
}

/// The rule by which an elevator is maintained that has no plan of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MaintenanceDefault {
    /// The rule's short name.
    pub rule: String,
    /// Its title in Chinese.
    pub title_zh: String,
    /// Its title in English.
    pub title_en: String,
    /// The file of its items.
    pub items: String,
    /// What the policy's keys of its intervals begin with; the item's period follows after an underscore.
    pub intervals: String,
}

/// A city.
#[derive(Clone, Debug)]
pub struct Profile {
    /// Its key.
    pub key: String,
    /// Its name in Chinese.
    pub name_zh: String,
    /// Its name in English.
    pub name_en: String,
    /// The zone whose days count.
    pub time_zone: Tz,
    /// The languages offered, `zh` and `en`, the default first.
    pub languages: Vec<String>,
    /// The country whose statutory holidays the calendar holds, where it holds any (ISO 3166).
    pub holiday_country: Option<String>,
    /// Whether an elevator must not be used once its inspection has lapsed or failed.
    pub inspection_binds_use: bool,
    /// The rescue line.
    pub rescue_line: RescueLine,
    /// The kind of identifier that stands for an elevator in public.
    pub default_identifier: String,
    /// The kinds of identifier, in the order in which they are shown.
    pub identifier_kinds: Vec<IdentifierKind>,
    /// The catalogue whose codes are meant where none is named.
    pub default_catalogue: String,
    /// The default maintenance rule; `None` where the city prescribes none.
    pub maintenance_default: Option<MaintenanceDefault>,
    /// The pilot policy in use; `None` where the city has no pilot.
    pub pilot_policy: Option<String>,
    reference: Arc<Reference>,
    policy: Arc<Policy>,
    calendar: Arc<Calendar>,
}

impl Profile {
    /// Loads a shipped profile by its name or a profile file by its path, with all that it names, and checks everything.
    ///
    /// # Errors
    /// The first thing that cannot stand, named with its key or its row and the mend.
    pub fn load(name_or_path: &str) -> Result<Self, ProfileError> {
        let source = Source::open(name_or_path)?;
        let mut file: File = read::parse(&source.text).map_err(|problem| ProfileError::NotReadable {
            profile: source.name.clone(),
            line: problem.line,
            key: problem.key,
            message: problem.message,
        })?;
        let rows = std::mem::take(&mut file.categories.rows);
        let mut reference = Reference::read(&reference_files(&source, &file)?)?;
        match (&file.categories.file, rows.is_empty()) {
            (Some(_), true) => {}
            (None, false) => reference.categories = rows,
            (Some(_), false) => {
                return Err(source.bad("categories", "has both `file` and `rows`; keep one of them"));
            }
            (None, true) => {
                return Err(source.bad("categories", "has neither `file` nor `rows`; give one of them"));
            }
        }
        let policy = load_policy(&source, &file)?;
        let calendar = load_calendar(&source, &file)?;
        let time_zone = check::all(&source, &file, &reference, &policy, &calendar)?;
        Ok(Self {
            key: file.key,
            name_zh: file.name_zh,
            name_en: file.name_en,
            time_zone,
            languages: file.languages,
            holiday_country: file.holiday_country,
            inspection_binds_use: file.inspection_binds_use,
            rescue_line: file.rescue_line,
            default_identifier: file.default_identifier,
            identifier_kinds: file.identifier_kinds,
            default_catalogue: file.categories.default_catalogue,
            maintenance_default: file.maintenance_default,
            pilot_policy: file.policy.pilot,
            reference: Arc::new(reference),
            policy: Arc::new(policy),
            calendar: Arc::new(calendar),
        })
    }

    /// Districts, bureaus, categories and the other code lists.
    #[must_use]
    pub fn reference(&self) -> &Reference {
        &self.reference
    }

    /// The policy as the city's files give it.
    #[must_use]
    pub fn policy(&self) -> &Arc<Policy> {
        &self.policy
    }

    /// The calendar as the city's file gives it; knows nothing but the week where there is no file.
    #[must_use]
    pub fn calendar(&self) -> &Arc<Calendar> {
        &self.calendar
    }

    /// The kind of identifier with `key`. Elevators may bear others too.
    #[must_use]
    pub fn identifier_kind(&self, key: &str) -> Option<&IdentifierKind> {
        self.identifier_kinds.iter().find(|kind| kind.key == key)
    }
}

fn named(source: &Source, key: &str, file: Option<&String>) -> Result<Option<Named>, ProfileError> {
    file.map(|name| Ok(Named { name: name.clone(), text: source.file(key, name)? })).transpose()
}

fn reference_files(source: &Source, file: &File) -> Result<Files, ProfileError> {
    let names = &file.files;
    let items = file.maintenance_default.as_ref().map(|rule| &rule.items);
    Ok(Files {
        districts: named(source, "files.districts", Some(&names.districts))?,
        district_history: named(source, "files.district_history", names.district_history.as_ref())?,
        zones: named(source, "files.zones", names.zones.as_ref())?,
        authorities: named(source, "files.authorities", names.authorities.as_ref())?,
        categories: named(source, "categories.file", file.categories.file.as_ref())?,
        fault_codes: named(source, "files.fault_codes", names.fault_codes.as_ref())?,
        maintenance_items: named(source, "maintenance_default.items", items)?,
        glossary: named(source, "files.glossary", names.glossary.as_ref())?,
    })
}

fn load_policy(source: &Source, file: &File) -> Result<Policy, ProfileError> {
    let read = |name: &String| Ok((name.clone(), source.file("policy.files", name)?));
    let texts: Vec<(String, String)> =
        file.policy.files.iter().map(read).collect::<Result<_, ProfileError>>()?;
    let texts: Vec<(&str, &str)> = texts.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    Ok(Policy::load(&texts, file.policy.pilot.as_deref())?)
}

fn load_calendar(source: &Source, file: &File) -> Result<Calendar, ProfileError> {
    let Some(name) = &file.files.calendar else { return Ok(Calendar::weekends_only(&file.time_zone)) };
    let text = source.file("files.calendar", name)?;
    Calendar::parse(&text).map_err(|problem| ProfileError::Calendar { file: name.clone(), problem })
}

#[cfg(test)]
mod tests;
