//! To end sessions: the own one, another of one's own, all others, or all of somebody else.

use serde_json::json;
use yuti_openapi::vocabulary::SessionEnd;

use super::super::refused::Refused;
use super::super::session::SignedIn;
use super::super::{Accounts, store};
use super::signing_in::Visitor;
use super::{Noted, note};
use crate::access::rights::{Granted, Posted, can};
use crate::db;

/// Signs out. The device stays known.
///
/// # Errors
/// Whatever the database refuses.
pub async fn sign_out(accounts: &Accounts, who: &SignedIn, _: Posted) -> Result<(), Refused> {
    end(accounts, who, who.session_id(), SessionEnd::SignedOut).await.map(|_| ())
}

/// Ends one of the own sessions.
///
/// # Errors
/// It is none of the own that runs, or the database refuses.
pub async fn end_session(
    accounts: &Accounts,
    who: &SignedIn,
    _: Granted<can::SessionEnd>,
    id: i64,
) -> Result<(), Refused> {
    match end(accounts, who, id, SessionEnd::EndedByHolder).await? {
        true => Ok(()),
        false => Err(Refused::NotThere),
    }
}

async fn end(accounts: &Accounts, who: &SignedIn, id: i64, because: SessionEnd) -> Result<bool, Refused> {
    let now = accounts.now();
    let txn = db::begin(&accounts.db).await?;
    let ended = store::end_session(&txn, who.id(), id, because, now).await?;
    if ended {
        let facts = json!({ "session": id, "because": because });
        note(&txn, &accounts.vault, who.actor(), now, Noted::new("account.sessions", who.id(), facts))
            .await?;
    }
    txn.commit().await?;
    Ok(ended)
}

/// Ends all own sessions but this one, and forgets all devices but this one. Returns how many sessions ended.
///
/// # Errors
/// Whatever the database refuses.
pub async fn end_other_sessions(
    accounts: &Accounts,
    who: &SignedIn,
    _: Granted<can::SessionEnd>,
    visitor: Visitor<'_>,
) -> Result<u64, Refused> {
    let now = accounts.now();
    let txn = db::begin(&accounts.db).await?;
    let here = match visitor.device {
        Some(token) => store::device(&txn, who.id(), token, now).await?.map(|device| device.id),
        None => None,
    };
    store::forget_devices(&txn, who.id(), here).await?;
    let but = Some(who.session_id());
    let ended = store::end_sessions(&txn, who.id(), but, SessionEnd::EndedByHolder, now).await?;
    let facts = json!({ "sessions_ended": ended, "because": SessionEnd::EndedByHolder });
    note(&txn, &accounts.vault, who.actor(), now, Noted::new("account.sessions", who.id(), facts)).await?;
    txn.commit().await?;
    Ok(ended)
}

/// Ends all sessions of an account and forgets its devices. Returns how many sessions ended.
///
/// # Errors
/// There is no such account, or the database refuses.
pub async fn end_all_sessions(
    accounts: &Accounts,
    right: Granted<can::AccountSignOut>,
    id: i64,
) -> Result<u64, Refused> {
    let now = accounts.now();
    let txn = db::begin(&accounts.db).await?;
    store::held(&txn, id).await?;
    store::forget_devices(&txn, id, None).await?;
    let ended = store::end_sessions(&txn, id, None, SessionEnd::EndedByAdministrator, now).await?;
    let facts = json!({ "sessions_ended": ended });
    note(&txn, &accounts.vault, right.actor(), now, Noted::new("account.sign_out", id, facts)).await?;
    txn.commit().await?;
    Ok(ended)
}
