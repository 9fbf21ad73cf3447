//! The frame of the OpenAPI document: everything but the operations, which stand beside their handlers.

use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use crate::identifier::{ElevatorId, OrganisationId, Uscc};
use crate::problem::{Problem, ProblemCode, ProblemError};

/// The frame. `api` adds each operation from the table of routes.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Yuti open data",
        version = "1.0.0",
        description = "Open data on the safety of elevators: what is registered, whether the inspection is valid, who answers for it, and whether it takes part in the maintenance pilot (维保试点).\n\nEvery read is open and needs no key; with one (`POST /v1/api-keys`, then `Authorization: Bearer …`) more may be asked. Each answer says in `RateLimit-Policy` and `RateLimit` how much may be asked and how much is left; `GET /v1/quota` says the same and costs nothing. Errors are problems (RFC 9457) that name every bad field at once. Lists are paged by an opaque cursor without a ceiling, or streamed whole as NDJSON. `GET /v1/changes` tells what changed since you last asked.",
        license(name = "CC BY 4.0 (data)", url = "https://creativecommons.org/licenses/by/4.0/")
    ),
    tags(
        (name = "elevators", description = "Elevators: registered facts, state of today, history."),
        (name = "organisations", description = "Using units and maintenance units."),
        (name = "catalogue", description = "Districts, code lists, the policy in force."),
        (name = "changes", description = "The change feed."),
        (name = "transparency", description = "The seal over the audit trail: signed heads, proofs, keys."),
        (name = "access", description = "API keys: make one, look at its use, ask for more, replace it, revoke it."),
        (name = "service", description = "Quota, health, the contract itself.")
    ),
    modifiers(&Keys),
    components(schemas(Problem, ProblemError, ProblemCode, ElevatorId, OrganisationId, Uscc))
)]
pub struct Frame;

/// How a key is shown.
struct Keys;

impl Modify for Keys {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("yuti_ak_…")
            .description(Some("An API key, in the header only: `Authorization: Bearer yuti_ak_…`. In an address it is refused."))
            .build();
        let components = document.components.get_or_insert_with(Default::default);
        components.add_security_scheme("api_key", SecurityScheme::Http(scheme));
    }
}
