//! Delays after failed attempts. They slow a guesser down and lock nobody out:
//!
//! - A failure is counted for the log-in together with where it came from: a known device, or a network. A stranger who fails on
//!   purpose delays themselves.
//! - All networks together are counted too, with a higher bound, because one guesser can have many. That delays new devices for
//!   that log-in, at most `longest_seconds` at a time; a known device is counted for itself and never meets it. Everybody has a known
//!   device from the first link on, and a new link makes another one known.
//! - An attempt is counted before it is tried and taken back if it succeeds, so that many at once are not tried for the price of one.
//! - A log-in that nobody has is counted like any other: a delay does not tell whether there is an account.

use chrono::Duration;
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbErr, EntityTrait,
    ExprTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use yuti_entity::{Timestamp, sign_in_failure};

use super::refused::Refused;
use super::rules::{self, Origin};
use crate::config::DelayConfig;
use crate::db;
use crate::vault::Vault;

/// What is being tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    /// A password.
    Password,
    /// A code of the second factor.
    Code,
}

impl Gate {
    fn context(self) -> &'static str {
        match self {
            Self::Password => "sign_in_failure.password",
            Self::Code => "sign_in_failure.code",
        }
    }
}

/// From where something is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source<'a> {
    /// A known device of the account.
    Device(i64),
    /// A network: the part of an address that one household or company holds. Kept as a keyed digest only.
    Network(&'a str),
}

/// An attempt that may be made, counted as failed until it is taken back.
#[derive(Clone, Debug)]
pub struct Attempt {
    login: Vec<u8>,
    own: Vec<u8>,
    all: Option<Vec<u8>>,
}

/// Lets an attempt through and counts it as failed, or says how long to wait.
///
/// # Errors
/// It is too early, or the database refuses.
pub async fn enter(
    database: &DatabaseConnection,
    vault: &Vault,
    (gate, settings): (Gate, DelayConfig),
    login: &str,
    from: Source<'_>,
    now: Timestamp,
) -> Result<Attempt, Refused> {
    let origin = |text: &str| vault.blind_index("sign_in_failure.origin", text).to_vec();
    let (own, all) = match from {
        Source::Device(id) => (origin(&format!("device:{id}")), None),
        Source::Network(network) => (origin(&format!("network:{network}")), Some(origin("all"))),
    };
    let attempt = Attempt { login: vault.blind_index(gate.context(), login).to_vec(), own, all };
    let mut places = vec![(&attempt.own, Origin::One)];
    places.extend(attempt.all.as_ref().map(|all| (all, Origin::All)));
    // Always in the same order, so that two attempts never wait for each other's row.
    places.sort_by_key(|(digest, _)| *digest);
    let txn = db::begin(database).await?;
    let mut rows = Vec::new();
    for (digest, origin) in places {
        rows.push((held(&txn, &attempt.login, digest, now).await?, origin));
    }
    // A wait that is longer than any can be was written while the clock was ahead: it must not keep anybody out until then.
    let longest = Duration::seconds(settings.longest_seconds.into());
    let waits = |until: &Timestamp| *until > now && *until - now <= longest;
    if let Some(until) = rows.iter().map(|(row, _)| row.wait_until).filter(waits).max() {
        txn.rollback().await?;
        let seconds = (until - now + Duration::microseconds(999_999)).num_seconds();
        return Err(Refused::Wait { seconds: seconds.unsigned_abs() });
    }
    for (row, origin) in rows {
        let before = if rules::forgotten(row.last_at, settings, now) { 0 } else { row.failures };
        let failures = before.saturating_add(1);
        let wait = rules::wait_after(failures.unsigned_abs(), origin, settings);
        count(&txn, row.id, failures, now, now + wait).await?;
    }
    txn.commit().await?;
    Ok(attempt)
}

/// The row of a log-in and a place, made where it is missing, and held until the transaction ends.
async fn held(
    txn: &DatabaseTransaction,
    login: &[u8],
    origin: &[u8],
    now: Timestamp,
) -> Result<sign_in_failure::Model, DbErr> {
    use sign_in_failure::Column;
    let fresh = sign_in_failure::ActiveModel {
        id: NotSet,
        login_digest: Set(login.to_vec()),
        origin_digest: Set(origin.to_vec()),
        failures: Set(0),
        last_at: Set(now),
        wait_until: Set(now),
    };
    let mut known = OnConflict::columns([Column::LoginDigest, Column::OriginDigest]);
    // Writing what is there already holds the row.
    known.value(Column::Failures, Expr::col((sign_in_failure::Entity, Column::Failures)));
    let rows = sign_in_failure::Entity::insert(fresh).on_conflict(known).exec_with_returning(txn).await?;
    Ok(rows)
}

async fn count(
    txn: &DatabaseTransaction,
    id: i64,
    failures: i32,
    last_at: Timestamp,
    wait_until: Timestamp,
) -> Result<(), DbErr> {
    use sign_in_failure::Column;
    sign_in_failure::Entity::update_many()
        .col_expr(Column::Failures, Expr::value(failures))
        .col_expr(Column::LastAt, Expr::value(last_at))
        .col_expr(Column::WaitUntil, Expr::value(wait_until))
        .filter(Column::Id.eq(id))
        .exec(txn)
        .await?;
    Ok(())
}

/// Takes an attempt back because it succeeded. Its own place begins anew; what others did on their networks stays counted. Returns
/// how many others failed lately.
///
/// # Errors
/// Whatever the database refuses.
pub async fn succeed(txn: &DatabaseTransaction, attempt: &Attempt, now: Timestamp) -> Result<i32, DbErr> {
    use sign_in_failure::Column;
    let of = |origin: &Vec<u8>| {
        Column::LoginDigest.eq(attempt.login.clone()).and(Column::OriginDigest.eq(origin.clone()))
    };
    if let Some(all) = &attempt.all {
        // In the order in which `enter` takes the rows.
        let mut places = [all, &attempt.own];
        places.sort();
        for place in places {
            sign_in_failure::Entity::find().filter(of(place)).lock_exclusive().one(txn).await?;
        }
        sign_in_failure::Entity::update_many()
            .col_expr(Column::Failures, Expr::col(Column::Failures).sub(1))
            .col_expr(Column::WaitUntil, Expr::value(now))
            .filter(of(all))
            .filter(Column::Failures.gt(0))
            .exec(txn)
            .await?;
    }
    sign_in_failure::Entity::delete_many().filter(of(&attempt.own)).exec(txn).await?;
    let left: Vec<i32> = sign_in_failure::Entity::find()
        .select_only()
        .column(Column::Failures)
        .filter(Column::LoginDigest.eq(attempt.login.clone()))
        .order_by_desc(Column::Failures)
        .into_tuple()
        .all(txn)
        .await?;
    Ok(left.first().copied().unwrap_or(0))
}

/// Forgets all failures of a log-in: whoever holds a one-time link begins anew.
///
/// # Errors
/// Whatever the database refuses.
pub async fn forget_login(
    db: &impl ConnectionTrait,
    vault: &Vault,
    gate: Gate,
    login: &str,
) -> Result<(), DbErr> {
    let login = vault.blind_index(gate.context(), login).to_vec();
    let rows = sign_in_failure::Entity::delete_many();
    rows.filter(sign_in_failure::Column::LoginDigest.eq(login)).exec(db).await?;
    Ok(())
}

/// Forgets failures after which it has been quiet.
///
/// # Errors
/// Whatever the database refuses.
pub async fn tidy(db: &impl ConnectionTrait, quiet: Duration, now: Timestamp) -> Result<u64, DbErr> {
    let rows = sign_in_failure::Entity::delete_many();
    let gone = rows.filter(sign_in_failure::Column::LastAt.lte(now - quiet)).exec(db).await?;
    Ok(gone.rows_affected)
}
