//! The page on which whoever asked follows the request.

use leptos::prelude::*;
use yuti_openapi::vocabulary::UnitRequestState;

use super::state;
use crate::components::{Filled, Look, Particular, Particulars, form, problems, section};
use crate::document::Rendered;
use crate::frame::Frame;
use crate::pages::accounts::public;

/// `/unit/request/{number}/{token}`
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UnitFollowPage {
    /// The address of the page, without a language.
    pub path: String,
    /// The whole address, to be kept.
    pub address: String,
    /// The number.
    pub number: String,
    /// The unit's name as it was given.
    pub unit_name: String,
    /// Its code.
    pub uscc: String,
    /// The bureau that answers.
    pub bureau: String,
    /// How far it is; `None` before the first request is read.
    pub state: Option<UnitRequestState>,
    /// When it was filed.
    pub filed_at: String,
    /// When it was decided.
    pub decided_at: Option<String>,
    /// Why it was refused.
    pub answer: Option<String>,
    /// Whether it was filed just now.
    pub fresh: bool,
    /// Whether the account can still be opened here.
    pub can_open: bool,
    /// Why an act was not done.
    pub filled: Filled,
}

impl UnitFollowPage {
    /// Renders the page.
    pub fn render(&self, frame: &Frame) -> Rendered {
        let words = frame.words();
        let heading = words.unit_request_follow(&self.number);
        public(frame, &heading, Some(&self.filled)).render(frame, || {
            let fresh = self.fresh.then(|| view! { <p class="told" role="status">{words.unit_request_filed()}</p> });
            let keep = section(
                "keep",
                words.unit_request_keep(),
                view! { <p>{words.unit_request_keep_text()}</p><p class="once"><code>{self.address.clone()}</code></p> },
            );
            view! {
                <div class="subject"><h1>{heading.clone()}</h1><p>{self.state.map(|known| state(frame, known))}</p></div>
                {fresh}
                {problems(words, "follow", &[], &self.filled)}
                {self.next(frame)}
                {keep}
                {section("facts", words.unit_request_facts(), view! { <Particulars rows=self.rows(frame)/> })}
            }
        })
    }

    fn rows(&self, frame: &Frame) -> Vec<Particular> {
        let words = frame.words();
        let mut rows = vec![
            Particular::new(words.unit_request_name(), self.unit_name.clone()),
            Particular::new(words.unit_request_uscc(), self.uscc.clone()),
            Particular::new(words.unit_request_bureau(), self.bureau.clone()),
            Particular::new(words.unit_request_filed_at(), self.filed_at.clone()),
        ];
        rows.extend(self.decided_at.clone().map(|at| Particular::new(words.unit_request_decided_at(), at)));
        rows
    }

    /// What comes next, and what can be done now.
    fn next(&self, frame: &Frame) -> Option<AnyView> {
        let words = frame.words();
        let act = |segment: &str, button: &'static str, look| {
            form(frame.link(&format!("{}/{segment}", self.path)), None, &[], (), button, look)
        };
        let (text, button) = match self.state? {
            UnitRequestState::Received => (
                words.unit_request_waits().to_owned(),
                Some(act("withdraw", words.unit_request_withdraw(), Look::Quiet)),
            ),
            UnitRequestState::Accepted if self.can_open => (
                words.unit_request_accepted_text(self.uscc.to_lowercase()),
                Some(act("open", words.unit_request_open(), Look::Main)),
            ),
            UnitRequestState::Accepted => (words.unit_request_opened().to_owned(), None),
            UnitRequestState::Refused => (
                words.unit_request_refused_text(self.answer.as_deref().unwrap_or_default()),
                Some(view! { <p><a class="quiet-button" href=frame.link("/unit/request")>{words.unit_request_again()}</a></p> }.into_any()),
            ),
            UnitRequestState::Withdrawn => (words.unit_request_withdrawn_text().to_owned(), None),
        };
        Some(section("next", words.unit_request_next(), view! { <p>{text}</p>{button} }).into_any())
    }
}
