//! The two cookies of somebody who signs in: the session, and the device that is known from then on.

use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::header;

use crate::access::accounts::acts::Entered;
use crate::access::accounts::token::Token;
use crate::http::answer::Answer;
use crate::state::App;

const SESSION: [&str; 2] = ["yuti_session", "__Host-yuti_session"];
const DEVICE: [&str; 2] = ["yuti_device", "__Host-yuti_device"];

/// Behind https the prefix makes browsers take the cookie from this very host alone, so that no neighbour can plant one.
fn secure(app: &App) -> bool {
    app.public_url.starts_with("https://")
}

fn name(app: &App, [plain, hosted]: [&'static str; 2]) -> &'static str {
    if secure(app) { hosted } else { plain }
}

fn read(app: &App, request: &HttpRequest, names: [&'static str; 2]) -> Option<Token> {
    Token::presented(request.cookie(name(app, names))?.value())
}

/// The token of the session.
pub(super) fn session(app: &App, request: &HttpRequest) -> Option<Token> {
    read(app, request, SESSION)
}

/// The token of the device.
pub(super) fn device(app: &App, request: &HttpRequest) -> Option<Token> {
    read(app, request, DEVICE)
}

fn cookie(app: &App, names: [&'static str; 2], value: &str, lasts: Option<Duration>) -> String {
    let mut cookie = Cookie::build(name(app, names), value)
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(secure(app))
        .finish();
    if let Some(lasts) = lasts {
        cookie.set_max_age(lasts);
    }
    cookie.to_string()
}

/// Gives the browser the session that was made, and the device where it became known just now.
#[must_use]
pub fn enter(answer: Answer, app: &App, entered: &Entered) -> Answer {
    // Without an age of its own: it goes when the browser is closed, on a shared machine at last.
    let answer = answer.header(header::SET_COOKIE, cookie(app, SESSION, entered.token.reveal(), None));
    match &entered.device {
        Some((token, until)) => {
            let lasts = Duration::seconds((*until - app.now()).num_seconds());
            answer.header(header::SET_COOKIE, cookie(app, DEVICE, token.reveal(), Some(lasts)))
        }
        None => answer,
    }
}

/// Takes the session's cookie back. The device stays known.
#[must_use]
pub fn leave(answer: Answer, app: &App) -> Answer {
    answer.header(header::SET_COOKIE, cookie(app, SESSION, "", Some(Duration::ZERO)))
}
