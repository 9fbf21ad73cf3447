//! What a handler gets of its request: typed, and refused as a whole where something is wrong.

use std::future::{Future, Ready, ready};
use std::net::IpAddr;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest, web};
use bytes::Bytes;
use yuti_openapi::{Language, ProblemCode};

use super::answer::JSON;
use super::body;
use super::failure::Failure;
use super::fields::{Fields, FromFields};
use super::negotiate::{self, Format, Offered};
use super::params::Params;
use crate::access::caller::Caller;
use crate::access::keys::shown::Shown;
use crate::access::limits::{Class, Verdict};
use crate::state::App;

/// What the floor knows about a call, put beside the request before it is routed.
#[derive(Clone, Debug)]
pub struct Call {
    /// The request's id.
    pub id: String,
    /// The address that counts.
    pub client: IpAddr,
    /// The language of the answer.
    pub language: Language,
    /// Whether the language stands in the path.
    pub language_in_path: bool,
    /// What it takes from which quota.
    pub class: Class,
    /// Whether people read the answer, so that errors are pages.
    pub page: bool,
    /// The trace that the caller says it belongs to.
    pub trace: Option<String>,
}

impl FromRequest for Call {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let call = request.extensions().get::<Self>().cloned();
        ready(call.ok_or_else(|| Failure::new(ProblemCode::Internal)))
    }
}

impl Call {
    /// Who calls, as limits count: by key where one was shown that holds.
    pub fn caller(&self, request: &HttpRequest) -> Caller {
        let caller = Caller::at(self.client);
        match request.extensions().get::<Shown>() {
            Some(shown) => caller.with(shown.0.holder()),
            None => caller,
        }
    }
}

/// The key that was shown; without one the call is refused.
impl FromRequest for Shown {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let shown = request.extensions().get::<Self>().cloned();
        ready(shown.ok_or_else(|| {
            Failure::new(ProblemCode::NotSignedIn).saying(
                "要带上密钥：请求头 Authorization: Bearer yuti_ak_…。",
                "Show a key: `Authorization: Bearer yuti_ak_…`.",
            )
        }))
    }
}

/// What a handler took from a quota beside what its route takes, put beside the request so that the answer tells of it.
#[derive(Clone, Debug)]
pub struct Taken(pub Verdict);

/// Something that can be read from the query.
pub trait FromParams: Sized {
    /// The formats that the operation offers.
    const OFFERED: Offered;

    /// Reads its parameters. What is bad is noted in `params`; a value then stands in for it and is never used.
    fn from_params(params: &mut Params) -> Self;
}

/// The query of an API operation with the wished format.
#[derive(Debug)]
pub struct Query<T> {
    /// The parameters.
    pub params: T,
    /// The format.
    pub format: Format,
}

impl<T: FromParams> FromRequest for Query<T> {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(read(request))
    }
}

fn read<T: FromParams>(request: &HttpRequest) -> Result<Query<T>, Failure> {
    let mut params = Params::of(request);
    let values = T::from_params(&mut params);
    let format = negotiate::format(request, &mut params, T::OFFERED);
    // Bad parameters come before a format that is not offered: they are nearer to what the caller wrote.
    params.finish()?;
    Ok(Query { params: values, format: format? })
}

/// An operation without parameters of its own.
#[derive(Clone, Copy, Debug)]
pub struct Nothing;

impl FromParams for Nothing {
    const OFFERED: Offered = Offered::Json;

    fn from_params(_: &mut Params) -> Self {
        Self
    }
}

/// A list without parameters of its own, which comes as a page or as lines.
#[derive(Clone, Copy, Debug)]
pub struct Everything;

impl FromParams for Everything {
    const OFFERED: Offered = Offered::List;

    fn from_params(_: &mut Params) -> Self {
        Self
    }
}

/// The body of an API operation: a JSON object, every bad and unknown field of which is named at once.
#[derive(Debug)]
pub struct Body<T>(pub T);

impl<T: FromFields> FromRequest for Body<T> {
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Failure>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let mut payload = payload.take();
        Box::pin(async move { json(&request, &mut payload).await.map(Self) })
    }
}

async fn json<T: FromFields>(request: &HttpRequest, payload: &mut Payload) -> Result<T, Failure> {
    body::of_type(request, JSON)?;
    from_json(&whole(request, payload).await?)
}

async fn whole(request: &HttpRequest, payload: &mut Payload) -> Result<Bytes, Failure> {
    let app = request.app_data::<web::Data<App>>().cloned();
    let app = app.ok_or_else(|| Failure::new(ProblemCode::Internal))?;
    body::whole(&app, request, payload).await
}

fn from_json<T: FromFields>(bytes: &[u8]) -> Result<T, Failure> {
    let mut fields = Fields::json(bytes)?;
    let value = T::from_fields(&mut fields);
    let errors = fields.finish();
    if errors.is_empty() { Ok(value) } else { Err(Failure::unprocessable(errors)) }
}

/// The body of an operation that is not done twice for the same `Idempotency-Key`: the value, and the bytes by which a repetition is
/// known. No body at all is an empty object.
#[derive(Debug)]
pub struct Sent<T> {
    /// The value.
    pub value: T,
    /// The body as it came.
    pub bytes: Bytes,
}

impl<T: FromFields> FromRequest for Sent<T> {
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Failure>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let mut payload = payload.take();
        Box::pin(async move {
            let bytes = whole(&request, &mut payload).await?;
            if !bytes.is_empty() {
                body::of_type(&request, JSON)?;
            }
            let value = from_json(if bytes.is_empty() { b"{}" } else { &bytes })?;
            Ok(Self { value, bytes })
        })
    }
}

/// The variable segments of a path by their names, decoded.
#[derive(Clone, Debug)]
pub struct Segments(Vec<(String, String)>);

impl Segments {
    /// A segment that the route has.
    pub fn of(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.as_str())
    }
}

impl FromRequest for Segments {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let decoded = request.match_info().iter().map(|(name, raw)| Some((name.to_owned(), path_text(raw)?)));
        let all: Option<Vec<_>> = decoded.collect();
        ready(all.map(Self).ok_or_else(|| Failure::new(ProblemCode::MalformedRequest)))
    }
}

/// The one variable segment of a path, decoded.
#[derive(Clone, Debug)]
pub struct Segment(pub String);

impl FromRequest for Segment {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let raw = request.match_info().iter().next().map(|(_, value)| value.to_owned()).unwrap_or_default();
        ready(path_text(&raw).map(Self).ok_or_else(|| Failure::new(ProblemCode::MalformedRequest)))
    }
}

/// Decodes a segment of a path: like a query value, but a plus is a plus.
fn path_text(raw: &str) -> Option<String> {
    super::params::decode(&raw.replace('+', "%2B"))
}
