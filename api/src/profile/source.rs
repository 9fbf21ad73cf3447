//! Where a profile and the files it names come from: shipped inside the program, or beside a profile of one's own.

use std::path::{Path, PathBuf};

use super::ProfileError;

/// The prefix that names a shipped file.
const SHIPPED: &str = "shipped:";

const PROFILES: [(&str, &str); 1] = [("chongqing", include_str!("../../data/profiles/chongqing.toml"))];

macro_rules! shipped {
    ($($name:literal),* $(,)?) => { [$(($name, include_str!(concat!("../../data/", $name)))),*] };
}

const FILES: [(&str, &str); 11] = shipped![
    "domain/authorities.csv",
    "domain/district_code_history.csv",
    "domain/districts.csv",
    "domain/equipment_categories.csv",
    "domain/fault_codes.csv",
    "domain/functional_zones.csv",
    "domain/glossary.csv",
    "domain/holidays.json",
    "domain/maintenance_items.csv",
    "policy/chongqing.toml",
    "policy/settings.toml",
];

/// A profile's text and the place its files are looked for.
pub(super) struct Source {
    /// The name for errors.
    pub(super) name: String,
    pub(super) text: String,
    folder: Option<PathBuf>,
}

impl Source {
    /// Opens a shipped profile by its name, or a file by its path.
    pub(super) fn open(name_or_path: &str) -> Result<Self, ProfileError> {
        if let Some(text) = lookup(&PROFILES, name_or_path) {
            return Ok(Self { name: name_or_path.to_owned(), text: text.to_owned(), folder: None });
        }
        let path = Path::new(name_or_path);
        let looks_like_a_path = name_or_path.contains(['/', '\\']) || name_or_path.ends_with(".toml");
        if !looks_like_a_path && !path.exists() {
            return Err(ProfileError::Unknown { asked: name_or_path.to_owned(), known: names(&PROFILES) });
        }
        let text = read(path, "YUTI_PROFILE")?;
        let folder = Some(path.parent().unwrap_or(Path::new("")).to_path_buf());
        Ok(Self { name: name_or_path.to_owned(), text, folder })
    }

    /// The text of the file that `key` names.
    pub(super) fn file(&self, key: &str, file: &str) -> Result<String, ProfileError> {
        if let Some(name) = file.strip_prefix(SHIPPED) {
            return lookup(&FILES, name).map(str::to_owned).ok_or_else(|| {
                let problem =
                    format!("names the file `{file}`, which is not shipped; shipped are: {}", names(&FILES));
                self.bad(key, &problem)
            });
        }
        match &self.folder {
            Some(folder) => read(&folder.join(file), key),
            None => Err(self
                .bad(key, &format!("names the file `{file}`; a shipped profile names shipped files only"))),
        }
    }

    /// An error about a key of this profile.
    pub(super) fn bad(&self, key: &str, problem: &str) -> ProfileError {
        ProfileError::BadKey { profile: self.name.clone(), key: key.to_owned(), problem: problem.to_owned() }
    }
}

fn lookup<'t>(table: &[(&str, &'t str)], name: &str) -> Option<&'t str> {
    table.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

fn names(table: &[(&str, &str)]) -> String {
    table.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
}

fn read(path: &Path, key: &str) -> Result<String, ProfileError> {
    let text = std::fs::read_to_string(path).map_err(|cause| ProfileError::Unreadable {
        key: key.to_owned(),
        path: path.to_path_buf(),
        cause: cause.to_string(),
    })?;
    // Spreadsheets like to put a byte order mark in front.
    Ok(text.strip_prefix('\u{feff}').map_or_else(|| text.clone(), str::to_owned))
}
