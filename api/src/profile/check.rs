//! What the parts of a profile must agree on before anything is served.

use std::collections::BTreeSet;

use chrono_tz::Tz;

use super::file::File;
use super::source::Source;
use super::{Category, ProfileError, Reference};
use crate::calendar::{Calendar, CalendarError};
use crate::policy::Policy;

/// Everything that the parts must agree on.
pub(super) fn all(
    source: &Source,
    file: &File,
    reference: &Reference,
    policy: &Policy,
    calendar: &Calendar,
) -> Result<Tz, ProfileError> {
    let zone: Tz = match file.time_zone.parse() {
        Ok(zone) => zone,
        Err(_) => {
            return Err(
                source.bad("time_zone", "is not a time zone; write it as in the tz database, Continent/City")
            );
        }
    };
    if calendar.timezone() != file.time_zone {
        let (expected, found) = (file.time_zone.clone(), calendar.timezone().to_owned());
        let name = file.files.calendar.clone().unwrap_or_default();
        return Err(ProfileError::Calendar {
            file: name,
            problem: CalendarError::OtherZone { expected, found },
        });
    }
    if file.holiday_country.is_some() && file.files.calendar.is_none() {
        return Err(source.bad(
            "holiday_country",
            "is given without `files.calendar`; name the calendar or drop the country",
        ));
    }
    for (key, text) in [
        ("key", &file.key),
        ("name_zh", &file.name_zh),
        ("name_en", &file.name_en),
        ("rescue_line.number", &file.rescue_line.number),
    ] {
        if text.trim().is_empty() {
            return Err(source.bad(key, "is empty; fill it in"));
        }
    }
    languages(source, file)?;
    identifiers(source, file)?;
    if reference.districts.is_empty() {
        return Err(
            source.bad("files.districts", "names a file without a row; a city has at least one district")
        );
    }
    categories(source, file, reference)?;
    maintenance(source, file, reference, policy)?;
    Ok(zone)
}

fn languages(source: &Source, file: &File) -> Result<(), ProfileError> {
    let known: BTreeSet<&str> = file.languages.iter().map(String::as_str).collect();
    let good =
        !known.is_empty() && known.len() == file.languages.len() && known.is_subset(&["zh", "en"].into());
    if good {
        return Ok(());
    }
    Err(source.bad("languages", "is not a list of `zh` and `en`, each at most once, the default first"))
}

fn identifiers(source: &Source, file: &File) -> Result<(), ProfileError> {
    let mut keys = BTreeSet::new();
    for kind in &file.identifier_kinds {
        let place = format!("identifier_kinds.{}", kind.key);
        if !keys.insert(kind.key.as_str()) {
            return Err(source.bad(&place, "comes twice; keep one of the two"));
        }
        if !kind.accepts(&kind.example) {
            return Err(source.bad(
                &format!("{place}.example"),
                "does not have a shape of its `patterns`; mend one of them",
            ));
        }
    }
    for (key, kind) in [
        ("default_identifier", Some(&file.default_identifier)),
        ("rescue_line.code_identifier_kind", file.rescue_line.code_identifier_kind.as_ref()),
    ] {
        if kind.is_some_and(|kind| !keys.contains(kind.as_str())) {
            return Err(
                source.bad(key, "is not one of `identifier_kinds`; add the kind there or name another")
            );
        }
    }
    Ok(())
}

fn categories(source: &Source, file: &File, reference: &Reference) -> Result<(), ProfileError> {
    let mut seen = BTreeSet::new();
    for row in &reference.categories {
        let year = row.catalogue.get(..4).and_then(|year| year.parse::<u16>().ok());
        if year.is_none() {
            return Err(source.bad(
                "categories",
                &format!("has the catalogue `{}`; begin it with its year", row.catalogue),
            ));
        }
        if !seen.insert((&row.catalogue, &row.code)) {
            return Err(
                source.bad("categories", &format!("has the code `{}` twice; keep one row of it", row.code))
            );
        }
    }
    let known = |row: &Category| row.catalogue == file.categories.default_catalogue;
    if reference.categories.iter().any(known) {
        return Ok(());
    }
    Err(source
        .bad("categories.default_catalogue", "is the catalogue of no category; name one that the rows use"))
}

fn maintenance(
    source: &Source,
    file: &File,
    reference: &Reference,
    policy: &Policy,
) -> Result<(), ProfileError> {
    let Some(rule) = &file.maintenance_default else { return Ok(()) };
    let periods: BTreeSet<&str> =
        reference.maintenance_items.iter().map(|item| item.period.as_str()).collect();
    for period in periods {
        let key = format!("{}_{period}", rule.intervals);
        if !policy.entries().any(|entry| entry.key == key) {
            let problem = format!("needs the policy entry `{key}`, which is in no policy file; add it");
            return Err(source.bad("maintenance_default.intervals", &problem));
        }
    }
    Ok(())
}
