//! The page of search results.

use std::collections::BTreeMap;

use actix_web::{HttpRequest, web};
use yuti_openapi::Language;
use yuti_openapi::page::Count;
use yuti_openapi::vocabulary::ElevatorStatus;
use yuti_portal::{Facet, FacetEntry, Filter as QuickFilter, FilterKind, SearchPage, encoded};

use super::assemble;
use super::pages::path;
use super::store::{self, Filter, Place, Sort};
use super::tally::{self, Tally};
use crate::http::answer::Answer;
use crate::http::cursor::Cursor;
use crate::http::extract::Call;
use crate::http::failure::Failure;
use crate::http::page::{self, parameter};
use crate::state::App;

/// Results on one page.
const RESULTS: usize = 20;
/// Districts that are offered to narrow the results.
const DISTRICTS: usize = 12;

/// What was asked for. Values that mean nothing are as good as none: a page never refuses a link.
struct Asked {
    query: String,
    district: Option<String>,
    status: Option<ElevatorStatus>,
    pilot: bool,
    cursor: Option<String>,
}

impl Asked {
    fn of(request: &HttpRequest, app: &App) -> Self {
        Self {
            query: parameter(request, "q").unwrap_or_default(),
            district: parameter(request, "district").filter(|code| app.reference.knows_district(code)),
            status: parameter(request, "status").and_then(|code| code.parse().ok()),
            pilot: parameter(request, "pilot").is_some_and(|value| value == "true"),
            cursor: parameter(request, "cursor"),
        }
    }

    fn narrowed(&self) -> bool {
        self.district.is_some() || self.status.is_some() || self.pilot
    }

    fn words(&self) -> Filter {
        Filter { search: Some(self.query.clone()).filter(|query| !query.is_empty()), ..Filter::default() }
    }

    fn filter(&self) -> Filter {
        Filter {
            district: self.district.clone(),
            status: self.status,
            pilot: self.pilot.then_some(true),
            ..self.words()
        }
    }

    /// The address of these results with other conditions.
    fn path(&self, district: Option<&str>, status: Option<ElevatorStatus>, pilot: bool) -> String {
        let mut path = format!("/search?q={}", encoded(&self.query));
        if let Some(district) = district {
            path.push_str(&format!("&district={}", encoded(district)));
        }
        if let Some(status) = status {
            path.push_str(&format!("&status={status}"));
        }
        if pilot {
            path.push_str("&pilot=true");
        }
        path
    }

    fn here(&self) -> String {
        self.path(self.district.as_deref(), self.status, self.pilot)
    }
}

/// `/search`
///
/// # Errors
/// Whatever the database refuses.
pub async fn search(app: web::Data<App>, call: Call, request: HttpRequest) -> Result<Answer, Failure> {
    let asked = Asked::of(&request, &app);
    let frame = page::frame(&app, &call, &request).await?;
    if asked.query.is_empty() && !asked.narrowed() {
        return Ok(page::answer(SearchPage::default().render(&frame), &call));
    }
    if !asked.narrowed()
        && asked.cursor.is_none()
        && let [one] = store::by_identifier(&app.db, &asked.query, app.today()).await?.as_slice()
    {
        // Whoever types a whole code wants that elevator, not a list of one.
        let language = call.language.segment();
        return Ok(page::redirect(&format!("/{language}{}", path(yuti_openapi::ElevatorId(one.row.id)))));
    }
    let results = results(&app, &call, &asked).await?;
    Ok(page::answer(results.render(&frame), &call))
}

async fn results(app: &App, call: &Call, asked: &Asked) -> Result<SearchPage, Failure> {
    let today = app.today();
    let scope = format!("search|{:?}", asked.filter());
    let after = asked.cursor.as_deref().and_then(|text| Cursor::decode(text, &scope).ok());
    let place = after.as_ref().map(|cursor| Place { id: cursor.id, value: None });
    let wanted = RESULTS as u64 + 1;
    let turn = app.lanes.search().await?;
    let tallies = tally::by_district(turn.db, &asked.words(), today).await?;
    let here = in_district(&tallies, asked.district.as_deref());
    let mut rows = if here.total == 0 {
        Vec::new()
    } else {
        store::page(turn.db, &asked.filter(), Sort::Id, place.as_ref(), wanted, today).await?
    };
    let more = rows.len() > RESULTS;
    rows.truncate(RESULTS);
    let last = rows.last().filter(|_| more).map(|row| Cursor::after(row.id, None, &scope).encode());
    let total = if asked.pilot && asked.status.is_some() {
        store::count(turn.db, &asked.filter(), today).await?
    } else if asked.pilot {
        here.pilot
    } else {
        asked.status.map_or(here.total, |status| here.of(status))
    };
    Ok(SearchPage {
        query: asked.query.clone(),
        count: Some(Count { total: i64::try_from(total).unwrap_or(i64::MAX), exact: true }),
        filters: filters(app, asked, here),
        facets: facets(app, call, asked, &tallies),
        results: assemble::elevators(turn.db, &app.reference, &app.profile.time_zone, today, &rows).await?,
        narrowed: asked.narrowed(),
        next_path: last.map(|cursor| format!("{}&cursor={cursor}", asked.here())),
        first_path: after.map(|_| asked.here()),
        json: asked.query.is_empty().then(|| json(asked)),
    })
}

fn in_district(tallies: &BTreeMap<String, Tally>, district: Option<&str>) -> Tally {
    match district {
        Some(code) => tallies.get(code).copied().unwrap_or_default(),
        None => tallies.values().fold(Tally::default(), |sum, one| sum + *one),
    }
}

/// The same list over the API, which does not search for words yet.
fn json(asked: &Asked) -> String {
    let mut parts = Vec::new();
    if let Some(district) = &asked.district {
        parts.push(format!("district={}", encoded(district)));
    }
    if let Some(status) = asked.status {
        parts.push(format!("status={status}"));
    }
    if asked.pilot {
        parts.push("pilot=true".to_owned());
    }
    format!("/v1/elevators?{}", parts.join("&"))
}

fn filters(app: &App, asked: &Asked, here: Tally) -> Vec<QuickFilter> {
    let district = asked.district.as_deref();
    let mut filters = vec![QuickFilter {
        kind: FilterKind::All,
        count: Some(here.total),
        path: asked.path(district, None, false),
        current: asked.status.is_none() && !asked.pilot,
    }];
    let shown = [
        ElevatorStatus::Attention,
        ElevatorStatus::OutOfUse,
        ElevatorStatus::NotReceived,
        ElevatorStatus::InOrder,
    ];
    for status in shown {
        let current = asked.status == Some(status);
        if current || here.of(status) > 0 {
            filters.push(QuickFilter {
                kind: FilterKind::Status(status),
                count: Some(here.of(status)),
                path: asked.path(district, Some(status), false),
                current: current && !asked.pilot,
            });
        }
    }
    if app.city.pilot && (asked.pilot || here.pilot > 0) {
        filters.push(QuickFilter {
            kind: FilterKind::Pilot,
            count: Some(here.pilot),
            path: asked.path(district, None, true),
            current: asked.pilot,
        });
    }
    filters
}

fn facets(app: &App, call: &Call, asked: &Asked, tallies: &BTreeMap<String, Tally>) -> Vec<Facet> {
    let number = |tally: &Tally| match (asked.pilot, asked.status) {
        (true, _) => tally.pilot,
        (false, Some(status)) => tally.of(status),
        (false, None) => tally.total,
    };
    let mut entries: Vec<(&str, u64)> = tallies
        .iter()
        .filter(|(code, _)| !code.is_empty())
        .map(|(code, tally)| (code.as_str(), number(tally)))
        .filter(|(code, number)| *number > 0 || asked.district.as_deref() == Some(*code))
        .collect();
    entries.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    entries.truncate(DISTRICTS);
    if entries.is_empty() {
        return Vec::new();
    }
    let entry = |(code, count): (&str, u64)| {
        let named = app.reference.district(code);
        let chosen = asked.district.as_deref() == Some(code);
        FacetEntry {
            name: call.language.pick(&named.name_zh, &named.name_en).to_owned(),
            count: Some(count),
            path: asked.path(if chosen { None } else { Some(code) }, asked.status, asked.pilot),
            chosen,
        }
    };
    let heading = match call.language {
        Language::Zh => "区县",
        Language::En => "District",
    };
    vec![Facet { heading: heading.to_owned(), entries: entries.into_iter().map(entry).collect() }]
}
