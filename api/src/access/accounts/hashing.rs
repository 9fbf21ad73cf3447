//! Digests of passwords: Argon2id, a bounded number at a time, so that a flood of sign-ins cannot take all memory.

use std::sync::Arc;
use std::time::Duration;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Argon2, Params};
use prometheus_client::metrics::counter::Counter;
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use super::password;
use crate::chance;
use crate::config::HashConfig;

/// Why there is no digest.
#[derive(Debug, thiserror::Error)]
pub enum HashError {
    /// Too many wait already.
    #[error("too many passwords wait to be digested")]
    Busy,
    /// A fault of ours.
    #[error("a password cannot be digested: {0}")]
    Fault(String),
}

/// What a comparison shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The password is the one that was digested.
    pub right: bool,
    /// The digest was made with other numbers than those of today.
    pub stale: bool,
}

/// Makes and compares digests.
#[derive(Clone)]
pub struct Hasher {
    argon2: Argon2<'static>,
    params: Params,
    turns: Arc<Semaphore>,
    patience: Duration,
    decoy: Arc<str>,
    work: Counter,
}

impl Hasher {
    /// Digests by these settings; `work` counts each one that is computed.
    ///
    /// # Errors
    /// The settings are no parameters of Argon2.
    pub fn new(settings: HashConfig, work: Counter) -> Result<Self, HashError> {
        let fault = |cause: &dyn std::fmt::Display| HashError::Fault(cause.to_string());
        let params = Params::new(settings.memory_kib, settings.passes, settings.lanes, None)
            .map_err(|cause| fault(&cause))?;
        let at_once = match settings.at_once {
            0 => std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            number => number,
        };
        // The default algorithm and version are Argon2id, 19.
        let argon2 = Argon2::from(&params);
        // Nobody has this password: it is never kept, and compared with where there is no account to compare with.
        let decoy = argon2
            .hash_password_with_salt(&chance::random_bytes::<32>(), &chance::random_bytes::<16>())
            .map_err(|cause| fault(&cause))?;
        Ok(Self {
            argon2,
            params,
            turns: Arc::new(Semaphore::new(at_once)),
            patience: Duration::from_secs(settings.wait_seconds.into()),
            decoy: decoy.to_string().into(),
            work,
        })
    }

    /// The digest of a new password, in PHC form.
    ///
    /// # Errors
    /// Too many wait, or a fault of ours.
    pub async fn digest(&self, typed: &str) -> Result<String, HashError> {
        let plain = password::plain(typed);
        let argon2 = self.argon2.clone();
        self.work(move || {
            argon2
                .hash_password_with_salt(plain.as_bytes(), &chance::random_bytes::<16>())
                .map(|digest| digest.to_string())
                .map_err(|cause| HashError::Fault(cause.to_string()))
        })
        .await
    }

    /// Compares a password with a digest. Without one the same work is done all the same, so that the time of an answer does not
    /// tell whether there is an account.
    ///
    /// # Errors
    /// Too many wait, or a fault of ours.
    pub async fn compare(&self, typed: &str, digest: Option<&str>) -> Result<Verdict, HashError> {
        let plain = password::plain(typed);
        let known = digest.is_some();
        let digest = Zeroizing::new(digest.unwrap_or(&self.decoy).to_owned());
        let (argon2, params) = (self.argon2.clone(), self.params.clone());
        self.work(move || {
            let digest = PasswordHash::new(&digest).map_err(|cause| HashError::Fault(cause.to_string()))?;
            let right = match argon2.verify_password(plain.as_bytes(), &digest) {
                Ok(()) => known,
                Err(argon2::password_hash::Error::PasswordInvalid) => false,
                Err(cause) => return Err(HashError::Fault(cause.to_string())),
            };
            let made_with = Params::try_from(&digest).map_err(|cause| HashError::Fault(cause.to_string()))?;
            let same = |of: fn(&Params) -> u32| of(&made_with) == of(&params);
            let stale = !(same(Params::m_cost) && same(Params::t_cost) && same(Params::p_cost));
            Ok(Verdict { right, stale })
        })
        .await
    }

    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, HashError> + Send + 'static,
    ) -> Result<T, HashError> {
        let turn = tokio::time::timeout(self.patience, Arc::clone(&self.turns).acquire_owned());
        let turn = turn.await.map_err(|_| HashError::Busy)?;
        let turn = turn.map_err(|cause| HashError::Fault(cause.to_string()))?;
        self.work.inc();
        let done = tokio::task::spawn_blocking(move || {
            // Held until the work is done, also when nobody waits for it any more.
            let _turn = turn;
            work()
        });
        done.await.map_err(|cause| HashError::Fault(cause.to_string()))?
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    const CHEAP: HashConfig = HashConfig { memory_kib: 64, passes: 1, lanes: 1, at_once: 1, wait_seconds: 1 };

    fn hasher(settings: HashConfig) -> Hasher {
        Hasher::new(settings, Counter::default()).unwrap()
    }

    #[tokio::test]
    async fn a_digest_is_argon2id_salted_and_holds_for_its_password_only() {
        let hasher = hasher(CHEAP);
        let digest = hasher.digest("a quiet afternoon").await.unwrap();
        assert!(digest.starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{digest}");
        assert_ne!(digest, hasher.digest("a quiet afternoon").await.unwrap());
        let right = Verdict { right: true, stale: false };
        assert_eq!(hasher.compare("a quiet afternoon", Some(&digest)).await.unwrap(), right);
        assert_eq!(hasher.compare("ａ quiet afternoon", Some(&digest)).await.unwrap(), right);
        assert!(!hasher.compare("A quiet afternoon", Some(&digest)).await.unwrap().right);
        assert!(!hasher.compare("a quiet afternoon", None).await.unwrap().right);
    }

    #[tokio::test]
    async fn a_digest_of_other_numbers_still_holds_and_is_told() {
        let digest = hasher(CHEAP).digest("a quiet afternoon").await.unwrap();
        let dearer = hasher(HashConfig { passes: 2, ..CHEAP });
        let verdict = dearer.compare("a quiet afternoon", Some(&digest)).await.unwrap();
        assert_eq!(verdict, Verdict { right: true, stale: true });
    }

    #[tokio::test]
    async fn an_unknown_account_costs_the_same_work_as_a_wrong_password() {
        let hasher = hasher(CHEAP);
        let digest = hasher.digest("a quiet afternoon").await.unwrap();
        let before = hasher.work.get();
        hasher.compare("wrong", Some(&digest)).await.unwrap();
        let wrong = hasher.work.get() - before;
        hasher.compare("wrong", None).await.unwrap();
        assert_eq!(hasher.work.get() - before - wrong, wrong);
        assert_eq!(wrong, 1);
    }

    #[tokio::test]
    async fn whoever_would_wait_too_long_is_sent_away() {
        let hasher = hasher(CHEAP);
        let held = hasher.turns.clone().acquire_owned().await.unwrap();
        assert!(matches!(hasher.digest("a quiet afternoon").await, Err(HashError::Busy)));
        drop(held);
        hasher.digest("a quiet afternoon").await.unwrap();
    }
}
