//! The tables of the configuration that have no rules of their own, and secrets. What each setting means is in `config.default.toml`.

use std::fmt;
use std::path::PathBuf;

use ipnet::IpNet;
use serde::Deserialize;
use zeroize::Zeroizing;

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
