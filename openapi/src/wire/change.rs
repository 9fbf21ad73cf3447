//! The change feed.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::page::Provenance;
use crate::vocabulary::{ChangeKind, ChangeReason, ChangeSubject};

/// One committed change of what is public.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Change {
    /// Its place in the feed: strictly increasing in the order in which changes became visible, never used twice.
    #[schema(minimum = 1)]
    pub seq: i64,
    /// The instant at which it was recorded.
    pub at: DateTime<Utc>,
    /// What it is about.
    pub subject: ChangeSubject,
    /// The id of the subject, an elevator's or an organisation's: never changed, never used twice.
    #[schema(example = "el-1024")]
    pub id: String,
    /// What people know the subject by: an elevator's usual number, a unit's code or, where it has none, its name.
    pub code: String,
    /// The address of the subject's resource; `null` only where it was withdrawn.
    #[schema(required = true)]
    pub url: Option<String>,
    /// What happened.
    pub kind: ChangeKind,
    /// Why.
    pub reason: ChangeReason,
    /// The subject's version after the change.
    #[schema(minimum = 1)]
    pub version: i32,
}

/// A stretch of the feed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ChangePage {
    /// The changes after `after`, in order.
    pub items: Vec<Change>,
    /// What to send as `after` next time. It never goes back: with nothing new it is the `after` that was sent.
    #[schema(minimum = 0)]
    pub next_after: i64,
    /// The address of the next stretch.
    pub next: String,
    /// True where more changes are waiting already.
    pub more: bool,
    /// The number of items a stretch holds, as applied.
    pub limit: u32,
    /// Licence, sources and freshness.
    pub provenance: Provenance,
}
