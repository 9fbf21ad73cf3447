//! Inspections and tests, year by year, from the one before the first day of service on.

use chrono::NaiveDate;
use yuti_openapi::vocabulary::{InspectionKind, InspectionResult, Precision};
use yuti_openapi::wire::Inspection;

use super::chance::Chance;
use super::days::{fixed, month_end, shift, shift_months, whole_years};

/// The years after installation in which a periodic inspection is due; later every year (TSG T7001-2023). Between them the
/// unit tests itself.
const PERIODIC_YEARS: [i32; 7] = [1, 4, 7, 9, 11, 13, 15];

/// What the register says last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// Passed and valid.
    Passed,
    /// Passed after a second look.
    PassedAfterRepair,
    /// Defects stand open.
    Defects,
    /// Failed.
    Failed,
    /// Passed long ago; nothing since.
    Lapsed,
    /// Ends within a week, so that the turn of a day can be seen.
    EndsSoon,
    /// Passed; the validity is given by day.
    ByDay,
    /// Nothing was received.
    NotReceived,
    /// A day was received, but no validity.
    ValidityNotReceived,
}

impl Fate {
    /// One of them, in the shares that a fleet shows.
    pub(super) fn draw(chance: &mut Chance) -> Self {
        match chance.below(1000) {
            0..21 => Self::Lapsed,
            21..31 => Self::Failed,
            31..41 => Self::Defects,
            41..56 => Self::NotReceived,
            56..71 => Self::ValidityNotReceived,
            71..101 => Self::PassedAfterRepair,
            101..107 => Self::EndsSoon,
            107..167 => Self::ByDay,
            _ => Self::Passed,
        }
    }
}

/// The inspections of one elevator.
#[derive(Clone, Debug)]
pub(super) struct Inspections {
    in_service: NaiveDate,
    salt: u64,
    /// The last one.
    last: Inspection,
    /// Its year, counted from the first day of service.
    year: i32,
}

impl Inspections {
    /// The inspections up to a day.
    pub(super) fn new(in_service: NaiveDate, salt: u64, fate: Fate, today: NaiveDate) -> Self {
        let mut all = Self { in_service, salt, last: Inspection::default(), year: -1 };
        let mut year = whole_years(in_service, today) + 1;
        while year > 0 && all.done_on(year) > today {
            year -= 1;
        }
        if fate == Fate::Lapsed {
            while year > 0 && all.valid_until(year) >= today {
                year -= 1;
            }
        }
        all.year = year;
        all.last = all.round(year);
        all.settle(fate, today);
        all
    }

    /// None at all: nothing was received, or there was nothing to inspect.
    pub(super) fn none(in_service: NaiveDate) -> Self {
        Self { in_service, salt: 0, last: Inspection::default(), year: -1 }
    }

    /// The same with another last one.
    pub(super) fn ending_with(mut self, last: Inspection) -> Self {
        self.last = last;
        self
    }

    fn settle(&mut self, fate: Fate, today: NaiveDate) {
        let before = self.valid_until(self.year - 1);
        let last = &mut self.last;
        match fate {
            Fate::Passed | Fate::Lapsed => {}
            Fate::PassedAfterRepair => last.result = Some(InspectionResult::PassedAfterRepair),
            Fate::Defects => last.result = Some(InspectionResult::DefectsFound),
            Fate::Failed => {
                last.result = Some(InspectionResult::Failed);
                // One that was failed gives no new validity.
                if self.year > 0 {
                    last.valid_until = Some(before);
                }
            }
            Fate::EndsSoon if self.year > 0 => {
                let until = shift(today, i64::try_from(self.salt % 7).unwrap_or(0));
                last.last_on = Some(shift(shift_months(until, -12), 1));
                last.valid_until = Some(until);
                last.valid_until_precision = Some(Precision::Day);
            }
            Fate::ByDay | Fate::EndsSoon => {
                let until = last.last_on.map(|day| shift(shift_months(day, 12), -1));
                if let Some(until) = until.filter(|until| *until > today) {
                    last.valid_until = Some(until);
                    last.valid_until_precision = Some(Precision::Day);
                }
            }
            Fate::NotReceived => *self = Self::none(self.in_service),
            Fate::ValidityNotReceived => {
                last.valid_until = None;
                last.valid_until_precision = None;
            }
        }
    }

    /// What the register said on a day.
    pub(super) fn on(&self, day: NaiveDate) -> Inspection {
        if self.last.last_on.is_none_or(|last| last <= day) {
            return self.last.clone();
        }
        let before = (0..self.year).rev().find(|year| self.done_on(*year) <= day);
        before.map(|year| self.round(year)).unwrap_or_default()
    }

    /// The days of inspections after a day, oldest first.
    pub(super) fn days_after(&self, day: NaiveDate) -> Vec<NaiveDate> {
        let last = self.last.last_on;
        (0..self.year)
            .map(|year| self.done_on(year))
            .filter(|done| last.is_none_or(|last| *done < last))
            .chain(last)
            .filter(|done| *done > day)
            .collect()
    }

    /// The month in which a year's inspection is due is the month of the first day of service.
    fn due(&self, year: i32) -> NaiveDate {
        month_end(shift_months(self.in_service, 12 * year))
    }

    fn done_on(&self, year: i32) -> NaiveDate {
        if year <= 0 {
            return shift(self.in_service, -6);
        }
        let early = (self.salt * 31 + u64::from(year.unsigned_abs()) * 17) % 44;
        shift(self.due(year), -i64::try_from(early).unwrap_or(0))
    }

    fn valid_until(&self, year: i32) -> NaiveDate {
        self.due(year + 1)
    }

    fn round(&self, year: i32) -> Inspection {
        let day = self.done_on(year);
        let kind = if year <= 0 {
            InspectionKind::Supervisory
        } else if day >= fixed(2024, 4, 2) && year < 15 && !PERIODIC_YEARS.contains(&year) {
            InspectionKind::SelfTest
        } else {
            InspectionKind::Periodic
        };
        Inspection {
            last_on: Some(day),
            kind: Some(kind),
            result: Some(InspectionResult::Passed),
            valid_until: Some(self.valid_until(year)),
            valid_until_precision: Some(Precision::Month),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn today() -> NaiveDate {
        fixed(2026, 11, 23)
    }

    #[test]
    fn whatever_the_first_day_and_the_salt_one_that_passed_is_valid_and_one_that_lapsed_is_not() {
        for months in 3..300 {
            for salt in 0..44 {
                let first = shift_months(today(), -months);
                let passed = Inspections::new(first, salt, Fate::Passed, today()).on(today());
                assert!(passed.valid_until.unwrap() >= today(), "{first} {salt}");
                assert!(passed.last_on.unwrap() <= today());
                let lapsed = Inspections::new(first, salt, Fate::Lapsed, today()).on(today());
                assert!(months < 13 || lapsed.valid_until.unwrap() < today(), "{first} {salt}");
            }
        }
    }

    #[test]
    fn inspection_and_self_test_take_turns_as_the_rule_of_2023_has_it() {
        let all = Inspections::new(fixed(2022, 5, 10), 0, Fate::Passed, today());
        let kinds: Vec<InspectionKind> = (0..=4).map(|year| all.round(year).kind.unwrap()).collect();
        assert_eq!(
            kinds,
            [
                InspectionKind::Supervisory,
                InspectionKind::Periodic,
                InspectionKind::SelfTest,
                InspectionKind::SelfTest,
                InspectionKind::Periodic
            ]
        );
        let old = Inspections::new(fixed(2017, 5, 10), 0, Fate::Passed, today());
        assert_eq!(old.round(5).kind, Some(InspectionKind::Periodic), "every year before 2024-04");
        assert_eq!(old.round(9).valid_until, Some(fixed(2027, 5, 31)));
    }

    #[test]
    fn the_past_of_an_inspection_is_the_inspection_before() {
        let all = Inspections::new(fixed(2019, 8, 12), 32, Fate::Passed, today());
        assert_eq!(all.on(today()).last_on, Some(fixed(2026, 8, 20)));
        let before = all.on(fixed(2026, 8, 19));
        assert_eq!(before.valid_until, Some(fixed(2026, 8, 31)));
        assert_eq!(all.days_after(fixed(2023, 12, 31)).len(), 3);
        assert_eq!(all.on(fixed(2019, 1, 1)), Inspection::default());
    }
}
