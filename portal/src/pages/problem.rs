//! What a problem means and how to mend it, for developers.

use leptos::prelude::*;
use yuti_openapi::ProblemCode;

use crate::components::{Way, Ways, section};
use crate::document::{Document, Layout, Opening, Rendered};
use crate::frame::Frame;
use crate::style::Part;
use crate::text::with_codes;

/// The page `/problems/{code}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProblemPage {
    /// The problem.
    pub problem: ProblemCode,
    /// An example of the answer, as indented JSON.
    pub example: String,
}

impl ProblemPage {
    /// Renders the page.
    pub fn render(&self, frame: &Frame) -> Rendered {
        let words = frame.words();
        Document {
            title: words.page_title(self.problem.title(words.0)),
            layout: Layout::Column,
            parts: &[Part::Core, Part::Forms, Part::Lists],
            opening: Opening::Line,
            canonical: Some(format!("/problems/{}", self.problem.code())),
            data: None,
        }
        .render(frame, || self.main(frame))
    }

    fn main(&self, frame: &Frame) -> impl IntoView + use<> {
        let words = frame.words();
        let problem = self.problem;
        let docs = vec![Way::new("/docs".to_owned(), words.problem_docs(), words.problem_docs_note())];
        let others: Vec<Way> = ProblemCode::ALL
            .iter()
            .filter(|other| **other != problem)
            .map(|other| {
                let reason = format!("{} · {}", other.status(), other.title(words.0));
                Way::new(frame.link(&format!("/problems/{}", other.code())), other.code(), reason)
            })
            .collect();
        view! {
            <div class="subject">
                <p><code class="chip">{problem.code()}</code>" "<span class="chip">{words.problem_status(problem.status())}</span></p>
                <h1>{problem.title(words.0)}</h1>
            </div>
            {section("what", words.problem_what(), view! { <p>{with_codes(problem.what(words.0))}</p> })}
            {section("mend", words.problem_mend(), view! { <p>{with_codes(problem.mend(words.0))}</p> })}
            {section("answer", words.problem_answer(), view! {
                <p class="small">{words.problem_answer_note()}</p>
                <pre tabindex="0"><code>{self.example.clone()}</code></pre>
                <Ways entries=docs/>
            })}
            {section("others", words.problem_others(), view! { <Ways entries=others/> })}
        }
    }
}
