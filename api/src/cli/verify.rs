//! `yuti verify`

use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::{Args, Subcommand};
use indicatif::ProgressBar;
use sea_orm::DatabaseConnection;
use yuti_entity::audit_entry;
use yuti_openapi::wire::EntryProof;

use super::{Exit, Refusal, audit, open};
use crate::audit::canonical::hex;
use crate::audit::notes::PublicKey;
use crate::audit::proof::{self, Wrong, wrong};
use crate::audit::sealer::SealError;
use crate::audit::{entry, inspect, store};
use crate::config::Config;
use crate::db::{self, Purpose};
use crate::settings;

/// The words of the command.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Check one entry: its row, its leaf, its path, the head and its signature.
    #[command(after_help = "Examples:\n  yuti verify entry 17")]
    Entry {
        /// The entry's number, as `yuti audit list` shows it.
        id: i64,
    },
    /// Write an entry with its proof, for somebody who checks it without this database.
    #[command(after_help = "Examples:\n  yuti verify export 17 > entry.json")]
    Export {
        /// The entry's number.
        id: i64,
        /// With what is personal about it. That look is an entry of the trail itself.
        #[arg(long)]
        personal: bool,
    },
    /// Check a proof that was exported. Needs no database.
    #[command(
        after_help = "Examples:\n  yuti verify file entry.json --key seal.pub\n  yuti verify file entry.json --key yuti/chongqing/5f1c9a02d7e84b36+5ffbd760+AepK…"
    )]
    File {
        /// The proof.
        file: PathBuf,
        /// The key to trust: a verifier key, or 32 bytes in base64; or a file that holds one of them.
        #[arg(long)]
        key: String,
    },
    /// Check the whole log: every entry, every subtree, every head, every key.
    #[command(after_help = "Examples:\n  yuti verify log")]
    Log,
}

impl From<Wrong> for Refusal {
    fn from(wrong: Wrong) -> Self {
        Self::new(Exit::Data, format!("does not hold: {wrong}"))
    }
}

/// Runs the command.
///
/// # Errors
/// Something does not hold, or cannot be read.
pub async fn run(config: Config, arguments: Arguments) -> Result<(), Refusal> {
    match arguments.what {
        What::File { file, key } => check_file(file, &key),
        What::Entry { id } => {
            let (database, origin) = opened(&config).await?;
            check_entry(&database, &origin, id).await
        }
        What::Export { id, personal } => export(&config, id, personal).await,
        What::Log => {
            let (database, origin) = opened(&config).await?;
            check_log(&database, &origin).await
        }
    }
}

/// The database as it is, and the log's name.
pub(super) async fn opened(config: &Config) -> Result<(DatabaseConnection, String), Refusal> {
    let database = as_it_is(config).await?;
    let origin = settings::get(&database, settings::SEAL_ORIGIN).await?;
    let origin = origin.ok_or_else(|| Refusal::from(SealError::NotBegun))?;
    Ok((database, origin))
}

/// The database as it is. Nothing is made or brought up to date: who looks changes nothing.
pub(super) async fn as_it_is(config: &Config) -> Result<DatabaseConnection, Refusal> {
    if config.database_url.is_empty() && !config.data_dir.join("yuti.sqlite").exists() {
        let message = format!("there is no database in {}", config.data_dir.display());
        return Err(Refusal::new(Exit::NoInput, message));
    }
    let database = open::database(config, Purpose::Bulk).await?;
    let missing = db::pending(&database).await?;
    if missing > 0 {
        let message = format!("database: {missing} steps of the schema are missing; run `yuti migrate`");
        return Err(Refusal::new(Exit::Unavailable, message));
    }
    Ok(database)
}

async fn found(database: &DatabaseConnection, id: i64) -> Result<audit_entry::Model, Refusal> {
    let row = store::entry(database, id).await?;
    row.ok_or_else(|| {
        Refusal::new(Exit::NoInput, format!("there is no entry {id}; `yuti audit list` shows them"))
    })
}

async fn proved(
    database: &DatabaseConnection,
    origin: &str,
    row: &audit_entry::Model,
) -> Result<EntryProof, Refusal> {
    proof::of(database, origin, row).await?.ok_or_else(|| {
        let id = row.id;
        Refusal::new(
            Exit::NoInput,
            format!("entry {id} waits for its seal; while the service runs that takes about a second"),
        )
    })
}

async fn check_entry(database: &DatabaseConnection, origin: &str, id: i64) -> Result<(), Refusal> {
    let row = found(database, id).await?;
    let what = format!("{} of {} {}", row.act, row.subject, row.subject_id);
    let leaf = entry::leaf(&row).map_err(|cause| wrong("row", format!("entry {id} ({what}): {cause}")))?;
    if let Some(stored) = row.leaf_hash.as_ref()
        && stored.as_slice() != leaf
    {
        let problem = format!("entry {id} ({what}) comes to {}, but {} was sealed", hex(&leaf), hex(stored));
        return Err(wrong("row", problem).into());
    }
    let proof = proved(database, origin, &row).await?;
    println!("row: entry {id}, {what}, is what was sealed");
    let key = PublicKey::from_verifier_key(&proof.verifier_key);
    let key = key.ok_or_else(|| wrong("key", "the database holds no key"))?;
    for line in proof::check(&proof, &key)? {
        println!("{line}");
    }
    println!(
        "holds. The key is the database's own; compare it with the one you know: {}",
        proof.verifier_key
    );
    Ok(())
}

async fn export(config: &Config, id: i64, personal: bool) -> Result<(), Refusal> {
    let (database, origin) = opened(config).await?;
    let row = found(&database, id).await?;
    let mut proof = proved(&database, &origin, &row).await?;
    if personal {
        let opened = open::everything(config, Purpose::Bulk).await?;
        audit::note_look(&opened, std::slice::from_ref(&row)).await?;
        proof.opened = audit::open_personal(&opened.vault, &row)?;
        if proof.opened.is_none() {
            eprintln!("the personal part of entry {id} was erased");
        }
    }
    let text = serde_json::to_string_pretty(&proof);
    println!("{}", text.map_err(|cause| Refusal::new(Exit::Fault, cause.to_string()))?);
    Ok(())
}

fn check_file(file: PathBuf, key: &str) -> Result<(), Refusal> {
    let name = file.display().to_string();
    let text = std::fs::read_to_string(&file)
        .map_err(|cause| Refusal::new(Exit::NoInput, format!("{name} cannot be read: {cause}")))?;
    let proof: EntryProof =
        serde_json::from_str(&text).map_err(|cause| wrong("form", format!("{name} is no proof: {cause}")))?;
    let key = trusted(key, &proof)?;
    for line in proof::check(&proof, &key)? {
        println!("{line}");
    }
    println!("holds: {} at {}, entry {}", proof.entry.act, proof.entry.at, proof.entry.id);
    Ok(())
}

/// The key to trust. Where only its bytes are known, the name of the log is the one that the head gives: the signature is over it.
fn trusted(given: &str, proof: &EntryProof) -> Result<PublicKey, Refusal> {
    let file = std::path::Path::new(given);
    let text = if file.is_file() {
        std::fs::read_to_string(file)
            .map_err(|cause| Refusal::new(Exit::NoInput, format!("{given} cannot be read: {cause}")))?
    } else {
        given.to_owned()
    };
    let text = text.trim();
    let bytes = STANDARD.decode(text).ok().and_then(|bytes| bytes.try_into().ok());
    let origin = proof.checkpoint.lines().next().unwrap_or_default().to_owned();
    bytes.map(|bytes| PublicKey { origin, bytes }).or_else(|| PublicKey::from_verifier_key(text)).ok_or_else(
        || {
            let message =
                "--key: neither a verifier key, nor 32 bytes in base64, nor a file that holds one of them";
            Refusal::new(Exit::Data, message)
        },
    )
}

async fn check_log(database: &DatabaseConnection, origin: &str) -> Result<(), Refusal> {
    let bar = ProgressBar::no_length();
    let findings = inspect::log(database, origin, &|done| bar.set_position(done)).await?;
    bar.finish_and_clear();
    let inspect::Findings { entries, heads, keys, waiting, notes, problems } = findings;
    println!(
        "log {origin}: {entries} entries, {heads} heads, {keys} keys; {waiting} entries wait for their seal"
    );
    for note in notes {
        println!("note: {note}");
    }
    if problems.is_empty() {
        println!("holds");
        return Ok(());
    }
    for problem in &problems {
        println!("WRONG: {problem}");
    }
    Err(Refusal::new(
        Exit::Data,
        format!("the log does not hold: {}", problems.first().map_or("", String::as_str)),
    ))
}
