//! The one box that takes any code or address.

use leptos::prelude::*;

use crate::words::Words;

/// The form, with what was asked for in it.
#[component]
pub(crate) fn SearchBox(
    words: Words,
    action: String,
    query: String,
    hint: Option<&'static str>,
) -> impl IntoView {
    view! {
        <form class="search-form" role="search" action=action>
            <label class="heard-only" for="q">{words.search_label()}</label>
            <div class="search-box">
                <input id="q" name="q" type="search" value=query maxlength="200" autocomplete="off" enterkeyhint="search" placeholder=words.search_placeholder()/>
                <button type="submit">{words.search_button()}</button>
            </div>
            {hint.map(|hint| view! { <p class="small">{hint}</p> })}
        </form>
    }
}
