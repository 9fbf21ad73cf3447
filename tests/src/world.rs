//! A world: one `yuti`, its data folder, its database and its clock, for one journey.

use crate::browser::Browser;
use crate::database::{Database, Own};
use crate::http::Caller;
use crate::options::Options;
use crate::process::{Launch, Output, Process};
use crate::server::{Server, Setting};
use crate::tunnel::Tunnel;
use crate::{environment, template};
use std::ffi::OsStr;
use std::fs;
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU8, Ordering};

/// One `yuti` with everything it needs, gone when this is dropped. The folder of a journey that failed is kept for a look.
#[derive(Debug)]
pub struct World {
    journey: String,
    database: Database,
    setting: Setting,
    server: Option<Server>,
    callers: AtomicU8,
    redis: Option<String>,
    tunnel: Option<Tunnel>,
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
        let redis = if setting.options.redis { Some(own_redis().await) } else { None };
        let mut tunnel = None;
        setting.redis_url.clone_from(&redis);
        if let Some(url) = redis.as_ref().filter(|_| setting.options.redis_tunnel) {
            let (dug, through) = Tunnel::through(url).await;
            (tunnel, setting.redis_url) = (Some(dug), Some(through));
        }
        setting.set_clock_if_driven();
        let stopped = setting.options.stopped;
        let mut world = Self {
            journey: name,
            database,
            setting,
            server: None,
            callers: AtomicU8::new(1),
            redis,
            tunnel,
            own,
        };
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

    /// Starts another copy of the service on the same database and the same Redis, and waits until it is ready.
    pub async fn copy(&self) -> Copy {
        Copy { server: Server::start(self.launch(["serve"])).await }
    }

    /// The way to the world's Redis, to make it slow or to cut it.
    pub fn redis_tunnel(&mut self) -> &mut Tunnel {
        self.tunnel.as_mut().expect("a world of `Options::…().redis_tunnel()`")
    }

    /// The URL of the world's Redis database, not by its tunnel.
    pub fn redis_url(&self) -> &str {
        self.redis.as_deref().expect("a world of `Options::…().redis()`")
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

/// Another copy of a world's service, gone when this is dropped.
#[derive(Debug)]
pub struct Copy {
    server: Server,
}

impl Copy {
    /// Somebody with no key, at this address of the loopback range.
    pub fn anyone_at(&self, address: IpAddr) -> Caller {
        Caller::new(&self.server.public, Some(address))
    }

    /// Whoever reads the metrics.
    pub fn operator(&self) -> Caller {
        Caller::new(&self.server.metrics, None)
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
