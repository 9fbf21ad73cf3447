//! Who is signed in, for pages. A session lives in a cookie and opens pages alone: programs come with `Authorization: Bearer`, and the
//! API never looks at a cookie, so that no page of another site can make a browser call it.
//!
//! What a handler may do stands in its signature:
//! - [`SignedIn`]: somebody whose session is good for everything. Whoever is not yet goes to where they must go first.
//! - [`Present`]: somebody at whatever step of signing in, for the pages of these steps.
//! - [`Permitted`]: the same as `SignedIn`, of a role that may look at such things at all.
//! - [`SignedForm`]: a form of such a person, whose token was checked before a field is read. The right to change something comes from
//!   it alone.
//! - [`StepForm`]: a form at whatever step of signing in.

mod cookies;
mod form;
mod next;
mod permitted;

use std::future::Future;
use std::ops::Deref;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::{StatusCode, header};
use actix_web::{FromRequest, HttpRequest, HttpResponse, ResponseError, web};
use yuti_openapi::ProblemCode;

pub use self::cookies::{enter, leave};
pub use self::form::{SignedForm, StepForm};
pub use self::next::Next;
pub use self::permitted::{Permitted, Scope};
use super::accounts::acts::Visitor;
use super::accounts::rules::Standing;
use super::accounts::session as kept;
use super::accounts::token::Token;
use super::caller::Caller;
use crate::http::extract::Call;
use crate::http::failure::Failure;
use crate::routes;
use crate::state::App;

/// Somebody with a session, at whatever step of signing in.
#[derive(Clone, Debug)]
pub struct Present {
    who: kept::SignedIn,
    token: Token,
}

impl Present {
    /// The token that their forms carry.
    #[must_use]
    pub fn csrf(&self) -> String {
        self.token.csrf()
    }
}

impl Deref for Present {
    type Target = kept::SignedIn;

    fn deref(&self) -> &kept::SignedIn {
        &self.who
    }
}

/// Somebody whose session is good for everything that their role may do.
#[derive(Clone, Debug)]
pub struct SignedIn(Present);

impl Deref for SignedIn {
    type Target = Present;

    fn deref(&self) -> &Present {
        &self.0
    }
}

type Eventually<T> = Pin<Box<dyn Future<Output = Result<T, Stopped>>>>;

impl FromRequest for Present {
    type Error = Stopped;
    type Future = Eventually<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { present(&request).await })
    }
}

impl FromRequest for SignedIn {
    type Error = Stopped;
    type Future = Eventually<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { whole(&request).await })
    }
}

/// Whoever has the session of the request's cookie.
///
/// # Errors
/// Nobody has, or the database refuses.
pub async fn maybe(request: &HttpRequest) -> Result<Option<Present>, Failure> {
    let app = app(request)?;
    let Some(token) = cookies::session(&app, request) else { return Ok(None) };
    let found = kept::find(&app.db, &app.config.accounts, &token, app.now()).await?;
    Ok(found.map(|who| Present { who, token }))
}

async fn present(request: &HttpRequest) -> Result<Present, Stopped> {
    match maybe(request).await? {
        Some(present) => Ok(present),
        None => Err(Stopped::Elsewhere(next::step(request, "/login"))),
    }
}

async fn whole(request: &HttpRequest) -> Result<SignedIn, Stopped> {
    let present = present(request).await?;
    match page_of(present.standing) {
        None => Ok(SignedIn(present)),
        Some(page) => Err(Stopped::Elsewhere(next::step(request, page))),
    }
}

/// The page on which somebody does what is still to be done.
#[must_use]
pub fn page_of(standing: Standing) -> Option<&'static str> {
    match standing {
        Standing::Whole => None,
        Standing::SecondFactorDue => Some("/login/second-factor"),
        Standing::PasswordDue => Some("/login/password"),
        Standing::EnrolmentDue => Some("/login/enrolment"),
    }
}

fn app(request: &HttpRequest) -> Result<web::Data<App>, Failure> {
    request.app_data::<web::Data<App>>().cloned().ok_or_else(|| Failure::new(ProblemCode::Internal))
}

/// Why a handler is not reached.
#[derive(Debug)]
pub enum Stopped {
    /// It is refused.
    Failure(Failure),
    /// Something else comes first, on the page at this path.
    Elsewhere(String),
}

impl From<Failure> for Stopped {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl From<Stopped> for actix_web::Error {
    fn from(stopped: Stopped) -> Self {
        match stopped {
            Stopped::Failure(failure) => failure.into(),
            Stopped::Elsewhere(path) => Detour(path).into(),
        }
    }
}

/// The answer that leads to another page, where a handler would have answered.
#[derive(Debug)]
struct Detour(String);

impl std::fmt::Display for Detour {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("another page comes first")
    }
}

impl ResponseError for Detour {
    fn status_code(&self) -> StatusCode {
        StatusCode::SEE_OTHER
    }

    fn error_response(&self) -> HttpResponse {
        HttpResponse::build(StatusCode::SEE_OTHER)
            .insert_header((header::LOCATION, self.0.as_str()))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .insert_header((header::VARY, "Cookie"))
            .finish()
    }
}

/// The browser from which somebody acts.
#[derive(Clone, Debug)]
pub struct Browser {
    /// The token of the session that it has so far.
    pub before: Option<Token>,
    device: Option<Token>,
    network: String,
    user_agent: String,
}

impl Browser {
    /// As acts on accounts want it.
    #[must_use]
    pub fn visitor(&self) -> Visitor<'_> {
        Visitor { device: self.device.as_ref(), network: &self.network, user_agent: &self.user_agent }
    }
}

impl FromRequest for Browser {
    type Error = Failure;
    type Future = std::future::Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let call = Call::from_request(request, payload).into_inner();
        std::future::ready(call.and_then(|call| {
            let app = app(request)?;
            let agent = request.headers().get(header::USER_AGENT).and_then(|value| value.to_str().ok());
            Ok(Self {
                before: cookies::session(&app, request),
                device: cookies::device(&app, request),
                network: Caller::at(call.client).address().to_string(),
                user_agent: agent.unwrap_or_default().to_owned(),
            })
        }))
    }
}

/// Whether an address answers GET, so that somebody can be led back to it.
fn can_be_opened(request: &HttpRequest) -> bool {
    request.match_pattern().is_some_and(|route| routes::allowed(&route).starts_with("GET"))
}
