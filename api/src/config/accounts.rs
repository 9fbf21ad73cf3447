//! Settings of accounts: passwords, sessions, second factors, delays.

use serde::Deserialize;
use yuti_openapi::vocabulary::Role;

use super::{ConfigError, error};

/// Settings of accounts. Their meaning is in `config.default.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountsConfig {
    /// The fewest characters of a password.
    pub password_min_length: usize,
    /// Roles that must have a second factor.
    pub second_factor_roles: Vec<Role>,
    /// Hours for which an invitation holds.
    pub invitation_hours: u32,
    /// Hours for which a recovery link holds.
    pub recovery_hours: u32,
    /// Minutes for the second factor after the password.
    pub second_factor_minutes: u32,
    /// Days for which a device is known.
    pub known_device_days: u32,
    /// Sessions of officers.
    pub officers: SpanConfig,
    /// Sessions of units.
    pub units: SpanConfig,
    /// How passwords are digested.
    pub hash: HashConfig,
    /// Delays after wrong passwords.
    pub password_delay: DelayConfig,
    /// Delays after wrong codes.
    pub code_delay: DelayConfig,
}

/// How long sessions and accounts last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpanConfig {
    /// Minutes without use.
    pub idle_minutes: u32,
    /// Hours in any case.
    pub hours: u32,
    /// Days without signing in until the account sleeps.
    pub dormant_days: u32,
}

/// How passwords are digested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HashConfig {
    /// Memory of one digest in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
    /// Digests at a time; 0 for one each processor.
    pub at_once: usize,
    /// Longest wait for a turn.
    pub wait_seconds: u32,
}

/// Delays after failed attempts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DelayConfig {
    /// Failures from one place that cost nothing.
    pub free: u32,
    /// Failures from all unknown devices together that cost nothing.
    pub free_all: u32,
    /// The longest delay.
    pub longest_seconds: u32,
    /// Minutes without a failure after which they are counted anew.
    pub quiet_minutes: u32,
}

impl AccountsConfig {
    /// What is wrong with the values.
    pub(super) fn check(&self) -> Vec<ConfigError> {
        let mut errors = Vec::new();
        let mut within = |key: &str, value: u64, least: u64, most: u64| {
            if !(least..=most).contains(&value) {
                errors.push(error(
                    format!("accounts.{key}"),
                    "is out of range",
                    format!("choose {least} to {most}"),
                ));
            }
        };
        let length = u64::try_from(self.password_min_length).unwrap_or(u64::MAX);
        within("password_min_length", length, 8, 64);
        within("invitation_hours", self.invitation_hours.into(), 1, 8_760);
        within("recovery_hours", self.recovery_hours.into(), 1, 8_760);
        within("second_factor_minutes", self.second_factor_minutes.into(), 1, 60);
        within("known_device_days", self.known_device_days.into(), 1, 3_650);
        for (name, span) in [("officers", self.officers), ("units", self.units)] {
            within(&format!("{name}.hours"), span.hours.into(), 1, 8_760);
            within(&format!("{name}.dormant_days"), span.dormant_days.into(), 1, 3_650);
            within(
                &format!("{name}.idle_minutes"),
                span.idle_minutes.into(),
                1,
                u64::from(span.hours).saturating_mul(60),
            );
        }
        let hash = self.hash;
        within("hash.lanes", hash.lanes.into(), 1, 16);
        within("hash.memory_kib", hash.memory_kib.into(), 8 * u64::from(hash.lanes.max(1)), 4_194_304);
        within("hash.passes", hash.passes.into(), 1, 100);
        within("hash.at_once", u64::try_from(hash.at_once).unwrap_or(u64::MAX), 0, 256);
        within("hash.wait_seconds", hash.wait_seconds.into(), 1, 60);
        for (name, delay) in [("password_delay", self.password_delay), ("code_delay", self.code_delay)] {
            within(&format!("{name}.free"), delay.free.into(), 1, 100);
            within(&format!("{name}.free_all"), delay.free_all.into(), delay.free.into(), 10_000);
            // A longer delay would lock people out: whoever forgets a password still has to get in on the same day.
            within(&format!("{name}.longest_seconds"), delay.longest_seconds.into(), 1, 3_600);
            within(
                &format!("{name}.quiet_minutes"),
                delay.quiet_minutes.into(),
                u64::from(delay.longest_seconds).div_ceil(60),
                1_440,
            );
        }
        errors
    }
}

#[cfg(test)]
impl AccountsConfig {
    /// The shipped settings, with digests that cost next to nothing.
    pub(crate) fn for_test() -> Self {
        #![allow(clippy::unwrap_used, reason = "tests")]
        let mut config = super::Config::load(None, &|_| None).unwrap().accounts;
        config.hash = HashConfig { memory_kib: 64, passes: 1, lanes: 1, at_once: 2, wait_seconds: 10 };
        config
    }
}
