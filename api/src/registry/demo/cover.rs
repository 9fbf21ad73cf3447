//! Insurance, period by period.

use chrono::NaiveDate;
use yuti_openapi::vocabulary::InsuranceKind;
use yuti_openapi::wire::Insurance;

use super::chance::Chance;
use super::days::{shift, shift_months};
use super::lists::Lists;

/// The insurance of one elevator: a year at a time, renewed until the last period.
#[derive(Clone, Debug)]
pub(super) struct Cover {
    pub(super) kind: Option<InsuranceKind>,
    pub(super) insurer: Option<String>,
    /// The first day of the last period.
    pub(super) from: NaiveDate,
    /// Nothing was insured before this day.
    pub(super) begun: NaiveDate,
}

impl Cover {
    /// A kind and a period in the shares that a fleet shows. `must`: insured and valid, as the pilot notice asks.
    pub(super) fn draw(
        lists: &Lists,
        chance: &mut Chance,
        begun: NaiveDate,
        today: NaiveDate,
        must: bool,
    ) -> Self {
        let kind = match (must, chance.below(1000)) {
            (_, 0..450) | (true, 800..) => Some(InsuranceKind::SafetyLiability),
            (_, 450..510) | (true, 650..800) => Some(InsuranceKind::InsuranceAndService),
            (_, 510..550) | (true, 550..650) => Some(InsuranceKind::LifeCycle),
            (false, 550..570) => Some(InsuranceKind::Other),
            (false, 570..650) => Some(InsuranceKind::NotInsured),
            (false, 650..) => None,
        };
        let into_the_year = chance.range(0, 364);
        let expired = chance.permille(70) && !must;
        let from = shift(today, -into_the_year);
        let from = if expired { shift_months(from, -12) } else { from };
        let named = !matches!(kind, None | Some(InsuranceKind::NotInsured));
        let insurer = chance.pick(lists.insurers()).cloned().filter(|_| named);
        Self { kind, insurer, from, begun }
    }

    /// Nothing was received.
    pub(super) fn none(begun: NaiveDate) -> Self {
        Self { kind: None, insurer: None, from: begun, begun }
    }

    /// What the register said on a day.
    pub(super) fn on(&self, day: NaiveDate) -> Insurance {
        match self.kind {
            None => Insurance::default(),
            Some(InsuranceKind::NotInsured) => {
                Insurance { kind: self.kind, insurer: None, valid_from: None, valid_until: None }
            }
            Some(kind) => match self.starts().find(|start| *start <= day) {
                None => Insurance::default(),
                Some(start) => Insurance {
                    kind: Some(kind),
                    insurer: self.insurer.clone(),
                    valid_from: Some(start),
                    valid_until: Some(shift(shift_months(start, 12), -1)),
                },
            },
        }
    }

    /// The days after a day on which a period began, oldest first.
    pub(super) fn days_after(&self, day: NaiveDate) -> Vec<NaiveDate> {
        if matches!(self.kind, None | Some(InsuranceKind::NotInsured)) {
            return Vec::new();
        }
        let mut days: Vec<NaiveDate> = self.starts().take_while(|start| *start > day).collect();
        days.reverse();
        days
    }

    /// First days of the periods, the last one first. The last one stands even where it began before all else.
    fn starts(&self) -> impl Iterator<Item = NaiveDate> {
        let (from, begun) = (self.from, self.begun);
        (0..60)
            .map(move |years| shift_months(from, -12 * years))
            .enumerate()
            .take_while(move |(place, start)| *place == 0 || *start >= begun)
            .map(|(_, start)| start)
    }
}
