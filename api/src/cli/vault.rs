//! `yuti vault`

use clap::{ArgGroup, Args, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};

use super::open::{self, Opened};
use super::{Exit, Refusal};
use crate::config::Config;
use crate::db::{self, Purpose};
use crate::profile::Profile;
use crate::vault::acts::{self, ActError, Counts, Hands, Lost, Rotation};
use crate::vault::{KeyId, Ring, unlock_what_is_left};

/// The words of the command.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// Say which keys there are and how many values each one seals.
    #[command(after_help = "Examples:\n  yuti vault status")]
    Status,
    /// Add a key that seals from now on. Running copies take it up by themselves within seconds.
    #[command(
        after_help = "Examples:\n  yuti vault rotate\n  yuti vault rotate --prepare    bring vault.keys to the other machines, then\n  yuti vault rotate --to 3fa9c210"
    )]
    Rotate {
        /// Add a key that only opens for now, to be brought to every machine before it seals.
        #[arg(long, conflicts_with = "to")]
        prepare: bool,
        /// Let this key seal, which is there already.
        #[arg(long, value_name = "ID", value_parser = key_id)]
        to: Option<KeyId>,
    },
    /// Seal every value anew with the key that seals. Can be broken off and begun again.
    #[command(after_help = "Examples:\n  yuti vault reseal")]
    Reseal,
    /// Take a key away that no value needs any more.
    #[command(after_help = "Examples:\n  yuti vault retire 3fa9c210")]
    Retire {
        /// The key, as `yuti vault status` names it.
        #[arg(value_name = "ID", value_parser = key_id)]
        id: KeyId,
    },
    /// Erase for good what no key opens any more. For when a key is lost and no copy of it is left.
    #[command(
        group(ArgGroup::new("how").args(["dry_run", "yes"]).required(true)),
        after_help = "Examples:\n  yuti vault forget --dry-run\n  yuti vault forget --yes"
    )]
    Forget {
        /// Only say what would be erased.
        #[arg(long)]
        dry_run: bool,
        /// Erase it.
        #[arg(long)]
        yes: bool,
    },
}

fn key_id(text: &str) -> Result<KeyId, String> {
    KeyId::parse(text).ok_or_else(|| "is no id of a key, eight hexadecimal digits".to_owned())
}

impl From<ActError> for Refusal {
    fn from(error: ActError) -> Self {
        let exit = match &error {
            ActError::NoKey(_) | ActError::Sealing(_) | ActError::Needed { .. } => Exit::Data,
            ActError::Environment(_) | ActError::Locked(_) => Exit::Configuration,
            ActError::Home(_) => Exit::CannotCreate,
            ActError::Database(_) => Exit::Unavailable,
            ActError::Audit(_) => Exit::Fault,
        };
        Self::new(exit, error.to_string())
    }
}

/// Runs the command.
///
/// # Errors
/// What keeps the vault shut, or an act that is refused.
pub async fn run(config: Config, arguments: Arguments) -> Result<(), Refusal> {
    // The one act for which the vault need not open.
    if let Act::Forget { yes, .. } = arguments.act {
        return forget(&config, yes).await;
    }
    let opened = open::everything(&config, Purpose::Bulk).await?;
    let hands = Hands { db: &opened.db, clock: &opened.clock, vault: &opened.vault };
    match arguments.act {
        Act::Status => status(&opened.vault.ring(), &acts::count(&opened.db).await?),
        Act::Rotate { prepare, to } => rotate(&opened, hands, prepare, to).await?,
        Act::Reseal => reseal(&opened, hands).await?,
        Act::Retire { id } => {
            acts::retire(hands, id).await?;
            println!("the key {id} is retired; destroy its copies when no copy of the database needs it");
        }
        Act::Forget { .. } => {}
    }
    Ok(())
}

fn status(ring: &Ring, counts: &Counts) {
    let of = |key: Option<KeyId>| counts.iter().filter_map(move |(_, by_key)| by_key.get(&key)).sum::<u64>();
    println!("key       made        values");
    for key in ring.keys() {
        let seals = if key.id() == ring.sealing().id() { "  seals" } else { "" };
        println!("{}  {}  {:>6}{seals}", key.id(), key.created(), of(Some(key.id())));
    }
    let mut unknown: Vec<Option<KeyId>> =
        counts.iter().flat_map(|(_, by_key)| by_key.keys().copied()).collect();
    unknown.sort();
    unknown.dedup();
    for key in unknown.into_iter().filter(|key| key.is_none_or(|key| ring.get(key).is_none())) {
        let name = key.map_or_else(|| "damaged ".to_owned(), |key| key.to_string());
        println!("{name}  not there   {:>6}", of(key));
    }
    println!();
    for (column, by_key) in counts {
        println!("{:>8}  {}.{} ({})", by_key.values().sum::<u64>(), column.table, column.column, column.what);
    }
}

async fn rotate(opened: &Opened, hands: Hands<'_>, prepare: bool, to: Option<KeyId>) -> Result<(), Refusal> {
    let rotation = match (prepare, to) {
        (_, Some(id)) => Rotation::To(id),
        (true, None) => Rotation::Prepared,
        (false, None) => Rotation::New,
    };
    let today = opened.clock.today(&opened.profile.time_zone);
    let id = acts::rotate(hands, rotation, today).await?;
    if prepare {
        println!(
            "the key {id} is there and only opens; bring the file to every machine, then `yuti vault rotate --to {id}`"
        );
    } else {
        println!("the key {id} seals from now on; keep a new copy of the file, then `yuti vault reseal`");
    }
    Ok(())
}

async fn reseal(opened: &Opened, hands: Hands<'_>) -> Result<(), Refusal> {
    let newest = opened.vault.ring().sealing().id();
    let counts = acts::count(&opened.db).await?;
    let old: u64 = counts
        .iter()
        .flat_map(|(_, by_key)| by_key)
        .filter(|(key, _)| **key != Some(newest))
        .map(|(_, number)| number)
        .sum();
    let bar = ProgressBar::new(old);
    if let Ok(style) = ProgressStyle::with_template("sealing anew {bar:32} {human_pos}/{human_len} {eta}") {
        bar.set_style(style);
    }
    let outcome = acts::reseal(hands, |moved| bar.set_position(moved)).await?;
    bar.finish_and_clear();
    println!("{} values are sealed anew with the key {newest}", outcome.moved);
    if outcome.left.is_empty() {
        return Ok(());
    }
    let left: Vec<String> = outcome.left.iter().map(|(cause, number)| format!("{number}: {cause}")).collect();
    Err(Refusal::new(Exit::Data, format!("values that stay as they are: {}", left.join("; "))))
}

async fn forget(config: &Config, yes: bool) -> Result<(), Refusal> {
    let clock = open::clock(config)?;
    let profile = Profile::load(&config.profile)?;
    let database = open::database(config, Purpose::Bulk).await?;
    let turn = db::Turn::take(&config.database(), &config.data_dir).await?;
    db::migrate(&database).await?;
    let left = unlock_what_is_left(config, &database, &profile, &clock).await?;
    let hands = Hands { db: &database, clock: &clock, vault: &left.vault };
    if yes {
        // The key before what it seals.
        left.settle(&database, &clock).await?;
    }
    let lost = acts::forget(hands, &left.lost, yes).await?;
    turn.end().await?;
    tell(&left.lost, &lost, yes);
    Ok(())
}

fn tell(keys: &[KeyId], lost: &Lost, erased: bool) {
    let names: Vec<String> = keys.iter().map(ToString::to_string).collect();
    println!(
        "keys that are not there: {}",
        if names.is_empty() { "none".to_owned() } else { names.join(", ") }
    );
    let verb = if erased { "erased" } else { "would be erased" };
    for (column, number) in lost {
        println!("{number:>8} {verb}: {}.{} ({})", column.table, column.column, column.what);
    }
}
