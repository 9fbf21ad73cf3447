//! Fields of forms, with what was typed and what is wrong with it; the list of what is wrong on top of the form.

use leptos::prelude::*;

use super::mark::{Mark, MarkShape};
use crate::words::Words;

/// A form that came back: what was typed, what is wrong with which field, and what is wrong with the whole.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filled {
    /// What was typed, by the field's name. Never a password.
    pub typed: Vec<(String, String)>,
    /// What is wrong with fields.
    pub errors: Vec<FieldError>,
    /// Why it was not done, where no field is at fault.
    pub message: Option<String>,
}

/// What is wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// The field's name.
    pub field: String,
    /// What is wrong and how to mend it.
    pub text: String,
}

impl Filled {
    /// A form with values and nothing wrong.
    #[must_use]
    pub fn with(values: &[(&str, &str)]) -> Self {
        let typed = values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Self { typed, ..Self::default() }
    }

    pub(crate) fn is_refused(&self) -> bool {
        !self.errors.is_empty() || self.message.is_some()
    }

    fn of(&self, name: &str) -> &str {
        self.typed.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.as_str())
    }

    fn error(&self, name: &str) -> Option<&str> {
        self.errors.iter().find(|error| error.field == name).map(|error| error.text.as_str())
    }
}

/// What a field takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A line of text.
    Line,
    /// A secret, which never comes back.
    Secret,
    /// Several lines.
    Lines,
    /// One of several, each with its code and words.
    Choice(Vec<(String, String)>),
}

/// A field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Field {
    /// Its form, which keeps the ids of a page apart.
    pub(crate) form: &'static str,
    /// Its name.
    pub(crate) name: &'static str,
    pub(crate) label: String,
    pub(crate) hint: Option<String>,
    pub(crate) kind: Kind,
    /// What a browser may fill in.
    pub(crate) autocomplete: &'static str,
}

impl Field {
    /// A line of text with nothing for browsers to fill in.
    pub(crate) fn line(form: &'static str, name: &'static str, label: impl Into<String>) -> Self {
        Self { form, name, label: label.into(), hint: None, kind: Kind::Line, autocomplete: "off" }
    }

    /// A secret.
    pub(crate) fn secret(
        form: &'static str,
        name: &'static str,
        label: impl Into<String>,
        autocomplete: &'static str,
    ) -> Self {
        Self { kind: Kind::Secret, autocomplete, ..Self::line(form, name, label) }
    }

    pub(crate) fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    pub(crate) fn view(self, filled: &Filled) -> AnyView {
        let id = format!("{}-{}", self.form, self.name);
        let error = filled.error(self.name).map(str::to_owned);
        let hint_id = self.hint.is_some().then(|| format!("{id}-hint"));
        let error_id = error.is_some().then(|| format!("{id}-error"));
        let described: Vec<String> = [hint_id.clone(), error_id.clone()].into_iter().flatten().collect();
        let described = (!described.is_empty()).then(|| described.join(" "));
        let invalid = error.is_some().then_some("true");
        let typed = filled.of(self.name).to_owned();
        let control = match self.kind {
            Kind::Lines => view! {
                <textarea id=id.clone() name=self.name rows="3" aria-invalid=invalid aria-describedby=described>{typed}</textarea>
            }
            .into_any(),
            Kind::Choice(choices) => {
                let choices = choices
                    .into_iter()
                    .map(|(code, words)| {
                        let selected = (code == typed).then_some("selected");
                        view! { <option value=code selected=selected>{words}</option> }
                    })
                    .collect_view();
                view! {
                    <select id=id.clone() name=self.name aria-invalid=invalid aria-describedby=described>{choices}</select>
                }
                .into_any()
            }
            Kind::Line | Kind::Secret => {
                let secret = self.kind == Kind::Secret;
                let (kind, value) = if secret { ("password", None) } else { ("text", Some(typed)) };
                view! {
                    <input id=id.clone() name=self.name type=kind value=value autocomplete=self.autocomplete autocapitalize="none" spellcheck="false" aria-invalid=invalid aria-describedby=described/>
                }
                .into_any()
            }
        };
        let class = if error.is_some() { "field refused" } else { "field" };
        view! {
            <div class=class>
                <label for=id>{self.label}</label>
                {self.hint.map(|hint| view! { <p class="hint" id=hint_id>{hint}</p> })}
                {error.map(|error| view! { <p class="field-error" id=error_id><Mark shape=MarkShape::Warn/>{error}</p> })}
                {control}
            </div>
        }
        .into_any()
    }
}

/// What is wrong, above the form: a link to each field, or why it was not done.
pub(crate) fn problems(words: Words, form: &str, fields: &[&str], filled: &Filled) -> Option<AnyView> {
    if !filled.is_refused() {
        return None;
    }
    let heading = match (&filled.message, filled.errors.len()) {
        (Some(_), _) => words.form_not_done().to_owned(),
        (None, count) => words.form_problems(count),
    };
    let message = filled.message.clone().map(|message| view! { <p>{message}</p> });
    let entries = filled
        .errors
        .iter()
        .map(|error| {
            let shown = fields.contains(&error.field.as_str());
            // What no field of the page asks for stands here alone.
            let words = if shown { error.text.clone() } else { format!("{}: {}", error.field, error.text) };
            match shown {
                true => view! { <li><a href=format!("#{form}-{}", error.field)>{words}</a></li> }.into_any(),
                false => view! { <li>{words}</li> }.into_any(),
            }
        })
        .collect_view();
    let list = (!filled.errors.is_empty()).then(|| view! { <ul>{entries}</ul> });
    let id = format!("{form}-problems");
    let labelled = id.clone();
    Some(
        view! {
            <div class="problems" role="alert" aria-labelledby=labelled tabindex="-1"><h2 id=id>{heading}</h2>{message}{list}</div>
        }
        .into_any(),
    )
}

/// A form that is sent to an address of ours. `csrf` is the token of whoever has a session.
pub(crate) fn form(
    action: String,
    csrf: Option<&str>,
    hidden: &[(&'static str, String)],
    inside: impl IntoView + 'static,
    button: impl Into<String>,
    look: Look,
) -> AnyView {
    let csrf = csrf.map(|token| view! { <input type="hidden" name="csrf" value=token.to_owned()/> });
    let hidden = hidden
        .iter()
        .map(|(name, value)| view! { <input type="hidden" name=*name value=value.clone()/> })
        .collect_view();
    let class = match look {
        Look::Main => "button",
        Look::Quiet => "quiet-button",
    };
    view! {
        <form method="post" action=action>{csrf}{hidden}{inside.into_any()}<p class="send"><button type="submit" class=class>{button.into()}</button></p></form>
    }
    .into_any()
}

/// How much a button calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    /// The one thing to do on the page.
    Main,
    /// Something beside it.
    Quiet,
}
