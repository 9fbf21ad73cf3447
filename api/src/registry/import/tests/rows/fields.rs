//! What a row gives for each field, and the doubts about it.

use yuti_openapi::vocabulary::{
    ContractKind, InspectionKind, InspectionResult, InsuranceKind, Precision, QualityFlag, UseStatus,
};
use yuti_openapi::wire::UnitRef;

use super::super::super::fields::FIELDS;
use super::*;

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
