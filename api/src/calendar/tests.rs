#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use super::*;

const SHIPPED: &str = include_str!("../../data/domain/holidays.json");

fn shipped() -> Calendar {
    Calendar::parse(SHIPPED).unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn firm(text: &str) -> Counted {
    Counted { day: day(text), provisional: false }
}

fn provisional(text: &str) -> Counted {
    Counted { day: day(text), provisional: true }
}

/// A file of whole years: `days` are (day, type) in the order given.
fn file(years: &[i32], days: &[(&str, &str)]) -> String {
    let papers: Vec<String> =
        years.iter().map(|year| format!("\"{year}\": [\"https://example.org/{year}\"]")).collect();
    let days: Vec<String> = days
        .iter()
        .map(|(day, kind)| format!("\"{day}\": {{\"type\": \"{kind}\", \"name\": \"节\"}}"))
        .collect();
    format!(
        "{{\n\"timezone\": \"Asia/Shanghai\",\n\"papers\": {{{}}},\n\"days\": {{\n{}\n}}\n}}",
        papers.join(", "),
        days.join(",\n")
    )
}

fn bad_lines(text: &str) -> Vec<(usize, String)> {
    match Calendar::parse(text) {
        Err(CalendarError::BadLines(lines)) => {
            lines.into_iter().map(|bad| (bad.line, format!("{}: {}", bad.day, bad.problem))).collect()
        }
        other => panic!("expected bad lines, got {other:?}"),
    }
}

// ---- Golden cases ----------------------------------------------------------------------------------------------------------

#[test]
fn found_on_wednesday_2020_09_16_three_working_days_end_on_monday_09_21() {
    assert_eq!(shipped().after_working_days(day("2020-09-16"), 3), firm("2020-09-21"));
}

#[test]
fn published_on_monday_2020_09_21_fifteen_days_roll_over_the_national_day_week_to_10_09() {
    assert_eq!(shipped().after_calendar_days_rolled(day("2020-09-21"), 15), firm("2020-10-09"));
    assert!(!shipped().is_working_day(day("2020-10-06")));
}

#[test]
fn published_on_friday_2021_01_29_fifteen_days_roll_over_spring_festival_to_02_18() {
    assert_eq!(shipped().after_calendar_days_rolled(day("2021-01-29"), 15), firm("2021-02-18"));
    assert!(!shipped().is_working_day(day("2021-02-13")));
}

#[test]
fn fifteen_working_days_after_2021_01_29_end_on_02_24() {
    assert_eq!(shipped().after_working_days(day("2021-01-29"), 15), firm("2021-02-24"));
}

#[test]
fn found_on_thursday_2021_09_30_three_working_days_count_the_worked_saturday_10_09() {
    assert_eq!(shipped().after_working_days(day("2021-09-30"), 3), firm("2021-10-11"));
    assert!(shipped().is_working_day(day("2021-10-09")));
}

#[test]
fn found_on_friday_2022_12_30_three_working_days_end_on_2023_01_05() {
    assert_eq!(shipped().after_working_days(day("2022-12-30"), 3), firm("2023-01-05"));
}

#[test]
fn fifteen_working_days_after_2022_12_30_end_on_the_worked_saturday_2023_01_28() {
    assert_eq!(shipped().after_working_days(day("2022-12-30"), 15), firm("2023-01-28"));
}

// ---- Weekends, leap day, end of the year -----------------------------------------------------------------------------------

#[test]
fn plain_weekends_are_off() {
    let calendar = shipped();
    assert!(calendar.is_working_day(day("2026-08-07")));
    assert!(!calendar.is_working_day(day("2026-08-08")));
    assert!(!calendar.is_working_day(day("2026-08-09")));
    assert_eq!(calendar.after_working_days(day("2026-08-07"), 1), firm("2026-08-10"));
    assert_eq!(calendar.after_working_days(day("2026-08-08"), 1), firm("2026-08-10"));
    assert_eq!(calendar.rolled(day("2026-08-08")), firm("2026-08-10"));
    assert_eq!(calendar.rolled(day("2026-08-07")), firm("2026-08-07"));
}

#[test]
fn a_leap_day_counts_like_any_other() {
    let calendar = shipped();
    assert_eq!(calendar.after_working_days(day("2024-02-28"), 1), firm("2024-02-29"));
    assert_eq!(calendar.after_calendar_days_rolled(day("2024-02-14"), 15), firm("2024-02-29"));
    assert_eq!(calendar.after_calendar_days_rolled(day("2024-02-29"), 1), firm("2024-03-01"));
    assert_eq!(calendar.after_calendar_days_rolled(day("2023-02-14"), 15), firm("2023-03-01"));
}

#[test]
fn the_end_of_the_year_leads_into_the_next_known_one() {
    // 2024-01-01 is a holiday, a Monday.
    assert_eq!(shipped().after_working_days(day("2023-12-29"), 1), firm("2024-01-02"));
    assert_eq!(shipped().after_calendar_days_rolled(day("2023-12-17"), 15), firm("2024-01-02"));
}

#[test]
fn no_days_at_all_are_the_day_itself() {
    assert_eq!(shipped().after_working_days(day("2024-05-01"), 0), firm("2024-05-01"));
    assert_eq!(shipped().after_calendar_days_rolled(day("2024-05-07"), 0), firm("2024-05-07"));
}

#[test]
fn nothing_follows_before_the_day_after_even_if_that_is_off() {
    assert_eq!(first_day_after(day("2020-10-09")), day("2020-10-10"));
    assert_eq!(firm("2026-08-07").first_day_after(), firm("2026-08-08"));
    assert_eq!(provisional("2027-01-08").first_day_after(), provisional("2027-01-09"));
}

#[test]
fn the_extended_holiday_of_2020_is_in_the_data() {
    let calendar = shipped();
    assert!(!calendar.is_working_day(day("2020-01-31")));
    assert!(!calendar.is_working_day(day("2020-02-02")));
    assert!(calendar.is_working_day(day("2020-02-03")));
}

// ---- Beyond the known years ------------------------------------------------------------------------------------------------

#[test]
fn the_shipped_calendar_is_known_from_2019_to_2026() {
    assert_eq!(shipped().known_from(), Some(day("2019-01-01")));
    assert_eq!(shipped().known_until(), Some(day("2026-12-31")));
    assert_eq!(shipped().days().len(), 283);
}

#[test]
fn the_last_known_day_is_firm_and_the_next_is_provisional() {
    let calendar = shipped();
    assert_eq!(calendar.after_working_days(day("2026-12-30"), 1), firm("2026-12-31"));
    // By weekends alone the first of January is a Friday like any other: that is why it is provisional.
    assert_eq!(calendar.after_working_days(day("2026-12-31"), 1), provisional("2027-01-01"));
    assert_eq!(calendar.after_calendar_days_rolled(day("2026-12-16"), 15), firm("2026-12-31"));
    assert_eq!(calendar.after_calendar_days_rolled(day("2026-12-18"), 15), provisional("2027-01-04"));
    assert_eq!(calendar.after_working_days(day("2026-11-12"), 60), provisional("2027-02-04"));
}

#[test]
fn a_count_that_starts_before_the_known_years_is_provisional() {
    assert!(shipped().after_working_days(day("2018-12-28"), 10).provisional);
    assert!(!shipped().after_working_days(day("2018-12-31"), 10).provisional);
}

#[test]
fn without_any_year_everything_is_provisional() {
    let calendar = Calendar::weekends_only("America/New_York");
    assert_eq!(calendar.known_until(), None);
    assert_eq!(calendar.after_working_days(day("2015-07-02"), 1), provisional("2015-07-03"));
    assert_eq!(calendar.after_calendar_days_rolled(day("2015-07-02"), 2), provisional("2015-07-06"));
}

#[test]
fn the_end_of_all_days_is_not_overrun() {
    assert_eq!(shipped().after_working_days(NaiveDate::MAX, 3).day, NaiveDate::MAX);
    assert!(shipped().after_calendar_days_rolled(NaiveDate::MAX, 15).provisional);
}

// ---- The file --------------------------------------------------------------------------------------------------------------

#[test]
fn a_calendar_written_and_read_again_is_the_same() {
    let calendar = shipped();
    assert_eq!(Calendar::parse(&calendar.to_json().unwrap()).unwrap(), calendar);
    let days = calendar.days().clone();
    let rebuilt =
        Calendar::from_days(calendar.timezone(), calendar.source(), calendar.papers().clone(), days);
    assert_eq!(rebuilt.unwrap(), calendar);
}

#[test]
fn every_bad_line_is_named_with_its_number() {
    let text = file(
        &[2027],
        &[
            ("2027-01-01", "holiday"),
            ("2027-13-01", "holiday"),
            ("2027-2-06", "holiday"),
            ("2027-02-06", "feast"),
            ("2027-02-07", "holiday"),
            ("2027-02-07", "workday"),
            ("2027-02-05", "holiday"),
            ("2028-01-01", "holiday"),
            ("2027-10-01", "holiday"),
        ],
    );
    let bad = bad_lines(&text);
    let lines: Vec<usize> = bad.iter().map(|(line, _)| *line).collect();
    assert_eq!(lines, [6, 7, 8, 10, 11, 12], "{bad:#?}");
    let texts: Vec<&str> = bad.iter().map(|(_, text)| text.as_str()).collect();
    for (text, part) in texts.iter().zip([
        "2027-13-01: is not a day",
        "2027-2-06: is not a day",
        "2027-02-06: unknown variant `feast`",
        "2027-02-07: comes twice",
        "2027-02-05: comes after 2027-02-07",
        "2028-01-01: its year is not in `papers`",
    ]) {
        assert!(text.contains(part), "{text} should contain {part}");
    }
}

#[test]
fn a_nameless_day_and_an_unknown_member_are_refused() {
    let nameless = file(&[2027], &[("2027-01-01", "holiday")]).replace("节", " ");
    assert!(bad_lines(&nameless).first().unwrap().1.contains("`name` is empty"));
    let odd = file(&[2027], &[("2027-01-01", "holiday")]).replace("\"name\"", "\"colour\": 1, \"name\"");
    assert!(bad_lines(&odd).first().unwrap().1.contains("unknown field `colour`"));
    let typo = file(&[2027], &[("2027-01-01", "holiday")]).replace("\"papers\"", "\"paper\"");
    assert!(Calendar::parse(&typo).unwrap_err().to_string().contains("unknown field `paper`"));
    assert!(matches!(Calendar::parse("[]"), Err(CalendarError::NotReadable(_))));
}

#[test]
fn a_year_without_days_and_a_hole_between_years_are_refused() {
    let empty = Calendar::parse(&file(&[2026, 2027], &[("2026-01-01", "holiday")]));
    assert!(matches!(empty, Err(CalendarError::EmptyYear(2027))), "{empty:?}");
    let hole = Calendar::parse(&file(&[2026, 2028], &[("2026-01-01", "holiday"), ("2028-01-01", "holiday")]));
    assert!(matches!(hole, Err(CalendarError::MissingYear(2027))), "{hole:?}");
}

// ---- A newer file over the known days --------------------------------------------------------------------------------------

#[test]
fn a_new_year_is_added_and_what_was_provisional_becomes_firm() {
    let newer =
        Calendar::parse(&file(&[2027], &[("2026-12-31", "holiday"), ("2027-01-01", "holiday")])).unwrap();
    let before = shipped();
    let after = before.extended_by(&newer).unwrap();
    assert_eq!(after.known_until(), Some(day("2027-12-31")));
    assert_eq!(after.after_working_days(day("2026-12-30"), 1), firm("2027-01-04"));
    assert_eq!(after.days().len(), 285);
    let difference = before.difference(&after);
    assert_eq!(difference.added, [day("2026-12-31"), day("2027-01-01")]);
    assert_eq!((difference.changed.len(), difference.removed.len()), (0, 0));
}

#[test]
fn a_file_that_loses_known_days_is_refused_unless_it_replaces_the_year() {
    let short = file(&[2026], &[("2026-01-01", "workday"), ("2026-10-01", "holiday")]);
    let refused = shipped().extended_by(&Calendar::parse(&short).unwrap()).unwrap_err();
    let CalendarError::RemovesDays(lost) = &refused else { panic!("{refused}") };
    let known = shipped().days().keys().filter(|day| day.year() == 2026).count();
    assert_eq!(lost.len(), known - 2);
    assert!(refused.to_string().contains("2026-01-02") && refused.to_string().contains("replaces"));

    let whole = short.replacen('{', "{\"replaces\": [2026],", 1);
    let after = shipped().extended_by(&Calendar::parse(&whole).unwrap()).unwrap();
    assert_eq!(after.days().keys().filter(|day| day.year() == 2026).count(), 2);
    assert!(after.is_working_day(day("2026-01-01")));
    assert_eq!(after.days().len(), 283 - known + 2, "the other years stay");
    let difference = shipped().difference(&after);
    assert_eq!(difference.changed, [day("2026-01-01"), day("2026-10-01")], "another kind, another name");
    assert_eq!(difference.removed.len(), known - 2);
}

#[test]
fn a_newer_file_may_not_leave_a_hole_or_come_from_elsewhere() {
    let far = Calendar::parse(&file(&[2028], &[("2028-01-01", "holiday")])).unwrap();
    assert!(matches!(shipped().extended_by(&far), Err(CalendarError::MissingYear(2027))));
    let elsewhere = file(&[2027], &[("2027-01-01", "holiday")]).replace("Asia/Shanghai", "America/New_York");
    let refused = shipped().extended_by(&Calendar::parse(&elsewhere).unwrap()).unwrap_err().to_string();
    assert!(refused.contains("America/New_York") && refused.contains("Asia/Shanghai"), "{refused}");
}

#[test]
fn a_year_to_replace_must_be_declared() {
    let text = file(&[2027], &[("2027-01-01", "holiday")]).replacen('{', "{\"replaces\": [2026],\n", 1);
    let bad = bad_lines(&text);
    assert!(bad.first().unwrap().1.contains("2026") && bad.len() == 1, "{bad:?}");
}
