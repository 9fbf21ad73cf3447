//! Units that ask for an account: who asks, for which unit, and what the bureau answered.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer_null, blob, blob_null, integer, string, timestamp_with_time_zone,
    timestamp_with_time_zone_null,
};

use crate::{index, unique};

/// See the module's text.
#[derive(DeriveMigrationName)]
pub struct Migration;

fn reference(from: &'static str, to: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .name(format!("fk_unit_request_{from}"))
        .from("unit_request", from)
        .to(to, "id")
        .on_delete(ForeignKeyAction::SetNull)
        .take()
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let request = Table::create()
            .table("unit_request")
            .col(ColumnDef::new("id").big_integer().not_null().auto_increment().primary_key())
            .col(string("number"))
            .col(blob("token_hash"))
            .col(string("uscc"))
            .col(string("unit_name"))
            .col(string("role"))
            .col(string("authority_key"))
            .col(blob("contact_name"))
            .col(blob("contact_phone"))
            .col(blob_null("note"))
            .col(string("state"))
            .col(blob_null("answer"))
            .col(big_integer_null("decided_by"))
            .col(big_integer_null("organisation_id"))
            .col(big_integer_null("account_id"))
            .col(integer("version").check(Expr::col("version").gt(0)))
            .col(timestamp_with_time_zone("filed_at"))
            .col(timestamp_with_time_zone_null("decided_at"))
            .foreign_key(&mut reference("decided_by", "account"))
            .foreign_key(&mut reference("organisation_id", "organisation"))
            .foreign_key(&mut reference("account_id", "account"))
            .take();
        manager.create_table(request).await?;
        unique(manager, "unit_request", &["number"]).await?;
        index(manager, "unit_request", &["authority_key", "state", "id"]).await?;
        index(manager, "unit_request", &["uscc", "state"]).await?;
        index(manager, "unit_request", &["organisation_id"]).await?;
        index(manager, "unit_request", &["account_id"]).await?;
        index(manager, "unit_request", &["decided_by"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("unit_request").take()).await
    }
}
