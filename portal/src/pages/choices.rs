//! A code that means several elevators: the choice is the reader's.

use leptos::prelude::*;
use yuti_openapi::normalise_identifier;
use yuti_openapi::wire::{Choice, Choices};

use crate::components::{Way, Ways, section};
use crate::document::{Document, Layout, Opening, Rendered};
use crate::frame::Frame;
use crate::style::Part;
use crate::subject::{Subject, spaced};
use crate::text::Text;

/// The page `/e/{code}` where the code means several elevators (status 300).
#[derive(Debug, Clone, PartialEq)]
pub struct ChoicesPage {
    /// The elevators as the interface names them.
    pub choices: Choices,
}

impl ChoicesPage {
    /// Renders the page.
    pub fn render(&self, frame: &Frame) -> Rendered {
        let words = frame.words();
        let code = spaced(&self.choices.identifier);
        let count = self.choices.choices.len();
        Document {
            title: words.page_title(words.choices_title(&code, count)),
            layout: Layout::Column,
            parts: &[Part::Core],
            opening: Opening::Line,
            canonical: None,
            data: None,
        }
        .render(frame, || {
            view! {
                <div class="subject"><h1>{words.choices_heading(code, count)}</h1></div>
                <p class="lead">{words.choices_lead()}</p>
                {section("which", words.choices_list(), view! {
                    <Ways entries=self.choices.choices.iter().map(|choice| self.way(frame, choice)).collect()/>
                })}
            }
        })
    }

    fn way(&self, frame: &Frame, choice: &Choice) -> Way {
        let words = frame.words();
        let shared = normalise_identifier(&choice.code) == normalise_identifier(&self.choices.identifier);
        // Two elevators of one building may have nothing else to tell them apart.
        let code = if shared { choice.id.to_string() } else { spaced(&choice.code) };
        let subject = Subject::from(choice);
        let place = subject.place(words).and_text(words.elevator_code(code).into());
        Way::new(frame.elevator_link(choice.id), Text::given(words, &subject.name(words)), place)
    }
}
