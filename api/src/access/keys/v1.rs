//! Keys over the API: for whoever wants one, and for whoever holds one.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName};
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse, web};
use chrono::TimeDelta;
use utoipa::IntoResponses;
use yuti_entity::api_key;
use yuti_openapi::samples::{self, problem};
use yuti_openapi::vocabulary::KeyEnd;
use yuti_openapi::wire::{ApiKey, IssuedKey, KeyRotation, NewApiKey, NewKeyRaise, QuotaState};
use yuti_openapi::{Problem, ProblemCode};

use super::acts::{self, Act, New, Wish};
use super::fields::{NewKey, Raise, Rotation};
use super::secret::Secret;
use super::shown::Shown;
use super::{publish, rules, store};
use crate::access::caller::Caller;
use crate::access::limits::Class;
use crate::audit::Actor;
use crate::db;
use crate::http::answer::{Answer, CachePolicy};
use crate::http::extract::{Call, Nothing, Query, Sent, Taken};
use crate::http::failure::{BadValue, Failure, Place, Words};
use crate::http::floor;
use crate::http::once::{Kept, Once};
use crate::http::refusals::Refusals;
use crate::registry::v1::elevators::FormatParam;
use crate::state::App;

/// Where a key's holder looks at it.
const CURRENT: &str = "/v1/api-keys/current";
/// The fewest characters of an `Idempotency-Key` with which a key is made: whoever guesses it, from the same address, gets the same key.
const UNGUESSED: usize = 20;

/// What operations on the shown key can answer beside that.
#[derive(IntoResponses)]
#[allow(dead_code, reason = "described in the contract; answers are made from failures")]
pub enum NoKey {
    /// No key is shown, or one that does not hold; `errors` says why.
    #[response(status = 401, content_type = "application/problem+json", example = json!(problem(ProblemCode::KeyRefused)))]
    Key(Problem),
}

/// What operations can answer beside that which change something.
#[derive(IntoResponses)]
#[allow(dead_code, reason = "described in the contract; answers are made from failures")]
pub enum NotDone {
    /// The body did not come in time.
    #[response(status = 408, content_type = "application/problem+json", example = json!(problem(ProblemCode::RequestTimeout)))]
    Late(Problem),
    /// It does not fit the present state: the key was replaced or revoked, or a wish waits.
    #[response(status = 409, content_type = "application/problem+json", example = json!(problem(ProblemCode::Conflict)))]
    State(Problem),
    /// Values that cannot be used, each named in `errors`; or the `Idempotency-Key` was used for another body.
    #[response(status = 422, content_type = "application/problem+json", example = json!(problem(ProblemCode::Unprocessable)))]
    Values(Problem),
}

/// Make a key
///
/// For whoever reads open data: a key is counted by itself, with higher quotas than an address. It is shown once and only a digest of it
/// is stored. Making keys has a small quota of its own (`key_creation`), by address; a request that is refused takes nothing from it.
#[utoipa::path(
    post, path = "/v1/api-keys", tag = "access", operation_id = "api_key_create",
    params(FormatParam, ("Idempotency-Key" = Option<String>, Header, description = "At least 20 random characters, such as a UUID. The same key with the same body gives the same answer for 24 hours.")),
    request_body(content = NewApiKey, content_type = "application/json"),
    responses((status = 201, description = "The key. It is shown this once.", body = IssuedKey, example = json!(samples::issued_key())), NotDone, Refusals)
)]
pub async fn api_key_create(
    app: web::Data<App>,
    call: Call,
    request: HttpRequest,
    _query: Query<Nothing>,
    sent: Sent<NewKey>,
) -> Result<Answer, Failure> {
    let now = app.now();
    let address = Caller::at(call.client).address();
    let once = Once::of(&request, &format!("address {address}"), &sent.bytes)?;
    unguessed(&request)?;
    if let Some(once) = &once
        && let Some(kept) = once.before(&app.db, &app.vault, now).await?
    {
        return Ok(kept.answer());
    }
    charge(&app, &call, &request).await?;
    let new = &sent.value;
    let new = New { name: &new.name, contact: new.contact.as_deref(), system: None, expires_at: None };
    Once::done(once.as_ref(), (&app.db, &app.vault, now), async |txn| {
        let act = Act { txn, vault: &app.vault, actor: Actor::Anyone, now };
        let (row, secret) = acts::create(act, new).await?;
        issued(&app, txn, &row, &secret, &call).await
    })
    .await
    .map(Kept::answer)
}

/// Takes the making of a key from the quota of the address.
pub(super) async fn charge(app: &App, call: &Call, request: &HttpRequest) -> Result<(), Failure> {
    let verdict = app.limits.take(&Caller::at(call.client), Class::KeyCreation, false).await;
    let outcome = floor::admit(app, &verdict);
    request.extensions_mut().insert(Taken(verdict));
    outcome
}

fn unguessed(request: &HttpRequest) -> Result<(), Failure> {
    let given = request.headers().get(HeaderName::from_static("idempotency-key"));
    if given.is_none_or(|value| value.len() >= UNGUESSED) {
        return Ok(());
    }
    let detail = Words::new(
        format!("这里至少要 {UNGUESSED} 个随机字符，例如一个 UUID：猜到它的人能拿到同一个密钥。"),
        format!(
            "At least {UNGUESSED} random characters here, such as a UUID: whoever guesses it gets the same key."
        ),
    );
    let place = Place::Parameter("Idempotency-Key".to_owned());
    let errors = vec![BadValue { place, code: "too_short", detail }];
    Err(Failure { errors, ..Failure::new(ProblemCode::InvalidParameters) })
}

/// What may be asked with a key, and what is left of it.
pub(super) fn quotas(app: &App, call: &Call, row: &api_key::Model) -> Vec<QuotaState> {
    app.limits.look(&Caller::at(call.client).with(rules::holder(row)), &[Class::Lookup, Class::List])
}

/// The answer that shows a key, once.
pub(super) async fn issued(
    app: &App,
    txn: &sea_orm::DatabaseTransaction,
    row: &api_key::Model,
    secret: &Secret,
    call: &Call,
) -> Result<Kept, Failure> {
    let quotas = quotas(app, call, row);
    let api_key = publish::key(txn, &app.keys, row, quotas, (app.today(), app.now())).await?;
    let issued = IssuedKey { key: secret.reveal().to_owned(), api_key };
    let body = serde_json::to_string(&issued).map_err(Failure::internal)?;
    Ok(Kept { status: StatusCode::CREATED.as_u16(), location: Some(app.url(CURRENT)), body })
}

/// View the key you show
///
/// What it is for, what can be shown as it, what may still be asked with it, its use by day, and what became of your last wish for more.
#[utoipa::path(
    get, path = "/v1/api-keys/current", tag = "access", operation_id = "api_key_view", params(FormatParam),
    security(("api_key" = [])),
    responses((status = 200, description = "The key.", body = ApiKey, example = json!(samples::api_key())), NoKey, Refusals)
)]
pub async fn api_key_view(
    app: web::Data<App>,
    call: Call,
    _query: Query<Nothing>,
    shown: Shown,
) -> Result<Answer, Failure> {
    let row = current(&app, &shown).await?;
    let quotas = quotas(&app, &call, &row);
    let key = publish::key(&app.db, &app.keys, &row, quotas, (app.today(), app.now())).await?;
    Ok(Answer::json(&key)?.cache(CachePolicy::NoStore).header(header::VARY, "Authorization"))
}

/// The row of the shown key as it is now: what was remembered may be a second old.
pub(super) async fn current(app: &App, shown: &Shown) -> Result<api_key::Model, Failure> {
    let row = store::by_id(&app.db, shown.0.key.id).await?;
    row.ok_or_else(|| super::shown::Flaw::Unknown.into())
}

/// Revoke the key you show
///
/// At once, with everything that can be shown as it, and for good. Other copies of the service see it within a second.
#[utoipa::path(
    delete, path = "/v1/api-keys/current", tag = "access", operation_id = "api_key_revoke", params(FormatParam),
    security(("api_key" = [])),
    responses((status = 204, description = "It is revoked."), NoKey, NotDone, Refusals)
)]
pub async fn api_key_revoke(
    app: web::Data<App>,
    _query: Query<Nothing>,
    shown: Shown,
) -> Result<HttpResponse, Failure> {
    revoke(&app, shown.0.key.id).await?;
    Ok(HttpResponse::NoContent()
        .insert_header((header::CACHE_CONTROL, CachePolicy::NoStore.header()))
        .finish())
}

/// Revokes a key for its holder.
pub(super) async fn revoke(app: &App, id: i64) -> Result<(), Failure> {
    let txn = db::begin(&app.db).await?;
    let act = Act { txn: &txn, vault: &app.vault, actor: Actor::Key { id }, now: app.now() };
    acts::revoke(act, id, KeyEnd::ByHolder).await?;
    txn.commit().await?;
    app.keys.ring.forget(id);
    Ok(())
}

/// Replace the key you show
///
/// The new one is shown once. The old one holds beside it for as long as the policy allows (`api_key_overlap`, 24 hours as shipped) or you
/// ask for; what was replaced before ends at once. Quotas, use and what was granted stay with the key. Send an `Idempotency-Key`, so that
/// an answer that is lost on the way can be had again.
#[utoipa::path(
    post, path = "/v1/api-keys/current/rotate", tag = "access", operation_id = "api_key_rotate",
    params(FormatParam, ("Idempotency-Key" = Option<String>, Header, description = "Random characters, such as a UUID. The same key with the same body gives the same answer for 24 hours.")),
    security(("api_key" = [])),
    request_body(content = Option<KeyRotation>, content_type = "application/json"),
    responses((status = 201, description = "The new key. It is shown this once.", body = IssuedKey, example = json!(samples::issued_key())), NoKey, NotDone, Refusals)
)]
pub async fn api_key_rotate(
    app: web::Data<App>,
    call: Call,
    request: HttpRequest,
    _query: Query<Nothing>,
    shown: Shown,
    sent: Sent<Rotation>,
) -> Result<Answer, Failure> {
    let once = Once::of(&request, &format!("key {}", shown.0.key.id), &sent.bytes)?;
    let longest = rules::longest_overlap(app.profile.policy(), app.today()).map_err(Failure::internal)?;
    let overlap = sent.value.overlap(longest).map_err(|bad| Failure::unprocessable(vec![bad]))?;
    rotated(&app, &call, &shown, once.as_ref(), overlap).await.map(Kept::answer)
}

/// Replaces a key for its holder, once.
pub(super) async fn rotated(
    app: &App,
    call: &Call,
    shown: &Shown,
    once: Option<&Once>,
    overlap: TimeDelta,
) -> Result<Kept, Failure> {
    let (id, now) = (shown.0.key.id, app.now());
    if let Some(once) = once
        && let Some(kept) = once.before(&app.db, &app.vault, now).await?
    {
        return Ok(kept);
    }
    let end =
        rules::end(app.profile.policy(), shown.0.key.kind, app.today(), now).map_err(Failure::internal)?;
    let kept = Once::done(once, (&app.db, &app.vault, now), async |txn| {
        let act = Act { txn, vault: &app.vault, actor: Actor::Key { id }, now };
        let (row, secret) = acts::rotate(act, (id, Some(shown.0.secret)), overlap, end).await?;
        issued(app, txn, &row, &secret, call).await
    })
    .await?;
    app.keys.ring.forget(id);
    Ok(kept)
}

/// Ask for higher quotas
///
/// Whoever runs the service decides by the reason; what came of it stands at the key. One wish at a time.
#[utoipa::path(
    post, path = "/v1/api-keys/current/raise", tag = "access", operation_id = "api_key_raise_submit",
    params(FormatParam, ("Idempotency-Key" = Option<String>, Header, description = "Random characters, such as a UUID. The same key with the same body gives the same answer for 24 hours.")),
    security(("api_key" = [])),
    request_body(content = NewKeyRaise, content_type = "application/json"),
    responses((status = 201, description = "The key, with the wish.", body = ApiKey, example = json!(samples::api_key())), NoKey, NotDone, Refusals)
)]
pub async fn api_key_raise_submit(
    app: web::Data<App>,
    call: Call,
    request: HttpRequest,
    _query: Query<Nothing>,
    shown: Shown,
    sent: Sent<Raise>,
) -> Result<Answer, Failure> {
    let once = Once::of(&request, &format!("key {}", shown.0.key.id), &sent.bytes)?;
    if let Some(once) = &once
        && let Some(kept) = once.before(&app.db, &app.vault, app.now()).await?
    {
        return Ok(kept.answer());
    }
    let row = current(&app, &shown).await?;
    let flaws = sent.value.flaws(&row, &app.config.limits);
    if !flaws.is_empty() {
        return Err(Failure::unprocessable(flaws));
    }
    let wish = Wish { burst: sent.value.burst, daily: sent.value.daily, reason: &sent.value.reason };
    asked(&app, &call, &row, once.as_ref(), wish).await.map(Kept::answer)
}

/// Asks for higher quotas for a holder, once.
pub(super) async fn asked(
    app: &App,
    call: &Call,
    row: &api_key::Model,
    once: Option<&Once>,
    wish: Wish<'_>,
) -> Result<Kept, Failure> {
    let (id, now) = (row.id, app.now());
    if let Some(once) = once
        && let Some(kept) = once.before(&app.db, &app.vault, now).await?
    {
        return Ok(kept);
    }
    Once::done(once, (&app.db, &app.vault, now), async |txn| {
        let act = Act { txn, vault: &app.vault, actor: Actor::Key { id }, now };
        acts::ask_raise(act, id, wish).await?;
        let quotas = quotas(app, call, row);
        let key = publish::key(txn, &app.keys, row, quotas, (app.today(), now)).await?;
        let body = serde_json::to_string(&key).map_err(Failure::internal)?;
        Ok(Kept { status: StatusCode::CREATED.as_u16(), location: Some(app.url(CURRENT)), body })
    })
    .await
}
