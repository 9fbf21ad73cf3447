//! Using units and maintenance units.

use std::collections::HashMap;

use actix_web::{HttpRequest, web};
use sea_orm::DatabaseConnection;
use serde::Deserialize;
use utoipa::IntoParams;
use yuti_entity::organisation;
use yuti_openapi::page::Count;
use yuti_openapi::vocabulary::UnitRole;
use yuti_openapi::wire::{Organisation, SourceRef};
use yuti_openapi::{OrganisationId, OrganisationKey, Page, ProblemCode, samples};

use super::elevators::{COUNTS, CountWord, FormatParam, ListFormat};
use super::provenance_of;
use crate::http::answer::Answer;
use crate::http::cursor::Cursor;
use crate::http::extract::{Call, FromParams, Nothing, Query, Segment};
use crate::http::failure::Failure;
use crate::http::list::{self, Paging, Part, STREAM_PAGE};
use crate::http::negotiate::{Format, Offered};
use crate::http::params::Params;
use crate::http::refusals::{NoOrganisation, Refusals};
use crate::registry::assemble;
use crate::registry::store::{self, Playing};
use crate::state::App;

/// What a list of organisations can be asked.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "describes the parameters; they are read by `List`")]
pub struct OrganisationListParams {
    /// The part that they play: units that run elevators, or units that maintain them.
    #[param(inline)]
    role: Option<UnitRole>,
    /// How many items a page holds: 50 unless told, more than 500 count as 500.
    #[param(minimum = 1, example = 50)]
    limit: Option<u32>,
    /// The place to go on from, as `next` gave it.
    cursor: Option<String>,
    /// Whether to count all that match.
    #[param(inline)]
    count: Option<CountWord>,
    /// `json`, or `ndjson` for all that match, one a line. Wins over `Accept`.
    #[param(inline)]
    format: Option<ListFormat>,
}

/// A list of organisations as it was asked for.
#[derive(Clone, Debug)]
pub struct List {
    role: Option<Playing>,
    paging: Paging,
    count: CountWord,
}

impl FromParams for List {
    const OFFERED: Offered = Offered::List;

    fn from_params(params: &mut Params) -> Self {
        let role = params.code("role").map(|role| match role {
            UnitRole::UsingUnit => Playing::Using,
            UnitRole::MaintenanceUnit => Playing::Maintaining,
        });
        let count = params.word("count", &COUNTS).unwrap_or(CountWord::None);
        Self { role, paging: Paging::from_params(params), count }
    }
}

/// List organisations
///
/// Using units and maintenance units with the number of elevators they answer for.
#[utoipa::path(
    get, path = "/v1/organisations", tag = "organisations", operation_id = "organisation_list",
    params(OrganisationListParams),
    responses(
        (status = 200, description = "A page of organisations.", content(
            (Page<Organisation> = "application/json", example = json!(samples::organisation_page())),
            (String = "application/x-ndjson", example = json!("{\"name\":\"坎上坎电梯维保有限公司\"}\n")),
        )),
        Refusals
    )
)]
pub async fn organisation_list(
    app: web::Data<App>,
    call: Call,
    request: HttpRequest,
    query: Query<List>,
) -> Result<Answer, Failure> {
    let List { role, paging, count } = query.params;
    let scope = format!("organisations|{role:?}");
    let after = paging
        .cursor
        .as_ref()
        .map(|text| Cursor::decode(text, &scope))
        .transpose()?
        .map_or(0, |cursor| cursor.id);
    if query.format == Format::Ndjson {
        return list::whole(app, &call, after, async move |app, db, after| part(app, db, role, after).await)
            .await;
    }
    let db = &app.lanes.scans;
    let limit = u64::from(paging.limit);
    let mut rows = store::organisations(db, role, after, limit + 1).await?;
    let more = rows.len() as u64 > limit;
    rows.truncate(paging.limit as usize);
    let next_cursor = rows.last().filter(|_| more).map(|row| Cursor::after(row.id, None, &scope).encode());
    let next = next_cursor.as_ref().map(|cursor| list::address(&app.public_url, &request, "cursor", cursor));
    let count = match count {
        CountWord::None => None,
        _ => Some(store::count_organisations(app.lanes.search().await?.db, role).await?),
    };
    let sources = assemble::sources(db).await?;
    let page = Page {
        items: published(&app, db, rows, &sources).await?,
        next,
        next_cursor,
        limit: paging.limit,
        count: count.map(|total| Count { total: i64::try_from(total).unwrap_or(i64::MAX), exact: true }),
        provenance: provenance_of(db, sources).await?,
    };
    let changed = page.provenance.data_as_of;
    Ok(list::linked(Answer::json(&page)?.last_modified(changed), page.next.as_ref()))
}

async fn part(
    app: &App,
    db: &DatabaseConnection,
    role: Option<Playing>,
    after: i64,
) -> Result<Part<i64>, Failure> {
    let rows = store::organisations(db, role, after, STREAM_PAGE).await?;
    let next = list::more(&rows, |row| row.id);
    let sources = assemble::sources(db).await?;
    Ok((list::lines(&published(app, db, rows, &sources).await?)?, next))
}

async fn published(
    app: &App,
    db: &DatabaseConnection,
    rows: Vec<organisation::Model>,
    sources: &HashMap<i64, SourceRef>,
) -> Result<Vec<Organisation>, Failure> {
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let fleets = store::fleets(db, &ids).await?;
    Ok(rows.into_iter().filter_map(|row| publish(app, row, &fleets, sources)).collect())
}

fn publish(
    app: &App,
    row: organisation::Model,
    fleets: &HashMap<i64, (i64, i64)>,
    sources: &HashMap<i64, SourceRef>,
) -> Option<Organisation> {
    let (used, maintained) = fleets.get(&row.id).copied().unwrap_or_default();
    let id = OrganisationId(row.id);
    Some(Organisation {
        id,
        url: app.url(&format!("/v1/organisations/{id}")),
        uscc: row.uscc,
        name: row.name,
        elevators_used: used,
        elevators_maintained: maintained,
        source: sources.get(&row.source_id).cloned()?,
        version: row.version,
        recorded_at: row.recorded_at,
    })
}

/// The code or the id in the path.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
#[allow(dead_code, reason = "describes the parameter; it is read by `Segment`")]
pub struct UsccPath {
    /// Its unified social credit code, or its id (`org-7`).
    #[param(example = "91500108MA5QK0017P")]
    uscc: String,
}

/// View an organisation
///
/// By its unified social credit code, or by its id, which every unit has.
#[utoipa::path(
    get, path = "/v1/organisations/{uscc}", tag = "organisations", operation_id = "organisation_view",
    params(UsccPath, FormatParam),
    responses(
        (status = 200, description = "The organisation.", body = Organisation, example = json!(samples::organisation())),
        NoOrganisation, Refusals
    )
)]
pub async fn organisation_view(
    app: web::Data<App>,
    asked: Segment,
    _query: Query<Nothing>,
) -> Result<Answer, Failure> {
    let unknown = || Failure::new(ProblemCode::OrganisationNotFound);
    let key: OrganisationKey = asked.0.parse().map_err(|_| unknown())?;
    let row = store::one_organisation(&app.db, &key).await?.ok_or_else(unknown)?;
    let recorded_at = row.recorded_at;
    let sources = assemble::sources(&app.db).await?;
    let one = published(&app, &app.db, vec![row], &sources).await?.into_iter().next().ok_or_else(unknown)?;
    Ok(Answer::json(&one)?.last_modified(Some(recorded_at)))
}
