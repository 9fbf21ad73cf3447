use std::sync::Mutex;

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};
use sha2::{Digest, Sha256};
use yuti_entity::{
    annotation, change, elevator, elevator_identifier, elevator_quality, organisation, past_version, source,
};

use super::*;
use crate::registry::assemble;

/// What both databases must do.
async fn a_set_is_taken_in_and_read_back_as_it_was_made(db: &DatabaseConnection) {
    let profile = profile();
    let reference = prepared(db, &profile).await;
    assert_eq!(wanted(db).await.unwrap(), Some(Options::default()));
    let told = Mutex::new(Vec::new());
    let wish = options(1500, 2);
    let tell = |done, all| told.lock().unwrap().push((done, all));
    let summary = seed(db, &profile, &reference, &clock(), &Vault::for_test(), wish, &tell).await.unwrap();
    assert_eq!(*told.lock().unwrap(), [(0, 1500), (1000, 1500), (1500, 1500)]);
    assert_eq!(summary.created, 1500);
    assert_eq!(summary.in_order + summary.attention + summary.out_of_use + summary.not_received, 1500);
    assert_eq!(wanted(db).await.unwrap(), None);

    let source = source::Entity::find().one(db).await.unwrap().unwrap();
    assert_eq!((source.key.as_str(), source.demonstration), (SOURCE_KEY, true));
    assert_eq!(source.as_of, Some(TODAY.parse().unwrap()));
    let rows = elevator::Entity::find().order_by_asc(elevator::Column::Id).all(db).await.unwrap();
    assert_eq!(rows.len(), 1500);
    let made = set_of(wish, TODAY).await;
    let today = TODAY.parse().unwrap();
    for chunk in 0..3 {
        let some = &rows[chunk * 500..(chunk + 1) * 500];
        let read = assemble::elevators(db, &reference, &profile.time_zone, today, some).await.unwrap();
        for (place, elevator) in read.iter().enumerate() {
            let row = &made[chunk * 500 + place];
            let mut facts = elevator.facts.clone();
            // A unit has its number here only.
            for unit in facts.using_unit.iter_mut().chain(&mut facts.maintenance_unit) {
                assert!(unit.id.take().is_some());
            }
            assert_eq!(facts, row.facts, "{}", row.source_key);
            assert_eq!(elevator.code, row.code);
            assert_eq!(elevator.version as usize, row.earlier.len() + 1);
            assert_eq!(elevator.annotation.is_some(), !row.annotations.is_empty());
            assert!(elevator.authority.is_some());
        }
    }
    let past = past_version::Entity::find().all(db).await.unwrap();
    assert_eq!(past.len() as u64, summary.earlier_versions);
    let marks = annotation::Entity::find().count(db).await.unwrap();
    assert_eq!(marks, summary.in_pilot + summary.left_pilot);
    assert!(elevator_quality::Entity::find().count(db).await.unwrap() >= summary.in_doubt);
    let units = organisation::Entity::find().count(db).await.unwrap();
    assert!(units > 60, "{units} units");
    let entries = change::Entity::find().all(db).await.unwrap();
    // Units that came with the first thousand have more elevators after the rest.
    let (assigned, entries): (Vec<_>, Vec<_>) =
        entries.into_iter().partition(|entry| entry.reason == ChangeReason::ElevatorsAssigned);
    assert!(!assigned.is_empty() && assigned.iter().all(|entry| entry.seq.is_some()));
    assert_eq!(entries.len() as u64, 1500 + units);
    assert!(entries.iter().all(|entry| entry.seq.is_some() && entry.reason == ChangeReason::Demonstration));
    let shared = elevator_identifier::Entity::find()
        .filter(elevator_identifier::Column::ValueNorm.eq("B7NL2041"))
        .count(db)
        .await
        .unwrap();
    assert_eq!(shared, 2);
}

async fn a_second_set_and_a_set_beside_real_data_are_refused(db: &DatabaseConnection) {
    let profile = profile();
    let reference = prepared(db, &profile).await;
    let wish = options(20, 0);
    let quiet = |_, _| {};
    for (wrong, part) in [(options(0, 0), "1 to 1200000"), (options(1, 31), "0 to 30 years")] {
        let error = seed(db, &profile, &reference, &clock(), &Vault::for_test(), wrong, &quiet)
            .await
            .unwrap_err()
            .to_string();
        assert!(error.contains(part), "{error}");
    }
    seed(db, &profile, &reference, &clock(), &Vault::for_test(), wish, &quiet).await.unwrap();
    let error = seed(db, &profile, &reference, &clock(), &Vault::for_test(), wish, &quiet).await.unwrap_err();
    assert!(matches!(error, SeedError::AlreadyThere { elevators: 20 }), "{error}");
    assert!(error.to_string().contains("--remove-demo"));
    db.execute_unprepared("UPDATE source SET demonstration = FALSE").await.unwrap();
    let error = seed(db, &profile, &reference, &clock(), &Vault::for_test(), wish, &quiet).await.unwrap_err();
    assert!(matches!(&error, SeedError::RealData { register } if register == SOURCE_KEY), "{error}");
    assert_eq!(wanted(db).await.unwrap(), None);
    assert_eq!(elevator::Entity::find().count(db).await.unwrap(), 20);
}

async fn a_set_that_was_broken_off_is_finished_as_of_its_own_day(db: &DatabaseConnection) {
    let profile = profile();
    let reference = prepared(db, &profile).await;
    let wish = options(2100, 0);
    // Broken off in the middle of the second thousand, where the caller panics.
    let breaking = {
        let (db, profile, reference) = (db.clone(), profile.clone(), reference.clone());
        tokio::spawn(async move {
            let stop = |done, _| assert!(done < 1000, "broken off");
            seed(&db, &profile, &reference, &clock(), &Vault::for_test(), wish, &stop).await
        })
    };
    assert!(breaking.await.is_err());
    assert_eq!(wanted(db).await.unwrap(), Some(wish));
    let other = seed(db, &profile, &reference, &clock(), &Vault::for_test(), options(5, 0), &|_, _| {})
        .await
        .unwrap_err();
    assert!(matches!(other, SeedError::AlreadyThere { elevators: 1000 }), "{other}");
    let later = at("2026-12-02T00:00:00Z");
    let summary = seed(db, &profile, &reference, &later, &Vault::for_test(), wish, &|_, _| {}).await.unwrap();
    assert_eq!((summary.resumed, summary.created), (1000, 1100));
    let rows = elevator::Entity::find().order_by_asc(elevator::Column::Id).all(db).await.unwrap();
    let made = set_of(wish, TODAY).await;
    assert_eq!(rows.len(), made.len());
    for (row, incoming) in rows.iter().zip(&made) {
        assert_eq!((&row.source_key, &row.code), (&incoming.source_key, &incoming.code));
        assert_eq!(row.inspection_valid_until, incoming.facts.inspection.valid_until);
    }
    let units = organisation::Entity::find().all(db).await.unwrap();
    let codes: BTreeSet<_> =
        units.iter().map(|unit| unit.uscc.clone().unwrap_or(unit.name.clone())).collect();
    assert_eq!(codes.len(), units.len());
}

/// Everything that a set writes, number by number, in one digest.
async fn digest_of(db: &DatabaseConnection) -> String {
    let profile = profile();
    let reference = prepared(db, &profile).await;
    seed(db, &profile, &reference, &clock(), &Vault::for_test(), options(500, 2), &|_, _| {}).await.unwrap();
    let mut hash = Sha256::new();
    macro_rules! table {
        ($entity:ident) => {
            for row in $entity::Entity::find().order_by_asc($entity::Column::Id).all(db).await.unwrap() {
                hash.update(format!("{row:?}\n"));
            }
        };
    }
    table!(source);
    table!(organisation);
    table!(elevator);
    table!(elevator_identifier);
    table!(elevator_quality);
    table!(annotation);
    table!(past_version);
    table!(change);
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

mod sqlite {
    use super::*;

    #[tokio::test]
    async fn a_set_is_taken_in_and_read_back_as_it_was_made() {
        super::a_set_is_taken_in_and_read_back_as_it_was_made(&embedded().await).await;
    }

    #[tokio::test]
    async fn a_second_set_and_a_set_beside_real_data_are_refused() {
        super::a_second_set_and_a_set_beside_real_data_are_refused(&embedded().await).await;
    }

    #[tokio::test]
    async fn a_set_that_was_broken_off_is_finished_as_of_its_own_day() {
        super::a_set_that_was_broken_off_is_finished_as_of_its_own_day(&embedded().await).await;
    }

    #[tokio::test]
    async fn two_runs_write_the_same_bytes() {
        assert_eq!(digest_of(&embedded().await).await, digest_of(&embedded().await).await);
    }
}

mod postgres {
    use super::*;
    use crate::testing::Own;

    #[tokio::test]
    async fn a_set_is_taken_in_and_read_back_as_it_was_made() {
        let own = Own::postgres("demo_take").await;
        super::a_set_is_taken_in_and_read_back_as_it_was_made(&own.db).await;
        own.drop().await;
    }

    #[tokio::test]
    async fn a_second_set_and_a_set_beside_real_data_are_refused() {
        let own = Own::postgres("demo_refuse").await;
        super::a_second_set_and_a_set_beside_real_data_are_refused(&own.db).await;
        own.drop().await;
    }

    #[tokio::test]
    async fn a_set_that_was_broken_off_is_finished_as_of_its_own_day() {
        let own = Own::postgres("demo_resume").await;
        super::a_set_that_was_broken_off_is_finished_as_of_its_own_day(&own.db).await;
        own.drop().await;
    }

    #[tokio::test]
    async fn both_databases_hold_the_same_bytes() {
        let own = Own::postgres("demo_digest").await;
        assert_eq!(digest_of(&own.db).await, digest_of(&embedded().await).await);
        own.drop().await;
    }
}
