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
use yuti_entity::{Timestamp, change, organisation};
use yuti_openapi::vocabulary::{ChangeKind, ChangeReason, ChangeSubject};
use yuti_openapi::{ElevatorId, OrganisationId};

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

impl Entry {
    /// A change of an organisation.
    pub fn organisation(unit: &organisation::Model, kind: ChangeKind, reason: ChangeReason) -> Self {
        Self {
            subject: ChangeSubject::Organisation,
            subject_id: unit.id,
            handle: OrganisationId(unit.id).to_string(),
            code: unit.uscc.clone().unwrap_or_else(|| unit.name.clone()),
            kind,
            reason,
            version: unit.version,
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::*;
    use crate::testing::Own;

    const WRITERS: usize = 16;
    const COMMITS: usize = 12;

    fn at() -> Timestamp {
        "2026-11-23T04:00:00Z".parse().unwrap()
    }

    fn entry(writer: usize, commit: usize) -> Entry {
        let id = i64::try_from(writer * COMMITS + commit + 1).unwrap();
        Entry::elevator(id, "x", ChangeKind::Created, ChangeReason::Import, 1)
    }

    /// Sixteen writers commit in another order than they insert; two sequencers run beside them, and a reader goes on from
    /// what it got. It must meet every change once, in growing order, and never have to look back.
    async fn a_reader_misses_nothing(db: &DatabaseConnection) {
        let writing = Arc::new(AtomicUsize::new(WRITERS));
        let mut tasks = Vec::new();
        for writer in 0..WRITERS {
            let (db, writing) = (db.clone(), Arc::clone(&writing));
            tasks.push(tokio::spawn(async move {
                for commit in 0..COMMITS {
                    let txn = crate::db::begin(&db).await.unwrap();
                    append(&txn, at(), vec![entry(writer, commit)]).await.unwrap();
                    // Those who insert first commit last.
                    tokio::time::sleep(Duration::from_millis(((WRITERS - writer) % 5) as u64)).await;
                    txn.commit().await.unwrap();
                }
                writing.fetch_sub(1, Ordering::SeqCst);
            }));
        }
        for _ in 0..2 {
            let (db, writing) = (db.clone(), Arc::clone(&writing));
            tasks.push(tokio::spawn(async move {
                while writing.load(Ordering::SeqCst) > 0 {
                    sequence(&db).await.unwrap();
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
                sequence(&db).await.unwrap();
            }));
        }
        let mut met = Vec::new();
        let mut seq = 0;
        loop {
            let done = tasks.iter().all(tokio::task::JoinHandle::is_finished);
            let found = after(db, seq, 7).await.unwrap();
            for change in &found {
                let given = change.seq.unwrap();
                assert!(given > seq, "{given} after {seq}");
                seq = given;
                met.push(change.subject_id);
            }
            if found.is_empty() {
                if done {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        }
        for task in tasks {
            task.await.unwrap();
        }
        met.sort_unstable();
        let all: Vec<i64> = (1..=i64::try_from(WRITERS * COMMITS).unwrap()).collect();
        assert_eq!(met, all);
        assert_eq!(last(db).await.unwrap(), seq);
    }

    mod sqlite {
        use super::*;

        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn a_reader_misses_nothing() {
            let own = Own::sqlite("feed").await;
            super::a_reader_misses_nothing(&own.db).await;
            own.drop().await;
        }
    }

    mod postgres {
        use super::*;

        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn a_reader_misses_nothing() {
            let own = Own::postgres("feed").await;
            super::a_reader_misses_nothing(&own.db).await;
            own.drop().await;
        }
    }
}
