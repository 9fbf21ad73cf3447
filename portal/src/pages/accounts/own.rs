//! The own account.

use leptos::prelude::*;
use yuti_openapi::vocabulary::Role;

use super::desk;
use crate::components::{
    Desk, Field, Filled, Look, Particular, Particulars, Way, Ways, form, problems, section,
};
use crate::document::Rendered;
use crate::frame::Frame;

/// A form of the own account's page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OwnForm {
    /// New recovery codes.
    Codes,
    /// To take the second factor off.
    Remove,
}

/// A running session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// Its number.
    pub id: i64,
    /// The family of browser and system.
    pub client: String,
    /// When it began.
    pub since: String,
    /// When it was used last.
    pub last: String,
    /// Whether it is the one that asks.
    pub current: bool,
}

/// `/account`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnAccountPage {
    /// Who it is.
    pub desk: Desk,
    /// The person's name.
    pub name: String,
    /// The log-in.
    pub login: String,
    /// The role.
    pub role: Role,
    /// The bureau or unit, with that for which a delegate acts.
    pub place: Option<String>,
    /// Whether a second factor is set up.
    pub second_factor: bool,
    /// Whether the role must have one.
    pub required: bool,
    /// How many recovery codes are left.
    pub codes_left: u64,
    /// The running sessions.
    pub sessions: Vec<SessionRow>,
    /// What has just been done.
    pub told: Option<String>,
    /// A form that came back.
    pub refused: Option<(OwnForm, Filled)>,
}

impl OwnAccountPage {
    /// Renders the page.
    pub fn render(&self, frame: &Frame) -> Rendered {
        let words = frame.words();
        let filled = self.refused.as_ref().map(|(_, filled)| filled);
        desk(frame, &self.desk, words.account_heading(), filled).render(frame, || {
            let told = self.told.clone().map(|told| view! { <p class="told" role="status">{told}</p> });
            let mut rows = vec![
                Particular::new(words.account_name(), self.name.clone()),
                Particular::new(words.sign_in_login(), self.login.clone()),
                Particular::new(words.account_role(), self.role.label(frame.language).to_owned()),
            ];
            rows.extend(self.place.clone().map(|place| Particular::new(words.account_place(), place)));
            let password =
                Way::new(frame.link("/account/password"), words.account_password_heading(), words.account_password_text());
            view! {
                <div class="subject"><h1>{words.account_heading()}</h1></div>
                {told}
                {self.refused.as_ref().and_then(|(form, filled)| problems(words, form.id(), &["password"], filled))}
                {section("data", words.account_data(), view! { <Particulars rows=rows/> })}
                {section("password", words.sign_in_password(), view! { <Ways entries=vec![password]/> })}
                {section("factor", words.account_factor(), self.factor(frame))}
                {section("sessions", words.account_sessions(), self.sessions(frame))}
            }
        })
    }

    fn filled(&self, form: OwnForm) -> Filled {
        self.refused
            .iter()
            .find(|(known, _)| *known == form)
            .map(|(_, filled)| filled.clone())
            .unwrap_or_default()
    }

    fn factor(&self, frame: &Frame) -> AnyView {
        let words = frame.words();
        let state = match (self.second_factor, self.required) {
            (true, true) => words.account_factor_on_required(),
            (true, false) => words.account_factor_on(),
            (false, _) => words.account_factor_off(),
        };
        let target =
            if self.second_factor { words.account_factor_replace() } else { words.account_factor_begin() };
        let ways = vec![Way::new(frame.link("/account/second-factor"), target, words.account_factor_text())];
        let password = |form: OwnForm| {
            let field =
                Field::secret(form.id(), "password", words.account_password_old(), "current-password");
            field.view(&self.filled(form))
        };
        let send = |of: OwnForm, path: &str, button: &'static str| {
            form(frame.link(path), Some(&self.desk.csrf), &[], password(of), button, Look::Quiet)
        };
        let codes = self.second_factor.then(|| {
            view! {
                <h3>{words.account_codes_new()}</h3>
                <p>{words.account_codes_left(self.codes_left)}</p>
                {send(OwnForm::Codes, "/account/recovery-codes", words.account_codes_new())}
            }
        });
        let remove = (self.second_factor && !self.required).then(|| {
            view! {
                <h3>{words.account_factor_remove()}</h3>
                {send(OwnForm::Remove, "/account/second-factor/remove", words.account_factor_remove())}
            }
        });
        view! { <p>{state}</p><Ways entries=ways/>{codes}{remove} }.into_any()
    }

    fn sessions(&self, frame: &Frame) -> AnyView {
        let words = frame.words();
        let rows = self
            .sessions
            .iter()
            .map(|row| {
                let end = if row.current {
                    view! { <b>{words.account_session_here()}</b> }.into_any()
                } else {
                    let id = [("session", row.id.to_string())];
                    form(
                        frame.link("/account/sessions/end"),
                        Some(&self.desk.csrf),
                        &id,
                        (),
                        words.account_session_end(),
                        Look::Quiet,
                    )
                };
                view! {
                    <tr>
                        <th scope="row">{row.client.clone()}</th>
                        <td data-name=words.account_session_since()>{row.since.clone()}</td>
                        <td data-name=words.account_session_last()>{row.last.clone()}</td>
                        <td>{end}</td>
                    </tr>
                }
            })
            .collect_view();
        let others = (self.sessions.len() > 1).then(|| {
            form(
                frame.link("/account/sessions/end-others"),
                Some(&self.desk.csrf),
                &[],
                (),
                words.account_session_end_others(),
                Look::Quiet,
            )
        });
        view! {
            <table class="table">
                <caption>{words.account_sessions_text()}</caption>
                <thead><tr>
                    <th scope="col">{words.account_session_device()}</th>
                    <th scope="col">{words.account_session_since()}</th>
                    <th scope="col">{words.account_session_last()}</th>
                    <td></td>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
            {others}
        }
        .into_any()
    }
}

impl OwnForm {
    fn id(self) -> &'static str {
        match self {
            Self::Codes => "codes",
            Self::Remove => "remove",
        }
    }
}
