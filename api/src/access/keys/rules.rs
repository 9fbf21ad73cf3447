//! What follows from facts about keys. Pure: policy, quotas and the present instant are arguments.

use chrono::{Months, NaiveDate, TimeDelta};
use yuti_entity::{Timestamp, api_key};
use yuti_openapi::vocabulary::{KeyKind, KeyScope, KeyState};

use crate::access::caller::{Holder, Raised};
use crate::config::LimitsConfig;
use crate::policy::{Policy, PolicyError};

/// The longest name of what a key is for.
pub const LONGEST_NAME: usize = 80;
/// The longest address.
pub const LONGEST_CONTACT: usize = 200;
/// The longest reason for a higher quota, and the longest answer.
pub const LONGEST_REASON: usize = 1_000;
/// The highest quotas that can be asked for.
pub const HIGHEST_BURST: i64 = 100_000;
/// See [`HIGHEST_BURST`].
pub const HIGHEST_DAILY: i64 = 100_000_000;
/// Days of use that the holder sees, today among them.
pub const USAGE_DAYS: u64 = 30;

/// Whether a text can be an e-mail address. Whether anybody reads there only a message would show.
#[must_use]
pub fn is_address(text: &str) -> bool {
    let Some((before, host)) = text.rsplit_once('@') else { return false };
    let host_fits = host.split('.').count() >= 2 && host.split('.').all(|part| !part.is_empty());
    !before.is_empty()
        && host_fits
        && !text.chars().any(|c| c.is_whitespace() || matches!(c, '<' | '>' | ',' | ';'))
}

/// How long a key that is replaced holds beside the new one at most.
///
/// # Errors
/// The policy does not say.
pub fn longest_overlap(policy: &Policy, today: NaiveDate) -> Result<TimeDelta, PolicyError> {
    Ok(TimeDelta::minutes(policy.number("api_key_overlap", today)?))
}

/// When a key that is made or replaced now ends by itself.
///
/// # Errors
/// The policy does not say.
pub fn end(
    policy: &Policy,
    kind: KeyKind,
    today: NaiveDate,
    now: Timestamp,
) -> Result<Option<Timestamp>, PolicyError> {
    if kind == KeyKind::Reader {
        return Ok(None);
    }
    let months = policy.number("system_key_validity", today)?;
    Ok(u32::try_from(months).ok().and_then(|months| now.checked_add_months(Months::new(months))))
}

/// Whether a key can be used and changed at an instant.
#[must_use]
pub fn holds(key: &api_key::Model, now: Timestamp) -> bool {
    key.state == KeyState::Active && key.expires_at.is_none_or(|end| now < end)
}

/// Scopes as a column keeps them.
#[must_use]
pub fn written(scopes: &[KeyScope]) -> String {
    scopes.iter().map(|scope| scope.code()).collect::<Vec<_>>().join(" ")
}

/// Scopes of a column. A code that a later version wrote is left out: it gives no right here.
#[must_use]
pub fn scopes(column: &str) -> Vec<KeyScope> {
    column.split(' ').filter_map(|code| code.parse().ok()).collect()
}

/// Who is counted when the key is shown.
#[must_use]
pub fn holder(key: &api_key::Model) -> Holder {
    let raise = |number: Option<i32>| number.and_then(|number| u32::try_from(number).ok());
    let raised = Raised { burst: raise(key.raised_burst), daily: raise(key.raised_daily) };
    match key.kind {
        KeyKind::Reader => Holder::Key { id: key.id, raised },
        KeyKind::System => Holder::System { id: key.id, raised },
    }
}

/// The quotas of a key as they are now: in the short window and in a day.
#[must_use]
pub fn quotas(key: &api_key::Model, limits: &LimitsConfig) -> (u32, u32) {
    let (burst, daily) = match key.kind {
        KeyKind::Reader => (limits.key_burst, limits.key_daily),
        KeyKind::System => (limits.system_burst, limits.system_daily),
    };
    let raised = holder(key).raised();
    (burst.quota.max(raised.burst.unwrap_or(0)), daily.quota.max(raised.daily.unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use crate::profile::Profile;

    #[test]
    fn addresses_are_told_from_other_texts() {
        for good in ["dev@example.org", "a.b+c@mail.example.org", "张@例子.中国"] {
            assert!(is_address(good), "{good}");
        }
        for bad in [
            "",
            "dev",
            "dev@",
            "@example.org",
            "dev@localhost",
            "dev@a..b",
            "a b@example.org",
            "<a@example.org>",
            "a@b.c,d@e.f",
        ] {
            assert!(!is_address(bad), "{bad}");
        }
    }

    #[test]
    fn the_shipped_policy_says_how_long_keys_hold() {
        let profile = Profile::load("chongqing").unwrap();
        let (today, now) = ("2026-11-23".parse().unwrap(), "2026-11-23T04:00:00Z".parse().unwrap());
        assert_eq!(longest_overlap(profile.policy(), today).unwrap(), TimeDelta::hours(24));
        assert_eq!(end(profile.policy(), KeyKind::Reader, today, now).unwrap(), None);
        let system = end(profile.policy(), KeyKind::System, today, now).unwrap();
        assert_eq!(system, Some("2027-11-23T04:00:00Z".parse().unwrap()));
    }

    #[test]
    fn scopes_come_back_and_unknown_ones_give_nothing() {
        let all = [KeyScope::RecordsWrite, KeyScope::MonitoringWrite];
        assert_eq!(written(&all), "records:write monitoring:write");
        assert_eq!(scopes(&written(&all)), all);
        assert_eq!(scopes("records:write everything:write"), [KeyScope::RecordsWrite]);
        assert_eq!(scopes(""), []);
    }
}
