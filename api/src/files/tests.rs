#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]
//! The store beside both databases, in a folder and in a bucket.

mod bucket;

use std::io::Cursor;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::TimeDelta;
use image::{ImageFormat, RgbImage};
use sea_orm::ActiveValue::Set;
use sea_orm::{EntityTrait as _, PaginatorTrait as _};
use yuti_entity::{Timestamp, stored_file, unit_request};
use yuti_openapi::ProblemCode;
use yuti_openapi::vocabulary::{FilePurpose, FileType, UnitRequestState, UnitRole};

use super::*;
use crate::db;
use crate::testing::Own;

const OF: (FilePurpose, i64) = (FilePurpose::UnitRequestProof, 7);

struct World {
    own: Own,
    files: Files,
    folder: PathBuf,
}

impl World {
    async fn open(own: Own, test: &str, change: impl FnOnce(&mut FilesConfig)) -> Self {
        let folder = std::env::temp_dir().join(format!("yuti-files-{}-{test}", std::process::id()));
        let mut config = Config::load(None, &|_| None).unwrap();
        config.files.folder = folder.clone();
        change(&mut config.files);
        let files = Files::open(&config, Arc::new(Vault::for_test())).unwrap();
        files.belongs(&own.db, now()).await.unwrap();
        // What the files are handed in for: without it they would be erased.
        let request = unit_request::ActiveModel {
            id: Set(OF.1),
            number: Set("U".to_owned()),
            token_hash: Set(vec![0]),
            uscc: Set("91500108MA5QK0017P".to_owned()),
            unit_name: Set("某某电梯维保有限公司".to_owned()),
            role: Set(UnitRole::MaintenanceUnit),
            authority_key: Set("cq".to_owned()),
            contact_name: Set(Vec::new()),
            contact_phone: Set(Vec::new()),
            state: Set(UnitRequestState::Received),
            version: Set(1),
            filed_at: Set(now()),
            ..Default::default()
        };
        unit_request::Entity::insert(request).exec_without_returning(&own.db).await.unwrap();
        Self { own, files, folder }
    }

    async fn hand_in(&self, bytes: &[u8], now: Timestamp) -> stored_file::Model {
        let taken = self.files.take(Bytes::copy_from_slice(bytes)).await.unwrap();
        let txn = db::begin(&self.own.db).await.unwrap();
        let row = self.files.enter(&txn, taken, OF, self.files.holder("account:1"), now).await.unwrap();
        txn.commit().await.unwrap();
        row
    }

    /// Every object in the folder, as it lies there.
    fn objects(&self) -> Vec<Vec<u8>> {
        let mut found = Vec::new();
        for level in
            std::fs::read_dir(&self.folder).unwrap().filter(|level| level.as_ref().unwrap().path().is_dir())
        {
            for object in std::fs::read_dir(level.unwrap().path()).unwrap() {
                found.push(std::fs::read(object.unwrap().path()).unwrap());
            }
        }
        found
    }

    async fn close(self) {
        self.own.drop().await;
        let _ = std::fs::remove_dir_all(self.folder);
    }
}

fn now() -> Timestamp {
    // The objects have the time of the machine, so the rows have it too.
    chrono::DateTime::from(std::time::UNIX_EPOCH) + TimeDelta::days(20_780)
}

fn pdf(words: &str) -> Vec<u8> {
    format!("%PDF-1.7\n{words}\n%%EOF\n").into_bytes()
}

fn photo() -> Vec<u8> {
    let mut bytes = Vec::new();
    RgbImage::new(40, 20).write_to(&mut Cursor::new(&mut bytes), ImageFormat::Jpeg).unwrap();
    bytes
}

async fn a_file_comes_back_as_it_was_and_lies_there_sealed(own: Own) {
    let world = World::open(own, "comes-back", |_| ()).await;
    let words = "王芳 13800138000";
    let document = world.hand_in(&pdf(words), now()).await;
    let picture = world.hand_in(&photo(), now()).await;
    assert_eq!((document.media_type, document.width), (FileType::Pdf, None));
    assert_eq!((picture.media_type, picture.width, picture.height), (FileType::Jpeg, Some(40), Some(20)));
    assert_eq!(world.files.read(&document).await.unwrap(), pdf(words));
    assert_eq!(of(&world.own.db, OF).await.unwrap().len(), 2);
    assert_eq!(of(&world.own.db, (OF.0, 8)).await.unwrap().len(), 0);
    let objects = world.objects();
    assert_eq!(objects.len(), 2);
    for object in &objects {
        assert!(!object.windows(11).any(|part| part == b"13800138000"));
        assert!(!object.windows(4).any(|part| part == b"%PDF"));
    }
    // A row that was pointed at another file's object does not open it.
    let forged = stored_file::Model { name: picture.name.clone(), ..document.clone() };
    assert_eq!(world.files.read(&forged).await.unwrap_err().code, ProblemCode::Internal);
    world.close().await;
}

async fn erasing_takes_the_key_and_then_the_bytes(own: Own) {
    let world = World::open(own, "erasing", |settings| settings.kept_days = 10).await;
    let db = &world.own.db;
    let document = world.hand_in(&pdf("x"), now()).await;
    let txn = db::begin(db).await.unwrap();
    assert_eq!(erase(&txn, OF, now()).await.unwrap(), 1);
    assert_eq!(erase(&txn, OF, now()).await.unwrap(), 0);
    txn.commit().await.unwrap();
    let row = stored_file::Entity::find_by_id(document.id).one(db).await.unwrap().unwrap();
    assert_eq!(row.data_key, None);
    assert_eq!(world.files.read(&row).await.unwrap_err().code, ProblemCode::NotFound);
    assert!(of(db, OF).await.unwrap().is_empty());
    // A backup of the database from before would still find it.
    assert_eq!(world.files.read(&document).await.unwrap(), pdf("x"));
    let soon = now() + TimeDelta::days(10) - TimeDelta::seconds(1);
    assert_eq!(sweep::run(&world.files, db, soon).await.unwrap(), sweep::Swept::default());
    let later = now() + TimeDelta::days(10);
    assert_eq!(sweep::run(&world.files, db, later).await.unwrap(), sweep::Swept { orphans: 0, erased: 1 });
    assert!(world.objects().is_empty());
    assert_eq!(stored_file::Entity::find().count(db).await.unwrap(), 0);
    world.close().await;
}

async fn what_no_row_names_goes_in_the_end(own: Own) {
    let world = World::open(own, "orphans", |_| ()).await;
    let kept = world.hand_in(&pdf("kept"), now()).await;
    let _ = world.files.take(Bytes::from(pdf("cut off"))).await.unwrap();
    std::fs::create_dir_all(world.folder.join("zz")).unwrap();
    std::fs::write(world.folder.join("zz/notes.txt"), "somebody's").unwrap();
    let made = chrono::DateTime::<chrono::Utc>::from(
        std::fs::metadata(world.folder.join("zz/notes.txt")).unwrap().modified().unwrap(),
    );
    let early = made + TimeDelta::days(34);
    assert_eq!(sweep::run(&world.files, &world.own.db, early).await.unwrap(), sweep::Swept::default());
    assert_eq!(world.objects().len(), 3);
    let late = made + TimeDelta::days(36);
    assert_eq!(
        sweep::run(&world.files, &world.own.db, late).await.unwrap(),
        sweep::Swept { orphans: 1, erased: 0 }
    );
    assert_eq!(world.objects().len(), 2, "what is not ours stays");
    assert_eq!(world.files.read(&kept).await.unwrap(), pdf("kept"));
    world.close().await;
}

async fn what_was_cut_off_while_it_was_written_goes(own: Own) {
    let world = World::open(own, "half", |_| ()).await;
    let kept = world.hand_in(&pdf("kept"), now()).await;
    let folder = world.folder.join("ab");
    std::fs::create_dir_all(&folder).unwrap();
    let half = folder.join(format!("{}#1", "c".repeat(30)));
    let others = folder.join("report#2");
    for file in [&half, &others] {
        std::fs::write(file, "half").unwrap();
    }
    let made = chrono::DateTime::<chrono::Utc>::from(std::fs::metadata(&half).unwrap().modified().unwrap());
    sweep::run(&world.files, &world.own.db, made + TimeDelta::hours(23)).await.unwrap();
    assert!(half.exists(), "another process may be writing it");
    sweep::run(&world.files, &world.own.db, made + TimeDelta::hours(25)).await.unwrap();
    assert!(!half.exists() && others.exists());
    assert_eq!(world.files.read(&kept).await.unwrap(), pdf("kept"));
    world.close().await;
}

async fn a_store_belongs_to_one_database(own: Own) {
    let world = World::open(own, "belongs", |_| ()).await;
    let db = &world.own.db;
    let kept = world.hand_in(&pdf("kept"), now()).await;
    world.files.belongs(db, now()).await.unwrap();
    let mark = world.folder.join("yuti-store");
    let ours = std::fs::read(&mark).unwrap();
    // Another database's.
    std::fs::write(&mark, "somebody else").unwrap();
    assert!(matches!(world.files.belongs(db, now()).await, Err(StoreError::Foreign(_))));
    let far = now() + TimeDelta::days(3_650);
    assert!(sweep::run(&world.files, db, far).await.is_err(), "nothing of another database's is swept");
    // A folder that is not mounted.
    std::fs::remove_file(&mark).unwrap();
    assert!(matches!(world.files.belongs(db, now()).await, Err(StoreError::Foreign(_))));
    std::fs::write(&mark, ours).unwrap();
    world.files.belongs(db, now()).await.unwrap();
    assert_eq!(world.files.read(&kept).await.unwrap(), pdf("kept"));
    // A folder that holds something already.
    stored_file::Entity::delete_many().exec(db).await.unwrap();
    std::fs::remove_file(&mark).unwrap();
    assert!(matches!(world.files.belongs(db, now()).await, Err(StoreError::Foreign(_))));
    world.close().await;
}

async fn a_check_finds_what_is_missing_or_damaged(own: Own) {
    let world = World::open(own, "check", |_| ()).await;
    let whole = world.hand_in(&pdf("whole"), now()).await;
    let missing = world.hand_in(&pdf("missing"), now()).await;
    let cut = world.hand_in(&pdf("cut"), now()).await;
    let changed = world.hand_in(&pdf("changed"), now()).await;
    let path = |row: &stored_file::Model| world.folder.join(world.files.object(&row.name).as_ref());
    std::fs::remove_file(path(&missing)).unwrap();
    std::fs::write(path(&cut), b"short").unwrap();
    let mut bytes = std::fs::read(path(&changed)).unwrap();
    bytes[30] ^= 1;
    std::fs::write(path(&changed), bytes).unwrap();
    let db = &world.own.db;
    let (lost, short) = (sweep::Wrong::Missing(missing.id), sweep::Wrong::Damaged(cut.id));
    assert_eq!(sweep::check(&world.files, db, false, &|| ()).await.unwrap(), [lost.clone(), short.clone()]);
    let all = [lost, short, sweep::Wrong::Damaged(changed.id)];
    assert_eq!(sweep::check(&world.files, db, true, &|| ()).await.unwrap(), all);
    assert_eq!(world.files.read(&whole).await.unwrap(), pdf("whole"));
    world.close().await;
}

async fn quotas_hold_for_who_hands_in_and_for_all(own: Own) {
    let world = World::open(own, "quotas", |settings| {
        settings.daily_bytes = 100;
        settings.total_bytes = 150;
    })
    .await;
    let db = &world.own.db;
    let (one, other) = (world.files.holder("account:1"), world.files.holder("account:2"));
    world.hand_in(&pdf(&"x".repeat(64)), now()).await;
    assert!(world.files.room(db, one, 20, now()).await.is_ok());
    let refused = world.files.room(db, one, 21, now()).await.unwrap_err();
    assert_eq!((refused.code, refused.retry_after), (ProblemCode::QuotaExceeded, Some(3_600)));
    assert!(world.files.room(db, one, 70, now() + TimeDelta::hours(24)).await.is_ok());
    assert!(world.files.room(db, other, 70, now()).await.is_ok());
    assert_eq!(world.files.room(db, other, 71, now()).await.unwrap_err().code, ProblemCode::Unavailable);
    // What was erased lies there for a while yet, and then takes no room.
    let txn = db::begin(db).await.unwrap();
    erase(&txn, OF, now()).await.unwrap();
    txn.commit().await.unwrap();
    assert!(world.files.room(db, other, 71, now()).await.is_err());
    sweep::run(&world.files, db, now() + TimeDelta::days(35)).await.unwrap();
    assert!(world.files.room(db, other, 100, now()).await.is_ok());
    world.close().await;
}

async fn what_is_not_taken_leaves_nothing(own: Own) {
    let world = World::open(own, "refused", |settings| {
        settings.max_picture_bytes = 2_000;
        settings.max_document_bytes = 3_000;
        settings.max_pixels = 1_000;
    })
    .await;
    let cases: [(&[u8], &str); 6] = [
        (b"<html>", "wrong_type"),
        (b"", "wrong_type"),
        (&photo()[..200], "unreadable"),
        (&[&photo()[..], &[0; 2_000]].concat(), "too_large"),
        (&pdf(&"x".repeat(3_000)), "too_large"),
        (&pdf("x")[..12], "wrong_type"),
    ];
    for (bytes, expected) in cases {
        match world.files.take(Bytes::copy_from_slice(bytes)).await {
            Err(Refused::File { code, detail }) => {
                assert_eq!(code, expected);
                assert!(!detail.zh.is_empty() && !detail.en.is_empty());
            }
            other => panic!("{expected}: {other:?}"),
        }
    }
    assert!(world.objects().is_empty());
    world.close().await;
}

macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {$(
        mod $name {
            #[tokio::test]
            async fn sqlite() {
                super::$name(super::Own::sqlite(stringify!($name)).await).await;
            }

            #[tokio::test]
            async fn postgres() {
                super::$name(super::Own::postgres(stringify!($name)).await).await;
            }
        }
    )+};
}

on_both!(
    a_file_comes_back_as_it_was_and_lies_there_sealed,
    erasing_takes_the_key_and_then_the_bytes,
    what_no_row_names_goes_in_the_end,
    what_was_cut_off_while_it_was_written_goes,
    a_store_belongs_to_one_database,
    a_check_finds_what_is_missing_or_damaged,
    quotas_hold_for_who_hands_in_and_for_all,
    what_is_not_taken_leaves_nothing,
);
