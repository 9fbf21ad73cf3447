//! `yuti check`

use std::path::Path;

use clap::Args;
use sea_orm::{EntityTrait as _, PaginatorTrait as _};
use yuti_entity::elevator;

use super::{Exit, Refusal, open};
use crate::config::Config;
use crate::db::Purpose;
use crate::opendata::feed;
use crate::profile::Profile;
use crate::{db, settings};

/// The words of the command.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Print every setting with its default and what it means, as the text of a configuration file, and check nothing.
    #[arg(long)]
    pub(super) print_defaults: bool,
}

/// Runs the command.
///
/// # Errors
/// Anything that would keep the service from serving.
pub async fn run(config: Config) -> Result<(), Refusal> {
    println!("configuration: ok");
    let clock = open::clock(&config)?;
    let profile = Profile::load(&config.profile)?;
    let today = clock.today(&profile.time_zone);
    println!("profile: {} ({}), today is {today} there", profile.key, profile.name_en);
    if config.database_url.is_empty() && !config.data_dir.join("yuti.sqlite").exists() {
        let folder = config.data_dir.display();
        if !can_be_made(&config.data_dir) {
            let message =
                format!("data_dir: {folder} cannot be made or written; choose a folder that can be");
            return Err(Refusal::new(Exit::CannotCreate, message));
        }
        println!("database: none yet in {folder}; the first `yuti serve` makes it");
        return Ok(());
    }
    let database = open::database(&config, Purpose::Serving).await?;
    let missing = db::pending(&database).await?;
    if missing > 0 {
        return Err(Refusal::new(
            Exit::Unavailable,
            format!("database: {missing} steps of the schema are missing; run `yuti migrate`"),
        ));
    }
    let known = settings::get(&database, settings::PROFILE).await?;
    if let Some(known) = known.filter(|known| *known != profile.key) {
        let message = format!("profile: this database was made with `{known}`, not `{}`", profile.key);
        return Err(Refusal::new(Exit::Configuration, message));
    }
    let elevators = elevator::Entity::find().count(&database).await?;
    println!("database: ok, {elevators} elevators, change feed at {}", feed::last(&database).await?);
    let calendar = settings::calendar(&database, &profile).await?;
    match calendar.known_until() {
        Some(until) if until < today => {
            println!("calendar: known to {until} only; load a newer one with `yuti calendar load`");
        }
        Some(until) => println!("calendar: known to {until}"),
        None => println!("calendar: weekends only"),
    }
    Ok(())
}

/// Whether a folder is or can be made: tried with a file in the nearest folder that exists, which is gone again at once.
fn can_be_made(folder: &Path) -> bool {
    let absolute = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let Some(nearest) = absolute.ancestors().find(|folder| folder.exists()) else { return false };
    let trial = nearest.join(format!(".yuti-check-{}", std::process::id()));
    let written = std::fs::write(&trial, b"").is_ok();
    // What could not be written need not be removed.
    let _ = std::fs::remove_file(&trial);
    written
}
