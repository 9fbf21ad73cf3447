//! One function for each act on keys: rule, write and entry of the trail, as part of a transaction. Whoever calls one has seen to it that the
//! actor may.

use chrono::TimeDelta;
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, DatabaseTransaction, EntityTrait as _, QueryFilter as _,
};
use serde_json::{Value, json};
use yuti_entity::{Timestamp, api_key, api_key_raise, api_key_secret};
use yuti_openapi::ProblemCode;
use yuti_openapi::vocabulary::{KeyEnd, KeyKind, KeyScope, KeyState, RaiseState};

use super::secret::Secret;
use super::{rules, store};
use crate::audit::{self, Actor, Entry};
use crate::http::failure::Failure;
use crate::vault::Vault;

/// What a key is made of, checked.
#[derive(Clone, Debug)]
pub struct New<'a> {
    /// What it is for.
    pub name: &'a str,
    /// The holder's address.
    pub contact: Option<&'a str>,
    /// The unit whose system it is, and what it may do; a reader's key has none.
    pub system: Option<(i64, &'a [KeyScope])>,
    /// When it ends by itself.
    pub expires_at: Option<Timestamp>,
}

/// What an act works with.
#[derive(Clone, Copy, Debug)]
pub struct Act<'a> {
    /// The transaction.
    pub txn: &'a DatabaseTransaction,
    /// The vault.
    pub vault: &'a Vault,
    /// Who acts.
    pub actor: Actor,
    /// When.
    pub now: Timestamp,
}

impl Act<'_> {
    async fn note(
        &self,
        act: &'static str,
        key: i64,
        states: (Option<&str>, Option<&str>),
        facts: Value,
    ) -> Result<(), Failure> {
        let (from, to) = states;
        let Self { txn, vault, actor, now } = *self;
        let entry = Entry {
            at: now,
            actor,
            act,
            subject: "api_key",
            subject_id: key,
            from,
            to,
            facts,
            personal: None,
        };
        audit::append(txn, vault, entry).await.map(|_| ())
    }

    fn seal(&self, name: &str, id: i64, text: &str) -> Vec<u8> {
        self.vault.seal(&format!("{name}:{id}"), text.as_bytes())
    }
}

/// Makes a key. What is shown as it is given back, once, and nowhere kept.
///
/// # Errors
/// Whatever the database refuses.
pub async fn create(act: Act<'_>, new: New<'_>) -> Result<(api_key::Model, Secret), Failure> {
    let kind = if new.system.is_some() { KeyKind::System } else { KeyKind::Reader };
    let row = api_key::ActiveModel {
        id: NotSet,
        kind: Set(kind),
        name: Set(Vec::new()),
        contact: Set(None),
        organisation_id: Set(new.system.map(|(unit, _)| unit)),
        scopes: Set(new.system.map(|(_, scopes)| rules::written(scopes)).unwrap_or_default()),
        state: Set(KeyState::Active),
        raised_burst: Set(None),
        raised_daily: Set(None),
        created_at: Set(act.now),
        last_used_at: Set(None),
        expires_at: Set(new.expires_at),
        revoked_at: Set(None),
        revoked_by: Set(None),
    };
    let mut row = row.insert(act.txn).await?;
    // Sealed for their places, which have a number only now.
    row.name = act.seal("api_key.name", row.id, new.name);
    row.contact = new.contact.map(|contact| act.seal("api_key.contact", row.id, contact));
    api_key::Entity::update_many()
        .col_expr(api_key::Column::Name, Expr::value(row.name.clone()))
        .col_expr(api_key::Column::Contact, Expr::value(row.contact.clone()))
        .filter(api_key::Column::Id.eq(row.id))
        .exec(act.txn)
        .await?;
    let (secret, made) = add_secret(act, &row).await?;
    let facts = json!({
        "kind": kind, "unit": row.organisation_id, "scopes": rules::scopes(&row.scopes), "secret": made,
        "expires_at": row.expires_at.map(audit::canonical::instant),
    });
    act.note("key.create", row.id, (None, Some(row.state.code())), facts).await?;
    Ok((row, secret))
}

async fn add_secret(act: Act<'_>, key: &api_key::Model) -> Result<(Secret, i64), Failure> {
    let secret = Secret::random(key.kind);
    let row = api_key_secret::ActiveModel {
        id: NotSet,
        key_id: Set(key.id),
        token_hash: Set(secret.digest().to_vec()),
        prefix: Set(secret.prefix()),
        created_at: Set(act.now),
        expires_at: Set(None),
    };
    let row = row.insert(act.txn).await?;
    Ok((secret, row.id))
}

/// Replaces what is shown as a key: the newest of it, or just what somebody shows. It holds on beside the new one for a while, and nothing else
/// does. Of two who replace the same at a time one finds it done.
///
/// # Errors
/// It was replaced or revoked, or whatever the database refuses.
pub async fn rotate(
    act: Act<'_>,
    (id, shown): (i64, Option<i64>),
    overlap: TimeDelta,
    expires_at: Option<Timestamp>,
) -> Result<(api_key::Model, Secret), Failure> {
    let mut key = held(act, id).await?;
    let newest = store::newest(act.txn, key.id).await?;
    let newest = newest.ok_or_else(|| Failure::new(ProblemCode::Conflict))?;
    if shown.is_some_and(|shown| shown != newest.id) {
        let prefix = newest.prefix;
        return Err(Failure::new(ProblemCode::Conflict).saying(
            format!("这个密钥已经换成 {prefix}… 了，要换请用新的那个。新的没有收到：用同一个 Idempotency-Key 再发一次；没有用过 Idempotency-Key，就作废（DELETE）后重新申请。"),
            format!("This key was replaced by {prefix}… already; replace that one. If the new one did not reach you, send the request again with the same Idempotency-Key; without one revoke this (`DELETE`) and make another."),
        ));
    }
    store::end_secrets(act.txn, key.id, Some(newest.id), act.now).await?;
    store::end_secrets(act.txn, key.id, None, act.now + overlap).await?;
    let (secret, made) = add_secret(act, &key).await?;
    if key.kind == KeyKind::System {
        key.expires_at = expires_at;
        api_key::Entity::update_many()
            .col_expr(api_key::Column::ExpiresAt, Expr::value(expires_at))
            .filter(api_key::Column::Id.eq(key.id))
            .exec(act.txn)
            .await?;
    }
    let facts = json!({ "replaced": newest.id, "secret": made, "overlap_minutes": overlap.num_minutes() });
    act.note("key.rotate", key.id, (None, None), facts).await?;
    Ok((key, secret))
}

/// Revokes a key with everything that can be shown as it.
///
/// # Errors
/// There is no such key, it was revoked, or whatever the database refuses.
pub async fn revoke(act: Act<'_>, id: i64, by: KeyEnd) -> Result<(), Failure> {
    let key = held(act, id).await?;
    api_key::Entity::update_many()
        .col_expr(api_key::Column::State, Expr::value(KeyState::Revoked.code()))
        .col_expr(api_key::Column::RevokedAt, Expr::value(act.now))
        .col_expr(api_key::Column::RevokedBy, Expr::value(by.code()))
        .filter(api_key::Column::Id.eq(key.id))
        .exec(act.txn)
        .await?;
    let states = (Some(key.state.code()), Some(KeyState::Revoked.code()));
    act.note("key.revoke", key.id, states, json!({ "by": by })).await
}

/// What is asked for instead of the usual quotas.
#[derive(Clone, Copy, Debug)]
pub struct Wish<'a> {
    /// In the short window.
    pub burst: Option<u32>,
    /// In a day.
    pub daily: Option<u32>,
    /// What for.
    pub reason: &'a str,
}

/// Asks for higher quotas.
///
/// # Errors
/// Nobody has decided about the last wish, the key is revoked, or whatever the database refuses.
pub async fn ask_raise(act: Act<'_>, id: i64, wish: Wish<'_>) -> Result<api_key_raise::Model, Failure> {
    let key = held(act, id).await?;
    if store::last_raise(act.txn, id).await?.is_some_and(|last| last.state == RaiseState::Asked) {
        return Err(Failure::new(ProblemCode::Conflict).saying(
            "上一次提额申请还没有处理，等有了结果再申请。",
            "Your last wish is still to be decided; ask again when it is.",
        ));
    }
    let row = api_key_raise::ActiveModel {
        id: NotSet,
        key_id: Set(key.id),
        burst: Set(wish.burst.and_then(|number| number.try_into().ok())),
        daily: Set(wish.daily.and_then(|number| number.try_into().ok())),
        reason: Set(Vec::new()),
        state: Set(RaiseState::Asked),
        asked_at: Set(act.now),
        decided_at: Set(None),
        answer: Set(None),
    };
    let mut row = row.insert(act.txn).await?;
    row.reason = act.seal("api_key_raise.reason", row.id, wish.reason);
    api_key_raise::Entity::update_many()
        .col_expr(api_key_raise::Column::Reason, Expr::value(row.reason.clone()))
        .filter(api_key_raise::Column::Id.eq(row.id))
        .exec(act.txn)
        .await?;
    let facts = json!({ "burst": row.burst, "daily": row.daily, "raise": row.id });
    act.note("key.raise_ask", key.id, (None, Some(RaiseState::Asked.code())), facts).await?;
    Ok(row)
}

/// What is decided about a wish for higher quotas.
#[derive(Clone, Copy, Debug)]
pub struct Decision<'a> {
    /// Whether it is granted: with what was asked for, or with these numbers.
    pub granted: Option<(Option<u32>, Option<u32>)>,
    /// What the holder is told.
    pub answer: Option<&'a str>,
}

/// Grants the wish for higher quotas that waits, or refuses it.
///
/// # Errors
/// No wish waits, the key is revoked, or whatever the database refuses.
pub async fn decide_raise(
    act: Act<'_>,
    id: i64,
    decision: Decision<'_>,
) -> Result<api_key_raise::Model, Failure> {
    use api_key_raise::Column;
    let key = held(act, id).await?;
    let last = store::last_raise(act.txn, id).await?.filter(|last| last.state == RaiseState::Asked);
    let mut raise = last.ok_or_else(|| {
        Failure::new(ProblemCode::Conflict)
            .saying("这个密钥没有等待处理的提额申请。", "No wish of this key waits to be decided.")
    })?;
    let number = |number: u32| i32::try_from(number).ok();
    if let Some((burst, daily)) = decision.granted {
        if burst.is_some() || daily.is_some() {
            (raise.burst, raise.daily) = (burst.and_then(number), daily.and_then(number));
        }
        let raised = (raise.burst.or(key.raised_burst), raise.daily.or(key.raised_daily));
        api_key::Entity::update_many()
            .col_expr(api_key::Column::RaisedBurst, Expr::value(raised.0))
            .col_expr(api_key::Column::RaisedDaily, Expr::value(raised.1))
            .filter(api_key::Column::Id.eq(key.id))
            .exec(act.txn)
            .await?;
    }
    let (verb, state) = match decision.granted {
        Some(_) => ("key.raise_grant", RaiseState::Granted),
        None => ("key.raise_refuse", RaiseState::Refused),
    };
    (raise.state, raise.decided_at) = (state, Some(act.now));
    raise.answer = decision.answer.map(|answer| act.seal("api_key_raise.answer", raise.id, answer));
    api_key_raise::Entity::update_many()
        .col_expr(Column::Burst, Expr::value(raise.burst))
        .col_expr(Column::Daily, Expr::value(raise.daily))
        .col_expr(Column::State, Expr::value(state.code()))
        .col_expr(Column::DecidedAt, Expr::value(raise.decided_at))
        .col_expr(Column::Answer, Expr::value(raise.answer.clone()))
        .filter(Column::Id.eq(raise.id))
        .exec(act.txn)
        .await?;
    let facts = json!({ "burst": raise.burst, "daily": raise.daily, "raise": raise.id });
    act.note(verb, key.id, (Some(RaiseState::Asked.code()), Some(state.code())), facts).await?;
    Ok(raise)
}

/// A key that holds, held until the transaction ends.
async fn held(act: Act<'_>, id: i64) -> Result<api_key::Model, Failure> {
    let key = store::held(act.txn, id).await?.ok_or_else(|| {
        Failure::new(ProblemCode::NotFound).saying("没有这个密钥。", "There is no such key.")
    })?;
    if rules::holds(&key, act.now) {
        return Ok(key);
    }
    Err(Failure::new(ProblemCode::Conflict)
        .saying("这个密钥已经作废或者过期了。", "This key was revoked or has expired."))
}
