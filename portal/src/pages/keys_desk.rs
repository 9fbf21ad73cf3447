//! Keys at the desk: all of them for whoever runs the service, those of the own unit's systems for its owner.

use chrono::FixedOffset;
use leptos::prelude::*;
use yuti_openapi::vocabulary::{KeyKind, KeyScope, KeyState, RaiseState, Vocabulary as _};
use yuti_openapi::wire::{ApiKey, IssuedKey};

use super::accounts::desk;
use super::keys::IssuedKeyPage;
use super::my_key::KeyFacts;
use crate::components::{
    Desk, DeskRoom, Field, Filled, Kind, Look, Mark, MarkShape, Particular, Particulars, Way, Ways, form,
    problems, section,
};
use crate::document::Rendered;
use crate::frame::Frame;
use crate::text::Text;
use crate::words::Words;

/// A key in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRow {
    /// Its number, as it is told.
    pub id: String,
    /// What it is for.
    pub name: String,
    /// Whose it is.
    pub kind: KeyKind,
    /// The unit whose system it is.
    pub unit: Option<String>,
    /// Whether it holds.
    pub state: KeyState,
    /// When it was used last.
    pub last: Option<String>,
    /// How the last wish for higher quotas stands.
    pub wish: Option<RaiseState>,
}

/// `/admin/keys`, `/unit/keys`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeskKeysPage {
    /// Who asks.
    pub desk: Desk,
    /// Whether only keys are shown whose holders wait for an answer.
    pub asked: bool,
    /// A page of the list.
    pub rows: Vec<KeyRow>,
    /// The address of the next page, without a language.
    pub next: Option<String>,
    /// The form that issues one to a system of the own unit, where that can be done.
    pub issue: Option<Filled>,
}

fn state(words: Words, state: KeyState) -> AnyView {
    let shape = match state {
        KeyState::Active => MarkShape::Ok,
        KeyState::Revoked => MarkShape::NotApplicable,
    };
    view! { <span class=format!("state-word {}", shape.tone())><Mark shape=shape/>{state.label(words.0)}</span> }
        .into_any()
}

impl DeskKeysPage {
    /// Renders the page.
    pub fn render(&self, frame: &Frame) -> Rendered {
        let words = frame.words();
        let heading = match self.desk.here {
            DeskRoom::UnitKeys => words.desk_unit_keys(),
            _ => words.desk_keys(),
        };
        desk(frame, &self.desk, heading, self.issue.as_ref()).render(frame, || {
            let filter = (self.desk.here == DeskRoom::Keys).then(|| self.filter(frame));
            let refused =
                self.issue.as_ref().and_then(|filled| problems(words, "issue", &[("name", words.keys_issue_name()), ("scopes", words.keys_scopes())], filled));
            view! {
                <div class="subject"><h1>{heading}</h1></div>
                {refused}
                {filter}
                {self.table(frame)}
                {self.next.as_ref().map(|next| view! {
                    <p class="pager"><a class="quiet-button" href=frame.link(next) rel="next">{words.accounts_more()}</a></p>
                })}
                {self.issue.as_ref().map(|filled| section("for-issue", words.keys_issue(), self.issue(frame, filled)))}
            }
        })
    }

    fn filter(&self, frame: &Frame) -> AnyView {
        let words = frame.words();
        let filled = Filled::with(&[("wish", if self.asked { "asked" } else { "" })]);
        let choices = vec![
            (String::new(), words.accounts_any().to_owned()),
            ("asked".to_owned(), words.keys_waiting().to_owned()),
        ];
        let field = Field { kind: Kind::Choice(choices), ..Field::line("filter", "wish", words.keys_wish()) };
        view! {
            <div class="row-form"><form action=frame.link(self.desk.here.path()) role="search">
                {field.view(&filled)}
                <p class="send"><button type="submit" class="quiet-button">{words.accounts_filter()}</button></p>
            </form></div>
        }
        .into_any()
    }

    fn issue(&self, frame: &Frame, filled: &Filled) -> AnyView {
        let words = frame.words();
        let label = |scopes: &[KeyScope]| {
            scopes.iter().map(|scope| scope.label(words.0)).collect::<Vec<_>>().join(words.0.pick("、", ", "))
        };
        let code =
            |scopes: &[KeyScope]| scopes.iter().map(|scope| scope.code()).collect::<Vec<_>>().join(" ");
        let all = KeyScope::ALL;
        let one = all.chunks(1).chain([all]);
        let mut choices = vec![(String::new(), words.accounts_choose().to_owned())];
        choices.extend(one.map(|scopes| (code(scopes), label(scopes))));
        let fields = view! {
            {Field::line("issue", "name", words.keys_issue_name()).view(filled)}
            {Field { kind: Kind::Choice(choices), ..Field::line("issue", "scopes", words.keys_scopes()) }.view(filled)}
        };
        view! {
            <p>{words.keys_issue_text()}</p>
            {form(frame.link(self.desk.here.path()), Some(&self.desk.csrf), &[], fields, words.keys_issue_button(), Look::Main)}
        }
        .into_any()
    }

    fn table(&self, frame: &Frame) -> AnyView {
        let words = frame.words();
        if self.rows.is_empty() {
            return view! { <p class="told is-warn" role="status">{words.keys_none()}</p> }.into_any();
        }
        let base = self.desk.here.path();
        let rows = self
            .rows
            .iter()
            .map(|row| {
                let whose = row.unit.as_ref().map_or_else(
                    || row.kind.label(words.0).to_owned(),
                    |unit| words.keys_of_system(unit),
                );
                let wish = row.wish.map_or("–", |wish| wish.label(words.0));
                view! {
                    <tr>
                        <th scope="row"><a href=frame.link(&format!("{base}/{}", row.id))>{row.id.clone()}</a></th>
                        <td data-name=words.keys_purpose()>{Text::given(words, &row.name).view()}</td>
                        <td data-name=words.keys_whose()>{Text::given(words, &whose).view()}</td>
                        <td data-name=words.accounts_state()>{state(words, row.state)}</td>
                        <td data-name=words.keys_last_used()>{row.last.clone().unwrap_or_else(|| words.keys_never().to_owned())}</td>
                        <td data-name=words.keys_wish()>{wish}</td>
                    </tr>
                }
            })
            .collect_view();
        view! {
            <table class="table">
                <thead><tr>
                    <th scope="col">{words.keys_number()}</th>
                    <th scope="col">{words.keys_purpose()}</th>
                    <th scope="col">{words.keys_whose()}</th>
                    <th scope="col">{words.accounts_state()}</th>
                    <th scope="col">{words.keys_last_used()}</th>
                    <th scope="col">{words.keys_wish()}</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        }
        .into_any()
    }
}

/// What can be done with a key at the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyAct {
    /// To decide about the wish for higher quotas.
    Decide,
    /// To replace it.
    Rotate,
    /// To revoke it.
    Revoke,
}

/// `/admin/keys/{id}`, `/unit/keys/{id}`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeskKeyPage {
    /// Who looks.
    pub desk: Desk,
    /// The key.
    pub api_key: ApiKey,
    /// What can be done.
    pub acts: Vec<KeyAct>,
    /// The longest time for which a replaced key holds, in minutes.
    pub overlap_minutes: u32,
    /// A form that came back.
    pub filled: Filled,
    /// How far the city's clocks are from UTC.
    pub offset: FixedOffset,
}

impl DeskKeyPage {
    /// Renders the page.
    pub fn render(&self, frame: &Frame) -> Rendered {
        let words = frame.words();
        let facts = KeyFacts { api_key: &self.api_key, offset: self.offset };
        desk(frame, &self.desk, &self.api_key.id, Some(&self.filled)).render(frame, || {
            let names = [
                ("decision", words.keys_decision()),
                ("burst", words.keys_grant_burst()),
                ("daily", words.keys_grant_daily()),
                ("answer", words.keys_answer()),
                ("overlap_minutes", words.keys_rotate_overlap()),
            ];
            let back = vec![Way::new(
                frame.link(self.desk.here.path()),
                words.keys_back(),
                words.keys_back_note(),
            )];
            let mut rows = vec![Particular::new(words.keys_purpose(), Text::given(words, &self.api_key.name))];
            rows.extend(facts.rows(words));
            let raise = self.api_key.raise.as_ref().map(|raise| {
                section("raise", words.keys_wish(), view! {
                    {facts.last_raise(words, raise)}
                    <p>{Text::given(words, &raise.reason).view()}</p>
                })
            });
            view! {
                <div class="subject"><h1>{self.api_key.id.clone()}</h1><p>{state(words, self.api_key.state)}</p></div>
                {problems(words, "act", &names, &self.filled)}
                <Particulars rows=rows/>
                {section("quotas", words.keys_quotas(), view! { <Particulars rows=facts.quotas(words)/> })}
                {section("usage", words.keys_usage(), facts.usage(frame))}
                {raise}
                {self.acts.iter().map(|act| self.act(frame, *act)).collect_view()}
                <Ways entries=back/>
            }
        })
    }

    fn act(&self, frame: &Frame, act: KeyAct) -> AnyView {
        let words = frame.words();
        let action =
            |segment: &str| frame.link(&format!("{}/{}/{segment}", self.desk.here.path(), self.api_key.id));
        let csrf = Some(self.desk.csrf.as_str());
        let line = |name, label| Field::line("act", name, label).view(&self.filled);
        match act {
            KeyAct::Decide => {
                let choices = vec![
                    (String::new(), words.accounts_choose().to_owned()),
                    ("grant".to_owned(), words.keys_grant().to_owned()),
                    ("refuse".to_owned(), words.keys_refuse().to_owned()),
                ];
                let decision = Field {
                    kind: Kind::Choice(choices),
                    ..Field::line("act", "decision", words.keys_decision())
                };
                let answer = Field { kind: Kind::Lines, ..Field::line("act", "answer", words.keys_answer()) };
                let fields = view! {
                    {decision.view(&self.filled)}
                    {line("daily", words.keys_grant_daily())}
                    {line("burst", words.keys_grant_burst())}
                    {answer.hint(words.keys_answer_hint()).view(&self.filled)}
                };
                let form = form(action("raise"), csrf, &[], fields, words.keys_decide(), Look::Main);
                section("for-raise", words.keys_decide(), form).into_any()
            }
            KeyAct::Rotate => {
                let choice = super::my_key::overlap(words, self.overlap_minutes).view(&self.filled);
                let form = form(action("rotate"), csrf, &[], choice, words.keys_rotate_button(), Look::Quiet);
                section("for-rotate", words.keys_rotate(), view! { <p>{words.keys_rotate_lead()}</p>{form} })
                    .into_any()
            }
            KeyAct::Revoke => {
                let form = form(action("revoke"), csrf, &[], (), words.keys_revoke_button(), Look::Quiet);
                section("for-revoke", words.keys_revoke(), view! { <p>{words.keys_revoke_lead()}</p>{form} })
                    .into_any()
            }
        }
    }
}

/// A key of a unit's system that was just made, shown this once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeskIssuedPage {
    /// Who made it.
    pub desk: Desk,
    /// The key.
    pub issued: IssuedKey,
    /// Whether it replaces another one.
    pub replaces: bool,
    /// How far the city's clocks are from UTC.
    pub offset: FixedOffset,
}

impl DeskIssuedPage {
    /// Renders the page.
    pub fn render(&self, frame: &Frame) -> Rendered {
        let words = frame.words();
        let shown =
            IssuedKeyPage { issued: self.issued.clone(), replaces: self.replaces, offset: self.offset };
        let back =
            vec![Way::new(frame.link(self.desk.here.path()), words.keys_back(), words.keys_back_note())];
        desk(frame, &self.desk, words.keys_issued(), None)
            .render(frame, || view! { {shown.shown(frame)}<Ways entries=back/> })
    }
}
