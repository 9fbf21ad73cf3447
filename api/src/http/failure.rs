//! What a handler answers when it cannot do what was asked.

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use sea_orm::DbErr;
use yuti_openapi::{Language, Problem, ProblemCode, ProblemError};

use crate::db;

/// The same text in both languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Words {
    /// Both texts.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }

    /// The text in a language.
    pub fn pick(&self, language: Language) -> &str {
        language.pick(&self.zh, &self.en)
    }
}

/// Where a bad value stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the query or the path, under this name.
    Parameter(String),
    /// In the body, at this JSON Pointer as a URI fragment.
    Pointer(String),
}

/// One bad value.
#[derive(Clone, Debug)]
pub struct BadValue {
    /// Where it stands.
    pub place: Place,
    /// What is wrong, as a code.
    pub code: &'static str,
    /// What is wrong and how to mend it.
    pub detail: Words,
}

/// A refusal or a fault. The floor turns it into a problem document or an error page; an internal cause is logged there,
/// once, and never leaves.
#[derive(Debug)]
pub struct Failure {
    /// The code, with which status and title go.
    pub code: ProblemCode,
    /// What happened this time; the code's general words where there is nothing to add.
    pub detail: Option<Words>,
    /// Every bad value.
    pub errors: Vec<BadValue>,
    /// Seconds after which to try again.
    pub retry_after: Option<u64>,
    /// The quotas that are used up.
    pub violated: Vec<String>,
    /// The identifier that was looked for in vain, for the page that helps on.
    pub looked_for: Option<String>,
    /// The internal cause.
    pub cause: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Failure {
    /// A failure with the general words of its code.
    pub fn new(code: ProblemCode) -> Self {
        Self {
            code,
            detail: None,
            errors: Vec::new(),
            retry_after: None,
            violated: Vec::new(),
            looked_for: None,
            cause: None,
        }
    }

    /// Says what happened this time.
    #[must_use]
    pub fn saying(mut self, zh: impl Into<String>, en: impl Into<String>) -> Self {
        self.detail = Some(Words::new(zh, en));
        self
    }

    /// A body whose values cannot be used.
    pub fn unprocessable(errors: Vec<BadValue>) -> Self {
        Self { errors, ..Self::new(ProblemCode::Unprocessable) }
    }

    /// A fault of ours.
    pub fn internal(cause: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self { cause: Some(Box::new(cause)), ..Self::new(ProblemCode::Internal) }
    }

    /// Nobody carries the identifier.
    pub fn no_elevator(identifier: &str) -> Self {
        let shown: String = identifier.chars().take(80).collect();
        let mut failure = Self::new(ProblemCode::ElevatorNotFound).saying(
            format!("没有编号是“{shown}”的电梯。"),
            format!("No elevator carries the identifier \"{shown}\"."),
        );
        failure.looked_for = Some(shown);
        failure
    }

    /// The problem document in a language.
    pub fn problem(&self, language: Language, public_url: &str, request_id: &str) -> Problem {
        let errors = self.errors.iter().map(|bad| match &bad.place {
            Place::Parameter(name) => ProblemError::parameter(name, bad.code, bad.detail.pick(language)),
            Place::Pointer(pointer) => ProblemError::field(pointer, bad.code, bad.detail.pick(language)),
        });
        let detail = self.detail.as_ref().map_or(self.code.what(language), |words| words.pick(language));
        Problem {
            kind: if self.code == ProblemCode::QuotaExceeded {
                yuti_openapi::problem::QUOTA_EXCEEDED_TYPE.to_owned()
            } else {
                format!("{public_url}/problems/{}", self.code.code())
            },
            title: self.code.title(language).to_owned(),
            status: self.code.status(),
            detail: detail.to_owned(),
            code: self.code,
            instance: instance(request_id),
            errors: errors.collect(),
            violated_policies: self.violated.clone(),
        }
    }
}

/// A request's id as a URI reference: a URN where it is a UUID, a fragment where a caller chose something else.
fn instance(request_id: &str) -> String {
    match uuid::Uuid::try_parse(request_id) {
        Ok(id) => format!("urn:uuid:{}", id.hyphenated()),
        Err(_) => format!("#request-{request_id}"),
    }
}

/// A cause with all its own causes.
pub fn chain(cause: &dyn std::error::Error) -> String {
    let mut text = cause.to_string();
    let mut inner = cause.source();
    while let Some(next) = inner {
        text.push_str(": ");
        text.push_str(&next.to_string());
        inner = next.source();
    }
    text
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code.code())
    }
}

impl std::error::Error for Failure {}

impl From<DbErr> for Failure {
    fn from(cause: DbErr) -> Self {
        if db::took_too_long(&cause) {
            let failure = Self::new(ProblemCode::Unavailable).saying(
                "要翻看的内容太多，没有在时限内查完。请把条件写具体一点，过一会儿再试。",
                "This looks through too much to be answered in time. Ask for less, or try again in a while.",
            );
            return Self { cause: Some(Box::new(cause)), retry_after: Some(5), ..failure };
        }
        let code = match &cause {
            DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => ProblemCode::Unavailable,
            cause if db::was_lost(cause) => ProblemCode::Unavailable,
            _ => ProblemCode::Internal,
        };
        let retry_after = (code == ProblemCode::Unavailable).then_some(5);
        Self { cause: Some(Box::new(cause)), retry_after, ..Self::new(code) }
    }
}

impl ResponseError for Failure {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// Only the status: the floor writes the body, because only it knows the language and whether a page was asked for.
    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status_code())
    }
}
