//! The register as pages.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, web};
use yuti_openapi::vocabulary::ElevatorStatus;
use yuti_openapi::{ElevatorId, ProblemCode, samples};
use yuti_portal::{
    ChoicesPage, CityFigures, ElevatorPage, HomePage, MissingElevator, ProblemPage, RefusalPage, StateCount,
    encoded,
};

use super::store;
use super::tally::Tally;
use super::v1::elevators::{assembled, changed, choice, choices};
use crate::http::answer::Answer;
use crate::http::extract::{Call, Segment};
use crate::http::failure::Failure;
use crate::http::page;
use crate::state::App;

pub use super::search::search;

/// How many near codes are offered where one does not exist.
const NEAREST: u64 = 3;

/// `/`
///
/// # Errors
/// Whatever the database refuses.
pub async fn home(app: web::Data<App>, call: Call, request: HttpRequest) -> Result<Answer, Failure> {
    let home = HomePage { figures: figures(&app, app.figures.of(&app).await?) };
    Ok(page::answer(home.render(&page::frame(&app, &call, &request).await?), &call))
}

fn figures(app: &App, whole: Tally) -> Option<CityFigures> {
    if whole.total == 0 {
        return None;
    }
    let shown = [
        ElevatorStatus::InOrder,
        ElevatorStatus::Attention,
        ElevatorStatus::OutOfUse,
        ElevatorStatus::NotReceived,
    ];
    let states = shown.map(|status| StateCount {
        status,
        count: whole.of(status),
        path: format!("/search?status={status}"),
    });
    Some(CityFigures {
        elevators: whole.total,
        pilots: app.city.pilot.then_some(whole.pilot),
        states: states.to_vec(),
    })
}

/// `/e/{code}`
///
/// # Errors
/// Nobody carries the code, or whatever the database refuses.
pub async fn elevator(
    app: web::Data<App>,
    call: Call,
    request: HttpRequest,
    code: Segment,
) -> Result<Answer, Failure> {
    let found = store::by_identifier(&app.db, &code.0, app.today()).await?;
    let frame = page::frame(&app, &call, &request).await?;
    match found.as_slice() {
        [] => Err(Failure::no_elevator(&code.0)),
        [one] => {
            let elevator = assembled(&app, one).await?;
            let changed = changed(&app, &elevator);
            let received = elevator.recorded_at.with_timezone(&app.profile.time_zone).naive_local();
            let canonical = format!(
                "<{}>; rel=\"alternate\"; type=\"application/json\"",
                app.url(&format!("/v1/elevators/{}", elevator.id))
            );
            let rendered = ElevatorPage { elevator, received }.render(&frame);
            Ok(page::answer(rendered, &call).last_modified(Some(changed)).header(header::LINK, canonical))
        }
        several => {
            let choices = choices(&app, &code.0, several);
            let rendered = ChoicesPage { choices }.render(&frame);
            Ok(page::answer(rendered, &call).status(StatusCode::MULTIPLE_CHOICES))
        }
    }
}

/// `/problems/{code}`
///
/// # Errors
/// There is no such problem.
pub async fn problem(
    app: web::Data<App>,
    call: Call,
    request: HttpRequest,
    code: Segment,
) -> Result<Answer, Failure> {
    let problem: ProblemCode = code.0.parse().map_err(|()| Failure::new(ProblemCode::NotFound))?;
    let mut example = samples::problem_in(problem, call.language);
    if !example.kind.starts_with("https://iana.org") {
        example.kind = app.url(&format!("/problems/{}", problem.code()));
    }
    let example = serde_json::to_string_pretty(&example).map_err(Failure::internal)?;
    let rendered = ProblemPage { problem, example }.render(&page::frame(&app, &call, &request).await?);
    Ok(page::answer(rendered, &call))
}

/// The page of a refusal. It must come even where the database is what failed.
///
/// # Errors
/// None in practice; the floor has a last word of its own.
pub async fn refusal(
    failure: &Failure,
    app: &App,
    call: &Call,
    request: &HttpRequest,
) -> Result<Answer, Failure> {
    let nearest = match &failure.looked_for {
        Some(code) => store::near(&app.db, code, NEAREST).await.unwrap_or_default(),
        None => Vec::new(),
    };
    let missing = failure.looked_for.as_ref().map(|code| MissingElevator {
        code: code.clone(),
        nearest: nearest.iter().map(|found| choice(app, found)).collect(),
    });
    let refusal = RefusalPage {
        problem: failure.code,
        elevator: missing,
        retry_after_seconds: failure.retry_after.and_then(|seconds| u32::try_from(seconds).ok()),
        request_id: Some(call.id.clone()),
    };
    // Where the database has just failed it is not asked again: whoever waits has waited long enough.
    let asked = match failure.code {
        ProblemCode::Unavailable | ProblemCode::Internal => None,
        _ => page::frame(app, call, request).await.ok(),
    };
    let frame = asked.unwrap_or_else(|| page::plain_frame(app, call, request));
    Ok(page::answer(refusal.render(&frame), call))
}

/// The path of an elevator's page without a language.
pub fn path(id: ElevatorId) -> String {
    format!("/e/{}", encoded(&id.to_string()))
}
