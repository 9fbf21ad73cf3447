//! What is done with keys: another one, sealing anew, retiring one, going on without one. Each is a line of the audit trail.

use std::collections::BTreeMap;

use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr};
use serde_json::{Value, json};

use super::check::Memory;
use super::sealed::{Erased, SEALED, Sealed};
use super::{Home, HomeError, Key, KeyId, LockedError, Ring, Vault};
use crate::audit::{self, Actor, Entry};
use crate::clock::Clock;
use crate::db;
use crate::http::failure::Failure;

/// Values that are sealed anew in one transaction.
const BATCH: u64 = 500;

/// Why an act on the keys is refused.
#[derive(Debug, thiserror::Error)]
pub enum ActError {
    /// The keys come from the environment, which a command cannot change.
    #[error("the keys come from YUTI_VAULT_KEY; {0}")]
    Environment(&'static str),
    /// There is no such key.
    #[error("the vault has no key {0}; `yuti vault status` lists those it has")]
    NoKey(KeyId),
    /// The key seals.
    #[error("the key {0} is the one that seals; add another with `yuti vault rotate` first")]
    Sealing(KeyId),
    /// Values need the key.
    #[error("{count} values are sealed with the key {key}; seal them anew with `yuti vault reseal` first")]
    Needed {
        /// The key.
        key: KeyId,
        /// How many.
        count: u64,
    },
    /// The keys cannot be had or written.
    #[error(transparent)]
    Locked(#[from] LockedError),
    /// The file cannot be written.
    #[error(transparent)]
    Home(#[from] HomeError),
    /// The database refuses.
    #[error("the database refused: {0}")]
    Database(#[from] DbErr),
    /// The audit trail refuses.
    #[error("the audit trail refused the act: {0}")]
    Audit(String),
}

impl From<Failure> for ActError {
    fn from(failure: Failure) -> Self {
        let cause = failure.cause.map_or_else(|| format!("{:?}", failure.code), |cause| cause.to_string());
        Self::Audit(cause)
    }
}

/// What an act works on.
#[derive(Clone, Copy, Debug)]
pub struct Hands<'a> {
    /// The database.
    pub db: &'a DatabaseConnection,
    /// The clock.
    pub clock: &'a Clock,
    /// The vault.
    pub vault: &'a Vault,
}

impl Hands<'_> {
    async fn write_down(
        &self,
        db: &sea_orm::DatabaseTransaction,
        act: &'static str,
        facts: Value,
    ) -> Result<(), ActError> {
        let entry = Entry {
            at: self.clock.now(),
            actor: Actor::Operator,
            act,
            subject: "vault",
            subject_id: 0,
            from: None,
            to: None,
            facts,
            personal: None,
        };
        audit::append(db, self.vault, entry).await?;
        Ok(())
    }
}

/// How a key comes to seal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rotation {
    /// A new key that seals at once.
    New,
    /// A new key that only opens for now, so that it can be brought to other machines first.
    Prepared,
    /// A key that is there already.
    To(KeyId),
}

/// Adds a key, or makes another one seal. Returns its name.
///
/// # Errors
/// The keys come from the environment, the named one is not there, or the file cannot be written.
pub async fn rotate(
    hands: Hands<'_>,
    rotation: Rotation,
    today: chrono::NaiveDate,
) -> Result<KeyId, ActError> {
    let home = file(
        hands.vault,
        "put a new one (`openssl rand -base64 32`) before it, with a comma between, and start again",
    )?;
    let _held = home.lock()?;
    hands.vault.reload();
    let ring = Ring::clone(&hands.vault.ring());
    let (ring, id, act) = match rotation {
        Rotation::New => fresh(ring, today, true),
        Rotation::Prepared => fresh(ring, today, false),
        Rotation::To(id) => {
            ring.get(id).ok_or(ActError::NoKey(id))?;
            (ring.sealing_with(id), id, "vault.rotate")
        }
    };
    home.write(&ring)?;
    hands.vault.reload();
    let txn = db::begin(hands.db).await?;
    let mut memory = remembered(&txn).await?;
    if act == "vault.rotate" {
        memory.add(id);
        memory.store(&txn, hands.clock).await?;
    }
    hands.write_down(&txn, act, json!({ "key": id.to_string() })).await?;
    txn.commit().await?;
    Ok(id)
}

fn fresh(ring: Ring, today: chrono::NaiveDate, seals: bool) -> (Ring, KeyId, &'static str) {
    let key = Key::random(today);
    let id = key.id();
    (ring.with(key, seals), id, if seals { "vault.rotate" } else { "vault.prepare" })
}

fn file<'a>(vault: &'a Vault, mend: &'static str) -> Result<&'a Home, ActError> {
    match &vault.home {
        Home::Environment => Err(ActError::Environment(mend)),
        home @ Home::File(_) => Ok(home),
    }
}

async fn remembered(db: &impl ConnectionTrait) -> Result<Memory, ActError> {
    let gone = || LockedError::Memory("it is gone".to_owned());
    Ok(Memory::load(db).await?.ok_or_else(gone)?)
}

/// What sealing anew did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resealed {
    /// Values that the newest key seals now and did not before.
    pub moved: u64,
    /// Values that could not be opened and stay as they are, by the reason.
    pub left: BTreeMap<String, u64>,
}

/// Seals every value anew with the newest key, in batches. Broken off it goes on where it was: what is done already is not looked at again.
///
/// # Errors
/// Whatever the database refuses.
pub async fn reseal(hands: Hands<'_>, told: impl Fn(u64)) -> Result<Resealed, ActError> {
    hands.vault.reload();
    let newest = hands.vault.ring().sealing().id();
    let mut outcome = Resealed::default();
    for column in SEALED {
        let mut last = column.before_all();
        loop {
            let txn = db::begin(hands.db).await?;
            let batch = column.next(&txn, last, newest, BATCH).await?;
            let Some(end) = batch.last() else { break };
            last = end.row.clone();
            for found in &batch {
                match hands.vault.open(&found.context, &found.value) {
                    Ok(plain) => {
                        let sealed = hands.vault.seal(&found.context, &plain);
                        // Changed meanwhile means sealed meanwhile, by a copy that has the newest key too.
                        outcome.moved += u64::from(column.replace(&txn, found, Some(sealed)).await?);
                    }
                    Err(cause) => *outcome.left.entry(cause.to_string()).or_default() += 1,
                }
            }
            txn.commit().await?;
            told(outcome.moved);
        }
    }
    // The check comes last: as long as a value needs an old key, a start without that key is refused.
    let txn = db::begin(hands.db).await?;
    let mut memory = remembered(&txn).await?;
    if outcome.left.is_empty() {
        memory.reseal(&hands.vault.ring())?;
        memory.store(&txn, hands.clock).await?;
    }
    let left: u64 = outcome.left.values().sum();
    hands
        .write_down(
            &txn,
            "vault.reseal",
            json!({ "key": newest.to_string(), "moved": outcome.moved, "left": left }),
        )
        .await?;
    txn.commit().await?;
    Ok(outcome)
}

/// How many values each key seals, by column; `None` counts what is no sealed value.
pub type Counts = Vec<(Sealed, BTreeMap<Option<KeyId>, u64>)>;

/// Counts the values of each key.
///
/// # Errors
/// Whatever the database refuses.
pub async fn count(db: &impl ConnectionTrait) -> Result<Counts, ActError> {
    let mut counts = Vec::new();
    for column in SEALED {
        counts.push((column, column.by_key(db).await?));
    }
    Ok(counts)
}

/// How many values need a key, the database's own memory included.
///
/// # Errors
/// Whatever the database refuses.
pub async fn needing(db: &impl ConnectionTrait, key: KeyId) -> Result<u64, ActError> {
    let values: u64 = count(db).await?.iter().filter_map(|(_, counts)| counts.get(&Some(key))).sum();
    Ok(values + u64::from(remembered(db).await?.check_key() == Some(key)))
}

/// Takes a key away that no value needs.
///
/// # Errors
/// It seals, values need it, or it is not there.
pub async fn retire(hands: Hands<'_>, key: KeyId) -> Result<(), ActError> {
    hands.vault.reload();
    let ring = hands.vault.ring();
    if ring.sealing().id() == key {
        return Err(ActError::Sealing(key));
    }
    let known = ring.get(key).is_some() || remembered(hands.db).await?.knows(key);
    if !known {
        return Err(ActError::NoKey(key));
    }
    // A running copy may have sealed with it until it read its keys again.
    tokio::time::sleep(super::RELOAD * 2).await;
    // From here on with the keys as they are now: another one may have been added meanwhile, and must stay.
    let _held = hands.vault.home.lock()?;
    hands.vault.reload();
    if hands.vault.ring().sealing().id() == key {
        return Err(ActError::Sealing(key));
    }
    let txn = db::begin(hands.db).await?;
    let count = needing(&txn, key).await?;
    if count > 0 {
        return Err(ActError::Needed { key, count });
    }
    let mut memory = remembered(&txn).await?;
    memory.remove(key);
    memory.store(&txn, hands.clock).await?;
    hands.write_down(&txn, "vault.retire", json!({ "key": key.to_string() })).await?;
    txn.commit().await?;
    // Last: until here the file still has what the database may need.
    if let home @ Home::File(_) = &hands.vault.home {
        home.write(&Ring::clone(&hands.vault.ring()).without(key))?;
    }
    hands.vault.reload();
    Ok(())
}

/// What cannot be opened any more: counts by column.
pub type Lost = Vec<(Sealed, u64)>;

/// Erases what cannot be opened, as the registry says of each column. Without `erase` it only counts.
///
/// # Errors
/// Whatever the database refuses.
pub async fn forget(hands: Hands<'_>, lost_keys: &[KeyId], erase: bool) -> Result<Lost, ActError> {
    let txn = db::begin(hands.db).await?;
    let newest = hands.vault.ring().sealing().id();
    let mut lost = Lost::new();
    for column in SEALED {
        let (mut last, mut number) = (column.before_all(), 0);
        loop {
            let batch = column.next(&txn, last, newest, BATCH).await?;
            let Some(end) = batch.last() else { break };
            last = end.row.clone();
            for found in &batch {
                if hands.vault.open(&found.context, &found.value).is_ok() {
                    continue;
                }
                number += 1;
                if erase {
                    let rest = match column.erased {
                        Erased::Null => None,
                        Erased::Empty => Some(hands.vault.seal(&found.context, b"")),
                        Erased::Row => {
                            column.delete(&txn, found).await?;
                            continue;
                        }
                    };
                    column.replace(&txn, found, rest).await?;
                }
            }
        }
        lost.push((column, number));
    }
    if erase {
        let facts: serde_json::Map<String, Value> = lost
            .iter()
            .map(|(column, number)| (format!("{}_{}", column.table, column.column), json!(number)))
            .collect();
        let keys: Vec<String> = lost_keys.iter().map(ToString::to_string).collect();
        hands.write_down(&txn, "vault.forget", json!({ "keys": keys, "erased": facts })).await?;
        txn.commit().await?;
    }
    Ok(lost)
}
