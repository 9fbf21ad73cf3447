//! The steps of signing in, as pages.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, web};
use yuti_openapi::vocabulary::LinkPurpose;
use yuti_portal::{Filled, LinkPage, LoginPage, NoticePage, SecondFactorPage};
use zeroize::Zeroizing;

use super::super::acts::{self, LinkSeen, SignIn};
use super::super::refused::Refused;
use super::super::rules::{self, Standing};
use super::super::store;
use super::super::token::Token;
use super::{Back, next_of, onwards, shown, to};
use crate::access::caller::Caller;
use crate::access::limits::Class;
use crate::access::session::{self, Browser, Next, Present, StepForm};
use crate::http::answer::Answer;
use crate::http::extract::{Call, Segment};
use crate::http::failure::Failure;
use crate::http::fields::{Fields, FromFields};
use crate::http::form::{self, PublicForm, Typed};
use crate::http::page;
use crate::state::App;

/// The longest password that is read at all; longer ones are refused where they are judged.
pub(super) const LONGEST_SECRET: usize = 1_000;

/// `/login`
///
/// # Errors
/// Whatever the database refuses.
pub async fn login(app: web::Data<App>, call: Call, request: HttpRequest) -> Result<Answer, Failure> {
    if let Some(answer) = page::chosen(&app, &request) {
        return Ok(answer);
    }
    let next = Next::of(&request);
    if session::maybe(&request).await?.is_some_and(|who| who.standing == Standing::Whole) {
        return Ok(onwards(&call, Standing::Whole, next.as_ref()));
    }
    let page = LoginPage {
        filled: Filled::default(),
        next: next.map(|next| next.path().to_owned()),
        signed_out: page::parameter(&request, "done").is_some_and(|done| done == "signed-out"),
    };
    Ok(page::private(page.render(&page::frame(&app, &call, &request).await?), &call))
}

/// Log-in and password.
struct Typing {
    login: Option<String>,
    password: Option<Zeroizing<String>>,
    next: Option<Next>,
}

impl FromFields for Typing {
    fn from_fields(fields: &mut Fields) -> Self {
        Self {
            login: fields.required("login", |fields| fields.text("login", 200)),
            password: fields.required("password", |fields| fields.secret("password", LONGEST_SECRET)),
            next: next_of(fields),
        }
    }
}

/// `POST /login`
///
/// # Errors
/// Whatever the database refuses.
pub async fn sign_in(
    app: web::Data<App>,
    call: Call,
    request: HttpRequest,
    browser: Browser,
    form: PublicForm,
) -> Result<Answer, Failure> {
    let next = Next::wished(form.0.peek("next"));
    let back = match form::value::<Typing>(form.0.strict()) {
        Err(unread) => Back::unread(unread, call.language),
        Ok(typing) => {
            let login = typing.login.unwrap_or_default();
            match attempt(&app, &call, &browser, &login, &typing.password.unwrap_or_default()).await {
                Ok(entered) => {
                    let answer = onwards(&call, entered.standing, typing.next.as_ref());
                    return Ok(session::enter(answer, &app, &entered));
                }
                Err(refused) => Back::refused(refused, Typed::one("login", &login), call.language)?,
            }
        }
    };
    let next = next.map(|next| next.path().to_owned());
    let page = LoginPage { filled: back.filled.clone(), next, signed_out: false };
    Ok(back.answer(page.render(&page::frame(&app, &call, &request).await?), &call))
}

/// One attempt, if the quotas let it through. They are not asked for a device that is known to the account: a stranger who uses them
/// up must not keep its holder out. The act itself counts its failures.
async fn attempt(
    app: &App,
    call: &Call,
    browser: &Browser,
    login: &str,
    password: &str,
) -> Result<acts::Entered, Refused> {
    let plain = rules::plain_login(login);
    let account = store::by_login(&app.db, &plain).await?.map_or(0, |account| account.id);
    let known = match browser.visitor().device {
        Some(token) => store::device(&app.db, account, token, app.now()).await?.is_some(),
        None => false,
    };
    if !known {
        let by_address = app.limits.take(&Caller::at(call.client), Class::LogIn, false).await;
        admitted(app, &by_address)?;
        admitted(app, &app.limits.take_name(&plain).await)?;
    }
    let what = SignIn { login, password, before: browser.before.as_ref() };
    acts::sign_in(&app.accounts, what, browser.visitor()).await
}

fn admitted(app: &App, verdict: &crate::access::limits::Verdict) -> Result<(), Refused> {
    let Some(policy) = verdict.refused_by else { return Ok(()) };
    app.metrics.refused(policy.code());
    Err(Refused::Wait { seconds: verdict.retry_after().unwrap_or(60).into() })
}

/// `/login/second-factor`
///
/// # Errors
/// Whatever the database refuses.
pub async fn waiting_for_code(
    app: web::Data<App>,
    call: Call,
    request: HttpRequest,
    who: Present,
) -> Result<Answer, Failure> {
    if let Some(answer) = page::chosen(&app, &request) {
        return Ok(answer);
    }
    let next = Next::of(&request);
    if who.standing != Standing::SecondFactorDue {
        return Ok(onwards(&call, who.standing, next.as_ref()));
    }
    let page = second_factor_page(&who, Filled::default(), next);
    Ok(page::private(page.render(&page::frame(&app, &call, &request).await?), &call))
}

fn second_factor_page(who: &Present, filled: Filled, next: Option<Next>) -> SecondFactorPage {
    let next = next.map(|next| next.path().to_owned());
    SecondFactorPage { login: who.login().to_owned(), csrf: who.csrf(), filled, next }
}

/// A code, and where it goes on.
pub(super) struct Code {
    pub(super) code: Option<String>,
    pub(super) next: Option<Next>,
}

impl FromFields for Code {
    fn from_fields(fields: &mut Fields) -> Self {
        let code = fields.required("code", |fields| fields.secret("code", 100));
        Self { code: code.map(|code| code.to_string()), next: next_of(fields) }
    }
}

/// `POST /login/second-factor`
///
/// # Errors
/// The session is not one that waits for a code, or the database refuses.
pub async fn second_step(
    app: web::Data<App>,
    call: Call,
    request: HttpRequest,
    browser: Browser,
    form: StepForm,
) -> Result<Answer, Failure> {
    let StepForm { who, posted, fields } = form;
    if who.standing != Standing::SecondFactorDue {
        return Ok(onwards(&call, who.standing, None));
    }
    let next = Next::wished(fields.peek("next"));
    let back = match form::value::<Code>(fields) {
        Err(unread) => Back::unread(unread, call.language),
        Ok(typed) => {
            let code = typed.code.unwrap_or_default();
            match acts::pass_second_factor(&app.accounts, &who, posted, &code, browser.visitor()).await {
                Ok(entered) => {
                    let answer = onwards(&call, entered.standing, typed.next.as_ref());
                    return Ok(session::enter(answer, &app, &entered));
                }
                Err(Refused::NotSignedIn) => return Ok(page::redirect(&to(&call, "/login"))),
                Err(refused) => Back::refused(refused, Typed::default(), call.language)?,
            }
        }
    };
    let page = second_factor_page(&who, back.filled.clone(), next);
    Ok(back.answer(page.render(&page::frame(&app, &call, &request).await?), &call))
}

/// `POST /logout`
///
/// # Errors
/// Whatever the database refuses.
pub async fn sign_out(app: web::Data<App>, call: Call, form: StepForm) -> Result<Answer, Failure> {
    acts::sign_out(&app.accounts, &form.who, form.posted).await?;
    Ok(session::leave(page::redirect(&to(&call, "/login?done=signed-out")), &app))
}

/// `/login/link/{token}`. Only looks: programs that read messages open links, too.
///
/// # Errors
/// Whatever the database refuses.
pub async fn one_time_link(
    app: web::Data<App>,
    call: Call,
    request: HttpRequest,
    token: Segment,
) -> Result<Answer, Failure> {
    if let Some(answer) = page::chosen(&app, &request) {
        return Ok(answer);
    }
    match seen(&app, &token.0).await {
        Ok(seen) => {
            let page = link_page(&app, &token.0, &seen, Filled::default());
            Ok(page::private(page.render(&page::frame(&app, &call, &request).await?), &call))
        }
        Err(refused) => over(refused, &app, &call, &request).await,
    }
}

async fn seen(app: &App, token: &str) -> Result<LinkSeen, Refused> {
    let token = Token::presented(token).ok_or(Refused::LinkOver)?;
    acts::look_at_link(&app.accounts, &token).await
}

fn link_page(app: &App, token: &str, seen: &LinkSeen, filled: Filled) -> LinkPage {
    LinkPage {
        path: format!("/login/link/{token}"),
        login: seen.login.clone(),
        first: seen.purpose == LinkPurpose::Invitation,
        clears_second_factor: seen.clears_second_factor,
        until: shown::time(app, seen.expires_at),
        least: app.config.accounts.password_min_length,
        filled,
    }
}

/// What is said of a link that does not hold.
async fn over(refused: Refused, app: &App, call: &Call, request: &HttpRequest) -> Result<Answer, Failure> {
    let Refused::LinkOver = refused else { return Err(refused.into()) };
    let page = NoticePage { text: refused.words().pick(call.language).to_owned() };
    let rendered = page.render(&page::frame(app, call, request).await?);
    Ok(page::private(rendered, call).status(StatusCode::NOT_FOUND))
}

/// A new password.
struct NewPassword(Option<Zeroizing<String>>);

impl FromFields for NewPassword {
    fn from_fields(fields: &mut Fields) -> Self {
        Self(fields.required("new_password", |fields| fields.secret("new_password", LONGEST_SECRET)))
    }
}

/// `POST /login/link/{token}`
///
/// # Errors
/// Whatever the database refuses.
pub async fn use_link(
    app: web::Data<App>,
    call: Call,
    request: HttpRequest,
    browser: Browser,
    token: Segment,
    form: PublicForm,
) -> Result<Answer, Failure> {
    let seen = match seen(&app, &token.0).await {
        Ok(seen) => seen,
        Err(refused) => return over(refused, &app, &call, &request).await,
    };
    let back = match form::value::<NewPassword>(form.0.strict()) {
        Err(unread) => Back::unread(unread, call.language),
        Ok(NewPassword(new)) => {
            let Some(token) = Token::presented(&token.0) else {
                return over(Refused::LinkOver, &app, &call, &request).await;
            };
            match acts::use_link(&app.accounts, &token, &new.unwrap_or_default(), browser.visitor()).await {
                Ok(entered) => {
                    let answer = onwards(&call, entered.standing, None);
                    return Ok(session::enter(answer, &app, &entered));
                }
                Err(Refused::LinkOver) => return over(Refused::LinkOver, &app, &call, &request).await,
                Err(refused) => Back::refused(refused, Typed::default(), call.language)?,
            }
        }
    };
    let page = link_page(&app, &token.0, &seen, back.filled.clone());
    Ok(back.answer(page.render(&page::frame(&app, &call, &request).await?), &call))
}
