//! The register: sources, organisations, elevators, their identifiers, doubts about values, annotations.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, boolean, boolean_null, date, date_null, double_null, integer,
    integer_null, string, string_null, text, text_null, timestamp_with_time_zone,
    timestamp_with_time_zone_null,
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
        sources(manager).await?;
        organisations(manager).await?;
        elevators(manager).await?;
        identifiers(manager).await?;
        quality(manager).await?;
        annotations(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in
            ["annotation", "elevator_quality", "elevator_identifier", "elevator", "organisation", "source"]
        {
            manager.drop_table(Table::drop().table(table).take()).await?;
        }
        Ok(())
    }
}

async fn sources(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("source")
        .col(id())
        .col(string("key"))
        .col(string("name_zh"))
        .col(string("name_en"))
        .col(string("licence"))
        .col(string_null("url"))
        .col(date_null("as_of"))
        .col(boolean("demonstration"))
        .col(timestamp_with_time_zone("recorded_at"))
        .take();
    manager.create_table(table).await?;
    unique(manager, "source", &["key"]).await
}

async fn organisations(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("organisation")
        .col(id())
        .col(big_integer("source_id"))
        .col(string("source_key"))
        .col(string_null("uscc"))
        .col(string("name"))
        .col(integer("version").check(Expr::col("version").gt(0)))
        .col(date_null("valid_from"))
        .col(timestamp_with_time_zone("recorded_at"))
        .foreign_key(&mut reference(("organisation", "source_id"), "source", ForeignKeyAction::Restrict))
        .take();
    manager.create_table(table).await?;
    unique(manager, "organisation", &["uscc"]).await?;
    unique(manager, "organisation", &["source_id", "source_key"]).await
}

async fn elevators(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("elevator")
        .col(id())
        .col(big_integer("source_id"))
        .col(string("source_key"))
        .col(string("code"))
        .col(string_null("use_status"))
        .col(date_null("use_status_since"))
        .col(string_null("district_code"))
        .col(string_null("zone_key"))
        .col(string_null("address"))
        .col(string_null("building"))
        .col(string_null("internal_number"))
        .col(string_null("postal_code"))
        .col(double_null("longitude"))
        .col(double_null("latitude"))
        .col(string_null("category_code"))
        .col(string_null("category_catalogue"))
        .col(string_null("manufacturer"))
        .col(string_null("model"))
        .col(date_null("manufactured_on"))
        .col(date_null("in_service_since"))
        .col(double_null("rated_load_kg"))
        .col(double_null("rated_speed_m_s"))
        .col(integer_null("stops"))
        .col(string_null("lowest_floor"))
        .col(string_null("highest_floor"))
        .col(double_null("travel_m"))
        .col(big_integer_null("using_unit_id"))
        .col(big_integer_null("maintenance_unit_id"))
        .col(string_null("duty_phone"))
        .col(date_null("inspection_last_on"))
        .col(string_null("inspection_kind"))
        .col(string_null("inspection_result"))
        .col(date_null("inspection_valid_until"))
        .col(string_null("inspection_precision"))
        .col(string_null("insurance_kind"))
        .col(string_null("insurer"))
        .col(date_null("insured_from"))
        .col(date_null("insured_until"))
        .col(string_null("contract_kind"))
        .col(boolean_null("monitoring_equipped"))
        .col(date_null("monitoring_since"))
        .col(text_null("raw"))
        .col(string("facts_hash"))
        .col(integer("version").check(Expr::col("version").gt(0)))
        .col(string("change_kind"))
        .col(string("change_reason"))
        .col(date_null("valid_from"))
        .col(timestamp_with_time_zone("recorded_at"))
        .foreign_key(&mut reference(("elevator", "source_id"), "source", ForeignKeyAction::Restrict))
        .foreign_key(&mut reference(
            ("elevator", "using_unit_id"),
            "organisation",
            ForeignKeyAction::Restrict,
        ))
        .foreign_key(&mut reference(
            ("elevator", "maintenance_unit_id"),
            "organisation",
            ForeignKeyAction::Restrict,
        ))
        .take();
    manager.create_table(table).await?;
    unique(manager, "elevator", &["source_id", "source_key"]).await?;
    index(manager, "elevator", &["district_code", "id"]).await?;
    index(manager, "elevator", &["category_code", "id"]).await?;
    index(manager, "elevator", &["using_unit_id", "id"]).await?;
    index(manager, "elevator", &["maintenance_unit_id", "id"]).await?;
    index(manager, "elevator", &["inspection_valid_until", "id"]).await?;
    index(manager, "elevator", &["recorded_at", "id"]).await
}

async fn identifiers(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("elevator_identifier")
        .col(id())
        .col(big_integer("elevator_id"))
        .col(string("kind"))
        .col(string("value"))
        .col(string("value_norm"))
        .col(string_null("scheme"))
        .col(date_null("since"))
        .col(date_null("until"))
        .col(timestamp_with_time_zone("recorded_at"))
        .foreign_key(&mut reference(
            ("elevator_identifier", "elevator_id"),
            "elevator",
            ForeignKeyAction::Cascade,
        ))
        .take();
    manager.create_table(table).await?;
    if manager.get_database_backend() == sea_orm_migration::sea_orm::DbBackend::Postgres {
        // Compared by bytes, as SQLite does: prefixes are looked up as ranges.
        let by_bytes = "ALTER TABLE elevator_identifier ALTER COLUMN value_norm TYPE varchar COLLATE \"C\"";
        manager.get_connection().execute_unprepared(by_bytes).await?;
    }
    index(manager, "elevator_identifier", &["value_norm"]).await?;
    index(manager, "elevator_identifier", &["elevator_id"]).await
}

async fn quality(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("elevator_quality")
        .col(id())
        .col(big_integer("elevator_id"))
        .col(string("flag"))
        .col(string("field"))
        .col(text_null("raw"))
        .foreign_key(&mut reference(
            ("elevator_quality", "elevator_id"),
            "elevator",
            ForeignKeyAction::Cascade,
        ))
        .take();
    manager.create_table(table).await?;
    index(manager, "elevator_quality", &["flag", "elevator_id"]).await?;
    index(manager, "elevator_quality", &["elevator_id"]).await
}

async fn annotations(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("annotation")
        .col(id())
        .col(big_integer("elevator_id"))
        .col(date("valid_from"))
        .col(date_null("valid_to"))
        .col(string_null("ended_because"))
        .col(integer_null("interval_days"))
        .col(text("basis"))
        .col(timestamp_with_time_zone("recorded_at"))
        .col(timestamp_with_time_zone_null("superseded_at"))
        .foreign_key(&mut reference(("annotation", "elevator_id"), "elevator", ForeignKeyAction::Cascade))
        .take();
    manager.create_table(table).await?;
    index(manager, "annotation", &["elevator_id"]).await?;
    index(manager, "annotation", &["valid_to", "elevator_id"]).await
}
