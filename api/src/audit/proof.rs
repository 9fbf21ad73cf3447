//! An entry with everything that somebody needs to check it without asking us, and the check.

use sea_orm::{ConnectionTrait, DbErr};
use yuti_entity::audit_entry;
use yuti_openapi::wire::{EntryProof, Opened};

use super::canonical::{self, hex, unhex};
use super::notes::{Head, PublicKey};
use super::store::{self, number};
use super::{entry, publish, tree};

/// The name of the form.
const FORM: &str = "yuti.proof.1";

/// What does not hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{step}: {problem}")]
pub struct Wrong {
    /// The step of the check.
    pub step: &'static str,
    /// What is wrong.
    pub problem: String,
}

/// Something that does not hold.
pub fn wrong(step: &'static str, problem: impl ToString) -> Wrong {
    Wrong { step, problem: problem.to_string() }
}

/// Makes the proof of a sealed entry under the last signed head. `None` while it waits for its seal.
///
/// # Errors
/// Whatever the database refuses, or a row that cannot be brought into the form that is sealed.
pub async fn of(
    db: &impl ConnectionTrait,
    origin: &str,
    row: &audit_entry::Model,
) -> Result<Option<EntryProof>, DbErr> {
    let (Some(index), Some(head)) = (row.leaf_index, store::last_head(db).await?) else { return Ok(None) };
    let keys = store::keys(db).await?;
    let key = keys.iter().find(|key| key.key_id == head.key_id);
    let key = key.ok_or_else(|| DbErr::Custom(format!("the key {} is not known", head.key_id)))?;
    let path = store::path(db, number(index), number(head.size)).await?;
    Ok(Some(EntryProof {
        form: FORM.to_owned(),
        entry: entry::sealed_part(row).map_err(|cause| DbErr::Custom(cause.to_string()))?,
        leaf_index: number(index),
        path: path.iter().map(|step| hex(step)).collect(),
        checkpoint: publish::head(origin, &head)?.checkpoint,
        verifier_key: PublicKey { origin: origin.to_owned(), bytes: store::hash(&key.public_key)? }
            .verifier_key(),
        opened: None,
    }))
}

/// Checks a proof against a key that came another way. Says what holds, step by step.
///
/// # Errors
/// The first step that does not hold.
pub fn check(proof: &EntryProof, key: &PublicKey) -> Result<Vec<String>, Wrong> {
    let mut said = Vec::new();
    if proof.form != FORM {
        return Err(wrong("form", format!("{:?} is not known here; this is {FORM}", proof.form)));
    }
    let head = Head::open(&proof.checkpoint, key).map_err(|cause| wrong("head", cause))?;
    said.push(format!("head: {} entries, signed by the key {}", head.size, key.id()));
    if proof.entry.format != entry::FORM_1 {
        return Err(wrong("entry", format!("the form {:?} is not known here", proof.entry.format)));
    }
    let bytes = entry::bytes(&proof.entry).map_err(|cause| wrong("entry", cause))?;
    let leaf = tree::leaf(bytes.as_bytes());
    said.push(format!("entry: {} bytes, leaf {}", bytes.len(), hex(&leaf)));
    let steps = proof.path.iter().map(|step| unhex(step)?.try_into().ok());
    let steps: Option<Vec<tree::Hash>> = steps.collect();
    let steps = steps.ok_or_else(|| wrong("path", "a step is no hash"))?;
    let root = tree::root_of(proof.leaf_index, head.size, &leaf, &steps);
    let root = root.ok_or_else(|| {
        wrong("path", format!("it does not fit place {} of {}", proof.leaf_index, head.size))
    })?;
    if root != head.root {
        return Err(wrong("path", "entry and path do not come to the root of the head"));
    }
    said.push(format!("path: {} steps from place {} to the root of the head", steps.len(), proof.leaf_index));
    if let Some(opened) = &proof.opened {
        check_opened(opened, &proof.entry.commitment)?;
        said.push("personal part: it is the one that was committed to".to_owned());
    }
    Ok(said)
}

fn check_opened(opened: &Opened, commitment: &str) -> Result<(), Wrong> {
    let step = "personal part";
    let salt = unhex(&opened.salt).ok_or_else(|| wrong(step, "the salt is no hexadecimal number"))?;
    let personal = canonical::text(&opened.personal).map_err(|cause| wrong(step, cause))?;
    if hex(&canonical::commitment(&salt, &personal)) == commitment {
        Ok(())
    } else {
        Err(wrong(step, "it is not the one that was committed to"))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
    use ed25519_dalek::SigningKey;
    use serde_json::json;
    use yuti_openapi::samples;

    use super::*;

    fn key() -> PublicKey {
        PublicKey::of(&samples::log_keys().origin, &SigningKey::from_bytes(&[7; 32]))
    }

    /// The first entry of the examples under their head.
    fn proof() -> EntryProof {
        let inclusion = samples::inclusion_proof();
        EntryProof {
            form: FORM.into(),
            entry: samples::log_entry().entry.unwrap(),
            leaf_index: 0,
            path: vec![inclusion.leaf_hash],
            checkpoint: samples::tree_head().checkpoint,
            verifier_key: key().verifier_key(),
            opened: None,
        }
    }

    #[test]
    fn a_proof_holds_and_names_its_steps() {
        assert_eq!(check(&proof(), &key()).unwrap().len(), 3);
    }

    #[test]
    fn whatever_is_changed_is_named_by_its_step() {
        let step = |change: fn(&mut EntryProof)| {
            let mut changed = proof();
            change(&mut changed);
            check(&changed, &key()).unwrap_err().step
        };
        assert_eq!(step(|proof| proof.form = "yuti.proof.2".into()), "form");
        assert_eq!(step(|proof| proof.entry.act.push('x')), "path");
        assert_eq!(step(|proof| proof.entry.facts = json!({"added": 1.5})), "entry");
        assert_eq!(step(|proof| proof.entry.format = "yuti.audit.2".into()), "entry");
        assert_eq!(step(|proof| proof.leaf_index = 1), "path");
        assert_eq!(step(|proof| proof.leaf_index = 2), "path");
        assert_eq!(step(|proof| proof.path[0] = "ab".repeat(32)), "path");
        assert_eq!(step(|proof| proof.path.clear()), "path");
        assert_eq!(step(|proof| proof.path[0] = "zz".into()), "path");
        assert_eq!(step(|proof| proof.checkpoint = proof.checkpoint.replacen("\n2\n", "\n3\n", 1)), "head");
        assert_eq!(
            check(&proof(), &PublicKey { bytes: [9; 32], ..key() }).unwrap_err().step,
            "head",
            "another key"
        );
    }

    #[test]
    fn the_personal_part_is_held_against_its_commitment() {
        let commitment = hex(&canonical::commitment(&[1; 32], r#"{"name":"周演示"}"#));
        let opened = |personal| Opened { salt: hex(&[1; 32]), personal };
        assert_eq!(check_opened(&opened(json!({"name": "周演示"})), &commitment), Ok(()));
        assert!(check_opened(&opened(json!({"name": "吴演示"})), &commitment).is_err());
        assert!(check_opened(&opened(json!(null)), &commitment).is_err());
    }
}
