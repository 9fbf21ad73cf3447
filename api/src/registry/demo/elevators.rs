//! One elevator of a site, drawn from its own stream.

use chrono::NaiveDate;
use yuti_openapi::vocabulary::{AnnotationEnd, ContractKind, UseStatus};
use yuti_openapi::wire::{
    ElevatorFacts, Inspection, Insurance, Location, Manufacture, Monitoring, Parameters,
};

use super::chance::{Chance, Stream};
use super::cover::Cover;
use super::days::{fixed, shift};
use super::doubts;
use super::history::Life;
use super::identifiers::{self, Bearer};
use super::inspections::{Fate, Inspections};
use super::lists::{Maker, SiteKind, Spec};
use super::set::Set;
use super::sites::Site;
use crate::registry::intake::Mark;

/// Elevators of a site that take part in the pilot.
const PILOT_ELEVATORS: u64 = 5;

/// The catalogue since 2014.
pub(super) const CATALOGUE: &str = "2014-114";
/// The catalogue before it.
const OLDER_CATALOGUE: &str = "2004-31";

/// The elevator at a place of its site, with its marks.
pub(super) fn elevator(set: &Set<'_>, site: &Site, place: u64, index: u64) -> Option<(Life, Vec<Mark>)> {
    let (lists, today) = (set.lists(), set.today());
    let mut chance = Chance::new(set.seed(), Stream::Elevator, index);
    let code = chance.weighted(lists.categories(site.kind), |share| share.1).map(|share| share.0.as_str());
    let spec = lists.spec(code.unwrap_or("3110"))?;
    let mark = mark(site, place, spec, today, index);
    let in_force = mark.as_ref().is_some_and(|mark| mark.until.is_none());
    let status = if mark.is_some() { Some(UseStatus::InUse) } else { status(&mut chance) };
    let begun = shift(site.in_service, chance.range(0, 40));
    let installing = status == Some(UseStatus::BeingInstalled);
    let ready = if installing { shift(today, chance.range(10, 60)) } else { begun };
    let manufactured = shift(ready, -chance.range(70, 240));
    let status_since = status_since(&mut chance, status, begun, today);
    // Suspended for long or struck off: nobody inspects it any more.
    let seen_until = match status {
        Some(UseStatus::InUse | UseStatus::BeingInstalled) | None => today,
        Some(_) => status_since.unwrap_or(today),
    };
    let fate = Fate::draw(&mut chance);
    let inspections = match (installing, in_force) {
        (true, _) => Inspections::none(begun),
        (false, true) => Inspections::new(begun, index, Fate::Passed, today),
        (false, false) => Inspections::new(begun, index, fate, seen_until),
    };
    let cover = Cover::draw(lists, &mut chance, begun, seen_until, in_force);
    let (contract, monitoring) = care(&mut chance, begun, today, in_force);
    let (maker, shared) = maker(set, site, index)?;
    let older = begun < fixed(2014, 11, 1) && chance.permille(420);
    let category = if older { &spec.older_code } else { &spec.code };
    let before = site.before.as_ref().filter(|(_, over)| begun < *over);
    let bearer = Bearer {
        index,
        spec,
        maker,
        manufactured,
        in_service: (!installing).then_some(begun),
        region: before.map_or(site.district.as_str(), |(code, _)| code.as_str()),
        category,
        today,
    };
    let (building, internal_number) = position(site, place, spec);
    let keeper = lists.keepers.get(site.keeper)?;
    let facts = ElevatorFacts {
        identifiers: identifiers::all(&bearer, shared),
        use_status: status,
        use_status_since: status_since,
        district: Some(set.reference().district(&site.district)),
        address: Some(site.address.clone()),
        building: Some(building),
        internal_number: Some(internal_number),
        postal_code: None,
        location: Some(near(&mut chance, site.location)),
        category: Some(set.reference().category(if older { OLDER_CATALOGUE } else { CATALOGUE }, category)),
        manufacture: Manufacture {
            manufacturer: Some(maker.name.clone()),
            model: Some(format!("{}-{}", maker.model, 300 + 50 * (index % 15))),
            manufactured_on: Some(manufactured),
        },
        in_service_since: (!installing).then_some(begun),
        parameters: parameters(&mut chance, site, spec),
        using_unit: Some(site.using_unit.clone()),
        maintenance_unit: (!installing).then(|| keeper.unit.clone()),
        duty_phone: (!installing).then(|| keeper.duty_line.clone()),
        inspection: Inspection::default(),
        insurance: Insurance::default(),
        contract: contract.filter(|_| !installing),
        monitoring: if installing { Monitoring::default() } else { monitoring },
        quality: Vec::new(),
        raw: Default::default(),
    };
    let former = site.keeper_before.and_then(|(place, since)| Some((lists.keepers.get(place)?, since)));
    let renamed =
        site.before.as_ref().filter(|(code, over)| set.renames(code) && begun < *over && *over <= today);
    let mut life = Life {
        facts,
        begun: (!installing).then_some(begun),
        inspections,
        cover: if installing { Cover::none(begun) } else { cover },
        keeper_before: former
            .filter(|(_, since)| *since > begun)
            .map(|(keeper, since)| (keeper.unit.clone(), keeper.duty_line.clone(), since)),
        district_before: renamed.map(|(code, over)| (set.reference().district(code), *over)),
    };
    if mark.is_none() {
        doubts::apply(&mut life.facts, set.seed(), index);
    }
    life.facts = life.on(today);
    Some((life, mark.into_iter().collect()))
}

fn status(chance: &mut Chance) -> Option<UseStatus> {
    match chance.below(1000) {
        0..14 => Some(UseStatus::Suspended),
        14..21 => Some(UseStatus::UnderRepair),
        21..31 => Some(UseStatus::Deregistered),
        31..35 => Some(UseStatus::BeingInstalled),
        35..40 => None,
        _ => Some(UseStatus::InUse),
    }
}

fn status_since(
    chance: &mut Chance,
    status: Option<UseStatus>,
    begun: NaiveDate,
    today: NaiveDate,
) -> Option<NaiveDate> {
    let ago = match status? {
        UseStatus::InUse => return Some(begun),
        UseStatus::BeingInstalled => return None,
        UseStatus::UnderRepair => chance.range(1, 25),
        UseStatus::Suspended => chance.range(3, 400),
        UseStatus::Deregistered => chance.range(20, 900),
    };
    Some(shift(today, -ago).max(shift(begun, 10)))
}

/// Contract and monitoring. The pilot notice asks for one of the two: monitored, or all-inclusive.
fn care(
    chance: &mut Chance,
    begun: NaiveDate,
    today: NaiveDate,
    must: bool,
) -> (Option<ContractKind>, Monitoring) {
    let contract = match chance.below(100) {
        0..40 => Some(ContractKind::LabourOnly),
        40..63 => Some(ContractKind::PartlyInclusive),
        63..76 => Some(ContractKind::AllInclusive),
        _ => None,
    };
    let since = shift(today, -chance.range(30, 1500)).max(begun);
    let draw = chance.below(100);
    let equipped = Monitoring { equipped: Some(true), since: Some(since) };
    let monitoring = match draw {
        0..36 => equipped.clone(),
        36..80 => Monitoring { equipped: Some(false), since: None },
        _ => Monitoring::default(),
    };
    match (must, draw % 10) {
        (true, 0..7) => {
            (contract, Monitoring { since: Some(since.min(shift(today, -700)).max(begun)), ..equipped })
        }
        (true, _) => (Some(ContractKind::AllInclusive), monitoring),
        (false, _) => (contract, monitoring),
    }
}

/// The maker, and the factory number where two makers happened to give the same one.
fn maker<'s>(set: &'s Set<'_>, site: &Site, index: u64) -> Option<(&'s Maker, Option<String>)> {
    let pair = index / 50;
    let number = Some(format!("{:06}", 200_000 + pair));
    match index % 50 {
        10 => Some((set.lists().maker(pair)?, number)),
        35 => Some((set.lists().maker(pair + 1)?, number)),
        _ => Some((set.lists().maker(site.maker)?, None)),
    }
}

/// The building with its entrance, and how the using unit calls the elevator.
fn position(site: &Site, place: u64, spec: &Spec) -> (String, String) {
    let what = match spec.code.as_str() {
        "3310" => "扶梯",
        "3320" => "人行道",
        "3120" | "3130" | "3220" => "货梯",
        "3420" => "消防梯",
        "3430" => "杂物梯",
        _ => "梯",
    };
    match site.kind {
        SiteKind::Residential => {
            let building = site.first_building + place / 4;
            let entrance = place / 2 % 2 + 1;
            let side = if place.is_multiple_of(2) { "左" } else { "右" };
            let what = if what == "消防梯" { what } else { "梯" };
            (format!("{} {building} 栋 {entrance} 单元", site.name), format!("{side}{what}"))
        }
        SiteKind::Office if site.floors > 20 => {
            let tower = char::from(b'A' + u8::try_from(place / 7 % 26).unwrap_or(0));
            (format!("{} {tower} 座", site.name), format!("{} 号{what}", place % 7 + 1))
        }
        _ => (site.name.clone(), format!("{} 号{what}", place + 1)),
    }
}

fn parameters(chance: &mut Chance, site: &Site, spec: &Spec) -> Parameters {
    let load = chance.pick(&spec.loads_kg).copied();
    let tenths = chance.range(28, 33) as f64 / 10.0;
    if !spec.lift {
        let rise = chance.range(42, 92) as f64 / 10.0;
        let lowest = chance.range(1, 3);
        return Parameters {
            rated_speed_m_s: chance.pick(&spec.speeds_m_s).copied(),
            lowest_floor: Some(lowest.to_string()),
            highest_floor: Some((lowest + 1).to_string()),
            travel_m: (spec.code == "3310").then_some(rise),
            ..Parameters::default()
        };
    }
    let below = i32::try_from(site.below_ground).unwrap_or(0);
    let above = i32::try_from(site.floors).unwrap_or(2);
    let stops = (above + below).clamp(spec.stops_least.min(above.max(2)), spec.stops_most);
    let highest = stops - below.min(stops - 1);
    let lowest = if stops > highest { highest - stops } else { 1 };
    Parameters {
        rated_load_kg: load,
        rated_speed_m_s: speed(spec, stops),
        stops: Some(stops),
        lowest_floor: Some(lowest.to_string()),
        highest_floor: Some(highest.to_string()),
        travel_m: Some((f64::from(stops - 1) * tenths * 10.0).round() / 10.0),
    }
}

/// The higher a building the faster its elevators.
fn speed(spec: &Spec, stops: i32) -> Option<f64> {
    let last = i32::try_from(spec.speeds_m_s.len()).ok()? - 1;
    let place = (stops * last / spec.stops_most.max(1)).clamp(0, last);
    spec.speeds_m_s.get(usize::try_from(place).ok()?).copied()
}

/// A place some tens of metres off, to six decimals.
fn near(chance: &mut Chance, site: Location) -> Location {
    let mut off = |degrees: f64| {
        let moved = degrees + chance.range(-400, 400) as f64 / 1_000_000.0;
        (moved * 1_000_000.0).round() / 1_000_000.0
    };
    Location { longitude: off(site.longitude), latitude: off(site.latitude) }
}

/// The mark of one of a pilot site's elevators. The last of them left alone, sometimes the unit left with all.
fn mark(site: &Site, place: u64, spec: &Spec, today: NaiveDate, index: u64) -> Option<Mark> {
    let pilot = site.pilot.as_ref().filter(|_| place < PILOT_ELEVATORS && spec.lift)?;
    let left = shift(today, -10 - i64::try_from(index % 37).unwrap_or(0));
    let (until, ended_because) = match pilot.unit_left {
        Some(day) => (Some(day), Some(AnnotationEnd::UnitExit)),
        None if place + 1 < PILOT_ELEVATORS => (None, None),
        None if index.is_multiple_of(3) => (Some(left), Some(AnnotationEnd::EnteredInError)),
        None => (Some(left), Some(AnnotationEnd::ElevatorExit)),
    };
    let interval_days = Some(pilot.interval_days);
    Some(Mark { since: pilot.since, until, ended_because, interval_days, basis: super::BASIS.to_owned() })
}
