//! What all lists share: page size, cursor, the addresses of further pages, and streams of the whole.

use actix_web::http::header;
use actix_web::{HttpRequest, web};
use bytes::Bytes;
use sea_orm::DatabaseConnection;
use serde::Serialize;
use tracing::error;
use yuti_openapi::ProblemCode;
use yuti_openapi::page::{DEFAULT_LIMIT, LARGEST_LIMIT};

use super::answer::{Answer, NDJSON};
use super::extract::Call;
use super::failure::{Failure, chain};
use super::params::{Params, decode, encode};
use crate::state::App;

/// Rows that a stream reads at a time.
pub const STREAM_PAGE: u64 = 500;

/// Which part of a list is wished.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Paging {
    /// The number of items, as applied.
    pub limit: u32,
    /// The cursor as it came.
    pub cursor: Option<String>,
}

impl Paging {
    /// Reads `limit` and `cursor`. A limit over the largest is lowered to it.
    pub fn from_params(params: &mut Params) -> Self {
        Self { limit: limit(params), cursor: params.text("cursor", 500) }
    }
}

/// Reads `limit`.
pub fn limit(params: &mut Params) -> u32 {
    let Some(text) = params.text("limit", 100) else { return DEFAULT_LIMIT };
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    // More digits than fit are still a wish for more than the largest page.
    let number = if digits { text.parse::<u32>().unwrap_or(u32::MAX) } else { 0 };
    if number == 0 {
        params.refuse(
            "limit",
            "out_of_range",
            "要填 1 以上的整数，超过 500 按 500 算。",
            "A whole number from 1; more than 500 counts as 500.",
        );
        return DEFAULT_LIMIT;
    }
    number.min(LARGEST_LIMIT)
}

/// The address of the same list with another value of one parameter: every filter is kept.
pub fn address(public_url: &str, request: &HttpRequest, name: &str, value: &str) -> String {
    let mut query = String::new();
    for piece in request.query_string().split('&').filter(|piece| !piece.is_empty()) {
        let (key, old) = piece.split_once('=').unwrap_or((piece, ""));
        if key == name {
            continue;
        }
        if let (Some(key), Some(old)) = (decode(key), decode(old)) {
            query.push_str(&format!("{}={}&", encode(&key), encode(&old)));
        }
    }
    format!("{public_url}{}?{query}{name}={}", request.path(), encode(value))
}

/// Adds the link to the next page.
#[must_use]
pub fn linked(answer: Answer, next: Option<&String>) -> Answer {
    match next {
        Some(next) => answer.header(header::LINK, format!("<{next}>; rel=\"next\"")),
        None => answer,
    }
}

/// A stretch of a list that is streamed: its lines, and the place to go on from where there may be more.
pub type Part<P> = (Bytes, Option<P>);

/// All of a list, one item a line, a few hundred rows at a time: memory stays the same however long it is. The first stretch is
/// read before the answer begins, so that what is wrong from the start is said by the status. What goes wrong later breaks the
/// connection, and nobody takes the part that came for the whole.
///
/// # Errors
/// The first stretch cannot be read, or too many lists are being read already.
pub async fn whole<P, F>(app: web::Data<App>, call: &Call, start: P, part: F) -> Result<Answer, Failure>
where
    P: 'static,
    F: AsyncFn(&App, &DatabaseConnection, P) -> Result<Part<P>, Failure> + 'static,
{
    let turn = app.lanes.export().await?;
    let (lines, next) = part(&app, turn.db, start).await?;
    drop(turn);
    let first = futures_util::stream::iter([Ok(lines)]);
    let state = (app, call.id.clone(), part, next);
    let rest = futures_util::stream::unfold(state, |(app, id, part, place)| async move {
        let place = place?;
        let read = async {
            let turn = app.lanes.export_on().await?;
            part(&app, turn.db, place).await
        };
        let read = tokio::select! {
            read = read => read,
            () = app.closing.now() => Err(Failure::new(ProblemCode::Unavailable)),
        };
        match read {
            Ok((lines, next)) => Some((Ok(lines), (app, id, part, next))),
            Err(failure) => {
                let cause = failure.cause.as_ref().map(|cause| chain(cause.as_ref()));
                let cause = cause.as_deref().unwrap_or("the service ends");
                error!(request = %id, code = failure.code.code(), cause, "a list broke off");
                Some((Err(failure), (app, id, part, None)))
            }
        }
    });
    Ok(Answer::stream(NDJSON, futures_util::StreamExt::chain(first, rest)))
}

/// The place to go on from: none where fewer rows came than were asked for.
pub fn more<R, P>(rows: &[R], place: impl Fn(&R) -> P) -> Option<P> {
    rows.last().filter(|_| rows.len() as u64 >= STREAM_PAGE).map(place)
}

/// Items as lines.
///
/// # Errors
/// An item that cannot be written as JSON: a fault of ours.
pub fn lines<T: Serialize>(items: &[T]) -> Result<Bytes, Failure> {
    let mut bytes = Vec::with_capacity(items.len() * 512);
    for item in items {
        serde_json::to_writer(&mut bytes, item).map_err(Failure::internal)?;
        bytes.push(b'\n');
    }
    Ok(Bytes::from(bytes))
}
