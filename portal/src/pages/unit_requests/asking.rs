//! The form by which a unit asks for an account.

use leptos::prelude::*;
use yuti_openapi::vocabulary::{UnitRole, Vocabulary as _};

use crate::components::{Field, Filled, Kind, Look, problems, section, upload_form};
use crate::document::Rendered;
use crate::frame::Frame;
use crate::pages::accounts::public;

/// `/unit/request`
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UnitAskPage {
    /// The bureaus that answer, by their keys.
    pub bureaus: Vec<(String, String)>,
    /// How many files of proof are taken.
    pub most_files: usize,
    /// How many megabytes a picture and a document may have.
    pub most_megabytes: (u64, u64),
    /// What was typed and what is wrong. Files have to be chosen again: no browser lets a page fill them in.
    pub filled: Filled,
}

impl UnitAskPage {
    /// Renders the page.
    pub fn render(&self, frame: &Frame) -> Rendered {
        let words = frame.words();
        public(frame, words.unit_request_heading(), Some(&self.filled)).render(frame, || {
            let fields = [
                ("uscc", words.unit_request_uscc()),
                ("unit_name", words.unit_request_name()),
                ("role", words.unit_request_role()),
                ("authority", words.unit_request_bureau()),
                ("contact_name", words.unit_request_contact()),
                ("contact_phone", words.unit_request_phone()),
                ("proof", words.unit_request_proof()),
                ("note", words.unit_request_note()),
            ];
            let steps = [words.unit_request_step_ask(), words.unit_request_step_check(), words.unit_request_step_open()];
            let steps = steps.map(|step| view! { <li>{step}</li> });
            let send = upload_form(
                frame.link("/unit/request"),
                self.fields(frame),
                words.unit_request_button(),
                Look::Main,
            );
            view! {
                <div class="subject"><h1>{words.unit_request_heading()}</h1><p>{words.unit_request_text()}</p></div>
                {problems(words, "ask", &fields, &self.filled)}
                {send}
                {section("steps", words.unit_request_steps(), view! { <ol>{steps.into_iter().collect_view()}</ol> })}
                {section("data", words.unit_request_data(), view! { <p>{words.unit_request_data_text()}</p> })}
            }
        })
    }

    fn fields(&self, frame: &Frame) -> AnyView {
        let words = frame.words();
        let filled = &self.filled;
        let choose = |all: Vec<(String, String)>| {
            let mut choices = vec![(String::new(), words.accounts_choose().to_owned())];
            choices.extend(all);
            Kind::Choice(choices)
        };
        let roles =
            UnitRole::ALL.iter().map(|role| (role.code().to_owned(), role.label(frame.language).to_owned()));
        let line = |name, label: &'static str| Field::line("ask", name, label);
        let files =
            words.unit_request_proof_hint(self.most_files, self.most_megabytes.0, self.most_megabytes.1);
        view! {
            {line("uscc", words.unit_request_uscc()).hint(words.unit_request_uscc_hint()).view(filled)}
            {Field { autocomplete: "organization", ..line("unit_name", words.unit_request_name()) }.hint(words.unit_request_name_hint()).view(filled)}
            {Field { kind: choose(roles.collect()), ..line("role", words.unit_request_role()) }.view(filled)}
            {Field { kind: choose(self.bureaus.clone()), ..line("authority", words.unit_request_bureau()) }.hint(words.unit_request_bureau_hint()).view(filled)}
            {Field { autocomplete: "name", ..line("contact_name", words.unit_request_contact()) }.hint(words.unit_request_contact_hint()).view(filled)}
            {Field { autocomplete: "tel", ..line("contact_phone", words.unit_request_phone()) }.view(filled)}
            {Field { kind: Kind::Files, ..line("proof", words.unit_request_proof()) }.hint(files).view(filled)}
            {Field { kind: Kind::Lines, ..line("note", words.unit_request_note()) }.view(filled)}
        }
        .into_any()
    }
}
