//! A file that was handed in. Its bytes are in the store of files.

use sea_orm::entity::prelude::*;
use yuti_openapi::vocabulary::{FilePurpose, FileType};

use crate::Timestamp;

/// A file that was handed in. Its bytes are in the store of files.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "stored_file")]
pub struct Model {
    /// Internal number.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// The object's name in the store, sixteen random bytes.
    #[sea_orm(unique, column_type = "Blob")]
    pub name: Vec<u8>,
    /// What it was handed in for.
    pub purpose: FilePurpose,
    /// The row that it belongs to, in the table that goes with the purpose.
    pub subject_id: i64,
    /// What it is, by its content.
    pub media_type: FileType,
    /// Length as it is kept, in bytes, before it is sealed.
    pub bytes: i64,
    /// Digest of the bytes as they are kept.
    #[sea_orm(column_type = "Blob")]
    pub sha256: Vec<u8>,
    /// Width of a picture, in points.
    pub width: Option<i32>,
    /// Height of a picture, in points.
    pub height: Option<i32>,
    /// The key that the bytes are sealed with, itself sealed by the vault; none after the file was erased.
    #[sea_orm(column_type = "Blob", nullable)]
    pub data_key: Option<Vec<u8>>,
    /// Keyed digest of who handed it in, for their quota.
    #[sea_orm(column_type = "Blob")]
    pub holder: Vec<u8>,
    /// When it was handed in.
    pub created_at: Timestamp,
    /// When it was erased.
    pub erased_at: Option<Timestamp>,
}

impl ActiveModelBehavior for ActiveModel {}
