//! The marks: a state is always shape, word and colour together.

use leptos::prelude::*;
use yuti_openapi::Language;
use yuti_openapi::vocabulary::ElevatorStatus;

use crate::words::Words;

/// The shape, and with it the colour, of a mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MarkShape {
    /// Disc with a tick.
    Ok,
    /// Triangle with an exclamation mark.
    Warn,
    /// Square with a bar.
    No,
    /// Broken ring: we do not know.
    Unknown,
    /// Ring with a slash: there is none.
    NotApplicable,
    /// Car with its door seam: the pilot, never a state and never green.
    Pilot,
}

impl MarkShape {
    /// Every shape.
    #[cfg(test)]
    pub(crate) const ALL: [Self; 6] =
        [Self::Ok, Self::Warn, Self::No, Self::Unknown, Self::NotApplicable, Self::Pilot];

    /// The class that sets the tone for what is inside.
    pub(crate) fn tone(self) -> &'static str {
        match self {
            Self::Ok => "is-ok",
            Self::Warn => "is-warn",
            Self::No => "is-no",
            Self::Unknown => "is-unknown",
            Self::NotApplicable => "is-na",
            Self::Pilot => "is-pilot",
        }
    }
}

/// The shape of an elevator's state.
pub(crate) fn status_shape(status: ElevatorStatus) -> MarkShape {
    match status {
        ElevatorStatus::InOrder => MarkShape::Ok,
        ElevatorStatus::Attention => MarkShape::Warn,
        ElevatorStatus::OutOfUse => MarkShape::No,
        ElevatorStatus::NotReceived => MarkShape::Unknown,
    }
}

/// A mark. The word beside it says the same, so that it is hidden from screen readers.
#[component]
pub(crate) fn Mark(shape: MarkShape) -> impl IntoView {
    let drawing = match shape {
        MarkShape::Ok => view! { <circle cx="8" cy="8" r="8"/><path class="mark-cut" d="m4.6 8.3 2.3 2.3 4.5-5"/> }.into_any(),
        MarkShape::Warn => view! { <path d="M8 .8 15.8 15H.2z"/><path class="mark-cut" d="M8 6v3.6M8 12.4v.1"/> }.into_any(),
        MarkShape::No => view! { <rect width="16" height="16" rx="2"/><path class="mark-cut" d="M4 8h8"/> }.into_any(),
        MarkShape::Unknown => view! { <circle class="mark-ring" cx="8" cy="8" r="6.75" stroke-dasharray="3 2.3"/> }.into_any(),
        MarkShape::NotApplicable => view! { <path class="mark-ring" d="M3.2 12.8a6.75 6.75 0 1 1 9.6 0a6.75 6.75 0 0 1-9.6 0l9.6-9.6"/> }.into_any(),
        MarkShape::Pilot => view! { <path d="M2 0h12v16H2z"/><path class="mark-cut" d="M8 1.5v13"/> }.into_any(),
    };
    view! { <svg class=format!("mark {}", shape.tone()) viewBox="0 0 16 16" aria-hidden="true">{drawing}</svg> }
}

/// A state: mark and word.
#[component]
pub(crate) fn StateWord(language: Language, status: ElevatorStatus) -> impl IntoView {
    let shape = status_shape(status);
    view! { <span class=format!("state-word {}", shape.tone())><Mark shape=shape/>{status.label(language)}</span> }
}

/// The mark of the pilot with its word.
#[component]
pub(crate) fn PilotTag(words: Words) -> impl IntoView {
    view! { <span class="tag is-pilot"><Mark shape=MarkShape::Pilot/>{words.pilot_tag()}</span> }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_two_marks_look_the_same() {
        let drawn: BTreeSet<String> =
            MarkShape::ALL.map(|shape| view! { <Mark shape=shape/> }.to_html()).into_iter().collect();
        assert_eq!(drawn.len(), MarkShape::ALL.len());
        let without_tone: BTreeSet<&str> =
            drawn.iter().filter_map(|html| html.split_once('>').map(|(_, drawing)| drawing)).collect();
        assert_eq!(without_tone.len(), MarkShape::ALL.len(), "shapes differ, not only colours");
    }
}
