//! The trail and its seal on both databases.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod guarded;
mod sealed;
mod tampered;

use std::path::PathBuf;

use sea_orm::{ConnectionTrait as _, DatabaseConnection, DbBackend};
use serde_json::{Value, json};
use yuti_entity::Timestamp;

use super::sealer;
use super::signer::Log;
use super::{Actor, Entry};
use crate::config::Config;
use crate::testing::Own;
use crate::vault::Vault;
use crate::{chance, db};

/// A database with a log that has just begun.
pub struct World {
    pub own: Own,
    pub db: DatabaseConnection,
    pub vault: Vault,
    pub log: Log,
    pub config: Config,
    folder: PathBuf,
}

pub fn at() -> Timestamp {
    "2026-11-23T04:00:00.123456Z".parse().unwrap()
}

impl World {
    pub async fn of(own: Own) -> Self {
        let folder = std::env::temp_dir().join(format!("yuti-log-{}", chance::request_id()));
        let mut config = Config::load(None, &|_| None).unwrap();
        config.data_dir.clone_from(&folder);
        let log = sealer::open(&own.db, &config, "chongqing", at()).await.unwrap();
        Self { db: own.db.clone(), own, vault: Vault::for_test(), log, config, folder }
    }

    pub async fn write(&self, number: i64, personal: Option<Value>) -> i64 {
        let txn = db::begin(&self.db).await.unwrap();
        let id = super::record(&txn, &self.vault, entry(number, personal)).await.unwrap();
        txn.commit().await.unwrap();
        id
    }

    pub async fn write_many(&self, numbers: std::ops::Range<i64>) {
        let txn = db::begin(&self.db).await.unwrap();
        for number in numbers {
            super::record(&txn, &self.vault, entry(number, None)).await.unwrap();
        }
        txn.commit().await.unwrap();
    }

    pub async fn seal(&self) -> u64 {
        sealer::seal(&self.db, &self.log, at()).await.unwrap()
    }

    /// Takes the database's own guards away, as somebody would who has it in their hands.
    pub async fn unguard(&self) {
        let tables = ["audit_entry", "seal_node", "seal_head", "seal_key"];
        for table in tables {
            for guard in ["no_update", "no_delete", "no_replace"] {
                let statement = match self.db.get_database_backend() {
                    DbBackend::Postgres => format!("DROP TRIGGER IF EXISTS {table}_{guard} ON {table}"),
                    _ => format!("DROP TRIGGER IF EXISTS {table}_{guard}"),
                };
                self.db.execute_unprepared(&statement).await.unwrap();
            }
        }
    }

    pub async fn close(self) {
        self.own.drop().await;
        std::fs::remove_dir_all(self.folder).unwrap();
    }
}

/// An act about the thing with this number.
pub fn entry(number: i64, personal: Option<Value>) -> Entry<'static> {
    Entry {
        at: at(),
        actor: Actor::System,
        act: "thing.change",
        subject: "thing",
        subject_id: number,
        from: Some("new"),
        to: Some("changed"),
        facts: json!({"number": number}),
        personal,
    }
}

/// Makes a test for each database of a function that gets a world.
macro_rules! on_both {
    ($($name:ident;)+) => {
        mod sqlite {
            use super::*;
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                let world = World::of(Own::sqlite(concat!("audit_", stringify!($name))).await).await;
                super::$name(&world).await;
                world.close().await;
            })+
        }
        mod postgres {
            use super::*;
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                let name = stringify!($name);
                let world = World::of(Own::postgres(&format!("audit_{}", &name[..name.len().min(40)])).await).await;
                super::$name(&world).await;
                world.close().await;
            })+
        }
    };
}
pub(crate) use on_both;
