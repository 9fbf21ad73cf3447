//! What is erased after how long, as a table. How long stands in the policy; a table of the schema without a rule has its reason here.

use chrono::{Days, Months, NaiveDate};
use yuti_entity::Timestamp;

use crate::policy::{Entry, Policy, Unit, Value};

/// How something is erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// The rows go.
    Delete,
    /// These columns are emptied, the rows stay.
    Clear(&'static [&'static str]),
    /// Name, log-in and secrets of an account go, its number stays.
    FormerAccount,
}

/// One rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its name in reports.
    pub name: &'static str,
    /// The entry of the policy that says how long.
    pub policy: &'static str,
    /// The table.
    pub table: &'static str,
    /// By what its rows are known.
    pub key: &'static str,
    /// Instants from which the time counts: the latest of them. The first is always there.
    pub since: &'static [&'static str],
    /// What else must hold, in SQL that both databases understand.
    pub only: Option<&'static str>,
    /// How it is erased.
    pub how: How,
}

const fn deleted(
    name: &'static str,
    policy: &'static str,
    table: &'static str,
    since: &'static [&'static str],
) -> Rule {
    Rule { name, policy, table, key: "id", since, only: None, how: How::Delete }
}

/// All rules, in the order in which they run.
pub const RULES: [Rule; 15] = [
    deleted("session", "session_retention", "session", &["expires_at"]),
    deleted("one_time_link", "one_time_link_retention", "one_time_link", &["expires_at"]),
    Rule {
        only: Some("used_at IS NOT NULL"),
        ..deleted("recovery_code", "recovery_code_retention", "recovery_code", &["created_at", "used_at"])
    },
    deleted("known_device", "known_device_retention", "known_device", &["expires_at"]),
    deleted("sign_in_failure", "sign_in_failure_retention", "sign_in_failure", &["last_at", "wait_until"]),
    Rule { key: "scope", ..deleted("kept_answer", "kept_answer_retention", "kept_answer", &["expires_at"]) },
    Rule {
        name: "former_account",
        policy: "former_account_retention",
        table: "account",
        key: "id",
        since: &["active_since", "last_signed_in_at"],
        only: Some("state <> 'active' AND login NOT LIKE 'former-%'"),
        how: How::FormerAccount,
    },
    Rule {
        only: Some("state = 'revoked'"),
        ..deleted("revoked_key", "api_key_ended_retention", "api_key", &["revoked_at"])
    },
    Rule {
        only: Some("expires_at IS NOT NULL"),
        ..deleted("expired_key", "api_key_ended_retention", "api_key", &["expires_at"])
    },
    Rule {
        only: Some("kind = 'reader'"),
        ..deleted("unused_key", "api_key_unused", "api_key", &["created_at", "last_used_at"])
    },
    Rule {
        only: Some("expires_at IS NOT NULL"),
        ..deleted("replaced_key", "api_key_ended_retention", "api_key_secret", &["expires_at"])
    },
    deleted("key_usage", "api_key_usage_retention", "api_key_usage", &["last_at"]),
    Rule {
        name: "audit_personal",
        policy: "audit_personal_retention",
        table: "audit_entry",
        key: "id",
        since: &["at"],
        only: Some("personal IS NOT NULL"),
        how: How::Clear(&["personal", "salt"]),
    },
    Rule {
        // What waits for an answer waits, however long.
        only: Some("decided_at IS NOT NULL"),
        ..deleted("unit_request", "unit_request_retention", "unit_request", &["filed_at", "decided_at"])
    },
    deleted("retention_report", "retention_report_retention", "retention_run", &["started_at"]),
];

/// Tables of which nothing is erased by time, each with its reason.
pub const KEPT: [(&str, &str); 24] = [
    ("annotation", "public fact"),
    ("api_key_raise", "goes with its key"),
    ("authority", "reference data"),
    ("change", "public feed"),
    ("district", "reference data"),
    ("district_earlier_code", "reference data"),
    ("elevator", "public register, masked when it is imported"),
    ("elevator_identifier", "public register"),
    ("elevator_quality", "public register, masked when it is imported"),
    ("elevator_search", "made of the public register"),
    ("functional_zone", "reference data"),
    ("import_run", "names of files and counts"),
    ("job_lease", "leases of jobs"),
    ("organisation", "public register, masked when it is imported"),
    ("past_version", "public history, masked when it was imported"),
    ("seal_head", "public"),
    ("seal_key", "public"),
    ("seal_node", "public"),
    ("seaql_migrations", "steps of the schema"),
    ("setting", "what the database remembers about itself"),
    ("source", "registers"),
    ("sqlite_sequence", "numbering"),
    ("sqlite_stat1", "statistics"),
    ("stored_file", "erased with what it belongs to"),
];

/// What a rule says on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing<'p> {
    /// The rule.
    pub rule: Rule,
    /// The policy's entry; `None` where the policy in use sets no limit, so that nothing is erased.
    pub entry: Option<&'p Entry>,
    /// What is older is erased.
    pub before: Option<Timestamp>,
}

/// What every rule says at an instant of a day.
#[must_use]
pub fn standing(policy: &Policy, today: NaiveDate, now: Timestamp) -> Vec<Standing<'_>> {
    RULES
        .iter()
        .map(|rule| {
            let entry = policy.entry(rule.policy, today).ok();
            Standing { rule: *rule, entry, before: entry.and_then(|entry| before(entry, now)) }
        })
        .collect()
}

/// The instant at which the time of what began then is over now. `None` for a limit that is no span of time, or none at all: then nothing is erased.
#[must_use]
pub fn before(entry: &Entry, now: Timestamp) -> Option<Timestamp> {
    let Some(Value::Number(number)) = entry.value else { return None };
    let number = u32::try_from(number).ok()?;
    match entry.unit? {
        Unit::CalendarDay => now.checked_sub_days(Days::new(number.into())),
        Unit::Month => now.checked_sub_months(Months::new(number)),
        Unit::Year => now.checked_sub_months(Months::new(number.checked_mul(12)?)),
        Unit::Minute => now.checked_sub_signed(chrono::TimeDelta::minutes(number.into())),
        Unit::WorkingDay
        | Unit::MonthDay
        | Unit::Elevator
        | Unit::Person
        | Unit::Complaint
        | Unit::Count
        | Unit::Percent
        | Unit::PerMille => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use crate::profile::Profile;

    #[test]
    fn every_rule_has_its_entry_in_the_shipped_policy() {
        let profile = Profile::load("chongqing").unwrap();
        let now: Timestamp = "2026-11-23T04:00:00Z".parse().unwrap();
        for standing in standing(profile.policy(), "2026-11-23".parse().unwrap(), now) {
            assert!(standing.before.is_some(), "{}", standing.rule.policy);
        }
        // Decades back the same settings hold: the register knows such days.
        assert!(
            standing(profile.policy(), "2000-01-01".parse().unwrap(), now)
                .iter()
                .all(|one| one.entry.is_some())
        );
    }

    #[test]
    fn spans_are_counted_back_from_now() {
        let profile = Profile::load("chongqing").unwrap();
        let mut entry =
            profile.policy().entry("session_retention", "2026-11-23".parse().unwrap()).unwrap().clone();
        let now: Timestamp = "2026-03-31T04:00:00Z".parse().unwrap();
        for (value, unit, back) in [
            (0, Unit::CalendarDay, "2026-03-31T04:00:00Z"),
            (31, Unit::CalendarDay, "2026-02-28T04:00:00Z"),
            (1, Unit::Month, "2026-02-28T04:00:00Z"),
            (2, Unit::Year, "2024-03-31T04:00:00Z"),
            (60, Unit::Minute, "2026-03-31T03:00:00Z"),
        ] {
            entry.value = Some(Value::Number(value));
            entry.unit = Some(unit);
            assert_eq!(before(&entry, now), Some(back.parse().unwrap()));
        }
        entry.unit = Some(Unit::Count);
        assert_eq!(before(&entry, now), None);
        (entry.value, entry.unit) = (None, None);
        assert_eq!(before(&entry, now), None);
    }

    #[test]
    fn names_are_codes_and_come_once() {
        let mut names: Vec<&str> = RULES.iter().map(|rule| rule.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), RULES.len());
    }
}
