//! Why an act on accounts is not done.

use std::fmt;

use sea_orm::DbErr;
use yuti_openapi::ProblemCode;

use super::hashing::HashError;
use super::password;
use super::rules::Misplaced;
use crate::http::failure::{BadValue, Failure, Place, Words};
use crate::vault::VaultError;

/// A field whose value cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// The field.
    pub field: &'static str,
    /// What is wrong, as a code.
    pub code: &'static str,
    /// What is wrong and how to mend it.
    pub words: Words,
}

impl Flaw {
    /// A flaw.
    pub fn new(field: &'static str, code: &'static str, zh: &str, en: &str) -> Self {
        Self { field, code, words: Words::new(zh, en) }
    }

    /// A password that is not taken.
    #[must_use]
    pub fn password(field: &'static str, unfit: password::Unfit) -> Self {
        Self { field, code: unfit.code(), words: unfit.words() }
    }
}

impl From<Misplaced> for Flaw {
    fn from(Misplaced { field, code, words }: Misplaced) -> Self {
        Self { field, code, words }
    }
}

/// Why an act on accounts is not done.
#[derive(Debug)]
pub enum Refused {
    /// Values that cannot be used, all of them.
    Flaws(Vec<Flaw>),
    /// Log-in and password do not belong together. Which of the two is wrong is not said.
    NotRecognised,
    /// Too many failures: nothing is tried before so many seconds have passed.
    Wait {
        /// Seconds.
        seconds: u64,
    },
    /// The code of the second factor is wrong or was used.
    WrongCode,
    /// The account was switched off. Said only to whoever knows its password.
    Off,
    /// The account sleeps. Said only to whoever knows its password.
    Dormant,
    /// Nobody is signed in, or the session is not good for this.
    NotSignedIn,
    /// The link is none, or was used, withdrawn or has expired.
    LinkOver,
    /// There is no such account, session or device.
    NotThere,
    /// The act does not fit the present state.
    Conflict(Words),
    /// Somebody else changed it since it was read.
    Changed,
    /// Too many passwords wait to be digested.
    Busy,
    /// Something failed.
    Failed(Failure),
}

impl Refused {
    /// One field that cannot be used.
    #[must_use]
    pub fn flaw(flaw: impl Into<Flaw>) -> Self {
        Self::Flaws(vec![flaw.into()])
    }

    /// An act that does not fit the present state.
    pub fn conflict(zh: &str, en: &str) -> Self {
        Self::Conflict(Words::new(zh, en))
    }

    /// What is said, in both languages. A fault of ours is told elsewhere.
    #[must_use]
    pub fn words(&self) -> Words {
        match self {
            Self::Flaws(flaws) => {
                let join = |of: fn(&Words) -> &str| {
                    flaws.iter().map(|flaw| of(&flaw.words)).collect::<Vec<_>>().join(" ")
                };
                Words::new(join(|words| words.zh.as_str()), join(|words| words.en.as_str()))
            }
            Self::NotRecognised => Words::new("登录名或者密码不对。", "The log-in or the password is wrong."),
            Self::Wait { seconds } => {
                // Rounded up: whoever comes back when it says must not be too early.
                let minutes = seconds.div_ceil(60).max(1);
                let unit = if minutes == 1 { "minute" } else { "minutes" };
                Words::new(
                    format!("错的次数太多，请过 {minutes} 分钟再试。账号没有被锁。"),
                    format!(
                        "Too many wrong attempts. Try again in {minutes} {unit}. The account is not locked."
                    ),
                )
            }
            Self::WrongCode => Words::new(
                "验证码不对，或者已经用过。等下一个验证码再试。",
                "The code is wrong or was used already. Wait for the next one.",
            ),
            Self::Off => Words::new(
                "这个账号停用了。请找管理员。",
                "This account was switched off. Ask an administrator.",
            ),
            Self::Dormant => Words::new(
                "这个账号很久没有登录，已经休眠。请管理员唤醒。",
                "Nobody signed in to this account for a long time and it sleeps. Ask an administrator to wake it.",
            ),
            Self::NotSignedIn => {
                Words::new("登录已经结束，请重新登录。", "The session has ended. Sign in again.")
            }
            Self::LinkOver => Words::new(
                "这个链接用过了、过期了，或者已经换成新的。请管理员再发一个。",
                "This link was used, has expired, or a newer one took its place. Ask an administrator for another.",
            ),
            Self::NotThere => Words::new("没有这个账号。", "There is no such account."),
            Self::Conflict(words) => words.clone(),
            Self::Changed => Words::new(
                "您看过以后，这个账号已经变了。请重新看一遍。",
                "The account has changed since you read it. Look at it again.",
            ),
            Self::Busy => Words::new(
                "现在登录的人太多，请过几秒再试。",
                "Too many people are signing in just now. Try again in a few seconds.",
            ),
            Self::Failed(_) => Words::new("我们这里出错了。", "Something failed on our side."),
        }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words().en)
    }
}

impl std::error::Error for Refused {}

impl From<DbErr> for Refused {
    fn from(cause: DbErr) -> Self {
        Self::Failed(cause.into())
    }
}

impl From<Failure> for Refused {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<VaultError> for Refused {
    fn from(cause: VaultError) -> Self {
        Self::Failed(Failure::internal(cause))
    }
}

impl From<HashError> for Refused {
    fn from(cause: HashError) -> Self {
        match cause {
            HashError::Busy => Self::Busy,
            HashError::Fault(_) => Self::Failed(Failure::internal(cause)),
        }
    }
}

/// As the API tells it.
impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        let words = refused.words();
        let said = |code| Self { detail: Some(words), ..Self::new(code) };
        match refused {
            Refused::Flaws(flaws) => Self::unprocessable(
                flaws
                    .into_iter()
                    .map(|Flaw { field, code, words }| {
                        let place = Place::Pointer(format!("#/{field}"));
                        BadValue { place, code, detail: words }
                    })
                    .collect(),
            ),
            Refused::NotRecognised | Refused::WrongCode | Refused::NotSignedIn => {
                said(ProblemCode::NotSignedIn)
            }
            Refused::Off | Refused::Dormant => said(ProblemCode::Forbidden),
            Refused::Wait { seconds } => {
                Self { retry_after: Some(seconds), ..said(ProblemCode::QuotaExceeded) }
            }
            Refused::LinkOver | Refused::NotThere => said(ProblemCode::NotFound),
            Refused::Conflict(_) => said(ProblemCode::Conflict),
            Refused::Changed => said(ProblemCode::PreconditionFailed),
            Refused::Busy => Self { retry_after: Some(5), ..said(ProblemCode::Unavailable) },
            Refused::Failed(failure) => failure,
        }
    }
}
