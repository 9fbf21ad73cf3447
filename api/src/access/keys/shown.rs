//! Which key a request shows, and whether it holds.
//!
//! A key that was looked up is remembered for a second, so that reading with one costs the database next to nothing and a revocation is seen
//! everywhere within that second. Days and instants at which a key ends by itself are looked at each time.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use actix_web::http::header::{self, HeaderMap};
use sea_orm::DatabaseConnection;
use tokio::sync::Semaphore;
use yuti_entity::{Timestamp, api_key};
use yuti_openapi::ProblemCode;
use yuti_openapi::vocabulary::{KeyEnd, KeyState};

use super::secret::{self, NoSecret, Secret};
use super::{rules, store};
use crate::access::caller::Holder;
use crate::http::failure::{BadValue, Failure, Place, Words};

/// How long a key is remembered.
const REMEMBERED: Duration = Duration::from_secs(1);
/// How many are remembered at most.
const MOST: usize = 10_000;
/// How many are looked up at a time: whoever sends invented keys must not take every connection from everybody else.
const LOOK_UPS: usize = 4;

/// A key that was shown and found.
#[derive(Clone, Debug)]
pub struct Known {
    /// The key.
    pub key: api_key::Model,
    /// The number of what was shown as it.
    pub secret: i64,
    /// How that begins.
    pub prefix: String,
    /// Until when that holds, where another one replaced it.
    pub replaced: Option<Timestamp>,
}

/// A key that holds, put beside the request that showed it.
#[derive(Clone, Debug)]
pub struct Shown(pub Arc<Known>);

impl Known {
    /// Who is counted.
    #[must_use]
    pub fn holder(&self) -> Holder {
        rules::holder(&self.key)
    }

    fn flaw(&self, now: Timestamp) -> Option<Flaw> {
        if self.key.state == KeyState::Revoked {
            return Some(Flaw::Revoked(self.key.revoked_at, self.key.revoked_by));
        }
        if let Some(end) = self.key.expires_at.filter(|end| *end <= now) {
            return Some(Flaw::Expired(end));
        }
        self.replaced.filter(|end| *end <= now).map(Flaw::Replaced)
    }
}

/// Why what was shown does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// It is no key of ours.
    Form,
    /// A character is wrong.
    Check,
    /// Nobody has it, or it was deleted long ago.
    Unknown,
    /// Another one replaced it, and its time beside it is over.
    Replaced(Timestamp),
    /// It has ended by itself.
    Expired(Timestamp),
    /// It was revoked.
    Revoked(Option<Timestamp>, Option<KeyEnd>),
}

impl Flaw {
    fn code(self) -> &'static str {
        match self {
            Self::Form => "malformed",
            Self::Check => "mistyped",
            Self::Unknown => "unknown",
            Self::Replaced(_) => "replaced",
            Self::Expired(_) => "expired",
            Self::Revoked(..) => "revoked",
        }
    }

    fn words(self) -> Words {
        let day = |at: Timestamp| at.format("%Y-%m-%d %H:%M UTC").to_string();
        match self {
            Self::Form => Words::new(
                "Authorization 要写成“Bearer yuti_ak_…”：一个空格，后面是完整的密钥，共 44 个字符。",
                "Write `Authorization: Bearer yuti_ak_…`: one space, then the whole key, 44 characters.",
            ),
            Self::Check => Words::new(
                "密钥里有字符抄错了：末尾的校验不对。从保存的地方重新复制一次。",
                "A character of the key is wrong: the check at its end does not hold. Copy it again from where you keep it.",
            ),
            Self::Unknown => Words::new(
                "没有这个密钥，或者作废已久，已经删除。在 /keys 可以再申请一个。",
                "There is no such key, or it ended long ago and was deleted. Make another one at /keys.",
            ),
            Self::Replaced(at) => Words::new(
                format!("这个密钥已经换成新的，{} 起不能再用。请改用新的密钥。", day(at)),
                format!("A new key replaced this one; it has not held since {}. Use the new one.", day(at)),
            ),
            Self::Expired(at) => Words::new(
                format!("这个密钥 {} 到期了。请单位重新签发。", day(at)),
                format!("This key expired on {}. Have the unit issue another one.", day(at)),
            ),
            Self::Revoked(at, by) => {
                let at = at.map(day).unwrap_or_default();
                let (zh, en) = match by {
                    Some(KeyEnd::ByService) => ("本服务", "by whoever runs the service"),
                    Some(KeyEnd::ByHolder) | None => ("持有人", "by its holder"),
                };
                Words::new(
                    format!("这个密钥 {at} 由{zh}作废。在 /keys 可以再申请一个。"),
                    format!("This key was revoked {en} on {at}. Make another one at /keys."),
                )
            }
        }
    }
}

impl From<Flaw> for Failure {
    fn from(flaw: Flaw) -> Self {
        let place = Place::Parameter("Authorization".to_owned());
        let errors = vec![BadValue { place, code: flaw.code(), detail: flaw.words() }];
        Self { detail: Some(flaw.words()), errors, ..Self::new(ProblemCode::KeyRefused) }
    }
}

/// Keys by the digests of what was shown as them, each with when it was looked up.
type ByDigest = HashMap<[u8; 32], (Instant, Arc<Known>)>;

/// The keys that were shown lately.
#[derive(Debug)]
pub struct Ring {
    known: RwLock<ByDigest>,
    turns: Semaphore,
}

impl Default for Ring {
    fn default() -> Self {
        Self { known: RwLock::default(), turns: Semaphore::new(LOOK_UPS) }
    }
}

impl Ring {
    /// The key that a request shows. `None`: it shows none.
    ///
    /// # Errors
    /// It shows one that does not hold, or the database refuses.
    pub async fn shown(
        &self,
        db: &DatabaseConnection,
        headers: &HeaderMap,
        now: Timestamp,
    ) -> Result<Option<Shown>, Failure> {
        match read(headers) {
            None => Ok(None),
            Some(secret) => self.find(db, &secret?, now).await.map(|known| Some(Shown(known))),
        }
    }

    /// The key of which somebody shows this.
    ///
    /// # Errors
    /// It does not hold, or the database refuses.
    pub async fn find(
        &self,
        db: &DatabaseConnection,
        secret: &Secret,
        now: Timestamp,
    ) -> Result<Arc<Known>, Failure> {
        let digest = secret.digest();
        let known = match self.remembered(&digest) {
            Some(known) => known,
            None => self.look_up(db, digest).await?.ok_or(Flaw::Unknown)?,
        };
        match known.flaw(now) {
            None => Ok(known),
            Some(flaw) => Err(flaw.into()),
        }
    }

    /// Looks a key up anew when it is shown next: it was changed here.
    pub fn forget(&self, key: i64) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, (_, known)| known.key.id != key);
    }

    fn remembered(&self, digest: &[u8; 32]) -> Option<Arc<Known>> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let (since, known) = known.get(digest)?;
        (since.elapsed() < REMEMBERED).then(|| Arc::clone(known))
    }

    async fn look_up(
        &self,
        db: &DatabaseConnection,
        digest: [u8; 32],
    ) -> Result<Option<Arc<Known>>, Failure> {
        let turn = self.turns.acquire().await.map_err(Failure::internal)?;
        // From before the question: what changes while it is on its way is seen a second later at the latest.
        let since = Instant::now();
        let found = store::by_digest(db, &digest).await?;
        drop(turn);
        let Some((secret, key)) = found else { return Ok(None) };
        let known = Known { key, secret: secret.id, prefix: secret.prefix, replaced: secret.expires_at };
        let known = Arc::new(known);
        let mut all = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MOST {
            all.retain(|_, (since, _)| since.elapsed() < REMEMBERED);
        }
        if all.len() < MOST {
            all.insert(digest, (since, Arc::clone(&known)));
        }
        Ok(Some(known))
    }
}

/// What the header `Authorization` shows as a key. Another scheme is none of ours: a proxy in front may ask for a password of its own.
fn read(headers: &HeaderMap) -> Option<Result<Secret, Failure>> {
    let mut given = headers.get_all(header::AUTHORIZATION);
    let value = given.next()?;
    let refused = |flaw: Flaw| Some(Err(flaw.into()));
    if given.next().is_some() {
        return refused(Flaw::Form);
    }
    let Ok(text) = value.to_str() else { return refused(Flaw::Form) };
    let (scheme, rest) = text.split_once(' ').unwrap_or((text, ""));
    if !scheme.eq_ignore_ascii_case("bearer") {
        // Whoever forgets the word before the key would else be counted as nobody, and wonder.
        return if secret::is_in(text) { refused(Flaw::Form) } else { None };
    }
    Some(Secret::shown(rest.trim()).map_err(|no| match no {
        NoSecret::Form => Flaw::Form.into(),
        NoSecret::Check => Flaw::Check.into(),
    }))
}

/// Refuses a key that stands in an address: there it is written into logs and histories of programs in between.
///
/// # Errors
/// There is one.
pub fn none_in_address(path: &str, query: &str) -> Result<(), Failure> {
    let decoded = |text: &str| crate::http::params::decode(text).unwrap_or_else(|| text.to_owned());
    let guilty = query.split('&').find(|piece| secret::is_in(&decoded(piece)));
    if guilty.is_none() && !secret::is_in(&decoded(path)) {
        return Ok(());
    }
    let (zh, en) = (
        "密钥不能写在地址里，地址会留在日志和浏览记录里。请放进请求头 Authorization: Bearer，并且把这个密钥当作已经泄露，换一个新的（POST /v1/api-keys/current/rotate）。",
        "A key does not belong into an address, which is kept in logs and histories. Send it in the header `Authorization: Bearer`, and take this one for leaked: replace it (`POST /v1/api-keys/current/rotate`).",
    );
    let mut failure = Failure::new(ProblemCode::InvalidParameters).saying(zh, en);
    if let Some(guilty) = guilty {
        let name = decoded(guilty.split('=').next().unwrap_or_default());
        // The name itself may be what was written in the wrong place.
        let name = if secret::is_in(&name) { "?".to_owned() } else { name.chars().take(80).collect() };
        let place = Place::Parameter(name);
        failure.errors.push(BadValue { place, code: "key_in_address", detail: Words::new(zh, en) });
    }
    Err(failure)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
    use actix_web::http::header::{AUTHORIZATION, HeaderValue};
    use yuti_openapi::vocabulary::KeyKind;

    use super::*;

    fn seen(values: &[&str]) -> Option<Result<(), &'static str>> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(AUTHORIZATION, HeaderValue::from_str(value).unwrap());
        }
        read(&headers).map(|outcome| outcome.map(|_| ()).map_err(|failure| failure.errors[0].code))
    }

    #[test]
    fn only_a_bearer_of_our_form_is_a_key() {
        let key = Secret::random(KeyKind::Reader).reveal().to_owned();
        let last = if key.ends_with('x') { "y" } else { "x" };
        let slip = format!("Bearer {}{last}", &key[..43]);
        assert_eq!(seen(&[]), None);
        for good in [format!("Bearer {key}"), format!("bearer  {key}")] {
            assert_eq!(seen(&[&good]), Some(Ok(())), "{good}");
        }
        for other in ["Basic eXV0aTp5dXRp", "Digest x", ""] {
            assert_eq!(seen(&[other]), None, "{other}");
        }
        for bad in [
            "Bearer",
            "Bearer ",
            "Bearer abc",
            "Bearer eyJhbGciOi.J9.x",
            &key,
            &format!("Token {key}"),
            &format!("Bearer {key}, Bearer {key}"),
        ] {
            assert_eq!(seen(&[bad]), Some(Err("malformed")), "{bad}");
        }
        assert_eq!(seen(&[&slip]), Some(Err("mistyped")));
        assert_eq!(seen(&[&format!("Bearer {key}"), &format!("Bearer {key}")]), Some(Err("malformed")));
    }

    #[test]
    fn a_key_in_an_address_is_refused_and_not_repeated() {
        for (path, query) in [
            ("/v1/elevators", "api_key=yuti_ak_x"),
            ("/v1/elevators", "limit=1&access_token=yuti%5Fsk%5Fx"),
            ("/v1/elevators", "yuti_ak_x"),
            ("/v1/elevators/yuti_ak_x", ""),
        ] {
            let failure = none_in_address(path, query).unwrap_err();
            assert_eq!(failure.code, ProblemCode::InvalidParameters, "{path}?{query}");
            assert!(!format!("{failure:?}").contains("_x"), "{failure:?}");
        }
        assert!(none_in_address("/v1/elevators", "q=yuti").is_ok());
    }
}
