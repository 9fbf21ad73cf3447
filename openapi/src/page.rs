//! Pages of lists, and what every list says about where its data comes from.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::wire::SourceRef;

/// How many items a list answers where nothing is asked.
pub const DEFAULT_LIMIT: u32 = 50;
/// The most items one page holds. A larger wish is lowered to it and the applied number is said in `limit`.
pub const LARGEST_LIMIT: u32 = 500;

/// Where data comes from and how fresh it is. Every list carries one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Provenance {
    /// The licence of the data, as a short name.
    #[schema(example = "CC BY 4.0")]
    pub licence: String,
    /// The registers from which the items come.
    pub sources: Vec<SourceRef>,
    /// The newest instant at which a fact of this data set was recorded here; `null` while it is empty.
    #[schema(required = true)]
    pub data_as_of: Option<DateTime<Utc>>,
    /// True where demonstration data is among it: all fictitious.
    pub demonstration: bool,
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Page<T> {
    /// The items, in the order of `sort`.
    pub items: Vec<T>,
    /// The address of the next page with all filters kept; `null` on the last one. Also in the header `Link`.
    #[schema(required = true)]
    pub next: Option<String>,
    /// The opaque cursor inside `next`.
    #[schema(required = true)]
    pub next_cursor: Option<String>,
    /// The number of items a page holds, as applied.
    pub limit: u32,
    /// The number of items that match, where `count` asked for it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub count: Option<Count>,
    /// Licence, sources and freshness.
    pub provenance: Provenance,
}

/// How many items match.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Count {
    /// The number.
    #[schema(minimum = 0)]
    pub total: i64,
    /// False where the number is an estimate.
    pub exact: bool,
}
