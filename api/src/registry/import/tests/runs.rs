//! Whole imports on both databases: again, killed, at once, changed, beside demonstration data.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{ActiveModelTrait, EntityTrait, PaginatorTrait};
use yuti_entity::{elevator, elevator_identifier, import_run, job_lease, organisation, past_version, source};
use yuti_openapi::vocabulary::{ChangeKind, ChangeReason, ChangeSubject};
use yuti_openapi::wire::{ElevatorFacts, Identifier, UnitRef};

use super::super::run::import;
use super::super::{ImportError, Progress, Summary};
use super::world::{Backend, MAPPING, World, table};
use crate::db;
use crate::opendata::feed;
use crate::profile::Profile;
use crate::registry::intake::{self, Incoming};
use crate::registry::units::Units;

async fn world(backend: Backend) -> World {
    World::open(backend, Profile::load("chongqing").unwrap()).await
}

/// What must be the same however often a run was interrupted.
fn outcome(summary: &Summary) -> Summary {
    Summary {
        dry_run: false,
        resumed_after: 0,
        report: None,
        seconds: 0.0,
        rows_per_second: 0.0,
        ..summary.clone()
    }
}

/// Rows of every kind: good, rejected, filtered, doubtful, double.
fn mixed(rows: usize) -> String {
    let mut text = table(rows, "解放碑");
    text.push_str("K00007,another,5\n");
    text.push_str("only one field\n");
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for (place, line) in lines.iter_mut().enumerate().skip(1) {
        match place % 37 {
            5 => line.insert_str(0, "x,"),
            9 => line.push('9'),
            11 => *line = line.replace(",解放碑", ",已拆除"),
            _ => {}
        }
    }
    lines.join("\n") + "\n"
}

const FILTERED: &str = r#"
[[filters]]
name = "dismantled"
action = "drop"
reason = "the register keeps the address of what is gone"
column = "address"
matches = ["已拆除 9{1,5} 号"]
"#;

async fn the_same_file_again_changes_nothing(backend: Backend) {
    let world = world(backend).await;
    let file = world.folder.write("a.csv", mixed(450));
    let mapping = world.folder.write("m.toml", format!("{MAPPING}{FILTERED}"));
    let report = world.folder.0.join("r.csv");
    let first = world.run(world.options(&file, &mapping, &report)).await.unwrap();
    assert_eq!(first.rows, 452);
    assert_eq!(first.created + first.rejected + first.skipped_rows(), 452);
    assert!(first.rejected > 10 && first.skipped_rows() > 5 && !first.flags.is_empty(), "{first}");
    let (facts, feed, written) = (world.facts().await, world.feed().await, std::fs::read(&report).unwrap());
    assert_eq!(feed.len() as u64, first.created);
    assert!((1_i64..).zip(&feed).all(|(seq, entry)| entry.seq == Some(seq)), "numbered without a gap");
    let second = world.run(world.options(&file, &mapping, &report)).await.unwrap();
    assert_eq!((second.created, second.updated, second.unchanged), (0, 0, first.created));
    assert_eq!(
        (second.rejected, &second.skipped, &second.flags),
        (first.rejected, &first.skipped, &first.flags)
    );
    assert_eq!(world.facts().await, facts);
    assert_eq!(world.feed().await, feed);
    assert_eq!(std::fs::read(&report).unwrap(), written);
    assert_eq!(past_version::Entity::find().count(&world.db).await.unwrap(), 0);
    let runs = import_run::Entity::find().all(&world.db).await.unwrap();
    assert!(runs.len() == 2 && runs.iter().all(|run| run.finished_at.is_some() && run.rows_read == 452));
    assert_eq!(job_lease::Entity::find().count(&world.db).await.unwrap(), 0);
    world.close().await;
}

/// Drops an import in the middle of whatever it does once so many rows are committed: what a kill leaves behind.
async fn killed_after(world: &World, options: super::super::Options<'_>, rows: u64) {
    let committed = Arc::new(AtomicU64::new(0));
    let told = Arc::clone(&committed);
    let mut killed = world.import(options);
    killed.progress = Arc::new(move |progress| {
        if let Progress::Importing { done, .. } = progress {
            told.store(done, Ordering::SeqCst);
        }
    });
    let dead = async {
        while committed.load(Ordering::SeqCst) < rows {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        biased;
        () = dead => {}
        done = import(&killed, world.pace) => panic!("it came to its end before it was killed: {done:?}"),
    }
}

async fn killed_anywhere_it_goes_on(backend: Backend) {
    let whole = world(backend).await;
    let text = mixed(950);
    let mapping_text = format!("{MAPPING}{FILTERED}");
    let file = whole.folder.write("a.csv", &text);
    let mapping = whole.folder.write("m.toml", &mapping_text);
    let report = whole.folder.0.join("r.csv");
    let expected = whole.run(whole.options(&file, &mapping, &report)).await.unwrap();
    let expected_report = std::fs::read_to_string(&report).unwrap();

    let broken = world(backend).await;
    let file = broken.folder.write("a.csv", &text);
    let mapping = broken.folder.write("m.toml", &mapping_text);
    let report = broken.folder.0.join("r.csv");
    for rows in [100, 300, 800] {
        killed_after(&broken, broken.options(&file, &mapping, &report), rows).await;
        // A kill between the report and the commit leaves lines that the database knows nothing of.
        let mut torn = std::fs::OpenOptions::new().append(true).open(&report).unwrap();
        std::io::Write::write_all(&mut torn, b"999,1000,K,torn").unwrap();
        assert_eq!(
            job_lease::Entity::find().count(&broken.db).await.unwrap(),
            1,
            "a kill gives nothing back"
        );
    }
    // Killed once more, and the report is lost.
    std::fs::remove_file(&report).unwrap();
    let done = broken.run(broken.options(&file, &mapping, &report)).await.unwrap();
    assert!(done.resumed_after >= 800, "{done}");
    assert_eq!(outcome(&done), outcome(&expected));
    assert_eq!(broken.facts().await, whole.facts().await);
    assert_eq!(std::fs::read_to_string(&report).unwrap(), expected_report);
    let told = |feed: Vec<yuti_entity::change::Model>| {
        feed.into_iter().map(|entry| (entry.seq, entry.code, entry.kind)).collect::<Vec<_>>()
    };
    assert_eq!(told(broken.feed().await), told(whole.feed().await));
    let runs = import_run::Entity::find().all(&broken.db).await.unwrap();
    assert_eq!(runs.len(), 1, "one run, however often it was killed");
    assert_eq!(runs[0].report_bytes, i64::try_from(expected_report.len()).unwrap());
    assert_eq!(runs[0].rejected, i64::try_from(expected.rejected).unwrap());
    whole.close().await;
    broken.close().await;
}

async fn asked_to_stop_it_stops_after_a_batch(backend: Backend) {
    let world = world(backend).await;
    let file = world.folder.write("a.csv", table(500, "街"));
    let mapping = world.folder.write("m.toml", MAPPING);
    let report = world.folder.0.join("r.csv");
    let mut stopped = world.import(world.options(&file, &mapping, &report));
    let stop = stopped.stop.clone();
    stopped.progress = Arc::new(move |progress| {
        if matches!(progress, Progress::Importing { done: 200.., .. }) {
            stop.cancel();
        }
    });
    let error = import(&stopped, world.pace).await.unwrap_err();
    assert!(matches!(error, ImportError::Stopped { rows: 200 }), "{error}");
    assert_eq!(job_lease::Entity::find().count(&world.db).await.unwrap(), 0, "the lease is given back");
    let done = world.run(world.options(&file, &mapping, &report)).await.unwrap();
    assert_eq!((done.resumed_after, done.created, done.rows), (200, 500, 500));
    world.close().await;
}

async fn two_at_once_are_one_too_many(backend: Backend) {
    let world = world(backend).await;
    let file = world.folder.write("a.csv", table(6000, "街"));
    let mapping = world.folder.write("m.toml", MAPPING);
    let (first, second) = (world.folder.0.join("1.csv"), world.folder.0.join("2.csv"));
    let (one, two) = tokio::join!(
        world.run(world.options(&file, &mapping, &first)),
        world.run(world.options(&file, &mapping, &second))
    );
    let (done, refused) = if one.is_ok() { (one, two) } else { (two, one) };
    assert_eq!(done.unwrap().created, 6000);
    let refused = refused.unwrap_err();
    assert!(matches!(&refused, ImportError::Busy { source_key } if source_key == "trial"), "{refused}");
    assert_eq!(elevator::Entity::find().count(&world.db).await.unwrap(), 6000);
    world.close().await;
}

async fn a_changed_file_makes_versions_history_and_entries(backend: Backend) {
    let world = world(backend).await;
    let mapping = world.folder.write("m.toml", MAPPING);
    let report = world.folder.0.join("r.csv");
    let before = world.folder.write("a.csv", "key,address,stops\nA,旧街 1 号,5\nB,同街,6\n");
    world.run(world.options(&before, &mapping, &report)).await.unwrap();
    let later = world.folder.write("later.toml", MAPPING.replace("2021-06-30", "2022-06-30"));
    let after = world.folder.write("b.csv", "key,address,stops\nA,新街 1 号,5\nB,同街,6\nC,,**\n");
    let summary = world.run(world.options(&after, &later, &report)).await.unwrap();
    assert_eq!((summary.created, summary.updated, summary.unchanged), (1, 1, 1));
    let facts = world.facts().await;
    assert_eq!(facts[0].1.address.as_deref(), Some("新街 1 号"));
    assert_eq!(facts[2].1.raw["parameters.stops"], "**");
    let past = past_version::Entity::find().all(&world.db).await.unwrap();
    assert_eq!(past.len(), 1);
    let old: ElevatorFacts = serde_json::from_str(&past[0].facts).unwrap();
    assert_eq!(old.address.as_deref(), Some("旧街 1 号"));
    assert_eq!(
        (past[0].valid_from, past[0].valid_to),
        (Some("2021-06-30".parse().unwrap()), Some("2022-06-29".parse().unwrap()))
    );
    let told: Vec<(String, ChangeKind, i32)> =
        world.feed().await.into_iter().map(|entry| (entry.code, entry.kind, entry.version)).collect();
    assert_eq!(
        told,
        [
            ("A".into(), ChangeKind::Created, 1),
            ("B".into(), ChangeKind::Created, 1),
            ("A".into(), ChangeKind::Updated, 2),
            ("C".into(), ChangeKind::Created, 1),
        ]
    );
    let sources = world.sources().await;
    assert_eq!((sources.len(), sources[0].as_of), (1, Some("2022-06-30".parse().unwrap())));
    world.close().await;
}

async fn keys_that_come_twice(backend: Backend) {
    let world = world(backend).await;
    let file = world.folder.write("a.csv", "key,address,stops\nA,x,1\nB,y,2\nA,x,1\nB,z,2\nC,c,3\n");
    let mapping = world.folder.write("m.toml", MAPPING);
    let report = world.folder.0.join("r.csv");
    let summary = world.run(world.options(&file, &mapping, &report)).await.unwrap();
    assert_eq!((summary.created, summary.rejected), (2, 3));
    let keys: Vec<String> = world.facts().await.into_iter().map(|(key, _)| key).collect();
    assert_eq!(keys, ["A", "C"], "of equal rows the first, of contradicting ones none");
    let written = std::fs::read_to_string(&report).unwrap();
    let told: Vec<(&str, &str)> = written
        .lines()
        .skip(1)
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            (cells[0], cells[5])
        })
        .collect();
    assert_eq!(told, [("2", "duplicate_key"), ("3", "repeated_row"), ("4", "duplicate_key")]);
    world.close().await;
}

async fn a_dry_run_tells_and_writes_nothing(backend: Backend) {
    let world = world(backend).await;
    let file = world.folder.write("a.csv", mixed(250));
    let mapping = world.folder.write("m.toml", MAPPING);
    let report = world.folder.0.join("r.csv");
    let options = super::super::Options { dry_run: true, ..world.options(&file, &mapping, &report) };
    let told = world.run(options).await.unwrap();
    assert!(told.dry_run && world.facts().await.is_empty() && world.sources().await.is_empty());
    assert_eq!(import_run::Entity::find().count(&world.db).await.unwrap(), 0);
    let done = world.run(world.options(&file, &mapping, &report)).await.unwrap();
    assert_eq!(outcome(&told), outcome(&done));
    let again = world.run(super::super::Options { dry_run: true, report: None, ..options }).await.unwrap();
    assert_eq!((again.created, again.unchanged, again.report), (0, done.created, None));
    world.close().await;
}

/// Demonstration elevators with units, as the demonstration set enters them.
async fn demonstrate(world: &World, number: usize) {
    let txn = db::begin(&world.db).await.unwrap();
    let at = world.clock.now();
    let row = source::ActiveModel {
        id: NotSet,
        key: Set("demonstration".into()),
        name_zh: Set("演示".into()),
        name_en: Set("Demonstration".into()),
        licence: Set("CC0".into()),
        url: Set(None),
        as_of: Set(None),
        demonstration: Set(true),
        recorded_at: Set(at),
    };
    let source_id = row.insert(&txn).await.unwrap().id;
    let mut bare = world.run_empty_facts();
    let rows = (0..number).map(|place| {
        bare.identifiers = vec![Identifier {
            kind: "equipment_code".into(),
            value: format!("D{place}"),
            scheme: None,
            since: None,
            until: None,
        }];
        bare.using_unit = Some(UnitRef { id: None, name: format!("示例物业 {}", place % 7), uscc: None });
        Incoming {
            source_key: place.to_string(),
            code: format!("D{place}"),
            zone_key: None,
            facts: bare.clone(),
            valid_from: None,
            annotations: Vec::new(),
            earlier: Vec::new(),
        }
    });
    let rows: Vec<Incoming> = rows.collect();
    let batch = intake::Batch { source_id, at, day: at.date_naive(), reason: ChangeReason::Demonstration };
    for chunk in rows.chunks(1000) {
        intake::take(&txn, &world.reference, &mut Units::default(), batch, chunk.to_vec()).await.unwrap();
    }
    txn.commit().await.unwrap();
    feed::sequence(&world.db).await.unwrap();
}

impl World {
    fn run_empty_facts(&self) -> ElevatorFacts {
        serde_json::from_value(serde_json::json!({
            "identifiers": [], "use_status": null, "use_status_since": null, "district": null, "address": null,
            "building": null, "internal_number": null, "postal_code": null, "location": null, "category": null,
            "manufacture": {"manufacturer": null, "model": null, "manufactured_on": null}, "in_service_since": null,
            "parameters": {"rated_load_kg": null, "rated_speed_m_s": null, "stops": null, "lowest_floor": null,
                "highest_floor": null, "travel_m": null},
            "using_unit": null, "maintenance_unit": null, "duty_phone": null,
            "inspection": {"last_on": null, "kind": null, "result": null, "valid_until": null,
                "valid_until_precision": null},
            "insurance": {"kind": null, "insurer": null, "valid_from": null, "valid_until": null},
            "contract": null, "monitoring": {"equipped": null, "since": null}, "quality": [], "raw": {}
        }))
        .unwrap()
    }
}

async fn real_data_does_not_stand_beside_demonstration_data(backend: Backend) {
    let world = world(backend).await;
    demonstrate(&world, 4500).await;
    let file = world.folder.write("a.csv", table(50, "街"));
    let mapping = world.folder.write("m.toml", MAPPING);
    let report = world.folder.0.join("r.csv");
    let options = world.options(&file, &mapping, &report);
    let refused = world.run(options).await.unwrap_err();
    assert!(matches!(refused, ImportError::Demonstration { elevators: 4500 }), "{refused}");
    assert!(refused.to_string().contains("--remove-demo"));
    assert_eq!(elevator::Entity::find().count(&world.db).await.unwrap(), 4500);
    let before = world.feed().await.len();
    let done = world.run(super::super::Options { remove_demo: true, ..options }).await.unwrap();
    assert_eq!((done.demonstration_removed.elevators, done.demonstration_removed.organisations), (4500, 7));
    assert_eq!(done.created, 50);
    assert_eq!(elevator::Entity::find().count(&world.db).await.unwrap(), 50);
    assert_eq!(elevator_identifier::Entity::find().count(&world.db).await.unwrap(), 50);
    assert_eq!(organisation::Entity::find().count(&world.db).await.unwrap(), 0);
    let sources = world.sources().await;
    assert!(sources.len() == 1 && !sources[0].demonstration);
    let feed = world.feed().await;
    assert_eq!(feed.len(), before + 4507 + 50);
    assert!((1_i64..).zip(&feed).all(|(seq, entry)| entry.seq == Some(seq)), "numbered without a gap");
    let withdrawn = feed.iter().filter(|entry| {
        entry.kind == ChangeKind::Withdrawn && entry.reason == ChangeReason::DemonstrationRemoved
    });
    let elevators = withdrawn.clone().filter(|entry| entry.subject == ChangeSubject::Elevator).count();
    assert_eq!((withdrawn.count(), elevators), (4507, 4500));
    world.close().await;
}

async fn a_unit_that_others_name_outlives_the_demonstration(backend: Backend) {
    let world = world(backend).await;
    let file = world.folder.write("a.csv", table(3, "街"));
    let mapping = world.folder.write("m.toml", MAPPING);
    let report = world.folder.0.join("r.csv");
    world.run(world.options(&file, &mapping, &report)).await.unwrap();
    demonstrate(&world, 20).await;
    let unit = organisation::Entity::find().one(&world.db).await.unwrap().unwrap();
    let real = world.sources().await.into_iter().find(|source| !source.demonstration).unwrap();
    let rows = elevator::Entity::find().all(&world.db).await.unwrap();
    let mut theirs: elevator::ActiveModel =
        rows.into_iter().find(|row| row.source_id == real.id).unwrap().into();
    theirs.maintenance_unit_id = Set(Some(unit.id));
    theirs.update(&world.db).await.unwrap();
    let removed =
        crate::registry::demo_removal::remove(&world.db, &world.vault, &world.clock, &|_| ()).await.unwrap();
    assert_eq!((removed.elevators, removed.organisations), (20, 6));
    let kept = organisation::Entity::find().all(&world.db).await.unwrap();
    assert_eq!(kept.iter().map(|kept| (kept.id, kept.source_id)).collect::<Vec<_>>(), [(unit.id, real.id)]);
    world.close().await;
}

macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            use super::Backend;
            $(#[tokio::test] async fn $name() { super::$name(Backend::Sqlite).await; })+
        }
        mod postgres {
            use super::Backend;
            $(#[tokio::test] async fn $name() { super::$name(Backend::Postgres).await; })+
        }
    };
}

on_both!(
    the_same_file_again_changes_nothing,
    killed_anywhere_it_goes_on,
    asked_to_stop_it_stops_after_a_batch,
    two_at_once_are_one_too_many,
    a_changed_file_makes_versions_history_and_entries,
    keys_that_come_twice,
    a_dry_run_tells_and_writes_nothing,
    real_data_does_not_stand_beside_demonstration_data,
    a_unit_that_others_name_outlives_the_demonstration,
);
