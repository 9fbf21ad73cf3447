//! One account as those who look after it see it: what it is, what can be done about it, and what was done.

use leptos::prelude::*;
use yuti_openapi::vocabulary::{AccountState, Role};

use super::desk;
use super::listed::{place_fields, state};
use crate::components::{
    Desk, Field, Filled, Kind, Look, Particular, Particulars, Way, Ways, form, problems, section,
};
use crate::document::Rendered;
use crate::frame::Frame;
use crate::words::Words;

/// Something that can be done about an account. Only what can be done is offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountAct {
    /// To give its holder a link.
    Link,
    /// To switch it off.
    SwitchOff,
    /// To switch it on again.
    Wake,
    /// To end its sessions.
    SignOut,
    /// To take its second factor off.
    ClearSecondFactor,
    /// To change role and place.
    Role,
}

impl AccountAct {
    /// The last part of the address of its form.
    #[must_use]
    pub fn segment(self) -> &'static str {
        match self {
            Self::Link => "link",
            Self::SwitchOff => "switch-off",
            Self::Wake => "wake",
            Self::SignOut => "sign-out",
            Self::ClearSecondFactor => "second-factor",
            Self::Role => "role",
        }
    }

    fn heading(self, words: Words) -> &'static str {
        match self {
            Self::Link => words.accounts_link(),
            Self::SwitchOff => words.accounts_switch_off(),
            Self::Wake => words.accounts_wake(),
            Self::SignOut => words.accounts_sign_out(),
            Self::ClearSecondFactor => words.accounts_clear(),
            Self::Role => words.accounts_role(),
        }
    }

    fn text(self, words: Words) -> &'static str {
        match self {
            Self::Link => words.accounts_link_text(),
            Self::SwitchOff => words.accounts_switch_off_text(),
            Self::Wake => words.accounts_wake_text(),
            Self::SignOut => words.accounts_sign_out_text(),
            Self::ClearSecondFactor => words.accounts_clear_text(),
            Self::Role => words.accounts_role_text(),
        }
    }

    fn asks_reason(self) -> bool {
        matches!(self, Self::SwitchOff | Self::ClearSecondFactor)
    }
}

/// Where an account belongs, as its form shows it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// The roles that can be given.
    pub roles: Vec<Role>,
    /// The bureaus that can be given.
    pub bureaus: Vec<(String, String)>,
    /// What stands in the form to begin with.
    pub filled: Filled,
}

/// A link that was just made. It is shown this once.
#[derive(Clone, PartialEq, Eq)]
pub struct LinkShown {
    /// The whole address.
    pub address: String,
    /// Until when it holds.
    pub until: String,
}

impl std::fmt::Debug for LinkShown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LinkShown(…)")
    }
}

/// An entry of the trail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrailRow {
    /// When.
    pub at: String,
    /// What was done, as its code.
    pub act: String,
    /// Who did it.
    pub who: String,
    /// The state before and after, where it changed.
    pub states: Option<String>,
}

/// `/admin/accounts/{id}`, `/unit/accounts/{id}`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountPage {
    /// Who looks.
    pub desk: Desk,
    /// Its number.
    pub id: i64,
    /// Its version, which its forms name.
    pub version: i32,
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
    /// Whether a second factor is set up.
    pub second_factor: bool,
    /// When somebody signed in last.
    pub last: Option<String>,
    /// How many sessions run.
    pub sessions: usize,
    /// What can be done.
    pub acts: Vec<AccountAct>,
    /// For the form of role and place.
    pub change: Place,
    /// What was done; `None` for whoever may not read the trail.
    pub trail: Option<Vec<TrailRow>>,
    /// What has just been done.
    pub told: Option<String>,
    /// A link that was just made.
    pub link: Option<LinkShown>,
    /// A form that came back.
    pub refused: Option<(AccountAct, Filled)>,
}

impl AccountPage {
    /// Renders the page.
    pub fn render(&self, frame: &Frame) -> Rendered {
        let words = frame.words();
        let filled = self.refused.as_ref().map(|(_, filled)| filled);
        desk(frame, &self.desk, &self.login, filled).render(frame, || {
            let told = self.told.clone().map(|told| view! { <p class="told" role="status">{told}</p> });
            let names = ["reason", "role", "authority", "unit", "home_unit"];
            let refused = self
                .refused
                .as_ref()
                .and_then(|(act, filled)| problems(words, act.segment(), &names, filled));
            let back = vec![Way::new(
                frame.link(self.desk.here.path()),
                words.accounts_back(),
                words.accounts_back_note(),
            )];
            view! {
                <div class="subject"><h1>{self.login.clone()}</h1><p>{state(frame, self.state)}</p></div>
                {told}
                {self.link.as_ref().map(|link| shown(frame, link))}
                {refused}
                {section("data", words.account_data(), view! { <Particulars rows=self.rows(frame)/> })}
                {self.acts.iter().map(|act| self.act(frame, *act)).collect_view()}
                {self.trail.as_ref().map(|rows| section("trail", words.accounts_trail(), trail(frame, rows)))}
                <Ways entries=back/>
            }
        })
    }

    fn rows(&self, frame: &Frame) -> Vec<Particular> {
        let words = frame.words();
        let factor =
            if self.second_factor { words.accounts_factor_on() } else { words.accounts_factor_off() };
        let last = self.last.clone().unwrap_or_else(|| words.accounts_never().to_owned());
        let mut rows = vec![
            Particular::new(words.account_name(), self.name.clone()),
            Particular::new(words.account_role(), self.role.label(frame.language).to_owned()),
        ];
        rows.extend(self.place.clone().map(|place| Particular::new(words.account_place(), place)));
        rows.push(Particular::new(words.account_factor(), factor));
        rows.push(Particular::new(words.accounts_last(), last));
        rows.push(Particular::new(words.accounts_running(), self.sessions.to_string()));
        rows
    }

    fn act(&self, frame: &Frame, act: AccountAct) -> AnyView {
        let words = frame.words();
        let back = self.refused.iter().find(|(known, _)| *known == act).map(|(_, filled)| filled.clone());
        let of = act.segment();
        let fields = match act {
            AccountAct::Role => {
                let filled = back.unwrap_or_else(|| self.change.filled.clone());
                place_fields(frame, of, &self.change.roles, &self.change.bureaus, true, &filled)
            }
            _ if act.asks_reason() => {
                let field = Field { kind: Kind::Lines, ..Field::line(of, "reason", words.accounts_reason()) };
                field.view(&back.unwrap_or_default())
            }
            _ => ().into_any(),
        };
        let action = frame.link(&format!("{}/{}/{of}", self.desk.here.path(), self.id));
        let version = [("version", self.version.to_string())];
        let send = form(action, Some(&self.desk.csrf), &version, fields, act.heading(words), Look::Quiet);
        let id = match act {
            AccountAct::Link => "do-link",
            AccountAct::SwitchOff => "do-switch-off",
            AccountAct::Wake => "do-wake",
            AccountAct::SignOut => "do-sign-out",
            AccountAct::ClearSecondFactor => "do-second-factor",
            AccountAct::Role => "do-role",
        };
        section(id, act.heading(words), view! { <p>{act.text(words)}</p>{send} }).into_any()
    }
}

fn trail(frame: &Frame, rows: &[TrailRow]) -> AnyView {
    let words = frame.words();
    let rows = rows
        .iter()
        .map(|row| {
            view! {
                <tr>
                    <th scope="row">{row.at.clone()}</th>
                    <td data-name=words.accounts_trail_act()><code>{row.act.clone()}</code></td>
                    <td data-name=words.accounts_trail_who()>{row.who.clone()}</td>
                    <td data-name=words.accounts_state()>{row.states.clone()}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <table class="table">
            <caption>{words.accounts_trail_text()}</caption>
            <thead><tr>
                <th scope="col">{words.accounts_trail_at()}</th>
                <th scope="col">{words.accounts_trail_act()}</th>
                <th scope="col">{words.accounts_trail_who()}</th>
                <th scope="col">{words.accounts_state()}</th>
            </tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

/// A link, for whoever hands it on.
fn shown(frame: &Frame, link: &LinkShown) -> AnyView {
    let words = frame.words();
    section(
        "link",
        words.accounts_link_shown(),
        view! {
            <p class="once"><code>{link.address.clone()}</code></p>
            <p>{words.accounts_link_once(&link.until)}</p>
        },
    )
    .into_any()
}
