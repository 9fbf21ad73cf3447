//! One set of pages for the tests: full and empty, from Chongqing and from another city.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "samples are made for tests only")]

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{NaiveDate, NaiveDateTime};
use yuti_openapi::page::Count;
use yuti_openapi::vocabulary::{ElevatorStatus, InspectionResult, QualityFlag, StatusReason, UseStatus};
use yuti_openapi::wire::{
    Category, Choice, Elevator, Identifier, Inspection, Location, Manufacture, Named, Parameters,
    QualityNote, SourceRef,
};
use yuti_openapi::{ElevatorId, Language, ProblemCode, samples};

use crate::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn at(text: &str) -> NaiveDateTime {
    text.parse().unwrap()
}

fn kind(key: &str, labels: [&str; 2], looks: Option<[&str; 2]>) -> IdentifierKind {
    IdentifierKind {
        key: key.to_owned(),
        label_zh: labels[0].to_owned(),
        label_en: labels[1].to_owned(),
        description_zh: looks.map(|looks| looks[0].to_owned()),
        description_en: looks.map(|looks| looks[1].to_owned()),
        read_out: key == "rescue_code",
    }
}

fn both(zh: &str, en: &str) -> (String, String) {
    (zh.to_owned(), en.to_owned())
}

pub(crate) fn chongqing() -> City {
    City {
        name_zh: "重庆".to_owned(),
        name_en: "Chongqing".to_owned(),
        rescue_line: RescueLine {
            number: "96333".to_owned(),
            code_identifier_kind: Some("rescue_code".to_owned()),
            beside_code: both("接通后报识别码", "Read out this code"),
            without_code: both(
                "接通后报轿厢里贴的识别码；找不到就说清楚小区、楼栋和哪部电梯",
                "Read out the code on the sticker in the car. None there? Say which estate, building and elevator",
            ),
        },
        identifier_kinds: vec![
            kind(
                "rescue_code",
                ["96333 识别码", "96333 code"],
                Some([
                    "5 到 8 位数字，多数是 6 位，贴在轿厢里",
                    "5 to 8 digits, mostly 6, on the sticker in the car",
                ]),
            ),
            kind(
                "equipment_code",
                ["设备代码", "Equipment code"],
                Some([
                    "17、18、20 或 21 位数字和字母，印在使用标志上",
                    "17, 18, 20 or 21 digits and letters, on the use mark",
                ]),
            ),
            kind("registration_code", ["注册代码", "Registration code"], None),
            kind("certificate_number", ["使用登记证编号", "Registration certificate number"], None),
            kind("factory_number", ["出厂编号", "Factory number"], None),
        ],
        pilot: true,
        maintenance_interval_days: Some(15),
        inspection_binds_use: true,
        public_url: "https://yuti.example".to_owned(),
    }
}

pub(crate) fn new_york() -> City {
    City {
        name_zh: "纽约".to_owned(),
        name_en: "New York City".to_owned(),
        rescue_line: RescueLine {
            number: "911".to_owned(),
            code_identifier_kind: None,
            beside_code: both("接通后说清楚地址，再报这个编号", "Say the address, then read out this number"),
            without_code: both(
                "接通后说清楚地址，以及是哪部电梯",
                "Say the address and which elevator you are in",
            ),
        },
        identifier_kinds: vec![kind("device_number", ["设备编号", "Device number"], None)],
        pilot: false,
        maintenance_interval_days: None,
        inspection_binds_use: false,
        public_url: "https://lifts.example".to_owned(),
    }
}

pub(crate) fn frame(language: Language) -> Frame {
    Frame {
        language,
        text: TextSize::Normal,
        theme: Theme::System,
        path: "/e/502718".to_owned(),
        demo: true,
        as_of: at("2026-11-23T14:36:00"),
        city: Arc::new(chongqing()),
    }
}

pub(crate) fn frame_of_new_york(language: Language) -> Frame {
    Frame { path: "/e/1D10028".to_owned(), demo: false, city: Arc::new(new_york()), ..frame(language) }
}

/// An elevator of a register with English addresses, without units, insurance or validity.
pub(crate) fn elevator_of_new_york() -> Elevator {
    let mut elevator = samples::elevator_unknown();
    elevator.id = ElevatorId(28);
    elevator.code = "1D10028".to_owned();
    elevator.authority = None;
    elevator.source = SourceRef {
        key: "nyc-elevators-2015".to_owned(),
        name_zh: "纽约市电梯登记（2015）".to_owned(),
        name_en: "Elevators of New York City, 2015".to_owned(),
        licence: "Public domain".to_owned(),
        url: Some("https://data.example/elevators".to_owned()),
        as_of: Some(day("2015-11-30")),
        demonstration: false,
    };
    let facts = &mut elevator.facts;
    facts.identifiers = vec![Identifier {
        kind: "device_number".to_owned(),
        value: "1D10028".to_owned(),
        scheme: None,
        since: None,
        until: None,
    }];
    facts.use_status = Some(UseStatus::InUse);
    facts.district =
        Some(Named {
            code: "1".to_owned(), name_zh: "曼哈顿".to_owned(), name_en: "Manhattan".to_owned()
        });
    facts.address = Some("480 WEST BROADWAY".to_owned());
    facts.postal_code = Some("10012".to_owned());
    facts.location = Some(Location { longitude: -73.999_84, latitude: 40.727_25 });
    facts.category = Some(Category {
        code: "D".to_owned(),
        catalogue: "nyc".to_owned(),
        name_zh: "杂物电梯".to_owned(),
        name_en: "Dumbwaiter".to_owned(),
    });
    facts.manufacture =
        Manufacture { manufacturer: Some("OTIS".to_owned()), model: None, manufactured_on: None };
    facts.parameters =
        Parameters { rated_load_kg: Some(136.08), rated_speed_m_s: Some(0.508), ..Parameters::default() };
    facts.inspection = Inspection {
        last_on: Some(day("2014-03-25")),
        result: Some(InspectionResult::DefectsFound),
        ..Inspection::default()
    };
    facts.quality = vec![QualityNote {
        flag: QualityFlag::StandInValue,
        field: "manufacture.manufacturer".to_owned(),
        raw: Some("**".to_owned()),
    }];
    facts.raw = BTreeMap::from([
        ("inspection.result".to_owned(), "NV".to_owned()),
        ("parameters.rated_load_kg".to_owned(), "300".to_owned()),
    ]);
    elevator
}

/// The fullest elevator there can be: every row, every particular, doubts and raw values.
pub(crate) fn fullest() -> Elevator {
    let mut elevator = samples::elevator();
    elevator.facts.use_status = Some(UseStatus::UnderRepair);
    elevator.facts.postal_code = Some("400060".to_owned());
    elevator.status = ElevatorStatus::OutOfUse;
    elevator.status_reasons = vec![StatusReason::ReportedOutOfUse, StatusReason::InspectionValid];
    let doubt = |flag, field: &str, raw: &str| QualityNote {
        flag,
        field: field.to_owned(),
        raw: Some(raw.to_owned()),
    };
    elevator.facts.quality = vec![
        doubt(QualityFlag::CoordinatesImplausible, "location", "0, 0"),
        doubt(QualityFlag::DateUnreadable, "in_service_since", "2019.13"),
        doubt(QualityFlag::UnitCodeInvalid, "using_unit.uscc", "915001080000000000"),
        doubt(QualityFlag::IdentifierMalformed, "identifiers.factory_number", "KX-19-00842"),
        doubt(QualityFlag::CatalogueAssumed, "category", "3110"),
        doubt(QualityFlag::NumberImplausible, "parameters.travel_m", "986"),
    ];
    elevator.facts.raw = [
        ("inspection.result", "合 格"),
        ("inspection.valid_until", "2027年8月"),
        ("insurance.kind", "安责险"),
        ("contract", "大包"),
        ("parameters.rated_load_kg", "1吨"),
        ("parameters.rated_speed_m_s", "150 m/min"),
        ("use_status", "维修"),
        ("district", "南岸"),
    ]
    .map(|(field, raw)| (field.to_owned(), raw.to_owned()))
    .into();
    elevator
}

/// An elevator that is known by its registration code alone.
pub(crate) fn without_rescue_code() -> Elevator {
    let mut elevator = samples::elevator_in_doubt();
    elevator.facts.identifiers.retain(|identifier| identifier.kind == "registration_code");
    elevator.code = "31105001062011050006".to_owned();
    elevator
}

fn page_of(elevator: Elevator) -> ElevatorPage {
    ElevatorPage { elevator, received: at("2026-11-23T00:00:00") }
}

fn choice(elevator: Elevator) -> Choice {
    Choice {
        id: elevator.id,
        url: format!("https://yuti.example/v1/elevators/{}", elevator.id),
        code: elevator.code,
        kind: "rescue_code".to_owned(),
        address: elevator.facts.address,
        building: elevator.facts.building,
        internal_number: elevator.facts.internal_number,
        district: elevator.facts.district,
    }
}

pub(crate) fn home() -> HomePage {
    let state = |status: ElevatorStatus, count| StateCount {
        status,
        count,
        path: format!("/search?status={status}"),
    };
    HomePage {
        figures: Some(CityFigures {
            elevators: 2_000,
            pilots: Some(412),
            states: vec![
                state(ElevatorStatus::InOrder, 1_744),
                state(ElevatorStatus::Attention, 121),
                state(ElevatorStatus::OutOfUse, 63),
                state(ElevatorStatus::NotReceived, 72),
            ],
        }),
    }
}

pub(crate) fn search() -> SearchPage {
    let filter = |kind, count, path: &str, current| Filter {
        kind,
        count: Some(count),
        path: path.to_owned(),
        current,
    };
    let entry = |name: &str, count, chosen| FacetEntry {
        name: name.to_owned(),
        count: Some(count),
        path: "/search?q=%E7%9F%B3".to_owned(),
        chosen,
    };
    SearchPage {
        query: "石".to_owned(),
        count: Some(Count { total: 1_204, exact: true }),
        filters: vec![
            filter(FilterKind::All, 1_204, "/search?q=%E7%9F%B3", true),
            filter(
                FilterKind::Status(ElevatorStatus::Attention),
                2,
                "/search?q=%E7%9F%B3&status=attention",
                false,
            ),
            filter(
                FilterKind::Status(ElevatorStatus::OutOfUse),
                1,
                "/search?q=%E7%9F%B3&status=out_of_use",
                false,
            ),
            filter(
                FilterKind::Status(ElevatorStatus::InOrder),
                9,
                "/search?q=%E7%9F%B3&status=in_order",
                false,
            ),
            filter(FilterKind::Pilot, 8, "/search?q=%E7%9F%B3&pilot=true", false),
        ],
        facets: vec![Facet {
            heading: "区县".to_owned(),
            entries: vec![entry("南岸区", 7, true), entry("九龙坡区", 3, false), entry("巴南区", 1, false)],
        }],
        results: vec![
            samples::elevator_out_of_use(),
            samples::elevator_in_doubt(),
            samples::elevator(),
            samples::elevator_unknown(),
        ],
        narrowed: true,
        next_path: Some("/search?q=%E7%9F%B3&after=eyJr".to_owned()),
        first_path: Some("/search?q=%E7%9F%B3".to_owned()),
        json: Some("/v1/elevators?q=%E7%9F%B3".to_owned()),
    }
}

pub(crate) fn refusal(problem: ProblemCode) -> RefusalPage {
    RefusalPage {
        problem,
        elevator: (problem == ProblemCode::ElevatorNotFound).then(|| MissingElevator {
            code: "50271".to_owned(),
            nearest: vec![choice(samples::elevator()), choice(samples::elevator_out_of_use())],
        }),
        retry_after_seconds: Some(7),
        request_id: Some("0190d3c2-6f1e-7c3a-9f5e-2b7a1c4d5e6f".to_owned()),
    }
}

/// A page by its name.
pub(crate) type Sample = (String, Box<dyn Fn(&Frame) -> Rendered>);

/// Every page in every state, to be rendered with the frame of Chongqing.
pub(crate) fn pages() -> Vec<Sample> {
    let elevators = [
        ("elevator-pilot", samples::elevator()),
        ("elevator-attention", samples::elevator_in_doubt()),
        ("elevator-unknown", samples::elevator_unknown()),
        ("elevator-out-of-use", samples::elevator_out_of_use()),
        ("elevator-fullest", fullest()),
        ("elevator-long-code", without_rescue_code()),
    ];
    let mut pages: Vec<Sample> = Vec::new();
    for (name, elevator) in elevators {
        let page = page_of(elevator);
        pages.push((name.to_owned(), Box::new(move |frame| page.render(frame))));
    }
    let nothing = SearchPage { query: "无此处".to_owned(), ..SearchPage::default() };
    let filtered = SearchPage { results: Vec::new(), count: None, next_path: None, ..search() };
    pages.push(("home".to_owned(), Box::new(|frame| home().render(frame))));
    pages.push(("home-empty".to_owned(), Box::new(|frame| HomePage::default().render(frame))));
    pages.push(("search".to_owned(), Box::new(|frame| search().render(frame))));
    pages.push(("search-empty".to_owned(), Box::new(|frame| SearchPage::default().render(frame))));
    pages.push(("search-nothing".to_owned(), Box::new(move |frame| nothing.render(frame))));
    pages.push(("search-filtered".to_owned(), Box::new(move |frame| filtered.render(frame))));
    pages.push((
        "choices".to_owned(),
        Box::new(|frame| ChoicesPage { choices: samples::choices() }.render(frame)),
    ));
    pages.extend(crate::samples_accounts::pages());
    pages.extend(keys());
    for code in ProblemCode::ALL {
        pages.push((format!("refusal-{}", code.code()), Box::new(|frame| refusal(*code).render(frame))));
        let example = serde_json::to_string_pretty(&samples::problem(*code)).unwrap();
        let page = ProblemPage { problem: *code, example };
        pages.push((format!("problem-{}", code.code()), Box::new(move |frame| page.render(frame))));
    }
    pages.push(("docs".to_owned(), Box::new(|frame| DocsPage { viewer: "/docs/viewer/" }.render(frame))));
    pages
}

/// Keys: asked for, refused, shown once, looked at, revoked.
fn keys() -> Vec<Sample> {
    let offset = chrono::FixedOffset::east_opt(8 * 3600).unwrap();
    let quotas = |burst, daily| KeyQuotas { burst, window_seconds: 10, daily };
    let empty = KeysPage {
        new: Filled::default(),
        mine: Filled::default(),
        once: "0190d3c2-6f1e-7c3a-9f5e-2b7a1c4d5e6f".to_owned(),
        anonymous: quotas(100, 10_000),
        key: quotas(300, 200_000),
    };
    let error = |field: &str, text: &str| FieldError { field: field.to_owned(), text: text.to_owned() };
    let refused = KeysPage {
        new: Filled {
            errors: vec![error("name", "要填。"), error("contact", "要写一个电子邮箱。")],
            ..Filled::with(&[("contact", "dev")])
        },
        ..empty.clone()
    };
    let stranger = KeysPage {
        mine: Filled { errors: vec![error("key", "没有这个密钥。")], ..Filled::default() },
        ..empty.clone()
    };
    let mut replaced = samples::issued_key();
    replaced.api_key = samples::api_key();
    let issued = IssuedKeyPage { issued: samples::issued_key(), replaces: true, offset };
    let overlapping = IssuedKeyPage { issued: replaced, ..issued.clone() };
    let mine = MyKeyPage {
        key: samples::issued_key().key,
        api_key: samples::api_key(),
        overlap_minutes: 1_440,
        filled: Filled::default(),
        asked: true,
        once: empty.once.clone(),
        offset,
    };
    let mut system = mine.clone();
    system.asked = false;
    system.filled = Filled {
        errors: vec![error("reason", "要填。"), error("daily", "要填 1 到 100000000 的整数。")],
        ..Filled::with(&[("daily", "很多")])
    };
    system.api_key.usage = Vec::new();
    system.api_key.contact = None;
    system.api_key.scopes = yuti_openapi::vocabulary::Vocabulary::ALL.to_vec();
    system.api_key.expires_at = Some(system.api_key.created_at + chrono::TimeDelta::days(365));
    system.api_key.organisation = Some(yuti_openapi::wire::KeyOrganisation {
        uscc: None,
        name: "坎上坎电梯维保有限公司".to_owned(),
    });
    let mut pages = desk_keys(&system.api_key, offset);
    let public: Vec<Sample> = vec![
        ("keys".to_owned(), Box::new(move |frame| empty.render(frame))),
        ("keys-refused".to_owned(), Box::new(move |frame| refused.render(frame))),
        ("keys-stranger".to_owned(), Box::new(move |frame| stranger.render(frame))),
        ("keys-issued".to_owned(), Box::new(move |frame| issued.render(frame))),
        ("keys-replaced".to_owned(), Box::new(move |frame| overlapping.render(frame))),
        ("keys-mine".to_owned(), Box::new(move |frame| mine.render(frame))),
        ("keys-mine-refused".to_owned(), Box::new(move |frame| system.render(frame))),
        ("keys-revoked".to_owned(), Box::new(|frame| RevokedKeyPage.render(frame))),
    ];
    pages.extend(public);
    pages
}

/// Keys at the desk: of everybody, and of a unit's systems.
fn desk_keys(system: &yuti_openapi::wire::ApiKey, offset: chrono::FixedOffset) -> Vec<Sample> {
    let desk = |here| Desk {
        who: "王芳".to_owned(),
        csrf: "0190d3c2".to_owned(),
        rooms: vec![DeskRoom::Account, DeskRoom::Keys, DeskRoom::UnitKeys],
        here,
    };
    let row = |id: &str, wish| KeyRow {
        id: id.to_owned(),
        name: "小区电梯看板".to_owned(),
        kind: yuti_openapi::vocabulary::KeyKind::Reader,
        unit: None,
        state: yuti_openapi::vocabulary::KeyState::Active,
        last: Some("2026-11-23 14:36".to_owned()),
        wish,
    };
    let of_unit = KeyRow {
        unit: Some("坎上坎电梯维保有限公司".to_owned()),
        state: yuti_openapi::vocabulary::KeyState::Revoked,
        last: None,
        ..row("key-16", None)
    };
    let list = DeskKeysPage {
        desk: desk(DeskRoom::Keys),
        asked: true,
        rows: vec![row("key-17", Some(yuti_openapi::vocabulary::RaiseState::Asked)), of_unit.clone()],
        next: Some("/admin/keys?before=16".to_owned()),
        issue: None,
    };
    let error = |field: &str, text: &str| FieldError { field: field.to_owned(), text: text.to_owned() };
    let unit = DeskKeysPage {
        desk: desk(DeskRoom::UnitKeys),
        asked: false,
        rows: Vec::new(),
        next: None,
        issue: Some(Filled { errors: vec![error("name", "要填。")], ..Filled::default() }),
    };
    let one = DeskKeyPage {
        desk: desk(DeskRoom::Keys),
        api_key: samples::api_key(),
        acts: vec![KeyAct::Decide, KeyAct::Revoke],
        overlap_minutes: 1_440,
        filled: Filled { message: Some("没有等待处理的申请。".to_owned()), ..Filled::default() },
        offset,
    };
    let own = DeskKeyPage {
        desk: desk(DeskRoom::UnitKeys),
        api_key: system.clone(),
        acts: vec![KeyAct::Rotate, KeyAct::Revoke],
        filled: Filled::default(),
        ..one.clone()
    };
    let issued = DeskIssuedPage {
        desk: desk(DeskRoom::UnitKeys),
        issued: samples::issued_key(),
        replaces: false,
        offset,
    };
    vec![
        ("desk-keys".to_owned(), Box::new(move |frame| list.render(frame))),
        ("desk-unit-keys".to_owned(), Box::new(move |frame| unit.render(frame))),
        ("desk-key".to_owned(), Box::new(move |frame| one.render(frame))),
        ("desk-unit-key".to_owned(), Box::new(move |frame| own.render(frame))),
        ("desk-key-issued".to_owned(), Box::new(move |frame| issued.render(frame))),
    ]
}

/// The pages of the other city.
pub(crate) fn pages_of_new_york() -> Vec<Sample> {
    let page = page_of(elevator_of_new_york());
    let found = SearchPage {
        query: "broadway".to_owned(),
        results: vec![elevator_of_new_york()],
        ..SearchPage::default()
    };
    vec![
        ("new-york-elevator".to_owned(), Box::new(move |frame| page.render(frame))),
        ("new-york-home".to_owned(), Box::new(|frame| HomePage::default().render(frame))),
        ("new-york-search".to_owned(), Box::new(move |frame| found.render(frame))),
    ]
}
