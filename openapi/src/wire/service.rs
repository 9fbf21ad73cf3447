//! The policy in force, the caller's quota, health.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::vocabulary::{Confidence, LimitPolicy};

/// The numbers of the law and of the service, with the clause each comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PolicyInForce {
    /// The profile's key.
    pub profile: String,
    /// The day that was asked for.
    pub on: NaiveDate,
    /// A version of the policy file: changes whenever the file does.
    pub version: String,
    /// The pilot policy that is in use.
    #[schema(required = true)]
    pub pilot_policy: Option<String>,
    /// The last day for which the working-day calendar is known; later dates are provisional.
    #[schema(required = true)]
    pub calendar_known_until: Option<NaiveDate>,
    /// The entries in force on that day.
    pub entries: Vec<PolicyEntry>,
}

/// One number or rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PolicyEntry {
    /// Its key. Entries that follow each other in time share it.
    pub key: String,
    /// Its value; `null` where the law of that day sets no limit.
    #[schema(required = true)]
    pub value: Option<PolicyValue>,
    /// The value's unit: `working_day`, `calendar_day`, `month`, …
    #[schema(required = true)]
    pub unit: Option<String>,
    /// What is limited, in Chinese.
    pub label_zh: String,
    /// What is limited, in English.
    pub label_en: String,
    /// What starts the clock, in Chinese.
    #[schema(required = true)]
    pub starts_zh: Option<String>,
    /// What starts the clock, in English.
    #[schema(required = true)]
    pub starts_en: Option<String>,
    /// The clause or article it comes from.
    #[schema(required = true)]
    pub clause: Option<String>,
    /// The instrument it comes from, in Chinese.
    #[schema(required = true)]
    pub basis_zh: Option<String>,
    /// The instrument it comes from, in English.
    #[schema(required = true)]
    pub basis_en: Option<String>,
    /// The first day.
    pub valid_from: NaiveDate,
    /// The last day; `null` while no end is known.
    #[schema(required = true)]
    pub valid_to: Option<NaiveDate>,
    /// How sure it is; `setting` where this service chose it.
    pub confidence: Confidence,
    /// What else should be known, in Chinese.
    #[schema(required = true)]
    pub note_zh: Option<String>,
    /// What else should be known, in English.
    #[schema(required = true)]
    pub note_en: Option<String>,
}

/// The value of an entry of the policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum PolicyValue {
    /// A number.
    Number(i64),
    /// Several numbers, ascending.
    Numbers(Vec<i64>),
    /// A day of the year, `MM-DD`.
    Text(String),
}

/// What the caller may still ask.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Quota {
    /// Every policy that applies to the caller.
    pub policies: Vec<QuotaState>,
    /// What the operations cost.
    pub costs: Vec<QuotaCost>,
    /// How the numbers are enforced, in words.
    pub rule: String,
}

/// One policy and what is left of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct QuotaState {
    /// The policy.
    pub policy: LimitPolicy,
    /// The quota.
    #[schema(minimum = 1)]
    pub quota: u32,
    /// The window in seconds.
    #[schema(minimum = 1)]
    pub window_seconds: u32,
    /// What is left now.
    #[schema(minimum = 0)]
    pub remaining: u32,
    /// Seconds until more is left than now; 0 where all of it is.
    #[schema(minimum = 0)]
    pub reset_seconds: u32,
}

/// What one kind of operation costs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct QuotaCost {
    /// The kind: `lookup`, `list`, `export`, …
    pub class: String,
    /// Its cost.
    #[schema(minimum = 0)]
    pub cost: u32,
}

/// Whether the service can do its work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Health {
    /// `ok`, `degraded` (it works, something beside it does not) or `unavailable`.
    pub status: String,
    /// Each part.
    pub checks: Vec<HealthCheck>,
}

/// One part of the service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HealthCheck {
    /// The part: `database`, `migrations`, `redis`.
    pub name: String,
    /// `ok`, `off`, `degraded` or `unavailable`.
    pub status: String,
}
