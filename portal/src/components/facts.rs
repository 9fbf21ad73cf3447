//! The reasons with their dates.

use leptos::prelude::*;

use super::{Mark, MarkShape};

/// One row of the facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fact {
    pub(crate) shape: MarkShape,
    /// What it is about.
    pub(crate) about: &'static str,
    /// What is known.
    pub(crate) known: String,
    /// The dates behind it.
    pub(crate) detail: String,
}

/// The rows, at most six.
#[component]
pub(crate) fn Facts(rows: Vec<Fact>) -> impl IntoView {
    let rows = rows
        .into_iter()
        .map(|row| {
            view! {
                <div>
                    <Mark shape=row.shape/>
                    <dt>{row.about}</dt>
                    <dd><b>{row.known}</b>{(!row.detail.is_empty()).then(|| view! { <small>{row.detail}</small> })}</dd>
                </div>
            }
        })
        .collect_view();
    view! { <dl class="facts">{rows}</dl> }
}
