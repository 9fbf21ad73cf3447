//! Lists of elevators, and one elevator.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, web};
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::DatabaseConnection;
use serde::Deserialize;
use utoipa::IntoParams;
use yuti_openapi::page::Count;
use yuti_openapi::vocabulary::{ElevatorStatus, QualityFlag};
use yuti_openapi::wire::{Choice, Choices, Elevator};
use yuti_openapi::{ElevatorId, Page, ProblemCode, samples};

use super::provenance_of;
use crate::clock::start_of_day;
use crate::http::answer::Answer;
use crate::http::cursor::Cursor;
use crate::http::extract::{Call, FromParams, Nothing, Query, Segment};
use crate::http::failure::Failure;
use crate::http::list::{self, Paging, Part, STREAM_PAGE};
use crate::http::negotiate::{Format, Offered};
use crate::http::params::Params;
use crate::http::refusals::{NoElevator, Refusals};
use crate::registry::assemble;
use crate::registry::store::{self, Filter, Found, Place, SORTS, Sort};
use crate::state::App;

/// What a list of elevators can be asked.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "describes the parameters; they are read by `List`")]
pub struct ListParams {
    /// Code of the district they stand in, also of one that no longer exists.
    #[param(example = "500108")]
    district: Option<String>,
    /// `true`: those on which a mark 维保试点 is in force today; `false`: those on which none is.
    pilot: Option<bool>,
    /// The answer of their pages today.
    #[param(inline)]
    status: Option<ElevatorStatus>,
    /// Category code, of whichever catalogue.
    #[param(example = "3110")]
    category: Option<String>,
    /// Unified social credit code or id of the using unit.
    #[param(example = "91500108MA5QK0017P", pattern = "^([0-9A-HJ-NPQRTUWXY]{18}|org-[1-9][0-9]{0,17})$")]
    using_unit: Option<String>,
    /// Unified social credit code or id of the maintenance unit.
    #[param(example = "91500108MA5QK0017P", pattern = "^([0-9A-HJ-NPQRTUWXY]{18}|org-[1-9][0-9]{0,17})$")]
    maintenance_unit: Option<String>,
    /// A doubt that is noted about one of their values.
    #[param(inline)]
    quality: Option<QualityFlag>,
    /// Recorded here at or after this instant. At least once: a row can come again while it changes.
    #[param(example = "2026-11-01T00:00:00Z")]
    updated_since: Option<DateTime<Utc>>,
    /// The order. By `id`, an immutable number, no row is skipped or repeated; the others are at-least-once.
    #[param(inline)]
    sort: Option<SortWord>,
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

/// The orders.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[allow(dead_code, reason = "describes the words of a parameter")]
pub enum SortWord {
    /// By number.
    #[serde(rename = "id")]
    Id,
    /// By number, backwards.
    #[serde(rename = "-id")]
    IdDescending,
    /// By the instant of recording.
    #[serde(rename = "updated_at")]
    UpdatedAt,
    /// The newest first.
    #[serde(rename = "-updated_at")]
    UpdatedAtDescending,
    /// By the end of the inspection's validity, unknown ones last.
    #[serde(rename = "inspection_valid_until")]
    InspectionValidUntil,
}

/// How to count.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CountWord {
    /// Exactly.
    Exact,
    /// As is cheapest; may be exact.
    Estimate,
    /// Not at all.
    None,
}

/// The words of `count`.
pub const COUNTS: [(&str, CountWord); 3] =
    [("exact", CountWord::Exact), ("estimate", CountWord::Estimate), ("none", CountWord::None)];

/// The formats of a list.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[allow(dead_code, reason = "describes the words of a parameter")]
pub enum ListFormat {
    /// A page.
    Json,
    /// All of it.
    Ndjson,
}

/// A list of elevators as it was asked for.
#[derive(Clone, Debug)]
pub struct List {
    filter: Filter,
    sort: Sort,
    paging: Paging,
    count: CountWord,
}

impl FromParams for List {
    const OFFERED: Offered = Offered::List;

    fn from_params(params: &mut Params) -> Self {
        let uscc_zh = "要填 18 位统一社会信用代码（校验码要对），或单位编号，比如 org-7。";
        let uscc_en = "A unified social credit code of 18 places whose check characters hold, or the id of a unit such as org-7.";
        Self {
            filter: Filter {
                district: params.text("district", 12),
                pilot: params.flag("pilot"),
                status: params.code("status"),
                category: params.text("category", 24),
                using_unit: params.parsed("using_unit", uscc_zh, uscc_en),
                maintenance_unit: params.parsed("maintenance_unit", uscc_zh, uscc_en),
                quality: params.code("quality"),
                updated_since: params.instant("updated_since"),
                search: None,
            },
            sort: params.word("sort", &SORTS).unwrap_or_default(),
            paging: Paging::from_params(params),
            count: params.word("count", &COUNTS).unwrap_or(CountWord::None),
        }
    }
}

impl List {
    /// What a cursor is bound to.
    fn scope(&self) -> String {
        format!("elevators|{:?}|{:?}", self.filter, self.sort)
    }

    fn place(&self) -> Result<Option<Place>, Failure> {
        let Some(text) = &self.paging.cursor else { return Ok(None) };
        let cursor = Cursor::decode(text, &self.scope())?;
        let place = Place { id: cursor.id, value: cursor.value };
        if !store::fits(self.sort, &place) {
            return Err(Failure::new(ProblemCode::InvalidCursor));
        }
        Ok(Some(place))
    }
}

/// List elevators
///
/// Pages by an opaque cursor without a ceiling, or all of it as NDJSON. Nothing found is an empty list.
#[utoipa::path(
    get, path = "/v1/elevators", tag = "elevators", operation_id = "elevator_list", params(ListParams),
    responses(
        (status = 200, description = "A page of elevators.", content(
            (Page<Elevator> = "application/json", example = json!(samples::elevator_page())),
            (String = "application/x-ndjson", example = json!("{\"id\":\"el-1024\"}\n")),
        )),
        Refusals
    )
)]
pub async fn elevator_list(
    app: web::Data<App>,
    call: Call,
    request: HttpRequest,
    query: Query<List>,
) -> Result<Answer, Failure> {
    let list = query.params;
    let after = list.place()?;
    if query.format == Format::Ndjson {
        return list::whole(app, &call, after, async move |app, db, after| part(app, db, &list, after).await)
            .await;
    }
    let (db, today) = (&app.lanes.scans, app.today());
    let limit = u64::from(list.paging.limit);
    let mut rows = store::page(db, &list.filter, list.sort, after.as_ref(), limit + 1, today).await?;
    let more = rows.len() as u64 > limit;
    rows.truncate(list.paging.limit as usize);
    let next_cursor = rows.last().filter(|_| more).map(|row| cursor(&list, row));
    let next = next_cursor.as_ref().map(|cursor| list::address(&app.public_url, &request, "cursor", cursor));
    let (zone, sources) = (&app.profile.time_zone, assemble::sources(db).await?);
    let page = Page {
        items: assemble::from_sources(db, &app.reference, zone, today, &rows, &sources).await?,
        next,
        next_cursor,
        limit: list.paging.limit,
        count: count(&app, &list, today).await?,
        provenance: provenance_of(db, sources).await?,
    };
    // Every day begins with other answers than the last one ended with, even where nothing new was recorded.
    let begun = start_of_day(today, &app.profile.time_zone);
    let changed = page.provenance.data_as_of.map(|at| at.max(begun));
    Ok(list::linked(Answer::json(&page)?.last_modified(changed), page.next.as_ref()))
}

fn cursor(list: &List, row: &yuti_entity::elevator::Model) -> String {
    let place = store::place_of(row, list.sort);
    Cursor::after(place.id, place.value, &list.scope()).encode()
}

async fn count(app: &App, list: &List, today: NaiveDate) -> Result<Option<Count>, Failure> {
    if list.count == CountWord::None {
        return Ok(None);
    }
    let turn = app.lanes.search().await?;
    let total = store::count(turn.db, &list.filter, today).await?;
    Ok(Some(Count { total: i64::try_from(total).unwrap_or(i64::MAX), exact: true }))
}

async fn part(
    app: &App,
    db: &DatabaseConnection,
    list: &List,
    after: Option<Place>,
) -> Result<Part<Option<Place>>, Failure> {
    let today = app.today();
    let rows = store::page(db, &list.filter, list.sort, after.as_ref(), STREAM_PAGE, today).await?;
    let items = assemble::elevators(db, &app.reference, &app.profile.time_zone, today, &rows).await?;
    Ok((list::lines(&items)?, list::more(&rows, |row| Some(store::place_of(row, list.sort)))))
}

/// The identifier in the path.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
#[allow(dead_code, reason = "describes the parameter; it is read by `Segment`")]
pub struct IdentifierPath {
    /// Any identifier of the elevator, now or in the past: its `id`, equipment code, rescue code, certificate number, …
    /// Spaces, hyphens and full-width forms do not matter.
    #[param(example = "502718")]
    identifier: String,
}

/// The format of one thing.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "describes the parameter")]
pub struct FormatParam {
    /// `json`. Wins over `Accept`.
    #[param(inline)]
    format: Option<OnlyJson>,
}

/// The only format of one thing.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[allow(dead_code, reason = "describes the words of a parameter")]
pub enum OnlyJson {
    /// JSON.
    Json,
}

/// View an elevator
///
/// By any identifier that it carries or carried. A value that means several elevators is answered with the choices.
#[utoipa::path(
    get, path = "/v1/elevators/{identifier}", tag = "elevators", operation_id = "elevator_view",
    params(IdentifierPath, FormatParam),
    responses(
        (status = 200, description = "The elevator.", body = Elevator, example = json!(samples::elevator())),
        (status = 300, description = "Several elevators carry the identifier: the choices.", body = Choices, example = json!(samples::choices())),
        NoElevator, Refusals
    )
)]
pub async fn elevator_view(
    app: web::Data<App>,
    asked: Segment,
    _query: Query<Nothing>,
) -> Result<Answer, Failure> {
    let found = store::by_identifier(&app.db, &asked.0, app.today()).await?;
    match found.as_slice() {
        [] => Err(Failure::no_elevator(&asked.0)),
        [one] => {
            let elevator = assembled(&app, one).await?;
            let id = elevator.id;
            let answer = Answer::json(&elevator)?.last_modified(Some(changed(&app, &elevator)));
            Ok(answer.header(header::CONTENT_LOCATION, format!("/v1/elevators/{id}")))
        }
        several => Ok(Answer::json(&choices(&app, &asked.0, several))?.status(StatusCode::MULTIPLE_CHOICES)),
    }
}

/// The elevator of a row that was found.
///
/// # Errors
/// Whatever the database refuses.
pub async fn assembled(app: &App, found: &Found) -> Result<Elevator, Failure> {
    let rows = std::slice::from_ref(&found.row);
    let all = assemble::elevators(&app.db, &app.reference, &app.profile.time_zone, app.today(), rows).await?;
    all.into_iter().next().ok_or_else(|| Failure::no_elevator(&found.row.code))
}

/// When what is shown last changed: when it was recorded, or when the inspection lapsed since.
pub fn changed(app: &App, elevator: &Elevator) -> DateTime<Utc> {
    let lapse = elevator.facts.inspection.valid_until.and_then(|day| day.succ_opt());
    let lapsed = lapse.map(|day| start_of_day(day, &app.profile.time_zone)).filter(|at| *at <= app.now());
    lapsed.map_or(elevator.recorded_at, |at| at.max(elevator.recorded_at))
}

/// The choices that an identifier leaves.
pub fn choices(app: &App, asked: &str, several: &[Found]) -> Choices {
    Choices {
        identifier: asked.to_owned(),
        choices: several.iter().map(|found| choice(app, found)).collect(),
    }
}

/// One choice.
pub fn choice(app: &App, found: &Found) -> Choice {
    let row = &found.row;
    let id = ElevatorId(row.id);
    Choice {
        id,
        url: app.url(&format!("/v1/elevators/{id}")),
        code: row.code.clone(),
        kind: found.kind.clone(),
        address: row.address.clone(),
        building: row.building.clone(),
        internal_number: row.internal_number.clone(),
        district: row.district_code.as_deref().map(|code| app.reference.district(code)),
    }
}
