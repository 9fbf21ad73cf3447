//! One import from beginning to end. Each batch is one transaction: the elevators, the change feed, the lease and how
//! far the run has come are committed together, so that a run killed anywhere goes on after its last batch.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::json;
use tokio::sync::mpsc;

use super::error::ImportError;
use super::lease::Lease;
use super::mapping::Mapping;
use super::produce::{self, Batch, Plan, Tally};
use super::progress_row::{self, Standing};
use super::report::Report;
use super::summary::{Progress, Summary};
use super::survey::{self, Obstacle, Survey};
use super::{Import, Notify};
use crate::audit::Entry;
use crate::registry::demo_removal::{self, Demonstration};
use crate::registry::intake;
use crate::registry::units::Units;
use crate::{db, opendata::feed};
use yuti_openapi::vocabulary::ChangeReason;

/// What only tests set otherwise.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    pub(super) batch_rows: u64,
    pub(super) lease: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self { batch_rows: 1000, lease: Duration::from_secs(10) }
    }
}

/// The file and the mapping, read and found good.
struct Prepared {
    file: File,
    mapping: Arc<Mapping>,
    mapping_sha256: String,
    survey: Arc<Survey>,
}

pub(super) async fn import(import: &Import<'_>, pace: Pace) -> Result<Summary, ImportError> {
    let began = Instant::now();
    let prepared = prepare(import).await?;
    let standing = demo_removal::standing(import.db).await?;
    if !standing.is_empty() && !import.options.remove_demo {
        return Err(ImportError::Demonstration { elevators: standing.elevators });
    }
    // A delivery of which nothing can be taken in takes nothing out either: it is judged and reported, and all stays as it is.
    let futile = !standing.is_empty() && prepared.survey.taken == 0;
    if import.options.dry_run || futile {
        let rehearsal = Rehearsal { began, prepared, standing };
        return rehearse(import, pace, rehearsal).await;
    }
    let key = prepared.mapping.source.key.clone();
    let mut lease = Lease::acquire(import.db, import.clock, &key, pace.lease).await?;
    let done = run(import, pace, &prepared, standing, &mut lease, began).await;
    // An import that was overtaken holds nothing; any other gives back what it holds, even where it failed.
    match (done, lease.release(import.db).await) {
        (Ok(summary), Ok(())) => Ok(summary),
        (Ok(_), Err(error)) => Err(error.into()),
        (Err(error), _) => Err(error),
    }
}

async fn remove_demonstration(
    import: &Import<'_>,
    standing: Demonstration,
) -> Result<Demonstration, ImportError> {
    if standing.is_empty() {
        return Ok(standing);
    }
    let progress = Arc::clone(&import.progress);
    let of = standing.elevators;
    let told = move |done| progress(Progress::RemovingDemonstration { done, of });
    Ok(demo_removal::remove(import.db, import.vault, import.clock, &told).await?)
}

async fn prepare(import: &Import<'_>) -> Result<Prepared, ImportError> {
    let mapping_path = import.options.mapping;
    let text =
        std::fs::read_to_string(mapping_path).map_err(|cause| unreadable("mapping", mapping_path, &cause))?;
    let refused = |problems| ImportError::Mapping { path: mapping_path.to_path_buf(), problems };
    let mapping = Arc::new(Mapping::parse(&text, import.profile).map_err(refused)?);
    let path = import.options.file;
    let file = File::open(path).map_err(|cause| unreadable("file to import", path, &cause))?;
    let metadata = file.metadata().map_err(|cause| unreadable("file to import", path, &cause))?;
    if !metadata.is_file() {
        let cause = std::io::Error::other("it is no regular file; the import reads it more than once");
        return Err(unreadable("file to import", path, &cause));
    }
    let of = metadata.len();
    let progress = Arc::clone(&import.progress);
    let (handle, read) = (file.try_clone(), Arc::clone(&mapping));
    let handle = handle.map_err(|cause| unreadable("file to import", path, &cause))?;
    let surveyed = tokio::task::spawn_blocking(move || {
        survey::survey(&handle, &read, &|done| progress(Progress::Reading { done, of }))
    });
    let survey = match surveyed.await.map_err(|error| ImportError::Broken(error.to_string()))? {
        Ok(survey) => survey,
        Err(Obstacle::Content(problem)) => {
            return Err(ImportError::Content { path: path.to_path_buf(), problem });
        }
        Err(Obstacle::Columns(problems)) => return Err(refused(problems)),
    };
    let mapping_sha256 = survey::digest_of(&text);
    Ok(Prepared { file, mapping, mapping_sha256, survey: Arc::new(survey) })
}

fn unreadable(what: &'static str, path: &Path, cause: &std::io::Error) -> ImportError {
    let path = path.to_path_buf();
    if cause.kind() == std::io::ErrorKind::NotFound {
        return ImportError::Missing { what, path };
    }
    ImportError::Unreadable { what, path, cause: cause.to_string() }
}

async fn run(
    import: &Import<'_>,
    pace: Pace,
    prepared: &Prepared,
    demonstration: Demonstration,
    lease: &mut Lease,
    began: Instant,
) -> Result<Summary, ImportError> {
    let report_path = report_path(import)?;
    let (survey, mapping) = (&prepared.survey, &prepared.mapping);
    let start = progress_row::Start {
        file_name: file_name(import.options.file),
        file_sha256: &survey.sha256,
        mapping_sha256: &prepared.mapping_sha256,
        report_path: &report_path,
        source: &mapping.source,
    };
    let mut standing = progress_row::begin(import.db, import.clock, lease, start).await?;
    let same_path = standing.report_path.as_deref() == Some(&*report_path.to_string_lossy());
    let recorded = (standing.resumed_after > 0 && same_path).then_some(standing.report_bytes);
    let (mut report, anew) = Report::open(&report_path, recorded)?;
    // Last of all, when nothing is left that could refuse the delivery.
    let removed = remove_demonstration(import, demonstration).await?;
    let mut batches = start_reading(import, pace, prepared, &standing)?;
    let mut units = Units::default();
    let mut tally = Tally::default();
    while let Some(batch) = batches.recv().await {
        let mut batch = batch.map_err(|problem| changed(import, problem))?;
        tally.add(&batch.tally);
        let bytes = std::mem::take(&mut batch.report);
        if batch.committed {
            if anew {
                report.append(&bytes)?;
            }
            lease.keep(import.db, import.clock).await?;
            (import.progress)(Progress::Passing { done: batch.last_row, of: standing.resumed_after });
            continue;
        }
        report.append(&bytes)?;
        commit(import, &mut standing, &mut units, lease, batch, &tally, &report).await?;
        (import.progress)(Progress::Importing { done: standing.rows_read, of: survey.rows });
        if import.stop.is_cancelled() && standing.rows_read < survey.rows {
            return Err(ImportError::Stopped { rows: standing.rows_read });
        }
    }
    if standing.rows_read != survey.rows
        || survey::digest(&prepared.file).ok().as_deref() != Some(&survey.sha256)
    {
        return Err(changed(import, super::error::Content::Changed));
    }
    let act = finished(import, prepared, &standing, &tally);
    progress_row::finish(import, lease, &standing, report.length(), act).await?;
    let counts = (standing.created, standing.updated, standing.unchanged);
    let mut summary = summary(prepared, &tally, counts, began);
    summary.rows_per_second = rate(survey.rows - standing.resumed_after, summary.seconds);
    summary.resumed_after = standing.resumed_after;
    summary.demonstration_removed = removed;
    summary.report = Some(report.path().to_path_buf());
    Ok(summary)
}

/// What the audit trail says of the run. No name of a file: people put theirs into it.
fn finished(import: &Import<'_>, prepared: &Prepared, standing: &Standing, tally: &Tally) -> Entry<'static> {
    let facts = json!({
        "register": prepared.mapping.source.key, "file_sha256": prepared.survey.sha256,
        "mapping_sha256": prepared.mapping_sha256, "rows": prepared.survey.rows, "created": standing.created,
        "updated": standing.updated, "unchanged": standing.unchanged, "rejected": tally.rejected,
    });
    Entry::operator(import.clock.now(), "import.finish", "import_run", standing.run_id, facts)
}

/// One batch, one transaction. The report's lines are on disk before: what a kill leaves too much of is cut off again.
async fn commit(
    import: &Import<'_>,
    standing: &mut Standing,
    units: &mut Units,
    lease: &mut Lease,
    batch: Batch,
    tally: &Tally,
    report: &Report,
) -> Result<(), ImportError> {
    let at = import.clock.now();
    let txn = db::begin(import.db).await?;
    let day = import.clock.today(&import.profile.time_zone);
    let frame = intake::Batch { source_id: standing.source_id, at, day, reason: ChangeReason::Import };
    let outcome = intake::take(&txn, import.reference, units, frame, batch.elevators).await?;
    standing.rows_read = batch.last_row;
    standing.created += outcome.created;
    standing.updated += outcome.updated;
    standing.unchanged += outcome.unchanged;
    standing.report_bytes = report.length();
    progress_row::keep(&txn, at, standing, tally).await?;
    lease.touch(&txn, import.clock).await?;
    txn.commit().await?;
    feed::sequence(import.db).await?;
    Ok(())
}

fn start_reading(
    import: &Import<'_>,
    pace: Pace,
    prepared: &Prepared,
    standing: &Standing,
) -> Result<mpsc::Receiver<Result<Batch, super::error::Content>>, ImportError> {
    let path = import.options.file;
    let file = prepared.file.try_clone().map_err(|cause| unreadable("file to import", path, &cause))?;
    // The day on which an import began stays its day: the doubts of a row must not depend on where a kill fell.
    let today = standing.started_at.with_timezone(&import.profile.time_zone).date_naive();
    let plan = Plan {
        file,
        mapping: Arc::clone(&prepared.mapping),
        survey: Arc::clone(&prepared.survey),
        profile: import.profile.clone(),
        reference: import.reference.clone(),
        vault: Arc::clone(import.vault),
        today: prepared.mapping.source.as_of.unwrap_or(today),
        committed: standing.resumed_after,
        batch_rows: pace.batch_rows,
    };
    let (sender, receiver) = mpsc::channel(2);
    tokio::task::spawn_blocking(move || produce::produce(&plan, &sender));
    Ok(receiver)
}

struct Rehearsal {
    began: Instant,
    prepared: Prepared,
    standing: Demonstration,
}

/// Everything as in an import, and every transaction rolled back.
async fn rehearse(import: &Import<'_>, pace: Pace, rehearsal: Rehearsal) -> Result<Summary, ImportError> {
    let Rehearsal { began, prepared, standing: demonstration } = rehearsal;
    let dry_run = import.options.dry_run;
    let mut report = if import.options.report.is_some() || !dry_run {
        let path = report_path(import)?;
        progress_row::refuse_unfinished_report(import.db, &path).await?;
        Some(Report::open(&path, None)?.0)
    } else {
        None
    };
    let mut standing = Standing::new(import.clock.now());
    let mut batches = start_reading(import, pace, &prepared, &standing)?;
    let mut tally = Tally::default();
    while let Some(batch) = batches.recv().await {
        let batch = batch.map_err(|problem| changed(import, problem))?;
        tally.add(&batch.tally);
        if let Some(report) = &mut report {
            report.append(&batch.report)?;
        }
        let at = import.clock.now();
        let txn = db::begin(import.db).await?;
        let source_id = progress_row::source(&txn, at, &prepared.mapping.source).await?;
        let day = import.clock.today(&import.profile.time_zone);
        let frame = intake::Batch { source_id, at, day, reason: ChangeReason::Import };
        // Units entered here are gone with the transaction, so that none is remembered beyond it.
        let outcome =
            intake::take(&txn, import.reference, &mut Units::default(), frame, batch.elevators).await?;
        txn.rollback().await?;
        standing.created += outcome.created;
        standing.updated += outcome.updated;
        standing.unchanged += outcome.unchanged;
        standing.rows_read = batch.last_row;
        (import.progress)(Progress::Importing { done: batch.last_row, of: prepared.survey.rows });
        if import.stop.is_cancelled() {
            return Err(ImportError::Stopped { rows: 0 });
        }
    }
    let counts = (standing.created, standing.updated, standing.unchanged);
    let mut summary = summary(&prepared, &tally, counts, began);
    summary.dry_run = dry_run;
    if prepared.survey.taken == 0 {
        summary.demonstration_kept = demonstration;
    } else {
        summary.demonstration_removed = demonstration;
    }
    summary.report = report.map(|report| report.path().to_path_buf());
    Ok(summary)
}

fn summary(prepared: &Prepared, tally: &Tally, counts: (u64, u64, u64), began: Instant) -> Summary {
    let (created, updated, unchanged) = counts;
    let filters = prepared.mapping.filters.iter().enumerate().filter(|(_, filter)| !filter.rejects);
    let skipped = filters
        .map(|(place, filter)| (filter.name.clone(), tally.skipped.get(&place).copied().unwrap_or(0)))
        .collect();
    let seconds = began.elapsed().as_secs_f64();
    Summary {
        dry_run: false,
        source_key: prepared.mapping.source.key.clone(),
        encoding: prepared.survey.encoding,
        resumed_after: 0,
        rows: prepared.survey.rows,
        created,
        updated,
        unchanged,
        rejected: tally.rejected,
        skipped,
        flags: tally.flags.clone(),
        demonstration_removed: Demonstration::default(),
        demonstration_kept: Demonstration::default(),
        report: None,
        seconds,
        rows_per_second: rate(prepared.survey.rows, seconds),
    }
}

#[expect(clippy::cast_precision_loss, reason = "a rate for people to read")]
fn rate(rows: u64, seconds: f64) -> f64 {
    if seconds > 0.0 { rows as f64 / seconds } else { 0.0 }
}

fn changed(import: &Import<'_>, problem: super::error::Content) -> ImportError {
    ImportError::Content { path: import.options.file.to_path_buf(), problem }
}

fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(|| path.to_string_lossy(), |name| name.to_string_lossy()).into_owned()
}

/// Where the report goes: where it is wanted, else beside where the command is run, named after the file. Never over the
/// file or the mapping.
fn report_path(import: &Import<'_>) -> Result<PathBuf, ImportError> {
    let options = &import.options;
    let path = options
        .report
        .map_or_else(|| PathBuf::from(format!("{}.reject.csv", file_name(options.file))), Path::to_path_buf);
    let absolute = std::path::absolute(&path)
        .map_err(|cause| ImportError::Report { path: path.clone(), cause: cause.to_string() })?;
    let same = |other: &Path| match (std::fs::canonicalize(&absolute), std::fs::canonicalize(other)) {
        (Ok(a), Ok(b)) => a == b,
        _ => false,
    };
    if same(options.file) || same(options.mapping) {
        return Err(ImportError::ReportInTheWay { path });
    }
    Ok(absolute)
}

/// How progress is told.
pub(super) fn silent() -> Notify {
    Arc::new(|_| {})
}
