//! Which copy of the service does a job, and until when.

use sea_orm::entity::prelude::*;

use crate::Timestamp;

/// Which copy of the service does a job, and until when.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "job_lease")]
pub struct Model {
    /// Name.
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    /// Holder.
    pub holder: String,
    /// Until.
    pub until: Timestamp,
}

impl ActiveModelBehavior for ActiveModel {}
