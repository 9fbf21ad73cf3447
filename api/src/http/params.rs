//! Reading the query: every bad, repeated and unknown parameter is found before anything is refused.

use std::collections::BTreeSet;
use std::str::FromStr;

use actix_web::HttpRequest;
use chrono::{DateTime, NaiveDate, Utc};
use yuti_openapi::ProblemCode;
use yuti_openapi::vocabulary::Vocabulary;

use super::failure::{BadValue, Failure, Place, Words};
use crate::moment;
use crate::nearest::nearest;

/// The parameters of a request while they are being read.
#[derive(Debug, Default)]
pub struct Params {
    pairs: Vec<(String, String)>,
    known: BTreeSet<&'static str>,
    errors: Vec<BadValue>,
}

impl Params {
    /// The parameters of a request.
    pub fn of(request: &HttpRequest) -> Self {
        Self::parse(request.query_string())
    }

    fn parse(query: &str) -> Self {
        let mut params = Self::default();
        for piece in query.split('&').filter(|piece| !piece.is_empty()) {
            let (name, value) = piece.split_once('=').unwrap_or((piece, ""));
            match (decode(name), decode(value)) {
                (Some(name), Some(value)) => params.pairs.push((name, value)),
                (name, _) => params.errors.push(BadValue {
                    place: Place::Parameter(
                        name.unwrap_or_else(|| String::from_utf8_lossy(name_bytes(piece)).into_owned()),
                    ),
                    code: "malformed",
                    detail: Words::new(
                        "百分号编码不是 UTF-8。请按 UTF-8 编码。",
                        "The percent-encoding is not UTF-8. Encode the value as UTF-8.",
                    ),
                }),
            }
        }
        params
    }

    /// Notes that a parameter is bad.
    pub fn refuse(&mut self, name: &str, code: &'static str, zh: impl Into<String>, en: impl Into<String>) {
        self.errors.push(BadValue {
            place: Place::Parameter(name.to_owned()),
            code,
            detail: Words::new(zh, en),
        });
    }

    /// A text, trimmed; an empty one counts as absent.
    pub fn text(&mut self, name: &'static str, longest: usize) -> Option<String> {
        self.known.insert(name);
        let values: Vec<String> =
            self.pairs.iter().filter(|(known, _)| known == name).map(|(_, value)| value.clone()).collect();
        if values.len() > 1 {
            self.refuse(name, "repeated", "只能出现一次。", "It may be given only once.");
            return None;
        }
        let value = values.into_iter().next()?.trim().to_owned();
        if value.is_empty() {
            return None;
        }
        if value.chars().count() > longest || value.chars().any(char::is_control) {
            self.refuse(
                name,
                "malformed",
                format!("最多 {longest} 个字，不能有控制字符。"),
                format!("At most {longest} characters, none of them a control character."),
            );
            return None;
        }
        Some(value)
    }

    /// A value with a form of its own.
    pub fn parsed<T: FromStr>(&mut self, name: &'static str, zh: &str, en: &str) -> Option<T> {
        let text = self.text(name, 100)?;
        let parsed = text.parse().ok();
        if parsed.is_none() {
            self.refuse(name, "malformed", zh, en);
        }
        parsed
    }

    /// A day.
    pub fn day(&mut self, name: &'static str) -> Option<NaiveDate> {
        let day = moment::day(&self.text(name, 100)?);
        if day.is_none() {
            self.refuse(
                name,
                "malformed",
                "要填日期，比如 2026-11-23，年份从 0001 到 9999。",
                "A day such as 2026-11-23, of the years 0001 to 9999.",
            );
        }
        day
    }

    /// An instant.
    pub fn instant(&mut self, name: &'static str) -> Option<DateTime<Utc>> {
        let instant = moment::instant(&self.text(name, 100)?);
        if instant.is_none() {
            self.refuse(
                name,
                "malformed",
                "要填 RFC 3339 时间，比如 2026-11-01T00:00:00Z，加号写成 %2B，年份从 0001 到 9999。",
                "An instant of RFC 3339 such as 2026-11-01T00:00:00Z, of the years 0001 to 9999; write a plus as %2B.",
            );
        }
        instant
    }

    /// A code of the vocabulary.
    pub fn code<V: Vocabulary + FromStr>(&mut self, name: &'static str) -> Option<V> {
        let text = self.text(name, 100)?;
        let parsed = text.parse().ok();
        if parsed.is_none() {
            let codes: Vec<&str> = V::LIST.terms.iter().map(|term| term.code).collect();
            let codes = codes.join(", ");
            self.refuse(name, "not_in_list", format!("可以是：{codes}。"), format!("It can be: {codes}."));
        }
        parsed
    }

    /// One word of a closed list that is not in the vocabulary.
    pub fn word<T: Copy>(&mut self, name: &'static str, words: &[(&str, T)]) -> Option<T> {
        let text = self.text(name, 100)?;
        let found = words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
        if found.is_none() {
            let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            let known = known.join(", ");
            self.refuse(name, "not_in_list", format!("可以是：{known}。"), format!("It can be: {known}."));
        }
        found
    }

    /// True or false.
    pub fn flag(&mut self, name: &'static str) -> Option<bool> {
        self.word(name, &[("true", true), ("false", false)])
    }

    /// Refuses what is bad, with everything that was never asked for as unknown.
    ///
    /// # Errors
    /// Every bad parameter at once.
    pub fn finish(mut self) -> Result<(), Failure> {
        let mut unknown: Vec<String> = Vec::new();
        for (name, _) in &self.pairs {
            if !self.known.contains(name.as_str()) && !unknown.contains(name) {
                unknown.push(name.clone());
            }
        }
        for name in unknown {
            let (zh, en) = match nearest(&name, self.known.iter().copied()) {
                Some(known) => (
                    format!("没有这个参数。是不是“{known}”？"),
                    format!("There is no such parameter. Did you mean `{known}`?"),
                ),
                None if self.known.is_empty() => (
                    "没有这个参数，这里不用参数。".to_owned(),
                    "There is no such parameter; this operation takes none.".to_owned(),
                ),
                None => {
                    let known: Vec<&str> = self.known.iter().copied().collect();
                    let known = known.join(", ");
                    (
                        format!("没有这个参数。可以用：{known}。"),
                        format!("There is no such parameter. Known are: {known}."),
                    )
                }
            };
            let shown: String = name.chars().take(80).collect();
            self.refuse(&shown, "unknown_parameter", zh, en);
        }
        if self.errors.is_empty() {
            return Ok(());
        }
        Err(Failure { errors: self.errors, ..Failure::new(ProblemCode::InvalidParameters) })
    }
}

fn name_bytes(piece: &str) -> &[u8] {
    piece.split_once('=').map_or(piece, |(name, _)| name).as_bytes()
}

/// Decodes `application/x-www-form-urlencoded` text. `None` where it is not UTF-8 or an escape is broken.
pub fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => {
                let high = char::from(rest.next()?).to_digit(16)?;
                let low = char::from(rest.next()?).to_digit(16)?;
                bytes.push(u8::try_from(high * 16 + low).ok()?);
            }
            other => bytes.push(other),
        }
    }
    String::from_utf8(bytes).ok()
}

/// Encodes a value for a query.
pub fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use yuti_openapi::vocabulary::ElevatorStatus;

    use super::*;

    fn failures(params: Params) -> Vec<(Place, &'static str)> {
        params.finish().unwrap_err().errors.into_iter().map(|bad| (bad.place, bad.code)).collect()
    }

    #[test]
    fn every_bad_parameter_is_named_at_once() {
        let mut params = Params::parse("status=fine&limit=5&limit=6&distict=1&q=%FF&pilot=maybe");
        assert_eq!(params.code::<ElevatorStatus>("status"), None);
        assert_eq!(params.parsed::<u32>("limit", "", ""), None);
        assert_eq!(params.flag("pilot"), None);
        params.text("district", 10);
        let expected = [
            ("q", "malformed"),
            ("status", "not_in_list"),
            ("limit", "repeated"),
            ("pilot", "not_in_list"),
            ("distict", "unknown_parameter"),
        ];
        assert_eq!(failures(params), expected.map(|(name, code)| (Place::Parameter(name.to_owned()), code)));
    }

    #[test]
    fn good_ones_are_read_and_empty_ones_are_absent() {
        let mut params = Params::parse("q=%E9%9D%92+%E7%9F%B3&status=in_order&x=");
        assert_eq!(params.text("q", 10).unwrap(), "青 石");
        assert_eq!(params.code("status"), Some(ElevatorStatus::InOrder));
        assert_eq!(params.text("x", 10), None);
        assert!(params.finish().is_ok());
    }

    #[test]
    fn broken_escapes_are_no_text() {
        for broken in ["%", "%4", "%zz", "%C3%28"] {
            assert_eq!(decode(broken), None, "{broken}");
        }
        assert_eq!(decode(&encode("青石坎 a&b=1")).unwrap(), "青石坎 a&b=1");
    }
}
