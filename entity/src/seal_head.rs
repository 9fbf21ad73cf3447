//! A signed head of the tree.

use sea_orm::entity::prelude::*;

use crate::Timestamp;

/// A signed head of the tree.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "seal_head")]
pub struct Model {
    /// How many entries it covers.
    #[sea_orm(primary_key, auto_increment = false)]
    pub size: i64,
    /// The root over them.
    pub root: Vec<u8>,
    /// At.
    pub at: Timestamp,
    /// The key that signed it.
    pub key_id: String,
    /// The signature.
    pub signature: Vec<u8>,
}

impl ActiveModelBehavior for ActiveModel {}
