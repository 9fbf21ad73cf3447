//! A key that signs heads. The one with the highest number is in use.

use sea_orm::entity::prelude::*;

use crate::Timestamp;

/// A key that signs heads. The one with the highest number is in use.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "seal_key")]
pub struct Model {
    /// Internal number.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// The first bytes of a digest of name and key, as signed notes carry them.
    #[sea_orm(unique)]
    pub key_id: String,
    /// The public key, 32 bytes.
    pub public_key: Vec<u8>,
    /// Heads larger than this are signed by it.
    pub from_size: i64,
    /// Whether the key before it announced it in an entry that it signed.
    pub announced: bool,
    /// Recorded at.
    pub recorded_at: Timestamp,
}

impl ActiveModelBehavior for ActiveModel {}
