//! API keys as their holders meet them: made, shown once, looked at, replaced, revoked.

use serde_json::{Value, json};
use yuti_tests::{Answer, Caller, Options, World, journey};

/// A key that was just made, and the caller who shows it.
pub async fn made(app: &Caller, name: &str) -> (String, Caller) {
    let answer = app.post("/v1/api-keys", &json!({ "name": name })).await;
    let key = answer.is(201).at("/key").as_str().unwrap().to_owned();
    let holder = showing(app, &key);
    (key, holder)
}

/// The same caller, who shows this key.
pub fn showing(app: &Caller, key: &str) -> Caller {
    app.with_header("Authorization", &format!("Bearer {key}"))
}

/// The key is refused, for this reason.
#[track_caller]
pub fn refused(answer: &Answer, reason: &str) {
    let problem = answer.problem(401, "key_refused");
    assert_eq!(problem.code_of("Authorization"), reason, "{answer}");
    answer.header_has("WWW-Authenticate", "error=\"invalid_token\"").header_has("WWW-Authenticate", reason);
    answer.header_is("Cache-Control", "no-store");
}

fn lasting() -> Options {
    Options::empty().generous()
}

journey! {
    /// Anybody makes a key, uses it at once, and sees what it is, but never again the key itself.
    async fn a_key_is_made_and_shown_once(world: Options::demo().generous()) {
        let app = world.anyone();
        let answer = app.post("/v1/api-keys", &json!({"name": " 小区电梯看板 ", "contact": "dev@example.org"})).await;
        answer.is(201).header_is("Cache-Control", "no-store").header_is("Location", &world.url("/v1/api-keys/current"));
        let key = answer.at("/key").as_str().unwrap().to_owned();
        assert!(key.starts_with("yuti_ak_") && key.len() == 44 && key[8..].bytes().all(|b| b.is_ascii_alphanumeric()), "{key}");
        let shown = answer.at("/api_key");
        assert_eq!((&shown["name"], &shown["contact"]), (&json!("小区电梯看板"), &json!("dev@example.org")));
        assert_eq!((&shown["kind"], &shown["state"], &shown["expires_at"]), (&json!("reader"), &json!("active"), &Value::Null));
        assert_eq!(shown["secrets"], json!([{"prefix": &key[..12], "created_at": "2026-11-23T04:00:00Z", "valid_until": null}]));
        let holder = showing(&app, &key);
        holder.get("/v1/elevators/502718").await.is(200);
        let seen = holder.get("/v1/api-keys/current").await;
        seen.is(200).header_is("Cache-Control", "no-store").header_has("Vary", "Authorization").has_no_header("ETag").does_not_say(&key[12..]);
        for same in ["id", "name", "contact", "secrets", "scopes", "organisation", "raise"] {
            assert_eq!(seen.json()[same], shown[same], "{same}");
        }
        holder.head("/v1/api-keys/current").await.is(200);
    }
}

journey! {
    /// Every bad field of a new key is named at once, in both languages, and takes nothing from the quota for making keys.
    async fn every_bad_field_of_a_new_key_is_named(world: lasting()) {
        let app = world.anyone();
        for (body, bad) in [
            (json!({}), vec![("#/name", "missing")]),
            (json!({"name": "  "}), vec![("#/name", "missing")]),
            (json!({"name": 7, "contact": "nobody", "contcat": "x"}), vec![("#/name", "malformed"), ("#/contact", "malformed"), ("#/contcat", "unknown_field")]),
            (json!({"name": "a".repeat(81), "contact": format!("{}@example.org", "a".repeat(200))}), vec![("#/name", "malformed"), ("#/contact", "malformed")]),
            (json!({"name": "a\nb", "kind": "system", "scopes": ["records:write"], "raised_daily": 9}),
                vec![("#/name", "malformed"), ("#/kind", "unknown_field"), ("#/scopes", "unknown_field"), ("#/raised_daily", "unknown_field")]),
        ] {
            for language in ["zh", "en"] {
                let answer = app.reading(language).post("/v1/api-keys", &body).await;
                let problem = answer.problem(422, "unprocessable");
                let errors = problem.body()["errors"].as_array().unwrap().clone();
                let named: Vec<(&str, &str)> = errors.iter().map(|error| (error["pointer"].as_str().unwrap(), error["code"].as_str().unwrap())).collect();
                assert_eq!(named, bad, "{answer}");
                assert!(errors.iter().all(|error| error["detail"].as_str().unwrap().is_ascii() == (language == "en")), "{answer}");
            }
        }
        for (body, status, code) in [("", 422, "unprocessable"), ("[]", 400, "malformed_request"), ("{\"name\": \"x\"", 400, "malformed_request")] {
            app.ask("POST", "/v1/api-keys").header("Content-Type", "application/json").body(body).send().await.problem(status, code);
        }
        app.ask("POST", "/v1/api-keys").header("Content-Type", "text/plain").body("{\"name\": \"x\"}").send().await.problem(415, "unsupported_media_type");
        app.ask("POST", "/v1/api-keys?zzz=1").json(&json!({"name": "x"})).send().await.problem(400, "invalid_parameters").names_parameters(&["zzz"]);
        let made = app.post("/v1/api-keys", &json!({"name": "x"})).await;
        made.is(201);
        let left = yuti_tests::structured::list(&made.header("RateLimit"));
        let creation = left.iter().find(|member| member.name == "key_creation").unwrap();
        assert_eq!(creation.get("r"), 999_999, "only the one that was made was counted: {made}");
    }
}

journey! {
    /// What is wrong with a key is said by name: no key at all, a slip of the pen, nobody's, and none where one is needed.
    async fn what_is_wrong_with_a_key_is_said(world: lasting()) {
        let app = world.anyone();
        let (key, holder) = made(&app, "看板").await;
        holder.get("/v1/policy").await.is(200);
        let slip = format!("{}{}", &key[..43], if key.ends_with('x') { "y" } else { "x" });
        for (text, reason) in [
            (format!("Bearer {slip}"), "mistyped"), (format!("Bearer {}", &key[..40]), "malformed"), ("Bearer".to_owned(), "malformed"),
            ("Bearer abc".to_owned(), "malformed"), (key.clone(), "malformed"), (format!("Token {key}"), "malformed"),
            // A key of the right form that nobody has: its check holds.
            ("Bearer yuti_ak_0000000000000000000000000000000Z3tyG".to_owned(), "unknown"),
        ] {
            for path in ["/v1/policy", "/v1/quota", "/v1/api-keys/current"] {
                let answer = app.with_header("Authorization", &text).get(path).await;
                refused(&answer, reason);
                answer.does_not_say(&key[12..]);
            }
        }
        let none = app.get("/v1/api-keys/current").await;
        none.problem(401, "not_signed_in");
        none.header_is("WWW-Authenticate", "Bearer realm=\"yuti\"");
        // A password for a proxy in front is nobody's business here; pages know no keys.
        app.with_header("Authorization", "Basic eXV0aTp5dXRp").get("/v1/policy").await.is(200);
        app.with_header("Authorization", &format!("Bearer {slip}")).get("/").await.is(200);
        app.with_header("Authorization", &format!("Bearer {slip}")).get("/healthz").await.is(200);
        assert!(app.reading("en").with_header("Authorization", "Bearer x").get("/v1/policy").await.problem(401, "key_refused").detail().contains("44 characters"));
    }
}

journey! {
    /// A key in an address is refused with the mend, wherever it stands, and comes up in no log.
    async fn a_key_in_an_address_is_refused(world: lasting()) {
        let app = world.anyone();
        let (key, holder) = made(&app, "看板").await;
        for path in [format!("/v1/policy?api_key={key}"), format!("/v1/policy?access_token={}", key.replace('_', "%5F")), format!("/v1/policy?{key}"),
            format!("/v1/elevators/{key}"), format!("/v1/elevators?limit=1&key={key}")] {
            for who in [&app, &holder] {
                let answer = who.reading("en").get(&path).await;
                let problem = answer.problem(400, "invalid_parameters");
                assert!(problem.detail().contains("Authorization: Bearer") && problem.detail().contains("rotate"), "{answer}");
                answer.does_not_say(&key[12..]);
            }
        }
        app.with_header("X-Request-Id", &key).get("/v1/policy").await.is(200);
        assert!(!world.log().contains(&key[12..]), "the key is in the log");
        let metrics = world.operator().get("/metrics").await;
        metrics.is(200).does_not_say(&key[12..]).does_not_say("key-");
    }
}

journey! {
    /// A key that is replaced holds on for as long as the policy says, and not a moment longer; what belongs to it stays.
    async fn a_replaced_key_holds_for_a_while(world: lasting()) {
        let app = world.anyone();
        let (old, holder) = made(&app, "看板").await;
        let answer = holder.ask("POST", "/v1/api-keys/current/rotate").send().await;
        let new = answer.is(201).header_is("Cache-Control", "no-store").at("/key").as_str().unwrap().to_owned();
        assert_ne!(new, old);
        let secrets = answer.at("/api_key/secrets");
        assert_eq!(secrets[0], json!({"prefix": &new[..12], "created_at": "2026-11-23T04:00:00Z", "valid_until": null}));
        assert_eq!(secrets[1], json!({"prefix": &old[..12], "created_at": "2026-11-23T04:00:00Z", "valid_until": "2026-11-24T04:00:00Z"}));
        let id = answer.at("/api_key/id");
        for key in [&old, &new] {
            assert_eq!(showing(&app, key).get("/v1/api-keys/current").await.is(200).at("/id"), id);
        }
        // The old one cannot be replaced again: of two programs that try, one is told.
        let again = holder.ask("POST", "/v1/api-keys/current/rotate").send().await;
        assert!(again.problem(409, "conflict").detail().contains(&new[..12]), "{again}");
        world.set_clock("2026-11-24T03:59:59Z");
        holder.get("/v1/policy").await.is(200);
        world.set_clock("2026-11-24T04:00:00Z");
        refused(&holder.get("/v1/policy").await, "replaced");
        let holder = showing(&app, &new);
        assert_eq!(holder.get("/v1/api-keys/current").await.is(200).at("/secrets").as_array().unwrap().len(), 1);
    }
}

journey! {
    /// A key that leaked is replaced without overlap; replacing twice ends the one before at once.
    async fn a_leaked_key_ends_at_once(world: lasting()) {
        let app = world.anyone();
        let (first, holder) = made(&app, "看板").await;
        let second = holder.post("/v1/api-keys/current/rotate", &json!({"overlap_minutes": 60})).await;
        assert_eq!(second.is(201).at("/api_key/secrets/1/valid_until"), "2026-11-23T05:00:00Z");
        let second = second.at("/key").as_str().unwrap().to_owned();
        let third = showing(&app, &second).post("/v1/api-keys/current/rotate", &json!({"overlap_minutes": 0})).await;
        let third = third.is(201).at("/key").as_str().unwrap().to_owned();
        for gone in [&first, &second] {
            refused(&showing(&app, gone).get("/v1/policy").await, "replaced");
        }
        let holder = showing(&app, &third);
        holder.get("/v1/policy").await.is(200);
        for (body, pointer) in [(json!({"overlap_minutes": -1}), "#/overlap_minutes"), (json!({"overlap_minutes": 1441}), "#/overlap_minutes"),
            (json!({"overlap_minutes": "60"}), "#/overlap_minutes"), (json!({"overlap": 5}), "#/overlap")] {
            holder.post("/v1/api-keys/current/rotate", &body).await.problem(422, "unprocessable").names_pointer(pointer);
        }
        holder.get("/v1/policy").await.is(200);
    }
}

journey! {
    /// Of many who replace a key at the same time one gets a new one, and that one holds.
    async fn replacing_at_once_makes_one_new_key(world: lasting()) {
        let app = world.anyone();
        let (_, holder) = made(&app, "看板").await;
        let tries = (0..8).map(|_| {
            let holder = holder.clone();
            tokio::spawn(async move { holder.ask("POST", "/v1/api-keys/current/rotate").send().await })
        });
        let mut new = Vec::new();
        for answer in tries.collect::<Vec<_>>() {
            let answer = answer.await.unwrap();
            match answer.status() {
                201 => new.push(answer.at("/key").as_str().unwrap().to_owned()),
                _ => drop(answer.problem(409, "conflict")),
            }
        }
        assert_eq!(new.len(), 1);
        assert_eq!(showing(&app, &new[0]).get("/v1/api-keys/current").await.is(200).at("/secrets").as_array().unwrap().len(), 2);
    }
}

journey! {
    /// A revoked key is over at once, with what replaced it, here and on every other copy within a second or two.
    async fn a_revoked_key_is_over(world: lasting()) {
        let app = world.anyone();
        let copy = world.copy().await;
        let (old, holder) = made(&app, "看板").await;
        let new = holder.ask("POST", "/v1/api-keys/current/rotate").send().await.is(201).at("/key").as_str().unwrap().to_owned();
        let elsewhere = showing(&copy.anyone_at(world.fresh_address()), &new);
        elsewhere.get("/v1/policy").await.is(200);
        let gone = showing(&app, &new).delete("/v1/api-keys/current").await;
        assert!(gone.is(204).bytes().is_empty());
        for key in [&old, &new] {
            let answer = showing(&app, key).get("/v1/policy").await;
            refused(&answer, "revoked");
            answer.says("2026-11-23 04:00 UTC");
            refused(&showing(&app, key).delete("/v1/api-keys/current").await, "revoked");
        }
        let until = std::time::Instant::now() + std::time::Duration::from_secs(3);
        while elsewhere.get("/v1/policy").await.status() == 200 {
            assert!(std::time::Instant::now() < until, "another copy still takes the key");
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        refused(&elsewhere.get("/v1/policy").await, "revoked");
    }
}

journey! {
    /// One holder's key tells nothing of another's, and ends nothing of another's.
    async fn holders_see_their_own_key_only(world: lasting()) {
        let app = world.anyone();
        let (_, mine) = made(&app, "甲的看板").await;
        let (_, theirs) = made(&app, "乙的看板").await;
        let id = theirs.get("/v1/api-keys/current").await.is(200).at("/id").as_str().unwrap().to_owned();
        for path in [format!("/v1/api-keys/{id}"), format!("/v1/api-keys/{}", id.trim_start_matches("key-"))] {
            for method in ["GET", "DELETE"] {
                mine.ask(method, &path).send().await.problem(404, "not_found");
            }
        }
        mine.get(&format!("/v1/api-keys/current?id={id}")).await.problem(400, "invalid_parameters");
        mine.get("/v1/api-keys/current").await.is(200).does_not_say("乙的看板");
        mine.delete("/v1/api-keys/current").await.is(204);
        theirs.get("/v1/api-keys/current").await.is(200).says("乙的看板");
        app.get("/v1/api-keys").await.problem(405, "method_not_allowed");
    }
}

journey! {
    /// A key changes nothing of what is answered: the same bytes, the same tag, the same 304.
    async fn a_key_changes_no_answer(world: Options::demo().generous()) {
        let app = world.anyone();
        let (_, holder) = made(&app, "看板").await;
        for path in ["/v1/elevators/502718", "/v1/elevators?limit=3", "/v1/organisations?limit=2"] {
            let (plain, keyed) = (app.get(path).await, holder.get(path).await);
            assert_eq!((plain.is(200).text(), plain.header("ETag")), (keyed.is(200).text(), keyed.header("ETag")));
            keyed.header_is("Cache-Control", "public, no-cache");
            holder.with_header("If-None-Match", &plain.header("ETag")).get(path).await.is(304);
        }
        assert_eq!(holder.all("/v1/organisations").await, app.all("/v1/organisations").await);
    }
}

journey! {
    /// A page of another site may read with a key, and neither make, replace nor revoke one.
    async fn other_sites_read_with_a_key_and_change_none(world: lasting()) {
        let app = world.anyone().with_header("Origin", "https://map.example");
        for path in ["/v1/policy", "/v1/api-keys/current"] {
            let preflight = app.with_header("Access-Control-Request-Headers", "authorization").ask("OPTIONS", path).send().await;
            preflight.is(204).header_has("Access-Control-Allow-Headers", "Authorization").header_is("Access-Control-Allow-Methods", "GET, HEAD, OPTIONS");
            preflight.header_is("Access-Control-Allow-Origin", "*").has_no_header("Access-Control-Allow-Credentials");
        }
        let (_, holder) = made(&app, "看板").await;
        holder.get("/v1/api-keys/current").await.is(200).header_is("Access-Control-Allow-Origin", "*");
        let made = app.post("/v1/api-keys", &json!({"name": "x"})).await;
        made.is(201).has_no_header("Access-Control-Allow-Origin");
    }
}

/// A world whose every key is seen by whoever runs it.
pub async fn listed(world: &World) -> Vec<Value> {
    let listed = world.cli(["key", "list", "--json"]).await;
    serde_json::from_str(&listed.ok().stdout).unwrap()
}
