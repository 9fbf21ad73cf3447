//! Units, as everyone may see them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::SourceRef;
use crate::identifier::OrganisationId;

/// A using unit or maintenance unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Organisation {
    /// Its id, which never changes and is never used twice.
    pub id: OrganisationId,
    /// The address of its resource.
    #[schema(example = "https://yuti.example/v1/organisations/org-7")]
    pub url: String,
    /// Its unified social credit code (GB 32100-2015); `null` where the register gives none that holds.
    #[schema(required = true)]
    pub uscc: Option<String>,
    /// Its name.
    pub name: String,
    /// Number of elevators it answers for as using unit.
    #[schema(minimum = 0)]
    pub elevators_used: i64,
    /// Number of elevators it maintains.
    #[schema(minimum = 0)]
    pub elevators_maintained: i64,
    /// The register it comes from.
    pub source: SourceRef,
    /// The number of the version, counted from 1.
    #[schema(minimum = 1)]
    pub version: i32,
    /// The instant at which this version was recorded here.
    pub recorded_at: DateTime<Utc>,
}
