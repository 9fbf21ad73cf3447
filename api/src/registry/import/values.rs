//! One field of one row: its value, the source's own text where the two differ, and the doubts.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Display;

use chrono::NaiveDate;
use yuti_openapi::vocabulary::{Precision, QualityFlag};
use yuti_openapi::wire::QualityNote;

use super::convert::{self, DateFormat};
use super::mapping::{FieldForm, How, Mapping, Words};
use super::pick::{Cells, Given};
use super::text::cut;
use crate::vault::mask;

/// The longest text of a source that is kept beside a value.
const LONGEST_RAW: usize = 1000;

/// Reads the fields of a row and notes what it meets.
pub(super) struct Values<'r> {
    mapping: &'r Mapping,
    cells: Cells<'r>,
    /// The last day that can have been.
    today: NaiveDate,
    pub(super) raw: BTreeMap<String, String>,
    pub(super) quality: Vec<QualityNote>,
}

impl<'r> Values<'r> {
    pub(super) fn new(mapping: &'r Mapping, cells: Cells<'r>, today: NaiveDate) -> Self {
        Self { mapping, cells, today, raw: BTreeMap::new(), quality: Vec::new() }
    }

    /// Notes a doubt, once for each field.
    pub(super) fn doubt(&mut self, flag: QualityFlag, field: &str, raw: Option<&str>) {
        if self.quality.iter().any(|note| note.flag == flag && note.field == field) {
            return;
        }
        let raw = raw.filter(|raw| !raw.is_empty()).map(kept);
        self.quality.push(QualityNote { flag, field: field.to_owned(), raw });
    }

    /// Keeps the source's text where it is not the value's own.
    pub(super) fn keep(&mut self, field: &str, raw: &str, value: Option<&dyn Display>) {
        if !raw.is_empty() && value.is_none_or(|value| value.to_string() != raw) {
            self.raw.insert(field.to_owned(), kept(raw));
        }
    }

    /// Forgets what the source wrote: it is personal. Only that there was something is told.
    pub(super) fn hide(&mut self, path: &str, field: &str) {
        self.raw.remove(path);
        for note in self.quality.iter_mut().filter(|note| note.field == path || note.field == field) {
            note.raw = None;
        }
        self.doubt(QualityFlag::PersonalDataHidden, field, None);
    }

    /// Keeps the source's text and a doubt about it; there is no value.
    fn refuse(&mut self, flag: QualityFlag, field: &str, given: &Given) {
        self.keep(field, &given.raw, None);
        self.doubt(flag, field, Some(&given.raw));
    }

    /// What the row gives for a field, by the first of the mapping's ways that is for this row.
    pub(super) fn given(&mut self, path: &str) -> Option<(Given, &'r How)> {
        let forms: &'r [FieldForm] = self.mapping.fields.get(path)?;
        let form = forms.iter().find(|form| form.pick.applies(&self.cells))?;
        let given = form.pick.given(&self.cells);
        if given.stood_in {
            self.doubt(QualityFlag::StandInValue, path, Some(&given.raw));
            self.keep(path, &given.raw, None);
        }
        if given.hidden {
            self.doubt(QualityFlag::PersonalDataHidden, path, None);
        }
        (!given.text.is_empty()).then_some((given, &form.how))
    }

    pub(super) fn text(&mut self, path: &str) -> Option<String> {
        let (given, How::Text { most, words, patterns, keep_first }) = self.given(path)? else { return None };
        let mut text = words.get(&given.text).cloned().unwrap_or_else(|| given.text.clone());
        if let Some((_, count)) = keep_first.iter().find(|(shape, _)| shape.matches(&text)) {
            text = cut(&text, *count).to_owned();
        }
        if !patterns.is_empty() && !patterns.iter().any(|pattern| pattern.matches(&text)) {
            self.refuse(QualityFlag::ValueUnmapped, path, &given);
            return None;
        }
        if let Cow::Owned(masked) = mask::text(&text) {
            text = masked;
            self.doubt(QualityFlag::PersonalDataHidden, path, None);
        }
        let short = cut(&text, *most);
        if short.len() < text.len() {
            text = short.to_owned();
            self.doubt(QualityFlag::TextShortened, path, Some(&given.raw));
        }
        self.keep(path, &given.raw, Some(&text));
        Some(text)
    }

    /// A telephone number, unless it is a person's own: that one is dropped and kept nowhere.
    pub(super) fn phone(&mut self, path: &str) -> Option<String> {
        let (given, _) = self.given(path)?;
        let parts: Vec<&str> = given.text.split([',', ';', '/', '，', '；', '、', ' ']).collect();
        let own = mask::is_mobile(&given.text) || parts.iter().any(|part| mask::is_mobile(part));
        if own || given.hidden {
            self.hide(path, path);
            return None;
        }
        let dialled = given.text.chars().all(|c| c.is_ascii_digit() || "+-() 转xX#*".contains(c));
        if !dialled || given.text.chars().count() > 40 {
            self.doubt(QualityFlag::ValueUnmapped, path, None);
            return None;
        }
        self.keep(path, &given.raw, Some(&given.text));
        Some(given.text)
    }

    pub(super) fn date(&mut self, path: &str) -> Option<(NaiveDate, Precision)> {
        let (given, How::Date { formats, past }) = self.given(path)? else { return None };
        let Some((day, precision)) = self.day(path, &given, formats, *past) else {
            self.keep(path, &given.raw, None);
            return None;
        };
        let written = match precision {
            Precision::Day => day.to_string(),
            Precision::Month => day.format("%Y-%m").to_string(),
        };
        self.keep(path, &given.raw, Some(&written));
        Some((day, precision))
    }

    /// A day that can be believed.
    pub(super) fn day(
        &mut self,
        field: &str,
        given: &Given,
        formats: &[DateFormat],
        past: bool,
    ) -> Option<(NaiveDate, Precision)> {
        let read = convert::date(&given.text, formats);
        let flag = match read {
            None => QualityFlag::DateUnreadable,
            Some((day, _)) if convert::implausible(day, self.today) => QualityFlag::DateImplausible,
            Some((day, _)) if past && day > self.today => QualityFlag::DateInFuture,
            Some(_) => return read,
        };
        self.doubt(flag, field, Some(&given.raw));
        None
    }

    pub(super) fn number(&mut self, path: &str) -> Option<f64> {
        let (given, How::Number { style, factor, least, most, decimals }) = self.given(path)? else {
            return None;
        };
        let Some(number) = convert::number(&given.text, *style) else {
            self.refuse(QualityFlag::NumberUnreadable, path, &given);
            return None;
        };
        let value = convert::round(number * factor, *decimals);
        if !(*least..=*most).contains(&value) {
            self.refuse(QualityFlag::NumberImplausible, path, &given);
            return None;
        }
        self.keep(path, &given.raw, Some(&value));
        Some(value)
    }

    pub(super) fn whole(&mut self, path: &str) -> Option<i32> {
        let (given, How::Whole { least, most }) = self.given(path)? else { return None };
        let number = convert::number(&given.text, convert::NumberStyle::Decimal);
        let Some(number) = number.filter(|number| number.fract() == 0.0) else {
            self.refuse(QualityFlag::NumberUnreadable, path, &given);
            return None;
        };
        if !(f64::from(*least)..=f64::from(*most)).contains(&number) {
            self.refuse(QualityFlag::NumberImplausible, path, &given);
            return None;
        }
        let value: i32 = format!("{number}").parse().ok()?;
        self.keep(path, &given.raw, Some(&value));
        Some(value)
    }

    /// A code of a closed list: by the mapping's words, else where the source uses ours.
    pub(super) fn code<T: std::str::FromStr + Display>(&mut self, path: &str) -> Option<T> {
        let (given, How::Code(words) | How::Flag(words)) = self.given(path)? else { return None };
        let ours = words.get(&given.text).unwrap_or(&given.text);
        let Ok(value) = ours.parse::<T>() else {
            self.refuse(QualityFlag::ValueUnmapped, path, &given);
            return None;
        };
        self.keep(path, &given.raw, Some(&value));
        Some(value)
    }

    /// A name or code of something in the city, as the mapping's words translate it, and what the source wrote.
    pub(super) fn word(&mut self, path: &str) -> Option<(String, Given, &'r How)> {
        let (given, how) = self.given(path)?;
        let (How::Place(words) | How::Category { words, .. }) = how else { return None };
        let words: &'r Words = words;
        let ours = words.get(&given.text).unwrap_or(&given.text).clone();
        Some((ours, given, how))
    }

    pub(super) fn today(&self) -> NaiveDate {
        self.today
    }

    pub(super) fn cells(&self) -> Cells<'r> {
        self.cells
    }
}

fn kept(raw: &str) -> String {
    cut(&mask::text(raw), LONGEST_RAW).replace('\0', "\u{fffd}")
}
