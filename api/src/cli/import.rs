//! `yuti import`

use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use tokio_util::sync::CancellationToken;

use super::open;
use super::{Exit, Refusal};
use crate::config::Config;
use crate::db::Purpose;
use crate::registry::import::{self, Import, ImportError, Options, Progress};

/// The words of the command.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Import elevators from a CSV file, plain or packed with gzip. Stopped anywhere and started again with the same file
    /// and mapping, it goes on where it stopped; the same file once more changes nothing.
    #[command(
        after_help = "Examples:\n  yuti import elevators register.csv --mapping mapping.toml\n  yuti import elevators register.csv.gz --mapping mapping.toml --report rejected.csv\n  yuti import elevators register.csv --mapping mapping.toml --dry-run\n  yuti import elevators register.csv --mapping mapping.toml --remove-demo"
    )]
    Elevators {
        /// The file.
        file: PathBuf,
        /// What its columns mean: see docs/import.md.
        #[arg(long, value_name = "FILE")]
        mapping: PathBuf,
        /// Where rejected rows go; else FILE.reject.csv in this folder.
        #[arg(long, value_name = "FILE")]
        report: Option<PathBuf>,
        /// Read and judge everything, write nothing.
        #[arg(long)]
        dry_run: bool,
        /// Remove the demonstration data, once it is sure that rows of the file are taken in.
        #[arg(long)]
        remove_demo: bool,
    },
}

impl From<ImportError> for Refusal {
    fn from(error: ImportError) -> Self {
        let exit = match &error {
            ImportError::Missing { .. } | ImportError::Unreadable { .. } => Exit::NoInput,
            ImportError::Mapping { .. } | ImportError::Content { .. } | ImportError::Demonstration { .. } => {
                Exit::Data
            }
            ImportError::Report { .. } | ImportError::ReportInTheWay { .. } => Exit::CannotCreate,
            ImportError::Busy { .. }
            | ImportError::Overtaken { .. }
            | ImportError::Stopped { .. }
            | ImportError::Database(_) => Exit::Unavailable,
            ImportError::Broken(_) => Exit::Fault,
        };
        Self::new(exit, error.to_string())
    }
}

/// Runs the command.
///
/// # Errors
/// See [`ImportError`].
pub async fn run(config: Config, arguments: Arguments) -> Result<(), Refusal> {
    let What::Elevators { file, mapping, report, dry_run, remove_demo } = arguments.what;
    let opened = open::everything(&config, Purpose::Bulk).await?;
    let options = Options { file: &file, mapping: &mapping, report: report.as_deref(), dry_run, remove_demo };
    let bar = bar();
    let mut work =
        Import::new(&opened.db, &opened.vault, &opened.profile, &opened.reference, &opened.clock, options);
    let shown = bar.clone();
    work.progress = Arc::new(move |progress| show(&shown, progress));
    work.stop = stopped_by_signal();
    let summary = import::elevators(work).await;
    bar.finish_and_clear();
    let summary = summary?;
    println!("{summary}");
    if summary.rows > 0 && summary.rejected == summary.rows {
        return Err(Refusal::new(
            Exit::Data,
            "every row was rejected and nothing was taken in; the report says why",
        ));
    }
    Ok(())
}

fn bar() -> ProgressBar {
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template("{msg} {bar:32} {human_pos}/{human_len} {eta}") {
        bar.set_style(style);
    }
    bar
}

/// SIGINT and SIGTERM end an import after the batch it is at.
fn stopped_by_signal() -> CancellationToken {
    let stop = CancellationToken::new();
    let told = stop.clone();
    tokio::spawn(async move {
        use tokio::signal::unix::{SignalKind, signal};
        let (Ok(mut interrupt), Ok(mut terminate)) =
            (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
        else {
            return;
        };
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        told.cancel();
    });
    stop
}

fn show(bar: &ProgressBar, progress: Progress) {
    let (words, done, of) = match progress {
        Progress::Reading { done, of } => ("reading", done, of),
        Progress::RemovingDemonstration { done, of } => ("removing demonstration data", done, of),
        Progress::Passing { done, of } => ("passing what is in already", done, of),
        Progress::Importing { done, of } => ("importing", done, of),
    };
    bar.set_message(words);
    bar.set_length(of);
    bar.set_position(done);
}
