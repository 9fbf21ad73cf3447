//! The page of one elevator: the first that a resident sees, from the code in the car.

mod answer;
mod facts;
mod particulars;
mod who;

use chrono::{NaiveDate, NaiveDateTime};
use leptos::prelude::*;
use yuti_openapi::wire::Elevator;

use crate::components::{Answer, Facts, Mark, MarkShape, Particulars, Ways, section, status_shape};
use crate::document::{Document, Layout, Opening, Rendered};
use crate::frame::Frame;
use crate::style::Part;
use crate::subject::{Subject, grouped, spaced};
use crate::text::Text;
use crate::words::Words;

pub(crate) use answer::sentence;

/// The page `/e/{code}`.
#[derive(Debug, Clone, PartialEq)]
pub struct ElevatorPage {
    /// The elevator as the interface shows it.
    pub elevator: Elevator,
    /// When this version was recorded, in the city's time zone.
    pub received: NaiveDateTime,
}

impl ElevatorPage {
    /// Renders the page.
    pub fn render(&self, frame: &Frame) -> Rendered {
        let words = frame.words();
        let elevator = &self.elevator;
        let subject = Subject::from(elevator);
        Document {
            title: words.page_title(subject.title(words)),
            layout: Layout::TwoColumns,
            parts: &[Part::Core],
            opening: opening(frame, elevator),
            canonical: Some(format!("/e/{}", elevator.id)),
            data: Some((format!("/v1/elevators/{}", elevator.id), words.foot_elevator_json())),
        }
        .render(frame, || self.main(frame, &subject))
    }

    fn main(&self, frame: &Frame, subject: &Subject<'_>) -> impl IntoView + use<> {
        let words = frame.words();
        let elevator = &self.elevator;
        let place = subject.place_line(words);
        let line = line_of_facts(words, elevator);
        view! {
            <div class="subject">
                {(!place.is_empty()).then(|| view! { <p>{place.view()}</p> })}
                <h1>{Text::given(words, &subject.name(words)).view()}</h1>
                {(!line.is_empty()).then(|| view! { <p class="small">{line}</p> })}
            </div>
            <Answer
                shape=status_shape(elevator.status)
                word=elevator.status.label(words.0)
                sentence=answer::sentence(words, elevator, frame.today())
                notes=answer::notes(words, elevator, frame.today(), frame.city.inspection_binds_use)
                as_of=words.page_as_of(words.instant(frame.as_of))
            />
            <Facts rows=self.rows(frame)/>
            <div class="beside">
                {section("who", words.who_heading(), view! {
                    <Ways entries=who::entries(words, elevator)/>
                    {who::notes(words, elevator).into_iter().map(|note| view! { <p class="small">{note}</p> }).collect_view()}
                })}
            </div>
            {plate(frame, elevator)}
            {doubts(frame, elevator)}
            {section("source", words.source_heading(), view! {
                <Particulars rows=particulars::sources(words, elevator, self.received)/>
                {raw(frame, elevator)}
            })}
        }
    }

    fn rows(&self, frame: &Frame) -> Vec<crate::components::Fact> {
        let (words, today, elevator) = (frame.words(), frame.today(), &self.elevator);
        let pilot = (frame.city.pilot || elevator.annotation.is_some())
            .then(|| facts::pilot(words, elevator.annotation.as_ref(), today));
        facts::registration(words, &elevator.facts)
            .into_iter()
            .chain([
                facts::inspection(words, &elevator.facts.inspection, today),
                facts::monitoring(words, &elevator.facts.monitoring),
                facts::insurance(words, &elevator.facts.insurance, today),
            ])
            .chain(pilot)
            .collect()
    }
}

/// What to read out: the code that the rescue line asks for; the elevator's own number where the line asks for none;
/// and where the line asks for a code that has not been received, what to say instead.
fn opening(frame: &Frame, elevator: &Elevator) -> Opening {
    let (words, line) = (frame.words(), &frame.city.rescue_line);
    let pick = |text: &(String, String)| frame.language.pick(&text.0, &text.1).to_owned();
    let current = |until: Option<NaiveDate>| until.is_none_or(|until| until >= frame.today());
    let identifiers = &elevator.facts.identifiers;
    let own = identifiers.iter().find(|identifier| identifier.value == elevator.code);
    let own = grouped(&elevator.code, own.and_then(|identifier| identifier.scheme));
    let asked = line.code_identifier_kind.as_ref().map(|kind| {
        identifiers.iter().find(|identifier| identifier.kind == *kind && current(identifier.until))
    });
    let (beside, code, instead) = match asked {
        None => (pick(&line.beside_code), own, None),
        Some(Some(identifier)) => (pick(&line.beside_code), spaced(&identifier.value), None),
        Some(None) => (words.rescue_own_number().to_owned(), own, Some(pick(&line.without_code))),
    };
    Opening::Band { beside, code, instead, duty_phone: elevator.facts.duty_phone.clone() }
}

/// `曳引驱动乘客电梯 · −2 到 32 层 · 2019 年 8 月启用`.
fn line_of_facts(words: Words, elevator: &Elevator) -> String {
    let facts = &elevator.facts;
    let parameters = &facts.parameters;
    let category =
        facts.category.as_ref().map(|category| words.0.pick(&category.name_zh, &category.name_en).to_owned());
    let floors = match (&parameters.lowest_floor, &parameters.highest_floor, parameters.stops) {
        (Some(low), Some(high), _) => Some(words.elevator_floors(floor(high), floor(low))),
        (_, _, Some(stops)) => Some(words.elevator_stops(stops)),
        _ => None,
    };
    let since = facts.in_service_since.map(|day| words.elevator_since_month(words.month(day)));
    category.into_iter().chain(floors).chain(since).collect::<Vec<_>>().join(" · ")
}

/// A floor as it is marked, with a true minus sign.
fn floor(mark: &str) -> String {
    mark.strip_prefix('-').map_or_else(|| mark.to_owned(), |below| format!("\u{2212}{below}"))
}

fn plate(frame: &Frame, elevator: &Elevator) -> Option<impl IntoView + use<>> {
    let words = frame.words();
    let rows = particulars::plate(frame, elevator);
    (!rows.is_empty()).then(|| section("plate", words.plate_heading(), view! { <Particulars rows=rows/> }))
}

fn doubts(frame: &Frame, elevator: &Elevator) -> Option<impl IntoView + use<>> {
    let words = frame.words();
    let doubts: Vec<(String, String)> =
        elevator.facts.quality.iter().map(|note| particulars::doubt(words, &frame.city, note)).collect();
    (!doubts.is_empty()).then(|| {
        let doubts = doubts
            .into_iter()
            .map(|(about, said)| {
                view! { <li><Mark shape=MarkShape::Unknown/><p>{about}<small>{said}</small></p></li> }
            })
            .collect_view();
        section("doubt", words.doubt_heading(), view! { <ul class="doubts">{doubts}</ul> })
    })
}

fn raw(frame: &Frame, elevator: &Elevator) -> Option<impl IntoView + use<>> {
    let words = frame.words();
    let rows = particulars::raw(words, &frame.city, elevator);
    (!rows.is_empty()).then(|| {
        view! { <details><summary>{words.doubt_raw_heading(rows.len())}</summary><Particulars rows=rows/></details> }
    })
}
