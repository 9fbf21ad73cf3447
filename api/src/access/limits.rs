//! How often one address may call: named quotas, each a governor limiter keyed by address (GCRA).
//!
//! governor keeps its own monotonic clock; time here is not the service's clock and is never driven by tests.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use governor::clock::{Clock as _, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::nanos::Nanos;
use governor::state::StateStore;
use governor::state::keyed::{DashMapStateStore, ShrinkableKeyedStateStore};
use governor::{Quota, RateLimiter};
use yuti_openapi::vocabulary::LimitPolicy;
use yuti_openapi::wire::QuotaState;

use crate::config::{CostsConfig, LimitsConfig, QuotaConfig};

/// What a route takes from which quotas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Nothing: health, quota, the contract.
    Free,
    /// One thing of the API.
    Lookup,
    /// A page of a list of the API.
    List,
    /// The same of a list that also comes whole, as a stream; the stream is an export.
    Stream,
    /// A page for people.
    Page,
    /// A page that is never refused: somebody may be trapped.
    Always,
}

impl Class {
    /// The name under which the class is documented.
    pub fn name(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Lookup => "lookup",
            Self::List | Self::Stream => "list",
            Self::Page => "page",
            Self::Always => "always",
        }
    }
}

/// The states of one limiter: as governor keeps them, or looked at without being changed.
struct Cells {
    states: Arc<DashMapStateStore<IpAddr>>,
    dry: bool,
}

impl StateStore for Cells {
    type Key = IpAddr;

    fn measure_and_replace<T, F, E>(&self, key: &Self::Key, f: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        if !self.dry {
            return self.states.measure_and_replace(key, f);
        }
        // A refusal leaves the state as it was; so every outcome is handed through as one.
        let looked: Result<((), Nanos), Result<T, E>> = self
            .states
            .measure_and_replace(key, |state| Err(f(state).map(|(outcome, _)| outcome)))
            .map(|()| ((), Nanos::from(0)));
        match looked {
            Err(outcome) => outcome,
            // The closure above never agrees; asking the rule with a fresh state is the honest answer if it did.
            Ok(_) => f(None).map(|(outcome, _)| outcome),
        }
    }
}

impl ShrinkableKeyedStateStore<IpAddr> for Cells {
    fn retain_recent(&self, drop_below: Nanos) {
        self.states.retain_recent(drop_below);
    }

    fn shrink_to_fit(&self) {
        self.states.shrink_to_fit();
    }

    fn len(&self) -> usize {
        self.states.len()
    }

    fn is_empty(&self) -> bool {
        self.states.is_empty()
    }
}

type Limiter = RateLimiter<IpAddr, Cells, DefaultClock, StateInformationMiddleware>;

struct Policy {
    name: LimitPolicy,
    quota: QuotaConfig,
    taking: Limiter,
    looking: Limiter,
}

impl Policy {
    fn new(name: LimitPolicy, quota: QuotaConfig, clock: &DefaultClock) -> Self {
        let burst = NonZeroU32::new(quota.quota).unwrap_or(NonZeroU32::MIN);
        // One cell comes back each window/quota; the configuration allows neither to be 0.
        let period = Duration::from_secs(u64::from(quota.window_seconds)) / burst.get();
        let rule = Quota::with_period(period.max(Duration::from_nanos(1)))
            .map_or_else(|| Quota::per_second(burst), |rule| rule.allow_burst(burst));
        let states: Arc<DashMapStateStore<IpAddr>> = Arc::default();
        let limiter = |dry| -> Limiter {
            RateLimiter::new(rule, Cells { states: Arc::clone(&states), dry }, clock.clone())
        };
        Self { name, quota, taking: limiter(false), looking: limiter(true) }
    }

    fn state(&self, remaining: u32, reset_seconds: u32) -> QuotaState {
        QuotaState {
            policy: self.name,
            quota: self.quota.quota,
            window_seconds: self.quota.window_seconds,
            remaining,
            reset_seconds,
        }
    }

    /// Seconds until one more cell is there, rounded up, where some are missing.
    fn refill(&self, remaining: u32) -> u32 {
        if remaining >= self.quota.quota {
            0
        } else {
            self.quota.window_seconds.div_ceil(self.quota.quota).max(1)
        }
    }

    fn take(&self, key: IpAddr, cost: u32, clock: &DefaultClock) -> Result<QuotaState, QuotaState> {
        let Some(cost) = NonZeroU32::new(cost) else { return Ok(self.look(key, clock)) };
        match self.taking.check_key_n(&key, cost) {
            Ok(Ok(snapshot)) => {
                let left = snapshot.remaining_burst_capacity();
                Ok(self.state(left, self.refill(left)))
            }
            Ok(Err(not_yet)) => {
                Err(self.state(self.look(key, clock).remaining, seconds(not_yet.wait_time_from(clock.now()))))
            }
            // Dearer than the whole quota: the configuration refuses that before anything is served.
            Err(_) => Err(self.state(0, self.quota.window_seconds)),
        }
    }

    fn look(&self, key: IpAddr, clock: &DefaultClock) -> QuotaState {
        match self.looking.check_key(&key) {
            Ok(snapshot) => {
                // The look was made as if one cell had been taken.
                let left = (snapshot.remaining_burst_capacity() + 1).min(self.quota.quota);
                self.state(left, self.refill(left))
            }
            Err(not_yet) => self.state(0, seconds(not_yet.wait_time_from(clock.now()))),
        }
    }
}

/// Whole seconds, rounded up and at least one: a client that waits so long is not refused again for the same reason.
fn seconds(wait: Duration) -> u32 {
    let whole = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
    u32::try_from(whole).unwrap_or(u32::MAX).max(1)
}

/// The outcome of asking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The state of every quota that applies, the refusing one among them.
    pub states: Vec<QuotaState>,
    /// The quota that is used up.
    pub refused_by: Option<LimitPolicy>,
}

impl Verdict {
    /// Seconds after which asking again is not refused for the same reason.
    pub fn retry_after(&self) -> Option<u32> {
        let refused = self.refused_by?;
        self.states.iter().find(|state| state.policy == refused).map(|state| state.reset_seconds)
    }
}

/// The quotas of this copy of the service.
pub struct Limits {
    clock: DefaultClock,
    costs: CostsConfig,
    burst: Policy,
    daily: Policy,
    export: Policy,
    pages: Policy,
}

impl Limits {
    /// Quotas as configured.
    pub fn new(limits: &LimitsConfig, costs: CostsConfig) -> Self {
        let clock = DefaultClock::default();
        Self {
            costs,
            burst: Policy::new(LimitPolicy::Burst, limits.burst, &clock),
            daily: Policy::new(LimitPolicy::Daily, limits.daily, &clock),
            export: Policy::new(LimitPolicy::Export, limits.export, &clock),
            pages: Policy::new(LimitPolicy::Pages, limits.pages, &clock),
            clock,
        }
    }

    /// What the classes cost.
    pub fn costs(&self) -> CostsConfig {
        self.costs
    }

    /// Takes what a call costs, or says which quota refuses it. `export` is the stream of a whole list.
    pub fn take(&self, key: IpAddr, class: Class, export: bool) -> Verdict {
        let charges: Vec<(&Policy, u32)> = match class {
            Class::Free => vec![(&self.burst, 0), (&self.daily, 0)],
            Class::Lookup => vec![(&self.burst, self.costs.lookup), (&self.daily, self.costs.lookup)],
            Class::Stream if export => vec![(&self.export, 1)],
            Class::List | Class::Stream => {
                vec![(&self.burst, self.costs.list), (&self.daily, self.costs.list)]
            }
            Class::Page => vec![(&self.pages, 1)],
            Class::Always => vec![(&self.pages, 0)],
        };
        let mut verdict = Verdict { states: Vec::with_capacity(2), refused_by: None };
        for (policy, cost) in charges {
            if verdict.refused_by.is_some() {
                verdict.states.push(policy.look(key, &self.clock));
                continue;
            }
            match policy.take(key, cost, &self.clock) {
                Ok(state) => verdict.states.push(state),
                Err(state) => {
                    verdict.states.push(state);
                    verdict.refused_by = Some(policy.name);
                }
            }
        }
        verdict
    }

    /// The state of every quota, taking nothing.
    pub fn look(&self, key: IpAddr) -> Vec<QuotaState> {
        [&self.burst, &self.daily, &self.export, &self.pages]
            .map(|policy| policy.look(key, &self.clock))
            .to_vec()
    }

    /// Forgets addresses whose quotas are whole again. Run now and then, or memory grows with every address ever seen.
    pub fn tidy(&self) {
        for policy in [&self.burst, &self.daily, &self.export, &self.pages] {
            policy.taking.retain_recent();
            policy.taking.shrink_to_fit();
        }
    }
}

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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]
    use super::*;

    fn limits(burst: (u32, u32), daily: (u32, u32)) -> Limits {
        let quota = |(quota, window_seconds)| QuotaConfig { quota, window_seconds };
        let limits = LimitsConfig {
            burst: quota(burst),
            daily: quota(daily),
            export: quota((1, 3600)),
            pages: quota((2, 3600)),
        };
        Limits::new(&limits, CostsConfig { lookup: 1, list: 2 })
    }

    fn client(last: u8) -> IpAddr {
        IpAddr::from([192, 0, 2, last])
    }

    #[test]
    fn exactly_the_advertised_number_passes_at_once() {
        let limits = limits((10, 36_000), (1000, 86_400));
        for left in (0..10).rev() {
            let verdict = limits.take(client(1), Class::Lookup, false);
            assert_eq!(verdict.refused_by, None);
            assert_eq!(verdict.states[0].remaining, left);
        }
        let verdict = limits.take(client(1), Class::Lookup, false);
        assert_eq!(verdict.refused_by, Some(LimitPolicy::Burst));
        let wait = verdict.retry_after().unwrap();
        assert!((3590..=3600).contains(&wait), "one cell comes back each hour, not after {wait} s");
        assert_eq!(limits.take(client(2), Class::Lookup, false).refused_by, None, "others are not touched");
    }

    #[test]
    fn a_refused_call_takes_nothing_from_the_other_quota() {
        let limits = limits((2, 36_000), (100, 86_400));
        assert_eq!(limits.take(client(1), Class::List, false).refused_by, None);
        assert_eq!(limits.take(client(1), Class::List, false).refused_by, Some(LimitPolicy::Burst));
        let daily =
            limits.look(client(1)).into_iter().find(|state| state.policy == LimitPolicy::Daily).unwrap();
        assert_eq!(daily.remaining, 98);
    }

    #[test]
    fn looking_takes_nothing() {
        let limits = limits((5, 36_000), (50, 864_000));
        for _ in 0..100 {
            assert_eq!(limits.look(client(1))[0].remaining, 5);
        }
        limits.take(client(1), Class::Lookup, false);
        for _ in 0..100 {
            assert_eq!(limits.look(client(1))[0].remaining, 4);
        }
        while limits.take(client(1), Class::Lookup, false).refused_by.is_none() {}
        assert_eq!(limits.look(client(1))[0].remaining, 0);
    }

    #[test]
    fn the_elevator_page_is_never_refused_and_takes_nothing() {
        let limits = limits((5, 3600), (50, 86_400));
        for _ in 0..50 {
            assert_eq!(limits.take(client(1), Class::Always, false).refused_by, None);
        }
        assert_eq!(limits.take(client(1), Class::Page, false).refused_by, None);
        assert_eq!(limits.take(client(1), Class::Page, false).refused_by, None);
        assert_eq!(limits.take(client(1), Class::Page, false).refused_by, Some(LimitPolicy::Pages));
        assert_eq!(limits.take(client(1), Class::Always, false).refused_by, None);
    }

    #[test]
    fn a_stream_has_a_quota_of_its_own() {
        let limits = limits((2, 36_000), (2, 864_000));
        assert_eq!(limits.take(client(1), Class::Stream, true).refused_by, None);
        let refused = limits.take(client(1), Class::Stream, true);
        assert_eq!(refused.refused_by, Some(LimitPolicy::Export));
        assert_eq!(limits.take(client(1), Class::List, false).refused_by, None);
    }

    #[test]
    fn headers_are_structured_lists() {
        let limits = limits((100, 10), (10_000, 86_400));
        let states = limits.take(client(1), Class::List, false).states;
        assert_eq!(policy_header(&states), "\"burst\";q=100;w=10, \"daily\";q=10000;w=86400");
        assert_eq!(state_header(&states), "\"burst\";r=98;t=1, \"daily\";r=9998;t=9");
    }

    #[test]
    fn whole_quotas_are_forgotten() {
        let limits = limits((1_000_000, 1), (1_000_000, 1));
        for last in 0..=255 {
            limits.take(client(last), Class::Lookup, false);
        }
        assert_eq!(limits.burst.taking.len(), 256);
        std::thread::sleep(Duration::from_millis(5));
        limits.tidy();
        assert_eq!(limits.burst.taking.len(), 0);
    }
}
