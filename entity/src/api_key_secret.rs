//! What can be shown as an API key: of it only a digest is kept.

use sea_orm::entity::prelude::*;

use crate::Timestamp;

/// What can be shown as an API key: of it only a digest is kept.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "api_key_secret")]
pub struct Model {
    /// Internal number; the highest one of a key is its newest.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// The key.
    pub key_id: i64,
    /// SHA-256 of what is shown.
    #[sea_orm(column_type = "Blob", unique)]
    pub token_hash: Vec<u8>,
    /// How it begins, by which its holder knows it.
    pub prefix: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends, where another one replaced it.
    pub expires_at: Option<Timestamp>,
}

impl ActiveModelBehavior for ActiveModel {}
