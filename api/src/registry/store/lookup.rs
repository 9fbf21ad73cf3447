//! One elevator: by any identifier, by a near one, and its past.

use std::collections::HashMap;

use chrono::NaiveDate;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use yuti_entity::{elevator, elevator_identifier, past_version};
use yuti_openapi::ElevatorId;
use yuti_openapi::identifier::LONGEST_IDENTIFIER;
use yuti_openapi::vocabulary::ChangeSubject;

use super::words::beginning_with;

/// An elevator's row and the kind of identifier by which it was found.
#[derive(Clone, Debug)]
pub struct Found {
    /// The row.
    pub row: elevator::Model,
    /// The identifier's kind.
    pub kind: String,
}

/// Every elevator that carries an identifier, now or in the past. Those that carry it now come alone if there are any:
/// a number that was given to another elevator means that one.
///
/// # Errors
/// Whatever the database refuses.
pub async fn by_identifier(
    db: &impl ConnectionTrait,
    asked: &str,
    today: NaiveDate,
) -> Result<Vec<Found>, DbErr> {
    if let Ok(ElevatorId(id)) = asked.trim().to_ascii_lowercase().parse::<ElevatorId>()
        && let Some(row) = elevator::Entity::find_by_id(id).one(db).await?
    {
        return Ok(vec![Found { row, kind: "id".to_owned() }]);
    }
    let identifier = yuti_openapi::normalise_identifier(asked);
    if identifier.is_empty() || identifier.chars().count() > LONGEST_IDENTIFIER {
        return Ok(Vec::new());
    }
    let mut carried = elevator_identifier::Entity::find()
        .filter(elevator_identifier::Column::ValueNorm.eq(identifier))
        .order_by_asc(elevator_identifier::Column::ElevatorId)
        .limit(MOST_CHOICES)
        .all(db)
        .await?;
    let now = |one: &elevator_identifier::Model| one.until.is_none_or(|until| until >= today);
    if carried.iter().any(now) {
        carried.retain(now);
    }
    carried.dedup_by_key(|one| one.elevator_id);
    let ids = carried.iter().map(|one| one.elevator_id);
    let rows = elevator::Entity::find().filter(elevator::Column::Id.is_in(ids)).all(db).await?;
    let mut rows: HashMap<i64, elevator::Model> = rows.into_iter().map(|row| (row.id, row)).collect();
    let found = carried
        .into_iter()
        .filter_map(|one| Some(Found { row: rows.remove(&one.elevator_id)?, kind: one.kind }));
    Ok(found.collect())
}

/// The most choices that are offered for one identifier. A house can have more elevators than anyone reads through.
const MOST_CHOICES: u64 = 200;

/// Elevators whose identifiers are near to one that nobody carries: those that share its beginning.
///
/// # Errors
/// Whatever the database refuses.
pub async fn near(db: &impl ConnectionTrait, asked: &str, most: u64) -> Result<Vec<Found>, DbErr> {
    let mut stem: Vec<char> =
        yuti_openapi::normalise_identifier(asked).chars().take(LONGEST_IDENTIFIER).collect();
    while stem.len() >= 3 {
        stem.pop();
        let beginning: String = stem.iter().collect();
        let rows = elevator::Entity::find()
            .filter(
                Expr::col((elevator::Entity, elevator::Column::Id)).in_subquery(beginning_with(&beginning)),
            )
            .order_by_asc(elevator::Column::Id)
            .limit(most)
            .all(db)
            .await?;
        if !rows.is_empty() {
            return Ok(rows.into_iter().map(|row| Found { row, kind: "near".to_owned() }).collect());
        }
    }
    Ok(Vec::new())
}

/// Versions of an elevator that were superseded, newest first, below a number.
///
/// # Errors
/// Whatever the database refuses.
pub async fn past(
    db: &impl ConnectionTrait,
    id: i64,
    below: i32,
    limit: u64,
) -> Result<Vec<past_version::Model>, DbErr> {
    past_version::Entity::find()
        .filter(past_version::Column::Subject.eq(ChangeSubject::Elevator))
        .filter(past_version::Column::SubjectId.eq(id))
        .filter(past_version::Column::Version.lt(below))
        .order_by_desc(past_version::Column::Version)
        .limit(limit)
        .all(db)
        .await
}
