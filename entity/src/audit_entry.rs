//! An entry of the audit trail: who did what to what. Append only; without `leaf_index` it waits for its seal.

use sea_orm::entity::prelude::*;

use crate::Timestamp;

/// An entry of the audit trail: who did what to what. Append only; without `leaf_index` it waits for its seal.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_entry")]
pub struct Model {
    /// Internal number.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Its place in the tree, from 0, once it is sealed.
    #[sea_orm(unique)]
    pub leaf_index: Option<i64>,
    /// Which form its canonical bytes have.
    pub format: i32,
    /// At.
    pub at: Timestamp,
    /// Which kind of actor.
    pub actor: String,
    /// The actor's number, where it has one.
    pub actor_id: Option<i64>,
    /// The role in which an account acted.
    pub actor_role: Option<String>,
    /// What was done: noun and verb.
    pub act: String,
    /// What it was done to.
    pub subject: String,
    /// Subject id.
    pub subject_id: i64,
    /// The state before.
    pub from_state: Option<String>,
    /// The state after.
    pub to_state: Option<String>,
    /// What else is to be known, as canonical JSON. Nothing personal.
    #[sea_orm(column_type = "Text")]
    pub facts: String,
    /// SHA-256 over the salt and the personal part.
    pub commitment: Vec<u8>,
    /// The salt, sealed by the vault; gone once the personal part is erased.
    pub salt: Option<Vec<u8>>,
    /// The personal part, sealed by the vault.
    pub personal: Option<Vec<u8>>,
    /// The hash under which it stands in the tree.
    #[sea_orm(unique)]
    pub leaf_hash: Option<Vec<u8>>,
}

impl ActiveModelBehavior for ActiveModel {}
