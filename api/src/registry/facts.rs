//! Facts to rows and rows to facts: the one place that knows both forms of an elevator.

use std::collections::BTreeMap;

use sea_orm::ActiveValue::{NotSet, Set};
use sha2::{Digest, Sha256};
use yuti_entity::{Timestamp, elevator, elevator_identifier, elevator_quality};
use yuti_openapi::normalise_identifier;
use yuti_openapi::vocabulary::{ChangeKind, ChangeReason};
use yuti_openapi::wire::{
    ElevatorFacts, Identifier, Inspection, Insurance, Location, Manufacture, Monitoring, Parameters,
    QualityNote, UnitRef,
};

use super::reference::Reference;

/// What a row needs beside the facts.
#[derive(Clone, Debug)]
pub struct RowFrame {
    /// The register's row.
    pub source_id: i64,
    /// How the register itself calls the elevator.
    pub source_key: String,
    /// The identifier that people know it by.
    pub code: String,
    /// The functional zone it stands in.
    pub zone_key: Option<String>,
    /// The using unit's row.
    pub using_unit_id: Option<i64>,
    /// The maintenance unit's row.
    pub maintenance_unit_id: Option<i64>,
    /// The version's number.
    pub version: i32,
    /// What brought this version.
    pub kind: ChangeKind,
    /// Why.
    pub reason: ChangeReason,
    /// The first day for which the facts speak.
    pub valid_from: Option<chrono::NaiveDate>,
    /// The digest by which an unchanged row is told.
    pub facts_hash: String,
    /// When it is recorded.
    pub at: Timestamp,
}

/// A digest of the facts by which an unchanged row is told. Names of districts and categories are left out: they
/// belong to the reference data, and a new spelling there is no new fact about an elevator.
pub fn digest(facts: &ElevatorFacts, beside: &str) -> String {
    let mut bare = facts.clone();
    for named in &mut bare.district {
        named.name_zh.clear();
        named.name_en.clear();
    }
    for category in &mut bare.category {
        category.name_zh.clear();
        category.name_en.clear();
    }
    let mut hash = Sha256::new();
    // Plain data without maps keyed by anything but text always serialises.
    hash.update(serde_json::to_vec(&bare).unwrap_or_default());
    hash.update(beside);
    let bytes = hash.finalize();
    bytes.iter().take(16).fold(String::with_capacity(32), |mut text, byte| {
        text.push_str(&format!("{byte:02x}"));
        text
    })
}

/// The row of an elevator. `id` is not set.
pub fn row(facts: &ElevatorFacts, frame: RowFrame) -> elevator::ActiveModel {
    let ElevatorFacts {
        identifiers: _,
        use_status,
        use_status_since,
        district,
        address,
        building,
        internal_number,
        postal_code,
        location,
        category,
        manufacture,
        in_service_since,
        parameters,
        using_unit: _,
        maintenance_unit: _,
        duty_phone,
        inspection,
        insurance,
        contract,
        monitoring,
        quality: _,
        raw,
    } = facts;
    elevator::ActiveModel {
        id: NotSet,
        source_id: Set(frame.source_id),
        source_key: Set(frame.source_key),
        code: Set(frame.code),
        use_status: Set(*use_status),
        use_status_since: Set(*use_status_since),
        district_code: Set(district.as_ref().map(|named| named.code.clone())),
        zone_key: Set(frame.zone_key),
        address: Set(address.clone()),
        building: Set(building.clone()),
        internal_number: Set(internal_number.clone()),
        postal_code: Set(postal_code.clone()),
        longitude: Set(location.map(|place| place.longitude)),
        latitude: Set(location.map(|place| place.latitude)),
        category_code: Set(category.as_ref().map(|category| category.code.clone())),
        category_catalogue: Set(category.as_ref().map(|category| category.catalogue.clone())),
        manufacturer: Set(manufacture.manufacturer.clone()),
        model: Set(manufacture.model.clone()),
        manufactured_on: Set(manufacture.manufactured_on),
        in_service_since: Set(*in_service_since),
        rated_load_kg: Set(parameters.rated_load_kg),
        rated_speed_m_s: Set(parameters.rated_speed_m_s),
        stops: Set(parameters.stops),
        lowest_floor: Set(parameters.lowest_floor.clone()),
        highest_floor: Set(parameters.highest_floor.clone()),
        travel_m: Set(parameters.travel_m),
        using_unit_id: Set(frame.using_unit_id),
        maintenance_unit_id: Set(frame.maintenance_unit_id),
        duty_phone: Set(duty_phone.clone()),
        inspection_last_on: Set(inspection.last_on),
        inspection_kind: Set(inspection.kind),
        inspection_result: Set(inspection.result),
        inspection_valid_until: Set(inspection.valid_until),
        inspection_precision: Set(inspection.valid_until_precision),
        insurance_kind: Set(insurance.kind),
        insurer: Set(insurance.insurer.clone()),
        insured_from: Set(insurance.valid_from),
        insured_until: Set(insurance.valid_until),
        contract_kind: Set(*contract),
        monitoring_equipped: Set(monitoring.equipped),
        monitoring_since: Set(monitoring.since),
        raw: Set(if raw.is_empty() { None } else { serde_json::to_string(raw).ok() }),
        facts_hash: Set(frame.facts_hash),
        version: Set(frame.version),
        change_kind: Set(frame.kind),
        change_reason: Set(frame.reason),
        valid_from: Set(frame.valid_from),
        recorded_at: Set(frame.at),
    }
}

/// The rows of the identifiers.
pub fn identifier_rows(
    id: i64,
    facts: &ElevatorFacts,
    at: Timestamp,
) -> Vec<elevator_identifier::ActiveModel> {
    let row = |identifier: &Identifier| elevator_identifier::ActiveModel {
        id: NotSet,
        elevator_id: Set(id),
        kind: Set(identifier.kind.clone()),
        value: Set(identifier.value.clone()),
        value_norm: Set(normalise_identifier(&identifier.value)),
        scheme: Set(identifier.scheme),
        since: Set(identifier.since),
        until: Set(identifier.until),
        recorded_at: Set(at),
    };
    facts.identifiers.iter().map(row).collect()
}

/// The rows of the doubts.
pub fn quality_rows(id: i64, facts: &ElevatorFacts) -> Vec<elevator_quality::ActiveModel> {
    let row = |note: &QualityNote| elevator_quality::ActiveModel {
        id: NotSet,
        elevator_id: Set(id),
        flag: Set(note.flag),
        field: Set(note.field.clone()),
        raw: Set(note.raw.clone()),
    };
    facts.quality.iter().map(row).collect()
}

/// What belongs to an elevator's row and stands in other tables.
#[derive(Clone, Debug, Default)]
pub struct Attached {
    /// Its identifiers.
    pub identifiers: Vec<elevator_identifier::Model>,
    /// Doubts about its values.
    pub quality: Vec<elevator_quality::Model>,
    /// Its using unit.
    pub using_unit: Option<UnitRef>,
    /// Its maintenance unit.
    pub maintenance_unit: Option<UnitRef>,
}

/// The facts of a row.
pub fn facts(row: &elevator::Model, attached: Attached, reference: &Reference) -> ElevatorFacts {
    let location =
        row.longitude.zip(row.latitude).map(|(longitude, latitude)| Location { longitude, latitude });
    let category = row
        .category_code
        .as_ref()
        .map(|code| reference.category(row.category_catalogue.as_deref().unwrap_or_default(), code));
    let raw: BTreeMap<String, String> =
        row.raw.as_deref().and_then(|raw| serde_json::from_str(raw).ok()).unwrap_or_default();
    ElevatorFacts {
        identifiers: identifiers(attached.identifiers),
        use_status: row.use_status,
        use_status_since: row.use_status_since,
        district: row.district_code.as_deref().map(|code| reference.district(code)),
        address: row.address.clone(),
        building: row.building.clone(),
        internal_number: row.internal_number.clone(),
        postal_code: row.postal_code.clone(),
        location,
        category,
        manufacture: Manufacture {
            manufacturer: row.manufacturer.clone(),
            model: row.model.clone(),
            manufactured_on: row.manufactured_on,
        },
        in_service_since: row.in_service_since,
        parameters: Parameters {
            rated_load_kg: row.rated_load_kg,
            rated_speed_m_s: row.rated_speed_m_s,
            stops: row.stops,
            lowest_floor: row.lowest_floor.clone(),
            highest_floor: row.highest_floor.clone(),
            travel_m: row.travel_m,
        },
        using_unit: attached.using_unit,
        maintenance_unit: attached.maintenance_unit,
        duty_phone: row.duty_phone.clone(),
        inspection: Inspection {
            last_on: row.inspection_last_on,
            kind: row.inspection_kind,
            result: row.inspection_result,
            valid_until: row.inspection_valid_until,
            valid_until_precision: row.inspection_precision,
        },
        insurance: Insurance {
            kind: row.insurance_kind,
            insurer: row.insurer.clone(),
            valid_from: row.insured_from,
            valid_until: row.insured_until,
        },
        contract: row.contract_kind,
        monitoring: Monitoring { equipped: row.monitoring_equipped, since: row.monitoring_since },
        quality: attached
            .quality
            .into_iter()
            .map(|note| QualityNote { flag: note.flag, field: note.field, raw: note.raw })
            .collect(),
        raw,
    }
}

/// Identifiers in force first, each group in the order in which they were recorded.
fn identifiers(mut rows: Vec<elevator_identifier::Model>) -> Vec<Identifier> {
    rows.sort_by_key(|row| (row.until.is_some(), row.id));
    rows.into_iter()
        .map(|row| Identifier {
            kind: row.kind,
            value: row.value,
            scheme: row.scheme,
            since: row.since,
            until: row.until,
        })
        .collect()
}

/// The names of the top-level fields in which two versions differ.
pub fn differences(before: &ElevatorFacts, after: &ElevatorFacts) -> Vec<String> {
    let (Ok(serde_json::Value::Object(before)), Ok(serde_json::Value::Object(after))) =
        (serde_json::to_value(before), serde_json::to_value(after))
    else {
        return Vec::new();
    };
    after
        .iter()
        .filter(|(name, value)| before.get(*name) != Some(*value))
        .map(|(name, _)| name.clone())
        .collect()
}
