//! Forms that work without a script: what is wrong stands on top and beside its field, and nothing that was typed is lost.

use leptos::prelude::*;

use crate::words::Words;

/// What is wrong with a field, in the reader's language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// The field's name.
    pub field: String,
    /// What is wrong and how to mend it.
    pub text: String,
}

impl FieldError {
    fn of(errors: &[Self], field: &str) -> Option<String> {
        errors.iter().find(|error| error.field == field).map(|error| error.text.clone())
    }
}

/// A field to write in, before it is rendered.
#[derive(Debug, Clone, Default)]
pub(crate) struct TextField<'a> {
    /// Its name, and the id by which its label and the summary lead to it.
    pub(crate) name: &'static str,
    /// What is asked for.
    pub(crate) label: &'a str,
    /// What helps to answer.
    pub(crate) hint: Option<&'a str>,
    /// What stands in it.
    pub(crate) value: &'a str,
    /// The type of the input; none for several lines.
    pub(crate) kind: Option<&'static str>,
    /// How long it may be.
    pub(crate) longest: u32,
    /// Whether browsers shall offer what was typed elsewhere.
    pub(crate) complete: Option<&'static str>,
}

impl TextField<'_> {
    /// The field with its label, its hint and what is wrong with it.
    pub(crate) fn view(self, errors: &[FieldError]) -> AnyView {
        let Self { name, label, hint, value, kind, longest, complete } = self;
        let error = FieldError::of(errors, name);
        let class = if error.is_some() { "field is-wrong" } else { "field" };
        let (hint_id, error_id) = (format!("{name}-hint"), format!("{name}-error"));
        let mut described = Vec::new();
        described.extend(hint.is_some().then(|| hint_id.clone()));
        described.extend(error.is_some().then(|| error_id.clone()));
        let described = (!described.is_empty()).then(|| described.join(" "));
        let invalid = error.is_some().then_some("true");
        let complete = complete.unwrap_or("off");
        let (label, value, longest) = (label.to_owned(), value.to_owned(), longest.to_string());
        let input = match kind {
            Some(kind) => view! {
                <input id=name name=name type=kind value=value maxlength=longest autocomplete=complete spellcheck="false" aria-describedby=described aria-invalid=invalid/>
            }
            .into_any(),
            None => view! {
                <textarea id=name name=name rows="4" maxlength=longest aria-describedby=described aria-invalid=invalid>{value}</textarea>
            }
            .into_any(),
        };
        let hint = hint.map(|hint| view! { <p class="small" id=hint_id>{hint.to_owned()}</p> });
        let error = error.map(|error| view! { <p class="field-error" id=error_id>{error}</p> });
        view! { <div class=class><label for=name>{label}</label>{hint}{error}{input}</div> }.into_any()
    }
}

/// What is wrong with a form, on top of it, each leading to its field.
pub(crate) fn error_summary(words: Words, errors: &[FieldError]) -> Option<AnyView> {
    if errors.is_empty() {
        return None;
    }
    let entries = errors
        .iter()
        .map(|error| view! { <li><a href=format!("#{}", error.field)>{error.text.clone()}</a></li> })
        .collect_view();
    Some(
        view! { <div class="error-summary" role="alert"><p><b>{words.keys_refused()}</b></p><ul>{entries}</ul></div> }
            .into_any(),
    )
}
