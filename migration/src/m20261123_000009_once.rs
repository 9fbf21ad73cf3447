//! Answers that a repeated request gets again.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{integer, timestamp_with_time_zone};

use crate::index;

/// See the module's text.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let kept = Table::create()
            .table("kept_answer")
            .col(ColumnDef::new("scope").blob().not_null().primary_key())
            .col(ColumnDef::new("fingerprint").blob().not_null())
            .col(integer("status"))
            .col(ColumnDef::new("answer").blob().not_null())
            .col(timestamp_with_time_zone("expires_at"))
            .take();
        manager.create_table(kept).await?;
        index(manager, "kept_answer", &["expires_at"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("kept_answer").take()).await
    }
}
