//! Codes and plate values, small and in two columns.

use leptos::prelude::*;

/// One value with its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Particular {
    pub(crate) name: String,
    pub(crate) value: String,
    /// The language of the value, where it is not the page's.
    pub(crate) language: Option<&'static str>,
    /// Where the value is published.
    pub(crate) href: Option<String>,
    /// What else is to be said of it.
    pub(crate) note: Option<String>,
}

impl Particular {
    /// A value without more.
    pub(crate) fn new(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self { name: name.into(), value: value.into(), language: None, href: None, note: None }
    }
}

/// The values.
#[component]
pub(crate) fn Particulars(rows: Vec<Particular>) -> impl IntoView {
    let rows = rows
        .into_iter()
        .map(|row| {
            let value = match row.href {
                Some(href) => view! { <a href=href lang=row.language>{row.value}</a> }.into_any(),
                None => view! { <span lang=row.language>{row.value}</span> }.into_any(),
            };
            view! { <dt>{row.name}</dt><dd>{value}{row.note.map(|note| view! { <small>{note}</small> })}</dd> }
        })
        .collect_view();
    view! { <dl class="particulars">{rows}</dl> }
}
