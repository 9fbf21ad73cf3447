//! Codes and plate values, small and in two columns.

use leptos::prelude::*;

use crate::text::Text;

/// One value with its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Particular {
    pub(crate) name: String,
    pub(crate) value: Text,
    /// Where the value is published.
    pub(crate) href: Option<String>,
    /// What else is to be said of it.
    pub(crate) note: Option<String>,
}

impl Particular {
    /// A value without more.
    pub(crate) fn new(name: impl Into<String>, value: impl Into<Text>) -> Self {
        Self { name: name.into(), value: value.into(), href: None, note: None }
    }
}

/// The values.
#[component]
pub(crate) fn Particulars(rows: Vec<Particular>) -> impl IntoView {
    let rows = rows
        .into_iter()
        .map(|row| {
            let value = match row.href {
                Some(href) => view! { <a href=href>{row.value.view()}</a> }.into_any(),
                None => row.value.view(),
            };
            view! { <dt>{row.name}</dt><dd>{value}{row.note.map(|note| view! { <small>{Text::from(note).view()}</small> })}</dd> }
        })
        .collect_view();
    view! { <dl class="particulars">{rows}</dl> }
}
