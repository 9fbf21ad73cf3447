//! One run of an import, with how far it came: what resumption and the report need.

use sea_orm::entity::prelude::*;

use crate::Timestamp;

/// One run of an import, with how far it came: what resumption and the report need.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "import_run")]
pub struct Model {
    /// Internal number.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Kind.
    pub kind: String,
    /// The register it comes from.
    pub source_id: Option<i64>,
    /// File name.
    pub file_name: String,
    /// File sha256.
    pub file_sha256: String,
    /// Mapping sha256.
    pub mapping_sha256: String,
    /// Started at.
    pub started_at: Timestamp,
    /// Updated at.
    pub updated_at: Timestamp,
    /// Finished at.
    pub finished_at: Option<Timestamp>,
    /// Rows read.
    pub rows_read: i64,
    /// Created.
    pub created: i64,
    /// Updated.
    pub updated: i64,
    /// Unchanged.
    pub unchanged: i64,
    /// Rejected.
    pub rejected: i64,
    /// Skipped.
    pub skipped: i64,
    /// Report bytes.
    pub report_bytes: i64,
    /// Report path.
    pub report_path: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
