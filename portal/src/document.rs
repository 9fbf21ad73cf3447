//! The frame of every page: head, rescue band, header, main part, footer.

use leptos::prelude::*;
use yuti_openapi::Language;

use crate::components::{Desk, DeskBar, PageFoot, PageHead, RescueBand, RescueLine};
use crate::frame::{Frame, TextSize, Theme};
use crate::style::Part;

/// A finished page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The document.
    pub html: String,
    /// The base64 SHA-256 of each `<style>` in it, for `style-src 'sha256-…'` of the security policy.
    pub style_hashes: Vec<&'static str>,
}

/// The measure of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layout {
    /// One narrow column.
    Column,
    /// A column and, on wide screens, another one beside it.
    TwoColumns,
    /// The whole width.
    Wide,
}

/// How the page begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Opening {
    /// With the desk's bar instead of rescue and header: who works there sits in an office.
    Desk(Desk),
    /// One line that offers rescue above the header.
    Line,
    /// The band with the code to read out.
    Band {
        /// What stands beside the code.
        beside: String,
        /// The code.
        code: String,
        /// What to say instead, where the line asks for another code.
        instead: Option<String>,
        /// The elevator's own duty line.
        duty_phone: Option<String>,
    },
}

/// A page before its main part is rendered.
#[derive(Debug, Clone)]
pub(crate) struct Document {
    /// The whole title.
    pub(crate) title: String,
    pub(crate) layout: Layout,
    pub(crate) parts: &'static [Part],
    pub(crate) opening: Opening,
    /// The path, without a language, under which search engines shall keep the page; `None` where they shall not.
    pub(crate) canonical: Option<String>,
    /// The page's data as JSON, with the words of the link to it.
    pub(crate) data: Option<(String, &'static str)>,
}

/// The brand as the tab's icon, in the page itself so that no second request is made for it.
const ICON: &str = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24' fill='none' stroke='%230b5a6b' stroke-width='2'%3E%3Cpath d='M1 22h22M5 22V7h14v15M12 7v15'/%3E%3Cpath d='m9.5 3.8 2.5-2.8 2.5 2.8z' fill='%230b5a6b'/%3E%3C/svg%3E";

impl Document {
    /// Renders the document around the main part.
    pub(crate) fn render<V: IntoView + 'static>(self, frame: &Frame, main: impl FnOnce() -> V) -> Rendered {
        let style_hashes = self.parts.iter().map(|part| part.sheet().hash.as_str()).collect();
        let owner = Owner::new();
        let html = owner.with(|| self.view(frame, main().into_any()).to_html());
        owner.cleanup();
        // Leptos marks where texts and lists end for a later hydration. There is none, so the marks are only weight.
        Rendered { html: html.replace("<!>", ""), style_hashes }
    }

    fn view(self, frame: &Frame, main: AnyView) -> impl IntoView + use<> {
        let words = frame.words();
        let layout = match self.layout {
            Layout::Column => "column",
            Layout::TwoColumns => "two-columns",
            Layout::Wide => "wide",
        };
        let text = (frame.text == TextSize::Large).then_some("large");
        let theme = (frame.theme != Theme::System).then(|| frame.theme.key());
        let styles = self
            .parts
            .iter()
            .map(|part| view! { <style inner_html=part.sheet().text.as_str()></style> })
            .collect_view();
        let number = frame.city.rescue_line.number.clone();
        let head = match self.opening {
            Opening::Desk(desk) => view! { <DeskBar frame=frame.clone() desk=desk/> }.into_any(),
            Opening::Line => view! { <RescueLine words=words number=number/> <PageHead frame=frame.clone()/> }.into_any(),
            Opening::Band { beside, code, instead, duty_phone } => view! {
                <RescueBand words=words number=number beside=beside code=code instead=instead duty_phone=duty_phone/>
                <PageHead frame=frame.clone()/>
            }
            .into_any(),
        };
        let foot = view! { <PageFoot frame=frame.clone() data=self.data/> };
        view! {
            <!DOCTYPE html>
            <html lang=frame.language.tag() data-text=text data-theme=theme>
                <head>
                    <meta charset="utf-8"/>
                    <meta name="viewport" content="width=device-width,initial-scale=1"/>
                    <meta name="color-scheme" content="light dark"/>
                    <meta name="theme-color" content="#10252c"/>
                    <title>{self.title}</title>
                    {search_engines(frame, self.canonical.as_deref())}
                    <link rel="icon" href=ICON/>
                    {styles}
                </head>
                <body class=layout>
                    <a class="skip" href="#main">{words.page_skip()}</a>
                    {head}
                    <main id="main">{main}</main>
                    {foot}
                </body>
            </html>
        }
    }
}

/// Which address of the page search engines shall keep, or that they shall keep none.
fn search_engines(frame: &Frame, canonical: Option<&str>) -> AnyView {
    let Some(path) = canonical else {
        return view! { <meta name="robots" content="noindex"/> }.into_any();
    };
    let alternates = Language::ALL
        .into_iter()
        .map(|language| view! { <link rel="alternate" hreflang=language.tag() href=frame.published(language, path)/> })
        .collect_view();
    view! { <link rel="canonical" href=frame.published(frame.language, path)/> {alternates} }.into_any()
}
