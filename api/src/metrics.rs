//! What the service counts about itself, for Prometheus. Labels are routes and codes, never what a caller sent.

use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Answered {
    route: String,
    method: String,
    status: u16,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Route {
    route: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Refused {
    policy: String,
}

/// What is counted about limits that copies share.
#[derive(Clone, Debug, Default)]
pub struct SharedLimits {
    /// Calls that this copy decided alone because Redis was away or slow.
    pub fallback: Counter,
    /// Whether Redis answers.
    pub up: Gauge,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Outcome {
    outcome: String,
}

/// Counts attempts to sign in by what came of them.
#[derive(Clone, Debug, Default)]
pub struct SignIns(Family<Outcome, Counter>);

impl SignIns {
    /// An attempt ended like this.
    pub fn count(&self, outcome: &'static str) {
        self.0.get_or_create(&Outcome { outcome: outcome.to_owned() }).inc();
    }
}

/// The counters.
pub struct Metrics {
    registry: Registry,
    answered: Family<Answered, Counter>,
    took: Family<Route, Histogram>,
    refused: Family<Refused, Counter>,
    sequenced: Counter,
    feed: Gauge,
    sealed: Counter,
    job_failures: Counter,
    password_digests: Counter,
    sign_ins: SignIns,
}

impl Default for Metrics {
    fn default() -> Self {
        let answered = Family::default();
        let took: Family<Route, Histogram> =
            Family::new_with_constructor(|| Histogram::new(exponential_buckets(0.0005, 2.0, 15)));
        let refused = Family::default();
        let sequenced = Counter::default();
        let feed = Gauge::default();
        let sealed = Counter::default();
        let job_failures = Counter::default();
        let mut registry = Registry::with_prefix("yuti");
        registry.register("http_requests", "Requests answered", answered.clone());
        registry.register("http_request_seconds", "Seconds from request to head of the answer", took.clone());
        registry.register("limited", "Requests refused by a quota", refused.clone());
        registry.register(
            "feed_sequenced",
            "Entries of the change feed numbered by this copy",
            sequenced.clone(),
        );
        registry.register(
            "feed_last",
            "The highest number of the change feed seen by this copy",
            feed.clone(),
        );
        registry.register("audit_sealed", "Entries of the audit trail sealed by this copy", sealed.clone());
        registry.register("job_failures", "Runs of background work that failed", job_failures.clone());
        let password_digests = Counter::default();
        registry.register(
            "password_digests",
            "Digests of passwords that were computed",
            password_digests.clone(),
        );
        let sign_ins = SignIns::default();
        registry.register("sign_ins", "Attempts to sign in, by what came of them", sign_ins.0.clone());
        Self {
            registry,
            answered,
            took,
            refused,
            sequenced,
            feed,
            sealed,
            job_failures,
            password_digests,
            sign_ins,
        }
    }
}

impl Metrics {
    /// What is counted where limits are shared. Where they are not, nothing of it is shown: a 0 would look like a fault.
    #[must_use]
    pub fn with_shared_limits(mut self, shared: &SharedLimits) -> Self {
        let SharedLimits { fallback, up } = shared.clone();
        self.registry.register(
            "limits_shared_fallback",
            "Calls decided by this copy alone because Redis was away or slow",
            fallback,
        );
        self.registry.register("limits_shared_up", "Whether limits are shared through Redis now", up);
        self
    }

    /// A request was answered.
    pub fn answered(&self, route: &str, method: &str, status: u16, took: Duration) {
        let label = Answered { route: route.to_owned(), method: method.to_owned(), status };
        self.answered.get_or_create(&label).inc();
        self.took.get_or_create(&Route { route: route.to_owned() }).observe(took.as_secs_f64());
    }

    /// A quota refused a request.
    pub fn refused(&self, policy: &str) {
        self.refused.get_or_create(&Refused { policy: policy.to_owned() }).inc();
    }

    /// Entries of the feed got their numbers.
    pub fn sequenced(&self, entries: u64, last: i64) {
        self.sequenced.inc_by(entries);
        self.feed.set(last);
    }

    /// Entries of the audit trail got their seal.
    pub fn sealed(&self, entries: u64) {
        self.sealed.inc_by(entries);
    }

    /// Background work failed.
    pub fn job_failed(&self) {
        self.job_failures.inc();
    }

    /// The counter of digests of passwords.
    pub fn password_digests(&self) -> Counter {
        self.password_digests.clone()
    }

    /// The counter of attempts to sign in.
    pub fn sign_ins(&self) -> SignIns {
        self.sign_ins.clone()
    }

    /// Everything as text.
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing into a string does not fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}
