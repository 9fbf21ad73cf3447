//! Taking the demonstration set out again: in batches, each with its entries in the change feed, so that whoever copied
//! it learns that it is gone. Killed in the middle it goes on where it stopped, because what is left is still marked.

use std::collections::BTreeSet;

use sea_orm::sea_query::{Expr, ExprTrait, Func, Query};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbErr, EntityTrait,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};
use serde_json::json;
use yuti_entity::{elevator, import_run, organisation, past_version, source};
use yuti_openapi::vocabulary::{ChangeKind, ChangeReason, ChangeSubject};

use crate::access::{accounts, keys};
use crate::audit;
use crate::clock::Clock;
use crate::db;
use crate::opendata::feed::{self, Entry};
use crate::vault::Vault;

/// Rows of one transaction: few enough for the parameters of one statement, many enough to get on.
const BATCH: u64 = 2000;

/// What the database holds of demonstration data, or what was taken out of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Demonstration {
    /// Elevators.
    pub elevators: u64,
    /// Using and maintenance units.
    pub organisations: u64,
}

impl Demonstration {
    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.elevators == 0 && self.organisations == 0
    }
}

/// What the database holds of demonstration data.
///
/// # Errors
/// Whatever the database refuses.
pub async fn standing(db: &impl ConnectionTrait) -> Result<Demonstration, DbErr> {
    let sources = sources(db).await?;
    let elevators =
        elevator::Entity::find().filter(elevator::Column::SourceId.is_in(sources.iter().copied()));
    let organisations =
        organisation::Entity::find().filter(organisation::Column::SourceId.is_in(sources.iter().copied()));
    Ok(Demonstration { elevators: elevators.count(db).await?, organisations: organisations.count(db).await? })
}

async fn sources(db: &impl ConnectionTrait) -> Result<Vec<i64>, DbErr> {
    source::Entity::find()
        .select_only()
        .column(source::Column::Id)
        .filter(source::Column::Demonstration.eq(true))
        .into_tuple()
        .all(db)
        .await
}

/// Takes all demonstration data out, and the accounts that came with it, and the keys of its units' systems. `progress` is told how many elevators are gone.
///
/// # Errors
/// Whatever the database refuses; what was committed stays gone, and the next call goes on.
pub async fn remove(
    db: &DatabaseConnection,
    vault: &Vault,
    clock: &Clock,
    progress: &(dyn Fn(u64) + Send + Sync),
) -> Result<Demonstration, DbErr> {
    // First: nobody may act with one of them while its unit goes.
    let txn = db::begin(db).await?;
    accounts::demo::remove(&txn, vault, clock.now()).await?;
    txn.commit().await?;
    let sources = sources(db).await?;
    let mut removed = Demonstration::default();
    for source_id in &sources {
        loop {
            let txn = db::begin(db).await?;
            let count = remove_elevators(&txn, clock, *source_id, &sources).await?;
            txn.commit().await?;
            if count == 0 {
                break;
            }
            feed::sequence(db).await?;
            removed.elevators += count;
            progress(removed.elevators);
        }
    }
    let txn = db::begin(db).await?;
    keep_shared_units(&txn, clock, &sources).await?;
    keys::store::delete_of_units(&txn, &sources).await?;
    txn.commit().await?;
    feed::sequence(db).await?;
    for source_id in &sources {
        loop {
            let txn = db::begin(db).await?;
            let count = remove_units(&txn, clock, *source_id).await?;
            txn.commit().await?;
            if count == 0 {
                break;
            }
            feed::sequence(db).await?;
            removed.organisations += count;
        }
    }
    if sources.is_empty() {
        return Ok(removed);
    }
    let txn = db::begin(db).await?;
    import_run::Entity::delete_many()
        .filter(import_run::Column::SourceId.is_in(sources.iter().copied()))
        .exec(&txn)
        .await?;
    source::Entity::delete_many().filter(source::Column::Id.is_in(sources)).exec(&txn).await?;
    let facts = json!({"elevators": removed.elevators, "organisations": removed.organisations});
    let act = audit::Entry::operator(clock.now(), "demonstration.remove", "demonstration", 0, facts);
    audit::record(&txn, vault, act).await?;
    txn.commit().await?;
    Ok(removed)
}

/// An elevator that goes: number, code, version, using unit, maintenance unit.
type Leaving = (i64, String, i32, Option<i64>, Option<i64>);

/// The next elevators of a source. In the order of the index, so that a million of them are not sorted for each batch.
async fn remove_elevators(
    txn: &DatabaseTransaction,
    clock: &Clock,
    source_id: i64,
    demonstrations: &[i64],
) -> Result<u64, DbErr> {
    let rows: Vec<Leaving> = elevator::Entity::find()
        .select_only()
        .columns([elevator::Column::Id, elevator::Column::Code, elevator::Column::Version])
        .columns([elevator::Column::UsingUnitId, elevator::Column::MaintenanceUnitId])
        .filter(elevator::Column::SourceId.eq(source_id))
        .order_by_asc(elevator::Column::SourceKey)
        .limit(BATCH)
        // Two removals at once must not announce the same elevator twice.
        .lock_exclusive()
        .into_tuple()
        .all(txn)
        .await?;
    if rows.is_empty() {
        return Ok(0);
    }
    let ids: Vec<i64> = rows.iter().map(|(id, ..)| *id).collect();
    let entries = rows.iter().map(|(id, code, version, _, _)| {
        Entry::elevator(*id, code, ChangeKind::Withdrawn, ChangeReason::DemonstrationRemoved, version + 1)
    });
    feed::append(txn, clock.now(), entries.collect()).await?;
    // A unit of the demonstration goes soon; a real one has fewer elevators from now on.
    let named: BTreeSet<i64> =
        rows.iter().flat_map(|(_, _, _, using, maintaining)| [*using, *maintaining]).flatten().collect();
    let real = organisation::Entity::find()
        .filter(organisation::Column::Id.is_in(named))
        .filter(organisation::Column::SourceId.is_not_in(demonstrations.iter().copied()))
        .order_by_asc(organisation::Column::Id)
        .all(txn)
        .await?;
    let entry = |unit| Entry::organisation(unit, ChangeKind::Updated, ChangeReason::ElevatorsAssigned);
    feed::append(txn, clock.now(), real.iter().map(entry).collect()).await?;
    forget_versions(txn, ChangeSubject::Elevator, &ids).await?;
    // Identifiers, doubts and marks go with their elevator.
    elevator::Entity::delete_many().filter(elevator::Column::Id.is_in(ids)).exec(txn).await?;
    Ok(rows.len() as u64)
}

/// A unit that other registers' elevators name as well stays, as theirs; the feed says that it changed.
async fn keep_shared_units(txn: &DatabaseTransaction, clock: &Clock, sources: &[i64]) -> Result<(), DbErr> {
    let mut kept = BTreeSet::new();
    for column in [elevator::Column::UsingUnitId, elevator::Column::MaintenanceUnitId] {
        let heir = Query::select()
            .expr(Func::min(Expr::col((elevator::Entity, elevator::Column::SourceId))))
            .from(elevator::Entity)
            .and_where(
                Expr::col((elevator::Entity, column))
                    .equals((organisation::Entity, organisation::Column::Id)),
            )
            .take();
        let named =
            Query::select().column(column).from(elevator::Entity).and_where(column.is_not_null()).take();
        let shared = Condition::all()
            .add(organisation::Column::SourceId.is_in(sources.iter().copied()))
            .add(organisation::Column::Id.in_subquery(named));
        let found = organisation::Entity::find().select_only().column(organisation::Column::Id);
        kept.extend(found.filter(shared.clone()).into_tuple::<i64>().all(txn).await?);
        organisation::Entity::update_many()
            .col_expr(organisation::Column::SourceId, Expr::SubQuery(None, Box::new(heir.into())))
            .col_expr(organisation::Column::Version, Expr::col(organisation::Column::Version).add(1))
            .col_expr(organisation::Column::RecordedAt, Expr::value(clock.now()))
            .filter(shared)
            .exec(txn)
            .await?;
    }
    let ids: Vec<i64> = kept.into_iter().collect();
    for ids in ids.chunks(usize::try_from(BATCH).unwrap_or(1)) {
        let rows = organisation::Entity::find()
            .filter(organisation::Column::Id.is_in(ids.iter().copied()))
            .order_by_asc(organisation::Column::Id)
            .all(txn)
            .await?;
        let entry = |unit| Entry::organisation(unit, ChangeKind::Updated, ChangeReason::DemonstrationRemoved);
        feed::append(txn, clock.now(), rows.iter().map(entry).collect()).await?;
    }
    Ok(())
}

async fn remove_units(txn: &DatabaseTransaction, clock: &Clock, source_id: i64) -> Result<u64, DbErr> {
    let rows = organisation::Entity::find()
        .filter(organisation::Column::SourceId.eq(source_id))
        .order_by_asc(organisation::Column::SourceKey)
        .limit(BATCH)
        .lock_exclusive()
        .all(txn)
        .await?;
    if rows.is_empty() {
        return Ok(0);
    }
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let entries = rows.iter().map(|row| Entry {
        version: row.version + 1,
        ..Entry::organisation(row, ChangeKind::Withdrawn, ChangeReason::DemonstrationRemoved)
    });
    feed::append(txn, clock.now(), entries.collect()).await?;
    forget_versions(txn, ChangeSubject::Organisation, &ids).await?;
    organisation::Entity::delete_many().filter(organisation::Column::Id.is_in(ids)).exec(txn).await?;
    Ok(rows.len() as u64)
}

async fn forget_versions(
    txn: &DatabaseTransaction,
    subject: ChangeSubject,
    ids: &[i64],
) -> Result<(), DbErr> {
    past_version::Entity::delete_many()
        .filter(
            Condition::all()
                .add(past_version::Column::Subject.eq(subject))
                .add(past_version::Column::SubjectId.is_in(ids.iter().copied())),
        )
        .exec(txn)
        .await?;
    Ok(())
}
