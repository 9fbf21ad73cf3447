//! Accounts of officers and units: how they are made, signed in to, recovered, and switched off.

pub mod acts;
pub mod demo;
pub mod gate;
pub mod hashing;
pub mod pages;
pub mod password;
pub mod refused;
pub mod rules;
pub mod session;
pub mod store;
#[cfg(test)]
mod tests;
pub mod token;
pub mod totp;
pub mod upkeep;

use std::sync::Arc;

use chrono::NaiveDate;
use chrono_tz::Tz;
use sea_orm::DatabaseConnection;
use yuti_entity::Timestamp;

use self::hashing::{HashError, Hasher};
use crate::clock::Clock;
use crate::config::AccountsConfig;
use crate::metrics::{Metrics, SignIns};
use crate::vault::Vault;

/// What acts on accounts work with.
#[derive(Clone)]
pub struct Accounts {
    /// The database.
    pub db: DatabaseConnection,
    /// What names and secrets are sealed with.
    pub vault: Arc<Vault>,
    /// The one clock.
    pub clock: Clock,
    /// The time zone of the city.
    pub zone: Tz,
    /// Digests of passwords.
    pub hasher: Hasher,
    /// Counts attempts to sign in.
    pub sign_ins: SignIns,
    /// The settings.
    pub settings: Arc<AccountsConfig>,
}

impl Accounts {
    /// Puts the parts together.
    ///
    /// # Errors
    /// The settings are no parameters of Argon2.
    pub fn new(
        db: DatabaseConnection,
        vault: Arc<Vault>,
        clock: Clock,
        zone: Tz,
        settings: AccountsConfig,
        metrics: &Metrics,
    ) -> Result<Self, HashError> {
        let hasher = Hasher::new(settings.hash, metrics.password_digests())?;
        let sign_ins = metrics.sign_ins();
        Ok(Self { db, vault, clock, zone, hasher, sign_ins, settings: Arc::new(settings) })
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn today(&self) -> NaiveDate {
        self.clock.today(&self.zone)
    }
}
