//! What every handler can reach: opened once, shared by all.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::DatabaseConnection;
use tokio::sync::Notify;
use yuti_openapi::Language;
use yuti_openapi::wire::CodeList;

use crate::access::accounts::Accounts;
use crate::access::keys::Keys;
use crate::access::limits::Limits;
use crate::audit::signer::Log;
use crate::clock::Clock;
use crate::closing::Closing;
use crate::config::Config;
use crate::files::Files;
use crate::lanes::Lanes;
use crate::link::Link;
use crate::metrics::Metrics;
use crate::profile::Profile;
use crate::registry::reference::Reference;
use crate::registry::tally::Figures;
use crate::vault::Vault;

/// The running service.
pub struct App {
    /// The settings.
    pub config: Config,
    /// The address under which it is reached, without a slash at the end.
    pub public_url: String,
    /// The city.
    pub profile: Profile,
    /// Divisions, bureaus, categories.
    pub reference: Reference,
    /// The one clock.
    pub clock: Clock,
    /// The database.
    pub db: DatabaseConnection,
    /// The lane of questions that look through everything.
    pub lanes: Lanes,
    /// How many elevators the city has, for the front page.
    pub figures: Figures,
    /// Whether demonstration data is served, as the database said last.
    pub demonstration: AtomicBool,
    /// Rung when what is under way has to end.
    pub closing: Closing,
    /// Redis, where it is configured.
    pub redis: Option<Link>,
    /// Quotas.
    pub limits: Limits,
    /// What acts on accounts work with.
    pub accounts: Accounts,
    /// API keys.
    pub keys: Keys,
    /// What personal data is sealed with.
    pub vault: Arc<Vault>,
    /// The store of files.
    pub files: Files,
    /// The seal over the audit trail.
    pub log: Log,
    /// Metrics.
    pub metrics: Metrics,
    /// What the pages take from the profile.
    pub city: Arc<yuti_portal::City>,
    /// Code lists.
    pub code_lists: Vec<CodeList>,
    /// The contract, as it is served.
    pub contract: Contract,
    /// Rung when a change was committed, so that the sequencer need not wait for its tick.
    pub committed: Arc<Notify>,
}

/// The OpenAPI document in both forms.
#[derive(Clone, Debug)]
pub struct Contract {
    /// JSON.
    pub json: bytes::Bytes,
    /// YAML.
    pub yaml: bytes::Bytes,
}

impl App {
    /// The present instant.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Today where the elevators stand.
    pub fn today(&self) -> NaiveDate {
        self.clock.today(&self.profile.time_zone)
    }

    /// The language of an answer where the request's headers leave it open.
    pub fn default_language(&self) -> Language {
        match self.profile.languages.first().map(String::as_str) {
            Some("en") => Language::En,
            _ => Language::Zh,
        }
    }

    /// An absolute address of this service.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.public_url)
    }
}
