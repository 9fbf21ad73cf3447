//! The way of every request: guarded, charged, routed, and every failure turned into a problem or a page, in one place.

use std::time::Instant;

use actix_web::body::{BodySize, BoxBody, MessageBody as _};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::http::{ConnectionType, Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse, Responder as _, web};
use tracing::{error, info};
use yuti_openapi::{Language, ProblemCode};

use super::answer::{Answer, CachePolicy, PROBLEM};
use super::body::{Incoming, ReadToEnd, too_large};
use super::extract::{Call, Taken};
use super::failure::{Failure, chain};
use super::{headers, multipart, negotiate, page};
use crate::access::caller::{self, Caller};
use crate::access::keys::secret;
use crate::access::keys::shown::{Shown, none_in_address};
use crate::access::limits::{Class, Verdict, policy_header, state_header};
use crate::state::App;
use crate::vault::mask;
use crate::{chance, routes};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// The outermost step. `next` is the table of routes.
///
/// # Errors
/// None of its own: every failure becomes an answer.
pub async fn floor(
    mut request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let began = Instant::now();
    let Some(app) = request.app_data::<web::Data<App>>().cloned() else {
        return next.call(request).await;
    };
    let route = request.match_pattern();
    let allowed = route.as_deref().map(routes::allowed);
    let call = call(&request, &app, route.as_deref());
    request.extensions_mut().insert(call.clone());
    let method = request.method().clone();
    let comes = announced(&request) > 0 || request.headers().contains_key(header::TRANSFER_ENCODING);
    let export = call.class == Class::List && negotiate::wants_stream(request.request());
    let (shown, key) = shown(&request, &app).await;
    let caller = Caller::at(call.client);
    let caller = shown.as_ref().map_or(caller.clone(), |shown| caller.with(shown.0.holder()));
    let verdict = app.limits.take(&caller, call.class, export).await;
    if let Some(shown) = shown {
        app.keys.usage.count(shown.0.key.id, app.today(), verdict.refused_by.is_some());
        request.extensions_mut().insert(shown);
    }
    let incoming = comes.then(|| Incoming::hold(&mut request));
    // What is wrong with a key comes after the quota: guessing is counted.
    let passed = guard(&request, &app).and_then(|()| match chosen(&request, &app, &call) {
        Some(answer) => Ok(Some(answer)),
        None => admit(&app, &verdict).and(key).map(|()| None),
    });
    let outcome = match passed {
        Err(failure) => request.error_response(failure),
        Ok(Some(answer)) => {
            let answer = answer.respond_to(request.request());
            request.into_response(answer)
        }
        Ok(None) if method == Method::OPTIONS && route.is_some() => {
            request.into_response(options(allowed.as_deref().unwrap_or_default()))
        }
        Ok(None) => {
            if method == Method::HEAD {
                request.head_mut().method = Method::GET;
            }
            tokio::select! {
                outcome = next.call(request) => outcome?,
                // Ended here and not with the thread that runs it: what it holds of the database is given back in order.
                () = app.closing.now() => return Err(cut_short(&app, &call)),
            }
        }
    };
    let mut response = mend(outcome, &app, &call, allowed.as_deref()).await;
    let unread = incoming.filter(|_| response.request().extensions().get::<ReadToEnd>().is_none());
    if unread.is_some() {
        // Waiting for the end of a body that nobody reads would hold the connection for ever.
        response.response_mut().head_mut().set_connection_type(ConnectionType::Close);
    }
    finish(&mut response, &call, &verdict, &method);
    let status = response.status();
    let route = route.as_deref().unwrap_or("unmatched");
    app.metrics.answered(route, method_label(&method), status.as_u16(), began.elapsed());
    let trace = call.trace.as_deref().unwrap_or("-");
    info!(request = %call.id, trace, method = %method, route, status = status.as_u16(), ms = began.elapsed().as_millis() as u64, "answered");
    let response = if method == Method::HEAD { without_body(response) } else { response };
    Ok(match unread {
        Some(incoming) => incoming.until_sent(response),
        None => response,
    })
}

/// The links to large text and to other colours work on every page, also on one that refuses.
fn chosen(request: &ServiceRequest, app: &App, call: &Call) -> Option<Answer> {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    if call.page && reads { page::chosen(app, request.request()) } else { None }
}

/// The answer to a request that was not done when the service ended. The request is gone with its handler, so this is written
/// without it.
fn cut_short(app: &App, call: &Call) -> actix_web::Error {
    let failure = Failure::new(ProblemCode::Unavailable);
    let body = serde_json::to_vec(&failure.problem(call.language, &app.public_url, &call.id));
    let mut response = HttpResponse::ServiceUnavailable();
    response.insert_header((header::CONTENT_TYPE, PROBLEM));
    response.insert_header((header::CACHE_CONTROL, CachePolicy::NoStore.header()));
    response.insert_header((header::RETRY_AFTER, "5"));
    response.insert_header((REQUEST_ID, call.id.clone()));
    response.force_close();
    let mut response = response.body(body.unwrap_or_default());
    headers::guard(response.headers_mut());
    info!(request = %call.id, "a request was not done when the service ended");
    actix_web::error::InternalError::from_response(failure, response).into()
}

/// A caller can invent methods; each would be one more series for ever.
fn method_label(method: &Method) -> &str {
    match method.as_str() {
        known @ ("GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS") => known,
        _ => "other",
    }
}

/// The key that a call of the API shows, and what is wrong with one that does not hold. Pages know none: they are counted by address.
async fn shown(request: &ServiceRequest, app: &App) -> (Option<Shown>, Result<(), Failure>) {
    if !path_is_of_api(request.path()) || *request.method() == Method::OPTIONS {
        return (None, Ok(()));
    }
    match app.keys.ring.shown(&app.db, request.headers(), app.now()).await {
        Ok(shown) => (shown, Ok(())),
        Err(failure) => (None, Err(failure)),
    }
}

fn options(allowed: &str) -> HttpResponse {
    let mut response = HttpResponse::NoContent();
    response.insert_header((header::ALLOW, allowed));
    let mut response = response.finish();
    headers::preflight(response.headers_mut());
    response
}

/// What is known about a call before it is routed.
fn call(request: &ServiceRequest, app: &App, route: Option<&str>) -> Call {
    let path = request.path();
    let page = routes::is_page(path);
    let (language, language_in_path) = match path.split('/').nth(1) {
        Some("zh") => (Language::Zh, true),
        Some("en") => (Language::En, true),
        _ => (negotiate::language(request.request(), app.default_language()), false),
    };
    let peer = request.peer_addr().map(|address| address.ip());
    Call {
        id: request_id(request.request()),
        client: caller::address(peer, request.headers(), &app.config.http.trusted_proxies),
        language,
        language_in_path,
        // A browser asks first whether it may ask; that must not be refused, or it never learns why the rest was.
        class: if request.method() == Method::OPTIONS {
            Class::Free
        } else {
            routes::class(route, request.method(), page)
        },
        page,
        trace: trace(request.request()),
    }
}

/// The caller's own id where it is short and plain, else a new one.
fn request_id(request: &HttpRequest) -> String {
    let given = request.headers().get(&REQUEST_ID).and_then(|value| value.to_str().ok());
    let plain = |id: &&str| {
        (1..=64).contains(&id.len())
            && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
    };
    // It goes into the log, where nobody's telephone number belongs.
    let personal = |id: &&str| mask::text(id) != *id || secret::is_in(id);
    given.filter(plain).filter(|id| !personal(id)).map_or_else(chance::request_id, str::to_owned)
}

/// The trace that the call belongs to (W3C Trace Context), so that its lines are found from the caller's side.
fn trace(request: &HttpRequest) -> Option<String> {
    let given = request.headers().get("traceparent").and_then(|value| value.to_str().ok())?;
    let mut parts = given.split('-');
    let (version, trace) = (parts.next()?, parts.next()?);
    let hex = |text: &str, length: usize| {
        text.len() == length
            && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
    };
    let whole = hex(parts.next()?, 16) && hex(parts.next()?, 2);
    (whole && hex(version, 2) && version != "ff" && hex(trace, 32) && trace.contains(|c| c != '0'))
        .then(|| trace.to_owned())
}

/// What is refused whatever the route says.
fn guard(request: &ServiceRequest, app: &App) -> Result<(), Failure> {
    let uri = request.uri();
    let length = uri.path_and_query().map_or(0, |text| text.as_str().len());
    if length > app.config.http.max_uri_bytes {
        return Err(Failure::new(ProblemCode::UriTooLong));
    }
    let readable = super::params::decode(&uri.path().replace('+', "%2B"));
    if readable.is_none_or(|path| path.chars().any(char::is_control)) {
        return Err(Failure::new(ProblemCode::MalformedRequest));
    }
    if path_is_of_api(uri.path()) {
        none_in_address(uri.path(), uri.query().unwrap_or_default())?;
    }
    body(request, app)
}

fn path_is_of_api(path: &str) -> bool {
    path.starts_with("/v1/")
}

/// The length of the body that the request announces.
fn announced(request: &ServiceRequest) -> u64 {
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    length.and_then(|text| text.parse().ok()).unwrap_or(0)
}

/// A body that is announced as too large is refused before it comes, and one that nothing asks for is not taken.
fn body(request: &ServiceRequest, app: &App) -> Result<(), Failure> {
    let length = announced(request);
    let files = request.extensions().get::<Call>().is_some_and(|call| call.class == Class::UnitRequest);
    let most = if files { multipart::largest(app) } else { app.config.http.max_body_bytes };
    if length > most {
        return Err(too_large(most));
    }
    let comes = length > 0 || request.headers().contains_key(header::TRANSFER_ENCODING);
    let takes = matches!(*request.method(), Method::POST | Method::PUT | Method::PATCH);
    if comes && !takes {
        return Err(Failure::new(ProblemCode::UnsupportedMediaType));
    }
    Ok(())
}

/// Refuses where a quota refused.
///
/// # Errors
/// One did.
pub fn admit(app: &App, verdict: &Verdict) -> Result<(), Failure> {
    let Some(policy) = verdict.refused_by else { return Ok(()) };
    app.metrics.refused(policy.code());
    let wait = verdict.retry_after().unwrap_or(1);
    let mut failure = Failure::new(ProblemCode::QuotaExceeded).saying(
        format!("限额“{policy}”用完了，{wait} 秒后再试。"),
        format!("The quota \"{policy}\" is used up; try again in {wait} s."),
    );
    failure.retry_after = Some(u64::from(wait));
    failure.violated = vec![policy.code().to_owned()];
    Err(failure)
}

/// Turns whatever went wrong into a problem document or a page. An internal cause is logged here and nowhere else.
async fn mend(
    response: ServiceResponse<BoxBody>,
    app: &App,
    call: &Call,
    allowed: Option<&str>,
) -> ServiceResponse<BoxBody> {
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let known = response.response().error().and_then(|cause| cause.as_error::<Failure>());
    if known.is_none() && response.response().headers().contains_key(header::CONTENT_TYPE) {
        // A handler with a body of its own, such as the state of health, has said what there is to say.
        return response;
    }
    let stand_in;
    let failure = match known {
        Some(failure) => failure,
        None => {
            stand_in = of_status(status);
            &stand_in
        }
    };
    if let Some(cause) = &failure.cause {
        error!(request = %call.id, code = failure.code.code(), cause = %chain(cause.as_ref()), "failed");
    }
    let answer = match written(failure, app, call, response.request()).await {
        Ok(answer) => answer,
        Err(second) => {
            error!(request = %call.id, %second, "the error page failed");
            Answer::whole("text/plain; charset=utf-8", failure.code.title(call.language))
        }
    };
    let answer = answer.status(failure_status(failure)).cache(CachePolicy::NoStore);
    let mut written = answer.respond_to(response.request());
    if let Some(seconds) = failure.retry_after {
        written.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    if failure.code.status() == 401
        && !call.page
        && let Ok(challenge) = HeaderValue::from_str(&challenge(failure))
    {
        written.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
    }
    if failure.code == ProblemCode::MethodNotAllowed
        && let Some(Ok(allowed)) = allowed.map(HeaderValue::from_str)
    {
        written.headers_mut().insert(header::ALLOW, allowed);
    }
    response.into_response(written)
}

/// What a program is told about keys (RFC 6750, 3). The error is named only where a key was shown.
fn challenge(failure: &Failure) -> String {
    let flaw = failure.errors.first().filter(|_| failure.code == ProblemCode::KeyRefused);
    flaw.map_or_else(
        || "Bearer realm=\"yuti\"".to_owned(),
        |flaw| format!("Bearer realm=\"yuti\", error=\"invalid_token\", error_description=\"{}\"", flaw.code),
    )
}

fn failure_status(failure: &Failure) -> StatusCode {
    StatusCode::from_u16(failure.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// A refusal of the framework, which knows only a status.
fn of_status(status: StatusCode) -> Failure {
    Failure::new(match status {
        StatusCode::NOT_FOUND => ProblemCode::NotFound,
        StatusCode::METHOD_NOT_ALLOWED => ProblemCode::MethodNotAllowed,
        StatusCode::REQUEST_TIMEOUT => ProblemCode::RequestTimeout,
        StatusCode::PAYLOAD_TOO_LARGE => ProblemCode::PayloadTooLarge,
        StatusCode::UNSUPPORTED_MEDIA_TYPE => ProblemCode::UnsupportedMediaType,
        StatusCode::SERVICE_UNAVAILABLE => ProblemCode::Unavailable,
        other if other.is_client_error() => ProblemCode::MalformedRequest,
        _ => ProblemCode::Internal,
    })
}

async fn written(
    failure: &Failure,
    app: &App,
    call: &Call,
    request: &HttpRequest,
) -> Result<Answer, Failure> {
    if call.page {
        return crate::registry::pages::refusal(failure, app, call, request).await;
    }
    let problem = failure.problem(call.language, &app.public_url, &call.id);
    let body = serde_json::to_vec(&problem).map_err(Failure::internal)?;
    Ok(Answer::whole(PROBLEM, body).language(call.language, true))
}

/// The headers of every answer.
fn finish(response: &mut ServiceResponse<BoxBody>, call: &Call, verdict: &Verdict, method: &Method) {
    let mut states = verdict.states.clone();
    if let Some(Taken(more)) = response.request().extensions().get::<Taken>() {
        states.extend_from_slice(&more.states);
    }
    let headers = response.headers_mut();
    for (name, value) in [
        (REQUEST_ID, call.id.clone()),
        (RATE_LIMIT_POLICY, policy_header(&states)),
        (RATE_LIMIT, state_header(&states)),
    ] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
    headers::guard(headers);
    let reads = matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS);
    if !call.page && reads {
        headers::share(headers);
    }
}

/// HEAD is GET without the body. The connection leaves the bytes of a finished body out by itself and says their number;
/// a stream must not even be begun.
fn without_body(response: ServiceResponse<BoxBody>) -> ServiceResponse<BoxBody> {
    match response.response().body().size() {
        BodySize::Stream => response.map_body(|_, _| BoxBody::new(actix_web::body::None::new())),
        _ => response,
    }
}
