//! What the set is made of: words, places, plans of sites, categories, makers and maintenance units, as data files.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use yuti_openapi::Uscc;
use yuti_openapi::wire::UnitRef;

use super::SeedError;
use super::cast::Member;
use crate::profile;

/// What a site is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum SiteKind {
    /// A housing estate.
    Residential,
    /// An office building.
    Office,
    /// A hospital.
    Hospital,
    /// A shopping centre or market.
    Mall,
    /// A metro station.
    Metro,
    /// A hotel.
    Hotel,
    /// A school.
    School,
    /// A factory or warehouse.
    Factory,
}

/// How a block of elevators falls apart into sites.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Plan {
    pub(super) weight: u64,
    pub(super) sites: Vec<(SiteKind, u64)>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kinds {
    plan: Vec<Plan>,
    categories: BTreeMap<SiteKind, Vec<(String, u64)>>,
    floors: BTreeMap<SiteKind, (i64, i64, i64)>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    first: Vec<String>,
    landform: Vec<String>,
    road: Vec<String>,
    building: BTreeMap<SiteKind, Vec<String>>,
    using_unit: BTreeMap<SiteKind, Vec<String>>,
    insurance: Insurance,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Insurance {
    insurers: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PlaceRow {
    code: String,
    weight: u64,
    longitude: f64,
    latitude: f64,
    half_width: f64,
    half_height: f64,
    registered_before: String,
    zone_key: Option<String>,
    zone_permille: u64,
}

/// A district with elevators.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) code: String,
    pub(super) weight: u64,
    pub(super) longitude: f64,
    pub(super) latitude: f64,
    pub(super) half_width: f64,
    pub(super) half_height: f64,
    /// Codes under which elevators here were registered before, and the first day on which that was over.
    pub(super) before: Vec<(String, NaiveDate)>,
    pub(super) zone_key: Option<String>,
    pub(super) zone_permille: u64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SpecRow {
    code: String,
    certificate: String,
    older_code: String,
    lift: String,
    loads_kg: String,
    speeds_m_s: String,
    stops_least: i32,
    stops_most: i32,
}

/// What elevators of a category are like.
#[derive(Clone, Debug)]
pub(super) struct Spec {
    /// The code of the catalogue in force since 2014.
    pub(super) code: String,
    /// The two digits in its certificate's number.
    pub(super) certificate: String,
    /// The code of the catalogue before it.
    pub(super) older_code: String,
    /// Whether it has a car: escalators and walks have none.
    pub(super) lift: bool,
    pub(super) loads_kg: Vec<f64>,
    /// Slowest first.
    pub(super) speeds_m_s: Vec<f64>,
    pub(super) stops_least: i32,
    pub(super) stops_most: i32,
}

/// A maker.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Maker {
    pub(super) name: String,
    pub(super) model: String,
    /// Five digits in its equipment codes.
    pub(super) licence: String,
    /// Nine places in its older lifelong codes.
    pub(super) organisation: String,
    /// With what its factory numbers begin.
    pub(super) prefix: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeeperRow {
    name: String,
    weight: u64,
    district: String,
    organisation: String,
    duty_line: String,
}

/// A maintenance unit.
#[derive(Clone, Debug)]
pub(super) struct Keeper {
    pub(super) unit: UnitRef,
    pub(super) weight: u64,
    pub(super) duty_line: String,
}

/// All of it.
#[derive(Debug)]
pub(super) struct Lists {
    words: Words,
    pub(super) plans: Vec<Plan>,
    categories: BTreeMap<SiteKind, Vec<(String, u64)>>,
    floors: BTreeMap<SiteKind, (i64, i64, i64)>,
    pub(super) places: Vec<Place>,
    specs: Vec<Spec>,
    pub(super) makers: Vec<Maker>,
    pub(super) keepers: Vec<Keeper>,
    pub(super) cast: Vec<Member>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Cast {
    member: Vec<Member>,
}

/// Elevators of one block; every plan adds up to it.
pub(super) const BLOCK: u64 = 24;

impl Lists {
    /// The lists, with the districts of the city that exist on a day.
    ///
    /// # Errors
    /// A file is not what it should be, or the profile is of another city.
    pub(super) fn read(reference: &profile::Reference, today: NaiveDate) -> Result<Self, SeedError> {
        let words: Words = toml_file("words.toml", include_str!("../../../data/demo/words.toml"))?;
        let kinds: Kinds = toml_file("kinds.toml", include_str!("../../../data/demo/kinds.toml"))?;
        let places = csv_file("districts.csv", include_str!("../../../data/demo/districts.csv"))?;
        let specs = csv_file("categories.csv", include_str!("../../../data/demo/categories.csv"))?;
        let makers = csv_file("makers.csv", include_str!("../../../data/demo/makers.csv"))?;
        let keepers =
            csv_file("maintenance_units.csv", include_str!("../../../data/demo/maintenance_units.csv"))?;
        let cast: Cast = toml_file("cast.toml", include_str!("../../../data/demo/cast.toml"))?;
        let lists = Self {
            words,
            plans: kinds.plan,
            categories: kinds.categories,
            floors: kinds.floors,
            places: self::places(places, reference, today),
            specs: specs.into_iter().map(spec).collect::<Result<_, _>>()?,
            makers,
            cast: cast.member,
            keepers: keepers.into_iter().map(keeper).collect::<Result<_, _>>()?,
        };
        lists.check()?;
        Ok(lists)
    }

    fn check(&self) -> Result<(), SeedError> {
        if self.places.is_empty() {
            return Err(SeedError::OtherCity);
        }
        let words = &self.words;
        let empty = words.first.is_empty()
            || words.landform.is_empty()
            || words.road.is_empty()
            || words.insurance.insurers.is_empty();
        if empty {
            return bad("words.toml", "has an empty list; every list needs a word");
        }
        if self.plans.iter().any(|plan| plan.sites.iter().map(|site| site.1).sum::<u64>() != BLOCK) {
            return bad("kinds.toml", "has a plan whose sites do not add up to 24 elevators");
        }
        for kind in self.plans.iter().flat_map(|plan| plan.sites.iter().map(|site| site.0)) {
            let known = words.building.get(&kind).is_some_and(|list| !list.is_empty())
                && words.using_unit.get(&kind).is_some_and(|list| !list.is_empty())
                && self.floors.contains_key(&kind)
                && self.categories(kind).iter().all(|(code, _)| self.spec(code).is_some());
            if !known {
                return bad("kinds.toml", &format!("leaves something out about sites of the kind {kind:?}"));
            }
        }
        if self.makers.is_empty() || self.keepers.is_empty() {
            return bad("makers.csv", "and maintenance_units.csv each need a row");
        }
        Ok(())
    }

    /// How many toponyms the words make.
    pub(super) fn toponyms(&self) -> u64 {
        (self.words.first.len() * self.words.landform.len()) as u64
    }

    /// A toponym by its number, which may be any.
    pub(super) fn toponym(&self, number: u64) -> String {
        let landforms = self.words.landform.len() as u64;
        format!(
            "{}{}",
            at(&self.words.first, number / landforms.max(1)),
            at(&self.words.landform, number % landforms.max(1))
        )
    }

    /// Words that follow a toponym in the name of a road.
    pub(super) fn roads(&self) -> &[String] {
        &self.words.road
    }

    /// Words that follow a toponym in the name of a site.
    pub(super) fn buildings(&self, kind: SiteKind) -> &[String] {
        self.words.building.get(&kind).map_or(&[], Vec::as_slice)
    }

    /// Words that follow a toponym in the name of a using unit.
    pub(super) fn using_units(&self, kind: SiteKind) -> &[String] {
        self.words.using_unit.get(&kind).map_or(&[], Vec::as_slice)
    }

    /// Insurers.
    pub(super) fn insurers(&self) -> &[String] {
        &self.words.insurance.insurers
    }

    /// Shares of the categories at sites of a kind.
    pub(super) fn categories(&self, kind: SiteKind) -> &[(String, u64)] {
        self.categories.get(&kind).map_or(&[], Vec::as_slice)
    }

    /// Storeys of sites of a kind: least, most, most below ground.
    pub(super) fn floors(&self, kind: SiteKind) -> (i64, i64, i64) {
        self.floors.get(&kind).copied().unwrap_or((2, 2, 0))
    }

    /// What elevators of a category are like.
    pub(super) fn spec(&self, code: &str) -> Option<&Spec> {
        self.specs.iter().find(|spec| spec.code == code)
    }

    /// A maker by its number, which may be any.
    pub(super) fn maker(&self, number: u64) -> Option<&Maker> {
        let place = number.checked_rem(self.makers.len() as u64)?;
        self.makers.get(usize::try_from(place).ok()?)
    }
}

fn at(words: &[String], number: u64) -> &str {
    let place = number.checked_rem(words.len() as u64).and_then(|place| usize::try_from(place).ok());
    place.and_then(|place| words.get(place)).map_or("", String::as_str)
}

fn places(rows: Vec<PlaceRow>, reference: &profile::Reference, today: NaiveDate) -> Vec<Place> {
    let standing = |row: &PlaceRow| {
        reference.district(&row.code).is_some_and(|district| {
            district.existed_on(today) || district.valid_from.is_none() && district.valid_to.is_none()
        })
    };
    let place = |row: PlaceRow| {
        let gone = |code: &str| {
            let mut history = reference.district_history.iter();
            history.find(|old| old.old_code == code && old.successor_code == row.code).map(|old| old.gone_by)
        };
        let before = row.registered_before.split(';').filter_map(|code| Some((code.to_owned(), gone(code)?)));
        Place {
            before: before.collect(),
            code: row.code.clone(),
            weight: row.weight,
            longitude: row.longitude,
            latitude: row.latitude,
            half_width: row.half_width,
            half_height: row.half_height,
            zone_key: row.zone_key.filter(|key| reference.zones.iter().any(|zone| zone.key == *key)),
            zone_permille: row.zone_permille,
        }
    };
    rows.into_iter().filter(standing).map(place).collect()
}

fn spec(row: SpecRow) -> Result<Spec, SeedError> {
    let numbers = |text: &str| text.split_whitespace().map(str::parse).collect::<Result<Vec<f64>, _>>();
    let (Ok(loads_kg), Ok(speeds_m_s)) = (numbers(&row.loads_kg), numbers(&row.speeds_m_s)) else {
        return bad("categories.csv", &format!("has a load or a speed of {} that is no number", row.code));
    };
    Ok(Spec {
        code: row.code,
        certificate: row.certificate,
        older_code: row.older_code,
        lift: row.lift == "yes",
        loads_kg,
        speeds_m_s,
        stops_least: row.stops_least,
        stops_most: row.stops_most,
    })
}

fn keeper(row: KeeperRow) -> Result<Keeper, SeedError> {
    let Some(uscc) = Uscc::complete(&format!("91{}", row.district), &row.organisation) else {
        return bad(
            "maintenance_units.csv",
            &format!("has an organisation number that cannot be: {}", row.organisation),
        );
    };
    let unit = UnitRef { id: None, name: row.name, uscc: Some(uscc.as_str().to_owned()) };
    Ok(Keeper { unit, weight: row.weight, duty_line: row.duty_line })
}

fn bad<T>(file: &'static str, problem: &str) -> Result<T, SeedError> {
    Err(SeedError::Data { file, problem: problem.to_owned() })
}

fn toml_file<T: DeserializeOwned>(file: &'static str, text: &str) -> Result<T, SeedError> {
    toml::from_str(text).map_err(|error| SeedError::Data { file, problem: error.to_string() })
}

fn csv_file<T: DeserializeOwned>(file: &'static str, text: &str) -> Result<Vec<T>, SeedError> {
    csv::Reader::from_reader(text.as_bytes())
        .deserialize()
        .collect::<Result<_, _>>()
        .map_err(|error| SeedError::Data { file, problem: error.to_string() })
}
