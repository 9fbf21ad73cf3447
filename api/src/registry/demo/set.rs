//! The set: any elevator of it by its place, made anew each time and always the same.

use chrono::NaiveDate;
use chrono_tz::Tz;
use yuti_entity::Timestamp;
use yuti_openapi::wire::ElevatorFacts;

use super::history::{Life, Recording};
use super::lists::{BLOCK, Lists};
use super::sites::{self, Site};
use super::{Options, SeedError, cast, elevators};
use crate::clock::start_of_day;
use crate::profile::Profile;
use crate::registry::intake::{Incoming, Mark};
use crate::registry::reference::Reference;

/// The set of a seed, as it stands on a day.
#[derive(Debug)]
pub(super) struct Set<'r> {
    lists: Lists,
    reference: &'r Reference,
    default_identifier: String,
    options: Options,
    today: NaiveDate,
    zone: Tz,
    /// Elevators come one after the other: the block of the last one is kept.
    block: Option<(u64, Vec<Site>)>,
}

impl<'r> Set<'r> {
    /// The set.
    ///
    /// # Errors
    /// The profile is not of the city that the set is about.
    pub(super) fn new(
        profile: &Profile,
        reference: &'r Reference,
        options: Options,
        today: NaiveDate,
    ) -> Result<Self, SeedError> {
        let lists = Lists::read(profile.reference(), today)?;
        let kinds = ["rescue_code", "equipment_code", "registration_code", "certificate_number"];
        let known = kinds.iter().all(|kind| profile.identifier_kind(kind).is_some())
            && reference.known_category(elevators::CATALOGUE, "3110").is_some()
            && lists.places.iter().all(|place| reference.knows_district(&place.code));
        if !known {
            return Err(SeedError::OtherCity);
        }
        Ok(Self {
            lists,
            reference,
            default_identifier: profile.default_identifier.clone(),
            options,
            today,
            zone: profile.time_zone,
            block: None,
        })
    }

    pub(super) fn lists(&self) -> &Lists {
        &self.lists
    }

    pub(super) fn reference(&self) -> &Reference {
        self.reference
    }

    pub(super) fn today(&self) -> NaiveDate {
        self.today
    }

    pub(super) fn seed(&self) -> u64 {
        self.options.seed
    }

    /// When the set is recorded: the first instant of its day, so that it is the same whenever it is made on that day.
    pub(super) fn at(&self) -> Timestamp {
        start_of_day(self.today, &self.zone)
    }

    /// Whether a code under which elevators were registered was a district of the list, and not only a code of long ago.
    pub(super) fn renames(&self, code: &str) -> bool {
        self.reference.knows_district(code)
    }

    /// The elevator at a place.
    pub(super) fn elevator(&mut self, index: u64) -> Option<Incoming> {
        let (life, marks, zone_key) = match cast::member(self, index) {
            Some((life, marks)) => (life, marks, None),
            None => self.drawn(index)?,
        };
        Some(self.incoming(index, &life, marks, zone_key))
    }

    fn drawn(&mut self, index: u64) -> Option<(Life, Vec<Mark>, Option<String>)> {
        let number = index / BLOCK;
        let sites = match self.block.take() {
            Some((kept, sites)) if kept == number => sites,
            _ => sites::block(&self.lists, self.options.seed, number, self.today),
        };
        let made = sites::site_at(&sites, index).and_then(|(site, place)| {
            let (life, marks) = elevators::elevator(self, site, place, index)?;
            Some((life, marks, site.zone_key.clone()))
        });
        self.block = Some((number, sites));
        made
    }

    fn incoming(
        &self,
        index: u64,
        life: &Life,
        annotations: Vec<Mark>,
        zone_key: Option<String>,
    ) -> Incoming {
        let recording =
            Recording { today: self.today, years: self.options.years, at: self.at(), zone: self.zone, index };
        Incoming {
            source_key: format!("demo-{:07}", index + 1),
            code: self.code(&life.facts),
            zone_key,
            valid_from: life.valid_from(self.today),
            annotations,
            earlier: life.earlier(recording),
            facts: life.facts.clone(),
        }
    }

    /// The identifier that people know it by.
    fn code(&self, facts: &ElevatorFacts) -> String {
        let in_force = || facts.identifiers.iter().filter(|identifier| identifier.until.is_none());
        let default = in_force().find(|identifier| identifier.kind == self.default_identifier);
        default.or_else(|| in_force().next()).map(|identifier| identifier.value.clone()).unwrap_or_default()
    }
}
