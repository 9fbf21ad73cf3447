//! Where elevators stand: blocks of twenty-four, each falling apart into sites.

use chrono::NaiveDate;
use yuti_openapi::wire::{Location, UnitRef};

use super::chance::{Chance, Stream};
use super::days::{fixed, shift, shift_months};
use super::lists::{BLOCK, Lists, Place, Plan, SiteKind};
use super::names;

/// A site: an estate, a hospital, …
#[derive(Clone, Debug)]
pub(super) struct Site {
    pub(super) kind: SiteKind,
    pub(super) district: String,
    /// The code under which its elevators were registered before, and the first day on which that was over.
    pub(super) before: Option<(String, NaiveDate)>,
    pub(super) zone_key: Option<String>,
    pub(super) name: String,
    pub(super) address: String,
    pub(super) location: Location,
    pub(super) in_service: NaiveDate,
    pub(super) using_unit: UnitRef,
    /// The place of its maintenance unit in the list.
    pub(super) keeper: usize,
    /// The maintenance unit before, and the first day of the present one.
    pub(super) keeper_before: Option<(usize, NaiveDate)>,
    /// The number of its elevators' maker.
    pub(super) maker: u64,
    pub(super) floors: i64,
    pub(super) below_ground: i64,
    /// The number of its first building.
    pub(super) first_building: u64,
    pub(super) pilot: Option<SitePilot>,
    /// The place of its first elevator within the block.
    pub(super) first: u64,
}

/// The part a site takes in the pilot.
#[derive(Clone, Debug)]
pub(super) struct SitePilot {
    pub(super) since: NaiveDate,
    pub(super) interval_days: i32,
    /// The day on which the unit left with all its elevators.
    pub(super) unit_left: Option<NaiveDate>,
}

/// The pilot began with the notice of 2020-09; the first marks came in October.
const FIRST_MARKS: (i32, u32, u32) = (2020, 10, 1);

/// The sites of a block, in the order of their elevators.
pub(super) fn block(lists: &Lists, seed: u64, number: u64, today: NaiveDate) -> Vec<Site> {
    let mut chance = Chance::new(seed, Stream::Block, number);
    let plan = chance.weighted(&lists.plans, |plan: &Plan| plan.weight).or(lists.plans.first());
    let mut sites = Vec::new();
    let mut first = 0;
    for (place, (kind, elevators)) in
        plan.map(|plan| plan.sites.as_slice()).unwrap_or_default().iter().enumerate()
    {
        // The first site of each block goes round the districts, so that none of them stays empty.
        let district = match place {
            0 => round_robin(&lists.places, seed, number),
            _ => chance.weighted(&lists.places, |place: &Place| place.weight),
        };
        if let Some(district) = district {
            sites.push(site(lists, &mut chance, *kind, district, first, today));
        }
        first += elevators;
    }
    let number = number.wrapping_add(seed);
    if number % 12 == 5
        && let Some(last) = sites.last_mut()
    {
        last.pilot = pilot(&mut chance, last.in_service, number / 12, today);
    }
    sites
}

/// The site at a place within the block, and the place within the site.
pub(super) fn site_at(sites: &[Site], index: u64) -> Option<(&Site, u64)> {
    let within = index % BLOCK;
    sites.iter().rfind(|site| site.first <= within).map(|site| (site, within - site.first))
}

fn round_robin(places: &[Place], seed: u64, number: u64) -> Option<&Place> {
    let place = number.wrapping_add(seed).checked_rem(places.len() as u64)?;
    places.get(usize::try_from(place).ok()?)
}

fn site(
    lists: &Lists,
    chance: &mut Chance,
    kind: SiteKind,
    place: &Place,
    first: u64,
    today: NaiveDate,
) -> Site {
    let toponym = chance.below(lists.toponyms());
    let (least, most, below) = lists.floors(kind);
    // A fleet that grows is younger than it is old: the later of two draws.
    let age_in_months = chance.below(276).min(chance.below(276)) + 2;
    let in_service =
        shift(shift_months(today, -i32::try_from(age_in_months).unwrap_or(2)), -chance.range(0, 27));
    let keeper = keeper(lists, chance);
    let changed_on = shift(today, -chance.range(30, 2400));
    let other = self::keeper(lists, chance);
    let changed = chance.permille(350) && other != keeper && changed_on > shift(in_service, 60);
    Site {
        kind,
        district: place.code.clone(),
        before: chance.pick(&place.before).cloned(),
        zone_key: place.zone_key.clone().filter(|_| chance.permille(place.zone_permille)),
        name: names::site(lists, kind, toponym, chance),
        address: names::address(lists, toponym, chance),
        location: Location {
            longitude: place.longitude + spread(chance, place.half_width),
            latitude: place.latitude + spread(chance, place.half_height),
        },
        in_service,
        using_unit: names::using_unit(lists, kind, toponym, chance),
        keeper,
        keeper_before: changed.then_some((other, changed_on)),
        maker: chance.below(lists.makers.len() as u64),
        floors: chance.range(least, most),
        below_ground: chance.range(0, below),
        first_building: chance.below(9) + 1,
        pilot: None,
        first,
    }
}

fn keeper(lists: &Lists, chance: &mut Chance) -> usize {
    let places: Vec<(usize, u64)> = lists.keepers.iter().map(|keeper| keeper.weight).enumerate().collect();
    chance.weighted(&places, |place| place.1).map_or(0, |place| place.0)
}

/// A distance from the middle, more often near than far.
fn spread(chance: &mut Chance, half: f64) -> f64 {
    let unit = |chance: &mut Chance| chance.range(-10_000, 10_000) as f64 / 20_000.0;
    (unit(chance) + unit(chance)) * half
}

fn pilot(chance: &mut Chance, in_service: NaiveDate, number: u64, today: NaiveDate) -> Option<SitePilot> {
    let (year, month, day) = FIRST_MARKS;
    let since = shift(today, -chance.range(60, 620));
    let interval_days = chance.pick(&[20, 25, 30, 30, 40, 45]).copied().unwrap_or(30);
    let left = shift(today, -chance.range(5, 50));
    // An elevator must have a year behind it with which the promises can be compared.
    let may = since >= fixed(year, month, day) && since >= shift_months(in_service, 12);
    may.then_some(SitePilot { since, interval_days, unit_left: (number % 6 == 4).then_some(left) })
}
