//! To switch an account off and on again, and to change what it may do.

use serde_json::json;
use yuti_entity::account;
use yuti_openapi::vocabulary::{AccountState, Role, SessionEnd};

use super::super::refused::{Flaw, Refused};
use super::super::rules::FORMER;
use super::super::{Accounts, store};
use super::creating::{self, Placed};
use super::passwords::write;
use super::{Noted, note};
use crate::access::rights::{Granted, can};
use crate::audit::Actor;
use crate::db;

/// The longest reason.
const LONGEST_REASON: usize = 500;

/// A reason that somebody must give.
pub(super) fn reason(typed: &str) -> Result<&str, Refused> {
    let reason = typed.trim();
    let code = match reason.chars().count() {
        0 => "missing",
        length if length > LONGEST_REASON => "malformed",
        _ => return Ok(reason),
    };
    Err(Refused::flaw(Flaw::new(
        "reason",
        code,
        "原因要写，最多 500 个字。",
        "A reason is needed, of at most 500 characters.",
    )))
}

/// Nobody does to themselves what would leave them outside.
pub(super) fn not_oneself(actor: Actor, id: i64) -> Result<(), Refused> {
    match actor {
        Actor::Account { id: own, .. } if own == id => Err(Refused::conflict(
            "不能对自己的账号这样做。请另一位管理员来做。",
            "Nobody does this to their own account. Ask another administrator.",
        )),
        _ => Ok(()),
    }
}

/// Switches an account off: its sessions end, its links and devices are worth nothing any more.
///
/// # Errors
/// It is off already or the actor's own, no reason is given, somebody changed it, or the database refuses.
pub async fn switch_off(
    accounts: &Accounts,
    right: Granted<can::AccountSwitchOff>,
    id: i64,
    version: Option<i32>,
    reason_given: &str,
) -> Result<account::Model, Refused> {
    let actor = right.actor();
    let now = accounts.now();
    let reason = reason(reason_given)?;
    not_oneself(actor, id)?;
    let txn = db::begin(&accounts.db).await?;
    let mut account = held(&txn, id, version).await?;
    let from = account.state;
    if from == AccountState::Off {
        return Err(Refused::conflict("这个账号已经停用了。", "This account is off already."));
    }
    account.state = AccountState::Off;
    write(&txn, &mut account).await?;
    store::withdraw_links(&txn, id, now).await?;
    store::forget_devices(&txn, id, None).await?;
    let ended = store::end_sessions(&txn, id, None, SessionEnd::AccountOff, now).await?;
    let noted = Noted {
        from: Some(from.code()),
        to: Some(account.state.code()),
        personal: Some(json!({ "reason": reason })),
        ..Noted::new("account.switch_off", id, json!({ "sessions_ended": ended }))
    };
    note(&txn, &accounts.vault, actor, now, noted).await?;
    txn.commit().await?;
    Ok(account)
}

/// Switches an account on again, whether it was switched off or fell asleep. Its password holds as before.
///
/// # Errors
/// It is on, somebody changed it, or the database refuses.
pub async fn wake(
    accounts: &Accounts,
    right: Granted<can::AccountWake>,
    id: i64,
    version: Option<i32>,
) -> Result<account::Model, Refused> {
    let actor = right.actor();
    let now = accounts.now();
    let txn = db::begin(&accounts.db).await?;
    let mut account = held(&txn, id, version).await?;
    let from = account.state;
    if from == AccountState::Active {
        return Err(Refused::conflict("这个账号本来就是启用的。", "This account is on already."));
    }
    if account.login.starts_with(FORMER) {
        return Err(Refused::conflict(
            "这个账号的个人信息已经删除，不能再启用。请新建账号。",
            "The holder of this account was erased; it cannot be switched on again. Make a new account.",
        ));
    }
    account.state = AccountState::Active;
    account.active_since = now;
    write(&txn, &mut account).await?;
    let noted = Noted {
        from: Some(from.code()),
        to: Some(account.state.code()),
        ..Noted::new("account.wake", id, json!({}))
    };
    note(&txn, &accounts.vault, actor, now, noted).await?;
    txn.commit().await?;
    Ok(account)
}

/// Gives an account another role, bureau or unit. Its sessions end, so that nobody goes on with rights that are gone.
///
/// # Errors
/// It cannot belong there, it is the actor's own, somebody changed it, or the database refuses.
pub async fn change_role(
    accounts: &Accounts,
    right: Granted<can::AccountRole>,
    id: i64,
    version: Option<i32>,
    role: Role,
    (authority, unit, home_unit): (Option<&str>, Option<i64>, Option<i64>),
) -> Result<account::Model, Refused> {
    let actor = right.actor();
    let now = accounts.now();
    not_oneself(actor, id)?;
    let txn = db::begin(&accounts.db).await?;
    let mut account = held(&txn, id, version).await?;
    let placed = creating::place(&txn, accounts, role, authority, unit, home_unit).await?;
    let Placed { authority_key, district_code, demonstration } = placed.map_err(Refused::flaw)?;
    let before = json!({
        "role": account.role, "authority": account.authority_key,
        "unit": account.organisation_id, "home_unit": account.home_organisation_id,
    });
    account.role = role;
    (account.authority_key, account.district_code) = (authority_key, district_code);
    (account.organisation_id, account.home_organisation_id) = (unit, home_unit);
    account.demonstration |= demonstration;
    write(&txn, &mut account).await?;
    let ended = store::end_sessions(&txn, id, None, SessionEnd::RightsChanged, now).await?;
    let facts = json!({
        "before": before, "role": role, "authority": account.authority_key, "unit": unit,
        "home_unit": home_unit, "sessions_ended": ended,
    });
    note(&txn, &accounts.vault, actor, now, Noted::new("account.role", id, facts)).await?;
    txn.commit().await?;
    Ok(account)
}

/// The account, held, in the version that the actor has seen.
async fn held(
    txn: &sea_orm::DatabaseTransaction,
    id: i64,
    version: Option<i32>,
) -> Result<account::Model, Refused> {
    let account = store::held(txn, id).await?;
    match version {
        Some(seen) if seen != account.version => Err(Refused::Changed),
        _ => Ok(account),
    }
}
