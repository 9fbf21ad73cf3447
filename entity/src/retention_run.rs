//! A run of the job that erases what is no longer to be kept.

use sea_orm::entity::prelude::*;

use crate::{Day, Timestamp};

/// A run of the job that erases what is no longer to be kept.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "retention_run")]
pub struct Model {
    /// Internal number.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// The day for which it ran.
    pub day: Day,
    /// Who started it: the job or somebody at the command line.
    pub started_by: String,
    /// The policy by which it ran.
    pub policy_version: String,
    /// When it began.
    pub started_at: Timestamp,
    /// When it had erased everything; none while it runs or after it was broken off.
    pub finished_at: Option<Timestamp>,
    /// How many were erased, by rule, as JSON.
    #[sea_orm(column_type = "Text")]
    pub counts: String,
}

impl ActiveModelBehavior for ActiveModel {}
