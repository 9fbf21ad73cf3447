//! How elevators enter the register: a batch in, one transaction, every row created, changed or left as it is, with
//! its history, its identifiers and its entry in the change feed. Imports and the demonstration set both come this way.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, QuerySelect,
};
use yuti_entity::{Timestamp, annotation, elevator, elevator_identifier, elevator_quality, past_version};
use yuti_openapi::normalise_identifier;
use yuti_openapi::vocabulary::{AnnotationEnd, ChangeKind, ChangeReason, ChangeSubject};
use yuti_openapi::wire::ElevatorFacts;

use super::facts::{self, RowFrame};
use super::reference::Reference;
use super::search_text;
use super::units::Units;
use super::{assemble, facts::digest};
use crate::opendata::feed::{self, Entry};

/// Rows of one insert: an elevator has about fifty columns and SQLite takes 32 766 parameters.
const ROWS_OF_ELEVATORS: usize = 500;
/// Rows of one insert into the narrow tables.
const ROWS_OF_PARTS: usize = 2000;

/// An elevator as a register gives it.
#[derive(Clone, Debug)]
pub struct Incoming {
    /// How the register itself calls it: the same key is the same elevator.
    pub source_key: String,
    /// The identifier that people know it by.
    pub code: String,
    /// The functional zone it stands in.
    pub zone_key: Option<String>,
    /// The facts. Names of districts and categories are not needed.
    pub facts: ElevatorFacts,
    /// The first day for which they speak.
    pub valid_from: Option<NaiveDate>,
    /// The marks 维保试点 that the register gives.
    pub annotations: Vec<Mark>,
    /// Versions before this one, oldest first; entered only where the elevator is new.
    pub earlier: Vec<Earlier>,
}

/// A mark 维保试点 as a register gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Its first day.
    pub since: NaiveDate,
    /// Its last day.
    pub until: Option<NaiveDate>,
    /// Why it ended.
    pub ended_because: Option<AnnotationEnd>,
    /// The interval of the maintenance plan in days.
    pub interval_days: Option<i32>,
    /// On what it rests, in words.
    pub basis: String,
}

/// A version before the present one.
#[derive(Clone, Debug)]
pub struct Earlier {
    /// The facts as they were believed.
    pub facts: ElevatorFacts,
    /// The first day for which they spoke.
    pub valid_from: Option<NaiveDate>,
    /// The last day.
    pub valid_to: Option<NaiveDate>,
    /// When they were recorded.
    pub recorded_at: Timestamp,
    /// When the next version took their place.
    pub superseded_at: Timestamp,
}

/// What is the same for every row of a batch.
#[derive(Clone, Copy, Debug)]
pub struct Batch {
    /// The register's row.
    pub source_id: i64,
    /// When it is recorded.
    pub at: Timestamp,
    /// The day on which that is where the elevators stand.
    pub day: NaiveDate,
    /// Why.
    pub reason: ChangeReason,
}

/// What became of a batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Elevators that were not known.
    pub created: u64,
    /// Elevators of which a fact changed.
    pub updated: u64,
    /// Elevators that were known just so.
    pub unchanged: u64,
}

/// Takes a batch in as part of a transaction. No two rows may have the same key.
///
/// # Errors
/// Whatever the database refuses; the transaction is then to be rolled back.
pub async fn take(
    txn: &DatabaseTransaction,
    reference: &Reference,
    units: &mut Units,
    batch: Batch,
    rows: Vec<Incoming>,
) -> Result<Outcome, DbErr> {
    units.resolve(txn, batch, rows.iter().map(|row| &row.facts)).await?;
    let known = known_rows(txn, batch.source_id, &rows).await?;
    let mut outcome = Outcome::default();
    let mut fresh = Vec::new();
    let mut changes = Vec::new();
    let mut assigned = BTreeSet::new();
    for row in rows {
        match known.get(&row.source_key) {
            None => {
                assigned.extend(units.of(&row.facts).into_iter().flatten());
                fresh.push(row);
            }
            Some(old) if old.facts_hash == fingerprint(&row) => outcome.unchanged += 1,
            Some(old) => {
                let [using, maintaining] = units.of(&row.facts);
                for (before, after) in [(old.using_unit_id, using), (old.maintenance_unit_id, maintaining)] {
                    if before != after {
                        assigned.extend([before, after].into_iter().flatten());
                    }
                }
                changes.push(change(txn, reference, units, batch, old, row).await?);
                outcome.updated += 1;
            }
        }
    }
    outcome.created = fresh.len() as u64;
    changes.extend(create(txn, units, batch, fresh).await?);
    let touched: Vec<i64> = changes.iter().map(|change| change.subject_id).collect();
    search_text::refresh(txn, &touched).await?;
    feed::append(txn, batch.at, changes).await?;
    units.assigned(txn, batch, assigned).await?;
    Ok(outcome)
}

/// The digest of everything that a register says of an elevator.
fn fingerprint(row: &Incoming) -> String {
    let mut beside = row.zone_key.clone().unwrap_or_default();
    for mark in &row.annotations {
        beside.push_str(&format!(
            "|{}|{:?}|{:?}|{:?}",
            mark.since, mark.until, mark.ended_because, mark.interval_days
        ));
    }
    beside.push_str(&row.code);
    digest(&row.facts, &beside)
}

async fn known_rows(
    txn: &DatabaseTransaction,
    source_id: i64,
    rows: &[Incoming],
) -> Result<HashMap<String, elevator::Model>, DbErr> {
    let keys = rows.iter().map(|row| row.source_key.as_str());
    let found = elevator::Entity::find()
        .filter(elevator::Column::SourceId.eq(source_id))
        .filter(elevator::Column::SourceKey.is_in(keys))
        .all(txn)
        .await?;
    Ok(found.into_iter().map(|row| (row.source_key.clone(), row)).collect())
}

fn model(
    units: &Units,
    batch: Batch,
    row: &Incoming,
    kind: ChangeKind,
    version: i32,
) -> elevator::ActiveModel {
    let [using_unit_id, maintenance_unit_id] = units.of(&row.facts);
    let frame = RowFrame {
        source_id: batch.source_id,
        source_key: row.source_key.clone(),
        code: row.code.clone(),
        zone_key: row.zone_key.clone(),
        using_unit_id,
        maintenance_unit_id,
        version,
        kind,
        reason: batch.reason,
        valid_from: row.valid_from,
        facts_hash: fingerprint(row),
        at: batch.at,
    };
    facts::row(&row.facts, frame)
}

fn version_after(earlier: &[Earlier]) -> i32 {
    i32::try_from(earlier.len()).unwrap_or(i32::MAX - 1) + 1
}

async fn create(
    txn: &DatabaseTransaction,
    units: &Units,
    batch: Batch,
    rows: Vec<Incoming>,
) -> Result<Vec<Entry>, DbErr> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    for chunk in rows.chunks(ROWS_OF_ELEVATORS) {
        let models = chunk.iter().map(|row| {
            let kind = if row.earlier.is_empty() { ChangeKind::Created } else { ChangeKind::Updated };
            model(units, batch, row, kind, version_after(&row.earlier))
        });
        elevator::Entity::insert_many(models).exec_without_returning(txn).await?;
    }
    let ids: HashMap<String, i64> = elevator::Entity::find()
        .select_only()
        .column(elevator::Column::SourceKey)
        .column(elevator::Column::Id)
        .filter(elevator::Column::SourceId.eq(batch.source_id))
        .filter(elevator::Column::SourceKey.is_in(rows.iter().map(|row| row.source_key.as_str())))
        .into_tuple::<(String, i64)>()
        .all(txn)
        .await?
        .into_iter()
        .collect();
    let mut parts = Parts::default();
    let mut entries = Vec::with_capacity(rows.len());
    for row in &rows {
        let id = *ids.get(&row.source_key).ok_or_else(|| DbErr::RecordNotInserted)?;
        parts.add(id, row, batch);
        let version = version_after(&row.earlier);
        entries.push(Entry::elevator(id, &row.code, ChangeKind::Created, batch.reason, version));
    }
    parts.insert(txn).await?;
    Ok(entries)
}

/// Rows of the other tables, gathered so that each table is written in few statements.
#[derive(Default)]
struct Parts {
    identifiers: Vec<elevator_identifier::ActiveModel>,
    quality: Vec<elevator_quality::ActiveModel>,
    annotations: Vec<annotation::ActiveModel>,
    past: Vec<past_version::ActiveModel>,
}

impl Parts {
    fn add(&mut self, id: i64, row: &Incoming, batch: Batch) {
        self.identifiers.extend(facts::identifier_rows(id, &row.facts, batch.at));
        self.quality.extend(facts::quality_rows(id, &row.facts));
        self.annotations.extend(row.annotations.iter().map(|mark| mark_row(id, mark, batch.at)));
        for (place, earlier) in (1_i32..).zip(&row.earlier) {
            self.past.push(past_version::ActiveModel {
                id: NotSet,
                subject: Set(ChangeSubject::Elevator),
                subject_id: Set(id),
                version: Set(place),
                valid_from: Set(earlier.valid_from),
                valid_to: Set(earlier.valid_to),
                recorded_at: Set(earlier.recorded_at),
                superseded_at: Set(earlier.superseded_at),
                change_kind: Set(if place == 1 { ChangeKind::Created } else { ChangeKind::Updated }),
                change_reason: Set(batch.reason),
                facts: Set(serde_json::to_string(&earlier.facts).unwrap_or_default()),
            });
        }
    }

    async fn insert(self, txn: &DatabaseTransaction) -> Result<(), DbErr> {
        for chunk in self.identifiers.chunks(ROWS_OF_PARTS) {
            elevator_identifier::Entity::insert_many(chunk.to_vec()).exec_without_returning(txn).await?;
        }
        for chunk in self.quality.chunks(ROWS_OF_PARTS) {
            elevator_quality::Entity::insert_many(chunk.to_vec()).exec_without_returning(txn).await?;
        }
        for chunk in self.annotations.chunks(ROWS_OF_PARTS) {
            annotation::Entity::insert_many(chunk.to_vec()).exec_without_returning(txn).await?;
        }
        for chunk in self.past.chunks(ROWS_OF_PARTS) {
            past_version::Entity::insert_many(chunk.to_vec()).exec_without_returning(txn).await?;
        }
        Ok(())
    }
}

fn mark_row(id: i64, mark: &Mark, at: Timestamp) -> annotation::ActiveModel {
    annotation::ActiveModel {
        id: NotSet,
        elevator_id: Set(id),
        valid_from: Set(mark.since),
        valid_to: Set(mark.until),
        ended_because: Set(mark.ended_because),
        interval_days: Set(mark.interval_days),
        basis: Set(mark.basis.clone()),
        recorded_at: Set(at),
        superseded_at: Set(None),
    }
}

/// Puts a new version in the place of the known one; what was believed goes to the history.
async fn change(
    txn: &DatabaseTransaction,
    reference: &Reference,
    units: &Units,
    batch: Batch,
    old: &elevator::Model,
    row: Incoming,
) -> Result<Entry, DbErr> {
    let version = old.version + 1;
    keep_past(txn, reference, batch, old, &row).await?;
    let mut model = model(units, batch, &row, ChangeKind::Updated, version);
    model.id = Set(old.id);
    model.update(txn).await?;
    keep_identifiers(txn, batch, old.id, &row).await?;
    elevator_quality::Entity::delete_many()
        .filter(elevator_quality::Column::ElevatorId.eq(old.id))
        .exec(txn)
        .await?;
    let quality = facts::quality_rows(old.id, &row.facts);
    if !quality.is_empty() {
        elevator_quality::Entity::insert_many(quality).exec_without_returning(txn).await?;
    }
    keep_marks(txn, batch, old.id, &row.annotations).await?;
    Ok(Entry::elevator(old.id, &row.code, ChangeKind::Updated, batch.reason, version))
}

async fn keep_past(
    txn: &DatabaseTransaction,
    reference: &Reference,
    batch: Batch,
    old: &elevator::Model,
    row: &Incoming,
) -> Result<(), DbErr> {
    let before = assemble::facts_of(txn, reference, old).await?;
    // The days of the old version end where those of the new one begin, if the register says so.
    let valid_to = row
        .valid_from
        .and_then(|day| day.pred_opt())
        .filter(|day| old.valid_from.is_none_or(|from| from <= *day));
    let past = past_version::ActiveModel {
        id: NotSet,
        subject: Set(ChangeSubject::Elevator),
        subject_id: Set(old.id),
        version: Set(old.version),
        valid_from: Set(old.valid_from),
        valid_to: Set(valid_to),
        recorded_at: Set(old.recorded_at),
        superseded_at: Set(batch.at),
        change_kind: Set(old.change_kind),
        change_reason: Set(old.change_reason),
        facts: Set(serde_json::to_string(&before).map_err(|error| DbErr::Custom(error.to_string()))?),
    };
    past_version::Entity::insert(past).exec_without_returning(txn).await?;
    Ok(())
}

/// Old values keep leading to the elevator: one that the register no longer gives is ended, never removed.
async fn keep_identifiers(
    txn: &DatabaseTransaction,
    batch: Batch,
    id: i64,
    row: &Incoming,
) -> Result<(), DbErr> {
    let known = elevator_identifier::Entity::find()
        .filter(elevator_identifier::Column::ElevatorId.eq(id))
        .all(txn)
        .await?;
    let last_day = row.valid_from.unwrap_or(batch.day).pred_opt().unwrap_or(batch.day);
    for old in &known {
        let incoming = row
            .facts
            .identifiers
            .iter()
            .find(|new| new.kind == old.kind && normalise_identifier(&new.value) == old.value_norm);
        let (since, until) = match incoming {
            Some(new) => (new.since.or(old.since), new.until),
            None => (old.since, old.until.or(Some(last_day))),
        };
        if (since, until) != (old.since, old.until) {
            let mut ended: elevator_identifier::ActiveModel = old.clone().into();
            ended.since = Set(since);
            ended.until = Set(until);
            ended.update(txn).await?;
        }
    }
    let mut added = facts::identifier_rows(id, &row.facts, batch.at);
    added.retain(|new| {
        !known.iter().any(|old| new.kind.as_ref() == &old.kind && new.value_norm.as_ref() == &old.value_norm)
    });
    if !added.is_empty() {
        elevator_identifier::Entity::insert_many(added).exec_without_returning(txn).await?;
    }
    Ok(())
}

/// A mark that a register gives differently takes the place of the recorded one. A mark that it does not give stays:
/// silence of a register is no exit.
async fn keep_marks(txn: &DatabaseTransaction, batch: Batch, id: i64, marks: &[Mark]) -> Result<(), DbErr> {
    if marks.is_empty() {
        return Ok(());
    }
    let known = annotation::Entity::find()
        .filter(annotation::Column::ElevatorId.eq(id))
        .filter(annotation::Column::SupersededAt.is_null())
        .all(txn)
        .await?;
    let same = |mark: &Mark, old: &annotation::Model| {
        (mark.since, mark.until, mark.ended_because, mark.interval_days)
            == (old.valid_from, old.valid_to, old.ended_because, old.interval_days)
    };
    for old in known.iter().filter(|old| !marks.iter().any(|mark| same(mark, old))) {
        let mut superseded: annotation::ActiveModel = old.clone().into();
        superseded.superseded_at = Set(Some(batch.at));
        superseded.update(txn).await?;
    }
    for mark in marks.iter().filter(|mark| !known.iter().any(|old| same(mark, old))) {
        annotation::Entity::insert(mark_row(id, mark, batch.at)).exec_without_returning(txn).await?;
    }
    Ok(())
}
