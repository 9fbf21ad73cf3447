//! A bureau that supervises.

use sea_orm::entity::prelude::*;
use yuti_openapi::vocabulary::AuthorityLevel;

use crate::Day;

/// A bureau that supervises.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "authority")]
pub struct Model {
    /// Internal number.
    #[sea_orm(primary_key)]
    pub id: i32,
    /// Its key.
    #[sea_orm(unique)]
    pub key: String,
    /// Level.
    pub level: AuthorityLevel,
    /// Chinese name.
    pub name_zh: String,
    /// English name.
    pub name_en: String,
    /// District code.
    pub district_code: Option<String>,
    /// Zone key.
    pub zone_key: Option<String>,
    /// First day for which it speaks.
    pub valid_from: Option<Day>,
    /// Last day for which it speaks.
    pub valid_to: Option<Day>,
}

impl ActiveModelBehavior for ActiveModel {}
