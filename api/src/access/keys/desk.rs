//! Keys at the desk: all of them for an administrator (`/admin/keys`), those of the own unit's systems for its owner (`/unit/keys`).
//! What may be done to which is the table of rights.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, web};
use yuti_entity::api_key;
use yuti_openapi::ProblemCode;
use yuti_openapi::vocabulary::{KeyEnd, KeyKind, KeyScope, RaiseState, Role};
use yuti_openapi::wire::IssuedKey;
use yuti_portal::{DeskIssuedPage, DeskKeyPage, DeskKeysPage, DeskRoom, Filled, KeyAct, KeyRow};

use super::acts::{self, Act, Decision, New};
use super::fields::Rotation;
use super::pages::{not_done, offset, refused};
use super::{publish, rules, store, v1};
use crate::access::accounts::pages::desk;
use crate::access::rights::{Guarded, can};
use crate::access::session::{Permitted, Scope, SignedForm, SignedIn};
use crate::db;
use crate::http::answer::Answer;
use crate::http::extract::{Call, Segments};
use crate::http::failure::Failure;
use crate::http::fields::{Fields, FromFields};
use crate::http::form::{self, Typed};
use crate::http::once::Kept;
use crate::http::page;
use crate::state::App;

/// Keys on a page.
const PAGE: usize = 50;

/// Which of the two addresses is asked, by somebody who may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Room {
    Admin,
    Unit(i64),
}

impl Room {
    fn of(request: &HttpRequest, who: &SignedIn) -> Result<Self, Failure> {
        let unit = request.match_pattern().is_some_and(|route| route.contains("/unit/"));
        match (unit, who.role(), who.organisation_id()) {
            (false, Role::Administrator, _) => Ok(Self::Admin),
            (true, Role::UnitOwner, Some(id)) => Ok(Self::Unit(id)),
            _ => Err(Failure::new(ProblemCode::Forbidden)),
        }
    }

    fn desk(self) -> DeskRoom {
        match self {
            Self::Admin => DeskRoom::Keys,
            Self::Unit(_) => DeskRoom::UnitKeys,
        }
    }

    fn unit(self) -> Option<i64> {
        match self {
            Self::Admin => None,
            Self::Unit(id) => Some(id),
        }
    }
}

/// Whose a key is: its unit's, or one of a reader, whom the service looks after.
fn scope(row: &api_key::Model) -> Scope<'static> {
    row.organisation_id.map_or(Scope::Service, Scope::Unit)
}

/// `/admin/keys`, `/unit/keys`
///
/// # Errors
/// The role has no such room, or the database refuses.
pub async fn list(
    app: web::Data<App>,
    call: Call,
    request: HttpRequest,
    permitted: Permitted<can::KeyView>,
) -> Result<Answer, Failure> {
    if let Some(answer) = page::chosen(&app, &request) {
        return Ok(answer);
    }
    let room = Room::of(&request, permitted.who())?;
    listed(&app, &call, &request, (room, permitted.who()), Filled::default()).await
}

async fn listed(
    app: &App,
    call: &Call,
    request: &HttpRequest,
    (room, who): (Room, &SignedIn),
    issue: Filled,
) -> Result<Answer, Failure> {
    let asked = page::parameter(request, "wish").as_deref() == Some("asked");
    let before = page::parameter(request, "before").and_then(|text| text.parse().ok());
    let limit = Some(PAGE as u64 + 1);
    let filter = store::Filter { asked, organisation_id: room.unit(), before, limit };
    let mut rows = store::list(&app.db, &filter).await?;
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let wish = if asked { "&wish=asked" } else { "" };
    let next = rows.last().filter(|_| more);
    let next = next.map(|last| format!("{}?before={}{wish}", room.desk().path(), last.id));
    let status = back(&issue);
    let mut shown = Vec::new();
    for key in &rows {
        shown.push(row(app, key).await?);
    }
    let shown = DeskKeysPage {
        desk: desk(app, call, who, room.desk()).await?,
        asked,
        rows: shown,
        next,
        issue: (room != Room::Admin).then_some(issue),
    };
    Ok(page::private(shown.render(&page::frame(app, call, request).await?), call).status(status))
}

fn back(filled: &Filled) -> StatusCode {
    let refused = !filled.errors.is_empty() || filled.message.is_some();
    if refused { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }
}

async fn row(app: &App, key: &api_key::Model) -> Result<KeyRow, Failure> {
    let last = key.last_used_at.map(|at| at.with_timezone(&app.profile.time_zone));
    Ok(KeyRow {
        id: publish::handle(key.id),
        name: publish::name(&app.vault, key),
        kind: key.kind,
        unit: store::unit(&app.db, key).await?.map(|unit| unit.name),
        state: key.state,
        last: last.map(|at| at.format("%Y-%m-%d %H:%M").to_string()),
        wish: store::last_raise(&app.db, key.id).await?.map(|raise| raise.state),
    })
}

/// The key of an address, for somebody who may know of it.
async fn known<A: Guarded>(
    app: &App,
    id: &Segments,
    (room, permitted): (Room, &Permitted<A>),
) -> Result<api_key::Model, Failure> {
    let none = || Failure::new(ProblemCode::NotFound);
    let id = publish::number(id.of("id")).ok_or_else(none)?;
    let row = store::by_id(&app.db, id).await?.ok_or_else(none)?;
    let here = room.unit().is_none_or(|unit| row.organisation_id == Some(unit));
    if here && permitted.could::<can::KeyView>(scope(&row), row.state.code()) { Ok(row) } else { Err(none()) }
}

/// `/admin/keys/{id}`, `/unit/keys/{id}`
///
/// # Errors
/// There is none that this person may know of, or the database refuses.
pub async fn view(
    app: web::Data<App>,
    call: Call,
    request: HttpRequest,
    id: Segments,
    permitted: Permitted<can::KeyView>,
) -> Result<Answer, Failure> {
    if let Some(answer) = page::chosen(&app, &request) {
        return Ok(answer);
    }
    let room = Room::of(&request, permitted.who())?;
    let row = known(&app, &id, (room, &permitted)).await?;
    one(&app, &call, &request, (room, &permitted, row.id), Filled::default()).await
}

/// The page of a key as it is now.
async fn one<A: Guarded>(
    app: &App,
    call: &Call,
    request: &HttpRequest,
    (room, permitted, id): (Room, &Permitted<A>, i64),
    filled: Filled,
) -> Result<Answer, Failure> {
    let row = store::by_id(&app.db, id).await?.ok_or_else(|| Failure::new(ProblemCode::NotFound))?;
    let (today, now) = (app.today(), app.now());
    let longest = rules::longest_overlap(app.profile.policy(), today).map_err(Failure::internal)?;
    let quotas = v1::quotas(app, call, &row);
    let api_key = publish::key(&app.db, &app.keys, &row, quotas, (today, now)).await?;
    let waits = api_key.raise.as_ref().is_some_and(|raise| raise.state == RaiseState::Asked);
    let (scope, state) = (scope(&row), row.state.code());
    let holds = rules::holds(&row, now);
    let acts = [
        (waits && permitted.could::<can::KeyRaise>(scope, state), KeyAct::Decide),
        (holds && permitted.could::<can::KeyRotate>(scope, state), KeyAct::Rotate),
        (holds && permitted.could::<can::KeyRevoke>(scope, state), KeyAct::Revoke),
    ];
    let status = back(&filled);
    let shown = DeskKeyPage {
        desk: desk(app, call, permitted.who(), room.desk()).await?,
        api_key,
        acts: acts.into_iter().filter(|(can, _)| *can).map(|(_, act)| act).collect(),
        overlap_minutes: u32::try_from(longest.num_minutes()).unwrap_or_default(),
        filled,
        offset: offset(app),
    };
    Ok(page::private(shown.render(&page::frame(app, call, request).await?), call).status(status))
}

/// Back to a key's page.
fn to(call: &Call, room: Room, id: i64) -> Answer {
    let language =
        if call.language_in_path { format!("/{}", call.language.segment()) } else { String::new() };
    page::redirect(&format!("{language}{}/{}", room.desk().path(), publish::handle(id)))
}

/// `POST /admin/keys/{id}/revoke`, `POST /unit/keys/{id}/revoke`
///
/// # Errors
/// There is none that this person may know of, they must not do it, or the database refuses.
pub async fn revoke(
    app: web::Data<App>,
    call: Call,
    request: HttpRequest,
    id: Segments,
    sent: SignedForm<can::KeyRevoke>,
) -> Result<Answer, Failure> {
    let room = Room::of(&request, sent.permitted.who())?;
    let row = known(&app, &id, (room, &sent.permitted)).await?;
    let right = sent.permitted.over(scope(&row), row.state.code())?;
    let by = if room == Room::Admin { KeyEnd::ByService } else { KeyEnd::ByHolder };
    let txn = db::begin(&app.db).await?;
    let act = Act { txn: &txn, vault: &app.vault, actor: right.actor(), now: app.now() };
    acts::revoke(act, row.id, by).await?;
    txn.commit().await?;
    app.keys.ring.forget(row.id);
    Ok(to(&call, room, row.id))
}

/// What is decided about a wish.
struct Decided {
    granted: bool,
    burst: Option<u32>,
    daily: Option<u32>,
    answer: Option<String>,
}

impl FromFields for Decided {
    fn from_fields(fields: &mut Fields) -> Self {
        let decision = fields.required("decision", |fields| fields.text("decision", 10));
        let granted = decision.as_deref() == Some("grant");
        if decision.is_some_and(|word| !matches!(word.as_str(), "grant" | "refuse")) {
            fields.refuse("decision", "not_in_list", "可以是：grant, refuse。", "It can be: grant, refuse.");
        }
        let number = |number: i64| u32::try_from(number).ok();
        let burst = fields.number("burst", 1, rules::HIGHEST_BURST).and_then(number);
        let daily = fields.number("daily", 1, rules::HIGHEST_DAILY).and_then(number);
        let answer = match granted {
            true => fields.lines("answer", rules::LONGEST_REASON),
            false => fields.required("answer", |fields| fields.lines("answer", rules::LONGEST_REASON)),
        };
        Self { granted, burst, daily, answer }
    }
}

/// `POST /admin/keys/{id}/raise`
///
/// # Errors
/// There is none that this person may know of, they must not do it, or the database refuses.
pub async fn decide(
    app: web::Data<App>,
    call: Call,
    request: HttpRequest,
    id: Segments,
    sent: SignedForm<can::KeyRaise>,
) -> Result<Answer, Failure> {
    let room = Room::of(&request, sent.permitted.who())?;
    let row = known(&app, &id, (room, &sent.permitted)).await?;
    let right = sent.permitted.over(scope(&row), row.state.code())?;
    let place = (room, &sent.permitted, row.id);
    let typed = Typed::of_fields(&sent.fields);
    let decided: Decided = match form::value(sent.fields) {
        Ok(decided) => decided,
        Err(bad) => {
            return one(&app, &call, &request, place, refused(bad.typed, &bad.errors, call.language)).await;
        }
    };
    let granted = decided.granted.then_some((decided.burst, decided.daily));
    let decision = Decision { granted, answer: decided.answer.as_deref() };
    let txn = db::begin(&app.db).await?;
    let act = Act { txn: &txn, vault: &app.vault, actor: right.actor(), now: app.now() };
    if let Err(failure) = acts::decide_raise(act, row.id, decision).await {
        txn.rollback().await?;
        return one(&app, &call, &request, place, not_done(typed, failure, call.language)?).await;
    }
    txn.commit().await?;
    app.keys.ring.forget(row.id);
    Ok(to(&call, room, row.id))
}

/// What a key of a system is made of.
struct Issue {
    name: String,
    scopes: Vec<KeyScope>,
}

impl FromFields for Issue {
    fn from_fields(fields: &mut Fields) -> Self {
        let name = fields.required("name", |fields| fields.text("name", rules::LONGEST_NAME));
        let given = fields.required("scopes", |fields| fields.text("scopes", 200)).unwrap_or_default();
        let scopes = rules::scopes(&given);
        if !given.is_empty() && rules::written(&scopes) != given {
            fields.refuse("scopes", "not_in_list", "没有这个权限。", "There is no such scope.");
        }
        Self { name: name.unwrap_or_default(), scopes }
    }
}

/// `POST /unit/keys`: the key is shown in the answer, and nowhere again.
///
/// # Errors
/// The role has no such room, or the database refuses.
pub async fn issue(
    app: web::Data<App>,
    call: Call,
    request: HttpRequest,
    sent: SignedForm<can::KeyIssue>,
) -> Result<Answer, Failure> {
    let room = Room::of(&request, sent.permitted.who())?;
    let unit = room.unit().ok_or_else(|| Failure::new(ProblemCode::Forbidden))?;
    let right = sent.permitted.over(Scope::Unit(unit), "")?;
    let asked: Issue = match form::value(sent.fields) {
        Ok(asked) => asked,
        Err(bad) => {
            let filled = refused(bad.typed, &bad.errors, call.language);
            return listed(&app, &call, &request, (room, sent.permitted.who()), filled).await;
        }
    };
    let (today, now) = (app.today(), app.now());
    let end = rules::end(app.profile.policy(), KeyKind::System, today, now).map_err(Failure::internal)?;
    let txn = db::begin(&app.db).await?;
    let act = Act { txn: &txn, vault: &app.vault, actor: right.actor(), now };
    let system = Some((unit, asked.scopes.as_slice()));
    let new = New { name: &asked.name, contact: None, system, expires_at: end };
    let (row, secret) = acts::create(act, new).await?;
    let kept = v1::issued(&app, &txn, &row, &secret, &call).await?;
    txn.commit().await?;
    shown(&app, &call, &request, (room, sent.permitted.who()), &kept, false).await
}

async fn shown(
    app: &App,
    call: &Call,
    request: &HttpRequest,
    (room, who): (Room, &SignedIn),
    kept: &Kept,
    replaces: bool,
) -> Result<Answer, Failure> {
    let issued: IssuedKey = serde_json::from_str(&kept.body).map_err(Failure::internal)?;
    let desk = desk(app, call, who, room.desk()).await?;
    let shown = DeskIssuedPage { desk, issued, replaces, offset: offset(app) };
    Ok(page::private(shown.render(&page::frame(app, call, request).await?), call))
}

/// `POST /unit/keys/{id}/rotate`: the new one is shown in the answer, and nowhere again.
///
/// # Errors
/// There is none that this person may know of, they must not do it, or the database refuses.
pub async fn rotate(
    app: web::Data<App>,
    call: Call,
    request: HttpRequest,
    id: Segments,
    sent: SignedForm<can::KeyRotate>,
) -> Result<Answer, Failure> {
    let room = Room::of(&request, sent.permitted.who())?;
    let row = known(&app, &id, (room, &sent.permitted)).await?;
    let right = sent.permitted.over(scope(&row), row.state.code())?;
    let place = (room, &sent.permitted, row.id);
    let (today, now, policy) = (app.today(), app.now(), app.profile.policy());
    let longest = rules::longest_overlap(policy, today).map_err(Failure::internal)?;
    let overlap = form::value::<Rotation>(sent.fields).map_err(|bad| bad.errors);
    let overlap = match overlap.and_then(|rotation| rotation.overlap(longest).map_err(|bad| vec![bad])) {
        Ok(overlap) => overlap,
        Err(bad) => {
            let filled = refused(Typed::default(), &bad, call.language);
            return one(&app, &call, &request, place, filled).await;
        }
    };
    let end = rules::end(policy, row.kind, today, now).map_err(Failure::internal)?;
    let txn = db::begin(&app.db).await?;
    let act = Act { txn: &txn, vault: &app.vault, actor: right.actor(), now };
    let (row, secret) = acts::rotate(act, (row.id, None), overlap, end).await?;
    let kept = v1::issued(&app, &txn, &row, &secret, &call).await?;
    txn.commit().await?;
    app.keys.ring.forget(row.id);
    shown(&app, &call, &request, (room, sent.permitted.who()), &kept, true).await
}
