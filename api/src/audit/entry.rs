//! An entry as it is sealed: its members, their bytes, its leaf.

use yuti_entity::audit_entry;
use yuti_openapi::wire::AuditEntry;

use super::canonical::{self, NotCanonical, hex};
use super::tree::{self, Hash};

/// The name of the form of entries with `format` 1. It is sealed too, so that an entry is never read as one of another form.
pub(crate) const FORM_1: &str = "yuti.audit.1";

/// Why a row cannot be brought into the form that is sealed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsealable {
    /// Nothing of this version wrote it.
    #[error("it has the form {0}, which this version does not know")]
    Form(i32),
    /// Its facts are no JSON.
    #[error("its facts cannot be read")]
    Facts,
    /// A value has no canonical form.
    #[error("{0}")]
    NotCanonical(#[from] NotCanonical),
}

/// What of a row is sealed.
///
/// # Errors
/// It is none of ours.
pub fn sealed_part(row: &audit_entry::Model) -> Result<AuditEntry, Unsealable> {
    if row.format != super::FORMAT {
        return Err(Unsealable::Form(row.format));
    }
    Ok(AuditEntry {
        act: row.act.clone(),
        actor: row.actor.clone(),
        actor_id: row.actor_id,
        actor_role: row.actor_role.clone(),
        at: canonical::instant(row.at),
        commitment: hex(&row.commitment),
        facts: serde_json::from_str(&row.facts).map_err(|_| Unsealable::Facts)?,
        format: FORM_1.to_owned(),
        from_state: row.from_state.clone(),
        id: row.id,
        subject: row.subject.clone(),
        subject_id: row.subject_id,
        to_state: row.to_state.clone(),
    })
}

/// The bytes that are hashed.
///
/// # Errors
/// A value without a canonical form.
pub fn bytes(entry: &AuditEntry) -> Result<String, Unsealable> {
    let value = serde_json::to_value(entry).map_err(|_| Unsealable::Facts)?;
    Ok(canonical::text(&value)?)
}

/// The leaf of a row.
///
/// # Errors
/// The row cannot be brought into the form that is sealed.
pub fn leaf(row: &audit_entry::Model) -> Result<Hash, Unsealable> {
    Ok(tree::leaf(bytes(&sealed_part(row)?)?.as_bytes()))
}

/// Acts whose entries everybody may read: acts of the operator on public data and on the seal itself. Nothing personal
/// belongs to them, and who holds a head must be able to see that a key was announced.
pub const PUBLIC: [&str; 7] = [
    "calendar.load",
    "demonstration.make",
    "demonstration.remove",
    "import.finish",
    "profile.adopt",
    "seal.replace",
    "seal.rotate",
];

/// Whether everybody may read the entry: only what the operator or the service itself did, and only acts that are named.
pub fn is_public(row: &audit_entry::Model) -> bool {
    matches!(row.actor.as_str(), "operator" | "system") && PUBLIC.contains(&row.act.as_str())
}

#[cfg(test)]
pub(crate) mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    /// A row as the table holds it.
    pub(crate) fn row() -> audit_entry::Model {
        audit_entry::Model {
            id: 17,
            leaf_index: None,
            format: 1,
            at: "2026-11-23T04:00:00.5Z".parse().unwrap(),
            actor: "account".into(),
            actor_id: Some(3),
            actor_role: Some("decider".into()),
            act: "account.disable".into(),
            subject: "account".into(),
            subject_id: 9,
            from_state: Some("active".into()),
            to_state: Some("disabled".into()),
            facts: r#"{"reason":"dormant","days":400}"#.into(),
            commitment: vec![0xab; 32],
            salt: None,
            personal: None,
            leaf_hash: None,
        }
    }

    /// The example of docs/transparency.md: whoever writes a verifier can compare with it.
    #[test]
    fn the_bytes_are_those_of_the_documentation() {
        let commitment = "ab".repeat(32);
        let expected = format!(
            r#"{{"act":"account.disable","actor":"account","actor_id":3,"actor_role":"decider","at":"2026-11-23T04:00:00.500000Z","commitment":"{commitment}","facts":{{"days":400,"reason":"dormant"}},"format":"yuti.audit.1","from_state":"active","id":17,"subject":"account","subject_id":9,"to_state":"disabled"}}"#
        );
        assert_eq!(bytes(&sealed_part(&row()).unwrap()).unwrap(), expected);
        assert_eq!(leaf(&row()).unwrap(), tree::leaf(expected.as_bytes()));
        let page = include_str!("../../../docs/transparency.md");
        assert!(page.contains(&expected), "docs/transparency.md does not show\n{expected}");
        let hash = hex(&leaf(&row()).unwrap());
        assert!(page.contains(&hash), "docs/transparency.md does not show {hash}");
    }

    /// Whatever of the sealed part is changed shows in the leaf.
    #[test]
    fn every_sealed_column_changes_the_leaf() {
        let changes: [fn(&mut audit_entry::Model); 13] = [
            |row| row.id += 1,
            |row| row.at += chrono::TimeDelta::microseconds(1),
            |row| row.actor.push('x'),
            |row| row.actor_id = None,
            |row| row.actor_role = None,
            |row| row.act.push('x'),
            |row| row.subject.push('x'),
            |row| row.subject_id += 1,
            |row| row.from_state = None,
            |row| row.to_state = Some(String::new()),
            |row| row.facts = r#"{"reason":"dormant","days":401}"#.into(),
            |row| row.facts = "{}".into(),
            |row| row.commitment = vec![0xac; 32],
        ];
        for (place, change) in changes.iter().enumerate() {
            let mut changed = row();
            change(&mut changed);
            assert_ne!(leaf(&changed), leaf(&row()), "change {place}");
        }
        assert_eq!(leaf(&audit_entry::Model { format: 2, ..row() }), Err(Unsealable::Form(2)));
        assert_eq!(leaf(&audit_entry::Model { facts: "x".into(), ..row() }), Err(Unsealable::Facts));
    }

    #[test]
    fn only_named_acts_of_the_operator_are_public() {
        let public = |actor: &str, act: &str| {
            is_public(&audit_entry::Model { actor: actor.into(), act: act.into(), ..row() })
        };
        assert!(public("operator", "import.finish") && public("system", "demonstration.make"));
        assert!(!public("operator", "account.create") && !public("account", "import.finish"));
    }
}
