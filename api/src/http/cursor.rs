//! Places in a list: opaque to the client, bound to the filters and the order they were made for.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use yuti_openapi::ProblemCode;

use super::failure::Failure;

/// A place: after the row with this number and this value of the sorted column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// The row's number.
    #[serde(rename = "k")]
    pub id: i64,
    /// The sorted value, where the order is not that of the number.
    #[serde(rename = "v", skip_serializing_if = "Option::is_none", default)]
    pub value: Option<String>,
    /// A digest of filters and order.
    #[serde(rename = "f")]
    scope: String,
}

impl Cursor {
    /// The place after a row.
    pub fn after(id: i64, value: Option<String>, scope: &str) -> Self {
        Self { id, value, scope: digest(scope) }
    }

    /// The text that goes over the wire.
    pub fn encode(&self) -> String {
        // A cursor is plain data and always serialises.
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).unwrap_or_default())
    }

    /// Reads a cursor for these filters and this order.
    ///
    /// # Errors
    /// It is not whole, or was made for others.
    pub fn decode(text: &str, scope: &str) -> Result<Self, Failure> {
        let broken = || Failure::new(ProblemCode::InvalidCursor);
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| broken())?;
        let cursor: Self = serde_json::from_slice(&bytes).map_err(|_| broken())?;
        if cursor.scope != digest(scope) {
            return Err(broken().saying(
                "这个 cursor 是在别的筛选条件或排序下得到的，请从第一页开始。",
                "This cursor was made for other filters or another order; begin with the first page.",
            ));
        }
        Ok(cursor)
    }
}

fn digest(scope: &str) -> String {
    Sha256::digest(scope.as_bytes()).iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_cursor_comes_back_and_is_bound_to_its_filters() {
        let cursor = Cursor::after(7, Some("2026-11-23".into()), "district=500103|id");
        assert_eq!(Cursor::decode(&cursor.encode(), "district=500103|id").unwrap(), cursor);
        assert!(Cursor::decode(&cursor.encode(), "district=500104|id").is_err());
    }

    #[test]
    fn anything_else_is_refused() {
        for text in ["", "x", "e30", "bnVsbA", "eyJrIjoxfQ", "======", "电梯"] {
            assert_eq!(Cursor::decode(text, "").unwrap_err().code, ProblemCode::InvalidCursor, "{text}");
        }
    }
}
