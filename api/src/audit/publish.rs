//! Rows of the seal as they go over the wire.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sea_orm::DbErr;
use yuti_entity::{seal_head, seal_key};
use yuti_openapi::wire::{LogKey, LogKeys, TreeHead};

use super::canonical::{hex, unhex};
use super::notes::{Head, PublicKey};
use super::store::{self, number};

/// A signed head.
///
/// # Errors
/// The row holds no hash, or no name of a key.
pub fn head(origin: &str, row: &seal_head::Model) -> Result<TreeHead, DbErr> {
    let head = Head { origin: origin.to_owned(), size: number(row.size), root: store::hash(&row.root)? };
    let key_hash = unhex(&row.key_id)
        .ok_or_else(|| DbErr::Custom(format!("the head of size {} names no key", row.size)))?;
    Ok(TreeHead {
        checkpoint: head.note(&key_hash, &row.signature),
        origin: head.origin,
        size: head.size,
        root: hex(&head.root),
        at: row.at,
        key_id: row.key_id.clone(),
        signature: STANDARD.encode(&row.signature),
    })
}

/// All keys, with the sizes for which each speaks.
///
/// # Errors
/// A row holds no key.
pub fn keys(origin: &str, rows: &[seal_key::Model]) -> Result<LogKeys, DbErr> {
    let ends = rows.iter().skip(1).map(|next| Some(number(next.from_size))).chain([None]);
    let items = rows.iter().zip(ends).map(|(row, to_size)| {
        let key = PublicKey { origin: origin.to_owned(), bytes: store::hash(&row.public_key)? };
        Ok(LogKey {
            key_id: row.key_id.clone(),
            public_key: STANDARD.encode(key.bytes),
            verifier_key: key.verifier_key(),
            from_size: number(row.from_size),
            to_size,
            announced_by: row.announced_by.map(number),
            recorded_at: row.recorded_at,
        })
    });
    Ok(LogKeys { origin: origin.to_owned(), items: items.collect::<Result<_, DbErr>>()? })
}
