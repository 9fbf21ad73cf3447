//! The elevators with a fixed part, which stand first in every set.

use chrono::NaiveDate;
use serde::Deserialize;
use yuti_openapi::Uscc;
use yuti_openapi::vocabulary::{
    AnnotationEnd, ContractKind, InspectionKind, InspectionResult, InsuranceKind, Precision, QualityFlag,
    UseStatus,
};
use yuti_openapi::wire::{
    ElevatorFacts, Identifier, Inspection, Insurance, Location, Manufacture, Monitoring, Parameters, UnitRef,
};

use super::cover::Cover;
use super::days::{fixed, shift, shift_months};
use super::doubts;
use super::elevators::CATALOGUE;
use super::history::Life;
use super::identifiers::{ended, identifier};
use super::inspections::{Fate, Inspections};
use super::set::Set;
use crate::registry::intake::Mark;

/// One of them, as its file gives it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Member {
    /// What it is there for.
    #[serde(rename = "part")]
    _part: String,
    rescue_code: String,
    rescue_code_before: Option<String>,
    equipment_code: Option<String>,
    registration_code: Option<String>,
    certificate_number: Option<String>,
    platform_code: Option<String>,
    factory_number: Option<String>,
    district: Option<String>,
    district_before: Option<String>,
    address: Option<String>,
    building: Option<String>,
    internal_number: Option<String>,
    place: Option<(f64, f64)>,
    category: Option<String>,
    maker: Option<String>,
    model: Option<String>,
    manufactured_on: Option<NaiveDate>,
    in_service_since: Option<NaiveDate>,
    load_kg: Option<f64>,
    speed_m_s: Option<f64>,
    floors: Option<(i32, i32)>,
    travel_m: Option<f64>,
    using_unit: Option<(String, String)>,
    maintenance_unit: Option<String>,
    status: Option<Status>,
    inspection: Option<Inspected>,
    /// Month and day.
    insured_from: Option<String>,
    contract: Option<ContractKind>,
    monitored: Option<bool>,
    monitored_since: Option<NaiveDate>,
    pilot: Option<Pilot>,
    #[serde(default)]
    doubts: Vec<(QualityFlag, String, String)>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Status {
    code: UseStatus,
    days_ago: i64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Inspected {
    salt: u64,
    ends_in_days: Option<i64>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Pilot {
    since: NaiveDate,
    interval_days: i32,
    ended_days_ago: Option<i64>,
    ended_because: Option<AnnotationEnd>,
}

/// The member at a place of the set, with its marks.
pub(super) fn member(set: &Set<'_>, index: u64) -> Option<(Life, Vec<Mark>)> {
    let member = set.lists().cast.get(usize::try_from(index).ok()?)?;
    let today = set.today();
    let begun = member.in_service_since;
    let first = begun.unwrap_or(today);
    let keeper = member
        .maintenance_unit
        .as_ref()
        .and_then(|name| set.lists().keepers.iter().find(|keeper| keeper.unit.name == *name));
    let using = member.using_unit.as_ref().map(|(name, organisation)| {
        let region = member.district.as_deref().unwrap_or("500100");
        let code = Uscc::complete(&format!("91{region}"), organisation);
        UnitRef { id: None, name: name.clone(), uscc: code.map(|code| code.as_str().to_owned()) }
    });
    let status = member.status.as_ref();
    let mut facts = ElevatorFacts {
        identifiers: identifiers(member, today),
        use_status: begun.map(|_| status.map_or(UseStatus::InUse, |status| status.code)),
        use_status_since: begun.map(|day| status.map_or(day, |status| shift(today, -status.days_ago))),
        district: member.district.as_ref().map(|code| set.reference().district(code)),
        address: member.address.clone(),
        building: member.building.clone(),
        internal_number: member.internal_number.clone(),
        postal_code: None,
        location: member.place.map(|(longitude, latitude)| Location { longitude, latitude }),
        category: member.category.as_ref().map(|code| set.reference().category(CATALOGUE, code)),
        manufacture: Manufacture {
            manufacturer: member.maker.clone(),
            model: member.model.clone(),
            manufactured_on: member.manufactured_on,
        },
        in_service_since: begun,
        parameters: parameters(member),
        using_unit: using,
        maintenance_unit: keeper.map(|keeper| keeper.unit.clone()),
        duty_phone: keeper.map(|keeper| keeper.duty_line.clone()),
        inspection: Inspection::default(),
        insurance: Insurance::default(),
        contract: member.contract,
        monitoring: monitoring(member, today),
        quality: Vec::new(),
        raw: Default::default(),
    };
    doubt(member, &mut facts);
    let merged = fixed(2025, 11, 7);
    let mut life = Life {
        facts,
        begun,
        inspections: inspections(member, first, today),
        cover: cover(set, member, first, today),
        keeper_before: None,
        district_before: member.district_before.as_ref().map(|code| (set.reference().district(code), merged)),
    };
    life.facts = life.on(today);
    if life.facts.district == life.district_before.as_ref().map(|before| before.0.clone()) {
        life.district_before = None;
    }
    Some((life, mark(member, today).into_iter().collect()))
}

fn identifiers(member: &Member, today: NaiveDate) -> Vec<Identifier> {
    let begun = member.in_service_since;
    let line = fixed(2020, 9, 1);
    let renumbered = member.rescue_code_before.is_some() && today >= line;
    let since = begun.map_or(line, |day| day.max(line));
    let since = Some(since).filter(|since| begun.is_some() && *since <= today);
    let mut all = vec![identifier("rescue_code", &member.rescue_code, since)];
    let others = [
        ("equipment_code", &member.equipment_code, begun),
        ("registration_code", &member.registration_code, begun),
        ("certificate_number", &member.certificate_number, begun),
        ("platform_code", &member.platform_code, None),
        ("factory_number", &member.factory_number, None),
    ];
    for (kind, value, since) in others {
        all.extend(value.as_ref().map(|value| identifier(kind, value, since)));
    }
    let old = member.rescue_code_before.as_ref().filter(|_| renumbered);
    all.extend(old.map(|value| ended("rescue_code", value, begun, line.pred_opt())));
    all
}

/// Floors as they are marked in the car; there is none with the number 0.
fn parameters(member: &Member) -> Parameters {
    let lift = member.load_kg.is_some();
    let stops = |(lowest, highest): (i32, i32)| highest - lowest + i32::from(lowest > 0);
    Parameters {
        rated_load_kg: member.load_kg,
        rated_speed_m_s: member.speed_m_s,
        stops: member.floors.map(stops).filter(|_| lift),
        lowest_floor: member.floors.map(|floors| floors.0.to_string()),
        highest_floor: member.floors.map(|floors| floors.1.to_string()),
        travel_m: member.travel_m,
    }
}

/// Monitoring that had not begun by today was not yet there.
fn monitoring(member: &Member, today: NaiveDate) -> Monitoring {
    match member.monitored_since {
        Some(since) if since <= today => Monitoring { equipped: Some(true), since: Some(since) },
        Some(_) => Monitoring { equipped: Some(false), since: None },
        None => Monitoring { equipped: member.monitored, since: None },
    }
}

fn inspections(member: &Member, first: NaiveDate, today: NaiveDate) -> Inspections {
    let Some(Inspected { salt, ends_in_days }) = member.inspection else { return Inspections::none(first) };
    let Some(days) = ends_in_days else { return Inspections::new(first, salt, Fate::Passed, today) };
    let until = shift(today, days);
    let day = shift(shift_months(until, -12), -5);
    let last = Inspection {
        last_on: Some(day),
        kind: Some(InspectionKind::Periodic),
        result: Some(InspectionResult::Passed),
        valid_until: Some(until),
        valid_until_precision: Some(Precision::Day),
    };
    Inspections::new(first, salt, Fate::Passed, day).ending_with(last)
}

/// A year from the given day on, the last one that has begun.
fn cover(set: &Set<'_>, member: &Member, first: NaiveDate, today: NaiveDate) -> Cover {
    let begins = |year: i32| {
        let text = format!("{year:04}-{}", member.insured_from.as_deref()?);
        text.parse::<NaiveDate>().ok()
    };
    let year = chrono::Datelike::year(&today);
    match [begins(year), begins(year - 1)].into_iter().flatten().find(|day| *day <= today) {
        None => Cover::none(first),
        Some(from) => Cover {
            kind: Some(InsuranceKind::SafetyLiability),
            insurer: set.lists().insurers().first().cloned(),
            from,
            begun: first,
        },
    }
}

fn doubt(member: &Member, facts: &mut ElevatorFacts) {
    for (flag, field, raw) in &member.doubts {
        if raw.is_empty() {
            doubts::absent(facts, *flag, field);
        } else {
            doubts::note(facts, *flag, field, raw);
        }
        if field == "in_service_since" {
            facts.in_service_since = None;
        }
    }
}

/// The mark. On a day before its own it began half a year earlier; before the pilot there was none.
fn mark(member: &Member, today: NaiveDate) -> Option<Mark> {
    let pilot = member.pilot.as_ref()?;
    let begun = if pilot.since <= shift(today, -30) { pilot.since } else { shift(today, -180) };
    (begun >= fixed(2020, 10, 1)).then(|| Mark {
        since: begun,
        until: pilot.ended_days_ago.map(|days| shift(today, -days)),
        ended_because: pilot.ended_because,
        interval_days: Some(pilot.interval_days),
        basis: super::BASIS.to_owned(),
    })
}
