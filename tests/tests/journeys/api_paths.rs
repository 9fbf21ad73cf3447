//! Addresses and methods: what a polite client never sends, and what the router must not be talked into.

use yuti_tests::{Options, journey};

pub const READS: [&str; 21] = [
    "/v1/elevators",
    "/v1/elevators/502718",
    "/v1/elevators/502718/history",
    "/v1/organisations",
    "/v1/organisations/91500108MADED0012H",
    "/v1/districts",
    "/v1/changes",
    "/v1/code-lists",
    "/v1/code-lists/elevator-status",
    "/v1/policy",
    "/v1/transparency/head",
    "/v1/transparency/heads",
    "/v1/transparency/inclusion",
    "/v1/transparency/consistency",
    "/v1/transparency/entries/0",
    "/v1/transparency/keys",
    "/v1/quota",
    "/healthz",
    "/readyz",
    "/openapi.json",
    "/openapi.yaml",
];

journey! {
    /// Whatever would change something is refused by each address, which names what it serves.
    async fn other_methods_are_refused_by_name(world: Options::demo().generous()) {
        let app = world.anyone();
        for path in READS {
            for method in ["POST", "PUT", "PATCH", "DELETE", "PROPFIND", "TRACE", "get"] {
                let answer = app.ask(method, path).send().await;
                answer.problem(405, "method_not_allowed");
                answer.header_is("Allow", "GET, HEAD, OPTIONS");
            }
        }
        app.ask("POST", "/v1/nothing").send().await.problem(404, "not_found");
    }
}

journey! {
    /// A method may be refused on an address of pages too; people get a page.
    async fn pages_refuse_other_methods_with_a_page(world) {
        let app = world.anyone();
        for path in ["/", "/zh/", "/e/502718", "/en/search", "/problems/not_found", "/docs/"] {
            for method in ["POST", "PUT", "DELETE"] {
                let answer = app.ask(method, path).send().await;
                answer.is(405).header_is("Allow", "GET, HEAD, OPTIONS");
                answer.html();
            }
        }
    }
}

journey! {
    /// Dots, doubled and encoded slashes, semicolons lead nowhere: neither to another resource nor to a fault.
    async fn path_tricks_lead_nowhere(world: Options::demo().generous()) {
        let app = world.anyone();
        for trick in [
            "//v1/elevators", "/v1//elevators", "/v1/elevators/", "/v1/elevators//502718", "/v1/elevators/502718/", "/v1/elevators/502718//history",
            "/v1/./elevators", "/v1/../v1/elevators", "/v1/elevators/../quota", "/v1/elevators/%2e%2e/quota", "/v1/elevators/%2e%2e%2fquota",
            "/v1%2felevators", "/v1/elevators%2f502718", "/v1/elevators/502718%2fhistory", "/v1/elevators/502718%252fhistory", "/v1\\elevators",
            "/v1/elevators;v=1", "/v1/elevators/502718;history", "/v1/elevators;/502718", "/V1/elevators", "/v1/Elevators", "/v1/elevators.json", "/v1", "/v1/",
            "/v1/elevators/502718/history/1", "/v1/%65levators%20", "/openapi.json/", "/openapi.jso%6E/..", "/healthz/..%2freadyz",
            "/docs/../openapi.json", "/docs/..%2f..%2fCargo.toml", "/docs/%2e%2e/%2e%2e/etc/passwd", "/docs//index.html", "/e/..%2f..%2fetc%2fpasswd",
        ] {
            let answer = app.get_verbatim(trick.as_bytes()).await;
            let status = answer.status.unwrap_or_else(|| panic!("no answer to {trick}"));
            assert!(matches!(status, 400 | 404), "{trick} → {status}");
            assert!(!String::from_utf8_lossy(&answer.body).contains("root:x:"), "{trick}");
        }
        // Encoded letters are the letters.
        assert_eq!(app.get_verbatim(b"/v1/%65levators/%35%30%32%37%31%38").await.status, Some(200));
    }
}

journey! {
    /// Bytes that are no text in a path are a malformed request, on every address that has a variable part.
    async fn unreadable_paths_are_refused(world: Options::empty()) {
        let app = world.anyone();
        for start in ["/v1/elevators/", "/v1/organisations/", "/v1/code-lists/", "/v1/nothing/"] {
            for bytes in ["%FF", "%C3%28", "%ED%A0%80", "%F4%90%80%80", "50%00", "%0D%0AX-Injected:1", "%1B%5B2J", "%7F", "%C2%85"] {
                let answer = app.get_verbatim(format!("{start}{bytes}").as_bytes()).await;
                answer.problem(400, "malformed_request");
                assert!(answer.header("X-Injected").is_none());
            }
        }
        for broken in ["%", "%4", "%zz"] {
            let answer = app.get_verbatim(format!("/v1/elevators/{broken}").as_bytes()).await;
            assert_eq!(answer.status, Some(400), "{broken}: {}", answer.head);
        }
    }
}

journey! {
    /// Pages meet the same bytes with a page.
    async fn unreadable_page_addresses_are_a_page(world: Options::empty()) {
        for path in ["/e/%FF", "/zh/e/%C3%28", "/e/50%00", "/search/%FF", "/problems/%FF"] {
            let answer = world.anyone().get_verbatim(path.as_bytes()).await;
            assert_eq!((answer.status, answer.header("Content-Type")), (Some(400), Some("text/html; charset=utf-8")), "{path}");
        }
    }
}

journey! {
    /// An address over the limit is told so; one byte less is read.
    async fn an_over_long_address_is_414(world: Options::empty()) {
        let app = world.anyone();
        let address = |length: usize| format!("/v1/elevators?district={}", "5".repeat(length - "/v1/elevators?district=".len()));
        app.get(&address(8_000)).await.problem(400, "invalid_parameters").names_parameters(&["district"]);
        app.get(&address(8_001)).await.problem(414, "uri_too_long");
        app.get(&address(20_000)).await.problem(414, "uri_too_long");
        app.get(&format!("/e/{}", "5".repeat(8_100))).await.is(414).html();
        // Beyond what the parser of HTTP takes there is no problem document any more, but an answer.
        let endless = app.get_verbatim(address(400_000).as_bytes()).await;
        assert!(endless.status.is_none_or(|status| matches!(status, 400 | 414 | 431)), "{}", endless.head);
        app.get("/v1/quota").await.is(200);
    }
}

journey! {
    /// A body larger than is taken is refused by its announced length, before it comes.
    async fn an_oversized_body_is_413(world: Options::empty()) {
        let app = world.anyone();
        for (method, path) in [("POST", "/v1/elevators"), ("GET", "/v1/elevators"), ("PUT", "/v1/nothing"), ("POST", "/v1/quota")] {
            let request = format!("{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 1000000000000\r\n\r\n{{");
            let answer = app.raw(request.as_bytes()).await;
            answer.problem(413, "payload_too_large");
        }
        let page = app.raw(b"POST /search HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 70000\r\n\r\n").await;
        assert_eq!(page.status, Some(413), "{}", page.head);
    }
}

journey! {
    /// A body without an end is not waited for: the answer comes while it is still being sent.
    async fn an_endless_body_is_not_read(world: Options::empty()) {
        let app = world.anyone();
        let chunk = format!("10000\r\n{}\r\n", "x".repeat(65_536));
        for (method, expected) in [("POST", "405"), ("GET", "415")] {
            let begin = format!("{method} /v1/elevators HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n{}", chunk.repeat(16));
            let first = app.first_line(begin.as_bytes()).await;
            assert!(first.contains(expected) || first.contains("413"), "{method}: {first}");
            app.get("/v1/quota").await.is(200);
        }
        let small = b"GET /v1/elevators HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n";
        app.raw(small).await.problem(415, "unsupported_media_type");
    }
}

journey! {
    /// Reading takes no body, of whatever type; an empty one is none.
    async fn reading_takes_no_body(world: Options::demo().generous()) {
        let app = world.anyone();
        for path in READS {
            for kind in ["application/json", "text/plain", "application/x-www-form-urlencoded"] {
                let answer = app.ask("GET", path).header("Content-Type", kind).body("{}").send().await;
                answer.problem(415, "unsupported_media_type");
            }
            app.ask("GET", path).header("Content-Length", "0").send().await.is(200);
        }
    }
}

journey! {
    /// Requests that are no HTTP end with a refusal or a closed connection, and the next caller is served.
    async fn broken_http_hurts_nobody(world: Options::empty()) {
        let app = world.anyone();
        for broken in [
            b"GET\r\n\r\n".as_slice(),
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
            b"GET /v1/quota HTTP/9.9\r\nHost: x\r\n\r\n",
            b"GET /v1/quota\x00 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
            b"GET /v1/quota HTTP/1.1\r\nHost: x\r\nBad Header: 1\r\nConnection: close\r\n\r\n",
            b"POST /v1/quota HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\nConnection: close\r\n\r\n",
            b"POST /v1/quota HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n",
            b"GET /v1/quota HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\nConnection: close\r\n\r\n",
        ] {
            let answer = app.raw(broken).await;
            let shown = String::from_utf8_lossy(broken);
            assert!(answer.status.is_none_or(|status| (400..500).contains(&status) || status == 505), "{shown:?} → {}", answer.head);
        }
        app.get("/v1/quota").await.is(200);
    }
}

journey! {
    /// An announced host of somebody else's choice changes no address in the answer.
    async fn a_forged_host_changes_no_address(world) {
        let forged = b"GET /v1/elevators?limit=1 HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: evil.example\r\nX-Forwarded-Proto: gopher\r\nForwarded: host=evil.example\r\nConnection: close\r\n\r\n";
        let answer = world.anyone().raw(forged).await;
        assert_eq!(answer.status, Some(200), "{}", answer.head);
        assert!(!answer.head.contains("evil.example") && !String::from_utf8_lossy(&answer.body).contains("evil.example"), "{}", answer.head);
        assert!(String::from_utf8_lossy(&answer.body).contains(&world.url("/v1/elevators?limit=1&cursor=")));
    }
}

journey! {
    /// The address under which people reach the service is configured; links, choices and problem types carry it.
    async fn links_carry_the_configured_address(world: Options::demo().env("YUTI_PUBLIC_URL", "https://lifts.yuti.example/")) {
        let app = world.anyone();
        let page = app.get("/v1/elevators?limit=1").await;
        assert!(page.link("next").unwrap().starts_with("https://lifts.yuti.example/v1/elevators?limit=1&cursor="), "{page}");
        assert_eq!(app.get("/v1/elevators/B7NL2041").await.at("/choices/0/url"), "https://lifts.yuti.example/v1/elevators/el-6");
        assert_eq!(app.get("/v1/elevators/nobody").await.at("/type"), "https://lifts.yuti.example/problems/elevator_not_found");
        assert!(app.get("/v1/changes?limit=1").await.at("/items/0/url").as_str().unwrap().starts_with("https://lifts.yuti.example/v1/"));
        assert!(app.get("/v1/code-lists").await.at("/items/0/url").as_str().unwrap().starts_with("https://lifts.yuti.example/v1/code-lists/"));
    }
}
