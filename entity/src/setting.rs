//! A setting of this database, such as the profile it was made with.

use sea_orm::entity::prelude::*;

use crate::Timestamp;

/// A setting of this database, such as the profile it was made with.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "setting")]
pub struct Model {
    /// Its key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    /// Value.
    #[sea_orm(column_type = "Text")]
    pub value: String,
    /// When it was recorded here.
    pub recorded_at: Timestamp,
}

impl ActiveModelBehavior for ActiveModel {}
