//! To add, change and take off a second factor. A new secret counts only once a code of it has been given.

use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{DatabaseTransaction, EntityTrait};
use serde_json::json;
use yuti_entity::{Timestamp, account, recovery_code};
use yuti_openapi::vocabulary::SessionEnd;
use zeroize::Zeroizing;

use super::super::gate;
use super::super::refused::{Flaw, Refused};
use super::super::rules::{self, Standing};
use super::super::session::{self, Fresh, SignedIn};
use super::super::token::{recovery_codes, recovery_digest};
use super::super::totp::{self, Enrolment};
use super::super::{Accounts, store};
use super::passwords::{confirm, write};
use super::signing_in::{self, Entered, Visitor};
use super::{Noted, note};
use crate::access::rights::{Granted, can};
use crate::db;
use crate::http::failure::Failure;

/// Recovery codes, shown once.
pub type Codes = Vec<Zeroizing<String>>;

/// Makes a secret and shows how to bring it into an authenticator. Whoever replaces one gives the password.
///
/// # Errors
/// The password is wrong, the session is not good for it, or the database refuses.
pub async fn begin_enrolment(
    accounts: &Accounts,
    who: &SignedIn,
    _: Granted<can::SecondFactorChange>,
    password: Option<&str>,
    issuer: &str,
    visitor: Visitor<'_>,
) -> Result<Enrolment, Refused> {
    let now = accounts.now();
    if !matches!(who.standing, Standing::Whole | Standing::EnrolmentDue) {
        return Err(Refused::NotSignedIn);
    }
    let attempt = match who.account.totp_secret {
        Some(_) => Some(confirm(accounts, who, password.unwrap_or_default(), visitor).await?),
        None => None,
    };
    let secret = totp::secret();
    let enrolment = totp::enrolment(&secret, issuer, who.login())?;
    let txn = db::begin(&accounts.db).await?;
    let mut account = store::held(&txn, who.id()).await?;
    if let Some(attempt) = attempt {
        gate::succeed(&txn, &attempt, now).await?;
    }
    account.totp_pending = Some(accounts.vault.seal(&store::totp_context(account.id), &secret));
    write(&txn, &mut account).await?;
    txn.commit().await?;
    Ok(enrolment)
}

/// The secret that waits for its first code, for the page that asks for it again.
///
/// # Errors
/// Nothing waits.
pub fn waiting_enrolment(accounts: &Accounts, who: &SignedIn, issuer: &str) -> Result<Enrolment, Refused> {
    let sealed = who.account.totp_pending.as_deref().ok_or(Refused::NotThere)?;
    let secret = accounts.vault.open(&store::totp_context(who.id()), sealed)?;
    Ok(totp::enrolment(&secret, issuer, who.login())?)
}

/// The first code of a new secret: from here on it counts. Every other session ends, this one goes on under a new token, and recovery
/// codes come back, once.
///
/// # Errors
/// The code is wrong, it is too early, nothing waits for a code, or the database refuses.
pub async fn confirm_enrolment(
    accounts: &Accounts,
    who: &SignedIn,
    _: Granted<can::SecondFactorChange>,
    code: &str,
    visitor: Visitor<'_>,
) -> Result<(Entered, Codes), Refused> {
    let now = accounts.now();
    if !matches!(who.standing, Standing::Whole | Standing::EnrolmentDue) {
        return Err(Refused::NotSignedIn);
    }
    let attempt = signing_in::enter_code(accounts, who.id(), visitor).await?;
    let txn = db::begin(&accounts.db).await?;
    let mut account = store::held(&txn, who.id()).await?;
    let Some(pending) = account.totp_pending.take() else {
        return Err(Refused::conflict(
            "没有等着确认的新验证器。请重新开始。",
            "No new authenticator waits for its code. Begin again.",
        ));
    };
    let secret = accounts.vault.open(&store::totp_context(account.id), &pending)?;
    let Some(step) = totp::step(&secret, code, now.timestamp())? else {
        txn.rollback().await?;
        let wrong = Refused::WrongCode.words();
        return Err(Refused::flaw(Flaw { field: "code", code: "wrong", words: wrong }));
    };
    gate::succeed(&txn, &attempt, now).await?;
    let first = account.totp_secret.is_none();
    account.totp_secret = Some(pending);
    // A new secret counts its steps anew; the code that was just given is used up.
    account.totp_last_step = Some(step);
    write(&txn, &mut account).await?;
    let codes = put_codes(&txn, account.id, now).await?;
    store::end_sessions(&txn, account.id, None, SessionEnd::SecondFactorChanged, now).await?;
    let fresh = Fresh {
        account: &account,
        second_factor_due: false,
        second_factor_at: Some(now),
        client: &who.session.client,
    };
    let (session, token) = session::make(&txn, &accounts.settings, fresh, now).await?;
    let facts = json!({ "change": if first { "added" } else { "replaced" }, "session": session.id });
    note(&txn, &accounts.vault, who.actor(), now, Noted::new("account.second_factor", account.id, facts))
        .await?;
    txn.commit().await?;
    Ok((signing_in::entered(accounts, &account, &session, token, None, now)?, codes))
}

/// New recovery codes; the old ones are worth nothing any more.
///
/// # Errors
/// The password is wrong, there is no second factor, or the database refuses.
pub async fn new_recovery_codes(
    accounts: &Accounts,
    who: &SignedIn,
    _: Granted<can::SecondFactorChange>,
    password: &str,
    visitor: Visitor<'_>,
) -> Result<Codes, Refused> {
    let now = accounts.now();
    let attempt = confirm_whole(accounts, who, password, visitor).await?;
    let txn = db::begin(&accounts.db).await?;
    let account = store::held(&txn, who.id()).await?;
    gate::succeed(&txn, &attempt, now).await?;
    if account.totp_secret.is_none() {
        return Err(none_there());
    }
    let codes = put_codes(&txn, account.id, now).await?;
    let facts = json!({ "codes": codes.len() });
    note(&txn, &accounts.vault, who.actor(), now, Noted::new("account.recovery_codes", account.id, facts))
        .await?;
    txn.commit().await?;
    Ok(codes)
}

/// Takes the own second factor off, where the role may be without. Every other session ends.
///
/// # Errors
/// The password is wrong, the role must have one, there is none, or the database refuses.
pub async fn remove_second_factor(
    accounts: &Accounts,
    who: &SignedIn,
    _: Granted<can::SecondFactorChange>,
    password: &str,
    visitor: Visitor<'_>,
) -> Result<(), Refused> {
    let now = accounts.now();
    if rules::second_factor_required(&who.account, &accounts.settings) {
        return Err(Refused::conflict(
            "这个角色必须有第二验证，可以换，不能取消。",
            "This role must have a second factor. It can be replaced and not be taken off.",
        ));
    }
    let attempt = confirm_whole(accounts, who, password, visitor).await?;
    let txn = db::begin(&accounts.db).await?;
    let mut account = store::held(&txn, who.id()).await?;
    gate::succeed(&txn, &attempt, now).await?;
    if account.totp_secret.is_none() {
        return Err(none_there());
    }
    take_off(&txn, &mut account).await?;
    let but = Some(who.session_id());
    store::end_sessions(&txn, account.id, but, SessionEnd::SecondFactorChanged, now).await?;
    let facts = json!({ "change": "removed" });
    note(&txn, &accounts.vault, who.actor(), now, Noted::new("account.second_factor", account.id, facts))
        .await?;
    txn.commit().await?;
    Ok(())
}

/// Takes off the second factor of somebody who lost it. All their sessions end.
///
/// # Errors
/// No reason is given, there is no such account or no second factor, or the database refuses.
pub async fn clear_second_factor(
    accounts: &Accounts,
    right: Granted<can::SecondFactorClear>,
    id: i64,
    reason: &str,
) -> Result<(), Refused> {
    let actor = right.actor();
    let now = accounts.now();
    let reason = super::switching::reason(reason)?;
    let txn = db::begin(&accounts.db).await?;
    let mut account = store::held(&txn, id).await?;
    if account.totp_secret.is_none() {
        return Err(none_there());
    }
    take_off(&txn, &mut account).await?;
    let ended = store::end_sessions(&txn, id, None, SessionEnd::SecondFactorChanged, now).await?;
    let noted = Noted {
        personal: Some(json!({ "reason": reason })),
        ..Noted::new("account.second_factor_clear", id, json!({ "sessions_ended": ended }))
    };
    note(&txn, &accounts.vault, actor, now, noted).await?;
    txn.commit().await?;
    Ok(())
}

async fn take_off(txn: &DatabaseTransaction, account: &mut account::Model) -> Result<(), Refused> {
    // The last step stays: a secret that is set up again must not take an old code.
    (account.totp_secret, account.totp_pending) = (None, None);
    write(txn, account).await?;
    Ok(store::forget_codes(txn, account.id).await?)
}

async fn confirm_whole(
    accounts: &Accounts,
    who: &SignedIn,
    password: &str,
    visitor: Visitor<'_>,
) -> Result<gate::Attempt, Refused> {
    if who.standing != Standing::Whole {
        return Err(Refused::NotSignedIn);
    }
    confirm(accounts, who, password, visitor).await
}

fn none_there() -> Refused {
    Refused::conflict("这个账号没有第二验证。", "This account has no second factor.")
}

async fn put_codes(txn: &DatabaseTransaction, account_id: i64, now: Timestamp) -> Result<Codes, Refused> {
    store::forget_codes(txn, account_id).await?;
    let codes = recovery_codes();
    let mut rows = Vec::new();
    for code in &codes {
        let digest = recovery_digest(code).ok_or_else(|| {
            Failure::internal(std::io::Error::other("a recovery code that cannot be read back"))
        })?;
        rows.push(recovery_code::ActiveModel {
            id: NotSet,
            account_id: Set(account_id),
            code_hash: Set(digest),
            created_at: Set(now),
            used_at: Set(None),
        });
    }
    recovery_code::Entity::insert_many(rows).exec_without_returning(txn).await?;
    Ok(codes)
}
