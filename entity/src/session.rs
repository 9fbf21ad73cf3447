//! A session: from signing in until it ends or expires.

use sea_orm::entity::prelude::*;
use yuti_openapi::vocabulary::SessionEnd;

use crate::Timestamp;

/// A session: from signing in until it ends or expires.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "session")]
pub struct Model {
    /// Internal number.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// The account.
    pub account_id: i64,
    /// Digest of the token that the cookie holds.
    #[sea_orm(column_type = "Blob", unique)]
    pub token_hash: Vec<u8>,
    /// The password's version under which it was made.
    pub password_version: i32,
    /// Whether the code of the second factor is still to come.
    pub second_factor_due: bool,
    /// When the second factor was passed.
    pub second_factor_at: Option<Timestamp>,
    /// The family of the browser and system; never an address.
    pub client: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was used last, to the minute.
    pub last_seen_at: Timestamp,
    /// When it ends at the latest.
    pub expires_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Why it ended.
    pub ended_because: Option<SessionEnd>,
}

impl ActiveModelBehavior for ActiveModel {}

/// The account of a session, so that both are read by one query.
impl Related<super::account::Entity> for Entity {
    fn to() -> RelationDef {
        Entity::belongs_to(super::account::Entity)
            .from(Column::AccountId)
            .to(super::account::Column::Id)
            .into()
    }
}
