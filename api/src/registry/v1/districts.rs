//! The divisions of the city.

use actix_web::web;
use serde::Deserialize;
use utoipa::IntoParams;
use yuti_openapi::page::Count;
use yuti_openapi::wire::District;
use yuti_openapi::{Page, samples};

use super::elevators::ListFormat;
use super::provenance;
use crate::http::answer::{Answer, NDJSON};
use crate::http::extract::{Everything, Query};
use crate::http::failure::Failure;
use crate::http::list::lines;
use crate::http::negotiate::Format;
use crate::http::refusals::Refusals;
use crate::registry::store;
use crate::state::App;

/// The formats of the list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "describes the parameter")]
pub struct DistrictListParams {
    /// `json`, or `ndjson`, one a line. Wins over `Accept`.
    #[param(inline)]
    format: Option<ListFormat>,
}

/// List districts
///
/// Every division of the city, those that no longer exist among them, with their days, earlier codes, functional zones
/// and bureaus. There are few; they come on one page.
#[utoipa::path(
    get, path = "/v1/districts", tag = "catalogue", operation_id = "district_list", params(DistrictListParams),
    responses(
        (status = 200, description = "All districts.", content(
            (Page<District> = "application/json", example = json!(samples::district_page())),
            (String = "application/x-ndjson", example = json!("{\"code\":\"500108\"}\n")),
        )),
        Refusals
    )
)]
pub async fn district_list(app: web::Data<App>, query: Query<Everything>) -> Result<Answer, Failure> {
    let items = app.reference.published(&store::count_by_district(&app.lanes.scans).await?);
    if query.format == Format::Ndjson {
        return Ok(Answer::whole(NDJSON, lines(&items)?));
    }
    let total = i64::try_from(items.len()).unwrap_or(i64::MAX);
    Answer::json(&Page {
        limit: u32::try_from(items.len()).unwrap_or(u32::MAX),
        items,
        next: None,
        next_cursor: None,
        count: Some(Count { total, exact: true }),
        provenance: provenance(&app.db).await?,
    })
}
