//! The first page of the portal.

use leptos::prelude::*;
use yuti_openapi::vocabulary::ElevatorStatus;

use crate::components::{SearchBox, StateWord, Way, Ways, section};
use crate::document::{Document, Layout, Opening, Rendered};
use crate::frame::Frame;
use crate::style::Part;

/// The page `/`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HomePage {
    /// The city's elevators in numbers; `None` while there are none.
    pub figures: Option<CityFigures>,
}

/// The city's elevators in numbers, counted at the frame's `as_of`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CityFigures {
    /// All that are registered and not withdrawn.
    pub elevators: u64,
    /// Those that carry the mark of the pilot today; `None` where the city has no pilot.
    pub pilots: Option<u64>,
    /// The states to be shown, in the order in which they are shown.
    pub states: Vec<StateCount>,
}

/// How many elevators are in a state today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateCount {
    /// The state.
    pub status: ElevatorStatus,
    /// How many.
    pub count: u64,
    /// The list of them: path and query without a language, such as `/search?status=attention`.
    pub path: String,
}

impl HomePage {
    /// Renders the page.
    pub fn render(&self, frame: &Frame) -> Rendered {
        Document {
            title: frame.words().home_title(frame.city_name()),
            layout: Layout::Wide,
            parts: &[Part::Core, Part::Forms, Part::Lists],
            opening: Opening::Line,
            canonical: Some("/".to_owned()),
            data: None,
        }
        .render(frame, || self.main(frame))
    }

    fn main(&self, frame: &Frame) -> impl IntoView + use<> {
        let words = frame.words();
        let ways = vec![
            Way::new(frame.link("/search"), words.home_find(), words.home_find_note()),
            Way::new("/docs".to_owned(), words.home_data(), words.home_data_note()),
        ];
        view! {
            <div class="hero">
                <h1>{words.home_heading()}</h1>
                <p class="lead">{words.home_lead(frame.city_name())}</p>
                <SearchBox words=words action=frame.link("/search") query=String::new() hint=Some(words.home_hint())/>
            </div>
            {self.figures.as_ref().map(|figures| figures.view(frame))}
            <div class="columns">
                {frame.city.pilot.then(|| pilot(frame))}
                {section("ways", words.home_ways_heading(), view! { <Ways entries=ways/> })}
            </div>
        }
    }
}

impl CityFigures {
    fn view(&self, frame: &Frame) -> impl IntoView + use<> {
        let words = frame.words();
        let number = move |count: u64, what: AnyView| {
            view! { <div><dt>{what}</dt><dd><b>{words.count(count)}</b>{format!(" {}", words.home_lifts(count))}</dd></div> }
        };
        let states = self
            .states
            .iter()
            .map(|state| {
                let word = view! { <a href=frame.link(&state.path)><StateWord language=frame.language status=state.status/></a> };
                number(state.count, word.into_any())
            })
            .collect_view();
        let pilots = self.pilots.map(|count| number(count, words.home_pilots().into_any()));
        let numbers = view! {
            <p class="small">{words.page_as_of(words.instant(frame.as_of))}</p>
            <dl class="numbers">
                {number(self.elevators, words.home_elevators().into_any())}
                {pilots}
                {states}
            </dl>
        };
        section("figures", words.home_figures_heading(frame.city_name()), numbers)
    }
}

fn pilot(frame: &Frame) -> impl IntoView + use<> {
    let words = frame.words();
    let ordinary = frame
        .city
        .maintenance_interval_days
        .map_or_else(|| words.home_pilot_1().to_owned(), |days| words.home_pilot_1_days(days));
    let sentences = view! {
        <ol class="sentences">
            <li>{ordinary}</li>
            <li>{words.home_pilot_2()}</li>
            <li>{words.home_pilot_3()}</li>
            <li>{words.home_pilot_4()}</li>
        </ol>
    };
    section("pilot", words.home_pilot_heading(), sentences)
}
