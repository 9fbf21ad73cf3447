//! The limiter that all copies share, on Redis.
//!
//! Nobody waits for it as a rule. The gate in this process admits a call at once and the ledger notes it; a job reports what was
//! noted some milliseconds later, many callers in one round trip, and learns what the other copies have admitted. The gate is then
//! raised to that. What a copy may have noted and not yet reported of one caller is at most a twentieth of the quota; beyond, and
//! for quotas too small to have twentieths, the call waits until Redis has agreed.
//!
//! Where Redis is away or slow, every copy goes on alone with its own gate, which has the whole quota and knows what it knew.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use governor::nanos::Nanos;
use redis::{RedisError, Script};
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};
use tracing::{info, warn};

use super::ledger::{Item, Ledger};
use super::local::{self, Uptime};
use super::policy::Charge;
use crate::config::SharedLimitsConfig;
use crate::link::Link;
use crate::metrics::SharedLimits;

static GCRA: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("script.lua")));

/// How long admitted calls are gathered before they are reported together.
const GATHER: Duration = Duration::from_millis(5);
/// Callers reported in one round trip: few enough that the script holds nobody up.
const TOGETHER: usize = 128;
/// How long a report may take. Nobody waits for it, and what gets no answer is lost to the others.
const REPORT: Duration = Duration::from_secs(1);

const ALONE: &str = "Redis is of no use now: this copy limits alone until it is";

/// What the shared limiter says to a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// All of it was taken.
    Granted,
    /// Nothing was taken, because of this charge.
    Refused(usize),
    /// Redis is away or slow.
    None,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum Silence {
    #[error("there is no connection")]
    Away,
    #[error("it does not answer in time")]
    Slow,
    #[error(transparent)]
    Refused(#[from] RedisError),
    #[error("it answers something else than the script does")]
    Strange,
}

/// This copy's side of the shared limiter.
pub(super) struct Shared {
    redis: Link,
    patience: Duration,
    pause: Duration,
    metrics: SharedLimits,
    uptime: Uptime,
    ledger: Mutex<Ledger>,
    noted: Notify,
    pub(super) up: AtomicBool,
}

impl Shared {
    pub(super) fn new(
        redis: Link,
        config: SharedLimitsConfig,
        metrics: SharedLimits,
        uptime: Uptime,
    ) -> Self {
        metrics.up.set(0);
        Self {
            redis,
            patience: Duration::from_millis(config.timeout_milliseconds),
            pause: Duration::from_millis(config.retry_milliseconds),
            metrics,
            uptime,
            ledger: Mutex::default(),
            noted: Notify::new(),
            up: AtomicBool::new(false),
        }
    }

    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether Redis answered when it was last asked.
    pub(super) fn is_up(&self) -> bool {
        self.up.load(Ordering::Relaxed)
    }

    /// What the gate has admitted is noted, to be reported soon; `false` where Redis must be asked first.
    pub(super) fn note(&self, charges: &[Charge]) -> bool {
        let now = self.uptime.now();
        if !self.is_up() {
            self.metrics.fallback.inc();
            self.ledger().note_anyway(charges, now);
            return true;
        }
        let covered = self.ledger().note(charges, now);
        if covered {
            self.noted.notify_one();
        }
        covered
    }

    /// Asks for what the gate has admitted. A refusal gives it back to the gate, which then knows what Redis knows.
    pub(super) async fn ask(&self, charges: &[Charge]) -> Answer {
        let items = self.ledger().asking(charges, self.uptime.now());
        match self.exchange(items, charges, self.patience).await {
            Ok(None) => Answer::Granted,
            Ok(Some(refusing)) => Answer::Refused(refusing),
            Err(silence) => {
                self.metrics.fallback.inc();
                self.lost(&silence);
                Answer::None
            }
        }
    }

    /// Keeps the copies' limits together for as long as it is polled.
    pub(super) async fn run(&self) {
        let mut told = false;
        loop {
            match self.find().await {
                Ok(()) => self.report_always().await,
                Err(silence) if !told => warn!(cause = %silence, "{ALONE}"),
                Err(_) => {}
            }
            told = true;
            sleep(self.pause).await;
        }
    }

    /// Reports until Redis is lost.
    async fn report_always(&self) {
        while self.is_up() {
            self.noted.notified().await;
            sleep(GATHER).await;
            self.report().await;
        }
    }

    /// Forgets what time has repaid.
    pub(super) fn tidy(&self) {
        self.ledger().tidy(self.uptime.now());
    }

    /// Callers with something that is not yet reported, or reported without an answer.
    #[cfg(test)]
    pub(super) fn unknown(&self) -> usize {
        self.ledger().len()
    }

    /// Whether Redis is there, does what is wanted of it, and is quick. Connecting may take its time; answering may not.
    pub(super) async fn find(&self) -> Result<(), Silence> {
        // A state of nobody's, which is gone at once: a server that cannot be written to is of no use.
        let probe = || [("yuti:limit:probe".to_owned(), [1_000, 0, 0, 1_000])];
        self.redis.ping().await?;
        self.evaluate(probe()).await?;
        timeout(self.patience, self.evaluate(probe())).await.map_err(|_| Silence::Slow)??;
        self.up.store(true, Ordering::Relaxed);
        self.metrics.up.set(1);
        info!("limits are shared through Redis");
        // What was admitted meanwhile.
        self.noted.notify_one();
        Ok(())
    }

    pub(super) fn lost(&self, silence: &Silence) {
        if self.up.swap(false, Ordering::Relaxed) {
            self.metrics.up.set(0);
            // Not to be trusted any more: the machine behind it may be gone.
            self.redis.forget();
            warn!(cause = %silence, "{ALONE}");
            self.noted.notify_one();
        }
    }

    /// Reports what was noted.
    pub(super) async fn report(&self) {
        loop {
            let items = self.ledger().reporting(TOGETHER, self.uptime.now());
            if items.is_empty() {
                return;
            }
            if let Err(silence) = self.exchange(items, &[], self.patience.max(REPORT)).await {
                return self.lost(&silence);
            }
        }
    }

    /// One round trip. `charges` are given back to their gates where Redis refuses one of them, whose place is the answer.
    async fn exchange(
        &self,
        items: Vec<Item>,
        charges: &[Charge],
        patience: Duration,
    ) -> Result<Option<usize>, Silence> {
        // What gets no answer is not reported again: Redis may have counted it, and nobody is charged twice.
        let mut flight = Flight { shared: self, items };
        let sent = self.uptime.now();
        let answer = timeout(patience, self.evaluate(flight.items.iter().map(Item::said))).await;
        let answer = answer.map_err(|_| Silence::Slow)??;
        let [refusing, owed @ ..] = answer.as_slice() else { return Err(Silence::Strange) };
        if owed.len() != flight.items.len() {
            return Err(Silence::Strange);
        }
        let refusing = usize::try_from(*refusing).map_err(|_| Silence::Strange)?.checked_sub(1);
        if refusing.is_some() {
            local::give_back(charges);
        }
        for ((item, unsent), owed) in flight.land().into_iter().zip(owed) {
            // Told from the moment of asking, so that the gate is never stricter than Redis by the way of the answer.
            let owed = u64::try_from(*owed).unwrap_or_default().saturating_add(unsent);
            let repaid = sent.as_u64().saturating_add(owed.saturating_mul(1_000));
            item.gate.raise(&item.subject, Nanos::new(repaid));
        }
        Ok(refusing)
    }

    /// Plays the script for keys with their arguments.
    async fn evaluate(
        &self,
        keys: impl IntoIterator<Item = (String, [u64; 4])>,
    ) -> Result<Vec<i64>, Silence> {
        let mut connection = self.redis.connection().ok_or(Silence::Away)?;
        let mut call = GCRA.prepare_invoke();
        for (key, arguments) in keys {
            call.key(key).arg(&arguments);
        }
        Ok(call.invoke_async(&mut connection).await?)
    }
}

impl Item {
    /// Its key and arguments, as the script reads them.
    fn said(&self) -> (String, [u64; 4]) {
        let key = format!("yuti:limit:{}:{}", self.gate.policy, self.subject);
        (key, [self.charged, self.age, self.asked, self.gate.tolerance()])
    }
}

/// Items under way. However the way ends, also when the caller hangs up while waiting, the ledger learns of it.
struct Flight<'a> {
    shared: &'a Shared,
    items: Vec<Item>,
}

impl Flight<'_> {
    fn land(&mut self) -> Vec<(Item, u64)> {
        let mut ledger = self.shared.ledger();
        let land = |item: Item| {
            let unsent = ledger.landed(&item);
            (item, unsent)
        };
        std::mem::take(&mut self.items).into_iter().map(land).collect()
    }
}

impl Drop for Flight<'_> {
    fn drop(&mut self) {
        if !self.items.is_empty() {
            self.land();
        }
    }
}
