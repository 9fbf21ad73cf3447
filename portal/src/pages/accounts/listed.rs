//! Accounts as a list, and the form that makes one.

use leptos::prelude::*;
use yuti_openapi::vocabulary::{AccountState, Role, Vocabulary as _};

use super::desk;
use crate::components::{Desk, Field, Filled, Kind, Look, Mark, MarkShape, form, problems};
use crate::document::Rendered;
use crate::frame::Frame;
use crate::words::Words;

/// An account in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountRow {
    /// Its number.
    pub id: i64,
    /// Its log-in.
    pub login: String,
    /// The person's name.
    pub name: String,
    /// Its role.
    pub role: Role,
    /// Its bureau or unit.
    pub place: Option<String>,
    /// Its state.
    pub state: AccountState,
    /// When somebody signed in last.
    pub last: Option<String>,
}

/// What narrows the list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccountFilter {
    /// The role.
    pub role: Option<Role>,
    /// The state.
    pub state: Option<AccountState>,
    /// The beginning of a log-in.
    pub login: String,
}

/// `/admin/accounts`, `/unit/accounts`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountsPage {
    /// Who asks.
    pub desk: Desk,
    /// The roles that can occur here.
    pub roles: Vec<Role>,
    /// What narrows it.
    pub filter: AccountFilter,
    /// A page of it.
    pub rows: Vec<AccountRow>,
    /// The address of the next page, without a language.
    pub next: Option<String>,
}

/// The mark and word of a state.
pub(super) fn state(frame: &Frame, state: AccountState) -> AnyView {
    let shape = match state {
        AccountState::Active => MarkShape::Ok,
        AccountState::Dormant => MarkShape::Unknown,
        AccountState::Off => MarkShape::NotApplicable,
    };
    view! { <span class=format!("state-word {}", shape.tone())><Mark shape=shape/>{state.label(frame.language)}</span> }.into_any()
}

/// A role as a choice.
fn choices<V: Copy>(
    words: Words,
    all: &[V],
    code: fn(V) -> &'static str,
    label: impl Fn(V) -> String,
) -> Vec<(String, String)> {
    let mut choices = vec![(String::new(), words.accounts_any().to_owned())];
    choices.extend(all.iter().map(|one| (code(*one).to_owned(), label(*one))));
    choices
}

impl AccountsPage {
    /// Renders the page.
    pub fn render(&self, frame: &Frame) -> Rendered {
        let words = frame.words();
        let heading = self.heading(words);
        desk(frame, &self.desk, heading, None).render(frame, || {
            let base = self.desk.here.path();
            view! {
                <div class="subject">
                    <h1>{heading}</h1>
                    <p><a class="quiet-button" href=frame.link(&format!("{base}/new"))>{words.accounts_new()}</a></p>
                </div>
                {self.filters(frame)}
                {self.table(frame)}
                {self.next.as_ref().map(|next| view! {
                    <p class="pager"><a class="quiet-button" href=frame.link(next) rel="next">{words.accounts_more()}</a></p>
                })}
            }
        })
    }

    fn heading(&self, words: Words) -> &'static str {
        match self.desk.here {
            crate::components::DeskRoom::UnitAccounts => words.accounts_unit_heading(),
            _ => words.accounts_heading(),
        }
    }

    fn filters(&self, frame: &Frame) -> impl IntoView + use<> {
        let words = frame.words();
        let language = frame.language;
        let role = self.filter.role.map_or("", |role| role.code());
        let state = self.filter.state.map_or("", |state| state.code());
        let filled = Filled::with(&[("role", role), ("state", state), ("login", &self.filter.login)]);
        let roles = choices(words, &self.roles, Role::code, |role| role.label(language).to_owned());
        let states =
            choices(words, AccountState::ALL, AccountState::code, |state| state.label(language).to_owned());
        view! {
            <div class="row-form"><form action=frame.link(self.desk.here.path()) role="search">
                {Field::line("filter", "login", words.accounts_login_begins()).view(&filled)}
                {Field { kind: Kind::Choice(roles), ..Field::line("filter", "role", words.account_role()) }.view(&filled)}
                {Field { kind: Kind::Choice(states), ..Field::line("filter", "state", words.accounts_state()) }.view(&filled)}
                <p class="send"><button type="submit" class="quiet-button">{words.accounts_filter()}</button></p>
            </form></div>
        }
    }

    fn table(&self, frame: &Frame) -> AnyView {
        let words = frame.words();
        if self.rows.is_empty() {
            return view! { <p class="told is-warn" role="status">{words.accounts_none()}</p> }.into_any();
        }
        let base = self.desk.here.path();
        let rows = self
            .rows
            .iter()
            .map(|row| {
                view! {
                    <tr>
                        <th scope="row"><a href=frame.link(&format!("{base}/{}", row.id))>{row.login.clone()}</a></th>
                        <td data-name=words.account_name()>{row.name.clone()}</td>
                        <td data-name=words.account_role()>{row.role.label(frame.language)}</td>
                        <td data-name=words.account_place()>{row.place.clone()}</td>
                        <td data-name=words.accounts_state()>{state(frame, row.state)}</td>
                        <td data-name=words.accounts_last()>{row.last.clone().unwrap_or_else(|| words.accounts_never().to_owned())}</td>
                    </tr>
                }
            })
            .collect_view();
        view! {
            <table class="table">
                <caption>{words.accounts_caption(self.rows.len())}</caption>
                <thead><tr>
                    <th scope="col">{words.sign_in_login()}</th>
                    <th scope="col">{words.account_name()}</th>
                    <th scope="col">{words.account_role()}</th>
                    <th scope="col">{words.account_place()}</th>
                    <th scope="col">{words.accounts_state()}</th>
                    <th scope="col">{words.accounts_last()}</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        }
        .into_any()
    }
}

/// `/admin/accounts/new`, `/unit/accounts/new`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAccountPage {
    /// Who makes it.
    pub desk: Desk,
    /// The roles that can be given.
    pub roles: Vec<Role>,
    /// The bureaus that can be given, by their keys; none for a unit's accounts.
    pub bureaus: Vec<(String, String)>,
    /// Whether the unit is asked for, or is the maker's own.
    pub asks_unit: bool,
    /// What was typed and what is wrong.
    pub filled: Filled,
}

impl NewAccountPage {
    /// Renders the page.
    pub fn render(&self, frame: &Frame) -> Rendered {
        let words = frame.words();
        desk(frame, &self.desk, words.accounts_new(), Some(&self.filled)).render(frame, || {
            let action = frame.link(&format!("{}/new", self.desk.here.path()));
            let names = ["login", "name", "role", "authority", "unit", "home_unit"];
            let fields = view! {
                {Field::line("new", "login", words.sign_in_login()).hint(words.accounts_login_hint()).view(&self.filled)}
                {Field::line("new", "name", words.account_name()).view(&self.filled)}
                {place_fields(frame, "new", &self.roles, &self.bureaus, self.asks_unit, &self.filled)}
            };
            view! {
                <div class="subject"><h1>{words.accounts_new()}</h1><p>{words.accounts_new_text()}</p></div>
                {problems(words, "new", &names, &self.filled)}
                {form(action, Some(&self.desk.csrf), &[], fields, words.accounts_new_button(), Look::Main)}
            }
        })
    }
}

/// The fields of role and place.
pub(super) fn place_fields(
    frame: &Frame,
    of: &'static str,
    roles: &[Role],
    bureaus: &[(String, String)],
    asks_unit: bool,
    filled: &Filled,
) -> AnyView {
    let words = frame.words();
    let pick = |all: Vec<(String, String)>| {
        let mut choices = vec![(String::new(), words.accounts_choose().to_owned())];
        choices.extend(all);
        Kind::Choice(choices)
    };
    let roles =
        roles.iter().map(|role| (role.code().to_owned(), role.label(frame.language).to_owned())).collect();
    let role = Field { kind: pick(roles), ..Field::line(of, "role", words.account_role()) };
    let bureau = (!bureaus.is_empty()).then(|| {
        let field =
            Field { kind: pick(bureaus.to_vec()), ..Field::line(of, "authority", words.accounts_bureau()) };
        field.hint(words.accounts_bureau_hint()).view(filled)
    });
    let unit = asks_unit.then(|| {
        Field::line(of, "unit", words.accounts_unit()).hint(words.accounts_unit_hint()).view(filled)
    });
    let home = Field::line(of, "home_unit", words.accounts_home_unit()).hint(words.accounts_home_unit_hint());
    view! { {role.view(filled)}{bureau}{unit}{home.view(filled)} }.into_any()
}
