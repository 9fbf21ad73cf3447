//! A unit that asks for an account.

use sea_orm::entity::prelude::*;
use yuti_openapi::vocabulary::{UnitRequestState, UnitRole};

use crate::Timestamp;

/// A unit that asks for an account.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "unit_request")]
pub struct Model {
    /// Internal number.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// The number by which whoever asks and the bureau speak of it.
    #[sea_orm(unique)]
    pub number: String,
    /// Digest of the token with which whoever asked follows it.
    #[sea_orm(column_type = "Blob")]
    pub token_hash: Vec<u8>,
    /// The unit's unified social credit code, its check characters right.
    pub uscc: String,
    /// The unit's name as it was given.
    pub unit_name: String,
    /// What the unit is for elevators.
    pub role: UnitRole,
    /// The key of the bureau that answers.
    pub authority_key: String,
    /// Who asks, sealed.
    #[sea_orm(column_type = "Blob")]
    pub contact_name: Vec<u8>,
    /// Their telephone number, sealed.
    #[sea_orm(column_type = "Blob")]
    pub contact_phone: Vec<u8>,
    /// What they add, sealed.
    #[sea_orm(column_type = "Blob", nullable)]
    pub note: Option<Vec<u8>>,
    /// How far it is.
    pub state: UnitRequestState,
    /// What the bureau says, sealed.
    #[sea_orm(column_type = "Blob", nullable)]
    pub answer: Option<Vec<u8>>,
    /// The account that decided.
    pub decided_by: Option<i64>,
    /// The unit, where it was accepted.
    pub organisation_id: Option<i64>,
    /// The account that was made.
    pub account_id: Option<i64>,
    /// Number of the version, from 1.
    pub version: i32,
    /// When it was filed.
    pub filed_at: Timestamp,
    /// When it was decided or withdrawn.
    pub decided_at: Option<Timestamp>,
}

impl ActiveModelBehavior for ActiveModel {}
