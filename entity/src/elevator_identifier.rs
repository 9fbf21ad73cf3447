//! An identifier of an elevator, in force or past.

use sea_orm::entity::prelude::*;
use yuti_openapi::vocabulary::CodeScheme;

use crate::{Day, Timestamp};

/// An identifier of an elevator, in force or past.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "elevator_identifier")]
pub struct Model {
    /// Internal number.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// The elevator.
    pub elevator_id: i64,
    /// Kind.
    pub kind: String,
    /// Value.
    pub value: String,
    /// The value in the form in which identifiers are compared.
    pub value_norm: String,
    /// Scheme.
    pub scheme: Option<CodeScheme>,
    /// Since.
    pub since: Option<Day>,
    /// Until.
    pub until: Option<Day>,
    /// When it was recorded here.
    pub recorded_at: Timestamp,
}

impl ActiveModelBehavior for ActiveModel {}
