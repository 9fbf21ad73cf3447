//! Pages of refusal: in plain words, in the reader's language, with a way on, and with the rescue line.

use crate::pages_reading::{LANGUAGES, is_a_page, words};
use yuti_tests::{Options, journey};

journey! {
    /// The example on the page of a problem is in the language of the page, the bad fields in it too.
    async fn examples_of_problems_speak_the_language_of_the_page(world: Options::empty()) {
        let anyone = world.anyone();
        let zh = anyone.get("/zh/problems/invalid_parameters").await.is(200).html();
        assert!(words(&zh).contains("没有这个参数。是不是“district”？") && !words(&zh).contains("Did you mean"));
        let en = anyone.get("/en/problems/invalid_parameters").await.is(200).html();
        assert!(words(&en).contains("Did you mean `district`?") && !words(&en).contains("没有这个参数"));
    }
}

journey! {
    /// Whatever is wrong with a request for a page, the answer is a page that says so and leads on.
    async fn refusals_are_pages(world) {
        let anyone = world.anyone();
        let long = format!("/search?q={}", "a".repeat(9_000));
        for (language, tag) in LANGUAGES {
            let at = |path: &str| format!("/{language}{path}");
            let refused = [
                (400, anyone.get(&at("/e/%ff")).await),
                (400, anyone.get(&at("/e/502718%00")).await),
                (404, anyone.get(&at("/nowhere")).await),
                (404, anyone.get(&at("/e/")).await),
                (404, anyone.get(&at("/e/502718/records")).await),
                (404, anyone.get(&at("/problems/")).await),
                (405, anyone.post(&at("/e/502718"), &serde_json::json!({})).await),
                (405, anyone.delete(&at("/")).await),
                (405, anyone.submit(&at("/search"), &[("q", "502718")]).await),
                (413, anyone.ask("POST", &at("/e/502718")).body(vec![b'a'; 70_000]).send().await),
                (414, anyone.get(&at(&long)).await),
                (415, anyone.ask("GET", &at("/e/502718")).body("a body where none belongs").send().await),
            ];
            let mut headings = Vec::new();
            for (status, answer) in refused {
                answer.is(status).header_has("Cache-Control", "no-store").has_no_header("ETag");
                let html = is_a_page(&answer, tag, true);
                let text = words(&html);
                assert!(html.contains("href=\"tel:96333\""), "no rescue line on {answer}");
                assert!(html.contains("name=\"q\""), "no box to search again on {answer}");
                assert!(html.contains(&format!("href=\"/{language}/\"")), "no way home on {answer}");
                for inside in ["panic", "SELECT", "sqlx", "actix", "src/", "RUST"] {
                    assert!(!text.contains(inside), "{inside} on {answer}");
                }
                if status == 405 {
                    answer.header_is("Allow", "GET, HEAD, OPTIONS");
                }
                assert!(answer.maybe_header("X-Request-Id").is_some(), "{answer}");
                headings.push((
                    status,
                    html.split("<h1")
                        .nth(1)
                        .unwrap_or_default()
                        .split("</h1>")
                        .next()
                        .unwrap_or_default()
                        .to_owned(),
                ));
            }
            headings.sort();
            headings.dedup_by_key(|(status, _)| *status);
            let kinds = headings.len();
            headings.sort_by(|a, b| a.1.cmp(&b.1));
            headings.dedup_by(|a, b| a.1 == b.1);
            assert_eq!(headings.len(), kinds, "two refusals say the same");
        }
        // Methods that no page knows at all.
        for method in ["PUT", "PATCH", "BREW"] {
            anyone.ask(method, "/e/502718").send().await.is(405);
        }
        anyone.ask("OPTIONS", "/e/502718").send().await.is(204).header_is("Allow", "GET, HEAD, OPTIONS");
        let head = anyone.head("/nowhere").await;
        head.is(404);
        assert!(head.bytes().is_empty());
    }
}

journey! {
    /// A neighbourhood that opens pages too fast is told when to go on; the elevator's page is never refused, since somebody may be
    /// trapped.
    async fn too_many_pages_are_refused_but_never_the_elevator(world: Options::demo().config("[limits.pages]\nquota = 5\nwindow_seconds = 60\n")) {
        let anyone = world.anyone();
        for _ in 0..5 {
            anyone.get("/zh/").await.is(200);
        }
        for (language, tag) in LANGUAGES {
            for path in ["/", "/search?q=%E8%B7%AF", "/problems/internal", "/nowhere"] {
                let answer = anyone.get(&format!("/{language}{path}")).await;
                answer
                    .is(429)
                    .header_has("Cache-Control", "no-store")
                    .header_has("RateLimit-Policy", "\"pages\";q=5;w=60");
                let seconds: u32 = answer.header("Retry-After").parse().unwrap();
                assert!((1..=60).contains(&seconds), "{seconds} s to wait");
                let text = words(&is_a_page(&answer, tag, true));
                assert!(text.contains(&seconds.to_string()), "the wait is not told on {answer}");
            }
            for code in ["502718", "108812", "B7NL2041", "el-3", "000"] {
                let answer = anyone.get(&format!("/{language}/e/{code}")).await;
                assert!(
                    [200, 300, 404].contains(&answer.status()),
                    "an elevator's page was refused: {answer}"
                );
            }
        }
        world.anyone().get("/zh/").await.is(200);
    }
}
