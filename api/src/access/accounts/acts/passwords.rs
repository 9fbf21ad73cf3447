//! To change the own password, and to set one from the command line.

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait as _, DatabaseTransaction, EntityTrait, QueryFilter as _};
use serde_json::json;
use yuti_entity::{Timestamp, account};
use yuti_openapi::vocabulary::SessionEnd;

use super::super::gate::{self, Gate};
use super::super::password::Unfit;
use super::super::refused::{Flaw, Refused};
use super::super::rules::Standing;
use super::super::session::{self, Fresh, SignedIn};
use super::super::{Accounts, password, store};
use super::signing_in::{self, Entered, Visitor};
use super::{Noted, note};
use crate::access::rights::{Granted, can};
use crate::audit::Actor;
use crate::db;

/// Changes the own password. Every session ends, and this one goes on under a new token.
///
/// # Errors
/// The old password is wrong, the new one cannot be taken, it is too early, or the database refuses.
pub async fn change_password(
    accounts: &Accounts,
    who: &SignedIn,
    _: Granted<can::PasswordChange>,
    old: &str,
    new: &str,
    visitor: Visitor<'_>,
) -> Result<Entered, Refused> {
    let now = accounts.now();
    if who.standing == Standing::SecondFactorDue {
        return Err(Refused::NotSignedIn);
    }
    let least = accounts.settings.password_min_length;
    let fit = match password::plain(old) == password::plain(new) {
        true => Err(Unfit::Same),
        false => password::check(new, who.login(), least),
    };
    // Before the old one is asked for: a new one that is not taken costs no attempt.
    fit.map_err(|unfit| Refused::flaw(Flaw::password("new_password", unfit)))?;
    let attempt = confirm(accounts, who, old, visitor).await?;
    let digest = accounts.hasher.digest(new).await?;
    let txn = db::begin(&accounts.db).await?;
    let mut account = store::held(&txn, who.id()).await?;
    if account.password_version != who.account.password_version {
        return Err(Refused::Changed);
    }
    gate::succeed(&txn, &attempt, now).await?;
    put(&txn, &mut account, digest, false, now).await?;
    store::withdraw_links(&txn, account.id, now).await?;
    let ended = store::end_sessions(&txn, account.id, None, SessionEnd::PasswordChanged, now).await?;
    let fresh = Fresh {
        account: &account,
        second_factor_due: false,
        second_factor_at: who.session.second_factor_at,
        client: &who.session.client,
    };
    let (session, token) = session::make(&txn, &accounts.settings, fresh, now).await?;
    let facts = json!({ "sessions_ended": ended.saturating_sub(1), "session": session.id });
    note(&txn, &accounts.vault, who.actor(), now, Noted::new("account.password", account.id, facts)).await?;
    txn.commit().await?;
    signing_in::entered(accounts, &account, &session, token, None, now)
}

/// Sets a password that somebody else thought of, so that it must be changed at once. For whoever has the command line.
///
/// # Errors
/// The password cannot be taken, there is no such account, or the database refuses.
pub async fn set_password(accounts: &Accounts, actor: Actor, id: i64, new: &str) -> Result<(), Refused> {
    let now = accounts.now();
    let known = store::by_id(&accounts.db, id).await?.ok_or(Refused::NotThere)?;
    password::check(new, &known.login, accounts.settings.password_min_length)
        .map_err(|unfit| Refused::flaw(Flaw::password("password", unfit)))?;
    let digest = accounts.hasher.digest(new).await?;
    let txn = db::begin(&accounts.db).await?;
    let mut account = store::held(&txn, id).await?;
    put(&txn, &mut account, digest, true, now).await?;
    store::withdraw_links(&txn, id, now).await?;
    let ended = store::end_sessions(&txn, id, None, SessionEnd::PasswordChanged, now).await?;
    let facts = json!({ "must_change": true, "sessions_ended": ended });
    note(&txn, &accounts.vault, actor, now, Noted::new("account.password", id, facts)).await?;
    txn.commit().await?;
    Ok(())
}

/// That whoever sits at a session knows its password: asked again before what would let a stranger stay. The attempt is counted like
/// one to sign in and is to be taken back by [`gate::succeed`].
pub(super) async fn confirm(
    accounts: &Accounts,
    who: &SignedIn,
    typed: &str,
    visitor: Visitor<'_>,
) -> Result<gate::Attempt, Refused> {
    let now = accounts.now();
    let source = signing_in::source(accounts, who.id(), visitor, now).await?;
    let delay = (Gate::Password, accounts.settings.password_delay);
    let attempt = gate::enter(&accounts.db, &accounts.vault, delay, who.login(), source, now).await?;
    let verdict = accounts.hasher.compare(typed, who.account.password_hash.as_deref()).await?;
    if verdict.right {
        return Ok(attempt);
    }
    Err(Refused::flaw(Flaw::new("password", "wrong", "现在的密码不对。", "The present password is wrong.")))
}

/// Writes a new password and whatever else was changed about the account.
pub(super) async fn put(
    txn: &DatabaseTransaction,
    account: &mut account::Model,
    digest: String,
    must_change: bool,
    now: Timestamp,
) -> Result<(), Refused> {
    account.password_hash = Some(digest);
    account.password_version += 1;
    account.password_changed_at = Some(now);
    account.must_change = must_change;
    write(txn, account).await
}

/// Writes what acts change about an account that they hold, and counts its version up.
pub(super) async fn write(txn: &DatabaseTransaction, account: &mut account::Model) -> Result<(), Refused> {
    use account::Column;
    account.version += 1;
    account::Entity::update_many()
        .col_expr(Column::Role, Expr::value(account.role))
        .col_expr(Column::AuthorityKey, Expr::value(account.authority_key.clone()))
        .col_expr(Column::DistrictCode, Expr::value(account.district_code.clone()))
        .col_expr(Column::OrganisationId, Expr::value(account.organisation_id))
        .col_expr(Column::HomeOrganisationId, Expr::value(account.home_organisation_id))
        .col_expr(Column::State, Expr::value(account.state))
        .col_expr(Column::ActiveSince, Expr::value(account.active_since))
        .col_expr(Column::Demonstration, Expr::value(account.demonstration))
        .col_expr(Column::PasswordHash, Expr::value(account.password_hash.clone()))
        .col_expr(Column::PasswordVersion, Expr::value(account.password_version))
        .col_expr(Column::PasswordChangedAt, Expr::value(account.password_changed_at))
        .col_expr(Column::MustChange, Expr::value(account.must_change))
        .col_expr(Column::TotpSecret, Expr::value(account.totp_secret.clone()))
        .col_expr(Column::TotpPending, Expr::value(account.totp_pending.clone()))
        .col_expr(Column::TotpLastStep, Expr::value(account.totp_last_step))
        .col_expr(Column::Version, Expr::value(account.version))
        .filter(Column::Id.eq(account.id))
        .exec(txn)
        .await?;
    Ok(())
}
