//! What was erased because its time was over: one row for each run.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    date, string, text, timestamp_with_time_zone, timestamp_with_time_zone_null,
};

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
        let run = Table::create()
            .table("retention_run")
            .col(ColumnDef::new("id").big_integer().not_null().auto_increment().primary_key())
            .col(date("day"))
            .col(string("started_by"))
            .col(string("policy_version"))
            .col(timestamp_with_time_zone("started_at"))
            .col(timestamp_with_time_zone_null("finished_at"))
            .col(text("counts"))
            .take();
        manager.create_table(run).await?;
        index(manager, "retention_run", &["day"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("retention_run").take()).await
    }
}
