//! Reading a request's body: whole, within its size and its time.

use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{HttpMessage as _, HttpRequest};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt as _;
use yuti_openapi::ProblemCode;

use super::failure::Failure;
use crate::state::App;

/// Put beside a request whose body was read to its end: its connection can serve the next one.
#[derive(Clone, Copy, Debug)]
pub struct ReadToEnd;

/// The type of a body without its parameters, in small letters.
pub fn media_type(request: &HttpRequest) -> String {
    let given = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    given.and_then(|value| value.split(';').next()).unwrap_or_default().trim().to_ascii_lowercase()
}

/// Refuses a body of another type than the one that is taken.
///
/// # Errors
/// The body is of another type.
pub fn of_type(request: &HttpRequest, taken: &str) -> Result<(), Failure> {
    if media_type(request) == taken {
        return Ok(());
    }
    Err(Failure::new(ProblemCode::UnsupportedMediaType)
        .saying(format!("要用 Content-Type: {taken}。"), format!("Send it as `Content-Type: {taken}`.")))
}

/// The whole body.
///
/// # Errors
/// It is larger than is taken, comes too slowly, or breaks off.
pub async fn whole(app: &App, request: &HttpRequest, payload: &mut Payload) -> Result<Bytes, Failure> {
    let most = app.config.http.max_body_bytes;
    let patience = Duration::from_secs(app.config.http.body_seconds);
    let read = tokio::time::timeout(patience, collect(payload, most)).await;
    let bytes = read.map_err(|_| Failure::new(ProblemCode::RequestTimeout))??;
    request.extensions_mut().insert(ReadToEnd);
    Ok(bytes)
}

async fn collect(payload: &mut Payload, most: u64) -> Result<Bytes, Failure> {
    let mut bytes = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| Failure::new(ProblemCode::MalformedRequest))?;
        if (bytes.len() + chunk.len()) as u64 > most {
            return Err(too_large(most));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes.freeze())
}

/// The refusal of a body that is too large.
pub fn too_large(most: u64) -> Failure {
    Failure::new(ProblemCode::PayloadTooLarge)
        .saying(format!("最多收 {most} 个字节。"), format!("At most {most} bytes are taken."))
}
