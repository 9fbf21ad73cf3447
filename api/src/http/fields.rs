//! Reading the fields of a body, JSON of a program or form of a page alike: every bad field is found before anything is
//! refused, and what a form's page shows again is what was typed.

use std::fmt;
use std::str::FromStr;

use serde::de::{Deserializer as _, MapAccess, Visitor};
use serde_json::Value;
use yuti_openapi::ProblemCode;
use yuti_openapi::vocabulary::Vocabulary;
use zeroize::Zeroizing;

use super::failure::{BadValue, Failure, Place, Words};
use super::params::decode;
use crate::nearest::nearest;

/// Something that is read from the fields of a body.
pub trait FromFields: Sized {
    /// Reads its fields. What is bad is noted in `fields`; a value then stands in for it and is never used.
    fn from_fields(fields: &mut Fields) -> Self;
}

/// The fields of a body while they are being read.
#[derive(Debug, Default)]
pub struct Fields {
    values: Vec<(String, Value)>,
    form: bool,
    strict: bool,
    known: Vec<&'static str>,
    secret: Vec<&'static str>,
    errors: Vec<BadValue>,
}

/// Signs that nobody sees and that make a text look like another one: other directions, no width.
fn turns(sign: char) -> bool {
    matches!(sign, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

impl Fields {
    /// The fields of a JSON object.
    ///
    /// # Errors
    /// The text is no JSON object.
    pub fn json(bytes: &[u8]) -> Result<Self, Failure> {
        let text = std::str::from_utf8(bytes).map_err(|_| no_json("不是 UTF-8。", "It is not UTF-8."))?;
        let mut reader = serde_json::Deserializer::from_str(text);
        let values = reader.deserialize_map(Members).and_then(|members| reader.end().map(|()| members));
        let values = values.map_err(|cause| {
            no_json(
                &format!("第 {} 行第 {} 个字符处读不懂；要一个 JSON 对象。", cause.line(), cause.column()),
                &format!(
                    "Unreadable at line {}, column {}; a JSON object is wanted.",
                    cause.line(),
                    cause.column()
                ),
            )
        })?;
        Ok(Self { values, ..Self::default() })
    }

    /// The fields of a form (`application/x-www-form-urlencoded`).
    ///
    /// # Errors
    /// The text is not UTF-8, or an escape in it is broken.
    pub fn form(bytes: &[u8]) -> Result<Self, Failure> {
        let broken = || Failure::new(ProblemCode::MalformedRequest);
        let text = std::str::from_utf8(bytes).map_err(|_| broken())?;
        let mut values = Vec::new();
        for piece in text.split('&').filter(|piece| !piece.is_empty()) {
            let (name, value) = piece.split_once('=').unwrap_or((piece, ""));
            let value = decode(value).ok_or_else(broken)?;
            values.push((decode(name).ok_or_else(broken)?, Value::String(value)));
        }
        Ok(Self { values, form: true, ..Self::default() })
    }

    /// Also of a form every field that is not asked for is refused: what somebody adds to it by hand must not reach anything.
    #[must_use]
    pub fn strict(self) -> Self {
        Self { strict: true, ..self }
    }

    /// The fields of a form that came with files.
    pub fn of_form(pairs: Vec<(String, String)>) -> Self {
        let values = pairs.into_iter().map(|(name, value)| (name, Value::String(value))).collect();
        Self { values, form: true, ..Self::default() }
    }

    /// Notes that a field is bad.
    pub fn refuse(&mut self, name: &str, code: &'static str, zh: impl Into<String>, en: impl Into<String>) {
        let pointer = format!("#/{}", escaped(name));
        self.errors.push(BadValue { place: Place::Pointer(pointer), code, detail: Words::new(zh, en) });
    }

    /// Takes a field of a form out: a token that is no part of what the form says.
    pub fn take(&mut self, name: &str) -> Option<String> {
        let place = self.values.iter().position(|(known, _)| known == name)?;
        self.values.remove(place).1.as_str().map(str::to_owned)
    }

    /// A field of a form as it was typed, before it is read.
    pub fn peek(&self, name: &str) -> &str {
        let found = self.values.iter().find(|(known, _)| known == name);
        found.and_then(|(_, value)| value.as_str()).unwrap_or_default()
    }

    /// Knows a field without judging it.
    pub fn allow(&mut self, name: &'static str) {
        self.known.push(name);
    }

    /// What was typed into a form, for the page that shows it again; nothing that was read as a secret.
    pub fn typed(&self) -> Vec<(String, String)> {
        let open = self.values.iter().filter(|(name, _)| !self.secret.contains(&name.as_str()));
        open.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect()
    }

    /// The one value of a field; absent, `null` and, in a form, empty are the same.
    fn value(&mut self, name: &'static str) -> Option<Value> {
        self.known.push(name);
        let mut found = self.values.iter().filter(|(known, _)| known == name).map(|(_, value)| value.clone());
        let first = found.next();
        if found.next().is_some() {
            self.refuse(name, "repeated", "只能出现一次。", "It may be given only once.");
            return None;
        }
        first.filter(|value| !value.is_null())
    }

    /// A text as it was typed, not trimmed.
    fn raw(&mut self, name: &'static str) -> Option<String> {
        match self.value(name)? {
            Value::String(text) => Some(text),
            _ => {
                self.refuse(name, "malformed", "要写成文字（字符串）。", "It must be a string.");
                None
            }
        }
    }

    fn checked(&mut self, name: &'static str, longest: usize, lines: bool) -> Option<String> {
        let text = self.raw(name)?.trim().to_owned();
        if text.is_empty() {
            return None;
        }
        let odd = |c: char| (c.is_control() || turns(c)) && !(lines && matches!(c, '\n' | '\r' | '\t'));
        if text.chars().count() > longest || text.chars().any(odd) {
            self.refuse(
                name,
                "malformed",
                format!("最多 {longest} 个字，不能有控制字符。"),
                format!("At most {longest} characters, none of them a control character."),
            );
            return None;
        }
        Some(text)
    }

    /// A text of one line, trimmed; an empty one counts as absent.
    pub fn text(&mut self, name: &'static str, longest: usize) -> Option<String> {
        self.checked(name, longest, false)
    }

    /// A text of one or more lines, trimmed; an empty one counts as absent.
    pub fn lines(&mut self, name: &'static str, longest: usize) -> Option<String> {
        self.checked(name, longest, true)
    }

    /// A password or token: neither trimmed nor kept longer than needed.
    pub fn secret(&mut self, name: &'static str, longest: usize) -> Option<Zeroizing<String>> {
        self.secret.push(name);
        let text = Zeroizing::new(self.raw(name)?);
        if text.chars().count() > longest {
            self.refuse(
                name,
                "malformed",
                format!("最多 {longest} 个字。"),
                format!("At most {longest} characters."),
            );
            return None;
        }
        (!text.is_empty()).then_some(text)
    }

    /// A field that must be there: whatever was read, or a note that it is missing.
    pub fn required<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&mut Self) -> Option<T>,
    ) -> Option<T> {
        let before = self.errors.len();
        let value = read(self);
        if value.is_none() && self.errors.len() == before {
            self.refuse(name, "missing", "要填。", "It is needed.");
        }
        value
    }

    /// A value with a form of its own.
    pub fn parsed<T: FromStr>(&mut self, name: &'static str, zh: &str, en: &str) -> Option<T> {
        let text = self.text(name, 200)?;
        let parsed = text.parse().ok();
        if parsed.is_none() {
            self.refuse(name, "malformed", zh, en);
        }
        parsed
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

    /// A whole number within bounds, both included.
    pub fn number(&mut self, name: &'static str, least: i64, most: i64) -> Option<i64> {
        let number = match self.value(name)? {
            Value::Number(number) => number.as_i64(),
            Value::String(text) if self.form && text.trim().is_empty() => return None,
            Value::String(text) if self.form => text.trim().parse().ok(),
            _ => None,
        };
        let number = number.filter(|number| (least..=most).contains(number));
        if number.is_none() {
            self.refuse(
                name,
                "out_of_range",
                format!("要填 {least} 到 {most} 的整数。"),
                format!("A whole number from {least} to {most}."),
            );
        }
        number
    }

    /// Yes or no: `true` or `false` in JSON; in a form a box that was ticked.
    pub fn flag(&mut self, name: &'static str) -> Option<bool> {
        match self.value(name)? {
            Value::Bool(flag) => Some(flag),
            Value::String(text) if self.form => Some(matches!(text.as_str(), "on" | "true" | "yes" | "1")),
            _ => {
                self.refuse(name, "malformed", "要填 true 或 false。", "It must be true or false.");
                None
            }
        }
    }

    /// Several codes of the vocabulary: an array in JSON, a field that comes several times in a form.
    pub fn codes<V: Vocabulary + FromStr + PartialEq>(&mut self, name: &'static str) -> Vec<V> {
        self.known.push(name);
        let given: Vec<Value> =
            self.values.iter().filter(|(known, _)| known == name).map(|(_, value)| value.clone()).collect();
        let given = match given.as_slice() {
            [Value::Array(items)] => items.clone(),
            [] | [Value::Null] => return Vec::new(),
            strings if self.form => strings.to_vec(),
            _ => {
                self.refuse(name, "malformed", "要写成数组。", "It must be an array.");
                return Vec::new();
            }
        };
        let mut codes = Vec::new();
        for (place, item) in given.iter().enumerate() {
            match item.as_str().and_then(|text| text.parse::<V>().ok()) {
                Some(code) if !codes.contains(&code) => codes.push(code),
                Some(_) => {}
                None => {
                    let known: Vec<&str> = V::LIST.terms.iter().map(|term| term.code).collect();
                    let known = known.join(", ");
                    let place = if self.form { name.to_owned() } else { format!("{name}/{place}") };
                    let detail = Words::new(format!("可以是：{known}。"), format!("It can be: {known}."));
                    let place = Place::Pointer(format!("#/{place}"));
                    self.errors.push(BadValue { place, code: "not_in_list", detail });
                }
            }
        }
        codes
    }

    /// What was found to be bad, with every field of JSON that was never asked for as unknown. A form may carry more:
    /// browsers' helpers add fields of their own.
    pub fn finish(mut self) -> Vec<BadValue> {
        let mut unknown: Vec<String> = Vec::new();
        for (name, _) in self.values.iter().filter(|_| self.strict || !self.form) {
            if !self.known.contains(&name.as_str()) && !unknown.contains(name) {
                unknown.push(name.clone());
            }
        }
        for name in unknown {
            let shown: String = name.chars().take(80).collect();
            let known = self.known.join(", ");
            let (zh, en) = match nearest(&name, self.known.iter().copied()) {
                Some(near) => (
                    format!("没有这个字段。是不是“{near}”？"),
                    format!("There is no such field. Did you mean `{near}`?"),
                ),
                None => (
                    format!("没有这个字段。可以用：{known}。"),
                    format!("There is no such field. Known are: {known}."),
                ),
            };
            self.refuse(&shown, "unknown_field", zh, en);
        }
        self.errors
    }
}

fn no_json(zh: &str, en: &str) -> Failure {
    Failure::new(ProblemCode::MalformedRequest).saying(zh, en)
}

/// A name as part of a JSON Pointer in a URI fragment (RFC 6901, 3 and 6).
fn escaped(name: &str) -> String {
    super::params::encode(&name.replace('~', "~0").replace('/', "~1")).replace("%7E", "~")
}

/// The members of an object in their order, those that come twice too.
struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Vec<(String, Value)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(members)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use yuti_openapi::vocabulary::Role;

    use super::*;

    fn bad(fields: Fields) -> Vec<(String, &'static str)> {
        let place = |bad: BadValue| match bad.place {
            Place::Pointer(pointer) => (pointer, bad.code),
            Place::Parameter(name) => (name, bad.code),
        };
        fields.finish().into_iter().map(place).collect()
    }

    #[test]
    fn every_bad_field_of_json_is_named_at_once() {
        let body = r#"{"login": 7, "role": "king", "age": 4.5, "admin": true, "admin": true, "rolle": 1, "on": "yes"}"#;
        let mut fields = Fields::json(body.as_bytes()).unwrap();
        assert_eq!(fields.text("login", 10), None);
        assert_eq!(fields.code::<Role>("role"), None);
        assert_eq!(fields.number("age", 1, 9), None);
        assert_eq!(fields.flag("admin"), None);
        assert_eq!(fields.flag("on"), None);
        assert_eq!(fields.required("name", |fields| fields.text("name", 5)), None);
        let expected = [
            ("#/login", "malformed"),
            ("#/role", "not_in_list"),
            ("#/age", "out_of_range"),
            ("#/admin", "repeated"),
            ("#/on", "malformed"),
            ("#/name", "missing"),
            ("#/rolle", "unknown_field"),
        ];
        assert_eq!(bad(fields), expected.map(|(pointer, code)| (pointer.to_owned(), code)));
    }

    #[test]
    fn a_form_is_read_like_json_and_may_carry_more() {
        let mut fields =
            Fields::form("login=+%E5%BC%A0+&role=officer&age=5&tick=on&csrf=x&empty=".as_bytes()).unwrap();
        assert_eq!(fields.text("login", 10).unwrap(), "张");
        assert_eq!(fields.code("role"), Some(Role::Officer));
        assert_eq!(fields.number("age", 1, 9), Some(5));
        assert_eq!(fields.flag("tick"), Some(true));
        assert_eq!(fields.flag("untick"), None);
        assert_eq!(fields.text("empty", 10), None);
        assert_eq!(fields.typed().first().unwrap().1, " 张 ");
        assert!(fields.finish().is_empty());
    }

    #[test]
    fn several_codes_are_an_array_or_a_field_that_comes_again() {
        let mut json = Fields::json(br#"{"roles": ["reader", "king", "reader"]}"#).unwrap();
        assert_eq!(json.codes::<Role>("roles"), [Role::Reader]);
        assert_eq!(bad(json), [("#/roles/1".to_owned(), "not_in_list")]);
        let mut form = Fields::form(b"roles=reader&roles=officer").unwrap();
        assert_eq!(form.codes::<Role>("roles"), [Role::Reader, Role::Officer]);
        assert!(form.finish().is_empty());
    }

    #[test]
    fn what_is_no_object_is_refused_with_its_place() {
        for broken in ["", "[]", "7", "{\"a\": }", "{\"a\": 1} {}", "{\"a\": 1", "\u{feff}{}"] {
            let failure = Fields::json(broken.as_bytes()).unwrap_err();
            assert_eq!(failure.code, ProblemCode::MalformedRequest, "{broken}");
        }
        assert!(Fields::json(b"{\"a\": \"\xff\"}").is_err());
        assert!(Fields::form(b"a=%zz").is_err());
        assert!(Fields::json("[".repeat(100_000).as_bytes()).is_err());
        assert!(Fields::json(format!("{{\"a\":{}", "[".repeat(100_000)).as_bytes()).is_err());
    }

    #[test]
    fn pointers_are_escaped() {
        let mut fields = Fields::default();
        fields.refuse("a/b~c d", "malformed", "", "");
        assert_eq!(bad(fields), [("#/a~1b~0c%20d".to_owned(), "malformed")]);
    }
}
