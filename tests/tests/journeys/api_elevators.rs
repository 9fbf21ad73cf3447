//! One elevator, by whatever identifier somebody has in hand; and what was registered of it before.

use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use yuti_tests::{Answer, Caller, Lift, Options, World, journey};

/// Percent-encodes every byte, so that nothing of the value can be taken for a part of the address.
pub fn segment(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

async fn view(app: &Caller, identifier: &str) -> Answer {
    app.get(&format!("/v1/elevators/{}", segment(identifier))).await
}

journey! {
    /// Whatever kind of identifier somebody reads off a label leads to the elevator.
    async fn every_kind_of_identifier_leads_to_it(world: Options::demo().generous()) {
        let app = world.anyone();
        let mut tried: BTreeMap<String, usize> = BTreeMap::new();
        for item in app.all("/v1/elevators").await.iter().rev().step_by(37) {
            for identifier in item["identifiers"].as_array().unwrap().iter().filter(|one| one["until"].is_null()) {
                let value = identifier["value"].as_str().unwrap();
                let answer = view(&app, value).await;
                match answer.status() {
                    200 => assert_eq!(answer.at("/id"), item["id"], "{value}"),
                    _ => assert!(answer.is(300).at("/choices").as_array().unwrap().iter().any(|choice| choice["id"] == item["id"]), "{value}"),
                }
                *tried.entry(identifier["kind"].as_str().unwrap().to_owned()).or_default() += 1;
            }
        }
        let kinds: Vec<&str> = tried.keys().map(String::as_str).collect();
        assert_eq!(kinds, ["certificate_number", "equipment_code", "factory_number", "platform_code", "registration_code", "rescue_code"]);
    }
}

journey! {
    /// People type what they see: grouped digits, full-width forms, small letters, stray blanks.
    async fn typed_forms_lead_to_the_same(world: Options::demo().generous()) {
        let app = world.anyone();
        for typed in [
            "502718", "502 718", " 502718 ", "50-27-18", "５０２７１８", "502\u{3000}718", "502_718", "el-1",
            "311010500201900127", "3110-10500-2019-00127", "３１１０１０５００２０１９００１２７",
            "梯11渝A00127(19)", "梯11渝A00127（19）", "梯11渝a00127(19)", "kx-19-00842", "KX1900842", "ｋｘ－１９－００８４２",
        ] {
            let answer = view(&app, typed).await;
            assert_eq!(answer.is(200).at("/id"), "el-1", "{typed}");
            answer.header_is("Content-Location", "/v1/elevators/el-1");
        }
    }
}

journey! {
    /// An identifier that an elevator carried once still leads to it, and the answer says until when it did.
    async fn a_past_identifier_leads_to_it(world) {
        let answer = view(&world.anyone(), "108812").await;
        assert_eq!(answer.is(200).at("/code"), "502718");
        let identifiers = answer.at("/identifiers");
        let identifiers = identifiers.as_array().unwrap();
        let past = identifiers.iter().find(|one| one["value"] == "108812").expect("the past one is named");
        assert_eq!((&past["kind"], &past["until"]), (&json!("rescue_code"), &json!("2020-08-31")));
        let ended: Vec<bool> = identifiers.iter().map(|one| !one["until"].is_null()).collect();
        assert!(ended.is_sorted(), "those in force come first");
    }
}

journey! {
    /// A number that two makers gave is answered with the choices, and each of them can be opened.
    async fn several_elevators_are_a_choice(world) {
        let app = world.anyone();
        for path in ["/v1/elevators/B7NL2041", "/v1/elevators/b7nl%202041/history"] {
            let answer = app.get(path).await;
            let choices = answer.is(300).at("/choices");
            let codes: Vec<&str> = choices.as_array().unwrap().iter().map(|choice| choice["code"].as_str().unwrap()).collect();
            assert_eq!(codes, ["504101", "504102"]);
            for choice in choices.as_array().unwrap() {
                assert_eq!(choice["kind"], "factory_number");
                assert!(choice["address"].is_string() && choice["district"]["code"].is_string());
                let elevator = app.get(choice["url"].as_str().unwrap()).await;
                assert_eq!(elevator.is(200).at("/id"), choice["id"]);
                assert!(elevator.text().contains("B7NL2041"));
            }
        }
    }
}

journey! {
    /// What nobody carries is told, in the reader's language, with the identifier as it was asked for.
    async fn an_unknown_identifier_is_told(world: Options::demo().generous()) {
        let app = world.anyone();
        for unknown in ["999999999", "el-999999", "el-0", "el--1", "EL-1x", "x", "0", "null", "%", "*", "502718' OR '1'='1", "502718;", "../502718", "5027181", "50271"] {
            let answer = view(&app, unknown).await;
            answer.problem(404, "elevator_not_found").says(&serde_json::to_string(unknown).unwrap()[1..unknown.len()]);
        }
        let english = view(&app.reading("en"), "999999999").await;
        assert_eq!(english.problem(404, "elevator_not_found").detail(), "No elevator carries the identifier \"999999999\".");
    }
}

journey! {
    /// What is far too long to be an identifier is carried by nobody; the answer does not give it back whole.
    async fn an_over_long_identifier_is_nobodys(world) {
        let app = world.anyone();
        for length in [65, 1_000, 7_900] {
            for path in ["", "/history"] {
                let answer = app.get(&format!("/v1/elevators/{}{path}", "7".repeat(length))).await;
                if length + path.len() > 7_980 {
                    continue;
                }
                answer.problem(404, "elevator_not_found");
                assert!(answer.bytes().len() < 1_000, "{} bytes", answer.bytes().len());
            }
        }
        let wide = view(&app, &"梯".repeat(65)).await;
        wide.problem(404, "elevator_not_found");
    }
}

journey! {
    /// A value that is new to one elevator and past for another means the one that carries it now.
    async fn a_value_in_force_wins_over_a_past_one(world: Options::empty()) {
        world.import("one", &[Lift::new("300001").with("factory_number", "KX-1"), Lift::new("300002").with("factory_number", "KX-2")]).await;
        let app = world.anyone();
        assert_eq!(view(&app, "KX-1").await.is(200).at("/code"), "300001");
        world.set_clock("2026-11-25T04:00:00Z");
        // The number wanders from the first to the second.
        world.import("one", &[Lift::new("300001").with("factory_number", "KX-3"), Lift::new("300002").with("factory_number", "KX-1")]).await;
        assert_eq!(view(&app, "KX-3").await.is(200).at("/code"), "300001");
        assert_eq!(view(&app, "KX-1").await.is(200).at("/code"), "300002");
        assert_eq!(view(&app, "KX-2").await.is(200).at("/code"), "300002", "what it was called before");
    }
}

async fn versions(app: &Caller, identifier: &str) -> Vec<Value> {
    app.walked(&format!("/v1/elevators/{}/history?limit=500", segment(identifier))).await
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_else(|| panic!("no {key} in {value}"))
}

journey! {
    /// Versions come newest first, numbered without a gap, and each was believed until the next one was recorded.
    async fn versions_are_a_chain(world: Options::demo().generous()) {
        let app = world.anyone();
        let mut past = 0;
        for code in ["502718", "502719", "506035", "503466", "502716", "504404"] {
            let versions = versions(&app, code).await;
            let numbers: Vec<i64> = versions.iter().map(|version| version["version"].as_i64().unwrap()).collect();
            let expected: Vec<i64> = (1..=i64::try_from(versions.len()).unwrap()).rev().collect();
            assert_eq!(numbers, expected, "{code}");
            assert!(versions[0]["superseded_at"].is_null() && versions[0]["valid_to"].is_null());
            for pair in versions.windows(2) {
                assert_eq!(text(&pair[1], "superseded_at"), text(&pair[0], "recorded_at"), "{code}: no instant without a belief");
                assert!(text(&pair[1], "recorded_at") < text(&pair[1], "superseded_at"), "{code}");
                assert!(text(&pair[1], "valid_to") < text(&pair[0], "valid_from"), "{code}: days do not overlap");
                past += 1;
            }
        }
        assert!(past >= 6, "the demonstration set has a past: {past} versions");
    }
}

journey! {
    /// The newest version is what the elevator's own resource shows.
    async fn the_newest_version_is_the_present_one(world) {
        let app = world.anyone();
        let present = app.get("/v1/elevators/502718").await.json();
        let newest = &versions(&app, "502718").await[0];
        for (field, value) in newest["facts"].as_object().unwrap() {
            assert_eq!(&present[field], value, "{field}");
        }
        assert_eq!((&newest["version"], &newest["recorded_at"]), (&present["version"], &present["recorded_at"]));
    }
}

journey! {
    /// Each version names exactly the fields in which it differs from the one before.
    async fn changed_fields_are_named(world: Options::demo().generous()) {
        let app = world.anyone();
        for code in ["502718", "503466", "506035"] {
            for pair in versions(&app, code).await.windows(2) {
                let (after, before) = (&pair[0]["facts"], &pair[1]["facts"]);
                let fields = after.as_object().unwrap().keys();
                let differing: BTreeSet<&str> = fields.filter(|field| after[*field] != before[*field]).map(String::as_str).collect();
                let named: BTreeSet<&str> = pair[0]["changed"].as_array().unwrap().iter().map(|field| field.as_str().unwrap()).collect();
                assert_eq!(named, differing, "{code}, version {}", pair[0]["version"]);
                assert!(!named.is_empty(), "{code}: a version that changed nothing");
            }
        }
    }
}

journey! {
    /// A history is paged like any list, and its cursor is bound to its elevator.
    async fn a_history_is_paged(world: Options::demo().generous()) {
        let app = world.anyone();
        let whole = versions(&app, "502718").await;
        assert!(whole.len() > 3, "{} versions", whole.len());
        for limit in [1, 2, 3] {
            assert_eq!(app.walked(&format!("/v1/elevators/502718/history?limit={limit}")).await, whole, "limit={limit}");
        }
        let page = app.get("/v1/elevators/502718/history?limit=1").await;
        assert_eq!(page.link("next").as_deref(), page.at("/next").as_str());
        let cursor = page.at("/next_cursor").as_str().unwrap().to_owned();
        app.get(&format!("/v1/elevators/503466/history?cursor={cursor}")).await.problem(400, "invalid_cursor");
        // The same elevator under another of its names is the same list.
        app.get(&format!("/v1/elevators/108812/history?cursor={cursor}")).await.is(200);
    }
}

/// An elevator of which one fact changes in a second delivery.
async fn two_deliveries(world: &World) {
    let lift = Lift::new("300001").with("district", "500108").with("inspection.valid_until", "2026-12");
    world.import("register", std::slice::from_ref(&lift)).await;
    world.set_clock("2026-11-24T04:00:00Z");
    world.import("register", &[lift.with("inspection.valid_until", "2027-12-15")]).await;
}

journey! {
    /// A second delivery with one new fact makes a second version; the first one stays as it was believed.
    async fn a_new_delivery_is_a_new_version(world: Options::empty()) {
        two_deliveries(world).await;
        let versions = versions(&world.anyone(), "300001").await;
        assert_eq!(versions.len(), 2);
        assert_eq!(versions[0]["changed"], json!(["inspection"]));
        assert_eq!(versions[0]["facts"]["inspection"]["valid_until"], "2027-12-15");
        assert_eq!(versions[1]["facts"]["inspection"]["valid_until"], "2026-12-31", "a month lasts to its last day");
        assert_eq!(versions[1]["facts"]["inspection"]["valid_until_precision"], "month");
        assert!(text(&versions[0], "recorded_at").starts_with("2026-11-24T04:00:"));
        assert_eq!(versions[1]["superseded_at"], versions[0]["recorded_at"]);
        assert_eq!((&versions[1]["kind"], &versions[0]["kind"]), (&json!("created"), &json!("updated")));
    }
}

journey! {
    /// The same delivery again is no news: no version, no entry in the feed, the same tag.
    async fn the_same_delivery_again_is_no_news(world: Options::empty()) {
        let lifts = [Lift::new("300001").with("district", "500108"), Lift::new("300002")];
        world.import("register", &lifts).await;
        let app = world.anyone();
        let (tag, feed) = (view(&app, "300001").await.header("ETag"), app.all("/v1/changes").await);
        world.set_clock("2026-11-23T05:00:00Z");
        world.import("register", &lifts).await;
        let again = view(&app, "300001").await;
        assert_eq!((again.header("ETag"), again.at("/version")), (tag, json!(1)));
        assert_eq!(app.all("/v1/changes").await, feed);
    }
}
