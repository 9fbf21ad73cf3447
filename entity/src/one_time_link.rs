//! A link that lets one person set a password, once.

use sea_orm::entity::prelude::*;
use yuti_openapi::vocabulary::LinkPurpose;

use crate::Timestamp;

/// A link that lets one person set a password, once.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "one_time_link")]
pub struct Model {
    /// Internal number.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// The account.
    pub account_id: i64,
    /// Digest of the token in the link.
    #[sea_orm(column_type = "Blob", unique)]
    pub token_hash: Vec<u8>,
    /// What it is for.
    pub purpose: LinkPurpose,
    /// Whether its use takes the second factor off.
    pub clears_second_factor: bool,
    /// The account that issued it; none where the command line did.
    pub created_by: Option<i64>,
    /// When it was issued.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// When it was used.
    pub used_at: Option<Timestamp>,
    /// When it was taken back, or a newer one took its place.
    pub withdrawn_at: Option<Timestamp>,
}

impl ActiveModelBehavior for ActiveModel {}
