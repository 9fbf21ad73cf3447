//! The seal over the API: signed heads, proofs, keys. Everything here is public; of entries only hashes are, but for a few acts.

pub mod entries;
pub mod heads;
pub mod proofs;

use yuti_entity::{audit_entry, seal_head};
use yuti_openapi::ProblemCode;

use super::sealer::SealError;
use super::store::{self, number};
use super::tree::Hash;
use crate::http::failure::Failure;
use crate::state::App;

/// The log begins when a copy first serves; from then on there is a head.
async fn last_head(app: &App) -> Result<seal_head::Model, Failure> {
    store::last_head(&app.db).await?.ok_or_else(|| Failure::internal(SealError::NotBegun))
}

fn unknown() -> Failure {
    Failure::new(ProblemCode::LogEntryNotFound)
}

/// Place and hash of an entry that is sealed.
fn sealed(row: Option<&audit_entry::Model>) -> Result<(u64, Hash), Failure> {
    let row = row.ok_or_else(unknown)?;
    let (Some(index), Some(leaf)) = (row.leaf_index, row.leaf_hash.as_ref()) else { return Err(unknown()) };
    Ok((number(index), store::hash(leaf)?))
}
