//! `yuti seed`, and the demonstration set of the first start.

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::open::{self, Opened};
use super::{Exit, Refusal};
use crate::config::{Config, Demo};
use crate::db::Purpose;
use crate::registry::demo::{self, MOST_ELEVATORS, MOST_YEARS, Options, SeedError, Summary};

/// The words of the command.
#[derive(Debug, Args)]
pub struct Arguments {
    /// How many elevators.
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=MOST_ELEVATORS))]
    elevators: u64,
    /// How many years of earlier versions.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(0..=i64::from(MOST_YEARS)))]
    years: u32,
    /// Another seed gives another city; the same one always the same.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

impl From<SeedError> for Refusal {
    fn from(error: SeedError) -> Self {
        let exit = match &error {
            SeedError::Elevators { .. } | SeedError::Years { .. } => Exit::Data,
            SeedError::RealData { .. } | SeedError::AlreadyThere { .. } => Exit::Data,
            SeedError::OtherCity => Exit::Configuration,
            SeedError::Data { .. } => Exit::Fault,
            SeedError::Database(_) => Exit::Unavailable,
        };
        Self::new(exit, error.to_string())
    }
}

/// Runs the command.
///
/// # Errors
/// The database holds something already, or refuses.
pub async fn run(config: Config, arguments: Arguments) -> Result<(), Refusal> {
    let opened = open::everything(&config, Purpose::Bulk).await?;
    let options = Options { elevators: arguments.elevators, years: arguments.years, seed: arguments.seed };
    let summary = make(&opened, options).await?;
    if summary.created + summary.resumed == 0 {
        return Err(Refusal::new(
            Exit::Data,
            "another process has just made the demonstration set; one database holds one set",
        ));
    }
    tell(&summary);
    Ok(())
}

/// Gives an empty database its demonstration data, or finishes a set that was broken off. Only for the city that the set is
/// of: another profile's database waits for its register.
///
/// # Errors
/// Whatever keeps the set from being made.
pub async fn first_start(config: &Config, opened: &Opened) -> Result<(), Refusal> {
    if config.demo == Demo::None {
        return Ok(());
    }
    let Some(mut options) = demo::wanted(&opened.db).await? else { return Ok(()) };
    if options == Options::default() {
        options.elevators = u64::from(config.demo_elevators);
        options.years = config.demo_years;
    }
    match make(opened, options).await {
        // Another copy that started at the same moment may have made it.
        Ok(summary) if summary.created + summary.resumed == 0 => Ok(()),
        Ok(summary) => {
            tell(&summary);
            Ok(())
        }
        Err(SeedError::OtherCity) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

async fn make(opened: &Opened, options: Options) -> Result<Summary, SeedError> {
    let bar = ProgressBar::new(options.elevators);
    if let Ok(style) =
        ProgressStyle::with_template("demonstration data {bar:32} {human_pos}/{human_len} {eta}")
    {
        bar.set_style(style);
    }
    let shown = bar.clone();
    let progress = move |done: u64, _: u64| shown.set_position(done);
    let summary = demo::seed(
        &opened.db,
        &opened.profile,
        &opened.reference,
        &opened.clock,
        &opened.vault,
        options,
        &progress,
    )
    .await;
    bar.finish_and_clear();
    summary
}

fn tell(summary: &Summary) {
    println!(
        "demonstration data, all of it fictitious: {} elevators in {} districts",
        summary.created + summary.resumed,
        summary.districts
    );
    println!(
        "  {} in order, {} need attention, {} out of use, {} not received; {} in the pilot; {} earlier versions",
        summary.in_order,
        summary.attention,
        summary.out_of_use,
        summary.not_received,
        summary.in_pilot,
        summary.earlier_versions
    );
}
