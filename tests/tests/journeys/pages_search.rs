//! The search page: whatever a resident has in hand leads to the elevator, and nothing typed there does harm.

use crate::pages_reading::{LANGUAGES, between, elevator_links, encoded, is_a_page, links, words};
use std::collections::BTreeSet;
use yuti_tests::{Caller, journey};

/// The results' page for these words, which must be one.
async fn search(reader: &Caller, words: &str) -> String {
    let answer = reader.get(&format!("/zh/search?q={}", encoded(words))).await;
    is_a_page(answer.is(200), "zh-CN", true)
}

/// The elevators of all pages of results that begin at this path, in their order.
async fn all_results(reader: &Caller, path: &str, word_for_next: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut next = Some(path.to_owned());
    let mut pages = 0;
    while let Some(path) = next {
        pages += 1;
        assert!(pages < 200, "{path} does not end");
        let answer = reader.get(&path).await;
        let html = answer.is(200).html();
        found.extend(elevator_links(&html));
        next = between(&html, "class=\"pager\">", "</div>").first().and_then(|pager| {
            let link = pager.split("<a ").find(|link| link.contains(word_for_next))?;
            Some(between(link, "href=\"", "\"").first()?.replace("&amp;", "&"))
        });
    }
    found
}

journey! {
    /// A whole code, however written, leads straight to the page, in the reader's language; a shared one is a list.
    async fn a_code_leads_straight_to_its_page(world) {
        let anyone = world.anyone();
        for code in [
            "502718",
            "502 718",
            "５０２７１８",
            "311010500201900127",
            "梯11渝A00127(19)",
            "kx-19-00842",
            "108812",
            "el-1",
        ] {
            for (language, _) in LANGUAGES {
                let answer = anyone.get(&format!("/{language}/search?q={}", encoded(code))).await;
                answer.is(303).header_is("Location", &format!("/{language}/e/el-1"));
            }
        }
        anyone.reading("en").get("/search?q=502718").await.is(303).header_is("Location", "/en/e/el-1");
        // Forms send a blank as a plus.
        anyone.get("/zh/search?q=502+718").await.is(303).header_is("Location", "/zh/e/el-1");
        assert_eq!(elevator_links(&search(&anyone, "B7NL2041").await).len(), 2);
    }
}

journey! {
    /// Address, estate, entrance, unit, each in part: all lead to the elevators they mean.
    async fn address_and_unit_text_is_found(world) {
        let anyone = world.anyone();
        for text in [
            "青石坎",
            "青石坎路",
            "青石坎小区",
            "青石坎路 18 号",
            "青石坎小区 3 栋",
            "坎上坎",
            "青石坎物业",
            "青石坎 502",
            "青石坎 左梯",
            "5027",
        ] {
            let html = search(&anyone, text).await;
            assert!(
                elevator_links(&html).contains(&"/zh/e/el-1".to_owned()),
                "{text} does not find 502718:\n{}",
                words(&html)
            );
        }
        for text in ["青石坎 老码头", "没有这样的地方", "梯梯梯"] {
            assert_eq!(elevator_links(&search(&anyone, text).await), Vec::<String>::new(), "{text}");
        }
        let english = anyone.get(&format!("/en/search?q={}", encoded("青石坎"))).await;
        let html = is_a_page(&english, "en", true);
        assert!(elevator_links(&html).contains(&"/en/e/el-1".to_owned()), "{english}");
    }
}

journey! {
    /// Nobody types a blank round the figures of an address.
    async fn blanks_round_figures_do_not_matter(world) {
        let anyone = world.anyone();
        for text in ["青石坎路18号", "青石坎小区3栋", "3栋2单元", "青石坎小区3栋2单元", "18号 青石坎路"]
        {
            let html = search(&anyone, text).await;
            assert!(
                elevator_links(&html).contains(&"/zh/e/el-1".to_owned()),
                "{text} does not find 502718:\n{}",
                words(&html)
            );
        }
    }
}

journey! {
    /// Filters narrow, tell how many there are, combine, and are taken off again; the numbers are those of the API.
    async fn filters_narrow_and_are_taken_off(world) {
        let anyone = world.anyone();
        let count = async |query: &str| {
            anyone
                .get(&format!("/v1/elevators?limit=1&count=exact&{query}"))
                .await
                .at("/count/total")
                .as_u64()
                .unwrap()
        };
        for query in [
            "status=attention",
            "status=out_of_use",
            "status=not_received",
            "pilot=true",
            "district=500108",
            "district=500108&status=out_of_use",
        ] {
            let expected = count(query).await;
            assert!(expected > 0, "the demonstration set has none with {query}");
            let path = format!("/zh/search?{query}");
            let answer = anyone.get(&path).await;
            let html = is_a_page(answer.is(200), "zh-CN", true);
            assert!(
                words(&html).contains(&format!("{expected} 台电梯")),
                "{expected} elevators are told on {answer}"
            );
            assert!(html.contains("aria-current=\"true\""), "the filter in force is not marked on {answer}");
            let results = all_results(&anyone, &path, "下一页").await;
            let api = anyone.get(&format!("/v1/elevators?format=ndjson&{query}")).await.ndjson();
            let expected: BTreeSet<_> =
                api.iter().map(|row| format!("/zh/e/{}", row["id"].as_str().unwrap())).collect();
            let shown: BTreeSet<_> = results.iter().cloned().collect();
            assert_eq!(shown.len(), results.len(), "an elevator stands twice under {query}");
            assert_eq!(shown, expected, "page and API differ under {query}");
            let ways: Vec<String> = links(&html);
            assert!(ways.contains(&format!("/v1/elevators?{query}")), "no way to the data on {answer}");
        }
        let both = anyone.get(&format!("/zh/search?q={}&status=out_of_use", encoded("青石坎"))).await;
        let html = is_a_page(both.is(200), "zh-CN", true);
        assert!(elevator_links(&html).contains(&"/zh/e/el-2".to_owned()), "{both}");
        assert!(!elevator_links(&html).contains(&"/zh/e/el-1".to_owned()), "{both}");
        assert!(
            links(&html).contains(&format!("/zh/search?q={}", encoded("青石坎"))),
            "no way to all states on {both}"
        );

        // Conditions that contradict each other: the page says so, and offers the way out.
        let none = anyone.get("/zh/search?q=502718&district=500101").await;
        let html = is_a_page(none.is(200), "zh-CN", true);
        assert!(words(&html).contains("没有符合这些条件的电梯"), "{none}");

        // What means nothing is as good as none, since a page never refuses a link.
        for query in [
            "status=bogus",
            "district=999999",
            "pilot=maybe",
            "cursor=zzz",
            "cursor=%00",
            "status=attention&status=bogus",
        ] {
            is_a_page(anyone.get(&format!("/zh/search?{query}")).await.is(200), "zh-CN", true);
        }
    }
}

journey! {
    /// Paging through words leads past every result once, to the end, and back to the first page.
    async fn paging_comes_to_its_end(world) {
        let anyone = world.anyone();
        for (language, next) in [("zh", "下一页"), ("en", "Next page")] {
            let path = format!("/{language}/search?q={}", encoded("坎"));
            let first = anyone.get(&path).await.html();
            let told: usize = between(&first, "role=\"status\" class=\"lead\"><b>", "</b>")[0]
                .chars()
                .filter(char::is_ascii_digit)
                .collect::<String>()
                .parse()
                .unwrap();
            assert!(told > 60, "{told} results make no paging");
            let results = all_results(&anyone, &path, next).await;
            let once: BTreeSet<_> = results.iter().collect();
            assert_eq!((results.len(), once.len()), (told, told), "results of all pages, and different ones");
        }
        let first = anyone.get("/zh/search?status=in_order").await.html();
        let next = links(&first).into_iter().find(|link| link.contains("cursor=")).expect("a next page");
        let second = anyone.get(&next).await;
        let html = is_a_page(second.is(200), "zh-CN", true);
        assert!(words(&html).contains("回到第一页"), "{second}");
        assert_ne!(elevator_links(&first), elevator_links(&html));
        // A place in other results is no place in these.
        let elsewhere = next.replace("status=in_order", "status=attention");
        let page = anyone.get(&elsewhere).await.html();
        assert_eq!(
            elevator_links(&page),
            elevator_links(&anyone.get("/zh/search?status=attention").await.html())
        );
    }
}

journey! {
    /// Signs that mean something to a database, to HTML or to an address are letters here.
    async fn signs_are_only_signs(world) {
        let anyone = world.anyone();
        for sign in [
            "%",
            "_",
            "%%",
            "__",
            "!",
            "\\",
            "*",
            "?",
            "'",
            "\"",
            "';DROP TABLE elevator;--",
            "' OR 1=1 --",
            "5027%",
            "50_718",
            "[5]",
            "%_%",
            "!%",
            "{{7*7}}",
        ] {
            let html = search(&anyone, sign).await;
            assert_eq!(elevator_links(&html), Vec::<String>::new(), "{sign:?} finds:\n{}", words(&html));
            assert!(
                words(&html).contains(&format!("没找到“{sign}”")),
                "{sign:?} is not told as typed:\n{}",
                words(&html)
            );
        }
        for markup in [
            "<script>alert(1)</script>",
            "\"><img src=x onerror=alert(1)>",
            "</title><b>",
            "<!--",
            "&lt;b&gt;",
            "' onfocus='x",
        ] {
            let answer = anyone.get(&format!("/zh/search?q={}", encoded(markup))).await;
            let html = is_a_page(answer.is(200), "zh-CN", true);
            assert!(
                !html.contains("alert(1)</script>")
                    && !html.contains("<img")
                    && !html.contains("</title><b>"),
                "{answer}"
            );
            assert_eq!(html.matches("<b>").count(), html.matches("</b>").count());
            assert!(
                words(&html).contains(markup.split_whitespace().next().unwrap())
                    || markup.starts_with("&lt;"),
                "{answer}"
            );
        }
        anyone.get("/v1/elevators/502718").await.is(200);
    }
}

journey! {
    /// However long or odd the words, the page comes, and is not made larger than it may be.
    async fn long_and_odd_words_are_taken(world) {
        let anyone = world.anyone().with_header("Accept-Encoding", "gzip");
        let long = ["梯".repeat(300), "5".repeat(2000), "青 ".repeat(100), "a ".repeat(1000)];
        let odd = ["\u{202e}梯", "\u{1f6d7}", "e\u{301}", "\t 502718 \n"].map(str::to_owned);
        for text in long.into_iter().chain(odd) {
            let answer = anyone.get(&format!("/zh/search?q={}", encoded(&text))).await;
            assert!([200, 303].contains(&answer.status()), "{answer}");
            assert!(answer.bytes().len() <= 30_000, "{} bytes for {answer}", answer.bytes().len());
        }
        for query in ["q=%ff%fe", "q=%00", "q=%", "q", "q=&q=2", "q=a%0d%0ab"] {
            is_a_page(anyone.get(&format!("/zh/search?{query}")).await.is(200), "zh-CN", true);
        }
        for query in ["", "?q=", "?q=+++"] {
            let html = is_a_page(anyone.get(&format!("/zh/search{query}")).await.is(200), "zh-CN", true);
            assert_eq!(elevator_links(&html), Vec::<String>::new(), "nothing asked for, nothing listed");
            assert!(words(&html).contains("写一半也行"), "the box says what it takes");
        }
    }
}
