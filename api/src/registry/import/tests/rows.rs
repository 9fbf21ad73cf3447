//! Rows to facts: what is read, what is doubted, what is rejected.

use std::borrow::Cow;

use chrono::NaiveDate;
use csv::ByteRecord;
use yuti_openapi::vocabulary::{
    ContractKind, InspectionKind, InspectionResult, InsuranceKind, Precision, QualityFlag, UseStatus,
};
use yuti_openapi::wire::{ElevatorFacts, UnitRef};

use super::super::fields::FIELDS;
use super::super::interpret::Interpreter;
use super::super::mapping::{Encoding, Mapping};
use super::super::pick::Cells;
use super::super::report;
use super::super::row::{Judge, Verdict};
use crate::profile::Profile;
use crate::registry::intake::Incoming;
use crate::registry::reference::Reference;

/// A mapping of one's own under the usual head.
fn mapping(rest: &str) -> Mapping {
    let head = r#"
        source = { key = "trial", name_zh = "试验", name_en = "Trial", licence = "CC0", as_of = 2021-06-30 }
        identity = { column = "key" }
    "#;
    let profile = Profile::load("chongqing").unwrap();
    Mapping::parse(&format!("{head}\n{rest}"), &profile).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

/// The reference data without a database: codes stand for themselves.
async fn reference(profile: &Profile) -> Reference {
    let db = crate::db::open("sqlite::memory:", 1, crate::db::Purpose::Bulk).await.unwrap();
    crate::db::migrate(&db).await.unwrap();
    let txn = crate::db::begin(&db).await.unwrap();
    crate::registry::reference::store(&txn, profile.reference()).await.unwrap();
    txn.commit().await.unwrap();
    Reference::load(&db, profile).await.unwrap()
}

async fn elevator(mapping: &Mapping, header: &[&str], row: &[&str]) -> Incoming {
    let profile = Profile::load("chongqing").unwrap();
    let reference = reference(&profile).await;
    let names: Vec<String> = header.iter().map(|name| (*name).to_owned()).collect();
    let columns = mapping.columns.bind(&names).unwrap_or_else(|problems| panic!("{problems:#?}"));
    let fields: Vec<Cow<'_, str>> = row.iter().map(|field| Cow::Borrowed(*field)).collect();
    let today = mapping.source.as_of.unwrap();
    let vault = crate::vault::Vault::for_test();
    let interpreter = Interpreter { mapping, profile: &profile, reference: &reference, vault: &vault, today };
    interpreter.elevator("K1".into(), Cells { fields: &fields, columns: &columns })
}

fn flags(facts: &ElevatorFacts) -> Vec<(QualityFlag, &str)> {
    let always = [QualityFlag::AddressMissing, QualityFlag::CoordinatesMissing, QualityFlag::DistrictUnknown];
    facts
        .quality
        .iter()
        .filter(|note| !(always.contains(&note.flag) && note.raw.is_none()))
        .map(|note| (note.flag, note.field.as_str()))
        .collect()
}

fn day(text: &str) -> Option<NaiveDate> {
    Some(text.parse().unwrap())
}

#[tokio::test]
async fn every_field_can_be_filled() {
    let value = |path: &str| match path {
        "use_status" => "in_use",
        "district" => "500103",
        "zone" => "liangjiang",
        "location.longitude" => "106.57",
        "location.latitude" => "29.55",
        "category" => "3110",
        "parameters.rated_load_kg" => "1000",
        "parameters.rated_speed_m_s" => "1.75",
        "parameters.stops" => "30",
        "parameters.travel_m" => "90",
        "using_unit.code" | "maintenance_unit.code" => "115002227398230135",
        "duty_phone" => "023-63636363",
        "inspection.kind" => "periodic",
        "inspection.result" => "passed",
        "insurance.kind" => "life_cycle",
        "contract" => "all_inclusive",
        "monitoring.equipped" => "true",
        "annotation.ended_because" => "pilot_ended",
        "annotation.interval_days" => "30",
        "insurance.valid_until" | "annotation.until" | "inspection.valid_until" => "2022-06-30",
        path if path.ends_with("_on") || path.ends_with("since") || path.ends_with("valid_from") => {
            "2021-01-31"
        }
        _ => "text",
    };
    let mut text = String::new();
    for field in FIELDS {
        text.push_str(&format!("[fields.{}]\ncolumn = \"{}\"\n", field.path, field.path));
    }
    let zones = Profile::load("chongqing").unwrap();
    let zone = zones.reference().zones[0].key.clone();
    let header: Vec<&str> = std::iter::once("key").chain(FIELDS.iter().map(|field| field.path)).collect();
    let row: Vec<&str> = header
        .iter()
        .map(|path| {
            if *path == "zone" {
                zone.as_str()
            } else if *path == "key" {
                "K1"
            } else {
                value(path)
            }
        })
        .collect();
    let found = elevator(&mapping(&text), &header, &row).await;
    assert_eq!(found.zone_key, Some(zone));
    assert_eq!(found.annotations.len(), 1);
    assert_eq!(found.annotations[0].basis, "text");
    assert_eq!(found.annotations[0].interval_days, Some(30));
    let facts = serde_json::to_value(&found.facts).unwrap();
    let mut empty = Vec::new();
    nulls("", &facts, &mut empty);
    assert_eq!(empty, Vec::<String>::new(), "fields of the facts that no mapping fills");
    // What was read as it stands leaves nothing beside; the catalogue's year was not said.
    assert_eq!(found.facts.raw.keys().collect::<Vec<_>>(), Vec::<&String>::new());
    assert_eq!(flags(&found.facts), [(QualityFlag::CatalogueAssumed, "category")]);
}

fn nulls(path: &str, value: &serde_json::Value, into: &mut Vec<String>) {
    match value {
        serde_json::Value::Null => into.push(path.to_owned()),
        serde_json::Value::Object(map) => {
            map.iter().for_each(|(key, value)| nulls(&format!("{path}.{key}"), value, into));
        }
        _ => {}
    }
}

#[tokio::test]
async fn a_row_as_a_chinese_register_writes_it() {
    let mapping = mapping(
        r#"
        identifiers = [
            { kind = "equipment_code", column = "设备代码", coding_schemes = true },
            { kind = "rescue_code", column = "救援识别码" },
        ]
        [fields.use_status]
        column = "状态"
        map = { "在用" = "in_use", "停用" = "suspended" }
        [fields.district]
        column = "区县"
        [fields.using_unit]
        name = { column = "使用单位" }
        code = { column = "使用单位代码" }
        [fields.maintenance_unit]
        name = { column = "维保单位" }
        code = { column = "维保单位代码" }
        [fields.category]
        column = "类别"
        catalogue = "2014-114"
        [fields.inspection]
        valid_until = { column = "下次检验", formats = ["YYYY年M月"] }
        last_on = { column = "检验日期", formats = ["YYYY/M/D", "YYYYMMDD"] }
        kind = { constant = "periodic", when = { column = "检验日期", empty = false } }
        result = { column = "结论", map = { "合格" = "passed" } }
        [fields.insurance]
        kind = { column = "保险", map = { "责任险" = "safety_liability" } }
        [fields.contract]
        column = "合同"
        map = { "大包" = "all_inclusive" }
        [fields.monitoring.equipped]
        column = "物联网"
        map = { "有" = true, "无" = false }
        [fields.annotation]
        since = { column = "按需维保开始" }
        interval_days = { column = "周期", strip_suffixes = ["天"] }
    "#,
    );
    let header = [
        "key",
        "设备代码",
        "救援识别码",
        "状态",
        "区县",
        "使用单位",
        "使用单位代码",
        "维保单位",
        "维保单位代码",
        "类别",
        "下次检验",
        "检验日期",
        "结论",
        "保险",
        "合同",
        "物联网",
        "按需维保开始",
        "周期",
    ];
    let row = [
        "7",
        "31105001062011050006",
        "502718",
        "在用",
        "渝中区",
        "某某物业",
        "115002227398230135",
        "某某电梯",
        "915001032222222222",
        "3110",
        "2022年3月",
        "2021/3/9",
        "合格",
        "责任险",
        "大包",
        "有",
        "2020-10-01",
        "30天",
    ];
    let found = elevator(&mapping, &header, &row).await;
    let facts = &found.facts;
    assert_eq!(found.code, "502718", "the kind that the profile names");
    assert_eq!(facts.identifiers[0].scheme.unwrap().code(), "registration_code_20");
    assert_eq!(facts.identifiers[1].scheme, None);
    assert_eq!(facts.use_status, Some(UseStatus::InUse));
    assert_eq!(facts.raw["use_status"], "在用");
    assert_eq!(facts.district.as_ref().unwrap().code, "500103");
    assert_eq!(facts.raw["district"], "渝中区");
    let using = UnitRef { id: None, name: "某某物业".into(), uscc: Some("115002227398230135".into()) };
    assert_eq!(facts.using_unit, Some(using));
    assert_eq!(facts.maintenance_unit, Some(UnitRef { id: None, name: "某某电梯".into(), uscc: None }));
    assert_eq!(facts.raw["maintenance_unit.code"], "915001032222222222");
    assert_eq!(facts.category.as_ref().unwrap().catalogue, "2014-114");
    assert_eq!(facts.inspection.valid_until, day("2022-03-31"));
    assert_eq!(facts.inspection.valid_until_precision, Some(Precision::Month));
    assert_eq!(facts.inspection.last_on, day("2021-03-09"));
    assert_eq!(facts.inspection.kind, Some(InspectionKind::Periodic));
    assert_eq!(facts.inspection.result, Some(InspectionResult::Passed));
    assert_eq!(facts.insurance.kind, Some(InsuranceKind::SafetyLiability));
    assert_eq!(facts.contract, Some(ContractKind::AllInclusive));
    assert_eq!(facts.monitoring.equipped, Some(true));
    let mark = &found.annotations[0];
    assert_eq!(
        (Some(mark.since), mark.interval_days, mark.basis.as_str()),
        (day("2020-10-01"), Some(30), "试验")
    );
    assert_eq!(flags(facts), [(QualityFlag::UnitCodeInvalid, "maintenance_unit")]);
}

#[tokio::test]
async fn a_doubtful_value_is_no_value_and_stays_beside_with_its_doubt() {
    let mapping = mapping(
        r#"
        [file]
        stand_ins = ["N/A"]
        [fields.use_status]
        column = "status"
        [fields.in_service_since]
        column = "since"
        [fields.manufacture.manufactured_on]
        column = "made"
        [fields.inspection.last_on]
        column = "inspected"
        [fields.manufacture.manufacturer]
        column = "maker"
        stand_in_patterns = ["*{1,9}"]
        [fields.parameters]
        rated_load_kg = { column = "load", unit = "lb" }
        rated_speed_m_s = { column = "speed" }
        stops = { column = "stops" }
        [fields.category]
        column = "category"
        catalogue = "2014-114"
        [fields.district]
        column = "district"
        [fields.building]
        column = "building"
        max_length = 5
        [bounds]
        west = 105.0
        south = 28.0
        east = 111.0
        north = 33.0
        [fields.location]
        longitude = { column = "x" }
        latitude = { column = "y" }
    "#,
    );
    let header = [
        "key",
        "status",
        "since",
        "made",
        "inspected",
        "maker",
        "load",
        "speed",
        "stops",
        "category",
        "district",
        "building",
        "x",
        "y",
    ];
    let row = [
        "1",
        "7",
        "2021-07-01",
        "1066-10-14",
        "gestern",
        "**",
        "1E3",
        "99",
        "2.5",
        "9999",
        "巴黎",
        "七个字的大楼名",
        "0",
        "29",
    ];
    let facts = elevator(&mapping, &header, &row).await.facts;
    let told = flags(&facts);
    for expected in [
        (QualityFlag::ValueUnmapped, "use_status"),
        (QualityFlag::DateInFuture, "in_service_since"),
        (QualityFlag::DateImplausible, "manufacture.manufactured_on"),
        (QualityFlag::DateUnreadable, "inspection.last_on"),
        (QualityFlag::StandInValue, "manufacture.manufacturer"),
        (QualityFlag::NumberUnreadable, "parameters.rated_load_kg"),
        (QualityFlag::NumberImplausible, "parameters.rated_speed_m_s"),
        (QualityFlag::NumberUnreadable, "parameters.stops"),
        (QualityFlag::CategoryUnknown, "category"),
        (QualityFlag::DistrictUnknown, "district"),
        (QualityFlag::TextShortened, "building"),
        (QualityFlag::CoordinatesImplausible, "location"),
    ] {
        assert!(told.contains(&expected), "{expected:?} of {told:?}");
    }
    assert_eq!(told.len(), 12, "{told:?}");
    assert_eq!(facts.building.as_deref(), Some("七个字的大"));
    let raw: Vec<(&str, &str)> =
        facts.raw.iter().map(|(field, raw)| (field.as_str(), raw.as_str())).collect();
    assert_eq!(
        raw,
        [
            ("building", "七个字的大楼名"),
            ("category", "9999"),
            ("district", "巴黎"),
            ("in_service_since", "2021-07-01"),
            ("inspection.last_on", "gestern"),
            ("location.latitude", "29"),
            ("location.longitude", "0"),
            ("manufacture.manufactured_on", "1066-10-14"),
            ("manufacture.manufacturer", "**"),
            ("parameters.rated_load_kg", "1E3"),
            ("parameters.rated_speed_m_s", "99"),
            ("parameters.stops", "2.5"),
            ("use_status", "7"),
        ]
    );
    let bare = ElevatorFacts {
        building: None,
        quality: Vec::new(),
        raw: std::collections::BTreeMap::new(),
        ..facts.clone()
    };
    let nothing =
        elevator(&mapping, &header, &["1", "", "", "", "", "", "", "", "", "", "", "", "", ""]).await.facts;
    assert_eq!(
        ElevatorFacts { quality: Vec::new(), ..nothing },
        bare,
        "nothing was made of what could not be read"
    );
}

#[tokio::test]
async fn districts_of_old_registers_become_those_that_answer_on_the_register_s_day() {
    let mapping = mapping("[fields.district]\ncolumn = \"district\"\nmap = { \"主城\" = \"500103\" }");
    for (given, code, beside) in [
        ("500103", Some("500103"), None),
        ("渝中区", Some("500103"), Some("渝中区")),
        ("主城", Some("500103"), Some("主城")),
        // 綦江县 became 綦江区 in 2011.
        ("500222", Some("500110"), Some("500222")),
        // 江北区 was abolished after the register's day.
        ("500105", Some("500105"), None),
        ("500999", None, Some("500999")),
    ] {
        let facts = elevator(&mapping, &["key", "district"], &["1", given]).await.facts;
        assert_eq!(facts.district.as_ref().map(|named| named.code.as_str()), code, "{given}");
        assert_eq!(facts.raw.get("district").map(String::as_str), beside, "{given}");
    }
}

#[tokio::test]
async fn a_person_s_own_number_is_kept_nowhere() {
    let mapping = mapping(
        "[fields.duty_phone]\ncolumn = \"phone\"\n[fields.address]\ncolumn = \"address\"\n[fields.contract]\ncolumn = \"contract\"",
    );
    let header = ["key", "phone", "address", "contract"];
    for phone in
        ["13812345678", "138-1234-5678", "+86 13812345678", "023-63636363/13812345678", "张三 13812345678"]
    {
        let row = ["1", phone, "解放碑 1 号 张三13812345678", "13812345678"];
        let found = elevator(&mapping, &header, &row).await;
        assert_eq!(found.facts.duty_phone, None, "{phone}");
        let told = flags(&found.facts);
        assert!(told.contains(&(QualityFlag::PersonalDataHidden, "duty_phone")), "{told:?}");
        let all = serde_json::to_string(&found.facts).unwrap();
        assert!(!all.replace('-', "").contains("13812345678"), "{all}");
    }
    let line = elevator(&mapping, &header, &["1", "023-63636363 转 8", "", ""]).await;
    assert_eq!(line.facts.duty_phone.as_deref(), Some("023-63636363 转 8"));
}

/// A person who uses an elevator at home is no public fact: initial and a key, and the source's words nowhere.
#[tokio::test]
async fn a_person_as_using_unit_is_hidden_and_an_organisation_is_not() {
    let mapping = mapping(
        "[fields.using_unit.name]\ncolumn = \"user\"\n[fields.using_unit.code]\ncolumn = \"code\"\n[fields.maintenance_unit.name]\ncolumn = \"keeper\"",
    );
    let header = ["key", "user", "code", "keeper"];
    for (user, code, shown) in [
        ("张三丰", "", "张**（个人 "),
        ("欧阳若兰", "11010519491231002X", "欧阳**（个人 "),
        ("冉小红（业主）", "待补", "冉**（个人 "),
        // This number passes the check of a unit's code as well.
        ("李雷", "500103190101019994", "李*（个人 "),
    ] {
        let found = elevator(&mapping, &header, &["1", user, code, "郑州通"]).await.facts;
        let name = found.using_unit.as_ref().map(|unit| unit.name.clone()).unwrap();
        assert!(name.starts_with(shown) && name.ends_with('）'), "{name}");
        assert!(
            flags(&found).contains(&(QualityFlag::PersonalDataHidden, "using_unit")),
            "{:?}",
            flags(&found)
        );
        assert_eq!(
            found.maintenance_unit.as_ref().unwrap().name,
            "郑州通",
            "a company is told by its business"
        );
        let all = serde_json::to_string(&found).unwrap();
        let bare = user.trim_end_matches("（业主）");
        assert!(!all.contains(bare) && (code.is_empty() || !all.contains(code)), "{all}");
    }
    for (user, code) in [("张三丰", "115002227398230135"), ("重庆某物业管理有限公司", ""), ("财政局", "无")]
    {
        let found = elevator(&mapping, &header, &["1", user, code, ""]).await.facts;
        assert_eq!(found.using_unit.as_ref().unwrap().name, user);
        assert!(!flags(&found).contains(&(QualityFlag::PersonalDataHidden, "using_unit")));
    }
}

#[tokio::test]
async fn an_identifier_is_never_a_number_and_never_refused_for_its_shape() {
    let mapping = mapping(
        r#"
        identifiers = [
            { kind = "rescue_code", column = "a", stand_ins = ["0"] },
            { kind = "rescue_code", column = "b", until = { constant = "2020-12-31" } },
            { kind = "equipment_code", column = "c", since = { column = "d" } },
        ]
    "#,
    );
    let header = ["key", "a", "b", "c", "d"];
    let found = elevator(&mapping, &header, &["1", "50 27-18", "1E1002", "0050", "morgen"]).await;
    let told: Vec<(&str, bool)> =
        found.facts.identifiers.iter().map(|one| (one.value.as_str(), one.until.is_some())).collect();
    assert_eq!(told, [("50 27-18", false), ("0050", false), ("1E1002", true)]);
    assert_eq!(found.code, "50 27-18");
    assert_eq!(
        flags(&found.facts),
        [
            (QualityFlag::IdentifierMalformed, "identifiers.rescue_code"),
            (QualityFlag::IdentifierMalformed, "identifiers.equipment_code"),
            (QualityFlag::DateUnreadable, "identifiers.equipment_code.since"),
        ]
    );
    let none = elevator(&mapping, &header, &["1", "0", "", "", ""]).await;
    assert!(none.facts.identifiers.is_empty());
    assert_eq!(none.code, "K1");
    let twice = elevator(&mapping, &header, &["1", "502718", "5027-18", "", ""]).await;
    assert_eq!(twice.facts.identifiers.len(), 1, "the same number twice is one identifier");
}

/// The reasons for which a row is rejected, with their columns.
fn judged(
    mapping: &Mapping,
    encoding: Encoding,
    header: &[&str],
    row: &[&[u8]],
) -> Vec<(&'static str, String)> {
    let header: Vec<String> = header.iter().map(|name| (*name).to_owned()).collect();
    let columns = mapping.columns.bind(&header).unwrap();
    let record = ByteRecord::from(row.to_vec());
    let judge = Judge { mapping, columns: &columns, header: &header, encoding };
    match judge.judge(&record) {
        Verdict::Kept { .. } => vec![("kept", String::new())],
        Verdict::Skipped(filter) => vec![("skipped", filter.to_string())],
        Verdict::Rejected { rejects, .. } => {
            rejects.into_iter().map(|reject| (reject.reason.code(), reject.column)).collect()
        }
    }
}

#[test]
fn a_broken_row_tells_everything_that_is_wrong_with_it() {
    let head = r#"
        source = { key = "trial", name_zh = "试验", name_en = "Trial", licence = "CC0" }
        identity = { columns = ["a", "b"], separator = "/", patterns = ["9{1,3}/A{1,3}"] }
        filters = [
            { name = "gone", action = "drop", reason = "no longer there", column = "c", equals = "gone" },
            { name = "test", action = "reject", reason = "a test entry", column = "c", matches = ["TEST9"] },
        ]
        file = { limits = { field_characters = 100 } }
    "#;
    let mapping = Mapping::parse(head, &Profile::load("chongqing").unwrap()).unwrap();
    let header = ["a", "b", "c"];
    let told = |row: &[&[u8]]| judged(&mapping, Encoding::Utf8, &header, row);
    let one = |code, column: &str| vec![(code, column.to_owned())];
    assert_eq!(told(&[b"1", b"X", b""]), one("kept", ""));
    assert_eq!(told(&[b"1", b"X", b" gone "]), one("skipped", "0"));
    assert_eq!(told(&[b"1", b"X", b"TEST1"]), one("filter", "c"));
    assert_eq!(told(&[b"1", b"X"]), one("wrong_number_of_fields", ""));
    assert_eq!(told(&[b"1", b"X", b"", b""]), one("wrong_number_of_fields", ""));
    assert_eq!(told(&[b"", b" ", b""]), one("identity_missing", "a + b"));
    assert_eq!(told(&[b"1", b"9", b""]), one("identity_malformed", "a + b"));
    assert_eq!(told(&[b"1", b"X", "渝".repeat(101).as_bytes()]), one("field_too_long", "c"));
    let many = told(&[b"x", b"N\0L", b"\xff\xfe"]);
    let codes: Vec<&str> = many.iter().map(|(code, _)| *code).collect();
    assert_eq!(codes, ["nul_character", "undecodable", "identity_malformed"]);
}

#[test]
fn bytes_that_are_not_of_the_encoding_reject_the_row() {
    let mapping = mapping("");
    let gb = encoding_rs::GB18030.encode("渝中区").0.into_owned();
    assert_eq!(judged(&mapping, Encoding::Gb18030, &["key"], &[&gb])[0].0, "kept");
    assert_eq!(judged(&mapping, Encoding::Utf8, &["key"], &[&gb])[0].0, "undecodable");
    assert_eq!(judged(&mapping, Encoding::Gb18030, &["key"], &[b"\xff\xff"])[0].0, "undecodable");
}

#[test]
fn the_report_does_no_harm_in_a_spreadsheet() {
    let reject = report::Reject {
        column: "=cmd".into(),
        value: "@SUM(A1) 13812345678".into(),
        reason: report::Reason::IdentityMalformed,
        explanation: "why, \"so\"".into(),
    };
    let mut bytes = Vec::new();
    report::lines(3, 4, "-1+2", &[reject], &mut bytes);
    let text = String::from_utf8(bytes).unwrap();
    assert_eq!(text, "3,4,'-1+2,'=cmd,'@SUM(A1) ***********,identity_malformed,\"why, \"\"so\"\"\"\r\n");
}
