//! Keys that change under a database with sealed values in it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::path::PathBuf;

use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, Statement};
use serde_json::json;
use yuti_entity::{account, audit_entry, kept_answer, stored_file, unit_request};
use yuti_openapi::vocabulary::{AccountState, FilePurpose, FileType, Role, UnitRequestState, UnitRole};

use super::acts::{self, ActError, Hands, Rotation};
use super::check::Memory;
use super::sealed::{PLAIN, SEALED};
use super::*;
use crate::audit::{self, Actor, Entry};
use crate::clock::Clock;
use crate::config::Config;
use crate::db;
use crate::profile::Profile;
use crate::testing::Own;

struct World {
    own: Own,
    config: Config,
    clock: Clock,
    folder: PathBuf,
}

impl World {
    async fn new(own: Own, name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("yuti-vault-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let mut config = Config::load(None, &|_| None).unwrap();
        config.data_dir.clone_from(&folder);
        Self { own, config, clock: Clock::system(), folder }
    }

    async fn unlock(&self) -> Result<Vault, LockedError> {
        let profile = Profile::load("chongqing").unwrap();
        unlock(&self.config, &self.own.db, &profile, &self.clock).await
    }

    fn hands<'a>(&'a self, vault: &'a Vault) -> Hands<'a> {
        Hands { db: &self.own.db, clock: &self.clock, vault }
    }

    async fn rotate(&self, vault: &Vault) -> KeyId {
        let today = chrono::NaiveDate::default();
        acts::rotate(self.hands(vault), Rotation::New, today).await.unwrap()
    }

    /// An account and an entry of the audit trail, each with sealed values.
    async fn write(&self, vault: &Vault, id: i64) {
        let at = self.clock.now();
        let seal = |name: &str, plain: &str| vault.seal(&format!("account.{name}:{id}"), plain.as_bytes());
        let row = account::ActiveModel {
            id: Set(id),
            login: Set(format!("login{id}")),
            display_name: Set(seal("display_name", "甲某")),
            role: Set(Role::Officer),
            state: Set(AccountState::Active),
            active_since: Set(at),
            demonstration: Set(false),
            password_version: Set(0),
            must_change: Set(false),
            totp_secret: Set(Some(seal("totp", "totp"))),
            version: Set(1),
            created_at: Set(at),
            ..Default::default()
        };
        account::Entity::insert(row).exec(&self.own.db).await.unwrap();
        let kept = kept_answer::ActiveModel {
            scope: Set(vec![u8::try_from(id).unwrap(); 2]),
            fingerprint: Set(vec![0]),
            status: Set(201),
            answer: Set(vault.seal(&format!("kept_answer:{id:02x}{id:02x}"), b"shown once")),
            expires_at: Set(at),
        };
        kept_answer::Entity::insert(kept).exec_without_returning(&self.own.db).await.unwrap();
        let digest = vec![u8::try_from(id).unwrap(); 2];
        let sealed = |name: &str| vault.seal(&format!("{name}:{id:02x}{id:02x}"), b"secret");
        let file = stored_file::ActiveModel {
            name: Set(digest.clone()),
            purpose: Set(FilePurpose::UnitRequestProof),
            subject_id: Set(id),
            media_type: Set(FileType::Pdf),
            bytes: Set(1),
            sha256: Set(vec![0]),
            data_key: Set(Some(sealed("stored_file.data_key"))),
            holder: Set(vec![0]),
            created_at: Set(at),
            ..Default::default()
        };
        stored_file::Entity::insert(file).exec(&self.own.db).await.unwrap();
        let request = unit_request::ActiveModel {
            number: Set(format!("U{id}")),
            uscc: Set("91500108MA5QK0017P".to_owned()),
            unit_name: Set("某某电梯维保有限公司".to_owned()),
            role: Set(UnitRole::MaintenanceUnit),
            authority_key: Set("cq".to_owned()),
            contact_name: Set(sealed("unit_request.contact_name")),
            contact_phone: Set(sealed("unit_request.contact_phone")),
            note: Set(Some(sealed("unit_request.note"))),
            token_hash: Set(digest),
            state: Set(UnitRequestState::Received),
            version: Set(1),
            filed_at: Set(at),
            ..Default::default()
        };
        unit_request::Entity::insert(request).exec(&self.own.db).await.unwrap();
        let txn = db::begin(&self.own.db).await.unwrap();
        let entry = Entry {
            at,
            actor: Actor::System,
            act: "test.write",
            subject: "test",
            subject_id: id,
            from: None,
            to: None,
            facts: json!({}),
            personal: Some(json!({ "name": "甲某" })),
        };
        audit::append(&txn, vault, entry).await.unwrap();
        txn.commit().await.unwrap();
    }

    async fn names_open(&self, vault: &Vault) -> bool {
        let accounts = account::Entity::find().all(&self.own.db).await.unwrap();
        let entries = audit_entry::Entity::find()
            .filter(audit_entry::Column::Act.eq("test.write"))
            .all(&self.own.db)
            .await
            .unwrap();
        accounts
            .iter()
            .all(|row| vault.open(&format!("account.display_name:{}", row.id), &row.display_name).is_ok())
            && entries.iter().all(|row| {
                let context = audit::Contexts::of(&row.commitment);
                vault.open(&context.personal, row.personal.as_deref().unwrap()).is_ok()
                    && vault.open(&context.salt, row.salt.as_deref().unwrap()).is_ok()
            })
    }

    async fn end(self) {
        self.own.drop().await;
        std::fs::remove_dir_all(self.folder).unwrap();
    }
}

macro_rules! on_both {
    ($name:ident, $body:ident) => {
        mod $name {
            use super::*;

            #[tokio::test]
            async fn sqlite() {
                let world =
                    World::new(Own::sqlite(stringify!($name)).await, concat!(stringify!($name), "-s")).await;
                $body(&world).await;
                world.end().await;
            }

            #[tokio::test]
            async fn postgres() {
                let world =
                    World::new(Own::postgres(stringify!($name)).await, concat!(stringify!($name), "-p"))
                        .await;
                $body(&world).await;
                world.end().await;
            }
        }
    };
}

on_both!(vault_keys_change, keys_change);
on_both!(vault_key_is_lost, a_key_is_lost);
on_both!(vault_columns, every_column_of_bytes_is_sealed_or_said_not_to_be);

/// A new key seals, everything is sealed anew, the old key goes, and a running copy notices all of it.
async fn keys_change(world: &World) {
    let vault = world.unlock().await.unwrap();
    let running = world.unlock().await.unwrap();
    let first = vault.ring().sealing().id();
    for id in 1..=3 {
        world.write(&vault, id).await;
    }
    let index = vault.blind_index("phone", "1");
    let hands = world.hands(&vault);
    assert!(matches!(acts::retire(hands, first).await, Err(ActError::Sealing(_))));

    let second = world.rotate(&vault).await;
    assert_ne!(first, second);
    // A copy that has not read the file yet finds the key when it meets the first value of it.
    world.write(&vault, 4).await;
    assert!(world.names_open(&running).await);
    assert!(matches!(acts::retire(hands, first).await, Err(ActError::Needed { .. })));

    // 3 accounts with 2 values, 3 entries with 2, 3 kept answers, 3 files, 3 requests with 3; the entry of the rotation is sealed with the new key already.
    let outcome = acts::reseal(hands, |_| {}).await.unwrap();
    assert_eq!((outcome.moved, outcome.left.len()), (27, 0));
    assert_eq!(acts::reseal(hands, |_| {}).await.unwrap().moved, 0);
    assert!(world.names_open(&vault).await);
    assert_eq!(acts::needing(&world.own.db, first).await.unwrap(), 0);

    // A start without the first key is refused until it is retired, and fine afterwards.
    acts::retire(hands, first).await.unwrap();
    let later = world.unlock().await.unwrap();
    assert_eq!(later.ring().keys().count(), 1);
    assert!(world.names_open(&later).await);
    assert_eq!(later.blind_index("phone", "1"), index, "look-ups survive a rotation");
    assert!(matches!(acts::retire(hands, first).await, Err(ActError::NoKey(_))));
    let acts: Vec<String> = audit_entry::Entity::find()
        .filter(audit_entry::Column::Subject.eq("vault"))
        .all(&world.own.db)
        .await
        .unwrap()
        .into_iter()
        .map(|row| row.act)
        .collect();
    assert_eq!(acts, ["vault.rotate", "vault.reseal", "vault.reseal", "vault.retire"]);
}

/// Without its key nothing starts; what cannot be opened is erased on request, the rest stays, and the service goes on.
async fn a_key_is_lost(world: &World) {
    let vault = world.unlock().await.unwrap();
    let first = vault.ring().sealing().id();
    world.write(&vault, 1).await;
    let second = world.rotate(&vault).await;
    world.write(&vault, 2).await;
    let file = world.folder.join("vault.keys");
    let ring = Ring::parse(&std::fs::read_to_string(&file).unwrap()).unwrap();
    std::fs::write(&file, ring.without(first).text().as_bytes()).unwrap();

    let refused = world.unlock().await.unwrap_err();
    assert!(matches!(&refused, LockedError::Lost { keys, .. } if *keys == [first]), "{refused}");
    let profile = Profile::load("chongqing").unwrap();
    let look = unlock_what_is_left(&world.config, &world.own.db, &profile, &world.clock).await.unwrap();
    assert_eq!((look.lost.as_slice(), look.vault.ring().sealing().id()), ([first].as_slice(), second));

    let count = |lost: acts::Lost| lost.into_iter().map(|(_, number)| number).collect::<Vec<_>>();
    let expected = [1, 1, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 0];
    assert_eq!(count(acts::forget(world.hands(&look.vault), &look.lost, false).await.unwrap()), expected);
    assert!(world.unlock().await.is_err(), "only looked at");

    look.settle(&world.own.db, &world.clock).await.unwrap();
    assert_eq!(count(acts::forget(world.hands(&look.vault), &look.lost, true).await.unwrap()), expected);
    let later = world.unlock().await.unwrap();
    let rows = account::Entity::find().all(&world.own.db).await.unwrap();
    let name =
        |row: &account::Model| later.open(&format!("account.display_name:{}", row.id), &row.display_name);
    let by_id = |id: i64| rows.iter().find(|row| row.id == id).unwrap();
    assert_eq!(*name(by_id(1)).unwrap(), b"");
    assert_eq!(by_id(1).totp_secret, None);
    assert_eq!(*name(by_id(2)).unwrap(), "甲某".as_bytes());
    assert!(by_id(2).totp_secret.is_some());
    assert_eq!(kept_answer::Entity::find().all(&world.own.db).await.unwrap().len(), 1);
    assert!(Memory::load(&world.own.db).await.unwrap().unwrap().knows(second));
}

/// A column of bytes that nobody has thought of would be lost with the first key, or hold personal data in the open.
async fn every_column_of_bytes_is_sealed_or_said_not_to_be(world: &World) {
    let db = &world.own.db;
    let query = match db.get_database_backend() {
        DbBackend::Sqlite => {
            "SELECT m.name || '.' || c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c \
             WHERE m.type = 'table' AND lower(c.type) LIKE '%blob%' ORDER BY 1"
        }
        _ => {
            "SELECT table_name || '.' || column_name FROM information_schema.columns \
             WHERE table_schema = 'public' AND data_type = 'bytea' ORDER BY 1"
        }
    };
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), query)).await.unwrap();
    let mut found: Vec<String> = rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect();
    let sealed = SEALED.iter().map(|column| format!("{}.{}", column.table, column.column));
    let plain = PLAIN.iter().map(|(table, column, _)| format!("{table}.{column}"));
    let mut said: Vec<String> = sealed.chain(plain).collect();
    found.sort();
    said.sort();
    assert_eq!(found, said, "the columns of bytes, and those that vault/sealed.rs names");
}
