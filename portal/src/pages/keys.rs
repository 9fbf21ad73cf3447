//! Keys for readers of open data: to ask for one, and to see it once.

use chrono::FixedOffset;
use leptos::prelude::*;
use yuti_openapi::wire::IssuedKey;

use crate::components::{Field, Filled, Look, Particular, Particulars, Way, Ways, form, problems, section};
use crate::document::{Document, Layout, Opening, Rendered};
use crate::frame::Frame;
use crate::style::Part;
use crate::words::Words;

/// Quotas of one kind of caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyQuotas {
    /// In the short window.
    pub burst: u32,
    /// Its length in seconds.
    pub window_seconds: u32,
    /// In a day.
    pub daily: u32,
}

/// The page `/keys`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeysPage {
    /// The form for a new one, if it came back.
    pub new: Filled,
    /// The form in which somebody shows a key, if it came back.
    pub mine: Filled,
    /// The token by which a form that is sent twice is known.
    pub once: String,
    /// Quotas without a key.
    pub anonymous: KeyQuotas,
    /// Quotas with one.
    pub key: KeyQuotas,
}

impl KeysPage {
    /// Renders the page.
    pub fn render(&self, frame: &Frame) -> Rendered {
        let words = frame.words();
        Document {
            title: words.page_title(self.title(words)),
            layout: Layout::Column,
            parts: &[Part::Core, Part::Forms],
            opening: Opening::Line,
            canonical: Some("/keys".to_owned()),
            data: None,
        }
        .render(frame, || self.main(frame))
    }

    fn main(&self, frame: &Frame) -> impl IntoView + use<> {
        let words = frame.words();
        let docs = vec![Way::new(frame.link("/docs/"), words.keys_docs(), words.keys_docs_note())];
        let quotas = |quotas: KeyQuotas| {
            words.keys_limits_value(
                words.count(quotas.burst.into()),
                words.count(quotas.daily.into()),
                quotas.window_seconds,
            )
        };
        let limits = vec![
            Particular::new(words.keys_limits_anonymous(), quotas(self.anonymous)),
            Particular::new(words.keys_limits_key(), quotas(self.key)),
        ];
        let action = frame.link("/keys/mine");
        let key = Field::line("mine", "key", words.keys_key()).hint(words.keys_key_hint()).view(&self.mine);
        let show = [("act", "show".to_owned())];
        view! {
            <div class="subject"><h1>{words.keys_heading()}</h1><p class="lead">{words.keys_lead()}</p></div>
            {problems(words, "new", &[("name", words.keys_name()), ("contact", words.keys_contact())], &self.new)}
            {problems(words, "mine", &[("key", words.keys_key())], &self.mine)}
            {section("for-new", words.keys_new(), self.form(frame))}
            {section("limits", words.keys_limits(), view! {
                <Particulars rows=limits/>
                <p class="small">{words.keys_limits_note()}</p>
            })}
            {section("for-mine", words.keys_mine(), view! {
                <p>{words.keys_mine_lead()}</p>
                {form(action, None, &show, key, words.keys_show(), Look::Quiet)}
                <Ways entries=docs/>
            })}
        }
    }

    /// A page that came back says so first, because that is what a screen reader reads first.
    fn title(&self, words: Words) -> String {
        let refused = self.new.is_refused() || self.mine.is_refused();
        if refused { words.form_title(words.keys_title()) } else { words.keys_title().to_owned() }
    }

    fn form(&self, frame: &Frame) -> impl IntoView + use<> {
        let words = frame.words();
        let name = Field::line("new", "name", words.keys_name()).hint(words.keys_name_hint());
        let contact = Field {
            autocomplete: "email",
            ..Field::line("new", "contact", words.keys_contact()).hint(words.keys_contact_hint())
        };
        let fields = view! { {name.view(&self.new)}{contact.view(&self.new)} };
        let once = [("once", self.once.clone())];
        view! {
            {form(frame.link("/keys"), None, &once, fields, words.keys_create(), Look::Main)}
            <p class="small">{words.keys_create_note()}</p>
        }
    }
}

/// A key that was just made, shown this once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuedKeyPage {
    /// The key.
    pub issued: IssuedKey,
    /// Whether it replaces another one.
    pub replaces: bool,
    /// How far the city's clocks are from UTC.
    pub offset: FixedOffset,
}

impl IssuedKeyPage {
    /// Renders the page.
    pub fn render(&self, frame: &Frame) -> Rendered {
        let words = frame.words();
        Document {
            title: words.page_title(words.keys_issued()),
            layout: Layout::Column,
            parts: &[Part::Core, Part::Forms, Part::Lists],
            opening: Opening::Line,
            canonical: None,
            data: None,
        }
        .render(frame, || self.main(frame))
    }

    fn main(&self, frame: &Frame) -> impl IntoView + use<> {
        let words = frame.words();
        let ways = vec![
            Way::new(frame.link("/keys"), words.keys_mine(), words.keys_mine_lead()),
            Way::new(frame.link("/docs/"), words.keys_docs(), words.keys_docs_note()),
        ];
        view! { {self.shown(frame)}<Ways entries=ways/> }
    }

    /// The key and how it is used.
    pub(super) fn shown(&self, frame: &Frame) -> impl IntoView + use<> {
        let words = frame.words();
        let key = self.issued.key.clone();
        let example =
            format!("curl -H 'Authorization: Bearer {key}' \\\n  {}/v1/quota", frame.city.public_url);
        let older = self.replaces.then(|| view! { <p>{self.older(words)}</p> });
        view! {
            <div class="subject"><h1>{words.keys_issued()}</h1><p class="lead" role="status">{words.keys_issued_lead()}</p></div>
            <div class="field"><label for="issued">{words.keys_issued_copy()}</label><input id="issued" type="text" readonly="" value=key autocomplete="off" spellcheck="false"/></div>
            {older}
            {section("use", words.keys_use(), view! {
                <p>{words.keys_use_lead()}</p>
                <pre tabindex="0" aria-label=words.keys_use_label()><code>{example}</code></pre>
                <p>{words.keys_use_secret()}</p>
            })}
        }
    }

    fn older(&self, words: Words) -> String {
        let until = self.issued.api_key.secrets.get(1).and_then(|older| older.valid_until);
        until.map_or_else(
            || words.keys_issued_over().to_owned(),
            |until| words.keys_issued_overlap(words.instant(until.with_timezone(&self.offset).naive_local())),
        )
    }
}

/// What is said when a key was revoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RevokedKeyPage;

impl RevokedKeyPage {
    /// Renders the page.
    pub fn render(&self, frame: &Frame) -> Rendered {
        let words = frame.words();
        let ways = vec![Way::new(frame.link("/keys"), words.keys_again(), words.keys_again_note())];
        Document {
            title: words.page_title(words.keys_revoked()),
            layout: Layout::Column,
            parts: &[Part::Core, Part::Forms],
            opening: Opening::Line,
            canonical: None,
            data: None,
        }
        .render(frame, || {
            view! {
                <div class="subject"><h1>{words.keys_revoked()}</h1><p class="lead" role="status">{words.keys_revoked_lead()}</p></div>
                <Ways entries=ways/>
            }
        })
    }
}
