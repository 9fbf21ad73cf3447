//! A browser from which a person has signed in whole: delays that others cause do not hold for it.

use sea_orm::entity::prelude::*;

use crate::Timestamp;

/// A browser from which a person has signed in whole: delays that others cause do not hold for it.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "known_device")]
pub struct Model {
    /// Internal number.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// The account.
    pub account_id: i64,
    /// Digest of the token that the device's cookie holds.
    #[sea_orm(column_type = "Blob", unique)]
    pub token_hash: Vec<u8>,
    /// The family of the browser and system; never an address.
    pub client: String,
    /// When it became known.
    pub created_at: Timestamp,
    /// When it was used last to sign in.
    pub last_seen_at: Timestamp,
    /// When it is forgotten.
    pub expires_at: Timestamp,
}

impl ActiveModelBehavior for ActiveModel {}
