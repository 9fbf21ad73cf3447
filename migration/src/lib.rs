//! The history of the schema: one file per step, the same steps on SQLite and PostgreSQL.
//!
//! A step that has been released is never edited. Steps know nothing of the rest of the workspace, so that an old
//! step means the same for ever.

use sea_orm_migration::prelude::*;

mod m20261123_000001_places;
mod m20261123_000002_register;
mod m20261123_000003_history;
mod m20261123_000004_operation;
mod m20261123_000005_access;
mod m20261123_000006_audit;
mod m20261123_000007_vault;
mod m20261123_000009_once;
mod m20261123_000010_keys;
mod m20261123_000011_files;
mod m20261123_000012_unit_requests;
mod m20261123_000013_search;

/// Runs the steps.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261123_000001_places::Migration),
            Box::new(m20261123_000002_register::Migration),
            Box::new(m20261123_000003_history::Migration),
            Box::new(m20261123_000004_operation::Migration),
            Box::new(m20261123_000005_access::Migration),
            Box::new(m20261123_000006_audit::Migration),
            Box::new(m20261123_000007_vault::Migration),
            Box::new(m20261123_000009_once::Migration),
            Box::new(m20261123_000011_files::Migration),
            Box::new(m20261123_000012_unit_requests::Migration),
            Box::new(m20261123_000013_search::Migration),
            Box::new(m20261123_000010_keys::Migration),
        ]
    }
}

/// Adds a plain index named `idx_<table>_<columns>`.
async fn index(
    manager: &SchemaManager<'_>,
    table: &'static str,
    columns: &[&'static str],
) -> Result<(), DbErr> {
    let mut statement = Index::create();
    statement.name(format!("idx_{table}_{}", columns.join("_"))).table(table);
    for column in columns {
        statement.col(*column);
    }
    manager.create_index(statement).await
}

/// Adds a unique index named `unique_<table>_<columns>`.
async fn unique(
    manager: &SchemaManager<'_>,
    table: &'static str,
    columns: &[&'static str],
) -> Result<(), DbErr> {
    let mut statement = Index::create();
    statement.name(format!("unique_{table}_{}", columns.join("_"))).table(table).unique();
    for column in columns {
        statement.col(*column);
    }
    manager.create_index(statement).await
}
