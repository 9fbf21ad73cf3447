//! The closed lists of the service: each code once, with its meaning in Chinese and English.
//!
//! A list is declared with `vocabulary!`; the same declaration is the wire form, the published code list under
//! `/v1/code-lists/{name}`, and, with the feature `orm`, the column value.

mod access;
mod facts;
mod files;
mod keys;
mod quality;
mod register;

pub use access::*;
pub use facts::*;
pub use files::*;
pub use keys::*;
pub use quality::*;
pub use register::*;

/// One code of a closed list with its labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Term {
    /// The code as it stands on the wire.
    pub code: &'static str,
    /// What it means, in Chinese.
    pub zh: &'static str,
    /// What it means, in English.
    pub en: &'static str,
}

/// A closed list that is published.
#[derive(Clone, Copy, Debug)]
pub struct ClosedList {
    /// The name in `/v1/code-lists/{name}`.
    pub name: &'static str,
    /// What the list is for, in Chinese.
    pub title_zh: &'static str,
    /// What the list is for, in English.
    pub title_en: &'static str,
    /// The codes.
    pub terms: &'static [Term],
}

/// A code that is not in its list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotInList {
    /// The list's name.
    pub list: &'static str,
    /// What was given.
    pub given: String,
}

impl std::fmt::Display for NotInList {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?} is not a code of the list {}", self.given, self.list)
    }
}

impl std::error::Error for NotInList {}

/// An enumeration of the vocabulary: codes, labels, parsing, and its published list.
pub trait Vocabulary: Sized + Copy + 'static {
    /// The published list.
    const LIST: ClosedList;
    /// Every value, in the order of the list.
    const ALL: &'static [Self];
    /// The code, its label in Chinese and in English.
    fn term(self) -> Term;
}

/// Declares one closed list. See the module's text.
macro_rules! vocabulary {
    ($(#[$meta:meta])* $name:ident: $list:literal, $title_zh:literal, $title_en:literal {
        $($(#[$variant_meta:meta])* $variant:ident = $code:tt, $zh:literal, $en:literal;)+
    }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
        #[cfg_attr(feature = "orm", derive(sea_orm::DeriveValueType))]
        #[cfg_attr(feature = "orm", sea_orm(value_type = "String"))]
        pub enum $name {
            $($(#[$variant_meta])* #[serde(rename = $code)] $variant,)+
        }

        impl $crate::vocabulary::Vocabulary for $name {
            const LIST: $crate::vocabulary::ClosedList = $crate::vocabulary::ClosedList {
                name: $list,
                title_zh: $title_zh,
                title_en: $title_en,
                terms: &[$($crate::vocabulary::Term { code: $code, zh: $zh, en: $en },)+],
            };
            const ALL: &'static [Self] = &[$(Self::$variant,)+];

            fn term(self) -> $crate::vocabulary::Term {
                match self {
                    $(Self::$variant => $crate::vocabulary::Term { code: $code, zh: $zh, en: $en },)+
                }
            }
        }

        impl $name {
            /// The code as it stands on the wire and in the database.
            pub fn code(self) -> &'static str {
                $crate::vocabulary::Vocabulary::term(self).code
            }

            /// What the code means in the language.
            pub fn label(self, language: $crate::Language) -> &'static str {
                let term = $crate::vocabulary::Vocabulary::term(self);
                language.pick(term.zh, term.en)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.code())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::vocabulary::NotInList;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($code => Ok(Self::$variant),)+
                    _ => Err($crate::vocabulary::NotInList { list: $list, given: text.to_owned() }),
                }
            }
        }
    };
}
pub(crate) use vocabulary;

/// Every published closed list, by name.
pub fn closed_lists() -> Vec<ClosedList> {
    let mut lists = vec![
        ElevatorStatus::LIST,
        StatusReason::LIST,
        UseStatus::LIST,
        InspectionKind::LIST,
        InspectionResult::LIST,
        Precision::LIST,
        InsuranceKind::LIST,
        ContractKind::LIST,
        CodeScheme::LIST,
        QualityFlag::LIST,
        ChangeKind::LIST,
        ChangeSubject::LIST,
        ChangeReason::LIST,
        DistrictKind::LIST,
        AuthorityLevel::LIST,
        AnnotationEnd::LIST,
        UnitRole::LIST,
        Confidence::LIST,
        LimitPolicy::LIST,
        Role::LIST,
        AccountState::LIST,
        SessionEnd::LIST,
        LinkPurpose::LIST,
        KeyKind::LIST,
        KeyState::LIST,
        KeyEnd::LIST,
        RaiseState::LIST,
        KeyScope::LIST,
    ];
    lists.sort_by_key(|list| list.name);
    lists
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_and_codes_are_unique_and_in_one_form() {
        let mut names = BTreeSet::new();
        for list in closed_lists() {
            assert!(names.insert(list.name), "{}", list.name);
            let mut codes = BTreeSet::new();
            for term in list.terms {
                assert!(codes.insert(term.code), "{} {}", list.name, term.code);
                assert!(
                    // A scope is a thing and an act with a colon between them, as OAuth writes it.
                    term.code
                        .bytes()
                        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b':')),
                    "{} {}",
                    list.name,
                    term.code
                );
                assert!(!term.zh.is_empty() && !term.en.is_empty());
            }
        }
    }

    #[test]
    fn the_wire_form_is_the_code() {
        for status in ElevatorStatus::ALL {
            assert_eq!(serde_json::to_value(status).unwrap(), status.code());
            assert_eq!(status.code().parse::<ElevatorStatus>().unwrap(), *status);
        }
        assert!("IN_ORDER".parse::<ElevatorStatus>().is_err());
    }
}
