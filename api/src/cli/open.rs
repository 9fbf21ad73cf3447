//! What every command opens in the same way: clock, profile, database.

use std::os::unix::fs::DirBuilderExt as _;
use std::sync::Arc;

use sea_orm::DatabaseConnection;

use super::{Exit, Refusal};
use crate::audit::{self, Entry};
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Purpose;
use crate::profile::Profile;
use crate::registry::reference::{self, Reference};
use crate::registry::search_text;
use crate::vault::{self, Vault};
use crate::{db, settings};

/// What commands work on.
pub struct Opened {
    /// The clock.
    pub clock: Clock,
    /// The city.
    pub profile: Profile,
    /// The database, its schema up to date.
    pub db: DatabaseConnection,
    /// Divisions, bureaus, categories.
    pub reference: Reference,
    /// What personal data is sealed with.
    pub vault: Arc<Vault>,
    /// Steps of the schema that were taken.
    pub steps: usize,
}

/// The clock that the configuration names.
///
/// # Errors
/// The driven clock's file cannot be used.
pub fn clock(config: &Config) -> Result<Clock, Refusal> {
    #[cfg(feature = "driven-clock")]
    eprintln!("THIS BUILD HAS A driven-clock: ITS TIME CAN BE SET FROM OUTSIDE. IT IS FOR TESTS ONLY.");
    #[cfg(feature = "driven-clock")]
    if let Some(path) = &config.clock_file {
        eprintln!("driven-clock: the time comes from {}", path.display());
        return Clock::from_file(path)
            .map_err(|error| Refusal::new(Exit::Configuration, format!("YUTI_CLOCK_FILE: {error}")));
    }
    #[cfg(not(feature = "driven-clock"))]
    if config.clock_file.is_some() {
        let message = "YUTI_CLOCK_FILE: this build has no driven clock; unset it, or build with --features driven-clock";
        return Err(Refusal::new(Exit::Configuration, message));
    }
    Ok(Clock::system())
}

/// Opens the database that the configuration names. The data folder is made where it is missing.
///
/// # Errors
/// The folder cannot be made, or the database cannot be opened.
pub async fn database(config: &Config, purpose: Purpose) -> Result<DatabaseConnection, Refusal> {
    if config.database_url.is_empty() {
        // Readable by its owner only: what is not sealed in it is still nobody else's.
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&config.data_dir).map_err(|cause| {
            let folder = config.data_dir.display();
            Refusal::new(
                Exit::CannotCreate,
                format!("data_dir: {folder} cannot be made: {cause}; choose a folder that can be written"),
            )
        })?;
    }
    let url = config.database();
    db::open(&url, config.database_connections, purpose).await.map_err(|cause| {
        let shown = without_password(&url);
        Refusal::new(Exit::Unavailable, format!("database_url: {shown} cannot be opened: {cause}; is the server running, and are name and password right?"))
    })
}

/// An address without name, password and options, for messages.
fn without_password(url: &str) -> String {
    let plain = url.split('?').next().unwrap_or_default();
    match plain.split_once("://") {
        Some((scheme, rest)) => {
            format!("{scheme}://{}", rest.rsplit_once('@').map_or(rest, |(_, place)| place))
        }
        None => plain.to_owned(),
    }
}

/// Opens everything, brings the schema up to date and the reference data with it.
///
/// # Errors
/// Anything that is wrong with configuration, profile or database, or a database that belongs to another profile.
pub async fn everything(config: &Config, purpose: Purpose) -> Result<Opened, Refusal> {
    let clock = clock(config)?;
    let profile = Profile::load(&config.profile)?;
    let db = database(config, purpose).await?;
    // Copies that start together take turns: one makes the schema, the others find it.
    let turn = db::Turn::take(&config.database(), &config.data_dir).await?;
    let steps = prepare(&db, &profile, &clock).await?;
    let vault = Arc::new(vault::unlock(config, &db, &profile, &clock).await?);
    adopt(&db, &vault, &profile, &clock).await?;
    turn.end().await?;
    let reference = Reference::load(&db, &profile).await?;
    Ok(Opened { clock, profile, db, reference, vault, steps })
}

/// A database belongs to the first profile that opens it.
async fn adopt(
    db: &DatabaseConnection,
    vault: &Vault,
    profile: &Profile,
    clock: &Clock,
) -> Result<(), Refusal> {
    if settings::get(db, settings::PROFILE).await?.is_some() {
        return Ok(());
    }
    let at = clock.now();
    let facts = serde_json::json!({"profile": profile.key});
    let txn = db::begin(db).await?;
    settings::set(&txn, settings::PROFILE, &profile.key, at).await?;
    audit::record(&txn, vault, Entry::operator(at, "profile.adopt", "profile", 0, facts)).await?;
    txn.commit().await?;
    Ok(())
}

/// Brings the schema up to date and puts the reference data in.
async fn prepare(db: &DatabaseConnection, profile: &Profile, clock: &Clock) -> Result<usize, Refusal> {
    let steps = db::migrate(db).await?;
    if let Some(known) = settings::get(db, settings::PROFILE).await?.filter(|known| *known != profile.key) {
        let message = format!(
            "profile: this database was made with the profile `{known}`, not `{}`; set profile to it, or use another data folder",
            profile.key
        );
        return Err(Refusal::new(Exit::Configuration, message));
    }
    if settings::get(db, settings::DAY_ROLLED).await?.is_none() {
        // From here on every change of the day is entered into the feed, also those of days on which nothing was served.
        let today = clock.today(&profile.time_zone).to_string();
        settings::set(db, settings::DAY_ROLLED, &today, clock.now()).await?;
    }
    if settings::get(db, settings::RETENTION_FROM).await?.is_none() {
        let today = clock.today(&profile.time_zone).to_string();
        settings::set(db, settings::RETENTION_FROM, &today, clock.now()).await?;
    }
    let txn = db::begin(db).await?;
    reference::store(&txn, profile.reference()).await?;
    search_text::keep_up(&txn, clock.now()).await?;
    txn.commit().await?;
    Ok(steps)
}

#[cfg(test)]
mod tests {
    use super::without_password;

    #[test]
    fn no_secret_of_an_address_is_shown() {
        for (url, shown) in [
            ("postgres://u:s3cret@db:5432/yuti", "postgres://db:5432/yuti"),
            ("postgres://db/yuti?user=u&password=s3cret", "postgres://db/yuti"),
            ("postgres://u:s3@cret@db/yuti", "postgres://db/yuti"),
            ("sqlite://./data/yuti.sqlite?mode=rwc", "sqlite://./data/yuti.sqlite"),
        ] {
            assert_eq!(without_password(url), shown);
        }
    }
}
