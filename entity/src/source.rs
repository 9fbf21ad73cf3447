//! The registers that data comes from.

use sea_orm::entity::prelude::*;

use crate::{Day, Timestamp};

/// The registers that data comes from.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "source")]
pub struct Model {
    /// Internal number.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Its key.
    #[sea_orm(unique)]
    pub key: String,
    /// Chinese name.
    pub name_zh: String,
    /// English name.
    pub name_en: String,
    /// Licence of its data.
    pub licence: String,
    /// Where it was published.
    pub url: Option<String>,
    /// The day for which it speaks.
    pub as_of: Option<Day>,
    /// True where all of it is fictitious.
    pub demonstration: bool,
    /// When it was recorded here.
    pub recorded_at: Timestamp,
}

impl ActiveModelBehavior for ActiveModel {}
