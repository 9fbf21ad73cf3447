//! What the service says about itself: health, and the contract.

use std::sync::Arc;
use std::time::Duration;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use yuti_openapi::wire::{Health, HealthCheck};
use yuti_openapi::{ProblemCode, samples};
use yuti_portal::DocsPage;

use crate::db;
use crate::http::answer::{Answer, CachePolicy, JSON};
use crate::http::extract::{Call, Nothing, Query, Segment};
use crate::http::failure::Failure;
use crate::http::headers::VIEWER_POLICY;
use crate::http::negotiate;
use crate::http::page;
use crate::http::params::Params;
use crate::http::refusals::Refusals;
use crate::registry::v1::elevators::FormatParam;
use crate::state::App;

/// Ask whether the process is alive
///
/// Answers as long as the process can answer at all, whatever else is wrong.
#[utoipa::path(
    get, path = "/healthz", tag = "service", operation_id = "liveness_view", params(FormatParam),
    responses((status = 200, description = "It is alive.", body = Health, example = json!(samples::health())), Refusals)
)]
pub async fn liveness_view(_query: Query<Nothing>) -> Result<Answer, Failure> {
    Ok(Answer::json(&Health { status: "ok".to_owned(), checks: Vec::new() })?.cache(CachePolicy::NoStore))
}

/// How long a part may take to say that it is there: whoever asks decides within seconds where to send people.
const PATIENCE: Duration = Duration::from_secs(2);

/// Ask whether the service can do its work
///
/// 503 without the database or with steps of the schema missing. Redis being away degrades the service and does not stop
/// it.
#[utoipa::path(
    get, path = "/readyz", tag = "service", operation_id = "readiness_view", params(FormatParam),
    responses(
        Refusals,
        (status = 200, description = "It can.", body = Health, example = json!(samples::health())),
        (status = 503, description = "It cannot; `checks` says what is missing.", content(
            (Health = "application/json", example = json!(samples::health())),
        ))
    )
)]
pub async fn readiness_view(app: web::Data<App>, _query: Query<Nothing>) -> Result<Answer, Failure> {
    let (database, migrations) = match tokio::time::timeout(PATIENCE, db::pending(&app.db)).await {
        Ok(Ok(0)) => ("ok", "ok"),
        Ok(Ok(_)) => ("ok", "unavailable"),
        Ok(Err(_)) | Err(_) => ("unavailable", "unavailable"),
    };
    let redis = redis_state(&app).await;
    let status = match (database, migrations, redis) {
        ("ok", "ok", "degraded") => "degraded",
        ("ok", "ok", _) => "ok",
        _ => "unavailable",
    };
    let check = |name: &str, status: &str| HealthCheck { name: name.to_owned(), status: status.to_owned() };
    let checks = vec![check("database", database), check("migrations", migrations), check("redis", redis)];
    let code = if status == "unavailable" { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK };
    let health = Health { status: status.to_owned(), checks };
    Ok(Answer::json(&health)?.status(code).cache(CachePolicy::NoStore))
}

async fn redis_state(app: &App) -> &'static str {
    let Some(redis) = &app.redis else { return "off" };
    match tokio::time::timeout(PATIENCE, redis.ping()).await {
        Ok(Ok(())) => "ok",
        Ok(Err(_)) | Err(_) => "degraded",
    }
}

/// Fetch the contract as JSON
///
/// This document: OpenAPI 3.1.
#[utoipa::path(
    get, path = "/openapi.json", tag = "service", operation_id = "contract_view", params(FormatParam),
    responses((status = 200, description = "The contract.", body = serde_json::Value, example = json!({"openapi": "3.1.0"})), Refusals)
)]
pub async fn contract_view(app: web::Data<App>, _query: Query<Nothing>) -> Answer {
    Answer::whole(JSON, app.contract.json.clone())
}

/// Fetch the contract as YAML
///
/// This document: OpenAPI 3.1.
#[utoipa::path(
    get, path = "/openapi.yaml", tag = "service", operation_id = "contract_yaml_view",
    responses((status = 200, description = "The contract.", body = String, content_type = "application/yaml", example = json!("openapi: 3.1.0")), Refusals)
)]
pub async fn contract_yaml_view(app: web::Data<App>, request: HttpRequest) -> Result<Answer, Failure> {
    Params::of(&request).finish()?;
    if !negotiate::accepts(&request, &["application/yaml", "text/yaml", "application/*", "*/*"]) {
        return Err(Failure::new(ProblemCode::NotAcceptable));
    }
    Ok(Answer::whole("application/yaml", app.contract.yaml.clone()))
}

/// `/docs/`
///
/// # Errors
/// Whatever the database refuses.
pub async fn documentation(app: web::Data<App>, call: Call, request: HttpRequest) -> Result<Answer, Failure> {
    let rendered = DocsPage { viewer: "/docs/viewer/" }.render(&page::frame(&app, &call, &request).await?);
    Ok(page::framing(rendered, &call))
}

/// The viewer as it ships knows no narrow windows: paths run out of them, and its columns stay side by side.
const NARROW: &str = include_str!("http/viewer.css");

const VIEWPORT: &str = "<head><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">";

/// The viewer of the contract: a program whose files are inside the binary. It is shown within `/docs/`.
///
/// # Errors
/// No such file.
pub async fn viewer(file: Segment) -> Result<Answer, Failure> {
    let settings = utoipa_swagger_ui::Config::from("/openapi.json");
    let settings = settings.display_operation_id(true).default_models_expand_depth(0);
    let name = if file.0.is_empty() { "index.html" } else { file.0.as_str() };
    let found = utoipa_swagger_ui::serve(name, Arc::new(settings))
        .map_err(|cause| Failure::internal(Fault(cause.to_string())))?;
    let found = found.ok_or_else(|| Failure::new(ProblemCode::NotFound))?;
    let content_type = VIEWER_TYPES
        .iter()
        .find(|(ending, _)| name.ends_with(ending))
        .map_or("application/octet-stream", |(_, kind)| *kind);
    let mut bytes = found.bytes.into_owned();
    match name {
        "index.css" => bytes.extend_from_slice(NARROW.as_bytes()),
        // Without it a phone lays the page out for a desk and shows it small.
        "index.html" => bytes = String::from_utf8_lossy(&bytes).replacen("<head>", VIEWPORT, 1).into_bytes(),
        _ => {}
    }
    let answer = Answer::whole(content_type, bytes);
    Ok(answer.header(header::CONTENT_SECURITY_POLICY, VIEWER_POLICY))
}

const VIEWER_TYPES: [(&str, &str); 5] = [
    (".html", "text/html; charset=utf-8"),
    (".css", "text/css; charset=utf-8"),
    (".js", "text/javascript; charset=utf-8"),
    (".png", "image/png"),
    (".map", "application/json"),
];

/// The viewer's own words about why it cannot serve a file.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Fault(String);

/// What nobody asked for: the table of routes has no such address.
///
/// # Errors
/// Always: nothing is here.
pub async fn nowhere() -> Result<HttpResponse, Failure> {
    Err(Failure::new(ProblemCode::NotFound))
}
