//! The change feed.

use actix_web::{HttpRequest, web};
use sea_orm::DatabaseConnection;
use serde::Deserialize;
use utoipa::IntoParams;
use yuti_entity::change;
use yuti_openapi::vocabulary::{ChangeKind, ChangeSubject};
use yuti_openapi::wire::{Change, ChangePage};
use yuti_openapi::{ElevatorId, OrganisationId, samples};

use crate::http::answer::Answer;
use crate::http::extract::{Call, FromParams, Query};
use crate::http::failure::Failure;
use crate::http::list::{self, Part, STREAM_PAGE};
use crate::http::negotiate::{Format, Offered};
use crate::http::params::Params;
use crate::http::refusals::Refusals;
use crate::opendata::feed;
use crate::registry::v1::elevators::ListFormat;
use crate::registry::v1::provenance;
use crate::state::App;

/// What the feed can be asked.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "describes the parameters; they are read by `Feed`")]
pub struct ChangeListParams {
    /// The changes after this number; 0 or nothing: from the beginning. Send `next_after` of the answer before.
    #[param(minimum = 0, example = 90211)]
    after: Option<i64>,
    /// How many items a stretch holds: 50 unless told, more than 500 count as 500.
    #[param(minimum = 1, example = 50)]
    limit: Option<u32>,
    /// `json`, or `ndjson` for all that is there now, one a line. Wins over `Accept`.
    #[param(inline)]
    format: Option<ListFormat>,
}

/// The feed as it was asked for.
#[derive(Clone, Copy, Debug)]
pub struct Feed {
    after: i64,
    limit: u32,
}

impl FromParams for Feed {
    const OFFERED: Offered = Offered::List;

    fn from_params(params: &mut Params) -> Self {
        let after =
            params.parsed::<i64>("after", "要填 0 以上的整数。", "A whole number from 0.").unwrap_or(0);
        if after < 0 {
            params.refuse("after", "out_of_range", "要填 0 以上的整数。", "A whole number from 0.");
        }
        Self { after, limit: list::limit(params) }
    }
}

/// Read the change feed
///
/// Each committed public change has a number; numbers grow in the order in which changes became visible, so that a reader
/// who goes on from `next_after` misses none. With nothing new the reader gets back its own number.
#[utoipa::path(
    get, path = "/v1/changes", tag = "changes", operation_id = "change_list", params(ChangeListParams),
    responses(
        (status = 200, description = "A stretch of the feed.", content(
            (ChangePage = "application/json", example = json!(samples::change_page())),
            (String = "application/x-ndjson", example = json!("{\"seq\":90211}\n")),
        )),
        Refusals
    )
)]
pub async fn change_list(
    app: web::Data<App>,
    call: Call,
    request: HttpRequest,
    query: Query<Feed>,
) -> Result<Answer, Failure> {
    let Feed { after, limit } = query.params;
    if query.format == Format::Ndjson {
        return list::whole(app, &call, after, part).await;
    }
    let mut rows = feed::after(&app.db, after, u64::from(limit) + 1).await?;
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let next_after = rows.last().and_then(|row| row.seq).unwrap_or(after);
    let next = list::address(&app.public_url, &request, "after", &next_after.to_string());
    let items = rows.into_iter().filter_map(|row| published(&app, row)).collect();
    let page = ChangePage { items, next_after, next, more, limit, provenance: provenance(&app.db).await? };
    let changed = page.items.last().map(|change| change.at);
    Ok(list::linked(Answer::json(&page)?.last_modified(changed), Some(&page.next)))
}

async fn part(app: &App, db: &DatabaseConnection, after: i64) -> Result<Part<i64>, Failure> {
    let rows = feed::after(db, after, STREAM_PAGE).await?;
    let next = list::more(&rows, |row| row.seq.unwrap_or(after));
    let items: Vec<Change> = rows.into_iter().filter_map(|row| published(app, row)).collect();
    Ok((list::lines(&items)?, next))
}

/// What withdrew a thing left no resource behind.
fn published(app: &App, row: change::Model) -> Option<Change> {
    // By the number and not by the handle that was kept: entries of older versions of the service have a unit's code or name there.
    let (id, list) = match row.subject {
        ChangeSubject::Elevator => (ElevatorId(row.subject_id).to_string(), "elevators"),
        ChangeSubject::Organisation => (OrganisationId(row.subject_id).to_string(), "organisations"),
    };
    let url = (row.kind != ChangeKind::Withdrawn).then(|| app.url(&format!("/v1/{list}/{id}")));
    Some(Change {
        seq: row.seq?,
        at: row.at,
        subject: row.subject,
        id,
        code: row.code,
        url,
        kind: row.kind,
        reason: row.reason,
        version: row.version,
    })
}
