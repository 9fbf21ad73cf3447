//! The bookkeeping of a set: its register, and how far it came, so that one that was broken off can be gone on with.

use chrono::NaiveDate;
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbErr,
    EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
};
use yuti_entity::{Timestamp, elevator, import_run, source};

use super::{Options, SOURCE_KEY, SeedError};
use crate::db;

/// The kind of its row among the runs of imports.
const KIND: &str = "demonstration";

/// A set that was begun.
#[derive(Clone, Copy, Debug)]
pub(super) struct Begun {
    pub(super) source_id: i64,
    pub(super) run_id: i64,
    /// Elevators that are there.
    pub(super) done: u64,
    /// The first instant of the day on which it was begun.
    pub(super) day: Timestamp,
}

/// How a set is written in its row.
fn written(options: Options) -> String {
    let Options { elevators, years, seed } = options;
    format!("seed --elevators {elevators} --years {years} --seed {seed}")
}

fn read(text: &str) -> Option<Options> {
    let mut words = text.split(' ');
    let mut after = |flag: &str| words.find(|word| *word == flag).and_then(|_| words.next());
    Some(Options {
        elevators: after("--elevators")?.parse().ok()?,
        years: after("--years")?.parse().ok()?,
        seed: after("--seed")?.parse().ok()?,
    })
}

/// Whether there is neither a register nor an elevator.
pub(super) async fn nothing_registered(db: &impl ConnectionTrait) -> Result<bool, DbErr> {
    let registers = source::Entity::find().one(db).await?;
    let elevators = elevator::Entity::find().one(db).await?;
    Ok(registers.is_none() && elevators.is_none())
}

/// The options of a set that was begun and not finished.
pub(super) async fn broken_off(db: &impl ConnectionTrait) -> Result<Option<Options>, DbErr> {
    let Some(run) = unfinished(db).await? else { return Ok(None) };
    // The register may have been removed since, and real ones entered.
    let sources = source::Entity::find().all(db).await?;
    let alone = sources.iter().all(|source| source.demonstration && Some(source.id) == run.source_id);
    Ok(read(&run.file_name).filter(|_| alone && !sources.is_empty()))
}

async fn unfinished(db: &impl ConnectionTrait) -> Result<Option<import_run::Model>, DbErr> {
    import_run::Entity::find()
        .filter(import_run::Column::Kind.eq(KIND))
        .filter(import_run::Column::FinishedAt.is_null())
        .order_by_desc(import_run::Column::Id)
        .one(db)
        .await
}

/// Enters the register and the run, or finds those of the same set that was broken off.
pub(super) async fn begin(
    db: &DatabaseConnection,
    options: Options,
    today: NaiveDate,
    at: Timestamp,
) -> Result<Begun, SeedError> {
    let txn = db::begin(db).await?;
    let real = source::Entity::find().filter(source::Column::Demonstration.eq(false)).one(&txn).await?;
    if let Some(real) = real {
        return Err(SeedError::RealData { register: real.key });
    }
    let known = source::Entity::find().filter(source::Column::Key.eq(SOURCE_KEY)).one(&txn).await?;
    let elevators = elevator::Entity::find().count(&txn).await?;
    if let (Some(source), Some(run)) = (&known, unfinished(&txn).await?)
        && run.file_name == written(options)
    {
        let done = u64::try_from(run.rows_read).unwrap_or(0);
        return Ok(Begun { source_id: source.id, run_id: run.id, done, day: run.started_at });
    }
    if elevators > 0 {
        return Err(SeedError::AlreadyThere { elevators });
    }
    // A register without elevators is left of a set that was broken off before its first thousand.
    if let Some(stale) = known {
        source::Entity::delete_by_id(stale.id).exec(&txn).await?;
    }
    import_run::Entity::delete_many()
        .filter(import_run::Column::Kind.eq(KIND))
        .filter(import_run::Column::FinishedAt.is_null())
        .exec(&txn)
        .await?;
    let source_id = register(today, at).insert(&txn).await?.id;
    let run_id = run(options, source_id, at).insert(&txn).await?.id;
    txn.commit().await?;
    Ok(Begun { source_id, run_id, done: 0, day: at })
}

fn register(today: NaiveDate, at: Timestamp) -> source::ActiveModel {
    source::ActiveModel {
        id: NotSet,
        key: Set(SOURCE_KEY.to_owned()),
        name_zh: Set("演示数据".to_owned()),
        name_en: Set("Demonstration data".to_owned()),
        licence: Set("CC BY 4.0".to_owned()),
        url: Set(None),
        as_of: Set(Some(today)),
        demonstration: Set(true),
        recorded_at: Set(at),
    }
}

fn run(options: Options, source_id: i64, at: Timestamp) -> import_run::ActiveModel {
    import_run::ActiveModel {
        id: NotSet,
        kind: Set(KIND.to_owned()),
        source_id: Set(Some(source_id)),
        file_name: Set(written(options)),
        file_sha256: Set(String::new()),
        mapping_sha256: Set(String::new()),
        started_at: Set(at),
        updated_at: Set(at),
        finished_at: Set(None),
        rows_read: Set(0),
        created: Set(0),
        updated: Set(0),
        unchanged: Set(0),
        rejected: Set(0),
        skipped: Set(0),
        report_bytes: Set(0),
        report_path: Set(None),
    }
}

/// Notes how far the set came, in the transaction that brought it there.
pub(super) async fn advance(
    txn: &DatabaseTransaction,
    run_id: i64,
    done: u64,
    created: u64,
    finished: bool,
    at: Timestamp,
) -> Result<(), DbErr> {
    let run = import_run::Entity::find_by_id(run_id).one(txn).await?;
    let Some(run) = run else {
        return Err(DbErr::RecordNotFound("the run of the demonstration set".to_owned()));
    };
    let before = run.created;
    let mut run: import_run::ActiveModel = run.into();
    run.rows_read = Set(i64::try_from(done).unwrap_or(i64::MAX));
    run.created = Set(before.saturating_add(i64::try_from(created).unwrap_or(0)));
    run.updated_at = Set(at);
    run.finished_at = Set(finished.then_some(at));
    run.update(txn).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_is_read_back_as_it_was_written() {
        let options = Options { elevators: 12, years: 3, seed: u64::MAX };
        assert_eq!(read(&written(options)), Some(options));
        assert_eq!(read("elevators.csv"), None);
    }
}
