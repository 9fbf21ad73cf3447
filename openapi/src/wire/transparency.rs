//! The seal over the audit trail: heads, proofs, entries, keys. Hashes are lower-case hexadecimal digits.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// A signed head of the tree over the audit trail (RFC 9162): whoever kept one can prove later that nothing before it changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TreeHead {
    /// The name of the log.
    #[schema(example = "yuti/chongqing/5f1c9a02d7e84b36")]
    pub origin: String,
    /// How many entries it covers.
    #[schema(minimum = 0)]
    pub size: u64,
    /// The root of the tree over them.
    pub root: String,
    /// When it was made. Not signed: a head is older than whoever got it from us says.
    pub at: DateTime<Utc>,
    /// The key that signed it, as `/v1/transparency/keys` names it.
    pub key_id: String,
    /// The Ed25519 signature over the first three lines of `checkpoint`, in base64.
    pub signature: String,
    /// The head as a signed note (C2SP checkpoint): what is to be kept and handed on.
    pub checkpoint: String,
}

/// The proof that an entry is in the tree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InclusionProof {
    /// The place of the entry, from 0.
    #[schema(minimum = 0)]
    pub leaf_index: u64,
    /// The hash of the entry.
    pub leaf_hash: String,
    /// The size of the tree for which the proof holds.
    #[schema(minimum = 1)]
    pub size: u64,
    /// The root of that tree.
    pub root: String,
    /// The hashes that lead from the leaf to the root (RFC 9162, 2.1.3).
    pub path: Vec<String>,
    /// The signed head of just that size; `null` where none was signed.
    #[schema(required = true)]
    pub head: Option<TreeHead>,
}

/// The proof that a tree begins with a smaller one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConsistencyProof {
    /// The size of the smaller tree.
    #[schema(minimum = 0)]
    pub from: u64,
    /// The size of the larger tree.
    #[schema(minimum = 0)]
    pub to: u64,
    /// The root of the smaller tree.
    pub from_root: String,
    /// The root of the larger tree.
    pub to_root: String,
    /// The hashes that lead from the one to the other (RFC 9162, 2.1.4); none where the smaller is empty or both are the same.
    pub path: Vec<String>,
}

/// A sealed entry, as far as it is public.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct LogEntry {
    /// Its place, from 0.
    #[schema(minimum = 0)]
    pub leaf_index: u64,
    /// Its hash.
    pub leaf_hash: String,
    /// The size of the first signed head that covers it.
    #[schema(minimum = 1)]
    pub sealed_at_size: u64,
    /// When that head was made.
    pub sealed_at: DateTime<Utc>,
    /// The entry itself, where everybody may read it; `null` for all others.
    #[schema(required = true)]
    pub entry: Option<AuditEntry>,
}

/// An entry of the audit trail with exactly the members that are sealed: the hash is made from their canonical form.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AuditEntry {
    /// What was done.
    #[schema(example = "calendar.load")]
    pub act: String,
    /// Which kind of actor did it: `anyone`, `account`, `key`, `operator`, `system`.
    pub actor: String,
    /// The actor's number.
    #[schema(required = true)]
    pub actor_id: Option<i64>,
    /// The role in which an account acted.
    #[schema(required = true)]
    pub actor_role: Option<String>,
    /// When, in UTC with six places: a text, because its very digits are sealed.
    #[schema(example = "2026-11-23T04:00:00.000000Z")]
    pub at: String,
    /// The salted commitment to what is personal about it.
    pub commitment: String,
    /// What else is to be known.
    pub facts: Value,
    /// Which form the sealed bytes have.
    #[schema(example = "yuti.audit.1")]
    pub format: String,
    /// The state before.
    #[schema(required = true)]
    pub from_state: Option<String>,
    /// The entry's own number.
    pub id: i64,
    /// The kind of thing it was done to.
    pub subject: String,
    /// The thing's number; 0 where there is only one of its kind.
    pub subject_id: i64,
    /// The state after.
    #[schema(required = true)]
    pub to_state: Option<String>,
}

/// A key that signs or signed heads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LogKey {
    /// Its short name in heads and notes.
    #[schema(example = "8a2f41c0")]
    pub key_id: String,
    /// The public key, 32 bytes in base64.
    pub public_key: String,
    /// The key in the form that programs for signed notes take.
    pub verifier_key: String,
    /// It signs heads larger than this; the first key also that of the empty tree.
    #[schema(minimum = 0)]
    pub from_size: u64,
    /// It signs no head larger than this; `null` while it is in use.
    #[schema(required = true)]
    pub to_size: Option<u64>,
    /// The place of the entry with which the key before it announced it; `null` for the first key, and for one that came after a loss.
    #[schema(required = true)]
    pub announced_by: Option<u64>,
    /// When it came into use.
    pub recorded_at: DateTime<Utc>,
}

/// All keys of the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LogKeys {
    /// The name of the log.
    pub origin: String,
    /// The keys, the one in use last.
    pub items: Vec<LogKey>,
}

/// An entry with everything that somebody needs to check it without asking us: what `yuti verify export` writes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntryProof {
    /// `yuti.proof.1`
    pub form: String,
    /// The entry.
    pub entry: AuditEntry,
    /// Its place.
    pub leaf_index: u64,
    /// The path from its leaf to the root of the head.
    pub path: Vec<String>,
    /// The signed head.
    pub checkpoint: String,
    /// The key that signed it, to be compared with one that came another way.
    pub verifier_key: String,
    /// What is personal about the entry, opened; only where it was asked for and not erased.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub opened: Option<Opened>,
}

/// The personal part of an entry with the salt of its commitment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opened {
    /// The salt.
    pub salt: String,
    /// The personal part; `null` where there is none.
    pub personal: Value,
}
