//! How often signing in failed lately, by log-in and by where it was tried from.

use sea_orm::entity::prelude::*;

use crate::Timestamp;

/// How often signing in failed lately, by log-in and by where it was tried from.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "sign_in_failure")]
pub struct Model {
    /// Internal number.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Keyed digest of the log-in, whether or not anybody has it.
    #[sea_orm(column_type = "Blob", unique_key = "unique_sign_in_failure_login_digest_origin_digest")]
    pub login_digest: Vec<u8>,
    /// Keyed digest of the known device, the network, or of all networks together.
    #[sea_orm(column_type = "Blob", unique_key = "unique_sign_in_failure_login_digest_origin_digest")]
    pub origin_digest: Vec<u8>,
    /// Failures one after the other.
    pub failures: i32,
    /// When the last one was.
    pub last_at: Timestamp,
    /// Until when nothing is tried.
    pub wait_until: Timestamp,
}

impl ActiveModelBehavior for ActiveModel {}
