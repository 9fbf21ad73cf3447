//! To set up a second factor, and the codes that stand in for it.

use leptos::prelude::*;

use super::desk;
use crate::components::{Desk, Field, Filled, Look, Way, Ways, form, problems, section};
use crate::document::Rendered;
use crate::frame::Frame;

/// `/account/second-factor`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnrolmentPage {
    /// Who it is.
    pub desk: Desk,
    /// Whether nothing else can be done before.
    pub forced: bool,
    /// Whether another authenticator is in use so far: then the password is asked for.
    pub replaces: bool,
    /// What waits for its first code: the picture as an `svg` element, and the secret as text.
    pub waiting: Option<(String, String)>,
    /// Where it goes on afterwards.
    pub next: Option<String>,
    /// What is wrong.
    pub filled: Filled,
}

impl EnrolmentPage {
    /// Renders the page.
    pub fn render(&self, frame: &Frame) -> Rendered {
        let words = frame.words();
        desk(frame, &self.desk, words.account_factor_heading(), Some(&self.filled)).render(frame, || {
            let why = if self.forced { words.account_factor_forced() } else { words.account_factor_text() };
            view! {
                <div class="subject"><h1>{words.account_factor_heading()}</h1><p>{why}</p></div>
                {problems(words, "factor", &["password", "code"], &self.filled)}
                {match &self.waiting {
                    None => self.begin(frame),
                    Some((picture, secret)) => self.confirm(frame, picture, secret),
                }}
            }
        })
    }

    fn onwards(&self) -> Vec<(&'static str, String)> {
        self.next.iter().map(|next| ("next", next.clone())).collect()
    }

    fn begin(&self, frame: &Frame) -> AnyView {
        let words = frame.words();
        let password = self.replaces.then(|| {
            Field::secret("factor", "password", words.account_password_old(), "current-password")
                .view(&self.filled)
        });
        form(
            frame.link("/account/second-factor"),
            Some(&self.desk.csrf),
            &self.onwards(),
            password,
            words.account_factor_begin(),
            Look::Main,
        )
    }

    fn confirm(&self, frame: &Frame, picture: &str, secret: &str) -> AnyView {
        let words = frame.words();
        let field = Field {
            autocomplete: "one-time-code",
            ..Field::line("factor", "code", words.account_factor_code())
        };
        let send = form(
            frame.link("/account/second-factor/confirm"),
            Some(&self.desk.csrf),
            &self.onwards(),
            field.view(&self.filled),
            words.account_factor_button(),
            Look::Main,
        );
        view! {
            {section("scan", words.account_factor_scan(), view! {
                <p>{words.account_factor_scan_text()}</p>
                <div class="qr" role="img" aria-label=words.account_factor_picture() inner_html=picture.to_owned()></div>
                <p>{words.account_factor_typed()}</p>
                <p class="once"><code>{secret.to_owned()}</code></p>
            })}
            {section("confirm", words.account_factor_confirm(), send)}
        }
        .into_any()
    }
}

/// Recovery codes, shown this once.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryCodesPage {
    /// Who it is.
    pub desk: Desk,
    /// The codes.
    pub codes: Vec<String>,
    /// Where it goes on.
    pub next: String,
}

impl std::fmt::Debug for RecoveryCodesPage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RecoveryCodesPage(…)")
    }
}

impl RecoveryCodesPage {
    /// Renders the page.
    pub fn render(&self, frame: &Frame) -> Rendered {
        let words = frame.words();
        desk(frame, &self.desk, words.account_codes_heading(), None).render(frame, || {
            let codes = self.codes.iter().map(|code| view! { <li><code>{code.clone()}</code></li> }).collect_view();
            let ways = vec![Way::new(self.next.clone(), words.account_codes_kept(), words.account_codes_kept_note())];
            view! {
                <div class="subject"><h1>{words.account_codes_heading()}</h1><p>{words.account_codes_text()}</p></div>
                <ul class="once">{codes}</ul>
                <Ways entries=ways/>
            }
        })
    }
}
