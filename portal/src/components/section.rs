//! A section under its heading, with the floor mark.

use leptos::prelude::*;

/// The section, named by its heading. A function and no component: what it holds may be made of borrowed data.
pub(crate) fn section<V: IntoView>(id: &'static str, heading: impl Into<String>, inside: V) -> impl IntoView {
    view! { <section aria-labelledby=id><h2 id=id>{heading.into()}</h2>{inside}</section> }
}
