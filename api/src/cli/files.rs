//! `yuti files`

use clap::{Args, Subcommand};
use indicatif::ProgressBar;

use super::{Exit, Refusal, open};
use crate::config::Config;
use crate::db::Purpose;
use crate::files::sweep::{self, Wrong};
use crate::files::{Files, StoreError};
use crate::http::failure::Failure;

/// The words of the command.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// Look whether every file that was handed in lies in the store. Run it after restoring a backup.
    #[command(after_help = "Examples:\n  yuti files check\n  yuti files check --whole")]
    Check {
        /// Open each file and compare it with what was put there, instead of its length alone.
        #[arg(long)]
        whole: bool,
    },
    /// Take away what no act needed and what was erased long enough ago. The service does it by itself once a day.
    #[command(after_help = "Example:\n  yuti files sweep")]
    Sweep,
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        let exit = match &error {
            StoreError::Folder { .. } => Exit::CannotCreate,
            StoreError::Settings(_) | StoreError::Foreign(_) => Exit::Configuration,
            StoreError::Database(_) => Exit::Unavailable,
        };
        Self::new(exit, error.to_string())
    }
}

/// Runs the command.
///
/// # Errors
/// Files are missing or damaged, or anything that is wrong with configuration, database or store.
pub async fn run(config: Config, arguments: Arguments) -> Result<(), Refusal> {
    let opened = open::everything(&config, Purpose::Bulk).await?;
    let files = Files::open(&config, opened.vault.clone())?;
    files.belongs(&opened.db, opened.clock.now()).await?;
    match arguments.act {
        Act::Check { whole } => check(&files, &opened, whole).await,
        Act::Sweep => {
            let swept = sweep::run(&files, &opened.db, opened.clock.now()).await.map_err(refused)?;
            println!("{} taken away that no act needed", swept.orphans);
            println!("{} taken away that were erased", swept.erased);
            Ok(())
        }
    }
}

async fn check(files: &Files, opened: &open::Opened, whole: bool) -> Result<(), Refusal> {
    let bar = ProgressBar::new_spinner();
    let wrong = sweep::check(files, &opened.db, whole, &|| bar.inc(1)).await.map_err(refused)?;
    let seen = bar.position();
    bar.finish_and_clear();
    for one in &wrong {
        match one {
            Wrong::Missing(id) => println!("file {id} is not in the store"),
            Wrong::Damaged(id) => println!("file {id} is not what was put there"),
        }
    }
    println!("{seen} files, {} of them missing or damaged", wrong.len());
    if wrong.is_empty() {
        return Ok(());
    }
    let message = "put the store's files back from a backup that is no older than the database's; nothing else was changed";
    Err(Refusal::new(Exit::Data, message))
}

fn refused(failure: Failure) -> Refusal {
    let cause = failure.cause.map_or_else(|| failure.code.code().to_owned(), |cause| cause.to_string());
    Refusal::new(Exit::Unavailable, format!("the store of files or the database refused: {cause}"))
}
