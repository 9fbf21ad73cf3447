//! Filters of the list of elevators, each against a recomputation from all that is published, by the words of the contract.

use crate::lists::ids;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use yuti_tests::{Caller, Lift, Options, journey};

/// The day of the journeys in Chongqing.
const TODAY: &str = "2026-11-23";

/// The answer of an elevator's page by the rule of the contract; first match wins.
pub fn status(item: &Value, today: &str) -> &'static str {
    let stopped = ["suspended", "under_repair", "being_installed", "deregistered"];
    let reported = item["use_status"].as_str().is_some_and(|code| stopped.contains(&code));
    match item["inspection"]["valid_until"].as_str() {
        _ if reported || item["inspection"]["result"] == "failed" => "out_of_use",
        Some(until) if until < today => "attention",
        None => "not_received",
        Some(_) => "in_order",
    }
}

fn in_pilot(item: &Value) -> bool {
    let mark = &item["annotation"];
    mark["since"].as_str().is_some_and(|since| since <= TODAY)
        && mark["until"].as_str().is_none_or(|until| until >= TODAY)
}

/// The filter answers with exactly those elevators: streamed, paged and counted.
async fn answers_with(app: &Caller, all: &[Value], filter: &str, belongs: impl Fn(&Value) -> bool) -> usize {
    let expected: Vec<&str> =
        all.iter().filter(|item| belongs(item)).map(|item| item["id"].as_str().unwrap()).collect();
    assert_eq!(ids(&app.all(&format!("/v1/elevators?{filter}")).await), expected, "stream of {filter}");
    // That the pages of a long list are its stream is shown elsewhere, and takes its time.
    if expected.len() < 400 {
        let walked = app.walked(&format!("/v1/elevators?{filter}&limit=150")).await;
        assert_eq!(ids(&walked), expected, "pages of {filter}");
    }
    let count = app.get(&format!("/v1/elevators?{filter}&limit=1&count=exact")).await.at("/count/total");
    assert_eq!(count, expected.len(), "count of {filter}");
    expected.len()
}

/// The values at a pointer, each with how often it comes.
fn values(all: &[Value], pointer: &str) -> BTreeMap<String, usize> {
    let mut values = BTreeMap::new();
    for value in all.iter().filter_map(|item| item.pointer(pointer)?.as_str()) {
        *values.entry(value.to_owned()).or_default() += 1;
    }
    assert!(!values.is_empty(), "no elevator has a {pointer}");
    values
}

/// The most frequent value and the rarest one.
fn extremes(values: &BTreeMap<String, usize>) -> Vec<String> {
    let most = values.iter().max_by_key(|(_, count)| **count).unwrap().0;
    let least = values.iter().min_by_key(|(_, count)| **count).unwrap().0;
    vec![most.clone(), least.clone()]
}

journey! {
    /// The status of each elevator follows from its published facts by the rule of the contract.
    async fn every_status_follows_from_the_facts(world: Options::demo().generous()) {
        let all = world.anyone().all("/v1/elevators").await;
        for item in &all {
            assert_eq!(item["status"], status(item, TODAY), "{item}");
        }
        let statuses: BTreeSet<&str> = all.iter().map(|item| item["status"].as_str().unwrap()).collect();
        assert_eq!(statuses.len(), 4, "the demonstration set shows every status");
    }
}

journey! {
    /// The reasons say no more and no less than the status.
    async fn the_reasons_belong_to_the_status(world: Options::demo().generous()) {
        for item in world.anyone().all("/v1/elevators").await {
            let reasons: BTreeSet<&str> = item["status_reasons"].as_array().unwrap().iter().map(|reason| reason.as_str().unwrap()).collect();
            let validity = item["inspection"]["valid_until"].as_str();
            assert_eq!(reasons.contains("inspection_failed"), item["inspection"]["result"] == "failed", "{item}");
            assert_eq!(reasons.contains("deregistered"), item["use_status"] == "deregistered", "{item}");
            assert_eq!(reasons.contains("inspection_lapsed"), validity.is_some_and(|until| until < TODAY), "{item}");
            assert_eq!(reasons.contains("inspection_valid"), item["status"] == "in_order", "{item}");
            assert_eq!(reasons.contains("inspection_not_received"), item["status"] == "not_received", "{item}");
            assert!(!reasons.is_empty());
        }
    }
}

journey! {
    /// A status holds until the midnight in Chongqing after the inspection's last day.
    async fn the_status_says_until_when_it_holds(world: Options::demo().generous()) {
        for item in world.anyone().all("/v1/elevators").await {
            let until = item["inspection"]["valid_until"].as_str().filter(|until| *until >= TODAY);
            // Midnight in Chongqing is 16:00 of the same day in UTC.
            let expected = until.map_or(Value::Null, |day| json!(format!("{day}T16:00:00Z")));
            assert_eq!(item["valid_until"], expected, "{item}");
        }
    }
}

journey! {
    /// Each status finds its own elevators and no other.
    async fn filter_by_status(world: Options::demo().generous()) {
        let app = world.anyone();
        let all = app.all("/v1/elevators").await;
        let mut found = 0;
        for wanted in ["in_order", "attention", "out_of_use", "not_received"] {
            found += answers_with(&app, &all, &format!("status={wanted}"), |item| item["status"] == wanted).await;
        }
        assert_eq!(found, all.len());
    }
}

journey! {
    /// Every district finds its own, and all of them together find all that stand in one.
    async fn filter_by_district(world: Options::demo().generous()) {
        let app = world.anyone();
        let all = app.all("/v1/elevators").await;
        let districts = values(&all, "/district/code");
        for code in extremes(&districts) {
            answers_with(&app, &all, &format!("district={code}"), |item| item["district"]["code"] == *code).await;
        }
        let listed = app.get("/v1/districts").await.at("/items");
        for district in listed.as_array().unwrap() {
            let expected = districts.get(district["code"].as_str().unwrap()).copied().unwrap_or(0);
            assert_eq!(district["elevators"], expected, "{district}");
        }
    }
}

journey! {
    /// The pilot is a mark in force today; an elevator whose mark has ended belongs to the others.
    async fn filter_by_pilot(world: Options::demo().generous()) {
        let app = world.anyone();
        let all = app.all("/v1/elevators").await;
        let marked = answers_with(&app, &all, "pilot=true", in_pilot).await;
        let others = answers_with(&app, &all, "pilot=false", |item| !in_pilot(item)).await;
        assert!(marked > 1 && marked + others == all.len(), "{marked} in the pilot");
        let ended = all.iter().filter(|item| item["annotation"]["until"].as_str().is_some_and(|until| until < TODAY)).count();
        assert!(ended > 0, "the demonstration set has a mark that ended");
    }
}

journey! {
    /// A category finds its own in whichever catalogue.
    async fn filter_by_category(world: Options::demo().generous()) {
        let app = world.anyone();
        let all = app.all("/v1/elevators").await;
        for code in extremes(&values(&all, "/category/code")) {
            answers_with(&app, &all, &format!("category={code}"), |item| item["category"]["code"] == *code).await;
        }
    }
}

journey! {
    /// A unit finds the elevators that it uses or maintains; its code may be typed as people type codes.
    async fn filter_by_units(world: Options::demo().generous()) {
        let app = world.anyone();
        let all = app.all("/v1/elevators").await;
        for role in ["using_unit", "maintenance_unit"] {
            for code in extremes(&values(&all, &format!("/{role}/uscc"))) {
                let belongs = |item: &Value| item[role]["uscc"] == *code;
                answers_with(&app, &all, &format!("{role}={code}"), belongs).await;
                let typed = format!("{role}={}", code.to_lowercase());
                answers_with(&app, &all, &typed, belongs).await;
            }
            app.get(&format!("/v1/elevators?{role}=91500108MADED0012X")).await.problem(400, "invalid_parameters").names_parameters(&[role]);
        }
    }
}

journey! {
    /// Each doubt that stands anywhere finds exactly the elevators on which it is noted.
    async fn filter_by_quality(world: Options::demo().generous()) {
        let app = world.anyone();
        let all = app.all("/v1/elevators").await;
        let flags: BTreeSet<String> = all.iter().flat_map(|item| item["quality"].as_array().unwrap().iter().map(|note| note["flag"].as_str().unwrap().to_owned())).collect();
        assert!(flags.len() >= 2, "the demonstration set has doubts: {flags:?}");
        for flag in &flags {
            let noted = |item: &Value| item["quality"].as_array().unwrap().iter().any(|note| note["flag"] == **flag);
            answers_with(&app, &all, &format!("quality={flag}"), noted).await;
        }
    }
}

journey! {
    /// Filters narrow each other.
    async fn filters_combine(world: Options::demo().generous()) {
        let app = world.anyone();
        let all = app.all("/v1/elevators").await;
        let number = answers_with(&app, &all, "district=500108&pilot=true&status=in_order", |item| {
            item["district"]["code"] == "500108" && in_pilot(item) && item["status"] == "in_order"
        }).await;
        assert!(number >= 1, "502718 at least");
        answers_with(&app, &all, "status=attention&category=3110&pilot=false", |item| {
            item["status"] == "attention" && item["category"]["code"] == "3110" && !in_pilot(item)
        }).await;
    }
}

journey! {
    /// `updated_since` finds what was recorded at or after an instant, written with whatever offset.
    async fn filter_by_the_time_of_recording(world: Options::empty()) {
        world.import("early", &[Lift::new("300001"), Lift::new("300002")]).await;
        world.set_clock("2026-11-23T04:10:00Z");
        world.import("late", &[Lift::new("300003")]).await;
        let app = world.anyone();
        let codes = async |since: &str| -> Vec<String> {
            let items = app.all(&format!("/v1/elevators?updated_since={since}")).await;
            items.iter().map(|item| item["code"].as_str().unwrap().to_owned()).collect()
        };
        let late = app.get("/v1/elevators/300003").await.at("/recorded_at").as_str().unwrap().to_owned();
        assert_eq!(codes(&late).await, ["300003"], "at that very instant");
        assert_eq!(codes("2026-11-23T04:05:00Z").await, ["300003"]);
        assert_eq!(codes("2026-11-23T12:05:00%2B08:00").await, ["300003"]);
        assert_eq!(codes("2026-11-23T03:59:59Z").await, ["300001", "300002", "300003"]);
        assert!(codes("2026-11-23T04:10:10Z").await.is_empty());
    }
}

journey! {
    /// What is no instant is refused, not guessed at.
    async fn an_instant_that_is_none_is_refused(world: Options::empty()) {
        let app = world.anyone();
        for wrong in ["yesterday", "2026-11-23", "2026-02-30T00:00:00Z", "2026-11-23T25:00:00Z", "1763870400", "2026-11-23T04:00:00+08:00", "2026-11-23T04:00:00"] {
            let answer = app.get(&format!("/v1/elevators?updated_since={wrong}")).await;
            answer.problem(400, "invalid_parameters").names_parameters(&["updated_since"]);
        }
    }
}
