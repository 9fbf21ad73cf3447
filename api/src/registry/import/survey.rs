//! The reading before the import: is the file whole, how is it written, how many rows has it, which keys stand in it more
//! than once. Nothing is written before a file has been read through once without harm.
//!
//! It keeps eight bytes a row, the hash of each key; everything else is constant. Only where keys do come twice it reads
//! the file once more, to tell a repeated row from a contradiction.

use std::collections::HashMap;
use std::fs::File;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{Read, Seek, SeekFrom};

use sha2::{Digest, Sha256};

use super::error::Content;
use super::form::Problem;
use super::mapping::{Encoding, Mapping};
use super::reader::{self, Rows};
use super::row::{Judge, Verdict};

/// What is known of a file after it has been read through.
#[derive(Debug)]
pub(super) struct Survey {
    pub(super) sha256: String,
    pub(super) encoding: Encoding,
    pub(super) columns: Vec<usize>,
    pub(super) rows: u64,
    /// How many of them would be taken in.
    pub(super) taken: u64,
    pub(super) doubles: Doubles,
}

/// Keys that stand in the file more than once.
#[derive(Debug, Default)]
pub(super) struct Doubles(HashMap<u64, Double>);

/// One such key.
#[derive(Clone, Copy, Debug)]
pub(super) struct Double {
    /// The first row with it.
    pub(super) first_row: u64,
    content: u64,
    /// Whether all rows with it are the same.
    pub(super) same: bool,
    /// How many rows have it.
    pub(super) count: u64,
}

impl Doubles {
    pub(super) fn of(&self, key: &str) -> Option<Double> {
        if self.0.is_empty() { None } else { self.0.get(&hash(key)).copied() }
    }
}

/// Why a survey does not come to its end.
pub(super) enum Obstacle {
    Content(Content),
    Columns(Vec<Problem>),
}

impl From<Content> for Obstacle {
    fn from(problem: Content) -> Self {
        Self::Content(problem)
    }
}

/// The digest of a file's bytes.
pub(super) fn digest(file: &File) -> std::io::Result<String> {
    let mut file = file.try_clone()?;
    file.seek(SeekFrom::Start(0))?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        hash.update(buffer.get(..read).unwrap_or_default());
    }
    Ok(hex(&hash.finalize()))
}

/// The digest of a text.
pub(super) fn digest_of(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        text.push_str(&format!("{byte:02x}"));
        text
    })
}

fn hash(value: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// Reads the file through. `progress` is told how many bytes of it have been read.
pub(super) fn survey(file: &File, mapping: &Mapping, progress: &dyn Fn(u64)) -> Result<Survey, Obstacle> {
    let sha256 = digest(file).map_err(|error| Content::Damaged(error.to_string()))?;
    let encoding = reader::encoding(file, &mapping.file)?;
    let mut rows = Rows::open(file, &mapping.file, encoding)?;
    let header = rows.header.clone();
    let columns = mapping.columns.bind(&header).map_err(Obstacle::Columns)?;
    let judge = Judge { mapping, columns: &columns, header: &header, encoding };
    let limits = mapping.file.limits;
    let mut keys: Vec<u64> = Vec::new();
    let mut count = 0;
    while let Some(row) = rows.next(limits)? {
        count = row.row;
        if let Verdict::Kept { key, .. } = judge.judge(row.record) {
            keys.push(hash(&*key));
        }
        if count % 4096 == 0 {
            progress(rows.bytes_read());
        }
    }
    progress(rows.bytes_read());
    keys.sort_unstable();
    let mut doubles: HashMap<u64, Double> = HashMap::new();
    for pair in keys.windows(2) {
        if let [a, b] = pair
            && a == b
        {
            doubles.insert(*a, Double { first_row: 0, content: 0, same: true, count: 0 });
        }
    }
    let kept = keys.len() as u64;
    drop(keys);
    if !doubles.is_empty() {
        compare(file, judge, &mut doubles)?;
    }
    // Of equal rows the first is taken, of contradicting ones none.
    let lost: u64 = doubles.values().map(|double| double.count - u64::from(double.same)).sum();
    Ok(Survey { sha256, encoding, columns, rows: count, taken: kept - lost, doubles: Doubles(doubles) })
}

/// Finds out which of the rows that share a key are the same throughout.
fn compare(file: &File, judge: Judge<'_>, doubles: &mut HashMap<u64, Double>) -> Result<(), Content> {
    let mapping = judge.mapping;
    let mut rows = Rows::open(file, &mapping.file, judge.encoding)?;
    while let Some(row) = rows.next(mapping.file.limits)? {
        let Verdict::Kept { key, .. } = judge.judge(row.record) else { continue };
        let Some(double) = doubles.get_mut(&hash(&*key)) else { continue };
        let content = hash(row.record.iter().collect::<Vec<_>>());
        if double.count == 0 {
            double.first_row = row.row;
            double.content = content;
        }
        double.same &= double.content == content;
        double.count += 1;
    }
    Ok(())
}
