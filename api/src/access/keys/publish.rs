//! Rows of keys as their holders see them.

use sea_orm::ConnectionTrait;
use yuti_entity::{Day, Timestamp, api_key, api_key_raise};
use yuti_openapi::wire::{ApiKey, KeyOrganisation, KeyRaise, KeySecret, KeyUsage, QuotaState};

use super::{Keys, rules, store};
use crate::http::failure::Failure;
use crate::vault::Vault;

/// The public form of a key's number.
#[must_use]
pub fn handle(id: i64) -> String {
    format!("key-{id}")
}

/// A key's number from its public form.
#[must_use]
pub fn number(handle: &str) -> Option<i64> {
    let digits = handle.trim().strip_prefix("key-").unwrap_or(handle.trim());
    digits.parse().ok().filter(|number| *number > 0)
}

/// A sealed text; empty where its key is lost, because then nothing is left to show.
fn opened(vault: &Vault, context: &str, sealed: &[u8]) -> String {
    let opened = vault.open(context, sealed).ok();
    opened.and_then(|bytes| String::from_utf8(bytes.to_vec()).ok()).unwrap_or_default()
}

/// What a key is for, in its holder's words.
#[must_use]
pub fn name(vault: &Vault, key: &api_key::Model) -> String {
    opened(vault, &format!("api_key.name:{}", key.id), &key.name)
}

/// The holder's address.
#[must_use]
pub fn contact(vault: &Vault, key: &api_key::Model) -> Option<String> {
    let sealed = key.contact.as_ref()?;
    Some(opened(vault, &format!("api_key.contact:{}", key.id), sealed))
}

/// A wish for higher quotas.
#[must_use]
pub fn raise(vault: &Vault, row: &api_key_raise::Model) -> KeyRaise {
    let number = |number: Option<i32>| number.and_then(|number| u32::try_from(number).ok());
    KeyRaise {
        state: row.state,
        burst: number(row.burst),
        daily: number(row.daily),
        reason: opened(vault, &format!("api_key_raise.reason:{}", row.id), &row.reason),
        asked_at: row.asked_at,
        decided_at: row.decided_at,
        answer: row
            .answer
            .as_ref()
            .map(|sealed| opened(vault, &format!("api_key_raise.answer:{}", row.id), sealed)),
    }
}

/// Use by day, newest first: what is written and what this copy has counted since.
async fn usage(
    db: &impl ConnectionTrait,
    keys: &Keys,
    id: i64,
    today: Day,
) -> Result<Vec<KeyUsage>, Failure> {
    let (mut batches, mut unwritten) = keys.usage.unwritten(id);
    let mut days = store::usage(db, id, today).await?;
    while keys.usage.unwritten(id).0 != batches {
        (batches, unwritten) = keys.usage.unwritten(id);
        days = store::usage(db, id, today).await?;
    }
    for (day, count) in unwritten {
        let known = days.entry(day).or_default();
        known.calls = known.calls.saturating_add(count.calls);
        known.refused = known.refused.saturating_add(count.refused);
    }
    let days = days.into_iter().rev();
    Ok(days.map(|(day, count)| KeyUsage { day, calls: count.calls, refused: count.refused }).collect())
}

/// A key with everything that its holder may know, as a connection or transaction sees it.
///
/// # Errors
/// Whatever the database refuses.
pub async fn key(
    db: &impl ConnectionTrait,
    keys: &Keys,
    row: &api_key::Model,
    quotas: Vec<QuotaState>,
    (today, now): (Day, Timestamp),
) -> Result<ApiKey, Failure> {
    let secrets = store::secrets(db, row.id, now).await?.into_iter();
    let raise = store::last_raise(db, row.id).await?;
    let unit = store::unit(db, row).await?;
    Ok(ApiKey {
        id: handle(row.id),
        kind: row.kind,
        name: name(&keys.vault, row),
        contact: contact(&keys.vault, row),
        organisation: unit.map(|unit| KeyOrganisation { uscc: unit.uscc, name: unit.name }),
        scopes: rules::scopes(&row.scopes),
        state: row.state,
        created_at: row.created_at,
        expires_at: row.expires_at,
        revoked_at: row.revoked_at,
        revoked_by: row.revoked_by,
        secrets: secrets
            .map(|secret| KeySecret {
                prefix: secret.prefix,
                created_at: secret.created_at,
                valid_until: secret.expires_at,
            })
            .collect(),
        quotas,
        raise: raise.map(|row| self::raise(&keys.vault, &row)),
        usage: usage(db, keys, row.id, today).await?,
    })
}
