//! Every page as people see it: on a phone and on a desk, in both languages, by day and by night, in large text and in forced
//! colours. What a page looks like does not depend on the database, so that these journeys take one.

use crate::import_reading::new_york;
use yuti_tests::{Browser, Media, Options, World};

/// A journey on the default database only: `<name>::sqlite`.
macro_rules! look {
    ($(#[$about:meta])* async fn $name:ident($world:ident: $options:expr) $body:block) => {
        $(#[$about])*
        mod $name {
            use super::*;

            async fn journey($world: &mut yuti_tests::World) $body

            #[test]
            fn sqlite() {
                yuti_tests::journey::play(module_path!(), yuti_tests::Database::Sqlite, $options, journey);
            }
        }
    };
}
pub(crate) use look;

/// A phone, and a desk.
const PHONE: u32 = 360;
const DESK: u32 = 1280;

/// A reader's machine with no motion: colours that fade into each other have no contrast of their own.
fn still(media: Media) -> Media {
    Media { reduced_motion: true, ..media }
}

/// Looks at the open page in every way that needs no new request, `full` at each pair of width and theme with a picture. Otherwise
/// each width and each theme is looked at once: where things stand does not depend on colours, nor colours on the width.
pub(crate) async fn look_at(browser: &Browser, name: &str, full: bool) {
    for (view, media) in [("light", Media::LIGHT), ("dark", Media::DARK)] {
        browser.media(still(media)).await;
        for width in [PHONE, DESK] {
            if full || (view == "light") == (width == PHONE) {
                browser.width(width).await;
                browser.is_sound().await.screenshot(&format!("{name}-{width}-{view}")).await;
            }
        }
    }
    browser.width(PHONE).await;
    browser.media(still(Media::FORCED_COLORS)).await;
    browser.fits_its_window().await.fits_fingers().await;
    if full {
        // A script is told the page's own colours, not those that the system forces on it: their contrast says nothing here.
        let found = browser.axe().await;
        let found: Vec<_> = found.iter().filter(|line| !line.starts_with("color-contrast")).collect();
        assert!(found.is_empty(), "{} in forced colours: {found:#?}", browser.path().await);
        browser.screenshot(&format!("{name}-{PHONE}-forced")).await;
        browser.media(Media { print: true, dark: true, ..Media::LIGHT }).await;
        browser.screenshot(&format!("{name}-{PHONE}-print")).await;
    }
    browser.media(still(Media::LIGHT)).await;
}

/// Looks at the open page in large text, which was chosen before.
async fn look_at_large(browser: &Browser, name: &str) {
    assert_eq!(
        browser.count("html[data-text=large]").await,
        1,
        "{} is not in large text",
        browser.path().await
    );
    browser.width(DESK).await;
    browser.fits_its_window().await.fits_fingers().await;
    browser.width(PHONE).await;
    browser.is_sound().await.screenshot(&format!("{name}-{PHONE}-large")).await;
}

/// Opens each path in a language, looks at it, and once more in large text.
async fn look_at_pages(world: &World, language: &str, pages: &[(&str, &str)], full: bool) {
    let browser = world.browser().await;
    browser.media(still(Media::LIGHT)).await;
    for (name, path) in pages {
        browser.open(&format!("/{language}{path}")).await;
        look_at(&browser, &format!("{name}-{language}"), full).await;
    }
    browser.open(&format!("/{language}/?text=large")).await;
    for (name, path) in pages {
        browser.open(&format!("/{language}{path}")).await;
        look_at_large(&browser, &format!("{name}-{language}")).await;
    }
    browser.was_quiet().await;
}

/// The members of the cast, each in a state of its own.
const ELEVATORS: [(&str, &str); 9] = [
    ("elevator-out-of-use", "/e/502719"),
    ("elevator-lapsed", "/e/506035"),
    ("elevator-left-pilot", "/e/503466"),
    ("elevator-unknown", "/e/507777"),
    ("elevator-escalator", "/e/504102"),
    ("elevator-lapsed-lately", "/e/507302"),
    ("elevator-goods", "/e/508114"),
    ("elevator-ends-tomorrow", "/e/505123"),
    ("elevator-doubtful", "/e/504404"),
];

const MAIN: [(&str, &str); 3] =
    [("home", "/"), ("elevator-pilot", "/e/502718"), ("search", "/search?q=%E9%9D%92%E7%9F%B3%E5%9D%8E")];

const OTHERS: [(&str, &str); 9] = [
    ("search-empty", "/search"),
    ("search-nothing", "/search?q=%E6%B2%A1%E6%9C%89%E8%BF%99%E9%87%8C"),
    ("search-narrowed", "/search?district=500108&status=out_of_use"),
    ("search-second-page", "/search?status=in_order&cursor=x"),
    ("choices", "/e/B7NL2041"),
    ("unknown-code", "/e/502799"),
    ("nowhere", "/no/such/page"),
    ("problem", "/problems/quota_exceeded"),
    (
        "long-words",
        "/search?q=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    ),
];

look! {
    /// The pages everybody opens, in Chinese.
    async fn the_main_pages_in_chinese(world: Options::demo()) {
        look_at_pages(world, "zh", &MAIN, true).await;
    }
}

look! {
    /// The pages everybody opens, in English.
    async fn the_main_pages_in_english(world: Options::demo()) {
        look_at_pages(world, "en", &MAIN, true).await;
    }
}

look! {
    /// An elevator in each state, in Chinese.
    async fn elevators_in_chinese(world: Options::demo()) {
        look_at_pages(world, "zh", &ELEVATORS, false).await;
    }
}

look! {
    /// An elevator in each of the four states, in English.
    async fn elevators_in_english(world: Options::demo()) {
        look_at_pages(world, "en", &ELEVATORS[..4], false).await;
    }
}

look! {
    /// Results, choices, refusals and problems, in Chinese.
    async fn other_pages_in_chinese(world: Options::demo()) {
        look_at_pages(world, "zh", &OTHERS, false).await;
    }
}

look! {
    /// Results, choices, refusals and problems, in English.
    async fn other_pages_in_english(world: Options::demo()) {
        look_at_pages(world, "en", &OTHERS, false).await;
    }
}

look! {
    /// The page of a used-up quota, which is all that this reader gets after two requests.
    async fn the_page_of_a_used_up_quota(world: Options::demo().config("[limits.pages]\nquota = 2\nwindow_seconds = 86400\n")) {
        let browser = world.browser().await;
        browser.media(still(Media::LIGHT)).await;
        browser.open("/zh/?text=large").await;
        for (language, words) in [("zh", "打开得太快了"), ("en", "Too many pages at once")] {
            browser.open(&format!("/{language}/search?q=502")).await;
            browser.shows(words).await;
            look_at_large(&browser, &format!("quota-{language}")).await;
        }
        browser.driver().delete_all_cookies().await.expect("cookies can be deleted");
        for language in ["zh", "en"] {
            browser.open(&format!("/{language}/")).await;
            look_at(&browser, &format!("quota-{language}"), false).await;
        }
        // The way to help is there all the same.
        browser.open("/zh/e/502718").await.shows("502 718").await;
        browser.was_quiet().await;
    }
}

look! {
    /// Dark and light by the reader's own choice win over the system's.
    async fn a_chosen_theme_wins_over_the_systems(world: Options::demo()) {
        let browser = world.browser().await;
        browser.width(PHONE).await;
        browser.media(still(Media::LIGHT)).await;
        let paper = async || {
            let colour = browser.run("return getComputedStyle(document.body).backgroundColor", vec![]).await;
            colour.as_str().unwrap_or_default().to_owned()
        };
        browser.open("/zh/e/502718").await;
        let light = paper().await;
        browser.media(still(Media::DARK)).await;
        let dark = paper().await;
        assert_ne!(light, dark, "the page follows the system");
        browser.open("/zh/e/502718?theme=light").await;
        assert_eq!(browser.path().await, "/zh/e/502718");
        assert_eq!(paper().await, light, "a reader who chose light has it in a dark system");
        browser.is_sound().await;
        browser.media(still(Media::LIGHT)).await;
        browser.open("/zh/e/502718?theme=dark").await;
        assert_eq!(paper().await, dark, "a reader who chose dark has it in a light system");
        browser.is_sound().await.screenshot("chosen-dark-360").await;
        browser.open("/zh/e/502718?theme=system").await;
        assert_eq!(paper().await, light);
        browser.was_quiet().await;
    }
}

look! {
    /// A device of a real register in another city: its own rescue line, no pilot, nothing of a demonstration.
    async fn a_real_device_of_another_city(world: new_york::options()) {
        let file = new_york::beginning(world, 300);
        new_york::import(world, &file).run().await.ok();
        world.start().await;
        for language in ["en", "zh"] {
            look_at_pages(
                world,
                language,
                &[
                    ("new-york-device", "/e/1D10028"),
                    ("new-york-home", "/"),
                    ("new-york-unknown", "/e/1D1002"),
                ],
                false,
            )
            .await;
        }
    }
}
