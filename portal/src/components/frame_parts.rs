//! Header and footer.

use leptos::prelude::*;

use crate::frame::{Frame, TextSize, Theme};

/// The header: name, demonstration tag, large text, other language.
#[component]
pub(crate) fn PageHead(frame: Frame) -> impl IntoView {
    let words = frame.words();
    let (size, size_word) = match frame.text {
        TextSize::Normal => (TextSize::Large, words.nav_larger()),
        TextSize::Large => (TextSize::Normal, words.nav_normal()),
    };
    let other = frame.language.other().tag();
    view! {
        <header class="page-head">
            <div class="measure">
                <a class="brand" href=frame.link("/")>
                    <svg width="24" height="24" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" aria-hidden="true">
                        <path d="M1 22h22M5 22V7h14v15M12 7v15"/>
                        <path d="m9.5 3.8 2.5-2.8 2.5 2.8z" fill="currentColor" stroke="none"/>
                    </svg>
                    {words.brand_name()}
                </a>
                {frame.demo.then(|| view! { <span class="demo-tag">{words.page_demo()}</span> })}
                <nav aria-label=words.nav_label()>
                    <a href=frame.text_size_link(size) rel="nofollow">{size_word}</a>
                    <a href=frame.other_language_link() hreflang=other lang=other>{words.nav_language()}</a>
                </nav>
            </div>
        </header>
    }
}

/// The footer: ways on, colours, and what demonstration data is.
#[component]
pub(crate) fn PageFoot(
    frame: Frame,
    /// The address of the page's data and the words of the link.
    data: Option<(String, &'static str)>,
    /// Whether the way to sign in is offered: not to somebody who is.
    sign_in: bool,
) -> impl IntoView {
    let words = frame.words();
    let themes = [Theme::System, Theme::Light, Theme::Dark]
        .into_iter()
        .filter(|theme| *theme != frame.theme)
        .map(|theme| {
            let word = match theme {
                Theme::System => words.foot_system(),
                Theme::Light => words.foot_light(),
                Theme::Dark => words.foot_dark(),
            };
            view! { <li><a href=frame.theme_link(theme) rel="nofollow">{word}</a></li> }
        })
        .collect_view();
    view! {
        <footer class="page-foot">
            <ul>
                <li><a href=frame.link("/")>{words.foot_home()}</a></li>
                <li><a href=frame.link("/search")>{words.foot_search()}</a></li>
                <li><a href=frame.link("/docs/")>{words.foot_docs()}</a></li>
                <li><a href=frame.link("/keys")>{words.foot_keys()}</a></li>
                {sign_in.then(|| view! { <li><a href=frame.link("/login") rel="nofollow">{words.foot_sign_in()}</a></li> })}
                {data.map(|(href, word)| view! { <li><a href=href>{word}</a></li> })}
                {themes}
            </ul>
            {frame.demo.then(|| view! { <p>{words.page_demo_sentence()}</p> })}
        </footer>
    }
}
