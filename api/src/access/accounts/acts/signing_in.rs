//! To sign in: the password, then the code of the second factor where there is one. Each step that gives more makes a new session
//! with a new token.

use chrono::Duration;
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, Condition, DatabaseTransaction, EntityTrait, QueryFilter as _,
};
use serde_json::json;
use yuti_entity::{Timestamp, account, known_device, recovery_code, session as session_row};
use yuti_openapi::vocabulary::{AccountState, SessionEnd};

use super::super::gate::{self, Gate, Source};
use super::super::refused::Refused;
use super::super::rules::{self, Standing};
use super::super::session::{self, Fresh, SignedIn};
use super::super::token::{self, Token};
use super::super::{Accounts, store, totp, upkeep};
use super::{Noted, note};
use crate::access::rights::Posted;
use crate::audit::Actor;
use crate::db;

/// The browser from which somebody acts.
#[derive(Clone, Copy, Debug)]
pub struct Visitor<'a> {
    /// The token of the device's cookie.
    pub device: Option<&'a Token>,
    /// The part of the address that one household or company holds. Never kept as it is.
    pub network: &'a str,
    /// What the browser says it is. Only its family is kept.
    pub user_agent: &'a str,
}

/// What somebody signs in with.
#[derive(Clone, Copy, Debug)]
pub struct SignIn<'a> {
    /// The log-in as it was typed.
    pub login: &'a str,
    /// The password as it was typed.
    pub password: &'a str,
    /// The session that the browser has so far: it ends.
    pub before: Option<&'a Token>,
}

/// A session that was made.
#[derive(Debug)]
pub struct Entered {
    /// The token for the session's cookie.
    pub token: Token,
    /// When the session ends at the latest.
    pub expires_at: Timestamp,
    /// What is still to be done before it is good for anything else.
    pub standing: Standing,
    /// A token for the device's cookie, where the device became known just now.
    pub device: Option<(Token, Timestamp)>,
    /// The account.
    pub account: i64,
}

pub(super) fn entered(
    accounts: &Accounts,
    account: &account::Model,
    session: &session_row::Model,
    token: Token,
    device: Option<(Token, Timestamp)>,
    now: Timestamp,
) -> Result<Entered, Refused> {
    let standing = rules::standing(account, session, &accounts.settings, now).ok_or(Refused::NotSignedIn)?;
    Ok(Entered { token, expires_at: session.expires_at, standing, device, account: account.id })
}

/// From where an attempt on an account is counted.
pub(super) async fn source<'a>(
    accounts: &Accounts,
    account_id: i64,
    visitor: Visitor<'a>,
    now: Timestamp,
) -> Result<Source<'a>, Refused> {
    let known = match visitor.device {
        Some(token) => store::device(&accounts.db, account_id, token, now).await?,
        None => None,
    };
    Ok(known.map_or(Source::Network(visitor.network), |device| Source::Device(device.id)))
}

/// The password step.
///
/// # Errors
/// Log-in and password do not belong together, it is too early, the account is off or asleep, or the database refuses.
pub async fn sign_in(
    accounts: &Accounts,
    what: SignIn<'_>,
    visitor: Visitor<'_>,
) -> Result<Entered, Refused> {
    let now = accounts.now();
    let login = rules::plain_login(what.login);
    let found = store::by_login(&accounts.db, &login).await?;
    // With no account there is nothing that a device could belong to; the look-up is made all the same.
    let source = source(accounts, found.as_ref().map_or(0, |account| account.id), visitor, now).await?;
    let delay = (Gate::Password, accounts.settings.password_delay);
    let attempt = gate::enter(&accounts.db, &accounts.vault, delay, &login, source, now).await?;
    let digest = found.as_ref().and_then(|account| account.password_hash.as_deref());
    let verdict = accounts.hasher.compare(what.password, digest).await?;
    let (Some(found), true) = (found, verdict.right) else {
        accounts.sign_ins.count("wrong_password");
        return Err(Refused::NotRecognised);
    };
    let renewed = match verdict.stale {
        true => Some(accounts.hasher.digest(what.password).await?),
        false => None,
    };
    let txn = db::begin(&accounts.db).await?;
    let account = store::held(&txn, found.id).await?;
    if account.password_version != found.password_version {
        // Changed while it was compared: the one that was typed is the old one.
        return Err(Refused::NotRecognised);
    }
    let others = gate::succeed(&txn, &attempt, now).await?;
    if let Some(refused) = shut(&txn, accounts, &account, now).await? {
        txn.commit().await?;
        return Err(refused);
    }
    if let Some(renewed) = renewed {
        account::Entity::update_many()
            .col_expr(account::Column::PasswordHash, Expr::value(renewed))
            .filter(account::Column::Id.eq(account.id))
            .exec(&txn)
            .await?;
    }
    if let Some(before) = what.before {
        end_replaced(&txn, before, now).await?;
    }
    let due = account.totp_secret.is_some();
    let client = rules::client(visitor.user_agent);
    let fresh = Fresh { account: &account, second_factor_due: due, second_factor_at: None, client: &client };
    let (session, token) = session::make(&txn, &accounts.settings, fresh, now).await?;
    let mut device = None;
    if !due {
        device = know_device(&txn, accounts, &account, visitor, now).await?;
        mark_signed_in(&txn, &account, now).await?;
    }
    let facts = json!({
        "session": session.id, "second_factor_due": due, "known_device": matches!(source, Source::Device(_)),
        "failures_elsewhere": others,
    });
    let actor = Actor::Account { id: account.id, role: account.role };
    note(&txn, &accounts.vault, actor, now, Noted::new("account.sign_in", account.id, facts)).await?;
    txn.commit().await?;
    accounts.sign_ins.count(if due { "second_factor_due" } else { "signed_in" });
    entered(accounts, &account, &session, token, device, now)
}

/// Why nobody signs in to an account whose password they know. An account that is due to fall asleep does so now.
async fn shut(
    txn: &DatabaseTransaction,
    accounts: &Accounts,
    account: &account::Model,
    now: Timestamp,
) -> Result<Option<Refused>, Refused> {
    if rules::sleeps(account, &accounts.settings, now) {
        upkeep::put_to_sleep(txn, &accounts.vault, account, now).await?;
        return Ok(Some(Refused::Dormant));
    }
    Ok(match account.state {
        AccountState::Active => None,
        AccountState::Off => Some(Refused::Off),
        AccountState::Dormant => Some(Refused::Dormant),
    })
}

/// The second step: the code of the authenticator, or a recovery code.
///
/// # Errors
/// The code is wrong or was used, it is too early, the session is not one that waits for it, or the database refuses.
pub async fn pass_second_factor(
    accounts: &Accounts,
    who: &SignedIn,
    _: Posted,
    code: &str,
    visitor: Visitor<'_>,
) -> Result<Entered, Refused> {
    if who.standing != Standing::SecondFactorDue {
        return Err(Refused::NotSignedIn);
    }
    let now = accounts.now();
    let attempt = enter_code(accounts, who.id(), visitor).await?;
    let txn = db::begin(&accounts.db).await?;
    let account = store::held(&txn, who.id()).await?;
    if rules::standing(&account, &who.session, &accounts.settings, now).is_none() {
        return Err(Refused::NotSignedIn);
    }
    let Some(by) = spend(&txn, accounts, &account, code, now).await? else {
        txn.rollback().await?;
        accounts.sign_ins.count("wrong_code");
        return Err(Refused::WrongCode);
    };
    gate::succeed(&txn, &attempt, now).await?;
    // Whoever comes second with the same half session finds it ended.
    if !store::end_session(&txn, account.id, who.session_id(), SessionEnd::Replaced, now).await? {
        return Err(Refused::NotSignedIn);
    }
    let fresh = Fresh {
        account: &account,
        second_factor_due: false,
        second_factor_at: Some(now),
        client: &who.session.client,
    };
    let (session, token) = session::make(&txn, &accounts.settings, fresh, now).await?;
    let device = know_device(&txn, accounts, &account, visitor, now).await?;
    mark_signed_in(&txn, &account, now).await?;
    let facts = json!({ "session": session.id, "by": by });
    note(&txn, &accounts.vault, who.actor(), now, Noted::new("account.second_step", account.id, facts))
        .await?;
    txn.commit().await?;
    accounts.sign_ins.count("signed_in");
    entered(accounts, &account, &session, token, device, now)
}

/// Lets an attempt at a code through.
pub(super) async fn enter_code(
    accounts: &Accounts,
    account: i64,
    visitor: Visitor<'_>,
) -> Result<gate::Attempt, Refused> {
    let now = accounts.now();
    let source = source(accounts, account, visitor, now).await?;
    let delay = (Gate::Code, accounts.settings.code_delay);
    gate::enter(&accounts.db, &accounts.vault, delay, &account.to_string(), source, now).await
}

/// Uses a code up. Says which kind it was; `None` where it is none or was used before.
async fn spend(
    txn: &DatabaseTransaction,
    accounts: &Accounts,
    account: &account::Model,
    code: &str,
    now: Timestamp,
) -> Result<Option<&'static str>, Refused> {
    let Some(sealed) = &account.totp_secret else { return Ok(None) };
    if let Some(digest) = token::recovery_digest(code) {
        use recovery_code::Column;
        let spent = recovery_code::Entity::update_many()
            .col_expr(Column::UsedAt, Expr::value(now))
            .filter(Column::AccountId.eq(account.id))
            .filter(Column::CodeHash.eq(digest))
            .filter(Column::UsedAt.is_null())
            .exec(txn)
            .await?;
        return Ok((spent.rows_affected == 1).then_some("recovery_code"));
    }
    let secret = accounts.vault.open(&store::totp_context(account.id), sealed)?;
    let Some(step) = totp::step(&secret, code, now.timestamp())? else { return Ok(None) };
    Ok(take_step(txn, account.id, step).await?.then_some("totp"))
}

/// Takes the step of a code, if no code of it or of a later one was taken.
pub(super) async fn take_step(
    txn: &DatabaseTransaction,
    account_id: i64,
    step: i64,
) -> Result<bool, Refused> {
    use account::Column;
    let fresh = Condition::any().add(Column::TotpLastStep.is_null()).add(Column::TotpLastStep.lt(step));
    let taken = account::Entity::update_many()
        .col_expr(Column::TotpLastStep, Expr::value(step))
        .filter(Column::Id.eq(account_id))
        .filter(fresh)
        .exec(txn)
        .await?;
    Ok(taken.rows_affected == 1)
}

/// Notes that somebody signed in.
pub(super) async fn mark_signed_in(
    txn: &DatabaseTransaction,
    account: &account::Model,
    now: Timestamp,
) -> Result<(), Refused> {
    account::Entity::update_many()
        .col_expr(account::Column::LastSignedInAt, Expr::value(now))
        .filter(account::Column::Id.eq(account.id))
        .exec(txn)
        .await?;
    Ok(())
}

/// Makes a device known, or notes that a known one was used. A token comes back for a device that was not known.
pub(super) async fn know_device(
    txn: &DatabaseTransaction,
    accounts: &Accounts,
    account: &account::Model,
    visitor: Visitor<'_>,
    now: Timestamp,
) -> Result<Option<(Token, Timestamp)>, Refused> {
    let until = now + Duration::days(accounts.settings.known_device_days.into());
    let known = match visitor.device {
        Some(token) => store::device(txn, account.id, token, now).await?,
        None => None,
    };
    if let Some(device) = known {
        use known_device::Column;
        known_device::Entity::update_many()
            .col_expr(Column::LastSeenAt, Expr::value(now))
            .filter(Column::Id.eq(device.id))
            .exec(txn)
            .await?;
        return Ok(None);
    }
    let token = Token::random();
    let row = known_device::ActiveModel {
        id: NotSet,
        account_id: Set(account.id),
        token_hash: Set(token.digest()),
        client: Set(rules::client(visitor.user_agent)),
        created_at: Set(now),
        last_seen_at: Set(now),
        expires_at: Set(until),
    };
    row.insert(txn).await?;
    Ok(Some((token, until)))
}

/// Ends the session that a browser had before it signed in again.
async fn end_replaced(txn: &DatabaseTransaction, before: &Token, now: Timestamp) -> Result<(), Refused> {
    use session_row::Column;
    session_row::Entity::update_many()
        .col_expr(Column::EndedAt, Expr::value(now))
        .col_expr(Column::EndedBecause, Expr::value(SessionEnd::Replaced))
        .filter(Column::TokenHash.eq(before.digest()))
        .filter(Column::EndedAt.is_null())
        .exec(txn)
        .await?;
    Ok(())
}
