//! Requests that are sent again because nobody knows whether they arrived: the same key and the same body get the same
//! answer, and the act is done once.
//!
//! The answer is kept in the transaction of the act. Of two requests with one key that come at the same time, the second
//! waits for the first one's commit, finds the key taken, gives up its own work and repeats the first one's answer.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName};
use chrono::{Duration, SubsecRound as _};
use sea_orm::ActiveValue::Set;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DatabaseConnection, DatabaseTransaction, EntityTrait as _,
    QueryFilter as _, SqlErr,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use yuti_entity::{Timestamp, kept_answer};
use yuti_openapi::ProblemCode;

use super::answer::{Answer, CachePolicy, JSON};
use super::failure::{BadValue, Failure, Place, Words};
use crate::db;
use crate::vault::Vault;

/// How long answers are kept.
pub const KEPT: Duration = Duration::hours(24);
/// The longest key.
const LONGEST: usize = 200;

/// The length of the tokens in forms.
const UUID: usize = 36;

fn parts(parts: &[&str]) -> Sha256 {
    let mut digest = Sha256::new();
    for part in parts {
        // With its length before it no part can be mistaken for the end of another.
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part.as_bytes());
    }
    digest
}

/// A key against doing something twice, with what it was sent for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Once {
    scope: [u8; 32],
    fingerprint: [u8; 32],
}

/// An answer as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Status.
    pub status: u16,
    /// Where the new thing is.
    pub location: Option<String>,
    /// The body, as JSON text.
    pub body: String,
}

impl Kept {
    /// The answer. Nobody keeps it: it is about one caller.
    pub fn answer(self) -> Answer {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::OK);
        let answer = Answer::whole(JSON, self.body).status(status).cache(CachePolicy::NoStore);
        match self.location {
            Some(location) => answer.header(header::LOCATION, location),
            None => answer,
        }
    }
}

impl Once {
    /// Reads `Idempotency-Key`, quoted as its draft has it or plain as many clients send it. `who` is whoever asks: an
    /// account, a key, or an address.
    ///
    /// # Errors
    /// The key is empty, too long or of other characters than visible ASCII.
    pub fn of(request: &HttpRequest, who: &str, body: &[u8]) -> Result<Option<Self>, Failure> {
        let name = HeaderName::from_static("idempotency-key");
        let Some(value) = request.headers().get(name) else { return Ok(None) };
        let key = value.to_str().unwrap_or_default().trim();
        let key = key.strip_prefix('"').and_then(|key| key.strip_suffix('"')).unwrap_or(key);
        if key.is_empty() || key.len() > LONGEST || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            let detail = Words::new(
                format!("要 1 到 {LONGEST} 个可见的 ASCII 字符，例如一个 UUID。"),
                format!("1 to {LONGEST} visible ASCII characters, such as a UUID."),
            );
            let place = Place::Parameter("Idempotency-Key".to_owned());
            let errors = vec![BadValue { place, code: "malformed", detail }];
            return Err(Failure { errors, ..Failure::new(ProblemCode::InvalidParameters) });
        }
        let operation = format!("{} {}", request.method(), request.path());
        let scope = parts(&[who, &operation, key]);
        // With the key, which is not kept: what people write is too easily guessed from a bare digest of it.
        let mut fingerprint = scope.clone();
        fingerprint.update(body);
        Ok(Some(Self { scope: scope.finalize().into(), fingerprint: fingerprint.finalize().into() }))
    }

    /// The token in a form of a page, and what the form says: the same form sent twice is one act, and one in which something was changed
    /// is another. `None` where the token is none of ours.
    pub fn in_form(operation: &str, who: &str, token: &str, said: &str) -> Option<Self> {
        if token.len() != UUID {
            return None;
        }
        let scope = parts(&[who, operation, token, said]);
        let fingerprint = scope.clone();
        Some(Self { scope: scope.finalize().into(), fingerprint: fingerprint.finalize().into() })
    }

    /// Does an act in a transaction of its own and keeps its answer, or gives the answer that another request with the same key got
    /// meanwhile.
    ///
    /// # Errors
    /// The act's own, or whatever the database refuses.
    pub async fn done(
        once: Option<&Self>,
        (db, vault, now): (&DatabaseConnection, &Vault, Timestamp),
        act: impl AsyncFnOnce(&DatabaseTransaction) -> Result<Kept, Failure>,
    ) -> Result<Kept, Failure> {
        let txn = db::begin(db).await?;
        let outcome = act(&txn).await;
        let Some(once) = once else {
            let kept = outcome?;
            txn.commit().await?;
            return Ok(kept);
        };
        let outcome = match outcome {
            Ok(kept) if once.keep(&txn, vault, &kept, now).await? => {
                txn.commit().await?;
                return Ok(kept);
            }
            Ok(_) => Err(Failure::new(ProblemCode::Conflict)),
            // The one that was first may be why the act cannot be done.
            Err(failure) => Err(failure),
        };
        txn.rollback().await?;
        match once.before(db, vault, now).await? {
            Some(kept) => Ok(kept),
            None => outcome,
        }
    }

    fn context(&self) -> String {
        let hex =
            self.scope.iter().fold(String::with_capacity(64), |text, byte| text + &format!("{byte:02x}"));
        format!("kept_answer:{hex}")
    }

    /// The answer that was given before.
    ///
    /// # Errors
    /// The key was used for another body, or the database refuses.
    pub async fn before(
        &self,
        db: &impl ConnectionTrait,
        vault: &Vault,
        now: Timestamp,
    ) -> Result<Option<Kept>, Failure> {
        let found = kept_answer::Entity::find_by_id(self.scope.to_vec())
            .filter(kept_answer::Column::ExpiresAt.gt(now))
            .one(db)
            .await?;
        let Some(found) = found else { return Ok(None) };
        if found.fingerprint != self.fingerprint {
            return Err(Failure::new(ProblemCode::Unprocessable).saying(
                "这个 Idempotency-Key 已经用在别的内容上。新的请求要用新的。",
                "This Idempotency-Key was used for another body. A new request needs a new one.",
            ));
        }
        let plain = vault.open(&self.context(), &found.answer).map_err(Failure::internal)?;
        serde_json::from_slice(&plain).map(Some).map_err(Failure::internal)
    }

    /// Keeps the answer as part of the act's transaction. `false` where another request with the same key was first: the
    /// transaction is then to be rolled back, and `before` has the answer.
    ///
    /// # Errors
    /// Whatever the database refuses.
    pub async fn keep(
        &self,
        txn: &DatabaseTransaction,
        vault: &Vault,
        answer: &Kept,
        now: Timestamp,
    ) -> Result<bool, Failure> {
        // A key that has expired can be used anew.
        kept_answer::Entity::delete_many()
            .filter(kept_answer::Column::Scope.eq(self.scope.to_vec()))
            .filter(kept_answer::Column::ExpiresAt.lte(now))
            .exec(txn)
            .await?;
        let plain = serde_json::to_vec(answer).map_err(Failure::internal)?;
        let row = kept_answer::ActiveModel {
            scope: Set(self.scope.to_vec()),
            fingerprint: Set(self.fingerprint.to_vec()),
            status: Set(i32::from(answer.status)),
            answer: Set(vault.seal(&self.context(), &plain)),
            expires_at: Set((now + KEPT).trunc_subsecs(6)),
        };
        match kept_answer::Entity::insert(row).exec_without_returning(txn).await {
            Ok(_) => Ok(true),
            Err(cause) if matches!(cause.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))) => Ok(false),
            Err(cause) => Err(cause.into()),
        }
    }
}
