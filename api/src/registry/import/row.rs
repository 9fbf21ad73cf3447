//! Whether a row can be taken: its form, the filters, its identity. Values are none of this: a doubtful value is kept
//! with its doubt, never a reason to lose an elevator.

use std::borrow::Cow;

use csv::ByteRecord;
use yuti_openapi::normalise_identifier;

use super::mapping::{Encoding, Mapping};
use super::pick::Cells;
use super::reader::decode;
use super::report::{Reason, Reject};
use super::text::is_plain;
use crate::vault::mask;

/// The longest key of an elevator within its register, in characters.
const LONGEST_KEY: usize = 128;

/// What becomes of a row.
pub(super) enum Verdict<'r> {
    /// It is left out for a filter's reason; the filter's place in the mapping.
    Skipped(usize),
    /// It cannot be taken.
    Rejected { key: String, rejects: Vec<Reject> },
    /// It is taken under its key.
    Kept { key: String, fields: Vec<Cow<'r, str>> },
}

/// Judges rows.
#[derive(Clone, Copy)]
pub(super) struct Judge<'m> {
    pub(super) mapping: &'m Mapping,
    pub(super) columns: &'m [usize],
    pub(super) header: &'m [String],
    pub(super) encoding: Encoding,
}

impl<'m> Judge<'m> {
    pub(super) fn judge<'r>(&self, record: &'r ByteRecord) -> Verdict<'r> {
        if record.len() != self.header.len() {
            let explanation =
                format!("the row has {} fields, the header has {}", record.len(), self.header.len());
            let reject = Reject {
                column: String::new(),
                value: record.len().to_string(),
                reason: Reason::WrongNumberOfFields,
                explanation,
            };
            return Verdict::Rejected { key: String::new(), rejects: vec![reject] };
        }
        let mut rejects = Vec::new();
        let fields: Vec<Cow<'r, str>> = record
            .iter()
            .zip(self.header)
            .map(|(bytes, name)| self.field(bytes, name, &mut rejects))
            .collect();
        let cells = Cells { fields: &fields, columns: self.columns };
        if rejects.is_empty() {
            let holds = |(_, filter): &(usize, &super::mapping::Filter)| filter.condition.holds(&cells);
            if let Some((place, filter)) = self.mapping.filters.iter().enumerate().find(holds) {
                if !filter.rejects {
                    return Verdict::Skipped(place);
                }
                rejects.push(Reject {
                    column: self.mapping.columns.name(filter.condition.column).to_owned(),
                    value: cells.get(filter.condition.column).to_owned(),
                    reason: Reason::Filter,
                    explanation: format!("{}: {}", filter.name, filter.reason),
                });
            }
        }
        let key = self.key(&cells, &mut rejects);
        if rejects.is_empty() { Verdict::Kept { key, fields } } else { Verdict::Rejected { key, rejects } }
    }

    fn field<'r>(&self, bytes: &'r [u8], name: &str, rejects: &mut Vec<Reject>) -> Cow<'r, str> {
        let limit = self.mapping.file.limits.field_characters;
        let mut reject = |reason, value: &str, explanation: String| {
            rejects.push(Reject { column: name.to_owned(), value: value.to_owned(), reason, explanation });
        };
        let Some(text) = decode(bytes, self.encoding) else {
            let shown = String::from_utf8_lossy(bytes.get(..bytes.len().min(80)).unwrap_or_default());
            reject(Reason::Undecodable, &shown, format!("the bytes are not {}", self.encoding.name()));
            return Cow::Borrowed("");
        };
        if text.contains('\0') {
            reject(Reason::NulCharacter, &text, "the field holds a NUL character".to_owned());
        }
        let characters = text.chars().count() as u64;
        if characters > limit {
            reject(
                Reason::FieldTooLong,
                &text,
                format!("the field has {characters} characters; {limit} are allowed"),
            );
        }
        text
    }

    fn key(&self, cells: &Cells<'_>, rejects: &mut Vec<Reject>) -> String {
        let identity = &self.mapping.identity;
        let given = identity.pick.given(cells);
        let unreadable = rejects.iter().any(|reject| reject.reason == Reason::Undecodable);
        let (reason, explanation) = if given.text.is_empty() && unreadable {
            return String::new();
        } else if given.text.is_empty() {
            (Reason::IdentityMissing, "nothing tells which elevator the row is about")
        } else if given.hidden || mask::is_personal(&given.text) {
            (Reason::IdentityMalformed, "the identity tells of a person, and what is personal is not stored")
        } else if !is_plain(&given.text) {
            (
                Reason::IdentityMalformed,
                "the identity holds signs that no identifier has, or begins like a formula of a spreadsheet",
            )
        } else if given.text.chars().count() > LONGEST_KEY {
            (Reason::IdentityMalformed, "the identity is longer than 128 characters")
        } else if !identity.patterns.is_empty() {
            let normal = normalise_identifier(&given.text);
            if identity.patterns.iter().any(|pattern| pattern.matches(&normal)) {
                return given.text;
            }
            (Reason::IdentityMalformed, "the identity has none of the shapes that the mapping names")
        } else {
            return given.text;
        };
        // The report is read by more people than the register; which row it is, its number says.
        let personal = mask::is_personal(&given.text) || given.hidden;
        let shown = |text: String| if personal { "*".to_owned() } else { text };
        rejects.push(Reject {
            column: identity.pick.name(&self.mapping.columns),
            value: shown(given.raw),
            reason,
            explanation: explanation.to_owned(),
        });
        shown(given.text)
    }
}
