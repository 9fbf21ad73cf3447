//! Days and instants as callers write them: one reader, which takes what both databases can hold and nothing else. PostgreSQL
//! refuses years beyond its own range, and SQLite compares texts, where a year of five figures comes before one of four.

use chrono::{DateTime, Datelike as _, NaiveDate, SubsecRound as _, Utc};

/// The years that are taken.
const YEARS: std::ops::RangeInclusive<i32> = 1..=9999;

/// A day, `2026-11-23`.
pub fn day(text: &str) -> Option<NaiveDate> {
    let shaped = text.len() == 10 && year_first(text);
    let day: NaiveDate = text.parse().ok().filter(|_| shaped)?;
    YEARS.contains(&day.year()).then_some(day)
}

/// An instant of RFC 3339, cut to microseconds as all that are kept.
pub fn instant(text: &str) -> Option<DateTime<Utc>> {
    let at: DateTime<Utc> = text.parse().ok().filter(|_| year_first(text))?;
    taken(at)
}

/// An instant as a cursor carries it: microseconds since 1970.
pub fn instant_of_micros(text: &str) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp_micros(text.parse().ok()?).and_then(taken)
}

/// The year counts where it is kept, in UTC: an offset can carry an instant over the end of the last year that is taken.
fn taken(at: DateTime<Utc>) -> Option<DateTime<Utc>> {
    YEARS.contains(&at.year()).then(|| at.trunc_subsecs(6))
}

/// Whether a year of four figures comes first, and neither a sign nor a fifth figure.
fn year_first(text: &str) -> bool {
    let mut signs = text.bytes();
    signs.by_ref().take(4).all(|sign| sign.is_ascii_digit()) && signs.next() == Some(b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_of_four_figures_are_taken() {
        for text in ["2026-11-23", "0001-01-01", "9999-12-31"] {
            assert_eq!(day(text).map(|day| day.to_string()).as_deref(), Some(text));
        }
        for text in [
            "0000-01-01",
            "10000-01-01",
            "+10000-01-01",
            "-0001-01-01",
            "2026-2-3",
            "2026-02-30",
            "26-02-03",
            " 2026-02-3",
            "",
        ] {
            assert_eq!(day(text), None, "{text}");
        }
    }

    #[test]
    fn instants_are_taken_where_utc_still_has_four_figures() {
        for (text, read) in [
            ("2026-11-01T00:00:00Z", "2026-11-01T00:00:00Z"),
            ("2026-11-01T08:00:00.1234567+08:00", "2026-11-01T00:00:00.123456Z"),
            ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
            ("9999-12-31T23:59:59.999999999Z", "9999-12-31T23:59:59.999999Z"),
        ] {
            assert_eq!(instant(text), read.parse().ok(), "{text}");
        }
        for text in [
            "0000-12-31T23:59:59Z",
            "0001-01-01T00:00:00+08:00",
            "9999-12-31T23:59:59-08:00",
            "+12026-11-01T00:00:00Z",
            "yesterday",
        ] {
            assert_eq!(instant(text), None, "{text}");
        }
    }

    #[test]
    fn a_cursors_instant_is_held_to_the_same_years() {
        assert_eq!(instant_of_micros("0"), DateTime::from_timestamp_micros(0));
        for text in ["9223372036854775807", "253402300800000000", "-62135596800000001", "1.5", ""] {
            assert_eq!(instant_of_micros(text), None, "{text}");
        }
    }
}
