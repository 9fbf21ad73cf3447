//! Which cells of a row a field is taken from, and when.

use std::borrow::Cow;

use super::form::{At, Place, Problem, Problems, Table, nearest_names};
use super::text::clean;
use crate::profile::Pattern;
use crate::vault::mask;

/// The columns that a mapping names, each once.
#[derive(Debug, Default)]
pub(super) struct Columns {
    named: Vec<At<String>>,
}

/// The place of a column among those that a mapping names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Column(usize);

impl Columns {
    fn intern(&mut self, name: At<String>) -> Column {
        let name = At { value: clean(&name.value), place: name.place };
        let known = self.named.iter().position(|other| other.value == name.value);
        Column(known.unwrap_or_else(|| {
            self.named.push(name);
            self.named.len() - 1
        }))
    }

    /// Finds every named column in the header. All that are missing are told at once, with the nearest names.
    pub(super) fn bind(&self, header: &[String]) -> Result<Vec<usize>, Vec<Problem>> {
        let mut places = Vec::with_capacity(self.named.len());
        let mut problems = Vec::new();
        for named in &self.named {
            let mut found = header.iter().enumerate().filter(|(_, name)| **name == named.value);
            let problem = match (found.next(), found.next()) {
                (Some((place, _)), None) => {
                    places.push(place);
                    continue;
                }
                (Some(_), Some(_)) => format!(
                    "names the column `{}`, which the file has more than once; give the columns names of their own",
                    named.value
                ),
                (None, _) => missing(&named.value, header),
            };
            problems.push(Problem { key: named.place.key.clone(), line: named.place.line, problem });
        }
        if problems.is_empty() { Ok(places) } else { Err(problems) }
    }

    pub(super) fn name(&self, column: Column) -> &str {
        self.named.get(column.0).map_or("", |named| named.value.as_str())
    }
}

fn missing(name: &str, header: &[String]) -> String {
    let near = nearest_names(name, header.iter().map(String::as_str));
    let mend = if near.is_empty() {
        // A file without a header has the cells of its first row there.
        let known: Vec<_> =
            header.iter().filter(|name| !name.is_empty()).map(|name| mask::text(name)).collect();
        format!("it has {}", known.join(", "))
    } else {
        format!("nearest are `{}`", mask::text(&near.join("`, `")))
    };
    format!("names the column `{name}`, which the file does not have; {mend}")
}

/// The cells of one row.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cells<'r> {
    pub(super) fields: &'r [Cow<'r, str>],
    pub(super) columns: &'r [usize],
}

impl<'r> Cells<'r> {
    pub(super) fn get(&self, column: Column) -> &'r str {
        let place = self.columns.get(column.0);
        place.and_then(|place| self.fields.get(*place)).map_or("", |field| field.as_ref())
    }
}

/// A question about one column of a row.
#[derive(Debug)]
pub(super) struct Condition {
    pub(super) column: Column,
    test: Test,
}

#[derive(Debug)]
enum Test {
    OneOf(Vec<String>),
    NoneOf(Vec<String>),
    Matches(Vec<Pattern>),
    Empty(bool),
}

impl Condition {
    pub(super) fn holds(&self, cells: &Cells<'_>) -> bool {
        let text = clean(cells.get(self.column));
        match &self.test {
            Test::OneOf(texts) => texts.contains(&text),
            Test::NoneOf(texts) => !texts.contains(&text),
            Test::Matches(patterns) => patterns.iter().any(|pattern| pattern.matches(&text)),
            Test::Empty(empty) => text.is_empty() == *empty,
        }
    }

    /// Reads `column` and the one test beside it.
    pub(super) fn read(
        table: &mut Table<'_>,
        columns: &mut Columns,
        problems: &mut Problems<'_>,
    ) -> Option<Self> {
        let place = table.place_of("column");
        let name = table.required("column", problems);
        let cleaned = |texts: At<Vec<String>>| texts.value.iter().map(|text| clean(text)).collect();
        let mut tests = Vec::new();
        if let Some(text) = table.text("equals", problems) {
            tests.push(Test::OneOf(vec![clean(&text.value)]));
        }
        if let Some(texts) = table.texts("in", problems) {
            tests.push(Test::OneOf(cleaned(texts)));
        }
        if let Some(texts) = table.texts("not_in", problems) {
            tests.push(Test::NoneOf(cleaned(texts)));
        }
        if table.has("matches") {
            tests.push(Test::Matches(patterns(table, "matches", problems)));
        } else {
            let _ = table.texts("matches", problems);
        }
        if let Some(flag) = table.flag("empty", problems) {
            tests.push(Test::Empty(flag.value));
        }
        if tests.len() != 1 {
            let problem = "needs one test of its column, and only one: equals, in, not_in, matches or empty";
            problems.add(&table.place, problem);
        }
        if name.is_empty() {
            return None;
        }
        Some(Self { column: columns.intern(At { value: name, place }), test: tests.pop()? })
    }
}

/// A list of patterns, written as in a city's profile.
pub(super) fn patterns(
    table: &mut Table<'_>,
    key: &'static str,
    problems: &mut Problems<'_>,
) -> Vec<Pattern> {
    let Some(written) = table.texts(key, problems) else { return Vec::new() };
    let mut patterns = Vec::new();
    for text in written.value {
        match Pattern::try_from(text) {
            Ok(pattern) => patterns.push(pattern),
            Err(problem) => problems.add(&written.place, problem),
        }
    }
    patterns
}

/// What stands for "nothing known" in a source.
#[derive(Clone, Debug, Default)]
pub(super) struct StandIns {
    texts: Vec<String>,
    patterns: Vec<Pattern>,
}

impl StandIns {
    pub(super) fn read(table: &mut Table<'_>, problems: &mut Problems<'_>) -> Self {
        let texts = table.texts("stand_ins", problems).map(|texts| texts.value).unwrap_or_default();
        Self {
            texts: texts.iter().map(|text| clean(text)).collect(),
            patterns: patterns(table, "stand_in_patterns", problems),
        }
    }

    fn holds(&self, text: &str) -> bool {
        self.texts.iter().any(|known| known == text)
            || self.patterns.iter().any(|pattern| pattern.matches(text))
    }

    /// Together with those that hold for the whole file.
    pub(super) fn with(mut self, others: &Self) -> Self {
        self.texts.extend(others.texts.iter().cloned());
        self.patterns.extend(others.patterns.iter().cloned());
        self
    }
}

/// Where a value comes from.
#[derive(Debug)]
pub(super) struct Pick {
    origin: Origin,
    stand_ins: StandIns,
    strip: Vec<String>,
    when: Option<Condition>,
}

#[derive(Debug)]
enum Origin {
    Columns { columns: Vec<Column>, separator: String },
    Constant(String),
}

/// What a row gives for a field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Given {
    /// What is to be interpreted; empty where there is nothing.
    pub(super) text: String,
    /// What the source wrote; empty where the mapping wrote it.
    pub(super) raw: String,
    /// Whether a part of it was a stand-in.
    pub(super) stood_in: bool,
    /// Whether something personal was hidden in a part of it.
    pub(super) hidden: bool,
}

impl Pick {
    /// Reads `column`, `columns` or `constant`, and the options beside them.
    pub(super) fn read(
        table: &mut Table<'_>,
        columns: &mut Columns,
        of_file: &StandIns,
        problems: &mut Problems<'_>,
    ) -> Option<Self> {
        let one =
            table.text("column", problems).map(|name| At { value: vec![name.value], place: name.place });
        let many = table.texts("columns", problems);
        let separator = table.text("separator", problems).map_or_else(|| " ".to_owned(), |text| text.value);
        let constant = table.text("constant", problems);
        let stand_ins = StandIns::read(table, problems).with(of_file);
        let strip = table.texts("strip_suffixes", problems).map(|texts| texts.value).unwrap_or_default();
        let when = table.table("when", problems).and_then(|mut when| {
            let condition = Condition::read(&mut when, columns, problems);
            when.finish(problems);
            condition
        });
        let given = [one.is_some(), many.is_some(), constant.is_some()];
        if given.iter().filter(|given| **given).count() != 1 {
            let problem = "needs one of `column`, `columns` and `constant`, and only one";
            problems.add(&table.place, problem);
            return None;
        }
        let origin = match (one.or(many), constant) {
            (Some(names), _) => {
                if names.value.is_empty() || names.value.iter().any(|name| name.trim().is_empty()) {
                    problems
                        .add(&names.place, "holds no name of a column; write it as it stands in the header");
                }
                let place = names.place;
                let intern = |name: String| columns.intern(At { value: name, place: place.clone() });
                Origin::Columns { columns: names.value.into_iter().map(intern).collect(), separator }
            }
            (None, Some(constant)) => Origin::Constant(clean(&constant.value)),
            (None, None) => return None,
        };
        Some(Self { origin, stand_ins, strip, when })
    }

    /// The name of what it is taken from, for people.
    pub(super) fn name(&self, columns: &Columns) -> String {
        match &self.origin {
            Origin::Columns { columns: places, .. } => {
                let names: Vec<&str> = places.iter().map(|place| columns.name(*place)).collect();
                names.join(" + ")
            }
            Origin::Constant(_) => String::new(),
        }
    }

    /// Whether it is for this row at all.
    pub(super) fn applies(&self, cells: &Cells<'_>) -> bool {
        self.when.as_ref().is_none_or(|when| when.holds(cells))
    }

    pub(super) fn constant(&self) -> Option<&str> {
        match &self.origin {
            Origin::Constant(text) => Some(text),
            Origin::Columns { .. } => None,
        }
    }

    pub(super) fn given(&self, cells: &Cells<'_>) -> Given {
        match &self.origin {
            Origin::Constant(text) => Given { text: text.clone(), ..Given::default() },
            Origin::Columns { columns, separator } => {
                let (mut text, mut raw) = (Joined::new(separator), Joined::new(separator));
                let mut stood_in = false;
                for column in columns {
                    stood_in |= self.add(&mut text, &mut raw, cells.get(*column));
                }
                let (text, hidden) = text.masked();
                Given { text, raw: raw.masked().0, stood_in, hidden }
            }
        }
    }

    /// Adds a cell; true where it, or what is left of it, is a stand-in.
    fn add(&self, text: &mut Joined<'_>, raw: &mut Joined<'_>, cell: &str) -> bool {
        let source = cell.trim();
        if source.is_empty() {
            return false;
        }
        raw.add(source);
        let cleaned = clean(source);
        if self.stand_ins.holds(&cleaned) {
            return true;
        }
        let bare = self.strip.iter().find_map(|suffix| cleaned.strip_suffix(suffix.as_str()));
        let bare = bare.map_or(cleaned.as_str(), str::trim_end);
        if self.stand_ins.holds(bare) {
            return true;
        }
        text.add(bare);
        false
    }
}

/// Cells in one text, as they are and each masked by itself: beside the digits of its neighbour a number would not be known any more, and a name is
/// often known only by the number in the next cell.
struct Joined<'s> {
    separator: &'s str,
    plain: String,
    masked: String,
}

impl<'s> Joined<'s> {
    fn new(separator: &'s str) -> Self {
        Self { separator, plain: String::new(), masked: String::new() }
    }

    fn add(&mut self, cell: &str) {
        if cell.is_empty() {
            return;
        }
        if !self.plain.is_empty() {
            self.plain.push_str(self.separator);
            self.masked.push_str(self.separator);
        }
        self.plain.push_str(cell);
        self.masked.push_str(&mask::text(cell));
    }

    /// The text without what either look has found, and whether anything was. Masking keeps the length.
    fn masked(self) -> (String, bool) {
        let whole = mask::text(&self.plain);
        if matches!(whole, Cow::Borrowed(_)) {
            let hidden = self.masked != self.plain;
            return (self.masked, hidden);
        }
        let both = whole.chars().zip(self.masked.chars());
        (both.map(|(one, other)| if one == other { one } else { '*' }).collect(), true)
    }
}

/// A place for errors about something that is missing altogether.
pub(super) fn root(key: &str) -> Place {
    Place { key: key.to_owned(), line: 1 }
}
