//! The results of a search by any identifier or by address.

use chrono::NaiveDate;
use leptos::prelude::*;
use yuti_openapi::page::Count;
use yuti_openapi::vocabulary::{ElevatorStatus, StatusReason};
use yuti_openapi::wire::Elevator;

use super::elevator::sentence;
use super::refusal::kinds;
use crate::components::{
    FacetGroup, FacetGroups, Filters, MarkShape, Particulars, ResultList, ResultRow, SearchBox, section,
    status_shape,
};
use crate::document::{Document, Layout, Opening, Rendered};
use crate::frame::Frame;
use crate::style::Part;
use crate::subject::{Subject, spaced};
use crate::text::Text;

/// The page `/search`. Every `path` is a path and query without a language, encoded.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SearchPage {
    /// What was asked for, as it was typed; empty where nothing was.
    pub query: String,
    /// How many there are, where that was counted.
    pub count: Option<Count>,
    /// The quick filters, the one in force among them; empty where there is nothing to filter.
    pub filters: Vec<Filter>,
    /// The facets, by which the results can be narrowed.
    pub facets: Vec<Facet>,
    /// The elevators of this page of the results. Empty with an empty query and no filter: only the box is shown.
    pub results: Vec<Elevator>,
    /// Whether a filter or facet is in force, so that no results are a matter of the conditions.
    pub narrowed: bool,
    /// The next page of the results.
    pub next_path: Option<String>,
    /// The first page, on every other one.
    pub first_path: Option<String>,
    /// The address of the same results as JSON, where the interface answers the same question.
    pub json: Option<String>,
}

/// A quick filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    /// What it lets through.
    pub kind: FilterKind,
    /// How many that are, where it was counted.
    pub count: Option<u64>,
    /// The results under it.
    pub path: String,
    /// Whether it is in force.
    pub current: bool,
}

/// What a quick filter lets through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FilterKind {
    /// Everything.
    All,
    /// Those in one state.
    Status(ElevatorStatus),
    /// Those that carry the mark of the pilot.
    Pilot,
}

/// A group of facets, such as the districts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facet {
    /// Its heading in the reader's language.
    pub heading: String,
    /// Its entries.
    pub entries: Vec<FacetEntry>,
}

/// One facet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FacetEntry {
    /// Its name in the reader's language.
    pub name: String,
    /// How many elevators it holds, where that was counted.
    pub count: Option<u64>,
    /// The results under it, or without it where it is in force.
    pub path: String,
    /// Whether it is in force.
    pub chosen: bool,
}

impl SearchPage {
    /// Renders the page.
    pub fn render(&self, frame: &Frame) -> Rendered {
        let words = frame.words();
        let title = if self.query.is_empty() {
            words.search_title().to_owned()
        } else {
            words.search_title_query(&self.query)
        };
        Document {
            title: words.page_title(title),
            layout: Layout::Wide,
            parts: &[Part::Core, Part::Forms, Part::Lists],
            opening: Opening::Line,
            canonical: None,
            data: self.json.clone().map(|href| (href, words.foot_list_json())),
        }
        .render(frame, || self.main(frame))
    }

    fn main(&self, frame: &Frame) -> impl IntoView + use<> {
        let words = frame.words();
        let hint = self.asks_nothing().then(|| words.search_empty_hint());
        let findings = self.findings(frame);
        let findings = if self.facets.is_empty() {
            findings.into_any()
        } else {
            view! { <div class="with-facets"><div>{findings}</div>{self.facets(frame)}</div> }.into_any()
        };
        view! {
            <div class="subject">
                <h1 class="heard-only">{words.search_heading()}</h1>
                <SearchBox words=words action=frame.link("/search") query=self.query.clone() hint=hint/>
            </div>
            {findings}
        }
    }

    fn asks_nothing(&self) -> bool {
        self.query.is_empty() && !self.narrowed && self.results.is_empty()
    }

    /// What was found, with the ways to filter and to page.
    fn findings(&self, frame: &Frame) -> impl IntoView + use<> {
        let words = frame.words();
        let rows: Vec<ResultRow> =
            self.results.iter().map(|elevator| row(frame, elevator, &self.query)).collect();
        let list = (!rows.is_empty()).then(|| view! { <ResultList words=words rows=rows/> });
        let pages = [
            (self.first_path.as_ref(), words.search_first()),
            (self.next_path.as_ref(), words.search_next()),
        ];
        let pages: Vec<_> = pages
            .into_iter()
            .filter_map(|(path, word)| {
                path.map(|path| view! { <a class="quiet-button" href=frame.link(path)>{word}</a> })
            })
            .collect();
        let pager = (!pages.is_empty()).then(|| view! { <div class="pager">{pages}</div> });
        let data = self.json.clone().filter(|_| !self.results.is_empty()).map(|href| {
            let as_of = format!(" · {}", words.page_as_of(words.instant(frame.as_of)));
            view! { <p class="small data-links">{words.search_data()}<a href=href>{words.search_json()}</a>{as_of}</p> }
        });
        view! { {self.outcome(frame)} {self.filters(frame)} {list} {pager} {data} }
    }

    /// How many were found, or that nothing was.
    fn outcome(&self, frame: &Frame) -> Option<AnyView> {
        let words = frame.words();
        if self.asks_nothing() {
            return None;
        }
        if !self.results.is_empty() {
            let found = self.count.map_or_else(
                || words.search_found_some().to_owned(),
                |count| {
                    let total = words.count(count.total.unsigned_abs());
                    if count.exact { words.search_found(total) } else { words.search_found_about(total) }
                },
            );
            let facets = self.facets.iter().flat_map(|facet| &facet.entries);
            let within: String =
                facets.filter(|entry| entry.chosen).map(|entry| format!(" · {}", entry.name)).collect();
            return Some(view! { <p class="lead" role="status"><b>{found}</b>{within}</p> }.into_any());
        }
        let hint = if self.narrowed { words.search_none_filtered_hint() } else { words.search_none_hint() };
        let none = if self.narrowed || self.query.is_empty() {
            words.search_none_filtered().to_owned()
        } else {
            words.search_none(&self.query)
        };
        let kinds = if self.narrowed { Vec::new() } else { kinds(frame) };
        let kinds = (!kinds.is_empty())
            .then(|| section("kinds", words.refusal_kinds(), view! { <Particulars rows=kinds/> }));
        Some(view! { <p class="lead" role="status"><b>{none}</b></p><p>{hint}</p>{kinds} }.into_any())
    }

    fn filters(&self, frame: &Frame) -> Option<impl IntoView + use<>> {
        // Where there is nothing to choose from, a filter only stands in the way.
        if self.results.is_empty() && !self.narrowed {
            return None;
        }
        let words = frame.words();
        let entries: Vec<_> = self
            .filters
            .iter()
            .map(|filter| {
                let (shape, name) = match filter.kind {
                    FilterKind::All => (None, words.search_all()),
                    FilterKind::Status(status) => (Some(status_shape(status)), status.label(words.0)),
                    FilterKind::Pilot => (Some(MarkShape::Pilot), words.pilot_tag()),
                };
                let word = filter
                    .count
                    .map_or_else(|| name.to_owned(), |count| words.search_counted(words.count(count), name));
                (shape, word, frame.link(&filter.path), filter.current)
            })
            .collect();
        (!entries.is_empty()).then(|| view! { <Filters words=words entries=entries/> })
    }

    fn facets(&self, frame: &Frame) -> impl IntoView + use<> {
        let words = frame.words();
        let groups: Vec<FacetGroup> = self
            .facets
            .iter()
            .map(|facet| {
                let entries = facet
                    .entries
                    .iter()
                    .map(|entry| {
                        let count = entry.count.map(|count| words.count(count));
                        (entry.name.clone(), count, frame.link(&entry.path), entry.chosen)
                    })
                    .collect();
                (facet.heading.clone(), entries)
            })
            .collect();
        view! { <FacetGroups words=words groups=groups/> }
    }
}

/// An elevator as a row of the results of a query.
fn row(frame: &Frame, elevator: &Elevator, query: &str) -> ResultRow {
    let words = frame.words();
    let subject = Subject::from(elevator);
    let inspection = &elevator.facts.inspection;
    let in_order = elevator.status_reasons.first() == Some(&StatusReason::InspectionValid);
    let current = |until: Option<NaiveDate>| until.is_none_or(|until| until >= frame.today());
    ResultRow {
        // The handle means this elevator alone; a code may mean several.
        href: frame.elevator_link(elevator.id),
        name: Text::given(words, &subject.name(words)),
        place: Text::from(spaced(&elevator.code)).and_text(subject.place(words)),
        using_unit: found_by_using_unit(elevator, query).map(|name| Text::given(words, name)),
        sentence: inspection.valid_until.filter(|_| in_order).map_or_else(
            || sentence(words, elevator, frame.today()),
            |until| words.search_valid_until(words.validity(until, inspection.valid_until_precision)),
        ),
        status: elevator.status,
        pilot: elevator.annotation.as_ref().is_some_and(|mark| current(mark.until)),
        maintenance_unit: elevator.facts.maintenance_unit.as_ref().map(|unit| Text::given(words, &unit.name)),
    }
}

/// The using unit's name where only it, of what a row shows, holds a word of the query: else nobody sees why the row is there.
fn found_by_using_unit<'a>(elevator: &'a Elevator, query: &str) -> Option<&'a str> {
    let facts = &elevator.facts;
    let holds = |text: &str, word: &str| text.to_lowercase().contains(word);
    let shown = [&facts.address, &facts.building, &facts.internal_number];
    let name = &facts.using_unit.as_ref()?.name;
    query
        .to_lowercase()
        .split_whitespace()
        .any(|word| {
            holds(name, word) && !shown.iter().any(|text| text.as_ref().is_some_and(|text| holds(text, word)))
        })
        .then_some(name)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use yuti_openapi::samples;

    #[test]
    fn the_using_unit_is_named_where_it_alone_explains_the_row() {
        let mut elevator = samples::elevator();
        elevator.facts.address = Some("青石坎路 18 号".to_owned());
        elevator.facts.using_unit.as_mut().unwrap().name = "青石坎物业管理有限公司".to_owned();
        assert_eq!(found_by_using_unit(&elevator, "青石坎"), None, "the address shows it already");
        assert_eq!(found_by_using_unit(&elevator, "18 物业"), Some("青石坎物业管理有限公司"));
        assert_eq!(found_by_using_unit(&elevator, ""), None);
        elevator.facts.using_unit = None;
        assert_eq!(found_by_using_unit(&elevator, "物业"), None);
    }
}
