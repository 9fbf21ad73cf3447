//! API keys: who holds one, what can be shown as it, wishes for higher quotas, use by day.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, blob, blob_null, date, integer_null, string, string_null,
    timestamp_with_time_zone, timestamp_with_time_zone_null,
};

use crate::{index, unique};

/// See the module's text.
#[derive(DeriveMigrationName)]
pub struct Migration;

fn id() -> ColumnDef {
    ColumnDef::new("id").big_integer().not_null().auto_increment().primary_key().take()
}

fn of_key(table: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .name(format!("fk_{table}_key_id"))
        .from(table, "key_id")
        .to("api_key", "id")
        .on_delete(ForeignKeyAction::Cascade)
        .take()
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        keys(manager).await?;
        secrets(manager).await?;
        raises(manager).await?;
        usage(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["api_key_usage", "api_key_raise", "api_key_secret", "api_key"] {
            manager.drop_table(Table::drop().table(table).take()).await?;
        }
        Ok(())
    }
}

async fn keys(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("api_key")
        .col(id())
        .col(string("kind"))
        .col(blob("name"))
        .col(blob_null("contact"))
        .col(big_integer_null("organisation_id"))
        .col(string("scopes"))
        .col(string("state"))
        .col(integer_null("raised_burst"))
        .col(integer_null("raised_daily"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone_null("last_used_at"))
        .col(timestamp_with_time_zone_null("expires_at"))
        .col(timestamp_with_time_zone_null("revoked_at"))
        .col(string_null("revoked_by"))
        .foreign_key(
            ForeignKey::create()
                .name("fk_api_key_organisation_id")
                .from("api_key", "organisation_id")
                .to("organisation", "id")
                .on_delete(ForeignKeyAction::Restrict),
        )
        .take();
    manager.create_table(table).await?;
    index(manager, "api_key", &["organisation_id"]).await
}

async fn secrets(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("api_key_secret")
        .col(id())
        .col(big_integer("key_id"))
        .col(blob("token_hash"))
        .col(string("prefix"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone_null("expires_at"))
        .foreign_key(&mut of_key("api_key_secret"))
        .take();
    manager.create_table(table).await?;
    unique(manager, "api_key_secret", &["token_hash"]).await?;
    index(manager, "api_key_secret", &["key_id"]).await
}

async fn raises(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("api_key_raise")
        .col(id())
        .col(big_integer("key_id"))
        .col(integer_null("burst"))
        .col(integer_null("daily"))
        .col(blob("reason"))
        .col(string("state"))
        .col(timestamp_with_time_zone("asked_at"))
        .col(timestamp_with_time_zone_null("decided_at"))
        .col(blob_null("answer"))
        .foreign_key(&mut of_key("api_key_raise"))
        .take();
    manager.create_table(table).await?;
    index(manager, "api_key_raise", &["key_id"]).await?;
    index(manager, "api_key_raise", &["state"]).await
}

async fn usage(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    // No reference to the key: counts that are written after a key was erased must not make those of all others fail.
    let table = Table::create()
        .table("api_key_usage")
        .col(id())
        .col(big_integer("key_id"))
        .col(date("day"))
        .col(big_integer("calls"))
        .col(big_integer("refused"))
        .col(timestamp_with_time_zone("last_at"))
        .take();
    manager.create_table(table).await?;
    unique(manager, "api_key_usage", &["key_id", "day"]).await?;
    index(manager, "api_key_usage", &["last_at"]).await
}
