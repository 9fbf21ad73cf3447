//! The frame of the OpenAPI document: everything but the operations, which stand beside their handlers.

use utoipa::OpenApi;

use crate::identifier::{ElevatorId, OrganisationId, Uscc};
use crate::problem::{Problem, ProblemCode, ProblemError};

/// The frame. `api` adds each operation from the table of routes.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Yuti open data",
        version = "1.0.0",
        description = "Open data on the safety of elevators: what is registered, whether the inspection is valid, who answers for it, and whether it takes part in the maintenance pilot (维保试点).\n\nEvery read is open and needs no key. Each answer says in `RateLimit-Policy` and `RateLimit` how much may be asked and how much is left; `GET /v1/quota` says the same and costs nothing. Errors are problems (RFC 9457) that name every bad field at once. Lists are paged by an opaque cursor without a ceiling, or streamed whole as NDJSON. `GET /v1/changes` tells what changed since you last asked.",
        license(name = "CC BY 4.0 (data)", url = "https://creativecommons.org/licenses/by/4.0/")
    ),
    tags(
        (name = "elevators", description = "Elevators: registered facts, state of today, history."),
        (name = "organisations", description = "Using units and maintenance units."),
        (name = "catalogue", description = "Districts, code lists, the policy in force."),
        (name = "changes", description = "The change feed."),
        (name = "transparency", description = "The seal over the audit trail: signed heads, proofs, keys."),
        (name = "service", description = "Quota, health, the contract itself.")
    ),
    components(schemas(Problem, ProblemError, ProblemCode, ElevatorId, OrganisationId, Uscc))
)]
pub struct Frame;
