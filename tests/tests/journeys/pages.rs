//! The pages of the registry as a resident opens them, over HTTP.

use crate::pages_reading::{CAST, LANGUAGES, elevator_links, encoded, is_a_page, links, weight, words};
use yuti_tests::{Options, World, journey};

/// What the elevator page may weigh, so that it fits the first flight of packets.
const ELEVATOR_BYTES: usize = 12_288;
/// What any other page may weigh.
const PAGE_BYTES: usize = 30_000;

journey! {
    /// The home page says in both languages what it is for and what the city has, and its numbers are those of the API.
    async fn the_home_page_speaks_both_languages(world) {
        let anyone = world.anyone();
        let all = anyone.get("/v1/elevators?limit=1&count=exact").await.at("/count/total").as_u64().unwrap();
        let shown = format!("{},{:03}", all / 1000, all % 1000);
        for (language, tag) in LANGUAGES {
            let answer = anyone.get(&format!("/{language}/")).await;
            answer.is(200);
            let html = is_a_page(&answer, tag, true);
            assert!(words(&html).contains(&shown), "not all {shown} elevators are told on {answer}");
            assert!(html.contains(&format!("action=\"/{language}/search\"")), "no search box on {answer}");
            for link in links(&html).iter().filter(|link| link.starts_with('/')) {
                anyone.get(link).await;
            }
        }
        let bare = anyone.reading("en-GB,zh;q=0.5").get("/").await;
        is_a_page(&bare, "en", true);
    }
}

journey! {
    /// A path without a language follows the reader's, says that it varies by it, and its links keep what was chosen; a path
    /// with one does not look at the header at all.
    async fn language_follows_the_reader_and_links_keep_it(world) {
        let anyone = world.anyone();
        for path in ["/", "/e/502718", "/search?q=502", "/problems/not_found", "/nowhere", "/e/999999999"] {
            for (header, tag) in [
                ("zh-CN,zh;q=0.9", "zh-CN"),
                ("en", "en"),
                ("fr, en;q=0.3", "en"),
                ("fr", "zh-CN"),
                ("*", "zh-CN"),
            ] {
                let answer = anyone.reading(header).get(path).await;
                is_a_page(&answer, tag, true);
                answer.header_has("Vary", "Accept-Language");
            }
            let plain = anyone.get(path).await;
            plain.header_is("Content-Language", "zh-CN");
            for (language, tag) in LANGUAGES {
                let other = if language == "zh" { "en" } else { "zh" };
                let answer = anyone.reading(other).get(&format!("/{language}{path}")).await;
                let html = is_a_page(&answer, tag, true);
                let vary = answer.header("Vary");
                assert!(!vary.contains("Accept-Language"), "{path} in {language} varies by {vary}");
                let inner: Vec<String> =
                    links(&html).into_iter().filter(|link| link.starts_with('/')).collect();
                let ours = |link: &&String| !link.starts_with("/v1/") && !link.starts_with("/docs");
                for link in inner.iter().filter(ours) {
                    let switch = *link == format!("/{other}{path}");
                    assert!(switch || link.starts_with(&format!("/{language}/")), "{link} on {answer}");
                }
                assert!(
                    inner.contains(&format!("/{other}{path}")),
                    "no way to the other language on {answer}"
                );
            }
        }
        for language in ["zh", "en"] {
            anyone.get(&format!("/{language}")).await.is(303).header_is("Location", &format!("/{language}/"));
        }
    }
}

journey! {
    /// Whatever number stands on an elevator leads to its page, however it is written; so does one it carried in the past.
    async fn every_identifier_leads_to_the_page(world) {
        let anyone = world.anyone();
        let written = [
            "el-1",
            "502718",
            "502 718",
            "５０２７１８",
            "311010500201900127",
            "3110 10500 2019 00127",
            "梯11渝A00127(19)",
            "梯11渝a00127（19）",
            "100001",
            "KX-19-00842",
            "kx1900842",
            // The rescue code it had until 2020.
            "108812",
        ];
        for code in written {
            for (language, tag) in LANGUAGES {
                let answer = anyone.get(&format!("/{language}/e/{}", encoded(code))).await;
                answer
                    .is(200)
                    .header_has("Link", "/v1/elevators/el-1>")
                    .header_has("Link", "rel=\"alternate\"");
                let html = is_a_page(&answer, tag, true);
                let text = words(&html);
                assert!(text.contains("青石坎小区 3 栋 2 单元 左梯"), "{code} leads to {answer}");
                // What is read out to the rescue line is the code in force, whatever was typed.
                assert!(text.contains("502 718"), "no rescue code on {answer}");
                assert!(html.contains("href=\"tel:96333\""), "no rescue line on {answer}");
                let canonical = format!(
                    "<link rel=\"canonical\" href=\"{}\">",
                    world.url(&format!("/{language}/e/el-1"))
                );
                assert!(html.contains(&canonical), "no {canonical} on {answer}");
            }
        }
    }
}

journey! {
    /// A number that two makers gave twice is never one of the two elevators: the page offers both, and each way leads to its own.
    async fn a_shared_number_offers_the_choice(world) {
        let anyone = world.anyone();
        for (language, tag) in LANGUAGES {
            let answer = anyone.get(&format!("/{language}/e/B7NL2041")).await;
            answer.is(300);
            let html = is_a_page(&answer, tag, true);
            let ways = elevator_links(&html);
            assert_eq!(ways.len(), 2, "{ways:?} on {answer}");
            let mut found = Vec::new();
            for way in ways {
                let page = anyone.get(&way).await;
                page.is(200);
                let text = words(&is_a_page(&page, tag, true));
                found.extend(["504 101", "504 102"].into_iter().filter(|code| text.contains(code)));
            }
            assert_eq!(found, ["504 101", "504 102"], "each way leads to its own elevator");
            for place in ["石桥坡街 41 号", "竹影路 9 号"] {
                assert!(
                    words(&html).contains(place),
                    "the choice is made by address, and {place} is not on {answer}"
                );
            }
        }
        anyone.get("/v1/elevators/B7NL2041").await.is(300);
    }
}

journey! {
    /// Who mistypes a code gets the nearest ones, the box with what was typed, the kinds of numbers, and the rescue line.
    async fn an_unknown_code_leads_on(world) {
        let anyone = world.anyone();
        for (language, tag) in LANGUAGES {
            let answer = anyone.get(&format!("/{language}/e/502799")).await;
            answer.is(404).header_has("Cache-Control", "no-store");
            let html = is_a_page(&answer, tag, true);
            let text = words(&html);
            assert!(text.contains("502799"), "the code that was looked for is not told on {answer}");
            let near = elevator_links(&html);
            assert!((1..=3).contains(&near.len()), "the nearest codes on {answer}");
            assert!(text.contains("502 718") || text.contains("502 719"), "no near code on {answer}");
            for way in &near {
                anyone.get(way).await.is(200);
            }
            assert!(
                html.contains("name=\"q\"") && html.contains("value=\"502799\""),
                "the box has lost what was typed"
            );
            assert!(html.contains("href=\"tel:96333\""), "no rescue line on {answer}");
        }
        let far = anyone.get("/e/QQQQQQQQ").await;
        assert_eq!(
            elevator_links(&is_a_page(far.is(404), "zh-CN", true)),
            Vec::<String>::new(),
            "nothing is near to it"
        );
        let markup = anyone.get(&format!("/e/{}", encoded("<b>x</b>\"'&"))).await;
        let html = is_a_page(markup.is(404), "zh-CN", true);
        assert!(!html.contains("<b>x</b>"), "what was typed became markup on {markup}");
    }
}

journey! {
    /// Each kind of problem has its page, which names the code, the status and the way to mend it.
    async fn every_problem_has_its_page(world) {
        let anyone = world.anyone().with_header("Accept-Encoding", "gzip");
        for problem in yuti_openapi::ProblemCode::ALL {
            for (language, tag) in LANGUAGES {
                let answer = anyone.get(&format!("/{language}/problems/{}", problem.code())).await;
                answer.is(200);
                let text = words(&is_a_page(&answer, tag, true));
                let reader =
                    if language == "zh" { yuti_openapi::Language::Zh } else { yuti_openapi::Language::En };
                let status = format!("HTTP {}", problem.status());
                let plain = |words: &str| words.replace('`', "");
                for wanted in [problem.code(), &status, problem.title(reader), &plain(problem.mend(reader))] {
                    let wanted: String = wanted.split_whitespace().collect();
                    let said: String = text.split_whitespace().collect();
                    assert!(said.contains(&wanted), "no {wanted:?} on {answer}");
                }
                assert!(weight(&answer) <= PAGE_BYTES, "{} bytes for {answer}", weight(&answer));
            }
        }
        anyone.get("/problems/no_such_code").await.is(404);
        let problem = anyone.get("/v1/elevators?limit=0").await.problem(400, "invalid_parameters");
        let kind = problem.body()["type"].as_str().unwrap().to_owned();
        anyone.get(&kind).await.is(200).header_has("Content-Type", "text/html");
    }
}

/// The internal numbers of fifty elevators spread over the whole set, always the same.
async fn fifty(world: &World) -> Vec<String> {
    let all = world.anyone().get("/v1/elevators?format=ndjson").await.ndjson();
    let step = all.len() / 50;
    assert!(step > 1, "the demonstration set has {} elevators", all.len());
    all.iter().skip(7).step_by(step).take(50).map(|row| row["id"].as_str().unwrap().to_owned()).collect()
}

journey! {
    /// Every elevator's page fits the first flight of packets in both languages; the other pages stay small too.
    async fn pages_are_light(world) {
        let anyone = world.anyone().with_header("Accept-Encoding", "gzip");
        let some = fifty(world).await;
        let mut heaviest = (0, String::new());
        for code in CAST.into_iter().chain(some.iter().map(String::as_str)) {
            for (language, tag) in LANGUAGES {
                let answer = anyone.get(&format!("/{language}/e/{code}")).await;
                answer.is(200);
                is_a_page(&answer, tag, true);
                heaviest = heaviest.max((weight(&answer), format!("/{language}/e/{code}")));
            }
        }
        assert!(heaviest.0 <= ELEVATOR_BYTES, "{heaviest:?} is over {ELEVATOR_BYTES} bytes");
        let others = [
            "/",
            "/search",
            "/search?pilot=true",
            "/search?status=in_order",
            "/search?q=%E8%B7%AF",
            "/e/B7NL2041",
            "/e/0",
            "/nowhere",
        ];
        for path in others {
            for (language, tag) in LANGUAGES {
                let answer = anyone.get(&format!("/{language}{path}")).await;
                is_a_page(&answer, tag, true);
                assert!(weight(&answer) <= PAGE_BYTES, "{} bytes for {answer}", weight(&answer));
            }
        }
    }
}

journey! {
    /// Who has the page already is told so in a few bytes; another packing is another tag; HEAD says the same without the page.
    async fn a_page_is_not_sent_twice(world) {
        let anyone = world.anyone();
        for path in ["/", "/en/e/502718", "/search?q=502", "/zh/problems/internal"] {
            let mut tags = Vec::new();
            for encoding in ["identity", "gzip", "br"] {
                let reader = anyone.with_header("Accept-Encoding", encoding);
                let first = reader.get(path).await;
                first.is(200);
                let tag = first.header("ETag");
                assert!(tag.starts_with('"'), "{tag} is not a strong tag");
                let again = reader.with_header("If-None-Match", &tag).get(path).await;
                again.is(304).header_is("ETag", &tag).header_has("Vary", "Cookie");
                assert!(again.bytes().is_empty(), "a 304 with a body: {again}");
                reader.with_header("If-None-Match", "\"another\"").get(path).await.is(200);
                let head = reader.head(path).await;
                head.is(200)
                    .header_is("ETag", &tag)
                    .header_is("Content-Length", &first.bytes().len().to_string());
                assert!(head.bytes().is_empty());
                tags.push(tag);
            }
            tags.dedup();
            assert_eq!(tags.len(), 3, "one tag for two packings of {path}");
        }
    }
}

journey! {
    /// The inspection of 505123 ends tomorrow: a minute before midnight of Chongqing the elevator is in order, a minute after the
    /// next one it is not, on its page and among the results, and no kept copy passes for the new page.
    async fn an_inspection_lapses_at_midnight(world) {
        let anyone = world.anyone();
        world.set_clock("2026-11-24T15:59:00Z");
        let before = anyone.get("/zh/e/505123").await;
        let html = is_a_page(before.is(200), "zh-CN", true);
        assert!(html.contains("class=\"answer is-ok\""), "still in order: {before}");
        assert!(words(&html).contains("今天是最后一天"), "the last day is told: {before}");
        let listed = words(&anyone.get("/zh/search?q=%E6%A6%95%E8%8D%AB%E5%AE%B6%E5%9B%AD").await.html());

        world.set_clock("2026-11-24T16:01:00Z");
        let kept = anyone.with_header("If-None-Match", &before.header("ETag"));
        let after = kept.get("/zh/e/505123").await;
        let html = is_a_page(after.is(200), "zh-CN", true);
        assert!(html.contains("class=\"answer is-warn\""), "the inspection has lapsed: {after}");
        assert!(words(&html).contains("检验 1 天前到期"), "what happened is told: {after}");
        assert!(words(&html).contains("不能继续用"), "and what follows from it: {after}");
        let listed_now = words(&anyone.get("/zh/search?q=%E6%A6%95%E8%8D%AB%E5%AE%B6%E5%9B%AD").await.html());
        assert_ne!(listed, listed_now, "the results know of it too");
        anyone.get("/v1/elevators/505123").await.is(200);
        let status = anyone.get("/v1/elevators/505123").await.at("/status");
        assert_eq!(status, "attention", "page and API say the same");
        let english = words(&is_a_page(&anyone.get("/en/e/505123").await, "en", true));
        assert!(english.contains("The inspection ran out 1 day ago"), "{english}");
    }
}

journey! {
    /// Each member of the cast shows its state by shape, word and colour, and a marked pilot never shows as a state.
    async fn states_are_told_as_they_are(world) {
        let anyone = world.anyone();
        let states = [
            ("502718", "is-ok", "正常", true),
            ("502719", "is-no", "停用", true),
            ("506035", "is-warn", "需要注意", false),
            ("503466", "is-ok", "正常", false),
            ("507777", "is-unknown", "没收到", false),
            ("507302", "is-warn", "需要注意", false),
            ("508114", "is-ok", "正常", false),
            ("502716", "is-ok", "正常", true),
        ];
        for (code, tone, word, pilot) in states {
            let answer = anyone.get(&format!("/zh/e/{code}")).await;
            let html = is_a_page(answer.is(200), "zh-CN", true);
            assert!(html.contains(&format!("class=\"answer {tone}\"")), "{code} is not {tone}: {answer}");
            assert!(
                html.contains(&format!("<span class=\"state-word\">{word}</span>")),
                "{code} is not {word}: {answer}"
            );
            assert_eq!(html.matches("class=\"answer ").count(), 1, "one answer, never two: {answer}");
            let in_force = html.contains("不按统一的周期");
            assert_eq!(in_force, pilot, "the mark of the pilot on {answer}");
        }
        let left = words(&anyone.get("/zh/e/503466").await.html());
        assert!(left.contains("已结束") && left.contains("现在按统一规定保养"), "{left}");
        let nothing = words(&anyone.get("/zh/e/507777").await.html());
        assert!(nothing.contains("没收到检验有效期") && nothing.contains("没收到地址"), "{nothing}");
        let doubtful = words(&anyone.get("/zh/e/504404").await.html());
        assert!(doubtful.contains("有疑点的数据") && doubtful.contains("2011.13"), "{doubtful}");
    }
}

journey! {
    /// A register that holds no demonstration data says nothing of demonstration, and an empty one still has its pages.
    async fn an_empty_register_still_has_pages(world: Options::empty()) {
        let anyone = world.anyone();
        for path in ["/", "/search", "/search?q=502718", "/search?status=in_order", "/problems/internal"] {
            for (language, tag) in LANGUAGES {
                let answer = anyone.get(&format!("/{language}{path}")).await;
                is_a_page(answer.is(200), tag, false);
                answer.does_not_say("演示").does_not_say("emonstration");
            }
        }
        is_a_page(anyone.get("/e/502718").await.is(404), "zh-CN", false);
    }
}
