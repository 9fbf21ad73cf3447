//! An account of a person who acts: an officer, or somebody of a unit.

use sea_orm::entity::prelude::*;
use yuti_openapi::vocabulary::{AccountState, Role};

use crate::Timestamp;

/// An account of a person who acts: an officer, or somebody of a unit.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "account")]
pub struct Model {
    /// Internal number.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// The name under which the person signs in, in its normal form.
    #[sea_orm(unique)]
    pub login: String,
    /// The person's name, sealed.
    #[sea_orm(column_type = "Blob")]
    pub display_name: Vec<u8>,
    /// What the account may do, in general.
    pub role: Role,
    /// The bureau of an officer.
    pub authority_key: Option<String>,
    /// The district of an officer of a district's bureau.
    pub district_code: Option<String>,
    /// The unit for which the account acts.
    pub organisation_id: Option<i64>,
    /// The unit to which a delegate belongs.
    pub home_organisation_id: Option<i64>,
    /// Whether it can sign in.
    pub state: AccountState,
    /// When it was made or woken last: from here on its sleep is counted.
    pub active_since: Timestamp,
    /// Made with the demonstration data, and gone with it.
    pub demonstration: bool,
    /// The password's digest in PHC form; none until the first link was used.
    #[sea_orm(column_type = "Text", nullable)]
    pub password_hash: Option<String>,
    /// Counted up with each password: a session made under another one is over.
    pub password_version: i32,
    /// When the password was set.
    pub password_changed_at: Option<Timestamp>,
    /// Whether the password must be changed before anything else.
    pub must_change: bool,
    /// The secret of the second factor, sealed.
    #[sea_orm(column_type = "Blob", nullable)]
    pub totp_secret: Option<Vec<u8>>,
    /// A secret that waits for its first code, sealed.
    #[sea_orm(column_type = "Blob", nullable)]
    pub totp_pending: Option<Vec<u8>>,
    /// The step of the last code that was taken: none before or at it is taken again.
    pub totp_last_step: Option<i64>,
    /// When somebody signed in last.
    pub last_signed_in_at: Option<Timestamp>,
    /// Number of the version, from 1.
    pub version: i32,
    /// When it was made.
    pub created_at: Timestamp,
}

impl ActiveModelBehavior for ActiveModel {}
