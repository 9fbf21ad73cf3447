//! What an import did, and how far it has come.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use yuti_openapi::vocabulary::QualityFlag;

use super::mapping::Encoding;
use crate::registry::demo_removal::Demonstration;

/// How far an import has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// The file is read through before anything is written: bytes of the file.
    Reading {
        /// Bytes read.
        done: u64,
        /// Bytes of the file.
        of: u64,
    },
    /// Demonstration data is taken out: elevators.
    RemovingDemonstration {
        /// Elevators gone.
        done: u64,
        /// Elevators that were there.
        of: u64,
    },
    /// Rows that an interrupted import had already committed are passed over.
    Passing {
        /// Rows passed.
        done: u64,
        /// Rows to pass.
        of: u64,
    },
    /// Rows are taken in.
    Importing {
        /// Rows committed.
        done: u64,
        /// Rows of the file.
        of: u64,
    },
}

/// What an import did.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// Whether nothing was written.
    pub dry_run: bool,
    /// The register.
    pub source_key: String,
    /// The encoding of the file.
    pub encoding: Encoding,
    /// Rows that an interrupted import had committed before; 0 where there was none.
    pub resumed_after: u64,
    /// Rows below the header.
    pub rows: u64,
    /// Elevators that were not known.
    pub created: u64,
    /// Elevators of which a fact changed.
    pub updated: u64,
    /// Elevators that were known just so.
    pub unchanged: u64,
    /// Rows that could not be taken; the report says why.
    pub rejected: u64,
    /// Rows that a filter left out, by the filter's name, in the mapping's order.
    pub skipped: Vec<(String, u64)>,
    /// Doubts noted, by kind.
    pub flags: BTreeMap<QualityFlag, u64>,
    /// Demonstration data that was taken out, or would be.
    pub demonstration_removed: Demonstration,
    /// Demonstration data that stays, because no row of the file can be taken in.
    pub demonstration_kept: Demonstration,
    /// The report of the rejected rows.
    pub report: Option<PathBuf>,
    /// How long this run took.
    pub seconds: f64,
    /// Rows that this run took in, for each second.
    pub rows_per_second: f64,
}

impl Summary {
    /// Rows that filters left out.
    #[must_use]
    pub fn skipped_rows(&self) -> u64 {
        self.skipped.iter().map(|(_, count)| count).sum()
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = if self.dry_run { "would import (dry run, nothing was written)" } else { "imported" };
        writeln!(f, "{what}: register {}, {}", self.source_key, self.encoding.name())?;
        let removed = self.demonstration_removed;
        if !removed.is_empty() {
            let did = if self.dry_run { "would remove" } else { "removed" };
            writeln!(
                f,
                "  demonstration {did} {} elevators, {} units",
                removed.elevators, removed.organisations
            )?;
        }
        let kept = self.demonstration_kept;
        if !kept.is_empty() {
            writeln!(
                f,
                "  demonstration stays: {} elevators; no row of the file can be taken in",
                kept.elevators
            )?;
        }
        if self.resumed_after > 0 {
            writeln!(f, "  went on after row      {:>10}", self.resumed_after)?;
        }
        for (name, count) in [
            ("rows read", self.rows),
            ("created", self.created),
            ("updated", self.updated),
            ("unchanged", self.unchanged),
            ("rejected", self.rejected),
            ("left out by filters", self.skipped_rows()),
        ] {
            writeln!(f, "  {name:<22} {count:>10}")?;
        }
        for (name, count) in &self.skipped {
            writeln!(f, "    {name:<20} {count:>10}")?;
        }
        if !self.flags.is_empty() {
            writeln!(f, "  doubts noted           {:>10}", self.flags.values().sum::<u64>())?;
        }
        for (flag, count) in &self.flags {
            writeln!(f, "    {:<20} {count:>10}", flag.code())?;
        }
        if let Some(report) = &self.report {
            writeln!(f, "  report                 {}", report.display())?;
        }
        write!(f, "  took {:.1} s, {:.0} rows/s", self.seconds, self.rows_per_second)
    }
}
