//! Units that ask for an account: the form, the page on which whoever asked follows it, and the bureau's side.

mod asking;
mod deciding;
mod following;

pub use asking::UnitAskPage;
pub use deciding::{Proof, UnitRequestPage, UnitRequestRow, UnitRequestsPage};
pub use following::UnitFollowPage;

use leptos::prelude::*;
use yuti_openapi::Language;
use yuti_openapi::vocabulary::UnitRequestState;

use crate::components::{Mark, MarkShape};
use crate::frame::Frame;
use crate::words::Words;

/// The sentence for what was done to a request, by the word of its address.
#[must_use]
pub fn unit_request_told(done: &str, language: Language) -> Option<String> {
    let words = Words(language);
    match done {
        "accepted" => Some(words.unit_request_accepted().to_owned()),
        "refused" => Some(words.unit_request_refused().to_owned()),
        _ => None,
    }
}

/// The mark and word of a state.
fn state(frame: &Frame, state: UnitRequestState) -> AnyView {
    let shape = match state {
        UnitRequestState::Received => MarkShape::Unknown,
        UnitRequestState::Accepted => MarkShape::Ok,
        UnitRequestState::Refused => MarkShape::No,
        UnitRequestState::Withdrawn => MarkShape::NotApplicable,
    };
    view! { <span class=format!("state-word {}", shape.tone())><Mark shape=shape/>{state.label(frame.language)}</span> }.into_any()
}
