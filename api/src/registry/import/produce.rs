//! The reading half of an import: rows to batches, on a thread of its own, so that the next batch is ready while the
//! last one is written. Two batches wait at most, whatever the size of the file.

use std::collections::BTreeMap;
use std::fs::File;
use std::sync::Arc;

use chrono::NaiveDate;
use tokio::sync::mpsc::Sender;
use yuti_openapi::vocabulary::QualityFlag;

use super::error::Content;
use super::interpret::Interpreter;
use super::mapping::Mapping;
use super::pick::Cells;
use super::reader::Rows;
use super::report::{self, Reason, Reject};
use super::row::{Judge, Verdict};
use super::survey::Survey;
use crate::profile::Profile;
use crate::registry::intake::Incoming;
use crate::registry::reference::Reference;
use crate::vault::Vault;

/// What reading needs.
pub(super) struct Plan {
    pub(super) file: File,
    pub(super) mapping: Arc<Mapping>,
    pub(super) survey: Arc<Survey>,
    pub(super) profile: Profile,
    pub(super) reference: Reference,
    pub(super) vault: Arc<Vault>,
    pub(super) today: NaiveDate,
    /// Rows that were committed before: they are counted again, not taken again.
    pub(super) committed: u64,
    pub(super) batch_rows: u64,
}

/// Some rows on their way.
#[derive(Default)]
pub(super) struct Batch {
    /// The number of the last row in it.
    pub(super) last_row: u64,
    /// Whether its rows were committed by an interrupted import.
    pub(super) committed: bool,
    pub(super) elevators: Vec<Incoming>,
    /// Lines for the report.
    pub(super) report: Vec<u8>,
    pub(super) tally: Tally,
}

/// Counts that follow from the file and the mapping alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) rejected: u64,
    /// By the filter's place in the mapping.
    pub(super) skipped: BTreeMap<usize, u64>,
    pub(super) flags: BTreeMap<QualityFlag, u64>,
}

impl Tally {
    pub(super) fn add(&mut self, other: &Self) {
        self.rejected += other.rejected;
        for (filter, count) in &other.skipped {
            *self.skipped.entry(*filter).or_default() += count;
        }
        for (flag, count) in &other.flags {
            *self.flags.entry(*flag).or_default() += count;
        }
    }

    pub(super) fn skipped_rows(&self) -> u64 {
        self.skipped.values().sum()
    }
}

/// Reads the file and sends its rows in batches. Ends early, and quietly, when nobody takes them any more.
pub(super) fn produce(plan: &Plan, sender: &Sender<Result<Batch, Content>>) {
    if let Err(problem) = batches(plan, sender) {
        let _ = sender.blocking_send(Err(problem));
    }
}

fn batches(plan: &Plan, sender: &Sender<Result<Batch, Content>>) -> Result<(), Content> {
    let mapping = &*plan.mapping;
    let limits = mapping.file.limits;
    let mut rows = Rows::open(&plan.file, &mapping.file, plan.survey.encoding)?;
    let header = rows.header.clone();
    let judge =
        Judge { mapping, columns: &plan.survey.columns, header: &header, encoding: plan.survey.encoding };
    let interpreter = Interpreter {
        mapping,
        profile: &plan.profile,
        reference: &plan.reference,
        vault: &plan.vault,
        today: plan.today,
    };
    let mut batch = Batch { committed: plan.committed > 0, ..Batch::default() };
    let mut first = 0;
    while let Some(row) = rows.next(limits)? {
        let committed = row.row <= plan.committed;
        match judge.judge(row.record) {
            Verdict::Skipped(filter) => *batch.tally.skipped.entry(filter).or_default() += 1,
            Verdict::Rejected { key, rejects } => {
                batch.tally.rejected += 1;
                report::lines(row.row, row.line, &key, &rejects, &mut batch.report);
            }
            Verdict::Kept { key, fields } => match double(plan, &key, row.row) {
                Some(reject) => {
                    let reject = Reject { column: mapping.identity.pick.name(&mapping.columns), ..reject };
                    batch.tally.rejected += 1;
                    report::lines(row.row, row.line, &key, &[reject], &mut batch.report);
                }
                None => {
                    let cells = Cells { fields: &fields, columns: judge.columns };
                    let elevator = interpreter.elevator(key, cells);
                    for note in &elevator.facts.quality {
                        *batch.tally.flags.entry(note.flag).or_default() += 1;
                    }
                    if !committed {
                        batch.elevators.push(elevator);
                    }
                }
            },
        }
        batch.last_row = row.row;
        // A batch never holds rows from both sides of the place where an interrupted import stopped.
        if row.row - first >= plan.batch_rows || row.row == plan.committed {
            first = row.row;
            let next = Batch { committed: row.row < plan.committed, ..Batch::default() };
            if sender.blocking_send(Ok(std::mem::replace(&mut batch, next))).is_err() {
                return Ok(());
            }
        }
    }
    if batch.last_row > 0 {
        let _ = sender.blocking_send(Ok(batch));
    }
    Ok(())
}

/// Why a row whose key stands in the file more than once is not taken: of contradicting rows none, because nobody can
/// tell which one is right; of equal rows the first.
fn double(plan: &Plan, key: &str, row: u64) -> Option<Reject> {
    let double = plan.survey.doubles.of(key)?;
    let reject = |reason, explanation| {
        Some(Reject { column: String::new(), value: key.to_owned(), reason, explanation })
    };
    if !double.same {
        let explanation = format!(
            "{} rows of the file have this key and contradict each other, the first in row {}",
            double.count, double.first_row
        );
        return reject(Reason::DuplicateKey, explanation);
    }
    if row == double.first_row {
        return None;
    }
    reject(Reason::RepeatedRow, format!("the row is the same as row {}, which was taken", double.first_row))
}
