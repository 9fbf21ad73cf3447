//! The bar of whoever is signed in: where they can go, who they are, and the way out.

use leptos::prelude::*;

use crate::frame::{Frame, TextSize};
use crate::words::Words;

/// A room of the desk. Only rooms that somebody may enter are offered to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeskRoom {
    /// The own account.
    Account,
    /// All accounts.
    Accounts,
    /// The accounts of the own unit.
    UnitAccounts,
    /// Units that ask for an account.
    UnitRequests,
    /// All keys.
    Keys,
    /// The keys of the own unit's systems.
    UnitKeys,
}

impl DeskRoom {
    /// The path of its first page, without a language.
    #[must_use]
    pub fn path(self) -> &'static str {
        match self {
            Self::Account => "/account",
            Self::Accounts => "/admin/accounts",
            Self::UnitAccounts => "/unit/accounts",
            Self::UnitRequests => "/desk/unit-requests",
            Self::Keys => "/admin/keys",
            Self::UnitKeys => "/unit/keys",
        }
    }

    fn word(self, words: Words) -> &'static str {
        match self {
            Self::Account => words.desk_account(),
            Self::Accounts => words.desk_accounts(),
            Self::UnitAccounts => words.desk_unit_accounts(),
            Self::UnitRequests => words.unit_request_list(),
            Self::Keys => words.desk_keys(),
            Self::UnitKeys => words.desk_unit_keys(),
        }
    }
}

/// Who sits at the desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Desk {
    /// The person's name, with the bureau or unit where there is one.
    pub who: String,
    /// The token of their forms.
    pub csrf: String,
    /// The rooms that they may enter.
    pub rooms: Vec<DeskRoom>,
    /// The room they are in.
    pub here: DeskRoom,
}

/// The bar.
#[component]
pub(crate) fn DeskBar(frame: Frame, desk: Desk) -> impl IntoView {
    let words = frame.words();
    let (size, size_word) = match frame.text {
        TextSize::Normal => (TextSize::Large, words.nav_larger()),
        TextSize::Large => (TextSize::Normal, words.nav_normal()),
    };
    let other = frame.language.other().tag();
    let foreign = words.foreign(&desk.who);
    let rooms = desk
        .rooms
        .iter()
        .map(|room| {
            let current = (*room == desk.here).then_some("page");
            view! { <li><a href=frame.link(room.path()) aria-current=current>{room.word(words)}</a></li> }
        })
        .collect_view();
    view! {
        <header class="panel desk-bar">
            <div class="measure">
                <a class="brand" href=frame.link("/")>
                    <svg width="24" height="24" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" aria-hidden="true">
                        <path d="M1 22h22M5 22V7h14v15M12 7v15"/>
                        <path d="m9.5 3.8 2.5-2.8 2.5 2.8z" fill="currentColor" stroke="none"/>
                    </svg>
                    {words.brand_name()}
                </a>
                {frame.demo.then(|| view! { <span class="demo-tag">{words.page_demo()}</span> })}
                <nav aria-label=words.desk_label()><ul>{rooms}
                    <li><a href=frame.text_size_link(size) rel="nofollow">{size_word}</a></li>
                    <li><a href=frame.other_language_link() hreflang=other lang=other>{words.nav_language()}</a></li>
                </ul></nav>
                <form class="desk-me" method="post" action=frame.link("/logout")>
                    <span lang=foreign>{desk.who}</span>
                    <input type="hidden" name="csrf" value=desk.csrf/>
                    <button type="submit">{words.desk_sign_out()}</button>
                </form>
            </div>
        </header>
    }
}
