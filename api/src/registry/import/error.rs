//! Why an import is refused or stops: what is wrong, where, and the mend.

use std::path::PathBuf;

use sea_orm::DbErr;

use super::form::Problem;

/// Why an import is refused or stops.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// A file that was named is not there.
    #[error("there is no file {path}; give the path of the {what}", path = .path.display())]
    Missing {
        /// What the file is for.
        what: &'static str,
        /// The path.
        path: PathBuf,
    },
    /// A file that was named cannot be read.
    #[error("the {what} {path} cannot be read ({cause})", path = .path.display())]
    Unreadable {
        /// What the file is for.
        what: &'static str,
        /// The path.
        path: PathBuf,
        /// The reason.
        cause: String,
    },
    /// The mapping cannot be used.
    #[error("the mapping {path} cannot be used; mend:{}", listed(.problems), path = .path.display())]
    Mapping {
        /// The mapping.
        path: PathBuf,
        /// Everything that is wrong with it.
        problems: Vec<Problem>,
    },
    /// The file as a whole cannot be taken.
    #[error("{path} {problem}", path = .path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: Content,
    },
    /// The report cannot be written.
    #[error("the report {path} cannot be written ({cause}); give another path with --report", path = .path.display())]
    Report {
        /// The report.
        path: PathBuf,
        /// The reason.
        cause: String,
    },
    /// What stands at the report's path is something else.
    #[error("{path} is there already and is no report of an import; give another path with --report", path = .path.display())]
    ReportInTheWay {
        /// The path.
        path: PathBuf,
    },
    /// Real data never stands beside made-up data.
    #[error(
        "the database holds {elevators} demonstration elevators, and real data does not stand beside made-up data; \
         add --remove-demo to remove them first"
    )]
    Demonstration {
        /// How many there are.
        elevators: u64,
    },
    /// Another import of the same register is running.
    #[error("another import of the register `{source_key}` is running; wait until it has finished")]
    Busy {
        /// The register.
        source_key: String,
    },
    /// Another import took this one for dead and went on in its place.
    #[error(
        "another import of the register `{source_key}` went on in the place of this one, which had stood still for too \
         long; nothing is lost, let the other one finish"
    )]
    Overtaken {
        /// The register.
        source_key: String,
    },
    /// It was asked to stop.
    #[error(
        "stopped after {rows} rows, which are in; start it again with the same file and mapping to go on"
    )]
    Stopped {
        /// Rows that are in.
        rows: u64,
    },
    /// The database refuses.
    #[error("the database refuses: {0}; what was committed stays, start the import again to go on")]
    Database(#[from] DbErr),
    /// A part of the program came to an unexpected end.
    #[error("the import came to an unexpected end ({0}); what was committed stays, start it again to go on")]
    Broken(String),
}

/// What is wrong with a file as a whole.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Content {
    /// It is another kind of file.
    #[error("is {0}, not a CSV file; save the table as CSV, in UTF-8 or GB18030, and import that")]
    NotCsv(&'static str),
    /// There is nothing in it.
    #[error("is empty; nothing was changed")]
    Empty,
    /// There is nothing in it but ends of lines.
    #[error("holds only blank lines; nothing was changed. Export the table again")]
    Blank,
    /// It ends before its header.
    #[error("has no row {0}, which the mapping names as the header (`file.header_row`)")]
    NoHeader(u64),
    /// The header cannot be read in the encoding.
    #[error("has a header that cannot be read as {0}; mend `file.encoding` of the mapping")]
    HeaderUnreadable(&'static str),
    /// The byte order mark says something else than the mapping.
    #[error(
        "begins with the mark of UTF-8, but the mapping says `gb18030`; write `file.encoding = \"auto\"`"
    )]
    OtherEncoding,
    /// A compressed file grows out of all proportion.
    #[error(
        "unpacks to more than {ratio} times its size; if it is what it should be, raise `file.limits.ratio` of the mapping"
    )]
    Bomb {
        /// The limit.
        ratio: u64,
    },
    /// It is larger than allowed.
    #[error(
        "holds more than {bytes} bytes; if it is what it should be, raise `file.limits.unpacked_bytes` of the mapping"
    )]
    TooLarge {
        /// The limit.
        bytes: u64,
    },
    /// A compressed file is damaged or cut off.
    #[error("is damaged or cut off ({0}); get it again")]
    Damaged(String),
    /// One row does not end.
    #[error(
        "has a row that begins on line {line} and is longer than {bytes} bytes; most likely a quotation mark is not \
         closed there; mend the row, or raise `file.limits.row_bytes` of the mapping"
    )]
    EndlessRow {
        /// The line on which the row begins.
        line: u64,
        /// The limit.
        bytes: u64,
    },
    /// It changed while it was read.
    #[error("changed while it was read; import it again once it is complete")]
    Changed,
}

fn listed(problems: &[Problem]) -> String {
    problems.iter().map(|problem| format!("\n  {problem}")).collect()
}
