//! What holds for every page in every language, size and colour.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;

use base64::Engine as _;
use flate2::{Compression, write::GzEncoder};
use sha2::{Digest as _, Sha256};
use yuti_openapi::Language;

use crate::samples::{self, Sample};
use crate::style::Part;
use crate::*;

/// The most that the elevator page may weigh, gzipped: it fits the first flight of packets.
const ELEVATOR_PAGE_BYTES: usize = 12_288;
/// The most that any other page may weigh, gzipped.
const PAGE_BYTES: usize = 30_000;

/// Each page with the frame of its city, in both languages, sizes and all colours.
fn everything() -> Vec<(String, Frame, Rendered)> {
    let mut rendered = Vec::new();
    for language in Language::ALL {
        type City = (fn(Language) -> Frame, Vec<Sample>);
        let cities: [City; 2] =
            [(samples::frame, samples::pages()), (samples::frame_of_new_york, samples::pages_of_new_york())];
        for (frame_of, pages) in cities {
            for (name, render) in pages {
                for (text, theme) in [
                    (TextSize::Normal, Theme::System),
                    (TextSize::Large, Theme::Dark),
                    (TextSize::Normal, Theme::Light),
                ] {
                    let frame = Frame { text, theme, ..frame_of(language) };
                    let page = render(&frame);
                    let suffix = match (text, theme) {
                        (TextSize::Large, _) => "-large-dark",
                        (_, Theme::Light) => "-light",
                        _ => "",
                    };
                    rendered.push((format!("{name}-{}{suffix}", language.segment()), frame, page));
                }
            }
        }
    }
    rendered
}

/// A start tag with its attributes, as it stands in the document.
struct Tag {
    name: String,
    attributes: BTreeMap<String, String>,
}

/// The tags of a document. Elements that are opened and not closed, or closed and not opened, are a failure.
fn tags(name: &str, html: &str) -> Vec<Tag> {
    const VOID: [&str; 4] = ["meta", "link", "input", "br"];
    let mut tags = Vec::new();
    let mut open: Vec<String> = Vec::new();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        let after = &rest[start + 1..];
        let mut quoted = false;
        let end = after
            .find(|c| {
                quoted ^= c == '"';
                c == '>' && !quoted
            })
            .unwrap_or_else(|| panic!("{name}: a tag is not closed"));
        let inside = &after[..end];
        rest = &after[end + 1..];
        if inside.starts_with('!') {
            continue;
        }
        if let Some(closed) = inside.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(closed), "{name}: {closed} is closed");
            continue;
        }
        let (tag, mut text) = inside.trim_end_matches('/').split_once(' ').unwrap_or((inside, ""));
        let mut attributes = BTreeMap::new();
        while let Some((key, value)) = text.trim_start().split_once("=\"") {
            let (value, behind) = value.split_once('"').unwrap();
            let before = attributes.insert(key.to_owned(), value.to_owned());
            assert_eq!(before, None, "{name}: {key} stands twice in <{inside}>");
            text = behind;
        }
        if tag == "style" {
            rest = &rest[rest.find("</style>").unwrap() + "</style>".len()..];
        } else if !VOID.contains(&tag) {
            open.push(tag.to_owned());
        }
        tags.push(Tag { name: tag.to_owned(), attributes });
    }
    assert!(open.is_empty(), "{name}: {open:?} stay open");
    tags
}

/// The text that a reader meets.
fn text_of(html: &str) -> String {
    let body = html.split_once("<body").unwrap().1;
    let mut text = String::new();
    let mut inside = true;
    for character in body.chars() {
        match character {
            '<' => inside = true,
            '>' => {
                inside = false;
                text.push(' ');
            }
            _ if !inside => text.push(character),
            _ => {}
        }
    }
    text
}

fn gzipped(html: &str) -> usize {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::new(6));
    encoder.write_all(html.as_bytes()).unwrap();
    encoder.finish().unwrap().len()
}

#[test]
fn every_page_is_well_formed() {
    for (name, frame, page) in everything() {
        assert!(page.html.starts_with("<!DOCTYPE html><html lang=\""), "{name}");
        let tags = tags(&name, &page.html);
        let html = &tags[0];
        assert_eq!(html.attributes["lang"], frame.language.tag(), "{name}");
        assert_eq!(
            html.attributes.get("data-text").map(String::as_str),
            (frame.text == TextSize::Large).then_some("large")
        );
        assert_eq!(
            html.attributes.get("data-theme").map(String::as_str),
            (frame.theme != Theme::System).then(|| frame.theme.key())
        );
        for once in ["h1", "main", "header", "footer", "title"] {
            assert_eq!(tags.iter().filter(|tag| tag.name == once).count(), 1, "{name}: {once}");
        }
        let mut ids = BTreeSet::new();
        for tag in &tags {
            let attributes = &tag.attributes;
            assert!(!attributes.contains_key("style"), "{name}: style= on {}", tag.name);
            assert!(attributes.keys().all(|key| !key.starts_with("on")), "{name}: a script on {}", tag.name);
            if let Some(id) = attributes.get("id") {
                assert!(ids.insert(id.clone()), "{name}: id {id} stands twice");
            }
            if let Some(href) = attributes.get("href") {
                assert!(!href.is_empty() && href != "#", "{name}: a link leads nowhere");
            }
            if tag.name == "a" {
                assert!(attributes.contains_key("href"), "{name}: a link without an address");
            }
        }
        assert!(!tags.iter().any(|tag| tag.name == "script"), "{name}: a script");
        for tag in &tags {
            for refers in ["aria-labelledby", "for"] {
                if let Some(id) = tag.attributes.get(refers) {
                    assert!(ids.contains(id), "{name}: {refers} {id} leads nowhere");
                }
            }
        }
        assert!(ids.contains("main"), "{name}");
        let text = text_of(&page.html);
        let own = text.replace(['{', '}'], "");
        assert!(text == own || name.starts_with("problem-"), "{name}: an open brace");
        assert!(!page.html.contains(">None<") && !text.contains("Some("), "{name}");
    }
}

#[test]
fn links_lead_to_pages_of_the_same_language() {
    const OUTSIDE: [&str; 7] = ["/docs", "/v1/", "tel:", "#", "data:", "https://data.example/", "https://"];
    for (name, frame, page) in everything() {
        let own = format!("/{}/", frame.language.segment());
        let other = format!("/{}/", frame.language.other().segment());
        for tag in tags(&name, &page.html) {
            let Some(href) = tag.attributes.get("href").or_else(|| tag.attributes.get("action")) else {
                continue;
            };
            if tag.attributes.contains_key("hreflang") || OUTSIDE.iter().any(|start| href.starts_with(start))
            {
                continue;
            }
            assert!(href.starts_with(&own) && !href.starts_with(&other), "{name}: {href}");
        }
    }
}

#[test]
fn the_hashes_admit_the_styles_that_are_there() {
    for (name, _, page) in everything() {
        let hashes: Vec<String> = page
            .html
            .split("<style>")
            .skip(1)
            .map(|rest| rest.split_once("</style>").unwrap().0)
            .map(|style| base64::engine::general_purpose::STANDARD.encode(Sha256::digest(style.as_bytes())))
            .collect();
        assert_eq!(hashes, page.style_hashes, "{name}");
    }
}

/// The class names that a style sheet speaks of.
fn styled() -> BTreeSet<String> {
    let mut classes = BTreeSet::new();
    for part in [Part::Core, Part::Forms, Part::Lists, Part::Desk] {
        for block in part.sheet().text.split('}') {
            let selectors =
                block.rsplit_once('{').map_or("", |(before, _)| before.rsplit('{').next().unwrap_or(before));
            for piece in selectors.split('.').skip(1) {
                let name: String =
                    piece.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
                if name.starts_with(|c: char| c.is_ascii_alphabetic()) {
                    classes.insert(name);
                }
            }
        }
    }
    classes
}

#[test]
fn every_class_is_styled_and_every_style_is_used() {
    let mut used = BTreeSet::new();
    for (name, _, page) in everything() {
        for tag in tags(&name, &page.html) {
            used.extend(
                tag.attributes.get("class").into_iter().flat_map(|class| class.split(' ')).map(str::to_owned),
            );
        }
    }
    let styled = styled();
    assert_eq!(
        used.difference(&styled).collect::<Vec<_>>(),
        Vec::<&String>::new(),
        "classes without a style"
    );
    assert_eq!(styled.difference(&used).collect::<Vec<_>>(), Vec::<&String>::new(), "styles without a use");
}

#[test]
fn every_custom_property_is_defined_and_used() {
    let text: String =
        [Part::Core, Part::Forms, Part::Lists, Part::Desk].map(|part| part.sheet().text.as_str()).concat();
    let names = |before: &str| -> BTreeSet<String> {
        text.split(before)
            .skip(1)
            .map(|rest| rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect())
            .collect()
    };
    let used = names("var(");
    let defined: BTreeSet<String> = text
        .split(['{', ';'])
        .filter_map(|piece| piece.split_once(':'))
        .filter(|(name, _)| name.starts_with("--"))
        .map(|(name, _)| name.to_owned())
        .collect();
    assert_eq!(used, defined);
}

#[test]
fn pages_are_light() {
    for (name, _, page) in everything() {
        let bytes = gzipped(&page.html);
        let limit = if name.contains("elevator-") { ELEVATOR_PAGE_BYTES } else { PAGE_BYTES };
        assert!(bytes <= limit, "{name} weighs {bytes} of {limit} bytes");
    }
}

#[test]
fn demonstration_data_says_so_on_every_page_and_real_data_never() {
    for (name, frame, page) in everything() {
        let word = frame.words().page_demo();
        assert_eq!(text_of(&page.html).contains(word), frame.demo, "{name}");
    }
}

#[test]
fn only_rescue_leads_before_the_header() {
    for (name, frame, page) in everything() {
        if name.starts_with("desk-") {
            continue;
        }
        let call = format!("href=\"tel:{}\"", frame.city.rescue_line.number);
        let (before, _) = page.html.split_once("<header").unwrap();
        assert!(before.contains(&call), "{name}");
    }
}

#[test]
fn what_readers_type_and_sources_say_stays_text() {
    let frame = samples::frame(Language::Zh);
    let nasty = "<script>alert(1)</script>\"'&{x}";
    let mut elevator = samples::fullest();
    elevator.facts.building = Some(nasty.to_owned());
    elevator.facts.manufacture.model = Some(nasty.to_owned());
    elevator.facts.duty_phone = Some(nasty.to_owned());
    elevator.code = nasty.to_owned();
    let page = ElevatorPage { elevator: elevator.clone(), received: frame.as_of };
    let search = SearchPage { query: nasty.to_owned(), results: vec![elevator], ..SearchPage::default() };
    let refusal = RefusalPage {
        elevator: Some(MissingElevator { code: nasty.to_owned(), nearest: Vec::new() }),
        ..samples::refusal(yuti_openapi::ProblemCode::ElevatorNotFound)
    };
    for html in [page.render(&frame).html, search.render(&frame).html, refusal.render(&frame).html] {
        assert!(html.contains("&lt;script&gt;"));
        assert!(!tags("nasty", &html).iter().any(|tag| tag.name == "script"));
    }
}

#[test]
fn a_city_without_the_pilot_does_not_speak_of_it() {
    for language in Language::ALL {
        let frame = samples::frame_of_new_york(language);
        let word = frame.words().pilot_tag();
        for (name, render) in samples::pages_of_new_york() {
            let text = text_of(&render(&frame).html);
            assert!(!text.contains(word) && !text.contains("96333"), "{name}");
            assert!(text.contains("911"), "{name}");
        }
    }
}

/// Every run leaves the pages in `target/portal-samples`, to look at, with their weights.
#[test]
fn samples_lie_ready_to_be_looked_at() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/portal-samples");
    std::fs::create_dir_all(&folder).unwrap();
    let mut weights = Vec::new();
    for (name, _, page) in everything() {
        weights.push(format!("{:6} {:6} {name}", gzipped(&page.html), page.html.len()));
        std::fs::write(folder.join(format!("{name}.html")), page.html).unwrap();
    }
    assert!(weights.len() > 100, "both languages and every page: {}", weights.len());
    std::fs::write(folder.join("weights.txt"), weights.join("\n")).unwrap();
}
