//! What was registered of an elevator before.

use actix_web::{HttpRequest, web};
use sea_orm::DatabaseConnection;
use serde::Deserialize;
use utoipa::IntoParams;
use yuti_entity::past_version;
use yuti_openapi::wire::{ElevatorFacts, ElevatorVersion};
use yuti_openapi::{Page, ProblemCode, samples};

use super::elevators::{IdentifierPath, ListFormat};
use super::provenance;
use crate::http::answer::Answer;
use crate::http::cursor::Cursor;
use crate::http::extract::{Call, FromParams, Query, Segment};
use crate::http::failure::Failure;
use crate::http::list::{self, Paging, Part, STREAM_PAGE};
use crate::http::negotiate::{Format, Offered};
use crate::http::params::Params;
use crate::http::refusals::{NoElevator, Refusals};
use crate::registry::store::{self, Found};
use crate::registry::{assemble, facts};
use crate::state::App;

/// What a list of versions can be asked.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "describes the parameters; they are read by `History`")]
pub struct HistoryParams {
    /// How many items a page holds: 50 unless told, more than 500 count as 500.
    #[param(minimum = 1, example = 50)]
    limit: Option<u32>,
    /// The place to go on from, as `next` gave it.
    cursor: Option<String>,
    /// `json`, or `ndjson` for all versions, one a line. Wins over `Accept`.
    #[param(inline)]
    format: Option<ListFormat>,
}

/// A list of versions as it was asked for.
#[derive(Clone, Debug)]
pub struct History(Paging);

impl FromParams for History {
    const OFFERED: Offered = Offered::List;

    fn from_params(params: &mut Params) -> Self {
        Self(Paging::from_params(params))
    }
}

/// List the versions of an elevator
///
/// Every version of what was registered, the current one first: the days for which it speaks, when it was recorded here,
/// when a later one took its place, and which fields differ from the one before.
#[utoipa::path(
    get, path = "/v1/elevators/{identifier}/history", tag = "elevators", operation_id = "elevator_history_list",
    params(IdentifierPath, HistoryParams),
    responses(
        (status = 200, description = "A page of versions.", content(
            (Page<ElevatorVersion> = "application/json", example = json!(samples::history_page())),
            (String = "application/x-ndjson", example = json!("{\"version\":3}\n")),
        )),
        (status = 300, description = "Several elevators carry the identifier: the choices.", body = yuti_openapi::wire::Choices, example = json!(samples::choices())),
        NoElevator, Refusals
    )
)]
pub async fn elevator_history_list(
    app: web::Data<App>,
    call: Call,
    request: HttpRequest,
    asked: Segment,
    query: Query<History>,
) -> Result<Answer, Failure> {
    let found = store::by_identifier(&app.db, &asked.0, app.today()).await?;
    let one = match found.as_slice() {
        [] => return Err(Failure::no_elevator(&asked.0)),
        [one] => one,
        several => {
            let choices = super::elevators::choices(&app, &asked.0, several);
            return Ok(Answer::json(&choices)?.status(actix_web::http::StatusCode::MULTIPLE_CHOICES));
        }
    };
    let Paging { limit, cursor } = query.params.0;
    let scope = format!("history|{}", one.row.id);
    let below = cursor.map(|text| Cursor::decode(&text, &scope)).transpose()?.map(|cursor| cursor.id);
    if query.format == Format::Ndjson {
        let one = one.clone();
        return list::whole(app, &call, below, async move |app, db, below| part(app, db, &one, below).await)
            .await;
    }
    let (items, more) = versions(&app, &app.db, one, below, limit).await?;
    let last = items.last().filter(|_| more).map(|item| i64::from(item.version));
    let next_cursor = last.map(|version| Cursor::after(version, None, &scope).encode());
    let next = next_cursor.as_ref().map(|cursor| list::address(&app.public_url, &request, "cursor", cursor));
    let page = Page { items, next, next_cursor, limit, count: None, provenance: provenance(&app.db).await? };
    Ok(list::linked(Answer::json(&page)?, page.next.as_ref()))
}

async fn part(
    app: &App,
    db: &DatabaseConnection,
    found: &Found,
    below: Option<i64>,
) -> Result<Part<Option<i64>>, Failure> {
    let limit = u32::try_from(STREAM_PAGE).unwrap_or(u32::MAX);
    let (items, more) = versions(app, db, found, below, limit).await?;
    let last = items.last().filter(|_| more).map(|item| Some(i64::from(item.version)));
    Ok((list::lines(&items)?, last))
}

/// Versions below a number, newest first, and whether there are more.
async fn versions(
    app: &App,
    db: &DatabaseConnection,
    found: &Found,
    below: Option<i64>,
    limit: u32,
) -> Result<(Vec<ElevatorVersion>, bool), Failure> {
    let row = &found.row;
    let below = below.and_then(|number| i32::try_from(number).ok());
    let wanted = limit as usize;
    // One more than the page holds: the page's last version is compared with the one before it.
    let past = store::past(db, row.id, below.unwrap_or(row.version), u64::from(limit) + 1).await?;
    let mut versions = Vec::with_capacity(past.len() + 1);
    if below.is_none() {
        versions.push(ElevatorVersion {
            version: row.version,
            valid_from: row.valid_from,
            valid_to: None,
            recorded_at: row.recorded_at,
            superseded_at: None,
            kind: row.change_kind,
            reason: row.change_reason,
            changed: Vec::new(),
            facts: assemble::facts_of(db, &app.reference, row).await?,
        });
    }
    for version in past {
        versions.push(published(version)?);
    }
    for place in 1..versions.len() {
        let (later, earlier) = versions.split_at_mut(place);
        if let (Some(after), Some(before)) = (later.last_mut(), earlier.first()) {
            after.changed = facts::differences(&before.facts, &after.facts);
        }
    }
    let more = versions.len() > wanted;
    versions.truncate(wanted);
    Ok((versions, more))
}

fn published(row: past_version::Model) -> Result<ElevatorVersion, Failure> {
    let facts: ElevatorFacts = serde_json::from_str(&row.facts)
        .map_err(|cause| Failure { cause: Some(Box::new(cause)), ..Failure::new(ProblemCode::Internal) })?;
    Ok(ElevatorVersion {
        version: row.version,
        valid_from: row.valid_from,
        valid_to: row.valid_to,
        recorded_at: row.recorded_at,
        superseded_at: Some(row.superseded_at),
        kind: row.change_kind,
        reason: row.change_reason,
        changed: Vec::new(),
        facts,
    })
}
