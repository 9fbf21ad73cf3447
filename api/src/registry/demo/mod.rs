//! The demonstration set: elevators of Chongqing that look real and are all invented. The same seed, size, years and day
//! always give the same rows; an elevator's facts do not depend on how many others there are.

mod cast;
mod chance;
mod cover;
mod days;
mod doubts;
mod elevators;
mod history;
mod identifiers;
mod inspections;
mod lists;
mod names;
mod run;
mod set;
mod sites;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use chrono::NaiveDate;
use sea_orm::{DatabaseConnection, DbErr};
use serde_json::json;
use yuti_openapi::vocabulary::{ChangeReason, ElevatorStatus};

use self::set::Set;
use super::intake::{self, Batch, Incoming};
use super::reference::Reference;
use super::rules::{self, StatusFacts};
use super::units::Units;
use crate::audit::{self, Entry};
use crate::clock::Clock;
use crate::db;
use crate::opendata::feed;
use crate::profile::Profile;
use crate::vault::Vault;

/// The key of the demonstration register.
pub const SOURCE_KEY: &str = "demonstration";
/// The most elevators of a set: beyond it serial numbers would come twice.
pub const MOST_ELEVATORS: u64 = 1_200_000;
/// The most years of history.
pub const MOST_YEARS: u32 = 30;
/// On what the marks of the set rest.
const BASIS: &str = "演示数据：虚构的试点核实标注";
/// Elevators of one transaction.
const BATCH: u64 = 1000;

/// What set is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// How many elevators.
    pub elevators: u64,
    /// How many years of earlier versions.
    pub years: u32,
    /// The seed: another one gives another city.
    pub seed: u64,
}

impl Default for Options {
    /// The set of a first start.
    fn default() -> Self {
        Self { elevators: 2000, years: 3, seed: 1 }
    }
}

/// Why no set is made.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// Too few or too many.
    #[error("a demonstration set has 1 to {most} elevators, not {asked}; give another number", most = MOST_ELEVATORS)]
    Elevators {
        /// What was asked for.
        asked: u64,
    },
    /// Too long ago.
    #[error("a demonstration set has 0 to {most} years of history, not {asked}; give another number", most = MOST_YEARS)]
    Years {
        /// What was asked for.
        asked: u32,
    },
    /// Real elevators are there.
    #[error(
        "the database holds the register `{register}`, which is real; demonstration data is not put beside real data. \
         Use another data folder or another database"
    )]
    RealData {
        /// The key of the register.
        register: String,
    },
    /// A set is there.
    #[error(
        "the database already holds demonstration data ({elevators} elevators); one database holds one set. Use an empty \
         data folder, or import real data with --remove-demo"
    )]
    AlreadyThere {
        /// How many elevators it has so far.
        elevators: u64,
    },
    /// The set is about Chongqing.
    #[error(
        "the demonstration set is of Chongqing and the profile in use is of another city; use the profile `chongqing`"
    )]
    OtherCity,
    /// A word list of the set is wrong: a fault of this program.
    #[error("the demonstration set's file {file} {problem}")]
    Data {
        /// The file.
        file: &'static str,
        /// What is wrong.
        problem: String,
    },
    /// The database refused.
    #[error("the database refused the demonstration set: {0}")]
    Database(#[from] DbErr),
}

/// What was made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Elevators entered by this call.
    pub created: u64,
    /// Elevators that stood there from a call that was broken off.
    pub resumed: u64,
    /// Their earlier versions.
    pub earlier_versions: u64,
    /// Elevators marked 维保试点 today.
    pub in_pilot: u64,
    /// Elevators whose mark has ended.
    pub left_pilot: u64,
    /// Elevators in order.
    pub in_order: u64,
    /// Elevators that need attention.
    pub attention: u64,
    /// Elevators out of use.
    pub out_of_use: u64,
    /// Elevators of which too little was received.
    pub not_received: u64,
    /// Elevators with a doubtful value.
    pub in_doubt: u64,
    /// Districts with an elevator.
    pub districts: u64,
}

/// Whether a service that starts should make a set: nothing at all is registered, or a set was begun and broken off. In the
/// second case the answer holds the options of that set, so that it can be finished.
///
/// # Errors
/// Whatever the database refuses.
pub async fn wanted(db: &DatabaseConnection) -> Result<Option<Options>, DbErr> {
    if let Some(begun) = run::broken_off(db).await? {
        return Ok(Some(begun));
    }
    Ok(run::nothing_registered(db).await?.then(Options::default))
}

/// Makes the set. `progress` is told how many elevators of how many are there. A set that was broken off is gone on with where
/// it stopped, as of the day on which it was begun, if the same one is asked for.
///
/// # Errors
/// See [`SeedError`].
pub async fn seed(
    db: &DatabaseConnection,
    profile: &Profile,
    reference: &Reference,
    clock: &Clock,
    vault: &Vault,
    options: Options,
    progress: &(dyn Fn(u64, u64) + Send + Sync),
) -> Result<Summary, SeedError> {
    if options.elevators == 0 || options.elevators > MOST_ELEVATORS {
        return Err(SeedError::Elevators { asked: options.elevators });
    }
    if options.years > MOST_YEARS {
        return Err(SeedError::Years { asked: options.years });
    }
    let mut set = Set::new(profile, reference, options, clock.today(&profile.time_zone))?;
    let begun = run::begin(db, options, set.today(), set.at()).await?;
    if begun.day != set.at() {
        let day = begun.day.with_timezone(&profile.time_zone).date_naive();
        set = Set::new(profile, reference, options, day)?;
    }
    let batch = Batch {
        source_id: begun.source_id,
        at: set.at(),
        day: set.today(),
        reason: ChangeReason::Demonstration,
    };
    let mut units = Units::default();
    let mut tally = Tally::new(set.today());
    tally.summary.resumed = begun.done;
    // What stands there already is the same as if it were made now: the numbers tell of the whole set.
    (0..begun.done).filter_map(|index| set.elevator(index)).for_each(|row| tally.count(&row));
    let mut next = begun.done;
    progress(next, options.elevators);
    while next < options.elevators {
        let end = options.elevators.min(next + BATCH);
        let rows: Vec<Incoming> = (next..end).filter_map(|index| set.elevator(index)).collect();
        rows.iter().for_each(|row| tally.count(row));
        let txn = db::begin(db).await?;
        let outcome = intake::take(&txn, reference, &mut units, batch, rows).await?;
        run::advance(&txn, begun.run_id, end, outcome.created, end == options.elevators, set.at()).await?;
        if end == options.elevators {
            let facts = json!({"elevators": end, "years": options.years, "seed": options.seed.to_string()});
            let act =
                Entry::operator(clock.now(), "demonstration.make", "demonstration", begun.run_id, facts);
            audit::record(&txn, vault, act).await?;
        }
        txn.commit().await?;
        feed::sequence(db).await?;
        tally.summary.created += outcome.created;
        next = end;
        progress(next, options.elevators);
    }
    Ok(tally.done())
}

/// The summary in the making.
struct Tally {
    today: NaiveDate,
    districts: BTreeSet<String>,
    summary: Summary,
}

impl Tally {
    fn new(today: NaiveDate) -> Self {
        Self { today, districts: BTreeSet::new(), summary: Summary::default() }
    }

    fn count(&mut self, row: &Incoming) {
        let facts = &row.facts;
        let known = StatusFacts {
            use_status: facts.use_status,
            inspection_result: facts.inspection.result,
            inspection_valid_until: facts.inspection.valid_until,
        };
        let summary = &mut self.summary;
        match rules::status(known, self.today).status {
            ElevatorStatus::InOrder => summary.in_order += 1,
            ElevatorStatus::Attention => summary.attention += 1,
            ElevatorStatus::OutOfUse => summary.out_of_use += 1,
            ElevatorStatus::NotReceived => summary.not_received += 1,
        }
        let in_force = row.annotations.iter().any(|mark| mark.until.is_none_or(|until| until >= self.today));
        summary.in_pilot += u64::from(in_force);
        summary.left_pilot += u64::from(!in_force && !row.annotations.is_empty());
        summary.in_doubt += u64::from(!facts.quality.is_empty());
        summary.earlier_versions += row.earlier.len() as u64;
        self.districts.extend(facts.district.as_ref().map(|district| district.code.clone()));
    }

    fn done(mut self) -> Summary {
        self.summary.districts = self.districts.len() as u64;
        self.summary
    }
}
