//! The sealer: gives committed entries their places in the tree, and signs the head.
//!
//! An entry is written without a place, so that writers do not wait for each other. On PostgreSQL one that was inserted first
//! can be committed last; the order of places is that in which the sealer saw the entries, as in the change feed. One sealer
//! works at a time, under an advisory lock there and under the one write lock on SQLite. A batch is one transaction: places,
//! subtrees and the signed head are there together or not at all.

use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{
    ActiveModelTrait as _, ConnectionTrait as _, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr,
};
use serde_json::json;
use yuti_entity::{Timestamp, seal_head, seal_key};

use super::Entry;
use super::canonical::hex;
use super::entry::{self, Unsealable};
use super::notes::{Head, PublicKey};
use super::signer::{self, KeyFileError, Log};
use super::store::{self, column, number};
use super::tree::{Frontier, Place, empty_root};
use crate::config::Config;
use crate::vault::Vault;
use crate::{chance, db, settings};

/// The most entries of one batch.
pub const BATCH: u64 = 1_000;
/// The advisory lock of the sealer: the letters YUTS.
const SEALER_LOCK: i64 = 0x5955_5453;
/// The kind of thing that a key is.
const KEY: &str = "seal_key";

/// Why nothing was sealed.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The key file cannot be used.
    #[error(transparent)]
    Key(#[from] KeyFileError),
    /// The configuration names another log.
    #[error(
        "seal.origin: this database's log is named {known}, not {given}; a log keeps its name, so leave the setting out"
    )]
    Origin {
        /// Its name.
        known: String,
        /// What the configuration says.
        given: String,
    },
    /// The log has not begun.
    #[error("the log has no key yet; `yuti serve` begins it")]
    NotBegun,
    /// What is stored does not come to the head that was signed last.
    #[error(
        "the tree over the audit trail does not come to the last signed head (size {0}): something under it was changed; run `yuti verify log`. Nothing is signed until it does"
    )]
    Changed(u64),
    /// An entry cannot be brought into the form that is sealed.
    #[error("entry {0} cannot be sealed: {1}")]
    Entry(i64, Unsealable),
    /// The database.
    #[error(transparent)]
    Database(#[from] DbErr),
}

/// Opens the log. Where there is none yet, it begins: it gets its name, its key and the signed head of the empty tree.
///
/// # Errors
/// The key file cannot be made, the configuration names another log, or the database refuses.
pub async fn open(
    database: &DatabaseConnection,
    config: &Config,
    profile: &str,
    at: Timestamp,
) -> Result<Log, SealError> {
    let file = config.seal_key_file();
    let given = config.seal.origin.as_str();
    if let Some(known) = settings::get(database, settings::SEAL_ORIGIN).await? {
        return known_log(known, given, file);
    }
    let txn = alone(database).await?;
    if let Some(known) = settings::get(&txn, settings::SEAL_ORIGIN).await? {
        txn.rollback().await?;
        return known_log(known, given, file);
    }
    let origin = match given {
        "" => format!("yuti/{profile}/{}", hex(&chance::random_bytes::<8>())),
        given => given.to_owned(),
    };
    // Made under the lock: a copy that comes second finds the log begun and makes no key that nobody needs.
    if !file.exists() {
        signer::write_key(&file, &signer::new_key())?;
    }
    let key = signer::read_key(&file)?;
    let public = PublicKey::of(&origin, &key);
    settings::set(&txn, settings::SEAL_ORIGIN, &origin, at).await?;
    keep_key(&txn, &public, 0, None, at).await?;
    let head = Head { origin: origin.clone(), size: 0, root: empty_root() };
    keep_head(&txn, &head, &public, head.sign(&key), at).await?;
    txn.commit().await?;
    Ok(Log::new(origin, file))
}

fn known_log(known: String, given: &str, file: std::path::PathBuf) -> Result<Log, SealError> {
    if given.is_empty() || given == known {
        return Ok(Log::new(known, file));
    }
    Err(SealError::Origin { known, given: given.to_owned() })
}

/// Begins a transaction in which nobody else seals.
async fn alone(database: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    let txn = db::begin(database).await?;
    if txn.get_database_backend() == DbBackend::Postgres {
        txn.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({SEALER_LOCK})")).await?;
    }
    Ok(txn)
}

/// Seals one batch of what is committed. Returns how many entries got their places.
///
/// # Errors
/// Nothing was sealed, and why.
pub async fn seal(database: &DatabaseConnection, log: &Log, at: Timestamp) -> Result<u64, SealError> {
    if !store::waits(database).await? {
        return Ok(0);
    }
    let txn = alone(database).await?;
    let sealed = batch(&txn, log, at).await?;
    txn.commit().await?;
    Ok(sealed)
}

/// Seals everything that is committed.
///
/// # Errors
/// What remains was not sealed, and why.
pub async fn seal_all(database: &DatabaseConnection, log: &Log, at: Timestamp) -> Result<u64, SealError> {
    let mut all = 0;
    loop {
        match seal(database, log, at).await? {
            0 => return Ok(all),
            sealed => all += sealed,
        }
    }
}

async fn batch(txn: &DatabaseTransaction, log: &Log, at: Timestamp) -> Result<u64, SealError> {
    let known = store::key_in_use(txn).await?.ok_or(SealError::NotBegun)?;
    let public = log.public(store::hash(&known.public_key)?);
    let key = log.key(&public.bytes)?;
    let last = store::last_head(txn).await?.ok_or(SealError::NotBegun)?;
    let entries = store::open_entries(txn, BATCH).await?;
    if entries.is_empty() {
        return Ok(0);
    }
    let size = number(last.size);
    let peaks = store::peaks(txn, size).await?;
    // Signing a head that does not follow from the one before would be signing a forgery.
    let tree = Frontier::new(size, &peaks).filter(|tree| tree.root().as_slice() == last.root);
    let mut tree = tree.ok_or(SealError::Changed(size))?;
    let mut leaves = Vec::with_capacity(entries.len());
    let mut nodes: Vec<(Place, _)> = Vec::with_capacity(entries.len());
    for row in &entries {
        let leaf = entry::leaf(row).map_err(|cause| SealError::Entry(row.id, cause))?;
        leaves.push((row.id, tree.size(), leaf));
        nodes.extend(tree.push(leaf));
    }
    let placed = store::place(txn, &leaves).await?;
    if placed != leaves.len() as u64 {
        return Err(DbErr::Custom(format!("{placed} of {} entries took their places", leaves.len())).into());
    }
    store::keep_nodes(txn, &nodes).await?;
    let head = Head { origin: public.origin.clone(), size: tree.size(), root: tree.root() };
    keep_head(txn, &head, &public, head.sign(&key), at).await?;
    Ok(placed)
}

async fn keep_head(
    txn: &DatabaseTransaction,
    head: &Head,
    key: &PublicKey,
    signature: [u8; 64],
    at: Timestamp,
) -> Result<(), DbErr> {
    let row = seal_head::ActiveModel {
        size: Set(column(head.size)),
        root: Set(head.root.to_vec()),
        at: Set(at),
        key_id: Set(key.id()),
        signature: Set(signature.to_vec()),
    };
    row.insert(txn).await?;
    Ok(())
}

async fn keep_key(
    txn: &DatabaseTransaction,
    key: &PublicKey,
    from_size: u64,
    announced_by: Option<i64>,
    at: Timestamp,
) -> Result<(), DbErr> {
    let row = seal_key::ActiveModel {
        id: NotSet,
        key_id: Set(key.id()),
        public_key: Set(key.bytes.to_vec()),
        from_size: Set(column(from_size)),
        announced_by: Set(announced_by),
        recorded_at: Set(at),
    };
    row.insert(txn).await?;
    Ok(())
}

/// Puts another key into use. It is announced by an entry which the key before it still signs; after a loss that cannot be, and
/// the entry says so. Everything is one transaction. Returns the size from which the new key signs.
///
/// # Errors
/// The key in use is not at hand, or the database refuses.
pub async fn rotate(
    database: &DatabaseConnection,
    log: &Log,
    vault: &Vault,
    new: &PublicKey,
    lost: bool,
    at: Timestamp,
) -> Result<u64, SealError> {
    if !lost {
        seal_all(database, log, at).await?;
    }
    let txn = alone(database).await?;
    let old = store::key_in_use(&txn).await?.ok_or(SealError::NotBegun)?;
    let facts = json!({
        "new_key": hex(&new.bytes), "new_key_id": new.id(), "old_key": hex(&old.public_key), "old_key_id": old.key_id,
    });
    let act = if lost { "seal.replace" } else { "seal.rotate" };
    let announcement = Entry::operator(at, act, KEY, old.id, facts);
    let id = super::record(&txn, vault, announcement).await?;
    let mut announced_by = None;
    while !lost && announced_by.is_none() {
        // What others committed meanwhile is sealed with it; the announcement is among the last.
        batch(&txn, log, at).await?;
        announced_by = store::entry(&txn, id).await?.and_then(|row| row.leaf_index);
    }
    let size = store::last_head(&txn).await?.map_or(0, |head| number(head.size));
    keep_key(&txn, new, size, announced_by, at).await?;
    txn.commit().await?;
    Ok(size)
}
