//! Sealed entries as far as they are public, and the keys.

use actix_web::web;
use serde::Deserialize;
use utoipa::IntoParams;
use yuti_openapi::samples;
use yuti_openapi::wire::{LogEntry, LogKeys};

use super::{sealed, unknown};
use crate::audit::canonical::hex;
use crate::audit::store::{self, number};
use crate::audit::{entry, publish};
use crate::http::answer::Answer;
use crate::http::extract::{Nothing, Query, Segment};
use crate::http::failure::Failure;
use crate::http::refusals::{NoLogEntry, Refusals};
use crate::registry::v1::elevators::FormatParam;
use crate::state::App;

/// No column holds a larger place.
const LAST: u64 = i64::MAX as u64;

/// The place in the path.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
#[allow(dead_code, reason = "describes the parameter; it is read by `Segment`")]
pub struct IndexPath {
    /// The place of the entry, from 0.
    #[param(minimum = 0, example = 0)]
    index: i64,
}

/// View a sealed entry
///
/// Its hash, and since when it is sealed. The entry itself is there only for acts that concern everybody: those of the operator on public data and on
/// the seal.
#[utoipa::path(
    get, path = "/v1/transparency/entries/{index}", tag = "transparency", operation_id = "transparency_entry_view",
    params(IndexPath, FormatParam),
    responses(
        (status = 200, description = "The entry.", body = LogEntry, example = json!(samples::log_entry())),
        NoLogEntry, Refusals
    )
)]
pub async fn transparency_entry_view(
    app: web::Data<App>,
    asked: Segment,
    _query: Query<Nothing>,
) -> Result<Answer, Failure> {
    // One address for each entry: no signs, no leading zeros.
    let index = asked.0.parse().ok().filter(|index: &u64| index.to_string() == asked.0 && *index < LAST);
    let index = index.ok_or_else(unknown)?;
    let row = store::entry_at(&app.db, index).await?;
    let (leaf_index, leaf_hash) = sealed(row.as_ref())?;
    let head = store::head_after(&app.db, index).await?.ok_or_else(unknown)?;
    let row = row.filter(entry::is_public);
    let found = LogEntry {
        leaf_index,
        leaf_hash: hex(&leaf_hash),
        sealed_at_size: number(head.size),
        sealed_at: head.at,
        entry: row.as_ref().map(entry::sealed_part).transpose().map_err(Failure::internal)?,
    };
    Ok(Answer::json(&found)?.last_modified(Some(head.at)))
}

/// List keys
///
/// The keys that sign heads and signed them, the one in use last, with the sizes for which each speaks.
#[utoipa::path(
    get, path = "/v1/transparency/keys", tag = "transparency", operation_id = "transparency_key_list", params(FormatParam),
    responses(
        (status = 200, description = "The keys.", body = LogKeys, example = json!(samples::log_keys())),
        Refusals
    )
)]
pub async fn transparency_key_list(app: web::Data<App>, _query: Query<Nothing>) -> Result<Answer, Failure> {
    let rows = store::keys(&app.db).await?;
    let changed = rows.last().map(|row| row.recorded_at);
    let keys = publish::keys(app.log.origin(), &rows)?;
    Ok(Answer::json(&keys)?.last_modified(changed))
}
