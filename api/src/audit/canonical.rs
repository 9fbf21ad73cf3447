//! The bytes that are sealed. Written down in docs/transparency.md, so that a verifier in any language makes the same ones.
//!
//! They are JSON in the form of RFC 8785, of a subset in which that form leaves nothing to interpret: whole numbers only,
//! keys in ASCII.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

/// The largest whole number that every JSON reader keeps: 2^53 - 1.
const LARGEST: i64 = 9_007_199_254_740_991;
/// How deep a value may be nested.
const DEEPEST: usize = 16;

/// Why a value has no canonical form.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotCanonical {
    /// A number with a fraction, or one that readers round.
    #[error("the number {0} is not whole or beyond 2^53 - 1; write it as a text")]
    Number(String),
    /// A key that would sort differently elsewhere.
    #[error("the key {0:?} is not made of lower-case letters, digits and underscores")]
    Key(String),
    /// Nesting that a reader might refuse.
    #[error("the value is nested deeper than {DEEPEST} levels")]
    Depth,
}

/// The canonical text of a value.
///
/// # Errors
/// The value has none.
pub fn text(value: &Value) -> Result<String, NotCanonical> {
    let mut out = String::new();
    write(value, &mut out, 0)?;
    Ok(out)
}

fn write(value: &Value, out: &mut String, depth: usize) -> Result<(), NotCanonical> {
    if depth > DEEPEST {
        return Err(NotCanonical::Depth);
    }
    match value {
        Value::Null | Value::Bool(_) => out.push_str(&value.to_string()),
        Value::Number(number) => {
            let whole = number.as_i64().filter(|whole| (-LARGEST..=LARGEST).contains(whole));
            let whole = whole.ok_or_else(|| NotCanonical::Number(number.to_string()))?;
            out.push_str(&whole.to_string());
        }
        // serde_json escapes what RFC 8785 escapes, and nothing else.
        Value::String(_) => out.push_str(&value.to_string()),
        Value::Array(items) => {
            out.push('[');
            for (place, item) in items.iter().enumerate() {
                if place > 0 {
                    out.push(',');
                }
                write(item, out, depth + 1)?;
            }
            out.push(']');
        }
        Value::Object(members) => write_object(members, out, depth)?,
    }
    Ok(())
}

fn write_object(members: &Map<String, Value>, out: &mut String, depth: usize) -> Result<(), NotCanonical> {
    let mut keys: Vec<&String> = members.keys().collect();
    keys.sort_unstable();
    out.push('{');
    for (place, key) in keys.into_iter().enumerate() {
        let plain = !key.is_empty()
            && key.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
        if !plain {
            return Err(NotCanonical::Key(key.clone()));
        }
        if place > 0 {
            out.push(',');
        }
        out.push_str(&format!("\"{key}\":"));
        write(members.get(key).unwrap_or(&Value::Null), out, depth + 1)?;
    }
    out.push('}');
    Ok(())
}

/// An instant as it is sealed: always six places.
pub fn instant(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string()
}

/// The commitment to a personal part: SHA-256 over the salt and the canonical text. Without the salt it tells nothing.
pub fn commitment(salt: &[u8], personal: &str) -> [u8; 32] {
    let mut digest = Sha256::new();
    digest.update(salt);
    digest.update(personal.as_bytes());
    digest.finalize().into()
}

/// Bytes as lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Reads hexadecimal digits.
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let digits = text.as_bytes().chunks(2);
    digits.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use serde_json::json;

    use super::*;

    #[test]
    fn keys_are_sorted_and_nothing_is_spaced() {
        let value = json!({"b": [1, -2, null, true], "a": {"z": "", "y_1": {}}});
        assert_eq!(text(&value).unwrap(), r#"{"a":{"y_1":{},"z":""},"b":[1,-2,null,true]}"#);
    }

    /// The escapes of RFC 8785, 3.2.2.2: the short ones, `\u00xx` in lower case for other controls, all else as it is.
    #[test]
    fn texts_are_escaped_as_rfc_8785_says() {
        let value = json!("\u{20ac}$\u{000f}\u{000a}A'\u{0042}\u{0022}\u{005c}\\\"/\u{007f}\u{2028}梯🛗");
        assert_eq!(text(&value).unwrap(), "\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\u{7f}\u{2028}梯🛗\"");
        assert_eq!(text(&json!("\u{0008}\u{0009}\u{000c}\u{000d}\u{001f}")).unwrap(), r#""\b\t\f\r\u001f""#);
    }

    #[test]
    fn what_another_language_could_write_otherwise_is_refused() {
        assert_eq!(text(&json!(9_007_199_254_740_991_i64)).unwrap(), "9007199254740991");
        for value in [json!(1.5), json!(1.0), json!(9_007_199_254_740_992_i64), json!(u64::MAX)] {
            assert!(matches!(text(&value), Err(NotCanonical::Number(_))), "{value}");
        }
        for key in ["", "A", "a-b", "电", "a b"] {
            assert_eq!(text(&json!({key: 1})), Err(NotCanonical::Key(key.to_owned())));
        }
        let mut deep = json!(1);
        for _ in 0..=DEEPEST {
            deep = json!([deep]);
        }
        assert_eq!(text(&deep), Err(NotCanonical::Depth));
    }

    #[test]
    fn instants_always_have_six_places() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        assert_eq!(instant(at("2026-11-23T12:00:00+08:00")), "2026-11-23T04:00:00.000000Z");
        assert_eq!(instant(at("2026-11-23T04:00:00.120Z")), "2026-11-23T04:00:00.120000Z");
    }

    #[test]
    fn hexadecimal_digits_come_back() {
        assert_eq!(hex(&[0, 15, 255]), "000fff");
        assert_eq!(unhex("000FfF"), Some(vec![0, 15, 255]));
        for bad in ["0", "0g", "é", "+1"] {
            assert_eq!(unhex(bad), None, "{bad}");
        }
    }
}
