//! Proofs: that an entry is sealed, that nothing was rewritten.

use actix_web::web;
use serde::Deserialize;
use utoipa::IntoParams;
use yuti_openapi::samples;
use yuti_openapi::wire::{ConsistencyProof, InclusionProof};

use super::{last_head, sealed, unknown};
use crate::audit::canonical::{hex, unhex};
use crate::audit::store::{self, number};
use crate::audit::{publish, tree};
use crate::http::answer::Answer;
use crate::http::extract::{FromParams, Query};
use crate::http::failure::{BadValue, Failure, Place, Words};
use crate::http::negotiate::Offered;
use crate::http::params::Params;
use crate::http::refusals::{NoLogEntry, Refusals, Senseless};
use crate::registry::v1::elevators::OnlyJson;
use crate::state::App;

const WHOLE_ZH: &str = "要填 0 以上的整数。";
const WHOLE_EN: &str = "A whole number from 0.";

/// What an inclusion proof can be asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "describes the parameters; they are read by `Included`")]
pub struct InclusionParams {
    /// The hash of the entry, 64 hexadecimal digits. Not together with `index`; without either the last entry of the tree is meant.
    leaf: Option<String>,
    /// The place of the entry, from 0.
    #[param(minimum = 0, example = 0)]
    index: Option<i64>,
    /// The size of the tree; without it that of the last signed head.
    #[param(minimum = 1, example = 1)]
    size: Option<i64>,
    /// `json`. Wins over `Accept`.
    #[param(inline)]
    format: Option<OnlyJson>,
}

/// An inclusion proof as it was asked for.
#[derive(Clone, Debug)]
pub struct Included {
    leaf: Option<Vec<u8>>,
    index: Option<u64>,
    size: Option<u64>,
}

impl FromParams for Included {
    const OFFERED: Offered = Offered::Json;

    fn from_params(params: &mut Params) -> Self {
        let leaf = params.text("leaf", 100);
        let hash = leaf.as_deref().and_then(unhex).filter(|hash| hash.len() == 32);
        if leaf.is_some() && hash.is_none() {
            params.refuse(
                "leaf",
                "malformed",
                "要填 64 位十六进制的散列值。",
                "A hash of 64 hexadecimal digits.",
            );
        }
        let index = whole(params, "index");
        if leaf.is_some() && index.is_some() {
            params.refuse(
                "index",
                "contradicts",
                "leaf 和 index 只能给一个。",
                "Give either leaf or index, not both.",
            );
        }
        Self { leaf: hash, index, size: whole(params, "size") }
    }
}

fn whole(params: &mut Params, name: &'static str) -> Option<u64> {
    params.parsed::<u64>(name, WHOLE_ZH, WHOLE_EN)
}

/// View the proof that an entry is sealed
///
/// The hashes that lead from the entry's own to the root of a tree (RFC 9162, 2.1.3). Together with a signed head of that size they
/// prove that the entry stood there when the head was signed.
#[utoipa::path(
    get, path = "/v1/transparency/inclusion", tag = "transparency", operation_id = "transparency_inclusion_view",
    params(InclusionParams),
    responses(
        (status = 200, description = "The proof.", body = InclusionProof, example = json!(samples::inclusion_proof())),
        NoLogEntry, Senseless, Refusals
    )
)]
pub async fn transparency_inclusion_view(
    app: web::Data<App>,
    query: Query<Included>,
) -> Result<Answer, Failure> {
    let Included { leaf, index, size } = query.params;
    let size = within(&app, "size", size).await?;
    let entry = match (&leaf, index) {
        (Some(leaf), _) => store::entry_of(&app.db, leaf).await?,
        (None, index) => store::entry_at(&app.db, index.unwrap_or(size.saturating_sub(1))).await?,
    };
    let (leaf_index, leaf_hash) = sealed(entry.as_ref())?;
    if leaf_index >= size {
        return Err(beyond(
            "size",
            leaf_index + 1,
            "这条记录在这个大小的树之后。",
            "The entry came later than the tree of this size.",
        ));
    }
    let path = store::path(&app.db, leaf_index, size).await?;
    let root = tree::root_of(leaf_index, size, &leaf_hash, &path).ok_or_else(unknown)?;
    let head = store::head_of(&app.db, size).await?;
    let proof = InclusionProof {
        leaf_index,
        leaf_hash: hex(&leaf_hash),
        size,
        root: hex(&root),
        path: path.iter().map(|step| hex(step)).collect(),
        head: head.map(|row| publish::head(app.log.origin(), &row)).transpose()?,
    };
    Answer::json(&proof)
}

/// A size that was asked for, at most that of the last head; without one that of the last head.
async fn within(app: &App, name: &str, size: Option<u64>) -> Result<u64, Failure> {
    let last = number(last_head(app).await?.size);
    match size {
        None => Ok(last),
        Some(size) if size <= last => Ok(size),
        Some(_) => Err(senseless(
            name,
            format!("最大是 {last}：封存的记录只有这么多。"),
            format!("At most {last}: no more entries are sealed."),
        )),
    }
}

fn senseless(name: &str, zh: impl Into<String>, en: impl Into<String>) -> Failure {
    let place = Place::Parameter(name.to_owned());
    Failure::unprocessable(vec![BadValue { place, code: "out_of_range", detail: Words::new(zh, en) }])
}

fn beyond(name: &str, least: u64, zh: &str, en: &str) -> Failure {
    senseless(name, format!("{zh}至少要 {least}。"), format!("{en} It must be at least {least}."))
}

/// What a consistency proof can be asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "describes the parameters; they are read by `Consistent`")]
pub struct ConsistencyParams {
    /// The size of the smaller tree; without it that of the signed head before `to`.
    #[param(minimum = 0, example = 0)]
    from: Option<i64>,
    /// The size of the larger tree; without it that of the last signed head.
    #[param(minimum = 0, example = 1)]
    to: Option<i64>,
    /// `json`. Wins over `Accept`.
    #[param(inline)]
    format: Option<OnlyJson>,
}

/// A consistency proof as it was asked for.
#[derive(Clone, Copy, Debug)]
pub struct Consistent {
    from: Option<u64>,
    to: Option<u64>,
}

impl FromParams for Consistent {
    const OFFERED: Offered = Offered::Json;

    fn from_params(params: &mut Params) -> Self {
        Self { from: whole(params, "from"), to: whole(params, "to") }
    }
}

/// View the proof that nothing was rewritten
///
/// The hashes that show that the tree of one size begins with the tree of a smaller one (RFC 9162, 2.1.4): between two heads nothing
/// was changed, left out or put in.
#[utoipa::path(
    get, path = "/v1/transparency/consistency", tag = "transparency", operation_id = "transparency_consistency_view",
    params(ConsistencyParams),
    responses(
        (status = 200, description = "The proof.", body = ConsistencyProof, example = json!(samples::consistency_proof())),
        Senseless, Refusals
    )
)]
pub async fn transparency_consistency_view(
    app: web::Data<App>,
    query: Query<Consistent>,
) -> Result<Answer, Failure> {
    let to = within(&app, "to", query.params.to).await?;
    let from = match query.params.from {
        Some(from) => from,
        None => store::head_before(&app.db, to).await?.map_or(0, |row| number(row.size)),
    };
    let Some(plan) = tree::consistency(from, to) else {
        return Err(senseless(
            "from",
            format!("最大是 {to}：不能大于 to。"),
            format!("At most {to}: not more than `to`."),
        ));
    };
    let path = store::proof(&app.db, &plan).await?;
    let proof = ConsistencyProof {
        from,
        to,
        from_root: hex(&store::root(&app.db, from).await?),
        to_root: hex(&store::root(&app.db, to).await?),
        path: path.iter().map(|step| hex(step)).collect(),
    };
    Answer::json(&proof)
}
