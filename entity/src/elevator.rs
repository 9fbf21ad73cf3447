//! An elevator: the version that is believed now.

use sea_orm::entity::prelude::*;
use yuti_openapi::vocabulary::{
    ChangeKind, ChangeReason, ContractKind, InspectionKind, InspectionResult, InsuranceKind, Precision,
    UseStatus,
};

use crate::{Day, Timestamp};

/// An elevator: the version that is believed now.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "elevator")]
pub struct Model {
    /// Internal number.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// The register it comes from.
    #[sea_orm(unique_key = "unique_elevator_source_id_source_key")]
    pub source_id: i64,
    /// How the register itself calls it.
    #[sea_orm(unique_key = "unique_elevator_source_id_source_key")]
    pub source_key: String,
    /// The code.
    pub code: String,
    /// Use status.
    pub use_status: Option<UseStatus>,
    /// Use status since.
    pub use_status_since: Option<Day>,
    /// District code.
    pub district_code: Option<String>,
    /// Zone key.
    pub zone_key: Option<String>,
    /// Address.
    pub address: Option<String>,
    /// Building.
    pub building: Option<String>,
    /// Internal number.
    pub internal_number: Option<String>,
    /// Postal code.
    pub postal_code: Option<String>,
    /// Longitude.
    pub longitude: Option<f64>,
    /// Latitude.
    pub latitude: Option<f64>,
    /// Category code.
    pub category_code: Option<String>,
    /// Category catalogue.
    pub category_catalogue: Option<String>,
    /// Manufacturer.
    pub manufacturer: Option<String>,
    /// Model.
    pub model: Option<String>,
    /// Manufactured on.
    pub manufactured_on: Option<Day>,
    /// In service since.
    pub in_service_since: Option<Day>,
    /// Rated load kg.
    pub rated_load_kg: Option<f64>,
    /// Rated speed m s.
    pub rated_speed_m_s: Option<f64>,
    /// Stops.
    pub stops: Option<i32>,
    /// Lowest floor.
    pub lowest_floor: Option<String>,
    /// Highest floor.
    pub highest_floor: Option<String>,
    /// Travel m.
    pub travel_m: Option<f64>,
    /// Using unit id.
    pub using_unit_id: Option<i64>,
    /// Maintenance unit id.
    pub maintenance_unit_id: Option<i64>,
    /// Duty phone.
    pub duty_phone: Option<String>,
    /// Inspection last on.
    pub inspection_last_on: Option<Day>,
    /// Inspection kind.
    pub inspection_kind: Option<InspectionKind>,
    /// Inspection result.
    pub inspection_result: Option<InspectionResult>,
    /// Inspection valid until.
    pub inspection_valid_until: Option<Day>,
    /// Inspection precision.
    pub inspection_precision: Option<Precision>,
    /// Insurance kind.
    pub insurance_kind: Option<InsuranceKind>,
    /// Insurer.
    pub insurer: Option<String>,
    /// Insured from.
    pub insured_from: Option<Day>,
    /// Insured until.
    pub insured_until: Option<Day>,
    /// Contract kind.
    pub contract_kind: Option<ContractKind>,
    /// Monitoring equipped.
    pub monitoring_equipped: Option<bool>,
    /// Monitoring since.
    pub monitoring_since: Option<Day>,
    /// What the source said.
    #[sea_orm(column_type = "Text", nullable)]
    pub raw: Option<String>,
    /// Digest of the facts, with which an unchanged row is told.
    pub facts_hash: String,
    /// Number of the version, from 1.
    pub version: i32,
    /// Change kind.
    pub change_kind: ChangeKind,
    /// Change reason.
    pub change_reason: ChangeReason,
    /// First day for which it speaks.
    pub valid_from: Option<Day>,
    /// When it was recorded here.
    pub recorded_at: Timestamp,
}

impl ActiveModelBehavior for ActiveModel {}
