//! A code that earlier registers used for a division.

use sea_orm::entity::prelude::*;

/// A code that earlier registers used for a division.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "district_earlier_code")]
pub struct Model {
    /// Internal number.
    #[sea_orm(primary_key)]
    pub id: i32,
    /// District code.
    pub district_code: String,
    /// The code.
    pub code: String,
    /// Chinese name.
    pub name_zh: String,
    /// First seen.
    pub first_seen: Option<String>,
    /// Gone by.
    pub gone_by: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
