//! Who is counted, by which policy, and what a call takes from it.

use std::collections::HashMap;
use std::fmt;
use std::net::IpAddr;
use std::sync::{Arc, PoisonError, RwLock};

use sha2::{Digest as _, Sha256};
use yuti_openapi::vocabulary::LimitPolicy;

use super::Class;
use super::local::{Gate, States, Uptime};
use crate::access::caller::{Caller, Holder};
use crate::config::{CostsConfig, LimitsConfig, QuotaConfig};

/// Who is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Subject {
    /// Everybody at an address; of IPv6 the /64.
    Address(IpAddr),
    /// The holder of an API key.
    Key(i64),
    /// A unit's system.
    System(i64),
    /// Whoever tries to log in under a name, known or not: a digest, because names do not belong into a limiter's memory.
    Name([u8; 16]),
}

impl Subject {
    /// The name under which somebody tries to log in, as the log-in compares names.
    pub(super) fn name(name: &str) -> Self {
        let digest =
            Sha256::new().chain_update(b"yuti log-in name\0").chain_update(name.as_bytes()).finalize();
        let mut short = [0; 16];
        short.iter_mut().zip(digest).for_each(|(short, byte)| *short = byte);
        Self::Name(short)
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(address) => write!(f, "address:{address}"),
            Self::Key(id) => write!(f, "key:{id}"),
            Self::System(id) => write!(f, "system:{id}"),
            Self::Name(digest) => {
                f.write_str("name:")?;
                digest.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }
    }
}

/// What a call takes from one quota of one subject.
#[derive(Clone)]
pub(super) struct Charge {
    pub(super) gate: Arc<Gate>,
    pub(super) subject: Subject,
    pub(super) cost: u32,
}

/// A policy with a quota for each kind of caller. A key may carry a higher one of its own.
struct Tiers {
    anyone: Arc<Gate>,
    key: Arc<Gate>,
    system: Arc<Gate>,
    states: States,
    /// Gates of raised quotas, made when they are first used.
    raised: RwLock<HashMap<QuotaConfig, Arc<Gate>>>,
}

/// Raised quotas are few and round; should they ever be many, they are made anew rather than kept for ever.
const RAISED: usize = 1_000;

impl Tiers {
    fn new(policy: LimitPolicy, [anyone, key, system]: [QuotaConfig; 3], uptime: &Uptime) -> Self {
        let states = States::default();
        let gate = |quota| Arc::new(Gate::new(policy, quota, &states, uptime));
        let (anyone, key, system) = (gate(anyone), gate(key), gate(system));
        Self { anyone, key, system, states, raised: RwLock::default() }
    }

    fn of(&self, caller: &Caller, uptime: &Uptime, raised: impl Fn(&Holder) -> Option<u32>) -> Arc<Gate> {
        let Some(holder) = caller.holder() else { return Arc::clone(&self.anyone) };
        let usual = match holder {
            Holder::Key { .. } => &self.key,
            Holder::System { .. } => &self.system,
        };
        match raised(holder).filter(|raised| *raised > usual.quota.quota) {
            Some(quota) => self.raised(usual, quota, uptime),
            None => Arc::clone(usual),
        }
    }

    fn raised(&self, usual: &Gate, quota: u32, uptime: &Uptime) -> Arc<Gate> {
        let quota = QuotaConfig { quota, window_seconds: usual.quota.window_seconds };
        if let Some(gate) = self.raised.read().unwrap_or_else(PoisonError::into_inner).get(&quota) {
            return Arc::clone(gate);
        }
        let mut raised = self.raised.write().unwrap_or_else(PoisonError::into_inner);
        if raised.len() >= RAISED {
            raised.clear();
        }
        let gate = || Arc::new(Gate::new(usual.policy, quota, &self.states, uptime));
        Arc::clone(raised.entry(quota).or_insert_with(gate))
    }
}

/// Every policy with its quotas.
pub(super) struct Policies {
    uptime: Uptime,
    costs: CostsConfig,
    burst: Tiers,
    daily: Tiers,
    export: Arc<Gate>,
    pages: Arc<Gate>,
    log_in: Arc<Gate>,
    log_in_name: Arc<Gate>,
    key_creation: Arc<Gate>,
    complaint: Arc<Gate>,
    unit_request: Arc<Gate>,
    states: Vec<States>,
}

impl Policies {
    pub(super) fn new(limits: &LimitsConfig, costs: CostsConfig, uptime: Uptime) -> Self {
        let mut states = Vec::new();
        let mut gate = |policy, quota| {
            let own = States::default();
            let gate = Arc::new(Gate::new(policy, quota, &own, &uptime));
            states.push(own);
            gate
        };
        let export = gate(LimitPolicy::Export, limits.export);
        let pages = gate(LimitPolicy::Pages, limits.pages);
        let log_in = gate(LimitPolicy::LogIn, limits.log_in);
        let log_in_name = gate(LimitPolicy::LogInName, limits.log_in_name);
        let key_creation = gate(LimitPolicy::KeyCreation, limits.key_creation);
        let complaint = gate(LimitPolicy::Complaint, limits.complaint);
        let unit_request = gate(LimitPolicy::UnitRequest, limits.unit_request);
        let burst = [limits.burst, limits.key_burst, limits.system_burst];
        let burst = Tiers::new(LimitPolicy::Burst, burst, &uptime);
        let daily = [limits.daily, limits.key_daily, limits.system_daily];
        let daily = Tiers::new(LimitPolicy::Daily, daily, &uptime);
        states.extend([burst.states.clone(), daily.states.clone()]);
        Self {
            uptime,
            costs,
            burst,
            daily,
            export,
            pages,
            log_in,
            log_in_name,
            key_creation,
            complaint,
            unit_request,
            states,
        }
    }

    pub(super) fn costs(&self) -> CostsConfig {
        self.costs
    }

    /// What a call takes. `export` is the stream of a whole list.
    pub(super) fn charges(&self, caller: &Caller, class: Class, export: bool) -> Vec<Charge> {
        // What calls of the API take is counted by key where one is shown. Pages, and the ways to get in, are counted by address
        // always: whoever makes a key must not get a fresh quota for making the next.
        let by = match caller.holder() {
            Some(Holder::Key { id, .. }) => Subject::Key(*id),
            Some(Holder::System { id, .. }) => Subject::System(*id),
            None => Subject::Address(caller.address()),
        };
        let address = Subject::Address(caller.address());
        let api = |cost| {
            let burst = self.burst.of(caller, &self.uptime, |holder| holder.raised().burst);
            let daily = self.daily.of(caller, &self.uptime, |holder| holder.raised().daily);
            vec![Charge { gate: burst, subject: by, cost }, Charge { gate: daily, subject: by, cost }]
        };
        let one = |gate: &Arc<Gate>, subject, cost| vec![Charge { gate: Arc::clone(gate), subject, cost }];
        match class {
            Class::Free => api(0),
            Class::Lookup => api(self.costs.lookup),
            Class::List if export => one(&self.export, by, 1),
            Class::List => api(self.costs.list),
            Class::Page => one(&self.pages, address, 1),
            Class::Always => one(&self.pages, address, 0),
            Class::LogIn => one(&self.log_in, address, 1),
            Class::KeyCreation => one(&self.key_creation, address, 1),
            Class::Complaint => one(&self.complaint, address, 1),
            Class::UnitRequest => one(&self.unit_request, address, 1),
        }
    }

    /// What trying to log in under a name takes, beside what it takes from the address.
    pub(super) fn name(&self, name: &str) -> Vec<Charge> {
        vec![Charge { gate: Arc::clone(&self.log_in_name), subject: Subject::name(name), cost: 1 }]
    }

    /// Forgets everybody to whom everything was given back.
    pub(super) fn tidy(&self) {
        let now = self.uptime.now();
        self.states.iter().for_each(|states| states.tidy(now));
    }

    /// How many states are remembered, over all policies.
    #[cfg(test)]
    pub(super) fn remembered(&self) -> usize {
        self.states.iter().map(States::len).sum()
    }
}
