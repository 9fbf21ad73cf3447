//! How often an API key was used on a day.

use sea_orm::entity::prelude::*;

use crate::{Day, Timestamp};

/// How often an API key was used on a day.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "api_key_usage")]
pub struct Model {
    /// Internal number.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// The key.
    #[sea_orm(unique_key = "unique_api_key_usage_key_id_day")]
    pub key_id: i64,
    /// The day.
    #[sea_orm(unique_key = "unique_api_key_usage_key_id_day")]
    pub day: Day,
    /// Calls that were answered.
    pub calls: i64,
    /// Calls that a quota refused.
    pub refused: i64,
    /// When it was counted last.
    pub last_at: Timestamp,
}

impl ActiveModelBehavior for ActiveModel {}
