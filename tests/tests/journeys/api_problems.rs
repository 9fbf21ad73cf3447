//! Refusals: every bad parameter at once, in the reader's language, with an address that explains it.

use serde_json::Value;
use yuti_tests::{Answer, Caller, Options, journey};

/// Each way to be refused, with its status and its code.
async fn refusals(app: &Caller) -> Vec<Answer> {
    let mut answers = Vec::new();
    for (path, status, code) in [
        ("/v1/elevators?limit=0", 400, "invalid_parameters"),
        ("/v1/elevators?cursor=x", 400, "invalid_cursor"),
        ("/v1/elevators/nobody", 404, "elevator_not_found"),
        ("/v1/organisations/nobody", 404, "organisation_not_found"),
        ("/v1/code-lists/nothing", 404, "code_list_not_found"),
        ("/v1/nothing", 404, "not_found"),
    ] {
        let answer = app.get(path).await;
        answer.problem(status, code);
        answers.push(answer);
    }
    let posted = app.ask("POST", "/v1/elevators").send().await;
    posted.problem(405, "method_not_allowed");
    let picture = app.with_header("Accept", "image/png").get("/v1/elevators").await;
    picture.problem(406, "not_acceptable");
    let long = app.get(&format!("/v1/elevators?district={}", "5".repeat(8_100))).await;
    long.problem(414, "uri_too_long");
    let body = app.ask("GET", "/v1/elevators").body("{}").send().await;
    body.problem(415, "unsupported_media_type");
    answers.extend([posted, picture, long, body]);
    answers
}

journey! {
    /// Everything that is wrong with a request is told at once: what, why, and which name was meant.
    async fn every_bad_parameter_is_named_at_once(world: Options::empty()) {
        let query = "limt=5&status=fine&limit=0&pilot=maybe&sort=size&updated_since=yesterday&using_unit=1&count=all&format=pdf&quality=poor&cursor=a&cursor=b&distric=1";
        let answer = world.anyone().reading("en").get(&format!("/v1/elevators?{query}")).await;
        let problem = answer.problem(400, "invalid_parameters");
        problem.names_parameters(&["limt", "status", "limit", "pilot", "sort", "updated_since", "using_unit", "count", "format", "quality", "cursor", "distric"]);
        for (parameter, code) in [("limt", "unknown_parameter"), ("status", "not_in_list"), ("limit", "out_of_range"), ("updated_since", "malformed"), ("cursor", "repeated")] {
            assert_eq!(problem.code_of(parameter), code);
        }
        assert!(problem.words_on("limt").contains("`limit`") && problem.words_on("distric").contains("`district`"), "{answer}");
        assert!(problem.words_on("status").contains("in_order, attention, out_of_use, not_received"), "{answer}");
    }
}

journey! {
    /// A parameter that comes twice is refused, whichever it is and whatever it says.
    async fn a_repeated_parameter_is_refused(world: Options::empty()) {
        let app = world.anyone();
        for (path, name) in [
            ("/v1/elevators?limit=5&limit=5", "limit"), ("/v1/elevators?district=1&limit=1&district=1", "district"), ("/v1/elevators?%6Cimit=5&limit=6", "limit"),
            ("/v1/organisations?role=using_unit&role=using_unit", "role"), ("/v1/changes?after=1&after=1", "after"), ("/v1/policy?on=2026-01-01&on=2026-01-02", "on"),
            ("/v1/quota?format=json&format=json", "format"),
        ] {
            let problem = app.get(path).await.problem(400, "invalid_parameters");
            assert_eq!(problem.names_parameters(&[name]).code_of(name), "repeated", "{path}");
        }
    }
}

journey! {
    /// Bytes that are no UTF-8, broken escapes and control characters are refused wherever they stand in the query.
    async fn unreadable_values_are_refused(world: Options::empty()) {
        let app = world.anyone();
        for value in ["%FF", "%C3%28", "%E6%A2", "%F4%90%80%80", "%ED%A0%80", "%", "%4", "%zz", "%00", "5%00", "5%0A5", "5%7F", "5%C2%855"] {
            let request = format!("GET /v1/elevators?district={value} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            let answer = app.raw(request.as_bytes()).await;
            answer.problem(400, "invalid_parameters");
            assert!(String::from_utf8_lossy(&answer.body).contains("\"parameter\":\"district\""), "{value}");
        }
        let name = app.raw(b"GET /v1/elevators?%FF%FE=1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await;
        name.problem(400, "invalid_parameters");
    }
}

journey! {
    /// Odd but readable queries mean what they say: empty pairs, empty values, a plus for a blank.
    async fn odd_queries_are_read_as_written(world: Options::empty()) {
        let app = world.anyone();
        for fine in ["?", "?&", "?&&limit=5&", "?limit=5&district=", "?limit=+5+", "?district=50+01", "?category=%E6%A2%AF"] {
            app.get(&format!("/v1/elevators{fine}")).await.is(200);
        }
        for (odd, named) in [("?=5", ""), ("?limit", "limit"), ("?limit[]=5", "limit[]"), ("?Limit=5", "Limit"), ("?limit=5;district=1", "limit")] {
            let answer = app.get(&format!("/v1/elevators{odd}")).await;
            if odd == "?limit" {
                // A name without a value is absent, like an empty one.
                answer.is(200);
                continue;
            }
            answer.problem(400, "invalid_parameters").names_parameters(&[named]);
        }
    }
}

journey! {
    /// What is far too long for its parameter is refused before it reaches the database; names are not given back whole.
    async fn over_long_values_are_refused(world: Options::empty()) {
        let app = world.anyone();
        for (name, length) in [("district", 13), ("category", 25), ("using_unit", 4_000), ("status", 4_000), ("cursor", 4_000), ("sort", 101)] {
            app.get(&format!("/v1/elevators?{name}={}", "9".repeat(length))).await.problem(400, "invalid_parameters").names_parameters(&[name]);
        }
        let answer = app.get(&format!("/v1/elevators?{}=1", "n".repeat(4_000))).await;
        answer.problem(400, "invalid_parameters");
        assert!(answer.bytes().len() < 1_500, "{} bytes", answer.bytes().len());
    }
}

journey! {
    /// Words that would be SQL, patterns or paths elsewhere are only words here.
    async fn hostile_words_are_only_words(world) {
        let app = world.anyone();
        for word in ["'%20OR%201=1--", "%27;DROP%20TABLE", "%25", "_", "*", "..%2F..", "%24%7Bx%7D", "%3Cb%3E", "NULL"] {
            for parameter in ["district", "category"] {
                let answer = app.get(&format!("/v1/elevators?{parameter}={word}&count=exact")).await;
                match answer.status() {
                    200 => assert_eq!(answer.at("/count/total"), 0, "{parameter}={word}"),
                    _ => drop(answer.problem(400, "invalid_parameters").names_parameters(&[parameter])),
                }
            }
        }
        assert!(app.get("/v1/elevators?limit=1&count=exact").await.at("/count/total").as_i64().unwrap() > 1_900, "everything is still there");
    }
}

journey! {
    /// Refusals are in the language that the reader wants, Chinese where in doubt; the title belongs to the code alone.
    async fn refusals_speak_the_readers_language(world: Options::empty().generous()) {
        let app = world.anyone();
        let plain = refusals(&app).await;
        for (wanted, tag) in [("en", "en"), ("en-GB,zh;q=0.8", "en"), ("zh-TW", "zh-CN"), ("fr", "zh-CN"), ("*", "zh-CN"), ("en;q=0.2, zh", "zh-CN"), ("", "zh-CN"), ("q=;;,", "zh-CN")] {
            for (answer, chinese) in refusals(&app.reading(wanted)).await.iter().zip(&plain) {
                answer.header_is("Content-Language", tag).header_has("Vary", "Accept-Language");
                assert_eq!(answer.at("/title") == chinese.at("/title"), tag == "zh-CN", "{wanted}: {answer}");
                assert_eq!(answer.at("/title").as_str().unwrap().is_ascii(), tag == "en", "{wanted}: {answer}");
            }
        }
    }
}

journey! {
    /// The type of a problem is an address at which people read what it means.
    async fn the_type_explains_the_problem(world: Options::empty().generous()) {
        let app = world.anyone();
        for refusal in refusals(&app).await {
            let kind = refusal.at("/type").as_str().unwrap().to_owned();
            assert!(kind.starts_with(&world.url("/problems/")), "{kind}");
            let page = app.get(&kind).await;
            assert!(page.is(200).html().contains(refusal.at("/code").as_str().unwrap()), "{kind}");
            assert!(page.html().contains(refusal.at("/title").as_str().unwrap()), "{kind}");
            let path = kind.strip_prefix(&world.url("")).unwrap();
            app.get(&format!("/en{path}")).await.is(200).header_is("Content-Language", "en");
        }
    }
}

journey! {
    /// Nobody keeps a refusal, and it says nothing of the insides.
    async fn refusals_are_not_kept_and_tell_nothing_of_the_insides(world: Options::empty()) {
        for refusal in refusals(&world.anyone()).await {
            refusal.header_is("Cache-Control", "no-store").has_no_header("ETag").has_no_header("Last-Modified");
            for word in ["sea_orm", "sqlx", "panicked", "src/", ".rs:", "SELECT", "Backtrace"] {
                refusal.does_not_say(word);
            }
        }
    }
}

journey! {
    /// A caller's own request id comes back, in the header and in the problem; another is made where none is fit.
    async fn the_request_id_comes_back(world: Options::empty()) {
        let app = world.anyone();
        for own in ["0190d3c2-6f1e-7c3a-9f5e-2b7a1c4d5e6f", "my-request_1.b", &"a".repeat(64)] {
            let answer = app.with_header("X-Request-Id", own).get("/v1/elevators/nobody").await;
            answer.header_is("X-Request-Id", own);
            let instance = answer.at("/instance").as_str().unwrap().to_owned();
            assert!(instance.ends_with(own), "{instance}");
            // A URN of the kind uuid holds a UUID and nothing else (RFC 9562).
            assert_eq!(instance.starts_with("urn:uuid:"), own.len() == 36, "{instance}");
        }
        let mut made = std::collections::BTreeSet::new();
        for unfit in ["two words", "a,b", "<b>", "../x", &"a".repeat(65), "", "电梯"] {
            let answer = app.ask("GET", "/v1/quota").header("X-Request-Id", unfit).send().await;
            let id = answer.header("X-Request-Id");
            assert!(id != unfit && id.len() == 36, "{id}");
            assert!(made.insert(id), "each is new");
        }
    }
}

journey! {
    /// The instance of a generated id is a UUID's URN, different each time.
    async fn every_problem_has_an_instance_of_its_own(world: Options::empty()) {
        let app = world.anyone();
        let mut seen = std::collections::BTreeSet::new();
        for refusal in refusals(&app).await {
            let id = refusal.header("X-Request-Id");
            assert_eq!(refusal.at("/instance"), Value::String(format!("urn:uuid:{id}")));
            assert!(seen.insert(id));
        }
    }
}
