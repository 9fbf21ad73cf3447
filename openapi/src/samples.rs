//! One consistent set of examples: of the documentation, and of tests. All of it is fictitious.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};

use crate::identifier::{ElevatorId, code_scheme};
pub use crate::key_samples::{api_key, issued_key};
use crate::page::{Page, Provenance};
use crate::problem::{Problem, ProblemCode, ProblemError};
use crate::vocabulary::{
    AuthorityLevel, ChangeKind, ChangeReason, ChangeSubject, ContractKind, DistrictKind, ElevatorStatus,
    InspectionKind, InspectionResult, InsuranceKind, LimitPolicy, Precision, QualityFlag, StatusReason,
    UseStatus,
};
use crate::wire::*;

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

/// The facts of an elevator that takes part in the pilot, as full as a register gives them.
pub fn facts() -> ElevatorFacts {
    ElevatorFacts {
        identifiers: vec![
            identifier("rescue_code", "502718", Some(day(2020, 9, 1)), None),
            identifier("equipment_code", "311010500201900127", Some(day(2019, 8, 1)), None),
            identifier("certificate_number", "梯11渝A00127(19)", Some(day(2019, 8, 12)), None),
            identifier("factory_number", "KX-19-00842", None, None),
            identifier("rescue_code", "108812", Some(day(2019, 8, 12)), Some(day(2020, 8, 31))),
        ],
        use_status: Some(UseStatus::InUse),
        use_status_since: Some(day(2019, 8, 12)),
        district: Some(named("500108", "南岸区", "Nan'an District")),
        address: Some("青石坎路 18 号".into()),
        building: Some("青石坎小区 3 栋 2 单元".into()),
        internal_number: Some("左梯".into()),
        postal_code: None,
        location: Some(Location { longitude: 106.571_2, latitude: 29.523_4 }),
        category: Some(Category {
            code: "3110".into(),
            catalogue: "2014-114".into(),
            name_zh: "曳引驱动乘客电梯".into(),
            name_en: "Traction passenger lift".into(),
        }),
        manufacture: Manufacture {
            manufacturer: Some("坎上坎电梯制造有限公司".into()),
            model: Some("KSK-1000".into()),
            manufactured_on: Some(day(2019, 5, 20)),
        },
        in_service_since: Some(day(2019, 8, 12)),
        parameters: Parameters {
            rated_load_kg: Some(1000.0),
            rated_speed_m_s: Some(2.5),
            stops: Some(34),
            lowest_floor: Some("-2".into()),
            highest_floor: Some("32".into()),
            travel_m: Some(98.6),
        },
        using_unit: Some(UnitRef {
            name: "青石坎物业管理有限公司".into(), uscc: Some(using_unit_code())
        }),
        maintenance_unit: Some(UnitRef {
            name: "坎上坎电梯维保有限公司".into(),
            uscc: Some(maintenance_unit_code()),
        }),
        duty_phone: Some("023-0000-1234".into()),
        inspection: Inspection {
            last_on: Some(day(2026, 8, 20)),
            kind: Some(InspectionKind::Periodic),
            result: Some(InspectionResult::Passed),
            valid_until: Some(day(2027, 8, 31)),
            valid_until_precision: Some(Precision::Month),
        },
        insurance: Insurance {
            kind: Some(InsuranceKind::SafetyLiability),
            insurer: Some("两江演示财险".into()),
            valid_from: Some(day(2026, 4, 1)),
            valid_until: Some(day(2027, 3, 31)),
        },
        contract: Some(ContractKind::AllInclusive),
        monitoring: Monitoring { equipped: Some(true), since: Some(day(2025, 2, 1)) },
        quality: Vec::new(),
        raw: BTreeMap::new(),
    }
}

fn complete(prefix: &str, organisation: &str) -> String {
    crate::Uscc::complete(prefix, organisation).map(|code| code.as_str().to_owned()).unwrap_or_default()
}

/// The code of the using unit in the examples.
pub fn using_unit_code() -> String {
    complete("91500108", "MA5QK001")
}

/// The code of the maintenance unit in the examples.
pub fn maintenance_unit_code() -> String {
    complete("91500108", "MA5KH002")
}

/// An elevator that takes part in the pilot and is in order.
pub fn elevator() -> Elevator {
    Elevator {
        id: ElevatorId(1024),
        code: "502718".into(),
        status: ElevatorStatus::InOrder,
        status_reasons: vec![StatusReason::InspectionValid],
        valid_until: Some(instant(2027, 8, 31, 16, 0)),
        authority: Some(named(
            "nanan",
            "南岸区市场监督管理局",
            "Nan'an District Administration for Market Regulation",
        )),
        annotation: Some(Annotation {
            since: day(2025, 3, 18),
            until: None,
            ended_because: None,
            interval_days: Some(30),
        }),
        facts: facts(),
        source: source(),
        version: 3,
        recorded_at: instant(2026, 11, 22, 16, 0),
    }
}

/// An elevator whose inspection has lapsed and about which there are doubts.
pub fn elevator_in_doubt() -> Elevator {
    let mut elevator = elevator();
    elevator.id = ElevatorId(1077);
    elevator.code = "506035".into();
    elevator.status = ElevatorStatus::Attention;
    elevator.status_reasons = vec![StatusReason::InspectionLapsed];
    elevator.valid_until = None;
    elevator.annotation = None;
    elevator.facts.identifiers = vec![
        identifier("rescue_code", "506035", None, None),
        identifier("registration_code", "31105001062011050006", None, None),
    ];
    elevator.facts.district = Some(named("500107", "九龙坡区", "Jiulongpo District"));
    elevator.facts.address = Some("石桥坎路 7 号".into());
    elevator.facts.building = Some("石桥坎大楼".into());
    elevator.facts.internal_number = Some("2 号梯".into());
    elevator.facts.location = None;
    elevator.facts.inspection.last_on = Some(day(2025, 10, 9));
    elevator.facts.inspection.valid_until = Some(day(2026, 10, 31));
    elevator.facts.insurance = Insurance::default();
    elevator.facts.contract = None;
    elevator.facts.monitoring = Monitoring { equipped: Some(false), since: None };
    elevator.facts.quality = vec![
        QualityNote {
            flag: QualityFlag::CoordinatesImplausible,
            field: "location".into(),
            raw: Some("0, 0".into()),
        },
        QualityNote {
            flag: QualityFlag::DateUnreadable,
            field: "in_service_since".into(),
            raw: Some("2011.13".into()),
        },
    ];
    elevator.facts.raw =
        BTreeMap::from([("in_service_since".into(), "2011.13".into()), ("location".into(), "0, 0".into())]);
    elevator
}

/// An elevator of which the register says next to nothing.
pub fn elevator_unknown() -> Elevator {
    let mut elevator = elevator_in_doubt();
    elevator.id = ElevatorId(1100);
    elevator.code = "507777".into();
    elevator.status = ElevatorStatus::NotReceived;
    elevator.status_reasons = vec![StatusReason::InspectionNotReceived];
    elevator.facts.identifiers = vec![identifier("rescue_code", "507777", None, None)];
    elevator.facts.address = None;
    elevator.facts.building = None;
    elevator.facts.internal_number = None;
    elevator.facts.manufacture = Manufacture::default();
    elevator.facts.parameters = Parameters::default();
    elevator.facts.in_service_since = None;
    elevator.facts.using_unit = None;
    elevator.facts.maintenance_unit = None;
    elevator.facts.duty_phone = None;
    elevator.facts.inspection = Inspection::default();
    elevator.facts.monitoring = Monitoring::default();
    elevator.facts.use_status = None;
    elevator.facts.use_status_since = None;
    elevator.facts.category = None;
    elevator.facts.quality =
        vec![QualityNote { flag: QualityFlag::AddressMissing, field: "address".into(), raw: None }];
    elevator.facts.raw = BTreeMap::new();
    elevator
}

/// An elevator that failed its inspection; its mark has ended.
pub fn elevator_out_of_use() -> Elevator {
    let mut elevator = elevator();
    elevator.id = ElevatorId(1200);
    elevator.code = "502719".into();
    elevator.status = ElevatorStatus::OutOfUse;
    elevator.status_reasons = vec![StatusReason::InspectionFailed];
    elevator.valid_until = None;
    elevator.facts.internal_number = Some("右梯".into());
    elevator.facts.inspection.result = Some(InspectionResult::Failed);
    elevator.annotation = Some(Annotation {
        since: day(2025, 3, 18),
        until: Some(day(2026, 9, 30)),
        ended_because: Some(crate::vocabulary::AnnotationEnd::ElevatorExit),
        interval_days: Some(30),
    });
    elevator.facts.identifiers = vec![identifier("rescue_code", "502719", None, None)];
    elevator
}

/// A page of elevators.
pub fn elevator_page() -> Page<Elevator> {
    Page {
        items: vec![elevator()],
        next: Some("https://yuti.example/v1/elevators?district=500108&cursor=eyJrIjoxMDI0fQ".into()),
        next_cursor: Some("eyJrIjoxMDI0fQ".into()),
        limit: 50,
        count: None,
        provenance: provenance(),
    }
}

/// The versions of an elevator.
pub fn history_page() -> Page<ElevatorVersion> {
    Page {
        items: vec![ElevatorVersion {
            version: 3,
            valid_from: Some(day(2026, 8, 20)),
            valid_to: None,
            recorded_at: instant(2026, 11, 22, 16, 0),
            superseded_at: None,
            kind: ChangeKind::Updated,
            reason: ChangeReason::Import,
            changed: vec!["inspection".into()],
            facts: facts(),
        }],
        next: None,
        next_cursor: None,
        limit: 50,
        count: None,
        provenance: provenance(),
    }
}

/// An identifier that two elevators carry.
pub fn choices() -> Choices {
    let choice = |elevator: Elevator| Choice {
        id: elevator.id,
        url: format!("https://yuti.example/v1/elevators/{}", elevator.id),
        code: elevator.code,
        kind: "factory_number".into(),
        address: elevator.facts.address,
        building: elevator.facts.building,
        internal_number: elevator.facts.internal_number,
        district: elevator.facts.district,
    };
    Choices { identifier: "00842".into(), choices: vec![choice(elevator()), choice(elevator_in_doubt())] }
}

/// A maintenance unit.
pub fn organisation() -> Organisation {
    Organisation {
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

const LOG: &str = "yuti/chongqing/5f1c9a02d7e84b36";
const LOG_KEY: &str = "5ffbd760";
const LEAVES: [&str; 2] = [
    "aa32b5a71ed0b95fb1857c76e1c2d0d2cf3aae849992ec1ea47cf1fa0f053ad2",
    "3b72894d12de7d1171344415bb7fcd5c3383103efb1ffdb72d4f997bf751405f",
];
const ROOT: &str = "567bf6949ae04a8afa56a71339e5c645a17f9f664bf3655d74be27dbe0dc7dd7";

/// The signed head of a log of two entries. Its signature holds.
pub fn tree_head() -> TreeHead {
    TreeHead {
        origin: LOG.into(),
        size: 2,
        root: ROOT.into(),
        at: instant(2026, 11, 23, 4, 1),
        key_id: LOG_KEY.into(),
        signature: "GKh9OQzCHHdHLC/4Abx27j7sc2vD9XeNntnkLTCaYwRocQMvXMgg7UPdMvn7Kjfhei7brnyva9um7lCUfcInBA=="
            .into(),
        checkpoint: format!(
            "{LOG}\n2\nVnv2lJrgSor6VqcTOeXGRaF/n2ZL82VddL4n2+Dcfdc=\n\n— {LOG} X/vXYBiofTkMwhx3Rywv+AG8du4+7HNrw/V3jZ7Z5C0wmmMEaHEDL1zIIO1D3TL5+yo34Xou2658r2vbpu5QlH3CJwQ=\n"
        ),
    }
}

/// A page of heads.
pub fn tree_head_page() -> Page<TreeHead> {
    Page {
        items: vec![tree_head()],
        next: None,
        next_cursor: None,
        limit: 50,
        count: None,
        provenance: provenance(),
    }
}

/// The proof that the second entry is in that tree.
pub fn inclusion_proof() -> InclusionProof {
    let [first, second] = LEAVES;
    InclusionProof {
        leaf_index: 1,
        leaf_hash: second.into(),
        size: 2,
        root: ROOT.into(),
        path: vec![first.into()],
        head: Some(tree_head()),
    }
}

/// The proof that the tree begins with that of its first entry.
pub fn consistency_proof() -> ConsistencyProof {
    let [first, second] = LEAVES;
    ConsistencyProof {
        from: 1,
        to: 2,
        from_root: first.into(),
        to_root: ROOT.into(),
        path: vec![second.into()],
    }
}

/// The first entry, which everybody may read.
pub fn log_entry() -> LogEntry {
    let [first, _] = LEAVES;
    LogEntry {
        leaf_index: 0,
        leaf_hash: first.into(),
        sealed_at_size: 1,
        sealed_at: instant(2026, 11, 23, 4, 0),
        entry: Some(AuditEntry {
            act: "calendar.load".into(),
            actor: "operator".into(),
            actor_id: None,
            actor_role: None,
            at: "2026-11-23T04:00:00.000000Z".into(),
            commitment: "af2bdbe1aa9b6ec1e2ade1d694f41fc71a831d0268e9891562113d8a62add1bf".into(),
            facts: serde_json::json!({
                "added": 116, "changed": 0, "removed": 0,
                "sha256": "5152790e278eb89039f8bfaa354b944ec1b44c5d3fc144edc5720c3edc045c73",
            }),
            format: "yuti.audit.1".into(),
            from_state: None,
            id: 1,
            subject: "calendar".into(),
            subject_id: 0,
            to_state: None,
        }),
    }
}

/// The keys of that log.
pub fn log_keys() -> LogKeys {
    LogKeys {
        origin: LOG.into(),
        items: vec![LogKey {
            key_id: LOG_KEY.into(),
            public_key: "6kpsY+KcUgq+9VB7Ey7F+ZVHdq6+vnuSQh7qaRRG0iw=".into(),
            verifier_key: format!("{LOG}+{LOG_KEY}+AepKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs"),
            from_size: 0,
            to_size: None,
            announced_by: None,
            recorded_at: instant(2026, 11, 23, 3, 0),
        }],
    }
}

/// An occurrence of a problem.
pub fn problem(code: ProblemCode) -> Problem {
    let errors = match code {
        ProblemCode::InvalidParameters => {
            vec![ProblemError::parameter(
                "distict",
                "unknown_parameter",
                "There is no such parameter; did you mean `district`?",
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
        title: code.title(crate::Language::En).into(),
        status: code.status(),
        detail: code.what(crate::Language::En).into(),
        code,
        instance: "urn:uuid:0190d3c2-6f1e-7c3a-9f5e-2b7a1c4d5e6f".into(),
        errors,
        violated_policies: if quota { vec!["burst".into()] } else { Vec::new() },
    }
}
