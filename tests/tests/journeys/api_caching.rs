//! What may be kept, for how long it is true, and what a new day changes.

use crate::api_paths::READS;
use crate::feed::{comes_to, read_on};
use serde_json::{Value, json};
use yuti_tests::{Answer, Caller, Lift, Options, World, journey};

/// What is public and changes: asked for again each time by its tag.
const TAGGED: [&str; 10] = [
    "/v1/elevators?limit=5",
    "/v1/elevators/502718",
    "/v1/elevators/B7NL2041",
    "/v1/elevators/502718/history",
    "/v1/organisations",
    "/v1/districts",
    "/v1/changes",
    "/v1/code-lists",
    "/v1/policy",
    "/openapi.json",
];

journey! {
    /// Public bodies are asked for again each time; what is about the caller or the moment is kept by nobody.
    async fn each_answer_says_how_long_it_may_be_kept(world: Options::demo().generous()) {
        let app = world.anyone();
        for path in READS {
            let answer = app.get(path).await;
            let moment = matches!(path, "/v1/quota" | "/healthz" | "/readyz");
            answer.is(200).header_is("Cache-Control", if moment { "no-store" } else { "public, no-cache" });
            assert_eq!(answer.maybe_header("ETag").is_none(), moment, "{path}");
        }
    }
}

journey! {
    /// Whoever has the newest is told so, without a body but with all that a cache needs.
    async fn what_is_known_is_not_sent_again(world: Options::demo().generous()) {
        let app = world.anyone();
        for path in TAGGED {
            let full = app.get(path).await;
            let tag = full.header("ETag");
            for wish in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}"), format!("\"a,b\" , W/{tag},\"c\""), "*".to_owned()] {
                let answer = app.with_header("If-None-Match", &wish).get(path).await;
                if full.status() == 300 {
                    // Preconditions are about what would be a success (RFC 9110, 13.2.1).
                    assert_eq!(answer.status(), 300, "{path}");
                    continue;
                }
                assert!(answer.is(304).bytes().is_empty(), "{path} {wish}");
                for name in ["ETag", "Cache-Control", "Vary"] {
                    assert_eq!(answer.header(name), full.header(name), "{path}: {name}");
                }
                for name in ["Content-Location", "Last-Modified"] {
                    assert_eq!(answer.maybe_header(name), full.maybe_header(name), "{path}: {name}");
                }
                answer.header("Date");
                answer.header("RateLimit");
                answer.header_is("Access-Control-Allow-Origin", "*").has_no_header("Content-Encoding");
            }
        }
    }
}

journey! {
    /// Another tag, another packing's tag and what is no tag are not the newest.
    async fn other_tags_are_not_known(world) {
        let app = world.anyone();
        let packed = app.with_header("Accept-Encoding", "gzip").get("/v1/elevators/502718").await;
        let tag = packed.header("ETag");
        for wish in ["\"\"", "\"abc\"", "W/\"abc\"", tag.as_str(), tag.trim_matches('"'), "*x", "", ",,,"] {
            app.with_header("If-None-Match", wish).get("/v1/elevators/502718").await.is(200);
        }
        let both = app.with_headers([("If-None-Match", tag.as_str()), ("Accept-Encoding", "gzip")]);
        both.get("/v1/elevators/502718").await.is(304);
        app.with_header("If-None-Match", "*").get("/v1/elevators/nobody").await.problem(404, "elevator_not_found");
    }
}

journey! {
    /// HEAD is GET without the body: the same status and the same headers, on everything, refusals too.
    async fn head_is_get_without_the_body(world: Options::demo().generous()) {
        let app = world.anyone();
        let refused = ["/v1/elevators?limit=0", "/v1/elevators/nobody", "/v1/elevators/B7NL2041", "/v1/nothing", "/", "/e/502718", "/e/nobody", "/docs/", "/v1/elevators?format=ndjson&status=not_received"];
        for path in READS.iter().chain(&refused) {
            for packing in ["identity", "gzip", "br"] {
                let app = app.with_headers([("Accept-Encoding", packing), ("X-Request-Id", "one")]);
                let (get, head) = (app.get(path).await, app.head(path).await);
                assert!(head.bytes().is_empty() && head.status() == get.status(), "{head}");
                let headers = |answer: &Answer| -> Vec<(String, String)> {
                    let changing = ["date", "ratelimit", "transfer-encoding", "connection"];
                    let mut all: Vec<_> = answer.headers().iter().filter(|(name, _)| !changing.contains(&name.as_str()))
                        .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())).collect();
                    all.sort();
                    all
                };
                assert_eq!(headers(&head), headers(&get), "{path} {packing}");
            }
        }
    }
}

journey! {
    /// HEAD knows what is known as GET does.
    async fn head_answers_304_as_well(world) {
        let app = world.anyone();
        let tag = app.get("/v1/elevators/502718").await.header("ETag");
        let head = app.with_header("If-None-Match", &tag).head("/v1/elevators/502718").await;
        assert!(head.is(304).header_is("ETag", &tag).bytes().is_empty());
    }
}

/// One elevator whose inspection ends with the day of the journey, and one whose does not.
async fn ends_today(world: &World) {
    let lift = |code: &str, until: &str| {
        Lift::new(code)
            .with("district", "500108")
            .with("use_status", "in_use")
            .with("inspection.valid_until", until)
    };
    world.import("register", &[lift("300001", "2026-11-23"), lift("300002", "2027-11")]).await;
}

/// The feed's entries about a lapse.
async fn lapses(app: &Caller) -> Vec<Value> {
    let (changes, _) = read_on(app, 0, 500).await;
    changes.into_iter().filter(|change| change["reason"] == "validity_ended").collect()
}

journey! {
    /// An inspection lapses at the midnight of Chongqing after its last day, and not a second earlier: the answer says so
    /// beforehand, and then the status, the tag, the time of the last change and the lists are others.
    async fn an_inspection_lapses_at_midnight(world: Options::empty()) {
        ends_today(world).await;
        let app = world.anyone();
        world.set_clock("2026-11-23T15:59:59Z");
        let before = app.get("/v1/elevators/300001").await;
        assert_eq!((before.at("/status"), before.at("/valid_until")), (json!("in_order"), json!("2026-11-23T16:00:00Z")));
        app.with_header("If-None-Match", &before.header("ETag")).get("/v1/elevators/300001").await.is(304);
        world.set_clock("2026-11-23T16:00:00Z");
        let after = app.with_header("If-None-Match", &before.header("ETag")).get("/v1/elevators/300001").await;
        assert_eq!((after.is(200).at("/status"), after.at("/valid_until")), (json!("attention"), Value::Null));
        assert_eq!(after.at("/status_reasons"), json!(["inspection_lapsed"]));
        after.header_is("Last-Modified", "Mon, 23 Nov 2026 16:00:00 GMT");
        assert_eq!((after.at("/version"), after.at("/recorded_at")), (before.at("/version"), before.at("/recorded_at")), "no new version: nothing was delivered");
        for (status, code) in [("attention", "300001"), ("in_order", "300002")] {
            let found = app.all(&format!("/v1/elevators?status={status}")).await;
            assert_eq!(found.iter().map(|item| item["code"].as_str().unwrap()).collect::<Vec<_>>(), [code], "{status}");
        }
    }
}

journey! {
    /// A lapse is in the feed once, however often the day is looked at and the service is started.
    async fn a_lapse_is_in_the_feed_once(world: Options::empty()) {
        ends_today(world).await;
        let app = world.anyone();
        let known = comes_to(&app, 0, 2).await;
        world.set_clock("2026-11-23T16:00:01Z");
        let news = comes_to(&app, known.last().unwrap()["seq"].as_i64().unwrap(), 1).await;
        assert_eq!((&news[0]["code"], &news[0]["reason"], &news[0]["kind"]), (&json!("300001"), &json!("validity_ended"), &json!("updated")));
        world.set_clock("2026-11-25T09:00:00Z");
        world.term().await;
        world.start().await;
        world.set_clock("2026-11-28T09:00:00Z");
        tokio::time::sleep(std::time::Duration::from_millis(900)).await;
        let entered: Vec<Value> = lapses(&world.anyone()).await.iter().map(|change| change["seq"].clone()).collect();
        assert_eq!(entered, [news[0]["seq"].clone()]);
    }
}

journey! {
    /// A service that slept over several midnights enters each lapse once when it wakes.
    async fn lapses_of_a_sleep_are_entered(world: Options::empty()) {
        let lift = |code: &str, until: &str| Lift::new(code).with("inspection.valid_until", until);
        world.import("register", &[lift("300001", "2026-11-24"), lift("300002", "2026-11-26"), lift("300003", "2026-11-22"), lift("300004", "2026-12-01")]).await;
        comes_to(&world.anyone(), 0, 4).await;
        world.term().await;
        world.set_clock("2026-11-30T00:00:00Z");
        world.start().await;
        let app = world.anyone();
        comes_to(&app, 0, 6).await;
        let codes: Vec<Value> = lapses(&app).await.iter().map(|change| change["code"].clone()).collect();
        assert_eq!(codes, ["300001", "300002"], "300003 had lapsed before it was delivered");
    }
}

journey! {
    /// Two copies of the service on one database enter a lapse once between them.
    async fn two_copies_enter_a_lapse_once(world: Options::empty()) {
        ends_today(world).await;
        let mut copy = world.launch(["serve"]).start();
        copy.wait_for_line("`listening on`", |line| line.starts_with("listening on ").then_some(())).await;
        let app = world.anyone();
        comes_to(&app, 0, 2).await;
        world.set_clock("2026-11-23T16:00:00Z");
        comes_to(&app, 0, 3).await;
        tokio::time::sleep(std::time::Duration::from_millis(900)).await;
        assert_eq!(lapses(&app).await.len(), 1);
        assert!(copy.runs(), "{}", copy.said());
    }
}

journey! {
    /// A day on which nothing ends changes nothing: neither tags nor the feed.
    async fn a_calm_day_changes_nothing(world: Options::empty()) {
        world.import("register", &[Lift::new("300001").with("inspection.valid_until", "2027-11"), Lift::new("300002")]).await;
        let app = world.anyone();
        comes_to(&app, 0, 2).await;
        let paths = ["/v1/elevators", "/v1/elevators/300001", "/v1/elevators/300002", "/v1/elevators/300001/history", "/v1/organisations", "/v1/changes"];
        let mut tags = Vec::new();
        for path in paths {
            tags.push(app.get(path).await.header("ETag"));
        }
        world.set_clock("2026-11-24T20:00:00Z");
        tokio::time::sleep(std::time::Duration::from_millis(900)).await;
        for (path, tag) in paths.iter().zip(tags) {
            app.with_header("If-None-Match", &tag).get(path).await.is(304);
        }
    }
}

journey! {
    /// The elevator of the demonstration set whose inspection ends tomorrow lapses the day after.
    async fn the_demonstration_lapses_too(world) {
        let app = world.anyone();
        let before = app.get("/v1/elevators/505123").await;
        assert_eq!((before.at("/status"), before.at("/valid_until")), (json!("in_order"), json!("2026-11-24T16:00:00Z")));
        world.set_clock("2026-11-24T16:00:00Z");
        assert_eq!(app.get("/v1/elevators/505123").await.at("/status"), "attention");
    }
}

journey! {
    /// A mark that ends lasts through its last day, on the elevator and in the filter alike.
    async fn a_mark_ends_with_its_last_day(world: Options::empty()) {
        let marked = Lift::new("300001").with("annotation.since", "2026-01-01").with("annotation.until", "2026-11-23").with("annotation.interval_days", "30");
        let coming = Lift::new("300002").with("annotation.since", "2026-11-24");
        world.import("register", &[marked, coming]).await;
        let app = world.anyone();
        let pilots = async || app.all("/v1/elevators?pilot=true").await.iter().map(|item| item["code"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
        world.set_clock("2026-11-23T15:59:59Z");
        assert_eq!(pilots().await, ["300001"]);
        let tag = app.get("/v1/elevators/300002").await.is(200).header("ETag");
        world.set_clock("2026-11-23T16:00:00Z");
        assert_eq!(pilots().await, ["300002"]);
        assert_eq!(app.with_header("If-None-Match", &tag).get("/v1/elevators/300002").await.is(200).at("/annotation/since"), "2026-11-24");
    }
}
