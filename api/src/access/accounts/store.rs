//! Rows of accounts and what belongs to them.

use sea_orm::sea_query::{Expr, ExprTrait as _, LikeExpr};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
};
use yuti_entity::{Timestamp, account, known_device, one_time_link, recovery_code, session};
use yuti_openapi::vocabulary::{AccountState, Role, SessionEnd};

use super::refused::Refused;
use super::token::Token;
use crate::vault::Vault;

/// What a person's name is sealed for.
fn name_context(id: i64) -> String {
    format!("account.display_name:{id}")
}

/// What the secret of a second factor is sealed for, waiting or in use.
pub fn totp_context(id: i64) -> String {
    format!("account.totp:{id}")
}

/// The name of a person, sealed for an account.
pub fn sealed_name(vault: &Vault, id: i64, name: &str) -> Vec<u8> {
    vault.seal(&name_context(id), name.as_bytes())
}

/// The name of an account's person. Where it cannot be opened any more, because its key is lost, the log-in stands for it.
pub fn name(vault: &Vault, account: &account::Model) -> String {
    let opened = vault.open(&name_context(account.id), &account.display_name);
    let name = opened.ok().and_then(|bytes| String::from_utf8(bytes.to_vec()).ok());
    name.filter(|name| !name.is_empty()).unwrap_or_else(|| account.login.clone())
}

/// An account by its number.
///
/// # Errors
/// Whatever the database refuses.
pub async fn by_id(db: &impl ConnectionTrait, id: i64) -> Result<Option<account::Model>, DbErr> {
    account::Entity::find_by_id(id).one(db).await
}

/// An account by its log-in, in its plain form.
///
/// # Errors
/// Whatever the database refuses.
pub async fn by_login(db: &impl ConnectionTrait, login: &str) -> Result<Option<account::Model>, DbErr> {
    account::Entity::find().filter(account::Column::Login.eq(login)).one(db).await
}

/// An account, held until the transaction ends: whoever changes it takes this first.
///
/// # Errors
/// There is no such account, or whatever the database refuses.
pub async fn held(txn: &DatabaseTransaction, id: i64) -> Result<account::Model, Refused> {
    let found = account::Entity::find_by_id(id).lock_exclusive().one(txn).await?;
    found.ok_or(Refused::NotThere)
}

/// Which accounts are listed.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Of one role.
    pub role: Option<Role>,
    /// In one state.
    pub state: Option<AccountState>,
    /// Of one bureau.
    pub authority_key: Option<String>,
    /// Of one unit.
    pub organisation_id: Option<i64>,
    /// Whose log-in begins so.
    pub login: Option<String>,
    /// With numbers above this one.
    pub after: i64,
    /// So many at most.
    pub limit: Option<u64>,
}

/// Accounts in the order of their numbers.
///
/// # Errors
/// Whatever the database refuses.
pub async fn list(db: &impl ConnectionTrait, filter: &Filter) -> Result<Vec<account::Model>, DbErr> {
    use account::Column;
    let mut rows = account::Entity::find().filter(Column::Id.gt(filter.after)).order_by_asc(Column::Id);
    if let Some(role) = filter.role {
        rows = rows.filter(Column::Role.eq(role));
    }
    if let Some(state) = filter.state {
        rows = rows.filter(Column::State.eq(state));
    }
    if let Some(key) = &filter.authority_key {
        rows = rows.filter(Column::AuthorityKey.eq(key.as_str()));
    }
    if let Some(id) = filter.organisation_id {
        rows = rows.filter(Column::OrganisationId.eq(id));
    }
    if let Some(begin) = &filter.login {
        let plain = begin.replace('!', "!!").replace('%', "!%").replace('_', "!_");
        rows = rows.filter(Expr::col(Column::Login).like(LikeExpr::new(format!("{plain}%")).escape('!')));
    }
    if let Some(limit) = filter.limit {
        rows = rows.limit(limit);
    }
    rows.all(db).await
}

/// A device that an account has signed in from, if the token is one of its.
///
/// # Errors
/// Whatever the database refuses.
pub async fn device(
    db: &impl ConnectionTrait,
    account_id: i64,
    token: &Token,
    now: Timestamp,
) -> Result<Option<known_device::Model>, DbErr> {
    known_device::Entity::find()
        .filter(known_device::Column::TokenHash.eq(token.digest()))
        .filter(known_device::Column::AccountId.eq(account_id))
        .filter(known_device::Column::ExpiresAt.gt(now))
        .one(db)
        .await
}

/// Ends sessions of an account: all of them, or all but one. Returns how many were running.
///
/// # Errors
/// Whatever the database refuses.
pub async fn end_sessions(
    txn: &DatabaseTransaction,
    account_id: i64,
    but: Option<i64>,
    because: SessionEnd,
    now: Timestamp,
) -> Result<u64, DbErr> {
    use session::Column;
    let mut rows = session::Entity::update_many()
        .col_expr(Column::EndedAt, Expr::value(now))
        .col_expr(Column::EndedBecause, Expr::value(because))
        .filter(Column::AccountId.eq(account_id))
        .filter(Column::EndedAt.is_null())
        .filter(Column::ExpiresAt.gt(now));
    if let Some(id) = but {
        rows = rows.filter(Column::Id.ne(id));
    }
    Ok(rows.exec(txn).await?.rows_affected)
}

/// Ends one session of an account. `false` where it had ended or is none of the account's.
///
/// # Errors
/// Whatever the database refuses.
pub async fn end_session(
    txn: &DatabaseTransaction,
    account_id: i64,
    id: i64,
    because: SessionEnd,
    now: Timestamp,
) -> Result<bool, DbErr> {
    use session::Column;
    let ended = session::Entity::update_many()
        .col_expr(Column::EndedAt, Expr::value(now))
        .col_expr(Column::EndedBecause, Expr::value(because))
        .filter(Column::Id.eq(id))
        .filter(Column::AccountId.eq(account_id))
        .filter(Column::EndedAt.is_null())
        .exec(txn)
        .await?;
    Ok(ended.rows_affected == 1)
}

/// Takes back every link of an account that was not used yet.
///
/// # Errors
/// Whatever the database refuses.
pub async fn withdraw_links(txn: &DatabaseTransaction, account_id: i64, now: Timestamp) -> Result<(), DbErr> {
    use one_time_link::Column;
    one_time_link::Entity::update_many()
        .col_expr(Column::WithdrawnAt, Expr::value(now))
        .filter(Column::AccountId.eq(account_id))
        .filter(Column::UsedAt.is_null())
        .filter(Column::WithdrawnAt.is_null())
        .exec(txn)
        .await?;
    Ok(())
}

/// Forgets the devices of an account, all or all but one.
///
/// # Errors
/// Whatever the database refuses.
pub async fn forget_devices(
    txn: &DatabaseTransaction,
    account_id: i64,
    but: Option<i64>,
) -> Result<(), DbErr> {
    let mut rows = known_device::Entity::delete_many().filter(known_device::Column::AccountId.eq(account_id));
    if let Some(id) = but {
        rows = rows.filter(known_device::Column::Id.ne(id));
    }
    rows.exec(txn).await?;
    Ok(())
}

/// Forgets the recovery codes of an account.
///
/// # Errors
/// Whatever the database refuses.
pub async fn forget_codes(txn: &DatabaseTransaction, account_id: i64) -> Result<(), DbErr> {
    recovery_code::Entity::delete_many()
        .filter(recovery_code::Column::AccountId.eq(account_id))
        .exec(txn)
        .await?;
    Ok(())
}

/// The running sessions of an account, the last used first.
///
/// # Errors
/// Whatever the database refuses.
pub async fn sessions(
    db: &impl ConnectionTrait,
    account: &account::Model,
    now: Timestamp,
) -> Result<Vec<session::Model>, DbErr> {
    use session::Column;
    session::Entity::find()
        .filter(Column::AccountId.eq(account.id))
        .filter(Column::EndedAt.is_null())
        .filter(Column::ExpiresAt.gt(now))
        .filter(Column::PasswordVersion.eq(account.password_version))
        .order_by_desc(Column::LastSeenAt)
        .order_by_desc(Column::Id)
        .all(db)
        .await
}

/// A link by its token, with its account, whether or not it still holds.
///
/// # Errors
/// Whatever the database refuses.
pub async fn link(
    db: &impl ConnectionTrait,
    token: &Token,
) -> Result<Option<(one_time_link::Model, account::Model)>, DbErr> {
    let link =
        one_time_link::Entity::find().filter(one_time_link::Column::TokenHash.eq(token.digest())).one(db);
    let Some(link) = link.await? else { return Ok(None) };
    let account = by_id(db, link.account_id).await?;
    Ok(account.map(|account| (link, account)))
}

/// How many recovery codes of an account are left.
///
/// # Errors
/// Whatever the database refuses.
pub async fn codes_left(db: &impl ConnectionTrait, account_id: i64) -> Result<u64, DbErr> {
    use sea_orm::PaginatorTrait as _;
    recovery_code::Entity::find()
        .filter(recovery_code::Column::AccountId.eq(account_id))
        .filter(recovery_code::Column::UsedAt.is_null())
        .count(db)
        .await
}
