//! What a search looks through: place and units of one elevator, in the form in which texts are compared.

use sea_orm::entity::prelude::*;

/// What a search looks through: place and units of one elevator, in the form in which texts are compared.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "elevator_search")]
pub struct Model {
    /// The elevator.
    #[sea_orm(primary_key, auto_increment = false)]
    pub elevator_id: i64,
    /// The version of the elevator that it was made of.
    pub version: i32,
    /// The text.
    #[sea_orm(column_type = "Text")]
    pub text: String,
}

impl ActiveModelBehavior for ActiveModel {}
