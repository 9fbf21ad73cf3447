//! An elevator, as everyone may see it.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::identifier::{ElevatorId, OrganisationId};
use crate::vocabulary::{
    AnnotationEnd, ChangeKind, ChangeReason, CodeScheme, ContractKind, ElevatorStatus, InspectionKind,
    InspectionResult, InsuranceKind, Precision, QualityFlag, StatusReason, UseStatus,
};

/// One identifier of an elevator. Old values keep leading to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Identifier {
    /// The kind, a key of the city profile: `equipment_code`, `rescue_code`, …
    #[schema(example = "equipment_code")]
    pub kind: String,
    /// The value as it was given. Always text: a value that looks like a number is none.
    pub value: String,
    /// The coding scheme, where the kind has several.
    #[schema(required = true)]
    pub scheme: Option<CodeScheme>,
    /// The first day on which the elevator carried it; `null` where not known.
    #[schema(required = true)]
    pub since: Option<NaiveDate>,
    /// The last day; `null` while it is carried.
    #[schema(required = true)]
    pub until: Option<NaiveDate>,
}

/// A named thing with a code: a district, a category, an authority.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Named {
    /// The code.
    pub code: String,
    /// Its Chinese name.
    pub name_zh: String,
    /// Its English name.
    pub name_en: String,
}

/// The category of an elevator. Codes of different catalogues collide, so that the catalogue is always beside the code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Category {
    /// The code within its catalogue.
    #[schema(example = "3110")]
    pub code: String,
    /// The catalogue.
    #[schema(example = "2014-114")]
    pub catalogue: String,
    /// Its Chinese name.
    pub name_zh: String,
    /// Its English name.
    pub name_en: String,
}

/// A unit that answers for an elevator.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
pub struct UnitRef {
    /// The id of the organisation, by which it is known also where it has no code. Absent only in versions that were recorded before organisations
    /// had ids.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<OrganisationId>,
    /// Its name.
    pub name: String,
    /// Its unified social credit code, where it is known and holds.
    #[schema(required = true)]
    pub uscc: Option<String>,
}

/// A place, WGS 84, degrees.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Location {
    /// Degrees east.
    #[schema(minimum = -180, maximum = 180)]
    pub longitude: f64,
    /// Degrees north.
    #[schema(minimum = -90, maximum = 90)]
    pub latitude: f64,
}

/// Who made it, and when.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Manufacture {
    /// The maker's name as registered.
    #[schema(required = true)]
    pub manufacturer: Option<String>,
    /// The maker's model.
    #[schema(required = true)]
    pub model: Option<String>,
    /// The day it was made.
    #[schema(required = true)]
    pub manufactured_on: Option<NaiveDate>,
}

/// Technical parameters (TSG T5002-2017, Art. 8).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Parameters {
    /// Rated load in kilograms.
    #[schema(required = true, minimum = 0)]
    pub rated_load_kg: Option<f64>,
    /// Rated speed in metres a second.
    #[schema(required = true, minimum = 0)]
    pub rated_speed_m_s: Option<f64>,
    /// Number of stops.
    #[schema(required = true, minimum = 0)]
    pub stops: Option<i32>,
    /// The lowest landing served, as it is marked in the car.
    #[schema(required = true)]
    pub lowest_floor: Option<String>,
    /// The highest landing served, as it is marked in the car.
    #[schema(required = true)]
    pub highest_floor: Option<String>,
    /// Travel in metres.
    #[schema(required = true, minimum = 0)]
    pub travel_m: Option<f64>,
}

/// The last statutory inspection or test, and until when it holds (clause E3 of the pilot notice).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Inspection {
    /// The day of the last one.
    #[schema(required = true)]
    pub last_on: Option<NaiveDate>,
    /// Its kind.
    #[schema(required = true)]
    pub kind: Option<InspectionKind>,
    /// Its outcome.
    #[schema(required = true)]
    pub result: Option<InspectionResult>,
    /// The last day of validity. A validity given by month ends on the month's last day.
    #[schema(required = true)]
    pub valid_until: Option<NaiveDate>,
    /// Whether the validity was given by day or by month.
    #[schema(required = true)]
    pub valid_until_precision: Option<Precision>,
}

/// The insurance (clause E2 of the pilot notice).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Insurance {
    /// Its kind; `null` where nothing has been received.
    #[schema(required = true)]
    pub kind: Option<InsuranceKind>,
    /// The insurer.
    #[schema(required = true)]
    pub insurer: Option<String>,
    /// The first day.
    #[schema(required = true)]
    pub valid_from: Option<NaiveDate>,
    /// The last day.
    #[schema(required = true)]
    pub valid_until: Option<NaiveDate>,
}

/// Remote monitoring (clause E1 of the pilot notice: optional).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Monitoring {
    /// Whether the elevator is equipped; `null` where nothing has been received.
    #[schema(required = true)]
    pub equipped: Option<bool>,
    /// The day since when.
    #[schema(required = true)]
    pub since: Option<NaiveDate>,
}

/// The public mark 维保试点 of an elevator (clause V1 of the pilot notice).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Annotation {
    /// The first day of the mark.
    pub since: NaiveDate,
    /// The last day; `null` while it is in force.
    #[schema(required = true)]
    pub until: Option<NaiveDate>,
    /// Why it ended.
    #[schema(required = true)]
    pub ended_because: Option<AnnotationEnd>,
    /// The interval of the confirmed maintenance plan in days, where it is known.
    #[schema(required = true)]
    pub interval_days: Option<i32>,
}

/// A doubt about one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct QualityNote {
    /// The doubt.
    pub flag: QualityFlag,
    /// The field it is about, as it is called here.
    #[schema(example = "inspection.last_on")]
    pub field: String,
    /// What the source said.
    #[schema(required = true)]
    pub raw: Option<String>,
}

/// The register that an item comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SourceRef {
    /// Its key.
    pub key: String,
    /// Its Chinese name.
    pub name_zh: String,
    /// Its English name.
    pub name_en: String,
    /// The licence of its data.
    pub licence: String,
    /// Where it was published.
    #[schema(required = true)]
    pub url: Option<String>,
    /// The day for which it speaks.
    #[schema(required = true)]
    pub as_of: Option<NaiveDate>,
    /// True for demonstration data: all fictitious.
    pub demonstration: bool,
}

/// What is registered of an elevator. Unknown is `null`, never a guess.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ElevatorFacts {
    /// Every identifier, those in force first.
    pub identifiers: Vec<Identifier>,
    /// What the register says of its registration.
    #[schema(required = true)]
    pub use_status: Option<UseStatus>,
    /// Since when.
    #[schema(required = true)]
    pub use_status_since: Option<NaiveDate>,
    /// The district it stands in.
    #[schema(required = true)]
    pub district: Option<Named>,
    /// Street and number.
    #[schema(required = true)]
    pub address: Option<String>,
    /// The estate, building or entrance.
    #[schema(required = true)]
    pub building: Option<String>,
    /// The number or name that the using unit gives it.
    #[schema(required = true)]
    pub internal_number: Option<String>,
    /// Postal code.
    #[schema(required = true)]
    pub postal_code: Option<String>,
    /// Where it stands.
    #[schema(required = true)]
    pub location: Option<Location>,
    /// Its category.
    #[schema(required = true)]
    pub category: Option<Category>,
    /// Who made it, and when.
    pub manufacture: Manufacture,
    /// The day it went into service.
    #[schema(required = true)]
    pub in_service_since: Option<NaiveDate>,
    /// Technical parameters.
    pub parameters: Parameters,
    /// The using unit: answers for it by law.
    #[schema(required = true)]
    pub using_unit: Option<UnitRef>,
    /// The maintenance unit.
    #[schema(required = true)]
    pub maintenance_unit: Option<UnitRef>,
    /// The duty or rescue line published for it. Never a person's own number.
    #[schema(required = true)]
    pub duty_phone: Option<String>,
    /// The last inspection or test and its validity.
    pub inspection: Inspection,
    /// Insurance.
    pub insurance: Insurance,
    /// Kind of maintenance contract.
    #[schema(required = true)]
    pub contract: Option<ContractKind>,
    /// Remote monitoring.
    pub monitoring: Monitoring,
    /// Doubts about values.
    pub quality: Vec<QualityNote>,
    /// What the source said, by our name of the field, wherever it differs from the interpreted value.
    pub raw: BTreeMap<String, String>,
}

/// An elevator: what is registered, and what follows from it today.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Elevator {
    /// Its handle, which never changes.
    pub id: ElevatorId,
    /// The identifier that people know it by.
    pub code: String,
    /// The answer for today.
    pub status: ElevatorStatus,
    /// Why.
    pub status_reasons: Vec<StatusReason>,
    /// The instant until which `status` holds if nothing new arrives; `null` where no date ends it.
    #[schema(required = true)]
    pub valid_until: Option<DateTime<Utc>>,
    /// The bureau that supervises it.
    #[schema(required = true)]
    pub authority: Option<Named>,
    /// The mark 维保试点: the one in force, else the last one; `null` where it never had one.
    #[schema(required = true)]
    pub annotation: Option<Annotation>,
    /// The registered facts.
    #[serde(flatten)]
    pub facts: ElevatorFacts,
    /// The register it comes from.
    pub source: SourceRef,
    /// The number of the version, counted from 1.
    #[schema(minimum = 1)]
    pub version: i32,
    /// The instant at which this version was recorded here.
    pub recorded_at: DateTime<Utc>,
}

/// One version of what was registered, with the time for which it speaks and the time during which we believed it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ElevatorVersion {
    /// The number of the version, counted from 1.
    #[schema(minimum = 1)]
    pub version: i32,
    /// The first day for which these facts speak; `null` where the source does not say.
    #[schema(required = true)]
    pub valid_from: Option<NaiveDate>,
    /// The last day; `null` for the current version.
    #[schema(required = true)]
    pub valid_to: Option<NaiveDate>,
    /// The instant at which it was recorded here.
    pub recorded_at: DateTime<Utc>,
    /// The instant at which a later version took its place; `null` for the current one.
    #[schema(required = true)]
    pub superseded_at: Option<DateTime<Utc>>,
    /// What kind of change brought it.
    pub kind: ChangeKind,
    /// Why.
    pub reason: ChangeReason,
    /// The fields that differ from the version before, by their names here.
    pub changed: Vec<String>,
    /// The facts.
    pub facts: ElevatorFacts,
}

/// An identifier that means several elevators: the choice is the reader's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Choices {
    /// The identifier as it was asked for.
    pub identifier: String,
    /// The elevators that carry it, each with its own address.
    pub choices: Vec<Choice>,
}

/// One elevator among several with the same identifier.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Choice {
    /// Its handle.
    pub id: ElevatorId,
    /// The address of its resource.
    pub url: String,
    /// The identifier that people know it by.
    pub code: String,
    /// The kind of identifier that matched.
    pub kind: String,
    /// Street and number.
    #[schema(required = true)]
    pub address: Option<String>,
    /// The estate, building or entrance.
    #[schema(required = true)]
    pub building: Option<String>,
    /// The number or name that the using unit gives it.
    #[schema(required = true)]
    pub internal_number: Option<String>,
    /// The district.
    #[schema(required = true)]
    pub district: Option<Named>,
}
