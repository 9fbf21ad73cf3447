//! `yuti check`

use sea_orm::{EntityTrait as _, PaginatorTrait as _};
use yuti_entity::elevator;

use super::{Exit, Refusal, open};
use crate::config::Config;
use crate::db::Purpose;
use crate::opendata::feed;
use crate::profile::Profile;
use crate::{db, settings};

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
        println!("database: none yet in {}; the first `yuti serve` makes it", config.data_dir.display());
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
