//! The pilot's window and phases, and which act is open in which phase.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::PolicyError;
use super::read::{day, optional_day};

/// An act of the pilot's procedure that phases open and close.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PilotAct {
    /// Designating pilot districts and filing their plans.
    Designate,
    /// Training of technicians and information sessions.
    Train,
    /// Starting, countersigning and submitting an application.
    Apply,
    /// Public notice, objections to it, and their decision.
    Notice,
    /// Taking the list, verifying elevators, annotating.
    Annotate,
    /// Maintenance by the confirmed plan, its records and the using unit's state reports.
    Records,
    /// Inspections, spot checks, complaints in the pilot's own supervision.
    Supervise,
    /// Exit of units and elevators.
    Exit,
    /// The evaluation of each year.
    YearlyEvaluation,
    /// The summary of each year.
    YearlySummary,
    /// The evaluation of the whole pilot.
    FinalEvaluation,
    /// The summary of the whole pilot.
    FinalSummary,
}

/// One phase. Phases may overlap.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Phase {
    /// Its key.
    pub key: String,
    /// Its name in Chinese.
    pub name_zh: String,
    /// Its name in English.
    pub name_en: String,
    /// The first day.
    #[serde(deserialize_with = "day")]
    pub valid_from: NaiveDate,
    /// The last day. Absent: open without end.
    #[serde(default, deserialize_with = "optional_day", skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<NaiveDate>,
    /// What is open in it.
    pub acts: BTreeSet<PilotAct>,
}

/// One way of running the pilot in time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PilotPolicy {
    /// Its key, named by the city's profile.
    pub key: String,
    /// Its name in Chinese.
    pub name_zh: String,
    /// Its name in English.
    pub name_en: String,
    /// The clauses it comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clause: Option<String>,
    /// A remark, in Chinese.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note_zh: Option<String>,
    /// A remark, in English.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note_en: Option<String>,
    /// The day the pilot opens.
    #[serde(deserialize_with = "day")]
    pub valid_from: NaiveDate,
    /// The day it closes. Absent: no end.
    #[serde(default, deserialize_with = "optional_day", skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<NaiveDate>,
    /// Its phases.
    pub phases: Vec<Phase>,
}

impl PilotPolicy {
    /// Whether the pilot runs on `day`.
    #[must_use]
    pub fn runs_on(&self, day: NaiveDate) -> bool {
        within(day, self.valid_from, self.valid_to)
    }

    /// The phases of `day`; two where they overlap.
    pub fn phases_on(&self, day: NaiveDate) -> impl Iterator<Item = &Phase> {
        self.phases.iter().filter(move |phase| within(day, phase.valid_from, phase.valid_to))
    }

    /// Whether some phase of `day` opens `act`.
    #[must_use]
    pub fn is_open(&self, act: PilotAct, day: NaiveDate) -> bool {
        self.phases_on(day).any(|phase| phase.acts.contains(&act))
    }

    pub(super) fn check(&self, file: &str) -> Result<(), PolicyError> {
        let bad = |entry: &str, field: &'static str, problem: &str| {
            let (file, entry, problem) = (file.to_owned(), entry.to_owned(), problem.to_owned());
            Err(PolicyError::BadEntry { file, entry, field, problem })
        };
        let own = format!("pilot policy {}", self.key);
        if self.valid_to.is_some_and(|last| last < self.valid_from) {
            return bad(&own, "valid_to", "lies before `valid_from`; exchange the two or mend one");
        }
        if self.phases.is_empty() {
            return bad(&own, "phases", "is empty; nothing could ever be done, give at least one phase");
        }
        let mut seen = BTreeSet::new();
        for phase in &self.phases {
            let place = format!("{own}, phase {}", phase.key);
            if !seen.insert(&phase.key) {
                return bad(&place, "key", "comes twice; give each phase its own");
            }
            if phase.valid_to.is_some_and(|last| last < phase.valid_from) {
                return bad(&place, "valid_to", "lies before `valid_from`; exchange the two or mend one");
            }
            if phase.valid_from < self.valid_from {
                return bad(&place, "valid_from", "lies before the pilot opens; mend one of the two");
            }
            if self.valid_to.is_some_and(|close| phase.valid_to.is_none_or(|last| last > close)) {
                return bad(&place, "valid_to", "lies after the pilot closes; mend one of the two");
            }
            if phase.acts.is_empty() {
                return bad(&place, "acts", "is empty; name what is open in this phase");
            }
        }
        Ok(())
    }
}

fn within(day: NaiveDate, from: NaiveDate, to: Option<NaiveDate>) -> bool {
    from <= day && to.is_none_or(|last| day <= last)
}
