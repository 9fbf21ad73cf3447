//! Rows of keys and what belongs to them.

use std::collections::BTreeMap;

use chrono::Days;
use sea_orm::sea_query::{Expr, ExprTrait as _, OnConflict};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait as _, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
};
use yuti_entity::{Day, Timestamp, api_key, api_key_raise, api_key_secret, api_key_usage, organisation};
use yuti_openapi::vocabulary::RaiseState;

use super::rules::USAGE_DAYS;
use super::usage::{Count, Counts};

/// A key by its number.
///
/// # Errors
/// Whatever the database refuses.
pub async fn by_id(db: &impl ConnectionTrait, id: i64) -> Result<Option<api_key::Model>, DbErr> {
    api_key::Entity::find_by_id(id).one(db).await
}

/// A key, held until the transaction ends: whoever changes it takes this first.
///
/// # Errors
/// Whatever the database refuses.
pub async fn held(txn: &DatabaseTransaction, id: i64) -> Result<Option<api_key::Model>, DbErr> {
    api_key::Entity::find_by_id(id).lock_exclusive().one(txn).await
}

/// What was shown and its key, by the digest.
///
/// # Errors
/// Whatever the database refuses.
pub async fn by_digest(
    db: &impl ConnectionTrait,
    digest: &[u8; 32],
) -> Result<Option<(api_key_secret::Model, api_key::Model)>, DbErr> {
    let secret = api_key_secret::Entity::find()
        .filter(api_key_secret::Column::TokenHash.eq(digest.to_vec()))
        .one(db)
        .await?;
    let Some(secret) = secret else { return Ok(None) };
    Ok(by_id(db, secret.key_id).await?.map(|key| (secret, key)))
}

/// The newest of what can be shown as a key.
///
/// # Errors
/// Whatever the database refuses.
pub async fn newest(db: &impl ConnectionTrait, key: i64) -> Result<Option<api_key_secret::Model>, DbErr> {
    use api_key_secret::Column;
    api_key_secret::Entity::find().filter(Column::KeyId.eq(key)).order_by_desc(Column::Id).one(db).await
}

/// What can be shown as a key at an instant, newest first.
///
/// # Errors
/// Whatever the database refuses.
pub async fn secrets(
    db: &impl ConnectionTrait,
    key: i64,
    now: Timestamp,
) -> Result<Vec<api_key_secret::Model>, DbErr> {
    use api_key_secret::Column;
    api_key_secret::Entity::find()
        .filter(Column::KeyId.eq(key))
        .filter(Column::ExpiresAt.is_null().or(Column::ExpiresAt.gt(now)))
        .order_by_desc(Column::Id)
        .all(db)
        .await
}

/// Ends what can be shown as a key, all or all but one, unless it ends sooner.
///
/// # Errors
/// Whatever the database refuses.
pub async fn end_secrets(
    txn: &DatabaseTransaction,
    key: i64,
    but: Option<i64>,
    at: Timestamp,
) -> Result<(), DbErr> {
    use api_key_secret::Column;
    let mut update = api_key_secret::Entity::update_many()
        .col_expr(Column::ExpiresAt, Expr::value(at))
        .filter(Column::KeyId.eq(key))
        .filter(Column::ExpiresAt.is_null().or(Column::ExpiresAt.gt(at)));
    if let Some(but) = but {
        update = update.filter(Column::Id.ne(but));
    }
    update.exec(txn).await.map(|_| ())
}

/// The last wish for higher quotas.
///
/// # Errors
/// Whatever the database refuses.
pub async fn last_raise(db: &impl ConnectionTrait, key: i64) -> Result<Option<api_key_raise::Model>, DbErr> {
    use api_key_raise::Column;
    api_key_raise::Entity::find().filter(Column::KeyId.eq(key)).order_by_desc(Column::Id).one(db).await
}

/// Which keys are listed.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only those for which higher quotas were asked for and nobody has decided.
    pub asked: bool,
    /// Only those of one unit's systems.
    pub organisation_id: Option<i64>,
    /// With numbers below this one.
    pub before: Option<i64>,
    /// So many at most.
    pub limit: Option<u64>,
}

/// Keys, the newest first.
///
/// # Errors
/// Whatever the database refuses.
pub async fn list(db: &impl ConnectionTrait, filter: &Filter) -> Result<Vec<api_key::Model>, DbErr> {
    let mut rows = api_key::Entity::find().order_by_desc(api_key::Column::Id);
    if filter.asked {
        let asked = sea_orm::sea_query::Query::select()
            .column(api_key_raise::Column::KeyId)
            .from(api_key_raise::Entity)
            .and_where(Expr::col(api_key_raise::Column::State).eq(RaiseState::Asked.code()))
            .take();
        rows = rows.filter(api_key::Column::Id.in_subquery(asked));
    }
    if let Some(id) = filter.organisation_id {
        rows = rows.filter(api_key::Column::OrganisationId.eq(id));
    }
    if let Some(before) = filter.before {
        rows = rows.filter(api_key::Column::Id.lt(before));
    }
    if let Some(limit) = filter.limit {
        rows = rows.limit(limit);
    }
    rows.all(db).await
}

/// The unit of a system's key.
///
/// # Errors
/// Whatever the database refuses.
pub async fn unit(
    db: &impl ConnectionTrait,
    key: &api_key::Model,
) -> Result<Option<organisation::Model>, DbErr> {
    match key.organisation_id {
        Some(id) => organisation::Entity::find_by_id(id).one(db).await,
        None => Ok(None),
    }
}

/// Takes the keys of the systems of all units of these registers away: their units go.
///
/// # Errors
/// Whatever the database refuses.
pub async fn delete_of_units(txn: &DatabaseTransaction, sources: &[i64]) -> Result<(), DbErr> {
    let units = sea_orm::sea_query::Query::select()
        .column(organisation::Column::Id)
        .from(organisation::Entity)
        .and_where(Expr::col(organisation::Column::SourceId).is_in(sources.iter().copied()))
        .take();
    api_key::Entity::delete_many()
        .filter(api_key::Column::OrganisationId.in_subquery(units))
        .exec(txn)
        .await
        .map(|_| ())
}

/// Use by day, of the last days that are shown.
///
/// # Errors
/// Whatever the database refuses.
pub async fn usage(db: &impl ConnectionTrait, key: i64, today: Day) -> Result<BTreeMap<Day, Count>, DbErr> {
    use api_key_usage::Column;
    let first = today.checked_sub_days(Days::new(USAGE_DAYS - 1)).unwrap_or(today);
    let rows = api_key_usage::Entity::find().filter(Column::KeyId.eq(key)).filter(Column::Day.gte(first));
    let rows = rows.all(db).await?;
    let count = |number: i64| u64::try_from(number).unwrap_or_default();
    Ok(rows
        .into_iter()
        .map(|row| (row.day, Count { calls: count(row.calls), refused: count(row.refused) }))
        .collect())
}

/// Adds counts to what is written. Keys come in the order of their numbers, so that two copies do not wait for each other crosswise.
///
/// # Errors
/// Whatever the database refuses.
pub async fn add_usage(txn: &DatabaseTransaction, counts: &Counts, at: Timestamp) -> Result<(), DbErr> {
    use api_key_usage::Column;
    for ((key, day), count) in counts {
        let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        let row = api_key_usage::ActiveModel {
            id: NotSet,
            key_id: Set(*key),
            day: Set(*day),
            calls: Set(number(count.calls)),
            refused: Set(number(count.refused)),
            last_at: Set(at),
        };
        let sum =
            |column: Column| Expr::col((api_key_usage::Entity, column)).add(Expr::col(("excluded", column)));
        let mut conflict = OnConflict::columns([Column::KeyId, Column::Day]);
        conflict
            .value(Column::Calls, sum(Column::Calls))
            .value(Column::Refused, sum(Column::Refused))
            .value(Column::LastAt, Expr::value(at));
        api_key_usage::Entity::insert(row).on_conflict(conflict).exec_without_returning(txn).await?;
        api_key::Entity::update_many()
            .col_expr(api_key::Column::LastUsedAt, Expr::value(at))
            .filter(api_key::Column::Id.eq(*key))
            .exec(txn)
            .await?;
    }
    Ok(())
}
