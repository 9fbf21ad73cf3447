//! How often somebody may call, and what calls cost.

use serde::Deserialize;

use super::{Config, ConfigError, error};

/// The quotas.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitsConfig {
    /// API, short window.
    pub burst: QuotaConfig,
    /// API, a day.
    pub daily: QuotaConfig,
    /// Whole lists.
    pub export: QuotaConfig,
    /// Pages.
    pub pages: QuotaConfig,
    /// API, short window, by key.
    pub key_burst: QuotaConfig,
    /// API, a day, by key.
    pub key_daily: QuotaConfig,
    /// API, short window, by a unit's system.
    pub system_burst: QuotaConfig,
    /// API, a day, by a unit's system.
    pub system_daily: QuotaConfig,
    /// Attempts to log in, by address.
    pub log_in: QuotaConfig,
    /// Attempts to log in, by the name that is tried.
    pub log_in_name: QuotaConfig,
    /// Making API keys.
    pub key_creation: QuotaConfig,
    /// Filing complaints.
    pub complaint: QuotaConfig,
    /// Units that ask for an account.
    pub unit_request: QuotaConfig,
    /// Counting together with other copies.
    pub shared: SharedLimitsConfig,
}

impl LimitsConfig {
    /// Every quota with its key.
    pub fn quotas(&self) -> [(&'static str, QuotaConfig); 13] {
        [
            ("burst", self.burst),
            ("daily", self.daily),
            ("export", self.export),
            ("pages", self.pages),
            ("key_burst", self.key_burst),
            ("key_daily", self.key_daily),
            ("system_burst", self.system_burst),
            ("system_daily", self.system_daily),
            ("log_in", self.log_in),
            ("log_in_name", self.log_in_name),
            ("key_creation", self.key_creation),
            ("complaint", self.complaint),
            ("unit_request", self.unit_request),
        ]
    }
}

/// How long Redis may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SharedLimitsConfig {
    /// To answer.
    pub timeout_milliseconds: u64,
    /// Before it is tried again.
    pub retry_milliseconds: u64,
}

/// One quota.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuotaConfig {
    /// How much.
    pub quota: u32,
    /// In how many seconds.
    pub window_seconds: u32,
}

/// What calls cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CostsConfig {
    /// One thing.
    pub lookup: u32,
    /// A page of a list.
    pub list: u32,
}

impl Config {
    pub(super) fn check_limits(&self) -> Vec<ConfigError> {
        let mut errors = Vec::new();
        for (name, limit) in self.limits.quotas() {
            if limit.quota == 0 || limit.window_seconds == 0 || limit.window_seconds > 31_536_000 {
                errors.push(error(
                    format!("limits.{name}"),
                    "admits nothing or has no window",
                    "set quota to 1 or more and window_seconds to 1 up to 31536000",
                ));
            } else if u64::from(limit.quota) > u64::from(limit.window_seconds) * 1_000_000 {
                errors.push(error(
                    format!("limits.{name}"),
                    "is more than can be counted",
                    "set quota to at most a million for each second of window_seconds",
                ));
            }
        }
        let shared = self.limits.shared;
        if !(1..=1_000).contains(&shared.timeout_milliseconds) {
            errors.push(error("limits.shared.timeout_milliseconds", "is out of range", "choose 1 to 1000"));
        }
        if !(100..=60_000).contains(&shared.retry_milliseconds) {
            errors.push(error("limits.shared.retry_milliseconds", "is out of range", "choose 100 to 60000"));
        }
        // Each policy must cover its dearest call, or that call could never be made.
        for (name, cost) in [("lookup", self.costs.lookup), ("list", self.costs.list)] {
            let quotas = self.limits.quotas().into_iter();
            let mut counted = quotas.filter(|(name, _)| name.ends_with("burst") || name.ends_with("daily"));
            if cost == 0 || counted.any(|(_, limit)| cost > limit.quota) {
                errors.push(error(
                    format!("costs.{name}"),
                    "is 0 or more than a whole quota",
                    "choose at least 1 and at most each quota of limits whose name ends in burst or daily",
                ));
            }
        }
        errors
    }
}
