//! The change feed: each committed public change gets a strictly increasing number in the order in which changes
//! become visible.
//!
//! On SQLite there is one writer at a time, so that the number is given with the insert. On PostgreSQL a transaction
//! that inserted first can commit last; a reader that went by the order of inserts would miss it. There entries are
//! committed without a number, and [`sequence`] numbers what is visible, one sequencer at a time.

use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, EntityTrait,
    QueryFilter, QueryOrder, QuerySelect, TransactionTrait,
};
use yuti_entity::{Timestamp, change};
use yuti_openapi::ElevatorId;
use yuti_openapi::vocabulary::{ChangeKind, ChangeReason, ChangeSubject};

/// The advisory lock of the sequencer: the letters YUTI.
const SEQUENCER_LOCK: i64 = 0x5955_5449;
/// Rows of one insert; twelve columns stay far below the parameter limits of both databases.
const CHUNK: usize = 1000;

/// A change that is about to be committed.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What it is about.
    pub subject: ChangeSubject,
    /// The subject's row.
    pub subject_id: i64,
    /// The public handle of the subject.
    pub handle: String,
    /// The identifier that people know it by.
    pub code: String,
    /// What happened.
    pub kind: ChangeKind,
    /// Why.
    pub reason: ChangeReason,
    /// The subject's version after it.
    pub version: i32,
}

impl Entry {
    /// A change of an elevator.
    pub fn elevator(id: i64, code: &str, kind: ChangeKind, reason: ChangeReason, version: i32) -> Self {
        let subject = ChangeSubject::Elevator;
        Self {
            subject,
            subject_id: id,
            handle: ElevatorId(id).to_string(),
            code: code.to_owned(),
            kind,
            reason,
            version,
        }
    }
}

/// Enters changes as part of the transaction that makes them.
///
/// # Errors
/// Whatever the database refuses.
pub async fn append(txn: &DatabaseTransaction, at: Timestamp, entries: Vec<Entry>) -> Result<(), DbErr> {
    if entries.is_empty() {
        return Ok(());
    }
    let mut next = match txn.get_database_backend() {
        DbBackend::Sqlite => Some(last(txn).await? + 1),
        _ => None,
    };
    let mut rows = Vec::with_capacity(entries.len());
    for entry in entries {
        rows.push(change::ActiveModel {
            id: NotSet,
            seq: Set(next),
            at: Set(at),
            subject: Set(entry.subject),
            subject_id: Set(entry.subject_id),
            handle: Set(entry.handle),
            code: Set(entry.code),
            kind: Set(entry.kind),
            reason: Set(entry.reason),
            version: Set(entry.version),
        });
        next = next.map(|seq| seq + 1);
    }
    for chunk in rows.chunks(CHUNK) {
        change::Entity::insert_many(chunk.to_vec()).exec_without_returning(txn).await?;
    }
    Ok(())
}

/// Numbers what was committed without a number. Returns how many entries got one.
///
/// # Errors
/// Whatever the database refuses.
pub async fn sequence(db: &DatabaseConnection) -> Result<u64, DbErr> {
    if db.get_database_backend() != DbBackend::Postgres {
        return Ok(0);
    }
    let open =
        change::Entity::find().filter(change::Column::Seq.is_null()).select_only().column(change::Column::Id);
    if open.limit(1).into_tuple::<i64>().one(db).await?.is_none() {
        return Ok(0);
    }
    let txn = db.begin().await?;
    // The lock is held to the end of the transaction: the next sequencer sees what this one gave.
    txn.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({SEQUENCER_LOCK})")).await?;
    let done = txn
        .execute_unprepared(
            "WITH open AS (SELECT id, row_number() OVER (ORDER BY id) AS place FROM change WHERE seq IS NULL), \
             top AS (SELECT coalesce(max(seq), 0) AS seq FROM change) \
             UPDATE change SET seq = top.seq + open.place FROM open, top WHERE change.id = open.id",
        )
        .await?;
    txn.commit().await?;
    Ok(done.rows_affected())
}

/// The highest number given so far; 0 while there is none.
///
/// # Errors
/// Whatever the database refuses.
pub async fn last(db: &impl ConnectionTrait) -> Result<i64, DbErr> {
    let highest = change::Entity::find()
        .select_only()
        .column(change::Column::Seq)
        .filter(change::Column::Seq.is_not_null())
        .order_by_desc(change::Column::Seq)
        .limit(1)
        .into_tuple::<i64>()
        .one(db)
        .await?;
    Ok(highest.unwrap_or(0))
}

/// Up to `limit` changes after a number, in order.
///
/// # Errors
/// Whatever the database refuses.
pub async fn after(db: &impl ConnectionTrait, seq: i64, limit: u64) -> Result<Vec<change::Model>, DbErr> {
    change::Entity::find()
        .filter(change::Column::Seq.gt(seq))
        .order_by_asc(change::Column::Seq)
        .limit(limit)
        .all(db)
        .await
}
