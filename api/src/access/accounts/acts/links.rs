//! One-time links: issued by an administrator, used by the one person who gets them. A link ends nothing until it is used.

use chrono::Duration;
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait as _, ColumnTrait as _, DatabaseTransaction, EntityTrait, QueryFilter as _};
use serde_json::json;
use yuti_entity::{Timestamp, account, one_time_link};
use yuti_openapi::vocabulary::{AccountState, LinkPurpose, SessionEnd};

use super::super::gate::{self, Gate};
use super::super::refused::{Flaw, Refused};
use super::super::session::{self, Fresh};
use super::super::token::Token;
use super::super::{Accounts, password, rules, store};
use super::signing_in::{self, Entered, Visitor};
use super::switching::not_oneself;
use super::{Noted, note, passwords};
use crate::access::rights::{Granted, can};
use crate::audit::Actor;
use crate::db;

/// A link that was issued. Its token is shown once and is nowhere kept.
#[derive(Debug)]
pub struct Issued {
    /// The token.
    pub token: Token,
    /// What it is for.
    pub purpose: LinkPurpose,
    /// When it ends.
    pub expires_at: Timestamp,
}

impl Issued {
    /// The path of the page that it leads to.
    #[must_use]
    pub fn path(&self) -> String {
        format!("/login/link/{}", self.token.reveal())
    }
}

/// A link as whoever opens it sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkSeen {
    /// The log-in of its account.
    pub login: String,
    /// What it is for.
    pub purpose: LinkPurpose,
    /// Whether its use takes the second factor off.
    pub clears_second_factor: bool,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// Issues a link for an account. Earlier ones that were not used are withdrawn.
///
/// # Errors
/// There is no such account, it is off, or the database refuses.
pub async fn issue_link(
    accounts: &Accounts,
    right: Granted<can::AccountLink>,
    id: i64,
    clears_second_factor: bool,
) -> Result<Issued, Refused> {
    let actor = right.actor();
    // Whoever finds a session open must not be able to set another password with it.
    not_oneself(actor, id)?;
    let txn = db::begin(&accounts.db).await?;
    let account = store::held(&txn, id).await?;
    if account.state == AccountState::Off {
        return Err(Refused::conflict(
            "这个账号停用了。先启用，再发链接。",
            "This account is switched off. Switch it on first, then issue a link.",
        ));
    }
    let issued = issue(&txn, accounts, actor, &account, clears_second_factor, accounts.now()).await?;
    txn.commit().await?;
    Ok(issued)
}

/// Issues a link as part of a transaction that holds the account.
pub(super) async fn issue(
    txn: &DatabaseTransaction,
    accounts: &Accounts,
    actor: Actor,
    account: &account::Model,
    clears_second_factor: bool,
    now: Timestamp,
) -> Result<Issued, Refused> {
    store::withdraw_links(txn, account.id, now).await?;
    let (purpose, hours) = match account.password_hash {
        None => (LinkPurpose::Invitation, accounts.settings.invitation_hours),
        Some(_) => (LinkPurpose::Recovery, accounts.settings.recovery_hours),
    };
    let token = Token::random();
    let expires_at = now + Duration::hours(hours.into());
    let created_by = match actor {
        Actor::Account { id, .. } => Some(id),
        Actor::Anyone | Actor::Key { .. } | Actor::Operator | Actor::System => None,
    };
    let row = one_time_link::ActiveModel {
        id: NotSet,
        account_id: Set(account.id),
        token_hash: Set(token.digest()),
        purpose: Set(purpose),
        clears_second_factor: Set(clears_second_factor),
        created_by: Set(created_by),
        created_at: Set(now),
        expires_at: Set(expires_at),
        used_at: Set(None),
        withdrawn_at: Set(None),
    };
    row.insert(txn).await?;
    let facts = json!({
        "purpose": purpose, "clears_second_factor": clears_second_factor, "expires_at": expires_at,
    });
    note(txn, &accounts.vault, actor, now, Noted::new("account.link", account.id, facts)).await?;
    Ok(Issued { token, purpose, expires_at })
}

/// What a link is, without using it: programs that look into messages open links too.
///
/// # Errors
/// It does not hold, or the database refuses.
pub async fn look_at_link(accounts: &Accounts, token: &Token) -> Result<LinkSeen, Refused> {
    let found = store::link(&accounts.db, token).await?;
    let Some((link, account)) = found.filter(|(link, account)| holds(link, account, accounts.now())) else {
        return Err(Refused::LinkOver);
    };
    Ok(LinkSeen {
        login: account.login,
        purpose: link.purpose,
        clears_second_factor: link.clears_second_factor,
        expires_at: link.expires_at,
    })
}

fn holds(link: &one_time_link::Model, account: &account::Model, now: Timestamp) -> bool {
    let open = link.used_at.is_none() && link.withdrawn_at.is_none() && now < link.expires_at;
    open && account.state != AccountState::Off
}

/// Uses a link: sets the password, ends all sessions, and signs in. A second factor that is set up is asked for all the same, unless
/// the link takes it off. An account that slept is awake, because somebody who may wake it issued the link.
///
/// # Errors
/// The link does not hold, the password cannot be taken, or the database refuses.
pub async fn use_link(
    accounts: &Accounts,
    token: &Token,
    new: &str,
    visitor: Visitor<'_>,
) -> Result<Entered, Refused> {
    let now = accounts.now();
    let found = store::link(&accounts.db, token).await?;
    let Some((_, account)) = found.filter(|(link, account)| holds(link, account, now)) else {
        return Err(Refused::LinkOver);
    };
    password::check(new, &account.login, accounts.settings.password_min_length)
        .map_err(|unfit| Refused::flaw(Flaw::password("new_password", unfit)))?;
    let digest = accounts.hasher.digest(new).await?;
    let txn = db::begin(&accounts.db).await?;
    let mut account = store::held(&txn, account.id).await?;
    let link = used(&txn, token, now).await?;
    if !holds(&link, &account, now) {
        return Err(Refused::LinkOver);
    }
    let from = account.state;
    if account.state == AccountState::Dormant {
        account.state = AccountState::Active;
        account.active_since = now;
    }
    if link.clears_second_factor {
        (account.totp_secret, account.totp_pending) = (None, None);
        store::forget_codes(&txn, account.id).await?;
    }
    passwords::put(&txn, &mut account, digest, false, now).await?;
    store::end_sessions(&txn, account.id, None, SessionEnd::PasswordChanged, now).await?;
    for (gate, key) in [(Gate::Password, account.login.clone()), (Gate::Code, account.id.to_string())] {
        gate::forget_login(&txn, &accounts.vault, gate, &key).await?;
    }
    let due = account.totp_secret.is_some();
    let fresh = Fresh {
        account: &account,
        second_factor_due: due,
        second_factor_at: None,
        client: &rules::client(visitor.user_agent),
    };
    let (session, token) = session::make(&txn, &accounts.settings, fresh, now).await?;
    let facts = json!({
        "purpose": link.purpose, "clears_second_factor": link.clears_second_factor, "session": session.id,
    });
    let noted = Noted {
        from: Some(from.code()),
        to: Some(account.state.code()),
        ..Noted::new("account.link_use", account.id, facts)
    };
    let actor = Actor::Account { id: account.id, role: account.role };
    note(&txn, &accounts.vault, actor, now, noted).await?;
    // The device is known from here on: delays that others cause do not hold for it.
    let device = signing_in::know_device(&txn, accounts, &account, visitor, now).await?;
    if !due {
        signing_in::mark_signed_in(&txn, &account, now).await?;
    }
    txn.commit().await?;
    signing_in::entered(accounts, &account, &session, token, device, now)
}

/// The link, marked as used; whoever comes second finds it used.
async fn used(
    txn: &DatabaseTransaction,
    token: &Token,
    now: Timestamp,
) -> Result<one_time_link::Model, Refused> {
    use one_time_link::Column;
    let link = one_time_link::Entity::find().filter(Column::TokenHash.eq(token.digest())).one(txn).await?;
    let link = link.ok_or(Refused::LinkOver)?;
    let moved = one_time_link::Entity::update_many()
        .col_expr(Column::UsedAt, Expr::value(now))
        .filter(Column::Id.eq(link.id))
        .filter(Column::UsedAt.is_null())
        .filter(Column::WithdrawnAt.is_null())
        .exec(txn)
        .await?;
    if moved.rows_affected == 1 { Ok(link) } else { Err(Refused::LinkOver) }
}
