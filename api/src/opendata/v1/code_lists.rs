//! Code lists: the closed ones of the vocabulary, and those that the profile's files hold.

use actix_web::web;
use serde::Deserialize;
use utoipa::IntoParams;
use yuti_openapi::vocabulary::{ClosedList, closed_lists};
use yuti_openapi::wire::{Code, CodeList, CodeListRef, CodeLists};
use yuti_openapi::{ProblemCode, samples};

use crate::http::answer::Answer;
use crate::http::extract::{Nothing, Query, Segment};
use crate::http::failure::Failure;
use crate::http::refusals::{NoCodeList, Refusals};
use crate::profile::Profile;
use crate::registry::v1::elevators::FormatParam;
use crate::state::App;

/// List code lists
///
/// The names of all published code lists.
#[utoipa::path(
    get, path = "/v1/code-lists", tag = "catalogue", operation_id = "code_list_list", params(FormatParam),
    responses(
        (status = 200, description = "All code lists.", body = CodeLists, example = json!(samples::code_lists())),
        Refusals
    )
)]
pub async fn code_list_list(app: web::Data<App>, _query: Query<Nothing>) -> Result<Answer, Failure> {
    let items = app.code_lists.iter().map(|list| CodeListRef {
        url: app.url(&format!("/v1/code-lists/{}", list.name)),
        size: list.codes.len(),
        name: list.name.clone(),
        title_zh: list.title_zh.clone(),
        title_en: list.title_en.clone(),
    });
    Answer::json(&CodeLists { items: items.collect() })
}

/// The name in the path.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
#[allow(dead_code, reason = "describes the parameter; it is read by `Segment`")]
pub struct NamePath {
    /// The list's name, as `/v1/code-lists` gives it.
    #[param(example = "precision")]
    name: String,
}

/// View a code list
///
/// Each code with its Chinese and, where there is one, its English label.
#[utoipa::path(
    get, path = "/v1/code-lists/{name}", tag = "catalogue", operation_id = "code_list_view",
    params(NamePath, FormatParam),
    responses(
        (status = 200, description = "The code list.", body = CodeList, example = json!(samples::code_list())),
        NoCodeList, Refusals
    )
)]
pub async fn code_list_view(
    app: web::Data<App>,
    name: Segment,
    _query: Query<Nothing>,
) -> Result<Answer, Failure> {
    let list = app.code_lists.iter().find(|list| list.name == name.0);
    Answer::json(list.ok_or_else(|| Failure::new(ProblemCode::CodeListNotFound))?)
}

/// Every list, by name. Made once: neither the vocabulary nor the profile changes while the service runs.
pub fn all(profile: &Profile) -> Vec<CodeList> {
    let mut lists: Vec<CodeList> = closed_lists().into_iter().map(closed).collect();
    lists.push(categories(profile));
    lists.push(identifier_kinds(profile));
    lists.extend(facts_of_the_field(profile));
    lists.sort_by(|a, b| a.name.cmp(&b.name));
    lists
}

fn closed(list: ClosedList) -> CodeList {
    let codes = list.terms.iter().map(|term| code(term.code, term.zh, Some(term.en)));
    open(list.name, list.title_zh, list.title_en, true, codes.collect())
}

fn open(name: &str, title_zh: &str, title_en: &str, closed: bool, codes: Vec<Code>) -> CodeList {
    CodeList {
        name: name.to_owned(),
        title_zh: title_zh.to_owned(),
        title_en: title_en.to_owned(),
        closed,
        codes,
    }
}

fn code(code: &str, zh: &str, en: Option<&str>) -> Code {
    Code {
        code: code.to_owned(),
        label_zh: zh.to_owned(),
        label_en: en.map(str::to_owned),
        scheme: None,
        parent: None,
        note: None,
    }
}

fn categories(profile: &Profile) -> CodeList {
    let codes = profile.reference().categories.iter().map(|row| Code {
        scheme: Some(row.catalogue.clone()),
        parent: row.parent.clone(),
        note: Some(format!("confidence: {}", row.confidence)),
        ..code(&row.code, &row.name_zh, Some(&row.name_en))
    });
    open("equipment-category", "电梯类别", "Categories of elevators", false, codes.collect())
}

fn identifier_kinds(profile: &Profile) -> CodeList {
    let codes = profile.identifier_kinds.iter().map(|kind| Code {
        note: Some(format!("example: {}", kind.example)),
        ..code(&kind.key, &kind.label_zh, Some(&kind.label_en))
    });
    open("identifier-kind", "编号的种类", "Kinds of identifiers", false, codes.collect())
}

/// Lists that a city has only where its files give them.
fn facts_of_the_field(profile: &Profile) -> Vec<CodeList> {
    let reference = profile.reference();
    let faults = reference.fault_codes.iter().map(|row| Code {
        scheme: Some(row.source.clone()),
        note: Some(format!("{}; confidence: {}", row.kind, row.confidence)),
        ..code(&row.code, &row.name_zh, Some(&row.name_en))
    });
    let items = reference.maintenance_items.iter().map(|row| Code {
        scheme: Some(row.lift_type.clone()),
        parent: Some(row.period.clone()),
        note: Some(format!("{}; confidence: {}", row.requirement_zh, row.confidence)),
        ..code(&row.item_code, &row.item_zh, None)
    });
    [
        open("fault-code", "故障和事件代码", "Faults and events", false, faults.collect()),
        open(
            "maintenance-item",
            "维护保养项目（TSG T5002）",
            "Maintenance items (TSG T5002)",
            false,
            items.collect(),
        ),
    ]
    .into_iter()
    .filter(|list| !list.codes.is_empty())
    .collect()
}
