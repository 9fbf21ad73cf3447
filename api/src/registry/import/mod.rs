//! `yuti import elevators`: a register's file into the register, by a mapping. Reference: `docs/import.md`.
//!
//! A file is read through once before anything is written; then its rows go in by batches. What makes it safe to kill
//! stands in `run`, what a mapping can say in `mapping` and `fields`, what is rejected in `row`, what is doubted in
//! `values` and `interpret`.

mod convert;
mod error;
mod fields;
mod form;
mod interpret;
mod lease;
mod mapping;
mod mapping_fields;
mod mapping_parts;
mod pick;
mod produce;
mod progress_row;
mod reader;
mod report;
mod row;
mod run;
mod summary;
mod survey;
mod text;
mod values;

use std::path::Path;
use std::sync::Arc;

use sea_orm::DatabaseConnection;
use tokio_util::sync::CancellationToken;

use super::reference::Reference;
use crate::clock::Clock;
use crate::profile::Profile;
use crate::vault::Vault;

pub use error::{Content, ImportError};
pub use form::Problem;
pub use mapping::{Encoding, Mapping};
pub use summary::{Progress, Summary};

/// How progress is told: called often, from more than one thread.
pub type Notify = Arc<dyn Fn(Progress) + Send + Sync>;

/// What an import is asked to do.
#[derive(Clone, Copy, Debug)]
pub struct Options<'o> {
    /// The file: CSV, plain or packed with gzip.
    pub file: &'o Path,
    /// The mapping.
    pub mapping: &'o Path,
    /// Where rejected rows are reported; else `<file name>.reject.csv` in the folder of the command. A dry run
    /// reports only where this is given.
    pub report: Option<&'o Path>,
    /// Do everything and write nothing.
    pub dry_run: bool,
    /// Take the demonstration set out first.
    pub remove_demo: bool,
}

/// What an import works with.
pub struct Import<'i> {
    /// The database, its schema up to date.
    pub db: &'i DatabaseConnection,
    /// What is sealed is opened with it.
    pub vault: &'i Vault,
    /// The city.
    pub profile: &'i Profile,
    /// The city's reference data as the database holds it.
    pub reference: &'i Reference,
    /// The clock.
    pub clock: &'i Clock,
    /// What is asked.
    pub options: Options<'i>,
    /// How progress is told.
    pub progress: Notify,
    /// Cancelled, the import stops after the batch it is at; started again, it goes on.
    pub stop: CancellationToken,
}

impl<'i> Import<'i> {
    /// An import that tells nobody and is never stopped.
    #[must_use]
    pub fn new(
        db: &'i DatabaseConnection,
        vault: &'i Vault,
        profile: &'i Profile,
        reference: &'i Reference,
        clock: &'i Clock,
        options: Options<'i>,
    ) -> Self {
        Self {
            db,
            vault,
            profile,
            reference,
            clock,
            options,
            progress: run::silent(),
            stop: CancellationToken::new(),
        }
    }
}

/// Imports a register's file.
///
/// # Errors
/// The file, the mapping or the report cannot be used, demonstration data stands in the way, another import of the same
/// register is running, or the database refuses. Whatever was committed stays, and the next call goes on after it.
pub async fn elevators(import: Import<'_>) -> Result<Summary, ImportError> {
    run::import(&import, run::Pace::default()).await
}

#[cfg(test)]
mod tests;
