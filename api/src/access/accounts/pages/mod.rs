//! Accounts as pages: the steps of signing in, the own account, and those that somebody looks after.

mod acting;
mod making;
mod managing;
mod own;
mod second_factor;
pub(in crate::access) mod shown;
mod signing_in;

pub use acting::{act_clear, act_link, act_role, act_sign_out, act_switch_off, act_wake};
pub use making::{create, new_account};
pub use managing::{list, view};
pub use own::{account, change_password, end_others, end_session, password};
pub use second_factor::{begin, codes, confirm, remove, second_factor};
pub use signing_in::{login, one_time_link, second_step, sign_in, sign_out, use_link, waiting_for_code};

use actix_web::HttpRequest;
use actix_web::http::{StatusCode, header};
use yuti_openapi::{Language, ProblemCode};
use yuti_portal::{Desk, DeskRoom, FieldError, Filled, Rendered};

use super::refused::Refused;
use super::rules::{self, Standing};
use crate::access::rights::{self, Act};
use crate::access::session::{Next, Present, page_of};
use crate::http::answer::Answer;
use crate::http::extract::Call;
use crate::http::failure::{BadValue, Failure, Place};
use crate::http::form::{self, Typed};
use crate::http::page;
use crate::state::App;

/// A path in the language of the request's path.
pub(in crate::access) fn to(call: &Call, path: &str) -> String {
    if call.language_in_path { format!("/{}{path}", call.language.segment()) } else { path.to_owned() }
}

/// Leads to where somebody goes on: what is due first, then where they wanted to go, then the own account.
fn onwards(call: &Call, standing: Standing, next: Option<&Next>) -> Answer {
    let path = match (page_of(standing), next) {
        (Some(step), Some(next)) => {
            format!("{}?next={}", to(call, step), yuti_portal::encoded(next.path()))
        }
        (Some(step), None) => to(call, step),
        (None, Some(next)) => next.path().to_owned(),
        (None, None) => to(call, "/account"),
    };
    // A redirect decides anew what the next request tells of the page before it, whose address may hold a link's token.
    page::redirect(&path).header(header::REFERRER_POLICY, "strict-origin")
}

/// A form that came back.
pub(in crate::access) struct Back {
    pub(in crate::access) status: StatusCode,
    pub(in crate::access) wait: Option<u64>,
    pub(in crate::access) filled: Filled,
}

impl Back {
    /// Because an act was refused. Some refusals are no matter of the form; they are failures of the request.
    pub(in crate::access) fn refused(
        refused: Refused,
        typed: Typed,
        language: Language,
    ) -> Result<Self, Failure> {
        let words = refused.words();
        let (status, wait) = match &refused {
            Refused::Flaws(_) | Refused::NotRecognised | Refused::WrongCode => {
                (StatusCode::UNPROCESSABLE_ENTITY, None)
            }
            Refused::Wait { seconds } => (StatusCode::TOO_MANY_REQUESTS, Some(*seconds)),
            Refused::Off | Refused::Dormant => (StatusCode::FORBIDDEN, None),
            Refused::Conflict(_) => (StatusCode::CONFLICT, None),
            Refused::Changed => (StatusCode::PRECONDITION_FAILED, None),
            Refused::Busy => (StatusCode::SERVICE_UNAVAILABLE, Some(5)),
            Refused::NotSignedIn | Refused::LinkOver | Refused::NotThere | Refused::Failed(_) => {
                return Err(refused.into());
            }
        };
        let mut filled = Filled { typed: typed.all(), ..Filled::default() };
        match refused {
            Refused::Flaws(flaws) => {
                let error = |flaw: super::refused::Flaw| FieldError {
                    field: flaw.field.to_owned(),
                    text: flaw.words.pick(language).to_owned(),
                };
                filled.errors = flaws.into_iter().map(error).collect();
            }
            _ => filled.message = Some(words.pick(language).to_owned()),
        }
        Ok(Self { status, wait, filled })
    }

    /// Because fields cannot be read.
    pub(in crate::access) fn unread(refused: form::Refused, language: Language) -> Self {
        let error = |bad: BadValue| {
            let field = match bad.place {
                Place::Pointer(pointer) => pointer.trim_start_matches("#/").to_owned(),
                Place::Parameter(name) => name,
            };
            FieldError { field, text: bad.detail.pick(language).to_owned() }
        };
        let errors = refused.errors.into_iter().map(error).collect();
        let filled = Filled { typed: refused.typed.all(), errors, message: None };
        Self { status: StatusCode::UNPROCESSABLE_ENTITY, wait: None, filled }
    }

    /// The page that shows it.
    pub(in crate::access) fn answer(&self, rendered: Rendered, call: &Call) -> Answer {
        let answer = page::private(rendered, call).status(self.status);
        match self.wait {
            Some(seconds) => answer.header(header::RETRY_AFTER, seconds.to_string()),
            None => answer,
        }
    }
}

/// The rooms of somebody. Before a session is whole there is none.
fn rooms(who: &Present, standing: Standing) -> Vec<DeskRoom> {
    if standing != Standing::Whole {
        return Vec::new();
    }
    let mut rooms = vec![DeskRoom::Account];
    if rights::ever(who.role(), Act::AccountView) {
        rooms.push(if rules::of_unit(who.role()) { DeskRoom::UnitAccounts } else { DeskRoom::Accounts });
    }
    if rights::ever(who.role(), Act::UnitRequestView) {
        rooms.push(DeskRoom::UnitRequests);
    }
    if rights::ever(who.role(), Act::KeyView) {
        rooms.push(if rules::of_unit(who.role()) { DeskRoom::UnitKeys } else { DeskRoom::Keys });
    }
    rooms
}

/// Who sits at the desk.
pub(in crate::access) async fn desk(
    app: &App,
    call: &Call,
    who: &Present,
    here: DeskRoom,
) -> Result<Desk, Failure> {
    let (name, place) = shown::of_holder(app, who, call.language).await?;
    let who_words = match place {
        Some(place) => format!("{name} · {place}"),
        None => name,
    };
    Ok(Desk { who: who_words, csrf: who.csrf(), rooms: rooms(who, who.standing), here })
}

/// Where a form wants to go on, if that is a page of ours.
fn next_of(fields: &mut crate::http::fields::Fields) -> Option<Next> {
    // It comes with the address, not from the person: a bad one is not followed, and nobody is asked to mend it.
    fields.allow("next");
    Next::wished(fields.peek("next"))
}

/// What was done, as the address of the next page tells it.
pub(in crate::access) fn done(request: &HttpRequest) -> Option<String> {
    page::parameter(request, "done")
}

/// The field that is missing the choice of a page.
pub(in crate::access) fn not_found() -> Failure {
    Failure::new(ProblemCode::NotFound)
}
