//! Rows to what everyone may see: a handful of queries for any number of rows.

use std::collections::HashMap;

use chrono::NaiveDate;
use chrono_tz::Tz;
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder};
use yuti_entity::{annotation, elevator, elevator_identifier, elevator_quality, organisation, source};
use yuti_openapi::wire::{Annotation, Elevator, ElevatorFacts, SourceRef, UnitRef};
use yuti_openapi::{ElevatorId, OrganisationId};

use super::facts::{self, Attached};
use super::reference::Reference;
use super::rules::{self, StatusFacts};
use crate::clock::local_midnight_after;

/// The facts of one row.
///
/// # Errors
/// Whatever the database refuses.
pub async fn facts_of(
    db: &impl ConnectionTrait,
    reference: &Reference,
    row: &elevator::Model,
) -> Result<ElevatorFacts, DbErr> {
    let rows = std::slice::from_ref(row);
    let mut attached = attached(db, rows).await?;
    Ok(facts::facts(row, attached.remove(&row.id).unwrap_or_default(), reference))
}

/// The elevators of the rows, in their order, as they stand on a day.
///
/// # Errors
/// Whatever the database refuses.
pub async fn elevators(
    db: &impl ConnectionTrait,
    reference: &Reference,
    zone: &Tz,
    today: NaiveDate,
    rows: &[elevator::Model],
) -> Result<Vec<Elevator>, DbErr> {
    let sources = sources(db).await?;
    from_sources(db, reference, zone, today, rows, &sources).await
}

/// The same where the registers have been read already.
///
/// # Errors
/// Whatever the database refuses.
pub async fn from_sources(
    db: &impl ConnectionTrait,
    reference: &Reference,
    zone: &Tz,
    today: NaiveDate,
    rows: &[elevator::Model],
    sources: &HashMap<i64, SourceRef>,
) -> Result<Vec<Elevator>, DbErr> {
    let mut attached = attached(db, rows).await?;
    let mut marks = marks(db, rows, today).await?;
    let assembled = rows.iter().map(|row| {
        let facts = facts::facts(row, attached.remove(&row.id).unwrap_or_default(), reference);
        let judged = rules::status(status_facts(row), today);
        Elevator {
            id: ElevatorId(row.id),
            code: row.code.clone(),
            status: judged.status,
            status_reasons: judged.reasons,
            valid_until: judged.last_day.map(|day| local_midnight_after(day, zone)),
            authority: reference.authority(row.district_code.as_deref(), row.zone_key.as_deref(), today),
            annotation: marks.remove(&row.id),
            facts,
            source: sources.get(&row.source_id).cloned().unwrap_or_else(unknown_source),
            version: row.version,
            recorded_at: row.recorded_at,
        }
    });
    Ok(assembled.collect())
}

/// The facts on which the status of a row depends.
pub fn status_facts(row: &elevator::Model) -> StatusFacts {
    StatusFacts {
        use_status: row.use_status,
        inspection_result: row.inspection_result,
        inspection_valid_until: row.inspection_valid_until,
    }
}

async fn attached(
    db: &impl ConnectionTrait,
    rows: &[elevator::Model],
) -> Result<HashMap<i64, Attached>, DbErr> {
    let mut all: HashMap<i64, Attached> = rows.iter().map(|row| (row.id, Attached::default())).collect();
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let identifiers = elevator_identifier::Entity::find()
        .filter(elevator_identifier::Column::ElevatorId.is_in(ids.iter().copied()))
        .all(db)
        .await?;
    for identifier in identifiers {
        if let Some(one) = all.get_mut(&identifier.elevator_id) {
            one.identifiers.push(identifier);
        }
    }
    let quality = elevator_quality::Entity::find()
        .filter(elevator_quality::Column::ElevatorId.is_in(ids))
        .order_by_asc(elevator_quality::Column::Id)
        .all(db)
        .await?;
    for note in quality {
        if let Some(one) = all.get_mut(&note.elevator_id) {
            one.quality.push(note);
        }
    }
    let units = units(db, rows).await?;
    for row in rows {
        if let Some(one) = all.get_mut(&row.id) {
            one.using_unit = row.using_unit_id.and_then(|id| units.get(&id).cloned());
            one.maintenance_unit = row.maintenance_unit_id.and_then(|id| units.get(&id).cloned());
        }
    }
    Ok(all)
}

async fn units(db: &impl ConnectionTrait, rows: &[elevator::Model]) -> Result<HashMap<i64, UnitRef>, DbErr> {
    let mut ids: Vec<i64> =
        rows.iter().flat_map(|row| [row.using_unit_id, row.maintenance_unit_id]).flatten().collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let found = organisation::Entity::find().filter(organisation::Column::Id.is_in(ids)).all(db).await?;
    let named = |unit: organisation::Model| {
        let id = Some(OrganisationId(unit.id));
        (unit.id, UnitRef { id, name: unit.name, uscc: unit.uscc })
    };
    Ok(found.into_iter().map(named).collect())
}

/// The mark to show: the one in force, else the one that ended last. One that has not begun is not shown yet.
async fn marks(
    db: &impl ConnectionTrait,
    rows: &[elevator::Model],
    today: NaiveDate,
) -> Result<HashMap<i64, Annotation>, DbErr> {
    let found = annotation::Entity::find()
        .filter(annotation::Column::ElevatorId.is_in(rows.iter().map(|row| row.id)))
        .filter(annotation::Column::SupersededAt.is_null())
        .filter(annotation::Column::ValidFrom.lte(today))
        .order_by_asc(annotation::Column::ValidFrom)
        .order_by_asc(annotation::Column::Id)
        .all(db)
        .await?;
    let mut shown: HashMap<i64, Annotation> = HashMap::new();
    for mark in found {
        let candidate = Annotation {
            since: mark.valid_from,
            until: mark.valid_to,
            ended_because: mark.ended_because,
            interval_days: mark.interval_days,
        };
        let keeps = |known: &Annotation| in_force(known, today) && !in_force(&candidate, today);
        if !shown.get(&mark.elevator_id).is_some_and(keeps) {
            shown.insert(mark.elevator_id, candidate);
        }
    }
    Ok(shown)
}

/// Whether a mark that has begun is in force on a day.
pub fn in_force(mark: &Annotation, today: NaiveDate) -> bool {
    mark.since <= today && mark.until.is_none_or(|until| until >= today)
}

/// Every register, by its row's number. There are few.
///
/// # Errors
/// Whatever the database refuses.
pub async fn sources(db: &impl ConnectionTrait) -> Result<HashMap<i64, SourceRef>, DbErr> {
    let rows = source::Entity::find().order_by_asc(source::Column::Id).all(db).await?;
    Ok(rows.into_iter().map(|row| (row.id, source_ref(row))).collect())
}

fn source_ref(row: source::Model) -> SourceRef {
    SourceRef {
        key: row.key,
        name_zh: row.name_zh,
        name_en: row.name_en,
        licence: row.licence,
        url: row.url,
        as_of: row.as_of,
        demonstration: row.demonstration,
    }
}

/// A foreign key makes this impossible; should it ever happen, the elevator is still shown and claims nothing.
fn unknown_source() -> SourceRef {
    SourceRef {
        key: "unknown".into(),
        name_zh: "来源不明".into(),
        name_en: "Unknown source".into(),
        licence: "unknown".into(),
        url: None,
        as_of: None,
        demonstration: false,
    }
}
