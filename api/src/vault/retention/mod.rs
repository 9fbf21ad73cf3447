//! Personal data goes when its time is over: rules as a table, how long by the policy, each run with a report and a line of the audit trail.

pub mod rules;
pub mod store;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use sea_orm::{DatabaseConnection, DbErr};
use serde_json::json;
use yuti_entity::Timestamp;

use self::rules::Standing;
use super::Vault;
use crate::audit::{self, Actor, Entry};
use crate::clock::Clock;
use crate::db;
use crate::http::failure::Failure;
use crate::lease::Lease;
use crate::policy::Policy;
use crate::profile::Profile;
use crate::settings;

/// How many days may lie between two runs that nobody starts by hand.
const LEAP: chrono::TimeDelta = chrono::TimeDelta::days(60);
/// The job's name among leases.
const JOB: &str = "retention";

/// What a run works with.
#[derive(Clone, Copy, Debug)]
pub struct Parts<'a> {
    /// The database.
    pub db: &'a DatabaseConnection,
    /// The vault.
    pub vault: &'a Vault,
    /// The city, for its policy and its days.
    pub profile: &'a Profile,
    /// The clock.
    pub clock: &'a Clock,
}

impl Parts<'_> {
    fn policy(&self) -> &Policy {
        self.profile.policy()
    }

    fn today(&self) -> NaiveDate {
        self.clock.today(&self.profile.time_zone)
    }
}

/// How many, by rule.
pub type Counts = BTreeMap<String, u64>;

/// Why a run did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// Another process is at it.
    #[error("another process is erasing at this moment; try again when it is done, or in {} minutes at the latest", crate::lease::LENGTH.num_minutes())]
    Busy,
    /// Another process took the work over.
    #[error("another process took the work over; it goes on from here")]
    Overtaken,
    /// The database refuses.
    #[error("the database refused: {0}")]
    Database(#[from] DbErr),
    /// The audit trail refuses.
    #[error("the audit trail refused the run: {0}")]
    Audit(String),
}

impl From<Failure> for RunError {
    fn from(failure: Failure) -> Self {
        Self::Audit(failure.cause.map_or_else(|| format!("{:?}", failure.code), |cause| cause.to_string()))
    }
}

/// The run of the day by the job, where it is still to be done. `None`: there is nothing to do, or another copy does it.
///
/// # Errors
/// The database refuses.
pub async fn daily(parts: Parts<'_>) -> Result<Option<Counts>, RunError> {
    if !is_due(parts).await? {
        return Ok(None);
    }
    let Some(lease) = Lease::take(parts.db, JOB, parts.clock.now()).await? else { return Ok(None) };
    // Asked again: what looked broken off may have been another copy's run, which has ended since.
    let outcome = match is_due(parts).await {
        Ok(true) => erase_all(parts, Actor::System, &lease).await.map(Some),
        Ok(false) => Ok(None),
        Err(cause) => Err(cause.into()),
    };
    lease.release(parts.db).await?;
    match outcome {
        Err(RunError::Overtaken) => Ok(None),
        outcome => outcome,
    }
}

/// Whether today's run is still to be done.
///
/// # Errors
/// Whatever the database refuses.
async fn is_due(parts: Parts<'_>) -> Result<bool, DbErr> {
    let today = parts.today();
    if let Some(last) = store::runs(parts.db, 1).await?.first() {
        // A clock that jumped ahead would erase what has years left. Whoever let the service stand still for so long runs it by hand.
        if today - last.day > LEAP {
            tracing::error!(
                last = %last.day, %today,
                "nothing is erased by itself after so long: is the clock right? If it is: yuti retention run"
            );
            return Ok(false);
        }
        // Of another day, also of a later one: the clock was ahead.
        return Ok(last.finished_at.is_none() || last.day != today);
    }
    let from = settings::get(parts.db, settings::RETENTION_FROM).await?;
    // Without a day that can be read it is due rather than never.
    Ok(from.and_then(|day| day.parse::<NaiveDate>().ok()).is_none_or(|from| from < today))
}

/// What a run would erase now.
///
/// # Errors
/// Whatever the database refuses.
pub async fn rehearse(parts: Parts<'_>) -> Result<Counts, DbErr> {
    let mut counts = Counts::new();
    for standing in rules::standing(parts.policy(), parts.today(), parts.clock.now()) {
        let Some(before) = standing.before else { continue };
        counts.insert(standing.rule.name.to_owned(), store::count(parts.db, standing.rule, before).await?);
    }
    Ok(counts)
}

/// Erases what every rule finds. Each batch is a transaction that counts it too, so that a run broken off goes on with its numbers and the
/// audit trail tells of every row once.
///
/// # Errors
/// Another process is at it, or the database refuses.
pub async fn run(parts: Parts<'_>, actor: Actor) -> Result<Counts, RunError> {
    let lease = Lease::take(parts.db, JOB, parts.clock.now()).await?.ok_or(RunError::Busy)?;
    let outcome = erase_all(parts, actor, &lease).await;
    lease.release(parts.db).await?;
    outcome
}

async fn erase_all(parts: Parts<'_>, actor: Actor, lease: &Lease) -> Result<Counts, RunError> {
    let (today, now) = (parts.today(), parts.clock.now());
    let run = match store::open_run(parts.db).await? {
        Some(run) => run,
        None => store::begin_run(parts.db, today, actor.kind(), parts.policy().version(), now).await?,
    };
    let mut counts: Counts = serde_json::from_str(&run.counts).unwrap_or_default();
    for Standing { rule, before, .. } in rules::standing(parts.policy(), today, now) {
        let Some(before) = before else { continue };
        // Also a rule that finds nothing stands in the report.
        counts.entry(rule.name.to_owned()).or_default();
        loop {
            let txn = db::begin(parts.db).await?;
            if !lease.keep(&txn, parts.clock.now()).await? {
                return Err(RunError::Overtaken);
            }
            let erased = store::erase(&txn, parts.vault, rule, before).await?;
            *counts.entry(rule.name.to_owned()).or_default() += erased;
            store::note(&txn, run.id, &written(&counts), None).await?;
            txn.commit().await?;
            if erased < store::BATCH {
                break;
            }
        }
    }
    let txn = db::begin(parts.db).await?;
    let finished = parts.clock.now();
    store::note(&txn, run.id, &written(&counts), Some(finished)).await?;
    write_down(&txn, parts, actor, run.id, &counts, finished).await?;
    txn.commit().await?;
    Ok(counts)
}

fn written(counts: &Counts) -> String {
    json!(counts).to_string()
}

async fn write_down(
    txn: &sea_orm::DatabaseTransaction,
    parts: Parts<'_>,
    actor: Actor,
    run: i64,
    counts: &Counts,
    at: Timestamp,
) -> Result<(), RunError> {
    let entry = Entry {
        at,
        actor,
        act: "retention.run",
        subject: "retention_run",
        subject_id: run,
        from: None,
        to: None,
        facts: json!({ "policy": parts.policy().version(), "erased": counts }),
        personal: None,
    };
    audit::append(txn, parts.vault, entry).await?;
    Ok(())
}

#[cfg(test)]
mod tests;
