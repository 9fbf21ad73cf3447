#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use std::path::Path;

use super::*;
use crate::policy::PilotAct;
use chrono::NaiveDate;

const CHONGQING: &str = include_str!("../../data/profiles/chongqing.toml");
const NEW_YORK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/new-york/profile.toml");

fn chongqing() -> Profile {
    Profile::load("chongqing").unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Writes a profile and further files into a folder of its own and loads it.
fn load(name: &str, profile: &str, files: &[(&str, &str)]) -> Result<Profile, ProfileError> {
    let folder = std::env::temp_dir().join(format!("yuti-profile-{}-{name}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    for (file, text) in files {
        std::fs::write(folder.join(file), text).unwrap();
    }
    let path = folder.join("profile.toml");
    std::fs::write(&path, profile).unwrap();
    let loaded = Profile::load(path.to_str().unwrap());
    std::fs::remove_dir_all(folder).unwrap();
    loaded
}

fn refused(name: &str, from: &str, to: &str) -> String {
    assert!(CHONGQING.contains(from), "the profile no longer holds {from}");
    load(name, &CHONGQING.replacen(from, to, 1), &[]).unwrap_err().to_string()
}

fn refused_file(name: &str, key: &str, text: &str) -> String {
    let shipped = CHONGQING.lines().find(|line| line.starts_with(&format!("{key} = \"shipped:"))).unwrap();
    let profile = CHONGQING.replacen(shipped, &format!("{key} = \"own.csv\""), 1);
    load(name, &profile, &[("own.csv", text)]).unwrap_err().to_string()
}

// ---- Chongqing -------------------------------------------------------------------------------------------------------------

#[test]
fn chongqing_is_shipped() {
    let city = chongqing();
    assert_eq!((city.name_zh.as_str(), city.name_en.as_str()), ("重庆", "Chongqing"));
    assert_eq!(city.time_zone, Tz::Asia__Shanghai);
    assert_eq!(city.languages, ["zh", "en"]);
    assert_eq!(city.rescue_line.number, "96333");
    assert_eq!(city.rescue_line.code_identifier_kind.as_deref(), Some("rescue_code"));
    assert_eq!(city.default_identifier, "rescue_code");
    let kinds: Vec<&str> = city.identifier_kinds.iter().map(|kind| kind.key.as_str()).collect();
    assert_eq!(
        kinds,
        [
            "rescue_code",
            "equipment_code",
            "registration_code",
            "certificate_number",
            "platform_code",
            "factory_number"
        ]
    );
    assert_eq!(city.maintenance_default.as_ref().unwrap().rule, "TSG T5002-2017");
    assert_eq!(city.calendar().known_until(), Some(day("2026-12-31")));
    assert!(city.policy().is_open(PilotAct::Apply, day("2026-08-10")));
    assert_eq!(city.policy().number("complaint_mediation", day("2026-04-15")), Ok(60));
    assert_eq!(city.policy().number("small_number_floor", day("2021-01-01")), Ok(5));
}

#[test]
fn a_profile_of_ones_own_may_use_the_shipped_files() {
    let own = load("own", CHONGQING, &[]).unwrap();
    assert_eq!(own.reference(), chongqing().reference());
    assert_eq!(own.policy().version(), chongqing().policy().version());
}

#[test]
fn the_reference_files_hold_what_they_should() {
    let city = chongqing();
    let reference = city.reference();
    assert_eq!(reference.districts.len(), 39);
    assert_eq!(reference.district_history.len(), 23);
    assert_eq!(reference.zones.len(), 5);
    assert_eq!(reference.authorities.len(), 41);
    assert_eq!(reference.categories.len(), 37);
    assert_eq!(reference.fault_codes.len(), 67);
    assert_eq!(reference.maintenance_items.len(), 257);
    assert_eq!(reference.glossary.len(), 50);
}

#[test]
fn codes_of_two_catalogues_are_told_apart() {
    let city = chongqing();
    let named: Vec<(&str, &str)> = city
        .reference()
        .categories
        .iter()
        .filter(|row| row.code == "3310")
        .map(|row| (row.catalogue.as_str(), row.name_zh.as_str()))
        .collect();
    assert_eq!(named, [("2014-114", "自动扶梯"), ("2004-31", "液压客梯")]);
    assert_eq!(city.default_catalogue, "2014-114");
}

// ---- Districts -------------------------------------------------------------------------------------------------------------

#[test]
fn the_city_had_38_districts_in_the_pilots_years_and_has_37_since() {
    let city = chongqing();
    let existing = |text| city.reference().districts.iter().filter(|row| row.existed_on(day(text))).count();
    assert_eq!(existing("2020-09-01"), 38);
    assert_eq!(existing("2022-12-31"), 38);
    assert_eq!(existing("2025-11-06"), 38);
    assert_eq!(existing("2025-11-07"), 37);
    assert_eq!(existing("2026-12-31"), 37);
}

#[test]
fn the_dates_agree_with_the_columns_of_the_file() {
    let city = chongqing();
    let text = include_str!("../../data/domain/districts.csv");
    for row in csv::Reader::from_reader(text.as_bytes()).records() {
        let row = row.unwrap();
        let district = city.reference().district(&row[0]).unwrap();
        for (column, years) in [(4, ["2020-09-01", "2022-12-31"]), (5, ["2026-01-01", "2026-12-31"])] {
            for text in years {
                assert_eq!(district.existed_on(day(text)), &row[column] == "yes", "{} on {text}", &row[0]);
            }
        }
    }
}

#[test]
fn the_validity_of_districts_is_worked_out_from_the_code_history() {
    let city = chongqing();
    let span = |code| {
        let row = city.reference().district(code).unwrap();
        let text = |day: Option<NaiveDate>| day.map_or("-".to_owned(), |day| day.to_string());
        (text(row.valid_from), text(row.valid_to), row.successor.clone().unwrap_or("-".to_owned()))
    };
    let told = |from: &str, to: &str, next: &str| (from.to_owned(), to.to_owned(), next.to_owned());
    assert_eq!(span("500103"), told("-", "-", "-"));
    assert_eq!(span("500105"), told("-", "2025-11-06", "500157"));
    assert_eq!(span("500112"), told("-", "2025-11-06", "500157"));
    assert_eq!(span("500157"), told("2025-11-07", "-", "-"));
    // Qijiang: code reused in 2011-10; Jiangjin: last renamed in 2006-12.
    assert_eq!(span("500110"), told("2011-10-01", "-", "-"));
    assert_eq!(span("500116"), told("2006-12-01", "-", "-"));
}

#[test]
fn old_codes_lead_to_the_district_that_answers_today() {
    let city = chongqing();
    let today = day("2026-08-10");
    let answers = |code, day| city.reference().district_for(code, day).map(|row| row.code.clone());
    for (old, new) in [
        ("500103", "500103"),
        ("500222", "500110"),
        ("500225", "500111"),
        ("500381", "500116"),
        ("500239", "500114"),
        ("500105", "500157"),
        ("500112", "500157"),
        ("500110", "500110"),
    ] {
        assert_eq!(answers(old, today).as_deref(), Some(new), "{old}");
    }
    assert_eq!(answers("500105", day("2025-11-06")).as_deref(), Some("500105"));
    assert_eq!(answers("510100", today), None);
    assert_eq!(answers("", today), None);
}

#[test]
fn every_day_every_existing_district_has_exactly_one_bureau() {
    let city = chongqing();
    let reference = city.reference();
    for text in ["2020-09-01", "2025-11-06", "2025-11-07", "2026-08-10"] {
        let today = day(text);
        let bureaus: Vec<&Authority> = reference
            .authorities
            .iter()
            .filter(|row| row.valid_from.is_none_or(|first| first <= today))
            .filter(|row| row.valid_to.is_none_or(|last| today <= last))
            .collect();
        assert_eq!(bureaus.iter().filter(|row| row.level == "city").count(), 1, "{text}");
        for district in &reference.districts {
            let own =
                bureaus.iter().filter(|row| row.district_code.as_deref() == Some(&district.code)).count();
            assert_eq!(own, usize::from(district.existed_on(today)), "{} on {text}", district.code);
        }
    }
}

// ---- Identifiers -----------------------------------------------------------------------------------------------------------

#[test]
fn values_seen_in_the_field_have_the_shapes_of_their_kinds() {
    let city = chongqing();
    let accepts = |kind: &str, value: &str| city.identifier_kind(kind).unwrap().accepts(value);
    for (kind, value, expected) in [
        ("equipment_code", "31105001062011050006", true),
        ("equipment_code", "3110ABCDEFGHJ20110308", true),
        ("equipment_code", "311010206201900123", true),
        ("equipment_code", "31101020620190123", true),
        ("equipment_code", "3110102062019001234", false),
        ("equipment_code", "311010206201900", false),
        ("registration_code", "31105001062011050006", true),
        ("registration_code", "3110500106201105000", false),
        ("certificate_number", "梯11闽E3622(16)", true),
        ("certificate_number", "梯11浙AJ5023(19)", true),
        ("certificate_number", "梯11PL07204(19)", true),
        ("certificate_number", "梯11粤EM0866", true),
        ("certificate_number", "31105001062011050006", true),
        ("certificate_number", "锅11渝A00001(20)", false),
        ("rescue_code", "502718", true),
        ("rescue_code", "5027", false),
        ("rescue_code", "50271A", false),
        ("factory_number", "随便什么", true),
        ("factory_number", "", false),
    ] {
        assert_eq!(accepts(kind, value), expected, "{kind} {value}");
    }
    assert!(city.identifier_kind("no_such_kind").is_none());
}

// ---- New York --------------------------------------------------------------------------------------------------------------

#[test]
fn new_york_is_another_city_without_another_program() {
    let city = Profile::load(NEW_YORK).unwrap();
    assert_eq!(city.time_zone, Tz::America__New_York);
    assert_eq!(city.languages, ["en", "zh"]);
    assert_eq!(city.rescue_line.number, "911");
    let names: Vec<&str> = city.reference().districts.iter().map(|row| row.name_en.as_str()).collect();
    assert_eq!(names, ["Manhattan", "Bronx", "Brooklyn", "Queens", "Staten Island"]);
    assert!(
        city.reference()
            .districts
            .iter()
            .all(|row| row.kind == "borough" && row.existed_on(day("2015-07-01")))
    );
    assert!(city.identifier_kind("device_number").unwrap().accepts("1E1002"));
    assert!(!city.identifier_kind("device_number").unwrap().accepts("1000"));
    assert!(city.identifier_kind("bin").unwrap().accepts("1084781"));
    assert_eq!(city.reference().categories.len(), 9);
    assert!(city.maintenance_default.is_none() && city.pilot_policy.is_none());
    assert!(city.policy().pilot().is_none());
    assert!(!city.policy().is_open(PilotAct::Apply, day("2021-01-01")));
    assert!(city.policy().number("pilot_publicity", day("2021-01-01")).is_err());
    assert_eq!(city.policy().number("small_number_floor", day("2015-07-01")), Ok(5));
    assert_eq!(city.calendar().known_until(), None);
}

#[test]
fn a_city_without_policy_files_loads_too() {
    let text = std::fs::read_to_string(NEW_YORK).unwrap();
    let text = text.replace("files = [\"shipped:policy/settings.toml\"]", "");
    let districts = std::fs::read_to_string(Path::new(NEW_YORK).with_file_name("districts.csv")).unwrap();
    let city = load("no-policy", &text, &[("districts.csv", &districts)]).unwrap();
    assert!(city.policy().on(day("2020-01-01")).is_empty());
}

// ---- Refusals --------------------------------------------------------------------------------------------------------------

#[test]
fn unknown_names_and_missing_files_are_told() {
    let unknown = Profile::load("atlantis").unwrap_err().to_string();
    assert!(unknown.contains("`atlantis`") && unknown.contains("chongqing"), "{unknown}");
    for path in ["./nowhere/profile.toml", "nowhere.toml"] {
        let missing = Profile::load(path).unwrap_err().to_string();
        assert!(missing.contains(path) && missing.contains("YUTI_PROFILE"), "{missing}");
    }
    let missing = refused("missing", "\"shipped:domain/districts.csv\"", "\"elsewhere.csv\"");
    assert!(missing.contains("`files.districts`") && missing.contains("elsewhere.csv"), "{missing}");
    let not_shipped = refused("not-shipped", "\"shipped:domain/glossary.csv\"", "\"shipped:words.csv\"");
    assert!(
        not_shipped.contains("`files.glossary`") && not_shipped.contains("domain/glossary.csv"),
        "{not_shipped}"
    );
}

#[test]
fn every_bad_key_is_named() {
    for (name, from, to, part) in [
        ("typo", "holiday_country", "holiday_land", "unknown field `holiday_land`"),
        ("type", "number = \"96333\"", "number = 96333", "`number`: invalid type: integer `96333`"),
        ("missing", "name_en = \"Chongqing\"\n", "", "missing field `name_en`"),
        ("empty", "name_en = \"Chongqing\"", "name_en = \" \"", "`name_en` is empty"),
        ("zone", "\"Asia/Shanghai\"", "\"Asia/Chungking2\"", "`time_zone` is not a time zone"),
        (
            "calendar-zone",
            "\"Asia/Shanghai\"",
            "\"Asia/Tokyo\"",
            "holidays.json: the calendar is for the time zone",
        ),
        ("no-language", "[\"zh\", \"en\"]", "[]", "`languages` is not a list"),
        ("language", "[\"zh\", \"en\"]", "[\"zh\", \"fr\"]", "`languages` is not a list"),
        ("twice", "[\"zh\", \"en\"]", "[\"zh\", \"zh\"]", "`languages` is not a list"),
        ("default-kind", "= \"rescue_code\"", "= \"tail_number\"", "`default_identifier` is not one of"),
        (
            "rescue-kind",
            "code_identifier_kind = \"rescue_code\"",
            "code_identifier_kind = \"x\"",
            "`rescue_line.code_identifier_kind`",
        ),
        (
            "kind-twice",
            "key = \"platform_code\"",
            "key = \"rescue_code\"",
            "`identifier_kinds.rescue_code` comes twice",
        ),
        ("example", "\"502718\"", "\"50271\\u0041\"", "`identifier_kinds.rescue_code.example`"),
        ("pattern", "9{5,8}", "9{5,8", "close it"),
        ("catalogue", "\"2014-114\"", "\"2014-115\"", "`categories.default_catalogue`"),
        (
            "no-catalogue",
            "file = \"shipped:domain/equipment_categories.csv\"\n",
            "",
            "has neither `file` nor `rows`",
        ),
        (
            "intervals",
            "\"maintenance_interval\"",
            "\"interval\"",
            "needs the policy entry `interval_half_month`",
        ),
        (
            "pilot",
            "pilot = \"open\"",
            "pilot = \"shut\"",
            "no pilot policy `shut`; known are: notice-2020-2022, open",
        ),
        (
            "no-calendar",
            "calendar = \"shipped:domain/holidays.json\"",
            "",
            "`holiday_country` is given without",
        ),
        ("broken", "key = \"chongqing\"", "key = ", "line 3"),
    ] {
        let error = refused(name, from, to);
        assert!(error.contains(part), "{name}: {error}\nshould contain {part}");
    }
}

#[test]
fn bad_rows_are_named_with_line_and_column() {
    let header = "key,level,name_zh,name_en,district_code,zone_key,valid_from,valid_to,confidence,note\n";
    let row = |text: &str| format!("{header}c,city,市局,City,,,,,high,\n{text}\n");
    for (name, text, part) in [
        ("bad-day", row("d,district,局,Bureau,500103,,2020-13-01,,high,"), "line 3, column `valid_from`"),
        ("short", row("d,district"), "line 3, column `row`"),
        ("level", row("d,county,局,Bureau,500103,,,,high,"), "column `level`"),
        ("no-district", row("d,district,局,Bureau,,,,,high,"), "column `level`"),
        (
            "district",
            row("d,district,局,Bureau,999999,,,,high,"),
            "line 3, column `district_code`: `999999` is not in its list",
        ),
        ("zone-key", row("z,zone,局,Bureau,,NOWHERE,,,high,"), "line 3, column `zone_key`: `NOWHERE`"),
        (
            "backwards",
            row("dd,district,局,Bureau,500103,,2021-01-01,2020-01-01,high,"),
            "line 3, column `valid_to`",
        ),
        ("same-key", row("c,district,局,Bureau,500103,,,,high,"), "line 3, column `key`: `c` comes twice"),
        ("extra", header.replace("note", "remark"), "own.csv"),
    ] {
        let text = if name == "extra" { format!("{text}c,city,市局,City,,,,,high,\n") } else { text };
        let error = refused_file(name, "authorities", &text);
        assert!(error.contains(part) && error.contains("own.csv"), "{name}: {error}\nshould contain {part}");
    }
    let months = "old_code,old_name_zh,first_seen_yyyymm,gone_by_yyyymm,successor_code,note\n1,旧,199712,20111,500110,\n";
    let error = refused_file("month", "district_history", months);
    assert!(error.contains("line 2, column `gone_by_yyyymm`") && error.contains("201110"), "{error}");
    let error = refused_file("nobody", "districts", "code,name_zh,name_en,kind\n");
    assert!(error.contains("successor_code") || error.contains("files.districts"), "{error}");
}

#[test]
fn a_byte_order_mark_does_no_harm() {
    let own = CHONGQING.replace("shipped:domain/glossary.csv", "own.csv");
    let city = load("mark", &own, &[("own.csv", "\u{feff}zh,en,note\n公示,public notice,\n")]).unwrap();
    assert_eq!(city.reference().glossary.len(), 1);
}
