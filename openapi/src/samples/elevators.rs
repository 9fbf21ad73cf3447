//! Elevators: one in order, one in doubt, one unknown, one out of use.

use super::*;

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
            id: Some(OrganisationId(3)),
            name: "青石坎物业管理有限公司".into(),
            uscc: Some(using_unit_code()),
        }),
        maintenance_unit: Some(UnitRef {
            id: Some(OrganisationId(7)),
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
