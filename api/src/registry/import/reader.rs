//! From a file to rows: unpacked, measured, parted into fields, one row at a time.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::rc::Rc;

use csv::ByteRecord;
use flate2::read::MultiGzDecoder;

use super::error::Content;
use super::mapping::{Encoding, FileForm, Limits};

/// The beginnings of files that people take for tables.
const OTHERS: &[(&[u8], &str)] = &[
    (b"PK\x03\x04", "a ZIP file such as an Excel workbook (.xlsx)"),
    (b"PK\x05\x06", "an empty ZIP file"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel workbook (.xls)"),
    (b"%PDF", "a PDF file"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"PAR1", "a Parquet file"),
    (b"\xfd7zXZ\0", "a file packed with xz"),
    (b"BZh", "a file packed with bzip2"),
    (b"\x28\xb5\x2f\xfd", "a file packed with zstd"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip file"),
    (b"Rar!\x1a\x07", "a RAR file"),
    (b"\xff\xfe", "text in UTF-16"),
    (b"\xfe\xff", "text in UTF-16"),
    (b"\x1f\x8b", "a file that was packed twice"),
];

const GZIP: &[u8] = b"\x1f\x8b";
const UTF8_MARK: &[u8] = b"\xef\xbb\xbf";
const GB18030_MARK: &[u8] = b"\x84\x31\x95\x33";
const BUFFER: usize = 1 << 16;

/// Why reading ends early; travels inside an I/O error.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Refusal(Content);

fn refuse(problem: Content) -> io::Error {
    io::Error::other(Refusal(problem))
}

/// What an I/O error means for the file.
fn content(error: io::Error) -> Content {
    let text = error.to_string();
    let Some(inner) = error.into_inner() else { return Content::Damaged(text) };
    match inner.downcast::<Refusal>() {
        Ok(refusal) => refusal.0,
        Err(_) => Content::Damaged(text),
    }
}

/// Counts what is read of the file itself.
struct Counted<R> {
    inner: R,
    count: Rc<Cell<u64>>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(into)?;
        self.count.set(self.count.get() + read as u64);
        Ok(read)
    }
}

/// Watches over what comes out of the file: how much in all, how much for what went in, how much since the last row.
struct Guarded<R> {
    inner: R,
    packed: Option<Rc<Cell<u64>>>,
    unpacked: u64,
    since_row: Rc<Cell<u64>>,
    limits: Limits,
}

impl<R: Read> Read for Guarded<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(into)?;
        self.unpacked += read as u64;
        self.since_row.set(self.since_row.get() + read as u64);
        if self.unpacked > self.limits.unpacked_bytes {
            return Err(refuse(Content::TooLarge { bytes: self.limits.unpacked_bytes }));
        }
        let packed = self.packed.as_ref().map_or(u64::MAX, |count| count.get());
        if self.unpacked > self.limits.ratio_after && self.unpacked / self.limits.ratio > packed {
            return Err(refuse(Content::Bomb { ratio: self.limits.ratio }));
        }
        if self.since_row.get() > self.limits.row_bytes + BUFFER as u64 {
            return Err(refuse(Content::EndlessRow { line: 0, bytes: self.limits.row_bytes }));
        }
        Ok(read)
    }
}

/// The bytes of the table, from the beginning, without a byte order mark.
struct Bytes {
    reader: Box<dyn BufRead>,
    since_row: Rc<Cell<u64>>,
    mark: Option<Encoding>,
    packed: Rc<Cell<u64>>,
    /// Whether lines end with a carriage return and a line feed.
    crlf: bool,
}

fn bytes(file: &File, limits: Limits) -> Result<Bytes, Content> {
    let mut file = file.try_clone().map_err(content)?;
    file.seek(SeekFrom::Start(0)).map_err(content)?;
    let packed = Rc::new(Cell::new(0));
    let since_row = Rc::new(Cell::new(0));
    let mut plain = BufReader::with_capacity(BUFFER, Counted { inner: file, count: Rc::clone(&packed) });
    let is_gzip = plain.fill_buf().map_err(content)?.starts_with(GZIP);
    let guard = |inner: Box<dyn Read>, packed| Guarded {
        inner,
        packed,
        unpacked: 0,
        since_row: Rc::clone(&since_row),
        limits,
    };
    let guarded = if is_gzip {
        guard(Box::new(MultiGzDecoder::new(plain)), Some(Rc::clone(&packed)))
    } else {
        guard(Box::new(plain), None)
    };
    let mut reader = BufReader::with_capacity(BUFFER, guarded);
    let head = reader.fill_buf().map_err(content)?;
    if head.is_empty() {
        return Err(Content::Empty);
    }
    if let Some((_, what)) = OTHERS.iter().find(|(magic, _)| head.starts_with(magic)) {
        return Err(Content::NotCsv(what));
    }
    match head.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'<') => return Err(Content::NotCsv("a web page or XML")),
        Some(b'{' | b'[') => return Err(Content::NotCsv("JSON")),
        Some(_) | None => {}
    }
    let line_feed = head.iter().position(|byte| *byte == b'\n');
    let crlf = line_feed.and_then(|place| head.get(place.checked_sub(1)?)) == Some(&b'\r');
    let (mark, length) = if head.starts_with(UTF8_MARK) {
        (Some(Encoding::Utf8), UTF8_MARK.len())
    } else if head.starts_with(GB18030_MARK) {
        (Some(Encoding::Gb18030), GB18030_MARK.len())
    } else {
        (None, 0)
    };
    reader.consume(length);
    Ok(Bytes { reader: Box::new(reader), since_row, mark, packed, crlf })
}

/// The encoding: what the mapping says, else what the byte order mark says, else what most lines are. One broken line
/// does not turn a file of UTF-8 into another one, and no line of Chinese in GB18030 is UTF-8 by accident.
pub(super) fn encoding(file: &File, form: &FileForm) -> Result<Encoding, Content> {
    let mut bytes = bytes(file, form.limits)?;
    match (form.encoding, bytes.mark) {
        (Some(Encoding::Gb18030), Some(Encoding::Utf8)) => return Err(Content::OtherEncoding),
        (Some(encoding), _) | (None, Some(encoding)) => return Ok(encoding),
        (None, None) => {}
    }
    let (mut utf8, mut others) = (0_u64, 0_u64);
    let mut line = Vec::new();
    loop {
        bytes.since_row.set(0);
        let chunk = bytes.reader.fill_buf().map_err(content)?;
        let end = chunk.iter().position(|byte| *byte == b'\n').map(|place| place + 1);
        let length = end.unwrap_or(chunk.len());
        line.extend_from_slice(chunk.get(..length).unwrap_or_default());
        let over = chunk.is_empty();
        bytes.reader.consume(length);
        // A line without an end is looked at in parts; it is refused when rows are read.
        if end.is_some() || over || line.len() > BUFFER {
            if !line.is_ascii() {
                let counted = if std::str::from_utf8(&line).is_ok() { &mut utf8 } else { &mut others };
                *counted += 1;
            }
            line.clear();
        }
        if over {
            return Ok(if utf8 >= others { Encoding::Utf8 } else { Encoding::Gb18030 });
        }
    }
}

/// The rows of a file, below its header.
pub(super) struct Rows {
    csv: csv::Reader<Box<dyn BufRead>>,
    since_row: Rc<Cell<u64>>,
    packed: Rc<Cell<u64>>,
    record: ByteRecord,
    row: u64,
    /// The parser ends a row at the carriage return and counts the line feed only with the next one.
    uncounted_lines: u64,
    /// The names of the columns.
    pub(super) header: Vec<String>,
}

/// One row as it stands in the file.
pub(super) struct Row<'r> {
    /// Its number below the header, from 1.
    pub(super) row: u64,
    /// The line on which it begins.
    pub(super) line: u64,
    pub(super) record: &'r ByteRecord,
}

impl Rows {
    /// Whether nothing but blanks follows.
    fn is_blank_to_the_end(&mut self, limits: Limits) -> Result<bool, Content> {
        while self.advance(limits)? {
            if !self.record.iter().all(|cell| cell.iter().all(u8::is_ascii_whitespace)) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    pub(super) fn open(file: &File, form: &FileForm, encoding: Encoding) -> Result<Self, Content> {
        let bytes = bytes(file, form.limits)?;
        let uncounted_lines = u64::from(bytes.crlf);
        let csv = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(form.delimiter)
            .buffer_capacity(BUFFER)
            .from_reader(bytes.reader);
        let mut rows = Self {
            csv,
            since_row: bytes.since_row,
            packed: bytes.packed,
            record: ByteRecord::new(),
            row: 0,
            uncounted_lines,
            header: Vec::new(),
        };
        for row in 1..=form.header_row {
            if !rows.advance(form.limits)? {
                // Lines without anything are no rows, so that a file of them has none.
                let problem = if row == 1 { Content::Blank } else { Content::NoHeader(form.header_row) };
                return Err(problem);
            }
        }
        let names =
            rows.record.iter().map(|name| decode(name, encoding).map(|name| super::text::clean(&name)));
        rows.header = names.collect::<Option<_>>().ok_or(Content::HeaderUnreadable(encoding.name()))?;
        if rows.header.iter().all(String::is_empty) && rows.is_blank_to_the_end(form.limits)? {
            return Err(Content::Blank);
        }
        Ok(rows)
    }

    /// The next row; `None` at the end.
    pub(super) fn next(&mut self, limits: Limits) -> Result<Option<Row<'_>>, Content> {
        if !self.advance(limits)? {
            return Ok(None);
        }
        self.row += 1;
        let line = self.record.position().map_or(0, csv::Position::line) + self.uncounted_lines;
        Ok(Some(Row { row: self.row, line, record: &self.record }))
    }

    /// How many bytes of the file itself have been read.
    pub(super) fn bytes_read(&self) -> u64 {
        self.packed.get()
    }

    fn advance(&mut self, limits: Limits) -> Result<bool, Content> {
        self.since_row.set(0);
        let begun = self.csv.position().byte() > 0;
        let line = self.csv.position().line() + if begun { self.uncounted_lines } else { 0 };
        let read = self.csv.read_byte_record(&mut self.record).map_err(|error| match error.into_kind() {
            csv::ErrorKind::Io(error) => content(error),
            other => Content::Damaged(format!("{other:?}")),
        });
        match read {
            Err(Content::EndlessRow { bytes, .. }) => Err(Content::EndlessRow { line, bytes }),
            Ok(true) if self.record.as_slice().len() as u64 > limits.row_bytes => {
                Err(Content::EndlessRow { line, bytes: limits.row_bytes })
            }
            other => other,
        }
    }
}

/// The text of a field; `None` where its bytes mean nothing in the encoding.
pub(super) fn decode(bytes: &[u8], encoding: Encoding) -> Option<std::borrow::Cow<'_, str>> {
    match encoding {
        Encoding::Utf8 => std::str::from_utf8(bytes).ok().map(std::borrow::Cow::Borrowed),
        Encoding::Gb18030 => encoding_rs::GB18030.decode_without_bom_handling_and_without_replacement(bytes),
    }
}
