//! Days and instants as people read them.

use chrono::{Datelike, NaiveDate, NaiveDateTime};
use yuti_openapi::Language;
use yuti_openapi::vocabulary::Precision;

use crate::words::Words;

impl Words {
    fn month_name(self, month: u32) -> &'static str {
        match month {
            1 => self.month_m01(),
            2 => self.month_m02(),
            3 => self.month_m03(),
            4 => self.month_m04(),
            5 => self.month_m05(),
            6 => self.month_m06(),
            7 => self.month_m07(),
            8 => self.month_m08(),
            9 => self.month_m09(),
            10 => self.month_m10(),
            11 => self.month_m11(),
            _ => self.month_m12(),
        }
    }

    /// `2026 年 11 月 23 日`, `23 November 2026`.
    pub(crate) fn full_date(self, day: NaiveDate) -> String {
        self.date_full(day.day(), self.month_name(day.month()), day.year())
    }

    /// The day in running text: without its year where that is today's.
    pub(crate) fn prose_date(self, day: NaiveDate, today: NaiveDate) -> String {
        if day.year() == today.year() {
            self.date_day(day.day(), self.month_name(day.month()))
        } else {
            self.full_date(day)
        }
    }

    /// The day where days are compared: `2026-11-05`, `5 November 2026`.
    pub(crate) fn compared_date(self, day: NaiveDate) -> String {
        match self.0 {
            Language::Zh => day.format("%Y-%m-%d").to_string(),
            Language::En => self.full_date(day),
        }
    }

    /// `2027 年 8 月`, `August 2027`.
    pub(crate) fn month(self, day: NaiveDate) -> String {
        self.date_month(self.month_name(day.month()), day.year())
    }

    /// The end of a validity, as exactly as it is known. A month lasts to its last day, so that the month says it all.
    pub(crate) fn validity(self, until: NaiveDate, precision: Option<Precision>) -> String {
        match precision {
            Some(Precision::Month) => self.month(until),
            Some(Precision::Day) | None => self.compared_date(until),
        }
    }

    /// `2026 年 11 月 23 日 14:36`, `23 November 2026, 14:36`.
    pub(crate) fn instant(self, at: NaiveDateTime) -> String {
        self.date_instant(self.full_date(at.date()), at.format("%H:%M"))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn dates_read_as_people_write_them() {
        let (zh, en) = (Words(Language::Zh), Words(Language::En));
        let plain = |text: String| text.replace('\u{a0}', " ");
        let today = day("2026-11-23");
        assert_eq!(plain(zh.full_date(today)), "2026 年 11 月 23 日");
        assert_eq!(plain(en.full_date(today)), "23 November 2026");
        assert_eq!(plain(zh.prose_date(day("2026-11-05"), today)), "11 月 5 日");
        assert_eq!(plain(en.prose_date(day("2026-11-05"), today)), "5 November");
        assert_eq!(plain(zh.prose_date(day("2025-11-05"), today)), "2025 年 11 月 5 日");
        assert_eq!(plain(zh.compared_date(day("2026-11-05"))), "2026-11-05");
        assert_eq!(plain(zh.validity(day("2027-08-31"), Some(Precision::Month))), "2027 年 8 月");
        assert_eq!(plain(en.validity(day("2027-08-31"), Some(Precision::Month))), "August 2027");
        assert_eq!(plain(en.validity(day("2027-03-31"), Some(Precision::Day))), "31 March 2027");
        let at = today.and_hms_opt(4, 6, 59).unwrap();
        assert_eq!(plain(zh.instant(at)), "2026 年 11 月 23 日 04:06");
        assert_eq!(plain(en.instant(at)), "23 November 2026, 04:06");
    }

    #[test]
    fn every_month_has_its_name() {
        let names: Vec<String> = (1..=12)
            .map(|month| Words(Language::En).month(NaiveDate::from_ymd_opt(2026, month, 1).unwrap()))
            .collect();
        assert_eq!(names.first().unwrap(), "January 2026");
        assert_eq!(names.last().unwrap(), "December 2026");
        assert_eq!(names.iter().collect::<std::collections::BTreeSet<_>>().len(), 12);
    }
}
