//! API keys: of readers of open data, who make them themselves, and of units' systems.
//!
//! A key is a row that stays; what is shown as it (a secret) can be replaced. Quotas, use and what was granted belong to the key, so that
//! nobody gets a fresh quota by replacing it.

pub mod acts;
pub mod desk;
pub mod fields;
pub mod pages;
pub mod publish;
pub mod rules;
pub mod secret;
pub mod shown;
pub mod store;
pub mod usage;
pub mod v1;

use std::sync::Arc;

use sea_orm::DatabaseConnection;

pub use self::shown::Known;
use self::shown::Ring;
use self::usage::Usage;
use crate::vault::Vault;

/// What acts on keys work with.
#[derive(Clone)]
pub struct Keys {
    /// The database.
    pub db: DatabaseConnection,
    /// What names, addresses and reasons are sealed with.
    pub vault: Arc<Vault>,
    /// The keys that were shown lately.
    pub ring: Arc<Ring>,
    /// How often keys are used.
    pub usage: Arc<Usage>,
}

impl Keys {
    /// Puts the parts together.
    #[must_use]
    pub fn new(db: DatabaseConnection, vault: Arc<Vault>) -> Self {
        Self { db, vault, ring: Arc::default(), usage: Arc::default() }
    }
}
