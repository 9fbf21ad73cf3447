//! Sessions in the database: found by the token of the cookie, touched at most once a minute, and made anew at every step that gives
//! more rights, so that a token that somebody planted before is worth nothing.

use chrono::Duration;
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait,
    QueryFilter as _,
};
use yuti_entity::{Timestamp, account, session};
use yuti_openapi::vocabulary::Role;

use super::rules::{self, Standing};
use super::token::Token;
use crate::audit::Actor;
use crate::config::AccountsConfig;

/// How exactly the last use is known.
const TOUCH: Duration = Duration::minutes(1);

/// Somebody who is signed in.
#[derive(Clone)]
pub struct SignedIn {
    /// The account. Its digests and secrets stay inside this room.
    pub(super) account: account::Model,
    /// The session.
    pub(super) session: session::Model,
    /// What is still to be done before it is good for anything else.
    pub standing: Standing,
}

impl std::fmt::Debug for SignedIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignedIn")
            .field("account", &self.account.id)
            .field("session", &self.session.id)
            .field("standing", &self.standing)
            .finish()
    }
}

impl SignedIn {
    /// The number of the account.
    #[must_use]
    pub fn id(&self) -> i64 {
        self.account.id
    }

    /// The number of the session.
    #[must_use]
    pub fn session_id(&self) -> i64 {
        self.session.id
    }

    /// The role.
    #[must_use]
    pub fn role(&self) -> Role {
        self.account.role
    }

    /// The log-in.
    #[must_use]
    pub fn login(&self) -> &str {
        &self.account.login
    }

    /// The bureau of an officer.
    #[must_use]
    pub fn authority_key(&self) -> Option<&str> {
        self.account.authority_key.as_deref()
    }

    /// The district of an officer of a district's bureau.
    #[must_use]
    pub fn district_code(&self) -> Option<&str> {
        self.account.district_code.as_deref()
    }

    /// The unit for which the account acts.
    #[must_use]
    pub fn organisation_id(&self) -> Option<i64> {
        self.account.organisation_id
    }

    /// The unit to which a delegate belongs.
    #[must_use]
    pub fn home_organisation_id(&self) -> Option<i64> {
        self.account.home_organisation_id
    }

    /// Whether the account came with the demonstration data.
    #[must_use]
    pub fn demonstration(&self) -> bool {
        self.account.demonstration
    }

    /// Whether a second factor is set up.
    #[must_use]
    pub fn has_second_factor(&self) -> bool {
        self.account.totp_secret.is_some()
    }

    /// The version of the account.
    #[must_use]
    pub fn version(&self) -> i32 {
        self.account.version
    }

    /// When the session ends if it is not used.
    #[must_use]
    pub fn idle_until(&self, settings: &AccountsConfig) -> Timestamp {
        (self.session.last_seen_at + rules::idle(self.account.role, settings)).min(self.session.expires_at)
    }

    /// Who acts, for the trail.
    #[must_use]
    pub fn actor(&self) -> Actor {
        Actor::Account { id: self.account.id, role: self.account.role }
    }
}

/// Whoever holds the token, if its session is good for anything. One query, and once a minute one more that notes the use.
///
/// # Errors
/// Whatever the database refuses.
pub async fn find(
    db: &impl ConnectionTrait,
    settings: &AccountsConfig,
    token: &Token,
    now: Timestamp,
) -> Result<Option<SignedIn>, DbErr> {
    let found = session::Entity::find()
        .find_also_related(account::Entity)
        .filter(session::Column::TokenHash.eq(token.digest()))
        .one(db)
        .await?;
    let Some((session, Some(account))) = found else { return Ok(None) };
    let Some(standing) = rules::standing(&account, &session, settings, now) else { return Ok(None) };
    if now - session.last_seen_at >= TOUCH {
        session::Entity::update_many()
            .col_expr(session::Column::LastSeenAt, Expr::value(now))
            .filter(session::Column::Id.eq(session.id))
            .filter(session::Column::LastSeenAt.lt(now))
            .exec(db)
            .await?;
    }
    Ok(Some(SignedIn { account, session, standing }))
}

/// What a new session is made of.
pub(super) struct Fresh<'a> {
    /// Its account as it stands in the transaction.
    pub(super) account: &'a account::Model,
    /// Whether the code of the second factor is still to come.
    pub(super) second_factor_due: bool,
    /// When the second factor was passed.
    pub(super) second_factor_at: Option<Timestamp>,
    /// The family of browser and system.
    pub(super) client: &'a str,
}

/// Makes a session and the token that its cookie holds.
pub(super) async fn make(
    txn: &DatabaseTransaction,
    settings: &AccountsConfig,
    fresh: Fresh<'_>,
    now: Timestamp,
) -> Result<(session::Model, Token), DbErr> {
    let Fresh { account, second_factor_due, second_factor_at, client } = fresh;
    let token = Token::random();
    let row = session::ActiveModel {
        id: NotSet,
        account_id: Set(account.id),
        token_hash: Set(token.digest()),
        password_version: Set(account.password_version),
        second_factor_due: Set(second_factor_due),
        second_factor_at: Set(second_factor_at),
        client: Set(client.to_owned()),
        created_at: Set(now),
        last_seen_at: Set(now),
        expires_at: Set(rules::session_end(account.role, second_factor_due, settings, now)),
        ended_at: Set(None),
        ended_because: Set(None),
    };
    Ok((row.insert(txn).await?, token))
}
