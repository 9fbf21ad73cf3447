//! A code that stands in for the second factor once.

use sea_orm::entity::prelude::*;

use crate::Timestamp;

/// A code that stands in for the second factor once.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "recovery_code")]
pub struct Model {
    /// Internal number.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// The account.
    #[sea_orm(unique_key = "unique_recovery_code_account_id_code_hash")]
    pub account_id: i64,
    /// Digest of the code.
    #[sea_orm(column_type = "Blob", unique_key = "unique_recovery_code_account_id_code_hash")]
    pub code_hash: Vec<u8>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was used.
    pub used_at: Option<Timestamp>,
}

impl ActiveModelBehavior for ActiveModel {}
