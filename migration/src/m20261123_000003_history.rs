//! What was believed before, and the feed of what changed.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, date_null, integer, string, text, timestamp_with_time_zone,
};

use crate::{index, unique};

/// See the module's text.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let past = Table::create()
            .table("past_version")
            .col(ColumnDef::new("id").big_integer().not_null().auto_increment().primary_key())
            .col(string("subject"))
            .col(big_integer("subject_id"))
            .col(integer("version"))
            .col(date_null("valid_from"))
            .col(date_null("valid_to"))
            .col(timestamp_with_time_zone("recorded_at"))
            .col(timestamp_with_time_zone("superseded_at"))
            .col(string("change_kind"))
            .col(string("change_reason"))
            .col(text("facts"))
            .take();
        manager.create_table(past).await?;
        unique(manager, "past_version", &["subject", "subject_id", "version"]).await?;

        // `seq` is given after the commit on PostgreSQL, where the order of inserts is not the order of commits.
        let change = Table::create()
            .table("change")
            .col(ColumnDef::new("id").big_integer().not_null().auto_increment().primary_key())
            .col(big_integer_null("seq"))
            .col(timestamp_with_time_zone("at"))
            .col(string("subject"))
            .col(big_integer("subject_id"))
            .col(string("handle"))
            .col(string("code"))
            .col(string("kind"))
            .col(string("reason"))
            .col(integer("version"))
            .take();
        manager.create_table(change).await?;
        unique(manager, "change", &["seq"]).await?;
        index(manager, "change", &["subject", "subject_id"]).await?;
        // The sequencer asks for what has no number yet: nearly always nothing.
        let open = match manager.get_database_backend() {
            sea_orm_migration::sea_orm::DbBackend::Postgres
            | sea_orm_migration::sea_orm::DbBackend::Sqlite => {
                "CREATE INDEX idx_change_open ON change (id) WHERE seq IS NULL"
            }
            other => {
                return Err(DbErr::Custom(format!("{other:?} is not a database this schema is written for")));
            }
        };
        manager.get_connection().execute_unprepared(open).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("change").take()).await?;
        manager.drop_table(Table::drop().table("past_version").take()).await
    }
}
