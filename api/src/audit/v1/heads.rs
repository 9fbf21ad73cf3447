//! Signed heads.

use actix_web::{HttpRequest, web};
use sea_orm::DatabaseConnection;
use serde::Deserialize;
use utoipa::IntoParams;
use yuti_entity::seal_head;
use yuti_openapi::wire::TreeHead;
use yuti_openapi::{Page, samples};

use super::last_head;
use crate::audit::{publish, store};
use crate::http::answer::{Answer, NOTE};
use crate::http::cursor::Cursor;
use crate::http::extract::{Call, FromParams, Query};
use crate::http::failure::Failure;
use crate::http::list::{self, Paging, Part, STREAM_PAGE};
use crate::http::negotiate::{Format, Offered};
use crate::http::params::Params;
use crate::http::refusals::Refusals;
use crate::registry::v1::elevators::ListFormat;
use crate::registry::v1::provenance;
use crate::state::App;

/// The form of a head.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "describes the parameter; it is read by `AsNote`")]
pub struct HeadParams {
    /// `json`, or `note` for the signed note as plain text. Wins over `Accept`.
    #[param(inline)]
    format: Option<HeadFormat>,
}

/// The forms of a head.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[allow(dead_code, reason = "describes the words of a parameter")]
pub enum HeadFormat {
    /// JSON.
    Json,
    /// A signed note.
    Note,
}

/// A thing that also comes as a signed note.
#[derive(Clone, Copy, Debug)]
pub struct AsNote;

impl FromParams for AsNote {
    const OFFERED: Offered = Offered::Note;

    fn from_params(_: &mut Params) -> Self {
        Self
    }
}

/// View the last signed head
///
/// The head of the tree over the audit trail: what it covers cannot be changed any more without everybody seeing it who kept
/// the head. As a signed note it is a C2SP checkpoint.
#[utoipa::path(
    get, path = "/v1/transparency/head", tag = "transparency", operation_id = "transparency_head_view", params(HeadParams),
    responses(
        (status = 200, description = "The head.", content(
            (TreeHead = "application/json", example = json!(samples::tree_head())),
            (String = "text/plain; charset=utf-8", example = json!(samples::tree_head().checkpoint)),
        )),
        Refusals
    )
)]
pub async fn transparency_head_view(app: web::Data<App>, query: Query<AsNote>) -> Result<Answer, Failure> {
    let row = last_head(&app).await?;
    let (head, at) = (publish::head(app.log.origin(), &row)?, row.at);
    let answer = match query.format {
        Format::Note => Answer::whole(NOTE, head.checkpoint),
        Format::Json | Format::Ndjson => Answer::json(&head)?,
    };
    Ok(answer.last_modified(Some(at)))
}

/// What the list of heads can be asked.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "describes the parameters; they are read by `Heads`")]
pub struct HeadListParams {
    /// How many items a page holds: 50 unless told, more than 500 count as 500.
    #[param(minimum = 1, example = 50)]
    limit: Option<u32>,
    /// The place to go on from, as `next` gave it.
    cursor: Option<String>,
    /// `json`, or `ndjson` for all of them, one a line. Wins over `Accept`.
    #[param(inline)]
    format: Option<ListFormat>,
}

/// A list of heads as it was asked for.
#[derive(Clone, Debug)]
pub struct Heads {
    paging: Paging,
}

impl FromParams for Heads {
    const OFFERED: Offered = Offered::List;

    fn from_params(params: &mut Params) -> Self {
        Self { paging: Paging::from_params(params) }
    }
}

/// The cursor of this list fits no other.
const HEADS: &str = "transparency heads";

/// List signed heads
///
/// All of them, from that of the empty tree on, by size. A list never changes but at its end.
#[utoipa::path(
    get, path = "/v1/transparency/heads", tag = "transparency", operation_id = "transparency_head_list", params(HeadListParams),
    responses(
        (status = 200, description = "A page of heads.", content(
            (Page<TreeHead> = "application/json", example = json!(samples::tree_head_page())),
            (String = "application/x-ndjson", example = json!("{\"size\":2}\n")),
        )),
        Refusals
    )
)]
pub async fn transparency_head_list(
    app: web::Data<App>,
    call: Call,
    request: HttpRequest,
    query: Query<Heads>,
) -> Result<Answer, Failure> {
    let paging = query.params.paging;
    let after = paging.cursor.as_ref().map(|text| Cursor::decode(text, HEADS)).transpose()?;
    let after = after.map_or(-1, |cursor| cursor.id);
    if query.format == Format::Ndjson {
        return list::whole(app, &call, after, part).await;
    }
    let mut rows = store::heads(&app.db, after, u64::from(paging.limit) + 1).await?;
    let more = rows.len() > paging.limit as usize;
    rows.truncate(paging.limit as usize);
    let changed = rows.last().map(|row| row.at);
    let next_cursor = rows.last().filter(|_| more).map(|row| Cursor::after(row.size, None, HEADS).encode());
    let next = next_cursor.as_ref().map(|cursor| list::address(&app.public_url, &request, "cursor", cursor));
    let items = published(&app, &rows)?;
    let provenance = provenance(&app.db).await?;
    let page = Page { items, next, next_cursor, limit: paging.limit, count: None, provenance };
    Ok(list::linked(Answer::json(&page)?.last_modified(changed), page.next.as_ref()))
}

fn published(app: &App, rows: &[seal_head::Model]) -> Result<Vec<TreeHead>, Failure> {
    rows.iter().map(|row| publish::head(app.log.origin(), row).map_err(Failure::from)).collect()
}

async fn part(app: &App, db: &DatabaseConnection, after: i64) -> Result<Part<i64>, Failure> {
    let rows = store::heads(db, after, STREAM_PAGE).await?;
    Ok((list::lines(&published(app, &rows)?)?, list::more(&rows, |row| row.size)))
}
