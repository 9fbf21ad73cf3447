//! API keys, as their holders see them.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::QuotaState;
use crate::vocabulary::{KeyEnd, KeyKind, KeyScope, KeyState, RaiseState};

/// What a key is made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NewApiKey {
    /// What the key is for, in the holder's words: the name of the application. Nobody but its holder and whoever runs the service sees it.
    #[schema(min_length = 1, max_length = 80, example = "小区电梯看板")]
    pub name: String,
    /// An e-mail address at which whoever runs the service can reach the holder; it need not be given.
    #[schema(max_length = 200, example = "dev@example.org")]
    pub contact: Option<String>,
}

/// A key that was just made. This is the only time that it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct IssuedKey {
    /// The key itself. Keep it; only a digest of it is stored here.
    #[schema(example = "yuti_ak_Zr3kQ8fUw1LxYp7bNs5aJd0vTe2mHg1yrsDb")]
    pub key: String,
    /// What is known about it.
    pub api_key: ApiKey,
}

/// A key, without the key itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ApiKey {
    /// Its number, to be named in questions: `key-17`. It is no secret, and stays the same when the key is replaced.
    pub id: String,
    /// Whose it is.
    pub kind: KeyKind,
    /// What it is for, in the holder's words.
    pub name: String,
    /// The holder's e-mail address, where one was given.
    #[schema(required = true)]
    pub contact: Option<String>,
    /// The unit whose system it is, by its unified social credit code where it has one.
    #[schema(required = true)]
    pub organisation: Option<KeyOrganisation>,
    /// What the key of a system is good for, beside reading.
    pub scopes: Vec<KeyScope>,
    /// Whether it holds.
    pub state: KeyState,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it ends by itself; `null` where it does not.
    #[schema(required = true)]
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was revoked.
    #[schema(required = true)]
    pub revoked_at: Option<DateTime<Utc>>,
    /// Who revoked it.
    #[schema(required = true)]
    pub revoked_by: Option<KeyEnd>,
    /// What can be shown as this key, newest first: after a replacement the one before holds for a while, too.
    pub secrets: Vec<KeySecret>,
    /// What may still be asked with it, by policy.
    pub quotas: Vec<QuotaState>,
    /// The last wish for higher quotas.
    #[schema(required = true)]
    pub raise: Option<KeyRaise>,
    /// Its use on each of the last 30 days on which it was used, newest first, by the days of the city. What other copies of the
    /// service answered within the last seconds may be missing.
    pub usage: Vec<KeyUsage>,
}

/// The unit of a system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct KeyOrganisation {
    /// The unified social credit code.
    #[schema(required = true)]
    pub uscc: Option<String>,
    /// The name.
    pub name: String,
}

/// What can be shown as a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct KeySecret {
    /// How it begins.
    #[schema(example = "yuti_ak_Zr3k")]
    pub prefix: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Until when it holds, where another one replaced it.
    #[schema(required = true)]
    pub valid_until: Option<DateTime<Utc>>,
}

/// Use on one day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct KeyUsage {
    /// The day.
    pub day: NaiveDate,
    /// Calls that were answered, whatever the answer.
    #[schema(minimum = 0)]
    pub calls: u64,
    /// Calls that a quota refused. They are not among `calls`.
    #[schema(minimum = 0)]
    pub refused: u64,
}

/// What a holder wants instead of the usual quotas.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NewKeyRaise {
    /// For the short window (`burst`), where that does not suffice.
    #[schema(minimum = 1, maximum = 100_000, example = 600)]
    pub burst: Option<u32>,
    /// For a day (`daily`), where that does not suffice.
    #[schema(minimum = 1, maximum = 100_000_000, example = 1_000_000)]
    pub daily: Option<u32>,
    /// What for. Whoever runs the service decides by it.
    #[schema(min_length = 1, max_length = 1000, example = "每天为 3 万台电梯各读一次状态")]
    pub reason: String,
}

/// A wish for higher quotas and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct KeyRaise {
    /// How it stands.
    pub state: RaiseState,
    /// For the short window: what was asked for, or granted.
    #[schema(required = true, minimum = 1)]
    pub burst: Option<u32>,
    /// For a day: what was asked for, or granted.
    #[schema(required = true, minimum = 1)]
    pub daily: Option<u32>,
    /// What for, in the holder's words.
    pub reason: String,
    /// When it was asked for.
    pub asked_at: DateTime<Utc>,
    /// When it was decided.
    #[schema(required = true)]
    pub decided_at: Option<DateTime<Utc>>,
    /// What whoever decided says about it.
    #[schema(required = true)]
    pub answer: Option<String>,
}

/// How a key is to be replaced.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct KeyRotation {
    /// How many minutes the old one holds beside the new one: 0 ends it at once, which is right for one that leaked. Without this member as
    /// long as the policy allows (`api_key_overlap`), which is also the most.
    #[schema(minimum = 0, example = 60)]
    pub overlap_minutes: Option<u32>,
}
