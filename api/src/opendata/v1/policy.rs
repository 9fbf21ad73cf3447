//! The policy in force.

use actix_web::web;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;
use yuti_openapi::samples;
use yuti_openapi::vocabulary::Confidence;
use yuti_openapi::wire::{PolicyEntry, PolicyInForce, PolicyValue};

use crate::http::answer::Answer;
use crate::http::extract::{FromParams, Query};
use crate::http::failure::Failure;
use crate::http::negotiate::Offered;
use crate::http::params::Params;
use crate::http::refusals::Refusals;
use crate::policy::{self, Entry, Value};
use crate::registry::v1::elevators::OnlyJson;
use crate::settings;
use crate::state::App;

/// What the policy can be asked.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "describes the parameters; they are read by `On`")]
pub struct PolicyParams {
    /// The day for which it is asked; today unless told.
    #[param(example = "2026-11-23")]
    on: Option<NaiveDate>,
    /// `json`. Wins over `Accept`.
    #[param(inline)]
    format: Option<OnlyJson>,
}

/// The day that was asked for.
#[derive(Clone, Copy, Debug)]
pub struct On(Option<NaiveDate>);

impl FromParams for On {
    const OFFERED: Offered = Offered::Json;

    fn from_params(params: &mut Params) -> Self {
        Self(params.day("on"))
    }
}

/// View the policy in force
///
/// Every number that the law, the pilot notice or this service's own settings lay down, with the clause it comes from and
/// the days on which it holds.
#[utoipa::path(
    get, path = "/v1/policy", tag = "catalogue", operation_id = "policy_view", params(PolicyParams),
    responses(
        (status = 200, description = "The policy on that day.", body = PolicyInForce, example = json!(samples::policy())),
        Refusals
    )
)]
pub async fn policy_view(app: web::Data<App>, query: Query<On>) -> Result<Answer, Failure> {
    let entries = app.profile.policy();
    let on = query.params.0.unwrap_or_else(|| app.today());
    let calendar = settings::calendar(&app.db, &app.profile).await.map_err(Failure::internal)?;
    Answer::json(&PolicyInForce {
        profile: app.profile.key.clone(),
        on,
        version: entries.version().to_owned(),
        pilot_policy: app.profile.pilot_policy.clone(),
        calendar_known_until: calendar.known_until(),
        entries: entries.on(on).into_iter().map(published).collect(),
    })
}

fn published(entry: &Entry) -> PolicyEntry {
    PolicyEntry {
        key: entry.key.clone(),
        value: entry.value.clone().map(|value| match value {
            Value::Number(number) => PolicyValue::Number(number),
            Value::Numbers(numbers) => PolicyValue::Numbers(numbers),
            Value::Text(text) => PolicyValue::Text(text),
        }),
        unit: entry.unit.map(word),
        label_zh: entry.label_zh.clone(),
        label_en: entry.label_en.clone(),
        starts_zh: entry.starts_zh.clone(),
        starts_en: entry.starts_en.clone(),
        clause: entry.clause.clone(),
        basis_zh: entry.basis_zh.clone(),
        basis_en: entry.basis_en.clone(),
        valid_from: entry.valid_from,
        valid_to: entry.valid_to,
        confidence: confidence(entry.confidence),
        note_zh: entry.note_zh.clone(),
        note_en: entry.note_en.clone(),
    }
}

fn confidence(known: policy::Confidence) -> Confidence {
    match known {
        policy::Confidence::High => Confidence::High,
        policy::Confidence::MediumHigh => Confidence::MediumHigh,
        policy::Confidence::Medium => Confidence::Medium,
        policy::Confidence::LowMedium => Confidence::LowMedium,
        policy::Confidence::Low => Confidence::Low,
        policy::Confidence::Setting => Confidence::Setting,
    }
}

/// The word under which a code stands in the policy file.
fn word(code: impl Serialize) -> String {
    serde_json::to_value(code).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}
