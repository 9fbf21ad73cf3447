//! Files that were handed in: what is known of them. Their bytes are in a store beside the database, each sealed with a key of its own
//! that stands here, so that a file whose key was erased is gone.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, blob, blob_null, integer_null, string, timestamp_with_time_zone,
    timestamp_with_time_zone_null,
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
        let file = Table::create()
            .table("stored_file")
            .col(ColumnDef::new("id").big_integer().not_null().auto_increment().primary_key())
            // The object's name in the store, at random: the store's listing tells nothing.
            .col(blob("name"))
            .col(string("purpose"))
            .col(big_integer("subject_id"))
            .col(string("media_type"))
            .col(big_integer("bytes"))
            .col(blob("sha256"))
            .col(integer_null("width"))
            .col(integer_null("height"))
            .col(blob_null("data_key"))
            .col(blob("holder"))
            .col(timestamp_with_time_zone("created_at"))
            .col(timestamp_with_time_zone_null("erased_at"))
            .take();
        manager.create_table(file).await?;
        unique(manager, "stored_file", &["name"]).await?;
        index(manager, "stored_file", &["purpose", "subject_id"]).await?;
        index(manager, "stored_file", &["holder", "created_at"]).await?;
        index(manager, "stored_file", &["erased_at"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("stored_file").take()).await
    }
}
