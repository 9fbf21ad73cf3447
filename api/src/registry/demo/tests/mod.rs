#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod stored;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use yuti_openapi::Uscc;
use yuti_openapi::identifier::normalise_identifier;
use yuti_openapi::vocabulary::{
    ContractKind, ElevatorStatus, InspectionResult, InsuranceKind, QualityFlag, UseStatus,
};

use super::lists::Lists;
use super::*;

const TODAY: &str = "2026-11-23";

pub(super) fn lists() -> Lists {
    Lists::read(profile().reference(), TODAY.parse().unwrap()).unwrap()
}

fn profile() -> Profile {
    Profile::load("chongqing").unwrap()
}

fn at(text: &str) -> Clock {
    Clock::fixed(DateTime::parse_from_rfc3339(text).unwrap().with_timezone(&Utc))
}

fn clock() -> Clock {
    at("2026-11-23T06:36:00Z")
}

fn options(elevators: u64, years: u32) -> Options {
    Options { elevators, years, seed: 1 }
}

/// An empty register with the divisions of the profile.
async fn prepared(db: &DatabaseConnection, profile: &Profile) -> Reference {
    db::migrate(db).await.unwrap();
    let txn = db::begin(db).await.unwrap();
    crate::registry::reference::store(&txn, profile.reference()).await.unwrap();
    txn.commit().await.unwrap();
    Reference::load(db, profile).await.unwrap()
}

async fn embedded() -> DatabaseConnection {
    db::open("sqlite::memory:", 1, db::Purpose::Bulk).await.unwrap()
}

/// The set of so many elevators without a database to put it in.
async fn set_of(options: Options, today: &str) -> Vec<Incoming> {
    let profile = profile();
    let reference = prepared(&embedded().await, &profile).await;
    let mut set = Set::new(&profile, &reference, options, today.parse().unwrap()).unwrap();
    (0..options.elevators).map(|index| set.elevator(index).unwrap()).collect()
}

fn written(row: &Incoming) -> String {
    let facts = serde_json::to_string(&row.facts).unwrap();
    format!(
        "{} {} {:?} {:?} {:?} {facts} {:?}",
        row.source_key, row.code, row.zone_key, row.valid_from, row.annotations, row.earlier
    )
}

fn status_of(row: &Incoming) -> ElevatorStatus {
    let facts = StatusFacts {
        use_status: row.facts.use_status,
        inspection_result: row.facts.inspection.result,
        inspection_valid_until: row.facts.inspection.valid_until,
    };
    rules::status(facts, TODAY.parse().unwrap()).status
}

#[tokio::test]
async fn the_same_seed_gives_the_same_set_and_more_elevators_do_not_change_the_first() {
    let few = set_of(options(500, 3), TODAY).await;
    let again = set_of(options(500, 3), TODAY).await;
    let many = set_of(options(700, 3), TODAY).await;
    for (place, row) in few.iter().enumerate() {
        assert_eq!(written(row), written(&again[place]));
        assert_eq!(written(row), written(&many[place]));
    }
    let other = set_of(Options { seed: 2, ..options(500, 3) }, TODAY).await;
    let same = few.iter().zip(&other).filter(|(one, two)| written(one) == written(two)).count();
    assert!(same <= 12, "{same} elevators do not depend on the seed; only the cast may");
}

#[tokio::test]
async fn an_elevator_does_not_depend_on_the_years_nor_on_where_the_set_is_begun() {
    let profile = profile();
    let reference = prepared(&embedded().await, &profile).await;
    let today = TODAY.parse().unwrap();
    let mut none = Set::new(&profile, &reference, options(300, 0), today).unwrap();
    let mut some = Set::new(&profile, &reference, options(300, 5), today).unwrap();
    for index in (0..300).rev() {
        let (without, with) = (none.elevator(index).unwrap(), some.elevator(index).unwrap());
        assert!(without.earlier.is_empty());
        assert_eq!((without.facts, without.valid_from), (with.facts, with.valid_from));
    }
}

#[tokio::test]
async fn every_identifier_has_the_shape_of_its_kind_and_means_one_elevator_unless_it_is_meant_not_to() {
    let profile = profile();
    let mut bearers: BTreeMap<(String, String), BTreeSet<usize>> = BTreeMap::new();
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    let mut schemes = BTreeSet::new();
    let mut past = 0;
    for (place, row) in set_of(options(12_000, 0), TODAY).await.iter().enumerate() {
        for identifier in &row.facts.identifiers {
            let value = normalise_identifier(&identifier.value);
            let kind = profile.identifier_kind(&identifier.kind).unwrap();
            assert!(kind.accepts(&value), "{} {value}", identifier.kind);
            past += usize::from(identifier.until.is_some());
            schemes.extend(identifier.scheme.map(yuti_openapi::vocabulary::CodeScheme::code));
            *kinds.entry(identifier.kind.clone()).or_default() += 1;
            let group = if identifier.kind == "factory_number" { "factory" } else { "others" };
            bearers.entry((group.to_owned(), value)).or_default().insert(place);
        }
        assert!(row.facts.identifiers.iter().any(|identifier| identifier.value == row.code));
    }
    assert_eq!(kinds.len(), 6, "{kinds:?}");
    assert_eq!(schemes.len(), 4, "{schemes:?}");
    assert!(past > 300, "{past} values of before");
    let (factory, others): (Vec<_>, Vec<_>) =
        bearers.iter().filter(|(_, places)| places.len() > 1).partition(|((group, _), _)| group == "factory");
    assert_eq!(others, Vec::new());
    assert!(factory.len() > 200 && factory.iter().all(|(_, places)| places.len() == 2));
}

#[tokio::test]
async fn the_two_of_a_shared_factory_number_are_of_different_makers() {
    let rows = set_of(options(2000, 0), TODAY).await;
    let mut makers: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut bearers: BTreeMap<String, usize> = BTreeMap::new();
    for row in &rows {
        for identifier in row.facts.identifiers.iter().filter(|one| one.kind == "factory_number") {
            let maker = row.facts.manufacture.manufacturer.clone().unwrap();
            makers.entry(identifier.value.clone()).or_default().insert(maker);
            *bearers.entry(identifier.value.clone()).or_default() += 1;
        }
    }
    let shared: Vec<_> = bearers.iter().filter(|(_, count)| **count > 1).collect();
    assert!(shared.len() > 30);
    assert!(shared.iter().all(|(value, count)| makers[*value].len() == **count));
}

fn share(rows: &[Incoming], what: impl Fn(&Incoming) -> bool) -> usize {
    rows.iter().filter(|row| what(row)).count()
}

#[track_caller]
fn within(name: &str, count: usize, bounds: std::ops::RangeInclusive<usize>) {
    assert!(bounds.contains(&count), "{name}: {count} is not in {bounds:?}");
}

#[tokio::test]
async fn two_thousand_elevators_are_the_mix_that_a_city_shows() {
    let rows = set_of(options(2000, 0), TODAY).await;
    let is = |wanted: ElevatorStatus| share(&rows, |row| status_of(row) == wanted);
    within("in order", is(ElevatorStatus::InOrder), 1700..=1880);
    within("attention", is(ElevatorStatus::Attention), 20..=90);
    within("out of use", is(ElevatorStatus::OutOfUse), 50..=150);
    within("not received", is(ElevatorStatus::NotReceived), 30..=110);
    for status in
        [UseStatus::Suspended, UseStatus::UnderRepair, UseStatus::Deregistered, UseStatus::BeingInstalled]
    {
        within(status.code(), share(&rows, |row| row.facts.use_status == Some(status)), 1..=60);
    }
    for (result, bounds) in [
        (InspectionResult::Failed, 8..=40),
        (InspectionResult::DefectsFound, 8..=40),
        (InspectionResult::PassedAfterRepair, 30..=100),
    ] {
        within(result.code(), share(&rows, |row| row.facts.inspection.result == Some(result)), bounds);
    }
    let category = |code: &str| {
        share(&rows, |row| {
            row.facts.category.as_ref().is_some_and(|one| one.code == code && one.catalogue == "2014-114")
        })
    };
    within("traction passenger", category("3110"), 1200..=1800);
    within("escalators", category("3310"), 20..=200);
    let older = share(&rows, |row| row.facts.category.as_ref().is_some_and(|one| one.catalogue == "2004-31"));
    within("older catalogue", older, 100..=450);
    within("marked", share(&rows, |row| row.annotations.iter().any(|mark| mark.until.is_none())), 15..=50);
    within("mark ended", share(&rows, |row| row.annotations.iter().any(|mark| mark.until.is_some())), 3..=20);
    within("doubts", share(&rows, |row| row.facts.quality.iter().any(|note| note.raw.is_some())), 20..=80);
    within("no place", share(&rows, |row| row.facts.location.is_none()), 50..=150);
    within("monitored", share(&rows, |row| row.facts.monitoring.equipped == Some(true)), 500..=950);
    let insured = |kind| share(&rows, |row| row.facts.insurance.kind == kind);
    within("no policy received", insured(None), 500..=850);
    within("not insured", insured(Some(InsuranceKind::NotInsured)), 100..=240);
    let today = TODAY.parse().unwrap();
    let expired = share(&rows, |row| row.facts.insurance.valid_until.is_some_and(|until| until < today));
    within("expired", expired, 40..=140);
    let soon = |row: &Incoming| {
        row.facts.inspection.valid_until.is_some_and(|until| until >= today && until < days::shift(today, 7))
            && row.facts.inspection.valid_until_precision == Some(yuti_openapi::vocabulary::Precision::Day)
    };
    within("ending within a week", share(&rows, soon), 6..=40);
    let districts: BTreeSet<&str> =
        rows.iter().filter_map(|row| row.facts.district.as_ref()).map(|one| one.code.as_str()).collect();
    assert_eq!(districts.len(), 37);
    assert!(!districts.contains("500105") && !districts.contains("500112"));
    let addresses: BTreeSet<_> = rows.iter().map(|row| &row.facts.address).collect();
    assert!(addresses.len() > 200, "{} addresses", addresses.len());
    let zones: BTreeSet<_> = rows.iter().filter_map(|row| row.zone_key.as_ref()).collect();
    assert!(zones.len() >= 3, "{zones:?}");
}

#[tokio::test]
async fn no_name_that_is_shown_is_one_that_is_taken() {
    let mut names = BTreeSet::new();
    for row in set_of(options(6000, 0), TODAY).await {
        let facts = row.facts;
        names.extend([
            facts.address,
            facts.building,
            facts.manufacture.manufacturer,
            facts.insurance.insurer,
        ]);
        names.extend([facts.using_unit, facts.maintenance_unit].map(|unit| unit.map(|unit| unit.name)));
    }
    assert!(names.len() > 1500, "{} names", names.len());
    for name in names.iter().flatten() {
        let taken = super::names::REAL.iter().find(|taken| name.contains(**taken));
        assert_eq!(taken, None, "{name}");
    }
}

#[tokio::test]
async fn every_mark_in_force_rests_on_what_the_notice_asks() {
    let today = TODAY.parse().unwrap();
    let rows = set_of(options(6000, 0), TODAY).await;
    let marked: Vec<_> =
        rows.iter().filter(|row| row.annotations.iter().any(|mark| mark.until.is_none())).collect();
    assert!(marked.len() > 50);
    for row in marked {
        let facts = &row.facts;
        assert_eq!(facts.inspection.result, Some(InspectionResult::Passed), "{}", row.source_key);
        assert!(facts.inspection.valid_until.unwrap() >= today);
        assert!(facts.insurance.valid_until.unwrap() >= today);
        let kinds =
            [InsuranceKind::SafetyLiability, InsuranceKind::LifeCycle, InsuranceKind::InsuranceAndService];
        assert!(kinds.contains(&facts.insurance.kind.unwrap()));
        let monitored = facts.monitoring.equipped == Some(true);
        assert!(monitored || facts.contract == Some(ContractKind::AllInclusive), "{}", row.source_key);
        assert!((20..=45).contains(&row.annotations[0].interval_days.unwrap()));
        assert!(row.annotations[0].since > facts.in_service_since.unwrap());
    }
    for mark in rows.iter().flat_map(|row| &row.annotations) {
        assert_eq!(mark.until.is_some(), mark.ended_because.is_some());
        assert!(mark.until.is_none_or(|until| until > mark.since));
    }
}

#[tokio::test]
async fn dates_numbers_places_and_telephones_are_plausible() {
    let today = TODAY.parse().unwrap();
    let lists = lists();
    for row in set_of(options(3000, 0), TODAY).await {
        let facts = &row.facts;
        let key = &row.source_key;
        for day in [
            facts.manufacture.manufactured_on,
            facts.in_service_since,
            facts.inspection.last_on,
            row.valid_from,
        ] {
            assert!(day.is_none_or(|day| day <= today), "{key} {day:?}");
        }
        if let (Some(made), Some(begun)) = (facts.manufacture.manufactured_on, facts.in_service_since) {
            assert!(made < begun, "{key}");
        }
        if let (Some(place), Some(district)) = (facts.location, &facts.district) {
            let home = lists.places.iter().find(|home| home.code == district.code).unwrap();
            assert!((place.longitude - home.longitude).abs() < home.half_width + 0.02, "{key}");
            assert!((place.latitude - home.latitude).abs() < home.half_height + 0.02, "{key}");
        }
        let parameters = &facts.parameters;
        assert!(parameters.stops.is_none_or(|stops| (2..=60).contains(&stops)), "{key} {parameters:?}");
        assert!(parameters.travel_m.is_none_or(|travel| (2.0..200.0).contains(&travel)), "{key}");
        assert!(parameters.rated_speed_m_s.is_none_or(|speed| (0.2..4.0).contains(&speed)), "{key}");
        let floors = parameters.lowest_floor.as_deref().zip(parameters.highest_floor.as_deref());
        if let (Some((lowest, highest)), Some(stops)) = (floors, parameters.stops) {
            let (lowest, highest): (i32, i32) = (lowest.parse().unwrap(), highest.parse().unwrap());
            assert!(lowest != 0 && highest - lowest + i32::from(lowest > 0) == stops, "{key} {parameters:?}");
        }
        assert!(facts.duty_phone.as_ref().is_none_or(|line| line.starts_with("023-0000-")), "{key}");
        for unit in facts.using_unit.iter().chain(&facts.maintenance_unit) {
            match &unit.uscc {
                Some(code) => assert_eq!(code.parse::<Uscc>().unwrap().as_str(), code),
                None => assert!(
                    facts.quality.iter().any(|note| note.flag == QualityFlag::UnitCodeInvalid),
                    "{key}"
                ),
            }
        }
        let flagged: BTreeSet<_> =
            facts.quality.iter().filter(|note| note.raw.is_some()).map(|note| note.field.clone()).collect();
        assert_eq!(flagged, facts.raw.keys().cloned().collect(), "{key}");
    }
}

#[tokio::test]
async fn history_is_a_chain_without_gaps_that_ends_with_the_present_version() {
    let today: NaiveDate = TODAY.parse().unwrap();
    let set_at = crate::clock::start_of_day(today, &profile().time_zone);
    let oldest = crate::clock::start_of_day(days::shift_months(today, -36), &profile().time_zone);
    let rows = set_of(options(1500, 3), TODAY).await;
    let mut versions = 0;
    let mut changed: BTreeSet<String> = BTreeSet::new();
    for row in &rows {
        let ends = row.earlier.iter().skip(1).map(|next| (next.recorded_at, next.valid_from));
        for (one, (recorded, from)) in row.earlier.iter().zip(ends.chain([(set_at, row.valid_from)])) {
            assert_eq!(one.superseded_at, recorded, "{}", row.source_key);
            assert_eq!(one.valid_to.map(|day| days::shift(day, 1)), from, "{}", row.source_key);
            assert!(one.recorded_at < one.superseded_at && one.recorded_at >= oldest, "{}", row.source_key);
            assert!(one.valid_from <= one.valid_to, "{}", row.source_key);
        }
        let later = row.earlier.iter().skip(1).map(|next| &next.facts).chain([&row.facts]);
        for (one, next) in row.earlier.iter().zip(later) {
            let differences = crate::registry::facts::differences(&one.facts, next);
            assert!(!differences.is_empty(), "{}", row.source_key);
            changed.extend(differences);
        }
        versions += row.earlier.len();
    }
    assert!(versions > 3000, "{versions}");
    for field in ["inspection", "insurance", "maintenance_unit", "monitoring", "district", "use_status"] {
        assert!(changed.contains(field), "{field} never changed: {changed:?}");
    }
}

#[tokio::test]
async fn the_cast_stands_first_and_each_plays_its_part() {
    for seed in [1, 99] {
        let rows = set_of(Options { seed, ..options(12, 2) }, TODAY).await;
        let by = |code: &str| {
            let bears = |row: &&Incoming| {
                row.facts.identifiers.iter().any(|one| one.kind == "rescue_code" && one.value == code)
            };
            rows.iter().find(bears).unwrap_or_else(|| panic!("{code} is missing"))
        };
        let full = by("502718");
        assert_eq!(status_of(full), ElevatorStatus::InOrder);
        assert_eq!(full.facts.address.as_deref(), Some("青石坎路 18 号"));
        assert_eq!(full.facts.building.as_deref(), Some("青石坎小区 3 栋 2 单元"));
        assert_eq!(full.facts.inspection.valid_until, Some(days::fixed(2027, 8, 31)));
        assert_eq!(full.facts.insurance.valid_until, Some(days::fixed(2027, 3, 31)));
        assert_eq!((full.annotations.len(), full.annotations[0].until), (1, None));
        assert!(full.facts.quality.is_empty() && !full.earlier.is_empty());
        assert_eq!(by("108812").source_key, full.source_key);
        assert_eq!(status_of(by("502719")), ElevatorStatus::OutOfUse);
        assert_eq!(status_of(by("506035")), ElevatorStatus::Attention);
        assert_eq!(by("506035").facts.inspection.valid_until, Some(days::fixed(2026, 11, 11)));
        assert!(by("503466").annotations[0].ended_because.is_some());
        assert_eq!(status_of(by("507777")), ElevatorStatus::NotReceived);
        assert_eq!(by("507777").facts.address, None);
        assert_eq!(by("505123").facts.inspection.valid_until, Some(days::fixed(2026, 11, 24)));
        assert_eq!(by("504404").facts.quality.len(), 2);
        for code in ["504101", "504102"] {
            assert!(by(code).facts.identifiers.iter().any(|one| one.value == "B7NL2041"));
        }
    }
}

#[tokio::test]
async fn the_city_of_an_earlier_day_has_the_districts_of_that_day() {
    let rows = set_of(options(3000, 0), "2020-10-10").await;
    let districts: BTreeSet<&str> =
        rows.iter().filter_map(|row| row.facts.district.as_ref()).map(|one| one.code.as_str()).collect();
    assert_eq!(districts.len(), 38, "{districts:?}");
    assert!(districts.contains("500105") && !districts.contains("500157"));
    let first = "2020-10-01".parse().unwrap();
    assert!(rows.iter().flat_map(|row| &row.annotations).all(|mark| mark.since >= first));
}
