//! Published code lists.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The published code lists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CodeLists {
    /// The lists, by name.
    pub items: Vec<CodeListRef>,
}

/// A code list, without its codes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CodeListRef {
    /// Its name.
    #[schema(example = "elevator-status")]
    pub name: String,
    /// What it is for, in Chinese.
    pub title_zh: String,
    /// What it is for, in English.
    pub title_en: String,
    /// Number of codes.
    #[schema(minimum = 0)]
    pub size: usize,
    /// Its address.
    pub url: String,
}

/// A code list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CodeList {
    /// Its name.
    #[schema(example = "elevator-status")]
    pub name: String,
    /// What it is for, in Chinese.
    pub title_zh: String,
    /// What it is for, in English.
    pub title_en: String,
    /// True for lists that can only grow with a new version of the service; false for data that an administrator may replace.
    pub closed: bool,
    /// The codes.
    pub codes: Vec<Code>,
}

/// One code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Code {
    /// The code.
    pub code: String,
    /// What it means, in Chinese.
    pub label_zh: String,
    /// What it means, in English; `null` where the source is Chinese only.
    #[schema(required = true)]
    pub label_en: Option<String>,
    /// The list or catalogue within which the code is unique, where one list holds several.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub scheme: Option<String>,
    /// The code above it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub parent: Option<String>,
    /// What else should be known, with how sure it is.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub note: Option<String>,
}
