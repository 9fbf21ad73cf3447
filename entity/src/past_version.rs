//! What was believed of a subject before its current version.

use sea_orm::entity::prelude::*;
use yuti_openapi::vocabulary::{ChangeKind, ChangeReason, ChangeSubject};

use crate::{Day, Timestamp};

/// What was believed of a subject before its current version.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "past_version")]
pub struct Model {
    /// Internal number.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Subject.
    #[sea_orm(unique_key = "unique_past_version_subject_subject_id_version")]
    pub subject: ChangeSubject,
    /// Subject id.
    #[sea_orm(unique_key = "unique_past_version_subject_subject_id_version")]
    pub subject_id: i64,
    /// Number of the version, from 1.
    #[sea_orm(unique_key = "unique_past_version_subject_subject_id_version")]
    pub version: i32,
    /// First day for which it speaks.
    pub valid_from: Option<Day>,
    /// Last day for which it speaks.
    pub valid_to: Option<Day>,
    /// When it was recorded here.
    pub recorded_at: Timestamp,
    /// When a later record took its place.
    pub superseded_at: Timestamp,
    /// Change kind.
    pub change_kind: ChangeKind,
    /// Change reason.
    pub change_reason: ChangeReason,
    /// The facts as JSON (`ElevatorFacts`).
    #[sea_orm(column_type = "Text")]
    pub facts: String,
}

impl ActiveModelBehavior for ActiveModel {}
