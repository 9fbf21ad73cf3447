#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use std::collections::BTreeSet;

use super::*;

const CITY: &str = include_str!("../../data/policy/chongqing.toml");
const SETTINGS: &str = include_str!("../../data/policy/settings.toml");
const LIMITS: &str = include_str!("../../data/domain/time_limits.csv");

fn shipped(pilot: &str) -> Policy {
    Policy::load(&[("settings.toml", SETTINGS), ("chongqing.toml", CITY)], Some(pilot)).unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn entry(lines: &str) -> String {
    format!(
        "edition = 2026-01-01\n[[entries]]\nkey = \"a\"\nlabel_zh = \"甲\"\nlabel_en = \"A\"\ntrack = \"test\"\n\
         confidence = \"setting\"\n{lines}\n"
    )
}

fn refused(text: &str) -> String {
    Policy::load(&[("test.toml", text)], None).unwrap_err().to_string()
}

#[test]
fn mediation_changes_from_45_working_days_to_60_days_on_2026_04_15() {
    let policy = shipped("open");
    let before = policy.entry("complaint_mediation", day("2026-04-14")).unwrap();
    let after = policy.entry("complaint_mediation", day("2026-04-15")).unwrap();
    assert_eq!((&before.value, before.unit), (&Some(Value::Number(45)), Some(Unit::WorkingDay)));
    assert_eq!((&after.value, after.unit), (&Some(Value::Number(60)), Some(Unit::CalendarDay)));
    assert_eq!(policy.number("complaint_mediation", day("2026-04-14")), Ok(45));
    assert_eq!(policy.number("complaint_mediation", day("2026-04-15")), Ok(60));
    assert!(before.basis_zh.as_deref().unwrap().contains("20号"));
    assert!(after.basis_zh.as_deref().unwrap().contains("121号"));
}

#[test]
fn a_duty_that_ended_is_told_apart_from_one_that_never_was() {
    let policy = shipped("open");
    let (then, now) = (day("2026-04-14"), day("2026-04-15"));
    assert_eq!(policy.number("report_tell", then), Ok(5));
    assert_eq!(
        policy.number("report_tell", now),
        Err(PolicyError::NoLimit { key: "report_tell".to_owned(), day: now })
    );
    assert!(matches!(policy.number("competence_dispute", now), Err(PolicyError::NotInForce { .. })));
    assert!(matches!(policy.number("no_such_thing", now), Err(PolicyError::Unknown { .. })));
}

#[test]
fn every_number_of_the_notice_is_there_with_its_clause() {
    let policy = shipped("open");
    let today = day("2021-06-01");
    for (key, number, clause) in [
        ("accident_free_period", 36, "二1"),
        ("pilot_publicity", 15, "四(一)3"),
        ("city_bureau_elevators", 1000, "四(一)3"),
        ("pilot_iot_fix", 3, "四(三)1(2)"),
        ("yearly_evaluation_interval", 1, "四(五)"),
    ] {
        assert_eq!(policy.number(key, today), Ok(number), "{key}");
        assert_eq!(policy.entry(key, today).unwrap().clause.as_deref(), Some(clause), "{key}");
    }
    assert_eq!(policy.month_day("yearly_summary_due", today), Ok((12, 20)));
    assert_eq!(policy.entry("pilot_publicity", today).unwrap().unit, Some(Unit::CalendarDay));
    assert_eq!(policy.entry("pilot_iot_fix", today).unwrap().unit, Some(Unit::WorkingDay));
    for (key, number, unit) in [
        ("maintenance_interval_half_month", 15, Unit::CalendarDay),
        ("maintenance_interval_quarter", 3, Unit::Month),
        ("maintenance_interval_half_year", 6, Unit::Month),
        ("maintenance_interval_year", 12, Unit::Month),
    ] {
        let entry = policy.entry(key, today).unwrap();
        assert_eq!((&entry.value, entry.unit), (&Some(Value::Number(number)), Some(unit)), "{key}");
    }
}

#[test]
fn the_settings_of_this_service_are_marked_as_such() {
    let policy = shipped("open");
    for key in [
        "complaints_frequent_count",
        "complaints_frequent_window",
        "fault_rate_significance",
        "fault_rate_minimum_exposure",
        "small_number_floor",
        "notice_track_standard",
        "monitoring_silence",
    ] {
        assert_eq!(policy.entry(key, day("2026-08-10")).unwrap().confidence, Confidence::Setting, "{key}");
    }
    let law = policy.entries().filter(|entry| entry.confidence != Confidence::Setting);
    assert!(law.count() >= 50);
}

#[test]
fn every_row_of_the_time_limits_is_an_entry() {
    let policy = shipped("open");
    let mut rows = 0;
    for row in csv::Reader::from_reader(LIMITS.as_bytes()).deserialize() {
        let row: BTreeMap<String, String> = row.unwrap();
        rows += 1;
        let key = row["key"].trim_end_matches("_v1").trim_end_matches("_v2");
        let entry = policy.entry(key, day(&row["valid_from"])).unwrap();
        assert_eq!(entry.valid_from, day(&row["valid_from"]), "{key}");
        let value = row["limit"].parse().ok().map(Value::Number);
        assert_eq!(entry.value, value, "{key}");
        let unit = entry.unit.map(|unit| serde_json::to_value(unit).unwrap());
        assert_eq!(
            unit.map_or(String::new(), |unit| unit.as_str().unwrap().to_owned()),
            row["unit"],
            "{key}"
        );
        let confidence = serde_json::to_value(entry.confidence).unwrap();
        assert_eq!(confidence.as_str(), Some(row["confidence"].as_str()), "{key}");
        // The pilot's rows end with the notice's window, which is the pilot policy's business.
        let last = if entry.pilot { None } else { row["valid_to"].parse().ok() };
        assert_eq!(entry.valid_to, last, "{key}");
    }
    assert_eq!(rows, 31);
}

#[test]
fn on_a_day_each_key_comes_once() {
    let policy = shipped("open");
    for text in ["2019-06-01", "2020-09-01", "2024-04-02", "2026-04-14", "2026-04-15", "2030-01-01"] {
        let entries = policy.on(day(text));
        let keys: BTreeSet<&str> = entries.iter().map(|entry| entry.key.as_str()).collect();
        assert_eq!(keys.len(), entries.len(), "{text}");
        assert!(entries.iter().all(|entry| entry.holds_on(day(text))), "{text}");
    }
    let keys = |text| policy.on(day(text)).iter().map(|entry| entry.key.clone()).collect::<BTreeSet<_>>();
    assert!(!keys("2020-08-31").contains("pilot_publicity"));
    assert!(keys("2020-09-01").contains("pilot_publicity"));
}

#[test]
fn the_rhythm_of_inspections_changes_with_the_rule_of_2023() {
    let policy = shipped("open");
    assert_eq!(policy.number("periodic_inspection_interval", day("2021-01-01")), Ok(12));
    let years = policy.numbers("periodic_inspection_years", day("2024-04-02")).unwrap();
    assert_eq!(years, [1, 4, 7, 9, 11, 13, 15]);
    assert!(policy.number("periodic_inspection_interval", day("2024-04-02")).is_err());
    assert!(matches!(
        policy.number("periodic_inspection_years", day("2024-04-02")),
        Err(PolicyError::OtherKind { wanted: "one whole number", .. })
    ));
    assert!(matches!(
        policy.number("yearly_summary_due", day("2024-04-02")),
        Err(PolicyError::OtherKind { .. })
    ));
}

#[test]
fn the_open_policy_has_no_end() {
    let policy = shipped("open");
    assert!(!policy.is_open(PilotAct::Apply, day("2020-08-31")));
    for text in ["2020-09-01", "2023-01-01", "2040-01-01"] {
        for act in
            [PilotAct::Apply, PilotAct::Notice, PilotAct::Annotate, PilotAct::Exit, PilotAct::YearlySummary]
        {
            assert!(policy.is_open(act, day(text)), "{act:?} on {text}");
        }
        assert!(!policy.is_open(PilotAct::FinalSummary, day(text)));
    }
    assert_eq!(policy.number("pilot_publicity", day("2040-01-01")), Ok(15));
}

#[test]
fn the_notices_own_window_opens_and_closes_each_act() {
    let policy = shipped("notice-2020-2022");
    let open = |act, text| policy.is_open(act, day(text));
    let rows: Vec<(PilotAct, [bool; 8])> = [
        PilotAct::Apply,
        PilotAct::Notice,
        PilotAct::Annotate,
        PilotAct::Records,
        PilotAct::Supervise,
        PilotAct::Exit,
        PilotAct::YearlySummary,
        PilotAct::FinalEvaluation,
        PilotAct::FinalSummary,
    ]
    .into_iter()
    .map(|act| {
        let days = [
            "2020-08-31",
            "2020-09-01",
            "2020-09-30",
            "2020-10-01",
            "2022-10-31",
            "2022-11-01",
            "2022-12-31",
            "2023-01-01",
        ];
        (act, days.map(|text| open(act, text)))
    })
    .collect();
    let (no, yes) = (false, true);
    let take = [no, yes, yes, yes, yes, no, no, no];
    let live = [no, no, no, yes, yes, yes, yes, no];
    let close = [no, no, no, no, no, yes, yes, no];
    assert_eq!(
        rows,
        [
            (PilotAct::Apply, take),
            (PilotAct::Notice, take),
            (PilotAct::Annotate, take),
            (PilotAct::Records, [no, no, no, yes, yes, no, no, no]),
            (PilotAct::Supervise, live),
            (PilotAct::Exit, live),
            (PilotAct::YearlySummary, live),
            (PilotAct::FinalEvaluation, close),
            (PilotAct::FinalSummary, close),
        ]
    );
    let phases: Vec<&str> =
        policy.pilot().unwrap().phases_on(day("2020-10-15")).map(|phase| phase.key.as_str()).collect();
    assert_eq!(phases, ["preparation", "implementation"], "October 2020 lies in two");
}

#[test]
fn the_pilots_numbers_end_with_its_window_and_the_others_do_not() {
    let policy = shipped("notice-2020-2022");
    assert_eq!(policy.number("pilot_publicity", day("2022-12-31")), Ok(15));
    assert!(matches!(
        policy.number("pilot_publicity", day("2023-01-01")),
        Err(PolicyError::NotInForce { .. })
    ));
    assert_eq!(policy.number("report_verify", day("2023-01-01")), Ok(15));
}

#[test]
fn without_a_pilot_nothing_of_it_is_open() {
    let policy = Policy::load(&[("settings.toml", SETTINGS), ("chongqing.toml", CITY)], None).unwrap();
    assert!(policy.pilot().is_none());
    assert!(!policy.is_open(PilotAct::Apply, day("2021-01-01")));
    assert!(policy.number("pilot_publicity", day("2021-01-01")).is_err());
    let empty = Policy::load(&[], None).unwrap();
    assert!(empty.on(day("2021-01-01")).is_empty());
    let unknown = Policy::load(&[("chongqing.toml", CITY)], Some("closed")).unwrap_err().to_string();
    assert!(unknown.contains("`closed`") && unknown.contains("notice-2020-2022, open"), "{unknown}");
}

#[test]
fn the_version_tells_every_difference() {
    let open = shipped("open");
    assert_eq!(open.version(), shipped("open").version());
    assert!(open.version().starts_with("2026-11-23-") && open.version().len() == 23, "{}", open.version());
    assert_ne!(open.version(), shipped("notice-2020-2022").version());
    let changed = CITY.replace("value = 45", "value = 46");
    let other =
        Policy::load(&[("settings.toml", SETTINGS), ("chongqing.toml", &changed)], Some("open")).unwrap();
    assert_ne!(open.version(), other.version());
}

#[test]
fn errors_name_entry_and_field() {
    let good = "value = 3\nunit = \"month\"\nvalid_from = 2020-01-01";
    assert!(Policy::load(&[("test.toml", &entry(good))], None).is_ok());
    for (lines, part) in [
        ("value = 3\nvalid_from = 2020-01-01", "entry `a from 2020-01-01`, field `unit` is missing"),
        ("unit = \"month\"\nvalid_from = 2020-01-01", "field `value` is missing"),
        ("valid_from = 2020-01-01", "field `note_zh` is missing"),
        ("value = \"3\"\nunit = \"month\"\nvalid_from = 2020-01-01", "field `value` is text"),
        ("value = -3\nunit = \"month\"\nvalid_from = 2020-01-01", "field `value` is negative"),
        (
            "value = [3, 3]\nunit = \"month\"\nvalid_from = 2020-01-01",
            "field `value` is not an ascending list",
        ),
        (
            "value = \"02-29\"\nunit = \"month_day\"\nvalid_from = 2020-01-01",
            "field `value` is not a day of each year",
        ),
        (
            "value = 3\nunit = \"month\"\nvalid_from = 2020-01-01\nvalid_to = 2019-12-31",
            "field `valid_to` lies before",
        ),
        (
            "value = 3\nunit = \"fortnight\"\nvalid_from = 2020-01-01",
            "line 9, `unit`: unknown variant `fortnight`",
        ),
        ("value = 3\nunit = \"month\"\nvalid_from = \"2020\"", "line 10, `valid_from`"),
        ("value = 3\nunit = \"month\"\nvalid_from = 2020-01-01T00:00:00", "is not a day"),
        ("value = 3\nunit = \"month\"\nvalid_from = 2020-01-01\ncolour = 1", "unknown field `colour`"),
        ("value = 3\nunit = \"month\"", "missing field `valid_from`"),
    ] {
        let error = refused(&entry(lines));
        assert!(error.contains(part) && error.contains("test.toml"), "{error}\nshould contain {part}");
    }
    let unsourced = entry(good).replace("\"setting\"", "\"high\"");
    assert!(refused(&unsourced).contains("field `basis_zh` is missing"));
    assert!(refused(&entry(good).replace("\"a\"", "\"A b\"")).contains("field `key`"));
}

#[test]
fn two_entries_of_one_key_may_not_hold_on_the_same_day() {
    let two = |first_to: &str| {
        let first = entry(&format!("value = 1\nunit = \"month\"\nvalid_from = 2020-01-01\n{first_to}"));
        let second = entry("value = 2\nunit = \"month\"\nvalid_from = 2021-01-01");
        // Later one first: the order of the file does not matter.
        second + &first.replace("edition = 2026-01-01\n", "")
    };
    let policy = Policy::load(&[("test.toml", &two("valid_to = 2020-12-31"))], None).unwrap();
    assert_eq!(policy.number("a", day("2020-12-31")), Ok(1));
    assert_eq!(policy.number("a", day("2021-01-01")), Ok(2));
    for end in ["", "valid_to = 2021-01-01"] {
        let error = refused(&two(end));
        assert!(
            error.contains("entry `a`") && error.contains("2021-01-01") && error.contains("`valid_to`"),
            "{error}"
        );
    }
}

#[test]
fn a_pilot_policy_that_cannot_work_is_refused() {
    let cut = CITY.find("[[pilot_policies]]").unwrap();
    let pilots = format!("edition = 2026-01-01\n{}", &CITY[cut..]);
    let window = "valid_from = 2020-09-01\nvalid_to = 2022-12-31";
    for (from, to, part) in [
        (
            window,
            "valid_from = 2020-09-01\nvalid_to = 2022-11-30",
            "phase conclusion`, field `valid_to` lies after",
        ),
        (
            window,
            "valid_from = 2020-09-15\nvalid_to = 2022-12-31",
            "phase preparation`, field `valid_from` lies before",
        ),
        (
            window,
            "valid_from = 2023-09-15\nvalid_to = 2022-12-31",
            "pilot policy notice-2020-2022`, field `valid_to`",
        ),
        ("\"conclusion\"", "\"preparation\"", "field `key` comes twice"),
        ("\"notice-2020-2022\"", "\"open\"", "field `key` comes twice"),
        ("\"final_summary\"", "\"party\"", "unknown variant `party`"),
    ] {
        assert!(pilots.contains(from), "{from}");
        let error = refused(&pilots.replacen(from, to, 1));
        assert!(error.contains(part), "{error}\nshould contain {part}");
    }
}
