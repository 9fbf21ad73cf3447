//! A complete subtree over the audit trail, from level 1 on; the leaves are the entries themselves.

use sea_orm::entity::prelude::*;

/// A complete subtree over the audit trail, from level 1 on; the leaves are the entries themselves.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "seal_node")]
pub struct Model {
    /// It covers two to the power of this many leaves.
    #[sea_orm(primary_key, auto_increment = false)]
    pub level: i32,
    /// Its place within the level, from 0.
    #[sea_orm(primary_key, auto_increment = false)]
    pub place: i64,
    /// Its hash.
    pub hash: Vec<u8>,
}

impl ActiveModelBehavior for ActiveModel {}
