//! The headers of the rate-limit draft.

use yuti_openapi::wire::QuotaState;

/// The header `RateLimit-Policy` for the quotas.
pub fn policy_header(states: &[QuotaState]) -> String {
    let one =
        |state: &QuotaState| format!("\"{}\";q={};w={}", state.policy, state.quota, state.window_seconds);
    states.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// The header `RateLimit` for the quotas.
pub fn state_header(states: &[QuotaState]) -> String {
    let one =
        |state: &QuotaState| format!("\"{}\";r={};t={}", state.policy, state.remaining, state.reset_seconds);
    states.iter().map(one).collect::<Vec<_>>().join(", ")
}
