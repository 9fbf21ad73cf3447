//! `yuti retention`

use clap::{Args, Subcommand};

use super::{Exit, Refusal, open};
use crate::audit::Actor;
use crate::config::Config;
use crate::db::Purpose;
use crate::policy::{Confidence, Entry, Unit, Value};
use crate::vault::retention::rules::{self, Standing};
use crate::vault::retention::{self, Counts, Parts, RunError, store};

/// The words of the command.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// Erase what is no longer to be kept. The service does it by itself once a day.
    #[command(after_help = "Examples:\n  yuti retention run --dry-run\n  yuti retention run")]
    Run {
        /// Only say how much would be erased.
        #[arg(long)]
        dry_run: bool,
    },
    /// Say what is kept for how long and why, and what the last runs erased.
    #[command(after_help = "Examples:\n  yuti retention report\n  yuti retention report --runs 30")]
    Report {
        /// How many runs.
        #[arg(long, default_value_t = 7)]
        runs: u64,
    },
}

impl From<RunError> for Refusal {
    fn from(error: RunError) -> Self {
        let exit = match &error {
            RunError::Busy | RunError::Overtaken | RunError::Database(_) => Exit::Unavailable,
            RunError::Audit(_) => Exit::Fault,
        };
        Self::new(exit, error.to_string())
    }
}

/// Runs the command.
///
/// # Errors
/// Another process is at it, or anything that is wrong with configuration or database.
pub async fn run(config: Config, arguments: Arguments) -> Result<(), Refusal> {
    let opened = open::everything(&config, Purpose::Bulk).await?;
    let parts =
        Parts { db: &opened.db, vault: &opened.vault, profile: &opened.profile, clock: &opened.clock };
    match arguments.act {
        Act::Run { dry_run: true } => tell("would be erased", &retention::rehearse(parts).await?),
        Act::Run { dry_run: false } => tell("erased", &retention::run(parts, Actor::Operator).await?),
        Act::Report { runs } => {
            let now = opened.clock.now();
            let today = opened.clock.today(&opened.profile.time_zone);
            for standing in rules::standing(opened.profile.policy(), today, now) {
                println!("{:<18} {}", standing.rule.name, kept_for(&standing));
            }
            println!();
            for run in store::runs(&opened.db, runs).await? {
                let end = run.finished_at.map_or("broken off", |_| "done");
                println!(
                    "{} {end:<10} by {:<8} policy {}  {}",
                    run.day, run.started_by, run.policy_version, run.counts
                );
            }
        }
    }
    Ok(())
}

fn tell(done: &str, counts: &Counts) {
    for (rule, number) in counts {
        println!("{number:>8} {done}: {rule}");
    }
}

fn kept_for(standing: &Standing<'_>) -> String {
    let Some(entry) = standing.entry else { return "for ever: the policy sets no limit".to_owned() };
    let source = match (entry.confidence, &entry.clause, &entry.basis_en) {
        (Confidence::Setting, _, _) => "setting of this service".to_owned(),
        (_, clause, basis) => {
            [basis.as_deref(), clause.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(" ")
        }
    };
    format!("{:<16} {} ({source})", span(entry), entry.label_en)
}

fn span(entry: &Entry) -> String {
    let Some(Value::Number(number)) = entry.value else { return "no limit".to_owned() };
    let unit = match entry.unit {
        Some(Unit::CalendarDay) => "days",
        Some(Unit::Month) => "months",
        Some(Unit::Year) => "years",
        Some(Unit::Minute) => "minutes",
        _ => "(no span of time)",
    };
    format!("{number} {unit}")
}
