//! One consistent set of examples: of the documentation, and of tests. All of it is fictitious.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};

use crate::identifier::{ElevatorId, OrganisationId, code_scheme};
pub use crate::key_samples::{api_key, issued_key};
use crate::page::{Page, Provenance};
use crate::problem::{Problem, ProblemCode, ProblemError};
use crate::vocabulary::{
    AuthorityLevel, ChangeKind, ChangeReason, ChangeSubject, ContractKind, DistrictKind, ElevatorStatus,
    InspectionKind, InspectionResult, InsuranceKind, LimitPolicy, Precision, QualityFlag, StatusReason,
    UseStatus,
};
use crate::wire::*;

mod elevators;
mod log;

pub use elevators::{
    choices, elevator, elevator_in_doubt, elevator_out_of_use, elevator_page, elevator_unknown, facts,
    history_page, maintenance_unit_code, using_unit_code,
};
pub use log::{consistency_proof, inclusion_proof, log_entry, log_keys, tree_head, tree_head_page};

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default()
}

fn instant(year: i32, month: u32, dom: u32, hour: u32, minute: u32) -> DateTime<Utc> {
    day(year, month, dom).and_hms_opt(hour, minute, 0).unwrap_or_default().and_utc()
}

/// The demonstration register.
pub fn source() -> SourceRef {
    SourceRef {
        key: "demonstration".into(),
        name_zh: "演示数据".into(),
        name_en: "Demonstration data".into(),
        licence: "CC BY 4.0".into(),
        url: None,
        as_of: Some(day(2026, 11, 22)),
        demonstration: true,
    }
}

/// What every list says about its data.
pub fn provenance() -> Provenance {
    Provenance {
        licence: "CC BY 4.0".into(),
        sources: vec![source()],
        data_as_of: Some(instant(2026, 11, 22, 16, 0)),
        demonstration: true,
    }
}

fn identifier(kind: &str, value: &str, since: Option<NaiveDate>, until: Option<NaiveDate>) -> Identifier {
    Identifier { kind: kind.into(), value: value.into(), scheme: code_scheme(value), since, until }
}

fn named(code: &str, name_zh: &str, name_en: &str) -> Named {
    Named { code: code.into(), name_zh: name_zh.into(), name_en: name_en.into() }
}

/// A maintenance unit.
pub fn organisation() -> Organisation {
    Organisation {
        id: OrganisationId(7),
        url: "https://yuti.example/v1/organisations/org-7".into(),
        uscc: Some(maintenance_unit_code()),
        name: "坎上坎电梯维保有限公司".into(),
        elevators_used: 0,
        elevators_maintained: 412,
        source: source(),
        version: 1,
        recorded_at: instant(2026, 11, 22, 16, 0),
    }
}

/// A page of organisations.
pub fn organisation_page() -> Page<Organisation> {
    Page {
        items: vec![organisation()],
        next: None,
        next_cursor: None,
        limit: 50,
        count: Some(crate::page::Count { total: 1, exact: true }),
        provenance: provenance(),
    }
}

/// A page of districts.
pub fn district_page() -> Page<District> {
    Page {
        items: vec![District {
            code: "500108".into(),
            name_zh: "南岸区".into(),
            name_en: "Nan'an District".into(),
            kind: DistrictKind::District,
            valid_from: None,
            valid_to: None,
            successor: None,
            earlier_codes: Vec::new(),
            zones: vec![Zone {
                key: "CQJKQ".into(),
                name_zh: "重庆经开区".into(),
                name_en: "Chongqing Economic and Technological Development Zone".into(),
            }],
            authorities: vec![Authority {
                key: "nanan".into(),
                level: AuthorityLevel::District,
                name_zh: "南岸区市场监督管理局".into(),
                name_en: "Nan'an District Administration for Market Regulation".into(),
                district: Some("500108".into()),
                zone: None,
                valid_from: None,
                valid_to: None,
            }],
            elevators: 63,
            note: None,
        }],
        next: None,
        next_cursor: None,
        limit: 50,
        count: None,
        provenance: provenance(),
    }
}

/// A stretch of the change feed.
pub fn change_page() -> ChangePage {
    ChangePage {
        items: vec![Change {
            seq: 90_211,
            at: instant(2026, 11, 22, 16, 0),
            subject: ChangeSubject::Elevator,
            id: "el-1024".into(),
            code: "502718".into(),
            url: Some("https://yuti.example/v1/elevators/el-1024".into()),
            kind: ChangeKind::Updated,
            reason: ChangeReason::Import,
            version: 3,
        }],
        next_after: 90_211,
        next: "https://yuti.example/v1/changes?after=90211".into(),
        more: false,
        limit: 50,
        provenance: provenance(),
    }
}

/// The published code lists.
pub fn code_lists() -> CodeLists {
    CodeLists {
        items: vec![CodeListRef {
            name: "precision".into(),
            title_zh: "有效期精确到".into(),
            title_en: "How exactly a date is known".into(),
            size: 2,
            url: "https://yuti.example/v1/code-lists/precision".into(),
        }],
    }
}

/// A code list.
pub fn code_list() -> CodeList {
    let code = |code: &str, zh: &str, en: &str| Code {
        code: code.into(),
        label_zh: zh.into(),
        label_en: Some(en.into()),
        scheme: None,
        parent: None,
        note: None,
    };
    CodeList {
        name: "precision".into(),
        title_zh: "有效期精确到".into(),
        title_en: "How exactly a date is known".into(),
        closed: true,
        codes: vec![code("day", "日", "Day"), code("month", "月", "Month")],
    }
}

/// The policy in force.
pub fn policy() -> PolicyInForce {
    PolicyInForce {
        profile: "chongqing".into(),
        on: day(2026, 11, 23),
        version: "3f6c1a9be20d".into(),
        pilot_policy: Some("open".into()),
        calendar_known_until: Some(day(2026, 12, 31)),
        entries: vec![PolicyEntry {
            key: "public_notice".into(),
            value: Some(PolicyValue::Number(15)),
            unit: Some("calendar_day".into()),
            label_zh: "公示期".into(),
            label_en: "Public notice".into(),
            starts_zh: Some("公示之日，当天不算".into()),
            starts_en: Some("The day of publication, which does not count".into()),
            clause: Some("四(一)3".into()),
            basis_zh: Some("重庆市改进电梯维护保养模式试点工作要求".into()),
            basis_en: Some("Requirements of the Chongqing pilot of improved elevator maintenance".into()),
            valid_from: day(2020, 9, 1),
            valid_to: None,
            confidence: crate::vocabulary::Confidence::High,
            note_zh: None,
            note_en: None,
        }],
    }
}

/// A caller's quota.
pub fn quota() -> Quota {
    Quota {
        policies: vec![
            QuotaState {
                policy: LimitPolicy::Burst,
                quota: 100,
                window_seconds: 10,
                remaining: 97,
                reset_seconds: 1,
            },
            QuotaState {
                policy: LimitPolicy::Daily,
                quota: 10_000,
                window_seconds: 86_400,
                remaining: 9_412,
                reset_seconds: 9,
            },
        ],
        costs: vec![
            QuotaCost { class: "lookup".into(), cost: 1 },
            QuotaCost { class: "list".into(), cost: 2 },
        ],
        rule: "GCRA".into(),
    }
}

/// A healthy service.
pub fn health() -> Health {
    let check = |name: &str, status: &str| HealthCheck { name: name.into(), status: status.into() };
    Health {
        status: "ok".into(),
        checks: vec![check("database", "ok"), check("migrations", "ok"), check("redis", "off")],
    }
}

/// An occurrence of a problem, in English as the rest of the contract.
pub fn problem(code: ProblemCode) -> Problem {
    problem_in(code, crate::Language::En)
}

/// An occurrence of a problem, as a reader of this language gets it.
pub fn problem_in(code: ProblemCode, language: crate::Language) -> Problem {
    let errors = match code {
        ProblemCode::InvalidParameters => {
            vec![ProblemError::parameter(
                "distict",
                "unknown_parameter",
                language.pick(
                    "没有这个参数。是不是“district”？",
                    "There is no such parameter. Did you mean `district`?",
                ),
            )]
        }
        _ => Vec::new(),
    };
    let quota = code == ProblemCode::QuotaExceeded;
    Problem {
        kind: if quota {
            crate::problem::QUOTA_EXCEEDED_TYPE.into()
        } else {
            format!("https://yuti.example/problems/{}", code.code())
        },
        title: code.title(language).into(),
        status: code.status(),
        detail: code.what(language).into(),
        code,
        instance: "urn:uuid:0190d3c2-6f1e-7c3a-9f5e-2b7a1c4d5e6f".into(),
        errors,
        violated_policies: if quota { vec!["burst".into()] } else { Vec::new() },
    }
}
