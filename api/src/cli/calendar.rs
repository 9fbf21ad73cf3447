//! `yuti calendar`

use std::path::PathBuf;

use chrono::{Datelike as _, NaiveDate};
use clap::{Args, Subcommand};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::{Exit, Refusal, open};
use crate::audit::canonical::hex;
use crate::audit::{self, Entry};
use crate::calendar::{Calendar, Counted};
use crate::config::Config;
use crate::db::Purpose;
use crate::{db, settings};

/// The words of the command.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// Say which calendar is in use and how far it reaches.
    #[command(after_help = "Examples:\n  yuti calendar show")]
    Show,
    /// Put a newer calendar in the place of the one in use. Days that are known stay, unless the file names the years it
    /// replaces.
    #[command(after_help = "Examples:\n  yuti calendar load holidays-2027.json")]
    Load {
        /// The file, in the form of the shipped one (api/data/domain/holidays.json).
        file: PathBuf,
    },
    /// Count working days or calendar days from a day, which itself does not count.
    #[command(
        after_help = "Examples:\n  yuti calendar count --from 2026-09-30 --working-days 3\n  yuti calendar count --from 2026-09-21 --calendar-days 15"
    )]
    Count {
        /// The day from which is counted.
        #[arg(long, value_parser = day_asked)]
        from: NaiveDate,
        /// Working days.
        #[arg(long, conflicts_with = "calendar_days", required_unless_present = "calendar_days", value_parser = clap::value_parser!(u32).range(..=MOST_DAYS))]
        working_days: Option<u32>,
        /// Calendar days; a last day off rolls on to the next working day.
        #[arg(long, value_parser = clap::value_parser!(u32).range(..=MOST_DAYS))]
        calendar_days: Option<u32>,
    },
}

/// Ten years: longer than any period of law that is counted in days.
const MOST_DAYS: i64 = 3660;

/// A day that a period can begin on.
fn day_asked(text: &str) -> Result<NaiveDate, String> {
    let day: NaiveDate = text.parse().map_err(|_| "write it like 2026-09-30".to_owned())?;
    if (1949..=2200).contains(&day.year()) {
        Ok(day)
    } else {
        Err("choose a day from 1949 to 2200".to_owned())
    }
}

/// Runs the command.
///
/// # Errors
/// The file cannot be used, or anything that is wrong with configuration or database.
pub async fn run(config: Config, arguments: Arguments) -> Result<(), Refusal> {
    let opened = open::everything(&config, Purpose::Serving).await?;
    let calendar = settings::calendar(&opened.db, &opened.profile).await?;
    match arguments.act {
        Act::Show => show(&calendar),
        Act::Count { from, working_days, calendar_days } => {
            let counted = match (working_days, calendar_days) {
                (Some(days), _) => calendar.after_working_days(from, days),
                (None, days) => calendar.after_calendar_days_rolled(from, days.unwrap_or(0)),
            };
            say(counted);
        }
        Act::Load { file } => load(&opened, &calendar, file).await?,
    }
    Ok(())
}

fn show(calendar: &Calendar) {
    let day = |day: Option<NaiveDate>| day.map_or_else(|| "–".to_owned(), |day| day.to_string());
    println!("source: {}", calendar.source());
    println!("known from {} to {}", day(calendar.known_from()), day(calendar.known_until()));
    println!("{} days differ from their weekday's rule", calendar.days().len());
}

fn say(counted: Counted) {
    let note =
        if counted.provisional { " (provisional: beyond the known calendar, weekends only)" } else { "" };
    println!("{}{note}", counted.day);
}

async fn load(opened: &open::Opened, calendar: &Calendar, file: PathBuf) -> Result<(), Refusal> {
    let name = file.display().to_string();
    let text = std::fs::read_to_string(&file).map_err(|cause| {
        Refusal::new(
            Exit::NoInput,
            format!("{name} cannot be read: {cause}; give the path of a calendar file"),
        )
    })?;
    let refused =
        |cause: crate::calendar::CalendarError| Refusal::new(Exit::Data, format!("{name}: {cause}"));
    let newer = Calendar::parse(&text).map_err(refused)?;
    let after = calendar.extended_by(&newer).map_err(refused)?;
    let difference = calendar.difference(&after);
    let stored = after.to_json().map_err(refused)?;
    let at = opened.clock.now();
    let facts = json!({
        "added": difference.added.len(), "changed": difference.changed.len(), "removed": difference.removed.len(),
        "sha256": hex(&Sha256::digest(&stored)),
    });
    let txn = db::begin(&opened.db).await?;
    settings::set(&txn, settings::CALENDAR, &stored, at).await?;
    audit::record(&txn, &opened.vault, Entry::operator(at, "calendar.load", "calendar", 0, facts)).await?;
    txn.commit().await?;
    println!(
        "loaded: {} days added, {} changed, {} removed",
        difference.added.len(),
        difference.changed.len(),
        difference.removed.len()
    );
    show(&after);
    Ok(())
}
