//! The page on which whoever asked follows the request, and what they can do there. Its address holds the token, so that it is no form of a
//! session; that it comes from a page of ours is asked all the same.

use actix_web::{HttpRequest, web};
use yuti_entity::{account, unit_request};
use yuti_openapi::vocabulary::UnitRequestState;
use yuti_portal::{Filled, UnitFollowPage};

use super::super::acts;
use super::super::rules;
use super::super::store::{self, Field};
use super::{bureau, parts};
use crate::access::accounts::pages::{Back, done, not_found, shown, to};
use crate::access::accounts::refused::Refused;
use crate::access::accounts::store as account_store;
use crate::access::accounts::token::Token;
use crate::http::answer::Answer;
use crate::http::extract::{Call, Segments};
use crate::http::failure::Failure;
use crate::http::form::{PublicForm, Typed};
use crate::http::page;
use crate::state::App;

/// Number and token of an address.
fn of(segments: &Segments) -> Result<(String, Token), Failure> {
    let number = rules::number(segments.of("number")).ok_or_else(not_found)?;
    Ok((number, Token::presented(segments.of("token")).ok_or_else(not_found)?))
}

/// `/unit/request/{number}/{token}`
///
/// # Errors
/// There is no such request for this token, or the database refuses.
pub async fn follow(
    app: web::Data<App>,
    call: Call,
    request: HttpRequest,
    segments: Segments,
) -> Result<Answer, Failure> {
    if let Some(answer) = page::chosen(&app, &request) {
        return Ok(answer);
    }
    let mut page = followed(&app, &call, &segments).await?;
    page.fresh = done(&request).as_deref() == Some("filed");
    Ok(page::private(page.render(&page::frame(&app, &call, &request).await?), &call))
}

async fn followed(app: &App, call: &Call, segments: &Segments) -> Result<UnitFollowPage, Failure> {
    let (number, token) = of(segments)?;
    let row = store::of_token(&app.db, &number, &token).await?.ok_or_else(not_found)?;
    let path = format!("/unit/request/{}/{}", row.number, token.reveal());
    let answer = Field::Answer.open(&app.vault, &row).map_err(Failure::internal)?;
    Ok(UnitFollowPage {
        address: app.url(&path),
        path,
        can_open: can_open(app, &row).await?,
        unit_name: row.unit_name,
        uscc: row.uscc,
        bureau: bureau(app, &row.authority_key, call.language),
        state: Some(row.state),
        filed_at: shown::time(app, row.filed_at),
        decided_at: row.decided_at.map(|at| shown::time(app, at)),
        answer: (!answer.is_empty()).then_some(answer),
        number: row.number,
        fresh: false,
        filled: Filled::default(),
    })
}

/// Whether no password was set yet.
async fn can_open(app: &App, row: &unit_request::Model) -> Result<bool, Failure> {
    let (UnitRequestState::Accepted, Some(id)) = (row.state, row.account_id) else { return Ok(false) };
    let account: Option<account::Model> = account_store::by_id(&app.db, id).await?;
    Ok(account.is_some_and(|account| account.password_hash.is_none()))
}

/// `POST /unit/request/{number}/{token}/withdraw`
///
/// # Errors
/// There is no such request for this token, or the database refuses.
pub async fn withdraw(
    app: web::Data<App>,
    call: Call,
    request: HttpRequest,
    segments: Segments,
    _form: PublicForm,
) -> Result<Answer, Failure> {
    let (number, token) = of(&segments)?;
    match acts::withdraw(parts(&app), &number, &token).await {
        Ok(()) => Ok(page::redirect(&to(&call, &format!("/unit/request/{number}/{}", token.reveal())))),
        Err(refused) => again(&app, &call, &request, &segments, refused).await,
    }
}

/// `POST /unit/request/{number}/{token}/open`: leads to the page of the one-time link.
///
/// # Errors
/// There is no such request for this token, or the database refuses.
pub async fn open(
    app: web::Data<App>,
    call: Call,
    request: HttpRequest,
    segments: Segments,
    _form: PublicForm,
) -> Result<Answer, Failure> {
    let (number, token) = of(&segments)?;
    match acts::open_account(parts(&app), &number, &token).await {
        Ok(link) => Ok(page::redirect(&to(&call, &link.path()))),
        Err(refused) => again(&app, &call, &request, &segments, refused).await,
    }
}

async fn again(
    app: &App,
    call: &Call,
    request: &HttpRequest,
    segments: &Segments,
    refused: Refused,
) -> Result<Answer, Failure> {
    let back = Back::refused(refused, Typed::default(), call.language)?;
    let mut page = followed(app, call, segments).await?;
    page.filled = back.filled.clone();
    Ok(back.answer(page.render(&page::frame(app, call, request).await?), call))
}
