//! The profile's TOML file as people write it. Its fields are described in `api/data/README.md`.

use serde::Deserialize;

use super::identifier::IdentifierKind;
use super::rows::Category;
use super::{MaintenanceDefault, RescueLine};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) key: String,
    pub(super) name_zh: String,
    pub(super) name_en: String,
    pub(super) time_zone: String,
    pub(super) languages: Vec<String>,
    pub(super) holiday_country: Option<String>,
    pub(super) inspection_binds_use: bool,
    pub(super) rescue_line: RescueLine,
    pub(super) default_identifier: String,
    pub(super) identifier_kinds: Vec<IdentifierKind>,
    pub(super) files: Files,
    pub(super) categories: Categories,
    pub(super) maintenance_default: Option<MaintenanceDefault>,
    pub(super) policy: Policies,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Files {
    pub(super) districts: String,
    pub(super) district_history: Option<String>,
    pub(super) zones: Option<String>,
    pub(super) authorities: Option<String>,
    pub(super) fault_codes: Option<String>,
    pub(super) glossary: Option<String>,
    pub(super) calendar: Option<String>,
}

/// A catalogue is a file, or, where it is short, stands in the profile itself.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Categories {
    pub(super) default_catalogue: String,
    pub(super) file: Option<String>,
    #[serde(default)]
    pub(super) rows: Vec<Category>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Policies {
    #[serde(default)]
    pub(super) files: Vec<String>,
    pub(super) pilot: Option<String>,
}
