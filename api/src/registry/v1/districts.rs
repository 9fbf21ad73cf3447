//! The divisions of the city.

use actix_web::web;
use yuti_openapi::page::Count;
use yuti_openapi::wire::District;
use yuti_openapi::{Page, samples};

use super::elevators::FormatParam;
use super::provenance;
use crate::http::answer::Answer;
use crate::http::extract::{Nothing, Query};
use crate::http::failure::Failure;
use crate::http::refusals::Refusals;
use crate::registry::store;
use crate::state::App;

/// List districts
///
/// Every division of the city, those that no longer exist among them, with their days, earlier codes, functional zones
/// and bureaus. There are few; they come on one page.
#[utoipa::path(
    get, path = "/v1/districts", tag = "catalogue", operation_id = "district_list", params(FormatParam),
    responses(
        (status = 200, description = "All districts.", body = Page<District>, example = json!(samples::district_page())),
        Refusals
    )
)]
pub async fn district_list(app: web::Data<App>, _query: Query<Nothing>) -> Result<Answer, Failure> {
    let items = app.reference.published(&store::count_by_district(&app.db).await?);
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
