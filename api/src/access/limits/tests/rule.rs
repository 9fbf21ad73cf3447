//! The rule on both back-ends: one table of cases, played by the gate in the process and by the script on Redis.

use std::sync::Arc;

use governor::clock::FakeRelativeClock;

use super::*;
use crate::access::limits::local::{Gate, States};
use crate::access::limits::policy::Subject;
use crate::link::Link;
use crate::testing::own_redis;

const HOUR: u64 = 3_600;
const DAY: u32 = 86_400;

#[derive(Clone, Copy, Debug)]
enum Step {
    /// Takes so much of each quota; then so much is left of each.
    Takes(&'static [u32], &'static [u32]),
    /// Is refused by the quota at this place; then so much is left of each, and so many seconds are to be waited.
    Refused(&'static [u32], usize, &'static [u32], u64),
    /// Time goes by.
    Wait(u64),
    /// From now on somebody else calls.
    Caller(u32),
}

use Step::{Caller as By, Refused, Takes, Wait};

/// What happens, quotas with their windows, and the steps.
type Case = (&'static str, &'static [(u32, u32)], &'static [Step]);

const CASES: [Case; 8] = [
    (
        "exactly the quota passes at once",
        &[(3, DAY)],
        &[Takes(&[1], &[2]), Takes(&[1], &[1]), Takes(&[1], &[0]), Refused(&[1], 0, &[0], 8 * HOUR)],
    ),
    (
        "it comes back evenly, and never to more than a whole",
        &[(4, DAY)],
        &[
            Takes(&[4], &[0]),
            Wait(5 * HOUR),
            Refused(&[1], 0, &[0], HOUR),
            Wait(HOUR + 60),
            Takes(&[1], &[0]),
            Wait(13 * HOUR),
            Takes(&[1], &[1]),
            Wait(1_000 * HOUR),
            Takes(&[1], &[3]),
        ],
    ),
    (
        "what is too dear takes nothing, what is cheap enough passes",
        &[(3, DAY)],
        &[Takes(&[2], &[1]), Refused(&[2], 0, &[1], 8 * HOUR), Takes(&[1], &[0])],
    ),
    (
        "of two quotas both are taken from or none",
        &[(10, DAY), (3, DAY)],
        &[
            Takes(&[1, 1], &[9, 2]),
            Takes(&[2, 2], &[7, 0]),
            Refused(&[1, 1], 1, &[7, 0], 8 * HOUR),
            Refused(&[1, 1], 1, &[7, 0], 8 * HOUR),
            Takes(&[1, 0], &[6, 0]),
        ],
    ),
    (
        "the first that refuses is named",
        &[(2, DAY), (2, DAY)],
        &[Takes(&[2, 2], &[0, 0]), Refused(&[1, 1], 0, &[0, 0], 12 * HOUR)],
    ),
    (
        "callers are counted apart",
        &[(2, DAY)],
        &[
            Takes(&[2], &[0]),
            By(2),
            Takes(&[1], &[1]),
            By(1),
            Refused(&[1], 0, &[0], 12 * HOUR),
            By(2),
            Takes(&[1], &[0]),
        ],
    ),
    (
        "a window that its quota does not divide is counted by whole cells",
        &[(7, DAY)],
        &[
            Takes(&[6], &[1]),
            Takes(&[1], &[0]),
            Refused(&[1], 0, &[0], 12_343),
            Wait(12_400),
            Takes(&[1], &[0]),
        ],
    ),
    (
        "the longest window and a large quota keep their digits",
        &[(1_000_000, 31_536_000)],
        &[
            Takes(&[999_999], &[1]),
            Takes(&[1], &[0]),
            Refused(&[1_000], 0, &[0], 31_536),
            Wait(31_600),
            Takes(&[1_000], &[2]),
        ],
    ),
];

/// Who plays a case.
trait BackEnd {
    async fn ask(&mut self, charges: &[(usize, u32, u32)]) -> Verdict;
    async fn wait(&mut self, seconds: u64);
}

fn gates(quotas: &[(u32, u32)], uptime: &Uptime) -> Vec<Arc<Gate>> {
    // Two policies, so that both quotas have states of their own.
    let policies = [LimitPolicy::Burst, LimitPolicy::Daily];
    let gate = |(quota, policy): (&(u32, u32), _)| {
        let quota = QuotaConfig { quota: quota.0, window_seconds: quota.1 };
        Arc::new(Gate::new(policy, quota, &States::default(), uptime))
    };
    quotas.iter().zip(policies).map(gate).collect()
}

fn charges(gates: &[Arc<Gate>], asked: &[(usize, u32, u32)]) -> Vec<Charge> {
    let charge = |(gate, cost, caller): &(usize, u32, u32)| Charge {
        gate: Arc::clone(&gates[*gate]),
        subject: Subject::Address(address(*caller)),
        cost: *cost,
    };
    asked.iter().map(charge).collect()
}

struct InProcess {
    gates: Vec<Arc<Gate>>,
    clock: FakeRelativeClock,
}

impl BackEnd for InProcess {
    async fn ask(&mut self, asked: &[(usize, u32, u32)]) -> Verdict {
        let charges = charges(&self.gates, asked);
        match local::take(&charges) {
            Ok(states) => {
                let looked = local::look(&charges);
                let left =
                    |states: &[QuotaState]| states.iter().map(|state| state.remaining).collect::<Vec<_>>();
                assert_eq!(left(&states), left(&looked), "what taking says is what looking says");
                Verdict::admitted(looked)
            }
            Err(by) => Verdict::refused(&charges, by),
        }
    }

    async fn wait(&mut self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }
}

struct OnRedis {
    quotas: &'static [(u32, u32)],
    shared: Shared,
    uptime: Uptime,
    time: Time,
}

/// Time on Redis goes by where a test wants it: every state becomes older.
pub(super) struct Time(redis::aio::MultiplexedConnection);

impl Time {
    pub(super) async fn of(url: &str) -> Self {
        let client = redis::Client::open(url).unwrap();
        Self(client.get_multiplexed_async_connection().await.unwrap())
    }

    pub(super) async fn goes_by(&mut self, by: Duration) {
        let script = "for _, key in ipairs(redis.call('KEYS', 'yuti:limit:*')) do \
            redis.call('SET', key, string.format('%.0f', redis.call('GET', key) - ARGV[1]), 'KEEPTTL') end";
        let microseconds = u64::try_from(by.as_micros()).unwrap();
        redis::cmd("EVAL").arg(script).arg(0).arg(microseconds).exec_async(&mut self.0).await.unwrap();
    }
}

impl BackEnd for OnRedis {
    async fn ask(&mut self, asked: &[(usize, u32, u32)]) -> Verdict {
        // Gates that know of nothing: what is left in them afterwards is what Redis said.
        let charges = charges(&gates(self.quotas, &self.uptime), asked);
        match self.shared.ask(&charges).await {
            Answer::Granted => Verdict::admitted(local::look(&charges)),
            Answer::Refused(by) => Verdict::refused(&charges, by),
            Answer::None => panic!("Redis does not answer"),
        }
    }

    async fn wait(&mut self, seconds: u64) {
        self.time.goes_by(Duration::from_secs(seconds)).await;
    }
}

async fn play(name: &str, back_end: &mut impl BackEnd, steps: &[Step]) {
    let mut caller = 1;
    for (place, step) in steps.iter().enumerate() {
        let at = format!("{name}, step {}: {step:?}", place + 1);
        let all = |costs: &[u32]| {
            costs.iter().enumerate().map(|(gate, cost)| (gate, *cost, caller)).collect::<Vec<_>>()
        };
        let left = |verdict: &Verdict| verdict.states.iter().map(|state| state.remaining).collect::<Vec<_>>();
        match step {
            Wait(seconds) => back_end.wait(*seconds).await,
            By(other) => caller = *other,
            Takes(costs, then) => {
                let verdict = back_end.ask(&all(costs)).await;
                assert_eq!((verdict.refused_by, left(&verdict)), (None, then.to_vec()), "{at}");
            }
            Refused(costs, by, then, wait) => {
                let verdict = back_end.ask(&all(costs)).await;
                let policy = verdict.states[*by].policy;
                assert_eq!((verdict.refused_by, left(&verdict)), (Some(policy), then.to_vec()), "{at}");
                let told = u64::from(verdict.retry_after().unwrap());
                // On Redis some real time goes by between two steps.
                assert!(told <= *wait && told + 5 >= *wait, "{at}: told to wait {told} s");
            }
        }
    }
}

#[tokio::test]
async fn the_rule_holds_in_the_process() {
    for (name, quotas, steps) in CASES {
        let clock = FakeRelativeClock::default();
        let gates = gates(quotas, &Uptime::Driven(clock.clone()));
        clock.advance(Duration::from_secs(500));
        play(name, &mut InProcess { gates, clock }, steps).await;
    }
}

#[tokio::test]
async fn the_rule_holds_on_redis() {
    for (name, quotas, steps) in CASES {
        let url = own_redis().await;
        let uptime = Uptime::begin();
        let config = SharedLimitsConfig { timeout_milliseconds: 20_000, retry_milliseconds: 100 };
        let link = Link::new(&url).unwrap();
        let shared = Shared::new(link, config, SharedLimits::default(), uptime.clone());
        shared.find().await.unwrap();
        let time = Time::of(&url).await;
        play(name, &mut OnRedis { quotas, shared, uptime, time }, steps).await;
    }
}
