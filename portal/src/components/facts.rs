//! The reasons with their dates.

use leptos::prelude::*;

use super::{Mark, MarkShape};
use crate::text::Text;

/// One row of the facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fact {
    pub(crate) shape: MarkShape,
    /// What it is about.
    pub(crate) about: &'static str,
    /// What is known.
    pub(crate) known: Text,
    /// The dates behind it.
    pub(crate) detail: Text,
}

impl Fact {
    /// A row.
    pub(crate) fn new(
        shape: MarkShape,
        about: &'static str,
        known: impl Into<Text>,
        detail: impl Into<Text>,
    ) -> Self {
        Self { shape, about, known: known.into(), detail: detail.into() }
    }
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
                    <dd><b>{row.known.view()}</b>{(!row.detail.is_empty()).then(|| view! { <small>{row.detail.view()}</small> })}</dd>
                </div>
            }
        })
        .collect_view();
    view! { <dl class="facts">{rows}</dl> }
}
