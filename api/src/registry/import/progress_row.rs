//! The row that says how far an import has come.

use std::path::Path;

use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbErr,
    EntityTrait, QueryFilter, QueryOrder,
};
use yuti_entity::{Timestamp, import_run, source};

use super::Import;
use super::error::ImportError;
use super::lease::Lease;
use super::mapping::Source;
use super::produce::Tally;
use crate::audit::{self, Entry};
use crate::clock::Clock;
use crate::db;

/// The kind of these runs among others.
const KIND: &str = "elevators";

/// What identifies a run: the same file with the same mapping goes on, anything else begins.
pub(super) struct Start<'s> {
    pub(super) file_name: String,
    pub(super) file_sha256: &'s str,
    pub(super) mapping_sha256: &'s str,
    pub(super) report_path: &'s Path,
    pub(super) source: &'s Source,
}

/// How far a run has come.
#[derive(Clone, Debug)]
pub(super) struct Standing {
    pub(super) run_id: i64,
    pub(super) source_id: i64,
    pub(super) started_at: Timestamp,
    /// Rows that were committed before this process began.
    pub(super) resumed_after: u64,
    pub(super) rows_read: u64,
    pub(super) created: u64,
    pub(super) updated: u64,
    pub(super) unchanged: u64,
    pub(super) report_bytes: u64,
    /// Where the interrupted process wrote its report.
    pub(super) report_path: Option<String>,
}

impl Standing {
    /// One that has not begun.
    pub(super) fn new(started_at: Timestamp) -> Self {
        Self {
            run_id: 0,
            source_id: 0,
            started_at,
            resumed_after: 0,
            rows_read: 0,
            created: 0,
            updated: 0,
            unchanged: 0,
            report_bytes: 0,
            report_path: None,
        }
    }

    fn of(row: import_run::Model, source_id: i64) -> Self {
        Self {
            run_id: row.id,
            source_id,
            started_at: row.started_at,
            resumed_after: count(row.rows_read),
            rows_read: count(row.rows_read),
            created: count(row.created),
            updated: count(row.updated),
            unchanged: count(row.unchanged),
            report_bytes: count(row.report_bytes),
            report_path: row.report_path,
        }
    }
}

fn count(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// Finds the unfinished run of the same file and mapping, or begins a new one.
pub(super) async fn begin(
    db: &DatabaseConnection,
    clock: &Clock,
    lease: &mut Lease,
    start: Start<'_>,
) -> Result<Standing, ImportError> {
    let at = clock.now();
    let path = start.report_path.to_string_lossy().into_owned();
    let txn = db::begin(db).await?;
    let source_id = source(&txn, at, start.source).await?;
    let unfinished = import_run::Entity::find()
        .filter(import_run::Column::Kind.eq(KIND))
        .filter(import_run::Column::FileSha256.eq(start.file_sha256))
        .filter(import_run::Column::MappingSha256.eq(start.mapping_sha256))
        .filter(import_run::Column::SourceId.eq(source_id))
        .filter(import_run::Column::FinishedAt.is_null())
        .order_by_desc(import_run::Column::Id)
        .one(&txn)
        .await?;
    let standing = match unfinished {
        Some(row) => {
            let standing = Standing::of(row.clone(), source_id);
            let mut row: import_run::ActiveModel = row.into();
            row.updated_at = Set(at);
            row.report_path = Set(Some(path));
            row.update(&txn).await?;
            standing
        }
        None => {
            let row = import_run::ActiveModel {
                id: NotSet,
                kind: Set(KIND.to_owned()),
                source_id: Set(Some(source_id)),
                file_name: Set(start.file_name),
                file_sha256: Set(start.file_sha256.to_owned()),
                mapping_sha256: Set(start.mapping_sha256.to_owned()),
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
                report_path: Set(Some(path)),
            };
            Standing::of(row.insert(&txn).await?, source_id)
        }
    };
    lease.touch(&txn, clock).await?;
    txn.commit().await?;
    Ok(standing)
}

/// Notes how far the run has come, as part of the batch's transaction.
pub(super) async fn keep(
    txn: &DatabaseTransaction,
    at: Timestamp,
    standing: &Standing,
    tally: &Tally,
) -> Result<(), DbErr> {
    let row = import_run::ActiveModel {
        id: Set(standing.run_id),
        updated_at: Set(at),
        rows_read: Set(number(standing.rows_read)),
        created: Set(number(standing.created)),
        updated: Set(number(standing.updated)),
        unchanged: Set(number(standing.unchanged)),
        rejected: Set(number(tally.rejected)),
        skipped: Set(number(tally.skipped_rows())),
        report_bytes: Set(number(standing.report_bytes)),
        ..Default::default()
    };
    row.update(txn).await?;
    Ok(())
}

/// Closes the run, with its entry in the audit trail.
pub(super) async fn finish(
    import: &Import<'_>,
    lease: &mut Lease,
    standing: &Standing,
    report_bytes: u64,
    act: Entry<'_>,
) -> Result<(), ImportError> {
    let txn = db::begin(import.db).await?;
    let row = import_run::ActiveModel {
        id: Set(standing.run_id),
        updated_at: Set(act.at),
        finished_at: Set(Some(act.at)),
        report_bytes: Set(number(report_bytes)),
        ..Default::default()
    };
    row.update(&txn).await?;
    lease.touch(&txn, import.clock).await?;
    audit::record(&txn, import.vault, act).await?;
    txn.commit().await?;
    Ok(())
}

/// The register's row: entered, or brought up to what the mapping says of it now.
pub(super) async fn source(txn: &DatabaseTransaction, at: Timestamp, wanted: &Source) -> Result<i64, DbErr> {
    let known = source::Entity::find().filter(source::Column::Key.eq(wanted.key.as_str())).one(txn).await?;
    let row = source::ActiveModel {
        id: NotSet,
        key: Set(wanted.key.clone()),
        name_zh: Set(wanted.name_zh.clone()),
        name_en: Set(wanted.name_en.clone()),
        licence: Set(wanted.licence.clone()),
        url: Set(wanted.url.clone()),
        as_of: Set(wanted.as_of),
        demonstration: Set(false),
        recorded_at: Set(at),
    };
    let Some(known) = known else {
        // Another register's import may enter the same source at this moment; whoever comes second finds it.
        let skip = OnConflict::column(source::Column::Key).do_nothing().to_owned();
        source::Entity::insert(row).on_conflict(skip).exec_without_returning(txn).await?;
        let found =
            source::Entity::find().filter(source::Column::Key.eq(wanted.key.as_str())).one(txn).await?;
        return found.map(|row| row.id).ok_or(DbErr::RecordNotInserted);
    };
    let said = (&known.name_zh, &known.name_en, &known.licence, &known.url, known.as_of, known.demonstration);
    if said != (&wanted.name_zh, &wanted.name_en, &wanted.licence, &wanted.url, wanted.as_of, false) {
        let changed = source::ActiveModel { id: Set(known.id), ..row };
        changed.update(txn).await?;
    }
    Ok(known.id)
}

/// A rehearsal must not write over the report that an interrupted import will go on with.
pub(super) async fn refuse_unfinished_report(
    db: &impl ConnectionTrait,
    path: &Path,
) -> Result<(), ImportError> {
    let standing = import_run::Entity::find()
        .filter(import_run::Column::FinishedAt.is_null())
        .filter(import_run::Column::ReportPath.eq(&*path.to_string_lossy()))
        .one(db)
        .await?;
    if standing.is_some() {
        let cause = "an interrupted import has written it and will go on with it".to_owned();
        return Err(ImportError::Report { path: path.to_path_buf(), cause });
    }
    Ok(())
}
