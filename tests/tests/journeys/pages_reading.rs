//! Reading a page as a test does: its links, its styles, and what every page of the portal must be.

use base64::Engine;
use sha2::{Digest, Sha256};
use yuti_tests::Answer;

/// The languages by their place in a path, with the tag that pages and headers carry.
pub const LANGUAGES: [(&str, &str); 2] = [("zh", "zh-CN"), ("en", "en")];

/// The elevators with a fixed part in every demonstration set, by the code that people know them by.
pub const CAST: [&str; 12] = [
    "502718", "502719", "506035", "503466", "507777", "504101", "504102", "502716", "507302", "508114",
    "505123", "504404",
];

/// Percent-encodes a value of a query or a segment of a path.
pub fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

/// What stands between `before` and `after`, each time.
pub fn between<'a>(text: &'a str, before: &str, after: &str) -> Vec<&'a str> {
    text.split(before).skip(1).map(|rest| rest.split_once(after).map_or(rest, |(inner, _)| inner)).collect()
}

/// The page without its tags and styles, as a reader has it; the blanks that do not break are plain ones.
pub fn words(html: &str) -> String {
    let mut text = String::new();
    for piece in without_styles(html).split('<') {
        let shown = piece.split_once('>').map_or(piece, |(_, shown)| shown);
        text.push_str(shown);
        text.push(' ');
    }
    let text = text.replace('\u{a0}', " ").replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">");
    text.replace("&#x27;", "'").replace("&amp;", "&").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The page without its stylesheets.
pub fn without_styles(html: &str) -> String {
    let mut text = String::new();
    for (number, piece) in html.split("<style>").enumerate() {
        let kept =
            if number == 0 { piece } else { piece.split_once("</style>").map_or("", |(_, rest)| rest) };
        text.push_str(kept);
    }
    text
}

/// Every address that the page leads to, as it is written, with `&amp;` undone.
pub fn links(html: &str) -> Vec<String> {
    between(&without_styles(html), " href=\"", "\"").iter().map(|link| link.replace("&amp;", "&")).collect()
}

/// The links to elevators' pages.
pub fn elevator_links(html: &str) -> Vec<String> {
    let leads_to_one =
        |link: &String| link.contains("/e/el-") && !link.starts_with("http") && !link.contains('?');
    links(html).into_iter().filter(leads_to_one).collect()
}

/// Asserts what every page must be: in its language, whole by itself, without script or inline style, its styles named by hash in
/// the policy, with the rescue line in reach; and that it says whether its data is made up.
#[track_caller]
pub fn is_a_page(answer: &Answer, tag: &str, demo: bool) -> String {
    let html = answer.html();
    answer.header_is("Content-Language", tag).header_has("Vary", "Cookie");
    assert!(html.starts_with("<!DOCTYPE html>"), "no doctype in {answer}");
    assert!(html.contains(&format!("<html lang=\"{tag}\"")), "not in {tag}: {answer}");
    assert_eq!(html.matches("<h1").count(), 1, "one heading of the first rank in {answer}");
    assert_eq!(html.matches("<title>").count(), 1, "one title in {answer}");
    assert!(html.contains("href=\"tel:"), "no rescue line in {answer}");
    let bare = without_styles(&html);
    for forbidden in [
        "<script",
        " style=\"",
        "javascript:",
        " onclick",
        " onload",
        "<iframe",
        "<img",
        "<link rel=\"stylesheet",
    ] {
        assert!(!bare.contains(forbidden), "{forbidden} in {answer}");
    }
    assert!(!bare.contains(" src=\""), "the page fetches something more: {answer}");
    let policy = answer.header("Content-Security-Policy");
    assert!(policy.contains("default-src 'none'"), "a policy that lets something in: {policy}");
    assert!(!policy.contains("unsafe"), "a policy that lets everything in: {policy}");
    let styles = between(&html, "<style>", "</style>");
    assert!(!styles.is_empty(), "no style in {answer}");
    for style in &styles {
        let hash = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(style.as_bytes()));
        assert!(policy.contains(&format!("'sha256-{hash}'")), "a style that the policy refuses: {policy}");
    }
    assert_eq!(policy.matches("'sha256-").count(), styles.len(), "hashes of nothing in {policy}");
    assert_eq!(bare.contains("class=\"demo-tag\""), demo, "the demonstration tag in {answer}");
    answer
        .header_is("X-Content-Type-Options", "nosniff")
        .header_has("Content-Security-Policy", "frame-ancestors 'none'");
    html
}

/// The bytes on the wire of a page packed with gzip.
#[track_caller]
pub fn weight(answer: &Answer) -> usize {
    answer.header_is("Content-Encoding", "gzip");
    answer.bytes().len()
}
