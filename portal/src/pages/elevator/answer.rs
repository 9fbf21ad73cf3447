//! The sentence that answers: may I use it, and why.

use chrono::NaiveDate;
use yuti_openapi::vocabulary::StatusReason;
use yuti_openapi::wire::Elevator;

use crate::words::Words;

/// One sentence for the first reason of the state.
pub(crate) fn sentence(words: Words, elevator: &Elevator, today: NaiveDate) -> String {
    elevator.status_reasons.first().map_or_else(
        || words.answer_not_received().to_owned(),
        |reason| of_reason(words, elevator, *reason, today),
    )
}

/// What else is to be said: the further reasons, then what follows.
pub(crate) fn notes(words: Words, elevator: &Elevator, today: NaiveDate, binds_use: bool) -> Vec<String> {
    let reasons = elevator.status_reasons.as_slice();
    let mut notes: Vec<String> =
        reasons.iter().skip(1).map(|reason| of_reason(words, elevator, *reason, today)).collect();
    if binds_use && reasons.contains(&StatusReason::InspectionFailed) {
        notes.push(words.answer_failed_law().to_owned());
    } else if binds_use && reasons.contains(&StatusReason::InspectionLapsed) {
        notes.push(words.answer_lapsed_law().to_owned());
    }
    if reasons.is_empty() || reasons.contains(&StatusReason::InspectionNotReceived) {
        notes.push(words.answer_not_received_note().to_owned());
    }
    notes
}

fn of_reason(words: Words, elevator: &Elevator, reason: StatusReason, today: NaiveDate) -> String {
    let facts = &elevator.facts;
    let since = facts.use_status_since.map(|day| words.prose_date(day, today));
    match reason {
        StatusReason::Deregistered => since.map_or_else(
            || words.answer_deregistered().to_owned(),
            |date| words.answer_deregistered_since(date),
        ),
        StatusReason::ReportedOutOfUse => {
            let state = facts
                .use_status
                .map_or_else(|| elevator.status.label(words.0), |status| status.label(words.0));
            since
                .map_or_else(|| words.answer_reported(state), |date| words.answer_reported_since(date, state))
        }
        StatusReason::InspectionFailed => facts.inspection.last_on.map_or_else(
            || words.answer_failed_undated().to_owned(),
            |day| words.answer_failed(words.prose_date(day, today)),
        ),
        StatusReason::InspectionLapsed => facts.inspection.valid_until.map_or_else(
            || words.answer_lapsed_undated().to_owned(),
            |until| words.answer_lapsed((today - until).num_days().max(1)),
        ),
        StatusReason::InspectionNotReceived => words.answer_not_received().to_owned(),
        StatusReason::InspectionValid => facts.inspection.valid_until.map_or_else(
            || words.answer_in_order_undated().to_owned(),
            |until| words.answer_in_order(words.validity(until, facts.inspection.valid_until_precision)),
        ),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use yuti_openapi::vocabulary::{ElevatorStatus, UseStatus};
    use yuti_openapi::{Language, samples};

    fn today() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, 23).unwrap()
    }

    fn both(elevator: &Elevator) -> [String; 2] {
        [Language::Zh, Language::En].map(|language| {
            let words = Words(language);
            let mut text = vec![sentence(words, elevator, today())];
            text.extend(notes(words, elevator, today(), true));
            text.join(" / ").replace('\u{a0}', " ")
        })
    }

    #[test]
    fn each_state_has_its_sentence_and_what_follows() {
        assert_eq!(
            both(&samples::elevator()),
            ["检验在期内，有效到 2027 年 8 月。", "The inspection is in date, valid to August 2027."]
        );
        assert_eq!(
            both(&samples::elevator_in_doubt()),
            [
                "检验 23 天前到期，还没收到新的检验结果。 / 按规定，检验过期的电梯不能继续用。",
                "The inspection ran out 23 days ago. No new result has reached us. / By law a lift whose inspection has run out must not be used."
            ]
        );
        let [zh, en] = both(&samples::elevator_unknown());
        assert!(zh.contains("没收到，不等于没有检验"), "{zh}");
        assert!(en.contains("does not mean there was none"), "{en}");
        let [zh, _] = both(&samples::elevator_out_of_use());
        assert!(zh.starts_with("8 月 20 日检验不合格"), "{zh}");
    }

    #[test]
    fn a_law_is_named_only_where_it_holds() {
        let elevator = samples::elevator_in_doubt();
        assert_eq!(notes(Words(Language::En), &elevator, today(), false), Vec::<String>::new());
    }

    #[test]
    fn the_first_reason_leads_and_the_others_follow() {
        let mut elevator = samples::elevator_in_doubt();
        elevator.status = ElevatorStatus::OutOfUse;
        elevator.status_reasons = vec![StatusReason::ReportedOutOfUse, StatusReason::InspectionLapsed];
        elevator.facts.use_status = Some(UseStatus::UnderRepair);
        elevator.facts.use_status_since = Some(NaiveDate::from_ymd_opt(2026, 11, 21).unwrap());
        assert_eq!(
            both(&elevator)[0],
            "登记为修理改造中，11 月 21 日起。 / 检验 23 天前到期，还没收到新的检验结果。 / 按规定，检验过期的电梯不能继续用。"
        );
    }

    #[test]
    fn the_day_after_the_last_is_one_day_ago() {
        let mut elevator = samples::elevator_in_doubt();
        elevator.facts.inspection.valid_until = Some(NaiveDate::from_ymd_opt(2026, 11, 22).unwrap());
        assert!(sentence(Words(Language::En), &elevator, today()).contains("1\u{a0}day ago"));
    }
}
