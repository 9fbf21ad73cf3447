//! Using units and maintenance units with the elevators they answer for.

use std::collections::HashMap;

use sea_orm::sea_query::{Expr, ExprTrait, Query as SubQuery};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};
use yuti_entity::{elevator, organisation};
use yuti_openapi::OrganisationKey;

/// What a list of organisations is narrowed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Playing {
    /// Units that run elevators.
    Using,
    /// Units that maintain elevators.
    Maintaining,
}

/// A page of organisations after a number.
///
/// # Errors
/// Whatever the database refuses.
pub async fn organisations(
    db: &impl ConnectionTrait,
    role: Option<Playing>,
    after: i64,
    limit: u64,
) -> Result<Vec<organisation::Model>, DbErr> {
    let mut query = organisation::Entity::find().filter(organisation::Column::Id.gt(after));
    if let Some(role) = role {
        query = query.filter(playing(role));
    }
    query.order_by_asc(organisation::Column::Id).limit(limit).all(db).await
}

/// How many organisations match.
///
/// # Errors
/// Whatever the database refuses.
pub async fn count_organisations(db: &impl ConnectionTrait, role: Option<Playing>) -> Result<u64, DbErr> {
    let mut query = organisation::Entity::find();
    if let Some(role) = role {
        query = query.filter(playing(role));
    }
    query.count(db).await
}

fn playing(role: Playing) -> Expr {
    let column = match role {
        Playing::Using => elevator::Column::UsingUnitId,
        Playing::Maintaining => elevator::Column::MaintenanceUnitId,
    };
    let ids = SubQuery::select().column(column).from(elevator::Entity).and_where(column.is_not_null()).take();
    Expr::col((organisation::Entity, organisation::Column::Id)).in_subquery(ids)
}

/// An organisation by its handle or its code.
///
/// # Errors
/// Whatever the database refuses.
pub async fn one_organisation(
    db: &impl ConnectionTrait,
    key: &OrganisationKey,
) -> Result<Option<organisation::Model>, DbErr> {
    organisation::Entity::find().filter(is_unit(key)).one(db).await
}

/// Whether a row of an organisation is the one that is meant.
pub(super) fn is_unit(key: &OrganisationKey) -> Expr {
    match key {
        OrganisationKey::Id(id) => organisation::Column::Id.eq(id.0),
        OrganisationKey::Code(code) => organisation::Column::Uscc.eq(code.as_str()),
    }
}

/// How many elevators each of the units uses and maintains.
///
/// # Errors
/// Whatever the database refuses.
pub async fn fleets(db: &impl ConnectionTrait, ids: &[i64]) -> Result<HashMap<i64, (i64, i64)>, DbErr> {
    let mut fleets: HashMap<i64, (i64, i64)> = HashMap::new();
    for (id, number) in fleet(db, elevator::Column::UsingUnitId, ids).await? {
        fleets.entry(id).or_default().0 = number;
    }
    for (id, number) in fleet(db, elevator::Column::MaintenanceUnitId, ids).await? {
        fleets.entry(id).or_default().1 = number;
    }
    Ok(fleets)
}

async fn fleet(
    db: &impl ConnectionTrait,
    column: elevator::Column,
    ids: &[i64],
) -> Result<Vec<(i64, i64)>, DbErr> {
    elevator::Entity::find()
        .select_only()
        .column(column)
        .column_as(elevator::Column::Id.count(), "number")
        .filter(column.is_in(ids.iter().copied()))
        .group_by(column)
        .into_tuple()
        .all(db)
        .await
}
