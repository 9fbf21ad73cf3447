//! `yuti migrate`

use clap::Args;

use super::{Refusal, open};
use crate::config::Config;
use crate::db;
use crate::db::Purpose;

/// The words of the command.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Only say how many steps are missing.
    #[arg(long)]
    status: bool,
}

/// Runs the command.
///
/// # Errors
/// The database cannot be opened, or refuses a step.
pub async fn run(config: Config, arguments: Arguments) -> Result<(), Refusal> {
    if arguments.status {
        let db = open::database(&config, Purpose::Serving).await?;
        println!("{} steps of the schema are missing", db::pending(&db).await?);
        return Ok(());
    }
    let opened = open::everything(&config, Purpose::Serving).await?;
    println!("{} steps of the schema were taken; it is up to date", opened.steps);
    Ok(())
}
