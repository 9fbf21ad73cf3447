//! What a person sees where a page cannot be shown: what happened in plain words, and a way on.

use leptos::prelude::*;
use yuti_openapi::ProblemCode;
use yuti_openapi::wire::Choice;

use crate::components::{Particular, Particulars, SearchBox, Way, Ways, section};
use crate::document::{Document, Layout, Opening, Rendered};
use crate::frame::Frame;
use crate::style::Part;
use crate::subject::{Subject, spaced};
use crate::text::{Text, with_codes};
use crate::words::Words;

/// An error page. Its status is that of the problem's code.
#[derive(Debug, Clone, PartialEq)]
pub struct RefusalPage {
    /// The problem.
    pub problem: ProblemCode,
    /// What was looked for, where no elevator carries it.
    pub elevator: Option<MissingElevator>,
    /// After how many seconds it is worth trying again.
    pub retry_after_seconds: Option<u32>,
    /// The request's id, by which the journal is found. Shown where the fault is ours.
    pub request_id: Option<String>,
}

/// A code that no elevator carries.
#[derive(Debug, Clone, PartialEq)]
pub struct MissingElevator {
    /// The code as it was asked for.
    pub code: String,
    /// The elevators whose codes are nearest to it.
    pub nearest: Vec<Choice>,
}

impl RefusalPage {
    /// The status to answer with.
    pub fn status(&self) -> u16 {
        self.problem.status()
    }

    /// Renders the page.
    pub fn render(&self, frame: &Frame) -> Rendered {
        let words = frame.words();
        let (heading, text, mend) = self.told(words);
        let title =
            if self.elevator.is_some() { words.refusal_elevator_title().to_owned() } else { heading.clone() };
        Document {
            title: words.page_title(title),
            layout: Layout::Column,
            parts: &[Part::Core, Part::Forms, Part::Lists],
            opening: Opening::Line,
            canonical: None,
            data: None,
        }
        .render(frame, || self.main(frame, heading, text, mend))
    }

    fn main(
        &self,
        frame: &Frame,
        heading: String,
        text: String,
        mend: Option<&'static str>,
    ) -> impl IntoView + use<> {
        let words = frame.words();
        let sign = if self.elevator.is_some() { "– –".to_owned() } else { self.status().to_string() };
        let missing = self.elevator.as_ref();
        let nearest: Vec<Way> = missing
            .into_iter()
            .flat_map(|missing| &missing.nearest)
            .map(|choice| near(frame, choice))
            .collect();
        let suggestions = (!nearest.is_empty())
            .then(|| section("nearest", words.refusal_suggestions(), view! { <Ways entries=nearest/> }));
        let kinds: Vec<Particular> = missing.into_iter().flat_map(|_| kinds(frame)).collect();
        let kinds = (!kinds.is_empty())
            .then(|| section("kinds", words.refusal_kinds(), view! { <Particulars rows=kinds/> }));
        let query = missing.map_or_else(String::new, |missing| missing.code.clone());
        let hint = missing.map(|_| words.refusal_again_hint());
        let ours = self.status() >= 500;
        let request = self.request_id.clone().filter(|_| ours).map(|id| {
            view! { <p>{words.refusal_request_id()}" "<code>{id}</code></p> }
        });
        let home = vec![Way::new(frame.link("/"), words.refusal_home(), words.refusal_home_note())];
        view! {
            <div class="lost"><span class="lit-code" aria-hidden="true">{sign}</span><h1>{heading}</h1></div>
            <p class="lead">{with_codes(&text)}</p>
            {mend.map(|mend| view! { <p>{with_codes(mend)}</p> })}
            {request}
            {suggestions}
            {section("again", words.refusal_again(), view! {
                <SearchBox words=words action=frame.link("/search") query=query hint=hint/>
                <Ways entries=home/>
            })}
            {kinds}
        }
    }

    /// Heading, text, and how to mend it. What a resident can meet has words of its own; what only programs meet has the words of
    /// the table of problems.
    fn told(&self, words: Words) -> (String, String, Option<&'static str>) {
        if let Some(missing) = &self.elevator {
            return (
                words.refusal_elevator_heading(&missing.code),
                words.refusal_elevator_text().to_owned(),
                None,
            );
        }
        let (heading, text) = match self.problem {
            ProblemCode::NotFound => (words.refusal_not_found_heading(), words.refusal_not_found_text()),
            ProblemCode::MalformedRequest | ProblemCode::InvalidParameters => {
                (words.refusal_bad_request_heading(), words.refusal_bad_request_text())
            }
            ProblemCode::MethodNotAllowed => (words.refusal_method_heading(), words.refusal_method_text()),
            ProblemCode::NotAcceptable => {
                (words.refusal_not_acceptable_heading(), words.refusal_not_acceptable_text())
            }
            ProblemCode::PayloadTooLarge => {
                (words.refusal_too_large_heading(), words.refusal_too_large_text())
            }
            ProblemCode::UnsupportedMediaType => (words.refusal_media_heading(), words.refusal_media_text()),
            ProblemCode::Internal => (words.refusal_internal_heading(), words.refusal_internal_text()),
            ProblemCode::Unavailable => {
                (words.refusal_unavailable_heading(), words.refusal_unavailable_text())
            }
            ProblemCode::QuotaExceeded => {
                let text = self.retry_after_seconds.map_or_else(
                    || words.refusal_too_many_plain().to_owned(),
                    |seconds| words.refusal_too_many_text(seconds),
                );
                return (words.refusal_too_many_heading().to_owned(), text, None);
            }
            other => {
                return (
                    other.title(words.0).to_owned(),
                    other.what(words.0).to_owned(),
                    Some(other.mend(words.0)),
                );
            }
        };
        (heading.to_owned(), text.to_owned(), None)
    }
}

/// A near code: the code itself is what the reader compares.
fn near(frame: &Frame, choice: &Choice) -> Way {
    let words = frame.words();
    let subject = Subject::from(choice);
    let where_it_is = subject.place(words).and_text(Text::given(words, &subject.name(words)));
    Way::new(frame.elevator_link(choice.id), spaced(&choice.code), where_it_is)
}

/// The kinds of numbers that lead to an elevator, and what each looks like.
pub(super) fn kinds(frame: &Frame) -> Vec<Particular> {
    let language = frame.language;
    frame
        .city
        .identifier_kinds
        .iter()
        .filter_map(|kind| {
            let looks = kind.description_zh.as_deref().zip(kind.description_en.as_deref());
            let (zh, en) = looks?;
            Some(Particular::new(language.pick(&kind.label_zh, &kind.label_en), language.pick(zh, en)))
        })
        .collect()
}
