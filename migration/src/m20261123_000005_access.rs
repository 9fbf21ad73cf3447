//! Who acts: accounts, their sessions, second factors, one-time links, known devices and failed attempts.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, blob, blob_null, boolean, integer, string, string_null,
    timestamp_with_time_zone, timestamp_with_time_zone_null,
};

use crate::{index, unique};

/// See the module's text.
#[derive(DeriveMigrationName)]
pub struct Migration;

fn id() -> ColumnDef {
    ColumnDef::new("id").big_integer().not_null().auto_increment().primary_key().take()
}

fn reference(
    from: (&'static str, &'static str),
    to: &'static str,
    delete: ForeignKeyAction,
) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .name(format!("fk_{}_{}", from.0, from.1))
        .from(from.0, from.1)
        .to(to, "id")
        .on_delete(delete)
        .take()
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        accounts(manager).await?;
        sessions(manager).await?;
        recovery_codes(manager).await?;
        one_time_links(manager).await?;
        known_devices(manager).await?;
        failures(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in
            ["sign_in_failure", "known_device", "one_time_link", "recovery_code", "session", "account"]
        {
            manager.drop_table(Table::drop().table(table).take()).await?;
        }
        Ok(())
    }
}

async fn accounts(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("account")
        .col(id())
        .col(string("login"))
        .col(blob("display_name"))
        .col(string("role"))
        // Reference data is put in anew at each start, so that an account keeps the bureau's key and no row number.
        .col(string_null("authority_key"))
        .col(string_null("district_code"))
        .col(big_integer_null("organisation_id"))
        .col(big_integer_null("home_organisation_id"))
        .col(string("state"))
        .col(timestamp_with_time_zone("active_since"))
        .col(boolean("demonstration"))
        .col(string_null("password_hash"))
        .col(integer("password_version").check(Expr::col("password_version").gte(0)))
        .col(timestamp_with_time_zone_null("password_changed_at"))
        .col(boolean("must_change"))
        .col(blob_null("totp_secret"))
        .col(blob_null("totp_pending"))
        .col(big_integer_null("totp_last_step"))
        .col(timestamp_with_time_zone_null("last_signed_in_at"))
        .col(integer("version").check(Expr::col("version").gt(0)))
        .col(timestamp_with_time_zone("created_at"))
        .foreign_key(&mut reference(
            ("account", "organisation_id"),
            "organisation",
            ForeignKeyAction::Restrict,
        ))
        .foreign_key(&mut reference(
            ("account", "home_organisation_id"),
            "organisation",
            ForeignKeyAction::Restrict,
        ))
        .take();
    manager.create_table(table).await?;
    unique(manager, "account", &["login"]).await?;
    index(manager, "account", &["organisation_id"]).await?;
    index(manager, "account", &["home_organisation_id"]).await
}

async fn sessions(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("session")
        .col(id())
        .col(big_integer("account_id"))
        .col(blob("token_hash"))
        .col(integer("password_version"))
        .col(boolean("second_factor_due"))
        .col(timestamp_with_time_zone_null("second_factor_at"))
        .col(string("client"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("last_seen_at"))
        .col(timestamp_with_time_zone("expires_at"))
        .col(timestamp_with_time_zone_null("ended_at"))
        .col(string_null("ended_because"))
        .foreign_key(&mut reference(("session", "account_id"), "account", ForeignKeyAction::Cascade))
        .take();
    manager.create_table(table).await?;
    unique(manager, "session", &["token_hash"]).await?;
    index(manager, "session", &["account_id"]).await?;
    index(manager, "session", &["expires_at"]).await
}

async fn recovery_codes(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("recovery_code")
        .col(id())
        .col(big_integer("account_id"))
        .col(blob("code_hash"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone_null("used_at"))
        .foreign_key(&mut reference(("recovery_code", "account_id"), "account", ForeignKeyAction::Cascade))
        .take();
    manager.create_table(table).await?;
    unique(manager, "recovery_code", &["account_id", "code_hash"]).await
}

async fn one_time_links(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("one_time_link")
        .col(id())
        .col(big_integer("account_id"))
        .col(blob("token_hash"))
        .col(string("purpose"))
        .col(boolean("clears_second_factor"))
        // No reference: the link outlives nobody, and the account that issued it may be gone. NULL: the command line.
        .col(big_integer_null("created_by"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("expires_at"))
        .col(timestamp_with_time_zone_null("used_at"))
        .col(timestamp_with_time_zone_null("withdrawn_at"))
        .foreign_key(&mut reference(("one_time_link", "account_id"), "account", ForeignKeyAction::Cascade))
        .take();
    manager.create_table(table).await?;
    unique(manager, "one_time_link", &["token_hash"]).await?;
    index(manager, "one_time_link", &["account_id"]).await
}

async fn known_devices(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("known_device")
        .col(id())
        .col(big_integer("account_id"))
        .col(blob("token_hash"))
        .col(string("client"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("last_seen_at"))
        .col(timestamp_with_time_zone("expires_at"))
        .foreign_key(&mut reference(("known_device", "account_id"), "account", ForeignKeyAction::Cascade))
        .take();
    manager.create_table(table).await?;
    unique(manager, "known_device", &["token_hash"]).await?;
    index(manager, "known_device", &["account_id"]).await
}

async fn failures(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    // By digest and not by account: log-ins that nobody has are delayed just like those that somebody has.
    let table = Table::create()
        .table("sign_in_failure")
        .col(id())
        .col(blob("login_digest"))
        .col(blob("origin_digest"))
        .col(integer("failures"))
        .col(timestamp_with_time_zone("last_at"))
        .col(timestamp_with_time_zone("wait_until"))
        .take();
    manager.create_table(table).await?;
    unique(manager, "sign_in_failure", &["login_digest", "origin_digest"]).await?;
    index(manager, "sign_in_failure", &["last_at"]).await
}
