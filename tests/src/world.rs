//! A world: one `yuti`, its data folder, its database and its clock, for one journey.

use crate::browser::Browser;
use crate::database::{Database, Own};
use crate::http::Caller;
use crate::process::{Launch, Output, Process};
use crate::{environment, template};
use std::ffi::OsStr;
use std::fs;
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::{Duration, Instant};

/// When journeys take place unless they say otherwise: a Monday, noon in Chongqing.
pub const NOON: &str = "2026-11-23T04:00:00Z";

/// What a world's database holds before the journey begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// No table: the first start has everything to do.
    Nothing,
    /// Migrated, with no elevator in it.
    Empty,
    /// What the first start puts in: about two thousand fictitious elevators.
    Demo,
}

impl Content {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Empty => "empty",
            Self::Demo => "demo",
        }
    }

    pub(crate) fn options(self) -> Options {
        match self {
            Self::Nothing => Options::unprepared(),
            Self::Empty => Options::empty(),
            Self::Demo => Options::demo(),
        }
    }
}

/// How a world begins.
#[derive(Clone, Debug)]
pub struct Options {
    content: Content,
    clock: Option<String>,
    config: Option<String>,
    env: Vec<(String, String)>,
    redis: bool,
    stopped: bool,
}

impl Options {
    fn new(content: Content) -> Self {
        Self {
            content,
            clock: Some(NOON.to_owned()),
            config: None,
            env: Vec::new(),
            redis: false,
            stopped: false,
        }
    }

    /// With the demonstration set, as after a first `cargo run`.
    pub fn demo() -> Self {
        Self::new(Content::Demo)
    }

    /// Migrated, but with no elevator.
    pub fn empty() -> Self {
        Self::new(Content::Empty)
    }

    /// With nothing at all, not even tables: the first start does it all.
    pub fn unprepared() -> Self {
        Self::new(Content::Nothing)
    }

    /// At another time than [`NOON`].
    pub fn clock(mut self, instant: &str) -> Self {
        self.clock = Some(instant.to_owned());
        self
    }

    /// With the machine's own clock, as a release has it.
    pub fn real_clock(mut self) -> Self {
        self.clock = None;
        self
    }

    /// With a configuration file of this text. What a world sets by environment (addresses, folders) still wins.
    pub fn config(mut self, toml: &str) -> Self {
        self.config = Some(toml.to_owned());
        self
    }

    /// With a variable in the environment; a later one wins, and wins over what a world sets itself.
    pub fn env(mut self, key: &str, value: &str) -> Self {
        self.env.push((key.to_owned(), value.to_owned()));
        self
    }

    /// With a Redis database of its own.
    pub fn redis(mut self) -> Self {
        self.redis = true;
        self
    }

    /// Not started: the journey begins on the command line.
    pub fn stopped(mut self) -> Self {
        self.stopped = true;
        self
    }

    pub(crate) fn content(&self) -> Content {
        self.content
    }
}

impl Default for Options {
    fn default() -> Self {
        Self::demo()
    }
}

/// Where a `yuti` runs and with what settings; enough to start it or any of its commands.
#[derive(Debug)]
pub(crate) struct Setting {
    folder: PathBuf,
    database_url: Option<String>,
    redis_url: Option<String>,
    options: Options,
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

    fn set_clock(&self, instant: &str) {
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
    process: Process,
    public: String,
    metrics: String,
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

/// One `yuti` with everything it needs, gone when this is dropped. The folder of a journey that failed is kept for a look.
#[derive(Debug)]
pub struct World {
    journey: String,
    database: Database,
    setting: Setting,
    server: Option<Server>,
    callers: AtomicU8,
    // After the server, so that nobody is connected when it is dropped.
    own: Option<Own>,
}

impl World {
    /// Makes a world, and starts it unless it begins stopped.
    pub async fn new(journey: &str, database: Database, options: Options) -> Self {
        let name = journey.replace("::", "-");
        let folder = environment::target().join("test-worlds").join(format!(
            "{name}.{}.{}.{}",
            database.name(),
            std::process::id(),
            template::next_number()
        ));
        fs::create_dir_all(folder.join("data")).expect("the build folder can be written to");
        let own = template::furnish(database, &options, &folder.join("data")).await;
        let mut setting = Setting::new(&folder, own.as_ref().map(Own::url), options);
        if setting.options.redis {
            setting.redis_url = Some(own_redis().await);
        }
        setting.set_clock_if_driven();
        let stopped = setting.options.stopped;
        let mut world =
            Self { journey: name, database, setting, server: None, callers: AtomicU8::new(1), own };
        if !stopped {
            world.start().await;
        }
        world
    }

    // --- The server ---

    /// Starts the server and waits until it is ready.
    pub async fn start(&mut self) {
        assert!(self.server.is_none(), "the server of this world runs already");
        let server = Server::start(self.launch(["serve"])).await;
        // A binary with the real clock would play every dated journey on the day of the run.
        let said = server.process.said();
        let driven = said.contains("driven-clock");
        let wanted = self.setting.options.clock.is_some();
        assert!(
            driven || !wanted,
            "{} does not say that it has the feature driven-clock: build it with `{}`\n{said}",
            environment::yuti().display(),
            environment::BUILD
        );
        self.server = Some(server);
    }

    /// Sends SIGTERM, and gives what the server said once it has drained.
    pub async fn term(&mut self) -> Output {
        self.server.take().expect("the server runs").stop().await
    }

    /// Ends the server at once, as a power cut would.
    pub async fn kill9(&mut self) -> Output {
        self.server.take().expect("the server runs").process.kill9().await
    }

    /// The running server's process, for signals and for what it says.
    pub fn process(&mut self) -> &mut Process {
        &mut self.server.as_mut().expect("the server runs").process
    }

    /// Everything the running server has written so far, both streams.
    pub fn log(&self) -> String {
        self.running().process.said()
    }

    fn running(&self) -> &Server {
        self.server
            .as_ref()
            .expect("the server runs; a world of `Options::…().stopped()` wants `world.start().await` first")
    }

    // --- The command line ---

    /// A command of the binary against this world's database, not yet started: add to it, then `.run().await` or `.start()`.
    pub fn launch<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Launch {
        self.setting.launch(args)
    }

    /// Runs a command of the binary against this world's database, to its end.
    pub async fn cli<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Output {
        self.launch(args).run().await
    }

    // --- People ---

    /// Somebody with no key. Each has an address of their own, so that one's limits are not another's.
    pub fn anyone(&self) -> Caller {
        self.anyone_at(self.fresh_address())
    }

    /// Somebody with no key, at this address of the loopback range.
    pub fn anyone_at(&self, address: IpAddr) -> Caller {
        Caller::new(&self.running().public, Some(address))
    }

    /// An address of the loopback range that nobody else in this world has.
    pub fn fresh_address(&self) -> IpAddr {
        let number = self.callers.fetch_add(1, Ordering::Relaxed);
        IpAddr::V4(Ipv4Addr::new(127, 0, 1, number))
    }

    /// Whoever reads the metrics, at their own port.
    pub fn operator(&self) -> Caller {
        Caller::new(&self.running().metrics, None)
    }

    /// A browser that opens this world's pages. Pictures go to `target/screenshots/<journey>/`.
    pub async fn browser(&self) -> Browser {
        let mut pictures = environment::target().join("screenshots").join(&self.journey);
        if self.database == Database::Postgres {
            pictures.push("postgres");
        }
        Browser::start(&self.setting.folder, &self.running().public, pictures).await
    }

    // --- Facts ---

    /// Moves the clock. The server reads it at the next request and the next tick of its jobs.
    pub fn set_clock(&self, instant: &str) {
        assert!(self.setting.options.clock.is_some(), "this world runs on the real clock");
        self.setting.set_clock(instant);
    }

    /// Which database this world runs on.
    pub fn database(&self) -> Database {
        self.database
    }

    /// The URL of the world's PostgreSQL database; with SQLite the file lies in the data folder.
    pub fn database_url(&self) -> Option<String> {
        self.own.as_ref().map(Own::url)
    }

    /// The full address of a path.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.running().public)
    }

    /// The data folder.
    pub fn data_folder(&self) -> PathBuf {
        self.setting.folder.join("data")
    }

    /// A file in the world's folder, for a path on the command line.
    pub fn file(&self, name: &str) -> PathBuf {
        self.setting.folder.join(name)
    }

    /// Writes a file into the world's folder.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let file = self.file(name);
        fs::write(&file, content).expect("the world's folder can be written to");
        file
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if let Some(server) = &mut self.server {
            if std::thread::panicking() {
                eprintln!("\nThe server's last words:\n{}", server.process.tail());
            }
            server.process.kill_group();
        }
        if std::thread::panicking() {
            eprintln!("The world's folder is kept: {}", self.setting.folder.display());
        } else {
            let _ = fs::remove_dir_all(&self.setting.folder);
        }
    }
}

/// The URL of a numbered Redis database that no other test has.
async fn own_redis() -> String {
    let server = environment::redis();
    let client = redis::Client::open(server.as_str()).expect("YUTI_TEST_REDIS_URL is a Redis URL");
    let mut connection =
        client.get_multiplexed_async_connection().await.expect("the Redis of YUTI_TEST_REDIS_URL answers");
    let taken: u32 =
        redis::cmd("INCR").arg("yuti_test_databases").query_async(&mut connection).await.expect("INCR");
    // Database 0 holds the counter.
    let url = format!("{server}/{}", 1 + taken % 4095);
    let own = redis::Client::open(url.as_str()).expect("a numbered Redis database has a URL");
    let mut connection = own
        .get_multiplexed_async_connection()
        .await
        .expect("the Redis of YUTI_TEST_REDIS_URL has 4096 databases (`redis-server --databases 4096`)");
    redis::cmd("FLUSHDB").exec_async(&mut connection).await.expect("FLUSHDB");
    url
}
