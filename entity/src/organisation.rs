//! A using unit or maintenance unit.

use sea_orm::entity::prelude::*;

use crate::{Day, Timestamp};

/// A using unit or maintenance unit.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "organisation")]
pub struct Model {
    /// Internal number.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// The register it comes from.
    #[sea_orm(unique_key = "unique_organisation_source_id_source_key")]
    pub source_id: i64,
    /// How the register itself calls it.
    #[sea_orm(unique_key = "unique_organisation_source_id_source_key")]
    pub source_key: String,
    /// Unified social credit code; only one whose check characters hold.
    #[sea_orm(unique)]
    pub uscc: Option<String>,
    /// Name.
    pub name: String,
    /// Number of the version, from 1.
    pub version: i32,
    /// First day for which it speaks.
    pub valid_from: Option<Day>,
    /// When it was recorded here.
    pub recorded_at: Timestamp,
}

impl ActiveModelBehavior for ActiveModel {}
