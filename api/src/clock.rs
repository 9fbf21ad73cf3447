//! The only home of time. Everything else receives a [`Clock`] or is handed an instant or a day.

use std::sync::Arc;

use chrono::{DateTime, Duration, LocalResult, NaiveDate, NaiveTime, SubsecRound, TimeZone, Utc};
use chrono_tz::Tz;

/// The one clock of the process. Clones share their source.
#[derive(Clone, Debug)]
pub struct Clock(Arc<Source>);

#[derive(Debug)]
enum Source {
    System,
    Fixed(DateTime<Utc>),
    #[cfg(feature = "driven-clock")]
    File(driven::FileClock),
}

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub fn system() -> Self {
        Self(Arc::new(Source::System))
    }

    /// A clock that stands still.
    #[must_use]
    pub fn fixed(instant: DateTime<Utc>) -> Self {
        Self(Arc::new(Source::Fixed(to_micros(instant))))
    }

    /// A clock whose time is the one RFC 3339 line of a file, read again at each look.
    ///
    /// # Errors
    /// The file cannot be read, or does not hold one RFC 3339 instant.
    #[cfg(feature = "driven-clock")]
    pub fn from_file(path: impl Into<std::path::PathBuf>) -> Result<Self, ClockError> {
        Ok(Self(Arc::new(Source::File(driven::FileClock::open(path.into())?))))
    }

    /// The present instant, cut to microseconds: PostgreSQL keeps no more, and the two databases must agree.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        match &*self.0 {
            Source::System => to_micros(system_now()),
            Source::Fixed(instant) => *instant,
            #[cfg(feature = "driven-clock")]
            Source::File(file) => to_micros(file.now()),
        }
    }

    /// Today in `zone`.
    #[must_use]
    pub fn today(&self, zone: &Tz) -> NaiveDate {
        self.now().with_timezone(zone).date_naive()
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the home of the machine's clock")]
fn system_now() -> DateTime<Utc> {
    Utc::now()
}

fn to_micros(instant: DateTime<Utc>) -> DateTime<Utc> {
    instant.trunc_subsecs(6)
}

/// The first instant of the day after `day` in `zone`: what holds on `day` ends here.
#[must_use]
pub fn local_midnight_after(day: NaiveDate, zone: &Tz) -> DateTime<Utc> {
    match day.succ_opt() {
        Some(next) => start_of_day(next, zone),
        None => DateTime::<Utc>::MAX_UTC,
    }
}

/// The first instant of `day` in `zone`.
///
/// Where clocks are put forward at midnight there is no 00:00 and the day begins at the end of the gap. Where they are put back
/// at midnight 00:00 may come twice; the day begins with the first one that already bears its date.
#[must_use]
pub fn start_of_day(day: NaiveDate, zone: &Tz) -> DateTime<Utc> {
    let midnight = day.and_time(NaiveTime::MIN);
    let candidates = match zone.from_local_datetime(&midnight) {
        LocalResult::Single(only) => [Some(only), None],
        LocalResult::Ambiguous(earlier, later) => [Some(earlier), Some(later)],
        LocalResult::None => [None, None],
    };
    let named = candidates.into_iter().flatten().map(|local| local.with_timezone(&Utc));
    named.filter(|instant| local_day(*instant, zone) >= day).min().unwrap_or_else(|| end_of_gap(day, zone))
}

fn local_day(instant: DateTime<Utc>, zone: &Tz) -> NaiveDate {
    instant.with_timezone(zone).date_naive()
}

/// The first second that bears the date `day` or a later one. No zone is further than a day and a half from UTC, gap included.
fn end_of_gap(day: NaiveDate, zone: &Tz) -> DateTime<Utc> {
    let middle = day.and_time(NaiveTime::MIN).and_utc();
    let reach = Duration::hours(36);
    let (Some(mut before), Some(mut after)) =
        (middle.checked_sub_signed(reach), middle.checked_add_signed(reach))
    else {
        return middle;
    };
    while after - before > Duration::seconds(1) {
        let half = before + Duration::seconds((after - before).num_seconds() / 2);
        if local_day(half, zone) >= day { after = half } else { before = half }
    }
    after
}

#[cfg(feature = "driven-clock")]
pub use driven::ClockError;

#[cfg(feature = "driven-clock")]
mod driven {
    use std::path::{Path, PathBuf};
    use std::sync::{Mutex, PoisonError};

    use chrono::{DateTime, Utc};

    /// Why a clock file cannot be used.
    #[derive(Debug, thiserror::Error)]
    #[error(
        "clock file {path}: {problem}; write one line with an instant such as 2020-09-21T08:30:00Z into it",
        path = .path.display()
    )]
    pub struct ClockError {
        path: PathBuf,
        problem: String,
    }

    #[derive(Debug)]
    struct Last {
        good: DateTime<Utc>,
        failing: bool,
    }

    #[derive(Debug)]
    pub(super) struct FileClock {
        path: PathBuf,
        last: Mutex<Last>,
    }

    impl FileClock {
        pub(super) fn open(path: PathBuf) -> Result<Self, ClockError> {
            let good = read(&path)?;
            Ok(Self { path, last: Mutex::new(Last { good, failing: false }) })
        }

        /// A file that went bad while the service runs leaves time standing still: whoever drives the clock may be half-way
        /// through writing it. Said once for each bad spell, not at every look.
        pub(super) fn now(&self) -> DateTime<Utc> {
            let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
            match read(&self.path) {
                Ok(instant) => *last = Last { good: instant, failing: false },
                Err(error) => {
                    if !last.failing {
                        tracing::error!(%error, kept = %last.good, "the clock file cannot be read; time stands still");
                    }
                    last.failing = true;
                }
            }
            last.good
        }
    }

    fn read(path: &Path) -> Result<DateTime<Utc>, ClockError> {
        let refuse = |problem: String| ClockError { path: path.to_path_buf(), problem };
        let text =
            std::fs::read_to_string(path).map_err(|error| refuse(format!("cannot be read ({error})")))?;
        match DateTime::parse_from_rfc3339(text.trim()) {
            Ok(instant) => Ok(instant.with_timezone(&Utc)),
            Err(error) => Err(refuse(format!("does not hold an RFC 3339 instant ({error})"))),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).unwrap().with_timezone(&Utc)
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn instants_are_cut_to_microseconds_not_rounded() {
        let clock = Clock::fixed(at("2020-09-21T08:30:00.123456999Z"));
        assert_eq!(clock.now(), at("2020-09-21T08:30:00.123456Z"));
        assert_eq!(Clock::system().now().timestamp_subsec_nanos() % 1_000, 0);
    }

    #[test]
    fn the_system_clock_goes_forward() {
        let clock = Clock::system();
        let first = clock.now();
        assert!(clock.clone().now() >= first);
        assert!(first > at("2025-01-01T00:00:00Z"));
    }

    #[test]
    fn today_is_the_day_of_the_zone() {
        let clock = Clock::fixed(at("2020-12-31T16:00:00Z"));
        assert_eq!(clock.today(&Tz::Asia__Shanghai), day("2021-01-01"));
        assert_eq!(clock.today(&Tz::America__New_York), day("2020-12-31"));
        let before = Clock::fixed(at("2020-12-31T15:59:59.999999Z"));
        assert_eq!(before.today(&Tz::Asia__Shanghai), day("2020-12-31"));
    }

    #[test]
    fn midnight_in_shanghai_is_sixteen_hours_utc() {
        assert_eq!(local_midnight_after(day("2022-12-31"), &Tz::Asia__Shanghai), at("2022-12-31T16:00:00Z"));
        assert_eq!(local_midnight_after(day("2024-02-28"), &Tz::Asia__Shanghai), at("2024-02-28T16:00:00Z"));
    }

    #[test]
    fn new_york_days_have_23_24_and_25_hours() {
        let zone = Tz::America__New_York;
        let length = |text| local_midnight_after(day(text), &zone) - start_of_day(day(text), &zone);
        assert_eq!(length("2015-03-08"), Duration::hours(23));
        assert_eq!(length("2015-07-01"), Duration::hours(24));
        assert_eq!(length("2015-11-01"), Duration::hours(25));
        assert_eq!(local_midnight_after(day("2015-03-08"), &zone), at("2015-03-09T04:00:00Z"));
        assert_eq!(local_midnight_after(day("2015-11-01"), &zone), at("2015-11-02T05:00:00Z"));
    }

    #[test]
    fn a_day_whose_midnight_was_skipped_begins_after_the_gap() {
        // São Paulo put its clocks forward from 00:00 to 01:00 on 4 November 2018.
        let zone = Tz::America__Sao_Paulo;
        assert_eq!(start_of_day(day("2018-11-04"), &zone), at("2018-11-04T03:00:00Z"));
        assert_eq!(local_midnight_after(day("2018-11-03"), &zone), at("2018-11-04T03:00:00Z"));
    }

    #[test]
    fn a_midnight_that_was_put_back_to_the_evening_before_counts_when_it_comes_again() {
        // São Paulo put its clocks back from 00:00 on 18 February 2018 to 23:00 on the 17th.
        let zone = Tz::America__Sao_Paulo;
        let start = start_of_day(day("2018-02-18"), &zone);
        assert_eq!(start, at("2018-02-18T03:00:00Z"));
        assert_eq!(local_day(start - Duration::seconds(1), &zone), day("2018-02-17"));
    }

    #[test]
    fn a_whole_day_that_was_skipped_begins_where_the_next_one_does() {
        // Samoa had no 30 December 2011.
        let zone = Tz::Pacific__Apia;
        assert_eq!(start_of_day(day("2011-12-30"), &zone), start_of_day(day("2011-12-31"), &zone));
    }

    #[test]
    fn the_last_day_of_all_does_not_overflow() {
        assert_eq!(local_midnight_after(NaiveDate::MAX, &Tz::Asia__Shanghai), DateTime::<Utc>::MAX_UTC);
    }

    #[cfg(feature = "driven-clock")]
    mod driven {
        use super::*;

        fn file(name: &str) -> std::path::PathBuf {
            std::env::temp_dir().join(format!("yuti-clock-{}-{name}", std::process::id()))
        }

        #[test]
        fn the_file_is_read_again_at_each_look() {
            let path = file("again");
            std::fs::write(&path, "2020-09-21T08:30:00+08:00\n").unwrap();
            let clock = Clock::from_file(&path).unwrap();
            assert_eq!(clock.now(), at("2020-09-21T00:30:00Z"));
            std::fs::write(&path, "2021-01-01T00:00:00.1234567Z").unwrap();
            assert_eq!(clock.now(), at("2021-01-01T00:00:00.123456Z"));
            std::fs::remove_file(path).unwrap();
        }

        #[test]
        fn a_bad_file_at_the_start_is_refused_with_its_name() {
            let missing = Clock::from_file(file("missing")).unwrap_err().to_string();
            assert!(missing.contains("missing") && missing.contains("cannot be read"), "{missing}");
            let path = file("bad");
            std::fs::write(&path, "tomorrow").unwrap();
            let bad = Clock::from_file(&path).unwrap_err().to_string();
            assert!(bad.contains("does not hold an RFC 3339 instant"), "{bad}");
            std::fs::remove_file(path).unwrap();
        }

        #[test]
        fn a_file_that_goes_bad_leaves_time_standing_and_recovers() {
            let path = file("later");
            std::fs::write(&path, "2020-09-21T00:00:00Z").unwrap();
            let clock = Clock::from_file(&path).unwrap();
            std::fs::write(&path, "").unwrap();
            assert_eq!(clock.now(), at("2020-09-21T00:00:00Z"));
            std::fs::remove_file(&path).unwrap();
            assert_eq!(clock.now(), at("2020-09-21T00:00:00Z"));
            std::fs::write(&path, "2020-09-22T00:00:00Z").unwrap();
            assert_eq!(clock.now(), at("2020-09-22T00:00:00Z"));
            std::fs::remove_file(path).unwrap();
        }
    }
}
