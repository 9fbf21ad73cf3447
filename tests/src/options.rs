//! How a world begins.

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
    pub(crate) content: Content,
    pub(crate) clock: Option<String>,
    pub(crate) config: Option<String>,
    pub(crate) env: Vec<(String, String)>,
    pub(crate) redis: bool,
    pub(crate) redis_tunnel: bool,
    pub(crate) stopped: bool,
}

impl Options {
    fn new(content: Content) -> Self {
        Self {
            content,
            clock: Some(NOON.to_owned()),
            config: None,
            env: Vec::new(),
            redis: false,
            redis_tunnel: false,
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

    /// With quotas that no journey uses up: for those that are about something else and ask a great deal.
    pub fn generous(self) -> Self {
        let quotas = ["burst", "daily", "export", "pages", "key_burst", "key_daily", "key_creation"];
        let quotas = quotas.map(|name| format!("[limits.{name}]\nquota = 1000000\nwindow_seconds = 60\n"));
        self.config(&quotas.concat())
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

    /// With a Redis database of its own, behind a way that can be slow and can be cut.
    pub fn redis_tunnel(mut self) -> Self {
        self.redis = true;
        self.redis_tunnel = true;
        self
    }

    /// Not started: the journey begins on the command line.
    pub fn stopped(mut self) -> Self {
        self.stopped = true;
        self
    }
}

impl Default for Options {
    fn default() -> Self {
        Self::demo()
    }
}
