//! Who is counted: addresses, proxies that are believed and those that are not, and browsers of other sites.

use crate::limits::quotas;
use yuti_tests::{Answer, Caller, Options, journey};

const FIVE: [(&str, u32, u32); 4] =
    [("burst", 5, 86_400), ("daily", 1_000, 86_400), ("export", 5, 86_400), ("pages", 5, 86_400)];

fn five() -> Options {
    Options::empty().config(&quotas(&FIVE))
}

/// Behind a proxy of the addresses that journeys call from.
fn behind_a_proxy() -> Options {
    Options::empty()
        .config(&format!("[http]\ntrusted_proxies = [\"127.0.1.0/24\", \"10.0.0.0/8\"]\n{}", quotas(&FIVE)))
}

async fn use_up(app: &Caller) {
    for _ in 0..5 {
        app.get("/v1/policy").await.is(200);
    }
    app.get("/v1/policy").await.is(429);
}

fn forwarded(app: &Caller, addresses: &str) -> Caller {
    app.with_header("X-Forwarded-For", addresses)
}

journey! {
    /// Nobody gets a fresh quota by inventing an address, in whichever header.
    async fn forged_addresses_change_nothing(world: five()) {
        let app = world.anyone();
        use_up(&app).await;
        for header in ["X-Forwarded-For", "Forwarded", "X-Real-IP", "True-Client-IP", "CF-Connecting-IP"] {
            for value in ["203.0.113.7", "for=203.0.113.7", "127.0.0.1", "::1"] {
                app.with_header(header, value).get("/v1/policy").await.is(429);
            }
        }
    }
}

journey! {
    /// Behind a trusted proxy the address that the proxy saw counts, and what the client wrote before it does not.
    async fn a_trusted_proxy_is_believed(world: behind_a_proxy()) {
        let proxy = world.anyone();
        use_up(&forwarded(&proxy, "203.0.113.7")).await;
        forwarded(&proxy, "203.0.113.8").get("/v1/policy").await.is(200);
        for forged in ["198.51.100.1, 203.0.113.7", "203.0.113.8,203.0.113.7", "unknown, 203.0.113.7", "203.0.113.7, 10.1.2.3", "::ffff:203.0.113.7", "203.0.113.7:4711", "[::ffff:203.0.113.7]:99", "198.51.100.1:1, 203.0.113.7:2, 10.1.2.3:3"] {
            forwarded(&proxy, forged).get("/v1/policy").await.is(429);
        }
        // Another proxy in front of the same client.
        forwarded(&world.anyone(), "203.0.113.7").get("/v1/policy").await.is(429);
    }
}

journey! {
    /// What a proxy writes that is no address falls back to the proxy's own.
    async fn an_unreadable_forward_is_the_proxys_own(world: behind_a_proxy()) {
        let proxy = world.anyone();
        use_up(&proxy).await;
        for odd in ["", "rubbish", "203.0.113.7:1234x", "203.0.113.300", ",", "10.0.0.1"] {
            let answer = forwarded(&proxy, odd).get("/v1/policy").await;
            answer.is(429);
        }
    }
}

journey! {
    /// A household of IPv6 is one caller: its /64 shares a quota, the next one has its own.
    async fn a_household_of_ipv6_is_one_caller(world: behind_a_proxy()) {
        let proxy = world.anyone();
        for last in 1..=5 {
            forwarded(&proxy, &format!("2001:db8:1:2::{last}")).get("/v1/policy").await.is(200);
        }
        for same in ["2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", "2001:0DB8:0001:0002::9"] {
            forwarded(&proxy, same).get("/v1/policy").await.is(429);
        }
        for other in ["2001:db8:1:3::1", "2001:db8:2:2::1", "203.0.113.7"] {
            forwarded(&proxy, other).get("/v1/policy").await.is(200);
        }
    }
}

journey! {
    /// The service listens on IPv6 as well, and counts there.
    async fn ipv6_is_served_and_counted(world: five().env("YUTI_LISTEN", "[::1]:0")) {
        let app = Caller::new(&world.url(""), None);
        assert!(app.base().contains("[::1]"), "{}", app.base());
        use_up(&app).await;
    }
}

const ORIGIN: (&str, &str) = ("Origin", "https://map.example");

fn readable(answer: &Answer) {
    answer.header_is("Access-Control-Allow-Origin", "*").has_no_header("Access-Control-Allow-Credentials");
    let exposed = answer.header("Access-Control-Expose-Headers").to_lowercase();
    let exposed: Vec<&str> = exposed.split(',').map(str::trim).collect();
    for name in
        ["ratelimit", "ratelimit-policy", "retry-after", "link", "etag", "x-request-id", "content-location"]
    {
        assert!(exposed.contains(&name), "{name} is not readable: {answer}");
    }
}

journey! {
    /// Any site may read public data, refusals and what is left among it, and never with somebody's credentials.
    async fn other_sites_can_read_every_answer(world: Options::demo().generous()) {
        let app = world.anyone().with_headers([ORIGIN, ("Cookie", "yuti_view=text-large.theme-dark")]);
        for path in ["/v1/elevators?limit=1", "/v1/elevators/502718", "/v1/elevators/B7NL2041", "/v1/elevators/nobody", "/v1/elevators?limit=0", "/v1/nothing", "/v1/quota",
            "/v1/organisations?format=ndjson", "/openapi.json", "/openapi.yaml", "/healthz"] {
            readable(&app.get(path).await);
        }
        let tag = app.get("/v1/elevators/502718").await.header("ETag");
        let known = app.with_header("If-None-Match", &tag).get("/v1/elevators/502718").await;
        known.is(304);
        readable(&known);
        app.get("/e/502718").await.is(200).has_no_header("Access-Control-Allow-Origin");
    }
}

journey! {
    /// A site whose reader has used everything up is told so in a way that the site can read.
    async fn a_refusal_is_readable_across_origins(world: five()) {
        let app = world.anyone().with_headers([ORIGIN]);
        use_up(&app).await;
        let refused = app.get("/v1/policy").await;
        refused.problem(429, "quota_exceeded");
        readable(&refused);
    }
}

journey! {
    /// A browser that asks first is told what it may, costs nothing, and is never refused.
    async fn a_preflight_costs_nothing_and_is_never_refused(world: five()) {
        let app = world.anyone().with_headers([ORIGIN, ("Access-Control-Request-Method", "GET"), ("Access-Control-Request-Headers", "if-none-match, x-request-id")]);
        for _ in 0..20 {
            let preflight = app.ask("OPTIONS", "/v1/elevators/502718").send().await;
            assert!(preflight.is(204).bytes().is_empty());
            preflight.header_is("Access-Control-Allow-Origin", "*").has_no_header("Access-Control-Allow-Credentials");
            preflight.header_has("Access-Control-Allow-Methods", "GET").header_has("Allow", "GET");
            for header in ["If-None-Match", "Accept-Language", "X-Request-Id"] {
                preflight.header_has("Access-Control-Allow-Headers", header);
            }
            assert!(preflight.header("Access-Control-Max-Age").parse::<u32>().unwrap() >= 600);
        }
        use_up(&app).await;
        app.ask("OPTIONS", "/v1/elevators/502718").send().await.is(204);
    }
}
