//! Limits of several copies: counted together through Redis, and by each copy alone where Redis is away, slow or empty.

use crate::limits::{of, quotas, refused_by};
use std::net::IpAddr;
use std::time::{Duration, Instant};
use yuti_tests::{Caller, Copy, Options, World, journey};

/// A twentieth of it are two: what each copy may be ahead.
const QUOTA: u32 = 40;
const BLOCK: u32 = 2;

fn forty() -> String {
    quotas(&[
        ("burst", QUOTA, 864_000),
        ("daily", 10_000, 864_000),
        ("export", 3, 864_000),
        ("pages", QUOTA, 864_000),
    ])
}

/// With a Redis that may take its time, on a machine that plays many journeys at once: these are not about haste.
fn patient() -> String {
    forty() + "[limits.shared]\ntimeout_milliseconds = 1000\n"
}

/// Many calls at once, one after the other by each of these; how many of them were served. Nobody is told anything but yes or no.
async fn served(callers: &[Caller], path: &str, each: usize) -> u32 {
    let mut tasks = tokio::task::JoinSet::new();
    for caller in callers {
        let (caller, path) = (caller.clone(), path.to_owned());
        tasks.spawn(async move {
            let mut served = 0;
            for _ in 0..each {
                let answer = caller.get(&path).await;
                assert!(matches!(answer.status(), 200 | 429), "{answer}");
                served += u32::from(answer.status() == 200);
            }
            served
        });
    }
    let mut all = 0;
    while let Some(some) = tasks.join_next().await {
        all += some.expect("a caller gets through");
    }
    all
}

/// The same person at both copies, with four windows open at each.
fn at_both(world: &World, copy: &Copy, address: IpAddr) -> Vec<Caller> {
    (0..4).flat_map(|_| [world.anyone_at(address), copy.anyone_at(address)]).collect()
}

/// A number that an operator reads.
async fn metric(operator: &Caller, name: &str) -> Option<u64> {
    let metrics = operator.get("/metrics").await.is(200).text();
    metrics.lines().find_map(|line| line.strip_prefix(name)?.trim().parse().ok())
}

async fn until_shared(operator: &Caller, shared: bool) {
    for _ in 0..600 {
        if metric(operator, "yuti_limits_shared_up ").await == Some(u64::from(shared)) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("limits do not come to be {}", if shared { "shared" } else { "alone" });
}

journey! {
    /// Two copies admit one quota together, and at most a twentieth of it more for each copy. Pages and exports likewise; an export's
    /// quota is too small to have twentieths, and exact.
    async fn two_copies_share_a_quota(world: Options::empty().redis().config(&patient())) {
        let copy = world.copy().await;
        until_shared(&world.operator(), true).await;
        until_shared(&copy.operator(), true).await;
        for path in ["/v1/policy", "/search"] {
            let address = world.fresh_address();
            let served = served(&at_both(world, &copy, address), path, 15).await;
            assert!((QUOTA..=QUOTA + 2 * BLOCK).contains(&served), "{served} of {path} were served");
        }
        let address = world.fresh_address();
        let exports = served(&at_both(world, &copy, address), "/v1/organisations?format=ndjson", 3).await;
        assert_eq!(exports, 3);
        assert_eq!(metric(&world.operator(), "yuti_limits_shared_fallback_total ").await, Some(0));
        assert_eq!(metric(&copy.operator(), "yuti_limits_shared_fallback_total ").await, Some(0));
    }
}

journey! {
    /// What one copy has admitted the other tells in what is left.
    async fn what_is_left_is_told_by_every_copy(world: Options::empty().redis().config(&patient())) {
        let copy = world.copy().await;
        until_shared(&world.operator(), true).await;
        until_shared(&copy.operator(), true).await;
        let address = world.fresh_address();
        let (here, there) = (world.anyone_at(address), copy.anyone_at(address));
        for left in (30..QUOTA).rev() {
            assert_eq!(of(here.get("/v1/policy").await.is(200), "RateLimit", "burst").get("r"), i64::from(left));
        }
        // The first call at the other copy may come before it knows; a moment later it does.
        there.get("/v1/policy").await.is(200);
        let began = Instant::now();
        while of(&there.get("/v1/quota").await, "RateLimit", "burst").get("r") != 29 {
            assert!(began.elapsed() < Duration::from_secs(10), "the other copy never learns of it");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

journey! {
    /// Without Redis each copy has the whole quota, and shows no metric of sharing that could look like a fault.
    async fn without_redis_each_copy_has_its_own(world: Options::empty().config(&patient())) {
        let copy = world.copy().await;
        let address = world.fresh_address();
        assert_eq!(served(&at_both(world, &copy, address), "/v1/policy", 15).await, 2 * QUOTA);
        assert_eq!(metric(&world.operator(), "yuti_limits_shared_up ").await, None);
        assert_eq!(metric(&world.operator(), "yuti_limits_shared_fallback_total ").await, None);
    }
}

journey! {
    /// Redis that goes away is noticed in the metrics and by nobody else: no fault, no wait, and no more than the quota. When it
    /// comes back it is used again by itself, and what was admitted meanwhile counts.
    async fn redis_may_go_away_and_come_back(world: Options::empty().redis_tunnel().config(&patient())) {
        let operator = world.operator();
        until_shared(&operator, true).await;
        let address = world.fresh_address();
        let callers = [world.anyone_at(address)];
        assert_eq!(served(&callers, "/v1/policy", 10).await, 10);
        world.redis_tunnel().cut().await;
        let began = Instant::now();
        assert_eq!(served(&callers, "/v1/policy", 40).await, 30, "the rest of the quota and not more");
        assert_eq!(served(&callers, "/v1/organisations?format=ndjson", 5).await, 3);
        assert!(began.elapsed() < Duration::from_secs(20), "it took {:?}", began.elapsed());
        until_shared(&operator, false).await;
        assert!(metric(&operator, "yuti_limits_shared_fallback_total ").await > Some(0));
        assert!(world.log().contains("this copy limits alone"), "the operator is told once");
        assert_eq!(world.log().matches("this copy limits alone").count(), 1);
        world.redis_tunnel().open().await;
        until_shared(&operator, true).await;
        refused_by(&callers[0].get("/v1/policy").await, "burst");
        let copy = world.copy().await;
        until_shared(&copy.operator(), true).await;
        let others = served(&[copy.anyone_at(address)], "/v1/policy", 20).await;
        assert!(others <= BLOCK, "a copy that comes anew finds what was admitted, but served {others}");
    }
}

journey! {
    /// Redis that hangs costs the one who meets it first a twentieth of a second, and the rest nothing.
    async fn a_slow_redis_slows_nobody(world: Options::empty().redis_tunnel().config(&forty())) {
        let operator = world.operator();
        until_shared(&operator, true).await;
        world.redis_tunnel().delay(Duration::from_secs(30));
        let app = world.anyone();
        let began = Instant::now();
        for path in ["/v1/organisations?format=ndjson", "/v1/policy", "/search"] {
            for _ in 0..3 {
                app.get(path).await.is(200);
            }
        }
        refused_by(&app.get("/v1/organisations?format=ndjson").await, "export");
        assert!(began.elapsed() < Duration::from_secs(5), "ten calls took {:?}", began.elapsed());
        until_shared(&operator, false).await;
        world.redis_tunnel().delay(Duration::ZERO);
        until_shared(&operator, true).await;
    }
}

journey! {
    /// Redis that was restarted empty, its scripts gone as well, is no fault, and gives nobody a fresh quota where they are known.
    async fn an_empty_redis_is_no_fault(world: Options::empty().redis_tunnel().config(&patient())) {
        let operator = world.operator();
        until_shared(&operator, true).await;
        let callers = [world.anyone()];
        assert_eq!(served(&callers, "/v1/policy", 25).await, 25);
        assert_eq!(served(&callers, "/v1/organisations?format=ndjson", 2).await, 2);
        world.redis_tunnel().cut().await;
        let redis = redis::Client::open(world.redis_url()).unwrap();
        let mut redis = redis.get_multiplexed_async_connection().await.unwrap();
        redis::cmd("FLUSHDB").exec_async(&mut redis).await.unwrap();
        redis::cmd("SCRIPT").arg("FLUSH").exec_async(&mut redis).await.unwrap();
        world.redis_tunnel().open().await;
        assert_eq!(served(&callers, "/v1/policy", 25).await, 15);
        assert_eq!(served(&callers, "/v1/organisations?format=ndjson", 3).await, 1);
        until_shared(&operator, true).await;
        refused_by(&callers[0].get("/v1/policy").await, "burst");
    }
}

journey! {
    /// Forged addresses and households of IPv6 are on Redis what they are without it.
    async fn callers_are_the_same_on_redis(world: Options::empty().redis().config(&format!("[http]\ntrusted_proxies = [\"127.0.1.0/24\"]\n[limits.shared]\ntimeout_milliseconds = 1000\n{}", quotas(&[("burst", 5, 864_000)])))) {
        until_shared(&world.operator(), true).await;
        let stranger = world.anyone_at("127.0.9.9".parse().unwrap());
        assert_eq!(served(std::slice::from_ref(&stranger), "/v1/policy", 7).await, 5);
        for forged in ["203.0.113.7", "127.0.0.1", "::1"] {
            refused_by(&stranger.with_header("X-Forwarded-For", forged).get("/v1/policy").await, "burst");
        }
        let proxy = world.anyone();
        let from = |address: &str| proxy.with_header("X-Forwarded-For", address);
        assert_eq!(served(&[from("2001:db8:1:2::1"), from("2001:db8:1:2:ffff::9")], "/v1/policy", 5).await, 5);
        assert_eq!(served(&[from("2001:db8:1:3::1")], "/v1/policy", 6).await, 5);
    }
}

journey! {
    /// The password of Redis is in no log, no metric and no answer, whether it is right, wrong or in an address that cannot be read.
    async fn the_password_of_redis_is_told_to_nobody(world: Options::empty().redis().stopped()) {
        const SECRET: &str = "wrong-horse-battery";
        let with = |url: &str| url.replacen("redis://", &format!("redis://:{SECRET}@"), 1);
        let url = with(world.redis_url());
        let mut process = world.launch(["serve"]).env("YUTI_REDIS_URL", &url).env("YUTI_LOG", "debug").start();
        let address = |label: &'static str| move |line: &str| line.strip_prefix(label)?.split_whitespace().next().map(str::to_owned);
        let base = process.wait_for_line("`listening on`", address("listening on ")).await;
        let metrics = process.wait_for_line("`metrics on`", address("metrics on ")).await;
        let app = Caller::new(&base, None);
        let mut seen = String::new();
        for path in ["/v1/policy", "/readyz", "/v1/organisations?format=ndjson", "/v1/quota"] {
            seen += &app.get(path).await.is(200).text();
        }
        assert!(seen.contains("degraded"), "a server without a password refuses one: {seen}");
        seen += &Caller::new(metrics.trim_end_matches("/metrics"), None).get("/metrics").await.text();
        let said = process.kill9().await;
        said.says("this copy limits alone");
        seen += &said.all();
        let bad = format!("redis://:{SECRET}@127.0.0.1:notaport/0");
        seen += &world.launch(["serve"]).env("YUTI_REDIS_URL", &bad).run().await.exits(78).says("redis_url").all();
        seen += &world.launch(["check"]).env("YUTI_REDIS_URL", &url).run().await.all();
        assert!(!seen.contains(SECRET), "{seen}");
    }
}
