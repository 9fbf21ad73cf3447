//! The audit trail: who did what to what, written with the act in one transaction, sealed afterwards.
//!
//! An entry is appended without a place in the tree, so that writers do not wait for each other; a sealer gives places to
//! what is committed and signs the head of the tree. What is personal is not sealed itself: only a salted commitment to it,
//! so that erasing salt and personal part erases it, and the seal still holds.

pub mod canonical;
pub mod tree;

use chrono::SubsecRound as _;
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{ActiveModelTrait as _, DatabaseTransaction};
use serde_json::Value;
use yuti_entity::{Timestamp, audit_entry};
use yuti_openapi::vocabulary::Role;

use crate::chance;
use crate::http::failure::Failure;
use crate::vault::Vault;

/// The form of the canonical bytes that entries get today.
pub const FORMAT: i32 = 1;
/// How long a code (act, subject, state) may be.
const LONGEST_CODE: usize = 64;

/// Who acted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// Somebody who did not say who they are.
    Anyone,
    /// An account.
    Account {
        /// Its number.
        id: i64,
        /// The role in which it acted.
        role: Role,
    },
    /// An API key.
    Key {
        /// Its number.
        id: i64,
    },
    /// Whoever has the command line of the machine.
    Operator,
    /// A job of the service itself.
    System,
}

impl Actor {
    /// The kind as it is stored.
    pub fn kind(self) -> &'static str {
        match self {
            Self::Anyone => "anyone",
            Self::Account { .. } => "account",
            Self::Key { .. } => "key",
            Self::Operator => "operator",
            Self::System => "system",
        }
    }

    fn id(self) -> Option<i64> {
        match self {
            Self::Account { id, .. } | Self::Key { id } => Some(id),
            Self::Anyone | Self::Operator | Self::System => None,
        }
    }

    fn role(self) -> Option<Role> {
        match self {
            Self::Account { role, .. } => Some(role),
            Self::Anyone | Self::Key { .. } | Self::Operator | Self::System => None,
        }
    }
}

/// An act that is about to be committed.
#[derive(Clone, Debug)]
pub struct Entry<'a> {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: Actor,
    /// What was done: noun and verb, such as `account.create`.
    pub act: &'static str,
    /// The kind of thing it was done to, such as `account`.
    pub subject: &'static str,
    /// The thing's number; 0 where there is only one of its kind.
    pub subject_id: i64,
    /// The state before, where the thing has states.
    pub from: Option<&'a str>,
    /// The state after.
    pub to: Option<&'a str>,
    /// What else is to be known: codes and numbers. Never personal data, secrets or what somebody wrote.
    pub facts: Value,
    /// What is personal about it. Only a salted commitment to it is sealed; it is kept encrypted and can be erased.
    pub personal: Option<Value>,
}

/// An entry that cannot be sealed as it is: a fault of the caller.
#[derive(Debug, thiserror::Error)]
#[error("the audit entry {act} cannot be written: {problem}")]
struct Unfit {
    act: &'static str,
    problem: String,
}

/// Appends an entry as part of the transaction of its act. Returns its number.
///
/// # Errors
/// The entry has no canonical form, or the database refuses.
pub async fn append(txn: &DatabaseTransaction, vault: &Vault, entry: Entry<'_>) -> Result<i64, Failure> {
    let unfit = |problem: String| Failure::internal(Unfit { act: entry.act, problem });
    for code in [Some(entry.act), Some(entry.subject), entry.from, entry.to].into_iter().flatten() {
        if !is_code(code) {
            return Err(unfit(format!("{code:?} is no code")));
        }
    }
    if !entry.facts.is_object() {
        return Err(unfit("its facts are no object".to_owned()));
    }
    let facts = canonical::text(&entry.facts).map_err(|cause| unfit(cause.to_string()))?;
    // Also without a personal part there is a salted commitment: it keeps the leaf's hash from being guessed.
    let personal = entry.personal.as_ref().unwrap_or(&Value::Null);
    let personal = canonical::text(personal).map_err(|cause| unfit(cause.to_string()))?;
    let salt: [u8; 32] = chance::random_bytes();
    let commitment = canonical::commitment(&salt, &personal);
    let context = Contexts::of(&commitment);
    let row = audit_entry::ActiveModel {
        id: NotSet,
        leaf_index: Set(None),
        format: Set(FORMAT),
        // The same instant on both databases, to the last digit that is sealed.
        at: Set(entry.at.trunc_subsecs(6)),
        actor: Set(entry.actor.kind().to_owned()),
        actor_id: Set(entry.actor.id()),
        actor_role: Set(entry.actor.role().map(|role| role.code().to_owned())),
        act: Set(entry.act.to_owned()),
        subject: Set(entry.subject.to_owned()),
        subject_id: Set(entry.subject_id),
        from_state: Set(entry.from.map(str::to_owned)),
        to_state: Set(entry.to.map(str::to_owned)),
        facts: Set(facts),
        commitment: Set(commitment.to_vec()),
        salt: Set(Some(vault.seal(&context.salt, &salt))),
        personal: Set(entry.personal.is_some().then(|| vault.seal(&context.personal, personal.as_bytes()))),
        leaf_hash: Set(None),
    };
    Ok(row.insert(txn).await?.id)
}

/// What salt and personal part of an entry are sealed for: its commitment, because its number is not known before.
pub(crate) struct Contexts {
    pub(crate) salt: String,
    pub(crate) personal: String,
}

impl Contexts {
    pub(crate) fn of(commitment: &[u8]) -> Self {
        let commitment = canonical::hex(commitment);
        Self {
            salt: format!("audit_entry.salt:{commitment}"),
            personal: format!("audit_entry.personal:{commitment}"),
        }
    }
}

/// Lower-case words, joined by dots and underscores.
fn is_code(text: &str) -> bool {
    text.len() <= LONGEST_CODE
        && text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'.'))
}
