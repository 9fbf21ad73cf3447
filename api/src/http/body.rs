//! Reading a request's body: whole, within its size and its time.

use std::cell::RefCell;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::error::PayloadError;
use actix_web::http::header;
use actix_web::{HttpMessage as _, HttpRequest};
use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt as _};
use yuti_openapi::ProblemCode;

use super::failure::Failure;
use crate::state::App;

/// Put beside a request whose body was read to its end: its connection can serve the next one.
#[derive(Clone, Copy, Debug)]
pub struct ReadToEnd;

/// A body that is coming in, held until the answer is sent. The framework would read a chunked one that nobody wants to its end,
/// which an ill-meaning client never sends; as long as somebody holds it, it closes the connection instead.
#[derive(Clone)]
pub struct Incoming(Rc<RefCell<Payload>>);

impl Incoming {
    /// Takes hold of a request's body; handlers read it as before.
    pub fn hold(request: &mut ServiceRequest) -> Self {
        let held = Self(Rc::new(RefCell::new(request.take_payload())));
        let read: Pin<Box<dyn Stream<Item = Result<Bytes, PayloadError>>>> = Box::pin(held.clone());
        request.set_payload(Payload::from(read));
        held
    }

    /// Keeps hold of it for as long as the answer is being sent.
    pub fn until_sent(self, response: ServiceResponse<BoxBody>) -> ServiceResponse<BoxBody> {
        response.map_body(|_, body| BoxBody::new(Unread { body, _incoming: self }))
    }
}

impl Stream for Incoming {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Pin::new(&mut *self.0.borrow_mut()).poll_next(context)
    }
}

/// An answer to a request whose body was not read to its end.
struct Unread {
    body: BoxBody,
    _incoming: Incoming,
}

impl MessageBody for Unread {
    type Error = Box<dyn std::error::Error>;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.body).poll_next(context)
    }
}

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
