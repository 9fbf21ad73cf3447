//! A functional zone: an area with a bureau of its own and no code of its own; one row for each district it lies in.

use sea_orm::entity::prelude::*;

/// A functional zone: an area with a bureau of its own and no code of its own; one row for each district it lies in.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "functional_zone")]
pub struct Model {
    /// Internal number.
    #[sea_orm(primary_key)]
    pub id: i32,
    /// Its key.
    #[sea_orm(unique_key = "unique_functional_zone_key_district_code")]
    pub key: String,
    /// District code.
    #[sea_orm(unique_key = "unique_functional_zone_key_district_code")]
    pub district_code: String,
    /// Chinese name.
    pub name_zh: String,
    /// English name.
    pub name_en: String,
    /// Note.
    #[sea_orm(column_type = "Text", nullable)]
    pub note: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
