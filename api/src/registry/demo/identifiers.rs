//! Identifiers: every value follows from the elevator's place in the set, so that no two elevators share one by accident.

use chrono::{Datelike as _, NaiveDate};
use yuti_openapi::identifier::code_scheme;
use yuti_openapi::wire::Identifier;

use super::days::{fixed, shift};
use super::lists::{Maker, Spec};

/// Codes of six digits that belong to the elevators with a fixed part; the others get theirs beside them.
const CAST_CODES: std::ops::Range<u64> = 500_000..510_000;
/// Codes of one building follow each other: runs of so many.
const RUN: u64 = 16;
/// Runs between 200 000 and 999 999 without those of the cast.
const RUNS: u64 = (800_000 - (CAST_CODES.end - CAST_CODES.start)) / RUN;

/// What an elevator's identifiers follow from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bearer<'a> {
    pub(super) index: u64,
    pub(super) spec: &'a Spec,
    pub(super) maker: &'a Maker,
    pub(super) manufactured: NaiveDate,
    /// `None`: still being installed.
    pub(super) in_service: Option<NaiveDate>,
    /// The code of the registering bureau's region at that time.
    pub(super) region: &'a str,
    /// The category as it was then.
    pub(super) category: &'a str,
    pub(super) today: NaiveDate,
}

/// An identifier in force.
pub(super) fn identifier(kind: &str, value: &str, since: Option<NaiveDate>) -> Identifier {
    ended(kind, value, since, None)
}

/// An identifier with its days.
pub(super) fn ended(
    kind: &str,
    value: &str,
    since: Option<NaiveDate>,
    until: Option<NaiveDate>,
) -> Identifier {
    let scheme =
        if matches!(kind, "equipment_code" | "registration_code") { code_scheme(value) } else { None };
    Identifier { kind: kind.to_owned(), value: value.to_owned(), scheme, since, until }
}

/// Every identifier of an elevator, those in force first.
pub(super) fn all(bearer: &Bearer<'_>, shared_factory_number: Option<String>) -> Vec<Identifier> {
    let Bearer { index, spec, maker, manufactured, in_service, .. } = *bearer;
    let factory = shared_factory_number.unwrap_or_else(|| {
        format!("{}-{:02}-{}", maker.prefix, manufactured.year().rem_euclid(100), serial(index, 5))
    });
    let equipment = equipment_code(bearer);
    let Some(day) = in_service else {
        return vec![
            identifier("equipment_code", &new_code(bearer, 5), None),
            identifier("factory_number", &factory, None),
        ];
    };
    // One number for the whole city came with the rescue line on 2020-09-01.
    let line = fixed(2020, 9, 1);
    let rescue_since = Some(day.max(line)).filter(|since| *since <= bearer.today);
    let mut all = vec![
        identifier("rescue_code", &rescue_code(index), rescue_since),
        identifier("equipment_code", &equipment, Some(day)),
    ];
    let registration = registered_by_code(day).then(|| registration_code(bearer));
    if let Some(code) = &registration {
        all.push(identifier("registration_code", code, Some(day)));
    }
    let certificate = format!(
        "梯{}渝{}{}({:02})",
        spec.certificate,
        char::from(b'A' + u8::try_from(index % 4).unwrap_or(0)),
        serial(index, 5),
        day.year().rem_euclid(100)
    );
    match registration {
        // Early certificates bear the registration code.
        Some(code) if index.is_multiple_of(3) => all.push(identifier("certificate_number", &code, Some(day))),
        _ => all.push(identifier("certificate_number", &certificate, Some(shift(day, 5).min(bearer.today)))),
    }
    all.push(identifier("platform_code", &platform_code(index), None));
    all.push(identifier("factory_number", &factory, None));
    if index % 9 == 4 && day < fixed(2020, 7, 1) && bearer.today >= line {
        let old = (20_000_000 + index).to_string();
        all.push(ended("rescue_code", &old, Some(day), line.pred_opt()));
    }
    all
}

/// Registration codes of twenty places were given until August 2017.
fn registered_by_code(day: NaiveDate) -> bool {
    day < fixed(2017, 8, 1)
}

fn equipment_code(bearer: &Bearer<'_>) -> String {
    let Bearer { index, maker, manufactured, category, .. } = *bearer;
    let early = bearer.in_service.is_some_and(|day| day < fixed(2014, 11, 1));
    match (early, index % 20) {
        (true, 0..=9) => registration_code(bearer),
        (true, 10..=13) => {
            format!("{category}{}{:04}{}", maker.organisation, manufactured.year(), serial(index, 4))
        }
        (false, 7) => new_code(bearer, 4),
        _ => new_code(bearer, 5),
    }
}

fn new_code(bearer: &Bearer<'_>, places: usize) -> String {
    let serial = serial(bearer.index, places);
    format!("{}{}{:04}{serial}", bearer.spec.code, bearer.maker.licence, bearer.manufactured.year())
}

fn registration_code(bearer: &Bearer<'_>) -> String {
    let Bearer { index, region, category, .. } = *bearer;
    let day = bearer.in_service.unwrap_or(bearer.manufactured);
    format!("{category}{region}{:04}{:02}{}", day.year(), day.month(), serial(index, 4))
}

/// A serial of so many places. Past the last one of digits the first place becomes a letter, as the rule for equipment codes
/// has it; the others then count to 36.
pub(super) fn serial(number: u64, places: usize) -> String {
    let digits = 10_u64.saturating_pow(u32::try_from(places).unwrap_or(0));
    if number < digits {
        return format!("{number:0places$}");
    }
    let mut rest = number - digits;
    let mut text: Vec<char> = Vec::with_capacity(places);
    for _ in 1..places {
        text.push(
            char::from_digit(u32::try_from(rest % 36).unwrap_or(0), 36).unwrap_or('0').to_ascii_uppercase(),
        );
        rest /= 36;
    }
    text.push(char::from(b'A' + u8::try_from(rest % 26).unwrap_or(0)));
    text.iter().rev().collect()
}

/// The number on the sticker: six digits, seven once those are used up.
pub(super) fn rescue_code(index: u64) -> String {
    let run = index / RUN;
    if run >= RUNS {
        return (2_000_000 + index).to_string();
    }
    // The factor has no divisor in common with the number of runs: each run comes once.
    let code = 200_000 + (run * 28_643 + 11) % RUNS * RUN + index % RUN;
    let code = if code < CAST_CODES.start { code } else { code + (CAST_CODES.end - CAST_CODES.start) };
    code.to_string()
}

/// The platform's own number, apart from the numbers of the rescue line.
fn platform_code(index: u64) -> String {
    if index < 80_000 { (110_000 + index).to_string() } else { (10_000_000 + index).to_string() }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn serials_go_on_with_letters_and_never_come_twice() {
        assert_eq!(serial(127, 5), "00127");
        assert_eq!(serial(9_999, 4), "9999");
        assert_eq!(serial(10_000, 4), "A000");
        assert_eq!(serial(10_000 + 46_656, 4), "B000");
        let all: BTreeSet<String> = (0..60_000).map(|number| serial(number, 4)).collect();
        assert_eq!(all.len(), 60_000);
        assert!(all.iter().all(|serial| serial.len() == 4));
        assert_eq!(serial(1_199_999, 4).len(), 4);
    }

    #[test]
    fn numbers_of_the_rescue_line_never_come_twice_and_leave_those_of_the_cast_free() {
        let all: BTreeSet<String> = (0..1_000_000).map(rescue_code).collect();
        assert_eq!(all.len(), 1_000_000);
        assert!(all.iter().all(|code| code.len() == 6 || code.len() == 7));
        assert!(
            !all.iter().any(|code| code.len() == 6 && code.starts_with("50") && code.as_str() < "510000")
        );
    }

    #[test]
    fn no_number_of_the_platform_or_of_before_is_one_of_the_rescue_line() {
        let lines: BTreeSet<String> = (0..200_000).map(rescue_code).collect();
        assert!((0..200_000).all(|index| !lines.contains(&platform_code(index))));
        assert!((0..200_000).all(|index| !lines.contains(&(20_000_000 + index).to_string())));
    }
}
