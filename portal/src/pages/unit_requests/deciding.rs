//! The bureau's side: which units ask, and one request with everything it is decided by.

use leptos::prelude::*;
use yuti_openapi::vocabulary::{FileType, UnitRequestState, UnitRole, Vocabulary as _};

use super::state;
use crate::components::{
    Desk, Field, Filled, Kind, Look, Mark, MarkShape, Particular, Particulars, Way, Ways, form, problems,
    section,
};
use crate::document::Rendered;
use crate::frame::Frame;
use crate::pages::accounts::desk;

/// A request in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitRequestRow {
    /// Its internal number, for its address.
    pub id: i64,
    /// Its number.
    pub number: String,
    /// The unit's name as it was given.
    pub unit_name: String,
    /// What the unit is.
    pub role: UnitRole,
    /// The bureau that answers.
    pub bureau: String,
    /// How far it is.
    pub state: UnitRequestState,
    /// When it was filed.
    pub filed_at: String,
}

/// `/desk/unit-requests`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitRequestsPage {
    /// Who asks.
    pub desk: Desk,
    /// The state that is listed; `None` for all.
    pub state: Option<UnitRequestState>,
    /// How many wait.
    pub waiting: u64,
    /// A page of the list, the oldest first.
    pub rows: Vec<UnitRequestRow>,
    /// The address of the next page, without a language.
    pub next: Option<String>,
}

const BASE: &str = "/desk/unit-requests";

impl UnitRequestsPage {
    /// Renders the page.
    pub fn render(&self, frame: &Frame) -> Rendered {
        let words = frame.words();
        desk(frame, &self.desk, words.unit_request_list(), None).render(frame, || {
            view! {
                <div class="subject"><h1>{words.unit_request_list()}</h1><p>{words.unit_request_waiting(self.waiting)}</p></div>
                {self.filter(frame)}
                {self.table(frame)}
                {self.next.as_ref().map(|next| view! {
                    <p class="pager"><a class="quiet-button" href=frame.link(next) rel="next">{words.accounts_more()}</a></p>
                })}
            }
        })
    }

    fn filter(&self, frame: &Frame) -> impl IntoView + use<> {
        let words = frame.words();
        let language = frame.language;
        let mut choices = vec![("all".to_owned(), words.accounts_any().to_owned())];
        choices.extend(
            UnitRequestState::ALL.iter().map(|one| (one.code().to_owned(), one.label(language).to_owned())),
        );
        let filled = Filled::with(&[("state", self.state.map_or("all", |state| state.code()))]);
        view! {
            <div class="row-form"><form action=frame.link(BASE) role="search">
                {Field { kind: Kind::Choice(choices), ..Field::line("filter", "state", words.accounts_state()) }.view(&filled)}
                <p class="send"><button type="submit" class="quiet-button">{words.accounts_filter()}</button></p>
            </form></div>
        }
    }

    fn table(&self, frame: &Frame) -> AnyView {
        let words = frame.words();
        if self.rows.is_empty() {
            return view! { <p class="told" role="status">{words.unit_request_none()}</p> }.into_any();
        }
        let rows = self
            .rows
            .iter()
            .map(|row| {
                view! {
                    <tr>
                        <th scope="row"><a href=frame.link(&format!("{BASE}/{}", row.id))>{row.unit_name.clone()}</a></th>
                        <td data-name=words.unit_request_role()>{row.role.label(frame.language)}</td>
                        <td data-name=words.unit_request_bureau()>{row.bureau.clone()}</td>
                        <td data-name=words.unit_request_filed_at()>{row.filed_at.clone()}</td>
                        <td data-name=words.accounts_state()>{state(frame, row.state)}</td>
                        <td data-name=words.unit_request_number()>{row.number.clone()}</td>
                    </tr>
                }
            })
            .collect_view();
        view! {
            <table class="table">
                <caption>{words.unit_request_caption(self.rows.len())}</caption>
                <thead><tr>
                    <th scope="col">{words.unit_request_name()}</th>
                    <th scope="col">{words.unit_request_role()}</th>
                    <th scope="col">{words.unit_request_bureau()}</th>
                    <th scope="col">{words.unit_request_filed_at()}</th>
                    <th scope="col">{words.accounts_state()}</th>
                    <th scope="col">{words.unit_request_number()}</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        }
        .into_any()
    }
}

/// A file of proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// Its number.
    pub id: i64,
    /// What it is.
    pub media_type: FileType,
    /// Its length in kilobytes, at least 1.
    pub kilobytes: u64,
}

/// `/desk/unit-requests/{id}`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitRequestPage {
    /// Who looks.
    pub desk: Desk,
    /// The request.
    pub row: UnitRequestRow,
    /// Its version, which its forms name.
    pub version: i32,
    /// The unit's code.
    pub uscc: String,
    /// The name under which the register knows the unit; `None` where it does not.
    pub registered: Option<String>,
    /// Whether that is the name that was given.
    pub same_name: bool,
    /// Elevators of which the register names it as using unit and as maintenance unit.
    pub elevators: (u64, u64),
    /// Whether somebody of the unit has an owner's account.
    pub has_owner: bool,
    /// Who asks.
    pub contact_name: String,
    /// Their telephone number.
    pub contact_phone: String,
    /// What they add.
    pub note: String,
    /// The proof.
    pub proof: Vec<Proof>,
    /// Other requests for the same unit.
    pub others: Vec<UnitRequestRow>,
    /// Why it was refused.
    pub answer: String,
    /// When it was decided.
    pub decided_at: Option<String>,
    /// Whether whoever looks may decide it now.
    pub can_decide: bool,
    /// What has just been done.
    pub told: Option<String>,
    /// A form that came back.
    pub filled: Filled,
}

impl UnitRequestPage {
    /// Renders the page.
    pub fn render(&self, frame: &Frame) -> Rendered {
        let words = frame.words();
        desk(frame, &self.desk, &self.row.unit_name, Some(&self.filled)).render(frame, || {
            let told = self.told.clone().map(|told| view! { <p class="told" role="status">{told}</p> });
            let back = vec![Way::new(frame.link(BASE), words.unit_request_list(), words.unit_request_list_note())];
            let note = (!self.note.is_empty()).then(|| section("note", words.unit_request_note(), view! { <p>{self.note.clone()}</p> }));
            let answer = (!self.answer.is_empty()).then(|| section("answer", words.unit_request_reason(), view! { <p>{self.answer.clone()}</p> }));
            view! {
                <div class="subject"><h1>{self.row.unit_name.clone()}</h1><p>{state(frame, self.row.state)}</p></div>
                {told}
                {problems(words, "refuse", &[("reason", words.unit_request_reason())], &self.filled)}
                {section("check", words.unit_request_check(), self.checks(frame))}
                {section("facts", words.unit_request_facts(), view! { <Particulars rows=self.rows(frame)/> })}
                {note}
                {section("proof", words.unit_request_proof(), self.proof(frame))}
                {answer}
                {self.can_decide.then(|| self.decide(frame))}
                {(!self.others.is_empty()).then(|| section("others", words.unit_request_others(), self.others(frame)))}
                <Ways entries=back/>
            }
        })
    }

    /// What the register says to it. Each is for the officer to judge; nothing is decided by it.
    fn checks(&self, frame: &Frame) -> AnyView {
        let words = frame.words();
        let name = match (&self.registered, self.same_name) {
            (None, _) => (MarkShape::Unknown, words.unit_request_not_registered().to_owned()),
            (Some(_), true) => (MarkShape::Ok, words.unit_request_registered().to_owned()),
            (Some(name), false) => (MarkShape::Warn, words.unit_request_other_name(name)),
        };
        let owner = match self.has_owner {
            true => (MarkShape::Warn, words.unit_request_has_owner().to_owned()),
            false => (MarkShape::Ok, words.unit_request_no_owner().to_owned()),
        };
        let (used, maintained) = self.elevators;
        let elevators = match used + maintained {
            0 => (MarkShape::Unknown, words.unit_request_no_elevators().to_owned()),
            _ => (MarkShape::Ok, words.unit_request_elevators(used, maintained)),
        };
        let code = (MarkShape::Ok, words.unit_request_code_holds().to_owned());
        let checks = [code, name, elevators, owner]
            .map(|(shape, text)| view! { <li><span class=format!("state-word {}", shape.tone())><Mark shape=shape/></span>{text}</li> });
        view! { <ul class="checks">{checks.into_iter().collect_view()}</ul> }.into_any()
    }

    fn rows(&self, frame: &Frame) -> Vec<Particular> {
        let words = frame.words();
        let mut rows = vec![
            Particular::new(words.unit_request_number(), self.row.number.clone()),
            Particular::new(words.unit_request_uscc(), self.uscc.clone()),
            Particular::new(words.unit_request_role(), self.row.role.label(frame.language).to_owned()),
            Particular::new(words.unit_request_bureau(), self.row.bureau.clone()),
            Particular::new(words.unit_request_contact(), self.contact_name.clone()),
            Particular::new(words.unit_request_phone(), self.contact_phone.clone()),
            Particular::new(words.unit_request_filed_at(), self.row.filed_at.clone()),
        ];
        rows.extend(self.decided_at.clone().map(|at| Particular::new(words.unit_request_decided_at(), at)));
        rows
    }

    fn proof(&self, frame: &Frame) -> AnyView {
        let words = frame.words();
        if self.proof.is_empty() {
            return view! { <p>{words.unit_request_no_proof()}</p> }.into_any();
        }
        let files = self
            .proof
            .iter()
            .map(|file| {
                let href = format!("{BASE}/{}/files/{}", self.row.id, file.id);
                let text = words.unit_request_file(file.media_type.label(frame.language), file.kilobytes);
                view! { <li><a href=href>{text}</a></li> }
            })
            .collect_view();
        view! { <ul>{files}</ul> }.into_any()
    }

    fn decide(&self, frame: &Frame) -> AnyView {
        let words = frame.words();
        let version = [("version", self.version.to_string())];
        let to = |act: &str| frame.link(&format!("{BASE}/{}/{act}", self.row.id));
        let csrf = Some(self.desk.csrf.as_str());
        let accept = form(to("accept"), csrf, &version, (), words.unit_request_accept(), Look::Main);
        let reason =
            Field { kind: Kind::Lines, ..Field::line("refuse", "reason", words.unit_request_reason()) };
        let reason = reason.hint(words.unit_request_reason_hint()).view(&self.filled);
        let refuse = form(to("refuse"), csrf, &version, reason, words.unit_request_refuse(), Look::Quiet);
        view! {
            {section("accept", words.unit_request_accept(), view! { <p>{words.unit_request_accept_text()}</p>{accept} })}
            {section("refuse", words.unit_request_refuse(), view! { <p>{words.unit_request_refuse_text()}</p>{refuse} })}
        }
        .into_any()
    }

    fn others(&self, frame: &Frame) -> AnyView {
        let rows = self
            .others
            .iter()
            .map(|row| {
                let href = frame.link(&format!("{BASE}/{}", row.id));
                view! { <li><a href=href>{row.number.clone()}</a>" · "{row.filed_at.clone()}" · "{state(frame, row.state)}</li> }
            })
            .collect_view();
        view! { <ul>{rows}</ul> }.into_any()
    }
}
