//! The answer to a request that carried a key against doing it twice.

use sea_orm::entity::prelude::*;

use crate::Timestamp;

/// The answer to a request that carried a key against doing it twice.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "kept_answer")]
pub struct Model {
    /// Digest of who asked, the operation and the key.
    #[sea_orm(primary_key, auto_increment = false, column_type = "Blob")]
    pub scope: Vec<u8>,
    /// Digest of the body.
    #[sea_orm(column_type = "Blob")]
    pub fingerprint: Vec<u8>,
    /// Status of the answer.
    pub status: i32,
    /// Headers and body of the answer, sealed: it may hold what is shown only once.
    #[sea_orm(column_type = "Blob")]
    pub answer: Vec<u8>,
    /// Until when it is kept.
    pub expires_at: Timestamp,
}

impl ActiveModelBehavior for ActiveModel {}
