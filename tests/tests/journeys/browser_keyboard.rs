//! Pages without a mouse, without a script, on paper, and as a screen reader has them.

use crate::browser::look;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use yuti_tests::browser::Key;
use yuti_tests::{Browser, Media, Options, journey};

/// The outline of what has the focus: its width in CSS pixels, and whether it can be seen at all.
async fn focus_is_visible(browser: &Browser) {
    let seen = browser
        .run(
            // A box may carry the outline of the field in it.
            "const el = document.activeElement, box = el.getBoundingClientRect();
             let style = getComputedStyle(el);
             for (let outer = el.parentElement; style.outlineStyle === 'none' && outer; outer = outer.parentElement) style = getComputedStyle(outer);
             return [parseFloat(style.outlineWidth), style.outlineStyle, box.width, box.height, box.left, box.right, innerWidth];",
            vec![],
        )
        .await;
    let number = |at: usize| seen[at].as_f64().unwrap_or_default();
    let who = browser.focused().await;
    assert!(
        number(0) >= 3.0 && seen[1] != "none",
        "no outline round {who} on {}: {seen}",
        browser.path().await
    );
    assert!(number(2) > 1.0 && number(3) > 1.0, "{who} has the focus and cannot be seen: {seen}");
    assert!(number(5) > 0.0 && number(4) < number(6), "{who} has the focus outside the window: {seen}");
}

/// Everything that the Tab key reaches on the open page, in its order, each with a visible focus.
async fn tab_through(browser: &Browser) -> Vec<String> {
    let mut reached = Vec::new();
    loop {
        let now = browser.tab().await;
        if now == "nothing" || reached.len() > 200 {
            return reached;
        }
        focus_is_visible(browser).await;
        reached.push(now);
    }
}

journey! {
    /// With nothing but keys: from the home page to an elevator, back to a search, to another elevator.
    async fn a_code_is_looked_up_by_keys_alone(world) {
        let browser = world.browser().await;
        browser.open("/zh/").await;
        assert!(
            browser.tab().await.contains("跳到正文"),
            "the first stop is the way past the frame: {}",
            browser.focused().await
        );
        focus_is_visible(&browser).await;
        browser.screenshot("skip-link").await;
        browser.press(Key::Enter).await;
        assert_eq!(browser.path().await, "/zh/#main");
        assert!(
            browser.tab().await.contains("input"),
            "behind it comes the box: {}",
            browser.focused().await
        );
        focus_is_visible(&browser).await;
        browser.press("502 718").await.press(Key::Enter).await;
        browser.wait_for("检验在期内").await;
        assert_eq!(browser.path().await, "/zh/e/el-1");
        let stops = tab_through(&browser).await;
        assert!(stops[1].contains("打 96333"), "the rescue line comes first after the skip link: {stops:?}");
        assert!(stops.iter().any(|stop| stop.contains("English")), "{stops:?}");

        browser.open("/zh/search").await;
        while !browser.tab().await.contains("input") {}
        browser.press("青石坎").await.press(Key::Tab).await;
        assert!(browser.focused().await.contains("button"), "behind the box comes its button");
        browser.press(Key::Enter).await;
        browser.wait_for("台电梯").await;
        while !browser.tab().await.contains("右梯") {
            assert_ne!(browser.focused().await, "nothing", "no result can be reached");
        }
        browser.press(Key::Enter).await;
        browser.wait_for("登记为修理改造中").await;
        browser.was_quiet().await;
    }
}

look! {
    /// The Tab key reaches every link and control of a page once, in the order of reading, and nothing else.
    async fn tab_reaches_everything_once(world: Options::demo()) {
        let browser = world.browser().await;
        for width in [360, 1280] {
            browser.width(width).await;
            for path in [
                "/en/",
                "/en/e/502718",
                "/zh/search?q=%E9%9D%92%E7%9F%B3%E5%9D%8E&district=500108",
                "/zh/e/502799",
                "/en/problems/internal",
            ] {
                browser.open(path).await;
                let controls = browser.run("return [...document.querySelectorAll('a[href],button,input,summary,[tabindex]')].filter(el => el.checkVisibility()).length", vec![]).await;
                let reached = tab_through(&browser).await;
                assert_eq!(Some(reached.len() as u64), controls.as_u64(), "{path} at {width}: {reached:#?}");
            }
        }
    }
}

look! {
    /// Without scripts a page is the same page.
    async fn pages_need_no_script(world: Options::demo()) {
        let browser = world.browser().await;
        for path in ["/zh/", "/zh/e/502718", "/en/search?q=502", "/zh/e/0", "/en/e/B7NL2041"] {
            browser.scripts(true).await;
            browser.open(path).await;
            let with = browser.driver().source().await.expect("a page has a source");
            browser.scripts(false).await;
            browser.open(path).await;
            let without = browser.driver().source().await.expect("a page has a source");
            assert_eq!(with, without, "{path} differs without scripts");
        }
        browser.open("/zh/").await.fill("input[name=q]", "108812").await.press(Key::Enter).await;
        browser.wait_for("检验在期内").await;
        browser.click("nav a[href*='text=large']").await;
        assert_eq!(browser.count("html[data-text=large]").await, 1);
        browser.was_quiet().await;
    }
}

/// The nodes of the page as a screen reader has them: role and name.
async fn heard(browser: &Browser) -> Vec<(String, String)> {
    let tree =
        browser.driver().cdp().send_raw("Accessibility.getFullAXTree", json!({})).await.expect("a tree");
    let text =
        |node: &Value, key: &str| node[key]["value"].as_str().unwrap_or_default().replace('\u{a0}', " ");
    let nodes = tree["nodes"].as_array().expect("a tree has nodes");
    nodes
        .iter()
        .filter(|node| node["ignored"] != true)
        .map(|node| (text(node, "role"), text(node, "name")))
        .collect()
}

look! {
    /// A screen reader hears the parts of the page, the state as a word, and every control by its name.
    async fn pages_are_heard_as_they_are_seen(world: Options::demo()) {
        let browser = world.browser().await;
        let expected = [
            (
                "/zh/e/502718",
                vec![
                    ("link", "跳到正文"),
                    ("region", "被困求救"),
                    ("link", "打 96333"),
                    ("navigation", "字号和语言"),
                    ("banner", ""),
                    ("main", ""),
                    ("contentinfo", ""),
                    ("link", "English"),
                    ("heading", "青石坎小区 3 栋 2 单元 左梯"),
                ],
            ),
            (
                "/en/e/502719",
                vec![
                    ("region", "Trapped? Call for rescue"),
                    ("link", "Call 96333"),
                    ("navigation", "Text size and language"),
                    ("link", "中文"),
                    ("main", ""),
                ],
            ),
            (
                "/zh/",
                vec![
                    ("search", ""),
                    ("searchbox", "电梯编号、地址或小区"),
                    ("button", "查"),
                    ("heading", "这台电梯，放心坐吗？"),
                ],
            ),
            (
                "/zh/search?q=%E9%9D%92%E7%9F%B3%E5%9D%8E",
                vec![("navigation", "按状态筛选"), ("status", ""), ("heading", "找电梯")],
            ),
        ];
        for (path, wanted) in expected {
            browser.open(path).await;
            let heard = heard(&browser).await;
            let said: BTreeSet<(&str, &str)> =
                heard.iter().map(|(role, name)| (role.as_str(), name.as_str())).collect();
            for (role, name) in wanted {
                let known = if name.is_empty() {
                    said.iter().any(|(known, _)| *known == role)
                } else {
                    said.contains(&(role, name))
                };
                assert!(known, "no {role} {name:?} on {path}: {heard:#?}");
            }
            for (role, name) in &heard {
                let control = ["link", "button", "searchbox", "textbox", "heading"].contains(&role.as_str());
                assert!(!control || !name.trim().is_empty(), "a {role} without a name on {path}: {heard:#?}");
            }
            let headings: Vec<_> = heard.iter().filter(|(role, _)| role == "heading").collect();
            assert!(!headings.is_empty(), "{path} has no heading");
        }
        // The state is heard, since its mark is not.
        browser.open("/zh/e/506035").await;
        let text: String = heard(&browser).await.into_iter().map(|(_, name)| name).collect();
        assert!(text.contains("需要注意"), "{text}");
        for code in ["502718", "507777"] {
            browser.open(&format!("/zh/e/{code}")).await;
            let number = browser.find("a[href^='tel:']").await.attr("href").await.expect("an attribute");
            assert_eq!(number.as_deref(), Some("tel:96333"));
        }
    }
}

look! {
    /// On paper there is dark text on white, whatever theme was on; what can only be clicked is gone, the state and the code stay.
    async fn a_printed_page_is_paper(world: Options::demo()) {
        let browser = world.browser().await;
        for (path, name) in [
            ("/zh/e/502718?theme=dark", "elevator-zh"),
            ("/en/e/506035", "elevator-en"),
            ("/zh/search?q=%E9%9D%92%E7%9F%B3%E5%9D%8E", "search-zh"),
            ("/zh/e/B7NL2041", "choices-zh"),
        ] {
            browser.open(path).await;
            browser.media(Media { print: true, dark: true, ..Media::LIGHT }).await;
            browser.width(794).await;
            browser.screenshot(&format!("print-{name}")).await;
            let colours = browser.run(
                "const rgb = (text) => text.match(/[\\d.]+/g).map(Number), bright = ([r, g, b]) => (r + g + b) / 3;
                 const body = getComputedStyle(document.body), paper = rgb(body.backgroundColor);
                 return [paper.length > 3 && paper[3] === 0 ? 255 : bright(paper), bright(rgb(body.color))];",
                vec![],
            ).await;
            assert!(colours[0].as_f64().unwrap() > 240.0, "the paper of {path} is not white: {colours}");
            assert!(colours[1].as_f64().unwrap() < 80.0, "the text of {path} is not dark: {colours}");
            assert_eq!(
                browser.run("return document.querySelector('header nav').checkVisibility()", vec![]).await,
                json!(false),
                "{path}"
            );
            browser.fits_its_window().await;
        }
        browser.open("/zh/e/502718").await;
        browser.shows("502 718").await.shows("正常").await.shows("96333").await;
        browser.was_quiet().await;
    }
}
