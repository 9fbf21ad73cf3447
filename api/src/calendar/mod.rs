//! Working days: statutory holidays and make-up working days as data, and the ways of counting that the law knows.
//!
//! Every count treats the day it starts from as day zero: it is not counted. A day that the data do not reach is counted by
//! weekends alone and comes back marked provisional, so that nobody is held to it.

mod file;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, Days, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

pub use file::{BadLine, CalendarError, Difference};

/// What the notices make of a day that the plain week would have otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DayKind {
    /// A day off.
    Holiday,
    /// A working day, usually a Saturday or Sunday worked in exchange for a bridge day.
    Workday,
}

/// A day that a notice names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpecialDay {
    /// Off or worked.
    #[serde(rename = "type")]
    pub kind: DayKind,
    /// The holiday it belongs to.
    pub name: String,
}

/// A day reached by counting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Counted {
    /// The day.
    pub day: NaiveDate,
    /// Whether a part of the count lies outside the known calendar. Such a day may be shown, never acted on against anyone.
    pub provisional: bool,
}

/// The calendar of one country: which years are known, and the days in them that differ from the plain week.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Calendar {
    source: String,
    timezone: String,
    /// Known years with the addresses of the notices they come from.
    papers: BTreeMap<i32, Vec<String>>,
    days: BTreeMap<NaiveDate, SpecialDay>,
    /// Years that this file means to replace as a whole when it is loaded over another.
    #[serde(skip)]
    replaces: BTreeSet<i32>,
}

impl Calendar {
    /// A calendar that knows nothing but the week. Every day it counts is provisional.
    #[must_use]
    pub fn weekends_only(timezone: &str) -> Self {
        Self {
            source: String::new(),
            timezone: timezone.to_owned(),
            papers: BTreeMap::new(),
            days: BTreeMap::new(),
            replaces: BTreeSet::new(),
        }
    }

    /// Where the days come from.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The name of the time zone whose days these are.
    #[must_use]
    pub fn timezone(&self) -> &str {
        &self.timezone
    }

    /// The known years with the addresses of the notices they come from.
    #[must_use]
    pub fn papers(&self) -> &BTreeMap<i32, Vec<String>> {
        &self.papers
    }

    /// The days that differ from the plain week, or that a notice names all the same.
    #[must_use]
    pub fn days(&self) -> &BTreeMap<NaiveDate, SpecialDay> {
        &self.days
    }

    /// The first day of the known years.
    #[must_use]
    pub fn known_from(&self) -> Option<NaiveDate> {
        NaiveDate::from_ymd_opt(*self.papers.first_key_value()?.0, 1, 1)
    }

    /// The last day of the known years. `None` where no year is known.
    #[must_use]
    pub fn known_until(&self) -> Option<NaiveDate> {
        NaiveDate::from_ymd_opt(*self.papers.last_key_value()?.0, 12, 31)
    }

    /// Whether `day` is worked, as far as the calendar knows; weekends alone decide outside the known years.
    #[must_use]
    pub fn is_working_day(&self, day: NaiveDate) -> bool {
        match self.days.get(&day) {
            Some(special) => special.kind == DayKind::Workday,
            None => !matches!(day.weekday(), Weekday::Sat | Weekday::Sun),
        }
    }

    /// The `n`-th working day after `found`. The day itself is not counted (Civil Code Art. 201); `n = 0` is `found`.
    #[must_use]
    pub fn after_working_days(&self, found: NaiveDate, n: u32) -> Counted {
        let mut day = found;
        let mut left = n;
        while left > 0 {
            let Some(next) = day.succ_opt() else { break };
            day = next;
            if self.is_working_day(day) {
                left -= 1;
            }
        }
        let first = if n == 0 { found } else { first_day_after(found) };
        self.counted(first, day)
    }

    /// The last day of a period of `n` calendar days from `published`: the day of publication is not counted, and a last day on
    /// a day off rolls forward to the next working day (Civil Code Art. 203).
    #[must_use]
    pub fn after_calendar_days_rolled(&self, published: NaiveDate, n: u32) -> Counted {
        let last = published.checked_add_days(Days::new(u64::from(n))).unwrap_or(NaiveDate::MAX);
        self.rolled(last)
    }

    /// `day` itself where it is worked, else the next working day.
    #[must_use]
    pub fn rolled(&self, day: NaiveDate) -> Counted {
        let mut end = day;
        while !self.is_working_day(end) {
            let Some(next) = end.succ_opt() else { break };
            end = next;
        }
        self.counted(day, end)
    }

    /// A result for which each day from `first` to `last` was looked at.
    fn counted(&self, first: NaiveDate, last: NaiveDate) -> Counted {
        let known = self.known_from().is_some_and(|from| from <= first)
            && self.known_until().is_some_and(|until| last <= until);
        Counted { day: last, provisional: !known }
    }
}

impl Counted {
    /// The day after, provisional where this one is: the earliest on which something may follow that has to wait for this
    /// period to end.
    #[must_use]
    pub fn first_day_after(self) -> Self {
        Self { day: first_day_after(self.day), ..self }
    }
}

/// The day after `day`, worked or not: a period ends with the end of its last day, and what waits for it can come no sooner.
#[must_use]
pub fn first_day_after(day: NaiveDate) -> NaiveDate {
    day.succ_opt().unwrap_or(NaiveDate::MAX)
}

#[cfg(test)]
mod tests;
