//! Values that a register gives and nobody can use, shown as they are: some elevators of the set have one.

use yuti_openapi::vocabulary::QualityFlag;
use yuti_openapi::wire::{ElevatorFacts, QualityNote, UnitRef};

use super::chance::{Chance, Stream};

/// Puts a doubt upon some elevators, by their place.
pub(super) fn apply(facts: &mut ElevatorFacts, seed: u64, index: u64) {
    let mut chance = Chance::new(seed, Stream::Doubts, index);
    if chance.permille(40) {
        missing_place(facts);
    }
    if !chance.permille(26) {
        return;
    }
    match chance.below(8) {
        0 => {
            let year = 2004 + chance.below(9);
            facts.in_service_since = None;
            note(facts, QualityFlag::DateUnreadable, "in_service_since", &format!("{year}.13"));
        }
        1 => swapped(facts),
        2 => {
            facts.building = None;
            note(facts, QualityFlag::StandInValue, "building", "**");
        }
        3 => {
            facts.parameters.rated_speed_m_s = None;
            note(facts, QualityFlag::NumberImplausible, "parameters.rated_speed_m_s", "175");
        }
        4 => {
            let Some(unit) = facts.using_unit.take() else { return };
            let given = unit.uscc.unwrap_or_default().chars().rev().collect::<String>();
            facts.using_unit = Some(UnitRef { id: None, name: unit.name, uscc: None });
            note(facts, QualityFlag::UnitCodeInvalid, "using_unit", &given);
        }
        5 => {
            facts.manufacture.manufactured_on = None;
            note(facts, QualityFlag::DateInFuture, "manufacture.manufactured_on", "2109-03-21");
        }
        6 => {
            facts.contract = None;
            note(facts, QualityFlag::ValueUnmapped, "contract", "按次计费");
        }
        _ => {
            facts.address = None;
            absent(facts, QualityFlag::AddressMissing, "address");
        }
    }
}

/// No coordinates.
fn missing_place(facts: &mut ElevatorFacts) {
    facts.location = None;
    absent(facts, QualityFlag::CoordinatesMissing, "location");
}

/// Latitude and longitude in each other's place.
fn swapped(facts: &mut ElevatorFacts) {
    if let Some(place) = facts.location.take() {
        let given = format!("{}, {}", place.latitude, place.longitude);
        note(facts, QualityFlag::CoordinatesImplausible, "location", &given);
    }
}

/// Notes a doubt and keeps what the source said.
pub(super) fn note(facts: &mut ElevatorFacts, flag: QualityFlag, field: &str, raw: &str) {
    facts.quality.push(QualityNote { flag, field: field.to_owned(), raw: Some(raw.to_owned()) });
    facts.raw.insert(field.to_owned(), raw.to_owned());
}

/// Notes that the source said nothing.
pub(super) fn absent(facts: &mut ElevatorFacts, flag: QualityFlag, field: &str) {
    facts.quality.push(QualityNote { flag, field: field.to_owned(), raw: None });
}
