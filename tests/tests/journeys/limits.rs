//! Limits: what is advertised is what passes, for everybody alone, and everybody can read what is left.

use std::time::{Duration, Instant};
use yuti_tests::structured::{self, Member};
use yuti_tests::{Answer, Caller, Launch, Options, World, journey, journey_once};

/// Quotas by name, as a configuration file. Windows of a day give back so slowly that counting is exact.
pub fn quotas(quotas: &[(&str, u32, u32)]) -> String {
    let one = |(name, quota, window): &(&str, u32, u32)| {
        format!("[limits.{name}]\nquota = {quota}\nwindow_seconds = {window}\n")
    };
    quotas.iter().map(one).collect()
}

fn small() -> Options {
    Options::demo().config(&quotas(&[
        ("burst", 7, 86_400),
        ("daily", 1_000, 86_400),
        ("export", 2, 86_400),
        ("pages", 3, 86_400),
    ]))
}

/// What a header says of a policy.
pub fn of(answer: &Answer, header: &str, policy: &str) -> Member {
    let members = structured::list(&answer.header(header));
    members
        .into_iter()
        .find(|member| member.name == policy)
        .unwrap_or_else(|| panic!("no {policy} in {answer}"))
}

/// It is the refusal of this policy, complete as the draft and the contract say. Gives the seconds to wait.
#[track_caller]
pub fn refused_by(answer: &Answer, policy: &str) -> i64 {
    let problem = answer.problem(429, "quota_exceeded");
    assert_eq!(problem.body()["violated-policies"], serde_json::json!([policy]));
    let wait: i64 = answer.header("Retry-After").parse().expect("seconds");
    let state = of(answer, "RateLimit", policy);
    assert!(wait >= 1 && wait >= state.get("t"), "Retry-After is not before t: {answer}");
    wait
}

journey! {
    /// Exactly the advertised number passes, each answer counts down, and the next one is refused by name.
    async fn exactly_the_advertised_number_passes(world: small()) {
        let app = world.anyone();
        for left in (0..7).rev() {
            let answer = app.get("/v1/elevators/502718").await;
            assert_eq!(of(answer.is(200), "RateLimit", "burst").get("r"), left);
            assert_eq!(of(&answer, "RateLimit-Policy", "burst").get("q"), 7);
            assert_eq!(of(&answer, "RateLimit-Policy", "burst").get("w"), 86_400);
        }
        let refused = app.get("/v1/elevators/502718").await;
        assert!(refused_by(&refused, "burst") <= 86_400 / 7 + 1, "one comes back each seventh of the window");
        assert_eq!(of(&refused, "RateLimit", "burst").get("r"), 0);
        refused.header_is("Cache-Control", "no-store");
        let english = app.reading("en").get("/v1/elevators/502718").await;
        assert!(english.problem(429, "quota_exceeded").detail().contains("burst"));
    }
}

/// Of each policy exactly as much passes as the answers to its own calls advertise, counted down on the way.
async fn advertised_is_enforced(world: &World, policies: &[(&str, &str)]) {
    for (policy, path) in policies {
        let app = world.anyone();
        let mut passed = 0;
        let refused = loop {
            let answer = app.get(path).await;
            if answer.status() == 429 {
                break answer;
            }
            passed += 1;
            let advertised = of(answer.is(200), "RateLimit-Policy", policy).get("q");
            assert_eq!(of(&answer, "RateLimit", policy).get("r"), advertised - passed, "{policy}: {answer}");
            assert!(passed <= 100, "{policy} refuses nothing");
        };
        let advertised = of(&refused, "RateLimit-Policy", policy);
        assert_eq!(passed, advertised.get("q"), "{policy}");
        let wait = i64::try_from(
            u64::try_from(advertised.get("w")).unwrap().div_ceil(u64::try_from(passed).unwrap()),
        )
        .unwrap();
        let next = of(&refused, "RateLimit", policy).get("t");
        assert!((wait - 60..=wait).contains(&next), "{policy}: the next one comes in {next} s");
        if path.starts_with("/v1") {
            refused_by(&refused, policy);
        }
    }
}

const EACH: [(&str, u32, u32); 4] =
    [("burst", 30, 864_000), ("daily", 9, 864_000), ("export", 4, 864_000), ("pages", 25, 864_000)];
const DAILY_AND_OTHERS: [(&str, &str); 3] =
    [("daily", "/v1/policy"), ("export", "/v1/organisations?format=ndjson"), ("pages", "/search")];

journey! {
    /// What is advertised is what passes, for each policy that a route takes from.
    async fn each_policy_admits_what_it_advertises(world: Options::empty().config(&quotas(&EACH))) {
        advertised_is_enforced(world, &DAILY_AND_OTHERS).await;
    }
}

journey! {
    /// The short window, which is reached before the day.
    async fn the_short_window_admits_what_it_advertises(world: Options::empty().config(&quotas(&[("burst", 45, 864_000)]))) {
        advertised_is_enforced(world, &[("burst", "/v1/policy")]).await;
    }
}

journey! {
    /// And the same to the call with Redis behind it.
    async fn each_policy_admits_what_it_advertises_on_redis(world: Options::empty().redis().config(&quotas(&EACH))) {
        advertised_is_enforced(world, &DAILY_AND_OTHERS).await;
    }
}

journey! {
    /// A list is dearer; what is too dear now takes nothing, and what is cheap enough still passes.
    async fn a_refusal_takes_nothing(world: small()) {
        let app = world.anyone();
        for _ in 0..3 {
            app.get("/v1/elevators?limit=1").await.is(200);
        }
        let refused = app.get("/v1/elevators?limit=1").await;
        refused_by(&refused, "burst");
        assert_eq!(of(&refused, "RateLimit", "burst").get("r"), 1, "one is left of seven, a list takes two");
        let daily = of(&refused, "RateLimit", "daily").get("r");
        app.get("/v1/elevators/502718").await.is(200);
        refused_by(&app.get("/v1/policy").await, "burst");
        assert_eq!(of(&app.get("/v1/quota").await, "RateLimit", "daily").get("r"), daily - 1, "a refused call takes nothing of the day");
    }
}

journey! {
    /// One address's calls are not another's.
    async fn every_address_has_its_own(world: small()) {
        let (first, second) = (world.anyone(), world.anyone());
        for _ in 0..7 {
            first.get("/v1/policy").await.is(200);
        }
        refused_by(&first.get("/v1/policy").await, "burst");
        assert_eq!(of(second.get("/v1/policy").await.is(200), "RateLimit", "burst").get("r"), 6);
    }
}

journey! {
    /// Who waits as long as `Retry-After` says is served.
    async fn waiting_as_told_helps(world: Options::empty().config(&quotas(&[("burst", 3, 6), ("daily", 1_000, 86_400)]))) {
        let app = world.anyone();
        for round in 0..2 {
            let refused = loop {
                let answer = app.get("/v1/policy").await;
                if answer.status() != 200 {
                    break answer;
                }
            };
            let wait = refused_by(&refused, "burst");
            assert!(wait <= 2, "one of three in six seconds: {wait}");
            tokio::time::sleep(Duration::from_secs(u64::try_from(wait).unwrap())).await;
            assert_eq!(app.get("/v1/policy").await.status(), 200, "round {round}");
        }
    }
}

journey! {
    /// Over the edge of one window up to twice the quota passes, as the documentation says, and not more.
    async fn up_to_twice_passes_over_an_edge(world: Options::empty().config(&quotas(&[("burst", 8, 4), ("daily", 1_000, 86_400)]))) {
        let app = world.anyone();
        let (began, mut passed) = (Instant::now(), 0);
        while began.elapsed() < Duration::from_millis(3_900) {
            passed += usize::from(app.get("/v1/policy").await.status() == 200);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert!((9..=16).contains(&passed), "{passed} passed within one window");
        let rule = app.with_header("Accept-Language", "en").get("/v1/quota").await.at("/rule");
        assert!(rule.as_str().unwrap().contains("twice the quota"), "{rule}");
    }
}

journey! {
    /// The page of an elevator is never refused: somebody may stand in it. Other pages are, with a page that says when to
    /// come back.
    async fn the_elevator_page_is_never_refused(world: small()) {
        let neighbourhood = world.anyone();
        for _ in 0..3 {
            neighbourhood.get("/").await.is(200);
        }
        let refused = neighbourhood.get("/search").await;
        refused.is(429).html();
        assert!(refused.header("Retry-After").parse::<u32>().unwrap() > 0);
        for path in ["/e/502718", "/zh/e/502719", "/en/e/506035", "/e/B7NL2041", "/e/nobody"] {
            for _ in 0..4 {
                let answer = neighbourhood.get(path).await;
                assert!(matches!(answer.status(), 200 | 300 | 404), "{answer}");
                assert_eq!(of(&answer, "RateLimit", "pages").get("r"), 0, "and takes nothing");
            }
        }
        neighbourhood.get("/v1/elevators/502718").await.is(200);
    }
}

journey! {
    /// Streams of whole lists have a quota of their own, however they are asked for; the rest is not touched by it.
    async fn exports_have_their_own_quota(world: small()) {
        let app = world.anyone();
        let lines = app.with_header("Accept", "application/x-ndjson");
        assert_eq!(of(app.get("/v1/organisations?format=ndjson").await.is(200), "RateLimit", "export").get("r"), 1);
        assert_eq!(of(lines.get("/v1/elevators?status=not_received").await.is(200), "RateLimit", "export").get("r"), 0);
        for path in ["/v1/changes?format=ndjson", "/v1/elevators?%66ormat=ndjson", "/v1/elevators?format=%6Edjson", "/v1/elevators?limit=1&format=ndjson"] {
            refused_by(&app.get(path).await, "export");
        }
        refused_by(&lines.get("/v1/elevators").await, "export");
        assert_eq!(of(app.get("/v1/elevators?limit=1").await.is(200), "RateLimit", "burst").get("r"), 5);
    }
}

async fn daily_left(app: &Caller) -> i64 {
    let quota = app.get("/v1/quota").await;
    let policies = quota.is(200).at("/policies");
    policies.as_array().unwrap().iter().find(|policy| policy["policy"] == "daily").unwrap()["remaining"]
        .as_i64()
        .unwrap()
}

journey! {
    /// What `/v1/quota` says a kind of call costs is what it costs; asking costs nothing.
    async fn calls_cost_what_is_advertised(world: Options::demo().config(&quotas(&[("burst", 90, 86_400), ("daily", 95, 86_400)]))) {
        let app = world.anyone();
        let costs = app.get("/v1/quota").await.at("/costs");
        let cost = |class: &str| costs.as_array().unwrap().iter().find(|cost| cost["class"] == class).unwrap_or_else(|| panic!("no cost of {class}"))["cost"].as_i64().unwrap();
        let classes = [
            ("lookup", vec!["/v1/elevators/502718", "/v1/elevators/nobody", "/v1/policy", "/v1/code-lists", "/v1/code-lists/precision", "/v1/organisations/x", "/v1/nothing"]),
            ("list", vec!["/v1/elevators?limit=1", "/v1/elevators?limit=500", "/v1/organisations", "/v1/districts", "/v1/changes", "/v1/elevators/502718/history", "/v1/elevators?limit=0"]),
            ("free", vec!["/v1/quota", "/healthz", "/readyz", "/openapi.json", "/openapi.yaml"]),
        ];
        let mut left = daily_left(&app).await;
        assert_eq!(left, 95);
        for (class, paths) in classes {
            for path in paths {
                app.get(path).await;
                let now = daily_left(&app).await;
                assert_eq!(left - now, cost(class), "{path} is a {class}");
                left = now;
            }
        }
        assert_eq!(cost("page"), 1);
        for _ in 0..5 {
            assert_eq!(daily_left(&app).await, left, "asking costs nothing");
        }
    }
}

journey! {
    /// Every answer says what is left, whatever else it says: hits, misses, refusals, pages, preflights.
    async fn every_answer_bears_the_limits(world: Options::demo().generous()) {
        let app = world.anyone();
        let tag = app.get("/v1/elevators/502718").await.header("ETag");
        let mut answers = vec![
            app.with_header("If-None-Match", &tag).get("/v1/elevators/502718").await,
            app.ask("DELETE", "/v1/elevators").send().await,
            app.with_header("Accept", "image/png").get("/v1/elevators").await,
            app.ask("GET", "/v1/elevators").body("{}").send().await,
            app.ask("OPTIONS", "/v1/elevators").send().await,
            app.head("/v1/elevators").await,
            app.get(&format!("/v1/elevators/{}", "1".repeat(8_100))).await,
        ];
        for path in ["/v1/elevators", "/v1/elevators/B7NL2041", "/v1/elevators/nobody", "/v1/elevators?limit=0", "/v1/changes?format=ndjson", "/v1/quota", "/healthz", "/openapi.json",
            "/", "/zh/", "/zh", "/e/502718", "/e/nobody", "/search?q=x", "/nowhere", "/docs", "/docs/", "/problems/not_found"] {
            answers.push(app.get(path).await);
        }
        let statuses: std::collections::BTreeSet<u16> = answers.iter().map(Answer::status).collect();
        assert_eq!(statuses.into_iter().collect::<Vec<_>>(), [200, 204, 300, 303, 304, 400, 404, 405, 406, 414, 415]);
        for answer in answers {
            let policies = structured::list(&answer.header("RateLimit-Policy"));
            let states = structured::list(&answer.header("RateLimit"));
            let names = |members: &[Member]| members.iter().map(|member| member.name.clone()).collect::<Vec<_>>();
            assert_eq!(names(&policies), names(&states), "{answer}");
            for (policy, state) in policies.iter().zip(&states) {
                assert!(policy.get("q") > 0 && policy.get("w") > 0, "{answer}");
                assert!((0..=policy.get("q")).contains(&state.get("r")) && (0..=policy.get("w")).contains(&state.get("t")), "{answer}");
            }
            for gone in ["RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"] {
                answer.has_no_header(gone);
            }
        }
    }
}

journey! {
    /// The shipped numbers are those of the contract.
    async fn the_shipped_quotas_are_those_of_the_contract(world) {
        let app = world.anyone();
        let api = app.get("/v1/elevators?limit=1").await;
        assert_eq!((of(&api, "RateLimit-Policy", "burst").get("q"), of(&api, "RateLimit-Policy", "burst").get("w")), (100, 10));
        assert_eq!((of(&api, "RateLimit-Policy", "daily").get("q"), of(&api, "RateLimit-Policy", "daily").get("w")), (10_000, 86_400));
        assert_eq!(of(&api, "RateLimit", "burst").get("r"), 98);
        let page = app.get("/").await;
        assert_eq!((of(&page, "RateLimit-Policy", "pages").get("q"), of(&page, "RateLimit-Policy", "pages").get("w")), (600, 60));
        let export = app.get("/v1/organisations?format=ndjson").await;
        assert_eq!(of(&export, "RateLimit-Policy", "export").get("w"), 3_600, "exports are counted by the hour");
    }
}

journey_once! {
    /// A quota that admits nothing, or less than one call costs, is refused before anything is served, by its key.
    async fn a_quota_that_covers_no_call_is_refused(folder) {
        for (config, key) in [
            ("[limits.burst]\nquota = 0\nwindow_seconds = 10\n", "limits.burst"),
            ("[limits.pages]\nquota = 5\nwindow_seconds = 0\n", "limits.pages"),
            ("[limits.burst]\nquota = 1\nwindow_seconds = 10\n", "costs.list"),
            ("[limits.daily]\nquota = 1\nwindow_seconds = 10\n", "costs.list"),
            ("[limits.key_burst]\nquota = 1\nwindow_seconds = 10\n", "costs.list"),
            ("[limits.log_in]\nquota = 0\nwindow_seconds = 10\n", "limits.log_in"),
            ("[limits.system_daily]\nquota = 2000001\nwindow_seconds = 2\n", "limits.system_daily"),
            ("[limits.shared]\ntimeout_milliseconds = 0\n", "limits.shared.timeout_milliseconds"),
            ("[limits.shared]\nretry_milliseconds = 5\n", "limits.shared.retry_milliseconds"),
            ("[costs]\nlookup = 0\nlist = 2\n", "costs.lookup"),
            ("[costs]\nlookup = 1\nlist = 101\n", "costs.list"),
            ("[limits.burst]\nquota = -1\nwindow_seconds = 10\n", "quota"),
            ("[http]\ntrusted_proxies = [\"everybody\"]\n", "trusted_proxies"),
        ] {
            let file = folder.join("yuti.toml");
            std::fs::write(&file, config).unwrap();
            let output = Launch::yuti(folder).args(["--config"]).args([&file]).args(["serve"]).run().await;
            output.exits(78).says(key).does_not_say("listening on").does_not_say("panicked");
        }
    }
}
