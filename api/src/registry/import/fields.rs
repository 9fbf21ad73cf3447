//! The fields of an elevator that a mapping can fill, by the names they bear in the API.

use yuti_openapi::vocabulary::{
    AnnotationEnd, ClosedList, ContractKind, InspectionKind, InspectionResult, InsuranceKind, UseStatus,
    Vocabulary,
};

/// A field, and what kind of value it holds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Field {
    /// The name of the group it stands in, such as `inspection`.
    pub(super) group: Option<&'static str>,
    /// Its name within the group.
    pub(super) name: &'static str,
    /// Its whole name, such as `inspection.last_on`.
    pub(super) path: &'static str,
    pub(super) kind: Kind,
}

/// A kind of value.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    /// Text up to so many characters.
    Text(usize),
    /// A telephone number that is nobody's own.
    Phone,
    /// A unified social credit code.
    UnitCode,
    /// A day. `past`: one that has been; `month`: the source may name the month only.
    Date {
        past: bool,
        month: bool,
    },
    /// A measured number.
    Number(Quantity),
    /// A whole number within bounds.
    Whole {
        least: i32,
        most: i32,
    },
    /// A code of a closed list.
    Code(ClosedList),
    /// Yes or no.
    Flag,
    District,
    Zone,
    Category,
    /// Degrees.
    Degrees,
}

/// What a number measures: the units it may be given in and what elevators have.
#[derive(Clone, Copy, Debug)]
pub(super) struct Quantity {
    /// Unit names with what one of them is in ours; ours first.
    pub(super) units: &'static [(&'static str, f64)],
    /// The least and the most that is believed.
    pub(super) plausible: (f64, f64),
    pub(super) decimals: i32,
}

/// Loads. 15 kg is the smallest dumbwaiter, 100 t more than any car or platform lift carries.
const LOAD: Quantity = Quantity {
    units: &[("kg", 1.0), ("lb", 0.453_592_37), ("t", 1000.0)],
    plausible: (15.0, 100_000.0),
    decimals: 2,
};

/// Speeds. The fastest elevator built runs 20.5 m/s, the slowest platform 0.05 m/s.
const SPEED: Quantity = Quantity {
    units: &[("m/s", 1.0), ("m/min", 1.0 / 60.0), ("ft/min", 0.00508)],
    plausible: (0.05, 20.5),
    decimals: 3,
};

/// Travel. No elevator rises further than 660 m.
const TRAVEL: Quantity = Quantity {
    units: &[("m", 1.0), ("cm", 0.01), ("mm", 0.001), ("ft", 0.3048)],
    plausible: (0.3, 660.0),
    decimals: 2,
};

const fn one(name: &'static str, kind: Kind) -> Field {
    Field { group: None, name, path: name, kind }
}

const fn of(group: &'static str, name: &'static str, path: &'static str, kind: Kind) -> Field {
    Field { group: Some(group), name, path, kind }
}

const PAST: Kind = Kind::Date { past: true, month: false };
const ANY_DAY: Kind = Kind::Date { past: false, month: false };

/// Every field that a mapping can fill, beside identifiers.
pub(super) const FIELDS: &[Field] = &[
    one("use_status", Kind::Code(UseStatus::LIST)),
    one("use_status_since", PAST),
    one("district", Kind::District),
    one("zone", Kind::Zone),
    one("address", Kind::Text(300)),
    one("building", Kind::Text(200)),
    one("internal_number", Kind::Text(100)),
    one("postal_code", Kind::Text(20)),
    of("location", "longitude", "location.longitude", Kind::Degrees),
    of("location", "latitude", "location.latitude", Kind::Degrees),
    one("category", Kind::Category),
    of("manufacture", "manufacturer", "manufacture.manufacturer", Kind::Text(200)),
    of("manufacture", "model", "manufacture.model", Kind::Text(100)),
    of("manufacture", "manufactured_on", "manufacture.manufactured_on", PAST),
    one("in_service_since", PAST),
    of("parameters", "rated_load_kg", "parameters.rated_load_kg", Kind::Number(LOAD)),
    of("parameters", "rated_speed_m_s", "parameters.rated_speed_m_s", Kind::Number(SPEED)),
    of("parameters", "stops", "parameters.stops", Kind::Whole { least: 1, most: 300 }),
    of("parameters", "lowest_floor", "parameters.lowest_floor", Kind::Text(20)),
    of("parameters", "highest_floor", "parameters.highest_floor", Kind::Text(20)),
    of("parameters", "travel_m", "parameters.travel_m", Kind::Number(TRAVEL)),
    of("using_unit", "name", "using_unit.name", Kind::Text(200)),
    of("using_unit", "code", "using_unit.code", Kind::UnitCode),
    of("maintenance_unit", "name", "maintenance_unit.name", Kind::Text(200)),
    of("maintenance_unit", "code", "maintenance_unit.code", Kind::UnitCode),
    one("duty_phone", Kind::Phone),
    of("inspection", "last_on", "inspection.last_on", PAST),
    of("inspection", "kind", "inspection.kind", Kind::Code(InspectionKind::LIST)),
    of("inspection", "result", "inspection.result", Kind::Code(InspectionResult::LIST)),
    of("inspection", "valid_until", "inspection.valid_until", Kind::Date { past: false, month: true }),
    of("insurance", "kind", "insurance.kind", Kind::Code(InsuranceKind::LIST)),
    of("insurance", "insurer", "insurance.insurer", Kind::Text(200)),
    of("insurance", "valid_from", "insurance.valid_from", ANY_DAY),
    of("insurance", "valid_until", "insurance.valid_until", ANY_DAY),
    one("contract", Kind::Code(ContractKind::LIST)),
    of("monitoring", "equipped", "monitoring.equipped", Kind::Flag),
    of("monitoring", "since", "monitoring.since", PAST),
    of("annotation", "since", "annotation.since", ANY_DAY),
    of("annotation", "until", "annotation.until", ANY_DAY),
    of("annotation", "ended_because", "annotation.ended_because", Kind::Code(AnnotationEnd::LIST)),
    of("annotation", "interval_days", "annotation.interval_days", Kind::Whole { least: 1, most: 366 }),
    of("annotation", "basis", "annotation.basis", Kind::Text(300)),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_group_and_name() {
        for field in FIELDS {
            let path =
                field.group.map_or_else(|| field.name.to_owned(), |group| format!("{group}.{}", field.name));
            assert_eq!(field.path, path);
        }
    }
}
