//! The documentation of the API: what there is, and the viewer of the contract in it.

use leptos::prelude::*;

use crate::components::{Way, Ways, section};
use crate::document::{Document, Layout, Opening, Rendered};
use crate::frame::Frame;
use crate::style::Part;

/// The page `/docs/`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DocsPage {
    /// The address of the viewer, which is shown within the page.
    pub viewer: &'static str,
}

impl DocsPage {
    /// Renders the page.
    pub fn render(&self, frame: &Frame) -> Rendered {
        let words = frame.words();
        Document {
            title: words.page_title(words.docs_title()),
            layout: Layout::Wide,
            parts: &[Part::Core, Part::Lists],
            opening: Opening::Line,
            canonical: Some("/docs/".to_owned()),
            data: None,
        }
        .render(frame, || self.main(frame))
    }

    fn main(&self, frame: &Frame) -> impl IntoView + use<> {
        let words = frame.words();
        let contract = vec![
            Way::new("/openapi.json".to_owned(), words.docs_json(), words.docs_json_note()),
            Way::new("/openapi.yaml".to_owned(), words.docs_yaml(), words.docs_yaml_note()),
            Way::new(
                frame.link("/problems/invalid_parameters"),
                words.docs_problems(),
                words.docs_problems_note(),
            ),
            Way::new(frame.link("/"), words.docs_back(), words.docs_back_note()),
        ];
        view! {
            <div class="subject"><h1>{words.docs_title()}</h1></div>
            <p class="lead">{words.docs_lead()}</p>
            {section("ways", words.docs_ways(), view! { <Ways entries=contract/> })}
            {section("operations", words.docs_operations(), view! {
                <p class="small">{words.docs_viewer_note()}</p>
                <iframe class="viewer" src=self.viewer title=words.docs_viewer()></iframe>
            })}
        }
    }
}
