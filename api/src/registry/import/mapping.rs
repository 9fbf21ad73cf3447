//! The mapping: how one register's file becomes elevators. Reference: `docs/import.md`.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use yuti_openapi::wire::Location;

use super::convert::{DateFormat, NumberStyle};
use super::form::{self, Problem, Problems, Table};
use super::mapping_parts::Reader;
use super::pick::{Columns, Condition, Pick, StandIns, root};
use crate::profile::{Pattern, Profile};

/// How one register's file becomes elevators.
#[derive(Debug)]
pub struct Mapping {
    pub(super) source: Source,
    pub(super) file: FileForm,
    pub(super) identity: Identity,
    pub(super) identifiers: Vec<IdentifierForm>,
    pub(super) fields: BTreeMap<&'static str, Vec<FieldForm>>,
    pub(super) filters: Vec<Filter>,
    pub(super) bounds: Option<Bounds>,
    pub(super) columns: Columns,
}

/// The register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Source {
    pub(super) key: String,
    pub(super) name_zh: String,
    pub(super) name_en: String,
    pub(super) licence: String,
    pub(super) url: Option<String>,
    pub(super) as_of: Option<NaiveDate>,
}

/// How the file is written.
#[derive(Clone, Debug)]
pub(super) struct FileForm {
    /// `None`: to be found out.
    pub(super) encoding: Option<Encoding>,
    pub(super) delimiter: u8,
    pub(super) header_row: u64,
    pub(super) limits: Limits,
}

/// How the file's bytes mean text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8.
    Utf8,
    /// GB 18030, and with it GBK and GB 2312.
    Gb18030,
}

impl Encoding {
    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Gb18030 => "GB18030",
        }
    }
}

/// What is too much.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) unpacked_bytes: u64,
    pub(super) ratio: u64,
    /// Small files compress well without harm.
    pub(super) ratio_after: u64,
    pub(super) row_bytes: u64,
    pub(super) field_characters: u64,
}

/// What tells one elevator of the register from another.
#[derive(Debug)]
pub(super) struct Identity {
    pub(super) pick: Pick,
    pub(super) patterns: Vec<Pattern>,
}

/// A kind of identifier and where it stands.
#[derive(Debug)]
pub(super) struct IdentifierForm {
    pub(super) kind: String,
    pub(super) pick: Pick,
    pub(super) patterns: Vec<Pattern>,
    pub(super) coding_schemes: bool,
    pub(super) since: Option<Dated>,
    pub(super) until: Option<Dated>,
}

/// A day and how it is written.
#[derive(Debug)]
pub(super) struct Dated {
    pub(super) pick: Pick,
    pub(super) formats: Vec<DateFormat>,
}

/// One way to fill a field.
#[derive(Debug)]
pub(super) struct FieldForm {
    pub(super) pick: Pick,
    pub(super) how: How,
}

/// How a text becomes the value.
#[derive(Debug)]
pub(super) enum How {
    Text { most: usize, words: Words, patterns: Vec<Pattern>, keep_first: Vec<(Pattern, usize)> },
    Phone,
    UnitCode,
    Date { formats: Vec<DateFormat>, past: bool },
    Number { style: NumberStyle, factor: f64, least: f64, most: f64, decimals: i32 },
    Whole { least: i32, most: i32 },
    Code(Words),
    Flag(Words),
    Place(Words),
    Category { words: Words, catalogue: Option<String> },
}

/// The source's words and ours, exactly as written.
pub(super) type Words = BTreeMap<String, String>;

/// A condition under which rows are left out.
#[derive(Debug)]
pub(super) struct Filter {
    pub(super) name: String,
    pub(super) rejects: bool,
    pub(super) reason: String,
    pub(super) condition: Condition,
}

/// Where the city lies.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    west: f64,
    south: f64,
    east: f64,
    north: f64,
}

impl Bounds {
    pub(super) fn holds(self, place: Location) -> bool {
        (self.west..=self.east).contains(&place.longitude)
            && (self.south..=self.north).contains(&place.latitude)
    }
}

impl Mapping {
    /// Reads a mapping.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn parse(text: &str, profile: &Profile) -> Result<Self, Vec<Problem>> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        form::read(text, |table, problems| Self::read(table, profile, problems))?.ok_or_else(|| {
            // Whatever leaves a part out has said why; this stands for the impossible case that it did not.
            vec![Problem { key: "identity".into(), line: 1, problem: "is incomplete; complete it".into() }]
        })
    }

    fn read(table: &mut Table<'_>, profile: &Profile, problems: &mut Problems<'_>) -> Option<Self> {
        let mut columns = Columns::default();
        let source = match table.table("source", problems) {
            Some(mut inner) => Some(read_source(&mut inner, problems)),
            None => {
                problems.add(&root("source"), "is missing; say in [source] where the data comes from");
                None
            }
        };
        let (file, stand_ins) = read_file(table.table("file", problems), problems);
        let mut reader = Reader { columns: &mut columns, stand_ins: &stand_ins, profile };
        let identity = match table.table("identity", problems) {
            Some(mut inner) => reader.identity(&mut inner, problems),
            None => {
                problems.add(
                    &root("identity"),
                    "is missing; say in [identity] which column tells elevators apart",
                );
                None
            }
        };
        let mut identifiers = Vec::new();
        for mut inner in table.tables("identifiers", problems) {
            identifiers.extend(reader.identifier(&mut inner, problems));
            inner.finish(problems);
        }
        let fields = match table.table("fields", problems) {
            Some(mut inner) => reader.fields(&mut inner, problems),
            None => BTreeMap::new(),
        };
        let mut filters: Vec<Filter> = Vec::new();
        for mut inner in table.tables("filters", problems) {
            let filter = reader.filter(&mut inner, problems);
            inner.finish(problems);
            let twice = |new: &Filter| filters.iter().any(|known| known.name == new.name);
            if filter.as_ref().is_some_and(twice) {
                problems.add(
                    &inner.place_of("name"),
                    "is the name of another filter too; give it one of its own",
                );
            }
            filters.extend(filter);
        }
        let bounds = table.table("bounds", problems).and_then(|mut inner| read_bounds(&mut inner, problems));
        let (source, identity) = (source?, identity?);
        Some(Self { source, file, identity, identifiers, fields, filters, bounds, columns })
    }
}

fn read_source(table: &mut Table<'_>, problems: &mut Problems<'_>) -> Source {
    let key = table.required("key", problems);
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !key.is_empty() && (key.len() > 64 || !key.chars().all(plain)) {
        problems.add(
            &table.place_of("key"),
            "is not made of up to 64 small letters, digits and hyphens; write it so",
        );
    }
    let name_zh = table.required("name_zh", problems);
    let name_en = table.required("name_en", problems);
    let licence = table.required("licence", problems);
    let url = table.text("url", problems);
    if let Some(url) =
        url.as_ref().filter(|url| !url.value.starts_with("https://") && !url.value.starts_with("http://"))
    {
        problems.add(&url.place, "does not begin with https://; write the whole address, or leave it out");
    }
    let as_of = table.day("as_of", problems);
    table.finish(problems);
    Source { key, name_zh, name_en, licence, url: url.map(|url| url.value), as_of }
}

fn read_file(table: Option<Table<'_>>, problems: &mut Problems<'_>) -> (FileForm, StandIns) {
    let mut limits = Limits {
        unpacked_bytes: 16 << 30,
        ratio: 200,
        ratio_after: 64 << 20,
        row_bytes: 1 << 20,
        field_characters: 10_000,
    };
    let mut file = FileForm { encoding: None, delimiter: b',', header_row: 1, limits };
    let Some(mut table) = table else { return (file, StandIns::default()) };
    if let Some(text) = table.text("encoding", problems) {
        match text.value.to_ascii_lowercase().as_str() {
            "auto" => {}
            "utf-8" => file.encoding = Some(Encoding::Utf8),
            "gb18030" | "gbk" | "gb2312" => file.encoding = Some(Encoding::Gb18030),
            _ => problems.add(&text.place, "is none of auto, utf-8 and gb18030; write one of them"),
        }
    }
    if let Some(text) = table.text("delimiter", problems) {
        // A byte of GB18030 can be any of the characters from @ to ~, so that one of those cannot part fields.
        match text.value.as_bytes() {
            [byte @ (b',' | b';' | b'\t' | b':')] => file.delimiter = *byte,
            [b'|'] if file.encoding == Some(Encoding::Utf8) => file.delimiter = b'|',
            [b'|'] => problems
                .add(&text.place, "is `|`, which needs `encoding = \"utf-8\"`; say so, or use another"),
            _ => problems.add(&text.place, "is none of `,`, `;`, `:`, `|` and \"\\t\"; write one of them"),
        }
    }
    if let Some(row) = table.whole("header_row", 1..=1000, problems) {
        file.header_row = row;
    }
    let stand_ins = StandIns::read(&mut table, problems);
    if let Some(mut inner) = table.table("limits", problems) {
        let mut set = |key, bounds, place: &mut u64| {
            if let Some(value) = inner.whole(key, bounds, problems) {
                *place = value;
            }
        };
        set("unpacked_bytes", 1..=1 << 40, &mut limits.unpacked_bytes);
        set("ratio", 1..=100_000, &mut limits.ratio);
        set("row_bytes", 1000..=1 << 26, &mut limits.row_bytes);
        set("field_characters", 100..=1_000_000, &mut limits.field_characters);
        inner.finish(problems);
    }
    table.finish(problems);
    (FileForm { limits, ..file }, stand_ins)
}

fn read_bounds(table: &mut Table<'_>, problems: &mut Problems<'_>) -> Option<Bounds> {
    let mut side = |key, most: f64| {
        let place = table.place_of(key);
        let Some(number) = table.number(key, problems) else {
            if !table.has(key) {
                problems.add(&place, "is missing; add it, in degrees");
            }
            return None;
        };
        if number.value.abs() > most {
            problems.add(&number.place, format!("is not between -{most} and {most} degrees; mend it"));
        }
        Some(number.value)
    };
    let (west, south) = (side("west", 180.0), side("south", 90.0));
    let (east, north) = (side("east", 180.0), side("north", 90.0));
    table.finish(problems);
    let bounds = Bounds { west: west?, south: south?, east: east?, north: north? };
    if bounds.west > bounds.east || bounds.south > bounds.north {
        problems.add(
            &table.place,
            "has its sides the wrong way round; west is less than east, south less than north",
        );
    }
    Some(bounds)
}
