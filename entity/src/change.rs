//! An entry of the change feed. Without `seq` it has been committed and not yet been given its place.

use sea_orm::entity::prelude::*;
use yuti_openapi::vocabulary::{ChangeKind, ChangeReason, ChangeSubject};

use crate::Timestamp;

/// An entry of the change feed. Without `seq` it has been committed and not yet been given its place.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "change")]
pub struct Model {
    /// Internal number.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Place in the feed.
    #[sea_orm(unique)]
    pub seq: Option<i64>,
    /// At.
    pub at: Timestamp,
    /// Subject.
    pub subject: ChangeSubject,
    /// Subject id.
    pub subject_id: i64,
    /// Handle.
    pub handle: String,
    /// The code.
    pub code: String,
    /// Kind.
    pub kind: ChangeKind,
    /// Reason.
    pub reason: ChangeReason,
    /// Number of the version, from 1.
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}
