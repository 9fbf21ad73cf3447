//! The report of rejected rows: a CSV file that opens in a spreadsheet and does no harm there.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::error::ImportError;
use super::text::{cut, defuse};
use crate::vault::mask;

/// The mark lets spreadsheets read Chinese; the names say what each column holds.
const HEADER: &str = "\u{feff}row,line,key,column,value,reason,explanation\r\n";
/// A value is shown so far that it can be recognised.
const LONGEST_VALUE: usize = 200;

/// Why a row is rejected, as a closed list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reason {
    WrongNumberOfFields,
    Undecodable,
    NulCharacter,
    FieldTooLong,
    IdentityMissing,
    IdentityMalformed,
    DuplicateKey,
    RepeatedRow,
    Filter,
}

impl Reason {
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::WrongNumberOfFields => "wrong_number_of_fields",
            Self::Undecodable => "undecodable",
            Self::NulCharacter => "nul_character",
            Self::FieldTooLong => "field_too_long",
            Self::IdentityMissing => "identity_missing",
            Self::IdentityMalformed => "identity_malformed",
            Self::DuplicateKey => "duplicate_key",
            Self::RepeatedRow => "repeated_row",
            Self::Filter => "filter",
        }
    }
}

/// One thing that is wrong with a row.
#[derive(Clone, Debug)]
pub(super) struct Reject {
    pub(super) column: String,
    pub(super) value: String,
    pub(super) reason: Reason,
    pub(super) explanation: String,
}

/// The report's lines for a row.
pub(super) fn lines(row: u64, line: u64, key: &str, rejects: &[Reject], into: &mut Vec<u8>) {
    let mut csv = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(into);
    let cell = |text: &str| defuse(cut(&mask::text(text), LONGEST_VALUE)).replace('\0', "\u{fffd}");
    for reject in rejects {
        let fields = [
            row.to_string(),
            line.to_string(),
            cell(key),
            cell(&reject.column),
            cell(&reject.value),
            reject.reason.code().to_owned(),
            cell(&reject.explanation),
        ];
        // Writing into memory does not fail.
        let _ = csv.write_record(&fields);
    }
    let _ = csv.flush();
}

/// The report on disk.
#[derive(Debug)]
pub(super) struct Report {
    path: PathBuf,
    file: File,
    length: u64,
}

impl Report {
    /// Opens the report. `recorded`: what an interrupted run had written; the file is cut to that and goes on from
    /// there. Where it has been lost since, the report begins anew and the second value is true.
    pub(super) fn open(path: &Path, recorded: Option<u64>) -> Result<(Self, bool), ImportError> {
        let failed = |cause: std::io::Error| ImportError::Report {
            path: path.to_path_buf(),
            cause: cause.to_string(),
        };
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .map_err(failed)?;
        let length = file.metadata().map_err(failed)?.len();
        if length > 0 {
            let mut head = vec![0; HEADER.len()];
            let same = file.read_exact(&mut head).is_ok() && head == HEADER.as_bytes();
            // A file that was cut off inside its header is a report that a kill interrupted at its very beginning.
            let begun = length < HEADER.len() as u64
                && head
                    .get(..usize::try_from(length).unwrap_or(0))
                    .is_some_and(|head| HEADER.as_bytes().starts_with(head));
            if !same && !begun {
                return Err(ImportError::ReportInTheWay { path: path.to_path_buf() });
            }
        }
        let kept = recorded.filter(|recorded| *recorded >= HEADER.len() as u64 && *recorded <= length);
        file.set_len(kept.unwrap_or(0)).map_err(failed)?;
        file.seek(SeekFrom::End(0)).map_err(failed)?;
        let mut report = Self { path: path.to_path_buf(), file, length: kept.unwrap_or(0) };
        if kept.is_none() {
            report.append(HEADER.as_bytes())?;
        }
        Ok((report, kept.is_none()))
    }

    /// Adds to the report; it is on disk when this returns, so that the database never counts on lines that are not.
    pub(super) fn append(&mut self, bytes: &[u8]) -> Result<(), ImportError> {
        if bytes.is_empty() {
            return Ok(());
        }
        self.file
            .write_all(bytes)
            .and_then(|()| self.file.sync_data())
            .map_err(|cause| ImportError::Report { path: self.path.clone(), cause: cause.to_string() })?;
        self.length += bytes.len() as u64;
        Ok(())
    }

    pub(super) fn length(&self) -> u64 {
        self.length
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}
