//! Divisions of the city and the bureaus that supervise them.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{date_null, pk_auto, string, string_null, text_null};

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
        // A code can be used again for another division, so that the key is not the code.
        let district = Table::create()
            .table("district")
            .col(pk_auto("id"))
            .col(string("code"))
            .col(string("name_zh"))
            .col(string("name_en"))
            .col(string("kind"))
            .col(date_null("valid_from"))
            .col(date_null("valid_to"))
            .col(string_null("successor"))
            .col(text_null("note"))
            .take();
        manager.create_table(district).await?;
        unique(manager, "district", &["code"]).await?;

        let earlier = Table::create()
            .table("district_earlier_code")
            .col(pk_auto("id"))
            .col(string("district_code"))
            .col(string("code"))
            .col(string("name_zh"))
            .col(string_null("first_seen"))
            .col(string_null("gone_by"))
            .take();
        manager.create_table(earlier).await?;
        index(manager, "district_earlier_code", &["district_code"]).await?;

        let zone = Table::create()
            .table("functional_zone")
            .col(pk_auto("id"))
            .col(string("key"))
            .col(string("district_code"))
            .col(string("name_zh"))
            .col(string("name_en"))
            .col(text_null("note"))
            .take();
        manager.create_table(zone).await?;
        unique(manager, "functional_zone", &["key", "district_code"]).await?;

        let authority = Table::create()
            .table("authority")
            .col(pk_auto("id"))
            .col(string("key"))
            .col(string("level"))
            .col(string("name_zh"))
            .col(string("name_en"))
            .col(string_null("district_code"))
            .col(string_null("zone_key"))
            .col(date_null("valid_from"))
            .col(date_null("valid_to"))
            .take();
        manager.create_table(authority).await?;
        unique(manager, "authority", &["key"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["authority", "functional_zone", "district_earlier_code", "district"] {
            manager.drop_table(Table::drop().table(table).take()).await?;
        }
        Ok(())
    }
}
