//! The change feed: nothing is missed, nothing comes twice, and a reader who has everything gets back the own cursor.

use serde_json::{Value, json};
use std::collections::BTreeSet;
use yuti_tests::{Answer, Caller, Lift, Options, journey};

pub fn seq(change: &Value) -> i64 {
    change["seq"].as_i64().unwrap_or_else(|| panic!("no seq in {change}"))
}

/// Reads on from a place to where nothing more is waiting: the changes, and the new place.
pub async fn read_on(app: &Caller, mut after: i64, limit: u32) -> (Vec<Value>, i64) {
    let mut changes = Vec::new();
    loop {
        let page = app.get(&format!("/v1/changes?after={after}&limit={limit}")).await;
        let items = page.is(200).at("/items").as_array().unwrap().clone();
        let next = page.at("/next_after").as_i64().unwrap();
        assert_eq!(next, items.last().map_or(after, seq), "next_after of {page}");
        after = next;
        changes.extend(items);
        if page.at("/more") == false {
            return (changes, after);
        }
    }
}

fn strictly_increasing(changes: &[Value]) -> bool {
    changes.windows(2).all(|pair| seq(&pair[0]) < seq(&pair[1]))
}

journey! {
    /// After the first start a walk through the feed names every elevator and every unit exactly once.
    async fn a_walk_names_everything_once(world: Options::demo().generous()) {
        let app = world.anyone();
        let (changes, last) = read_on(&app, 0, 333).await;
        assert!(strictly_increasing(&changes));
        let named = |subject: &str| -> Vec<String> {
            changes.iter().filter(|change| change["subject"] == subject && change["kind"] == "created").map(|change| change["id"].as_str().unwrap().to_owned()).collect()
        };
        let elevators = named("elevator");
        let distinct: BTreeSet<&String> = elevators.iter().collect();
        let listed = app.all("/v1/elevators").await;
        assert_eq!(distinct.len(), elevators.len(), "an elevator is named twice");
        assert_eq!(distinct, listed.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>().iter().collect());
        let units = named("organisation");
        let listed: BTreeSet<String> = app.all("/v1/organisations").await.iter().map(|unit| unit["id"].as_str().unwrap().to_owned()).collect();
        assert_eq!(units.len(), listed.len(), "a unit is named twice");
        assert_eq!(units.into_iter().collect::<BTreeSet<_>>(), listed);
        assert_eq!(app.all("/v1/changes").await, changes, "the stream is the walk");
        assert_eq!(seq(changes.last().unwrap()), last);
    }
}

journey! {
    /// Each entry leads to what it is about.
    async fn an_entry_leads_to_its_subject(world) {
        let app = world.anyone();
        for subject in ["elevator", "organisation"] {
            let changes = app.all("/v1/changes").await;
            let mut followed = 0;
            let of_subject = changes.iter().filter(|change| change["subject"] == subject && change["kind"] == "created");
            for change in of_subject.step_by(if subject == "elevator" { 400 } else { 40 }) {
                let resource = app.get(change["url"].as_str().unwrap()).await.is(200).json();
                assert_eq!((&resource["id"], &resource["version"]), (&change["id"], &change["version"]));
                if subject == "elevator" {
                    assert_eq!(resource["code"], change["code"]);
                }
                assert_eq!((&change["kind"], &change["reason"]), (&json!("created"), &json!("demonstration")));
                followed += 1;
            }
            assert!(followed > 0, "no {subject} in the feed");
        }
    }
}

journey! {
    /// With nothing new a reader gets back the own cursor, also one beyond the end, and an address to ask again.
    async fn nothing_new_gives_the_own_cursor_back(world) {
        let app = world.anyone();
        let (_, last) = read_on(&app, 0, 500).await;
        for after in [last, last + 1, 9_000_000_000_000_000_000] {
            let page = app.get(&format!("/v1/changes?after={after}")).await;
            assert_eq!((page.is(200).at("/items"), page.at("/next_after"), page.at("/more")), (json!([]), json!(after), json!(false)));
            assert_eq!(page.link("next").as_deref(), page.at("/next").as_str());
            let again = app.get(page.at("/next").as_str().unwrap()).await;
            assert_eq!(again.is(200).at("/next_after"), after);
            assert!(app.all(&format!("/v1/changes?after={after}")).await.is_empty());
        }
    }
}

journey! {
    /// What is no place in the feed is refused.
    async fn a_place_that_is_none_is_refused(world: Options::empty()) {
        let app = world.anyone();
        for wrong in ["-1", "x", "1.5", "1e3", "99999999999999999999", "%F0%9F%9B%97"] {
            app.get(&format!("/v1/changes?after={wrong}")).await.problem(400, "invalid_parameters").names_parameters(&["after"]);
        }
        app.get("/v1/changes?after=1&after=2").await.problem(400, "invalid_parameters").names_parameters(&["after"]);
    }
}

/// Asks until the feed has this many entries after a place; the sequencer may take a moment.
pub async fn comes_to(app: &Caller, after: i64, wanted: usize) -> Vec<Value> {
    for _ in 0..200 {
        let (changes, _) = read_on(app, after, 500).await;
        if changes.len() >= wanted {
            return changes;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the feed has not come to {wanted} entries after {after}")
}

journey! {
    /// Each delivery is in the feed: what is new as created, what changed as updated, what stayed not at all.
    async fn deliveries_are_in_the_feed(world: Options::empty()) {
        let app = world.anyone();
        let first = Lift::new("300001").with("district", "500108");
        world.import("register", &[first.clone(), Lift::new("300002")]).await;
        let created = comes_to(&app, 0, 2).await;
        let told = |changes: &[Value]| -> Vec<(String, String, i64)> {
            let elevators = changes.iter().filter(|change| change["subject"] == "elevator");
            elevators.map(|change| (change["code"].as_str().unwrap().to_owned(), change["kind"].as_str().unwrap().to_owned(), change["version"].as_i64().unwrap())).collect()
        };
        assert_eq!(told(&created), [("300001".into(), "created".into(), 1), ("300002".into(), "created".into(), 1)]);
        assert!(created.iter().all(|change| change["reason"] == "import"));
        let last = seq(created.last().unwrap());
        world.import("register", &[first.with("address", "青石坎路 18 号"), Lift::new("300002"), Lift::new("300003")]).await;
        let news = comes_to(&app, last, 2).await;
        assert_eq!(told(&news), [("300001".into(), "updated".into(), 2), ("300003".into(), "created".into(), 1)]);
    }
}

journey! {
    /// A reader who polls with a tag is told 304 until something happens.
    async fn polling_with_a_tag_costs_next_to_nothing(world: Options::empty()) {
        world.import("register", &[Lift::new("300001")]).await;
        let app = world.anyone();
        comes_to(&app, 0, 1).await;
        let first = app.get("/v1/changes").await;
        let polling = app.with_header("If-None-Match", &first.header("ETag"));
        let quiet = polling.get("/v1/changes").await;
        assert!(quiet.is(304).bytes().is_empty());
        world.import("register", &[Lift::new("300001"), Lift::new("300002")]).await;
        comes_to(&app, 0, 2).await;
        let news: Answer = polling.get("/v1/changes").await;
        assert_eq!(news.is(200).at("/items").as_array().unwrap().len(), 2);
    }
}
