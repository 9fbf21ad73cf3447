//! Days of a calendar, moved without ever leaving it.

use chrono::{Datelike as _, Days, Months, NaiveDate};

/// The day `days` later, or earlier where negative.
pub(super) fn shift(day: NaiveDate, days: i64) -> NaiveDate {
    let by = Days::new(days.unsigned_abs());
    let moved = if days < 0 { day.checked_sub_days(by) } else { day.checked_add_days(by) };
    moved.unwrap_or(day)
}

/// The same day of the month `months` later, or earlier where negative; the month's last day where it is shorter.
pub(super) fn shift_months(day: NaiveDate, months: i32) -> NaiveDate {
    let by = Months::new(months.unsigned_abs());
    let moved = if months < 0 { day.checked_sub_months(by) } else { day.checked_add_months(by) };
    moved.unwrap_or(day)
}

/// The last day of the month.
pub(super) fn month_end(day: NaiveDate) -> NaiveDate {
    day.with_day(1).and_then(|first| shift_months(first, 1).pred_opt()).unwrap_or(day)
}

/// Whole years from one day to another; 0 where the other is earlier.
pub(super) fn whole_years(from: NaiveDate, to: NaiveDate) -> i32 {
    to.years_since(from).and_then(|years| i32::try_from(years).ok()).unwrap_or(0)
}

/// A day that stands in the source of this set.
pub(super) fn fixed(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default()
}
