//! The life of an elevator: what the register said on any day, and the versions that follow from it.

use chrono::{Duration, NaiveDate};
use chrono_tz::Tz;
use yuti_entity::Timestamp;
use yuti_openapi::vocabulary::UseStatus;
use yuti_openapi::wire::{ElevatorFacts, Identifier, Monitoring, Named, UnitRef};

use super::cover::Cover;
use super::days::{shift, shift_months};
use super::inspections::Inspections;
use crate::clock::start_of_day;
use crate::registry::intake::Earlier;

/// Changes so close together reach the register with one delivery.
const ONE_DELIVERY_DAYS: i64 = 7;

/// What an elevator's facts were before, beside what they are.
#[derive(Clone, Debug)]
pub(super) struct Life {
    /// The facts today.
    pub(super) facts: ElevatorFacts,
    /// The first day of service; `None`: not yet.
    pub(super) begun: Option<NaiveDate>,
    pub(super) inspections: Inspections,
    pub(super) cover: Cover,
    /// The maintenance unit and its duty line before, and the first day of the present ones.
    pub(super) keeper_before: Option<(UnitRef, String, NaiveDate)>,
    /// The district before, and the first day of the present one.
    pub(super) district_before: Option<(Named, NaiveDate)>,
}

/// When and where versions are recorded.
#[derive(Clone, Copy, Debug)]
pub(super) struct Recording {
    pub(super) today: NaiveDate,
    pub(super) years: u32,
    /// When the present version is recorded.
    pub(super) at: Timestamp,
    pub(super) zone: Tz,
    pub(super) index: u64,
}

impl Life {
    /// What the register said on a day.
    pub(super) fn on(&self, day: NaiveDate) -> ElevatorFacts {
        let mut facts = self.facts.clone();
        facts.inspection = self.inspections.on(day);
        facts.insurance = self.cover.on(day);
        if let Some((unit, line, since)) = &self.keeper_before
            && day < *since
        {
            facts.maintenance_unit = Some(unit.clone());
            facts.duty_phone = Some(line.clone());
        }
        if let Some((district, since)) = &self.district_before
            && day < *since
        {
            facts.district = Some(district.clone());
        }
        if self.began_later(facts.use_status_since, day) && facts.use_status != Some(UseStatus::InUse) {
            facts.use_status = Some(UseStatus::InUse);
            facts.use_status_since = self.begun;
        }
        if self.began_later(facts.monitoring.since, day) {
            facts.monitoring = Monitoring { equipped: Some(false), since: None };
        }
        facts.identifiers = identifiers_on(&facts.identifiers, day);
        facts
    }

    fn began_later(&self, since: Option<NaiveDate>, day: NaiveDate) -> bool {
        self.begun.is_some() && since.is_some_and(|since| since > day)
    }

    /// The days after a day on which something changed, sorted; of those in one delivery the last.
    fn changes(&self, after: NaiveDate, today: NaiveDate) -> Vec<NaiveDate> {
        let mut days = self.inspections.days_after(after);
        days.extend(self.cover.days_after(after));
        days.extend(self.keeper_before.as_ref().map(|before| before.2));
        days.extend(self.district_before.as_ref().map(|before| before.1));
        days.extend(self.facts.use_status_since);
        days.extend(self.facts.monitoring.since);
        for identifier in &self.facts.identifiers {
            days.extend(identifier.since);
            days.extend(identifier.until.map(|until| shift(until, 1)));
        }
        days.retain(|day| *day > after && *day <= today);
        days.sort_unstable();
        let mut kept: Vec<NaiveDate> = Vec::with_capacity(days.len());
        for day in days {
            match kept.last_mut() {
                Some(last) if day <= shift(*last, ONE_DELIVERY_DAYS) => *last = day,
                _ => kept.push(day),
            }
        }
        kept
    }

    /// The first day for which the present facts speak.
    pub(super) fn valid_from(&self, today: NaiveDate) -> Option<NaiveDate> {
        let begun = self.begun?;
        self.changes(begun, today).last().copied().or(Some(begun))
    }

    /// The versions before the present one within so many years, oldest first. The register is read for the first time where
    /// they begin, or when the elevator went into service.
    pub(super) fn earlier(&self, recording: Recording) -> Vec<Earlier> {
        let Some(begun) = self.begun.filter(|_| recording.years > 0) else { return Vec::new() };
        let years = i32::try_from(recording.years).unwrap_or(0);
        let first = shift_months(recording.today, -12 * years).max(begun);
        let mut changes = self.changes(first, recording.today);
        changes.retain(|day| *day > shift(first, ONE_DELIVERY_DAYS));
        let before = self.changes(begun, first).last().copied().unwrap_or(begun);
        let starts = std::iter::once(before).chain(changes.iter().copied());
        let recorded = |place: usize, day: NaiveDate| recording.delivered(place, day);
        let mut versions = Vec::with_capacity(changes.len());
        for (place, (start, next)) in starts.zip(&changes).enumerate() {
            let read_on = if place == 0 { first } else { start };
            versions.push(Earlier {
                facts: self.on(shift(*next, -1)),
                valid_from: Some(start),
                valid_to: Some(shift(*next, -1)),
                recorded_at: recorded(place, read_on),
                superseded_at: recorded(place + 1, *next),
            });
        }
        if let Some(last) = versions.last_mut() {
            last.superseded_at = recording.at;
        }
        versions
    }
}

impl Recording {
    /// A change of a day is read from the register in one of the next nights.
    fn delivered(&self, place: usize, day: NaiveDate) -> Timestamp {
        let salt = i64::try_from(self.index.wrapping_add(place as u64) % 1009).unwrap_or(0);
        let night = start_of_day(shift(day, 1 + salt % 3), &self.zone);
        night + Duration::minutes(120 + salt % 97) + Duration::seconds(salt % 60)
    }
}

fn identifiers_on(identifiers: &[Identifier], day: NaiveDate) -> Vec<Identifier> {
    let mut all: Vec<Identifier> = identifiers
        .iter()
        .filter(|identifier| identifier.since.is_none_or(|since| since <= day))
        .cloned()
        .collect();
    for identifier in &mut all {
        identifier.until = identifier.until.filter(|until| *until < day);
    }
    all.sort_by_key(|identifier| identifier.until.is_some());
    all
}
