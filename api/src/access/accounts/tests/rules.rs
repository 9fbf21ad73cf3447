//! The rules alone.

use chrono::NaiveDate;
use yuti_entity::authority;
use yuti_openapi::vocabulary::{AuthorityLevel, Vocabulary as _};

use super::super::rules::{Origin, Place, client, new_login, next_page, place, plain_login, wait_after};
use super::*;

#[test]
fn log_ins_are_compared_in_one_form_and_no_two_look_the_same() {
    assert_eq!(plain_login(" Ｗang.Fang@Yuti.Example "), "wang.fang@yuti.example");
    for good in ["abc", "wang.fang", "wang+1@yuti.example", "王芳芳", "李-3", "a_b"] {
        assert_eq!(new_login(good).as_deref(), Some(good), "{good}");
    }
    let long = "x".repeat(65);
    for bad in ["", "ab", "王芳", ".abc", "@abc", "a b c", "wаng", "ab\u{200b}c", "a/b", &long, "éric"] {
        assert_eq!(new_login(bad), None, "{bad}");
    }
}

fn bureau(level: AuthorityLevel, valid_to: Option<&str>) -> authority::Model {
    authority::Model {
        id: 1,
        key: "k".to_owned(),
        level,
        name_zh: String::new(),
        name_en: String::new(),
        district_code: None,
        zone_key: None,
        valid_from: None,
        valid_to: valid_to.map(|day| day.parse().unwrap()),
    }
}

#[test]
fn every_role_has_its_place_and_no_other() {
    use AuthorityLevel::{City, District, Zone};
    let today: NaiveDate = "2026-11-23".parse().unwrap();
    let bureaus = [bureau(City, None), bureau(District, None), bureau(Zone, None)];
    let units = [(None, None), (Some(1), None), (Some(1), Some(2)), (Some(1), Some(1)), (None, Some(2))];
    let mut taken = Vec::new();
    for role in Role::ALL.iter().copied() {
        for bureau in [None].into_iter().chain(bureaus.iter().map(Some)) {
            for (unit, home) in units {
                if place(role, Place { bureau, unit, home }, today).is_ok() {
                    let level = bureau.map_or("-", |bureau| bureau.level.code());
                    taken.push(format!("{role} {level} {unit:?} {home:?}"));
                }
            }
        }
    }
    let expected = [
        "reader city None None",
        "reader district None None",
        "reader zone None None",
        "officer district None None",
        "officer zone None None",
        "decider district None None",
        "decider zone None None",
        "city_bureau city None None",
        "administrator - None None",
        "administrator city None None",
        "administrator district None None",
        "administrator zone None None",
        "unit_owner - Some(1) None",
        "unit_member - Some(1) None",
        "unit_delegate - Some(1) Some(2)",
    ];
    assert_eq!(taken, expected);
}

#[test]
fn a_bureau_that_is_gone_takes_nobody() {
    let today: NaiveDate = "2026-11-23".parse().unwrap();
    let gone = bureau(AuthorityLevel::District, Some("2026-11-22"));
    let last_day = bureau(AuthorityLevel::District, Some("2026-11-23"));
    let in_it = |bureau| place(Role::Officer, Place { bureau: Some(bureau), ..Place::default() }, today);
    assert_eq!(in_it(&gone).unwrap_err().field, "authority");
    assert_eq!(in_it(&last_day), Ok(()));
}

#[test]
fn waits_grow_to_their_bound_and_never_beyond() {
    let settings = AccountsConfig::for_test().password_delay;
    let wait = |failures, origin| wait_after(failures, origin, settings).num_seconds();
    let grown: Vec<i64> = (0..14).map(|failures| wait(failures, Origin::One)).collect();
    assert_eq!(grown, [0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]);
    assert_eq!((wait(49, Origin::All), wait(50, Origin::All), wait(51, Origin::All)), (0, 1, 2));
    for failures in [100, 10_000, u32::MAX] {
        assert_eq!((wait(failures, Origin::One), wait(failures, Origin::All)), (60, 60));
    }
}

#[test]
fn after_signing_in_nobody_is_led_elsewhere() {
    for own in ["/", "/zh/desk", "/e/el-1?x=%2F%2Fa&next=https:", "/a//b"] {
        assert_eq!(next_page(own), Some(own));
    }
    let long = format!("/{}", "x".repeat(2_000));
    for elsewhere in [
        "",
        "desk",
        "//evil.example",
        "/\\evil.example",
        "\\/evil.example",
        "https://evil.example",
        "/%0d\r\nX: y",
        "/a b",
        "/\t/evil.example",
        "javascript:alert(1)",
        "/é",
        "/a#b",
        &long,
        "/\u{0}",
    ] {
        assert_eq!(next_page(elsewhere), None, "{elsewhere:?}");
    }
}

#[test]
fn of_a_browser_its_family_is_kept_and_nothing_more() {
    for (agent, family) in [
        (
            "Mozilla/5.0 (Linux; Android 10; EML-AL00) AppleWebKit/537.36 Chrome/84.0 Mobile Safari/537.36 MicroMessenger/8.0",
            "WeChat · Android",
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/17.0 Safari/605.1.15",
            "Safari · macOS",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0",
            "Edge · Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 14_5 like Mac OS X) AppleWebKit/605.1.15 Version/14.1 Safari/604.1",
            "Safari · iOS",
        ),
        ("curl/8.5.0", ""),
        ("", ""),
    ] {
        assert_eq!(client(agent), family);
    }
}
