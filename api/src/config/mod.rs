//! The configuration: `config.default.toml` is the reference, a file and a few variables override it. Everything is
//! checked before anything is opened, and every error names its key and the mend.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::Deserialize;

mod accounts;
mod check;
mod errors;
mod files;
mod layers;
mod limits;
mod sections;

pub use accounts::{AccountsConfig, DelayConfig, HashConfig, SpanConfig};
pub use files::FilesConfig;

use errors::error;
pub use errors::{ConfigError, ConfigErrors};
use layers::{overlay, parse, set, typed};
pub use limits::{CostsConfig, LimitsConfig, QuotaConfig, SharedLimitsConfig};
pub use sections::{
    Demo, HttpConfig, LogConfig, LogFormat, MetricsConfig, ScansConfig, SealConfig, Secret, VaultConfig,
};

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

/// Reads one variable of the environment.
pub type Environment<'a> = &'a dyn Fn(&str) -> Option<OsString>;

/// Variables that set no key of the file.
const OF_THEIR_OWN: [&str; 4] =
    ["YUTI_CLOCK_FILE", "YUTI_VAULT_KEY", "YUTI_FILES_ACCESS_KEY", "YUTI_FILES_SECRET_KEY"];

/// Variables of the environment that look like settings and are none, each with the one that was probably meant.
#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the environment")]
pub fn strangers() -> Vec<(String, Option<&'static str>)> {
    let known = || VARIABLES.iter().map(|(variable, _)| *variable).chain(OF_THEIR_OWN);
    std::env::vars_os()
        .map(|(name, _)| name.to_string_lossy().into_owned())
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
pub fn environment(name: &str) -> Option<OsString> {
    std::env::var_os(name)
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
            match parse(name, text) {
                Ok(own) => overlay(&mut settings, own, "", &mut errors),
                Err(ConfigErrors(unreadable)) => errors.extend(unreadable),
            }
        }
        let mut text = |variable: &str| match environment(variable)?.into_string() {
            Ok(text) => Some(text),
            Err(_) => {
                errors.push(error(variable, "is not UTF-8", "write it in UTF-8, or unset it"));
                None
            }
        };
        let mut from_variables = Vec::new();
        for (variable, key) in VARIABLES {
            if let Some(value) = text(variable) {
                set(&mut settings, key, value);
                from_variables.push((variable, key));
            }
        }
        let clock_file = text("YUTI_CLOCK_FILE").map(PathBuf::from);
        let mut secret = |variable: &str| text(variable).filter(|key| !key.is_empty()).map(Secret::new);
        let vault_key = secret("YUTI_VAULT_KEY");
        let (access_key, secret_key) = (secret("YUTI_FILES_ACCESS_KEY"), secret("YUTI_FILES_SECRET_KEY"));
        // What is unknown or unreadable is left out, and the rest is judged all the same: whoever mends a file wants to do it once.
        let (mut config, wrong) = typed(settings)?;
        config.clock_file = clock_file;
        config.vault.key = vault_key;
        (config.files.access_key, config.files.secret_key) = (access_key, secret_key);
        errors.extend(wrong);
        errors.extend(config.check());
        if errors.is_empty() {
            return Ok(config);
        }
        for error in &mut errors {
            if let Some((variable, _)) = from_variables.iter().find(|(_, key)| *key == error.key) {
                error.key = format!("{} (from {variable})", error.key);
            }
        }
        errors.sort_by(|a, b| a.key.cmp(&b.key));
        errors.dedup();
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
}

#[cfg(test)]
mod tests;
