//! The bureau's side.

use actix_web::{HttpRequest, web};
use sea_orm::{ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _};
use yuti_entity::{account, elevator, stored_file, unit_request};
use yuti_openapi::vocabulary::{AccountState, FilePurpose, Role, UnitRequestState};
use yuti_portal::{
    DeskRoom, Filled, Proof, UnitRequestPage, UnitRequestRow, UnitRequestsPage, unit_request_told,
};

use super::super::acts;
use super::super::rules::{self, LONGEST_TEXT};
use super::super::store::{self, Field, Filter};
use super::{bureau, parts};
use crate::access::accounts::pages::{Back, desk, done, not_found, shown, to};
use crate::access::accounts::refused::Refused;
use crate::access::rights::{Guarded, can};
use crate::access::session::{Permitted, Scope, SignedForm};
use crate::files;
use crate::http::answer::Answer;
use crate::http::extract::{Call, Segments};
use crate::http::failure::Failure;
use crate::http::fields::{Fields, FromFields};
use crate::http::form::{self, Typed};
use crate::http::page;
use crate::state::App;

/// Rows of a page of the list.
const PAGE: usize = 50;
/// Other requests for one unit that are shown.
const OTHERS: u64 = 10;

/// `/desk/unit-requests`
///
/// # Errors
/// The role has no such room, or the database refuses.
pub async fn list(
    app: web::Data<App>,
    call: Call,
    request: HttpRequest,
    permitted: Permitted<can::UnitRequestView>,
) -> Result<Answer, Failure> {
    if let Some(answer) = page::chosen(&app, &request) {
        return Ok(answer);
    }
    let wished = page::parameter(&request, "state");
    let state = match wished.as_deref() {
        Some("all") => None,
        Some(code) => Some(code.parse().unwrap_or(UnitRequestState::Received)),
        None => Some(UnitRequestState::Received),
    };
    let after = page::parameter(&request, "after").and_then(|text| text.parse().ok()).unwrap_or(0);
    let filter = Filter { authority_key: bureau_of(&permitted), state, after, ..Filter::default() };
    let waiting = Filter { state: Some(UnitRequestState::Received), after: 0, ..filter.clone() };
    let mut rows = store::list(&app.db, &filter, PAGE as u64 + 1).await?;
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let code = state.map_or("all", |state| state.code());
    let page = UnitRequestsPage {
        desk: desk(&app, &call, permitted.who(), DeskRoom::UnitRequests).await?,
        state,
        waiting: store::count(&app.db, &waiting).await?,
        next: rows
            .last()
            .filter(|_| more)
            .map(|last| format!("{}?state={code}&after={}", DeskRoom::UnitRequests.path(), last.id)),
        rows: rows.iter().map(|row| listed(&app, &call, row)).collect(),
    };
    Ok(page::private(page.render(&page::frame(&app, &call, &request).await?), &call))
}

/// The bureau to which somebody's list is narrowed; none for those who look after all.
fn bureau_of(permitted: &Permitted<can::UnitRequestView>) -> Option<String> {
    match permitted.could::<can::UnitRequestView>(Scope::Bureau(""), "") {
        true => None,
        false => Some(permitted.who().authority_key().unwrap_or_default().to_owned()),
    }
}

fn listed(app: &App, call: &Call, row: &unit_request::Model) -> UnitRequestRow {
    UnitRequestRow {
        id: row.id,
        number: row.number.clone(),
        unit_name: row.unit_name.clone(),
        role: row.role,
        bureau: bureau(app, &row.authority_key, call.language),
        state: row.state,
        filed_at: shown::time(app, row.filed_at),
    }
}

/// The request of an address, for somebody who may know of it.
async fn known<A: Guarded>(
    app: &App,
    segments: &Segments,
    permitted: &Permitted<A>,
) -> Result<unit_request::Model, Failure> {
    let id: i64 = segments.of("id").parse().map_err(|_| not_found())?;
    let row = unit_request::Entity::find_by_id(id).one(&app.db).await?.ok_or_else(not_found)?;
    let scope = Scope::Bureau(&row.authority_key);
    if permitted.could::<can::UnitRequestView>(scope, "") { Ok(row) } else { Err(not_found()) }
}

/// `/desk/unit-requests/{id}`
///
/// # Errors
/// There is none that this person may know of, or the database refuses.
pub async fn view(
    app: web::Data<App>,
    call: Call,
    request: HttpRequest,
    segments: Segments,
    permitted: Permitted<can::UnitRequestView>,
) -> Result<Answer, Failure> {
    if let Some(answer) = page::chosen(&app, &request) {
        return Ok(answer);
    }
    let row = known(&app, &segments, &permitted).await?;
    let mut page = page_of(&app, &call, &permitted, &row).await?;
    page.told = done(&request).and_then(|done| unit_request_told(&done, call.language));
    Ok(page::private(page.render(&page::frame(&app, &call, &request).await?), &call))
}

async fn page_of<A: Guarded>(
    app: &App,
    call: &Call,
    permitted: &Permitted<A>,
    row: &unit_request::Model,
) -> Result<UnitRequestPage, Failure> {
    let open = |field: Field| field.open(&app.vault, row).map_err(Failure::internal);
    let registered = store::registered(&app.db, &row.uscc).await?;
    let unit = registered.as_ref().map(|unit| unit.id);
    let same = Filter { uscc: Some(row.uscc.clone()), ..Filter::default() };
    let others = store::list(&app.db, &same, OTHERS).await?;
    let proof = files::of(&app.db, (FilePurpose::UnitRequestProof, row.id)).await?;
    let visible = |other: &&unit_request::Model| {
        other.id != row.id && permitted.could::<can::UnitRequestView>(Scope::Bureau(&other.authority_key), "")
    };
    let scope = Scope::Bureau(&row.authority_key);
    Ok(UnitRequestPage {
        desk: desk(app, call, permitted.who(), DeskRoom::UnitRequests).await?,
        row: listed(app, call, row),
        version: row.version,
        uscc: row.uscc.clone(),
        same_name: registered.as_ref().is_some_and(|unit| rules::same_name(&unit.name, &row.unit_name)),
        registered: registered.map(|unit| unit.name),
        elevators: elevators(app, unit).await?,
        has_owner: has_owner(app, unit).await?,
        contact_name: open(Field::ContactName)?,
        contact_phone: open(Field::ContactPhone)?,
        note: open(Field::Note)?,
        answer: open(Field::Answer)?,
        proof: proof.iter().map(shown_file).collect(),
        others: others.iter().filter(visible).map(|other| listed(app, call, other)).collect(),
        decided_at: row.decided_at.map(|at| shown::time(app, at)),
        can_decide: permitted.could::<can::UnitRequestDecide>(scope, row.state.code()),
        told: None,
        filled: Filled::default(),
    })
}

fn shown_file(file: &stored_file::Model) -> Proof {
    let kilobytes = file.bytes.unsigned_abs().div_ceil(1_000).max(1);
    Proof { id: file.id, media_type: file.media_type, kilobytes }
}

async fn elevators(app: &App, unit: Option<i64>) -> Result<(u64, u64), Failure> {
    let Some(unit) = unit else { return Ok((0, 0)) };
    let of = |column: elevator::Column| elevator::Entity::find().filter(column.eq(unit)).count(&app.db);
    Ok((of(elevator::Column::UsingUnitId).await?, of(elevator::Column::MaintenanceUnitId).await?))
}

async fn has_owner(app: &App, unit: Option<i64>) -> Result<bool, Failure> {
    let Some(unit) = unit else { return Ok(false) };
    let owners = account::Entity::find()
        .filter(account::Column::OrganisationId.eq(unit))
        .filter(account::Column::Role.eq(Role::UnitOwner))
        .filter(account::Column::State.ne(AccountState::Off));
    Ok(owners.count(&app.db).await? > 0)
}

/// `/desk/unit-requests/{id}/files/{file}`
///
/// # Errors
/// There is none that this person may know of, or the store refuses.
pub async fn file(
    app: web::Data<App>,
    segments: Segments,
    permitted: Permitted<can::UnitRequestView>,
) -> Result<Answer, Failure> {
    let row = known(&app, &segments, &permitted).await?;
    let proof = files::of(&app.db, (FilePurpose::UnitRequestProof, row.id)).await?;
    let wanted = segments.of("file").parse().ok();
    let file = proof.iter().find(|file| Some(file.id) == wanted).ok_or_else(not_found)?;
    Ok(files::answer(file, app.files.read(file).await?))
}

/// What comes with a decision.
struct Decision {
    version: Option<i64>,
    reason: Option<String>,
}

impl FromFields for Decision {
    fn from_fields(fields: &mut Fields) -> Self {
        Self {
            version: fields.required("version", |fields| fields.number("version", 1, i64::from(i32::MAX))),
            reason: fields.lines("reason", LONGEST_TEXT),
        }
    }
}

impl Decision {
    fn version(&self) -> i32 {
        self.version.and_then(|version| i32::try_from(version).ok()).unwrap_or_default()
    }
}

/// `POST /desk/unit-requests/{id}/accept`
///
/// # Errors
/// There is none that this person may decide, or the database refuses.
pub async fn accept(
    app: web::Data<App>,
    call: Call,
    request: HttpRequest,
    segments: Segments,
    form: SignedForm<can::UnitRequestDecide>,
) -> Result<Answer, Failure> {
    let row = known(&app, &segments, &form.permitted).await?;
    let right = form.permitted.over(Scope::Bureau(&row.authority_key), row.state.code())?;
    let outcome = match form::value::<Decision>(form.fields) {
        Ok(decision) => acts::accept(parts(&app), right, row.id, decision.version()).await,
        Err(unread) => Err(Failure::unprocessable(unread.errors).into()),
    };
    answered(&app, &call, &request, (&form.permitted, row.id), "accepted", outcome).await
}

/// `POST /desk/unit-requests/{id}/refuse`
///
/// # Errors
/// There is none that this person may decide, or the database refuses.
pub async fn refuse(
    app: web::Data<App>,
    call: Call,
    request: HttpRequest,
    segments: Segments,
    form: SignedForm<can::UnitRequestDecide>,
) -> Result<Answer, Failure> {
    let row = known(&app, &segments, &form.permitted).await?;
    let right = form.permitted.over(Scope::Bureau(&row.authority_key), row.state.code())?;
    let outcome = match form::value::<Decision>(form.fields) {
        Ok(Decision { reason: None, .. }) => Err(Refused::flaw(no_reason())),
        Ok(decision) => {
            let reason = decision.reason.as_deref().unwrap_or_default();
            acts::refuse(parts(&app), right, row.id, decision.version(), reason).await
        }
        Err(unread) => Err(Failure::unprocessable(unread.errors).into()),
    };
    answered(&app, &call, &request, (&form.permitted, row.id), "refused", outcome).await
}

fn no_reason() -> crate::access::accounts::refused::Flaw {
    crate::access::accounts::refused::Flaw::new(
        "reason",
        "missing",
        "要写原因，申请人才知道怎么补。",
        "A reason is needed, so that whoever asked knows how to mend it.",
    )
}

async fn answered(
    app: &App,
    call: &Call,
    request: &HttpRequest,
    (permitted, id): (&Permitted<can::UnitRequestDecide>, i64),
    done: &str,
    outcome: Result<(), Refused>,
) -> Result<Answer, Failure> {
    let refused = match outcome {
        Ok(()) => {
            app.committed.notify_one();
            let path = format!("{}/{id}?done={done}", DeskRoom::UnitRequests.path());
            return Ok(page::redirect(&to(call, &path)));
        }
        Err(refused) => refused,
    };
    let back = Back::refused(refused, Typed::default(), call.language)?;
    let row = unit_request::Entity::find_by_id(id).one(&app.db).await?.ok_or_else(not_found)?;
    let mut page = page_of(app, call, permitted, &row).await?;
    page.filled = back.filled.clone();
    Ok(back.answer(page.render(&page::frame(app, call, request).await?), call))
}
