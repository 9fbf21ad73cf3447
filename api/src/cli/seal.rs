//! `yuti seal`

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{Exit, Refusal, open, verify};
use crate::audit::notes::PublicKey;
use crate::audit::signer::{self, KeyFileError, Log};
use crate::audit::store::{self, number};
use crate::audit::{publish, sealer};
use crate::config::Config;
use crate::db::Purpose;

/// The words of the command.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// Say the log's name, its keys, and how far it is signed.
    #[command(after_help = "Examples:\n  yuti seal show")]
    Show,
    /// Put another key into use. The one before it signs the entry that announces it.
    #[command(
        after_help = "Examples:\n  yuti seal rotate\n  yuti seal rotate --new next-seal.key\n  yuti seal rotate --lost"
    )]
    Rotate {
        /// The file of the new key, for copies that are given their keys: put it in the place of the old one afterwards. Without it
        /// a key is made and put there at once.
        #[arg(long)]
        new: Option<PathBuf>,
        /// The old key is lost: nothing vouches for the new one, and its entry says so.
        #[arg(long)]
        lost: bool,
    },
}

impl From<KeyFileError> for Refusal {
    fn from(error: KeyFileError) -> Self {
        Self::new(Exit::Configuration, error.to_string())
    }
}

/// Runs the command.
///
/// # Errors
/// Anything that is wrong with configuration, key file or database.
pub async fn run(config: Config, arguments: Arguments) -> Result<(), Refusal> {
    match arguments.act {
        Act::Show => show(&config).await,
        Act::Rotate { new, lost } => rotate(&config, new, lost).await,
    }
}

async fn show(config: &Config) -> Result<(), Refusal> {
    let (database, origin) = verify::opened(config).await?;
    println!("log: {origin}");
    for key in publish::keys(&origin, &store::keys(&database).await?)?.items {
        let until = key.to_size.map_or_else(|| "now".to_owned(), |size| format!("size {size}"));
        println!("key {}: from size {} to {until}: {}", key.key_id, key.from_size, key.verifier_key);
    }
    let size = store::last_head(&database).await?.map_or(0, |head| number(head.size));
    println!("signed: {size} entries; {} wait", store::waiting(&database).await?);
    Ok(())
}

async fn rotate(config: &Config, new: Option<PathBuf>, lost: bool) -> Result<(), Refusal> {
    let (_, origin) = verify::opened(config).await?;
    let opened = open::everything(config, Purpose::Bulk).await?;
    let log = Log::new(origin.clone(), config.seal_key_file());
    let key = match &new {
        Some(file) => signer::read_key(file)?,
        None => made(&log)?,
    };
    let public = PublicKey::of(&origin, &key);
    let size = sealer::rotate(&opened.db, &log, &opened.vault, &public, lost, opened.clock.now()).await?;
    if new.is_none() {
        // Until this is done the running service finds the new key beside the old one.
        std::fs::rename(log.next_file(), log.file()).map_err(|cause| {
            let (from, to) = (log.next_file().display().to_string(), log.file().display().to_string());
            Refusal::new(
                Exit::CannotCreate,
                format!("{from} cannot be moved to {to}: {cause}; do it by hand"),
            )
        })?;
    }
    println!("heads larger than {size} are signed by the key {}", public.id());
    println!("publish it: {}", public.verifier_key());
    if let Some(file) = new {
        println!("put {} in the place of {} on every copy", file.display(), log.file().display());
    }
    if lost {
        println!("the old key vouches for nothing after size {size}: tell those who keep heads");
    }
    Ok(())
}

/// A new key beside the old one. One that an earlier try left there is taken up: it may be in use already.
fn made(log: &Log) -> Result<ed25519_dalek::SigningKey, KeyFileError> {
    let file = log.next_file();
    if file.exists() {
        return signer::read_key(&file);
    }
    let key = signer::new_key();
    signer::write_key(&file, &key)?;
    Ok(key)
}
