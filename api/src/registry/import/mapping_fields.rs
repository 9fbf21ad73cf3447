//! The options of a field in a mapping, by the kind of its value.

use yuti_openapi::vocabulary::Precision;

use super::convert::{DateFormat, NumberStyle};
use super::fields::{Kind, Quantity};
use super::form::{At, Problems, Table};
use super::mapping::{How, Words};
use super::pick::patterns;
use super::text::clean;
use crate::profile::Pattern;

pub(super) fn how(kind: Kind, table: &mut Table<'_>, problems: &mut Problems<'_>) -> How {
    match kind {
        Kind::Text(most) => {
            let longest = u64::try_from(most).unwrap_or(u64::MAX);
            let own = table.whole("max_length", 1..=longest, problems);
            let words = words(table, problems);
            let patterns = patterns(table, "patterns", problems);
            let keep_first = keep_first(table, problems);
            let most = own.and_then(|own| usize::try_from(own).ok()).unwrap_or(most);
            How::Text { most, words, patterns, keep_first }
        }
        Kind::Phone => How::Phone,
        Kind::UnitCode => How::UnitCode,
        Kind::Date { past, month } => How::Date { formats: formats(table, month, problems), past },
        Kind::Number(quantity) => number(quantity, table, problems),
        Kind::Degrees => {
            How::Number { style: NumberStyle::Decimal, factor: 1.0, least: -180.0, most: 180.0, decimals: 15 }
        }
        Kind::Whole { least, most } => How::Whole { least, most },
        Kind::Code(_) => How::Code(words(table, problems)),
        Kind::Flag => How::Flag(words(table, problems)),
        Kind::District | Kind::Zone => How::Place(words(table, problems)),
        Kind::Category => {
            let catalogue = table.text("catalogue", problems).map(|text| text.value);
            How::Category { words: words(table, problems), catalogue }
        }
    }
}

fn number(quantity: Quantity, table: &mut Table<'_>, problems: &mut Problems<'_>) -> How {
    let own_unit = quantity.units.first().copied().unwrap_or(("", 1.0));
    let names: Vec<&str> = quantity.units.iter().map(|(name, _)| *name).collect();
    let unit = match table.text("unit", problems) {
        None => own_unit,
        Some(text) => match quantity.units.iter().find(|(name, _)| *name == text.value) {
            Some(unit) => *unit,
            None => {
                problems.add(&text.place, format!("is none of {}; write one of them", names.join(", ")));
                own_unit
            }
        },
    };
    let mut style = NumberStyle::Decimal;
    if let Some(text) = table.text("style", problems) {
        match text.value.as_str() {
            "decimal" => {}
            "feet-and-inches" if unit.0 == "ft" => style = NumberStyle::FeetAndInches,
            "feet-and-inches" => {
                problems.add(&text.place, "needs `unit = \"ft\"`; say so, or leave the style out");
            }
            _ => problems.add(&text.place, "is neither `decimal` nor `feet-and-inches`; write one of them"),
        }
    }
    let (least, most) = quantity.plausible;
    let least = table.number("least", problems).map_or(least, |at: At<f64>| at.value);
    let most = table.number("most", problems).map_or(most, |at| at.value);
    if least > most {
        problems.add(&table.place_of("least"), "is more than `most`; both are in our unit");
    }
    How::Number { style, factor: unit.1, least, most, decimals: quantity.decimals }
}

pub(super) fn formats(table: &mut Table<'_>, month: bool, problems: &mut Problems<'_>) -> Vec<DateFormat> {
    let written = table.texts("formats", problems);
    let place = table.place_of("formats");
    let written = written.map_or_else(|| vec!["YYYY-MM-DD".to_owned()], |texts| texts.value);
    let mut formats = Vec::new();
    for text in written {
        match DateFormat::parse(&text) {
            Ok(format) if month || format.precision() == Precision::Day => formats.push(format),
            Ok(_) => {
                problems.add(&place, format!("has `{text}` without a day, which this field needs; add DD"));
            }
            Err(problem) => problems.add(&place, problem),
        }
    }
    formats
}

fn words(table: &mut Table<'_>, problems: &mut Problems<'_>) -> Words {
    let words = table.words("map", problems).unwrap_or_default();
    words.into_iter().map(|(theirs, ours)| (clean(&theirs), ours.value)).collect()
}

pub(super) fn not_a_code<'c>(given: &str, codes: impl Iterator<Item = &'c str>) -> String {
    format!("is `{given}`, which is none of {}; write one of them", codes.collect::<Vec<_>>().join(", "))
}

fn keep_first(table: &mut Table<'_>, problems: &mut Problems<'_>) -> Vec<(Pattern, usize)> {
    let mut rules = Vec::new();
    for (shape, count) in table.words("keep_first", problems).unwrap_or_default() {
        let number = count.value.parse().ok().filter(|number| (1..=64_usize).contains(number));
        if number.is_none() {
            problems
                .add(&count.place, "is no number of characters from 1 to 64; write it in quotation marks");
        }
        match Pattern::try_from(shape) {
            Ok(pattern) => rules.extend(number.map(|number| (pattern, number))),
            Err(problem) => problems.add(&count.place, problem),
        }
    }
    rules
}
