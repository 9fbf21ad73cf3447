//! A real browser: headless Chromium, driven as a person's phone or desktop would be used.

mod checks;
mod record;

use crate::environment;
use crate::process::{Launch, Process};
use base64::Engine;
use record::Record;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use thirtyfour::{
    By, ChromiumLikeCapabilities, DesiredCapabilities, LoggingPrefsLogLevel, TypingData, WebDriver,
    WebElement,
};

pub use thirtyfour::Key;

/// The widths every page is looked at: a cheap phone, and a desktop.
pub const WIDTHS: [u32; 2] = [360, 1280];

/// How the reader has set up their machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Media {
    /// Prefers a dark page.
    pub dark: bool,
    /// Has the system's own colours forced onto pages (high contrast).
    pub forced_colors: bool,
    /// Prefers no motion.
    pub reduced_motion: bool,
    /// Looks at what a printer would get.
    pub print: bool,
}

impl Media {
    /// As most readers have it.
    pub const LIGHT: Self = Self { dark: false, forced_colors: false, reduced_motion: false, print: false };
    /// Dark.
    pub const DARK: Self = Self { dark: true, ..Self::LIGHT };
    /// Forced colours.
    pub const FORCED_COLORS: Self = Self { forced_colors: true, ..Self::LIGHT };
    /// No motion.
    pub const REDUCED_MOTION: Self = Self { reduced_motion: true, ..Self::LIGHT };
    /// On paper.
    pub const PRINT: Self = Self { print: true, ..Self::LIGHT };
}

/// One browser with one window, a profile of its own and no way to any other host. Gone when this is dropped.
#[derive(Debug)]
pub struct Browser {
    driver: WebDriver,
    base: String,
    pictures: PathBuf,
    record: Record,
    // After the driver: the session is closed before its driver is killed.
    _chromedriver: Process,
}

impl Browser {
    /// Starts a browser for the pages of the server at `base` (`http://host:port`). Its profile lies in `folder`.
    pub async fn start(folder: &Path, base: &str, pictures: PathBuf) -> Self {
        let chromedriver = environment::program("chromedriver", "chromium-driver");
        let chromium = environment::program("chromium", "chromium");
        let home = folder.join(format!("browser-{}", crate::template::next_number()));
        std::fs::create_dir_all(&home).expect("the world's folder can be written to");
        let mut process = Launch::new(chromedriver, &home).args(["--port=0"]).own_group().start();
        let port: u16 = process
            .wait_for_line("its port", |line| {
                line.strip_prefix("ChromeDriver was started successfully on port ")?
                    .trim_end_matches('.')
                    .parse()
                    .ok()
            })
            .await;

        let mut wishes = DesiredCapabilities::chrome();
        let set_up = (|| {
            wishes.set_binary(&chromium.to_string_lossy())?;
            for flag in [
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--disable-dev-shm-usage",
                "--hide-scrollbars",
                "--force-color-profile=srgb",
                // Whatever a page may ask for, it reaches nobody else.
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
            ] {
                wishes.add_arg(flag)?;
            }
            wishes.add_arg(&format!("--user-data-dir={}", home.join("profile").display()))?;
            wishes.set_logging_prefs("browser", LoggingPrefsLogLevel::All)?;
            wishes.set_logging_prefs("performance", LoggingPrefsLogLevel::All)
        })();
        set_up.expect("Chromium's flags are well-formed");
        let driver =
            WebDriver::new(format!("http://127.0.0.1:{port}"), wishes).await.unwrap_or_else(|error| {
                panic!(
                    "Chromium does not start (its version must be that of chromedriver): {error}\n{}",
                    process.tail()
                )
            });
        let browser = Self {
            driver,
            base: base.to_owned(),
            pictures,
            record: Record::default(),
            _chromedriver: process,
        };
        browser.width(1280).await;
        browser.media(Media::LIGHT).await;
        browser
    }

    /// The driver, for what is not covered here.
    pub fn driver(&self) -> &WebDriver {
        &self.driver
    }

    async fn cdp(&self, command: &str, parameters: Value) -> Value {
        let answer = self.driver.cdp().send_raw(command, parameters).await;
        answer.unwrap_or_else(|error| panic!("{command}: {error}"))
    }

    // --- How the reader has it ---

    /// Sets the window's width in CSS pixels. Up to 600 it is a phone: touch, and a viewport that the page's own `<meta>` decides.
    pub async fn width(&self, width: u32) {
        let phone = width <= 600;
        let (height, scale) = if phone { (740, 2.0) } else { (900, 1.0) };
        self.cdp(
            "Emulation.setDeviceMetricsOverride",
            json!({"width": width, "height": height, "deviceScaleFactor": scale, "mobile": phone}),
        )
        .await;
        self.cdp("Emulation.setTouchEmulationEnabled", json!({"enabled": phone})).await;
    }

    /// Sets what the page is told about the reader's wishes.
    pub async fn media(&self, media: Media) {
        let choose = |on: bool, yes: &'static str, no: &'static str| if on { yes } else { no };
        self.cdp(
            "Emulation.setEmulatedMedia",
            json!({
                "media": choose(media.print, "print", "screen"),
                "features": [
                    {"name": "prefers-color-scheme", "value": choose(media.dark, "dark", "light")},
                    {"name": "forced-colors", "value": choose(media.forced_colors, "active", "none")},
                    {"name": "prefers-reduced-motion", "value": choose(media.reduced_motion, "reduce", "no-preference")},
                ],
            }),
        )
        .await;
    }

    /// Switches scripts on or off, for pages opened from now on.
    pub async fn scripts(&self, on: bool) {
        self.cdp("Emulation.setScriptExecutionDisabled", json!({"value": !on})).await;
    }

    /// Sets the language that is asked for, such as `zh-CN` or `en`.
    pub async fn language(&self, language: &str) {
        self.cdp("Network.enable", json!({})).await;
        self.cdp("Network.setExtraHTTPHeaders", json!({"headers": {"Accept-Language": language}})).await;
    }

    // --- What the reader does ---

    /// Opens a page of the server by its path.
    pub async fn open(&self, path: &str) -> &Self {
        let url = format!("{}{path}", self.base);
        self.driver.goto(url.as_str()).await.unwrap_or_else(|error| panic!("{url} does not open: {error}"));
        self
    }

    /// The path and query of the page that is open.
    pub async fn path(&self) -> String {
        let url = self.driver.current_url().await.expect("a page is open").to_string();
        url.strip_prefix(&self.base).map_or_else(|| url.clone(), str::to_owned)
    }

    /// The first element that this CSS selector means. None is a panic that shows the page's text.
    pub async fn find(&self, selector: &str) -> WebElement {
        match self.driver.find(By::Css(selector)).await {
            Ok(element) => element,
            Err(error) => panic!("no {selector} on {}: {error}\n{}", self.path().await, self.text().await),
        }
    }

    /// How many elements this CSS selector means.
    pub async fn count(&self, selector: &str) -> usize {
        self.driver.find_all(By::Css(selector)).await.expect("a CSS selector").len()
    }

    /// The visible text of an element.
    pub async fn text_of(&self, selector: &str) -> String {
        self.find(selector).await.text().await.expect("an element has text")
    }

    /// The visible text of the page.
    pub async fn text(&self) -> String {
        let deadline = Instant::now() + Duration::from_secs(10);
        loop {
            let text = match self.driver.find(By::Tag("body")).await {
                Ok(body) => body.text().await,
                Err(error) => Err(error),
            };
            match text {
                Ok(text) => return text,
                // Another page may come between finding the body and reading it.
                Err(error) => assert!(Instant::now() < deadline, "a page has a body with text: {error}"),
            }
        }
    }

    /// The page shows this text.
    pub async fn shows(&self, words: &str) -> &Self {
        let text = self.text().await;
        assert!(text.contains(words), "no {words:?} on {}:\n{text}", self.path().await);
        self
    }

    /// The page does not show this text.
    pub async fn does_not_show(&self, words: &str) -> &Self {
        let text = self.text().await;
        assert!(!text.contains(words), "{words:?} is on {}:\n{text}", self.path().await);
        self
    }

    /// Clicks an element; where that leads to another page, it is loaded when this returns.
    pub async fn click(&self, selector: &str) -> &Self {
        let element = self.find(selector).await;
        element.click().await.unwrap_or_else(|error| panic!("{selector} cannot be clicked: {error}"));
        self
    }

    /// Replaces what stands in a field.
    pub async fn fill(&self, selector: &str, words: &str) -> &Self {
        let field = self.find(selector).await;
        field.clear().await.unwrap_or_else(|error| panic!("{selector} cannot be emptied: {error}"));
        field.send_keys(words).await.unwrap_or_else(|error| panic!("{selector} takes no text: {error}"));
        self
    }

    /// Presses keys on whatever has the focus: text, or a [`Key`].
    pub async fn press(&self, keys: impl Into<TypingData>) -> &Self {
        let pressed = self.driver.action_chain().send_keys(keys).perform().await;
        pressed.expect("keys can be pressed");
        self
    }

    /// Goes on with the Tab key, and tells what has the focus then: `button#send "提交"`.
    pub async fn tab(&self) -> String {
        self.press(Key::Tab).await;
        self.focused().await
    }

    /// What has the focus: `button#send "提交"`.
    pub async fn focused(&self) -> String {
        let name = self.run(include_str!("browser/focused.js"), vec![]).await;
        name.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until the page shows this text, for what a script brings.
    pub async fn wait_for(&self, words: &str) -> &Self {
        let deadline = Instant::now() + Duration::from_secs(10);
        while !self.text().await.contains(words) {
            assert!(
                Instant::now() < deadline,
                "{words:?} does not appear on {}:\n{}",
                self.path().await,
                self.text().await
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        self
    }

    /// Runs a script's body in the page, and gives what it returns.
    pub async fn run(&self, script: &str, arguments: Vec<Value>) -> Value {
        let done = self.driver.execute(script, arguments).await;
        done.unwrap_or_else(|error| panic!("the script failed: {error}\n{script:.300}")).json().clone()
    }

    /// Takes a picture of the whole page, however long, to `<name>.png` in the journey's folder of pictures.
    pub async fn screenshot(&self, name: &str) -> PathBuf {
        let layout = self.cdp("Page.getLayoutMetrics", json!({})).await;
        let size = &layout["cssContentSize"];
        let picture = self
            .cdp(
                "Page.captureScreenshot",
                json!({
                    "format": "png",
                    "captureBeyondViewport": true,
                    "clip": {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1},
                }),
            )
            .await;
        let bytes = base64::engine::general_purpose::STANDARD
            .decode(picture["data"].as_str().expect("a picture is base64"))
            .expect("a picture is base64");
        std::fs::create_dir_all(&self.pictures).expect("the build folder can be written to");
        let file = self.pictures.join(format!("{name}.png"));
        std::fs::write(&file, bytes).expect("the build folder can be written to");
        file
    }

    /// Takes the picture of `name` at each of [`WIDTHS`], and leaves the window at the last.
    pub async fn screenshots(&self, name: &str) {
        for width in WIDTHS {
            self.width(width).await;
            self.screenshot(&format!("{name}-{width}")).await;
        }
    }
}
