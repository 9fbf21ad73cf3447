//! What stands beside the elevators: districts, organisations, code lists, the policy, the quota.

use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use yuti_tests::{Caller, Lift, Options, journey};

async fn district(app: &Caller, code: &str) -> Value {
    let districts = app.get("/v1/districts").await.at("/items");
    districts
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["code"] == code)
        .cloned()
        .unwrap_or_else(|| panic!("no district {code}"))
}

journey! {
    /// The divisions are dated: those that were abolished in November 2025 name their last day and what took their place.
    async fn districts_are_dated(world) {
        let app = world.anyone();
        for (code, name) in [("500105", "江北区"), ("500112", "渝北区")] {
            let abolished = district(&app, code).await;
            assert_eq!((&abolished["name_zh"], &abolished["valid_to"], &abolished["successor"]), (&json!(name), &json!("2025-11-06"), &json!("500157")));
        }
        let new = district(&app, "500157").await;
        assert_eq!((&new["name_zh"], &new["valid_to"]), (&json!("两江新区"), &Value::Null));
        assert_eq!(new["valid_from"], "2025-11-07", "the day after the last one of those before");
        let page = app.get("/v1/districts").await.json();
        let items = page["items"].as_array().unwrap();
        let standing = items.iter().filter(|one| one["valid_to"].is_null()).count();
        assert_eq!((items.len(), standing), (39, 37));
        assert_eq!(page["count"], json!({"total": 39, "exact": true}));
    }
}

journey! {
    /// Codes of earlier registers lead to the division of today, and say until when they held.
    async fn districts_know_their_earlier_codes(world) {
        let app = world.anyone();
        let jiangjin = district(&app, "500116").await;
        let codes: Vec<&str> = jiangjin["earlier_codes"].as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap()).collect();
        assert_eq!(codes, ["500181", "500381"]);
        assert_eq!(jiangjin["earlier_codes"][1], json!({"code": "500381", "name_zh": "江津市", "first_seen": "2002-12", "gone_by": "2006-12"}));
        // A code that was used again for another division since.
        let qijiang = district(&app, "500110").await;
        assert!(qijiang["earlier_codes"].as_array().unwrap().iter().any(|one| one["code"] == "500110" && one["name_zh"] == "万盛区"));
        assert!(qijiang["zones"].as_array().unwrap().iter().any(|zone| zone["key"] == "WSJKQ"));
    }
}

journey! {
    /// Every division that exists has a bureau that supervises in it.
    async fn every_district_has_its_bureau(world) {
        let districts = world.anyone().get("/v1/districts").await.at("/items");
        for one in districts.as_array().unwrap().iter().filter(|one| one["valid_to"].is_null()) {
            let bureaus = one["authorities"].as_array().unwrap();
            let own = |bureau: &Value| bureau["level"] == "district" && bureau["district"] == one["code"];
            assert!(bureaus.iter().any(|bureau| own(bureau) && bureau["valid_to"].is_null()), "{one}");
        }
    }
}

journey! {
    /// An elevator registered in an abolished district keeps its code; the bureau of what took its place supervises it, from
    /// the day of the change on.
    async fn an_abolished_district_is_supervised_by_its_successor(world: Options::empty().clock("2025-11-06T04:00:00Z")) {
        world.import("register", &[Lift::new("300001").with("district", "500105"), Lift::new("300002").with("district", "500112")]).await;
        let app = world.anyone();
        let bureau = async |code: &str| app.get(&format!("/v1/elevators/{code}")).await.at("/authority/name_zh");
        assert_eq!((bureau("300001").await, bureau("300002").await), (json!("江北区市场监督管理局"), json!("渝北区市场监督管理局")));
        world.set_clock("2025-11-06T16:00:00Z");
        let successor = district(&app, "500157").await["authorities"][0]["name_zh"].clone();
        assert_eq!((bureau("300001").await, bureau("300002").await), (successor.clone(), successor));
        let found = app.get("/v1/elevators?district=500105").await.at("/items");
        assert_eq!((&found[0]["code"], &found[0]["district"]["name_zh"]), (&json!("300001"), &json!("江北区")));
    }
}

/// How many elevators name each unit in a role.
fn fleets(elevators: &[Value], role: &str) -> BTreeMap<String, i64> {
    let mut fleets = BTreeMap::new();
    for unit in elevators.iter().filter_map(|elevator| elevator[role]["uscc"].as_str()) {
        *fleets.entry(unit.to_owned()).or_default() += 1;
    }
    fleets
}

journey! {
    /// The numbers of a unit's elevators are those of the elevators that name it.
    async fn fleets_are_those_of_the_elevators(world: Options::demo().generous()) {
        let app = world.anyone();
        let elevators = app.all("/v1/elevators").await;
        let (using, maintaining) = (fleets(&elevators, "using_unit"), fleets(&elevators, "maintenance_unit"));
        let units = app.all("/v1/organisations").await;
        for unit in &units {
            let Some(code) = unit["uscc"].as_str() else { continue };
            assert_eq!(unit["elevators_used"], using.get(code).copied().unwrap_or(0), "{unit}");
            assert_eq!(unit["elevators_maintained"], maintaining.get(code).copied().unwrap_or(0), "{unit}");
        }
        let known: BTreeSet<&str> = units.iter().filter_map(|unit| unit["uscc"].as_str()).collect();
        assert!(using.keys().chain(maintaining.keys()).all(|code| known.contains(code.as_str())), "every unit is listed");
    }
}

journey! {
    /// The role narrows to units that play it.
    async fn organisations_by_role(world: Options::demo().generous()) {
        let app = world.anyone();
        let all = app.all("/v1/organisations").await;
        for (role, field) in [("using_unit", "elevators_used"), ("maintenance_unit", "elevators_maintained")] {
            let expected: Vec<&Value> = all.iter().filter(|unit| unit[field].as_i64().unwrap() > 0).collect();
            let found = app.walked(&format!("/v1/organisations?role={role}&limit=11")).await;
            assert!(!expected.is_empty() && found.iter().collect::<Vec<_>>() == expected, "{role}: {} of {}", found.len(), expected.len());
            let count = app.get(&format!("/v1/organisations?role={role}&count=exact&limit=1")).await.at("/count/total");
            assert_eq!(count, expected.len());
        }
        app.get("/v1/organisations?role=owner").await.problem(400, "invalid_parameters").names_parameters(&["role"]);
    }
}

journey! {
    /// A unit is found by its code as people type it; any other code is told to be nobody's.
    async fn an_organisation_by_its_code(world) {
        let app = world.anyone();
        let unit = app.get("/v1/organisations/91500108MADED0012H").await;
        assert_eq!(unit.is(200).at("/name"), "青石坎物业管理有限公司");
        assert!(unit.at("/elevators_used").as_i64().unwrap() > 0);
        assert_eq!(app.get("/v1/organisations/91500108%20maded0012h").await.is(200).json(), unit.json());
        let id = unit.at("/id").as_str().unwrap().to_owned();
        assert_eq!(app.get(&format!("/v1/organisations/{id}")).await.is(200).json(), unit.json());
        assert_eq!(unit.at("/url"), format!("{}/v1/organisations/{id}", app.base()));
        for unknown in ["org-0", "org-999999", "ORG-1", "91500108MADED0012X", "91500108MA5QSK017K", "1", "%E7%89%A9%E4%B8%9A", "el-1"] {
            app.get(&format!("/v1/organisations/{unknown}")).await.problem(404, "organisation_not_found");
        }
    }
}

/// The codes of a published list.
async fn codes(app: &Caller, list: &str) -> BTreeSet<String> {
    let codes = app.get(&format!("/v1/code-lists/{list}")).await.at("/codes");
    codes.as_array().unwrap().iter().map(|code| code["code"].as_str().unwrap().to_owned()).collect()
}

/// Every text at a pointer; `*` stands for each member of an array.
fn at<'v>(value: &'v Value, path: &str) -> Vec<&'v str> {
    let Some((step, rest)) = path.split_once('/') else {
        return match &value[path] {
            Value::Array(many) => many.iter().filter_map(Value::as_str).collect(),
            one => one.as_str().into_iter().collect(),
        };
    };
    match &value[step] {
        Value::Array(many) => many.iter().flat_map(|one| at(one, rest)).collect(),
        one => at(one, rest),
    }
}

/// Bodies of one kind, with the places in them that bear codes and the list of each.
type Bodies = (&'static str, Vec<Value>, &'static [(&'static str, &'static str)]);

journey! {
    /// Every code that a body bears stands in its published list.
    async fn every_code_is_in_its_list(world: Options::demo().generous()) {
        let app = world.anyone();
        let bodies: [Bodies; 5] = [
            ("elevators", app.all("/v1/elevators").await, &[
                ("status", "elevator-status"), ("status_reasons", "status-reason"), ("use_status", "use-status"),
                ("inspection/kind", "inspection-kind"), ("inspection/result", "inspection-result"),
                ("inspection/valid_until_precision", "precision"), ("insurance/kind", "insurance-kind"),
                ("contract", "contract-kind"), ("identifiers/kind", "identifier-kind"), ("identifiers/scheme", "code-scheme"),
                ("quality/flag", "quality-flag"), ("annotation/ended_because", "annotation-end"),
                ("category/code", "equipment-category"),
            ]),
            ("districts", vec![app.get("/v1/districts").await.json()], &[("items/kind", "district-kind"), ("items/authorities/level", "authority-level")]),
            ("changes", app.all("/v1/changes").await, &[("subject", "change-subject"), ("kind", "change-kind"), ("reason", "change-reason")]),
            ("quota", vec![app.get("/v1/quota").await.json()], &[("policies/policy", "limit-policy")]),
            ("policy", vec![app.get("/v1/policy").await.json()], &[("entries/confidence", "confidence")]),
        ];
        for (name, items, fields) in &bodies {
            for (field, list) in *fields {
                let known = codes(&app, list).await;
                let used: BTreeSet<String> = items.iter().flat_map(|item| at(item, field)).map(str::to_owned).collect();
                assert!(!used.is_empty(), "no {name} with a {field}");
                assert!(used.is_subset(&known), "{name}: {field} bears {:?}, which {list} does not have", used.difference(&known));
            }
        }
    }
}

journey! {
    /// The list of lists leads to each of them, with as many codes as it says, each with its Chinese label.
    async fn every_code_list_opens(world) {
        let app = world.anyone();
        let lists = app.get("/v1/code-lists").await.at("/items");
        let names: Vec<&str> = lists.as_array().unwrap().iter().map(|list| list["name"].as_str().unwrap()).collect();
        assert!(names.is_sorted() && names.len() >= 20, "{names:?}");
        for list in lists.as_array().unwrap() {
            let one = app.get(list["url"].as_str().unwrap()).await.is(200).json();
            assert_eq!((&one["name"], &one["title_en"]), (&list["name"], &list["title_en"]));
            let codes = one["codes"].as_array().unwrap();
            assert_eq!(list["size"], codes.len(), "{}", list["name"]);
            let distinct: BTreeSet<String> = codes.iter().map(|code| format!("{}|{}|{}", code["scheme"], code["parent"], code["code"])).collect();
            assert_eq!(distinct.len(), codes.len(), "{}: a code comes twice", list["name"]);
            assert!(codes.iter().all(|code| !code["label_zh"].as_str().unwrap().is_empty()), "{}", list["name"]);
        }
        for unknown in ["nothing", "ELEVATOR-STATUS", "elevator_status", "%00", ""] {
            assert_eq!(app.get(&format!("/v1/code-lists/{unknown}")).await.status() / 100, 4, "{unknown}");
        }
        app.get("/v1/code-lists/nothing").await.problem(404, "code_list_not_found");
    }
}

async fn mediation(app: &Caller, day: &str) -> Value {
    let policy = app.get(&format!("/v1/policy?on={day}")).await;
    assert_eq!(policy.is(200).at("/on"), day);
    let entries = policy.at("/entries");
    let found: Vec<Value> = entries
        .as_array()
        .unwrap()
        .iter()
        .filter(|entry| entry["key"] == "complaint_mediation")
        .cloned()
        .collect();
    assert_eq!(found.len(), 1, "one rule on one day, not {found:?}");
    found[0].clone()
}

journey! {
    /// The law of a day is that of the day: the new rules for complaints begin on 15 April 2026, and not a day before.
    async fn the_policy_is_dated(world) {
        let app = world.anyone();
        let before = mediation(&app, "2026-04-14").await;
        assert_eq!((&before["value"], &before["unit"], &before["valid_to"]), (&json!(45), &json!("working_day"), &json!("2026-04-14")));
        let after = mediation(&app, "2026-04-15").await;
        assert_eq!((&after["value"], &after["unit"], &after["valid_from"]), (&json!(60), &json!("calendar_day"), &json!("2026-04-15")));
        let today = app.get("/v1/policy").await;
        assert_eq!((today.at("/on"), today.at("/profile")), (json!("2026-11-23"), json!("chongqing")));
        assert!(today.at("/calendar_known_until").is_string());
        for entry in today.at("/entries").as_array().unwrap() {
            assert!(entry["confidence"] == "setting" || entry["basis_zh"].is_string(), "an entry of the law names its source: {entry}");
        }
    }
}

journey! {
    /// Days that are none are refused; "today" is the day in Chongqing, not in London.
    async fn the_day_of_the_policy_is_a_day(world: Options::empty()) {
        let app = world.anyone();
        for wrong in ["2026-02-30", "2026-13-01", "14.04.2026", "today", "2026-4-1x", "20260415", "2026-04-15T00:00:00Z"] {
            app.get(&format!("/v1/policy?on={wrong}")).await.problem(400, "invalid_parameters").names_parameters(&["on"]);
        }
        world.set_clock("2026-11-23T15:59:59Z");
        assert_eq!(app.get("/v1/policy").await.at("/on"), "2026-11-23");
        world.set_clock("2026-11-23T16:00:00Z");
        assert_eq!(app.get("/v1/policy").await.at("/on"), "2026-11-24");
    }
}
