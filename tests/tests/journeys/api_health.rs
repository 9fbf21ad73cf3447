//! What an operator sees: readiness, metrics, logs; and the headers that guard every answer.

use crate::api_paths::READS;
use serde_json::json;
use yuti_tests::{Caller, Database, Options, Tunnel, World, journey, journey_once};

/// Starts the service of a stopped world with its database behind a tunnel.
async fn behind(world: &World, url: &str) -> (yuti_tests::Process, Caller, Tunnel) {
    let (tunnel, through) = Tunnel::through(url).await;
    let mut process = world.launch(["serve"]).env("YUTI_DATABASE_URL", through).start();
    let base = process
        .wait_for_line("`listening on`", |line| {
            Some(line.strip_prefix("listening on ")?.split_whitespace().next()?.to_owned())
        })
        .await;
    let app = Caller::new(&base, None);
    for _ in 0..200 {
        if app.get("/readyz").await.status() == 200 {
            return (process, app, tunnel);
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the service does not get ready\n{}", process.said());
}

journey_once! {
    /// A database that goes away makes the service unready and every answer a 503 that says when to come back, soon and not
    /// after minutes; the process lives on.
    async fn without_its_database_the_service_is_unready(_folder) {
        let world = World::new("api_health::without_its_database", Database::Postgres, Options::demo().stopped()).await;
        let (process, app, mut tunnel) = behind(&world, &world.database_url().unwrap()).await;
        assert_eq!(app.get("/readyz").await.at("/checks/0"), json!({"name": "database", "status": "ok"}));
        app.get("/v1/elevators/502718").await.is(200);
        tunnel.cut().await;
        let began = std::time::Instant::now();
        let unready = app.get("/readyz").await;
        assert_eq!((unready.is(503).at("/status"), unready.at("/checks/0/status")), (json!("unavailable"), json!("unavailable")));
        assert!(began.elapsed().as_secs() < 10, "readiness took {:?}", began.elapsed());
        for path in ["/v1/elevators/502718", "/v1/elevators?limit=1"] {
            let answer = app.get(path).await;
            answer.problem(503, "unavailable");
            assert!(answer.header("Retry-After").parse::<u32>().unwrap() > 0);
        }
        // A whole list cannot begin, and says so by its status; the page still says whose data this is.
        app.get("/v1/elevators?format=ndjson").await.problem(503, "unavailable");
        for (language, mark) in [("zh", "演示数据"), ("en", "Demo data")] {
            let page = app.get(&format!("/{language}/e/502718")).await;
            assert!(page.is(503).html().contains(mark), "{page}");
        }
        app.get("/healthz").await.is(200);
        assert!(!process.said().contains("panicked"));
    }
}

journey_once! {
    /// A list that breaks off because the database is gone is logged with the request's id, and does not end as a whole one does.
    async fn a_list_that_breaks_off_is_logged_with_its_request(_folder) {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        let world = World::new("api_health::a_list_that_breaks_off", Database::Postgres, Options::demo().stopped()).await;
        let url = world.database_url().unwrap();
        let db = sea_orm::Database::connect(&url).await.unwrap();
        // Far more than lies between the two ends, so that the list is not all sent before anybody reads it.
        sea_orm::ConnectionTrait::execute_unprepared(&db, "UPDATE elevator SET raw = '{\"filler\":\"' || repeat('a', 30000) || '\"}'").await.unwrap();
        let (process, app, mut tunnel) = behind(&world, &url).await;
        let mut list = tokio::net::TcpStream::connect(app.base().trim_start_matches("http://")).await.unwrap();
        list.write_all(b"GET /v1/elevators?format=ndjson HTTP/1.1\r\nHost: x\r\nX-Request-Id: the-broken-one\r\n\r\n").await.unwrap();
        let mut received = vec![0; 4_096];
        let length = list.read(&mut received).await.unwrap();
        assert!(String::from_utf8_lossy(&received[..length]).starts_with("HTTP/1.1 200"));
        tunnel.cut().await;
        let _ = list.read_to_end(&mut received).await;
        assert!(!received.ends_with(b"0\r\n\r\n"), "a list that broke off ends as a whole one does");
        let said = process.said();
        let line = said.lines().find(|line| line.contains("a list broke off")).unwrap_or_else(|| panic!("nothing of it in the log:\n{said}"));
        assert!(line.contains("the-broken-one"), "{line}");
    }
}

journey! {
    /// Redis away degrades the service and does not stop it.
    async fn without_redis_the_service_is_degraded(world: Options::empty().redis_tunnel()) {
        let app = world.anyone();
        assert_eq!(app.get("/readyz").await.at("/checks/2"), json!({"name": "redis", "status": "ok"}));
        world.redis_tunnel().cut().await;
        let degraded = app.get("/readyz").await;
        assert_eq!((degraded.is(200).at("/status"), degraded.at("/checks/2/status")), (json!("degraded"), json!("degraded")));
        app.get("/v1/elevators").await.is(200);
    }
}

journey! {
    /// Without a Redis configured there is none to miss.
    async fn no_redis_is_no_degradation(world: Options::empty()) {
        let ready = world.anyone().get("/readyz").await;
        assert_eq!((ready.is(200).at("/status"), ready.at("/checks/2/status")), (json!("ok"), json!("off")));
    }
}

/// A counter's value, by the beginning of its line.
async fn counter(world: &World, line: &str) -> u64 {
    let metrics = world.operator().get("/metrics").await.is(200).text();
    metrics.lines().find_map(|one| one.strip_prefix(line)?.trim().parse().ok()).unwrap_or(0)
}

journey! {
    /// Each answer is counted by its route and its status, and each refusal by the quota.
    async fn answers_are_counted(world: Options::demo().config("[limits.burst]\nquota = 6\nwindow_seconds = 86400\n")) {
        let app = world.anyone();
        let line = |status| format!("yuti_http_requests_total{{route=\"/v1/elevators/{{identifier}}\",method=\"GET\",status=\"{status}\"}}");
        for (path, count) in [("502718", 3), ("nobody", 2), ("B7NL2041", 1), ("502718", 2)] {
            for _ in 0..count {
                app.get(&format!("/v1/elevators/{path}")).await;
            }
        }
        for (status, count) in [("200", 3), ("404", 2), ("300", 1), ("429", 2)] {
            assert_eq!(counter(world, &line(status)).await, count, "{status}");
        }
        assert_eq!(counter(world, "yuti_limited_total{policy=\"burst\"}").await, 2);
        assert_eq!(counter(world, "yuti_http_request_seconds_count{route=\"/v1/elevators/{identifier}\"}").await, 8);
    }
}

journey! {
    /// Labels are routes and codes: nothing that a caller chooses can make another series.
    async fn metrics_have_no_labels_that_a_caller_chooses(world: Options::empty().generous()) {
        let app = world.anyone();
        for method in ["FOO", "PLANTED", "M-SEARCH"] {
            app.ask(method, "/v1/quota").send().await;
        }
        for path in ["/planted", "/v1/planted", "/v1/elevators/planted", "/v1/elevators?planted=1", "/e/planted", "/docs/planted", "/en/planted"] {
            app.with_header("User-Agent", "planted").get(path).await;
        }
        let metrics = world.operator().get("/metrics").await.text().to_lowercase();
        for word in ["planted", "foo", "m-search"] {
            assert!(!metrics.contains(word), "{word} is a label");
        }
        assert!(metrics.contains("route=\"unmatched\""));
    }
}

journey! {
    /// The log names the route and the request's id, and never what was asked: not even when it says most.
    async fn the_log_never_holds_what_was_asked(world: Options::demo().env("YUTI_LOG", "debug")) {
        let app = world.anyone().with_headers([("X-Request-Id", "the-id-of-this-one"), ("Referer", "https://planted-referer.example/"), ("Cookie", "a=plantedcookie")]);
        for path in ["/v1/elevators?district=plantedword", "/v1/elevators?limit=plantedword", "/search?q=plantedword", "/zh/search?q=%E7%A7%8D%E4%B8%8B%E7%9A%84%E8%AF%8D", "/e/502718?from=plantedword", "/v1/nothing?plantedword"] {
            app.get(path).await;
        }
        let log = world.log();
        for word in ["plantedword", "planted-referer", "plantedcookie", "种下的词", "%E7%A7%8D"] {
            assert!(!log.contains(word), "{word} is in the log:\n{}", log.lines().filter(|line| line.contains(word)).collect::<Vec<_>>().join("\n"));
        }
        let lines = log.lines().filter(|line| line.contains("the-id-of-this-one") && line.contains("answered")).count();
        assert_eq!(lines, 6, "a line for each request");
        assert!(log.contains("/v1/elevators"), "with its route");
    }
}

journey! {
    /// Machines read the log as JSON, a line for each request.
    async fn the_log_can_be_json(world: Options::empty().config("[log]\nformat = \"json\"\n")) {
        world.anyone().with_header("X-Request-Id", "json-one").get("/v1/elevators").await.is(200);
        let log = world.process().stderr();
        let lines: Vec<serde_json::Value> = log.lines().filter(|line| line.starts_with('{')).map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error} in {line}"))).collect();
        let line = lines.iter().find(|line| line["request"] == "json-one").unwrap_or_else(|| panic!("no line of the request:\n{log}"));
        assert_eq!((&line["route"], &line["status"], &line["method"]), (&json!("/v1/elevators"), &json!(200), &json!("GET")));
    }
}

journey! {
    /// A trace that a caller began is found again in the log (W3C Trace Context).
    async fn a_trace_id_reaches_the_log(world: Options::empty()) {
        let app = world.anyone();
        app.with_header("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01").get("/v1/quota").await.is(200);
        for wrong in ["00-00000000000000000000000000000000-00f067aa0ba902b7-01", "plantedtrace", "00-4BF92F3577B34DA6A3CE929D0E0E4737-00f067aa0ba902b7-01"] {
            app.with_header("traceparent", wrong).get("/v1/quota").await.is(200);
        }
        let log = world.log();
        assert!(log.contains("4bf92f3577b34da6a3ce929d0e0e4736"), "{log}");
        for wrong in ["00000000000000000000000000000000", "plantedtrace", "4BF92F3577B34DA6A3CE929D0E0E4737"] {
            assert!(!log.contains(wrong), "{wrong} is no trace");
        }
    }
}

journey! {
    /// Every answer is guarded: it is what it says it is, it is framed nowhere, and data loads nothing.
    async fn every_answer_is_guarded(world: Options::demo().generous()) {
        let app = world.anyone();
        let pages = ["/", "/e/502718", "/search?q=x", "/nowhere", "/problems/not_found", "/docs/"];
        for path in READS.iter().chain(&pages).chain(&["/v1/nothing", "/v1/elevators?limit=0", "/v1/changes?format=ndjson"]) {
            let answer = app.get(path).await;
            answer.header_is("X-Content-Type-Options", "nosniff");
            answer.header_has("Referrer-Policy", "strict-origin");
            answer.header_has("Content-Security-Policy", "frame-ancestors 'none'").header_has("Content-Security-Policy", "default-src 'none'");
            answer.header_has("Permissions-Policy", "geolocation=()");
            answer.has_no_header("Server").has_no_header("X-Powered-By").has_no_header("Set-Cookie");
            let policy = answer.header("Content-Security-Policy");
            assert!(path.starts_with("/docs") || !policy.contains("unsafe"), "{path}: {policy}");
        }
    }
}
