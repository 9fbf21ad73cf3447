//! What the database remembers of the vault, so that a lost or wrong key is found before anything is served and no new key is made beside values
//! that only the old one opens.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{Home, HomeError, Key, KeyId, Ring, Vault, VaultError, key_of, open, seal};
use crate::clock::Clock;
use crate::config::Config;
use crate::profile::Profile;
use crate::{chance, settings};

/// What the sealed key of blind indexes is sealed for.
const INDEX: &str = "setting.vault:index";

/// Why the vault cannot be unlocked.
#[derive(Debug, thiserror::Error)]
pub enum LockedError {
    /// The keys cannot be had.
    #[error(
        "vault: {0}; mend the file from its copy, or name another with vault.key_file (YUTI_VAULT_KEY_FILE)"
    )]
    Home(#[from] HomeError),
    /// The keys of this database are not there.
    #[error("{}", lost(keys, home))]
    Lost {
        /// Those that are missing.
        keys: Vec<KeyId>,
        /// Where they were looked for.
        home: Home,
    },
    /// The database's own memory is damaged.
    #[error(
        "vault: the setting `vault` of this database cannot be opened: {0}; restore the database from its copy"
    )]
    Memory(String),
    /// The database refuses.
    #[error("the database refused: {0}")]
    Database(#[from] DbErr),
}

fn lost(keys: &[KeyId], home: &Home) -> String {
    let names: Vec<String> = keys.iter().map(ToString::to_string).collect();
    let mend = match home {
        Home::File(_) => {
            "put the file back from its copy, or name where it is with vault.key_file (YUTI_VAULT_KEY_FILE)"
        }
        Home::Environment => "add the key to the variable, after the one that seals and a comma",
    };
    format!(
        "vault: this database holds values sealed with {}, not to be found in {home}; {mend}. If it is lost for good, read \"When the key is lost\" in docs/operations.md before `yuti vault forget`",
        names.join(", ")
    )
}

/// What the setting `vault` holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Memory {
    /// The key of blind indexes, sealed, in base64. It is also the check: without the right key it does not open.
    index: String,
    /// The names of the keys that have sealed here and are not retired.
    keys: Vec<String>,
}

impl Memory {
    /// Reads what a database remembers.
    ///
    /// # Errors
    /// Whatever the database refuses, or a setting that is none of ours.
    pub async fn load(db: &impl ConnectionTrait) -> Result<Option<Self>, LockedError> {
        let Some(text) = settings::get(db, settings::VAULT).await? else { return Ok(None) };
        serde_json::from_str(&text).map(Some).map_err(|cause| LockedError::Memory(cause.to_string()))
    }

    async fn store(&self, db: &impl ConnectionTrait, clock: &Clock) -> Result<(), LockedError> {
        let text = serde_json::to_string(self).map_err(|cause| LockedError::Memory(cause.to_string()))?;
        Ok(settings::set(db, settings::VAULT, &text, clock.now()).await?)
    }

    /// A new one, with a new key of blind indexes.
    fn new(ring: &Ring) -> Self {
        let index = Zeroizing::new(chance::random_bytes::<32>());
        Self {
            index: STANDARD.encode(seal(ring.sealing(), INDEX, &*index)),
            keys: vec![ring.sealing().id().to_string()],
        }
    }

    fn sealed(&self) -> Result<Vec<u8>, LockedError> {
        STANDARD.decode(&self.index).map_err(|cause| LockedError::Memory(cause.to_string()))
    }

    /// The keys that values of this database may be sealed with and this ring does not have.
    fn missing(&self, ring: Option<&Ring>) -> Vec<KeyId> {
        let named = self.keys.iter().filter_map(|name| KeyId::parse(name));
        let index = self.sealed().ok().and_then(|sealed| key_of(&sealed).ok());
        let mut missing: Vec<KeyId> =
            named.chain(index).filter(|id| ring.is_none_or(|ring| ring.get(*id).is_none())).collect();
        missing.sort();
        missing.dedup();
        missing
    }

    fn open(&self, ring: &Ring) -> Result<Zeroizing<[u8; 32]>, LockedError> {
        let damaged = || LockedError::Memory(VaultError::Damaged.to_string());
        let plain =
            open(ring, INDEX, &self.sealed()?).map_err(|cause| LockedError::Memory(cause.to_string()))?;
        let index: [u8; 32] = plain.as_slice().try_into().map_err(|_| damaged())?;
        Ok(Zeroizing::new(index))
    }
}

/// Finds the keys and holds them against what the database remembers. Only a database that never saw a vault gets new keys.
///
/// # Errors
/// Keys that are missing, wrong or cannot be read.
pub async fn unlock(
    config: &Config,
    db: &DatabaseConnection,
    profile: &Profile,
    clock: &Clock,
) -> Result<Vault, LockedError> {
    let today = clock.today(&profile.time_zone);
    let (home, ring) = Home::find(&config.vault, &config.data_dir, today)?;
    let memory = Memory::load(db).await?;
    if let Some(memory) = &memory {
        let keys = memory.missing(ring.as_ref());
        if !keys.is_empty() {
            return Err(LockedError::Lost { keys, home });
        }
    }
    let ring = match ring {
        Some(ring) => ring,
        None => {
            let ring = Ring::of(Key::random(today));
            // Written before the database hears of it: a crash in between leaves a key that seals nothing yet.
            home.write(&ring)?;
            tracing::info!(file = %home, "made the key that personal data is sealed with; keep a copy of it apart from the database's");
            ring
        }
    };
    let name = ring.sealing().id().to_string();
    let memory = match memory {
        Some(memory) if memory.keys.contains(&name) => memory,
        Some(mut memory) => {
            memory.keys.push(name);
            memory.store(db, clock).await?;
            memory
        }
        None => {
            let memory = Memory::new(&ring);
            memory.store(db, clock).await?;
            memory
        }
    };
    let index = memory.open(&ring)?;
    Ok(Vault::new(ring, home, index))
}
