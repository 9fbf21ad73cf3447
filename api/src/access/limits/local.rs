//! The gate in this process: governor's GCRA over states that can also be looked at, given back, and raised to what other
//! copies have taken.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use governor::clock::{Clock, DefaultClock, Reference as _};
use governor::middleware::StateInformationMiddleware;
use governor::nanos::Nanos;
use governor::state::keyed::{DashMapStateStore, ShrinkableKeyedStateStore as _};
use governor::state::{NotKeyed, StateStore};
use governor::{Quota, RateLimiter};
use yuti_openapi::vocabulary::LimitPolicy;
use yuti_openapi::wire::QuotaState;

use super::policy::{Charge, Subject};
use crate::config::QuotaConfig;

/// Time since the limits of this process were made. It is not the service's clock: nothing drives it, and nothing sets it back.
#[derive(Clone, Debug)]
pub(super) enum Uptime {
    /// A running clock, and what it showed at the beginning.
    Running(DefaultClock, <DefaultClock as Clock>::Instant),
    /// A clock that a test drives.
    #[cfg(test)]
    Driven(governor::clock::FakeRelativeClock),
}

impl Uptime {
    pub(super) fn begin() -> Self {
        let clock = DefaultClock::default();
        let origin = clock.now();
        Self::Running(clock, origin)
    }

    pub(super) fn now(&self) -> Nanos {
        match self {
            Self::Running(clock, origin) => clock.now().duration_since(*origin),
            #[cfg(test)]
            Self::Driven(clock) => clock.now(),
        }
    }
}

/// governor counts from the moment at which a limiter is made. Limiters of several quotas share states here, so each is made while
/// its clock stands at 0, and counts from the same moment as the others.
#[derive(Clone, Debug)]
struct FromZero {
    uptime: Uptime,
    made: Arc<AtomicBool>,
}

impl Clock for FromZero {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        if self.made.load(Ordering::Relaxed) { self.uptime.now() } else { Nanos::new(0) }
    }
}

/// Of everybody who is counted by one policy: the instant of uptime at which all that was taken is repaid (GCRA's theoretical
/// arrival time).
#[derive(Clone, Default)]
pub(super) struct States(Arc<DashMapStateStore<Subject>>);

impl StateStore for States {
    type Key = Subject;

    fn measure_and_replace<T, F, E>(&self, key: &Self::Key, f: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        self.0.measure_and_replace(key, f)
    }
}

impl States {
    /// When everything is repaid. Looking makes no state.
    fn repaid(&self, subject: &Subject) -> Nanos {
        let look = |repaid: Option<Nanos>| -> Result<((), Nanos), Nanos> { Err(repaid.unwrap_or_default()) };
        match self.0.get(subject).map(|state| state.measure_and_replace(&NotKeyed::NonKey, look)) {
            Some(Err(repaid)) => repaid,
            Some(Ok(())) | None => Nanos::new(0),
        }
    }

    fn change(&self, subject: &Subject, to: impl Fn(Nanos) -> Nanos) {
        let outcome: Result<(), ()> =
            self.0.measure_and_replace(subject, |repaid| Ok(((), to(repaid.unwrap_or_default()))));
        debug_assert!(outcome.is_ok(), "nothing here refuses");
    }

    /// Forgets everybody to whom everything was given back.
    pub(super) fn tidy(&self, now: Nanos) {
        self.0.retain_recent(now);
        self.0.shrink_to_fit();
    }

    /// How many are remembered.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

type Limiter = RateLimiter<Subject, States, FromZero, StateInformationMiddleware>;

/// One quota of one policy. Gates of the same policy share its states, so that a quota can be raised while it is in use.
pub(super) struct Gate {
    pub(super) policy: LimitPolicy,
    pub(super) quota: QuotaConfig,
    /// Microseconds in which one cell comes back: rounded up, so that never more comes back than is advertised. Whole, because
    /// the shared limiter counts in the same unit, and both must agree to the cell.
    pub(super) interval: u64,
    states: States,
    limiter: Limiter,
    uptime: Uptime,
}

impl Gate {
    pub(super) fn new(policy: LimitPolicy, quota: QuotaConfig, states: &States, uptime: &Uptime) -> Self {
        // The configuration allows neither to be 0.
        let burst = NonZeroU32::new(quota.quota).unwrap_or(NonZeroU32::MIN);
        let window = u64::from(quota.window_seconds).saturating_mul(1_000_000);
        let interval = window.div_ceil(u64::from(burst.get())).max(1);
        let rule = Quota::with_period(Duration::from_micros(interval))
            .map_or_else(|| Quota::per_second(burst), |rule| rule.allow_burst(burst));
        let made = Arc::new(AtomicBool::new(false));
        let clock = FromZero { uptime: uptime.clone(), made: Arc::clone(&made) };
        let limiter = RateLimiter::new(rule, states.clone(), clock);
        made.store(true, Ordering::Relaxed);
        Self { policy, quota, interval, states: states.clone(), limiter, uptime: uptime.clone() }
    }

    /// Microseconds in which a whole quota comes back.
    pub(super) fn tolerance(&self) -> u64 {
        self.interval.saturating_mul(u64::from(self.quota.quota))
    }

    /// Microseconds in which so many cells come back.
    pub(super) fn weight(&self, cost: u32) -> u64 {
        self.interval.saturating_mul(u64::from(cost))
    }

    /// Microseconds until everything that was taken is repaid.
    pub(super) fn debt(&self, subject: &Subject) -> u64 {
        self.states.repaid(subject).duration_since(self.uptime.now()).as_u64().div_ceil(1_000)
    }

    fn take(&self, subject: &Subject, cost: u32) -> Option<QuotaState> {
        let Some(cost) = NonZeroU32::new(cost) else { return Some(self.look(subject)) };
        let snapshot = self.limiter.check_key_n(subject, cost).ok()?.ok()?;
        let left = snapshot.remaining_burst_capacity();
        Some(self.state(left, self.refill(left)))
    }

    fn give_back(&self, subject: &Subject, cost: u32) {
        let weight = Nanos::new(self.weight(cost).saturating_mul(1_000));
        self.states.change(subject, |repaid| repaid.saturating_sub(weight));
    }

    /// Others have taken as well: what was taken is repaid at this instant of uptime at the earliest.
    pub(super) fn raise(&self, subject: &Subject, repaid: Nanos) {
        self.states.change(subject, |known| known.max(repaid));
    }

    /// What is left, taking nothing.
    pub(super) fn look(&self, subject: &Subject) -> QuotaState {
        let free = self.tolerance().saturating_sub(self.debt(subject));
        let left = u32::try_from(free / self.interval).unwrap_or(u32::MAX);
        let reset = if left == 0 { seconds(self.interval - free) } else { self.refill(left) };
        self.state(left, reset)
    }

    /// What is left where so much was refused: `reset_seconds` is the wait after which it is not refused again.
    fn refused(&self, subject: &Subject, cost: u32) -> QuotaState {
        let short = (self.debt(subject) + self.weight(cost)).saturating_sub(self.tolerance());
        self.state(self.look(subject).remaining, seconds(short))
    }

    /// Seconds in which one more cell is there, rounded up, where some are missing.
    fn refill(&self, left: u32) -> u32 {
        if left >= self.quota.quota { 0 } else { seconds(self.interval) }
    }

    fn state(&self, remaining: u32, reset_seconds: u32) -> QuotaState {
        QuotaState {
            policy: self.policy,
            quota: self.quota.quota,
            window_seconds: self.quota.window_seconds,
            remaining,
            reset_seconds,
        }
    }
}

/// Whole seconds, rounded up and at least one: a client that waits so long is not refused again for the same reason.
fn seconds(microseconds: u64) -> u32 {
    u32::try_from(microseconds.div_ceil(1_000_000)).unwrap_or(u32::MAX).max(1)
}

/// Takes all of it and says what is left, or takes nothing and says which of the charges is refused.
pub(super) fn take(charges: &[Charge]) -> Result<Vec<QuotaState>, usize> {
    let mut states = Vec::with_capacity(charges.len());
    for (place, charge) in charges.iter().enumerate() {
        let Some(state) = charge.gate.take(&charge.subject, charge.cost) else {
            give_back(charges.get(..place).unwrap_or_default());
            return Err(place);
        };
        states.push(state);
    }
    Ok(states)
}

/// Gives back what was taken and then refused elsewhere.
pub(super) fn give_back(charges: &[Charge]) {
    for charge in charges.iter().filter(|charge| charge.cost > 0) {
        charge.gate.give_back(&charge.subject, charge.cost);
    }
}

/// What is left of each.
pub(super) fn look(charges: &[Charge]) -> Vec<QuotaState> {
    charges.iter().map(|charge| charge.gate.look(&charge.subject)).collect()
}

/// What is left of each where one of them refused.
pub(super) fn refused(charges: &[Charge], by: usize) -> Vec<QuotaState> {
    let state = |(place, charge): (usize, &Charge)| {
        if place == by {
            charge.gate.refused(&charge.subject, charge.cost)
        } else {
            charge.gate.look(&charge.subject)
        }
    };
    charges.iter().enumerate().map(state).collect()
}
