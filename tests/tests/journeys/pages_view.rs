//! Large text and colours: a cookie for whoever chose, none for anybody else, and never a way to another host.

use crate::pages_reading::{LANGUAGES, links, without_styles};
use yuti_tests::{Answer, Options, journey};

/// The page without its styles, which name both choices.
#[track_caller]
fn is_a_page(answer: &Answer, tag: &str, demo: bool) -> String {
    without_styles(&crate::pages_reading::is_a_page(answer, tag, demo))
}

/// The cookie as a browser would send it back.
fn sent_back(set: &str) -> &str {
    set.split(';').next().unwrap_or_default()
}

journey! {
    /// The links work on pages of refusal as on any other: they lead back to the same refusal, in large text, in other colours.
    async fn the_choice_works_on_pages_of_refusal(world: Options::demo().config("[limits.pages]\nquota = 8\nwindow_seconds = 86400\n")) {
        let anyone = world.anyone();
        let follows = async |page: &str, status: u16| {
            let html = anyone.get(page).await.is(status).html();
            let switch = links(&html).into_iter().find(|link| link.contains("text=large")).expect("a way to large text");
            let answer = anyone.get(&switch).await;
            let cookie = answer.is(303).header_is("Location", page).header("Set-Cookie");
            let reader = anyone.with_header("Cookie", cookie.split(';').next().unwrap());
            assert!(reader.get(page).await.is(status).html().contains("data-text=\"large\""), "{page}");
        };
        follows("/zh/nowhere", 404).await;
        follows("/en/problems/nothing", 404).await;
        // Also where so much was asked that pages are refused.
        for _ in 0..8 {
            anyone.get("/zh/").await;
        }
        follows("/zh/search", 429).await;
        let switch = anyone.get("/en/nowhere?theme=dark&a=b").await;
        switch.is(303).header_is("Location", "/en/nowhere?a=b").header_has("Set-Cookie", "theme-dark");
    }
}

journey! {
    /// Who never chose anything gets no cookie, from no page.
    async fn nobody_gets_a_cookie_unasked(world) {
        let anyone = world.anyone();
        for path in [
            "/",
            "/zh/",
            "/en/",
            "/e/502718",
            "/e/B7NL2041",
            "/e/0",
            "/search?q=502",
            "/problems/internal",
            "/nowhere",
            "/docs/",
            "/en",
        ] {
            anyone.get(path).await.has_no_header("Set-Cookie");
        }
        for path in
            ["/?text=", "/?theme=", "/?text=huge", "/?theme=pink", "/?text=LARGE", "/e/502718?theme=../dark"]
        {
            anyone.get(path).await.is(200).has_no_header("Set-Cookie");
        }
    }
}

journey! {
    /// The links of a page switch text and colours and lead back to the same page; what was chosen before stays; whoever is back at
    /// the defaults has no cookie any more.
    async fn the_choice_is_kept_and_taken_back(world) {
        let anyone = world.anyone();
        for (language, tag) in LANGUAGES {
            for path in
                ["/e/502718", "/search?q=%E9%9D%92%E7%9F%B3%E5%9D%8E", "/", "/e/0", "/problems/internal"]
            {
                let page = format!("/{language}{path}");
                let html = is_a_page(&anyone.get(&page).await, tag, true);
                let switch = links(&html)
                    .into_iter()
                    .find(|link| link.contains("text=large"))
                    .expect("a way to large text");
                let answer = anyone.get(&switch).await;
                answer.is(303).header_is("Location", &page).header_has("Cache-Control", "no-store");
                let cookie = answer.header("Set-Cookie");
                for part in ["Path=/", "HttpOnly", "SameSite=Lax", "Max-Age=31536000"] {
                    assert!(cookie.contains(part), "no {part} in {cookie}");
                }
                assert!(!cookie.contains("Domain"), "{cookie} goes to other hosts");

                let reader = anyone.with_header("Cookie", sent_back(&cookie));
                let large = reader.get(&page).await;
                let html = is_a_page(&large, tag, true);
                large.has_no_header("Set-Cookie");
                assert!(
                    html.contains("data-text=\"large\"") && !html.contains("<html data-theme"),
                    "{large}"
                );
                let darker =
                    links(&html).into_iter().find(|link| link.contains("theme=dark")).expect("a way to dark");
                let cookie = reader.get(&darker).await.is(303).header("Set-Cookie");
                let reader = anyone.with_header("Cookie", sent_back(&cookie));
                let both = is_a_page(&reader.get(&page).await, tag, true);
                assert!(
                    both.contains("data-text=\"large\"") && both.contains("data-theme=\"dark\""),
                    "one choice undid the other"
                );

                let normal =
                    links(&both).into_iter().find(|link| link.contains("text=normal")).expect("a way back");
                let cookie = reader.get(&normal).await.is(303).header("Set-Cookie");
                let reader = anyone.with_header("Cookie", sent_back(&cookie));
                let dark = is_a_page(&reader.get(&page).await, tag, true);
                assert!(
                    !dark.contains("data-text=") && dark.contains("data-theme=\"dark\""),
                    "the way back took too much"
                );
                let system =
                    links(&dark).into_iter().find(|link| link.contains("theme=system")).expect("a way back");
                let gone = reader.get(&system).await.is(303).header("Set-Cookie");
                assert!(gone.contains("Max-Age=0"), "the defaults need no cookie: {gone}");
            }
        }
    }
}

journey! {
    /// The tag of a page tells one choice from the other, so that no cache serves the wrong one.
    async fn each_choice_is_a_page_of_its_own(world) {
        let anyone = world.anyone();
        let mut tags = Vec::new();
        for view in [
            "",
            "yuti_view=text-large.theme-system",
            "yuti_view=text-normal.theme-dark",
            "yuti_view=text-large.theme-dark",
            "yuti_view=text-normal.theme-light",
        ] {
            let page = anyone.with_header("Cookie", view).get("/zh/e/502718").await;
            page.is(200).header_has("Vary", "Cookie");
            tags.push(page.header("ETag"));
        }
        let all = tags.len();
        tags.sort();
        tags.dedup();
        assert_eq!(tags.len(), all, "two choices share a tag");
        let plain = anyone.get("/zh/e/502718").await.header("ETag");
        for junk in [
            "yuti_view=",
            "yuti_view=text-huge.theme-pink",
            "yuti_view=%00",
            "other=1; another=2",
            "yuti_view=<script>",
        ] {
            let page = anyone.with_header("Cookie", junk).get("/zh/e/502718").await;
            page.is(200).header_is("ETag", &plain);
        }
    }
}

journey! {
    /// The switches lead to a path of ours and nowhere else, whatever the address says.
    async fn the_switches_lead_to_no_other_host(world) {
        let anyone = world.anyone();
        let tried = [
            "//evil.example/?text=large",
            "//evil.example?theme=dark",
            "///evil.example/?text=large",
            "/%2f%2fevil.example/?text=large",
            "/zh//evil.example/?text=large",
            "/en//evil.example?theme=dark",
            "/\\evil.example?text=large",
            "/%5cevil.example?text=large",
            "/.//evil.example?text=large",
            "/e/..//evil.example?text=large",
            "/e//evil.example?text=large",
            "/e/%2F%2Fevil.example?text=large",
            "/?text=large&next=//evil.example",
            "/?theme=dark&url=https://evil.example",
            "/search?text=large&q=//evil.example",
            "/e/502718?text=large&%0d%0aX-Evil:%20yes",
        ];
        for path in tried {
            let answer = anyone.get_verbatim(path.as_bytes()).await;
            let status = answer.status.unwrap_or_else(|| panic!("{path} got no answer"));
            assert!(status < 500, "{path} → {status}");
            assert!(
                !answer.head.to_lowercase().contains("\r\nx-evil"),
                "{path} wrote a header: {}",
                answer.head
            );
            let location = answer
                .head
                .lines()
                .find_map(|line| line.strip_prefix("location: ").or_else(|| line.strip_prefix("Location: ")));
            if let Some(location) = location {
                let local =
                    location.starts_with('/') && !location.starts_with("//") && !location.starts_with("/\\");
                assert!(local, "{path} leads to {location}");
            }
        }
        let absolute = anyone.raw(b"GET http://evil.example/?text=large HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n").await;
        assert!(!absolute.head.contains("evil.example"), "{}", absolute.head);
    }
}

journey! {
    /// Where the service is reached over TLS, so is the cookie.
    async fn the_cookie_is_secure_behind_tls(world: Options::empty().env("YUTI_PUBLIC_URL", "https://yuti.example")) {
        let cookie = world.anyone().get("/?text=large").await.is(303).header("Set-Cookie");
        assert!(cookie.contains("Secure"), "{cookie}");
    }
}

journey! {
    /// Parameters that others append (messengers, advertisers) change nothing on a page.
    async fn foreign_parameters_are_ignored(world) {
        let anyone = world.anyone();
        for path in ["/", "/e/502718", "/problems/internal", "/search?q=502"] {
            let joint = if path.contains('?') { '&' } else { '?' };
            for extra in [
                "from=singlemessage&isappinstalled=0",
                "utm_source=x",
                "fbclid=%ff",
                "limit=0",
                "=",
                "&&&",
                "a[]=1",
                "%",
            ] {
                let answer = anyone.get(&format!("/zh{path}{joint}{extra}")).await;
                is_a_page(answer.is(200), "zh-CN", true);
            }
        }
    }
}
