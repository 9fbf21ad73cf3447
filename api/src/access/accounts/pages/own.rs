//! The own account, as pages.

use actix_web::{HttpRequest, web};
use yuti_portal::{DeskRoom, Done, Filled, OwnAccountPage, OwnForm, PasswordPage, SessionRow, told};
use zeroize::Zeroizing;

use super::super::acts;
use super::super::refused::Refused;
use super::super::rules::{self, Standing};
use super::super::store;
use super::signing_in::LONGEST_SECRET;
use super::{Back, desk, done, next_of, onwards, shown, to};
use crate::access::rights::can;
use crate::access::session::{self, Browser, Next, Present, Scope, SignedForm, SignedIn};
use crate::http::answer::Answer;
use crate::http::extract::Call;
use crate::http::failure::Failure;
use crate::http::fields::{Fields, FromFields};
use crate::http::form::{self, Typed};
use crate::http::page;
use crate::state::App;

/// The state in which somebody acts on the own account: in any other they have no session.
pub(super) const ACTIVE: &str = "active";

/// `/account`
///
/// # Errors
/// Whatever the database refuses.
pub async fn account(
    app: web::Data<App>,
    call: Call,
    request: HttpRequest,
    who: SignedIn,
) -> Result<Answer, Failure> {
    if let Some(answer) = page::chosen(&app, &request) {
        return Ok(answer);
    }
    let page = own_page(&app, &call, &request, &who, None).await?;
    Ok(page::private(page.render(&page::frame(&app, &call, &request).await?), &call))
}

/// What an address says was done: words of a closed list, so that nobody can make a page say something else.
fn said(request: &HttpRequest, call: &Call) -> Option<String> {
    let done = done(request)?;
    let what = match done.as_str() {
        "password" => Done::Password,
        "factor-removed" => Done::FactorRemoved,
        "session-ended" => Done::SessionEnded,
        many => Done::SessionsEnded(many.strip_prefix("sessions-ended-")?.parse().ok()?),
    };
    Some(told(what, call.language))
}

pub(super) async fn own_page(
    app: &App,
    call: &Call,
    request: &HttpRequest,
    who: &Present,
    refused: Option<(OwnForm, Filled)>,
) -> Result<OwnAccountPage, Failure> {
    let row = store::by_id(&app.db, who.id()).await?.ok_or_else(super::not_found)?;
    let (name, place) = shown::of_holder(app, who, call.language).await?;
    let sessions = store::sessions(&app.db, &row, app.now()).await?;
    let sessions = sessions.into_iter().map(|row| SessionRow {
        id: row.id,
        client: row.client,
        since: shown::time(app, row.created_at),
        last: shown::time(app, row.last_seen_at),
        current: row.id == who.session_id(),
    });
    Ok(OwnAccountPage {
        desk: desk(app, call, who, DeskRoom::Account).await?,
        name,
        login: row.login.clone(),
        role: row.role,
        place,
        second_factor: row.totp_secret.is_some(),
        required: rules::second_factor_required(&row, &app.config.accounts),
        codes_left: store::codes_left(&app.db, row.id).await?,
        sessions: sessions.collect(),
        told: said(request, call),
        refused,
    })
}

/// `/account/password`
///
/// # Errors
/// Whatever the database refuses.
pub async fn password(
    app: web::Data<App>,
    call: Call,
    request: HttpRequest,
    who: Present,
) -> Result<Answer, Failure> {
    if let Some(answer) = page::chosen(&app, &request) {
        return Ok(answer);
    }
    let next = Next::of(&request);
    if !matches!(who.standing, Standing::Whole | Standing::PasswordDue) {
        return Ok(onwards(&call, who.standing, next.as_ref()));
    }
    let page = password_page(&app, &call, &who, Filled::default(), next).await?;
    Ok(page::private(page.render(&page::frame(&app, &call, &request).await?), &call))
}

async fn password_page(
    app: &App,
    call: &Call,
    who: &Present,
    filled: Filled,
    next: Option<Next>,
) -> Result<PasswordPage, Failure> {
    Ok(PasswordPage {
        desk: desk(app, call, who, DeskRoom::Account).await?,
        forced: who.standing == Standing::PasswordDue,
        least: app.config.accounts.password_min_length,
        next: next.map(|next| next.path().to_owned()),
        filled,
    })
}

/// The present password and another one.
struct Passwords {
    old: Option<Zeroizing<String>>,
    new: Option<Zeroizing<String>>,
    next: Option<Next>,
}

impl FromFields for Passwords {
    fn from_fields(fields: &mut Fields) -> Self {
        Self {
            old: fields.required("password", |fields| fields.secret("password", LONGEST_SECRET)),
            new: fields.required("new_password", |fields| fields.secret("new_password", LONGEST_SECRET)),
            next: next_of(fields),
        }
    }
}

/// `POST /account/password`
///
/// # Errors
/// Whatever the database refuses.
pub async fn change_password(
    app: web::Data<App>,
    call: Call,
    request: HttpRequest,
    browser: Browser,
    form: SignedForm<can::PasswordChange>,
) -> Result<Answer, Failure> {
    let SignedForm { permitted, fields } = form;
    let who = permitted.who();
    let right = permitted.over(Scope::Account(who.id()), ACTIVE)?;
    let next = Next::wished(fields.peek("next"));
    let back = match form::value::<Passwords>(fields) {
        Err(unread) => Back::unread(unread, call.language),
        Ok(typed) => {
            let (old, new) = (typed.old.unwrap_or_default(), typed.new.unwrap_or_default());
            match acts::change_password(&app.accounts, who, right, &old, &new, browser.visitor()).await {
                Ok(entered) => {
                    let done = Next::wished(&to(&call, "/account?done=password"));
                    let answer = onwards(&call, entered.standing, typed.next.or(done).as_ref());
                    return Ok(session::enter(answer, &app, &entered));
                }
                Err(Refused::NotSignedIn) => return Ok(page::redirect(&to(&call, "/login"))),
                Err(refused) => Back::refused(refused, Typed::default(), call.language)?,
            }
        }
    };
    let page = password_page(&app, &call, who, back.filled.clone(), next).await?;
    Ok(back.answer(page.render(&page::frame(&app, &call, &request).await?), &call))
}

/// Which session.
struct Which(Option<i64>);

impl FromFields for Which {
    fn from_fields(fields: &mut Fields) -> Self {
        Self(fields.required("session", |fields| fields.number("session", 1, i64::MAX)))
    }
}

/// `POST /account/sessions/end`
///
/// # Errors
/// It is none of the own, or the database refuses.
pub async fn end_session(
    app: web::Data<App>,
    call: Call,
    form: SignedForm<can::SessionEnd>,
) -> Result<Answer, Failure> {
    let SignedForm { permitted, fields } = form;
    let who = permitted.who();
    let right = permitted.over(Scope::Account(who.id()), ACTIVE)?;
    let which = form::value::<Which>(fields).map_err(|refused| Failure::unprocessable(refused.errors))?;
    acts::end_session(&app.accounts, who, right, which.0.unwrap_or_default()).await?;
    Ok(page::redirect(&to(&call, "/account?done=session-ended")))
}

/// `POST /account/sessions/end-others`
///
/// # Errors
/// Whatever the database refuses.
pub async fn end_others(
    app: web::Data<App>,
    call: Call,
    browser: Browser,
    form: SignedForm<can::SessionEnd>,
) -> Result<Answer, Failure> {
    let SignedForm { permitted, fields } = form;
    let who = permitted.who();
    let right = permitted.over(Scope::Account(who.id()), ACTIVE)?;
    form::value::<NoFields>(fields).map_err(|refused| Failure::unprocessable(refused.errors))?;
    let ended = acts::end_other_sessions(&app.accounts, who, right, browser.visitor()).await?;
    Ok(page::redirect(&to(&call, &format!("/account?done=sessions-ended-{ended}"))))
}

/// A form that says nothing but that it was sent.
pub(super) struct NoFields;

impl FromFields for NoFields {
    fn from_fields(_: &mut Fields) -> Self {
        Self
    }
}
