//! Samples of API keys.

use chrono::{DateTime, TimeDelta, Utc};

use crate::samples::quota;
use crate::vocabulary::{KeyKind, KeyState, LimitPolicy, RaiseState};
use crate::wire::{ApiKey, IssuedKey, KeyRaise, KeySecret, KeyUsage, QuotaState};

fn instant() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_406_400, 0).unwrap_or_default()
}

/// A reader's key that was replaced yesterday and used since.
pub fn api_key() -> ApiKey {
    let at = instant();
    let day = at.date_naive();
    let keyed = |state: QuotaState| QuotaState {
        quota: if state.policy == LimitPolicy::Burst { 300 } else { 200_000 },
        remaining: if state.policy == LimitPolicy::Burst { 297 } else { 188_310 },
        ..state
    };
    ApiKey {
        id: "key-17".into(),
        kind: KeyKind::Reader,
        name: "小区电梯看板".into(),
        contact: Some("dev@example.org".into()),
        organisation: None,
        scopes: Vec::new(),
        state: KeyState::Active,
        created_at: at - TimeDelta::days(40),
        expires_at: None,
        revoked_at: None,
        revoked_by: None,
        secrets: vec![
            KeySecret {
                prefix: "yuti_ak_Zr3k".into(),
                created_at: at - TimeDelta::hours(3),
                valid_until: None,
            },
            KeySecret {
                prefix: "yuti_ak_p0Qa".into(),
                created_at: at - TimeDelta::days(40),
                valid_until: Some(at + TimeDelta::hours(21)),
            },
        ],
        quotas: quota().policies.into_iter().map(keyed).collect(),
        raise: Some(KeyRaise {
            state: RaiseState::Asked,
            burst: None,
            daily: Some(1_000_000),
            reason: "每天为 3 万台电梯各读一次状态".into(),
            asked_at: at - TimeDelta::hours(2),
            decided_at: None,
            answer: None,
        }),
        usage: vec![
            KeyUsage { day, calls: 11_690, refused: 12 },
            KeyUsage { day: day - TimeDelta::days(1), calls: 9_871, refused: 0 },
        ],
    }
}

/// A key that was just made.
pub fn issued_key() -> IssuedKey {
    let mut api_key = api_key();
    api_key.created_at = instant();
    api_key.secrets =
        vec![KeySecret { prefix: "yuti_ak_Zr3k".into(), created_at: instant(), valid_until: None }];
    api_key.raise = None;
    api_key.usage = Vec::new();
    // No key: the check at its end does not hold, so that no scanner takes it for one.
    IssuedKey { key: "yuti_ak_Zr3kQ8fUw1LxYp7bNs5aJd0vTe2mHg1yrsDb".into(), api_key }
}
