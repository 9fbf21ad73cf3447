//! What a search looks through: one narrow row for each elevator.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{integer, text};

/// See the module's text.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    /// The rows are filled by the service when it starts: the form in which texts are compared is its own, and elevators
    /// that an older binary writes meanwhile are found by their version.
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("elevator_search")
            .col(ColumnDef::new("elevator_id").big_integer().not_null().primary_key())
            .col(integer("version"))
            .col(text("text"))
            .foreign_key(
                ForeignKey::create()
                    .name("fk_elevator_search_elevator_id")
                    .from("elevator_search", "elevator_id")
                    .to("elevator", "id")
                    .on_delete(ForeignKeyAction::Cascade),
            )
            .take();
        manager.create_table(table).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("elevator_search").take()).await
    }
}
