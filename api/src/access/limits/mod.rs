//! How often somebody may call: named quotas, counted by GCRA in this process and, with Redis, together with the other copies.
//!
//! Time here is a monotonic clock of its own, not the service's, and is never driven by journeys.

mod headers;
mod ledger;
mod local;
mod policy;
mod shared;
#[cfg(test)]
mod tests;

use yuti_openapi::vocabulary::LimitPolicy;
use yuti_openapi::wire::QuotaState;

pub use self::headers::{policy_header, state_header};
use self::local::Uptime;
use self::policy::{Charge, Policies};
use self::shared::{Answer, Shared};
use super::caller::Caller;
use crate::config::{CostsConfig, LimitsConfig, SharedLimitsConfig};
use crate::link::Link;
use crate::metrics::SharedLimits;

/// What a route takes from which quotas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Nothing: health, quota, the contract.
    Free,
    /// One thing of the API.
    Lookup,
    /// A page of a list of the API; all of it, streamed, is an export.
    List,
    /// A page for people.
    Page,
    /// A page that is never refused: somebody may be trapped.
    Always,
    /// An attempt to log in, by address. What is tried under one name is counted by [`Limits::take_name`].
    LogIn,
    /// Making an API key.
    KeyCreation,
    /// Filing a complaint. The form's own address is [`Class::Always`], because it never answers 429: its handler takes this class
    /// and shows the form again with what was typed.
    Complaint,
    /// A unit that asks for an account, with files.
    UnitRequest,
}

impl Class {
    /// All of them, in the order in which they are documented.
    pub const ALL: [Self; 9] = [
        Self::Free,
        Self::Lookup,
        Self::List,
        Self::Page,
        Self::Always,
        Self::LogIn,
        Self::KeyCreation,
        Self::Complaint,
        Self::UnitRequest,
    ];

    /// The name under which the class is documented.
    pub fn name(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Lookup => "lookup",
            Self::List => "list",
            Self::Page => "page",
            Self::Always => "always",
            Self::LogIn => "log_in",
            Self::KeyCreation => "key_creation",
            Self::Complaint => "complaint",
            Self::UnitRequest => "unit_request",
        }
    }
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
    fn admitted(states: Vec<QuotaState>) -> Self {
        Self { states, refused_by: None }
    }

    fn refused(charges: &[Charge], by: usize) -> Self {
        let refused_by = charges.get(by).map(|charge| charge.gate.policy);
        Self { states: local::refused(charges, by), refused_by }
    }

    /// Seconds after which asking again is not refused for the same reason.
    pub fn retry_after(&self) -> Option<u32> {
        let refused = self.refused_by?;
        self.states.iter().find(|state| state.policy == refused).map(|state| state.reset_seconds)
    }
}

/// The quotas of the service, as this copy knows them.
pub struct Limits {
    uptime: Uptime,
    policies: Policies,
    shared: Option<Shared>,
}

impl Limits {
    /// Quotas as configured, for this copy alone.
    pub fn new(limits: &LimitsConfig, costs: CostsConfig) -> Self {
        Self::begun(limits, costs, Uptime::begin())
    }

    fn begun(limits: &LimitsConfig, costs: CostsConfig, uptime: Uptime) -> Self {
        Self { policies: Policies::new(limits, costs, uptime.clone()), uptime, shared: None }
    }

    /// The same quotas for all copies that use this Redis, for as long as [`Self::share`] runs.
    #[must_use]
    pub fn shared(self, redis: Link, config: SharedLimitsConfig, metrics: SharedLimits) -> Self {
        let shared = Shared::new(redis, config, metrics, self.uptime.clone());
        Self { shared: Some(shared), ..self }
    }

    /// What the classes cost.
    pub fn costs(&self) -> CostsConfig {
        self.policies.costs()
    }

    /// Takes what a call costs, or says which quota refuses it. `export` is the stream of a whole list.
    pub async fn take(&self, caller: &Caller, class: Class, export: bool) -> Verdict {
        self.settle(&self.policies.charges(caller, class, export)).await
    }

    /// Takes an attempt to log in under a name, known or not, given in the form in which names are compared.
    pub async fn take_name(&self, name: &str) -> Verdict {
        self.settle(&self.policies.name(name)).await
    }

    async fn settle(&self, charges: &[Charge]) -> Verdict {
        let states = match local::take(charges) {
            Ok(states) => states,
            Err(by) => return Verdict::refused(charges, by),
        };
        let free = charges.iter().all(|charge| charge.cost == 0);
        let Some(shared) = self.shared.as_ref().filter(|shared| !free && !shared.note(charges)) else {
            return Verdict::admitted(states);
        };
        match shared.ask(charges).await {
            Answer::Granted => Verdict::admitted(local::look(charges)),
            Answer::Refused(by) => Verdict::refused(charges, by),
            Answer::None => Verdict::admitted(states),
        }
    }

    /// The state of every quota from which calls of these classes take, taking nothing.
    pub fn look(&self, caller: &Caller, classes: &[Class]) -> Vec<QuotaState> {
        let mut states: Vec<QuotaState> = Vec::new();
        for class in classes {
            for export in [false, true] {
                for state in local::look(&self.policies.charges(caller, *class, export)) {
                    if states.iter().all(|known| known.policy != state.policy) {
                        states.push(state);
                    }
                }
            }
        }
        states
    }

    /// Keeps the copies' limits together for as long as it is polled. Without Redis there is nothing to do.
    pub async fn share(&self) {
        if let Some(shared) = &self.shared {
            shared.run().await;
        }
    }

    /// Forgets callers whose quotas are whole again. Run now and then, or memory grows with every caller ever seen.
    pub fn tidy(&self) {
        self.policies.tidy();
        if let Some(shared) = &self.shared {
            shared.tidy();
        }
    }
}
