//! How often keys are used: counted in memory, so that a read costs no write, and written in batches.
//!
//! What was counted since the last batch is lost with the process if it is killed; when it ends in order it is written.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use sea_orm::{DatabaseConnection, DbErr};
use yuti_entity::{Day, Timestamp};

use super::store;
use crate::db;

/// How often what was counted is written.
pub const WRITE: Duration = Duration::from_secs(if cfg!(feature = "driven-clock") { 1 } else { 10 });

/// Calls with a key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Answered, whatever the answer.
    pub calls: u64,
    /// Refused by a quota.
    pub refused: u64,
}

impl Count {
    fn add(&mut self, other: Self) {
        self.calls = self.calls.saturating_add(other.calls);
        self.refused = self.refused.saturating_add(other.refused);
    }
}

/// By key and day.
pub type Counts = BTreeMap<(i64, Day), Count>;

/// What was counted and not yet written.
#[derive(Debug, Default)]
pub struct Usage {
    counted: Mutex<Counted>,
    /// One batch at a time.
    turn: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct Counted {
    open: Counts,
    /// On their way into the database.
    leaving: Counts,
    /// How many batches arrived.
    batches: u64,
}

impl Usage {
    /// One more call.
    pub fn count(&self, key: i64, day: Day, refused: bool) {
        let one = if refused { Count { calls: 0, refused: 1 } } else { Count { calls: 1, refused: 0 } };
        self.counted().open.entry((key, day)).or_default().add(one);
    }

    /// What was counted of one key and not yet written, as of so many batches that arrived: if another one arrives while somebody reads
    /// what is written, both must be read anew.
    pub fn unwritten(&self, key: i64) -> (u64, Vec<(Day, Count)>) {
        let counted = self.counted();
        let own = |counts: &Counts| {
            let own = counts.range((key, Day::MIN)..=(key, Day::MAX));
            own.map(|((_, day), count)| (*day, *count)).collect::<Vec<_>>()
        };
        (counted.batches, [own(&counted.open), own(&counted.leaving)].concat())
    }

    /// Writes what was counted. What cannot be written is counted on.
    ///
    /// # Errors
    /// Whatever the database refuses.
    pub async fn write(&self, db: &DatabaseConnection, now: Timestamp) -> Result<(), DbErr> {
        let _turn = self.turn.lock().await;
        let counts = {
            let mut counted = self.counted();
            counted.leaving = std::mem::take(&mut counted.open);
            counted.leaving.clone()
        };
        let mut taken = Taken { usage: self, arrived: false };
        if counts.is_empty() {
            return Ok(());
        }
        let txn = db::begin(db).await?;
        store::add_usage(&txn, &counts, now).await?;
        txn.commit().await?;
        taken.arrived = true;
        Ok(())
    }

    fn counted(&self) -> std::sync::MutexGuard<'_, Counted> {
        self.counted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Counts on their way into the database. Those that do not arrive, because it refuses or the job is ended, come back.
struct Taken<'a> {
    usage: &'a Usage,
    arrived: bool,
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        let mut counted = self.usage.counted();
        let leaving = std::mem::take(&mut counted.leaving);
        if self.arrived {
            counted.batches += 1;
            return;
        }
        for (place, count) in leaving {
            counted.open.entry(place).or_default().add(count);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use crate::testing::Own;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    async fn counts_add_up(own: Own) {
        let (usage, now) = (Usage::default(), "2026-11-23T04:00:00Z".parse().unwrap());
        let (first, second) = (day("2026-11-22"), day("2026-11-23"));
        for _ in 0..2 {
            usage.count(7, first, false);
            usage.count(7, second, false);
            usage.count(7, second, true);
            usage.count(8, second, false);
            assert_eq!(usage.unwritten(7).1.len(), 2);
            usage.write(&own.db, now).await.unwrap();
            assert_eq!(usage.unwritten(7).1, []);
        }
        let written = store::usage(&own.db, 7, second).await.unwrap();
        let expected = [(first, Count { calls: 2, refused: 0 }), (second, Count { calls: 2, refused: 2 })];
        assert_eq!(written.into_iter().collect::<Vec<_>>(), expected);
        let later = store::usage(&own.db, 7, day("2026-12-22")).await.unwrap();
        assert_eq!(later.into_keys().collect::<Vec<_>>(), [second], "thirty days, today among them");
        own.drop().await;
    }

    #[tokio::test]
    async fn counts_add_up_on_sqlite() {
        counts_add_up(Own::sqlite("key_usage").await).await;
    }

    #[tokio::test]
    async fn counts_add_up_on_postgres() {
        counts_add_up(Own::postgres("key_usage").await).await;
    }

    #[tokio::test]
    async fn what_cannot_be_written_is_counted_on() {
        let own = Own::sqlite("key_usage_refused").await;
        let (usage, now) = (Usage::default(), "2026-11-23T04:00:00Z".parse().unwrap());
        usage.count(7, day("2026-11-23"), false);
        own.db.clone().close().await.unwrap();
        assert!(usage.write(&own.db, now).await.is_err());
        usage.count(7, day("2026-11-23"), false);
        assert_eq!(usage.unwritten(7), (0, vec![(day("2026-11-23"), Count { calls: 2, refused: 0 })]));
        own.drop().await;
    }
}
