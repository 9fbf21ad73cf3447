//! A doubt about one field of an elevator.

use sea_orm::entity::prelude::*;
use yuti_openapi::vocabulary::QualityFlag;

/// A doubt about one field of an elevator.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "elevator_quality")]
pub struct Model {
    /// Internal number.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// The elevator.
    pub elevator_id: i64,
    /// Flag.
    pub flag: QualityFlag,
    /// Field.
    pub field: String,
    /// What the source said.
    #[sea_orm(column_type = "Text", nullable)]
    pub raw: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
