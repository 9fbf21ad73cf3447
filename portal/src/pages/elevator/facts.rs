//! The rows of facts under the answer. Each says what is known, and plainly where nothing has been received.

use chrono::NaiveDate;
use yuti_openapi::vocabulary::{InspectionKind, InspectionResult, InsuranceKind, Precision, UseStatus};
use yuti_openapi::wire::{Annotation, ElevatorFacts, Inspection, Insurance, Monitoring};

use crate::components::{Fact, MarkShape};
use crate::text::Text;
use crate::words::Words;

/// Up to so many days before its end a validity says how long it still lasts.
const SOON_DAYS: i64 = 60;

/// The row on the registration, where it is anything but in use.
pub(super) fn registration(words: Words, facts: &ElevatorFacts) -> Option<Fact> {
    let status = facts.use_status.filter(|status| *status != UseStatus::InUse)?;
    let since = facts.use_status_since.map(|day| words.facts_use_since(words.compared_date(day)));
    Some(Fact::new(MarkShape::No, words.facts_use(), status.label(words.0), since.unwrap_or_default()))
}

/// The row on the inspection.
pub(super) fn inspection(words: Words, inspection: &Inspection, today: NaiveDate) -> Fact {
    let fact =
        |shape, known: String, detail: String| Fact::new(shape, words.facts_inspection(), known, detail);
    let last = last_inspection(words, inspection);
    if inspection.result == Some(InspectionResult::Failed) {
        return fact(MarkShape::No, InspectionResult::Failed.label(words.0).to_owned(), last);
    }
    let Some(until) = inspection.valid_until else {
        return fact(MarkShape::Unknown, words.facts_no_validity().to_owned(), last);
    };
    let precision = inspection.valid_until_precision;
    let valid = words.facts_valid_until(words.validity(until, precision));
    match (until - today).num_days() {
        days if days < 0 => {
            let over = words.facts_joined(words.facts_days_over(-days), last);
            fact(MarkShape::Warn, lapsed(words, until, precision), over)
        }
        0 => fact(MarkShape::Ok, valid, words.facts_joined(words.facts_last_day(), last)),
        days if days <= SOON_DAYS => {
            fact(MarkShape::Ok, valid, words.facts_joined(words.facts_days_left(days), last))
        }
        _ => fact(MarkShape::Ok, valid, last),
    }
}

fn lapsed(words: Words, until: NaiveDate, precision: Option<Precision>) -> String {
    let end = words.validity(until, precision);
    match precision {
        Some(Precision::Month) => words.facts_lapsed_month(end),
        Some(Precision::Day) | None => words.facts_lapsed_day(end),
    }
}

/// `上次 2026-08-20，合格`.
fn last_inspection(words: Words, inspection: &Inspection) -> String {
    let result = inspection.result.map(|result| result.label(words.0));
    let Some(day) = inspection.last_on else {
        return result
            .map_or_else(|| words.facts_no_last().to_owned(), |result| words.facts_no_last_result(result));
    };
    let date = words.compared_date(day);
    // The periodic inspection is what everyone means by inspection; another kind is named.
    let kind =
        inspection.kind.filter(|kind| *kind != InspectionKind::Periodic).map(|kind| kind.label(words.0));
    match (result, kind) {
        (None, _) => words.facts_last_no_result(date),
        (Some(result), None) => words.facts_last(date, result),
        (Some(result), Some(kind)) => words.facts_last_of_kind(date, kind, result),
    }
}

/// The row on remote monitoring. Monitoring is optional: that there is none is no fault.
pub(super) fn monitoring(words: Words, monitoring: &Monitoring) -> Fact {
    let fact = |shape, known: &str, detail: String| Fact::new(shape, words.facts_monitoring(), known, detail);
    match (monitoring.equipped, monitoring.since) {
        (Some(true), Some(day)) => {
            fact(MarkShape::Ok, words.facts_equipped(), words.facts_equipped_since(words.compared_date(day)))
        }
        (Some(true), None) => {
            fact(MarkShape::Ok, words.facts_equipped(), words.facts_equipped_note().to_owned())
        }
        (Some(false), _) => fact(
            MarkShape::NotApplicable,
            words.facts_not_equipped(),
            words.facts_not_equipped_note().to_owned(),
        ),
        (None, _) => fact(
            MarkShape::Unknown,
            words.facts_equipped_unknown(),
            words.facts_equipped_unknown_note().to_owned(),
        ),
    }
}

/// The row on the insurance.
pub(super) fn insurance(words: Words, insurance: &Insurance, today: NaiveDate) -> Fact {
    let fact = |shape, known: String, detail: Text| Fact::new(shape, words.facts_insurance(), known, detail);
    let kind = match insurance.kind {
        None => {
            return fact(
                MarkShape::Unknown,
                words.facts_no_policy().to_owned(),
                words.facts_no_policy_note().into(),
            );
        }
        Some(InsuranceKind::NotInsured) => {
            return fact(MarkShape::NotApplicable, words.facts_not_insured().to_owned(), Text::default());
        }
        Some(kind) => kind.label(words.0),
    };
    let named = insurance.insurer.as_ref().map_or_else(
        || Text::from(kind),
        |insurer| Text::from(words.facts_insured_by(kind)).and_given(words, insurer),
    );
    if let Some(from) = insurance.valid_from.filter(|from| *from > today) {
        return fact(MarkShape::Unknown, words.facts_insurance_from(words.compared_date(from)), named);
    }
    match insurance.valid_until {
        None => fact(MarkShape::Unknown, words.facts_insured_no_period().to_owned(), named),
        Some(until) if until < today => {
            let over = words.facts_days_over((today - until).num_days());
            fact(
                MarkShape::Warn,
                lapsed(words, until, None),
                words.facts_insurance_lapsed_note(over, kind).into(),
            )
        }
        Some(until) => fact(MarkShape::Ok, words.facts_valid_until(words.compared_date(until)), named),
    }
}

/// The row on the pilot. It is a mark and never a state.
pub(super) fn pilot(words: Words, annotation: Option<&Annotation>, today: NaiveDate) -> Fact {
    let fact = |shape, known: String, detail: String| Fact::new(shape, words.pilot_tag(), known, detail);
    let Some(mark) = annotation else {
        let note = words.facts_pilot_none_note().to_owned();
        return fact(MarkShape::NotApplicable, words.facts_pilot_none().to_owned(), note);
    };
    let since = words.compared_date(mark.since);
    let Some(until) = mark.until.filter(|until| *until < today) else {
        let note = mark.interval_days.map_or_else(
            || words.facts_pilot_note().to_owned(),
            |days| words.facts_pilot_note_interval(days),
        );
        return fact(MarkShape::Pilot, words.facts_pilot_since(since), note);
    };
    let note = mark.ended_because.map_or_else(
        || words.facts_pilot_over_plain(&since),
        |why| words.facts_pilot_over_note(&since, why.label(words.0)),
    );
    fact(MarkShape::NotApplicable, words.facts_pilot_over(words.compared_date(until)), note)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use yuti_openapi::{Language, samples};

    const ZH: Words = Words(Language::Zh);

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn told(fact: &Fact) -> (MarkShape, String) {
        (fact.shape, format!("{} | {}", fact.known.plain(), fact.detail.plain()).replace('\u{a0}', " "))
    }

    #[test]
    fn an_inspection_tells_its_validity_and_the_last_one() {
        let mut of = samples::facts().inspection;
        let today = day("2026-11-23");
        let row = |of: &Inspection, today| told(&inspection(ZH, of, today));
        assert_eq!(row(&of, today), (MarkShape::Ok, "有效到 2027 年 8 月 | 上次 2026-08-20，合格".into()));
        assert_eq!(
            row(&of, day("2027-08-31")).1,
            "有效到 2027 年 8 月 | 今天是最后一天，上次 2026-08-20，合格"
        );
        assert_eq!(
            row(&of, day("2027-09-01")),
            (MarkShape::Warn, "2027 年 8 月到期 | 过了 1 天，上次 2026-08-20，合格".into())
        );
        of.valid_until_precision = Some(Precision::Day);
        of.kind = Some(InspectionKind::SelfTest);
        assert_eq!(row(&of, today).1, "有效到 2027-08-31 | 上次 2026-08-20 自行检测，合格");
        of.result = Some(InspectionResult::Failed);
        assert_eq!(row(&of, today), (MarkShape::No, "不合格 | 上次 2026-08-20 自行检测，不合格".into()));
        assert_eq!(
            row(&Inspection::default(), today),
            (MarkShape::Unknown, "没收到有效期 | 没收到上次检验的日期".into())
        );
    }

    #[test]
    fn an_insurance_tells_whether_it_covers_today() {
        let mut of = samples::facts().insurance;
        let row = |of: &Insurance, today| told(&insurance(ZH, of, day(today)));
        assert_eq!(row(&of, "2027-03-31").0, MarkShape::Ok);
        assert_eq!(
            row(&of, "2027-04-01"),
            (MarkShape::Warn, "2027-03-31 到期 | 电梯安全责任保险，过了 1 天，没收到新的保单".into())
        );
        assert_eq!(
            row(&of, "2026-03-31"),
            (MarkShape::Unknown, "2026-04-01 才生效 | 电梯安全责任保险，两江演示财险".into())
        );
        of.valid_until = None;
        assert_eq!(row(&of, "2026-11-23").0, MarkShape::Unknown);
        of.kind = Some(InsuranceKind::NotInsured);
        assert_eq!(row(&of, "2026-11-23").0, MarkShape::NotApplicable);
        assert_eq!(row(&Insurance::default(), "2026-11-23").1, "没收到保单 | 没收到，不等于没买。");
    }

    #[test]
    fn what_is_not_known_of_monitoring_is_not_said() {
        assert_eq!(monitoring(ZH, &Monitoring::default()).shape, MarkShape::Unknown);
        assert_eq!(
            monitoring(ZH, &Monitoring { equipped: Some(false), since: None }).shape,
            MarkShape::NotApplicable
        );
        assert_eq!(monitoring(ZH, &Monitoring { equipped: Some(true), since: None }).known.plain(), "装了");
    }

    #[test]
    fn a_pilot_mark_that_ended_says_when_and_why() {
        let today = day("2026-11-23");
        let running = samples::elevator().annotation.unwrap();
        let row = told(&pilot(ZH, Some(&running), today));
        assert_eq!(
            row,
            (MarkShape::Pilot, "2025-03-18 起 | 按自己公开的方案保养，每 30 天一次，不按统一的周期。".into())
        );
        let ended = samples::elevator_out_of_use().annotation.unwrap();
        assert_eq!(
            told(&pilot(ZH, Some(&ended), today)).1,
            "2026-09-30 已结束 | 2025-03-18 开始，电梯退出试点。现在按统一规定保养。"
        );
        assert_eq!(pilot(ZH, Some(&ended), day("2026-09-30")).shape, MarkShape::Pilot);
        assert_eq!(pilot(ZH, None, today).shape, MarkShape::NotApplicable);
    }

    #[test]
    fn a_registration_in_use_needs_no_row() {
        let mut facts = samples::facts();
        assert_eq!(registration(ZH, &facts), None);
        facts.use_status = Some(UseStatus::Suspended);
        assert_eq!(told(&registration(ZH, &facts).unwrap()).1, "停用 | 2019-08-12 起");
    }
}
