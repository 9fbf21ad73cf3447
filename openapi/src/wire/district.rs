//! Divisions of the city, dated.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::vocabulary::{AuthorityLevel, DistrictKind};

/// A division with the days on which it existed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct District {
    /// Its code (GB/T 2260 in Chongqing).
    #[schema(example = "500103")]
    pub code: String,
    /// Its Chinese name.
    pub name_zh: String,
    /// Its English name.
    pub name_en: String,
    /// Its kind.
    pub kind: DistrictKind,
    /// The first day; `null` where it is older than the register.
    #[schema(required = true)]
    pub valid_from: Option<NaiveDate>,
    /// The last day; `null` while it exists.
    #[schema(required = true)]
    pub valid_to: Option<NaiveDate>,
    /// The code of the division that took its place.
    #[schema(required = true)]
    pub successor: Option<String>,
    /// Codes that earlier registers used for it.
    pub earlier_codes: Vec<EarlierCode>,
    /// Functional zones that lie in it and have no code of their own.
    pub zones: Vec<Zone>,
    /// The bureaus that supervise in it.
    pub authorities: Vec<Authority>,
    /// Number of elevators registered in it.
    #[schema(minimum = 0)]
    pub elevators: i64,
    /// What else should be known.
    #[schema(required = true)]
    pub note: Option<String>,
}

/// A code that an earlier register used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EarlierCode {
    /// The old code. It may have been used again for another division since.
    pub code: String,
    /// The old name.
    pub name_zh: String,
    /// The month in which it is first seen, `YYYY-MM`.
    #[schema(required = true)]
    pub first_seen: Option<String>,
    /// The month by which it was gone, `YYYY-MM`.
    #[schema(required = true)]
    pub gone_by: Option<String>,
}

/// A functional zone: an area with a bureau of its own and no code of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Zone {
    /// Its key.
    pub key: String,
    /// Its Chinese name.
    pub name_zh: String,
    /// Its English name.
    pub name_en: String,
}

/// A bureau that supervises.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Authority {
    /// Its key.
    pub key: String,
    /// Its level.
    pub level: AuthorityLevel,
    /// Its Chinese name.
    pub name_zh: String,
    /// Its English name.
    pub name_en: String,
    /// The district it answers for; `null` for the city bureau.
    #[schema(required = true)]
    pub district: Option<String>,
    /// The functional zone it answers for.
    #[schema(required = true)]
    pub zone: Option<String>,
    /// The first day.
    #[schema(required = true)]
    pub valid_from: Option<NaiveDate>,
    /// The last day.
    #[schema(required = true)]
    pub valid_to: Option<NaiveDate>,
}
