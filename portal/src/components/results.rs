//! Lists of elevators: results, quick filters, facets.

use leptos::prelude::*;
use yuti_openapi::vocabulary::ElevatorStatus;

use super::{Mark, MarkShape, PilotTag, StateWord};
use crate::text::Text;
use crate::words::Words;

/// One elevator in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ResultRow {
    pub(crate) href: String,
    pub(crate) name: Text,
    /// Code and place.
    pub(crate) place: Text,
    /// The using unit, where the row was found by its name.
    pub(crate) using_unit: Option<Text>,
    /// The answer in one sentence.
    pub(crate) sentence: String,
    pub(crate) status: ElevatorStatus,
    pub(crate) pilot: bool,
    pub(crate) maintenance_unit: Option<Text>,
}

/// The results.
#[component]
pub(crate) fn ResultList(words: Words, rows: Vec<ResultRow>) -> impl IntoView {
    let rows = rows
        .into_iter()
        .map(|row| {
            view! {
                <li>
                    <h2><a href=row.href>{row.name.view()}</a></h2>
                    <p>{row.place.view()}</p>
                    {row.using_unit.map(|name| view! { <p>{name.view()}</p> })}
                    <p>{row.sentence}</p>
                    <div class="result-state">
                        <StateWord language=words.0 status=row.status/>
                        {row.pilot.then(|| view! { <PilotTag words=words/> })}
                        {row.maintenance_unit.map(|name| view! { <small>{name.view()}</small> })}
                    </div>
                </li>
            }
        })
        .collect_view();
    view! { <ol class="results">{rows}</ol> }
}

/// The quick filters, each a link, the one in force marked.
#[component]
pub(crate) fn Filters(
    words: Words,
    /// Mark, word, address, and whether it is the one in force.
    entries: Vec<(Option<MarkShape>, String, String, bool)>,
) -> impl IntoView {
    let entries = entries
        .into_iter()
        .map(|(shape, word, href, current)| {
            view! { <a href=href aria-current=current.then_some("true")>{shape.map(|shape| view! { <Mark shape=shape/> })}{word}</a> }
        })
        .collect_view();
    view! { <nav class="filters" aria-label=words.search_filters()>{entries}</nav> }
}

/// One group of facets: its heading, then word, count, address, and whether it is the one in force.
pub(crate) type FacetGroup = (String, Vec<(String, Option<String>, String, bool)>);

/// The facets, after the results in the source.
#[component]
pub(crate) fn FacetGroups(words: Words, groups: Vec<FacetGroup>) -> impl IntoView {
    let groups = groups
        .into_iter()
        .map(|(heading, entries)| {
            let entries = entries
                .into_iter()
                .map(|(word, count, href, chosen)| {
                    if chosen {
                        view! { <p class="chosen"><span>{word}</span><a href=href>{words.search_remove()}</a></p> }.into_any()
                    } else {
                        view! { <a href=href><span>{word}</span>{count.map(|count| view! { <span>{count}</span> })}</a> }.into_any()
                    }
                })
                .collect_view();
            view! { <h2>{heading}</h2>{entries} }
        })
        .collect_view();
    view! { <nav class="facets" aria-label=words.search_facets()>{groups}</nav> }
}
