//! Ways on: where to go from here, or who to turn to.

use leptos::prelude::*;

use crate::text::Text;

/// One entry: a bold target with a small reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Way {
    /// Where it leads; `None` for an entry that only tells.
    pub(crate) href: Option<String>,
    pub(crate) target: Text,
    pub(crate) reason: Text,
}

impl Way {
    /// An entry that leads somewhere, or tells only.
    pub(crate) fn new(
        href: impl Into<Option<String>>,
        target: impl Into<Text>,
        reason: impl Into<Text>,
    ) -> Self {
        Self { href: href.into(), target: target.into(), reason: reason.into() }
    }
}

/// The entries, each with a chevron where it leads somewhere.
#[component]
pub(crate) fn Ways(entries: Vec<Way>) -> impl IntoView {
    let entries = entries
        .into_iter()
        .map(|way| {
            let words = view! {
                <b>{way.target.view()}</b>
                <small>{way.reason.view()}</small>
            };
            let entry = match way.href {
                Some(href) => view! { <a href=href>{words}<Chevron/></a> }.into_any(),
                None => view! { <div class="entry">{words}</div> }.into_any(),
            };
            view! { <li>{entry}</li> }
        })
        .collect_view();
    view! { <ul class="ways">{entries}</ul> }
}

#[component]
fn Chevron() -> impl IntoView {
    view! {
        <svg width="10" height="16" viewBox="0 0 10 16" fill="none" stroke="currentColor" stroke-width="2" aria-hidden="true">
            <path d="m2 2 6 6-6 6"/>
        </svg>
    }
}
