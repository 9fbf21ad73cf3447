//! The register over the API.

pub mod districts;
pub mod elevators;
pub mod history;
pub mod organisations;

use std::collections::HashMap;

use sea_orm::ConnectionTrait;
use yuti_openapi::Provenance;
use yuti_openapi::wire::SourceRef;

use super::{assemble, store};
use crate::http::failure::Failure;

/// The licence that is named where nothing has been imported yet.
const LICENCE: &str = "CC BY 4.0";

/// Licence, sources and freshness of what is registered.
///
/// # Errors
/// Whatever the database refuses.
pub async fn provenance(db: &impl ConnectionTrait) -> Result<Provenance, Failure> {
    provenance_of(db, assemble::sources(db).await?).await
}

/// The same where the registers have been read already.
///
/// # Errors
/// Whatever the database refuses.
pub async fn provenance_of(
    db: &impl ConnectionTrait,
    sources: HashMap<i64, SourceRef>,
) -> Result<Provenance, Failure> {
    let mut sources: Vec<_> = sources.into_iter().collect();
    sources.sort_by_key(|(id, _)| *id);
    let sources: Vec<_> = sources.into_iter().map(|(_, source)| source).collect();
    let mut licences: Vec<&str> = sources.iter().map(|source| source.licence.as_str()).collect();
    licences.sort_unstable();
    licences.dedup();
    Ok(Provenance {
        licence: if licences.is_empty() { LICENCE.to_owned() } else { licences.join("; ") },
        demonstration: sources.iter().any(|source| source.demonstration),
        data_as_of: store::data_as_of(db).await?,
        sources,
    })
}
