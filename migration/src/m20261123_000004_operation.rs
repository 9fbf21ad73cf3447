//! What the service keeps about its own work: imports, leases of jobs, settings.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, string, string_null, text, timestamp_with_time_zone,
    timestamp_with_time_zone_null,
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
            .table("import_run")
            .col(ColumnDef::new("id").big_integer().not_null().auto_increment().primary_key())
            .col(string("kind"))
            .col(big_integer_null("source_id"))
            .col(string("file_name"))
            .col(string("file_sha256"))
            .col(string("mapping_sha256"))
            .col(timestamp_with_time_zone("started_at"))
            .col(timestamp_with_time_zone("updated_at"))
            .col(timestamp_with_time_zone_null("finished_at"))
            .col(big_integer("rows_read"))
            .col(big_integer("created"))
            .col(big_integer("updated"))
            .col(big_integer("unchanged"))
            .col(big_integer("rejected"))
            .col(big_integer("skipped"))
            .col(big_integer("report_bytes"))
            .col(string_null("report_path"))
            .take();
        manager.create_table(run).await?;
        index(manager, "import_run", &["file_sha256", "mapping_sha256"]).await?;

        let lease = Table::create()
            .table("job_lease")
            .col(ColumnDef::new("name").string().not_null().primary_key())
            .col(string("holder"))
            .col(timestamp_with_time_zone("until"))
            .take();
        manager.create_table(lease).await?;

        let setting = Table::create()
            .table("setting")
            .col(ColumnDef::new("key").string().not_null().primary_key())
            .col(text("value"))
            .col(timestamp_with_time_zone("recorded_at"))
            .take();
        manager.create_table(setting).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["setting", "job_lease", "import_run"] {
            manager.drop_table(Table::drop().table(table).take()).await?;
        }
        Ok(())
    }
}
