//! A row as an elevator. Unknown stays unknown: nothing is guessed, and what cannot be read stays beside as it was.

use chrono::NaiveDate;
use yuti_openapi::identifier::{LONGEST_IDENTIFIER, code_scheme};
use yuti_openapi::vocabulary::{Precision, QualityFlag};
use yuti_openapi::wire::{
    Category, ElevatorFacts, Identifier, Inspection, Insurance, Location, Manufacture, Monitoring, Named,
    Parameters, UnitRef,
};
use yuti_openapi::{Uscc, normalise_identifier};

use super::mapping::{Dated, How, IdentifierForm, Mapping};
use super::pick::{Cells, Given};
use super::text::{cut, is_plain};
use super::values::Values;
use crate::profile::Profile;
use crate::registry::intake::{Incoming, Mark};
use crate::registry::reference::Reference;
use crate::vault::{Vault, mask};

/// Makes elevators of rows.
#[derive(Clone, Copy)]
pub(super) struct Interpreter<'m> {
    pub(super) mapping: &'m Mapping,
    pub(super) profile: &'m Profile,
    pub(super) reference: &'m Reference,
    pub(super) vault: &'m Vault,
    /// The last day that the register can know: the one for which it speaks, else the day of the import.
    pub(super) today: NaiveDate,
}

impl Interpreter<'_> {
    pub(super) fn elevator(&self, key: String, cells: Cells<'_>) -> Incoming {
        let mut values = Values::new(self.mapping, cells, self.today);
        let values = &mut values;
        let identifiers = self.identifiers(values);
        let code = self.code(&identifiers, &key);
        let zone_key = self.zone(values);
        let (use_status, use_status_since) =
            since(values, |values| values.code("use_status"), "use_status_since");
        let (equipped, monitoring_since) =
            since(values, |values| values.code("monitoring.equipped"), "monitoring.since");
        let valid_until = values.date("inspection.valid_until");
        let facts = ElevatorFacts {
            identifiers,
            use_status,
            use_status_since,
            district: self.district(values),
            address: values.text("address"),
            building: values.text("building"),
            internal_number: values.text("internal_number"),
            postal_code: values.text("postal_code"),
            location: self.location(values),
            category: self.category(values),
            manufacture: Manufacture {
                manufacturer: values.text("manufacture.manufacturer"),
                model: values.text("manufacture.model"),
                manufactured_on: day(values, "manufacture.manufactured_on"),
            },
            in_service_since: day(values, "in_service_since"),
            parameters: Parameters {
                rated_load_kg: values.number("parameters.rated_load_kg"),
                rated_speed_m_s: values.number("parameters.rated_speed_m_s"),
                stops: values.whole("parameters.stops"),
                lowest_floor: values.text("parameters.lowest_floor"),
                highest_floor: values.text("parameters.highest_floor"),
                travel_m: values.number("parameters.travel_m"),
            },
            using_unit: self.unit(values, "using_unit", "using_unit.name", "using_unit.code"),
            maintenance_unit: self.unit(
                values,
                "maintenance_unit",
                "maintenance_unit.name",
                "maintenance_unit.code",
            ),
            duty_phone: values.phone("duty_phone"),
            inspection: Inspection {
                last_on: day(values, "inspection.last_on"),
                kind: values.code("inspection.kind"),
                result: values.code("inspection.result"),
                valid_until: valid_until.map(|(day, _)| day),
                valid_until_precision: valid_until.map(|(_, precision)| precision),
            },
            insurance: insurance(values),
            contract: values.code("contract"),
            monitoring: Monitoring { equipped, since: monitoring_since },
            quality: Vec::new(),
            raw: std::collections::BTreeMap::new(),
        };
        let annotations = self.mark(values).into_iter().collect();
        if facts.address.is_none() {
            values.doubt(QualityFlag::AddressMissing, "address", None);
        }
        let facts = ElevatorFacts {
            quality: std::mem::take(&mut values.quality),
            raw: std::mem::take(&mut values.raw),
            ..facts
        };
        let valid_from = self.mapping.source.as_of;
        Incoming { source_key: key, code, zone_key, facts, valid_from, annotations, earlier: Vec::new() }
    }

    fn identifiers(&self, values: &mut Values<'_>) -> Vec<Identifier> {
        let mut identifiers: Vec<Identifier> = Vec::new();
        for form in &self.mapping.identifiers {
            let Some(identifier) = self.identifier(form, values) else { continue };
            let normal = normalise_identifier(&identifier.value);
            let known = |other: &Identifier| {
                other.kind == identifier.kind && normalise_identifier(&other.value) == normal
            };
            if !identifiers.iter().any(known) {
                identifiers.push(identifier);
            }
        }
        identifiers.sort_by_key(|identifier| identifier.until.is_some());
        identifiers
    }

    /// The identifier that people know it by: the city's usual one, else any in force, else the register's key. One of a shape that its kind has not
    /// is never it: people may look for it, and nobody is to read it out or to be sent to it.
    fn code(&self, identifiers: &[Identifier], key: &str) -> String {
        let usual = |identifier: &&Identifier| identifier.kind == self.profile.default_identifier;
        let in_force = |identifier: &&Identifier| identifier.until.is_none();
        let shaped = || identifiers.iter().filter(|identifier| self.has_its_shape(identifier));
        let found = shaped().find(|one| usual(one) && in_force(one));
        let found = found.or_else(|| shaped().find(in_force)).or_else(|| shaped().next());
        found.map_or_else(|| key.to_owned(), |identifier| identifier.value.clone())
    }

    fn has_its_shape(&self, identifier: &Identifier) -> bool {
        let kind = self.profile.identifier_kind(&identifier.kind);
        kind.is_none_or(|kind| kind.accepts(&normalise_identifier(&identifier.value)))
    }

    /// Whether people in need read out identifiers of a kind: what has another shape must not stand where they look.
    fn is_read_out(&self, kind: &str) -> bool {
        kind == self.profile.default_identifier
            || self.profile.rescue_line.code_identifier_kind.as_deref() == Some(kind)
    }

    fn identifier(&self, form: &IdentifierForm, values: &mut Values<'_>) -> Option<Identifier> {
        if !form.pick.applies(&values.cells()) {
            return None;
        }
        let field = format!("identifiers.{}", form.kind);
        let Given { text, raw, stood_in, hidden } = form.pick.given(&values.cells());
        if stood_in {
            values.doubt(QualityFlag::StandInValue, &field, Some(&raw));
        }
        if text.is_empty() {
            return None;
        }
        if hidden || mask::is_personal(&text) {
            values.doubt(QualityFlag::PersonalDataHidden, &field, None);
            return None;
        }
        let normal = normalise_identifier(&text);
        // A value of another shape is still what the label says; people will look for it.
        let shaped = form.patterns.is_empty() || form.patterns.iter().any(|pattern| pattern.matches(&normal));
        if !shaped {
            values.doubt(QualityFlag::IdentifierMalformed, &field, Some(&raw));
        }
        let scheme = if form.coding_schemes { code_scheme(&normal) } else { None };
        let since = dated(form.since.as_ref(), &format!("{field}.since"), true, values);
        let until = dated(form.until.as_ref(), &format!("{field}.until"), false, values);
        let found = Identifier { kind: form.kind.clone(), value: text, scheme, since, until };
        let kept = found.value.chars().count() <= LONGEST_IDENTIFIER
            && is_plain(&found.value)
            && (self.has_its_shape(&found) || !self.is_read_out(&found.kind));
        if !kept {
            values.keep(&field, &raw, None);
            values.doubt(QualityFlag::IdentifierMalformed, &field, Some(&raw));
            return None;
        }
        Some(found)
    }

    /// The district that answers for the place on the register's day, by code of any time, by name, or by the mapping's
    /// words.
    fn district(&self, values: &mut Values<'_>) -> Option<Named> {
        let Some((ours, given, _)) = values.word("district") else {
            values.doubt(QualityFlag::DistrictUnknown, "district", None);
            return None;
        };
        let districts = self.profile.reference();
        let named = |name: &str| {
            districts
                .districts
                .iter()
                .find(|row| row.name_zh == name || row.name_en == name)
                .map(|row| row.code.as_str())
        };
        let code = if districts.district_for(&ours, values.today()).is_some() {
            Some(ours.as_str())
        } else {
            named(&ours)
        };
        let found = code.and_then(|code| districts.district_for(code, values.today()));
        let found = found.filter(|row| self.reference.knows_district(&row.code));
        let Some(found) = found else {
            values.keep("district", &given.raw, None);
            values.doubt(QualityFlag::DistrictUnknown, "district", Some(&given.raw));
            return None;
        };
        values.keep("district", &given.raw, Some(&found.code));
        Some(self.reference.district(&found.code))
    }

    fn zone(&self, values: &mut Values<'_>) -> Option<String> {
        let (ours, given, _) = values.word("zone")?;
        let zones = &self.profile.reference().zones;
        let found = zones.iter().find(|row| row.key == ours || row.name_zh == ours || row.name_en == ours);
        values.keep("zone", &given.raw, found.map(|row| &row.key as &dyn std::fmt::Display));
        if found.is_none() {
            values.doubt(QualityFlag::ValueUnmapped, "zone", Some(&given.raw));
        }
        found.map(|row| row.key.clone())
    }

    fn category(&self, values: &mut Values<'_>) -> Option<Category> {
        let (ours, given, how) = values.word("category")?;
        let How::Category { catalogue, .. } = how else { return None };
        let catalogue_of = catalogue.as_deref().unwrap_or_else(|| self.reference.default_catalogue());
        let Some(found) = self.reference.known_category(catalogue_of, &ours) else {
            values.keep("category", &given.raw, None);
            values.doubt(QualityFlag::CategoryUnknown, "category", Some(&given.raw));
            return None;
        };
        values.keep("category", &given.raw, Some(&found.code));
        if catalogue.is_none() {
            values.doubt(QualityFlag::CatalogueAssumed, "category", Some(&given.raw));
        }
        Some(found)
    }

    fn location(&self, values: &mut Values<'_>) -> Option<Location> {
        let before = values.quality.len();
        let longitude = values.number("location.longitude");
        let latitude = values.number("location.latitude");
        let doubted = values.quality.len() > before;
        // What was noted about one of the two is a doubt about the place.
        let noted = values.quality.split_off(before);
        let unknown = |flag| matches!(flag, QualityFlag::NumberUnreadable | QualityFlag::NumberImplausible);
        let bad = noted.iter().any(|note| unknown(note.flag));
        values.quality.extend(noted.into_iter().filter(|note| !unknown(note.flag)));
        let place = longitude.zip(latitude).map(|(longitude, latitude)| Location { longitude, latitude });
        let believed = place.filter(|place| {
            let nowhere = place.longitude == 0.0 && place.latitude == 0.0;
            let bounds = self.mapping.bounds;
            !nowhere && place.latitude.abs() <= 90.0 && bounds.is_none_or(|bounds| bounds.holds(*place))
        });
        if believed.is_some() {
            return believed;
        }
        let half = longitude.is_some() != latitude.is_some() && !doubted;
        if bad || place.is_some() || half {
            let mut said = Vec::new();
            for path in ["location.longitude", "location.latitude"] {
                let raw = values.given(path).map(|(given, _)| given.raw).unwrap_or_default();
                values.keep(path, &raw, None);
                said.push(raw);
            }
            values.doubt(QualityFlag::CoordinatesImplausible, "location", Some(&said.join(", ")));
        } else {
            values.doubt(QualityFlag::CoordinatesMissing, "location", None);
        }
        None
    }

    fn unit(
        &self,
        values: &mut Values<'_>,
        field: &'static str,
        name_path: &'static str,
        code_path: &'static str,
    ) -> Option<UnitRef> {
        // A name of nothing but stars names nobody, and all who have it would become one unit.
        let name = values.text(name_path).filter(|name| name.chars().any(char::is_alphanumeric));
        let code = values.given(code_path).map(|(given, _)| given);
        // One number of an identity card in thirty passes the check of a unit's code.
        let card = code.as_ref().is_some_and(|given| given.hidden || mask::is_personal(&given.text));
        let person = card && name.as_deref().is_none_or(|name| mask::person(name).is_some());
        let uscc = code.as_ref().filter(|_| !person).and_then(|given| given.text.parse::<Uscc>().ok());
        if let Some(given) = &code {
            values.keep(code_path, &given.raw, uscc.as_ref().map(|uscc| uscc as &dyn std::fmt::Display));
        }
        let raw = code.as_ref().map(|given| given.raw.as_str());
        match (&uscc, raw) {
            (Some(_), _) => {}
            (None, Some(_)) => values.doubt(QualityFlag::UnitCodeInvalid, field, raw),
            // Nothing was given that could be wrong: registers of small units often have no code.
            (None, None) if name.is_some() => values.doubt(QualityFlag::UnitCodeMissing, field, None),
            (None, None) => {}
        }
        let uscc = uscc.map(|uscc| uscc.to_string());
        let name = name.or_else(|| uscc.clone())?;
        // Whoever maintains elevators is a company; who uses one may be a person at home.
        if uscc.is_none()
            && field == "using_unit"
            && let Some(person) = mask::person(&name)
        {
            values.hide(name_path, field);
            values.hide(code_path, field);
            return Some(UnitRef { id: None, name: self.person(person), uscc });
        }
        Some(UnitRef { id: None, name, uscc })
    }

    /// A person as a using unit: told apart from others of the same initial by a key from which nobody learns who it is.
    fn person(&self, name: &str) -> String {
        let key = mask::pseudonym(self.vault, "using_unit.person", name);
        format!("{}（个人 {}）", mask::name(name), cut(&key, 8))
    }

    fn mark(&self, values: &mut Values<'_>) -> Option<Mark> {
        let since = day(values, "annotation.since");
        let until = day(values, "annotation.until");
        let ended_because = values.code("annotation.ended_because");
        let interval_days = values.whole("annotation.interval_days");
        let basis = values.text("annotation.basis");
        let since = since?;
        if until.is_some_and(|until| until < since) {
            values.doubt(QualityFlag::DateImplausible, "annotation", Some(&format!("{since} – {}", until?)));
            return None;
        }
        let basis = basis.unwrap_or_else(|| self.mapping.source.name_zh.clone());
        Some(Mark { since, until, ended_because, interval_days, basis })
    }
}

fn day(values: &mut Values<'_>, path: &str) -> Option<NaiveDate> {
    values.date(path).map(|(day, _)| day)
}

/// A state and its first day. The first day of a state that is not known says nothing and stays beside only.
fn since<'r, T>(
    values: &mut Values<'r>,
    state: impl FnOnce(&mut Values<'r>) -> Option<T>,
    path: &str,
) -> (Option<T>, Option<NaiveDate>) {
    let state = state(values);
    let first = day(values, path);
    if state.is_none() && first.is_some() {
        let raw = values.given(path).map(|(given, _)| given.raw).unwrap_or_default();
        values.keep(path, &raw, None);
        return (None, None);
    }
    (state, first)
}

fn insurance(values: &mut Values<'_>) -> Insurance {
    let kind = values.code("insurance.kind");
    let insurer = values.text("insurance.insurer");
    let valid_from = day(values, "insurance.valid_from");
    let valid_until = day(values, "insurance.valid_until");
    if let Some((from, until)) = valid_from.zip(valid_until).filter(|(from, until)| until < from) {
        values.doubt(
            QualityFlag::DateImplausible,
            "insurance.valid_until",
            Some(&format!("{from} – {until}")),
        );
        for path in ["insurance.valid_from", "insurance.valid_until"] {
            let raw = values.given(path).map(|(given, _)| given.raw).unwrap_or_default();
            values.keep(path, &raw, None);
        }
        return Insurance { kind, insurer, valid_from: None, valid_until: None };
    }
    Insurance { kind, insurer, valid_from, valid_until }
}

fn dated(form: Option<&Dated>, field: &str, past: bool, values: &mut Values<'_>) -> Option<NaiveDate> {
    let form = form.filter(|form| form.pick.applies(&values.cells()))?;
    let given = form.pick.given(&values.cells());
    if given.text.is_empty() {
        return None;
    }
    let read = values.day(field, &given, &form.formats, past);
    if read.is_none() {
        values.keep(field, &given.raw, None);
    }
    read.filter(|(_, precision)| *precision == Precision::Day).map(|(day, _)| day)
}
