//! The reference data of a city: read once, checked as a whole, dated.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};
use serde::Serialize;

use super::ProfileError;
use super::rows::{
    Authority, Category, District, DistrictHistory, DistrictRow, FaultCode, GlossaryTerm, MaintenanceItem,
    Zone, read,
};

/// All reference data of a profile.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Reference {
    /// Districts, those that no longer exist included, in the order of the file.
    pub districts: Vec<District>,
    /// Codes of earlier registers.
    pub district_history: Vec<DistrictHistory>,
    /// Functional zones.
    pub zones: Vec<Zone>,
    /// Bureaus.
    pub authorities: Vec<Authority>,
    /// Categories of every catalogue.
    pub categories: Vec<Category>,
    /// Codes of monitoring.
    pub fault_codes: Vec<FaultCode>,
    /// Items of the default maintenance rule.
    pub maintenance_items: Vec<MaintenanceItem>,
    /// Terms of the field.
    pub glossary: Vec<GlossaryTerm>,
}

/// A reference file: its name for errors and its text.
pub(super) struct Named {
    pub(super) name: String,
    pub(super) text: String,
}

/// The files of a profile's reference data.
#[derive(Default)]
pub(super) struct Files {
    pub(super) districts: Option<Named>,
    pub(super) district_history: Option<Named>,
    pub(super) zones: Option<Named>,
    pub(super) authorities: Option<Named>,
    pub(super) categories: Option<Named>,
    pub(super) fault_codes: Option<Named>,
    pub(super) maintenance_items: Option<Named>,
    pub(super) glossary: Option<Named>,
}

impl Reference {
    /// The district with `code`, existing or not.
    #[must_use]
    pub fn district(&self, code: &str) -> Option<&District> {
        self.districts.iter().find(|district| district.code == code)
    }

    /// The district that answers on `day` for what a register filed under `code`, which may be a code of long ago: follows the
    /// districts' successors and the code history. `None`: the code is of no place of this city.
    #[must_use]
    pub fn district_for(&self, code: &str, day: NaiveDate) -> Option<&District> {
        let mut code = code;
        // A chain is never longer than the two tables together; a ring in the data must not hang the import.
        for _ in 0..=self.districts.len() + self.district_history.len() {
            let known = self.district(code);
            if let Some(district) = known.filter(|district| district.valid_to.is_none_or(|last| day <= last))
            {
                return Some(district);
            }
            let next = match known {
                Some(district) => district.successor.as_deref(),
                None => self.successor(code),
            };
            code = next?;
        }
        None
    }

    fn successor(&self, code: &str) -> Option<&str> {
        self.district_history.iter().find(|row| row.old_code == code).map(|row| row.successor_code.as_str())
    }

    pub(super) fn read(files: &Files) -> Result<Self, ProfileError> {
        let district_history: Vec<DistrictHistory> = table(files.district_history.as_ref())?;
        let reference = Self {
            districts: dated(table(files.districts.as_ref())?, &district_history),
            zones: table(files.zones.as_ref())?,
            authorities: table(files.authorities.as_ref())?,
            categories: catalogues(table(files.categories.as_ref())?),
            fault_codes: table(files.fault_codes.as_ref())?,
            maintenance_items: table(files.maintenance_items.as_ref())?,
            glossary: table(files.glossary.as_ref())?,
            district_history,
        };
        reference.check(files)?;
        Ok(reference)
    }

    /// Every key once, and nothing that points nowhere.
    fn check(&self, files: &Files) -> Result<(), ProfileError> {
        let districts: BTreeSet<&str> = self.districts.iter().map(|row| row.code.as_str()).collect();
        let zones: BTreeSet<&str> = self.zones.iter().map(|row| row.key.as_str()).collect();

        let file = Checked(files.districts.as_ref());
        file.once("code", self.districts.iter().map(|row| row.code.clone()))?;
        for row in &self.districts {
            file.spans("valid_to", &row.code, row.valid_from, row.valid_to)?;
        }
        let file = Checked(files.district_history.as_ref());
        for row in &self.district_history {
            file.known("successor_code", &row.successor_code, &districts)?;
            file.spans("gone_by_yyyymm", &row.old_code, Some(row.first_seen), Some(row.gone_by))?;
        }
        let file = Checked(files.zones.as_ref());
        file.once("key", self.zones.iter().map(|row| row.key.clone()))?;
        for code in self.zones.iter().flat_map(|row| &row.lies_in) {
            file.known("lies_in", code, &districts)?;
        }
        let file = Checked(files.authorities.as_ref());
        file.once("key", self.authorities.iter().map(|row| row.key.clone()))?;
        for row in &self.authorities {
            self.check_authority(&file, row, &districts, &zones)?;
        }
        let file = Checked(files.categories.as_ref());
        file.once("code", self.categories.iter().map(|row| format!("{} {}", row.catalogue, row.code)))?;
        for row in &self.categories {
            let same = |other: &&Category| other.catalogue == row.catalogue;
            let codes = self.categories.iter().filter(same).map(|other| other.code.as_str()).collect();
            row.parent.iter().try_for_each(|parent| file.known("parent", parent, &codes))?;
        }
        let file = Checked(files.fault_codes.as_ref());
        file.once(
            "code",
            self.fault_codes.iter().map(|row| format!("{} {} ({})", row.source, row.code, row.applies_to)),
        )?;
        let file = Checked(files.maintenance_items.as_ref());
        file.once("item_code", self.maintenance_items.iter().map(|row| row.item_code.clone()))?;
        Checked(files.glossary.as_ref()).once("zh", self.glossary.iter().map(|row| row.zh.clone()))
    }

    fn check_authority(
        &self,
        file: &Checked<'_>,
        row: &Authority,
        districts: &BTreeSet<&str>,
        zones: &BTreeSet<&str>,
    ) -> Result<(), ProfileError> {
        file.spans("valid_to", &row.key, row.valid_from, row.valid_to)?;
        row.district_code.iter().try_for_each(|code| file.known("district_code", code, districts))?;
        row.zone_key.iter().try_for_each(|key| file.known("zone_key", key, zones))?;
        let fits = match row.level.as_str() {
            "city" => row.district_code.is_none() && row.zone_key.is_none(),
            "district" => row.district_code.is_some() && row.zone_key.is_none(),
            "zone" => row.zone_key.is_some(),
            _ => false,
        };
        if fits {
            return Ok(());
        }
        let problem = "does not fit the row; it is `city` (no district, no zone), `district` (a district) or `zone` (a zone)";
        file.bad("level", &row.key, problem)
    }
}

/// One file under check, for its name in errors.
struct Checked<'f>(Option<&'f Named>);

impl Checked<'_> {
    fn bad(&self, column: &str, row: &str, problem: &str) -> Result<(), ProfileError> {
        let (file, line) =
            self.0.map_or(("profile", 1), |named| (named.name.as_str(), line_of(&named.text, row)));
        Err(ProfileError::BadRow {
            file: file.to_owned(),
            line,
            column: column.to_owned(),
            problem: format!("`{row}` {problem}"),
        })
    }

    fn once(&self, column: &str, keys: impl Iterator<Item = String>) -> Result<(), ProfileError> {
        let mut seen = BTreeSet::new();
        for key in keys {
            if key.trim().is_empty() {
                return self.bad(column, &key, "is empty; give the row its key");
            }
            if seen.contains(&key) {
                return self.bad(column, &key, "comes twice; keep one row of it");
            }
            seen.insert(key);
        }
        Ok(())
    }

    fn known(&self, column: &str, key: &str, known: &BTreeSet<&str>) -> Result<(), ProfileError> {
        if known.contains(key) {
            return Ok(());
        }
        self.bad(column, key, "is not in its list; add it there or mend it here")
    }

    fn spans(
        &self,
        column: &str,
        row: &str,
        first: Option<NaiveDate>,
        last: Option<NaiveDate>,
    ) -> Result<(), ProfileError> {
        match first.zip(last) {
            Some((first, last)) if last < first => {
                self.bad(column, row, "ends before it begins; mend one of the two")
            }
            _ => Ok(()),
        }
    }
}

/// The last line on which `row` stands: of a double it is the second that is too many.
fn line_of(text: &str, row: &str) -> u64 {
    let last = (1..).zip(text.lines()).filter(|(_, line)| line.contains(row)).last();
    last.map_or(1, |(number, _)| number)
}

fn table<T: serde::de::DeserializeOwned>(file: Option<&Named>) -> Result<Vec<T>, ProfileError> {
    file.map_or(Ok(Vec::new()), |named| read(&named.name, &named.text))
}

/// Catalogues bear remarks in brackets after their key; the key alone tells them apart.
fn catalogues(mut rows: Vec<Category>) -> Vec<Category> {
    for row in &mut rows {
        row.catalogue = row.catalogue.split(" (").next().unwrap_or_default().trim().to_owned();
    }
    rows
}

/// Adds what the districts' file leaves out. A division begins when the last of those it took the place of was gone: the day
/// after where their last day is known, else the first day of the month the code history names.
fn dated(rows: Vec<DistrictRow>, history: &[DistrictHistory]) -> Vec<District> {
    let ended: BTreeMap<(String, String), NaiveDate> = rows
        .iter()
        .filter_map(|row| Some(((row.code.clone(), row.name_zh.clone()), row.valid_to?)))
        .collect();
    let gone = |old: &DistrictHistory| {
        let last = ended.get(&(old.old_code.clone(), old.old_name_zh.clone()));
        last.and_then(|last| last.checked_add_days(Days::new(1))).unwrap_or(old.gone_by)
    };
    let complete = |row: DistrictRow| {
        let begun = history.iter().filter(|old| old.successor_code == row.code).map(gone).max();
        let successor = history
            .iter()
            .find(|old| row.valid_to.is_some() && old.old_code == row.code && old.old_name_zh == row.name_zh)
            .map(|old| old.successor_code.clone());
        District {
            valid_from: row.valid_from.or(begun),
            valid_to: row.valid_to,
            successor,
            code: row.code,
            name_zh: row.name_zh,
            name_en: row.name_en,
            kind: row.kind,
            note: row.note,
        }
    };
    rows.into_iter().map(complete).collect()
}
