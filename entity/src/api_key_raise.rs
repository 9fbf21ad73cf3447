//! A wish for higher quotas of an API key, and what became of it.

use sea_orm::entity::prelude::*;
use yuti_openapi::vocabulary::RaiseState;

use crate::Timestamp;

/// A wish for higher quotas of an API key, and what became of it.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "api_key_raise")]
pub struct Model {
    /// Internal number.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// The key.
    pub key_id: i64,
    /// For the short window: what was asked for, or granted.
    pub burst: Option<i32>,
    /// For a day: what was asked for, or granted.
    pub daily: Option<i32>,
    /// What for, in the holder's words, sealed.
    #[sea_orm(column_type = "Blob")]
    pub reason: Vec<u8>,
    /// How it stands.
    pub state: RaiseState,
    /// When it was asked for.
    pub asked_at: Timestamp,
    /// When it was decided.
    pub decided_at: Option<Timestamp>,
    /// What whoever decided says about it, sealed.
    #[sea_orm(column_type = "Blob", nullable)]
    pub answer: Option<Vec<u8>>,
}

impl ActiveModelBehavior for ActiveModel {}
