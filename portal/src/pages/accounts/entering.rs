//! The steps of signing in.

use leptos::prelude::*;

use super::{desk, public};
use crate::components::{Desk, Field, Filled, Look, Way, Ways, form, problems, section};
use crate::document::Rendered;
use crate::frame::Frame;

/// `/login`
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LoginPage {
    /// What was typed and what is wrong.
    pub filled: Filled,
    /// Where it goes on afterwards.
    pub next: Option<String>,
    /// Whether somebody has just signed out.
    pub signed_out: bool,
}

/// Hidden fields that keep where it goes on.
fn onwards(next: Option<&String>) -> Vec<(&'static str, String)> {
    next.map(|next| ("next", next.clone())).into_iter().collect()
}

impl LoginPage {
    /// Renders the page.
    pub fn render(&self, frame: &Frame) -> Rendered {
        let words = frame.words();
        public(frame, words.sign_in_heading(), Some(&self.filled)).render(frame, || {
            let fields = view! {
                {Field { autocomplete: "username", ..Field::line("login", "login", words.sign_in_login()) }.view(&self.filled)}
                {Field::secret("login", "password", words.sign_in_password(), "current-password").view(&self.filled)}
            };
            let out = self.signed_out.then(|| view! { <p class="told" role="status">{words.sign_in_out()}</p> });
            let send = form(frame.link("/login"), None, &onwards(self.next.as_ref()), fields, words.sign_in_button(), Look::Main);
            let demo = frame.demo.then(|| view! { <p>{words.sign_in_demo()}</p> });
            view! {
                <div class="subject"><h1>{words.sign_in_heading()}</h1><p class="small">{words.sign_in_text()}</p></div>
                {out}
                {problems(words, "login", &["login", "password"], &self.filled)}
                {send}
                {section("help", words.sign_in_help(), view! { <p>{words.sign_in_help_text()}</p>{demo} })}
            }
        })
    }
}

/// `/login/second-factor`
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SecondFactorPage {
    /// The log-in that waits for its code.
    pub login: String,
    /// The token of the forms.
    pub csrf: String,
    /// What is wrong.
    pub filled: Filled,
    /// Where it goes on afterwards.
    pub next: Option<String>,
}

impl SecondFactorPage {
    /// Renders the page.
    pub fn render(&self, frame: &Frame) -> Rendered {
        let words = frame.words();
        public(frame, words.sign_in_code_heading(), Some(&self.filled)).render(frame, || {
            let code = Field { autocomplete: "one-time-code", ..Field::line("code", "code", words.sign_in_code()) };
            let send = form(
                frame.link("/login/second-factor"),
                Some(&self.csrf),
                &onwards(self.next.as_ref()),
                code.view(&self.filled),
                words.sign_in_code_button(),
                Look::Main,
            );
            let other = form(frame.link("/logout"), Some(&self.csrf), &[], (), words.sign_in_other(), Look::Quiet);
            view! {
                <div class="subject"><h1>{words.sign_in_code_heading()}</h1><p>{words.sign_in_code_text(&self.login)}</p></div>
                {problems(words, "code", &["code"], &self.filled)}
                {send}
                {section("lost", words.sign_in_lost(), view! { <p>{words.sign_in_lost_text()}</p>{other} })}
            }
        })
    }
}

/// `/login/link/{token}`
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LinkPage {
    /// The address of the page, without a language: its form goes there.
    pub path: String,
    /// The log-in of the account.
    pub login: String,
    /// Whether it is the first password.
    pub first: bool,
    /// Whether its use takes the second factor off.
    pub clears_second_factor: bool,
    /// Until when it holds.
    pub until: String,
    /// The fewest characters of a password.
    pub least: usize,
    /// What is wrong.
    pub filled: Filled,
}

impl LinkPage {
    /// Renders the page.
    pub fn render(&self, frame: &Frame) -> Rendered {
        let words = frame.words();
        let heading =
            if self.first { words.sign_in_first_heading() } else { words.sign_in_recovery_heading() };
        public(frame, heading, Some(&self.filled)).render(frame, || {
            let fields = new_password(frame, self.least).view(&self.filled);
            let clears = self.clears_second_factor.then(|| view! { <p>{words.sign_in_link_clears()}</p> });
            view! {
                <div class="subject">
                    <h1>{heading}</h1>
                    <p>{words.sign_in_link_text(&self.login, &self.until)}</p>
                    {clears}
                </div>
                {problems(words, "password", &["new_password"], &self.filled)}
                {form(frame.link(&self.path), None, &[], fields, words.sign_in_link_button(), Look::Main)}
            }
        })
    }
}

/// The field of a new password, under the id of whichever form it is in.
fn new_password(frame: &Frame, least: usize) -> Field {
    let words = frame.words();
    let field = Field::secret("password", "new_password", words.sign_in_new_password(), "new-password");
    field.hint(words.sign_in_new_password_hint(least))
}

/// `/account/password`: of somebody's own wish, or because it must be changed first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasswordPage {
    /// Who it is.
    pub desk: Desk,
    /// Whether nothing else can be done before.
    pub forced: bool,
    /// The fewest characters of a password.
    pub least: usize,
    /// Where it goes on afterwards.
    pub next: Option<String>,
    /// What is wrong.
    pub filled: Filled,
}

impl PasswordPage {
    /// Renders the page.
    pub fn render(&self, frame: &Frame) -> Rendered {
        let words = frame.words();
        desk(frame, &self.desk, words.account_password_heading(), Some(&self.filled)).render(frame, || {
            let fields = view! {
                {Field::secret("password", "password", words.account_password_old(), "current-password").view(&self.filled)}
                {new_password(frame, self.least).view(&self.filled)}
            };
            let why = if self.forced { words.account_password_forced() } else { words.account_password_text() };
            let send = form(
                frame.link("/account/password"),
                Some(&self.desk.csrf),
                &onwards(self.next.as_ref()),
                fields,
                words.account_password_button(),
                Look::Main,
            );
            view! {
                <div class="subject"><h1>{words.account_password_heading()}</h1><p>{why}</p></div>
                {problems(words, "password", &["password", "new_password"], &self.filled)}
                {send}
            }
        })
    }
}

/// A page that only tells something, such as that a link does not hold any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticePage {
    /// What happened.
    pub text: String,
}

impl NoticePage {
    /// Renders the page.
    pub fn render(&self, frame: &Frame) -> Rendered {
        let words = frame.words();
        public(frame, words.sign_in_over(), None).render(frame, || {
            let ways = vec![Way::new(frame.link("/login"), words.sign_in_button(), words.sign_in_text())];
            view! {
                <div class="subject"><h1>{words.sign_in_over()}</h1><p>{self.text.clone()}</p></div>
                <Ways entries=ways/>
            }
        })
    }
}
