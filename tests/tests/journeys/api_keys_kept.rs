//! What is kept of API keys, what is not, and for how long; and that making one twice by mistake makes one.

use serde_json::{Value, json};
use yuti_tests::planted::{Planted, stored};
use yuti_tests::{Lift, Options, journey};

use crate::api_keys::{listed, made, refused, showing};

const REPEAT: &str = "5f0c7a52-7d0d-4a9c-9c1c-0d3a3d1f6b11";

journey! {
    /// Neither the key nor anything that its holder wrote can be read from the database, the log or the audit trail.
    async fn nothing_of_a_key_can_be_read_from_the_database(world: Options::empty().generous()) {
        let app = world.anyone();
        let mut planted = Planted::default();
        let (name, contact) = (planted.word("name"), format!("{}@example.org", planted.word("contact")));
        let answer = app.ask("POST", "/v1/api-keys").header("Idempotency-Key", REPEAT).json(&json!({"name": name, "contact": contact})).send().await;
        let key = answer.is(201).at("/key").as_str().unwrap().to_owned();
        let holder = showing(&app, &key);
        let reason = planted.word("reason");
        holder.post("/v1/api-keys/current/raise", &json!({"daily": 5_000_000, "reason": reason})).await.is(201);
        let new = holder.ask("POST", "/v1/api-keys/current/rotate").header("Idempotency-Key", REPEAT).send().await;
        let new = new.is(201).at("/key").as_str().unwrap().to_owned();
        let told = planted.word("answer");
        world.cli(["key", "grant", "key-1", "--answer", &told]).await.ok();
        assert_eq!(showing(&app, &new).get("/v1/api-keys/current").await.is(200).at("/raise/answer"), told.as_str());
        for key in [&key, &new] {
            // What is shown again, the beginning, is no secret.
            planted.keep(key[12..].to_owned(), "the key");
        }
        planted.are_not_in(&stored(world).await, "the database");
        let trail = world.cli(["audit", "list"]).await;
        for act in ["key.create", "key.raise_ask", "key.rotate", "key.raise_grant"] {
            trail.ok().says(act);
        }
        planted.are_not_in(trail.all().as_bytes(), "the audit trail");
        let said = world.term().await;
        planted.are_not_in(said.all().as_bytes(), "the log");
        planted.are_not_in(&stored(world).await, "the database");
    }
}

journey! {
    /// A request that is sent again because its answer was lost gets the same key; another body under the same Idempotency-Key is refused.
    async fn a_repeated_request_makes_one_key(world: Options::empty().generous()) {
        let app = world.anyone();
        let send = async |who: &yuti_tests::Caller, repeat: &str, name: &str| {
            who.ask("POST", "/v1/api-keys").header("Idempotency-Key", repeat).json(&json!({ "name": name })).send().await
        };
        let first = send(&app, REPEAT, "看板").await;
        first.is(201);
        let tries: Vec<_> = (0..6)
            .map(|_| {
                let ask = app.ask("POST", "/v1/api-keys").header("Idempotency-Key", "a3f8e6cc-7a4b-4c58-8bd0-b6c1a0e0f0aa").json(&json!({"name": "同时"}));
                tokio::spawn(async move { ask.send().await })
            })
            .collect();
        let mut keys = Vec::new();
        for answer in tries {
            keys.push(answer.await.unwrap().is(201).at("/key"));
        }
        keys.dedup();
        assert_eq!(keys.len(), 1, "{keys:?}");
        let again = send(&app, REPEAT, "看板").await;
        assert_eq!(again.is(201).json(), first.json());
        send(&app, REPEAT, "另一个").await.problem(422, "unprocessable");
        // Somebody else's is somebody else's.
        let other = send(&world.anyone(), REPEAT, "看板").await;
        assert_ne!(other.is(201).at("/key"), first.at("/key"));
        for short in ["1", "0123456789012345678"] {
            assert_eq!(send(&app, short, "看板").await.problem(400, "invalid_parameters").code_of("Idempotency-Key"), "too_short");
        }
        assert_eq!(listed(world).await.len(), 3);
    }
}

journey! {
    /// The answer to a replacement that was lost on the way can be had again with the same Idempotency-Key.
    async fn a_lost_replacement_can_be_had_again(world: Options::empty().generous()) {
        let app = world.anyone();
        let (_, holder) = made(&app, "看板").await;
        let rotate = async || holder.ask("POST", "/v1/api-keys/current/rotate").header("Idempotency-Key", REPEAT).send().await;
        let first = rotate().await;
        assert_eq!(rotate().await.is(201).json(), first.is(201).json());
        let wish = json!({"daily": 5_000_000, "reason": "地图"});
        let ask = async |wish: &Value| holder.ask("POST", "/v1/api-keys/current/raise").header("Idempotency-Key", REPEAT).json(wish).send().await;
        ask(&wish).await.is(201);
        ask(&wish).await.is(201);
        ask(&json!({"daily": 6_000_000, "reason": "地图"})).await.problem(422, "unprocessable");
    }
}

journey! {
    /// A key that nobody uses for a year goes by itself, one that was revoked or replaced after three months; one in use stays.
    async fn what_is_over_goes(world: Options::empty().generous()) {
        let app = world.anyone();
        let (_, unused) = made(&app, "没人用").await;
        let (revoked, holder) = made(&app, "作废").await;
        holder.delete("/v1/api-keys/current").await.is(204);
        let (used, user) = made(&app, "在用").await;
        user.get("/v1/policy").await.is(200);
        world.term().await;
        world.set_clock("2027-02-22T04:00:00Z");
        world.cli(["retention", "run"]).await.ok().says("1 erased: revoked_key").says("0 erased: unused_key");
        world.start().await;
        let app = world.anyone();
        refused(&showing(&app, &revoked).get("/v1/policy").await, "unknown");
        let user = showing(&app, &used);
        user.get("/v1/policy").await.is(200);
        world.term().await;
        world.set_clock("2027-11-24T04:00:00Z");
        world.cli(["retention", "run"]).await.ok().says("1 erased: unused_key");
        let left = listed(world).await;
        assert_eq!(left.iter().map(|key| key["name"].as_str().unwrap()).collect::<Vec<_>>(), ["在用"]);
        drop(unused);
    }
}

journey! {
    /// The keys of systems of demonstration units go with their units; those of readers stay.
    async fn keys_of_demonstration_units_go_with_them(world: Options::demo().generous()) {
        made(&world.anyone(), "看板").await;
        world.cli(["key", "issue", "--uscc", "91500108MADED0012H", "--scope", "records:write", "--name", "维保平台"]).await.ok();
        world.importing("real", &[Lift::new("410001")]).args(["--remove-demo"]).run().await.ok();
        let left = listed(world).await;
        assert_eq!(left.iter().map(|key| key["name"].as_str().unwrap()).collect::<Vec<_>>(), ["看板"]);
    }
}
