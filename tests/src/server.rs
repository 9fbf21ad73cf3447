//! The `yuti` under test: with what settings it is started, and when it counts as ready.

use crate::http::Caller;
use crate::options::{Content, NOON, Options};
use crate::process::{Launch, Output, Process};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Where a `yuti` runs and with what settings; enough to start it or any of its commands.
#[derive(Debug)]
pub(crate) struct Setting {
    pub(crate) folder: PathBuf,
    database_url: Option<String>,
    pub(crate) redis_url: Option<String>,
    pub(crate) options: Options,
}

impl Setting {
    pub(crate) fn new(folder: &Path, database_url: Option<String>, options: Options) -> Self {
        Self { folder: folder.to_path_buf(), database_url, redis_url: None, options }
    }

    fn clock_file(&self) -> PathBuf {
        self.folder.join("clock")
    }

    pub(crate) fn set_clock_if_driven(&self) {
        if let Some(instant) = &self.options.clock {
            self.set_clock(instant);
        }
    }

    pub(crate) fn set_clock(&self, instant: &str) {
        assert!(
            chrono::DateTime::parse_from_rfc3339(instant).is_ok(),
            "{instant:?} is not an instant like {NOON}"
        );
        // Renamed into place: the server may read it at any moment, and must never see half a line.
        let next = self.folder.join("clock.next");
        fs::write(&next, format!("{instant}\n")).expect("the world's folder can be written to");
        fs::rename(&next, self.clock_file()).expect("the world's folder can be written to");
    }

    pub(crate) fn launch<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Launch {
        let mut launch = Launch::yuti(&self.folder)
            .env("YUTI_LISTEN", "127.0.0.1:0")
            .env("YUTI_METRICS_LISTEN", "127.0.0.1:0")
            .env("YUTI_DATA_DIR", self.folder.join("data"));
        if self.options.clock.is_some() {
            launch = launch.env("YUTI_CLOCK_FILE", self.clock_file());
        }
        if self.options.content == Content::Empty {
            launch = launch.env("YUTI_DEMO", "none");
        }
        if let Some(url) = &self.database_url {
            launch = launch.env("YUTI_DATABASE_URL", url);
        }
        if let Some(url) = &self.redis_url {
            launch = launch.env("YUTI_REDIS_URL", url);
        }
        for (key, value) in &self.options.env {
            launch = launch.env(key, value);
        }
        if let Some(config) = &self.options.config {
            let file = self.folder.join("yuti.toml");
            fs::write(&file, config).expect("the world's folder can be written to");
            launch = launch.args([OsStr::new("--config"), file.as_os_str()]);
        }
        launch.args(args)
    }
}

/// A `yuti serve` that is ready for requests.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) process: Process,
    pub(crate) public: String,
    pub(crate) metrics: String,
}

impl Server {
    pub(crate) async fn start(launch: Launch) -> Self {
        let mut process = launch.start();
        let address = |label: &'static str| move |line: &str| address_after(line, label);
        let public = process.wait_for_line("`listening on http://…`", address("listening on ")).await;
        let metrics = process.wait_for_line("`metrics on http://…`", address("metrics on ")).await;
        let mut server = Self { process, public, metrics };
        server.wait_until_ready().await;
        server
    }

    async fn wait_until_ready(&mut self) {
        let probe = Caller::new(&self.public, None);
        let deadline = Instant::now() + Duration::from_secs(120);
        loop {
            let answer = probe.get("/readyz").await;
            if answer.status() == 200 {
                return;
            }
            assert!(self.process.runs(), "the server ended before it was ready:\n{}", self.process.tail());
            assert!(
                Instant::now() < deadline,
                "the server does not get ready; /readyz says {answer}\n{}",
                self.process.tail()
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Asks it to drain, and waits until it has.
    pub(crate) async fn stop(self) -> Output {
        self.process.term();
        self.process.finish().await
    }
}

/// `http://host:port` out of a line such as `listening on http://127.0.0.1:41234`.
fn address_after(line: &str, label: &str) -> Option<String> {
    let address = line.strip_prefix(label)?;
    let url = reqwest::Url::parse(address.split_whitespace().next()?).ok()?;
    Some(format!("http://{}:{}", url.host_str()?, url.port()?))
}
