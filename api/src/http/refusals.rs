//! The refusals that operations can give, as the contract describes them.

use utoipa::IntoResponses;
use yuti_openapi::samples::problem;
use yuti_openapi::{Problem, ProblemCode};

/// What every operation can answer instead of what was asked for.
#[derive(IntoResponses)]
#[allow(dead_code, reason = "described in the contract; answers are made from failures")]
pub enum Refusals {
    /// A parameter, the cursor or the request as a whole cannot be used; `errors` names every bad parameter.
    #[response(status = 400, content_type = "application/problem+json", example = json!(problem(ProblemCode::InvalidParameters)))]
    Invalid(Problem),
    /// The address does not serve this method; `Allow` names those it serves.
    #[response(status = 405, content_type = "application/problem+json", example = json!(problem(ProblemCode::MethodNotAllowed)))]
    Method(Problem),
    /// None of the formats that were asked for is offered.
    #[response(status = 406, content_type = "application/problem+json", example = json!(problem(ProblemCode::NotAcceptable)))]
    Format(Problem),
    /// The body is larger than what is taken.
    #[response(status = 413, content_type = "application/problem+json", example = json!(problem(ProblemCode::PayloadTooLarge)))]
    TooLarge(Problem),
    /// The address is too long.
    #[response(status = 414, content_type = "application/problem+json", example = json!(problem(ProblemCode::UriTooLong)))]
    TooLong(Problem),
    /// The operation takes no body, or not of this type.
    #[response(status = 415, content_type = "application/problem+json", example = json!(problem(ProblemCode::UnsupportedMediaType)))]
    Body(Problem),
    /// A quota is used up; `Retry-After` says when to try again.
    #[response(status = 429, content_type = "application/problem+json", example = json!(problem(ProblemCode::QuotaExceeded)))]
    Quota(Problem),
    /// Something failed on our side.
    #[response(status = 500, content_type = "application/problem+json", example = json!(problem(ProblemCode::Internal)))]
    Fault(Problem),
    /// Not available just now; `Retry-After` says when to try again.
    #[response(status = 503, content_type = "application/problem+json", example = json!(problem(ProblemCode::Unavailable)))]
    Away(Problem),
}

/// What operations on one elevator can answer beside that.
#[derive(IntoResponses)]
#[allow(dead_code, reason = "described in the contract; answers are made from failures")]
pub enum NoElevator {
    /// No elevator carries the identifier, now or in the past.
    #[response(status = 404, content_type = "application/problem+json", example = json!(problem(ProblemCode::ElevatorNotFound)))]
    Unknown(Problem),
}

/// What operations on one organisation can answer beside that.
#[derive(IntoResponses)]
#[allow(dead_code, reason = "described in the contract; answers are made from failures")]
pub enum NoOrganisation {
    /// No organisation has the code or the id.
    #[response(status = 404, content_type = "application/problem+json", example = json!(problem(ProblemCode::OrganisationNotFound)))]
    Unknown(Problem),
}

/// What operations on entries of the audit log can answer beside that.
#[derive(IntoResponses)]
#[allow(dead_code, reason = "described in the contract; answers are made from failures")]
pub enum NoLogEntry {
    /// No sealed entry is at that place or has that hash.
    #[response(status = 404, content_type = "application/problem+json", example = json!(problem(ProblemCode::LogEntryNotFound)))]
    Unknown(Problem),
}

/// What operations can answer beside that whose parameters can be well formed and yet mean nothing together.
#[derive(IntoResponses)]
#[allow(dead_code, reason = "described in the contract; answers are made from failures")]
pub enum Senseless {
    /// The values are well formed and cannot be; `errors` names each.
    #[response(status = 422, content_type = "application/problem+json", example = json!(problem(ProblemCode::Unprocessable)))]
    Values(Problem),
}

/// What operations on one code list can answer beside that.
#[derive(IntoResponses)]
#[allow(dead_code, reason = "described in the contract; answers are made from failures")]
pub enum NoCodeList {
    /// There is no list of this name.
    #[response(status = 404, content_type = "application/problem+json", example = json!(problem(ProblemCode::CodeListNotFound)))]
    Unknown(Problem),
}
