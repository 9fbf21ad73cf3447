//! The audit log: a tree of two entries whose hashes and signature hold.

use super::*;

const LOG: &str = "yuti/chongqing/5f1c9a02d7e84b36";
const LOG_KEY: &str = "5ffbd760";
const LEAVES: [&str; 2] = [
    "aa32b5a71ed0b95fb1857c76e1c2d0d2cf3aae849992ec1ea47cf1fa0f053ad2",
    "3b72894d12de7d1171344415bb7fcd5c3383103efb1ffdb72d4f997bf751405f",
];
const ROOT: &str = "567bf6949ae04a8afa56a71339e5c645a17f9f664bf3655d74be27dbe0dc7dd7";

/// The signed head of a log of two entries. Its signature holds.
pub fn tree_head() -> TreeHead {
    TreeHead {
        origin: LOG.into(),
        size: 2,
        root: ROOT.into(),
        at: instant(2026, 11, 23, 4, 1),
        key_id: LOG_KEY.into(),
        signature: "GKh9OQzCHHdHLC/4Abx27j7sc2vD9XeNntnkLTCaYwRocQMvXMgg7UPdMvn7Kjfhei7brnyva9um7lCUfcInBA=="
            .into(),
        checkpoint: format!(
            "{LOG}\n2\nVnv2lJrgSor6VqcTOeXGRaF/n2ZL82VddL4n2+Dcfdc=\n\n— {LOG} X/vXYBiofTkMwhx3Rywv+AG8du4+7HNrw/V3jZ7Z5C0wmmMEaHEDL1zIIO1D3TL5+yo34Xou2658r2vbpu5QlH3CJwQ=\n"
        ),
    }
}

/// A page of heads.
pub fn tree_head_page() -> Page<TreeHead> {
    Page {
        items: vec![tree_head()],
        next: None,
        next_cursor: None,
        limit: 50,
        count: None,
        provenance: provenance(),
    }
}

/// The proof that the second entry is in that tree.
pub fn inclusion_proof() -> InclusionProof {
    let [first, second] = LEAVES;
    InclusionProof {
        leaf_index: 1,
        leaf_hash: second.into(),
        size: 2,
        root: ROOT.into(),
        path: vec![first.into()],
        head: Some(tree_head()),
    }
}

/// The proof that the tree begins with that of its first entry.
pub fn consistency_proof() -> ConsistencyProof {
    let [first, second] = LEAVES;
    ConsistencyProof {
        from: 1,
        to: 2,
        from_root: first.into(),
        to_root: ROOT.into(),
        path: vec![second.into()],
    }
}

/// The first entry, which everybody may read.
pub fn log_entry() -> LogEntry {
    let [first, _] = LEAVES;
    LogEntry {
        leaf_index: 0,
        leaf_hash: first.into(),
        sealed_at_size: 1,
        sealed_at: instant(2026, 11, 23, 4, 0),
        entry: Some(AuditEntry {
            act: "calendar.load".into(),
            actor: "operator".into(),
            actor_id: None,
            actor_role: None,
            at: "2026-11-23T04:00:00.000000Z".into(),
            commitment: "af2bdbe1aa9b6ec1e2ade1d694f41fc71a831d0268e9891562113d8a62add1bf".into(),
            facts: serde_json::json!({
                "added": 116, "changed": 0, "removed": 0,
                "sha256": "5152790e278eb89039f8bfaa354b944ec1b44c5d3fc144edc5720c3edc045c73",
            }),
            format: "yuti.audit.1".into(),
            from_state: None,
            id: 1,
            subject: "calendar".into(),
            subject_id: 0,
            to_state: None,
        }),
    }
}

/// The keys of that log.
pub fn log_keys() -> LogKeys {
    LogKeys {
        origin: LOG.into(),
        items: vec![LogKey {
            key_id: LOG_KEY.into(),
            public_key: "6kpsY+KcUgq+9VB7Ey7F+ZVHdq6+vnuSQh7qaRRG0iw=".into(),
            verifier_key: format!("{LOG}+{LOG_KEY}+AepKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs"),
            from_size: 0,
            to_size: None,
            announced_by: None,
            recorded_at: instant(2026, 11, 23, 3, 0),
        }],
    }
}
