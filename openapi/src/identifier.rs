//! Identifiers: of elevators, of organisations, and how typed ones are compared.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use utoipa::ToSchema;

use crate::vocabulary::CodeScheme;

/// The public, unambiguous handle of an elevator, such as `el-1024`. It never changes and is never used twice.
/// People need not know it: any identifier of the elevator leads to the same resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, ToSchema)]
#[schema(value_type = String, pattern = "^el-[1-9][0-9]{0,17}$", example = "el-1024")]
pub struct ElevatorId(pub i64);

impl fmt::Display for ElevatorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "el-{}", self.0)
    }
}

/// The text is not what it should be; the message says what is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed(pub &'static str);

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Malformed {}

impl FromStr for ElevatorId {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let malformed = Malformed("an elevator id is el- and a number without leading zeros, like el-1024");
        number_behind("el-", text).map(Self).ok_or(malformed)
    }
}

/// The number of a handle.
fn number_behind(prefix: &str, handle: &str) -> Option<i64> {
    let digits = handle.strip_prefix(prefix)?;
    let plain = !digits.is_empty()
        && digits.len() <= 18
        && !digits.starts_with('0')
        && digits.bytes().all(|b| b.is_ascii_digit());
    if plain { digits.parse().ok() } else { None }
}

/// The public handle of an organisation, such as `org-7`. It never changes and is never used twice: many units have no code by which they could be
/// known again, and names change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, ToSchema)]
#[schema(value_type = String, pattern = "^org-[1-9][0-9]{0,17}$", example = "org-7")]
pub struct OrganisationId(pub i64);

impl fmt::Display for OrganisationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "org-{}", self.0)
    }
}

impl FromStr for OrganisationId {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let malformed =
            Malformed("an organisation's id is org- and a number without leading zeros, like org-7");
        number_behind("org-", text).map(Self).ok_or(malformed)
    }
}

impl Serialize for OrganisationId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for OrganisationId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// How an organisation can be asked for: by its handle or by its code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OrganisationKey {
    /// Its handle.
    Id(OrganisationId),
    /// Its unified social credit code.
    Code(Uscc),
}

impl FromStr for OrganisationKey {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.parse() {
            Ok(id) => Ok(Self::Id(id)),
            Err(_) => text.parse().map(Self::Code),
        }
    }
}

impl Serialize for ElevatorId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ElevatorId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// The longest identifier that is kept or looked up, in characters.
pub const LONGEST_IDENTIFIER: usize = 64;

/// The form in which identifiers are compared: compatibility forms folded (full-width digits and brackets become
/// plain ones), upper case, without spaces, hyphens, dots in the middle and underscores. People type what they see
/// on a label; labels group digits for reading.
pub fn normalise_identifier(text: &str) -> String {
    text.nfkc()
        .filter(|c| {
            !c.is_whitespace()
                && !c.is_control()
                && !matches!(c, '-' | '_' | '·' | '‐' | '–' | '\u{200b}' | '\u{feff}')
        })
        .flat_map(char::to_uppercase)
        .collect()
}

/// Which of the coding schemes met under the name 设备代码 a value follows, by its shape alone. None of them has a
/// check digit and region codes are never refused, because old registers hold regions that no longer exist.
pub fn code_scheme(value: &str) -> Option<CodeScheme> {
    if !value.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase()) {
        return None;
    }
    match value.len() {
        17 => Some(CodeScheme::EquipmentCode17),
        18 => Some(CodeScheme::EquipmentCode18),
        20 => Some(CodeScheme::RegistrationCode20),
        21 => Some(CodeScheme::LifelongCode21),
        _ => None,
    }
}

/// A unified social credit code (统一社会信用代码, GB 32100-2015) whose two check characters hold.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, pattern = "^[0-9A-HJ-NPQRTUWXY]{18}$", example = "91500108MA5QK0017P")]
pub struct Uscc(String);

const USCC_ALPHABET: &[u8] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

impl Uscc {
    /// The code as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Completes the first eight places and an organisation number of eight places with both check characters.
    /// `None` where a character is not of the code's alphabet.
    pub fn complete(registrar_and_region: &str, organisation: &str) -> Option<Self> {
        if registrar_and_region.len() != 8 || organisation.len() != 8 {
            return None;
        }
        let inner = organisation_check(organisation.as_bytes())?;
        let first = format!("{registrar_and_region}{organisation}{}", char::from(inner));
        let check = uscc_check(first.as_bytes())?;
        Some(Self(format!("{first}{}", char::from(check))))
    }
}

fn uscc_value(byte: u8) -> Option<usize> {
    USCC_ALPHABET.iter().position(|known| *known == byte)
}

/// Check character over the first 17 places: weights 3^i mod 31 (GB 32100-2015).
fn uscc_check(first: &[u8]) -> Option<u8> {
    let mut weight = 1;
    let mut sum = 0;
    for byte in first {
        sum += uscc_value(*byte)? * weight;
        weight = weight * 3 % 31;
    }
    USCC_ALPHABET.get((31 - sum % 31) % 31).copied()
}

/// Check character of the organisation number, places 9 to 17 (GB 11714): modulo 11, 10 is written X.
fn organisation_check(first: &[u8]) -> Option<u8> {
    let mut sum = 0;
    for (byte, weight) in first.iter().zip([3_u32, 7, 9, 10, 5, 8, 4, 2]) {
        let value = match byte {
            b'0'..=b'9' => u32::from(byte - b'0'),
            b'A'..=b'Z' => u32::from(byte - b'A') + 10,
            _ => return None,
        };
        sum += value * weight;
    }
    match 11 - sum % 11 {
        10 => Some(b'X'),
        11 => Some(b'0'),
        digit => u8::try_from(digit).ok().map(|digit| b'0' + digit),
    }
}

impl FromStr for Uscc {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = normalise_identifier(text);
        let bytes = text.as_bytes();
        if bytes.len() != 18 || !bytes.iter().all(|b| USCC_ALPHABET.contains(b)) {
            return Err(Malformed(
                "a unified social credit code has 18 digits or capital letters without I, O, S, V, Z",
            ));
        }
        let inner = bytes.get(8..16).and_then(organisation_check);
        if inner != bytes.get(16).copied() {
            return Err(Malformed("the check character of the organisation number (place 17) does not hold"));
        }
        if bytes.get(..17).and_then(uscc_check) != bytes.get(17).copied() {
            return Err(Malformed("the check character of the code (place 18) does not hold"));
        }
        Ok(Self(text))
    }
}

impl fmt::Display for Uscc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Uscc {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
    use super::*;

    #[test]
    fn handles_are_read_back_and_nothing_else_is() {
        assert_eq!("el-7".parse::<ElevatorId>().unwrap(), ElevatorId(7));
        assert_eq!(ElevatorId(7).to_string(), "el-7");
        for wrong in ["7", "el-", "el-07", "el-0", "EL-7", "el--7", "el-1x", "el-9999999999999999999"] {
            assert!(wrong.parse::<ElevatorId>().is_err(), "{wrong}");
        }
        assert_eq!("org-7".parse::<OrganisationId>().unwrap(), OrganisationId(7));
        assert_eq!(OrganisationId(7).to_string(), "org-7");
        for wrong in ["7", "org-", "org-07", "org-0", "ORG-7", "el-7", "org-7x", "org-9999999999999999999"] {
            assert!(wrong.parse::<OrganisationId>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_organisation_is_asked_for_by_handle_or_code() {
        let code: Uscc = "115002227398230135".parse().unwrap();
        assert_eq!("org-7".parse(), Ok(OrganisationKey::Id(OrganisationId(7))));
        assert_eq!("115002227398230135".parse(), Ok(OrganisationKey::Code(code)));
        assert!("某某物业".parse::<OrganisationKey>().is_err());
    }

    #[test]
    fn typed_identifiers_compare_equal_to_printed_ones() {
        for (typed, kept) in [
            ("502 718", "502718"),
            ("５０２７１８", "502718"),
            ("梯11渝A00127（19）", "梯11渝A00127(19)"),
            ("1d10028", "1D10028"),
            ("3110-10500-2019-00127", "311010500201900127"),
        ] {
            assert_eq!(normalise_identifier(typed), kept);
        }
    }

    #[test]
    fn an_identifier_that_looks_like_a_number_stays_text() {
        assert_eq!(normalise_identifier("1E1002"), "1E1002");
        assert_eq!(normalise_identifier("0050"), "0050");
    }

    #[test]
    fn code_schemes_are_told_apart_by_shape() {
        assert_eq!(code_scheme("31105001062011050006"), Some(CodeScheme::RegistrationCode20));
        assert_eq!(code_scheme("311010206201900123"), Some(CodeScheme::EquipmentCode18));
        assert_eq!(code_scheme("31101020620190123"), Some(CodeScheme::EquipmentCode17));
        assert_eq!(code_scheme("3110XXXXXXXXX20110308"), Some(CodeScheme::LifelongCode21));
        assert_eq!(code_scheme("31101020620190012"), Some(CodeScheme::EquipmentCode17));
        assert_eq!(code_scheme("311"), None);
        assert_eq!(code_scheme("31101020620190012é"), None);
    }

    #[test]
    fn check_characters_of_published_codes_hold_and_any_change_breaks_them() {
        // Published by a district government office; its region code was abolished, which must not matter.
        let known = "115002227398230135";
        assert_eq!(known.parse::<Uscc>().unwrap().as_str(), known);
        for place in 0..known.len() {
            let mut changed = known.as_bytes().to_vec();
            changed[place] = if changed[place] == b'1' { b'2' } else { b'1' };
            let changed = String::from_utf8(changed).unwrap();
            assert!(changed.parse::<Uscc>().is_err(), "{changed}");
        }
        assert!("11500222739823013".parse::<Uscc>().is_err());
        assert!("1150022273982301I5".parse::<Uscc>().is_err());
    }

    #[test]
    fn completed_codes_are_valid() {
        let code = Uscc::complete("91500103", "MA5U0DEM").unwrap();
        assert_eq!(code.as_str().parse::<Uscc>().unwrap(), code);
        assert!(Uscc::complete("91500103", "ma").is_none());
    }
}
