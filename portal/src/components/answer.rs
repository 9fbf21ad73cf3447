//! The answer: one on a page, never two.

use leptos::prelude::*;

use super::{Mark, MarkShape};

/// Mark, state word, one sentence, what follows from it, and the moment for which it holds.
#[component]
pub(crate) fn Answer(
    shape: MarkShape,
    word: &'static str,
    sentence: String,
    /// Further reasons and what the law says, one paragraph each.
    notes: Vec<String>,
    as_of: String,
) -> impl IntoView {
    view! {
        <div class=format!("answer {}", shape.tone())>
            <Mark shape=shape/>
            <h2><span class="state-word">{word}</span>{sentence}</h2>
            {notes.into_iter().map(|note| view! { <p>{note}</p> }).collect_view()}
            <p><small>{as_of}</small></p>
        </div>
    }
}
