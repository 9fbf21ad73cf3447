//! Lists while the register changes: by an immutable key nothing is skipped or repeated, by a changing one nothing is missed.

use serde_json::Value;
use std::collections::BTreeSet;
use yuti_tests::{Caller, Lift, Options, World, journey};

const NUMBER: usize = 24;

fn lifts(address: &str) -> Vec<Lift> {
    (0..NUMBER).map(|number| Lift::new(&(300_001 + number).to_string()).with("address", address)).collect()
}

fn codes(page: &Value) -> Vec<String> {
    page["items"].as_array().unwrap().iter().map(|item| item["code"].as_str().unwrap().to_owned()).collect()
}

/// Walks a list while between any two pages everything is delivered anew with another address.
async fn walked_while_changing(world: &World, app: &Caller, list: &str) -> Vec<String> {
    let (mut seen, mut next, mut round) = (Vec::new(), Some(list.to_owned()), 0);
    while let Some(path) = next {
        let page = app.get(&path).await;
        seen.extend(codes(&page.is(200).json()));
        next = page.link("next");
        round += 1;
        assert!(round < 40, "{list} does not end");
        if round < 4 {
            world.set_clock(&format!("2026-11-23T05:0{round}:00Z"));
            world.import("register", &lifts(&format!("青石坎路 {round} 号"))).await;
        }
    }
    seen
}

journey! {
    /// By number each elevator comes exactly once, however much changes between the pages.
    async fn by_number_each_comes_once(world: Options::empty().generous()) {
        world.import("register", &lifts("青石坎路 18 号")).await;
        let app = world.anyone();
        let expected: Vec<String> = (0..NUMBER).map(|number| (300_001 + number).to_string()).collect();
        assert_eq!(walked_while_changing(world, &app, "/v1/elevators?limit=7").await, expected);
        let mut backwards = walked_while_changing(world, &app, "/v1/elevators?limit=7&sort=-id").await;
        backwards.reverse();
        assert_eq!(backwards, expected);
    }
}

journey! {
    /// By the time of recording each comes at least once, as the document says: what changes while it is read comes again.
    async fn by_time_each_comes_at_least_once(world: Options::empty().generous()) {
        world.import("register", &lifts("青石坎路 18 号")).await;
        let app = world.anyone();
        let seen = walked_while_changing(world, &app, "/v1/elevators?limit=7&sort=updated_at&updated_since=2026-11-23T00:00:00Z").await;
        let distinct: BTreeSet<&String> = seen.iter().collect();
        assert_eq!(distinct.len(), NUMBER, "nobody is missed");
        assert!(seen.len() > NUMBER, "what changed comes again: {} of {NUMBER}", seen.len());
    }
}

journey! {
    /// A register synchronised by the feed is the register itself: no full download is needed twice.
    async fn the_feed_keeps_a_copy_up_to_date(world: Options::empty().generous()) {
        world.import("register", &lifts("青石坎路 18 号")).await;
        let app = world.anyone();
        let (_, place) = crate::feed::read_on(&app, 0, 500).await;
        let mut copy: std::collections::BTreeMap<String, Value> = app.all("/v1/elevators").await.into_iter().map(|item| (item["id"].as_str().unwrap().to_owned(), item)).collect();
        world.set_clock("2026-11-23T06:00:00Z");
        let mut changed = lifts("青石坎路 18 号");
        changed[3] = Lift::new("300004").with("address", "青石坎路 20 号").with("inspection.valid_until", "2026-11-23");
        changed.push(Lift::new("300999"));
        world.import("register", &changed).await;
        world.set_clock("2026-11-23T16:00:00Z");
        for change in crate::feed::comes_to(&app, place, 3).await {
            let item = app.get(change["url"].as_str().unwrap()).await.is(200).json();
            copy.insert(change["id"].as_str().unwrap().to_owned(), item);
        }
        let present = app.all("/v1/elevators").await;
        assert_eq!(present.len(), NUMBER + 1);
        assert!(present.iter().all(|item| copy.get(item["id"].as_str().unwrap()) == Some(item)), "the copy differs");
        assert_eq!(copy.values().filter(|item| item["status"] == "attention").count(), 1);
    }
}
