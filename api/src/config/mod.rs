//! The configuration: `config.default.toml` is the reference, a file and a few variables override it. Everything is
//! checked before anything is opened, and every error names its key and the mend.

use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use ipnet::IpNet;
use serde::Deserialize;
use zeroize::Zeroizing;

mod accounts;
mod files;
mod layers;
mod limits;

pub use accounts::{AccountsConfig, DelayConfig, HashConfig, SpanConfig};
pub use files::FilesConfig;

use layers::{overlay, parse, set, typed};
pub use limits::{CostsConfig, LimitsConfig, QuotaConfig, SharedLimitsConfig};

/// The defaults, with what each setting means.
pub const DEFAULTS: &str = include_str!("../../config.default.toml");

/// Variables of the environment and the keys that they set.
const VARIABLES: [(&str, &str); 11] = [
    ("YUTI_LISTEN", "listen"),
    ("YUTI_PUBLIC_URL", "public_url"),
    ("YUTI_DATA_DIR", "data_dir"),
    ("YUTI_DATABASE_URL", "database_url"),
    ("YUTI_REDIS_URL", "redis_url"),
    ("YUTI_PROFILE", "profile"),
    ("YUTI_DEMO", "demo"),
    ("YUTI_METRICS_LISTEN", "metrics.listen"),
    ("YUTI_LOG", "log.level"),
    ("YUTI_VAULT_KEY_FILE", "vault.key_file"),
    ("YUTI_SEAL_KEY_FILE", "seal.key_file"),
];

/// Variables that are no settings of the file.
const SECRETS: [&str; 4] =
    ["YUTI_CLOCK_FILE", "YUTI_VAULT_KEY", "YUTI_FILES_ACCESS_KEY", "YUTI_FILES_SECRET_KEY"];

/// The settings of one process. Their meaning is in `config.default.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where it listens.
    pub listen: SocketAddr,
    /// The address under which it is reached, without a slash at the end; empty until it listens.
    pub public_url: String,
    /// The data folder.
    pub data_dir: PathBuf,
    /// The database; empty for the embedded one.
    pub database_url: String,
    /// Connections to it.
    pub database_connections: u32,
    /// Redis; empty for none.
    pub redis_url: String,
    /// The profile's name or path.
    pub profile: String,
    /// What an empty database gets.
    pub demo: Demo,
    /// Size of the demonstration set.
    pub demo_elevators: u32,
    /// Years of its history.
    pub demo_years: u32,
    /// Threads that answer requests; 0 for one each processor.
    pub workers: usize,
    /// Seconds for requests under way after SIGTERM.
    pub shutdown_seconds: u64,
    /// Metrics.
    pub metrics: MetricsConfig,
    /// Logs.
    pub log: LogConfig,
    /// What requests may look like.
    pub http: HttpConfig,
    /// Questions that look through everything.
    pub scans: ScansConfig,
    /// Quotas.
    pub limits: LimitsConfig,
    /// Costs of calls.
    pub costs: CostsConfig,
    /// Accounts.
    pub accounts: AccountsConfig,
    /// Keys of what is sealed.
    pub vault: VaultConfig,
    /// The seal over the audit trail.
    pub seal: SealConfig,
    /// The store of files.
    pub files: FilesConfig,
    /// The driven clock's file, in builds that have one.
    #[serde(skip)]
    pub clock_file: Option<PathBuf>,
}

/// What an empty database gets when the service starts first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Demo {
    /// Demonstration data.
    Auto,
    /// Nothing.
    None,
}

/// Where metrics are served.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MetricsConfig {
    /// The address; empty for none.
    pub listen: String,
}

/// What is logged, and how.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogConfig {
    /// A filter.
    pub level: String,
    /// The form.
    pub format: LogFormat,
}

/// The form of the logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    Text,
    /// For machines.
    Json,
}

/// What requests may look like.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpConfig {
    /// Networks whose forwarded addresses are believed.
    pub trusted_proxies: Vec<IpNet>,
    /// The largest body.
    pub max_body_bytes: u64,
    /// Seconds in which it must have come.
    pub body_seconds: u64,
    /// The longest address.
    pub max_uri_bytes: usize,
}

/// Questions that look through the whole register.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScansConfig {
    /// Connections for them.
    pub connections: u32,
    /// Seconds for which one waits for its turn.
    pub wait_seconds: u64,
    /// Seconds after which one is broken off.
    pub seconds: u64,
}

/// Where the keys of sealed values are.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VaultConfig {
    /// The file; empty for `vault.keys` in the data folder.
    pub key_file: PathBuf,
    /// The keys themselves, from the environment only: a configuration file is copied and shown too easily.
    #[serde(skip)]
    pub key: Option<Secret>,
}

/// The seal over the audit trail.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealConfig {
    /// The file of the key that signs; empty for `seal.key` in the data folder.
    pub key_file: PathBuf,
    /// The name of the log; empty for one that is made up when it begins.
    pub origin: String,
}

/// A text that is never shown and is wiped from memory when nobody needs it any more.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Keeps a text.
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The text.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// Everything that is wrong with the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigErrors(pub Vec<ConfigError>);

/// One wrong setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    /// The key, and the variable where it came from one.
    pub key: String,
    /// What is wrong.
    pub problem: String,
    /// How to mend it.
    pub mend: String,
}

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "the configuration cannot be used:")?;
        for ConfigError { key, problem, mend } in &self.0 {
            writeln!(f, "  {key}: {problem}; {mend}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigErrors {}

fn error(key: impl Into<String>, problem: impl Into<String>, mend: impl Into<String>) -> ConfigError {
    ConfigError { key: key.into(), problem: problem.into(), mend: mend.into() }
}

/// Reads one variable of the environment.
pub type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Variables of the environment that look like settings and are none, each with the one that was probably meant.
#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the environment")]
pub fn strangers() -> Vec<(String, Option<&'static str>)> {
    let known = || VARIABLES.iter().map(|(variable, _)| *variable).chain(SECRETS);
    std::env::vars_os()
        .filter_map(|(name, _)| name.into_string().ok())
        .filter(|name| name.starts_with("YUTI_") && !name.starts_with("YUTI_TEST_"))
        .filter(|name| !known().any(|variable| variable == name))
        .map(|name| {
            let nearest = crate::nearest::nearest(&name, known());
            (name, nearest)
        })
        .collect()
}

/// The environment of the process.
#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the environment")]
pub fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

impl Config {
    /// Reads defaults, file and environment, and checks the whole.
    ///
    /// # Errors
    /// Every wrong setting at once.
    pub fn load(file: Option<&Path>, environment: Environment<'_>) -> Result<Self, ConfigErrors> {
        let given = match file {
            Some(path) => Some(std::fs::read_to_string(path).map_err(|cause| {
                ConfigErrors(vec![error(
                    path.display().to_string(),
                    cause.to_string(),
                    "give the path of a readable file",
                )])
            })?),
            None => None,
        };
        let name = file.map(|path| path.display().to_string()).unwrap_or_default();
        Self::read(given.as_deref().map(|text| (name.as_str(), text)), environment)
    }

    fn read(given: Option<(&str, &str)>, environment: Environment<'_>) -> Result<Self, ConfigErrors> {
        let mut errors = Vec::new();
        let mut settings = parse("config.default.toml", DEFAULTS)?;
        if let Some((name, text)) = given {
            let own = parse(name, text)?;
            overlay(&mut settings, own, "", &mut errors);
        }
        for (variable, key) in VARIABLES {
            if let Some(value) = environment(variable) {
                set(&mut settings, key, value);
            }
        }
        if !errors.is_empty() {
            return Err(ConfigErrors(errors));
        }
        let (mut config, mut errors) = typed(settings)?;
        config.clock_file = environment("YUTI_CLOCK_FILE").map(PathBuf::from);
        let secret = |variable: &str| environment(variable).filter(|key| !key.is_empty()).map(Secret::new);
        config.files.access_key = secret("YUTI_FILES_ACCESS_KEY");
        config.files.secret_key = secret("YUTI_FILES_SECRET_KEY");
        config.vault.key = secret("YUTI_VAULT_KEY");
        errors.extend(config.check());
        if errors.is_empty() {
            return Ok(config);
        }
        for error in &mut errors {
            if let Some((variable, _)) = VARIABLES.iter().find(|(_, key)| *key == error.key)
                && environment(variable).is_some()
            {
                error.key = format!("{} (from {variable})", error.key);
            }
        }
        errors.sort_by(|a, b| a.key.cmp(&b.key));
        Err(ConfigErrors(errors))
    }

    /// The address of the database that is meant.
    pub fn database(&self) -> String {
        if self.database_url.is_empty() {
            crate::db::embedded_url(&self.data_dir)
        } else {
            self.database_url.clone()
        }
    }

    /// The file of the key that signs the audit trail.
    pub fn seal_key_file(&self) -> PathBuf {
        if self.seal.key_file.as_os_str().is_empty() {
            self.data_dir.join("seal.key")
        } else {
            self.seal.key_file.clone()
        }
    }

    fn check(&mut self) -> Vec<ConfigError> {
        let mut errors = Vec::new();
        while self.public_url.ends_with('/') {
            self.public_url.pop();
        }
        let web = self.public_url.starts_with("http://") || self.public_url.starts_with("https://");
        let plain =
            !self.public_url.contains(['?', '#', ' ', '"', '<', '>', '\\']) && self.public_url.is_ascii();
        let usable = self.public_url.is_empty() || (web && plain);
        if !usable {
            errors.push(error(
                "public_url",
                "is not an address of the web",
                "write it like https://yuti.example, without ? and #",
            ));
        }
        let url = &self.database_url;
        if !url.is_empty()
            && !["postgres://", "postgresql://", "sqlite:"].iter().any(|known| url.starts_with(known))
        {
            errors.push(error(
                "database_url",
                "is no database this service knows",
                "begin it with postgres:// or sqlite://, or leave it empty",
            ));
        }
        let readable = match url.split_once(':') {
            Some(("sqlite", _)) => url.parse::<sea_orm::sqlx::sqlite::SqliteConnectOptions>().is_ok(),
            Some(("postgres" | "postgresql", _)) => {
                url.parse::<sea_orm::sqlx::postgres::PgConnectOptions>().is_ok()
            }
            _ => true,
        };
        if !readable {
            // Without the driver's own words, which repeat the address and the password in it.
            errors.push(error(
                "database_url",
                "cannot be read",
                "write it like postgres://name:password@host:5432/database, with special characters percent-encoded",
            ));
        }
        if let Err(cause) = crate::profile::Profile::load(&self.profile) {
            errors.push(error(
                "profile",
                cause.to_string(),
                "name a shipped profile (chongqing) or the path of a profile file that is whole",
            ));
        }
        if !self.redis_url.is_empty()
            && redis::IntoConnectionInfo::into_connection_info(self.redis_url.as_str()).is_err()
        {
            errors.push(error(
                "redis_url",
                "cannot be read",
                "write it like redis://127.0.0.1:6379, or rediss:// with TLS, or leave it empty",
            ));
        }
        if !(1..=1000).contains(&self.database_connections) {
            errors.push(error("database_connections", "is out of range", "choose 1 to 1000"));
        }
        if !(1..=1000).contains(&self.scans.connections) {
            errors.push(error("scans.connections", "is out of range", "choose 1 to 1000"));
        }
        if self.scans.wait_seconds > 60 {
            errors.push(error("scans.wait_seconds", "is out of range", "choose 0 to 60"));
        }
        if !(1..=600).contains(&self.scans.seconds) {
            errors.push(error("scans.seconds", "is out of range", "choose 1 to 600"));
        }
        if self.demo_years > 30 {
            errors.push(error("demo_years", "is out of range", "choose 0 to 30"));
        }
        if !(1..=3600).contains(&self.http.body_seconds) {
            errors.push(error("http.body_seconds", "is out of range", "choose 1 to 3600"));
        }
        let metrics = &self.metrics.listen;
        if !metrics.is_empty() && metrics.parse::<SocketAddr>().is_err() {
            errors.push(error(
                "metrics.listen",
                format!("`{metrics}` is no address and port"),
                "write it like 127.0.0.1:9091, or leave it empty",
            ));
        }
        if tracing_subscriber::EnvFilter::try_new(&self.log.level).is_err() {
            errors.push(error("log.level", "is no filter", "use error, warn, info, debug or trace"));
        }
        let origin = &self.seal.origin;
        if origin.len() > 100 || !origin.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'+') {
            errors.push(error(
                "seal.origin",
                "is no name of a log",
                "write it like log.yuti.example, without spaces and plus signs, or leave it empty",
            ));
        }
        errors.extend(self.check_limits());
        errors.extend(self.files.check());
        errors.extend(self.accounts.check());
        errors
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
    use super::*;

    fn read(text: &str, environment: &[(&str, &str)]) -> Result<Config, ConfigErrors> {
        let find = |name: &str| {
            environment.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        };
        Config::read(Some(("own.toml", text)), &find)
    }

    #[test]
    fn the_defaults_are_whole_and_valid() {
        let config = Config::read(None, &|_| None).unwrap();
        assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
        assert!(config.database().starts_with("sqlite://./data/yuti.sqlite"));
    }

    #[test]
    fn a_file_overrides_and_the_environment_overrides_the_file() {
        let config =
            read("listen = '127.0.0.1:1'\n[log]\nformat = 'json'", &[("YUTI_LISTEN", "127.0.0.1:2")])
                .unwrap();
        assert_eq!(config.listen.port(), 2);
        assert_eq!(config.log.format, LogFormat::Json);
        assert!(config.log.level.starts_with("info"));
    }

    #[test]
    fn an_unknown_key_names_the_nearest() {
        let errors = read("lisen = 'x'\n[http]\nmax_body = 1", &[]).unwrap_err();
        assert_eq!(errors.0.len(), 2);
        assert!(errors.to_string().contains("did you mean `listen`?"), "{errors}");
        assert!(errors.to_string().contains("http.max_body"), "{errors}");
    }

    #[test]
    fn every_wrong_value_is_named_at_once_with_the_variable_it_came_from() {
        let errors = read(
            "shutdown_seconds = 'soon'\n[limits.burst]\nquota = 'many'",
            &[("YUTI_LISTEN", "everywhere"), ("YUTI_DEMO", "perhaps")],
        )
        .unwrap_err();
        let keys: Vec<&str> = errors.0.iter().map(|error| error.key.as_str()).collect();
        assert_eq!(
            keys,
            ["demo (from YUTI_DEMO)", "limits.burst.quota", "listen (from YUTI_LISTEN)", "shutdown_seconds"]
        );
    }

    #[test]
    fn values_that_mean_nothing_are_refused_with_the_mend() {
        let errors = read(
            "public_url = 'yuti'\ndatabase_url = 'mysql://x'\ndatabase_connections = 0\nredis_url = 'nope'\n[scans]\nconnections = 0\nwait_seconds = 61\nseconds = 0\n[limits.pages]\nquota = 0\n[costs]\nlist = 200\n[seal]\norigin = 'a log'\n[accounts.hash]\nmemory_kib = 4\n[accounts.units]\nidle_minutes = 99999",
            &[("YUTI_METRICS_LISTEN", "x"), ("YUTI_LOG", "a=b=c")],
        )
        .unwrap_err();
        let keys: Vec<&str> = errors.0.iter().map(|error| error.key.as_str()).collect();
        let expected = [
            "accounts.hash.memory_kib",
            "accounts.units.idle_minutes",
            "costs.list",
            "database_connections",
            "database_url",
            "limits.pages",
            "log.level (from YUTI_LOG)",
            "metrics.listen (from YUTI_METRICS_LISTEN)",
            "public_url",
            "redis_url",
            "scans.connections",
            "scans.seconds",
            "scans.wait_seconds",
            "seal.origin",
        ];
        assert_eq!(keys, expected);
        assert!(errors.0.iter().all(|error| !error.mend.is_empty()));
    }
}
