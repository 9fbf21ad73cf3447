//! An API key: what stays the same while what is shown as it is replaced.

use sea_orm::entity::prelude::*;
use yuti_openapi::vocabulary::{KeyEnd, KeyKind, KeyState};

use crate::Timestamp;

/// An API key: what stays the same while what is shown as it is replaced.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "api_key")]
pub struct Model {
    /// Internal number.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Whose it is.
    pub kind: KeyKind,
    /// What it is for, in the holder's words, sealed.
    #[sea_orm(column_type = "Blob")]
    pub name: Vec<u8>,
    /// The holder's e-mail address, sealed.
    #[sea_orm(column_type = "Blob", nullable)]
    pub contact: Option<Vec<u8>>,
    /// The unit whose system it is.
    pub organisation_id: Option<i64>,
    /// What a system may do, codes with a space between them.
    pub scopes: String,
    /// Whether it holds.
    pub state: KeyState,
    /// A higher quota in the short window.
    pub raised_burst: Option<i32>,
    /// A higher quota in a day.
    pub raised_daily: Option<i32>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was used last, as far as that was written.
    pub last_used_at: Option<Timestamp>,
    /// When it ends by itself.
    pub expires_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// Who revoked it.
    pub revoked_by: Option<KeyEnd>,
}

impl ActiveModelBehavior for ActiveModel {}
