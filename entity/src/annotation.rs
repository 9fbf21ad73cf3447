//! A mark 维保试点 on an elevator, in force or ended.

use sea_orm::entity::prelude::*;
use yuti_openapi::vocabulary::AnnotationEnd;

use crate::{Day, Timestamp};

/// A mark 维保试点 on an elevator, in force or ended.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "annotation")]
pub struct Model {
    /// Internal number.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// The elevator.
    pub elevator_id: i64,
    /// First day for which it speaks.
    pub valid_from: Day,
    /// Last day for which it speaks.
    pub valid_to: Option<Day>,
    /// Ended because.
    pub ended_because: Option<AnnotationEnd>,
    /// Interval days.
    pub interval_days: Option<i32>,
    /// Basis.
    #[sea_orm(column_type = "Text")]
    pub basis: String,
    /// When it was recorded here.
    pub recorded_at: Timestamp,
    /// When a later record took its place.
    pub superseded_at: Option<Timestamp>,
}

impl ActiveModelBehavior for ActiveModel {}
