//! A folder, a city and a database for one test.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use sea_orm::{DatabaseConnection, EntityTrait, QueryOrder};
use yuti_entity::{change, elevator, source};
use yuti_openapi::wire::ElevatorFacts;

use super::super::run::{Pace, import};
use super::super::{Import, ImportError, Options, Summary};
use crate::clock::Clock;
use crate::profile::Profile;
use crate::registry::reference::Reference;
use crate::registry::{assemble, reference};
use crate::testing::Own;
use crate::vault::Vault;
use crate::{chance, db};

/// A folder that goes with the test.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new() -> Self {
        let path = std::env::temp_dir().join(format!("yuti-import-{}", chance::request_id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.join(name);
        std::fs::write(&path, content).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

pub fn gzip(content: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(content).unwrap();
    packed.finish().unwrap()
}

pub fn new_york() -> Profile {
    Profile::load(&example("profile.toml").to_string_lossy()).unwrap()
}

pub fn example(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/new-york").join(name)
}

/// A mapping for the small files of these tests.
pub const MAPPING: &str = r#"
[source]
key = "trial"
name_zh = "试验登记"
name_en = "Trial register"
licence = "CC0"
as_of = 2021-06-30

[identity]
column = "key"

[[identifiers]]
kind = "equipment_code"
column = "key"

[fields.address]
column = "address"

[fields.parameters.stops]
column = "stops"
"#;

/// `rows` rows for [`MAPPING`].
pub fn table(rows: usize, address: &str) -> String {
    let mut text = "key,address,stops\n".to_owned();
    for row in 1..=rows {
        text.push_str(&format!("K{row:05},{address} {row} 号,{}\n", row % 30 + 1));
    }
    text
}

/// The database under test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    Sqlite,
    Postgres,
}

pub struct World {
    pub folder: Folder,
    pub db: DatabaseConnection,
    pub profile: Profile,
    pub reference: Reference,
    pub clock: Clock,
    pub vault: Arc<Vault>,
    pub pace: Pace,
    own: Own,
}

impl World {
    pub async fn open(backend: Backend, profile: Profile) -> Self {
        let folder = Folder::new();
        let name = format!("import_{}", chance::request_id().replace('-', ""));
        let own = match backend {
            Backend::Sqlite => Own::sqlite(&name).await,
            Backend::Postgres => Own::postgres(&name).await,
        };
        let db = own.db.clone();
        let txn = db::begin(&db).await.unwrap();
        reference::store(&txn, profile.reference()).await.unwrap();
        txn.commit().await.unwrap();
        let reference = Reference::load(&db, &profile).await.unwrap();
        let clock = Clock::fixed("2026-11-23T04:00:00Z".parse::<DateTime<Utc>>().unwrap());
        let pace = Pace { batch_rows: 100, lease: Duration::from_millis(600) };
        let vault = Arc::new(Vault::for_test());
        Self { folder, db, profile, reference, clock, vault, pace, own }
    }

    pub async fn close(self) {
        self.own.drop().await;
    }

    pub fn options<'o>(&self, file: &'o Path, mapping: &'o Path, report: &'o Path) -> Options<'o> {
        Options { file, mapping, report: Some(report), dry_run: false, remove_demo: false }
    }

    pub fn import<'i>(&'i self, options: Options<'i>) -> Import<'i> {
        Import::new(&self.db, &self.vault, &self.profile, &self.reference, &self.clock, options)
    }

    pub async fn run(&self, options: Options<'_>) -> Result<Summary, ImportError> {
        import(&self.import(options), self.pace).await
    }

    /// Every elevator with its facts, in the order of the register's keys.
    pub async fn facts(&self) -> Vec<(String, ElevatorFacts)> {
        let rows =
            elevator::Entity::find().order_by_asc(elevator::Column::SourceKey).all(&self.db).await.unwrap();
        let mut facts = Vec::new();
        for row in rows {
            let one = assemble::facts_of(&self.db, &self.reference, &row).await.unwrap();
            facts.push((row.source_key, one));
        }
        facts
    }

    /// The change feed: place, handle's kind and reason are what matters to a reader.
    pub async fn feed(&self) -> Vec<change::Model> {
        change::Entity::find().order_by_asc(change::Column::Seq).all(&self.db).await.unwrap()
    }

    pub async fn sources(&self) -> Vec<source::Model> {
        source::Entity::find().all(&self.db).await.unwrap()
    }
}
