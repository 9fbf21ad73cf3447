//! What is registered of an elevator beside its state: plate values, codes, doubts, and where all of it comes from.

use chrono::NaiveDateTime;
use yuti_openapi::wire::{Elevator, Identifier, QualityNote};

use crate::components::Particular;
use crate::frame::{City, Frame};
use crate::subject::grouped;
use crate::text::Text;
use crate::words::Words;

/// A name in the reader's language out of a wire type's two.
macro_rules! named {
    ($words:expr, $thing:expr) => {
        $words.0.pick(&$thing.name_zh, &$thing.name_en)
    };
}

/// A text of the data, with its language where that is not the page's.
fn given(words: Words, name: &str, value: &str) -> Particular {
    Particular::new(name, Text::given(words, value))
}

/// A measure with at most two decimals and its thousands apart.
fn measure(words: Words, value: f64) -> String {
    let rounded = format!("{value:.2}");
    let (whole, decimals) = rounded.split_once('.').unwrap_or((&rounded, ""));
    let whole = whole.parse().map_or_else(|_| whole.to_owned(), |whole| words.count(whole));
    match decimals.trim_end_matches('0') {
        "" => whole,
        decimals => format!("{whole}.{decimals}"),
    }
}

/// Every code of the elevator, and what stands on its plate and in its file: only what is known.
pub(super) fn plate(frame: &Frame, elevator: &Elevator) -> Vec<Particular> {
    let words = frame.words();
    let facts = &elevator.facts;
    let codes = facts.identifiers.iter().map(|identifier| code(words, &frame.city, identifier));
    let mut rows: Vec<Particular> = codes.collect();
    if let Some(category) = &facts.category {
        let note = words.plate_catalogue(&category.catalogue, &category.code);
        let row = Particular::new(words.plate_category(), named!(words, category));
        rows.push(Particular { note: Some(note), ..row });
    }
    let texts = [
        (words.plate_manufacturer(), &facts.manufacture.manufacturer),
        (words.plate_model(), &facts.manufacture.model),
    ];
    rows.extend(
        texts.into_iter().filter_map(|(name, value)| value.as_ref().map(|value| given(words, name, value))),
    );
    let dates = [
        (words.plate_made(), facts.manufacture.manufactured_on),
        (words.plate_in_service(), facts.in_service_since),
    ];
    rows.extend(
        dates
            .into_iter()
            .filter_map(|(name, day)| day.map(|day| Particular::new(name, words.compared_date(day)))),
    );
    let plate = &facts.parameters;
    let measures = [
        (words.plate_load(), plate.rated_load_kg.map(|value| words.plate_load_value(measure(words, value)))),
        (
            words.plate_speed(),
            plate.rated_speed_m_s.map(|value| words.plate_speed_value(measure(words, value))),
        ),
        (words.plate_travel(), plate.travel_m.map(|value| words.plate_travel_value(measure(words, value)))),
        (words.plate_stops(), plate.stops.map(|value| words.plate_stops_value(value))),
        (words.plate_postal_code(), facts.postal_code.clone()),
        (
            words.plate_location(),
            facts.location.map(|place| format!("{:.5}, {:.5}", place.latitude, place.longitude)),
        ),
        (words.plate_use_status(), facts.use_status.map(|status| status.label(words.0).to_owned())),
    ];
    rows.extend(
        measures.into_iter().filter_map(|(name, value)| value.map(|value| Particular::new(name, value))),
    );
    rows
}

fn kind_name<'a>(words: Words, city: &'a City, key: &str) -> Option<&'a str> {
    let kind = city.identifier_kinds.iter().find(|kind| kind.key == key)?;
    Some(words.0.pick(&kind.label_zh, &kind.label_en))
}

fn code(words: Words, city: &City, identifier: &Identifier) -> Particular {
    let name = kind_name(words, city, &identifier.kind)
        .map_or_else(|| words.source_unlisted_kind(&identifier.kind), str::to_owned);
    // A registration code is met under the name equipment code. Where the shape says so, the page does too.
    let scheme =
        identifier.scheme.map(|scheme| scheme.label(words.0)).filter(|label| !label.starts_with(&name));
    let until = identifier.until.map(|day| words.source_until(words.compared_date(day)));
    let notes: Vec<String> = scheme.map(str::to_owned).into_iter().chain(until).collect();
    let value = grouped(&identifier.value, identifier.scheme, city.reads_out(&identifier.kind));
    Particular { note: (!notes.is_empty()).then(|| notes.join(" · ")), ..given(words, &name, &value) }
}

/// Where the data comes from.
pub(super) fn sources(words: Words, elevator: &Elevator, received: NaiveDateTime) -> Vec<Particular> {
    let source = &elevator.source;
    let name = Particular::new(words.source_name(), named!(words, source));
    let mut rows = vec![Particular { href: source.url.clone(), ..name }];
    if let Some(day) = source.as_of {
        rows.push(Particular::new(words.source_as_of(), words.compared_date(day)));
    }
    rows.push(Particular::new(words.source_received(), words.instant(received)));
    rows.push(Particular::new(words.source_licence(), source.licence.as_str()));
    rows
}

/// A doubt in words, and what the source said.
pub(super) fn doubt(words: Words, city: &City, note: &QualityNote) -> (String, String) {
    let (field, flag) = (field(words, city, &note.field), note.flag.label(words.0));
    // "Address: No address given" says it twice.
    let about = if flag.to_lowercase().contains(&field.to_lowercase()) {
        flag.to_owned()
    } else {
        words.doubt_about(&field, flag)
    };
    let said =
        note.raw.as_ref().map_or_else(|| words.doubt_raw_empty().to_owned(), |raw| words.doubt_raw(raw));
    (about, said)
}

/// What the source said word for word, where it differs and no doubt says it already.
pub(super) fn raw(words: Words, city: &City, elevator: &Elevator) -> Vec<Particular> {
    let facts = &elevator.facts;
    let doubted = |name: &str| facts.quality.iter().any(|note| note.field == name && note.raw.is_some());
    facts
        .raw
        .iter()
        .filter(|(name, _)| !doubted(name))
        .map(|(name, value)| given(words, &field(words, city, name), value))
        .collect()
}

/// A field of the wire type in the reader's words; its technical name where it has none.
fn field(words: Words, city: &City, name: &str) -> String {
    let plain = name.trim_start_matches("manufacture.").trim_start_matches("parameters.");
    let word = match plain {
        "identifiers" | "code" => words.field_identifiers(),
        "use_status" => words.field_use_status(),
        "use_status_since" => words.field_use_status_since(),
        "district" => words.field_district(),
        "address" => words.field_address(),
        "building" => words.field_building(),
        "internal_number" => words.field_internal_number(),
        "postal_code" => words.field_postal_code(),
        "location" | "location.longitude" | "location.latitude" => words.field_location(),
        "category" => words.field_category(),
        "manufacturer" => words.field_manufacturer(),
        "model" => words.field_model(),
        "manufactured_on" => words.field_manufactured_on(),
        "in_service_since" => words.field_in_service_since(),
        "rated_load_kg" => words.field_rated_load_kg(),
        "rated_speed_m_s" => words.field_rated_speed_m_s(),
        "stops" => words.field_stops(),
        "lowest_floor" => words.field_lowest_floor(),
        "highest_floor" => words.field_highest_floor(),
        "travel_m" => words.field_travel_m(),
        "using_unit" | "using_unit.name" | "using_unit.uscc" => words.field_using_unit(),
        "maintenance_unit" | "maintenance_unit.name" | "maintenance_unit.uscc" => {
            words.field_maintenance_unit()
        }
        "duty_phone" => words.field_duty_phone(),
        "inspection.last_on" => words.field_inspection_last_on(),
        "inspection.kind" => words.field_inspection_kind(),
        "inspection.result" => words.field_inspection_result(),
        "inspection" | "inspection.valid_until" => words.field_inspection_valid_until(),
        "insurance" | "insurance.kind" => words.field_insurance_kind(),
        "insurance.insurer" => words.field_insurance_insurer(),
        "insurance.valid_from" => words.field_insurance_valid_from(),
        "insurance.valid_until" => words.field_insurance_valid_until(),
        "contract" => words.field_contract(),
        "monitoring" | "monitoring.equipped" => words.field_monitoring(),
        "monitoring.since" => words.field_monitoring_since(),
        _ => {
            let kind = name.rsplit('.').next().unwrap_or(name);
            return kind_name(words, city, kind).unwrap_or(name).to_owned();
        }
    };
    word.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use yuti_openapi::{Language, samples};

    #[test]
    fn measures_have_no_needless_decimals() {
        let words = Words(Language::En);
        let measures = [1000.0, 2.5, 1.016, 98.6, 0.0, 12_345.678].map(|value| measure(words, value));
        assert_eq!(measures, ["1,000", "2.5", "1.02", "98.6", "0", "12,345.68"]);
    }

    #[test]
    fn every_field_of_the_wire_type_has_words() {
        let city = crate::samples::chongqing();
        let facts = serde_json::to_value(samples::facts()).unwrap_or_default();
        for (name, value) in facts.as_object().into_iter().flatten() {
            if matches!(name.as_str(), "quality" | "raw") {
                continue;
            }
            let nested = matches!(
                name.as_str(),
                "manufacture" | "parameters" | "inspection" | "insurance" | "monitoring"
            );
            let names: Vec<String> = match value.as_object().filter(|_| nested) {
                Some(parts) => parts.keys().map(|part| format!("{name}.{part}")).collect(),
                None => vec![name.clone()],
            };
            for name in names.iter().filter(|name| *name != "inspection.valid_until_precision") {
                assert_ne!(field(Words(Language::En), &city, name), *name);
            }
        }
    }

    #[test]
    fn a_field_of_the_profile_is_called_by_its_kind_and_an_unknown_one_by_its_name() {
        let (words, city) = (Words(Language::Zh), crate::samples::chongqing());
        assert_eq!(field(words, &city, "identifiers.rescue_code"), "96333 识别码");
        assert_eq!(field(words, &city, "colour"), "colour");
    }

    #[test]
    fn a_registration_code_under_another_name_is_called_what_it_is() {
        let city = crate::samples::chongqing();
        let identifier = Identifier {
            kind: "equipment_code".to_owned(),
            value: "31105001062011050006".to_owned(),
            scheme: yuti_openapi::identifier::code_scheme("31105001062011050006"),
            since: None,
            until: None,
        };
        let row = code(Words(Language::Zh), &city, &identifier);
        assert_eq!(row.note.as_deref(), Some("注册代码（20 位）"));
        assert_eq!(row.value.plain(), "3110 500106 201105 0006");
    }
}
