//! Keys for readers of open data: to ask for one, and to see it once.

use chrono::FixedOffset;
use leptos::prelude::*;
use yuti_openapi::wire::IssuedKey;

use crate::components::{
    FieldError, Particular, Particulars, TextField, Way, Ways, error_summary, section,
};
use crate::document::{Document, Layout, Rendered, Rescue};
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
    /// What was typed for the name.
    pub name: String,
    /// What was typed for the address.
    pub contact: String,
    /// What is wrong with what was typed.
    pub errors: Vec<FieldError>,
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
            title: words.page_title(words.keys_title()),
            layout: Layout::Column,
            parts: &[Part::Core, Part::Forms],
            rescue: Rescue::Line,
            canonical: Some("/keys".to_owned()),
            data: None,
        }
        .render(frame, || self.main(frame))
    }

    fn main(&self, frame: &Frame) -> impl IntoView + use<> {
        let words = frame.words();
        let docs = vec![Way::new("/docs".to_owned(), words.keys_docs(), words.keys_docs_note())];
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
        let wrong_key: Vec<FieldError> =
            self.errors.iter().filter(|error| error.field == "key").cloned().collect();
        view! {
            <div class="subject"><h1>{words.keys_heading()}</h1><p class="lead">{words.keys_lead()}</p></div>
            {error_summary(words, &self.errors)}
            {section("new", words.keys_new(), self.form(frame))}
            {section("limits", words.keys_limits(), view! {
                <Particulars rows=limits/>
                <p class="small">{words.keys_limits_note()}</p>
            })}
            {section("mine", words.keys_mine(), view! {
                <p>{words.keys_mine_lead()}</p>
                <form method="post" action=frame.link("/keys/mine") novalidate>
                    {TextField { name: "key", label: words.keys_key(), hint: Some(words.keys_key_hint()), kind: Some("text"), longest: 200, ..TextField::default() }.view(&wrong_key)}
                    <p class="form-end"><button class="plain-button" type="submit" name="act" value="show">{words.keys_show()}</button></p>
                </form>
                <Ways entries=docs/>
            })}
        }
    }

    fn form(&self, frame: &Frame) -> impl IntoView + use<> {
        let words = frame.words();
        view! {
            <form method="post" action=frame.link("/keys") novalidate>
                <input type="hidden" name="once" value=self.once.clone()/>
                {TextField { name: "name", label: words.keys_name(), hint: Some(words.keys_name_hint()), value: &self.name, kind: Some("text"), longest: 80, complete: None }.view(&self.errors)}
                {TextField { name: "contact", label: words.keys_contact(), hint: Some(words.keys_contact_hint()), value: &self.contact, kind: Some("email"), longest: 200, complete: Some("email") }.view(&self.errors)}
                <div class="form-end"><button class="main-button" type="submit">{words.keys_create()}</button><p class="small">{words.keys_create_note()}</p></div>
            </form>
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
            rescue: Rescue::Line,
            canonical: None,
            data: None,
        }
        .render(frame, || self.main(frame))
    }

    fn main(&self, frame: &Frame) -> impl IntoView + use<> {
        let words = frame.words();
        let key = self.issued.key.clone();
        let example =
            format!("curl -H 'Authorization: Bearer {key}' \\\n  {}/v1/quota", frame.city.public_url);
        let older = self.replaces.then(|| view! { <p>{self.older(words)}</p> });
        let ways = vec![
            Way::new(frame.link("/keys"), words.keys_mine(), words.keys_mine_lead()),
            Way::new("/docs".to_owned(), words.keys_docs(), words.keys_docs_note()),
        ];
        view! {
            <div class="subject"><h1>{words.keys_issued()}</h1><p class="lead" role="status">{words.keys_issued_lead()}</p></div>
            <div class="field"><label for="issued">{words.keys_issued_copy()}</label><input id="issued" type="text" readonly="" value=key autocomplete="off" spellcheck="false"/></div>
            {older}
            {section("use", words.keys_use(), view! {
                <p>{words.keys_use_lead()}</p>
                <pre tabindex="0" aria-label=words.keys_use_label()><code>{example}</code></pre>
                <p>{words.keys_use_secret()}</p>
                <Ways entries=ways/>
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
            rescue: Rescue::Line,
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
