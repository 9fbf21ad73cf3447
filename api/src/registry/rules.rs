//! What follows from the registered facts: the answer of an elevator's page. Pure: today is an argument.

use chrono::NaiveDate;
use sea_orm::{ColumnTrait, Condition};
use yuti_entity::elevator;
use yuti_openapi::vocabulary::{ElevatorStatus, InspectionResult, StatusReason, UseStatus};

/// The facts on which the status depends, and no others.
#[derive(Clone, Copy, Debug, Default)]
pub struct StatusFacts {
    /// What the register says of the registration.
    pub use_status: Option<UseStatus>,
    /// The outcome of the last inspection.
    pub inspection_result: Option<InspectionResult>,
    /// The last day of the inspection's validity.
    pub inspection_valid_until: Option<NaiveDate>,
}

/// A status, why, and the last day on which it holds if nothing new arrives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// The answer.
    pub status: ElevatorStatus,
    /// Why.
    pub reasons: Vec<StatusReason>,
    /// The last day of this answer; `None` where no date ends it.
    pub last_day: Option<NaiveDate>,
}

/// The status on a day. First match wins: out of use, attention, not received, in order. A lapsed inspection means
/// that the elevator must not be used (Special Equipment Safety Law, Art. 40); the answer says so, the register's
/// own word about use stays beside it.
pub fn status(facts: StatusFacts, today: NaiveDate) -> Judged {
    let mut reasons = Vec::new();
    match facts.use_status {
        Some(UseStatus::Deregistered) => reasons.push(StatusReason::Deregistered),
        Some(UseStatus::Suspended | UseStatus::UnderRepair | UseStatus::BeingInstalled) => {
            reasons.push(StatusReason::ReportedOutOfUse);
        }
        Some(UseStatus::InUse) | None => {}
    }
    if facts.inspection_result == Some(InspectionResult::Failed) {
        reasons.push(StatusReason::InspectionFailed);
    }
    let out_of_use = !reasons.is_empty();
    let validity = match facts.inspection_valid_until {
        Some(until) if until < today => StatusReason::InspectionLapsed,
        Some(_) => StatusReason::InspectionValid,
        None => StatusReason::InspectionNotReceived,
    };
    if out_of_use {
        if validity == StatusReason::InspectionLapsed {
            reasons.push(validity);
        }
        // The reasons change on the day of the lapse even where the status does not.
        let last_day = facts.inspection_valid_until.filter(|until| *until >= today);
        return Judged { status: ElevatorStatus::OutOfUse, reasons, last_day };
    }
    reasons.push(validity);
    let (status, last_day) = match validity {
        StatusReason::InspectionLapsed => (ElevatorStatus::Attention, None),
        StatusReason::InspectionValid => (ElevatorStatus::InOrder, facts.inspection_valid_until),
        _ => (ElevatorStatus::NotReceived, None),
    };
    Judged { status, reasons, last_day }
}

/// The same rule as a condition of a query. A test holds it equal to [`status`].
pub fn status_condition(wanted: ElevatorStatus, today: NaiveDate) -> Condition {
    use elevator::Column;
    let stopped = Condition::any()
        .add(Column::UseStatus.is_in([
            UseStatus::Suspended,
            UseStatus::UnderRepair,
            UseStatus::BeingInstalled,
            UseStatus::Deregistered,
        ]))
        .add(Column::InspectionResult.eq(InspectionResult::Failed));
    // Spelled out rather than negated: a negated comparison with NULL is neither true nor false.
    let running = Condition::all()
        .add(Condition::any().add(Column::UseStatus.is_null()).add(Column::UseStatus.eq(UseStatus::InUse)))
        .add(
            Condition::any()
                .add(Column::InspectionResult.is_null())
                .add(Column::InspectionResult.ne(InspectionResult::Failed)),
        );
    match wanted {
        ElevatorStatus::OutOfUse => stopped,
        ElevatorStatus::Attention => running.add(Column::InspectionValidUntil.lt(today)),
        ElevatorStatus::NotReceived => running.add(Column::InspectionValidUntil.is_null()),
        ElevatorStatus::InOrder => running.add(Column::InspectionValidUntil.gte(today)),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn judged(
        use_status: Option<UseStatus>,
        result: Option<InspectionResult>,
        until: Option<&str>,
    ) -> Judged {
        let facts =
            StatusFacts { use_status, inspection_result: result, inspection_valid_until: until.map(day) };
        status(facts, day("2026-11-23"))
    }

    #[test]
    fn a_validity_holds_through_its_last_day() {
        let last = judged(Some(UseStatus::InUse), None, Some("2026-11-23"));
        assert_eq!(last.status, ElevatorStatus::InOrder);
        assert_eq!(last.last_day, Some(day("2026-11-23")));
        let over = judged(Some(UseStatus::InUse), None, Some("2026-11-22"));
        assert_eq!(over.status, ElevatorStatus::Attention);
        assert_eq!(over.reasons, vec![StatusReason::InspectionLapsed]);
        assert_eq!(over.last_day, None);
    }

    #[test]
    fn nothing_received_is_not_in_order_and_not_a_lapse() {
        let unknown = judged(Some(UseStatus::InUse), Some(InspectionResult::Passed), None);
        assert_eq!(unknown.status, ElevatorStatus::NotReceived);
        assert_eq!(unknown.reasons, vec![StatusReason::InspectionNotReceived]);
    }

    #[test]
    fn out_of_use_comes_first_and_names_every_reason() {
        let both = judged(Some(UseStatus::Suspended), Some(InspectionResult::Failed), Some("2026-01-31"));
        assert_eq!(both.status, ElevatorStatus::OutOfUse);
        assert_eq!(
            both.reasons,
            vec![
                StatusReason::ReportedOutOfUse,
                StatusReason::InspectionFailed,
                StatusReason::InspectionLapsed
            ]
        );
        let later = judged(Some(UseStatus::Deregistered), None, Some("2027-01-31"));
        assert_eq!(later.reasons, vec![StatusReason::Deregistered]);
        assert_eq!(later.last_day, Some(day("2027-01-31")));
    }

    #[test]
    fn defects_alone_do_not_stop_an_elevator() {
        let defects = judged(None, Some(InspectionResult::DefectsFound), Some("2027-01-31"));
        assert_eq!(defects.status, ElevatorStatus::InOrder);
    }
}
