//! Keys as pages, for those who write no program to get one.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, web};
use chrono::{FixedOffset, Offset as _};
use yuti_entity::api_key;
use yuti_openapi::wire::IssuedKey;
use yuti_openapi::{Language, ProblemCode};
use yuti_portal::{FieldError, Filled, IssuedKeyPage, KeyQuotas, KeysPage, MyKeyPage, RevokedKeyPage};

use super::acts::{self, Act, New, Wish};
use super::fields::{NewKey, Raise, Rotation};
use super::secret::{NoSecret, Secret};
use super::shown::{Flaw, Shown};
use super::{publish, rules, v1};
use crate::access::caller::Caller;
use crate::audit::Actor;
use crate::chance;
use crate::config::QuotaConfig;
use crate::http::answer::Answer;
use crate::http::extract::Call;
use crate::http::failure::{BadValue, Failure, Place};
use crate::http::fields::Fields;
use crate::http::form::{self, PublicForm, Refused, Typed};
use crate::http::once::{Kept, Once};
use crate::http::page;
use crate::state::App;

/// `/keys`
///
/// # Errors
/// Whatever the database refuses.
pub async fn keys(app: web::Data<App>, call: Call, request: HttpRequest) -> Result<Answer, Failure> {
    if let Some(answer) = page::chosen(&app, &request) {
        return Ok(answer);
    }
    let nothing = (Filled::default(), Filled::default());
    form(&app, &call, &request, nothing, StatusCode::OK).await
}

/// The forms, empty or as they came back: for a new key, and for showing one.
async fn form(
    app: &App,
    call: &Call,
    request: &HttpRequest,
    (new, mine): (Filled, Filled),
    status: StatusCode,
) -> Result<Answer, Failure> {
    let limits = &app.config.limits;
    let quotas = |burst: QuotaConfig, daily: QuotaConfig| KeyQuotas {
        burst: burst.quota,
        window_seconds: burst.window_seconds,
        daily: daily.quota,
    };
    let shown = KeysPage {
        new,
        mine,
        once: chance::request_id(),
        anonymous: quotas(limits.burst, limits.daily),
        key: quotas(limits.key_burst, limits.key_daily),
    };
    let mut frame = page::frame(app, call, request).await?;
    // The page of a form that was sent leads back to the empty form.
    frame.path = "/keys".to_owned();
    Ok(page::private(shown.render(&frame), call).status(status))
}

/// What was typed, and what is wrong with which field, in the reader's language.
pub(super) fn refused(typed: Typed, errors: &[BadValue], language: Language) -> Filled {
    let error = |bad: &BadValue| {
        let (Place::Pointer(place) | Place::Parameter(place)) = &bad.place;
        let field = place.trim_start_matches("#/").to_owned();
        FieldError { field, text: bad.detail.pick(language).to_owned() }
    };
    Filled { typed: typed.all(), errors: errors.iter().map(error).collect(), message: None }
}

/// Why it was not done, in the reader's language. A fault of ours goes its own way.
pub(super) fn not_done(typed: Typed, failure: Failure, language: Language) -> Result<Filled, Failure> {
    match (&failure.cause, &failure.detail) {
        (None, Some(words)) => {
            let message = Some(words.pick(language).to_owned());
            Ok(Filled { typed: typed.all(), errors: Vec::new(), message })
        }
        _ => Err(failure),
    }
}

/// `POST /keys`
///
/// # Errors
/// The form is none of ours, or whatever the database refuses.
pub async fn make(
    app: web::Data<App>,
    call: Call,
    request: HttpRequest,
    sent: PublicForm,
) -> Result<Answer, Failure> {
    let mut fields = sent.0;
    let token = fields.take("once").unwrap_or_default();
    let typed = Typed::of_fields(&fields);
    let new: NewKey = match form::value(fields) {
        Ok(new) => new,
        Err(Refused { errors, typed }) => {
            let back = (refused(typed, &errors, call.language), Filled::default());
            return form(&app, &call, &request, back, StatusCode::UNPROCESSABLE_ENTITY).await;
        }
    };
    match made(&app, &call, &request, &token, &new).await {
        Ok(kept) => show_issued(&app, &call, &request, &kept, false).await,
        Err(failure) if failure.code == ProblemCode::QuotaExceeded => {
            let wait = failure.retry_after.unwrap_or(1).to_string();
            let back = (not_done(typed, failure, call.language)?, Filled::default());
            let answer = form(&app, &call, &request, back, StatusCode::TOO_MANY_REQUESTS).await?;
            Ok(answer.header(header::RETRY_AFTER, wait))
        }
        Err(failure) => Err(failure),
    }
}

async fn made(
    app: &App,
    call: &Call,
    request: &HttpRequest,
    token: &str,
    new: &NewKey,
) -> Result<Kept, Failure> {
    let now = app.now();
    let who = format!("address {}", Caller::at(call.client).address());
    let said = format!("{}\n{}", new.name, new.contact.as_deref().unwrap_or_default());
    let once = Once::in_form("keys", &who, token, &said);
    if let Some(once) = &once
        && let Some(kept) = once.before(&app.db, &app.vault, now).await?
    {
        return Ok(kept);
    }
    v1::charge(app, call, request).await?;
    let new = New { name: &new.name, contact: new.contact.as_deref(), system: None, expires_at: None };
    Once::done(once.as_ref(), (&app.db, &app.vault, now), async |txn| {
        let act = Act { txn, vault: &app.vault, actor: Actor::Anyone, now };
        let (row, secret) = acts::create(act, new).await?;
        v1::issued(app, txn, &row, &secret, call).await
    })
    .await
}

async fn show_issued(
    app: &App,
    call: &Call,
    request: &HttpRequest,
    kept: &Kept,
    replaces: bool,
) -> Result<Answer, Failure> {
    let issued: IssuedKey = serde_json::from_str(&kept.body).map_err(Failure::internal)?;
    let mut frame = page::frame(app, call, request).await?;
    frame.path = "/keys".to_owned();
    let shown = IssuedKeyPage { issued, replaces, offset: offset(app) };
    Ok(page::private(shown.render(&frame), call))
}

pub(super) fn offset(app: &App) -> FixedOffset {
    app.now().with_timezone(&app.profile.time_zone).offset().fix()
}

/// `GET /keys/mine`: a key never stands in an address, so that there is nothing to show.
pub async fn ask(call: Call) -> Answer {
    let language =
        if call.language_in_path { format!("/{}", call.language.segment()) } else { String::new() };
    page::redirect(&format!("{language}/keys"))
}

/// `POST /keys/mine`
///
/// # Errors
/// The form is none of ours, or whatever the database refuses.
pub async fn mine(
    app: web::Data<App>,
    call: Call,
    request: HttpRequest,
    sent: PublicForm,
) -> Result<Answer, Failure> {
    let mut fields = sent.0;
    let typed = fields.secret("key", 200);
    let found = found(&app, typed.as_deref().map_or("", |typed| typed.trim())).await;
    let (secret, shown) = match found {
        Ok(found) => found,
        Err(failure) => {
            let told = not_done(Typed::default(), failure, call.language)?;
            let error = |text| FieldError { field: "key".to_owned(), text };
            let mine = Filled { errors: told.message.map(error).into_iter().collect(), ..Filled::default() };
            let back = (Filled::default(), mine);
            return form(&app, &call, &request, back, StatusCode::UNPROCESSABLE_ENTITY).await;
        }
    };
    let act = fields.take("act").unwrap_or_default();
    let holder = Holder { app: &app, call: &call, request: &request, secret, shown };
    match act.as_str() {
        "rotate" => holder.rotate(fields).await,
        "raise" => holder.raise(fields).await,
        "revoke" => holder.revoke().await,
        _ => holder.look(Filled::default(), false).await,
    }
}

async fn found(app: &App, typed: &str) -> Result<(Secret, Shown), Failure> {
    let secret = Secret::shown(typed).map_err(|no| match no {
        NoSecret::Form => Flaw::Form,
        NoSecret::Check => Flaw::Check,
    })?;
    let known = app.keys.ring.find(&app.db, &secret, app.now()).await?;
    Ok((secret, Shown(known)))
}

/// Somebody who holds a key and has just typed it.
struct Holder<'a> {
    app: &'a App,
    call: &'a Call,
    request: &'a HttpRequest,
    secret: Secret,
    shown: Shown,
}

impl Holder<'_> {
    fn id(&self) -> i64 {
        self.shown.0.key.id
    }

    fn who(&self) -> String {
        format!("key {}", self.id())
    }

    async fn look(&self, filled: Filled, asked: bool) -> Result<Answer, Failure> {
        let Self { app, call, .. } = *self;
        let row: api_key::Model = v1::current(app, &self.shown).await?;
        let today = app.today();
        let quotas = v1::quotas(app, call, &row);
        let longest = rules::longest_overlap(app.profile.policy(), today).map_err(Failure::internal)?;
        let refused = !filled.errors.is_empty() || filled.message.is_some();
        let status = if refused { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
        let shown = MyKeyPage {
            key: self.secret.reveal().to_owned(),
            api_key: publish::key(&app.db, &app.keys, &row, quotas, (today, app.now())).await?,
            overlap_minutes: u32::try_from(longest.num_minutes()).unwrap_or_default(),
            filled,
            asked,
            once: chance::request_id(),
            offset: offset(app),
        };
        let mut frame = page::frame(app, call, self.request).await?;
        frame.path = "/keys".to_owned();
        Ok(page::private(shown.render(&frame), call).status(status))
    }

    async fn rotate(&self, mut fields: Fields) -> Result<Answer, Failure> {
        let Self { app, call, request, .. } = *self;
        let token = fields.take("once").unwrap_or_default();
        let rotation: Rotation = match form::value(fields) {
            Ok(rotation) => rotation,
            Err(bad) => return self.look(refused(bad.typed, &bad.errors, call.language), false).await,
        };
        let longest = rules::longest_overlap(app.profile.policy(), app.today()).map_err(Failure::internal)?;
        let overlap = match rotation.overlap(longest) {
            Ok(overlap) => overlap,
            Err(bad) => {
                return self.look(refused(Typed::default(), &[bad], call.language), false).await;
            }
        };
        let said = overlap.num_minutes().to_string();
        let once = Once::in_form("rotate", &self.who(), &token, &said);
        match v1::rotated(app, call, &self.shown, once.as_ref(), overlap).await {
            Ok(kept) => show_issued(app, call, request, &kept, true).await,
            Err(failure) => self.look(not_done(Typed::default(), failure, call.language)?, false).await,
        }
    }

    async fn raise(&self, mut fields: Fields) -> Result<Answer, Failure> {
        let Self { app, call, .. } = *self;
        let token = fields.take("once").unwrap_or_default();
        let typed = Typed::of_fields(&fields);
        let raise: Raise = match form::value(fields) {
            Ok(raise) => raise,
            Err(bad) => return self.look(refused(bad.typed, &bad.errors, call.language), false).await,
        };
        let row = v1::current(app, &self.shown).await?;
        let flaws = raise.flaws(&row, &app.config.limits);
        if !flaws.is_empty() {
            return self.look(refused(typed, &flaws, call.language), false).await;
        }
        let said = format!("{:?} {:?} {}", raise.burst, raise.daily, raise.reason);
        let once = Once::in_form("raise", &self.who(), &token, &said);
        let wish = Wish { burst: raise.burst, daily: raise.daily, reason: &raise.reason };
        match v1::asked(app, call, &row, once.as_ref(), wish).await {
            Ok(_) => self.look(Filled::default(), true).await,
            Err(failure) => self.look(not_done(typed, failure, call.language)?, false).await,
        }
    }

    async fn revoke(&self) -> Result<Answer, Failure> {
        let Self { app, call, request, .. } = *self;
        v1::revoke(app, self.id()).await?;
        let mut frame = page::frame(app, call, request).await?;
        frame.path = "/keys".to_owned();
        Ok(page::private(RevokedKeyPage.render(&frame), call))
    }
}
