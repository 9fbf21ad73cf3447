//! Quotas with a key: its own, counted by itself, raised when whoever runs the service agrees; and what its holder sees of its use.

use serde_json::{Value, json};
use std::time::{Duration, Instant};
use yuti_tests::{Caller, Options, World, journey};

use crate::api_keys::{listed, made, refused, showing};
use crate::limits::{of, quotas, refused_by};

fn small() -> Options {
    Options::empty().config(&quotas(&[
        ("burst", 6, 86_400),
        ("daily", 1_000, 86_400),
        ("key_burst", 9, 86_400),
        ("key_daily", 2_000, 86_400),
        ("key_creation", 3, 86_400),
    ]))
}

/// What a holder sees once it holds, or the last of it.
async fn eventually(holder: &Caller, pointer: &str, wanted: &Value) {
    let until = Instant::now() + Duration::from_secs(10);
    loop {
        let seen = holder.get("/v1/api-keys/current").await.is(200).json();
        if seen.pointer(pointer) == Some(wanted) {
            return;
        }
        assert!(Instant::now() < until, "{pointer} is not {wanted} in {seen:#}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

journey! {
    /// A key has quotas of its own, which are advertised as they are enforced, at any address; its address keeps what it has.
    async fn a_key_is_counted_by_itself(world: small()) {
        let app = world.anyone();
        let (key, _) = made(&app, "看板").await;
        let holder = showing(&world.anyone(), &key);
        for left in (0..9).rev() {
            let answer = holder.get("/v1/policy").await;
            assert_eq!(of(answer.is(200), "RateLimit", "burst").get("r"), left);
            assert_eq!(of(&answer, "RateLimit-Policy", "burst").get("q"), 9);
        }
        refused_by(&holder.get("/v1/policy").await, "burst");
        refused_by(&showing(&world.anyone(), &key).get("/v1/policy").await, "burst");
        // What costs nothing is answered still, and a leaked key can always be revoked.
        let quota = holder.get("/v1/quota").await;
        let burst = quota.is(200).header_has("Vary", "Authorization").at("/policies").as_array().unwrap().iter().find(|state| state["policy"] == "burst").cloned().unwrap();
        assert_eq!((&burst["quota"], &burst["remaining"]), (&json!(9), &json!(0)));
        // Five: one went into making the key.
        for _ in 0..5 {
            app.get("/v1/policy").await.is(200);
        }
        refused_by(&app.get("/v1/policy").await, "burst");
        holder.delete("/v1/api-keys/current").await.is(204);
    }
}

journey! {
    /// Replacing a key gives no fresh quota, and neither does making many: so many from one address, whatever the address shows.
    async fn nobody_gets_more_by_changing_keys(world: small()) {
        let app = world.anyone();
        let (_, holder) = made(&app, "看板").await;
        for _ in 0..7 {
            holder.get("/v1/policy").await.is(200);
        }
        let new = holder.ask("POST", "/v1/api-keys/current/rotate").send().await;
        let holder = showing(&app, new.is(201).at("/key").as_str().unwrap());
        assert_eq!(of(holder.get("/v1/policy").await.is(200), "RateLimit", "burst").get("r"), 0);
        refused_by(&holder.get("/v1/policy").await, "burst");
        made(&app, "二").await;
        let last = app.post("/v1/api-keys", &json!({"name": "三"})).await;
        assert_eq!(of(last.is(201), "RateLimit", "key_creation").get("r"), 0);
        assert_eq!(of(&last, "RateLimit-Policy", "key_creation").get("q"), 3);
        let refused = app.post("/v1/api-keys", &json!({"name": "四"})).await;
        refused_by(&refused, "key_creation");
        assert_eq!(listed(world).await.len(), 3);
        let quota = world.anyone().get("/v1/quota").await;
        assert!(quota.at("/policies").as_array().unwrap().iter().any(|state| state["policy"] == "key_creation" && state["quota"] == 3), "{quota}");
    }
}

journey! {
    /// Whoever guesses keys is counted like anybody at that address and then refused; a good key at the same address goes on.
    async fn guessing_keys_is_counted(world: small()) {
        let app = world.anyone();
        let (_, holder) = made(&world.anyone(), "看板").await;
        let key = showing(&app, holder.get("/v1/api-keys/current").await.is(200).at("/secrets/0/prefix").as_str().unwrap());
        // The beginning that is shown again is worth nothing by itself.
        for _ in 0..6 {
            refused(&key.get("/v1/policy").await, "malformed");
        }
        refused_by(&key.get("/v1/policy").await, "burst");
        let (_, good) = made(&world.anyone(), "好的").await;
        let good = good.with_header("X-Anything", "x");
        good.get("/v1/policy").await.is(200);
    }
}

journey! {
    /// The holder sees what the key was used for on each day, calls and refusals apart, also after a restart, and for thirty days.
    async fn the_holder_sees_the_use_of_thirty_days(world: small()) {
        let app = world.anyone();
        let (key, holder) = made(&app, "看板").await;
        for _ in 0..3 {
            holder.get("/v1/policy").await.is(200);
        }
        holder.get("/v1/elevators/nobody").await.is(404);
        // This question is the fifth call; what is asked while waiting is counted, too, so it is asked once.
        let seen = holder.get("/v1/api-keys/current").await;
        assert_eq!(seen.is(200).at("/usage/0/day"), "2026-11-23");
        for _ in 0..4 {
            holder.get("/v1/policy").await.is(200);
        }
        holder.get("/v1/policy").await.is(429);
        world.term().await;
        world.set_clock("2026-11-24T04:00:00Z");
        world.start().await;
        let holder = showing(&world.anyone(), &key);
        let seen = holder.get("/v1/api-keys/current").await;
        assert_eq!(seen.is(200).at("/usage"), json!([{"day": "2026-11-24", "calls": 1, "refused": 0}, {"day": "2026-11-23", "calls": 9, "refused": 1}]), "{seen}");
        world.set_clock("2026-12-22T04:00:00Z");
        let days = |seen: yuti_tests::Answer| seen.is(200).at("/usage").as_array().unwrap().iter().map(|day| day["day"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
        assert_eq!(days(holder.get("/v1/api-keys/current").await), ["2026-12-22", "2026-11-24", "2026-11-23"]);
        world.set_clock("2026-12-23T04:00:00Z");
        assert_eq!(days(holder.get("/v1/api-keys/current").await), ["2026-12-23", "2026-12-22", "2026-11-24"]);
    }
}

async fn decided(world: &World, words: &[&str]) {
    let mut all = vec!["key"];
    all.extend_from_slice(words);
    world.cli(all).await.ok();
}

journey! {
    /// A holder asks for more with a reason; whoever runs the service grants it, or other numbers, or refuses, and the holder sees which.
    async fn more_is_asked_for_and_granted(world: small()) {
        let app = world.anyone();
        let (_, holder) = made(&app, "看板").await;
        let asked = holder.post("/v1/api-keys/current/raise", &json!({"burst": 50, "daily": 5_000, "reason": "每小时画一张图"})).await;
        assert_eq!(asked.is(201).at("/raise/state"), "asked");
        holder.post("/v1/api-keys/current/raise", &json!({"daily": 6_000, "reason": "再来"})).await.problem(409, "conflict");
        let waiting = world.cli(["key", "list", "--asked"]).await;
        waiting.ok().says("每小时画一张图").says("key-1");
        decided(world, &["refuse", "key-1", "--answer", "请用 NDJSON 一次取完。"]).await;
        eventually(&holder, "/raise/state", &json!("refused")).await;
        eventually(&holder, "/raise/answer", &json!("请用 NDJSON 一次取完。")).await;
        world.cli(["key", "grant", "key-1"]).await.exits(65).says("No wish");
        assert!(!world.cli(["key", "list", "--asked"]).await.ok().stdout.contains("key-1"));
    }
}

journey! {
    /// What was granted holds at once, as advertised, and stays with the key when it is replaced.
    async fn what_was_granted_holds(world: small()) {
        let app = world.anyone();
        let (_, holder) = made(&app, "看板").await;
        holder.post("/v1/api-keys/current/raise", &json!({"burst": 50, "reason": "每小时画一张图"})).await.is(201);
        decided(world, &["grant", "key-1", "--burst", "12", "--answer", "先给十二"]).await;
        let new = holder.ask("POST", "/v1/api-keys/current/rotate").send().await;
        let holder = showing(&app, new.is(201).at("/key").as_str().unwrap());
        // Two calls were made already, the wish and the replacement. Time repays them, and of a larger quota the same time is more calls.
        for left in (0..9).rev() {
            let answer = holder.get("/v1/policy").await;
            assert_eq!(of(answer.is(200), "RateLimit-Policy", "burst").get("q"), 12, "{answer}");
            assert_eq!(of(&answer, "RateLimit", "burst").get("r"), left);
        }
        refused_by(&holder.get("/v1/policy").await, "burst");
        let key = &listed(world).await[0];
        assert_eq!((&key["raised_burst"], &key["raised_daily"], &key["raise"]["state"]), (&json!(12), &Value::Null, &json!("granted")));
    }
}

journey! {
    /// Every bad field of a wish is named, and a wish for what is there already is none.
    async fn bad_wishes_are_refused(world: Options::empty()) {
        let app = world.anyone();
        let (_, holder) = made(&app, "看板").await;
        for (body, bad) in [
            (json!({}), vec!["#/reason"]),
            (json!({"reason": "x"}), vec!["#/daily"]),
            (json!({"burst": 0, "daily": 100_000_001, "reason": "a".repeat(1_001), "more": 1}), vec!["#/burst", "#/daily", "#/more", "#/reason"]),
            (json!({"burst": "600", "daily": 1.5, "reason": ["x"]}), vec!["#/burst", "#/daily", "#/reason"]),
            (json!({"burst": 300, "daily": 200_000, "reason": "x"}), vec!["#/burst", "#/daily"]),
        ] {
            let answer = holder.reading("en").post("/v1/api-keys/current/raise", &body).await;
            let problem = answer.problem(422, "unprocessable");
            assert_eq!(problem.pointers().iter().map(String::as_str).collect::<Vec<_>>(), bad, "{answer}");
        }
        app.post("/v1/api-keys/current/raise", &json!({"daily": 500_000, "reason": "x"})).await.problem(401, "not_signed_in");
    }
}

journey! {
    /// The system of a unit has a key of its own, with scopes and an end; whoever runs the service issues and revokes it.
    async fn a_units_system_has_a_key(world: Options::demo()) {
        let issued = world.cli(["key", "issue", "--uscc", "91500108MADED0012H", "--scope", "records:write", "--scope", "monitoring:write", "--name", "维保平台"]).await;
        let key = issued.ok().stdout.lines().find_map(|line| line.trim().strip_prefix("yuti_sk_").map(|rest| format!("yuti_sk_{rest}"))).unwrap();
        let holder = showing(&world.anyone(), &key);
        let seen = holder.get("/v1/api-keys/current").await;
        assert_eq!(seen.is(200).at("/kind"), "system");
        assert_eq!(seen.at("/organisation/uscc"), "91500108MADED0012H");
        assert_eq!(seen.at("/scopes"), json!(["records:write", "monitoring:write"]));
        assert_eq!(seen.at("/expires_at"), "2027-11-23T04:00:00Z");
        assert_eq!(of(&seen, "RateLimit-Policy", "burst").get("q"), 600);
        world.set_clock("2027-11-22T04:00:00Z");
        let new = holder.post("/v1/api-keys/current/rotate", &json!({"overlap_minutes": 0})).await;
        assert_eq!(new.is(201).at("/api_key/expires_at"), "2028-11-22T04:00:00Z");
        let holder = showing(&world.anyone(), new.at("/key").as_str().unwrap());
        world.set_clock("2028-11-22T04:00:00Z");
        refused(&holder.get("/v1/policy").await, "expired");
        world.set_clock("2028-11-22T03:59:59Z");
        holder.get("/v1/policy").await.is(200);
        world.cli(["key", "revoke", "key-1"]).await.ok();
        world.cli(["key", "revoke", "1"]).await.exits(65).says("was revoked");
        tokio::time::sleep(Duration::from_millis(1_100)).await;
        let gone = holder.reading("en").get("/v1/policy").await;
        refused(&gone, "revoked");
        gone.says("by whoever runs the service");
        for (words, says) in [
            (["key", "issue", "--uscc", "91500000000000000X", "--scope", "records:write", "--name", "x"], "no unit with the code"),
            (["key", "issue", "--uscc", "91500108MADED0012H", "--scope", "records:write", "--name", "  "], "--name"),
        ] {
            world.cli(words).await.exits(65).says(says);
        }
        world.cli(["key", "issue", "--uscc", "91500108MADED0012H", "--scope", "everything", "--name", "x"]).await.exits(2).says("records:write");
        world.cli(["key", "revoke", "key-99"]).await.exits(65).says("no such key");
        world.cli(["key", "revoke", "mine"]).await.exits(65).says("yuti key list");
    }
}
