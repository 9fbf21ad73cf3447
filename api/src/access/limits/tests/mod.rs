//! Tests of the limits: the rule itself on both back-ends, one copy alone, and copies together.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod alone;
mod away;
mod rule;
mod together;

use std::net::IpAddr;
use std::time::Duration;

use governor::clock::FakeRelativeClock;

use super::*;
use crate::config::QuotaConfig;
use crate::link::Link;

/// Quotas that nobody uses up, but for those that are named.
fn quotas(named: &[(&str, u32, u32)]) -> LimitsConfig {
    let of = |name: &str| {
        let (quota, window_seconds) =
            named.iter().find(|(known, ..)| *known == name).map_or((1_000_000, 86_400), |(_, q, w)| (*q, *w));
        QuotaConfig { quota, window_seconds }
    };
    let limits = LimitsConfig {
        burst: of("burst"),
        daily: of("daily"),
        export: of("export"),
        pages: of("pages"),
        key_burst: of("key_burst"),
        key_daily: of("key_daily"),
        system_burst: of("system_burst"),
        system_daily: of("system_daily"),
        log_in: of("log_in"),
        log_in_name: of("log_in_name"),
        key_creation: of("key_creation"),
        complaint: of("complaint"),
        unit_request: of("unit_request"),
        shared: SharedLimitsConfig { timeout_milliseconds: 20_000, retry_milliseconds: 100 },
    };
    let known = limits.quotas();
    assert!(named.iter().all(|(name, ..)| known.iter().any(|(key, _)| key == name)), "{named:?}");
    limits
}

const COSTS: CostsConfig = CostsConfig { lookup: 1, list: 2 };

/// Limits whose time the test drives.
fn driven(named: &[(&str, u32, u32)]) -> (Limits, FakeRelativeClock) {
    let clock = FakeRelativeClock::default();
    // Nobody begins at the moment at which the process does.
    clock.advance(Duration::from_secs(1_000));
    (Limits::begun(&quotas(named), COSTS, Uptime::Driven(clock.clone())), clock)
}

fn address(number: u32) -> IpAddr {
    IpAddr::from((10u32 << 24 | number).to_be_bytes())
}

fn client(number: u32) -> Caller {
    Caller::at(address(number))
}

/// A copy whose time the test drives and whose reports the test sends, so that every order of things can be played.
struct Copy {
    limits: Limits,
    clock: FakeRelativeClock,
    metrics: SharedLimits,
}

impl Copy {
    async fn on(url: &str, named: &[(&str, u32, u32)]) -> Self {
        let (limits, clock) = driven(named);
        let metrics = SharedLimits::default();
        let config = quotas(&[]).shared;
        let limits = limits.shared(Link::new(url).unwrap(), config, metrics.clone());
        let copy = Self { limits, clock, metrics };
        copy.shared().find().await.expect("Redis answers");
        copy
    }

    fn shared(&self) -> &Shared {
        self.limits.shared.as_ref().unwrap()
    }

    async fn passes(&self, caller: &Caller, class: Class) -> bool {
        self.limits.take(caller, class, false).await.refused_by.is_none()
    }

    async fn left(&self, caller: &Caller) -> u32 {
        self.limits.look(caller, &[Class::Lookup])[0].remaining
    }
}

async fn copies(url: &str, number: usize, named: &[(&str, u32, u32)]) -> Vec<Copy> {
    let mut copies = Vec::new();
    for _ in 0..number {
        copies.push(Copy::on(url, named).await);
    }
    copies
}
