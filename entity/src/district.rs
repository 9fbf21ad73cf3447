//! A division of the city with the days on which it existed.

use sea_orm::entity::prelude::*;
use yuti_openapi::vocabulary::DistrictKind;

use crate::Day;

/// A division of the city with the days on which it existed.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "district")]
pub struct Model {
    /// Internal number.
    #[sea_orm(primary_key)]
    pub id: i32,
    /// The code.
    #[sea_orm(unique)]
    pub code: String,
    /// Chinese name.
    pub name_zh: String,
    /// English name.
    pub name_en: String,
    /// Kind.
    pub kind: DistrictKind,
    /// First day for which it speaks.
    pub valid_from: Option<Day>,
    /// Last day for which it speaks.
    pub valid_to: Option<Day>,
    /// Successor.
    pub successor: Option<String>,
    /// Note.
    #[sea_orm(column_type = "Text", nullable)]
    pub note: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
