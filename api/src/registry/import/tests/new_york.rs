//! The release of New York, whole, by the mapping that ships beside it.

use std::collections::BTreeMap;
use std::time::Duration;

use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use yuti_entity::elevator;
use yuti_openapi::vocabulary::{InspectionKind, InspectionResult, UseStatus, Vocabulary};
use yuti_openapi::wire::ElevatorFacts;

use super::super::run::Pace;
use super::world::{Backend, World, example, new_york};
use crate::registry::assemble;

async fn facts(world: &World, key: &str) -> ElevatorFacts {
    let row = elevator::Entity::find()
        .filter(elevator::Column::SourceKey.eq(key))
        .one(&world.db)
        .await
        .unwrap()
        .unwrap_or_else(|| panic!("{key} is missing"));
    assemble::facts_of(&world.db, &world.reference, &row).await.unwrap()
}

#[tokio::test]
async fn the_whole_file_goes_in() {
    let mut world = World::open(Backend::Sqlite, new_york()).await;
    world.pace = Pace { batch_rows: 1000, lease: Duration::from_secs(60) };
    let (file, mapping) = (example("nyc-elevators-2015.csv.gz"), example("mapping.toml"));
    let report = world.folder.0.join("r.csv");
    let summary = world.run(world.options(&file, &mapping, &report)).await.unwrap();
    assert_eq!((summary.rows, summary.created, summary.rejected), (76_088, 76_088, 0));
    assert_eq!(std::fs::read_to_string(&report).unwrap().lines().count(), 1, "nothing is rejected");
    // The same numbers stand in examples/new-york/README.md, with their reasons.
    let counted: BTreeMap<&str, u64> =
        summary.flags.iter().map(|(flag, count)| (flag.code(), *count)).collect();
    let expected = [
        ("address_missing", 14),
        ("coordinates_implausible", 1),
        ("coordinates_missing", 20),
        ("date_unreadable", 1),
        ("district_unknown", 27),
        ("number_implausible", 102),
        ("number_unreadable", 831),
        ("stand_in_value", 35_147),
        ("value_unmapped", 6_027),
    ];
    assert_eq!(counted, BTreeMap::from(expected));
    assert_eq!(states(&world).await, [66_885, 0, 102, 2_247, 1_506]);
    an_active_dumbwaiter(&facts(&world, "1D10028").await);
    let escalator = facts(&world, "1E1002").await;
    assert_eq!(escalator.identifiers[0].value, "1E1002", "an identifier is never read as a number");
    assert_eq!(escalator.category.unwrap().name_en, "Escalator");
    odd_rows(&world).await;
    world.close().await;
}

async fn states(world: &World) -> Vec<u64> {
    let mut counts = Vec::new();
    for state in UseStatus::ALL {
        let of = elevator::Entity::find().filter(elevator::Column::UseStatus.eq(*state));
        counts.push(of.count(&world.db).await.unwrap());
    }
    counts
}

/// The device that the documentation shows.
fn an_active_dumbwaiter(facts: &ElevatorFacts) {
    let identifiers: Vec<(&str, &str)> =
        facts.identifiers.iter().map(|one| (one.kind.as_str(), one.value.as_str())).collect();
    assert_eq!(identifiers, [("device_number", "1D10028"), ("bin", "1024795")]);
    assert_eq!(facts.use_status, Some(UseStatus::InUse));
    assert_eq!(facts.use_status_since, Some("2009-03-31".parse().unwrap()));
    assert_eq!(facts.district.as_ref().unwrap().name_en, "Manhattan");
    assert_eq!(facts.address.as_deref(), Some("1614 BROADWAY"));
    assert_eq!(facts.postal_code.as_deref(), Some("10019"));
    let place = facts.location.unwrap();
    assert_eq!((place.latitude, place.longitude), (40.760_884_847_531_415, -73.983_911_350_131_63));
    assert_eq!(facts.category.as_ref().unwrap().code, "D");
    let parameters = &facts.parameters;
    assert_eq!(parameters.rated_load_kg, Some(226.8));
    assert_eq!(parameters.rated_speed_m_s, Some(0.254));
    assert_eq!(parameters.travel_m, Some(4.98));
    assert_eq!(
        (parameters.lowest_floor.as_deref(), parameters.highest_floor.as_deref()),
        (Some("B"), Some("1"))
    );
    let inspection = &facts.inspection;
    assert_eq!(inspection.last_on, Some("2015-09-18".parse().unwrap()));
    assert_eq!(inspection.kind, Some(InspectionKind::Periodic));
    assert_eq!(inspection.result, Some(InspectionResult::DefectsFound));
    assert_eq!(
        (inspection.valid_until, inspection.valid_until_precision),
        (None, None),
        "nothing is guessed"
    );
    assert!(facts.quality.is_empty(), "{:?}", facts.quality);
    let raw: Vec<(&str, &str)> =
        facts.raw.iter().map(|(field, raw)| (field.as_str(), raw.as_str())).collect();
    assert_eq!(
        raw,
        [
            ("category", "Dumbwaiter (D)"),
            ("district", "Manhattan"),
            ("inspection.last_on", "20150918.0"),
            ("inspection.result", "DF"),
            ("parameters.rated_load_kg", "500.0"),
            ("parameters.rated_speed_m_s", "50"),
            ("parameters.travel_m", "16'4\""),
            ("postal_code", "100190000"),
            ("use_status", "A"),
            ("use_status_since", "20090331.0"),
        ]
    );
}

async fn odd_rows(world: &World) {
    let flags = |facts: &ElevatorFacts| -> Vec<(&'static str, String)> {
        facts.quality.iter().map(|note| (note.flag.code(), note.field.clone())).collect()
    };
    let far = facts(world, "3P7686").await;
    assert_eq!(far.location, None);
    assert_eq!(flags(&far), [("coordinates_implausible", "location".to_owned())]);
    assert_eq!(far.raw["location.longitude"], "-77.519584");

    let dummy = facts(world, "1F8436").await;
    assert_eq!(
        (dummy.address.as_deref(), dummy.postal_code.as_deref(), dummy.district.as_ref()),
        (None, None, None)
    );
    assert_eq!(dummy.raw["address"], "DUMMY RECORD");
    assert_eq!(dummy.use_status, Some(UseStatus::InUse));
    assert_eq!(dummy.identifiers.len(), 1, "no building, no building number");

    let housing = facts(world, "2P7178").await;
    assert_eq!((housing.use_status, housing.use_status_since), (None, None));
    assert_eq!(
        (housing.raw["use_status"].as_str(), housing.raw["use_status_since"].as_str()),
        ("H", "20111018.0")
    );
    assert_eq!((housing.inspection.result, housing.raw["inspection.result"].as_str()), (None, "VF"));
    assert_eq!(housing.manufacture.manufacturer, None);

    let altered = facts(world, "1D10821").await;
    assert_eq!(altered.use_status, Some(UseStatus::UnderRepair));
}
